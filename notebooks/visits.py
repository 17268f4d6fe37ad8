"""The history of visits and the programme of this one: what chapter 3's cells cannot hold.

What the summary tells of visits too is found in `shared`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.dates import DateFormatter, MonthLocator, YearLocator, date2num
from matplotlib.figure import Figure

from briefing.claims.load import Dossier, Event, Party
from briefing.report import marks
from briefing.report.text import Text, cited, line, quoted, series
from briefing.values.periods import Period
from shared import DAYTIME_WORDS, HOST, STATUS_WORDS, VISITOR, saying, stated, titled, told_time

# Milestones, visits and meetings --------------------------------------------------------

#: The panels of the chart: what is told by the year, and the last of it by the day.
YEARS, CLOSE = "By the year", "Of late, by the day"
#: The visit under report; an article that only tells of the arrival tells of it too.
THIS_VISIT = "putin_visit_2024"
#: The milestones that stand on the line of years.
MILESTONES = (
    "diplomatic_relations",
    "friendship_treaty",
    "strategic_partnership",
    "strategic_alliance",
    "relations_anniversary_2025",
)


def history(dossier: Dossier, leaders: Iterable[str], first: int, last: int) -> pd.DataFrame:
    """Milestones, visits and meetings, in each panel by date: a row each.

    Columns: Panel, What, When (a claim, or a period that the record has), Color, Hollow (by
    video, elsewhere or still ahead), Record (what dates it instead of an article), Event, Visit
    (whether it is a visit in person to the host).
    """
    leaders = list(leaders)
    told = [dossier.headline(dossier.happenings(event=event)) for event in MILESTONES]
    told = [event for event in told if event and event.period.start]
    visits = _visits(dossier, leaders, Period(str(first), str(last)))
    dates = {row.event: row for row in dossier.frame("dates").itertuples()}
    known = {THIS_VISIT if event.event == "arrival" else event.event for event in visits}
    since = f"{int(dossier.as_of.end[:4]) - 1}"
    earlier = [event for event in visits if event.period.start < since]
    rows = [_row(dossier, YEARS, event) for event in (*told, *earlier)]
    rows += [
        _row(dossier, YEARS, name, row)
        for name, row in dates.items()
        if name.startswith("putin_visit")
        and name not in known
        and VISITOR in leaders
        and first <= int(row.date[:4]) <= last
    ]
    for event in visits:
        if event.period.start >= since:
            row = dates.get(event.event)
            closer = row is not None and len(row.date) > len(event.period.start)
            rows.append(_row(dossier, CLOSE, event, row if closer else None))
    days = {name: Period(row.date, row.date).days for name, row in dates.items()}
    rows.sort(
        key=lambda row: (
            row["Panel"] == CLOSE,
            days.get(row["Event"] if row["Visit"] else "", _period(row["When"]).days),
        )
    )
    columns = ["Panel", "What", "When", "Color", "Hollow", "Record", "Event", "Visit"]
    return pd.DataFrame(rows, columns=columns)


def _visits(dossier: Dossier, leaders: Sequence[str], window: Period) -> list[Event]:
    """Visits to the host and meetings with it, one claim a happening."""
    told: dict[str, list[Event]] = {}
    for event in dossier.happenings(topic="visits"):
        known = event.mode and dossier.happening[event.event].kind == "visit"
        if known and event.actor in leaders and event.period.meets(window):
            told.setdefault(event.event, []).append(event)
    if VISITOR in leaders and not any(e.status == "happened" for e in told.get(THIS_VISIT, ())):
        arrived = [e for e in dossier.happenings(event="arrival") if e.period.meets(window)]
        told |= {THIS_VISIT: arrived} if arrived else {}
    chosen = []
    for same in told.values():
        # A report that it took place speaks before a plan, whatever article is preferred;
        # of the claims of its status the most precise date is told.
        held = [event for event in same if event.status == "happened"]
        first_choice = dossier.headline(held or same)
        equals = [first_choice, *(e for e in same if e.status == first_choice.status)]
        chosen.append(max(equals, key=lambda e: (len(e.period.start), e is first_choice)))
    return chosen


def _row(dossier: Dossier, panel: str, event: Event | str, record: Any = None) -> dict[str, object]:
    """A row of `history`: an event by its claim, or, by its name alone, as the record has it."""
    claim = None if isinstance(event, str) else event
    visit = claim is None or dossier.happening[claim.event].kind in ("visit", "step")
    here = claim is None or (claim.mode == "in person" and claim.counterpart == HOST)
    label = dossier.happening[claim.event].label if claim else "visit"
    status = STATUS_WORDS.get(claim.status, claim.status) if claim else "reported"
    who = dossier.parties[claim.actor if claim else VISITOR]
    what = f"{who.name}: {label}" if visit else titled(label)
    return {
        "Panel": panel,
        "What": what if status == "reported" else f"{what} ({status})",
        "When": Period(record.date, record.date) if record else claim,
        "Color": (who.color if visit else "") or marks.NEUTRAL,
        "Hollow": (visit and not here) or status != "reported",
        "Record": f"rec-{record.id}" if record else None,
        "Event": claim.event if claim else event,
        "Visit": visit and here and status == "reported",
    }


def _period(when: Event | Period) -> Period:
    return when.period if isinstance(when, Event) else when


def first_and_last(late: pd.DataFrame) -> tuple[str, Period | None]:
    """The record that dates the first of some visits, by its id, and the day of the last.

    "" or None where no record has the first, or no day is known of the last.
    """
    if late.empty or pd.isna(late["Record"].iloc[0]):
        return "", None
    end = _period(late["When"].iloc[-1]).end
    to_a_day = len(end) == 10
    return late["Record"].iloc[0].removeprefix("rec-"), Period(end, end) if to_a_day else None


def within_a_year(late: pd.DataFrame) -> bool:
    """Whether several visits were surely made within a year of each other."""
    days = [day for when in late["When"] for day in _period(when).days]
    return len(late) > 1 and (max(days) - min(days)).days <= 366


def timelines(told: pd.DataFrame, width: float) -> Figure:
    """A panel of years, with milestones and visits, over one of the last two years by the day."""
    panels = told.groupby("Panel", sort=False)
    figure, drawn = plt.subplots(
        panels.ngroups,
        squeeze=False,
        figsize=(width, marks.ROW * 0.6 * (len(told) + 2 * panels.ngroups)),
        height_ratios=[len(rows) + 1 for _, rows in panels],
    )
    for axes, (panel, rows) in zip(drawn.flat, panels, strict=True):
        periods = list(map(_period, rows["When"]))
        # Two visits of one name are two rows.
        names = [f"{name}{chr(0x200B) * at}" for at, name in enumerate(rows["What"])]
        marks.timeline(axes, names, periods, list(rows["Color"]), hollow=list(rows["Hollow"]))
        low, high = axes.get_xlim()
        if len(rows) == 1:  # about a single day there would be years
            high = date2num(max(periods[0].days)) + 60
            low = high - 365
        axes.set_xlim(min(low, high - (5 * 365 if panel == YEARS else 365)), high)
        wide = width > marks.NARROW
        months = MonthLocator(bymonth=(1, 4, 7, 10) if wide else (1, 7))
        years = YearLocator(10 if wide else 20)
        axes.xaxis.set_major_locator(years if panel == YEARS else months)
        axes.xaxis.set_major_formatter(DateFormatter("%Y" if panel == YEARS else "%b %Y"))
        axes.set_title(panel)
    return figure


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


def places(dossier: Dossier, claims: Sequence[Event]) -> Text:
    """Where a step took place or was to: each place, with the articles that state it.

    A place that holds another of the same article ("Hanoi") is left out.
    """
    told: dict[str, list[str]] = {}
    for claim in claims:
        own = [other.place for other in claims if other.article == claim.article]
        if claim.place and not any(place.endswith(f", {claim.place}") for place in own):
            told.setdefault(claim.place, []).append(claim.id)
    return series(
        line("{place} ({source})", place=quoted(place), source=cited(dossier.sources(ids)))
        for place, ids in told.items()
    )


def people_met(dossier: Dossier, steps: Iterable[Event]) -> list[tuple[Party, list[Event]]]:
    """Whom the visitor is reported to have met, each with the claims that tell it."""
    met: dict[str, list[Event]] = {}
    people = {party.id for party in dossier.parties.values() if party.kind == "person"}
    for event in steps:
        if event.status == "happened" and event.counterpart in people:
            met.setdefault(event.counterpart, []).append(event)
    return [(dossier.parties[id], claims) for id, claims in met.items()]


#: What agreements may be about, and how a statement says so.
FIELDS = {
    "education": "educat",
    "science and technology": "scien|technolog",
    "oil and gas exploration": "oil|gas",
    "health": "health|medic",
    "nuclear energy": "nuclear",
    "trade": "trade|customs",
    "investment": "invest",
    "defence": "defen[cs]e|militar|arms",
    "agriculture": "agricult|farm",
    "fisheries": "fish",
    "transport": "transport|aviation|rail",
    "justice": "justice|judic",
    "culture": "cultur",
    "tourism": "touris",
}


class Signed(NamedTuple):
    """The agreements of the visit, as far as articles tell of them."""

    claims: list[Event]
    of: Text  #: "on education", with the sources that say so; else the sources alone
    number: Text | None  #: how many they are, with sources; None where no article states it
    on_arms: list[Event]  #: those claims that tell of arms or defence


def signed(dossier: Dossier, sources: Callable[[Iterable[str]], Text]) -> Signed | None:
    """What is told as signed; None where nothing is."""
    claims = dossier.happenings(event="agreements_signed", status="happened")
    if not claims:
        return None
    told: dict[tuple[str, ...], list[str]] = {}
    for field, words in FIELDS.items():
        if ids := tuple(claim.id for claim in saying(claims, words)):
            told.setdefault(ids, []).append(field)
    fields = [
        line("{fields} {source}", fields=names, source=sources(ids)) for ids, names in told.items()
    ]
    of = line("on {fields}", fields=fields) if fields else sources(claim.id for claim in claims)
    numbers = [
        claim
        for claim in dossier.quantities
        if claim.value.unit
        == "count"  # what part of them is in force, or to be, is no number of them
        and re.search("agreement|document", dossier.measures[claim.measure].label)
    ]
    told_number = stated(dossier, numbers) if numbers else None
    return Signed(claims, of, told_number, saying(claims, FIELDS["defence"]))


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
        figsize=(width, marks.ROW * (0.68 * len(hours) + steps.ngroups + 1)),
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


def visit_dates(dossier: Dossier) -> Text:
    """The dates of the visit under report, with their source; the as-of date if none has them."""
    told = [event for event in dossier.happenings(event="putin_visit_2024") if event.period.stated]
    if not told:
        return line("{date}", date=dossier.as_of)
    told.sort(key=lambda event: event.status != "happened")
    source = cited(dossier.sources([told[0].id]))
    return line("{date} ({source})", date=told[0].period, source=source)


def told_times(dossier: Dossier, claims: Iterable[Event]) -> Text:
    """Who has what: "early in the morning of 20 June 2024 (AP; explainer)", each time once."""
    groups: dict[tuple[Period, str], list[Event]] = {}
    for claim in claims:
        groups.setdefault((claim.period, claim.daytime), []).append(claim)
    return series(
        line(
            "{time} ({sources})",
            time=told_time(same[0]),
            sources=cited(dossier.sources(claim.id for claim in same)),
        )
        for same in groups.values()
    )
