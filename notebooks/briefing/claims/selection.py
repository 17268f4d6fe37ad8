"""Which rows of a table of the record are wanted, and what was found in them.

Here stands what every function over the record shares: its arguments as a check writes them,
the choice of rows, and a finding with how far it can be relied on. The functions themselves
are in queries.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..errors import Refusal
from ..values.periods import Period
from ..values.value import Value, counted
from .schema import Row

#: What a column has to hold: a word, a number, or the first and the last year.
Wanted = str | int | tuple[int, int]
#: What a record's id begins with, so that none is taken for a claim's.
PREFIX = "rec-"
#: Confidence in a single figure, the least first; a statistical table has "high".
CONFIDENCES = ("low", "medium", "high")
SOURCES = "sources"
#: What makes the bare ratio of a percentage: 29 % by it is 0.29.
HUNDRED = counted(100, (), "100", "%")


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

    @property
    def measured(self) -> Value:
        """The value of a finding that is no date."""
        assert self.value is not None
        return self.value

    @property
    def dated(self) -> Period:
        """The period of a finding that is a date."""
        assert self.period is not None
        return self.period

    def joined(self, other: Finding, value: Value) -> Finding:
        """A value that rests on both findings, as reliable as the lesser."""
        least = min(self.confidence, other.confidence, key=CONFIDENCES.index)
        until = max(self.until, other.until)
        return Finding(
            value, None, least, self.whole and other.whole, self.held and other.held, until
        )


def bounded(value: Value) -> tuple[Decimal, Decimal]:
    """Both bounds of a value. Raises ValueError where one is missing."""
    if value.low is None or value.high is None:
        raise ValueError(f"{value.text()} is not bounded on both sides")
    return value.low, value.high


def parsed(arguments: str) -> dict[str, Wanted]:
    """Arguments of a check, "key=value;key=value": words, whole numbers, or two years.

    Raises Refusal for what is not of that form.
    """
    given: dict[str, Wanted] = {}
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


def first_wanted(wanted: Mapping[str, Wanted]) -> tuple[tuple[str, Wanted], dict[str, Wanted]]:
    """The first thing wanted, which is the part, and the others, which make the whole."""
    first, *others = wanted.items() or [("", (0, 0))]
    if first[0] == "source" or isinstance(first[1], tuple):
        raise Refusal(f"{in_words(wanted) or 'nothing'} is wanted: what is the part comes first")
    return first, dict(others)


def summed(rows: Iterable[Row], column: str, **wanted: Wanted) -> Decimal:
    """The sum of a column of numbers, over the rows that have what is wanted."""
    return sum((Decimal(row[column]) for row in rows if matches(row, wanted)), Decimal(0))


def matches(row: Row, wanted: Mapping[str, Wanted]) -> bool:
    """Whether a row has all that is wanted: a word, a number, or a date within two years."""
    for column, value in wanted.items():  # asked a hundred thousand times in a build
        cell = row[column]
        if isinstance(value, tuple):
            if cell == "" or not value[0] <= int(cell[:4]) <= value[1]:
                return False
        elif cell != value and cell != str(value):
            return False
    return True


def in_words(wanted: Mapping[str, Wanted]) -> str:
    """What is wanted, in words for a formula or a message."""
    parts = (
        "–".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for key, value in wanted.items()
        if key != "source"
    )
    return ", ".join(parts)
