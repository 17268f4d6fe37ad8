"""Conflicts between claims, found by program.

Two claims about one quantity (same measure, subject and partner, periods that share a
day; of a flow the same period) conflict where their intervals share no number. Two claims
about one event conflict where their dates share no day, or where both state a part of the
day, a mode or a status and these differ. What is found must be explained in
disagreements.csv, and what is explained there must still be found.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from ..errors import Fault
from .load import Dossier
from .model import Claim, Disagreement, Event, Quantity

C = TypeVar("C", bound=Claim)


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
    figures = [it for it in dossier.quantities if not it.value.wordless]
    flows = {name for name, measure in dossier.measures.items() if measure.kind == "flow"}

    def about(it: Quantity) -> Hashable:
        # What flows in nine months is no other figure for the year.
        period = it.period.days if it.measure in flows else None
        return it.measure, it.subject, it.partner, it.value.unit, period

    quantities = _pairs(figures, about)
    events = _pairs(dossier.events, lambda it: it.event)
    found = [
        Conflict(one, other, ("value",))
        for one, other in quantities
        if one.period.meets(other.period) and not one.value.meets(other.value)
    ]
    found += [
        Conflict(one, other, told) for one, other in events if (told := _differing(one, other))
    ]
    return found


def _pairs(claims: Iterable[C], about: Callable[[C], Hashable]) -> list[tuple[C, C]]:
    """Every two claims about one thing, in the order of the table."""
    claims = list(claims)
    groups: dict[Hashable, list[int]] = {}
    for place, claim in enumerate(claims):  # of all pairs in a large dossier few are about one
        groups.setdefault(about(claim), []).append(place)
    pairs = sorted(pair for group in groups.values() for pair in combinations(group, 2))
    return [(claims[one], claims[other]) for one, other in pairs]


def _differing(one: Event, other: Event) -> tuple[str, ...]:
    told = {"daytime": "part of day", "mode": "mode", "status": "status"}
    stated = {name: (vars(one)[it], vars(other)[it]) for it, name in told.items()}
    date = () if one.period.meets(other.period) else ("date",)
    return (*date, *(name for name, (a, b) in stated.items() if a and b and a != b))


def _thing(claim: Claim | None) -> Hashable:
    """What a claim is a claim of: a happening, or a measure of two parties."""
    names = ("event",) if hasattr(claim, "event") else ("measure", "subject", "partner")
    return tuple(getattr(claim, name, "") for name in names)


def explanations(dossier: Dossier) -> dict[Hashable, list[Disagreement]]:
    """The rows of disagreements.csv by the id of each claim, and by what it is a claim of."""
    known = {claim.id: claim for claim in dossier.claims}
    found: dict[Hashable, list[Disagreement]] = {}
    for row in dossier.disagreements:
        for id in row.claims:
            for key in (id, _thing(known.get(id))):
                found.setdefault(key, []).append(row)
    return found


def told(conflict: Conflict, explained: Mapping[Hashable, list[Disagreement]]) -> str:
    """A conflict, and the row of disagreements.csv for it: one of its claims, or of their thing."""
    one, other = conflict.one, conflict.other
    what = f"{one.id} and {other.id} differ in {', '.join(conflict.aspects)}"
    keys = (one.id, other.id, _thing(one), _thing(other))
    rows = [row for key in keys for row in explained.get(key, ())]
    for row in rows:
        if conflict.ids <= set(row.claims):
            return f"{what}: explained in row {row.id}"
    for row in rows:
        return f"{what}: it may belong to row {row.id} of disagreements.csv ({row.label})"
    return f"{what}: no row of disagreements.csv tells of it; add one"


def faults(dossier: Dossier) -> Iterator[Fault]:
    """Conflicts without a row, and rows without what they speak of."""
    found: dict[str, list[Conflict]] = {}  # by the id of the one
    explained = explanations(dossier)
    for conflict in conflicts(dossier):
        found.setdefault(conflict.one.id, []).append(conflict)
        rows = explained.get(conflict.one.id, ())
        if not any(conflict.other.id in row.claims for row in rows):
            yield Fault("disagreements.csv", "", told(conflict, explained))
    known = {claim.id: claim for claim in dossier.claims}
    table = dossier.tables["disagreements"]
    for index, row in enumerate(dossier.disagreements):
        claims = [known[id] for id in row.claims if id in known]
        within = (it for id in row.claims for it in found.get(id, ()))
        inside = any(it.other.id in row.claims for it in within)
        if expected := _unmatched(row, claims, inside):
            yield table.fault(index, "kind", expected)


def _unmatched(row: Disagreement, claims: list[Claim], inside: bool) -> str:
    """Why a row matches nothing, or "" where it does; some of its claims conflict `inside` it."""
    if row.kind == "contradiction" and not inside:
        return "its claims do not conflict any more; mend the kind or drop the row"
    if row.kind == "doubtful" and not any(getattr(c, "standing", "") == "doubtful" for c in claims):
        return "none of its claims is doubtful"
    sorts = ("measure", "event", "stance")  # of which each claim has one
    several = len({vars(claim)[sort] for claim in claims for sort in sorts if sort in vars(claim)})
    if row.kind in ("definition", "reconciled") and not inside and several < 2:
        return "its claims neither conflict nor speak of different things"
    return ""
