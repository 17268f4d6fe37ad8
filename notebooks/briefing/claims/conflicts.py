"""Conflicts between claims, found by program.

Two claims about one quantity (same measure, subject and partner, periods that share a
day) conflict where their intervals share no number. Two claims about one event conflict
where their dates share no day, or where both state a part of the day, a mode or a status
and these differ. What is found must be explained in disagreements.csv, and what is
explained there must still be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from ..errors import Fault
from .load import Dossier
from .model import Claim, Disagreement, Event, Quantity


@dataclass(frozen=True)
class Conflict:
    """Two claims that cannot both hold as they stand, and in what they differ."""

    one: Claim
    other: Claim
    aspects: tuple[str, ...]  #: "value", or "date", "part of day", "mode", "status"

    @property
    def ids(self) -> frozenset[str]:
        """The ids of both claims."""
        return frozenset((self.one.id, self.other.id))


def conflicts(dossier: Dossier) -> list[Conflict]:
    """Every pair of claims that conflict, in the order of the tables."""
    quantities, events = combinations(dossier.quantities, 2), combinations(dossier.events, 2)
    found = [Conflict(one, other, _in_value(one, other)) for one, other in quantities]
    found += [Conflict(one, other, _in_telling(one, other)) for one, other in events]
    return [conflict for conflict in found if conflict.aspects]


def _in_value(one: Quantity, other: Quantity) -> tuple[str, ...]:
    same = all(vars(one)[it] == vars(other)[it] for it in ("measure", "subject", "partner"))
    figures = not (one.value.wordless or other.value.wordless)
    if not (same and figures and one.value.unit == other.value.unit):
        return ()
    return ("value",) if one.period.meets(other.period) and not one.value.meets(other.value) else ()


def _in_telling(one: Event, other: Event) -> tuple[str, ...]:
    if one.event != other.event:
        return ()
    told = {"daytime": "part of day", "mode": "mode", "status": "status"}
    stated = {name: (vars(one)[it], vars(other)[it]) for it, name in told.items()}
    date = () if one.period.meets(other.period) else ("date",)
    return (*date, *(name for name, (a, b) in stated.items() if a and b and a != b))


def faults(dossier: Dossier) -> Iterator[Fault]:
    """Conflicts without a row, and rows without what they speak of."""
    found = conflicts(dossier)
    for conflict in found:
        if not any(conflict.ids <= set(row.claims) for row in dossier.disagreements):
            names = " and ".join(sorted(conflict.ids))
            expected = f"{names} differ in {', '.join(conflict.aspects)}: explain it in a row"
            yield Fault("disagreements.csv", "", expected)
    table = dossier.tables["disagreements"]
    for index, row in enumerate(dossier.disagreements):
        expected = _unmatched(dossier, row, found)
        if expected:
            yield Fault(table.place(index, "kind"), row.kind, expected)


def _unmatched(dossier: Dossier, row: Disagreement, found: Iterable[Conflict]) -> str:
    """Why a row matches nothing, or "" where it does."""
    inside = [conflict for conflict in found if conflict.ids <= set(row.claims)]
    claims = [claim for claim in dossier.claims if claim.id in row.claims]
    if row.kind == "contradiction" and not inside:
        return "its claims do not conflict any more; mend the kind or drop the row"
    if row.kind == "doubtful" and not any(getattr(c, "standing", "") == "doubtful" for c in claims):
        return "none of its claims is doubtful"
    sorts = ("measure", "event", "stance")  # of which each claim has one
    several = len({vars(claim)[sort] for claim in claims for sort in sorts if sort in vars(claim)})
    if row.kind in ("definition", "reconciled") and not inside and several < 2:
        return "its claims neither conflict nor speak of different things"
    return ""
