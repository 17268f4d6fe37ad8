"""The history of visits and the programme of this one: what chapter 3's cells cannot hold.

What the summary tells of visits too is found in `shared`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import pandas as pd

from briefing.claims.load import Dossier, Event
from briefing.report.drawing import NEUTRAL, Drawing
from briefing.report.text import cited, line, series
from briefing.report.timelines import Moment, grid, timeline
from briefing.values.periods import Period
from shared import DAYTIME_WORDS, HOST, moment, titled

# Visits and meetings over the years ----------------------------------------------------


def history(dossier: Dossier, leaders: Iterable[str], first: int, last: int) -> list[Event]:
    """Visits to the host and meetings with it, one claim a happening, by date."""
    window = Period(str(first), str(last))
    told: dict[str, list[Event]] = {}
    for event in dossier.happenings(topic="visits"):
        known = event.mode and dossier.happening[event.event].kind == "visit"
        if known and event.actor in leaders and event.period.meets(window):
            told.setdefault(event.event, []).append(event)
    chosen = []
    for same in told.values():
        # A report that it took place speaks before a plan, whatever article is preferred;
        # of the claims of its status the most precise date is told.
        held = [event for event in same if event.status == "happened"]
        first_choice = dossier.headline(held or same)
        equals = [first_choice, *(e for e in same if e.status == first_choice.status)]
        chosen.append(max(equals, key=lambda e: (len(e.period.start), e is first_choice)))
    return sorted(chosen, key=lambda event: event.period.days)


def history_moments(dossier: Dossier, events: Iterable[Event]) -> list[Moment]:
    """Visits and meetings as marks: a square is a video link, a diamond a third place."""
    moments = []
    for event in events:
        actor = dossier.parties[event.actor]
        marker = "s" if event.mode == "video" else "o" if event.counterpart == HOST else "D"
        hollow = marker != "o" or event.status != "happened"
        moments.append(moment(dossier, actor.name, event, actor.color or NEUTRAL, hollow, marker))
    return moments


def history_chart(
    dossier: Dossier, events: Sequence[Event], first: int, last: int
) -> Drawing | None:
    """Visits and meetings by year, a row a leader."""
    told = [
        line(
            "{who}: {what}, {when}",
            who=dossier.parties[event.actor],
            what=dossier.happening[event.event].label,
            when=event.period,
        )
        for event in events
    ]
    description = line("A line of years, a row a leader. {told}.", told=series(told))
    return timeline(history_moments(dossier, events), first, last, description)


def history_table(dossier: Dossier, events: Iterable[Event]) -> pd.DataFrame:
    """Visits and meetings by date, with every article that tells of each."""
    host = dossier.parties[HOST].name
    return pd.DataFrame(
        [
            {
                "Who": dossier.parties[event.actor],
                "When": event,
                "Where": event.place or (host if event.counterpart == HOST else "not stated"),
                "Occasion": event.occasion or "no occasion stated",
                "How": event.mode,
                "Sources": cited(
                    dossier.sources(claim.id for claim in dossier.happenings(event=event.event))
                ),
            }
            for event in events
        ]
    )


# The programme -------------------------------------------------------------------------


def programme(dossier: Dossier, planned: bool) -> list[Event]:
    """Claims about the visit itself, in the order of the programme."""
    order = list(dossier.happening)
    events = [
        event
        for event in dossier.happenings(topic="programme")
        if dossier.happening[event.event].kind == "step"
        and (planned or event.status != "scheduled")
    ]
    return sorted(events, key=lambda event: order.index(event.event))


def still_planned(dossier: Dossier) -> list[str]:
    """Happenings that some article expects and none reports as held."""
    steps = programme(dossier, planned=True)
    held = {event.event for event in steps if event.status == "happened"}
    return list(dict.fromkeys(event.event for event in steps if event.event not in held))


def disputed(events: Iterable[Event]) -> list[str]:
    """Happenings of the programme that two articles place differently."""
    told: dict[str, list[Event]] = {}
    for event in events:
        if event.status == "happened":
            told.setdefault(event.event, []).append(event)
    return [name for name, claims in told.items() if differ(claims)]


def differ(claims: Sequence[Event]) -> bool:
    """Whether dates share no day, or parts of the day are stated that are not the same."""
    apart = any(not a.period.meets(b.period) for a, b in combinations(claims, 2))
    return apart or len({claim.daytime for claim in claims if claim.daytime}) > 1


NO_HOUR, PLANNED = "no hour\nstated", "planned"


def programme_chart(dossier: Dossier, steps: Sequence[Event]) -> Drawing | None:
    """The steps of the visit by part of day, a mark a source.

    The columns are the parts of the days that some report names, in order of the clock;
    then reports without an hour; then plans, whatever day they were for.
    """
    dated = [event for event in steps if event.period.start]
    clock, timed, heads, told = list(DAYTIME_WORDS), set(), {}, []
    for event in dated:
        if event.status == "scheduled":
            heads[event.id] = PLANNED
        elif not event.daytime:
            heads[event.id] = NO_HOUR
        else:
            day = Period(event.period.end, event.period.end).text().rsplit(" ", 1)[0]
            heads[event.id] = f"{day}\n{event.daytime}"
            timed.add((event.period.start, clock.index(event.daytime), heads[event.id]))
        told.append(
            line(
                "{what} ({source}): {date}{part}",
                what=dossier.happening[event.event].label,
                source=dossier.everyone[event.article],
                date=event,
                part=f", {event.daytime}" if event.daytime else "",
            )
        )
    columns = [head for _, _, head in sorted(timed)]
    columns += [head for head in (NO_HOUR, PLANNED) if head in heads.values()]
    moments = [
        Moment(
            titled(dossier.happening[event.event].label),
            at := columns.index(heads[event.id]),
            at,
            dossier.everyone[event.article].short,
            NEUTRAL,
            event.status == "scheduled",
            claims=(event.id,),
            period=event.period,
        )
        for event in dated
    ]
    alt = line("A grid of happenings by part of day. {told}.", told=series(told))
    return grid(
        moments, columns, alt, [titled(dossier.happening[name].label) for name in disputed(steps)]
    )
