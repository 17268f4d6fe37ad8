"""What the words around a numeral let one guess: its period, its parties, and its measure.

Counting of shared word stems, with a rule of unit and kind; no model, and nothing that a
person could not follow. What teaches is the dossier's own rows, as plain rows of its tables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import log

from ..values.periods import MONTHS, first_day, last_day
from ..values.words import HEDGES
from .numerals import CARDINALS, CURRENCIES, ORDINALS, SCALES, Numeral
from .reading import RANGE, column_of
from .schema import Row

Rows = Mapping[str, Sequence[Row]]  #: table → its rows

_FUTURE = re.compile(r"(?i)\b(?:will|shall|expected|scheduled|slated|set to|plan(?:s|ned)?|next)\b")
_STOP = set(
    "the a an of in on at to for from by with and or as is are was were be been has have had it "
    "its that this which who whom whose their his her but then also into after before while during "
    "each all other others same such what when where there between two last part period subject "
    "partner year years place said says came she him they them own took put give gave made even "
    "still both new early late millions thousands dollar dollars percent per cent".split()
).union(CARDINALS, ORDINALS, " ".join([*HEDGES, *MONTHS, *SCALES, *CURRENCIES]).lower().split())


def stems(text: str) -> list[str]:
    """The words of a text cut to what their forms share, without those that say nothing."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"['’]s?\b", "", text.lower()))
    found = []
    for word in words:
        if word not in _STOP and len(word) > 2:
            stem = re.sub(r"(?:ies|ing|ed|es|s|y|ly)$", "", word) if len(word) > 4 else word
            found.append(stem[:6])
    return found


# Parties -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mention:
    """A place of a text where a party is named."""

    start: int
    end: int
    party: str


class Parties:
    """Finds the parties of parties.csv by their names, variants and demonyms."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Take the rows; where two parties share a name, the first has it."""
        self.kind = {row["id"]: row["kind"] for row in rows}
        self._of: dict[str, str] = {}
        for row in rows:
            if row["kind"] == "article":
                continue
            names = [row["name"].removeprefix("the "), row["demonym"], *row["variants"].split(";")]
            if row["kind"] == "person":  # "Thayer added"
                names.append(row["name"].split()[-1])
            for name in filter(None, map(str.strip, names)):
                self._of.setdefault(name.replace("’", "'"), row["id"])
        longest = sorted(self._of, key=len, reverse=True)
        names_ = "|".join(re.escape(name) for name in longest) or r"(?!)"
        self._pattern = re.compile(rf"(?<![\w.])(?:{names_})(?:s(?!\w)|(?![\w$]))")

    def found(self, text: str, start: int, end: int) -> list[Mention]:
        """Every mention in `text[start:end]`, in order."""
        part = text[start:end].replace("’", "'")
        return [
            Mention(start + m.start(), start + m.end(), self._named(m[0]))
            for m in self._pattern.finditer(part)
        ]

    def _named(self, name: str) -> str:
        return self._of.get(name) or self._of[name.removesuffix("s")]


# Periods -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dated:
    """A time that a text prints: its place, its ends in ISO 8601, and how they were found.

    `column` is "from" or "to" where it is only one end of something ("since", "until"), `vague`
    whether its printed words say more than the ends. Both ends are "" where it is left open.
    """

    start: int
    end: int
    first: str
    last: str
    column: str = ""
    vague: bool = False
    why: str = ""


_NUMBER = rf"(?P<n>\d{{1,3}}|{'|'.join(CARDINALS)}|a|an|few|several|couple of)"
_RELATIVE: list[tuple[str, Callable[[date, int], tuple[str, str]]]] = [
    (r"(?:this|the current) year", lambda d, n: (f"{d.year}",) * 2),
    (r"last year|a year ago", lambda d, n: (f"{d.year - 1}",) * 2),
    (r"next year", lambda d, n: (f"{d.year + 1}",) * 2),
    (r"this month", lambda d, n: (_month(d, 0),) * 2),
    (r"last month", lambda d, n: (_month(d, -1),) * 2),
    (r"next month", lambda d, n: (_month(d, 1),) * 2),
    (r"today|tonight", lambda d, n: (d.isoformat(),) * 2),
    (r"yesterday", lambda d, n: ((d - timedelta(1)).isoformat(),) * 2),
    (r"tomorrow", lambda d, n: ((d + timedelta(1)).isoformat(),) * 2),
    (rf"(?:past|last|previous) {_NUMBER} years", lambda d, n: (f"{d.year - n}", f"{d.year}")),
    (r"(?:past|last) decade", lambda d, n: (f"{d.year - 10}", f"{d.year}")),
    (rf"{_NUMBER} years ago", lambda d, n: (f"{d.year - n}",) * 2),
    (rf"{_NUMBER} months ago", lambda d, n: (_month(d, -n),) * 2),
    (rf"{_NUMBER} years (?:before|earlier)", lambda d, n: ("", "")),  # than what, a person knows
    (rf"{_NUMBER} days ago", lambda d, n: ((d - timedelta(n)).isoformat(),) * 2),
    (
        r"(?:beginning|start) of this century",
        lambda d, n: (f"{d.year // 100}00", f"{d.year // 100}10"),
    ),
    (r"this century", lambda d, n: (f"{d.year // 100}00", f"{d.year}")),
]
_PART_OF = re.compile(
    r"(?i)\b(first|second|third|fourth) (quarter|half|"
    rf"(?:[1-9]\d?|{'|'.join([*CARDINALS][1:])})(?= months))(?: months)? of $"
)
_PATTERNS = [(re.compile(rf"(?i)\b{pattern}\b"), read) for pattern, read in _RELATIVE]


def _end_of(before: str) -> str:
    """Which end of something a time is, from the words before it in its clause."""
    near = re.split(r"[,;:()]", before)[-1]
    going = re.search(r"\bto(?: the)?\s*$", near) and not re.search(r"(?i)\bfrom\b", near)
    return "" if going else column_of(near)


def _month(day: date, on: int) -> str:
    month = day.year * 12 + day.month - 1 + on
    return f"{month // 12}-{month % 12 + 1:02}"


def dates(text: str, start: int, end: int, numerals: Iterable[Numeral], day: str) -> list[Dated]:
    """The times printed in a sentence, relative ones resolved from `day`.

    `day` is the article's date, "" where it has none: then relative times are left open.
    """
    near = first_day(day) if len(day) == 10 else None
    sentence = text[start:end]
    found: list[Dated] = []
    for numeral in numerals:
        if numeral.period and numeral.kind != "clock":
            both = numeral.period[0] != numeral.period[1] and RANGE.match(numeral.text)
            at = "" if both else _end_of(text[start : numeral.start])
            ends, why = _resolved(numeral, near, sentence)
            vague = numeral.kind in ("decade", "century")
            found.append(Dated(numeral.start, numeral.end, *ends, at, vague, why))
        elif re.match("(?i)decade|centur", numeral.text):
            found.append(Dated(numeral.start, numeral.end, "", "", "", True, "no time is named"))
    for pattern, read in _PATTERNS:
        for m in pattern.finditer(sentence):
            told, n = m.groupdict().get("n"), 0
            if told:
                n = int(told) if told.isdigit() else CARDINALS.get(told.lower(), 0)
            known = near and (n or not told)
            ends = read(near, n) if near and known else ("", "")
            says = f"counted from {day}" if ends[0] else "left open: nothing to count from"
            why = f"“{m[0]}” {says}"
            spans = bool(told) and "ago" not in m[0] or "century" in m[0] or "decade" in m[0]
            place = (start + m.start(), start + m.end())
            found.append(Dated(*place, *ends, _end_of(sentence[: m.start()]), spans, why))
    found = [_narrowed(time, text[start : time.start]) for time in found]
    return _joined(sorted(found, key=lambda d: d.start), text)


def _narrowed(time: Dated, before: str) -> Dated:
    """A year of which the words before it name so many months: "the first quarter of 2024"."""
    m = _PART_OF.search(before)
    if not m or time.first != time.last or len(time.first) != 4:
        return time
    span = (CARDINALS | {"quarter": 3, "half": 6}).get(m[2].lower()) or int(m[2])
    last = ORDINALS[m[1].lower()] * span
    ends = [f"{time.first}-{month:02}" for month in (last - span + 1, last)]
    at, why = time.start - len(m[0]), f"{m[1]} {m[2]} of {time.why}"
    narrowed = Dated(at, time.end, ends[0], ends[1], _end_of(before[: m.start()]), why=why)
    return narrowed if valid(*ends) else time


def _resolved(numeral: Numeral, near: date | None, sentence: str) -> tuple[tuple[str, str], str]:
    """The ends of a printed time, and how they were found."""
    first, last = numeral.period or ("", "")
    if not first.startswith("-"):
        as_printed = valid(first, last)  # the first century begins in a year that is none
        return (first, last) if as_printed else ("", ""), f"“{numeral.text}” as printed"
    if near is None:
        return ("", ""), f"“{numeral.text}” left open: the article has no date"
    ahead = bool(_FUTURE.search(sentence))
    if first.startswith("-W"):
        back = (near.isoweekday() - int(first[-1])) % 7
        # A zone of time makes tomorrow of today; what is planned lies ahead.
        on = -back if back <= 5 and not (ahead and back) else 7 - back
        resolved = (near + timedelta(on)).isoformat()
        return (resolved, resolved), f"“{numeral.text}” counted from {near}"
    for on in range(9):  # from one 29 February to the next it is eight years at most
        year = near.year + (on if ahead else -on)
        ends = f"{year}{first[1:]}", f"{year}{last[1:]}"
        if valid(*ends) and (
            last_day(ends[1]) >= near - timedelta(180)
            if ahead
            else first_day(ends[0]) <= near + timedelta(31)
        ):
            break
    return ends, f"year of “{numeral.text}” from {near}"


def _joined(found: list[Dated], text: str) -> list[Dated]:
    """Times that tell of one: "Thursday (June 20)", "From 1978 till the mid-1980s"."""
    joined: list[Dated] = []
    for each in found:
        last = joined[-1] if joined else None
        between = text[last.end : each.start] if last else ""
        if last and each.start < last.end:  # "the past 20 years" is one, and so is its "20"
            continue
        if last and re.fullmatch(r"[\s,(]*", between) and len(each.first) >= len(last.first):
            joined[-1] = replace(each, start=last.start, column=last.column)
        elif (
            last
            and (last.column, each.column) == ("from", "to")
            and len(between) < 20
            and valid(last.first, each.last)
        ):
            vague = last.vague or each.vague
            why = f"{last.why}; {each.why}"
            joined[-1] = Dated(last.start, each.end, last.first, each.last, "", vague, why)
        else:
            joined.append(each)
    return joined


def valid(first: str, last: str) -> bool:
    """Whether two partial dates make a period."""
    try:
        return first_day(first or "0001") <= last_day(last or "9999")
    except ValueError:
        return False


# Measures and happenings ---------------------------------------------------------------------


class Vocabulary:
    """Ranks things (measures, happenings, stances) by the words that told of them before."""

    def __init__(self, told: Mapping[str, Iterable[tuple[str, float]]]) -> None:
        """Take, for each thing, the texts that tell of it, each with its weight."""
        self._weight: dict[str, dict[str, float]] = {}
        for thing, texts in told.items():
            weights: dict[str, float] = {}
            for text, weight in texts:
                for stem in stems(text):
                    weights[stem] = max(weight, weights.get(stem, 0))
            self._weight[thing] = weights
        df = Counter(stem for weights in self._weight.values() for stem in weights)
        self._idf = {stem: log((1 + len(self._weight)) / count) for stem, count in df.items()}

    def scores(self, context: Mapping[str, float]) -> dict[str, tuple[float, list[str]]]:
        """Thing → its score in a context of weighted stems, and the stems that made it."""
        found = {}
        for thing, weights in self._weight.items():
            gains = {s: w * weights[s] * self._idf[s] for s, w in context.items() if s in weights}
            best = sorted(gains, key=lambda s: -gains[s])
            found[thing] = (sum(gains.values()), best[:3])
        return found


def context(text: str, sentence: tuple[int, int], core: tuple[int, int]) -> dict[str, float]:
    """The stems of a sentence, each weighted by how near it stands to a place in it."""
    weights: dict[str, float] = {}
    first, last = clause(text, sentence, core)
    for m in re.finditer(r"\S+", text[sentence[0] : sentence[1]]):
        at = sentence[0] + m.start()
        between = text[at : core[0]] if at < core[0] else text[core[1] : at]
        steps = len(between.split())
        weight = 3.0 if steps <= 3 else 2.0 if first <= at < last else 1.0
        for stem in stems(m[0]):
            weights[stem] = max(weight, weights.get(stem, 0))
    return weights


def clause(text: str, sentence: tuple[int, int], core: tuple[int, int]) -> tuple[int, int]:
    """The part of a sentence around a place, up to the next comma, dash or semicolon."""
    cut = r"(?:[,;:](?=\s)|\s[—–-]\s|[()—]| while | but )"
    before = list(re.finditer(cut, text[sentence[0] : core[0]]))
    after = re.search(cut, text[core[1] : sentence[1]])
    first = sentence[0] + before[-1].end() if before else sentence[0]
    return first, core[1] + after.start() if after else sentence[1]
