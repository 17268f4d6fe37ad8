"""What chapter 2, Arms, finds and its cells have no room for.

What the summary and the record tell of arms too is found in `shared`.
"""

from __future__ import annotations

from decimal import Decimal

from briefing.claims.load import Dossier, Event, Quantity
from briefing.values.value import Value
from shared import GUEST, HOST


def years_between(claim: Quantity) -> Value:
    """Years from the start to the end of a claim's period, as the claim counts them."""
    number = Decimal(int(claim.period.end[:4]) - int(claim.period.start[:4]))
    formula = f"period of {claim.id}"
    return Value(number, number, "years", claims=(claim.id,), formula=formula)


def other_suppliers(dossier: Dossier) -> list[Event]:
    """Claims that the host turned to other suppliers, or that others offered arms."""
    return [
        event
        for event in dossier.happenings(topic="arms")
        if GUEST not in (event.actor, event.counterpart)
        and HOST in (event.actor, event.counterpart)
        and event.counterpart
    ]
