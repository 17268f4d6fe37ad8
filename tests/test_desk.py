"""The desk without a browser: what it tells, what it writes, what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import rewrite, rows_of

from briefing.claims.check import check
from briefing.claims.suggest import suggest
from briefing.claims.suggested import FOLDER
from briefing.errors import Refusal
from briefing.report import desk as module
from briefing.report.desk import Desk, open_desk

FIVE = "one of five island states"


@pytest.fixture
def folder(without_column) -> Path:
    return without_column[0]


@pytest.fixture
def desk(folder) -> Desk:
    """The desk for an article of which nothing is coded yet but its own row."""
    desk = Desk(folder / "texts/column.txt", folder, "")
    desk.save()
    desk.accept()
    return desk


def account(desk: Desk) -> list[int]:
    """How many numerals are coded, set aside, saved and open."""
    return [int(many) for many in re.findall(r">(\d+) ", desk.account.value)]


def choose(desk: Desk, phrase: str) -> None:
    desk.rows.value = next(entry for label, entry in desk.rows.options if phrase in label)


def put(desk: Desk, **cells: str) -> None:
    for column, cell in cells.items():
        desk.fields[column].value = cell


def suggested(folder: Path, table: str, phrase: str) -> list[dict[str, str]]:
    return [row for row in rows_of(folder / FOLDER / f"{table}.csv") if row["phrase"] == phrase]


def test_what_is_saved_and_accepted_leaves_the_account_and_enters_the_tables(desk, folder):
    assert rows_of(folder / "articles.csv")[-1]["id"] == "column"
    assert account(desk) == [0, 0, 0, 21]
    choose(desk, FIVE)
    put(desk, statement="Sundrey abstained with four others.")
    assert desk.save() == [f"saved: quantities, {FIVE}"]
    assert account(desk) == [0, 0, 2, 19]  # “one” and “five”
    assert suggested(folder, "quantities", FIVE)[0]["ok"] == "yes"
    choose(desk, "dozens of speeches")
    put(desk, ok="idiom")
    desk.save()
    assert "set_aside.csv: 1 rows accepted" in desk.accept()
    assert account(desk) == [2, 1, 0, 18]
    assert desk.row["phrase"] == "this century has seen"  # and not the first of the text again
    row = rows_of(folder / "quantities.csv")[-1]
    assert (row["phrase"], row["statement"]) == (FIVE, "Sundrey abstained with four others.")
    assert rows_of(folder / "set_aside.csv")[-1]["reason"] == "idiom"


def test_an_article_is_coded_at_the_desk_to_the_very_rows_that_it_had(without_column):
    folder, taken = without_column
    desk = Desk(folder / "texts/column.txt", folder, "")
    for name, row in ((name, row) for name, rows in taken.items() for row in rows):
        places = range(int(row.get("start", 0)), int(row.get("end", 0)))
        stance = name == "assessments"
        found = [it for of, it in desk.entries if not it["ok"] and (of == "assessments") == stance
                 and (int(it.get("start", -1)) in places or of == name == "articles")]  # fmt: skip
        if found:
            desk._go(found[0])
        else:
            desk.add.value = name if name != "set_aside" else "quantities"
        if name in desk.kind.options:
            desk.kind.value = name
        cells = {column: cell for column, cell in row.items() if column in desk.fields}
        put(desk, **cells, ok=row.get("reason", "yes") if desk.kind.value != name else "yes")
        desk.save()
    desk.accept()
    assert desk.account.value.startswith("Complete: 21 numerals")
    for name, rows in taken.items():
        told = rows_of(folder / f"{name}.csv")[-len(rows) :]
        assert sorted(map(str, told)) == sorted(map(str, rows))
    assert any("complete" in line for line in check(folder))


def test_a_text_of_which_all_is_coded_is_told_complete(dossier_folder):
    desk = Desk(dossier_folder / "texts/wire.txt", dossier_folder, "")
    assert desk.account.value.startswith("Complete: ")
    assert {button._dom_classes[1] for button in desk.buttons} == {"coded", "aside"}
    desk.add.value = "parties"
    put(desk, id="quay", ok="no")
    desk.save()  # after which nothing is left
    assert (desk.kind.value, desk.form.children) == (None, ())
    desk._do(desk.save)
    assert "no row is chosen" in desk.status.value
    desk._pick(0, None)
    assert "in the tables: wire-" in desk.status.value


REFUSED = [
    # cells, what the message says
    ({"statement": ""}, "column statement: nothing stands there; a value is required"),
    ({"low": "five"}, "column low: 'five' stands there; a number"),
    ({"phrase": "six island states"}, "column phrase: 'six island states' stands there; the body"),
]


@pytest.mark.parametrize(("cells", "says"), REFUSED)
def test_what_is_not_complete_is_not_saved(desk, folder, cells, says):
    choose(desk, FIVE)
    put(desk, **{"statement": "Told.", **cells})
    before = (folder / FOLDER / "quantities.csv").read_bytes()
    with pytest.raises(Refusal, match=re.escape(says)):
        desk.save()
    assert (folder / FOLDER / "quantities.csv").read_bytes() == before
    assert account(desk)[2] == 0


def test_what_accept_refuses_is_told_in_a_line_and_gone_to(desk, folder):
    choose(desk, FIVE)
    put(desk, statement="Told.", low="6", high="6")
    desk.save()
    choose(desk, "dozens")
    desk._do(desk.accept)
    assert desk.status.value.count("<br>") == 1  # low and high
    assert f"Refused:</b> {FOLDER}/quantities.csv, row column-" in desk.status.value
    assert desk.row["phrase"] == FIVE
    assert not [row for row in rows_of(folder / "quantities.csv") if row["article"] == "column"]


def test_a_change_made_elsewhere_is_not_written_over(desk, folder):
    choose(desk, FIVE)
    rewrite(folder / FOLDER / "events.csv", lambda rows: [rows[0] | {"place": "Here"}, *rows[1:]])
    put(desk, statement="Told.")
    with pytest.raises(Refusal, match="changed elsewhere"):
        desk.save()
    assert rows_of(folder / FOLDER / "events.csv")[0]["place"] == "Here"
    assert [row["place"] for name, row in desk.entries if name == "events"][0] == "Here"


def test_what_is_written_into_one_row_waits_while_others_are_saved_and_accepted(desk):
    choose(desk, FIVE)
    put(desk, statement="Half a sen")
    choose(desk, "dozens")
    put(desk, ok="idiom")
    desk.save()
    choose(desk, "VEL 750,000")
    put(desk, statement="A thi")
    desk.accept()
    for phrase, statement in ((FIVE, "Half a sen"), ("VEL 750,000", "A thi")):
        choose(desk, phrase)
        assert desk.fields["statement"].value == statement
    assert account(desk) == [0, 1, 0, 20]


def test_a_shorter_phrase_is_found_in_the_text_and_what_it_leaves_can_be_coded(desk, folder):
    choose(desk, FIVE)
    put(desk, phrase="five island states", statement="Told.")
    desk.save()
    (row,) = suggested(folder, "quantities", "five island states")
    text = (folder / "texts/column.txt").read_text(encoding="utf-8")
    assert text[int(row["start"]) : int(row["end"])] == "five island states"
    assert account(desk)[2:] == [1, 20]
    next(it for it in desk.buttons if it.description == "one").click()
    assert (desk.row["phrase"], desk.kind.value) == ("one", "quantities")
    put(desk, ok="idiom")
    desk.save()
    assert account(desk)[2:] == [2, 19]


def test_a_row_can_be_coded_as_another_kind(desk, folder):
    choose(desk, "this century has seen")
    assert desk.kind.value == "events"
    desk.kind.value = "quantities"
    assert desk.fields["phrase"].value == "this century has seen"
    put(desk, ok="")
    desk.save()
    assert suggested(folder, "events", "this century has seen") == []
    assert len(suggested(folder, "quantities", "this century has seen")) == 1


def test_another_name_for_the_article_is_taken_by_its_rows(folder):
    desk = Desk(folder / "texts/column.txt", folder, "")
    many = len(desk.entries)
    put(desk, id="piers", body_start="Steady as", ok="")
    desk.save()
    assert len(desk.entries) == len(desk.all) == many  # and none is left under the old name
    assert {row["article"] for _, row in desk.entries if "article" in row} == {"piers"}
    assert {row["id"][:6] for _, row in desk.entries if row.get("id")} == {"piers", "piers-"}
    assert desk.article["body_start"] == "50"


def test_what_the_dossier_has_not_had_yet_can_be_added_and_chosen(desk):
    desk.add.value = "measures"
    put(desk, measure="speeches", label="speeches", unit="count", kind="count", definition="Held.")
    desk.save()
    choose(desk, "dozens")
    put(desk, measure="speeches", statement="Told.", hedge="dozens", subject="sundrey")
    desk.save()
    told = desk.accept()
    assert {"measures.csv: 1 rows accepted", "quantities.csv: 1 rows accepted"} <= set(told)


def test_without_a_text_it_says_what_to_do_and_else_goes_on_with_the_last(folder, monkeypatch):
    with pytest.raises(Refusal, match="parameter text: nothing stands there; .*make article TEXT"):
        open_desk(data=folder)
    (folder / "texts/next.txt").write_text("Title\n\nIt sold 12 boats in 2030.\n", encoding="utf-8")
    for name in ("column.txt", "next.txt"):
        suggest(folder / "texts" / name, folder)
    opened = []
    monkeypatch.setattr(module, "Desk", lambda *told: opened.append(told[0].name) or Desk(*told))
    open_desk(data=str(folder))
    open_desk("wire.txt", folder)
    assert opened == ["next.txt", "wire.txt"]
    with pytest.raises(Refusal, match=r"nowhere\.txt"):
        open_desk("nowhere.txt", folder)


def test_nothing_of_a_text_runs(folder):
    path = folder / "texts/next.txt"
    hostile = (
        "<img src=x onerror=alert(1)> of Sundrey wants 12 </span><script>ships</script> by 2030"
    )
    path.write_text(f"A title of it\n\nThe {hostile}.\n", encoding="utf-8")
    desk = Desk(path, folder, "")
    told = [part.value for part in desk.text.children if hasattr(part, "value")]
    for row in (row for name, row in desk.entries if name == "quantities"):
        desk._go(row)
        told.append(desk.about.value)
    assert "&lt;script&gt;" in "".join(told)
    assert [word for word in ("<img", "<script") if word in "".join(told)] == []
