"""Exhibits of two builds, matched by key: what appeared, vanished or changed, and its rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from io import StringIO

from bs4 import BeautifulSoup

from .matching import change_of, only, versions
from .redline import VERSION, likeness

#: Columns of a CSV file that repeat, for machines, what the column before them prints.
_HELPERS = re.compile(r"^(.+) (?:low|high|unit|hedge|claims|from|to)$")


@dataclass(frozen=True)
class RowChange:
    """A row of data that is "changed", "lost" or "gained": column → cell as HTML."""

    change: str
    old: dict[str, str]
    new: dict[str, str]


@dataclass(frozen=True)
class ExhibitChange:
    """An exhibit that is "changed", "vanished" or "appeared".

    ``differs`` names the parts of a changed one: title, subtitle, note, alt,
    description, data, drawing.
    ``rows`` are the rows of its data that differ as printed, in the columns that both have;
    ``columns_lost`` and ``columns_gained`` are those that only one has.
    """

    change: str
    key: str
    old: dict | None
    new: dict | None
    differs: tuple[str, ...] = ()
    rows: list[RowChange] = field(default_factory=list)
    columns_lost: tuple[str, ...] = ()
    columns_gained: tuple[str, ...] = ()

    @property
    def record(self) -> dict:
        """The new record, or the old one where the exhibit vanished."""
        return self.new or self.old


def exhibits(old: Mapping[str, dict], new: Mapping[str, dict]) -> Iterator[ExhibitChange]:
    """The exhibits that differ, in reading order, those that are new at the end."""
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        if before is None or after is None:
            change = "appeared" if before is None else "vanished"
            yield ExhibitChange(change, key, before, after)
        elif parts := _parts(before, after):
            yield _changed(key, before, after, parts)


def _changed(key: str, old: dict, new: dict, parts: tuple[str, ...]) -> ExhibitChange:
    if "data" not in parts:
        return ExhibitChange("changed", key, old, new, parts)
    before, after = data_rows(old), data_rows(new)
    heads = [list(rows[0]) if rows else [] for rows in (before, after)]
    lost, gained = only(*heads), only(*reversed(heads))
    rows = _rows(_without(lost, before), _without(gained, after))
    return ExhibitChange("changed", key, old, new, parts, rows, tuple(lost), tuple(gained))


def _without(columns: list[str], rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{name: row[name] for name in row if name not in columns} for row in rows]


def _parts(old: dict, new: dict) -> tuple[str, ...]:
    """The parts of an exhibit that differ; its number is none, since one that goes moves others."""
    kept = {
        "title": "title_text",
        "subtitle": "subtitle_text",
        "note": "foot_text",
        "alt": "alt",
        "description": "description",
        "data": "csv",
        "drawing": "svg",
    }
    return tuple(part for part, name in kept.items() if old.get(name) != new.get(name))


def _rows(old: list[dict[str, str]], new: list[dict[str, str]]) -> list[RowChange]:
    lost, gained = _different(old, new), _different(new, old)
    heads = [[_head(row) for row in rows] for rows in (old, new)]

    def kinship(one: dict[str, str], other: dict[str, str]) -> float:
        head = _head(one)
        sure = head == _head(other) and all(side.count(head) == 1 for side in heads)
        return sure + likeness(" ".join(one.values()), " ".join(other.values()))

    return [
        RowChange(change_of(before, after), before or {}, after or {})
        for before, after in versions(lost, gained, kinship, VERSION)
    ]


def _head(row: dict[str, str]) -> str:
    return plain(next(iter(row.values()), ""))


def _different(these: Iterable[dict[str, str]], those: Iterable[dict[str, str]]) -> list[dict]:
    known = [_texts(row) for row in those]
    return [row for row in these if _texts(row) not in known]


def _texts(row: dict[str, str]) -> dict[str, str]:
    return {column: plain(cell) for column, cell in row.items()}


def data_rows(record: dict) -> list[dict[str, str]]:
    """The rows behind an exhibit as a reader sees them: column → cell as HTML."""
    if record["kind"] == "table":
        table = BeautifulSoup(record["table"], "html.parser")
        heads = [head.get_text() for head in table.select("thead th")]
        return [
            {
                head: cell.decode_contents()
                for head, cell in zip(heads, row.find_all(["th", "td"]), strict=True)
            }
            for row in table.select("tbody tr")
        ]
    rows = list(csv.DictReader(StringIO(record["csv"])))
    return [
        {
            name: f'<span class="evidence">{escape(cell, quote=False)}</span>'
            for name, cell in row.items()
            if not ((helper := _HELPERS.match(name)) and helper[1] in row)
        }
        for row in rows
    ]


def plain(html: str) -> str:
    """The words of a piece of HTML."""
    return BeautifulSoup(html, "html.parser").get_text()
