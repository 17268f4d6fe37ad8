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

TRADE, OKKEL, FEAST = "quantities wire-trade", "events guide-okkel", "events guide-feast"
ROWS = [
    # table and row; cells, or words of the article to set its locator upon; what is told
    (TRADE, {"low": "4.7"}, "column low: '4.7' stands there; ", "says 4.8"),
    ("quantities guide-hulls", {"high": "80"}, "column high: '80'", "says 70"),
    ("quantities guide-residents", {"high": "12501"}, "column high: '12501'", "says 12500"),
    ("quantities guide-passengers", {"high": "5"}, "column low, high: ", "empty interval"),
    ("quantities guide-guests-growth", {"high": "2.3"}, "column high: '2.3'", "says -2.3"),
    ("quantities wire-boat-share", {"hedge": ""}, "column hedge: nothing", "says around"),
    (TRADE, {"hedge": "about"}, "column hedge: 'about'", "says no hedge"),
    ("quantities guide-donor", {"hedge": "largest"}, "hedge: 'largest'", "no such words"),
    ("quantities guide-engines", {"low": "90"}, "column low: '90'", "says no number"),
    ("quantities wire-exports", {"to": "2031"}, "column to: '2031'", "last year, that is 2030"),
    ("quantities column-aid", {"from": "2011"}, "column from: '2011'", "says 2012"),
    ("quantities guide-donor", {"to": "1987"}, "column to: '1987'", "says mid-1980s"),
    (OKKEL, {"from": "2030-09"}, "column from: '2030-09'", "says October 2030"),
    ("events wire-embassy", {"to": "2031-05-13"}, "column to: '2031-05-13'", "says Monday"),
    ("events column-visit-2031", {"to": "2031-05-17"}, "column to: ", "May 15-16, 2031"),
    ("events wire-welcome", {"daytime": "night"}, "daytime: 'night'", "says afternoon"),
    ("events guide-spare-parts", {"status": "happened"}, "status: 'happened'", "attempted"),
    ("events column-summit-video", {"mode": "in person"}, "column mode: 'in person' stands "
     "there; the phrase 'took place via videolink' says video"),
    # phrases and locators
    ("events column-embassy", {"phrase": "embassy  spoke of"}, "text has 'embassy spoke of' there",
     "the phrase 'embassy  spoke of' stands nowhere in the text"),
    ("events column-embassy", {"phrase": "Embassy spoke of"}, "stands nowhere in the text"),
    ("quantities column-source", {"phrase": "the top source of Sundrey's imports in 2030"},
     "the phrase \"the top source of Sundrey's imports in 2030\" stands nowhere in the text"),
    ("set_aside column 711", "Over the past 20 years it spent a total", "column phrase: ",
     "it spent a total' stands there; at most 8 words are quoted"),
    ("events column-embassy", "Nor do votes bind.", "'Nor do votes bind.' stands there; it is a "
     "whole sentence"),
    (OKKEL, "Okkel went to Quillon in October 2030.", "it is a whole sentence"),  # then CR LF
    ("events wire-other-way", "MOST", "column start, end: ", "the body of wire is 83 to 1122"),
    # bodies
    ("articles wire", {"body_start": "500", "body_end": "100"}, "column body_start, body_end: "
     "'500, 100' stands there; the text has 1249 code points"),
    ("articles wire", {"body_end": "99999"}, "'83, 99999' stands there; the text has 1249"),
    # what other rows say
    ("disagreements exports", {"claims": "wire-exports column-exprots"}, "column claims: "
     "'column-exprots' stands there; no claim has this id"),
    ("disagreements exports", {"headline": "wire-trade"}, "column headline: 'wire-trade' stands "
     "there; it is none of the claims"),
    ("disagreements annual-aid", {"kind": "contradiction"}, "column kind: 'contradiction' stands",
     "do not conflict any more"),
    ("disagreements annual-aid", {"kind": "doubtful"}, "column kind: ", "claims is doubt"),
    ("disagreements annual-aid", {"kind": "reconciled"}, "column kind: ", "neither conflict"),
    ("corrections guide-first-woman", {"column": "subjects"}, "column column: 'subjects'",
     "mean 'subject'?"),
    ("corrections guide-first-woman", {"table": "quantity"}, "column table: 'quantity'",
     "did you mean 'quantities'?"),
    ("corrections guide-first-woman", {"id": "guide-first"}, "column id: 'guide-first'",
     "quantities.csv has no such row"),
    ("corrections guide-first-woman", {"was": "zelie-andar"}, "column was: 'zelie-andar'",
     "that is what stands there now"),
    ("corrections wire-landing", {"was": "a row"}, "column was: ", "kept as a JSON object"),
    ("corrections wire-landing", {"id": "wire-arrival"}, "column column: ",
     "a column is named, or the row is gone"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "cells", "says"), [(a, b, c) for a, b, *c in ROWS])
def test_a_fault_of_a_row_is_named_once(told, change, dossier_folder, place, cells, says):
    table, row = place.split(" ", 1)
    if isinstance(cells, str):
        article = re.split("[ -]", row)[0]
        text = (dossier_folder / f"texts/{article}.txt").read_bytes().decode("utf-8")
        start = text.index(cells)
        cells = {"start": str(start), "end": str(start + len(cells)), "phrase": cells}
    change(table, row, **cells)
    (message,) = told()
    assert re.match(rf"{table}\.csv, row .+ \(line \d+\), column [a-z_, ]+: ", message)
    assert table in ("set_aside", "corrections") or f"row {row} (" in message
    for words in says:
        assert words in message


ELSEWHERE = [
    # table and row, cells (none: drop the row), what is told of another row or of none
    ("measures import_share", {"unit": "count"}, "row column-share ",
     "measures.csv has 'count' for import_share"),
    ("articles guide", {"body_end": "1210"}, "quantities.csv, row guide-first-woman ",
     "column start, end: ", "the body of guide is 59 to 1210"),
    ("disagreements five-states", {}, "quantities.csv, row column-abstainers", "column standing",
     "'doubtful' stands there"),
    ("disagreements arrival", {}, "disagreements.csv",
     "guide-arrival and wire-arrival differ in date, part of day"),
    ("disagreements visit-count", {}, "column-visits and wire-visits differ in value"),
    ("disagreements visit-dates", {}, "column-visit-2031 and wire-visit differ in status"),
    ("quantities wire-trade-first", {"standing": "reported"}, "row trade-revised", "column kind",
     "none of its claims is doubtful"),
    (FEAST, {"id": "guide-donor"}, "events.csv and assessments.csv, column id", "'guide-donor'",
     "an id names one claim only"),
    ("assessments guide-a1", {"id": "guide-donor"}, "an id names one claim only"),
    # what is left out
    ("quantities column-flood", {}, "article column, characters ", "'VEL 750,000' stands there",
     "set_aside.csv; it stands in: Sundrey, in turn, sent VEL"),
    ("quantities guide-ferries", {}, "article guide, ", "'A third'", "A third of the ferries fly"),
    ("events guide-embassy", {}, "'Monday'", "in: The visit began quietly: Norvane\u2019s"),
    ("set_aside guide 170", {}, "'once'", "Every spring the islanders keep \u0639"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "cells", "says"), [(a, b, c) for a, b, *c in ELSEWHERE])
def test_a_fault_is_named_once_where_it_shows(told, change, place, cells, says):
    change(*place.split(" ", 1), **cells)
    (message,) = told()
    for words in says:
        assert words in message


@pytest.mark.parametrize(
    ("row", "unit", "says"),
    [
        ("wire-trade", "VEL bn", "USD bn"),
        ("column-aid", "VEL", "VEL bn"),
        ("column-share", "count", "%"),
    ],
)
def test_a_wrong_unit_is_told_by_the_phrase_and_by_the_measure(told, change, row, unit, says):
    change("quantities", row, unit=unit)
    messages = told("--texts", "")
    place = rf"quantities\.csv, row {row} \(line \d+\), column unit: '{unit}'"
    assert all(re.match(place, message) for message in messages)
    assert says in messages[0].partition("says ")[2]
    assert f"has '{says}' for" in messages[1]


@pytest.mark.parametrize("by", [1, -1])
def test_a_shifted_locator_is_named_with_the_right_place(told, change, dossier_folder, by):
    claim = load(dossier_folder).claim("guide-summit-video")
    change("events", claim.id, start=str(claim.start + by), end=str(claim.end + by))
    (message,) = told()
    assert message.startswith("events.csv, row guide-summit-video (line ")
    assert f"column start, end: '{claim.start + by}, {claim.end + by}' stands there" in message
    assert message.endswith(f"the phrase 'only by video link' stands at {claim.start}")


# Completeness --------------------------------------------------------------------------------


def test_half_a_numeral_is_not_covered(told, change):
    change("set_aside", "column 711", end="717", phrase="past 2")
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


# Claims that are not used, and vague periods ---------------------------------------------------


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
    ("row", "when", "column", "says"),
    [
        ("guide-donor", "by the early 1980s", "when", "sentence around the phrase has no such"),
        ("column-aid", "in VEL 2 billion in credits, spare parts and price", "when", "8 words"),
        ("column-boats", "From 2012 till the mid-2020s", "from", "2012 (in when)"),
    ],
)
def test_a_vague_period_agrees_with_its_words(told, change, row, when, column, says):
    change("quantities", row, when=when)
    assert any(f"column {column}: " in message and says in message for message in told())


def test_a_claim_that_is_dropped_is_missed_where_it_was_explained(told, change):
    change("quantities", "column-exports")
    messages = told("--texts", "")
    assert len([m for m in messages if "'column-exports' stands there; no claim has" in m]) == 1


# Texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "place", "says"),
    [
        (lambda text: None, "text of article guide, {path}: nothing", "the file is missing"),
        (lambda text: b"C\xf4r", "text of article guide, {path}: 'byte 0xf4 at offset 1'",
         "save the file as UTF-8"),
        (lambda text: text + b"\n", "articles.csv, row guide, column sha256: ",
         "{path} has .* another version of the text; its locators are void"),
        (lambda text: text.replace(b"\r\n", b"\n"), "articles.csv, row guide, ", "void"),
    ],
)  # fmt: skip
def test_a_text_that_is_not_the_one_is_named_and_nothing_else(
    told, dossier_folder, spoil, place, says
):
    path = dossier_folder / "texts/guide.txt"
    spoilt = spoil(path.read_bytes())
    path.unlink()
    if spoilt is not None:
        path.write_bytes(spoilt)
    (message,) = told()
    assert re.fullmatch(f"{place}.*{says}".replace("{path}", re.escape(str(path))), message)


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
