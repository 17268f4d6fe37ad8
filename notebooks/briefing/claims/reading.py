"""A phrase read and held against its row: the promise "faithful".

Where a row of quantities.csv or events.csv says one thing and its phrase another, a
`Mismatch` names the column and both. Numbers are compared in the unit of the row; nothing is
rounded but a fraction ("a third" is 33, 33.3 … per cent). A hedge decides about bounds.
A year, month or day in the phrase holds the row's `from` and `to`; after "since" or "from"
only `from`, after "until" or "to" only `to`. A quantity of a decade, a century or a part of
something ("early 2000s": `numerals.PARTS`) may run on: only its `from` has to lie there.
"Last year" counts from the publication; "the previous year" from a year of the phrase, and
where it names none, it is any before the publication. A weekday is near the publication.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product

from ..values.periods import first_day, last_day
from ..values.words import HEDGES, MONEY_SCALES, hedge_effect, money
from .numerals import Numeral, find_numerals
from .schema import Row


@dataclass(frozen=True)
class Mismatch:
    """A column of a row that its phrase contradicts; both sides as a reader writes them."""

    column: str
    stands: str
    says: str

    def __str__(self) -> str:
        return f"{self.column} is {self.stands or 'empty'}, the phrase says {self.says}"


def check_quantity(row: Row, published: str) -> list[Mismatch]:
    """Hold a row of quantities.csv against its phrase; an empty list means that they agree.

    `published` is the article's ISO 8601 date, or as much of it as is known, or "": then
    "last year" and the like are not told. Raises ValueError where it is no date.
    """
    value = _check_figure(row) if row["low"] or row["high"] else _check_words(row)
    return value + (_check_periods(row, published, runs_on=True) or _check_when(row, published))


def check_event(row: Row, published: str) -> list[Mismatch]:
    """Hold a row of events.csv against its phrase; arguments and result as `check_quantity`."""
    found = _check_periods(row, published) or _check_when(row, published)
    for column in _WORDS:
        said = _said(_lower(row["phrase"]), column)
        if said and row[column] not in said:
            found.append(Mismatch(column, row[column], _or(said)))
    return found


_SCALES = {scale: 10**power for scale, (power, _) in reversed(MONEY_SCALES.items())}
_FIGURES = ("amount", "ordinal", "multiple", "fraction")
#: Spans of time in years; 0 for those that are none.
_YEARS = {"year": 1, "decade": 10, "century": 100, "centurie": 100, "day": 0, "week": 0, "month": 0}
#: What makes an ordinal a number of years, and what makes it a rank and no count.
_OCCASIONS = ("anniversary", "birthday")
_SUPERLATIVES = set("largest biggest highest smallest lowest most least best worst top".split())


@dataclass(frozen=True)
class _Reading:
    """A figure of the phrase, in the unit of the row; `start` is None where no hedge can be."""

    low: Decimal
    high: Decimal
    start: int | None
    end: int
    exact: bool = True


def _check_figure(row: Row) -> list[Mismatch]:
    phrase, unit = row["phrase"], row["unit"]
    figures = [n for n in find_numerals(phrase) if n.kind in _FIGURES or _is_count(n, row)]
    readings = [reading for n in figures for reading in _readings(n, phrase, unit)]
    if readings:
        return _nearest(row, readings)
    if figures:
        return [Mismatch("unit", unit, _or(unit_of(n, phrase) for n in figures))]
    column = "low" if row["low"] else "high"
    return [Mismatch(column, row[column], "no number")]


def _is_count(n: Numeral, row: Row) -> bool:  # a bare 2000 is a year, unless a row counts it
    if n.kind != "year" or row.get("unit") != "count":
        return False
    bounds = {Decimal(row[column]) for column in ("low", "high") if row[column]}
    return bool(bounds) and bounds <= {n.low, n.high}


def _readings(numeral: Numeral, phrase: str, unit: str) -> list[_Reading]:
    factor = _factor(numeral, phrase, unit)
    if factor is None or numeral.low is None or numeral.high is None:
        return []
    low, high = numeral.low * factor, numeral.high * factor
    found = [_Reading(low, high, numeral.start, numeral.end, numeral.kind != "fraction")]
    if low != high and _CHANGE.search(phrase[: numeral.start]):
        found += [_Reading(end, end, None, numeral.end) for end in (low, high)]
    return found


#: "from 20 to 30 per cent" is a change between two figures as well as a range.
_CHANGE = re.compile(r"(?i)(?<!range )(?<!ranges )(?<!ranged )(?<!ranging )\bfrom\s+$")


def _factor(numeral: Numeral, phrase: str, unit: str) -> Decimal | int | None:
    """What turns a numeral into a number of `unit`; None where it is not of that unit."""
    word = _word_after(numeral, phrase)
    code, power = money(unit)
    if numeral.unit:
        return Decimal(1).scaleb(-power) if numeral.unit == (code or unit) else None
    if unit == "years":
        if numeral.kind == "ordinal":
            return 1 if word in (*_OCCASIONS, "year") else None
        return _YEARS.get(word) or None
    superlative = numeral.kind == "ordinal" and word in _SUPERLATIVES
    if word in _OCCASIONS or (unit == "count" and (_YEARS.get(word) or superlative)):
        return None
    if unit == "rank":
        numbered = re.search(r"\b(?:No\.|number)\s*$", phrase[: numeral.start], re.IGNORECASE)
        return 1 if numeral.kind == "ordinal" or numbered else None
    if numeral.kind == "fraction":
        return 100 if unit == "%" else None
    return None if unit in ("%", "points") or code else 1


def _word_after(numeral: Numeral, phrase: str) -> str:
    article = r"(?:an?\s+)?" if numeral.kind == "fraction" else ""  # "half a century"
    word = re.match(rf"[\s-]*{article}([a-z]+)", phrase[numeral.end :], re.IGNORECASE)
    return word[1].lower().removesuffix("s") if word else ""


def unit_of(numeral: Numeral, phrase: str) -> str:
    """The unit that a row for this numeral of a phrase would state."""
    if numeral.unit:
        scales = [s for s, size in _SCALES.items() if size == 1 or abs(numeral.high or 0) >= size]
        return f"{numeral.unit} {scales[-1]}".strip() if money(numeral.unit)[0] else numeral.unit
    word = _word_after(numeral, phrase)
    if word in _YEARS or word in _OCCASIONS:
        return "years" if _YEARS.get(word, 1) else f"{word}s"
    return "rank" if numeral.kind == "ordinal" else "count"


def read_as(numeral: Numeral, phrase: str, unit: str) -> Row | None:
    """Low, high and hedge of a row in `unit`, as a numeral of its phrase has them; else None."""
    if not (readings := _readings(numeral, phrase, unit)):
        return None
    bounds, hedge = _bounds({"phrase": phrase, "hedge": "", "unit": unit}, readings[0])
    ends = {c: b if b is None or readings[0].exact else round(b, 1) for c, b in bounds.items()}
    return {"hedge": hedge} | {c: "" if b is None else _plain(b) for c, b in ends.items()}


def _nearest(row: Row, readings: list[_Reading]) -> list[Mismatch]:
    """What keeps the row from being one of the readings; their numbers where none is near."""
    results = [_hold(row, reading) for reading in readings]
    best = min(results, key=lambda found: sum(m.column in ("low", "high") for m in found))
    wrong = [m for m in best if m.column in ("low", "high")]
    if len(readings) == 1 or not wrong:
        return best
    bounds = [_bounds(row, reading)[0] for reading in readings]
    says = {column: _or(_plain(each[column]) for each in bounds) for column in ("low", "high")}
    return [Mismatch(m.column, m.stands, says[m.column]) for m in wrong]


def _hold(row: Row, reading: _Reading) -> list[Mismatch]:
    bounds, hedge = _bounds(row, reading)
    wrong = [c for c, expected in bounds.items() if not _same(row[c], expected, reading.exact)]
    found = [Mismatch(column, row[column], _plain(bounds[column])) for column in wrong]
    scale = _other_scale(row, bounds) if wrong else None
    if scale is not None:
        found = [Mismatch("unit", row["unit"], f"{row['unit'].partition(' ')[0]} {scale}".strip())]
    if _lower(row["hedge"]) != hedge:
        found.append(Mismatch("hedge", row["hedge"], hedge or "no hedge"))
    return found


def _other_scale(row: Row, bounds: Mapping[str, Decimal | None]) -> str | None:
    """The scale in which the row's figures would be right, if there is one."""
    own = row["unit"].partition(" ")[2]
    for scale, size in _SCALES.items() if money(row["unit"])[0] else ():
        shifted = {c: b and b * _SCALES[own] / size for c, b in bounds.items()}
        if scale != own and all(_same(row[c], b, True) for c, b in shifted.items()):
            return scale
    return None


def _bounds(row: Row, reading: _Reading) -> tuple[dict[str, Decimal | None], str]:
    """The bounds that the row should have, and the hedge that the phrase prints."""
    hedge = _hedge(row, reading)
    effect = hedge_effect(hedge) if hedge else ""
    low = None if effect in ("below", "at most") else reading.low
    high = None if effect in ("above", "at least") else reading.high
    return {"low": low, "high": high}, hedge


def _same(stands: str, expected: Decimal | None, exact: bool) -> bool:
    number = Decimal(stands) if stands else None
    if number is None or expected is None:
        return number is expected
    return number == expected or (not exact and number == expected.quantize(number))


def _plain(number: Decimal | None) -> str:
    return "no bound" if number is None else f"{number.normalize():f}"


def _or(words: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(words))


def _pattern(words: str) -> str:
    return r"\s+".join(map(re.escape, words.split()))


_LISTED = "|".join(map(_pattern, sorted(HEDGES, key=len, reverse=True)))
_HEDGE = rf"(?<!\w)({_LISTED})"
_BETWEEN = r"[\s\-(\"'“‘]+"  # may stand between a hedge and its figure


def _lower(hedge: str) -> str:
    return " ".join(hedge.lower().split())


def _hedge(row: Row, reading: _Reading) -> str:
    """The hedge that touches the figure: the row's own, if it is all that is printed there."""
    if reading.start is None:
        return ""
    phrase, own = row["phrase"].lower(), _lower(row["hedge"])
    before, after = phrase[: reading.start], phrase[reading.end :]
    printed = re.search(rf"{_HEDGE}{_BETWEEN}$", before)
    listed = _lower(printed[1]) if printed else ""
    touches = re.search(rf"(?<!\w){_pattern(own)}{_BETWEEN}$", before) or re.match(
        rf"[\s,-]+{_pattern(own)}(?!\w)", after
    )
    during = listed == "over" and row["unit"] == "years"  # what "over 20 years" may mean
    return own if during or (own and touches and own.endswith(listed)) else listed


def _check_words(row: Row) -> list[Mismatch]:
    """Hold a row without bounds against its phrase: its claim stands in the hedge's words."""
    phrase, hedge, found = row["phrase"], rf"(?<!\w){_pattern(row['hedge'])}(?!\w)", []
    for numeral in find_numerals(phrase):
        own = re.escape(numeral.text)
        touching = rf"{own}{_BETWEEN}{hedge}|{hedge}{_BETWEEN}{own}"  # "third biggest"
        if numeral.kind in ("amount", "ordinal", "multiple", "fraction") and (
            not row["hedge"] or re.search(touching, phrase, re.I)
        ):
            readings = _readings(numeral, phrase, row["unit"])
            bounds = _bounds(row, readings[0])[0] if readings else {}
            found += [Mismatch(c, "", _plain(b)) for c, b in bounds.items() if b is not None]
    if not found and not (row["hedge"] and re.search(hedge, phrase, re.IGNORECASE)):
        found = [Mismatch("hedge", row["hedge"], "no such words")]
    return found


_UNTIL = re.compile(r"\b(?:until|till|to|through|by)(?: the)?(?: \w+ of)?(?: the)?$")
_SINCE = re.compile(r"\bsince\b|\b(?:from|after|starting|beginning)(?: in| on| from)?(?: the)?$")
_RELATIVE = re.compile(r"(?i)(?<!the )\b(last|this|next)\s+year\b")
_CENTURY = re.compile(r"(?i)\b(last|this|next)(?=\s+century\b)")
_PREVIOUS = re.compile(r"(?i)\b(?:previous|preceding)\s+year\b|\bthe\s+year\s+before\b")
RANGE = re.compile(r"(?i)(?!early|mid|late).*(?:[-–—]|\b(?:to|and|or|through)\b)")
_YEARS_ON = {"last": -1, "this": 0, "next": 1}


@dataclass(frozen=True)
class _Stated:
    """A period that the phrase states, and the column that it speaks of, or "" for both."""

    sort: str  #: "dated", "yearless" or "weekday"
    column: str
    first: str
    last: str
    says: str
    range: bool = False  #: first and last are themselves stated
    wide: bool = False  #: some time between first and last is


def _check_periods(row: Row, published: str, runs_on: bool = False) -> list[Mismatch]:
    stated = _stated(row, published)
    dated = any(s.sort != "weekday" for s in stated)
    near = date.fromisoformat(published[:10]) if len(published) >= 10 and not dated else None
    found = []
    for sort, column in product(("dated", "yearless", "weekday"), ("from", "to")):
        fitting = [s for s in stated if s.sort == sort and s.column in (column, "")]
        # One end may be open where the phrase names neither.
        open_end = not row[column] and row["from"] + row["to"]
        if not fitting or (open_end and not any(s.column for s in fitting)):
            continue
        if runs_on and (sort, column) == ("dated", "to"):
            fitting = [replace(s, last="9999") if s.wide and not s.column else s for s in fitting]
        if not any(_fits(row[column], s, column, near) for s in fitting):
            found.append(Mismatch(column, row[column], _or(s.says for s in fitting)))
    return found


def _check_when(row: Row, published: str) -> list[Mismatch]:
    """Hold the row's period against the printed words that it is told in, where there are any."""
    words = row.get("when", "")
    found = _check_periods({**row, "phrase": words}, published, runs_on=True) if words else []
    return [Mismatch(m.column, m.stands, f"{m.says} (in when)") for m in found]


def _fits(value: str, stated: _Stated, column: str, near: date | None) -> bool:
    """Whether an end of the row's period lies in a stated one, at the precision stated."""
    try:
        if stated.sort == "weekday":
            day = first_day(value)
            right = day.isoweekday() == int(stated.first[-1])
            # Weekdays name days near the day of publication; a month or year has none.
            return len(value) < 10 or (right and (not near or abs(day - near).days <= 7))
        first, last = stated.first, stated.last
        if stated.range:
            first = last = first if column == "from" else last
        if stated.sort == "yearless":
            first, last = value[:4] + first[1:], value[:4] + last[1:]
        return first_day(first) <= first_day(value) and last_day(value) <= last_day(last)
    except ValueError:  # no date, or a 29 February in a common year
        return False


def _stated(row: Row, published: str) -> list[_Stated]:
    phrase, year = row["phrase"], int(published[:4] or 0)
    if year:
        phrase = _CENTURY.sub(lambda m: f"{year // 100 + 1 + _YEARS_ON[m[1].lower()]}th", phrase)
    numerals = [n for n in find_numerals(phrase) if n.period and not _is_count(n, row)]
    found = [_period(n, phrase) for n in numerals if n.kind != "clock"]
    for m in _RELATIVE.finditer(phrase) if year else ():
        meant = f"{year + _YEARS_ON[m[1].lower()]}"
        column = column_of(phrase[: m.start()])
        found.append(_Stated("dated", column, meant, meant, f"{m[0]}, that is {meant}"))
    named = next((int(n.low) for n in numerals if n.kind == "year" and n.low), 0)
    if (before := _PREVIOUS.search(phrase)) and (named or year):
        meant = f"{(named or year) - 1:04}"
        says = f"{before[0]}, that is {meant}" + ("" if named else " or before")
        found.append(_Stated("dated", "", meant if named else "0001", meant, says))
    return found


def _period(numeral: Numeral, phrase: str) -> _Stated:
    first, last = numeral.period or ("", "")
    sort = {"-W": "weekday", "--": "yearless"}.get(first[:2], "dated")
    ends = numeral.kind in ("date", "year") and bool(RANGE.match(numeral.text))
    column, wide = column_of(phrase[: numeral.start]), first != last and not ends
    return _Stated(sort, column, first, last, numeral.text, ends, wide)


def column_of(before: str) -> str:
    """Which end of a period the words before it speak of: "from", "to", or "" for both."""
    before = _lower(before)
    if re.search(r"\ball through (?:the )?$", before):
        return ""  # from end to end
    return "to" if _UNTIL.search(before) else "from" if _SINCE.search(before) else ""


_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
#: For each column, words of a phrase and the entries that they allow. A line that matches takes
#: its words out of the phrase, so that "early Thursday morning" is not "morning" as well.
_WORDS: dict[str, list[tuple[str, str]]] = {
    "daytime": [
        (rf"early (?:on )?(?:{_DAY} |(?:in )?the )?morning", "early morning"),
        (rf"early (?:on )?{_DAY}(?! (?:afternoon|evening|night))", "early morning"),
        (r"(?:one|two|three|four|five|[1-5]\S*) (?:o.clock )?in the morning", "early morning"),
        (rf"late (?:on )?{_DAY}(?! (?:morning|afternoon))", "evening/night"),
        *((time, time) for time in ("morning", "afternoon", "evening")),
        (r"(?:night|overnight|midnight|tonight)", "night"),
        (r"(?:noon|midday)", "noon"),
    ],
    "mode": [
        (r"video[ -]?(?:link|call|conferenc\w+)", "video"),
        (r"(?:(?:via|by|over) video|online|remotely)", "video"),
        (r"virtual(?:ly)?(?! (?:all|every|no|none)\b)", "video"),
        (r"(?:in[ -]person|face[ -]to[ -]face)", "in person"),
    ],
    "status": [
        (r"(?:unlikely|not expected)\b.*", "unlikely"),
        (r"(?:(?<!than )(?<!as )expected|scheduled|slated|to be held|plans? to)", "scheduled"),
        (r"(?:is|are|was|were) (?:also )?(?:set to|planned)", "scheduled"),
        (r"(?<!free )(?<!good )will(?! not\b)", "scheduled"),
        (r"(?:attempt(?:s|ed|ing)?|tr(?:ied|ying) to|looking for (?:\w+ )?ways)", "attempted"),
        (r"offer(?:s|ed|ing)", "offered"),
        # An invitation is itself something that happened; what it invites to is offered.
        (r"invit(?:e[ds]?|ing|ations?)", "invited/offered/happened"),
    ],
}


def _said(phrase: str, column: str) -> list[str]:
    """The entries that a lower-case phrase allows, each once; none where it says nothing."""
    found: list[str] = []
    for pattern, entries in _WORDS[column]:
        phrase, times = re.subn(rf"(?<!\w){pattern}(?!\w)", "", phrase)
        found += [entry for entry in entries.split("/") if times and entry not in found]
    return found
