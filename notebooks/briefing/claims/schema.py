"""The tables of a dossier, held against their Table Schema: cells, rows and keys.

What any table of a dossier may hold is decided here, for those of the articles and of the
record alike: each date is one of the calendar, each interval begins before it ends.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import Fault, Refusal, nearest
from ..values.periods import Period
from ..values.value import stated
from .package import form_of
from .strict import read_text

Row = dict[str, str]

#: How numbers are written, and the form that they are held against: no figure has more digits.
_NUMBERS = {
    "integer": ("an integer, written like 1234,", r"[+-]?[0-9]{1,18}"),
    "number": ("a number, written like 1234.5,", r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?"),
}
#: Columns that hold a date at any precision, by the pattern that says so.
_DATE = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
#: Two columns of which the first is never the greater.
_ORDERED = (("from", "to"), ("first_delivery", "last_delivery"), ("begins", "ends"))
#: What a terminal would obey, a page could not hold, or a reader would see in another order.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


@dataclass(frozen=True)
class Table:
    """One table: its name, its file, its rows as text, the line of each row, and its schema."""

    name: str
    path: Path
    rows: list[Row]
    lines: list[int]
    schema: dict[str, Any]

    @property
    def columns(self) -> list[str]:
        """The columns that it has, in the order of the schema."""
        return [field["name"] for field in self.schema["fields"]]

    @property
    def key(self) -> list[str]:
        """The columns that name a row; all columns where the schema sets no key."""
        key = self.schema.get("primaryKey", [])
        return [key] if isinstance(key, str) else list(key)

    def place(self, index: int, column: str = "") -> str:
        """Where a fault is: table, row by its key, line in the file, column."""
        row = self.rows[index]
        name = " ".join(row.get(part) or "?" for part in self.key) or "?"
        where = f"{self.name}.csv, row {name} (line {self.lines[index]})"
        return f"{where}, column {column}" if column else where

    def fault(self, index: int, columns: str, expected: str) -> Fault:
        """What is wrong with a cell, or with several: "low, high"."""
        stands = ", ".join(self.rows[index][column] for column in columns.split(", "))
        return Fault(self.place(index, columns), stands, expected)


def read_tables(folder: Path, package: dict[str, Any]) -> dict[str, Table]:
    """Every table that the package names, checked against its schema.

    Raises Refusal with all faults of all tables, so that one run shows them all.
    """
    tables: dict[str, Table] = {}
    faults: list[Fault | str] = []
    for resource in package["resources"]:
        try:
            tables[resource["name"]] = read_table(folder, resource)
        except Refusal as refusal:
            faults += refusal.faults
    if not faults:
        for table in tables.values():
            faults += list(cell_faults(table)) or _row_faults(table)
            faults += _key_faults(table, tables)
    if faults:
        raise Refusal(faults)
    return tables


def read_table(folder: Path, resource: dict[str, Any]) -> Table:
    """One table of a folder, its header held against the resource. Raises Refusal."""
    path = folder / resource["path"]
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Refusal([Fault(f"table {path}", str(path.resolve()), "a file of the dossier is due")])
    text = read_text(path, "table")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        # Cells that are alike are one string: a large dossier has a million, few of them distinct.
        numbered = [(reader.line_num, [*map(sys.intern, cells)]) for cells in reader if cells]
    except csv.Error as error:
        raise Refusal(f"table {path}, line {reader.line_num}: {error}") from None
    if not numbered:
        raise Refusal([Fault(f"table {path}", "", "the first line must name the columns")])
    header = [name.removeprefix("\ufeff") for name in numbered[0][1]]
    columns = [field["name"] for field in resource["schema"]["fields"]]
    faults = list(_header_faults(resource["path"], header, columns))
    for line, cells in numbered[1:]:
        if len(cells) != len(header):
            place = f"{resource['path']}, line {line}"
            faults.append(Fault(place, f"{len(cells)} cells", f"{len(header)} are due"))
    if faults:
        raise Refusal(faults)
    rows = [dict(zip(header, cells, strict=True)) for _, cells in numbered[1:]]
    lines = [line for line, _ in numbered[1:]]
    return Table(resource["name"], path, rows, lines, resource["schema"])


def _header_faults(path: str, header: list[str], columns: list[str]) -> Iterator[Fault]:
    for name in dict.fromkeys(header):
        if name not in columns:
            expected = f"no such column is documented; {nearest(name, columns)}"
            yield Fault(f"{path}, line 1", name, expected)
        elif header.count(name) > 1:
            yield Fault(f"{path}, line 1", name, "a column is named once")
    for name in columns:
        if name not in header:
            yield Fault(f"{path}, line 1", "", f"the documented column {name!r} is missing")


def cell_faults(table: Table) -> Iterator[Fault]:
    """The cells of a table that its schema does not allow."""
    for field in table.schema["fields"]:
        seen: set[str] = set()
        limits = field.get("constraints", {})
        for index, row in enumerate(table.rows):
            cell = row[field["name"]]
            expected = _expected(field, cell)
            # A doubled key is told once, with the line that has it already.
            unique = limits.get("unique") and table.key != [field["name"]]
            if not expected and unique and cell in seen:
                expected = "it stands in another row too, and must be unique"
            if expected:
                yield table.fault(index, field["name"], expected)
            seen.add(cell)


def _expected(field: dict[str, Any], cell: str) -> str:
    """What a cell should hold instead, or "" where it is right."""
    limits = field.get("constraints", {})
    if not cell:
        return "a value is required" if limits.get("required") else ""
    if cell != cell.strip() and field["name"] != "phrase":
        return "spaces at its ends must go"
    if (control := _CONTROL.search(cell)) and (control[0], field["name"]) != ("\t", "phrase"):
        return f"the control character U+{ord(control[0]):04X} must go"
    number = None
    if field["type"] in ("integer", "number"):
        like, form = _NUMBERS[field["type"]]
        if not re.fullmatch(form, cell):
            return f"{like} is expected"
        number = Decimal(cell)
    if "enum" in limits and cell not in limits["enum"]:
        return f"not an allowed value; {nearest(cell, limits['enum'])}"
    if "pattern" in limits:
        try:
            form_of(limits["pattern"]).validate_python(cell)
            if limits["pattern"] == _DATE:
                Period(cell, cell)
        except ValidationError:
            return f"expected the form {limits['pattern']}"
        except ValueError as error:
            return str(error)
    if number is not None and number < limits.get("minimum", number):
        return f"at least {limits['minimum']} is expected"
    if number is not None and number > limits.get("maximum", number):
        return f"at most {limits['maximum']} is expected"
    return ""


def _row_faults(table: Table) -> Iterator[Fault]:
    """Bounds and dates of a row that no value and no period can have."""
    for index, row in enumerate(table.rows):
        told = ("low", "high")
        try:
            if {*told, "unit", "hedge"} <= set(row):
                stated(row["low"], row["high"], row["unit"], row["hedge"])
            for told in (pair for pair in _ORDERED if set(pair) <= set(row)):
                Period(*(row[column] for column in told))
        except ValueError as error:
            yield table.fault(index, ", ".join(told), str(error))


def _key_faults(table: Table, tables: dict[str, Table]) -> Iterator[Fault]:
    seen: dict[tuple[str, ...], int] = {}
    for index, row in enumerate(table.rows):
        key = tuple(row[part] for part in table.key)
        if key and key in seen:
            expected = f"line {table.lines[seen[key]]} has this key"
            yield Fault(table.place(index), " ".join(key), expected)
        seen.setdefault(key, index)
    for foreign in table.schema.get("foreignKeys", []):
        column, target = foreign["fields"], foreign["reference"]
        known = {row[target["fields"]] for row in tables[target["resource"]].rows}
        for index, row in enumerate(table.rows):
            if row[column] and row[column] not in known:
                otherwise = f"add it to the table or use one of its {len(known)}"
                near = nearest(row[column], sorted(known), otherwise)
                expected = f"{target['resource']}.csv has no such row; {near}"
                yield table.fault(index, column, expected)
