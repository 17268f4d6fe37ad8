"""What chapter 2, Arms, finds and its cells have no room for.

What the summary and the record tell of arms too is found in `shared`.
"""

from __future__ import annotations

from decimal import Decimal

from briefing.claims.load import Dossier, Event, Quantity
from briefing.report.drawing import Drawing
from briefing.report.text import line
from briefing.values.value import Value
from shared import GUEST, HOST, line_of_years, moment

#: The row on the line of years for each status of a claim about a purchase.
PURCHASES = {
    "happened": "Bought",
    "none known": "Not bought",
    "refrained": "Not bought",
    "attempted": "Tried to buy",
}


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


def purchases_chart(dossier: Dossier) -> Drawing | None:
    """Purchases, their absence and attempts on one line of years."""
    events = sorted(
        (
            event
            for event in dossier.happenings(topic="arms", actor=HOST, counterpart=GUEST)
            if event.status in PURCHASES and event.period.start
        ),
        key=lambda event: event.period.days,
    )
    color = dossier.parties[GUEST].color
    moments = [
        moment(dossier, PURCHASES[e.status], e, color, e.status != "happened") for e in events
    ]
    told = [line("{what}, {when}", what=each.label, when=each.period) for each in moments]
    return line_of_years(moments, told)
