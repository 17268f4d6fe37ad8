"""The verb `check`: what it refuses, how it says so, and what it writes down.

Each fault is made in a copy of the invented dossier; a reader of the message must be able
to find the place and to mend it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from conftest import INVENTED, ROOT, cases, run

from briefing.__main__ import main
from briefing.claims.check import LOCATED, RECORD, check, text_faults, verification
from briefing.claims.load import Dossier, load
from briefing.claims.numerals import find_numerals
from briefing.claims.texts import read_texts
from briefing.errors import Refusal


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


# Faults of rows ------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "row", "changed", "message"), cases("faults"))
def test_a_fault_is_named_once_and_in_full(
    told, change, dossier_folder, table, row, changed, message
):
    """What is changed: COLUMN=CELL|…, @WORDS to set a locator upon, nothing to drop the row."""
    cells = dict(part.split("=", 1) for part in changed.split("|")) if "=" in changed else {}
    if changed.startswith("@"):
        words, article = changed[1:], re.split("[ -]", row)[0]
        text = (dossier_folder / f"texts/{article}.txt").read_bytes().decode("utf-8")
        start = text.index(words)
        cells = {"start": str(start), "end": str(start + len(words)), "phrase": words}
    change(table, row, **cells)
    (said,) = told()
    assert re.sub(r"\(line \d+\)", "(line N)", said) == message
    for name, key, line in re.findall(r"^(\w+)\.csv, row (\S+).*? \(line (\d+)\)", said):
        lines = (dossier_folder / f"{name}.csv").read_text(encoding="utf-8").split("\n")
        assert key in lines[int(line) - 1]


# Completeness --------------------------------------------------------------------------------


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


# The verb and its record ---------------------------------------------------------------------


def test_the_verb_ends_with_zero_or_two_and_no_traceback(dossier_folder, change):
    command = (sys.executable, "-m", "briefing", "check", "--data", ".")
    verb = partial(run, *command, cwd=dossier_folder, PYTHONPATH=str(ROOT / "notebooks"))
    done = verb()
    assert (done.returncode, done.stderr) == (0, "")
    assert "complete: 56 numerals, each in a claim or set aside" in done.stdout
    change("quantities", "wire-trade", low="4.7")
    done = verb()
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


def test_a_broken_record_is_refused_until_a_check_with_the_texts_writes_it_anew(dossier_folder):
    (dossier_folder / RECORD).write_text('{"tables": {}, "texts": {}}', encoding="utf-8")
    with pytest.raises(Refusal, match=RECORD):
        verification(load(dossier_folder), None)
    check(dossier_folder)
    assert verification(load(dossier_folder), None).startswith("locators verified")


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
