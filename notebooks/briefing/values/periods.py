"""Periods at the precision that an article gives: a year, a month or a day."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

#: The months by their number less one: the one table of them, in English whatever the locale.
MONTHS = (
    "January February March April May June July August September October November December"
).split()


@dataclass(frozen=True, order=True, repr=False)
class Period:
    """From one partial ISO 8601 date to another, both inclusive; "" where not stated."""

    start: str = ""
    end: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a date that no calendar has, or an end before the start."""
        first, last = self.days
        if first > last:
            raise ValueError(f"{self.start} comes after {self.end}")

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Period {self.iso()}>"

    @property
    def stated(self) -> bool:
        """Whether at least one end is stated."""
        return bool(self.start or self.end)

    @property
    def last(self) -> Period:
        """The day, month or year in which it ends."""
        return Period(self.end, self.end)

    @property
    def days(self) -> tuple[date, date]:
        """First and last day that the period can hold; the ends of the calendar where open."""
        return first_day(self.start or "0001"), last_day(self.end or "9999")

    def meets(self, other: Period) -> bool:
        """Whether the two periods share a day."""
        (a, b), (c, d) = self.days, other.days
        return a <= d and c <= b

    def text(self) -> str:
        """How a reader sees it: "2023", "October 2023", "19–20 June 2024", "1978–1986"."""
        return "".join(text for text, _ in self.pieces())

    def iso(self) -> str:
        """The period as ISO 8601: a date, or an interval with a slash and ".." where open."""
        return self.start if self.start == self.end else f"{self.start or '..'}/{self.end or '..'}"

    def pieces(self) -> list[tuple[str, str]]:
        """The words of `text` in order, each date with its ISO 8601 form, the rest with ""."""
        if not self.stated:
            return [("date not stated", "")]
        if not self.start:
            return [("by ", ""), (_words(self.end), self.end)]
        if not self.end:
            return [("from ", ""), (_words(self.start), self.start)]
        if self.start == self.end:
            return [(_words(self.start), self.start)]
        first, joint, last = _span(self.start, self.end)
        return [(first, self.start), (joint, ""), (last, self.end)]


def first_day(partial: str) -> date:
    """The first day of a partial date. Raises ValueError where there is no such date."""
    year, month, day = (*(int(part) for part in partial.split("-")), 1, 1)[:3]
    return date(year, month, day)


def last_day(partial: str) -> date:
    """The last day of a partial date. Raises ValueError where there is no such date."""
    parts = [int(part) for part in partial.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1])


def _words(partial: str) -> str:
    year, *rest = partial.split("-")
    if not rest:
        return year
    month = MONTHS[int(rest[0]) - 1]
    return f"{int(rest[1])} {month} {year}" if rest[1:] else f"{month} {year}"


def _span(start: str, end: str) -> tuple[str, str, str]:
    """Start, dash and end, with what both share said once."""
    a, b = _words(start).split(), _words(end).split()
    shared = 0
    while shared < min(len(a), len(b)) - 1 and a[-1 - shared] == b[-1 - shared]:
        shared += 1
    first = a[: len(a) - shared]
    joint = "–" if len(first) == 1 and len(start) == len(end) else " to "
    return " ".join(first), joint, " ".join(b)
