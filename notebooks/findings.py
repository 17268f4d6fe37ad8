"""The findings of this dossier: named functions from its claims to values.

Chapters call these and write the sentences; the summary and the chapters share them. Each
takes a dossier that holds only the claims that count, so that parameters reach every
finding by one way. A finding that the claims cannot give is None or an empty list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from briefing.chapter.charts import Group, Mark, Moment
from briefing.chapter.prose import Line, line
from briefing.dossier.load import Dossier, Event, Party, Quantity
from briefing.dossier.periods import Period, first_day, last_day
from briefing.value import Value, counted

HOST = "vietnam"
GUEST = "russia"
VISITOR = "vladimir-putin"

#: Measures of Russia's part in Vietnam's arms, in the order in which they are told.
ARMS_MEASURES = ("arms_import_share", "arsenal_share", "equipment_reliance")

#: Parts of the day in the order of the clock; the last holds what names no part.
DAYTIMES = ("early morning", "morning", "afternoon", "night")

#: What a reader calls each happening.
HAPPENINGS = {
    "arrival": "Arrival",
    "children_welcome": "Welcome by children",
    "lam_greeting": "Greeted by To Lam",
    "palace_arrival": "At the Presidential Palace",
    "gun_salute": "Gun salute at the citadel",
    "anthems": "National anthems",
    "talks_lam": "Talks with To Lam",
    "agreements_signed": "Agreements signed",
    "nuclear_centre_roadmap": "Roadmap, nuclear centre",
    "media_briefing": "Briefing for the media",
    "meet_chinh": "Prime minister Chinh",
    "meet_trong": "Party chief Trong",
    "meet_man": "Head of parliament Man",
    "wreath_laying": "Wreath at the mausoleum",
    "joint_statement": "Joint statement",
    "putin_visit_2017": "visit",
    "putin_visit_2024": "visit",
    "biden_visit_2023": "visit",
    "xi_visit_2023": "visit",
    "east_asia_summit_2020": "summit by video",
    "putin_thuong_2023": "Thuong, in Beijing",
    "t90_purchase": "T-90 tanks bought",
    "arms_purchases_since_2016": "no big purchase known",
    "arms_purchases_since_2022": "no purchase",
    "secret_purchase_2023": "looking for ways to buy",
}


# What the parameters may name ----------------------------------------------------------


def trade_years(dossier: Dossier) -> list[int]:
    """Years for which some article states a trade figure."""
    figures = [claim for claim in dossier.quantities if _trade_figure(claim)]
    return sorted({int(claim.period.start[:4]) for claim in figures})


def trade_partners(dossier: Dossier) -> list[str]:
    """Ids of the parties for which some article states a trade figure."""
    return list(dict.fromkeys(claim.partner for claim in dossier.quantities if _trade_figure(claim)))


def travellers(dossier: Dossier) -> list[str]:
    """Ids of the leaders whose visits or meetings some article tells."""
    return list(dict.fromkeys(event.actor for event in dossier.events if _visit(event)))


#: Parameter → what the data can serve for it.
ALLOWED = {
    "articles": lambda dossier: dossier.everyone,
    "prefer": lambda dossier: dossier.everyone,
    "year": trade_years,
    "partners": trade_partners,
    "arms_measures": lambda dossier: [
        measure for measure in ARMS_MEASURES if dossier.find(measure=measure)
    ],
    "leaders": travellers,
}


def _trade_figure(claim: Quantity) -> bool:
    return claim.measure in ("two_way_trade", "exports") and not claim.value.wordless


def as_of(dossier: Dossier) -> Period:
    """The latest date that a counted article states for an event that happened."""
    dates = [
        event.period.end
        for event in dossier.events
        if event.status == "happened" and len(event.period.end) == len("2024-06-20")
    ]
    return Period(max(dates), max(dates)) if dates else Period()


# Trade ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trade:
    """What the articles state about trade with one partner in one year.

    `two_way` and `exports` are the claims that the headline uses; `export_claims` are all
    that differ or agree; `imports` is implied: two-way trade less exports, never stated.
    """

    partner: Party
    two_way: Quantity | None
    exports: Quantity | None
    export_claims: tuple[Quantity, ...]
    imports: Value | None


def trade(dossier: Dossier, partners: Sequence[str], year: int) -> list[Trade]:
    """Trade with each partner, the largest two-way trade first; unstated ones last."""
    found = [_trade_with(dossier, partner, year) for partner in partners]
    size = lambda item: item.two_way.value.point if item.two_way else Decimal(-1)  # noqa: E731
    return sorted(found, key=size, reverse=True)


def trade_with(rows: Iterable[Trade], partner: str) -> Trade | None:
    """The row of one partner, None where it is not among them."""
    return next((row for row in rows if row.partner.id == partner), None)


def _trade_with(dossier: Dossier, partner: str, year: int) -> Trade:
    claims = _in_year(dossier.find(measure="two_way_trade", subject=HOST, partner=partner), year)
    two_way = dossier.headline(claims)
    exports = _in_year(dossier.find(measure="exports", subject=HOST, partner=partner), year)
    chosen = dossier.headline(exports)
    imports = implied_imports(two_way, chosen)
    return Trade(dossier.parties[partner], two_way, chosen, tuple(exports), imports)


def _in_year(claims: Iterable[Quantity], year: int) -> list[Quantity]:
    return [claim for claim in claims if claim.period.meets(Period(str(year), str(year)))]


def implied_imports(two_way: Quantity | None, exports: Quantity | None) -> Value | None:
    """Two-way trade less exports. Neither part can be negative, so nor can this be."""
    if two_way is None or exports is None:
        return None
    return (two_way.value - exports.value.at_least(0)).at_least(0)


def ratio(larger: Trade | None, smaller: Trade | None) -> Value | None:
    """How many times the two-way trade with one partner is that with another."""
    if not (larger and smaller and larger.two_way and smaller.two_way):
        return None
    return larger.two_way.value / smaller.two_way.value


def part_of_named_trade(rows: Sequence[Trade], partner: str) -> Value | None:
    """One partner's part in the two-way trade with all partners named, in per cent."""
    stated = [row for row in rows if row.two_way]
    own = trade_with(stated, partner)
    if own is None or len(stated) < len(rows) or len(stated) < len("ab"):
        return None
    whole = reduce(lambda total, row: total + row.two_way.value, stated[1:], stated[0].two_way.value)
    return own.two_way.value.share_of(whole)


@dataclass(frozen=True)
class Fit:
    """How one claimed export figure sits inside the two-way total."""

    claim: Quantity
    share: Value  #: of two-way trade, in per cent
    left: Value  #: what it leaves for imports


def export_fits(row: Trade | None) -> list[Fit]:
    """Each claimed export figure against the two-way trade of the same year."""
    if row is None or row.two_way is None:
        return []
    whole = row.two_way.value
    return [
        Fit(claim, claim.value.share_of(whole), implied_imports(row.two_way, claim))
        for claim in sorted(row.export_claims, key=lambda claim: claim.value.bounds[::-1])
    ]


def total_exports(dossier: Dossier, partner: str, year: int) -> Value | None:
    """All exports of the host, implied by one article's export figure and its share."""
    for share in _in_year(dossier.find(measure="export_share", partner=partner), year):
        for figure in _in_year(dossier.find(measure="exports", partner=partner), year):
            if figure.article == share.article:
                return figure.value / share.value.as_ratio()
    return None


def unstated(rows: Iterable[Trade], measure: str) -> list[Party]:
    """Partners for which no article states a measure ("two_way", "exports")."""
    return [row.partner for row in rows if getattr(row, measure) is None]


# Arms ----------------------------------------------------------------------------------


def arms_claims(dossier: Dossier, measure: str) -> list[Quantity]:
    """Claims of one share measure about the guest's arms, the earliest period first."""
    claims = dossier.find(measure=measure, subject=HOST, partner=GUEST)
    return sorted(claims, key=lambda claim: claim.period.days)


def arms_groups(dossier: Dossier, measures: Sequence[str]) -> list[Group]:
    """The arms shares as panels of a chart, a panel a measure."""
    color = dossier.parties[GUEST].color
    return [
        Group(
            dossier.measures[measure].label.capitalize(),
            [Mark(_dated(dossier, claim), claim.value, color)
             for claim in arms_claims(dossier, measure)],
        )
        for measure in measures
    ]  # fmt: skip


def _dated(dossier: Dossier, claim: Quantity) -> str:
    return f"{claim.period.text()} ({dossier.everyone[claim.article].short})"


def reliance_change(dossier: Dossier) -> tuple[Quantity, Quantity, Value] | None:
    """First and last claim of reliance, and by how many points it fell between them."""
    claims = arms_claims(dossier, "equipment_reliance")
    if len({claim.period for claim in claims}) < len("ab"):
        return None
    return claims[0], claims[-1], claims[0].value - claims[-1].value


def yearly_purchases(dossier: Dossier) -> tuple[Quantity, Value, Value] | None:
    """The sum bought over a period, its length in years, and the sum a year."""
    claim = dossier.headline(dossier.find(measure="arms_purchases", subject=HOST, partner=GUEST))
    if claim is None:
        return None
    length = years_between(claim)
    return claim, length, claim.value / length


def years_between(claim: Quantity) -> Value:
    """Years from the start to the end of a claim's period, as the claim counts them."""
    number = Decimal(int(claim.period.end[:4]) - int(claim.period.start[:4]))
    formula = f"period of {claim.id}"
    return Value(number, number, "years", claims=(claim.id,), formula=formula)


def supplier_claims(dossier: Dossier) -> list[Quantity]:
    """Claims in words about who supplies the host's arms, in the order of the articles."""
    measures = ("supplier_rank", "defence_partner_rank", "naval_share", "arms_import_share_trend")
    return [claim for claim in dossier.quantities if claim.measure in measures]


def arms_moments(dossier: Dossier) -> list[Moment]:
    """Purchases, their absence and attempts, for the line of years."""
    color = dossier.parties[GUEST].color
    rows = {"happened": "Bought", "none known": "Not bought", "refrained": "Not bought",
            "attempted": "Tried to buy"}  # fmt: skip
    events = [event for event in dossier.happenings(topic="arms", actor=HOST, counterpart=GUEST)
              if event.status in rows and event.period.start]  # fmt: skip
    return [_moment(rows[event.status], event, color, hollow=event.status != "happened")
            for event in sorted(events, key=lambda event: event.period.days)]  # fmt: skip


def _moment(row: str, event: Event, color: str, hollow: bool, marker: str = "o") -> Moment:
    low, high = _year_of(event.period.start, first=True), _year_of(event.period.end, first=False)
    label = HAPPENINGS.get(event.event, event.event)
    return Moment(row, low, high, label, color, hollow, marker, (event.id,))


def _year_of(partial: str, first: bool) -> float:
    """A date as a fraction of its year; a bare year stands at its own mark on the axis."""
    if len(partial) == len("2024"):
        return float(partial)
    day = first_day(partial) if first else last_day(partial)
    return day.year + (day.timetuple().tm_yday - 1) / 366


def other_suppliers(dossier: Dossier) -> list[Event]:
    """Claims that the host turned to other suppliers, or that others offered arms."""
    return [
        event
        for event in dossier.happenings(topic="arms")
        if GUEST not in (event.actor, event.counterpart) and HOST in (event.actor, event.counterpart)
        and event.counterpart
    ]  # fmt: skip


# Visits --------------------------------------------------------------------------------


@dataclass(frozen=True)
class VisitCount:
    """The two ways of counting the visits, and whether they agree.

    `before` counts those before the visit under report, `since` those that the articles
    tell since then, `now` counts all of them. `total` is before plus since.
    """

    before: Quantity | None
    now: Quantity | None
    since: Value
    total: Value | None
    dated: tuple[Event, ...]
    undated: Value | None

    @property
    def agree(self) -> bool:
        """Whether both counts come to the same number."""
        return bool(self.total and self.now and self.total.meets(self.now.value))


def visit_count(dossier: Dossier) -> VisitCount:
    """Count the visitor's visits from what the articles state and date."""
    counts = sorted(
        dossier.find(measure="visits", subject=VISITOR, partner=HOST),
        key=lambda claim: claim.period.days[1],
    )
    told = dated_visits(dossier, VISITOR)
    this_year = as_of(dossier).end[:4]
    now = next((claim for claim in counts if claim.period.end[:4] == this_year), None)
    before = next((claim for claim in counts if claim is not now), None)
    since = [
        event for event in told
        if before and first_day(event.period.start) > before.period.days[1]
    ]  # fmt: skip
    one = counted(len(_events(since)), [event.id for event in since], "visits told since")
    total = before.value + one if before and since else None
    known = counted(len(_events(told)), [event.id for event in told], "visits dated")
    all_visits = now.value if now else total
    undated = all_visits - known if all_visits and told else None
    return VisitCount(before, now, one, total, tuple(told), undated)


def _events(claims: Iterable[Event]) -> set[str]:
    return {claim.event for claim in claims}


def dated_visits(dossier: Dossier, leader: str) -> list[Event]:
    """Claims of visits in person that took place and have a year, the earliest first."""
    told = [
        event
        for event in dossier.happenings(actor=leader, counterpart=HOST, mode="in person")
        if event.topic == "visits" and event.status == "happened" and event.period.start
    ]
    arrived = dossier.happenings(event="arrival", actor=leader, counterpart=HOST)
    if not any(event.event == "putin_visit_2024" for event in told):
        told += arrived
    return sorted(told, key=lambda event: event.period.days)


def _visit(event: Event) -> bool:
    people = ("visits", "programme")
    return bool(event.mode and event.topic in people and event.counterpart and event.period.start)


def history(dossier: Dossier, leaders: Sequence[str], first: int, last: int) -> list[Event]:
    """Visits to the host and meetings with it, one claim a happening, by date."""
    window = Period(str(first), str(last))
    told = [
        event
        for event in dossier.happenings(topic="visits")
        if event.mode and event.actor in leaders and event.period.start
        and event.period.meets(window) and event.event in HAPPENINGS
    ]  # fmt: skip
    chosen = [dossier.headline([e for e in told if e.event == name]) for name in
              dict.fromkeys(event.event for event in told)]  # fmt: skip
    return sorted((_precise(event, told) for event in chosen), key=lambda event: event.period.days)


def _precise(event: Event, told: Iterable[Event]) -> Event:
    """The claim about the same happening that dates it most precisely."""
    same = [other for other in told if other.event == event.event and other.status == event.status]
    return max([event, *same], key=lambda other: (len(other.period.start), other is event))


def history_moments(dossier: Dossier, events: Iterable[Event]) -> list[Moment]:
    """Visits and meetings as marks: a square is a video link, a diamond a third place."""
    moments = []
    for event in events:
        actor = dossier.parties[event.actor]
        marker = "s" if event.mode == "video" else "o" if event.counterpart == HOST else "D"
        hollow = event.mode == "video" or event.counterpart != HOST
        moments.append(_moment(actor.name, event, actor.color or "#4a5360", hollow, marker))
    return moments


# The programme -------------------------------------------------------------------------


def programme(dossier: Dossier, planned: bool) -> list[Event]:
    """Claims about the visit itself, in the order of the programme."""
    order = list(HAPPENINGS)
    events = [
        event
        for event in dossier.happenings(topic="programme")
        if event.event in HAPPENINGS and (planned or event.status != "scheduled")
    ]
    return sorted(events, key=lambda event: order.index(event.event))


def programme_columns(events: Iterable[Event]) -> list[tuple[str, str]]:
    """(day, part of day) that some claim names, in order, then days without a part."""
    events = list(events)
    days = sorted({event.period.start for event in events if event.period.start})
    parts = [*DAYTIMES, ""]
    return [
        (day, part)
        for day in days
        for part in parts
        if any(event.period.start == day and event.daytime == part for event in events)
    ]


def programme_moments(dossier: Dossier, events: Iterable[Event]) -> tuple[list[Moment], list[str]]:
    """Marks for the grid by part of day, and the heads of its columns."""
    events = [event for event in events if event.period.start]
    columns = programme_columns(events)
    moments = []
    for event in events:
        column = columns.index((event.period.start, event.daytime))
        source = dossier.everyone[event.article].short
        moments.append(Moment(HAPPENINGS[event.event], column, column, source, "#4a5360",
                              event.status == "scheduled", claims=(event.id,)))  # fmt: skip
    heads = [_column_head(day, part) for day, part in columns]
    return moments, heads


def _column_head(day: str, part: str) -> str:
    date = Period(day, day).text().rsplit(" ", 1)[0]
    return f"{date}\n{part or 'hour not stated'}"


def disputed(dossier: Dossier, events: Iterable[Event]) -> list[str]:
    """Happenings of the programme that two articles place differently."""
    concerned = {id for row in dossier.disagreements if row.kind == "contradiction"
                 for id in row.claims}  # fmt: skip
    claims = [event for event in events if event.id in concerned]
    named = dict.fromkeys(event.event for event in claims)
    return [HAPPENINGS[name] for name in named if _differ([e for e in claims if e.event == name])]


def _differ(claims: Sequence[Event]) -> bool:
    return len({(claim.period.start, claim.daytime) for claim in claims}) > 1


def arrivals(dossier: Dossier) -> tuple[list[Event], list[Event]]:
    """Claims of the arrival that agree with the headline's date, and those that do not."""
    claims = dossier.happenings(event="arrival")
    chosen = dossier.headline(claims)
    same = [claim for claim in claims if claim.period == chosen.period] if chosen else []
    return same, [claim for claim in claims if claim not in same]


def told_times(dossier: Dossier, claims: Iterable[Event]) -> Line:
    """Who has what date and part of day: "AP: 20 June 2024, early morning"."""
    each = [
        line("{source}: {date}{part}", source=dossier.everyone[claim.article], date=claim.period,
             part=f", {claim.daytime}" if claim.daytime else "")
        for claim in claims
    ]  # fmt: skip
    return reduce(lambda one, two: one + Line("; ", "; ") + two, each, Line("", "")) if each else Line("", "")
