"""The record: official statistics beside the claims, and queries over their tables.

The tables of `reference/` are described in datapackage.json like all others. A check
(`reference/checks.csv`) names claims and a query; what it finds is held against them in
`verdicts`. A query is an expression of the functions of `Queries`, such as

    share("arms_deliveries", "tiv", supplier="russia", source="sipri-register", year=(2000, 2023))
    figure("us-two-way-2022") - whole_year(figure("us-imports-2023"))

Every value that a query finds rests on the ids of its records (`rec-…`), as a claim's value
rests on its claim.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from ..errors import Fault, Refusal, nearest
from ..values.periods import Period
from ..values.value import Value, counted, stated
from .schema import Row, Table

#: What a record's id begins with, so that none is taken for a claim's.
PREFIX = "rec-"
#: How many times the mean of the known months the missing ones of a year may run at most.
LIVELY = 2
#: Confidence in a single figure, the least first; a statistical table has "high".
CONFIDENCES = ("low", "medium", "high")
SOURCES = "sources"


@dataclass(frozen=True)
class Finding:
    """What a query found: a value or a date, and how far it can be relied on.

    `whole` is False where a part of the period is not on record and only bounded;
    `confidence` is the least of the figures used; `held` is False for what was announced.
    """

    value: Value | None = None
    period: Period | None = None
    confidence: str = "high"
    whole: bool = True
    held: bool = True

    def joined(self, other: Finding, value: Value) -> Finding:
        """A value that rests on both findings, as reliable as the lesser."""
        least = min(self.confidence, other.confidence, key=CONFIDENCES.index)
        return Finding(value, None, least, self.whole and other.whole, self.held and other.held)


class Queries:
    """The functions that a query may call; each refuses what the record does not hold."""

    def __init__(self, tables: Mapping[str, Table], units: Mapping[str, str]) -> None:
        """Take the tables of the record, and the unit of each `table.column` that has one."""
        self.tables = tables
        self.units = units

    def find(self, text: str) -> Finding:
        """What a query finds. Raises Refusal, saying what is wrong with it."""
        try:
            found = self._value(ast.parse(text.strip(), mode="eval").body)
        except SyntaxError as error:
            raise Refusal(f"query {text!r}: {error.msg}") from None
        if not isinstance(found, Finding):
            raise Refusal(f"query {text!r}: it finds no value")
        return found

    # Single records ---------------------------------------------------------------------

    def figure(self, id: str) -> Finding:
        """A single official figure."""
        row = self._row("figures", id=id)
        value = stated(row["low"], row["high"], row["unit"], row["hedge"], (PREFIX + id,))
        return Finding(value, confidence=row["confidence"])

    def date(self, id: str) -> Finding:
        """A date on record."""
        row = self._row("dates", id=id)
        held = row["status"] == "happened"
        period = Period(row["date"], row["date"])
        return Finding(None, period, row["confidence"], held=held)

    def cell(self, table: str, column: str, **wanted: object) -> Finding:
        """The one cell of a column in the row that is wanted."""
        row = self._row(table, **wanted)
        name = f"{column} of {_told(wanted)}"
        return Finding(self._of(Decimal(row[column]), self.units[f"{table}.{column}"], row, name))

    # Sums over tables -------------------------------------------------------------------

    def share(self, table: str, column: str, **wanted: object) -> Finding:
        """The part of the first thing wanted in a sum over the others, in per cent.

        Raises Refusal where there is nothing to share.
        """
        _, *others = wanted.items()
        rows = self._rows(table, dict(others))
        whole = sum(Decimal(row[column]) for row in rows)
        part = sum(Decimal(row[column]) for row in rows if _matches(row, wanted))
        if not whole:
            raise Refusal(f"table {table}: nothing is on record for {_told(wanted)}")
        return Finding(self._of(part / whole * 100, "%", rows[0], f"share of {_told(wanted)}"))

    def rank(self, table: str, column: str, **wanted: object) -> Finding:
        """The place of the first thing wanted in the order of sums over the others."""
        (key, name), *others = wanted.items()
        sums = self.sums(table, column, key, **dict(others))
        if name not in sums:
            raise Refusal(f"table {table}: nothing is on record for {_told(wanted)}")
        place = 1 + sum(other > sums[name] for other in sums.values())
        row = self._rows(table, dict(others))[0]
        return Finding(self._of(Decimal(place), "rank", row, f"rank of {_told(wanted)}"))

    def count(self, table: str, **wanted: object) -> Finding:
        """How many rows have what is wanted; there may be none."""
        row = self.tables[table].rows[0]
        found = [row for row in self.tables[table].rows if _matches(row, wanted)]
        return Finding(self._of(Decimal(len(found)), "count", row, f"rows with {_told(wanted)}"))

    def sums(self, table: str, column: str, by: str, **wanted: object) -> dict[str, Decimal]:
        """Sums of a column over the rows wanted, by the values of another, the largest first."""
        sums: dict[str, Decimal] = {}
        for row in self._rows(table, wanted):
            sums[row[by]] = sums.get(row[by], Decimal(0)) + Decimal(row[column])
        return dict(sorted(sums.items(), key=lambda pair: -pair[1]))

    def rolling(self, table: str, column: str, span: int, **wanted: object) -> dict[int, Value]:
        """Shares over windows of `span` years, by the last year of each."""
        first, last = wanted["year"]
        return {
            year: self.share(table, column, **{**wanted, "year": (year - span + 1, year)}).value
            for year in range(first + span - 1, last + 1)
        }

    # What is derived --------------------------------------------------------------------

    def whole_year(self, known: Finding) -> Finding:
        """A year of which only its first months are on record.

        At least the months known; at most as much more as if the missing months ran at
        `LIVELY` times their mean.
        """
        row = self._row("figures", id=known.value.claims[0].removeprefix(PREFIX))
        months = int(row["to"][5:7])
        more = 1 + Decimal(LIVELY) * (12 - months) / months
        low, high = known.value.bounds
        formula = f"{known.value.formula} and up to {LIVELY} times its mean for the months missing"
        value = replace(known.value, high=high * more, low=low, hedge="", formula=formula)
        return replace(known, value=value, whole=False)

    def before(self, later: Finding, change: Finding) -> Finding:
        """The same months a year before, from the change on them that is on record."""
        (low, high), (least, most) = later.value.bounds, change.value.bounds
        ends = (low / (1 + most / 100), high / (1 + least / 100))
        claims = later.value.claims + change.value.claims
        formula = f"{later.value.formula} ÷ (1 + {change.value.formula})"
        value = Value(min(ends), max(ends), later.value.unit, claims=claims, formula=formula)
        return later.joined(change, value)

    def between(self, one: Finding, other: Finding) -> Finding:
        """From the lesser to the greater of two estimates of one thing."""
        ends = [*one.value.bounds, *other.value.to(one.value.unit).bounds]
        claims = tuple(dict.fromkeys(one.value.claims + other.value.claims))
        formula = f"{one.value.formula} to {other.value.formula}"
        value = Value(min(ends), max(ends), one.value.unit, claims=claims, formula=formula)
        return one.joined(other, value)

    def years(self, since: Finding, until: int) -> Finding:
        """How many years lie between a date's year and another year."""
        number = Decimal(until - int(since.period.start[:4]))
        ids = self._ids_of(since)
        value = Value(number, number, "years", claims=ids, formula=f"{until} less {ids[0]}")
        return replace(since, value=value, period=None)

    # Reading a query --------------------------------------------------------------------

    def _value(self, node: ast.expr) -> object:
        match node:
            case ast.Call(func=ast.Name(id=name)):
                call = self._function(name)
                given = {item.arg: self._value(item.value) for item in node.keywords}
                try:
                    return call(*(self._value(item) for item in node.args), **given)
                except (TypeError, KeyError, AttributeError) as error:
                    raise Refusal(f"query function {name}: {error}") from None
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
                return _combined(self._value(left), self._value(right), _SIGNS[type(sign)])
        try:
            return ast.literal_eval(node)
        except ValueError:
            raise Refusal(
                f"a query holds only calls, words and numbers: {ast.unparse(node)}"
            ) from None

    def _function(self, name: str) -> Callable[..., Finding]:
        if name not in FUNCTIONS:
            raise Refusal([Fault("query function", name, nearest(name, FUNCTIONS))])
        return getattr(self, name)

    def _rows(self, table: str, wanted: Mapping[str, object]) -> list[Row]:
        if table not in self.tables:
            raise Refusal([Fault("table of the record", table, nearest(table, self.tables))])
        rows = [row for row in self.tables[table].rows if _matches(row, wanted)]
        if not rows:
            raise Refusal(f"table {table}: nothing is on record for {_told(wanted)}")
        return rows

    def _row(self, table: str, **wanted: object) -> Row:
        rows = self._rows(table, wanted)
        if len(rows) > 1:
            raise Refusal(f"table {table}: {len(rows)} rows have {_told(wanted)}, one is due")
        return rows[0]

    def _of(self, number: Decimal, unit: str, row: Row, formula: str) -> Value:
        source = PREFIX + row["source"]
        return Value(number, number, unit, claims=(source,), formula=f"{source}: {formula}")

    def _ids_of(self, found: Finding) -> tuple[str, ...]:
        """The id of the date that was found."""
        same = [row for row in self.tables["dates"].rows if row["date"] == found.period.start]
        return (PREFIX + same[0]["id"],)


#: The functions that a query may call by name.
FUNCTIONS = (
    "figure", "date", "cell", "share", "rank", "count",
    "whole_year", "before", "between", "years",
)  # fmt: skip
_SIGNS = {ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def _combined(left: object, right: object, sign: Callable) -> Finding:
    if isinstance(right, int | float):
        right = Finding(counted(right, (), str(right)))
    return left.joined(right, sign(left.value, right.value))


def _matches(row: Row, wanted: Mapping[str, object]) -> bool:
    return all(_fits(row[column], value) for column, value in wanted.items())


def _fits(cell: str, wanted: object) -> bool:
    """Whether a cell is what is wanted: a word, a number, or within two years."""
    if isinstance(wanted, tuple):
        first, last = wanted
        return bool(cell) and first <= int(cell) <= last
    return cell == str(wanted)


def _told(wanted: Mapping[str, object]) -> str:
    """What is wanted, in words for a formula or a message."""
    told = (
        "–".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for key, value in wanted.items()
        if key != "source"
    )
    return ", ".join(told)


# What the record is made of -----------------------------------------------------------------


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
    """The official statistics of a dossier: queries over them, and where each comes from."""

    queries: Queries
    origins: dict[str, Origin]
    checks: Table

    def cited(self, ids: Iterable[str]) -> list[str]:
        """How the records among some ids are cited, each once."""
        return list(dict.fromkeys(self.origins[id].short for id in ids if id in self.origins))


def record_of(tables: Mapping[str, Table]) -> Record | None:
    """The record among a dossier's tables, None where it holds none."""
    if "checks" not in tables or SOURCES not in tables:
        return None
    units = {
        f"{table.name}.{field['name']}": field["unit"]
        for table in tables.values()
        for field in table.schema["fields"]
        if "unit" in field
    }
    sources = {row["id"]: row for row in tables[SOURCES].rows}
    origins = {PREFIX + id: _origin_of_source(row) for id, row in sources.items()}
    for name in ("figures", "dates"):
        for row in tables[name].rows:
            origins[PREFIX + row["id"]] = _origin_of_row(row, sources[row["source"]])
    return Record(Queries(tables, units), origins, tables["checks"])


def _origin_of_source(row: Row) -> Origin:
    where = [f"Published by {row['publisher']}", f"vintage {row['vintage']}"]
    where += [f"terms: {row['terms']}", f"read through {row['path']}"]
    what = ". ".join(filter(None, [row["title"], row["note"].rstrip(".")]))
    return Origin(PREFIX + row["id"], row["short"], f"{what}.", "; ".join(where), row["address"])


def _origin_of_row(row: Row, source: Row) -> Origin:
    """A single figure or date, with the page that carries it."""
    if "about" in row:
        value = stated(row["low"], row["high"], row["unit"], row["hedge"])
        period = Period(row["from"], row["to"]).text()
        what = f"{row['about']}, {period}: {value.text()}. Counted by: {row['basis']}"
    else:
        what = f"{row['event'].replace('_', ' ').capitalize()}: {row['date']}, {row['status']}"
    note = f" ({row['note']})" if row["note"] else ""
    dated = row["page_date"] or "no date"
    where = f"{row['publisher']}, page of {dated}; confidence {row['confidence']}; terms: "
    return Origin(
        PREFIX + row["id"],
        row.get("basis") or row["publisher"],
        f"{what}{note}.",
        where + source["terms"],
        row["address"],
    )
