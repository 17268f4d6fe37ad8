"""What a dossier holds, row by row, as plain typed data.

Here stand the classes alone: what a claim, an article, a party is. How they are read from tables
is in load.py; what follows from several of them is in no class of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..values.periods import Period
from ..values.value import Value


class Shown:
    """What a person who evaluates it is shown in a line: its id, and how it is called."""

    def __repr__(self) -> str:
        held = vars(self)
        name = next(held[it] for it in ("statement", "title", "name", "label") if it in held)
        return f"<{type(self).__name__} {next(iter(held.values()))}: {name}>"


@dataclass(frozen=True, repr=False)
class Article(Shown):
    """A source, as articles.csv describes it; see the data package for each column."""

    id: str
    short: str
    file: str
    title: str
    publisher: str
    agency: str
    author: str
    published: str
    genre: str
    dateline: str
    origin: str
    sha256: str
    body_start: int
    body_end: int
    note: str

    @property
    def opinion(self) -> bool:
        """Whether the article is an opinion piece."""
        return self.genre == "opinion"


@dataclass(frozen=True, repr=False)
class Party(Shown):
    """A country, person or organisation."""

    id: str
    kind: str
    name: str
    demonym: str
    role: str
    variants: str
    color: str


@dataclass(frozen=True, repr=False)
class Measure(Shown):
    """What a quantity measures."""

    measure: str
    label: str
    definition: str
    unit: str
    kind: str
    comparable_with: str


@dataclass(frozen=True, repr=False)
class Claim(Shown):
    """What all claims have in common: where it stands, of when it is, and who says it.

    `when` is the printed words of a vague period, "" where `period` says it.
    """

    id: str
    article: str
    start: int
    end: int
    phrase: str
    topic: str
    period: Period
    when: str
    speaker: str
    statement: str


@dataclass(frozen=True, repr=False)
class Quantity(Claim):
    """A claim with a value."""

    measure: str
    subject: str
    partner: str
    standing: str
    value: Value


@dataclass(frozen=True, repr=False)
class Event(Claim):
    """A claim that something happened or is planned."""

    event: str
    actor: str
    counterpart: str
    place: str
    occasion: str
    daytime: str
    mode: str
    status: str


@dataclass(frozen=True, repr=False)
class Assessment(Claim):
    """A claim of what a party wants, fears or holds of another; its period is not stated."""

    holder: str
    about: str
    stance: str


@dataclass(frozen=True, repr=False)
class Happening(Shown):
    """What one or several events tell of: how a reader sees it named, and what kind it is."""

    event: str
    label: str
    kind: str
    note: str


@dataclass(frozen=True, repr=False)
class Disagreement(Shown):
    """A conflict between claims, explained."""

    id: str
    label: str
    kind: str
    claims: tuple[str, ...]
    explanation: str
    treatment: str
    headline: str
