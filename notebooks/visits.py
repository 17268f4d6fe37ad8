"""The history of visits and the programme of this one: what chapter 3's cells cannot hold.

What the summary tells of visits too is found in `shared`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from briefing.claims.load import Dossier, Event
from briefing.report import marks
from briefing.report.text import Text, cited, line, quoted, series
from briefing.values.periods import Period
from shared import DAYTIME_WORDS, HOST, STATUS_WORDS, titled

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


def history_rows(dossier: Dossier, events: Iterable[Event]) -> pd.DataFrame:
    """Visits and meetings as rows: what and when, how, the leader's colour, whether hollow.

    Hollow is what is no visit: a summit by video, a meeting elsewhere, a plan.
    """
    rows = []
    for event in events:
        leader, status = dossier.parties[event.actor], STATUS_WORDS.get(event.status, event.status)
        here = "in person" if event.counterpart == HOST else "elsewhere"
        how = "by video" if event.mode == "video" else here
        what = f"{leader.name}: {dossier.happening[event.event].label}"
        rows.append(
            {
                "What": what if event.status == "happened" else f"{what} ({status})",
                "When": event,
                "How": how,
                "Color": leader.color or marks.NEUTRAL,
                "Hollow": how != "in person" or event.status != "happened",
            }
        )
    return pd.DataFrame(rows, columns=["What", "When", "How", "Color", "Hollow"])


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


def places(dossier: Dossier, claims: Sequence[Event]) -> Text | str:
    """Where a step took place or was to: each place, with the articles that state it.

    A place that holds another of the same article ("Hanoi") is left out; "" where no article
    states a place, as in any cell that is not stated.
    """
    told: dict[str, list[str]] = {}
    for claim in claims:
        own = [other.place for other in claims if other.article == claim.article]
        if claim.place and not any(place.endswith(f", {claim.place}") for place in own):
            told.setdefault(claim.place, []).append(claim.id)
    if not told:
        return ""
    return series(
        line("{place} ({source})", place=quoted(place), source=cited(dossier.sources(ids)))
        for place, ids in told.items()
    )


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


#: The steps whose hour is in question, and is drawn.
FIRST_STEPS = ("arrival", "children_welcome")


def first_hours(dossier: Dossier, steps: Iterable[Event]) -> pd.DataFrame:
    """The arrival and the welcome, a row a claim that dates them to the day, in order of time."""
    clock = list(DAYTIME_WORDS)
    dated = [
        event
        for event in steps
        if event.event in FIRST_STEPS
        and len(event.period.start) == 10  # to the day
        and event.period.start == event.period.end
    ]
    dated.sort(
        key=lambda event: (
            FIRST_STEPS.index(event.event),
            event.period,
            clock.index(event.daytime) if event.daytime else len(clock),
        )
    )
    return pd.DataFrame(
        {
            "Step": [titled(dossier.happening[event.event].label) for event in dated],
            "Source": [dossier.everyone[event.article].short for event in dated],
            "When": dated,
            "Part of day": [event.daytime or "no hour stated" for event in dated],
            "Status": [STATUS_WORDS.get(event.status, event.status) for event in dated],
        }
    )


def hours_figure(hours: pd.DataFrame, width: float) -> Figure:
    """A panel a step, a row a source, a column a part of the day: from noon of the first day.

    A mark stands in the part of the day that a source states; a band is a day without an hour.
    """
    clock, steps = list(DAYTIME_WORDS), hours.groupby("Step", sort=False)
    figure, panels = plt.subplots(
        steps.ngroups,
        sharex=True,
        squeeze=False,
        figsize=(width, marks.ROW * (len(hours) + steps.ngroups + 1)),
        height_ratios=list(steps.size()),
    )
    days = sorted({event.period.days[0]: event.period.text() for event in hours["When"]}.items())
    midnights = [len(clock) * (day - days[0][0]).days for day, _ in days]
    first = clock.index("afternoon")
    for axes, (step, rows) in zip(panels.flat, steps, strict=True):
        for _, source, event, part, status in rows.itertuples(index=False):
            start = len(clock) * (event.period.days[0] - days[0][0]).days
            planned = status != "reported"
            if part in clock:
                at = start + clock.index(part)
                face = marks.PAPER if planned else marks.NEUTRAL
                axes.scatter([at], [source], s=46, color=face, edgecolor=marks.NEUTRAL, zorder=3)
            else:
                at, ends = start, [start - 0.5, start + len(clock) - 0.5]
                thick = 1.4 if planned else 7
                axes.plot(ends, [source] * 2, color=marks.SECOND, lw=thick, solid_capstyle="butt")
            first = min(first, at)
        axes.set_title(step)
        axes.set_ylim(rows["Source"].nunique() - 0.5, -0.5)
    places = range(first, midnights[-1] + len(clock))
    axes.set_xticks(places, [clock[place % len(clock)].replace(" ", "\n") for place in places])
    axes.tick_params("x", rotation=0 if width > marks.NARROW else 90)
    axes.set_xlim(first - 0.5, places[-1] + 0.5)
    noons = [(max(night, first) + night + len(clock) - 1) / 2 for night in midnights]
    above = panels[0, 0].secondary_xaxis("top")
    above.set_xticks(noons, [text for _, text in days])
    above.spines["top"].set_visible(False)
    for axes in panels.flat:
        axes.spines["bottom"].set_visible(axes is panels[-1, 0])
        for midnight in midnights[1:]:
            axes.axvline(midnight - 0.5, color=marks.MUTED, lw=0.8)
    return figure
