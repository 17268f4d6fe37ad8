"""The verb `check`: what it refuses, how it says so, and what it writes down.

Each fault is made in a copy of the invented dossier; a reader of the message must be able
to find the place and to mend it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from briefing.__main__ import main
from briefing.claims.check import LOCATED, RECORD, check, text_faults, verification
from briefing.claims.load import Dossier, load
from briefing.claims.numerals import find_numerals
from briefing.claims.texts import read_texts

ROOT = Path(__file__).resolve().parent.parent
INVENTED = ROOT / "tests/dossier"


@pytest.fixture(scope="module")
def invented() -> tuple[Dossier, dict[str, str]]:
    dossier = load(INVENTED)
    return dossier, read_texts(INVENTED / "texts", dossier.tables["articles"].rows)


@pytest.fixture
def told(dossier_folder, capsys) -> Callable[..., list[str]]:
    """Run the verb on the copy; return the messages of a refusal, with nothing else printed."""

    def run(*options: str) -> list[str]:
        code = main(["check", "--data", str(dossier_folder), *options])
        out, err = capsys.readouterr()
        assert (code, out) == (2, ""), out
        lines = err.splitlines()
        assert all(line.startswith("refused: ") for line in lines)
        return [line.removeprefix("refused: ") for line in lines]

    return run


# Rows that do not say what their phrases say -------------------------------------------------

ROWS = [
    # table, row, cells, column named, what stands there, what the message says
    ("quantities", "wire-trade", {"low": "4.7"}, "low", "4.7", "says 4.8"),
    ("quantities", "wire-trade", {"high": "4.9"}, "high", "4.9", "says 4.8"),
    ("quantities", "guide-hulls", {"low": "61"}, "low", "61", "says 60"),
    ("quantities", "guide-hulls", {"high": "80"}, "high", "80", "says 70"),
    ("quantities", "guide-residents", {"high": "12501"}, "high", "12501", "says 12500"),
    ("quantities", "guide-passengers", {"high": "5"}, "low, high", "", "empty interval"),
    ("quantities", "guide-guests-growth", {"high": "2.3"}, "high", "2.3", "says -2.3"),
    ("quantities", "wire-boat-share", {"hedge": ""}, "hedge", "", "says around"),
    ("quantities", "wire-trade", {"hedge": "about"}, "hedge", "about", "says no hedge"),
    ("quantities", "guide-donor", {"hedge": "largest"}, "hedge", "largest", "no such words"),
    ("quantities", "guide-engines", {"low": "90"}, "low", "90", "says no number"),
    ("quantities", "wire-trade", {"to": "2031"}, "to", "2031", "says 2030"),
    ("quantities", "wire-exports", {"to": "2031"}, "to", "2031", "last year, that is 2030"),
    ("quantities", "column-aid", {"from": "2011"}, "from", "2011", "says 2012"),
    ("quantities", "guide-donor", {"to": "1987"}, "to", "1987", "says mid-1980s"),
    ("events", "guide-recognition", {"to": "1975"}, "to", "1975", "says 1974"),
    ("events", "guide-okkel", {"from": "2030-09"}, "from", "2030-09", "says October 2030"),
    ("events", "column-okkel", {"to": "2030-11"}, "to", "2030-11", "says October"),
    ("events", "wire-embassy", {"to": "2031-05-13"}, "to", "2031-05-13", "says Monday"),
    ("events", "column-visit-2031", {"to": "2031-05-17"}, "to", "2031-05-17", "May 15-16, 2031"),
    ("events", "wire-welcome", {"daytime": "night"}, "daytime", "night", "says afternoon"),
    ("events", "guide-spare-parts", {"status": "happened"}, "status", "happened", "attempted"),
    ("events", "wire-other-way", {"status": "scheduled"}, "status", "scheduled", "unlikely"),
    ("events", "guide-norvane-offer", {"status": "happened"}, "status", "happened", "offered"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "cells", "column", "stands", "says"), ROWS)
@pytest.mark.parametrize("texts", [(), ("--texts", "")], ids=["with texts", "without"])
def test_a_row_unlike_its_phrase_is_named_once(
    told, change, table, row, cells, column, stands, says, texts
):
    change(table, row, **cells)
    (message,) = told(*texts)
    assert re.match(rf"{table}\.csv, row {row} \(line \d+\), column {column}: ", message)
    assert f": {stands!r} stands there; " in message or not stands
    assert says in message


@pytest.mark.parametrize(
    ("row", "unit", "says"),
    [
        ("wire-trade", "VEL bn", ["says", "USD bn", "measures.csv has 'USD bn' for"]),
        (
            "column-aid",
            "VEL",
            ["says VEL bn", "measures.csv has 'VEL bn' for aid_received_per_year"],
        ),
        ("column-share", "count", ["says %", "measures.csv has '%'"]),
    ],
)
def test_a_wrong_unit_is_told_by_the_phrase_and_by_the_measure(told, change, row, unit, says):
    change("quantities", row, unit=unit)
    messages = told()
    assert len(messages) == 2
    for message in messages:
        assert re.match(rf"quantities\.csv, row {row} \(line \d+\), column unit: '{unit}'", message)
    assert all(words in "\n".join(messages) for words in says)


def test_a_wrong_unit_of_a_measure_is_told_by_its_claims(told, change):
    change("measures", "import_share", unit="count")
    (message,) = told()
    assert "row column-share" in message
    assert "measures.csv has 'count' for import_share" in message


def test_a_mode_unlike_the_phrase_is_told(told, change):
    change("events", "column-summit-video", mode="in person")
    (message,) = told()
    place, says = message.split(": ", 1)
    assert re.fullmatch(r"events\.csv, row column-summit-video \(line \d+\), column mode", place)
    assert says == "'in person' stands there; the phrase 'took place via videolink' says video"


# Phrases and locators ------------------------------------------------------------------------


def moved(row: str, texts: Path, by: int = 0, to: str = "") -> dict[str, str]:
    """Cells of an event whose locator is shifted, or set upon other words of its article."""
    event = load(texts.parent).claim(row)
    if not to:
        return {"start": str(event.start + by), "end": str(event.end + by)}
    text = (texts / f"{event.article}.txt").read_bytes().decode("utf-8")
    start = text.index(to)
    return {"start": str(start), "end": str(start + len(to)), "phrase": to}


@pytest.mark.parametrize("by", [1, -1])
def test_a_shifted_locator_is_named_with_the_right_place(told, change, dossier_folder, by):
    place = load(dossier_folder).claim("guide-summit-video").start
    change(
        "events", "guide-summit-video", **moved("guide-summit-video", dossier_folder / "texts", by)
    )
    (message,) = told()
    assert message.startswith("events.csv, row guide-summit-video (line ")
    assert f"column start, end: '{place + by}, {place + by + 18}' stands there" in message
    assert message.endswith(f"the phrase 'only by video link' stands at {place}")


@pytest.mark.parametrize("phrase", ["embassy  spoke of", "Embassy spoke of", "embassy spoke off"])
def test_a_changed_phrase_is_named_with_what_the_text_has(told, change, phrase):
    change("events", "column-embassy", phrase=phrase)
    (message,) = told()
    assert message.startswith("events.csv, row column-embassy (line ")
    assert "the text has 'embassy spoke of' there" in message
    assert f"the phrase '{phrase}' stands nowhere in the text" in message


@pytest.mark.parametrize(
    ("row", "plain"),
    [
        ("guide-residents", "Some 12 500 Sundrians live in Velmara"),
        ("guide-first-woman", "Z\u00e9lie Andar, the first woman to command"),
        ("column-source", "the top source of Sundrey's imports in 2030"),
    ],
)
def test_a_phrase_is_compared_to_the_character(told, change, row, plain):
    change("quantities", row, phrase=plain)
    messages = told()
    assert f"row {row} " in messages[-1]
    assert f"the phrase {plain!r} stands nowhere in the text" in messages[-1]


def test_a_phrase_of_nine_words_is_too_long(told, change, dossier_folder):
    nine = "Over the past 20 years it spent a total"
    change("set_aside", "column 711", **moved("column-okkel", dossier_folder / "texts", to=nine))
    (message,) = told()
    assert re.match(r"set_aside\.csv, row column \d+ \(line 5\), column phrase: ", message)
    assert message.endswith(f"{nine!r} stands there; at most 8 words are quoted")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("column-embassy", "Nor do votes bind."),
        ("guide-okkel", "Okkel went to Quillon in October 2030."),  # and a line ends with CR LF
    ],
)
def test_a_whole_sentence_is_no_phrase(told, change, dossier_folder, row, sentence):
    change("events", row, **moved(row, dossier_folder / "texts", to=sentence))
    (message,) = told()
    assert f"row {row} " in message
    assert message.endswith(f"column phrase: '{sentence}' stands there; it is a whole sentence")


def test_a_phrase_in_the_furniture_is_outside_the_body(told, change, dossier_folder):
    change(
        "events", "wire-other-way", **moved("wire-other-way", dossier_folder / "texts", to="MOST")
    )
    (message,) = told()
    assert "row wire-other-way" in message
    assert "column start, end" in message
    assert message.endswith("the body of wire is 83 to 1122")


# Completeness --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "row", "article", "numeral", "sentence"),
    [
        ("quantities", "column-flood", "column", "VEL 750,000", "Sundrey, in turn, sent VEL"),
        ("quantities", "guide-passengers", "guide", "between three and five million", "Some 12"),
        ("quantities", "guide-ferries", "guide", "A third", "A third of the ferries fly"),
        ("quantities", "wire-salt", "wire", "4.5 %", "Velmara sold its neighbour goods"),
        ("events", "guide-recognition", "guide", "1974", "Velmara recognised Sundrey in 1974"),
        ("events", "column-okkel", "column", "October", "Okkel\u2019s own trip to Quillon"),
        ("events", "guide-embassy", "guide", "Monday", "The visit began quietly: Norvane\u2019s"),
        ("set_aside", "guide 170", "guide", "once", "Every spring the islanders keep \u0639"),
        ("set_aside", "guide 1081", "guide", "Group of Five", "She adds that yards in Norvane"),
    ],
)  # fmt: skip
def test_a_numeral_left_out_is_named_with_its_sentence(
    told, change, table, row, article, numeral, sentence
):
    change(table, row)
    (message,) = told()
    assert re.match(
        rf"article {article}, characters \d+\u2013\d+: '{numeral}' stands there; ", message
    )
    assert "it stands in: " + sentence in message
    assert "set_aside.csv" in message


def test_half_a_numeral_is_not_covered(told, change, dossier_folder):
    change(
        "set_aside", "column 711", **moved("column-okkel", dossier_folder / "texts", to="past 2")
    )
    (message,) = told()
    assert message.startswith("article column, characters 716\u2013718: '20' stands there; ")


@pytest.mark.parametrize("name", LOCATED)
def test_no_row_with_a_numeral_of_its_own_can_go_unnoticed(invented, name):
    dossier, texts = invented
    spans = [span(row) for table in LOCATED for row in dossier.tables[table].rows]
    table = dossier.tables[name]
    for row in table.rows:
        others = [other for other in spans if other != span(row)]
        kept = [other for other in table.rows if other is not row]
        tables = {**dossier.tables, name: replace(table, rows=kept)}
        left_out = [fault.stands for fault in text_faults(replace(dossier, tables=tables), texts)]
        doubled = spans.count(span(row)) > 1
        assert left_out == ([] if doubled else own_numerals(texts[row["article"]], row, others))


def span(row: dict[str, str]) -> tuple[str, int, int]:
    return row["article"], int(row["start"]), int(row["end"])


def own_numerals(text: str, row: dict[str, str], others: list[tuple[str, int, int]]) -> list[str]:
    """The numerals of a phrase that no other phrase holds."""
    article, start, end = span(row)
    return [
        numeral.text
        for numeral in find_numerals(text)
        if start <= numeral.start and numeral.end <= end
        and not any((a, s <= numeral.start, numeral.end <= e) == (article, True, True)
                    for a, s, e in others)
    ]  # fmt: skip


def test_a_body_that_takes_in_furniture_has_its_numerals_named(told, change, dossier_folder):
    change("articles", "wire", body_start="0")
    assert [re.search("'([^']+)' stands there", message)[1] for message in told()] == [
        "14 May 2031",
        "19:05",
    ]


def test_a_body_too_short_for_its_claims_names_them(told, change):
    change("articles", "guide", body_end="1210")
    (message,) = told()
    assert re.match(r"quantities\.csv, row guide-first-woman .*, column start, end: ", message)
    assert message.endswith("the body of guide is 59 to 1210")


@pytest.mark.parametrize("body", [("500", "100"), ("83", "99999"), ("1249", "1249")])
def test_a_body_outside_its_text_is_named_once(told, change, body):
    change("articles", "wire", body_start=body[0], body_end=body[1])
    (message,) = told()
    assert message.startswith("articles.csv, row wire (line 2), column body_start, body_end: ")
    assert f"'{body[0]}, {body[1]}' stands there; the text has 1249 code points" in message


# References and conflicts --------------------------------------------------------------------

EXPLAINED = [
    # table, row, cells (none: drop the row), what the one message says
    ("disagreements", "exports", {"claims": "wire-exports column-exprots"},
     ["row exports", "column claims", "'column-exprots' stands there; no claim has this id"]),
    ("disagreements", "exports", {"headline": "wire-trade"},
     ["row exports", "column headline", "'wire-trade' stands there; it is none of the claims"]),
    ("disagreements", "five-states", {},
     ["quantities.csv, row column-abstainers", "column standing", "'doubtful' stands there"]),
    ("disagreements", "arrival", {},
     ["disagreements.csv", "guide-arrival and wire-arrival differ in date, part of day"]),
    ("disagreements", "visit-count", {}, ["column-visits and wire-visits differ in value"]),
    ("disagreements", "visit-dates", {}, ["column-visit-2031 and wire-visit differ in status"]),
    ("disagreements", "annual-aid", {"kind": "contradiction"},
     ["row annual-aid", "column kind", "'contradiction' stands there", "do not conflict any more"]),
    ("disagreements", "annual-aid", {"kind": "doubtful"}, ["column kind", "claims is doubt"]),
    ("disagreements", "annual-aid", {"kind": "reconciled"}, ["column kind", "neither conflict"]),
    ("quantities", "wire-trade-first", {"standing": "reported"},
     ["row trade-revised", "column kind", "none of its claims is doubtful"]),
    ("events", "guide-feast", {"id": "guide-donor"},
     ["events.csv and assessments.csv, column id", "'guide-donor'", "an id names one claim only"]),
    ("assessments", "guide-a1", {"id": "guide-donor"},
     ["events.csv and assessments.csv, column id", "'guide-donor'", "an id names one claim only"]),
    ("corrections", "guide-first-woman", {"column": "subjects"},
     ["row quantities guide-first-woman", "column column: 'subjects'", "mean 'subject'?"]),
    ("corrections", "guide-first-woman", {"table": "quantity"},
     ["column table: 'quantity'", "did you mean 'quantities'?"]),
    ("corrections", "guide-first-woman", {"id": "guide-first"},
     ["column id: 'guide-first'", "quantities.csv has no such row"]),
    ("corrections", "guide-first-woman", {"was": "zelie-andar"},
     ["column was: 'zelie-andar'", "that is what stands there now"]),
    ("corrections", "wire-landing", {"was": "a row"}, ["column was", "kept as a JSON object"]),
    ("corrections", "wire-landing", {"id": "wire-arrival"},
     ["column column", "a column is named, or the row is gone"]),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "cells", "says"), EXPLAINED)
def test_what_is_unexplained_or_explained_in_vain_is_named_once(
    told, change, table, row, cells, says
):
    change(table, row, **cells)
    (message,) = told()
    for words in says:
        assert words in message


def not_used(folder: Path, *ids: str) -> None:
    lines = ["id,reason", *(f"{id},It is told elsewhere." for id in ids)]
    (folder / "not_used.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_what_is_set_down_as_not_used_is_a_claim_and_counted(dossier_folder, told):
    claims = [claim.id for claim in load(dossier_folder).claims]
    not_used(dossier_folder, *claims[: len(claims) // 10])
    report = check(dossier_folder)
    assert (
        f"claims: {len(claims)}, of which {len(claims) // 10} are set down as not used"
        in (report[1])
    )
    not_used(dossier_folder, *claims[: len(claims) // 10 + 1])
    assert "at most a tenth may go unused" in told()[0]
    not_used(dossier_folder, "wire-trad")
    (message,) = told()
    assert message.startswith("not_used.csv, row wire-trad (line 2), column id: 'wire-trad' stands")


@pytest.mark.parametrize(
    ("row", "when", "says"),
    [
        ("guide-donor", "by the early 1980s", "the sentence around the phrase has no such words"),
        ("column-aid", "in VEL 2 billion in credits, spare parts and price", "at most 8 words"),
    ],
)
def test_the_words_of_a_vague_period_stand_in_the_sentence(told, change, row, when, says):
    change("quantities", row, when=when)
    assert any("column when" in message and says in message for message in told())


def test_a_vague_period_agrees_with_its_words(told, change):
    change("quantities", "column-boats", when="From 2012 till the mid-2020s")
    assert any("column from" in m and "2012 (in when)" in m for m in told("--texts", ""))


def test_a_claim_that_is_dropped_is_missed_where_it_was_explained(told, change):
    change("quantities", "column-exports")
    messages = told("--texts", "")
    assert len([m for m in messages if "'column-exports' stands there; no claim has" in m]) == 1


# Texts ---------------------------------------------------------------------------------------


def test_a_text_that_is_missing_is_named(told, dossier_folder):
    path = dossier_folder / "texts/guide.txt"
    path.unlink()
    (message,) = told()
    assert message == f"text of article guide, {path}: nothing stands there; the file is missing"


def test_a_text_that_is_not_utf8_is_named(told, dossier_folder):
    path = dossier_folder / "texts/guide.txt"
    path.write_bytes("Côr".encode("latin-1"))
    (message,) = told()
    assert message.startswith(f"text of article guide, {path}: 'byte 0xf4 at offset 1' stands")
    assert message.endswith("save the file as UTF-8")


@pytest.mark.parametrize("spoil", [lambda t: t + b"\n", lambda t: t.replace(b"\r\n", b"\n")])
def test_another_version_of_a_text_is_named_and_nothing_else(told, dossier_folder, spoil):
    path = dossier_folder / "texts/guide.txt"
    path.write_bytes(spoil(path.read_bytes()))
    (message,) = told()
    assert message.startswith("articles.csv, row guide, column sha256: ")
    assert f"{path} has " in message
    assert message.endswith("another version of the text; its locators are void")


def test_a_named_folder_of_texts_that_is_missing_is_refused(told, tmp_path):
    (message,) = told("--texts", str(tmp_path / "nowhere"))
    assert message.startswith(f"texts {tmp_path / 'nowhere'}: ")
    assert "there is no such folder" in message


def test_a_missing_dossier_is_refused(capsys, tmp_path):
    assert main(["check", "--data", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.startswith(f"refused: dossier {tmp_path / 'nowhere'}: ")


# The verb and its record ---------------------------------------------------------------------


def verb(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "notebooks")}
    command = [sys.executable, "-m", "briefing", *words]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=60)


def test_the_verb_ends_with_zero_or_two_and_no_traceback(dossier_folder, change):
    done = verb("check", "--data", ".", cwd=dossier_folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "complete: 56 numerals, each in a claim or set aside" in done.stdout
    change("quantities", "wire-trade", low="4.7")
    done = verb("check", "--data", ".", cwd=dossier_folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"refused: quantities\.csv, row wire-trade \(line 5\), .*\n", done.stderr)


def test_without_texts_the_verb_says_what_was_not_verified(dossier_folder, capsys):
    assert main(["check", "--data", str(dossier_folder), "--texts", ""]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert last.startswith("not verified, for want of the texts: that locators yield their phrases")
    assert "last check: locators not verified" in last
    assert last.endswith("and that no numeral is left out")


@pytest.mark.parametrize("texts", ["", None, "elsewhere"])
def test_only_a_green_check_with_texts_is_recorded(dossier_folder, change, told, texts, tmp_path):
    (dossier_folder / "texts").rename(tmp_path / "elsewhere")
    given = texts and str(tmp_path / texts)
    check(dossier_folder, given)
    assert (dossier_folder / RECORD).exists() is bool(given)

    (dossier_folder / RECORD).unlink(missing_ok=True)
    change("quantities", "wire-trade", low="4.7")
    told(*(["--texts", given] if given is not None else []))
    assert not (dossier_folder / RECORD).exists()


VERIFIED = "locators verified; texts not included"


def test_a_record_is_recognised_until_a_table_changes(dossier_folder, change):
    state = lambda: verification(load(dossier_folder), None)  # noqa: E731
    assert state().startswith("locators not verified")
    check(dossier_folder)
    assert state() == VERIFIED
    assert verification(load(dossier_folder), dossier_folder / "texts") == (
        "locators verified against the texts"
    )
    change("disagreements", "annual-aid", treatment="It is left out.")
    assert state() == VERIFIED  # no locator depends on it
    change("events", "guide-feast", statement="The feast is kept.")
    assert state().startswith("locators not verified")
    check(dossier_folder)
    assert state() == VERIFIED


@pytest.mark.parametrize("name", [*LOCATED, "articles"])
def test_a_record_depends_on_every_table_with_locators(dossier_folder, name):
    check(dossier_folder)
    path = dossier_folder / f"{name}.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert verification(load(dossier_folder), None).startswith("locators not verified")


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"tables": {}, "texts": {}}', "\0"])
def test_a_broken_record_is_no_record(dossier_folder, record):
    (dossier_folder / RECORD).write_text(record, encoding="utf-8")
    assert verification(load(dossier_folder), None).startswith("locators not verified")


def test_a_record_names_the_texts_by_their_hashes_and_accounts_for_every_numeral(dossier_folder):
    check(dossier_folder)
    record = json.loads((dossier_folder / RECORD).read_text(encoding="utf-8"))
    articles = load(dossier_folder).articles
    assert record["texts"] == {key: article.sha256 for key, article in articles.items()}
    for account in record["account"].values():
        assert account["found"] == sum(account.values()) - account["found"]
    assert sum(account["found"] for account in record["account"].values()) == 56


def test_a_second_check_leaves_the_record_alone(dossier_folder):
    check(dossier_folder)
    written = (dossier_folder / RECORD).stat().st_mtime_ns
    check(dossier_folder)
    assert (dossier_folder / RECORD).stat().st_mtime_ns == written
