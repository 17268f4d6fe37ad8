"""Accepting suggestions and correcting cells: whole or not at all, and with what it brings."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import rewrite
from conftest import rows_of as rows

from briefing.__main__ import main
from briefing.claims import accept as module
from briefing.claims.accept import accept, correct
from briefing.claims.check import check
from briefing.claims.load import load
from briefing.claims.package import read_package
from briefing.claims.suggest import suggest
from briefing.claims.suggested import FOLDER, read_suggested
from briefing.errors import Refusal


def state(folder: Path) -> dict[str, bytes]:
    """All that lies in a dossier, by its path."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def refused(done: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as caught:
        done()
    return [str(fault) for fault in caught.value.faults]


def completed(folder: Path, taken: dict[str, list[dict[str, str]]]) -> None:
    """Put the rows that were coded in the place of those suggested, and mark them."""
    for name, coded in taken.items():
        path = folder / FOLDER / f"{name}.csv"
        head = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, head, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows({**row, "ok": "yes"} for row in coded)


def test_an_article_goes_from_its_file_into_the_tables(without_column):
    folder, taken = without_column
    before = state(folder)
    told = suggest(folder / "texts/column.txt", folder)
    assert any("quantities.csv" in line for line in told)
    assert {k: v for k, v in state(folder).items() if FOLDER not in k} == before
    completed(folder, taken)
    told = accept(folder)
    assert "quantities.csv: 9 rows accepted" in told
    for name in taken:  # behind what stood there, which is as it was
        assert rows(folder / f"{name}.csv")[-len(taken[name]) :] == taken[name]
        assert state(folder)[f"{name}.csv"].startswith(before[f"{name}.csv"])
        assert rows(folder / FOLDER / f"{name}.csv") == []
        assert (folder / FOLDER / f"{name}.csv").read_text(encoding="utf-8").startswith("ok,")
    assert any("complete" in line for line in check(folder))


def test_where_a_new_happening_is_to_stand_is_told(dossier_folder):
    suggest(dossier_folder / "texts/wire.txt", dossier_folder)
    step = rows(dossier_folder / "happenings.csv")[0] | {"event": "supper", "label": "Supper"}
    completed(dossier_folder, {"happenings": [step]})
    told = "happenings.csv: put its new rows in the order of telling, steps first"
    assert told in accept(dossier_folder)


def test_the_conflicts_that_new_rows_make_are_told_with_the_row_for_them(dossier_folder):
    suggest(dossier_folder / "texts/wire.txt", dossier_folder)
    new = rows(dossier_folder / "quantities.csv")[3] | {"id": "wire-trade-again", "ok": "yes"}
    completed(dossier_folder, {"quantities": [new | {"phrase": "US$4.5 billion", "start": "603",
              "end": "617", "low": "4.5", "high": "4.5"}]})  # fmt: skip
    told = [line for line in accept(dossier_folder) if line.startswith("conflict: ")]
    (row,) = (r for r in rows(dossier_folder / "disagreements.csv") if "wire-trade" in r["claims"])
    assert told == [
        "conflict: wire-trade and wire-trade-again differ in value: it may belong to row "
        f"{row['id']} of disagreements.csv ({row['label']})"
    ]


WRONG = [
    # table, cells that are spoilt, what the message says
    ("quantities", {"statement": ""}, "column statement: nothing stands there; a value"),
    ("quantities", {"unit": "USD tn"}, "column unit: 'USD tn' stands there; not an allowed value"),
    ("quantities", {"measure": "visitors"}, "did you mean 'visits'?"),
    ("quantities", {"low": "2", "high": "2"}, "says 3"),
    ("quantities", {"start": "157"}, "column start, end: '157, 197' stands there; the text has"),
    ("quantities", {"ok": "ja"}, "column ok: 'ja' stands there; yes, no, nothing or a reason"),
    ("quantities", {"id": "wire-visits"}, "has this key"),
    ("events", {"event": "visit_2099"}, "column event: 'visit_2099' stands there; happenings.csv"),
    ("assessments", {"stance": "likes"}, "column stance: 'likes' stands there"),
    ("articles", {"sha256": "0" * 64}, "column sha256"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "spoilt", "says"), WRONG)
def test_a_wrong_row_is_refused_by_name_and_nothing_is_written(
    without_column, capsys, table, spoilt, says
):
    folder, taken = without_column
    suggest(folder / "texts/column.txt", folder)
    completed(folder, taken)
    first = taken[table][0]
    rewrite(folder / FOLDER / f"{table}.csv", lambda held: [held[0] | spoilt, *held[1:]])
    before = state(folder)
    assert main(["accept", "--data", str(folder)]) == 2
    told = capsys.readouterr().err
    assert says in told
    if table != "articles":
        name = spoilt.get("id", first["id"])
        assert f"refused: {FOLDER}/{table}.csv, row {name} (line 2)" in told
    assert state(folder) == before


def test_rows_that_are_not_marked_stay_where_they_are(without_column):
    folder, _ = without_column
    before = state(folder)
    suggest(folder / "texts/column.txt", folder)
    assert accept(folder) == [
        "no row is marked: put yes into the column ok of those that are complete"
    ]
    assert {k: v for k, v in state(folder).items() if FOLDER not in k} == before


@pytest.mark.parametrize("table", ["events", "set_aside"])
def test_a_suggestion_is_set_aside_for_the_reason_in_its_ok(without_column, table):
    folder, _ = without_column
    suggest(folder / "texts/column.txt", folder)
    for name, ok in (("articles", "yes"), (table, "idiom")):
        rewrite(folder / FOLDER / f"{name}.csv",
                lambda held, ok=ok: [held[0] | {"ok": ok}, *held[1:]])  # fmt: skip
    suggested = rows(folder / FOLDER / f"{table}.csv")
    if table == "events":
        (folder / FOLDER / "set_aside.csv").unlink()  # it needs none
    assert "set_aside.csv: 1 rows accepted" in accept(folder)
    aside = rows(folder / "set_aside.csv")[-1]
    assert aside["reason"] == "idiom"
    assert aside["phrase"] == suggested[0]["phrase"]
    assert rows(folder / FOLDER / f"{table}.csv") == suggested[1:]


def test_without_suggestions_or_with_a_strange_column_it_is_refused(dossier_folder):
    assert "make article TEXT=FILE" in refused(lambda: accept(dossier_folder))[0]
    suggest(dossier_folder / "texts/wire.txt", dossier_folder)
    path = dossier_folder / FOLDER / "events.csv"
    path.write_text("okay" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert any("line 1: 'okayok'" in it for it in refused(lambda: accept(dossier_folder)))


def test_words_of_an_article_that_a_spreadsheet_would_run_are_text_in_it(dossier_folder):
    title = "=HYPERLINK(1) 5 million dollars"
    text = f"{title}\n\n@SUM(1) 5 million dollars were traded in 2020, and 4 million in 2021.\n"
    (dossier_folder / "texts/run.txt").write_text(text, encoding="utf-8")
    suggest(dossier_folder / "texts/run.txt", dossier_folder)
    tables = map(rows, (dossier_folder / FOLDER).glob("*.csv"))
    cells = {cell for table in tables for row in table for cell in row.values()}
    assert {f"'{title}"} < cells
    assert [cell for cell in cells if cell.startswith(("=", "@"))] == []
    read = read_suggested(dossier_folder, read_package(dossier_folder))
    assert read["articles"].rows[-1]["title"] == title


def test_a_change_that_was_cut_short_is_finished_by_the_next(without_column, monkeypatch):
    folder, taken = without_column
    suggest(folder / "texts/column.txt", folder)
    completed(folder, taken)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", None)  # which puts the first of the files in place
        with pytest.raises(TypeError):
            accept(folder)
    assert "make accept finishes it" in refused(lambda: load(folder))[0]
    assert "a change that had been cut short was put in place" in accept(folder)
    assert rows(folder / "quantities.csv")[-9:] == taken["quantities"]
    check(folder)


# Corrections ------------------------------------------------------------------------------------


def last(folder: Path) -> dict[str, str]:
    return rows(folder / "corrections.csv")[-1]


def test_a_correction_changes_one_cell_and_keeps_what_it_was(dossier_folder):
    before = state(dossier_folder)
    correct("events", "wire-embassy", {"place": "Quillon"}, "Misread.", dossier_folder)
    assert last(dossier_folder) == {
        "table": "events", "id": "wire-embassy", "column": "place", "was": "Port Amery",
        "reason": "Misread.", "date": module.date.today().isoformat(),
    }  # fmt: skip
    after = state(dossier_folder)
    assert {name for name in after if after[name] != before[name]} == {
        "events.csv", "corrections.csv"
    }  # fmt: skip
    old, new = before["events.csv"].splitlines(), after["events.csv"].splitlines()
    assert [b for a, b in zip(old, new, strict=True) if a != b] == [
        next(line for line in old if line.startswith(b"wire-embassy"))
        .replace(b",Port Amery,", b",Quillon,")
    ]  # fmt: skip
    check(dossier_folder)


def test_a_second_correction_of_a_day_keeps_what_it_was_at_first(dossier_folder):
    many = len(rows(dossier_folder / "corrections.csv"))
    for place in ("Quillon", "Sundrey"):
        correct("events", "wire-embassy", {"place": place}, f"To {place}.", dossier_folder)
    assert last(dossier_folder)["was"] == "Port Amery"
    assert last(dossier_folder)["reason"] == "To Quillon.; To Sundrey."
    correct("events", "wire-embassy", {"place": "Port Amery"}, "It was right.", dossier_folder)
    assert len(rows(dossier_folder / "corrections.csv")) == many


def test_a_row_with_a_key_of_two_columns_is_named_by_both(dossier_folder):
    correct("set_aside", "wire 399", {"reason": "idiom"}, "A turn of phrase.", dossier_folder)
    assert last(dossier_folder)["id"] == "wire 399"


NOT_CORRECTED = [
    # table, id, column, value, what the message says
    ("event", "wire-embassy", "place", "x", "did you mean 'events'?"),
    ("events", "wire-embasy", "place", "x", "did you mean 'wire-embassy'?"),
    ("events", "wire-embassy", "plaice", "x", "did you mean 'place'?"),
    ("events", "wire-embassy", "place", "Port Amery", "that is what stands there now"),
    ("events", "wire-embassy", "status", "hapened", "did you mean 'happened'?"),
    ("events", "wire-embassy", "id", "other", "it names the row"),
    ("quantities", "wire-trade", "high", "4,9", "a number, written like 1234.5, is expected"),
    ("quantities", "wire-trade", "high", "4.9", "the phrase"),
    ("quantities", "wire-trade", "partner", "velmora", "did you mean 'velmara'?"),
    ("corrections", "wire-trade", "was", "x", "table"),
]


@pytest.mark.parametrize(("table", "id", "column", "value", "says"), NOT_CORRECTED)
def test_what_the_schema_or_the_phrase_refuses_is_not_corrected(
    dossier_folder, capsys, table, id, column, value, says
):
    before = state(dossier_folder)
    told = ["--reason", "Wrong.", "--data", str(dossier_folder)]
    assert main(["correct", table, id, column, value, *told]) == 2
    assert says in capsys.readouterr().err
    assert state(dossier_folder) == before


def test_cells_that_can_only_be_right_together_are_changed_together(dossier_folder, capsys):
    told = ["--reason", "Shorter.", "--data", str(dossier_folder)]
    row = ["correct", "quantities", "guide-residents", "end", "544"]
    assert main([*row, *told]) == 2
    assert "column start, end: '518, 544' stands there; the text has" in capsys.readouterr().err
    assert main([*row, "--also", "phrase=Some 12\u202f500 Sundrians live", *told]) == 0
    assert [row["column"] for row in rows(dossier_folder / "corrections.csv")[-2:]] == [
        "end", "phrase"
    ]  # fmt: skip
    check(dossier_folder)
    assert main(["correct", "events", "wire-embassy", "place", "x", "--also", "mode", *told]) == 2
    assert "the form COLUMN=VALUE" in capsys.readouterr().err


def test_a_correction_says_why(dossier_folder):
    told = refused(lambda: correct("events", "wire-embassy", {"place": "x"}, " ", dossier_folder))
    assert told == ["--reason: nothing stands there; say why the cell is wrong, in a few words"]


def test_check_names_a_text_without_a_row(dossier_folder):
    texts = dossier_folder / "texts"
    shutil.copy(texts / "wire.txt", texts / "next.txt")
    (told,) = refused(lambda: check(dossier_folder))
    assert told.startswith(f"text {texts / 'next.txt'}")
    assert f"articles.csv has no row for it: make article TEXT={texts / 'next.txt'}" in told
