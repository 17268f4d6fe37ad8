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
from itertools import combinations

from briefing.claims.load import Article, Dossier, Event, Party, Quantity
from briefing.report.text import Text, cited, line, listed
from briefing.values.periods import Period, first_day
from briefing.values.value import Value, counted
from wording import HAPPENINGS, SHARE_WORDS, titled

HOST = "vietnam"

GUEST = "russia"

VISITOR = "vladimir-putin"

#: Measures of Russia's part in Vietnam's arms, in the order in which they are told.
ARMS_MEASURES = ("arms_import_share", "arsenal_share", "equipment_reliance")

#: What is little and what is much, in per cent.
TENTH, HALF = Decimal(10), Decimal(50)

#: Parts of the day in the order of the clock; the last holds what names no part.
DAYTIMES = ("early morning", "morning", "afternoon", "night")


# What the parameters may name ----------------------------------------------------------


def trade_years(dossier: Dossier) -> list[int]:
    """Years for which some article states a trade figure."""
    figures = [claim for claim in dossier.quantities if _trade_figure(claim)]
    return sorted({int(claim.period.start[:4]) for claim in figures})


def trade_partners(dossier: Dossier) -> list[str]:
    """Ids of the parties for which some article states a trade figure."""
    return list(
        dict.fromkeys(claim.partner for claim in dossier.quantities if _trade_figure(claim))
    )


def travellers(dossier: Dossier) -> list[str]:
    """Ids of the leaders whose visits or meetings some article tells."""
    return list(dict.fromkeys(event.actor for event in dossier.events if _visit(event)))


def _trade_figure(claim: Quantity) -> bool:
    return claim.measure in ("two_way_trade", "exports") and not claim.value.wordless


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
    return sorted(found, key=_size, reverse=True)


def _size(row: Trade) -> Decimal:
    bounds = row.two_way.value.bounds if row.two_way else ()
    return max((bound for bound in bounds if bound is not None), default=Decimal(-1))


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
    return larger.two_way.value / smaller.two_way.value if _divides(smaller.two_way) else None


def _divides(claim: Quantity) -> bool:
    """Whether a claim's value is surely above zero, so that it can stand below a ratio."""
    low, _ = claim.value.bounds
    return low is not None and low > 0


def part_of_named_trade(rows: Sequence[Trade], partner: str) -> Value | None:
    """One partner's part in the two-way trade with all partners named, in per cent."""
    stated = [row for row in rows if row.two_way]
    own = trade_with(stated, partner)
    if own is None or len(stated) < len(rows) or len(stated) < 2:
        return None
    if not all(_divides(row.two_way) for row in stated):
        return None
    whole = reduce(
        lambda total, row: total + row.two_way.value, stated[1:], stated[0].two_way.value
    )
    return own.two_way.value.share_of(whole)


@dataclass(frozen=True)
class Fit:
    """How one claimed export figure sits inside the two-way total."""

    claim: Quantity
    share: Value  #: of two-way trade, in per cent
    left: Value  #: what it leaves for imports


def export_fits(row: Trade | None) -> list[Fit]:
    """Each claimed export figure against the two-way trade of the same year."""
    if row is None or row.two_way is None or not _divides(row.two_way):
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


@dataclass(frozen=True)
class Reliance:
    """The first and the last claim of reliance, and by how many points it fell."""

    first: Quantity
    last: Quantity
    points: Value


def reliance_change(dossier: Dossier) -> Reliance | None:
    """How reliance changed between the first and the last period that is stated."""
    claims = arms_claims(dossier, "equipment_reliance")
    if len({claim.period for claim in claims}) < 2:
        return None
    return Reliance(claims[0], claims[-1], claims[0].value - claims[-1].value)


@dataclass(frozen=True)
class Purchases:
    """What was bought over a period, and the length of it."""

    claim: Quantity
    length: Value


def yearly_purchases(dossier: Dossier) -> Purchases | None:
    """The sum bought over a period, and its length in years."""
    claim = bought_claim(dossier)
    return Purchases(claim, years_between(claim)) if claim else None


def years_between(claim: Quantity) -> Value:
    """Years from the start to the end of a claim's period, as the claim counts them."""
    number = Decimal(int(claim.period.end[:4]) - int(claim.period.start[:4]))
    formula = f"period of {claim.id}"
    return Value(number, number, "years", claims=(claim.id,), formula=formula)


def supplier_claims(dossier: Dossier) -> list[Quantity]:
    """Claims in words about who supplies the host's arms, in the order of the articles."""
    measures = ("supplier_rank", "defence_partner_rank", "naval_share", "arms_import_share_trend")
    return [claim for claim in dossier.quantities if claim.measure in measures]


def other_suppliers(dossier: Dossier) -> list[Event]:
    """Claims that the host turned to other suppliers, or that others offered arms."""
    return [
        event
        for event in dossier.happenings(topic="arms")
        if GUEST not in (event.actor, event.counterpart)
        and HOST in (event.actor, event.counterpart)
        and event.counterpart
    ]


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
    this_year = dossier.as_of.end[:4]
    now = next((claim for claim in counts if claim.period.end[:4] == this_year), None)
    before = next((claim for claim in counts if claim is not now), None)
    since = [
        event for event in told if before and first_day(event.period.start) > before.period.days[1]
    ]
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
    return bool(event.topic == "visits" and event.mode and event.event in HAPPENINGS)


def history(dossier: Dossier, leaders: Sequence[str], first: int, last: int) -> list[Event]:
    """Visits to the host and meetings with it, one claim a happening, by date."""
    window = Period(str(first), str(last))
    told = [
        event
        for event in dossier.happenings(topic="visits")
        if _visit(event) and event.actor in leaders and event.period.meets(window)
    ]
    # A report that it took place speaks before a plan, whatever article is preferred.
    same = {name: [e for e in told if e.event == name] for name in _events_in_order(told)}
    held = {name: [e for e in claims if e.status == "happened"] for name, claims in same.items()}
    chosen = [dossier.headline(held[name] or claims) for name, claims in same.items()]
    return sorted((_precise(event, told) for event in chosen), key=lambda event: event.period.days)


def _events_in_order(events: Iterable[Event]) -> list[str]:
    return list(dict.fromkeys(event.event for event in events))


def _precise(event: Event, told: Iterable[Event]) -> Event:
    """The claim about the same happening that dates it most precisely."""
    same = [other for other in told if other.event == event.event and other.status == event.status]
    return max([event, *same], key=lambda other: (len(other.period.start), other is event))


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


def disputed(dossier: Dossier, events: Iterable[Event]) -> list[str]:
    """Happenings of the programme that two articles place differently."""
    claims = [event for event in events if event.status == "happened"]
    named = dict.fromkeys(event.event for event in claims)
    return [
        titled(HAPPENINGS[name])
        for name in named
        if _differ([e for e in claims if e.event == name])
    ]


def _differ(claims: Sequence[Event]) -> bool:
    """Whether dates share no day, or parts of the day are stated that are not the same."""
    apart = any(not a.period.meets(b.period) for a, b in combinations(claims, 2))
    return apart or len({claim.daytime for claim in claims if claim.daytime}) > 1


def arrivals(dossier: Dossier) -> tuple[list[Event], list[Event]]:
    """Claims of the arrival that agree with the headline's date, and those that do not."""
    claims = dossier.happenings(event="arrival")
    chosen = dossier.headline(claims)
    same = [claim for claim in claims if claim.period == chosen.period] if chosen else []
    return same, [claim for claim in claims if claim not in same]


# Small answers for the chapters --------------------------------------------------------


def several(items: Sequence) -> bool:
    """Whether there is more than one of something."""
    return len(items) > 1


def some(number: Value | None) -> bool:
    """Whether a count is above zero."""
    return number is not None and number.point > 0


def extremes(rows: Sequence[Trade]) -> tuple[Trade | None, Trade | None]:
    """The rows with the largest and the smallest two-way trade, None where there is but one."""
    return (rows[0], rows[-1]) if len(rows) > 1 else (None, None)


def first_and_last(fits: Sequence[Fit]) -> tuple[Fit | None, Fit | None]:
    """The lowest and the highest claimed figure."""
    return (fits[0], fits[-1]) if fits else (None, None)


def how_many(rows: Sequence[Trade]) -> Value:
    """How many partners have their two-way trade stated."""
    ids = [row.two_way.id for row in rows]
    return counted(len(ids), ids, "partners with stated trade")


def year_of(rows: Sequence[Trade]) -> Period:
    """The period of the two-way trade in the rows."""
    return next(row.two_way.period for row in rows if row.two_way)


def sole_source(dossier: Dossier, rows: Iterable[Trade]) -> Text | None:
    """The article behind all two-way trade, None where there are none or several."""
    sources = dossier.sources(row.two_way.id for row in rows if row.two_way)
    return line("{source}", source=sources[0]) if len(sources) == 1 else None


def export_share(dossier: Dossier, partner: str, year: int) -> Quantity | None:
    """The stated share of all exports that went to a partner."""
    return dossier.headline(_in_year(dossier.find(measure="export_share", partner=partner), year))


def share_source(dossier: Dossier, partner: str, year: int) -> Article | None:
    """The article that states that share."""
    claim = export_share(dossier, partner, year)
    return dossier.everyone[claim.article] if claim else None


def undecided(row: Trade | None) -> bool:
    """Whether exports and implied imports may be equal, so that no surplus is proved."""
    return bool(row and row.imports and row.imports.meets(row.exports.value.at_least(0)))


def headline_of(dossier: Dossier, measures: Sequence[str], measure: str) -> Quantity | None:
    """The claim that speaks for a measure, where that measure is among those told."""
    return dossier.headline(arms_claims(dossier, measure)) if measure in measures else None


def latest(dossier: Dossier, measures: Sequence[str]) -> list[Quantity]:
    """The latest claim of each measure that is stated."""
    claims = [arms_claims(dossier, measure) for measure in measures]
    return [found[-1] for found in claims if found]


def shares_told(dossier: Dossier, measures: Sequence[str]) -> list[Text]:
    """Each measure with its latest claim and source, in words."""
    return [
        line(
            "{claim} {measured} ({source})",
            claim=claim,
            measured=SHARE_WORDS[claim.measure],
            source=dossier.everyone[claim.article],
        )
        for claim in latest(dossier, measures)
    ]


def measures_told(dossier: Dossier, measures: Sequence[str]) -> Value:
    """How many measures are stated."""
    claims = latest(dossier, measures)
    return counted(len(claims), [claim.id for claim in claims], "measures stated")


def share_claims(dossier: Dossier, measures: Sequence[str]) -> list[Quantity]:
    """Every claim of the measures, by measure and period."""
    return [claim for measure in measures for claim in arms_claims(dossier, measure)]


def bought_claim(dossier: Dossier) -> Quantity | None:
    """The claim of what was bought in all."""
    return dossier.headline(dossier.find(measure="arms_purchases", subject=HOST, partner=GUEST))


def purchase_claims(dossier: Dossier) -> tuple[Event | None, Event | None, Event | None]:
    """The last known purchase, the statement that none followed, and the attempt since."""
    found = dossier.happenings(topic="arms", actor=HOST, counterpart=GUEST)
    dated = [event for event in found if event.period.start]
    pick = lambda status: dossier.headline(e for e in dated if e.status == status)  # noqa: E731
    return pick("happened"), pick("refrained"), pick("attempted")


def distinct_periods(events: Iterable[Event]) -> list[Period]:
    """The years of some happenings, each once."""
    chosen = {event.event: event.period for event in events}
    return [Period(period.start[:4], period.start[:4]) for period in sorted(chosen.values())]


def visits_among(events: Sequence[Event]) -> Value | None:
    """How many of the events are visits in person to the host."""
    visits = [event for event in events if event.mode == "in person" and event.counterpart == HOST]
    found = counted(len(_events(visits)), [event.id for event in visits], "visits dated")
    return found if visits else None


def host_place(dossier: Dossier, event: Event) -> str:
    """Where a visit to the host took place when no place is stated."""
    return dossier.parties[HOST].name if event.counterpart == HOST else "not stated"


def differ(claims: Sequence[Event]) -> bool:
    """Whether claims about one happening name different days or parts of the day."""
    return _differ(claims)


def disputed_words(dossier: Dossier, steps: Iterable[Event]) -> Text | None:
    """The happenings that are placed differently, in words."""
    settled = {id for row in dossier.disagreements if row.kind == "reconciled" for id in row.claims}
    names = disputed(dossier, [step for step in steps if step.id not in settled])
    lowered = {titled(words): words for words in HAPPENINGS.values()}
    return listed([line("the {name}", name=lowered[name]) for name in names]) if names else None


def still_planned(dossier: Dossier) -> list[Text]:
    """Steps that some article expects and none reports as held."""
    steps = programme(dossier, planned=True)
    held = {event.event for event in steps if event.status == "happened"}
    names = dict.fromkeys(event.event for event in steps if event.event not in held)
    return [line("the {name}", name=HAPPENINGS[name]) for name in names]


def falling_sources(dossier: Dossier) -> list[Article] | None:
    """The articles that say that the guest's part in the host's arms is falling."""
    claims = dossier.find(measure="arms_import_share_trend", subject=HOST, partner=GUEST)
    change = reliance_change(dossier)
    fell = (
        [change.last] if change and change.points.bounds[0] and change.points.bounds[0] > 0 else []
    )
    return dossier.sources(claim.id for claim in (*claims, *fell)) or None


def says_falling(dossier: Dossier, article: str) -> bool:
    """Whether an article says that the guest's part in the host's arms is falling."""
    return article in [source.id for source in falling_sources(dossier) or []]


def weighs_little(part: Value | None) -> bool:
    """Whether a share is surely below a tenth."""
    return part is not None and part.high is not None and part.high < TENTH


def weighs_much(dossier: Dossier, measures: Sequence[str]) -> bool:
    """Whether the latest claim of every share that is stated is surely above a half."""
    claims = latest(dossier, measures)
    lows = [claim.value.low for claim in claims]
    return bool(lows) and all(low is not None and low > HALF for low in lows)


def visit_dates(dossier: Dossier) -> Period:
    """The dates of the visit under report; the as-of date where no article states them."""
    told = _dated_visit(dossier)
    return told[0].period if told else dossier.as_of


def visit_dates_source(dossier: Dossier) -> Text:
    """The article that states the dates of the visit, in brackets after a space, if any does."""
    told = _dated_visit(dossier)
    sources = dossier.sources([told[0].id]) if told else []
    return line(" ({sources})", sources=cited(sources)) if sources else Text()


def _dated_visit(dossier: Dossier) -> list[Event]:
    told = [event for event in dossier.happenings(event="putin_visit_2024") if event.period.stated]
    return sorted(told, key=lambda event: event.status != "happened")


def timed_first(claims: Sequence[Event]) -> list[Event]:
    """The claims that state a part of the day, or all where none does."""
    return [claim for claim in claims if claim.daytime] or list(claims)


def dated_telling(dossier: Dossier, event: str) -> Event | None:
    """The claim that dates a happening to the day, None where no article does."""
    told = [claim for claim in dossier.happenings(event=event) if len(claim.period.start) == 10]
    return dossier.headline(told)


def told_in_brackets(dossier: Dossier, event: str) -> Text | None:
    """The articles that report a happening as done: "(AP; op-ed)"."""
    claims = dossier.happenings(event=event, status="happened")
    return (
        line("({sources})", sources=cited(dossier.sources(c.id for c in claims)))
        if claims
        else None
    )
