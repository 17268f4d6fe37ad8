"""A dossier: its tables against their schema, its texts, its periods, and what it answers.

The invented dossier in tests/dossier has every trap that articles set; the real one in data/
is tested for what must hold of it.
"""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import INVENTED, ROOT

from briefing.claims.check import RECORD, check, paragraphs, verification
from briefing.claims.conflicts import conflicts
from briefing.claims.load import DEFAULT_DATA, Dossier, load
from briefing.claims.texts import folder_of, paragraph_number, read_texts, sentence_around
from briefing.errors import Refusal
from briefing.values.periods import Period

BOTH = pytest.mark.parametrize("folder", [INVENTED, DEFAULT_DATA], ids=["invented", "real"])


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return load(INVENTED)


@pytest.fixture(scope="module")
def texts(dossier) -> dict[str, str]:
    return read_texts(INVENTED / "texts", dossier.tables["articles"].rows)


def refusals(folder: Path) -> list[str]:
    with pytest.raises(Refusal) as refused:
        load(folder)
    return [str(fault) for fault in refused.value.faults]


def test_one_run_tells_the_faults_of_all_tables(dossier_folder, change):
    change("parties", "velmara", color="blue")
    change("events", "guide-okkel", status="hapened")
    change("quantities", "wire-trade", low="4,8")
    assert len(refusals(dossier_folder)) == 3


# Files that cannot be read -------------------------------------------------------------------


def sub(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text[: text.index(old)] + new + text[text.index(old) + len(old) :]


EMPTY = '{"name": "", "title": "", "description": "", "resources": []}'
FILES = [
    # file, how its text is spoilt, what the one message says
    ("not_used.csv", lambda _: "id,reason,resaon\n", ["'resaon'", "did you mean 'reason'?"]),
    ("not_used.csv", lambda _: "id\n", ["line 1", "the documented column 'reason' is missing"]),
    ("not_used.csv", lambda _: "id,reason,id\n", ["line 1: 'id'", "a column is named once"]),
    ("measures.csv", sub("exports,exports,", "exports,"), ["line 3:", "5 cells", "6 are due"]),
    ("measures.csv", lambda text: text + "x,y\n", ["line 27:", "2 cells", "6 are due"]),
    ("parties.csv", lambda _: "", ["parties.csv", "the first line must name the columns"]),
    ("parties.csv", lambda text: text + '"a"b,\n', ["parties.csv, line 16:", "expected after"]),
    ("datapackage.json", lambda text: "{\n\n" + text, ["datapackage.json, line 3: "]),
    ("datapackage.json", sub('"type": "integer",', ""), ["lacks 'type'"]),
    ("datapackage.json", lambda _: EMPTY, ["resources: '[]'", "at least 1 item"]),
    ("datapackage.json", lambda _: "[]", ["an object is expected"]),
]


@pytest.mark.parametrize(("file", "spoil", "says"), FILES)
def test_a_broken_file_is_named_once(dossier_folder, file, spoil, says):
    path = dossier_folder / file
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    (message,) = refusals(dossier_folder)
    assert file in message or str(dossier_folder) in message
    for words in says:
        assert words in message


@pytest.mark.parametrize("name", ["quantities.csv", "datapackage.json"])
def test_a_file_that_cannot_be_read_is_named_once(dossier_folder, name):
    path = dossier_folder / name
    data = path.read_bytes()
    path.write_bytes(data[:200] + b"\xe9" + data[200:])
    (message,) = refusals(dossier_folder)
    assert f"{path}: 'byte 0xe9 at offset 200' stands there; save the file as UTF-8" in message
    path.unlink()
    (message,) = refusals(dossier_folder)
    assert f"{path}: nothing stands there; the file is missing" in message
    (message,) = refusals(dossier_folder / "nowhere")
    assert f"{dossier_folder / 'nowhere'}: nothing stands there; there is no such folder" in message


def test_a_byte_order_mark_is_no_part_of_a_column(dossier_folder):
    path = dossier_folder / "parties.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert "velmara" in load(dossier_folder).parties


# What a dossier answers ----------------------------------------------------------------------


def ids(claims) -> list[str]:
    return [claim.id for claim in claims]


def test_a_row_becomes_typed_data(dossier):
    trade = dossier.claim("wire-exports")
    assert (trade.value.text(), trade.period) == ("less than US$2 billion", Period("2030", "2030"))
    assert trade.value.claims == ("wire-exports",)
    summit = dossier.claim("guide-summit")
    assert (summit.mode, summit.status, summit.speaker) == ("video", "happened", "article")
    assert dossier.articles["column"].opinion
    assert not dossier.articles["wire"].opinion
    assert dossier.disagreements[0].claims == ("wire-arrival", "guide-arrival")
    assert dossier.disagreements[0].label == "The arrival"
    assert dossier.claim("column-aid").when == "From 2012 till the mid-2020s"
    parts = dossier.claim("guide-a1")
    assert (parts.holder, parts.stance, parts.about) == ("sundrey", "wants", "group-of-five")
    assert not parts.period.stated
    assert dossier.happening["agreements_signed"].label == "signing of agreements"


def test_counting_leaves_only_the_claims_of_the_articles_that_count(dossier):
    counted = dossier.counting(["guide", "wire"])
    assert list(counted.articles) == ["wire", "guide"]
    assert {claim.article for claim in counted.claims} == {"wire", "guide"}
    assert len(counted.claims) == sum(c.article != "column" for c in dossier.claims)
    with pytest.raises(KeyError):
        counted.claim("column-aid")


@pytest.mark.parametrize(
    ("articles", "day"),
    [
        (["wire", "guide", "column"], "2031-05-16"),  # not the day on which the op-ed came out
        (["wire"], "2031-05-15"),  # the meeting on the next day is only scheduled there
        (["guide"], "2031-05-14"),
        ([], ""),
    ],
)
def test_as_of_is_the_latest_day_of_what_happened(dossier, articles, day):
    assert dossier.counting(articles).as_of == Period(day, day)


def test_claims_are_found_by_any_column_doubtful_ones_last(dossier):
    turned = replace(dossier, quantities=dossier.quantities[::-1])
    found = turned.find(measure="two_way_trade", subject="velmara")
    assert ids(found) == ["wire-trade", "wire-trade-first"]
    found = dossier.happenings(event="lantern_summit_2029", article="column")
    assert ids(found) == ["column-summit", "column-summit-video"]
    assert dossier.happenings(event="lantern_summit_2029", mode="in person") == []


def test_a_quotation_that_two_articles_repeat_has_one_speaker(dossier):
    found = [it for it in dossier.assessments if (it.holder, it.stance) == ("norvane", "opposes")]
    assert ids(found) == ["wire-a2", "column-a2"]
    assert {claim.speaker for claim in found} == {"norvane-embassy"}
    found = dossier.sources(["column-okkel", "wire-visits", "wire-trade", "column-aid", "rec-x"])
    assert [article.id for article in found] == ["wire", "column"]


@pytest.mark.parametrize(
    ("event", "prefer", "headline"),
    [
        ("arrival", "", "wire-arrival"),  # named in disagreements.csv
        ("arrival", "guide", "guide-arrival"),  # a preferred article wins
        ("arrival", "column", "wire-arrival"),  # which says nothing of it
        ("meet_renn", "", "column-meet-renn"),  # named there, though it is an opinion piece
        ("okkel_visit_2030", "", "guide-okkel"),  # named nowhere: no opinion piece
        ("embassy_rebuke", "", "wire-embassy"),  # named nowhere: the order of the articles
        ("no-such-event", "", None),
    ],
)
def test_the_headline_of_several_claims(dossier, event, prefer, headline):
    counted = dossier.counting(dossier.articles, prefer)
    claim = counted.headline(reversed(counted.happenings(event=event)))
    assert (claim and claim.id) == headline


def test_an_opinion_piece_speaks_last_wherever_it_stands(dossier):
    everyone = dict(reversed(dossier.everyone.items()))
    assert next(iter(everyone)) == "column"
    turned = replace(dossier, everyone=everyone)
    assert turned.headline(turned.happenings(event="okkel_visit_2030")).id == "guide-okkel"


# Periods -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        (("2030", "2030"), ("2030-10", "2030-10"), True),
        (("2030", "2030"), ("2031-01-01", "2031"), False),
        (("2030-10", "2030-10"), ("2030-10-31", "2030-11"), True),
        (("", "1986"), ("1986-12-31", ""), True),
        (("", "1986"), ("1987", ""), False),
        (("", ""), ("2031", "2031"), True),
        (("2028-02", "2028-02"), ("2028-02-29", "2028-02-29"), True),
        (("2030-02", "2030-02"), ("2030-03-01", "2030"), False),
    ],
)
def test_periods_meet_where_they_share_a_day(one, other, meets):
    assert Period(*one).meets(Period(*other)) is meets
    assert Period(*other).meets(Period(*one)) is meets


@pytest.mark.parametrize(
    "dates", [("2031", "2030"), ("2030-02-30", ""), ("", "2030-13"), ("0", "")]
)
def test_what_no_calendar_has_is_no_period(dates):
    with pytest.raises(ValueError, match=r"\w"):
        Period(*dates)


# Texts ---------------------------------------------------------------------------------------

PROSE = (
    "Head\r\n\r\nMs. Tesk paid $4.8 billion. \u201cIs it much?\u201d asked B. R. Okkel of the U.N. "
    "Office.\r\n\r\n  No.\n15 ships came! (Six left.) Fe\u0301te\n"
)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("$4.8 billion", "Ms. Tesk paid $4.8 billion."),
        ("Ms. Tesk", "Ms. Tesk paid $4.8 billion."),
        ("much", "\u201cIs it much?\u201d asked B. R. Okkel of the U.N. Office."),
        (
            "Okkel of the U.N. Office",
            "\u201cIs it much?\u201d asked B. R. Okkel of the U.N. Office.",
        ),
        ("No", "No."),
        ("15 ships", "15 ships came!"),
        ("Six", "(Six left.)"),
        ("te", "Fe\u0301te"),
        ("came! (Six", "15 ships came! (Six left.)"),
        ("Head", "Head"),
    ],
)
def test_the_sentence_around_a_phrase(words, sentence):
    start = PROSE.rindex(words)
    first, last = sentence_around(PROSE, start, start + len(words))
    assert PROSE[first:last] == sentence


def test_paragraphs_count_from_the_body_and_empty_lines_do_not(dossier, texts):
    body = PROSE.index("Ms.")
    places = [PROSE.index(words) for words in ("Ms.", "much", "No.", "15 ships")]
    assert [paragraph_number(PROSE, place, body) for place in places] == [1, 1, 2, 3]
    found = paragraphs(dossier, texts)
    asked = ("wire-visits", "wire-trade", "wire-embassy", "guide-embassy")
    assert [found[claim] for claim in asked] == [1, 3, 5, 5]


def test_the_texts_are_looked_for_where_they_are_named(dossier_folder, tmp_path):
    inside = dossier_folder / "texts"
    assert folder_of(None, dossier_folder) == inside
    assert folder_of("", dossier_folder) is None
    assert folder_of(str(inside), tmp_path) == inside
    assert folder_of(None, tmp_path) is None
    for text in inside.iterdir():
        text.unlink()
    assert folder_of(None, dossier_folder) is None
    with pytest.raises(Refusal, match="nowhere: nothing stands there; there is no such folder"):
        folder_of(tmp_path / "nowhere", dossier_folder)


# Conflicts -----------------------------------------------------------------------------------


def test_the_conflicts_of_the_invented_dossier(dossier):
    found = {(*sorted(conflict.ids), conflict.aspects) for conflict in conflicts(dossier)}
    assert found == {
        ("guide-arrival", "wire-arrival", ("date", "part of day")),
        ("column-exports", "wire-exports", ("value",)),
        ("wire-trade", "wire-trade-first", ("value",)),
        ("column-visits", "wire-visits", ("value",)),
        ("column-meet-renn", "wire-meet-renn", ("status",)),
        ("column-visit-2031", "wire-visit", ("status",)),
    }


# Both dossiers -------------------------------------------------------------------------------


@BOTH
def test_columns_and_their_description_agree(folder):
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    tables = {resource["path"]: resource["schema"]["fields"] for resource in package["resources"]}
    assert set(tables) == {path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")}
    for name, fields in tables.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [field["name"] for field in fields], name
        assert all(field["description"].endswith(".") and field["type"] for field in fields), name


@BOTH
def test_phrases_agree_with_their_rows_without_any_text(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("texts"))
    assert any("not verified, for want of the texts" in line for line in check(copy))


@BOTH
def test_the_tables_are_those_last_checked_against_the_texts(folder):
    state = verification(load(folder), None)
    assert state == "locators verified; texts not included", (
        f"run make check with the texts: {state}"
    )


@BOTH
def test_every_article_measure_and_happening_is_used(folder):
    dossier = load(folder)
    used = {(claim.article, claim.speaker) for claim in dossier.claims}
    assert {article for article, _ in used} == set(dossier.articles)
    awaited = {"agreements"}  # what the chapters ask for, and an article may yet give
    measured = {claim.measure for claim in dossier.quantities}
    assert measured | awaited == set(dossier.measures) | awaited
    assert {claim.event for claim in dossier.events} == set(dossier.happening)


def test_the_invented_dossier_is_sound_with_its_texts(dossier_folder):
    report = check(dossier_folder)
    assert "faithful: all locators yield their phrases in 3 texts" in report
    assert "complete: 56 numerals, each in a claim or set aside" in report


def test_the_real_dossier_is_sound_with_its_texts(real_texts, tmp_path):
    copy = shutil.copytree(DEFAULT_DATA, tmp_path / "copy", ignore=shutil.ignore_patterns("texts"))
    report = check(copy, real_texts)
    assert "faithful: all locators yield their phrases in 5 texts" in report
    assert (copy / RECORD).read_bytes() == (DEFAULT_DATA / RECORD).read_bytes()


# No article is copied ------------------------------------------------------------------------

RUN = 14  # so many consecutive words are a quotation, and more than a phrase with its context


def runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold())
    return zip(*(words[start:] for start in range(RUN)), strict=False)


def plainer(text: str) -> str:
    """A file as a reader has it: no tags, no entities, no escapes of JSON."""
    text = re.sub(r"\\(?:[nrt]|u[0-9a-f]{4})", " ", text)
    return html.unescape(re.sub(r"<[^<>]*>", " ", text))


def tracked() -> list[Path]:
    """What the repository holds. PDF and PNG are left out; the press tests what goes into them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix not in (".pdf", ".png")]


def quotes(text: str, known: set[tuple[str, ...]]) -> list[str]:
    found = [*runs(text), *runs(plainer(text))]
    return [" ".join(run) for run in found if run in known]


def test_no_run_of_words_of_an_article_stands_in_the_repository(real_texts):
    articles = load().tables["articles"].rows
    known = {run for text in read_texts(real_texts, articles).values() for run in runs(text)}
    copied = {
        path.relative_to(ROOT).as_posix(): len(found)
        for path in tracked()
        if (found := quotes(path.read_bytes().decode("utf-8", "replace"), known))
    }
    assert copied == {}


def test_a_run_of_words_is_found_through_markup_and_escapes(texts):
    known = set(runs(texts["wire"]))
    words = texts["wire"].split("PORT AMERY - ")[1].split()
    assert quotes("x " + " ".join(words[:RUN]), known)
    assert quotes("x " + " <b>".join(words[:RUN]), known)
    assert quotes("x " + "\\n".join(words[:RUN]), known)
    assert not quotes(" ".join(words[: RUN - 2]) + " x", known)
