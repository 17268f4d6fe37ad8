"""This dossier's tables and charts: findings laid out as rows and marks.

Each function takes findings and returns a DataFrame for `chapter.table` or a Drawing for
`chapter.chart`, None where there is nothing to draw. What is computed is computed in
`findings`; how a chart is drawn is known in `briefing.report.charts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

import findings
from briefing.claims.load import Claim, Dossier, Event, Quantity
from briefing.report.charts import Group, Mark, bars, parts, shares
from briefing.report.drawing import NEUTRAL, Drawing
from briefing.report.text import Text, cited, line, listed, named, quoted, series
from briefing.report.timelines import Moment, grid, timeline
from briefing.values.periods import first_day, last_day
from findings import DAYTIMES, GUEST, HOST, Trade
from wording import HAPPENINGS, STATUS_WORDS, end_of, titled, told_time

# Trade ---------------------------------------------------------------------------------


def trade_chart(rows: Iterable[Trade], scale: str) -> Drawing | None:
    """Two-way trade with each partner."""
    marks = [Mark(_name(row), row.two_way.value, row.partner.color) for row in rows]
    return bars(marks, "US$ billion", scale)


def _name(row: Trade) -> Text:
    return line("{partner:plain}", partner=row.partner)


def exports_chart(dossier: Dossier, rows: Iterable[Trade]) -> Drawing | None:
    """Every export figure inside the two-way trade with the same partner."""
    groups = [
        Group(
            str(_name(row)),
            [
                Mark(named(dossier.everyone[claim.article].short), claim.value, row.partner.color)
                for claim in sorted(row.export_claims, key=lambda claim: claim.value.bounds[::-1])
            ],
            row.two_way.value if row.two_way else None,
        )
        for row in rows
    ]
    return parts(groups, "US$ billion")


def trade_table(dossier: Dossier, rows: Iterable[Trade]) -> pd.DataFrame:
    """Two-way trade, exports and implied imports by partner."""
    return pd.DataFrame(
        [
            {
                "Partner": line("{partner:plain}", partner=row.partner),
                "Two-way trade": row.two_way,
                "Exports": _alternatives(dossier, row.export_claims),
                "Implied imports": row.imports,
                "Sources": _sources(dossier, row),
            }
            for row in rows
            if row.two_way or row.exports
        ]
    )


def _alternatives(dossier: Dossier, claims: Sequence[Quantity]) -> Text | None:
    """Claims that differ, each with its source; a single one alone."""
    each = [line("{claim}", claim=claim) for claim in claims]
    if len(each) > 1:
        each = [
            told + line(" ({source})", source=dossier.everyone[claim.article])
            for told, claim in zip(each, claims, strict=True)
        ]
    return listed(each, " or ") if each else None


def _sources(dossier: Dossier, row: Trade) -> Text:
    claims = [claim for claim in (row.two_way, *row.export_claims) if claim]
    return cited(dossier.sources(claim.id for claim in claims))


# Arms ----------------------------------------------------------------------------------


def arms_chart(groups: Sequence[Group]) -> Drawing | None:
    """The shares of arms, a panel a measure."""
    return shares(groups)


def arms_line(dossier: Dossier) -> Drawing | None:
    """Purchases, their absence and attempts on one line of years."""
    moments = arms_moments(dossier)
    events = [dossier.claim(moment.claims[0]) for moment in moments]
    if not events:
        return None
    first = int(min(moment.low for moment in moments))
    last = int(max(moment.high for moment in moments))
    told = [
        line("{what}, {when}", what=moment.label, when=event.period)
        for moment, event in zip(moments, events, strict=True)
    ]
    return timeline(moments, first, last, line("A line of years. {told}.", told=series(told)))


# Visits --------------------------------------------------------------------------------


def visits_chart(
    dossier: Dossier, events: Sequence[Event], first: int, last: int
) -> Drawing | None:
    """Visits and meetings by year, a row a leader."""
    moments = history_moments(dossier, events)
    told = [
        line(
            "{who}: {what}, {when}",
            who=dossier.parties[event.actor],
            what=HAPPENINGS[event.event],
            when=event.period,
        )
        for event in events
    ]
    return timeline(
        moments, first, last, line("A line of years, a row a leader. {told}.", told=series(told))
    )


def visits_table(dossier: Dossier, events: Sequence[Event]) -> pd.DataFrame:
    """Visits and meetings by date, with every article that tells of each."""
    return pd.DataFrame(
        [
            {
                "Who": dossier.parties[event.actor],
                "When": event,
                "Where": event.place or findings.host_place(dossier, event),
                "Occasion": event.occasion or "no occasion stated",
                "How": event.mode,
                "Sources": _tellers(dossier, event),
            }
            for event in events
        ]
    )


def _tellers(dossier: Dossier, event: Event) -> Text:
    ids = [claim.id for claim in dossier.happenings(event=event.event)]
    return cited(dossier.sources(ids))


def programme_chart(dossier: Dossier, steps: Sequence[Event]) -> Drawing | None:
    """The steps of the visit by day and part of day, a mark a source."""
    moments, heads = programme_moments(dossier, steps)
    told = [
        line(
            "{what} ({source}): {when}",
            what=HAPPENINGS[event.event],
            source=dossier.everyone[event.article],
            when=_when(event),
        )
        for event in steps
        if event.period.start
    ]
    alt = line("A grid of happenings by part of day. {told}.", told=series(told))
    return grid(moments, heads, alt, findings.disputed(dossier, steps))


def programme_table(dossier: Dossier, steps: Sequence[Event]) -> pd.DataFrame:
    """The steps of the visit, one a row, with what each article states of it."""
    names = dict.fromkeys(event.event for event in steps)
    told = {name: [event for event in steps if event.event == name] for name in names}
    return pd.DataFrame(
        [
            {
                "Step": titled(HAPPENINGS[name]),
                "Where": next((claim.place for claim in claims if claim.place), ""),
                "What is stated": stated(dossier, claims),
            }
            for name, claims in told.items()
        ]
    )


def stated(dossier: Dossier, claims: Sequence[Claim]) -> Text:
    """What claims state, each with its source: a value, or a status and a time."""
    return series(_one_stated(dossier, claim) for claim in claims)


def _one_stated(dossier: Dossier, claim: Claim) -> Text:
    source = dossier.everyone[claim.article]
    if isinstance(claim, Quantity):
        return line("{claim} ({source})", claim=claim, source=source)
    if claim.speaker != "article" and claim.status == "unlikely":
        who = dossier.parties[claim.speaker]
        return line(
            "{what} {who} ({source})", what=quoted(claim.statement, claim), who=who, source=source
        )
    status = STATUS_WORDS.get(claim.status, claim.status)
    if not claim.period.start:
        return line("{status}, undated ({source})", status=status, source=source)
    return line("{status} {when} ({source})", status=status, when=told_time(claim), source=source)


def _when(event: Event) -> Text:
    # A plan with a first day only is due at some time from then on.
    part = f", {event.daytime}" if event.daytime else ""
    return line("{date}{part}", date=event, part=part)


# Marks ---------------------------------------------------------------------------------


def arms_groups(dossier: Dossier, measures: Sequence[str]) -> list[Group]:
    """The arms shares as panels of a chart, a panel a measure."""
    color = dossier.parties[GUEST].color
    return [
        Group(
            dossier.measures[measure].label.capitalize(),
            [
                Mark(dated(dossier, claim), claim.value, color)
                for claim in findings.arms_claims(dossier, measure)
            ],
        )
        for measure in measures
    ]


def dated(dossier: Dossier, claim: Quantity) -> Text:
    """A claim's period and source, as the label of its mark."""
    source = dossier.everyone[claim.article]
    return line("{claim.period} ({source})", claim=claim, source=source)


def arms_moments(dossier: Dossier) -> list[Moment]:
    """Purchases, their absence and attempts, for the line of years."""
    color = dossier.parties[GUEST].color
    rows = {
        "happened": "Bought",
        "none known": "Not bought",
        "refrained": "Not bought",
        "attempted": "Tried to buy",
    }
    events = [
        event
        for event in dossier.happenings(topic="arms", actor=HOST, counterpart=GUEST)
        if event.status in rows and event.period.start
    ]
    return [
        moment(rows[event.status], event, color, hollow=event.status != "happened")
        for event in sorted(events, key=lambda event: event.period.days)
    ]


def moment(row: str, event: Event, color: str, hollow: bool, marker: str = "o") -> Moment:
    """One claim as a mark on a line of years."""
    low, high = _year_of(event.period.start, first=True), _year_of(event.period.end, first=False)
    label = HAPPENINGS.get(event.event, event.event)
    return Moment(row, low, high, label, color, hollow, marker, (event.id,), event.period)


def _year_of(partial: str, first: bool) -> float:
    """A date as a fraction of its year; a bare year stands at its own mark on the axis."""
    if len(partial) == 4:
        return float(partial)
    day = first_day(partial) if first else last_day(partial)
    return day.year + (day.timetuple().tm_yday - 1) / 366


def history_moments(dossier: Dossier, events: Iterable[Event]) -> list[Moment]:
    """Visits and meetings as marks: a square is a video link, a diamond a third place."""
    moments = []
    for event in events:
        actor = dossier.parties[event.actor]
        marker = "s" if event.mode == "video" else "o" if event.counterpart == HOST else "D"
        in_person = event.mode != "video" and event.counterpart == HOST
        hollow = not in_person or event.status != "happened"
        moments.append(moment(actor.name, event, actor.color or NEUTRAL, hollow, marker))
    return moments


NO_HOUR, PLANNED = "no hour\nstated", "planned"


def programme_moments(dossier: Dossier, events: Iterable[Event]) -> tuple[list[Moment], list[str]]:
    """Marks for the grid by part of day, and the heads of its columns.

    The columns are the parts of the days that some report names, in order of the clock;
    then reports without an hour; then plans, whatever day they were for.
    """
    events = [event for event in events if event.period.start]
    heads = {event.id: _column_head(event) for event in events}
    timed = sorted(
        {
            (event.period.start, DAYTIMES.index(event.daytime), heads[event.id])
            for event in events
            if heads[event.id] not in (NO_HOUR, PLANNED)
        }
    )
    columns = [head for _, _, head in timed]
    columns += [head for head in (NO_HOUR, PLANNED) if head in heads.values()]
    moments = [
        Moment(
            titled(HAPPENINGS[event.event]),
            columns.index(heads[event.id]),
            columns.index(heads[event.id]),
            dossier.everyone[event.article].short,
            NEUTRAL,
            event.status == "scheduled",
            claims=(event.id,),
            period=event.period,
        )
        for event in events
    ]
    return moments, columns


def _column_head(event: Event) -> str:
    if event.status == "scheduled":
        return PLANNED
    if not event.daytime:
        return NO_HOUR
    date = end_of(event).text().rsplit(" ", 1)[0]
    return f"{date}\n{event.daytime}"


# Summary -------------------------------------------------------------------------------


def contrast_chart(
    dossier: Dossier, rows: Sequence[Trade], measures: Sequence[str]
) -> Drawing | None:
    """The guest's part in trade and in arms, a panel a measure."""
    groups = arms_groups(dossier, measures)
    part = findings.part_of_named_trade(rows, GUEST)
    if part is not None:
        source = cited(dossier.sources(part.claims), and_ours=True)
        label = line("{year} ({source})", year=findings.year_of(rows), source=source)
        mark = Mark(label, part, dossier.parties[GUEST].color)
        groups = [Group("Trade, partners compared", [mark]), *groups]
    return shares(groups, compact=True)


def key_figures(dossier: Dossier, rows: Sequence[Trade], measures: Sequence[str]) -> pd.DataFrame:
    """The figures that a reader takes away, each with its period and source; the guest's first."""
    rows = sorted(rows, key=lambda row: row.partner.id != GUEST)
    guest, bought = dossier.parties[GUEST], findings.bought_claim(dossier)
    told = [_key("Two-way trade with {p}", row, [row.two_way]) for row in rows if row.two_way]
    for claim in findings.latest(dossier, measures):
        label = dossier.measures[claim.measure].label
        told.append((line("{label}, {p}", label=titled(label), p=guest), [claim]))
    label = "Fighter aircraft and submarines bought from {p}"
    told += [(line(label, p=guest), [bought])] if bought else []
    return pd.DataFrame(
        [
            {
                "Figure": title,
                "Period": claims[0].period,
                "Stated": _alternatives(dossier, claims),
                "Source": cited(dossier.sources(claim.id for claim in claims)),
            }
            for title, claims in told
        ]
    )


def _key(title: str, row: Trade, claims: Sequence[Quantity]) -> tuple[Text, Sequence[Quantity]]:
    return line(title, p=row.partner), claims
