"""What chapter 4, Wider ties, asks of the dossier again and again: milestones, votes, aid, people.

The sentences, and what is asked once, stand in its cells.
"""

from __future__ import annotations

from briefing.claims.load import Dossier, Event, Quantity

#: The milestones that stand on the line of years.
MILESTONES = (
    "diplomatic_relations",
    "friendship_treaty",
    "strategic_partnership",
    "strategic_alliance",
    "relations_anniversary_2025",
)


def milestones(dossier: Dossier) -> list[Event]:
    """Dated milestones of the relation, one claim each, by date."""
    told: dict[str, list[Event]] = {}
    for event in dossier.happenings(topic="milestones"):
        if event.period.start:
            told.setdefault(event.event, []).append(event)
    chosen = [dossier.headline(same) for same in told.values()]
    return sorted(chosen, key=lambda event: event.period.days)


def first_telling(dossier: Dossier, event: str) -> Event | None:
    """The claim that speaks for a happening, None where no article that counts tells it."""
    return dossier.headline(dossier.happenings(event=event))


def topic_events(dossier: Dossier, topic: str) -> list[Event]:
    """Every claim of one topic that something happened, dated ones first and by date."""
    return sorted(
        dossier.happenings(topic=topic),
        key=lambda event: (not event.period.start, event.period.days),
    )


def one_claim(dossier: Dossier, measure: str, **columns: str) -> Quantity | None:
    """The claim that speaks for a measure, None where there is none."""
    return dossier.headline(dossier.find(measure=measure, **columns))
