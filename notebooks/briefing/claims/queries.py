"""The functions that ask the record; a check names one of them with its arguments.

Each stands here with its test, because checks were once written in an expression language that
only its author could read. What a number means for a claim is decided in `verdicts`, and how it
is told in a chapter. Every value found rests on the ids of its records (`rec-…`), as a claim's
value rests on its claim.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from ..errors import Fault, Refusal, nearest
from ..values.periods import Period
from ..values.value import Value, counted, stated
from .schema import Row, Table
from .selection import (
    CONFIDENCES,
    HUNDRED,
    PREFIX,
    SOURCES,
    Finding,
    Wanted,
    bounded,
    first_wanted,
    in_words,
    matches,
    parsed,
    summed,
)

#: The functions that a check may name; the data package allows the same.
FUNCTIONS = (
    "figure", "date", "cell", "total", "share", "share_change", "rank", "count", "most",
    "yearly", "part", "yearly_rate", "years",
)  # fmt: skip
#: How many times the mean of the known months the missing ones of a year may run at most.
LIVELY = 2
#: How many years before and after its own a claim is tried against.
BESIDE = 2
#: Arguments that say which years are asked for.
_MOVED = ("year", "order_year", "date", "first", "last")
#: Columns that say what time a row tells of; the first that a table has counts.
_TIMES = ("to", "date", "year", "last_delivery", "order_year")


@dataclass(frozen=True)
class Queries:
    """The functions over the record; each raises Refusal for what the record does not hold.

    `tables` are those of the record, `units` the unit of each `table.column` that has one;
    `wanted` are columns with what they have to hold: a word, a number, or (first, last) year.
    """

    tables: Mapping[str, Table]
    units: Mapping[str, str]

    def call(self, function: str, arguments: str | Mapping[str, Wanted]) -> Finding:
        """What one of `FUNCTIONS` finds with arguments such as "id=kilo;year=2000-2023".

        Raises Refusal where the function takes no such arguments, or finds nothing.
        """
        given = parsed(arguments) if isinstance(arguments, str) else arguments
        if function not in FUNCTIONS:
            raise Refusal([Fault("function of a check", function, nearest(function, FUNCTIONS))])
        called: Callable[..., Finding] = getattr(self, function)
        takes = inspect.signature(called).parameters
        for name, value in given.items():
            due = takes[name].annotation.partition("[")[0] if name in takes else "Wanted"
            if due not in ("Wanted", type(value).__name__):
                words = {"int": "a whole number", "tuple": "years as 2000-2023", "str": "a word"}
                raise Refusal(f"{function}, {name}={value}: {words[due]} is expected")
        try:
            return called(**given)
        except KeyError as error:
            raise Refusal(f"{function}: there is no column {error}") from None
        except InvalidOperation:
            raise Refusal(f"{function}: the column holds no numbers") from None
        except TypeError as error:
            raise Refusal(f"{function} takes {', '.join(takes)}: {error}") from None
        except (ValueError, ArithmeticError) as error:
            raise Refusal(f"{function}: {error}") from None

    def beside(self, function: str, arguments: str) -> Iterator[tuple[Period, Finding]]:
        """What the record has for the years beside those asked for, the nearest first.

        A year is moved by up to `BESIDE` years, a window at either end. Beside a single figure
        or date stand the others of the same series, beside a date those of the same event.
        What is not on record is left out.
        """
        given = parsed(arguments)
        asked: list[tuple[Period, dict[str, Wanted]]] = []
        if function in ("figure", "date"):
            mine = self._row(function + "s", id=given["id"])
            same = ("event",) if function == "date" else ("measure", "subject", "partner")
            start, end = ("date", "date") if function == "date" else ("from", "to")
            for row in self.tables[function + "s"].rows:
                if row is not mine and all(row[column] == mine[column] for column in same):
                    asked.append((Period(row[start], row[end]), {"id": row["id"]}))
        years = {k: own for k, own in given.items() if k in _MOVED and not isinstance(own, str)}
        for step in (move for far in range(1, BESIDE + 1) for move in (-far, far)):
            for key, own in years.items():
                first, last = own if isinstance(own, tuple) else (own, own)
                moved = [(first + step, last), (first, last + step)]
                for a, b in moved if first < last else [(first + step, first + step)]:
                    if a <= b:
                        there = (a, b) if isinstance(own, tuple) else a
                        asked.append((Period(str(a), str(b)), {**given, key: there}))
        for period, other in asked:
            with suppress(Refusal):
                yield period, self.call(function, other)

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

    def cell(self, table: str, column: str, **wanted: Wanted) -> Finding:
        """The one cell of a column in the row that is wanted."""
        row = self._row(table, **wanted)
        return self._found(table, column, Decimal(row[column]), [row], wanted)

    # Sums over tables -------------------------------------------------------------------

    def total(self, table: str, column: str, **wanted: Wanted) -> Finding:
        """The sum of a column over the rows wanted; none where there is no such row."""
        rows = self._chosen(table, wanted)
        return self._found(table, column, summed(rows, column), rows, wanted)

    def share(self, table: str, column: str, **wanted: Wanted) -> Finding:
        """The part of the first thing wanted in a sum over the others, in per cent.

        Raises Refusal where there is nothing to share.
        """
        _, others = first_wanted(wanted)
        rows = self._rows(table, others)
        part = summed(self._chosen(table, wanted), column)
        whole = summed(rows, column)
        if not whole:
            raise Refusal(f"table {table}: nothing is on record for {in_words(wanted)}")
        return self._found(table, "", part / whole * 100, rows, wanted, "%", "share of ")

    def share_change(
        self,
        table: str,
        column: str,
        first: tuple[int, int],
        last: tuple[int, int],
        **wanted: Wanted,
    ) -> Finding:
        """That share over the `last` years less the same over the `first`, in points."""
        early = self.share(table, column, **{**wanted, "year": first})
        late = self.share(table, column, **{**wanted, "year": last})
        return early.joined(late, late.measured - early.measured)

    def rank(self, table: str, column: str, **wanted: Wanted) -> Finding:
        """The place of the first thing wanted in the order of sums over the others."""
        (key, name), others = first_wanted(wanted)
        rows = self._rows(table, others)
        sums = {each: summed(rows, column, **{key: each}) for each in {row[key] for row in rows}}
        if name not in sums:
            raise Refusal(f"table {table}: nothing is on record for {in_words(wanted)}")
        place = Decimal(1 + sum(other > sums[name] for other in sums.values()))
        return self._found(table, "", place, rows, wanted, "rank", "rank of ")

    def count(self, table: str, **wanted: Wanted) -> Finding:
        """How many rows have what is wanted; there may be none."""
        rows = self._chosen(table, wanted)
        return self._found(table, "", Decimal(len(rows)), rows, wanted, "count", "rows with ")

    def most(self, table: str, by: str, **wanted: Wanted) -> Finding:
        """The most rows wanted that share a value of `by`; groups short of rows are left out.

        A group is complete where it has as many rows as the fullest of the table.
        """
        sizes = Counter(row[by] for row in self._chosen(table, {}))
        windows = {key: value for key, value in wanted.items() if isinstance(value, tuple)}
        full = {row[by] for row in self._rows(table, windows)}
        full -= {name for name in full if sizes[name] < max(sizes.values())}
        if not full:
            raise Refusal(f"table {table}: no {by} is complete for {in_words(wanted)}")
        rows = [row for row in self._chosen(table, wanted) if row[by] in full]
        counts = Counter(row[by] for row in rows)
        most = Decimal(max(counts[name] for name in full))
        return self._found(table, "", most, rows, wanted, "count", "most rows with ")

    # Years from single figures ------------------------------------------------------------

    def yearly(self, measure: str, subject: str, year: int, partner: str = "") -> Finding:
        """What the single figures have for a year of trade: the narrowest of what they give.

        They may give the year itself; its first months, or the same months of the year after
        less their change (at least those months, and at most as much more as if the missing ones
        ran at `LIVELY` times their mean); two-way trade less the other direction, or with the
        surplus and halved; exports to one partner by its share of all.
        A figure of low confidence is not used. Empty `partner`: trade with all.
        """
        series = (subject, partner, year)
        ways = [self._direct(measure, *series)]
        two, surplus = self._of_year("two_way_trade", *series), self._of_year("surplus", *series)
        other = self._direct({"exports": "imports", "imports": "exports"}.get(measure, ""), *series)
        if two and other:
            ways.append(two.joined(other, two.measured - other.measured))
        if two and surplus and measure in ("exports", "imports"):
            one, more = two.measured, surplus.measured
            both = one + more if measure == "exports" else one - more
            ways.append(two.joined(surplus, both / counted(2, (), "2")))
        for row in self.tables["figures"].rows if not partner and measure == "exports" else ():
            part = self._of_year("exports", subject, row["partner"], year)
            share = self._of_year("exports_share", subject, row["partner"], year)
            if row["partner"] and part and share:
                ways.append(part.joined(share, part.measured / (share.measured / HUNDRED)))
        known = [found for found in ways if found and None not in found.measured.bounds]
        if not known:
            told = " ".join(filter(None, [measure, subject, partner, str(year)]))
            raise Refusal(f"table figures: nothing is on record for {told}")
        best = min(known, key=lambda found: (ends := bounded(found.measured))[1] - ends[0])
        return replace(best, until=str(year))

    def part(self, measure: str, subject: str, partner: str, year: int) -> Finding:
        """The part of one partner in a year's trade with all, in per cent."""
        if found := self._of_year(f"{measure}_share", subject, partner, year):
            return found
        one = self.yearly(measure, subject, year, partner)
        every = self.yearly(measure, subject, year)
        return one.joined(every, one.measured.share_of(every.measured))

    def before(self, later: Finding, change: Finding) -> Finding:
        """The same months a year before, from the change on them that is on record."""
        (low, high), (least, most) = bounded(later.measured), bounded(change.measured)
        ends = (low / (1 + most / 100), high / (1 + least / 100))
        claims = later.measured.claims + change.measured.claims
        formula = f"{later.measured.formula} ÷ (1 + {change.measured.formula})"
        value = Value(min(ends), max(ends), later.measured.unit, claims=claims, formula=formula)
        return later.joined(change, value)

    def yearly_rate(self, day: str, plan: str, years: int) -> Finding:
        """From the lesser to the greater of two estimates of a year.

        `day` is the id of a figure for a day, times 365; `plan` that of one for `years` years.
        """
        one, other = self.figure(day), self.figure(plan)
        rates = (
            one.measured.to(other.measured.unit) * counted(365, (), "365"),
            other.measured / counted(years, (), str(years)),
        )
        ends = [end for rate in rates for end in bounded(rate)]
        claims = one.measured.claims + other.measured.claims
        formula = " to ".join(rate.formula for rate in rates)
        value = Value(min(ends), max(ends), other.measured.unit, claims=claims, formula=formula)
        return one.joined(other, value)

    def years(self, id: str, until: int) -> Finding:
        """How many years lie between a date's year and another year."""
        found = self.date(id)
        number, record = until - int(found.dated.start[:4]), PREFIX + id
        value = counted(number, (record,), f"{until} less {record}", "years")
        return replace(found, value=value, period=None)

    def days(self, id: str, until: Period) -> Finding:
        """How many days lie between a date on record and another, by the ends of both."""
        (a, b), (c, d) = self.date(id).dated.days, until.days
        low, high, record = Decimal((c - b).days), Decimal((d - a).days), PREFIX + id
        formula = f"days from {record} to {until.iso()}"
        return Finding(Value(low, high, "days", claims=(record,), formula=formula))

    # What they share ----------------------------------------------------------------------

    def _of_year(self, measure: str, subject: str, partner: str, year: int) -> Finding | None:
        """The figure of a whole year, or of the months that `year` names, where there is one."""
        asked: dict[str, Wanted] = {"measure": measure, "subject": subject, "partner": partner}
        asked |= {"from": year, "to": year}
        rows = (row for row in self.tables["figures"].rows if matches(row, asked))
        found = (self.figure(row["id"]) for row in rows if row["confidence"] != CONFIDENCES[0])
        return next(found, None)

    def _direct(self, measure: str, subject: str, partner: str, year: int) -> Finding | None:
        """A year by its own figure, by its first months, or by those of the year after."""
        if found := self._of_year(measure, subject, partner, year):
            return found
        series = {"subject": subject, "partner": partner}
        for start in (year, year + 1):
            asked = {"measure": measure, "from": f"{start}-01", **series}
            row = next((it for it in self.tables["figures"].rows if matches(it, asked)), None)
            if not row:
                continue
            known = self.figure(row["id"])
            if start > year:
                asked = {"measure": f"{measure}_change", "to": row["to"], **series}
                change = self._row("figures", **asked)
                known = self.before(known, self.figure(change["id"]))
            if known.confidence == CONFIDENCES[0]:
                return None
            part, months = known.measured, int(row["to"][5:7])
            high = bounded(part)[1] * (1 + Decimal(LIVELY) * (12 - months) / months)
            missing = f"and up to {LIVELY} times its mean for the months missing"
            value = replace(part, high=high, hedge="", formula=f"{part.formula} {missing}")
            return replace(known, value=value, whole=False)
        return None

    def _chosen(self, table: str, wanted: Mapping[str, Wanted]) -> list[Row]:
        """The rows wanted, perhaps none. Refuses what the table or its source cannot hold."""
        if table not in self.tables:
            raise Refusal([Fault("table of the record", table, nearest(table, self.tables))])
        columns = self.tables[table].columns
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
                held = not all(span) or int(span[0]) <= first <= last <= int(span[1])
                if source["id"] in named and not held:
                    raise Refusal(
                        f"table {table}: {first}–{last} is asked for, {'–'.join(span)} is on record"
                    )
        return [row for row in rows if matches(row, wanted)]

    def _rows(self, table: str, wanted: Mapping[str, Wanted]) -> list[Row]:
        if rows := self._chosen(table, wanted):
            return rows
        raise Refusal(f"table {table}: nothing is on record for {in_words(wanted)}")

    def _row(self, table: str, **wanted: Wanted) -> Row:
        rows = self._rows(table, wanted)
        if len(rows) > 1:
            raise Refusal(f"table {table}: {len(rows)} rows have {in_words(wanted)}, one is due")
        return rows[0]

    def _found(
        self,
        table: str,
        column: str,
        number: Decimal,
        rows: list[Row],
        wanted: Mapping[str, Wanted],
        unit: str = "",
        what: str = "",
    ) -> Finding:
        """A number over rows of one table, with its formula and the last time it tells of."""
        own = wanted.get("source", (rows or self.tables[table].rows)[0]["source"])
        if not isinstance(own, str):
            raise TypeError(f"source={own}: a word is expected")
        source = PREFIX + own
        formula = f"{source}: {what or f'{column} of '}{in_words(wanted)}"
        unit = unit or self.units.get(f"{table}.{column}", "count")
        time = next((name for name in _TIMES if rows and name in rows[0]), "")
        times = [row[time] for row in rows if time]
        asked = [str(value[1]) for value in wanted.values() if isinstance(value, tuple)]
        value = counted(number, (source,), formula, unit)
        return Finding(value, until=max(asked or times, default=""))
