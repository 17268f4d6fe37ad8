"""The record of a dossier: official statistics beside its claims, and where each comes from.

The tables of `reference/` are described in datapackage.json like all others. They stand beside
the articles' tables and never enter them; how they are asked is in queries.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..errors import Fault, Refusal, nearest
from ..values.periods import Period, last_day
from ..values.value import stated
from ..values.words import HEDGES, money
from .queries import Queries
from .schema import Row, Table
from .selection import PREFIX, SOURCES, Finding


@dataclass(frozen=True)
class Origin:
    """What stands behind a value of the record, as a reader follows it.

    `short` is how it is cited; `what` it says; `where` it comes from, with vintage, terms
    and access path; `address` opens it, where there is one.
    """

    id: str
    short: str
    what: str
    where: str
    address: str


@dataclass(frozen=True)
class Record:
    """The official statistics of a dossier: queries over them, and where each comes from.

    `as_of` is the latest day that any article states for an event that happened, "" where
    none does. What the record tells of later days may bound a claim's period through a stated
    change, but never stands in its place: `decides` says so, for trade and arms alike. When a
    record was printed does not matter, only what it tells of.
    """

    queries: Queries
    origins: dict[str, Origin]
    checks: Table
    as_of: str

    @property
    def last_year(self) -> int:
        """The last year that was over when the articles were written: none later is told."""
        return int((self.as_of or "9999")[:4]) - 1

    def decides(self, found: Finding) -> bool:
        """Whether a finding tells of no day after the articles, so that it may decide."""
        return not (found.until and self.as_of) or last_day(found.until) <= last_day(self.as_of)


def record_of(tables: Mapping[str, Table], as_of: str) -> Record | None:
    """The record among a dossier's tables, None where it holds none; see `Record` for `as_of`.

    Raises Refusal for a figure that cannot be one.
    """
    if SOURCES not in tables:
        return None
    if faults := list(_faults(tables)):
        raise Refusal(faults)
    units = {
        f"{table.name}.{field['name']}": field["unit"]
        for table in tables.values()
        for field in table.schema["fields"]
        if "unit" in field
    }
    made = [_origin_of_source(row) for row in tables[SOURCES].rows]
    made += [_origin_of_row(row) for name in ("figures", "dates") for row in tables[name].rows]
    origins = {origin.id: origin for origin in made}
    # Whatever has a source is of the record, and nothing else: no check asks the articles.
    held = {it: each for it, each in tables.items() if it == SOURCES or "source" in each.columns}
    return Record(Queries(held, units), origins, tables["checks"], as_of)


def _faults(tables: Mapping[str, Table]) -> Iterator[Fault]:
    """Figures whose unit, sign or hedge cannot be that of what they measure."""
    units = {row["measure"]: row["unit"] for row in tables["measures"].rows}
    table = tables["figures"]
    for index, row in enumerate(table.rows):
        unit, measure = row["unit"], row["measure"]
        derived = "%" if measure.endswith(("_change", "_share")) else unit
        due = units.get(measure, derived)
        if (money(unit)[0] or unit) != (money(due)[0] or due):
            yield table.fault(index, "unit", f"{due!r} is expected for {measure}")
        elif unit != "%" and measure in units and "-" in row["low"] + row["high"]:
            yield table.fault(index, "low, high", f"{measure} in {unit} cannot be negative")
        if row["hedge"] and row["hedge"].lower() not in HEDGES:
            yield table.fault(index, "hedge", nearest(row["hedge"], HEDGES))


def _origin_of_source(row: Row) -> Origin:
    where = [f"Published by {row['publisher']}", f"vintage {row['vintage']}"]
    where += [f"terms: {row['terms']}", f"read through {row['path']}"]
    what = ". ".join(filter(None, [row["title"], row["note"].rstrip(".")]))
    return Origin(PREFIX + row["id"], row["short"], f"{what}.", "; ".join(where), row["address"])


def _origin_of_row(row: Row) -> Origin:
    """A single figure or date, with the page that carries it; its terms are those of `sources`."""
    if "about" in row:
        value = stated(row["low"], row["high"], row["unit"], row["hedge"])
        period = Period(row["from"], row["to"]).text()
        what = f"{row['about']}, {period}: {value.text()}. Counted by: {row['basis']}"
    else:
        what = f"{row['event'].replace('_', ' ').capitalize()}: {row['date']}, {row['status']}"
    note = f" ({row['note']})" if row["note"] else ""
    dated = row["page_date"] or "no date"
    where = f"{row['publisher']}, page of {dated}; confidence {row['confidence']}"
    short = row.get("basis") or row["publisher"]
    return Origin(PREFIX + row["id"], short, f"{what}{note}.", where, row["address"])
