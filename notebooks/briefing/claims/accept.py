"""Changes to a dossier's tables: completed suggestions moved in, and single cells mended.

A change is made in a copy beside the tables, which must load and check, and is then put in
place whole. A copy that is complete and not yet in place is put in place by the next change:
`load` refuses such a dossier until then, so that nobody reads half of it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import Fault, Refusal, nearest
from .check import row_faults
from .conflicts import conflicts, explanations, told
from .load import CUT_SHORT, DEFAULT_DATA, Dossier, load
from .package import read_package
from .schema import Row, Table, cell_faults
from .suggested import FOLDER, csv_text, read_suggested, sheet
from .texts import folder_of, read_texts

_ASIDE = ".changing"  #: a copy that is not complete: of no worth


def accept(data: str | Path | None = None, texts: str | Path | None = None) -> list[str]:
    """Move the suggestions whose column `ok` says yes into the tables; say what was done.

    A row of claims whose `ok` is a reason of set_aside.csv is set aside for it. Raises Refusal with
    every fault of these rows, and then changes nothing.
    """
    folder = Path(data) if data else DEFAULT_DATA
    lines = _finished(folder)
    before = load(folder)
    package = read_package(folder)
    suggested = read_suggested(folder, package)
    if not suggested and lines:
        return lines
    if not suggested:
        place = f"suggestions {folder / FOLDER}"
        raise Refusal([Fault(place, "", "there are none: make article TEXT=FILE writes them")])
    reasons = _reasons(before.tables["set_aside"])
    faults = [fault for table in suggested.values() for fault in _ok_faults(table, reasons)]
    parts = [(name, _chosen(table, ["yes"])) for name, table in suggested.items()]
    for table in suggested.values():  # a claim that is none: its ok says why
        part = _chosen(table, reasons)
        rows = [{**row, "reason": row["ok"]} for row in part.rows]
        parts.append(("set_aside", replace(part, rows=rows)))
    parts = [(name, part) for name, part in parts if part.rows]
    for name, part in parts:
        faults += cell_faults(replace(part, schema=before.tables[name].schema))
    if faults:
        raise Refusal(faults)
    chosen: dict[str, list[Row]] = {}
    for name, part in parts:
        chosen.setdefault(name, []).extend(part.rows)
    files: dict[str, str] = {}
    for name, rows in chosen.items():
        path, columns = _path(package, name), before.tables[name].columns
        files[path] = _appended(folder / path, csv_text(columns, rows))
    for name, table in suggested.items() if files else ():
        left = [row for row in table.rows if row["ok"] in ("", "no")]
        if len(left) < len(table.rows):
            files[f"{FOLDER}/{name}.csv"] = sheet(table.columns, left)
    if not files:
        return [*lines, "no row is marked: put yes into the column ok of those that are complete"]
    held = _texts(before, chosen.get("articles", []), texts)
    try:
        after = _changed(folder, files, before, held)
    except Refusal as refusal:
        raise Refusal(_in_suggestions(refusal, before, parts)) from None
    lines += [f"{name}.csv: {len(rows)} rows accepted" for name, rows in chosen.items()]
    located = {row["article"] for rows in chosen.values() for row in rows if "start" in row}
    lines += [f"not verified, for want of the text: {id}" for id in sorted(located - set(held))]
    lines += _told(before, after)
    if "happenings" in chosen:
        lines.append("happenings.csv: put its new rows in the order of telling, steps first")
    return [*lines, "make check tells what is not coded yet, and what is to be explained"]


def correct(
    table: str,
    id: str,
    cells: Mapping[str, str],
    reason: str,
    data: str | Path | None = None,
    texts: str | Path | None = None,
) -> list[str]:
    """Change cells of the row that `id` names, and keep what they were in corrections.csv.

    `cells` are columns with their new values. The id of a row with a key of several columns is
    their cells, separated by spaces. A cell that is mended twice on one day keeps what it was at
    first. Raises Refusal, and then changes nothing.
    """
    folder = Path(data) if data else DEFAULT_DATA
    lines = _finished(folder)
    before, package = load(folder), read_package(folder)
    if not reason.strip():
        raise Refusal([Fault("--reason", "", "say why the cell is wrong, in a few words")])
    if table not in before.tables or table == "corrections":
        raise Refusal([Fault("table", table, nearest(table, before.tables))])
    changed = {
        name: [dict(row) for row in before.tables[name].rows] for name in (table, "corrections")
    }
    rows = changed[table]
    names = [" ".join(row[part] for part in before.tables[table].key) for row in rows]
    if id not in names:
        near = nearest(id, names, f"the table has {len(names)} rows")
        raise Refusal([Fault(f"{table}.csv, row", id, f"no such row; {near}")])
    row = rows[names.index(id)]
    for column, value in cells.items():
        if expected := _uncorrectable(before.tables[table], row, column, value):
            place = before.tables[table].place(names.index(id), column)
            raise Refusal([Fault(place, row.get(column, column), expected)])
        lines.append(f"{table}.csv, row {id}, column {column}: {row[column]!r} became {value!r}")
        cell = {"table": table, "id": id, "column": column}
        _keep(changed["corrections"], cell, row[column], value, reason)
        row[column] = value
    files = {
        _path(package, name): csv_text(before.tables[name].columns, rows)
        for name, rows in changed.items()
    }
    after = _changed(folder, files, before, _texts(before, [], texts))
    return [*lines, *_told(before, after)]


def _uncorrectable(table: Table, row: Row, column: str, value: str) -> str:
    """Why a cell cannot be given a value, or ""."""
    if column not in table.columns:
        return f"no such column; {nearest(column, table.columns)}"
    if column in table.key:
        return "it names the row, and other tables refer to it"
    return "that is what stands there now" if row[column] == value else ""


def _keep(mends: list[Row], cell: Row, was: str, value: str, reason: str) -> None:
    """Add a correction to those kept, or to that of the same cell and day."""
    cell = {**cell, "date": date.today().isoformat()}
    same = next((it for it in mends if all(it[name] == cell[name] for name in cell)), None)
    if not same:
        mends.append({**cell, "was": was, "reason": reason})
    elif same["was"] == value:  # taken back
        mends.remove(same)
    else:
        same["reason"] = f"{same['reason']}; {reason}"


# What is accepted -------------------------------------------------------------------------------


def _reasons(table: Table) -> list[str]:
    """The reasons for which a numeral may be set aside."""
    field = next(field for field in table.schema["fields"] if field["name"] == "reason")
    return [str(reason) for reason in field.get("constraints", {}).get("enum", [])]


def _ok_faults(table: Table, reasons: Iterable[str]) -> Iterable[Fault]:
    for index, row in enumerate(table.rows):
        located = reasons if "start" in row else ()
        if row["ok"] not in ("", "yes", "no", *located):
            expected = "yes, no, nothing or a reason to set it aside is expected"
            yield Fault(table.place(index, "ok"), row["ok"], expected)


def _chosen(table: Table, answers: Collection[str]) -> Table:
    """The rows of a table of suggestions whose `ok` is one of the answers."""
    kept = [index for index, row in enumerate(table.rows) if row["ok"] in answers]
    rows, lines = [table.rows[i] for i in kept], [table.lines[i] for i in kept]
    return replace(table, rows=rows, lines=lines)


def _in_suggestions(
    refusal: Refusal, before: Dossier, parts: Iterable[tuple[str, Table]]
) -> list[Fault | str]:
    """The faults of a changed dossier, with the places of their rows among the suggestions."""
    faults: list[Fault | str] = []
    for fault in refusal.faults:
        if isinstance(fault, Fault):
            m = re.match(r"(\w+)\.csv, row .*? \(line (\d+)\)", fault.place)
            new = [
                part.place(index)
                for name, part in parts
                for index in range(len(part.rows))
                if m and name == m[1]
            ]
            at = int(m[2]) - 1 - max(before.tables[m[1]].lines, default=1) if m else -1
            if m and 0 <= at < len(new):
                fault = replace(fault, place=new[at] + fault.place[m.end() :])
        faults.append(fault)
    return faults


def _texts(dossier: Dossier, new: list[Row], texts: str | Path | None) -> dict[str, str]:
    """The texts at hand, by article, those of `new` articles among them."""
    if not (folder := folder_of(texts, dossier.folder)):
        return {}
    articles = [*dossier.tables["articles"].rows, *new]
    return read_texts(folder, [row for row in articles if (folder / row["file"]).is_file()])


def _told(before: Dossier, after: Dossier) -> list[str]:
    """Each conflict that a change has made, with the row of disagreements.csv for it."""
    old = {(conflict.ids, conflict.aspects) for conflict in conflicts(before)}
    new = [it for it in conflicts(after) if (it.ids, it.aspects) not in old]
    explained = explanations(after)
    return [f"conflict: {told(conflict, explained)}" for conflict in new]


# Putting in place ---------------------------------------------------------------------------------


def _changed(
    folder: Path, files: Mapping[str, str], before: Dossier, texts: Mapping[str, str]
) -> Dossier:
    """The dossier with some files written anew, in place. Raises Refusal where it is not sound."""
    aside = folder / _ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    try:
        skip = shutil.ignore_patterns(_ASIDE, FOLDER, "texts")
        shutil.copytree(folder, aside, ignore=skip)
        for name, text in files.items():
            (aside / name).parent.mkdir(exist_ok=True)
            (aside / name).write_text(text, encoding="utf-8", newline="")
        after = load(aside)
        known = set(map(str, row_faults(before, texts)))
        if faults := [fault for fault in row_faults(after, texts) if str(fault) not in known]:
            raise Refusal(faults)
        for path in sorted(aside.rglob("*"), reverse=True):  # what did not change stays where it is
            if path.is_file() and str(path.relative_to(aside)) not in files:
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        aside.rename(folder / CUT_SHORT)  # from here on the change is made
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _finished(folder)
    return after


def _finished(folder: Path) -> list[str]:
    """Put a complete change in place; say so where one had been cut short."""
    ready = folder / CUT_SHORT
    if not ready.is_dir():
        return []
    for path in sorted(ready.rglob("*")):
        if path.is_file():
            os.replace(path, folder / path.relative_to(ready))
    shutil.rmtree(ready)
    return ["a change that had been cut short was put in place"]


def _path(package: Mapping[str, Any], name: str) -> str:
    return str(next(it["path"] for it in package["resources"] if it["name"] == name))


def _appended(path: Path, more: str) -> str:
    """A table with the rows of another of its form behind its own, which stay as they are."""
    text = path.read_bytes().decode("utf-8")
    return f"{text}{'' if text.endswith(chr(10)) else chr(10)}{more.partition(chr(10))[2]}"
