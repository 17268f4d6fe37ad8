"""The record: official statistics beside the claims, and the functions that ask them.

The tables of `reference/` are described in datapackage.json like all others. A check
(`reference/checks.csv`) names claims, one of `FUNCTIONS` and its arguments; what that finds is
held against the claims in `verdicts`. What a number means for a claim is decided there, and
how it is told in a chapter. The functions stand here, each with its test, because checks
were once written in an expression language that only its author could read.

Every value found rests on the ids of its records (`rec-…`), as a claim's value on its claim.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from ..errors import Fault, Refusal, nearest
from ..values.periods import Period, last_day
from ..values.value import Value, counted, stated
from .schema import Row, Table

#: What a record's id begins with, so that none is taken for a claim's.
PREFIX = "rec-"
#: How many times the mean of the known months the missing ones of a year may run at most.
LIVELY = 2
#: How many years before and after its own a claim is tried against.
BESIDE = 2
#: Confidence in a single figure, the least first; a statistical table has "high".
CONFIDENCES = ("low", "medium", "high")
SOURCES = "sources"
#: The functions that a check may name; the data package allows the same.
FUNCTIONS = (
    "figure", "date", "cell", "total", "share", "share_change", "rank", "count", "most",
    "yearly", "part", "yearly_rate", "years",
)  # fmt: skip
#: Columns that say what time a row tells of; the first that a table has counts.
_TIMES = ("to", "date", "year", "last_delivery", "order_year")


@dataclass(frozen=True)
class Finding:
    """What was found: a value or a date, and how far it can be relied on.

    `whole` is False where a part of the period is not on record and only bounded;
    `confidence` is the least of the figures used; `held` is False for what was announced;
    `until` is the last year, month or day that it tells of, "" where it names none.
    """

    value: Value | None = None
    period: Period | None = None
    confidence: str = "high"
    whole: bool = True
    held: bool = True
    until: str = ""

    def joined(self, other: Finding, value: Value) -> Finding:
        """A value that rests on both findings, as reliable as the lesser."""
        least = min(self.confidence, other.confidence, key=CONFIDENCES.index)
        until = max(self.until, other.until)
        return Finding(
            value, None, least, self.whole and other.whole, self.held and other.held, until
        )


class Queries:
    """The functions over the record; each raises Refusal for what the record does not hold.

    `wanted` are columns with what they have to hold: a word, a number, or (first, last) year.
    """

    def __init__(self, tables: Mapping[str, Table], units: Mapping[str, str]) -> None:
        """Take the tables of the record, and the unit of each `table.column` that has one."""
        self.tables = tables
        self.units = units

    def call(self, function: str, arguments: str) -> Finding:
        """What one of `FUNCTIONS` finds with arguments such as "id=kilo;year=2000-2023".

        Raises Refusal where the function takes no such arguments, or finds nothing.
        """
        return self._called(function, parsed(arguments))

    def beside(self, function: str, arguments: str) -> Iterator[tuple[Period, Finding]]:
        """What the record has for the years beside those asked for, the nearest first.

        A year is moved by up to `BESIDE` years, a window at either end. Beside a single figure
        or date stand the others of the same series, beside a date those of the same event.
        What is not on record is left out.
        """
        given = parsed(arguments)
        for period, other in self._beside(function, given):
            with suppress(Refusal):
                yield period, self._called(function, other)

    # Single records ---------------------------------------------------------------------

    def figure(self, id: str) -> Finding:
        """A single official figure."""
        row = self._row("figures", id=id)
        value = stated(row["low"], row["high"], row["unit"], row["hedge"], (PREFIX + id,))
        return Finding(value, confidence=row["confidence"], until=row["to"])

    def date(self, id: str) -> Finding:
        """A date on record."""
        row = self._row("dates", id=id)
        held = row["status"] == "happened"
        period = Period(row["date"], row["date"])
        return Finding(None, period, row["confidence"], held=held, until=row["date"])

    def cell(self, table: str, column: str, **wanted: object) -> Finding:
        """The one cell of a column in the row that is wanted."""
        row = self._row(table, **wanted)
        return self._found(table, column, Decimal(row[column]), [row], wanted)

    # Sums over tables -------------------------------------------------------------------

    def total(self, table: str, column: str, **wanted: object) -> Finding:
        """The sum of a column over the rows wanted; none where there is no such row."""
        rows = self._chosen(table, wanted)
        return self._found(table, column, _sum(rows, column), rows, wanted)

    def share(self, table: str, column: str, **wanted: object) -> Finding:
        """The part of the first thing wanted in a sum over the others, in per cent.

        Raises Refusal where there is nothing to share.
        """
        _, others = _part(wanted)
        rows = self._rows(table, others)
        part = _sum(self._chosen(table, wanted), column)
        whole = _sum(rows, column)
        if not whole:
            raise Refusal(f"table {table}: nothing is on record for {_told(wanted)}")
        return self._found(table, "", part / whole * 100, rows, wanted, "%", "share of ")

    def share_change(
        self, table: str, column: str, first: tuple, last: tuple, **wanted: object
    ) -> Finding:
        """That share over the `last` years less the same over the `first`, in points."""
        early, late = (
            self.share(table, column, **{**wanted, "year": window}) for window in (first, last)
        )
        return early.joined(late, late.value - early.value)

    def rank(self, table: str, column: str, **wanted: object) -> Finding:
        """The place of the first thing wanted in the order of sums over the others."""
        (key, name), others = _part(wanted)
        sums = self.sums(table, column, key, **others)
        if name not in sums:
            raise Refusal(f"table {table}: nothing is on record for {_told(wanted)}")
        place = Decimal(1 + sum(other > sums[name] for other in sums.values()))
        rows = self._rows(table, others)
        return self._found(table, "", place, rows, wanted, "rank", "rank of ")

    def count(self, table: str, **wanted: object) -> Finding:
        """How many rows have what is wanted; there may be none."""
        rows = self._chosen(table, wanted)
        return self._found(table, "", Decimal(len(rows)), rows, wanted, "count", "rows with ")

    def most(self, table: str, by: str, **wanted: object) -> Finding:
        """The most rows wanted that share a value of `by`; groups short of rows are left out.

        A group is complete where it has as many rows as the fullest of the table.
        """
        sizes = Counter(row[by] for row in self._chosen(table, {}))
        windows = {key: value for key, value in wanted.items() if isinstance(value, tuple)}
        full = {row[by] for row in self._rows(table, windows)}
        full -= {name for name in full if sizes[name] < max(sizes.values())}
        if not full:
            raise Refusal(f"table {table}: no {by} is complete for {_told(wanted)}")
        rows = [row for row in self._chosen(table, wanted) if row[by] in full]
        counts = Counter(row[by] for row in rows)
        most = Decimal(max(counts[name] for name in full))
        return self._found(table, "", most, rows, wanted, "count", "most rows with ")

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

    # Years from single figures ------------------------------------------------------------

    def yearly(self, measure: str, subject: str, year: int, partner: str = "") -> Finding:
        """What the single figures have for a year of trade: the narrowest of what they give.

        They may give the year itself; its first months, or the same months of the year after
        less their change, both bounded by `whole_year`; two-way trade less the other
        direction, or with the surplus and halved; exports to one partner by its share of all.
        A figure of low confidence is not used. Empty `partner`: trade with all.
        """
        series = (subject, partner, year)
        ways = [self._direct(measure, *series)]
        two, surplus = self._of_year("two_way_trade", *series), self._of_year("surplus", *series)
        other = self._direct({"exports": "imports", "imports": "exports"}.get(measure, ""), *series)
        if two and other:
            ways.append(two.joined(other, two.value - other.value))
        if two and surplus and measure in ("exports", "imports"):
            both = two.value + surplus.value if measure == "exports" else two.value - surplus.value
            ways.append(two.joined(surplus, both / counted(2, (), "2")))
        for row in self.tables["figures"].rows if not partner and measure == "exports" else ():
            part = self._of_year("exports", subject, row["partner"], year)
            share = self._of_year("exports_share", subject, row["partner"], year)
            if row["partner"] and part and share:
                ways.append(part.joined(share, part.value / share.value.as_ratio()))
        known = [found for found in ways if found and found.value.high is not None]
        if not known:
            told = " ".join(filter(None, [measure, subject, partner, str(year)]))
            raise Refusal(f"table figures: nothing is on record for {told}")
        best = min(known, key=lambda found: found.value.high - found.value.low)
        return replace(best, until=str(year))

    def part(self, measure: str, subject: str, partner: str, year: int) -> Finding:
        """The part of one partner in a year's trade with all, in per cent."""
        if found := self._of_year(f"{measure}_share", subject, partner, year):
            return found
        one = self.yearly(measure, subject, year, partner)
        every = self.yearly(measure, subject, year)
        return one.joined(every, one.value.share_of(every.value))

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

    def yearly_rate(self, day: str, plan: str, years: int) -> Finding:
        """From the lesser to the greater of two estimates of a year.

        `day` is the id of a figure for a day, times 365; `plan` that of one for `years` years.
        """
        one, other = self.figure(day), self.figure(plan)
        rates = (
            one.value.to(other.value.unit) * counted(365, (), "365"),
            other.value / counted(years, (), str(years)),
        )
        ends = [end for rate in rates for end in rate.bounds]
        claims = one.value.claims + other.value.claims
        formula = " to ".join(rate.formula for rate in rates)
        value = Value(min(ends), max(ends), other.value.unit, claims=claims, formula=formula)
        return one.joined(other, value)

    def years(self, id: str, until: int) -> Finding:
        """How many years lie between a date's year and another year."""
        found = self.date(id)
        number = Decimal(until - int(found.period.start[:4]))
        ids = (PREFIX + id,)
        value = Value(number, number, "years", claims=ids, formula=f"{until} less {ids[0]}")
        return replace(found, value=value, period=None)

    def days(self, id: str, until: Period) -> Value:
        """How many days lie between a date on record and another, by the ends of both."""
        since = self.date(id).period
        (a, b), (c, d) = since.days, until.days
        ids = (PREFIX + id,)
        formula = f"days from {ids[0]} to {until.iso()}"
        ends = (Decimal((c - b).days), Decimal((d - a).days))
        return Value(*ends, "days", claims=ids, formula=formula)

    # How they are called, and what they share -------------------------------------------------

    def _called(self, function: str, given: Mapping[str, object]) -> Finding:
        if function not in FUNCTIONS:
            raise Refusal([Fault("function of a check", function, nearest(function, FUNCTIONS))])
        call = getattr(self, function)
        signature = inspect.signature(call)
        try:
            signature.bind(**given)
        except TypeError as error:
            takes = ", ".join(signature.parameters)
            raise Refusal(f"{function} takes {takes}: {error}") from None
        for name, value in given.items():
            due = getattr(signature.parameters.get(name), "annotation", "object")
            if due not in ("object", type(value).__name__):
                words = {"int": "a whole number", "tuple": "years as 2000-2023", "str": "a word"}
                due = words[due]
                raise Refusal(f"{function}, {name}={value}: {due} is expected")
        try:
            return call(**given)
        except KeyError as error:
            raise Refusal(f"{function}: there is no column {error}") from None
        except InvalidOperation:
            raise Refusal(f"{function}: the column holds no numbers") from None
        except (TypeError, ValueError, ArithmeticError) as error:
            raise Refusal(f"{function}: {error}") from None

    def _beside(
        self, function: str, given: Mapping[str, object]
    ) -> Iterator[tuple[Period, dict[str, object]]]:
        if function in ("figure", "date"):
            table = self.tables[function + "s"]
            mine = self._row(table.name, id=given["id"])
            same = ("event",) if function == "date" else ("measure", "subject", "partner")
            for row in table.rows:
                if row is not mine and all(row[column] == mine[column] for column in same):
                    ends = (row["date"],) * 2 if function == "date" else (row["from"], row["to"])
                    yield Period(*ends), {"id": row["id"]}
        for key in given.keys() & {"year", "order_year", "date"}:
            first, last = given[key] if isinstance(given[key], tuple) else (given[key],) * 2
            for step in (move for far in range(1, BESIDE + 1) for move in (-far, far)):
                moved = [(first + step, last), (first, last + step)]
                for a, b in moved if first < last else [(first + step, first + step)]:
                    if a <= b:
                        asked = (a, b) if isinstance(given[key], tuple) else a
                        yield Period(str(a), str(b)), {**given, key: asked}

    def _of_year(self, measure: str, subject: str, partner: str, year: int) -> Finding | None:
        """The figure of a whole year, or of the months that `year` names, where there is one."""
        for row in self.tables["figures"].rows:
            series = (row["measure"], row["subject"], row["partner"], row["from"], row["to"])
            wanted = (measure, subject, partner, str(year), str(year))
            if series == wanted and row["confidence"] != CONFIDENCES[0]:
                return self.figure(row["id"])
        return None

    def _direct(self, measure: str, subject: str, partner: str, year: int) -> Finding | None:
        """A year by its own figure, by its first months, or by those of the year after."""
        if found := self._of_year(measure, subject, partner, year):
            return found
        series = {"subject": subject, "partner": partner}
        for start in (year, year + 1):
            asked = {"measure": measure, "from": f"{start}-01", **series}
            for row in (row for row in self.tables["figures"].rows if _matches(row, asked)):
                known = self.figure(row["id"])
                if start > year:
                    asked = {"measure": f"{measure}_change", "to": row["to"], **series}
                    change = self._row("figures", **asked)
                    known = self.before(known, self.figure(change["id"]))
                return self.whole_year(known) if known.confidence != CONFIDENCES[0] else None
        return None

    def _chosen(self, table: str, wanted: Mapping[str, object]) -> list[Row]:
        """The rows wanted, perhaps none. Refuses what the table or its source cannot hold."""
        if table not in self.tables:
            raise Refusal([Fault("table of the record", table, nearest(table, self.tables))])
        columns = [field["name"] for field in self.tables[table].schema["fields"]]
        for column in wanted:
            if column not in columns:
                raise Refusal([Fault(f"column of {table}", column, nearest(column, columns))])
        rows = self.tables[table].rows
        named = {row["source"] for row in rows if wanted.get("source") in (None, row["source"])}
        if len(named) > 1:
            raise Refusal(f"table {table}: {len(named)} sources; name one, they are never summed")
        for source in self.tables[SOURCES].rows:
            for first, last in (value for value in wanted.values() if isinstance(value, tuple)):
                span = source["begins"], source["ends"]
                if source["id"] in named and all(span) and not _within((first, last), span):
                    raise Refusal(
                        f"table {table}: {first}–{last} is asked for, {'–'.join(span)} is on record"
                    )
        return [row for row in rows if _matches(row, wanted)]

    def _rows(self, table: str, wanted: Mapping[str, object]) -> list[Row]:
        rows = self._chosen(table, wanted)
        if not rows:
            raise Refusal(f"table {table}: nothing is on record for {_told(wanted)}")
        return rows

    def _row(self, table: str, **wanted: object) -> Row:
        rows = self._rows(table, wanted)
        if len(rows) > 1:
            raise Refusal(f"table {table}: {len(rows)} rows have {_told(wanted)}, one is due")
        return rows[0]

    def _found(
        self,
        table: str,
        column: str,
        number: Decimal,
        rows: list[Row],
        wanted: Mapping[str, object],
        unit: str = "",
        what: str = "",
    ) -> Finding:
        """A number over rows of one table, with its formula and the last time it tells of."""
        source = PREFIX + (rows or self.tables[table].rows)[0]["source"]
        if "source" in wanted:
            source = PREFIX + wanted["source"]
        formula = f"{source}: {what or f'{column} of '}{_told(wanted)}"
        unit = unit or self.units.get(f"{table}.{column}", "count")
        time = next((name for name in _TIMES if rows and name in rows[0]), "")
        times = [row[time] for row in rows if time]
        asked = [str(value[1]) for value in wanted.values() if isinstance(value, tuple)]
        value = Value(number, number, unit, claims=(source,), formula=formula)
        return Finding(value, until=max(asked or times, default=""))


def parsed(arguments: str) -> dict[str, object]:
    """Arguments of a check, "key=value;key=value": words, whole numbers, or two years.

    Raises Refusal for what is not of that form.
    """
    given: dict[str, object] = {}
    for part in filter(None, arguments.split(";")):
        key, equals, text = part.partition("=")
        if not equals or not key.strip().isidentifier() or key.strip() in given:
            raise Refusal(f"arguments {arguments!r}: {part!r} is not key=value, each key once")
        window = re.fullmatch(r"(\d{4})-(\d{4})", text.strip())
        whole = re.fullmatch(r"\d+", text.strip())
        given[key.strip()] = (
            (int(window[1]), int(window[2])) if window else int(text) if whole else text.strip()
        )
    return given


def _part(wanted: Mapping[str, object]) -> tuple[tuple[str, object], dict[str, object]]:
    """The first thing wanted, which is the part, and the others, which make the whole."""
    first, *others = wanted.items() or [("", ())]
    if first[0] == "source" or isinstance(first[1], tuple):
        raise Refusal(f"{_told(wanted) or 'nothing'} is wanted: what is the part comes first")
    return first, dict(others)


def _within(window: tuple[int, int], span: tuple[str, str]) -> bool:
    return int(span[0]) <= window[0] <= window[1] <= int(span[1])


def _sum(rows: Iterable[Row], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


def _matches(row: Row, wanted: Mapping[str, object]) -> bool:
    return all(_fits(row[column], value) for column, value in wanted.items())


def _fits(cell: str, wanted: object) -> bool:
    """Whether a cell is what is wanted: a word, a number, or a date within two years."""
    if isinstance(wanted, tuple):
        first, last = wanted
        return bool(cell) and first <= int(cell[:4]) <= last
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
    days = [row["to"] for row in tables["events"].rows if row["status"] == "happened"]
    as_of = max((day for day in days if len(day) == 10), default="")
    # Whatever has a source is of the record, and nothing else: no check asks the articles.
    held = {
        name: table
        for name, table in tables.items()
        if name == SOURCES or any(field["name"] == "source" for field in table.schema["fields"])
    }
    return Record(Queries(held, units), origins, tables["checks"], as_of)


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
