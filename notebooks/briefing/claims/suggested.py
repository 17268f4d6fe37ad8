"""The folder of suggestions: tables like the dossier's, with columns for the person who codes.

Git ignores the folder, and it says so itself: a sentence of an article may stand in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import Fault, Refusal, guarded, unguarded
from .schema import Row, Table, read_table
from .strict import read_text

FOLDER = "suggested"
#: What stands before a table's own columns, and behind them; none of it enters a table.
BEFORE, BEHIND = ("ok",), ("other_measures", "existing", "why", "sentence")


def read_suggested(folder: Path, package: Mapping[str, Any]) -> dict[str, Table]:
    """The tables of suggestions that a dossier's folder holds, by the name of their table.

    Each is named by its path in the dossier. Raises Refusal for a file that cannot be read, or
    whose header is not its table's with the columns of a suggestion.
    """
    found: dict[str, Table] = {}
    faults: list[Fault | str] = []
    for resource in package["resources"]:
        path = f"{FOLDER}/{resource['name']}.csv"
        if not (folder / path).is_file():
            continue
        head = next(csv.reader(read_text(folder / path, "table").splitlines()), [])
        kept = [name for name in BEHIND if name in head]  # a person may have dropped the others
        first, last = ([{"name": it, "type": "string"} for it in names] for names in (BEFORE, kept))
        fields = [*first, *resource["schema"]["fields"], *last]
        schema = {**resource["schema"], "fields": fields}
        told = {**resource, "name": path.removesuffix(".csv"), "path": path, "schema": schema}
        try:
            table = read_table(folder, told)
            rows = [{name: unguarded(cell) for name, cell in row.items()} for row in table.rows]
            found[resource["name"]] = replace(table, rows=rows)
        except Refusal as refusal:
            faults += refusal.faults
    if faults:
        raise Refusal(faults)
    return found


def sheet(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """A table of suggestions: an article's words are in it, which no spreadsheet is to run."""
    return csv_text(columns, ({name: guarded(row[name]) for name in row} for row in rows))


def start_of(row: Row) -> int:
    """Where a suggestion stands in its text; -1 where it says no place, or nonsense."""
    cells = row.get("start", ""), row.get("end", "")
    return int(cells[0]) if all(map(str.isdecimal, cells)) else -1


def placed(row: Row, text: str, body: tuple[int, int]) -> Row:
    """A row with the place of its phrase in the body, the nearest to where it stood.

    The bounds of a body may stand in an article's row as its first and its last words. Raises
    Refusal for a phrase that the body does not have.
    """
    if (phrase := row.get("phrase")) is not None:
        places = [it for it in range(*body) if text.startswith(phrase, it)]
        if not places:
            raise Refusal([Fault("column phrase", phrase, "the body has no such words")])
        first = min(places, key=lambda it: abs(it - start_of(row)))
        row = row | {"start": str(first), "end": str(first + len(phrase))}
    for column, find, more in (("body_start", text.index, 0), ("body_end", text.rindex, 1)):
        if (words := row.get(column, "0")) in text and not words.isdecimal():
            row = row | {column: str(find(words) + more * len(words))}
    return row


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """A table as the dossier writes it; cells that a row lacks are empty."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
