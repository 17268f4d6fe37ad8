"""What two chapters or more find in this dossier, and the words that they share for it.

What one chapter alone needs stands in its cells, or in the module named after it. The summary
once found things in its own way and disagreed with the chapter that it sums up: so what both
tell is found here. Each function takes a dossier that holds only the claims that count. A
finding that the claims cannot give is None or an empty list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from briefing.claims.load import Assessment, Claim, Dossier, Event, Party, Quantity
from briefing.claims.selection import Wanted
from briefing.claims.verdicts import Verdict
from briefing.errors import Refusal
from briefing.report.text import (
    Text,
    cited,
    dated,
    line,
    printed_period,
    quoted,
    series,
)
from briefing.values.periods import Period, first_day
from briefing.values.value import Value, counted

C = TypeVar("C", bound=Claim)

HOST, GUEST, VISITOR = "vietnam", "russia", "vladimir-putin"

#: Measures of the guest's part in the host's arms, in order, and how each is put in a sentence.
SHARE_WORDS = {
    "arms_import_share": "of arms imports",
    "arsenal_share": "of the arsenal",
    "equipment_reliance": "of an undefined “reliance”",
}

#: How the status of a claim is put in a sentence.
STATUS_WORDS = {
    "happened": "reported",
    "scheduled": "expected",
    "unlikely": "held to be unlikely",
}

#: How each part of the day is put in a sentence, in the order of the clock.
DAYTIME_WORDS = {
    "early morning": "early on {date}",
    "morning": "on the morning of {date}",
    "noon": "at noon on {date}",
    "afternoon": "on the afternoon of {date}",
    "evening": "on the evening of {date}",
    "night": "on the night of {date}",
}


# Trade ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trade:
    """What the articles state about trade with one partner in one year.

    `two_way` and `exports` are the claims that the headline uses; `two_way_claims` and
    `export_claims` are all that differ or agree; `imports` is implied: two-way trade less exports,
    never stated. What is doubtful, in words alone, or of another time than the whole year is no
    part of it.
    """

    partner: Party
    two_way: Quantity | None
    two_way_claims: tuple[Quantity, ...]
    exports: Quantity | None
    export_claims: tuple[Quantity, ...]
    imports: Value | None

    @property
    def agreeing(self) -> list[Quantity]:
        """The claims of two-way trade that can hold beside the headline's, which is one of them."""
        return [it for it in self.two_way_claims if it.value.meets(self.two_way.value)]

    @property
    def differing(self) -> list[Quantity]:
        """The claims of two-way trade that cannot."""
        return [it for it in self.two_way_claims if it not in self.agreeing]

    @property
    def size(self) -> Decimal:
        """The larger bound of two-way trade, below zero where none is stated."""
        bounds = self.two_way.value.bounds if self.two_way else ()
        return max((bound for bound in bounds if bound is not None), default=Decimal(-1))


def trade(dossier: Dossier, partners: Iterable[str], year: int) -> list[Trade]:
    """Trade with each partner, the largest two-way trade first; unstated ones last."""
    rows, period = [], Period(str(year), str(year))
    for partner in partners:
        two_way, exports = (
            [
                claim
                for claim in dossier.find(measure=measure, subject=HOST, partner=partner)
                if claim.period.days == period.days
                and claim.standing == "reported"
                and not claim.value.wordless
            ]
            for measure in ("two_way_trade", "exports")
        )
        whole, part = dossier.headline(two_way), dossier.headline(exports)
        imports = implied_imports(whole, part) if whole and part else None
        told = (whole, tuple(two_way), part, tuple(exports), imports)
        rows.append(Trade(dossier.parties[partner], *told))
    return sorted(rows, key=lambda row: row.size, reverse=True)


def implied_imports(two_way: Quantity, exports: Quantity) -> Value | None:
    """What exports leave; None where they are surely more than the whole."""
    # Neither part can be negative, so nor can what is left.
    left = two_way.value - exports.value.at_least(0)
    return left.at_least(0) if left.ends()[1].at >= 0 else None


def extremes(rows: Iterable[Trade]) -> tuple[Trade | None, Trade | None]:
    """The rows with the largest and the smallest stated trade, None where not two state it."""
    stated = [row for row in rows if row.two_way]
    return (stated[0], stated[-1]) if len(stated) > 1 else (None, None)


def ratio(larger: Trade | None, smaller: Trade | None) -> Value | None:
    """How many times the two-way trade with one partner is that with another."""
    if not (larger and smaller and larger.two_way and smaller.two_way):
        return None
    return larger.two_way.value / smaller.two_way.value if divides(smaller.two_way) else None


def divides(claim: Quantity) -> bool:
    """Whether a claim's value is surely above zero, so that it can stand below a ratio."""
    low, _ = claim.value.bounds
    return low is not None and low > 0


def recorded(dossier: Dossier, function: str, /, **asked: Wanted) -> Value | None:
    """What one of the record's functions finds; None where it is not shown, or has nothing."""
    if dossier.record is None:
        return None
    with suppress(Refusal):
        return getattr(dossier.record.queries, function)(**asked).value
    return None


def part_of_all_trade(
    dossier: Dossier, row: Trade | None, year: int
) -> tuple[Value | None, Value | None]:
    """All the host's trade in goods on record, and one partner's part in it, in per cent."""
    every = recorded(dossier, "yearly", measure="two_way_trade", subject=HOST, year=year)
    known = every is not None and row is not None and row.two_way is not None
    return every, row.two_way.value.share_of(every) if known else None


def slight(part: Value | None) -> Value | None:
    """A part of all trade, in per cent, where it is too small to explain much."""
    return part if part and part.high is not None and part.high < 2 else None


def imports_so_far(dossier: Dossier, year: int) -> tuple[Value, Period] | tuple[None, None]:
    """Imports from the United States on record in a year's first months, and these months."""
    found = dossier.frame("figures").query(
        "measure == 'imports' and subject == @HOST and partner == 'us' and year == @year"
    )
    for value, period in zip(found["value"], found["period"], strict=True):
        return value, period
    return None, None


def verdict_of(made: Iterable[Verdict], claims: Iterable[Claim], kind: str = "") -> Verdict | None:
    """The first verdict on one of some claims alone, of a kind if one is asked for."""
    ids = {claim.id for claim in claims}
    alone = (it for it in made if len(it.claims) == 1 and it.claims[0].id in ids)
    return next((it for it in alone if kind in ("", it.verdict)), None)


def verdict_on(made: Iterable[Verdict], id: str, kind: str = "") -> Verdict | None:
    """The verdict of one check, where it is of the kind that a sentence speaks of."""
    found = next((verdict for verdict in made if verdict.id == id), None)
    return found if found and kind in ("", found.verdict) else None


# Arms ----------------------------------------------------------------------------------


def arms_claims(dossier: Dossier, measure: str) -> list[Quantity]:
    """Claims of one share measure about the guest's arms, what ends last at the end."""
    claims = dossier.find(measure=measure, subject=HOST, partner=GUEST)
    return sorted(claims, key=lambda claim: claim.period.days[::-1])


def latest(dossier: Dossier, measures: Iterable[str]) -> list[Quantity]:
    """The latest claim of each measure that is stated."""
    claims = [arms_claims(dossier, measure) for measure in measures]
    return [found[-1] for found in claims if found]


def larger_shares(dossier: Dossier, measures: Iterable[str]) -> list[Text]:
    """Each measure with its latest claim and source, where all are surely above a half."""
    claims = latest(dossier, measures)
    if not all(claim.value.low is not None and claim.value.low > 50 for claim in claims):
        return []
    return [
        line(
            "{claim} {measured} {when} ({who}{source})",
            claim=claim,
            who=f"{dossier.parties[claim.speaker].name}, " if claim.speaker != "article" else "",
            when=printed_period(claim) if claim.when else line("in {p}", p=claim.period),
            measured=SHARE_WORDS[claim.measure],
            source=dossier.everyone[claim.article],
        )
        for claim in claims
    ]


def purchase_claims(dossier: Dossier) -> list[Event | None]:
    """The last known purchase, the statement that none followed, and the attempt since."""
    found = dossier.happenings(topic="arms", actor=HOST, counterpart=GUEST)
    found = [event for event in found if event.period.start]
    held = [event for event in found if event.status == "happened"]
    last = max(held, key=lambda event: event.period.days[::-1], default=None)
    return [
        dossier.headline(event for event in held if last and event.event == last.event),
        *(
            dossier.headline(event for event in found if event.status == status)
            for status in ("refrained", "attempted")
        ),
    ]


def comparable(dossier: Dossier, measures: Iterable[str]) -> list[str]:
    """Those measures that may be set against another of them."""
    measures = set(measures)
    others = {name: dossier.measures[name].comparable_with.split() for name in measures}
    return sorted(name for name in measures if measures & {*others[name]} - {name})


# Voices --------------------------------------------------------------------------------


def voices(dossier: Dossier, claims: Iterable[Claim]) -> list[str]:
    """The independent voices behind claims: speakers by id, else the origin of the article.

    Articles of one origin are one voice; what several quote of a speaker is one voice too, and
    so is what a party itself has declared, whoever reports it.
    """
    claims = list(claims)
    declared = [c.speaker for c in claims if getattr(c, "actor", None) == c.speaker]
    told = (
        claim.speaker if claim.speaker != "article" else dossier.everyone[claim.article].origin
        for claim in claims
    )
    return list(dict.fromkeys(declared or told))


def within(dossier: Dossier, name: str) -> str:
    """A label as it stands within a sentence: "US" and "Russian" keep their capitals."""
    told = [words.split()[:1] for it in dossier.parties.values() for words in (it.name, it.demonym)]
    small = name[1:2].islower() and name.split()[:1] not in told
    return name[:1].lower() + name[1:] if small else name


def sourced(
    sources: Callable[[Iterable[str]], Text], *told: tuple[Text | str, Sequence[Claim]]
) -> list[Text]:
    """Words with the `sources` of the claims that they rest on; left out where there are none."""
    return [
        line("{words} {source}", words=words, source=sources(claim.id for claim in claims))
        for words, claims in told
        if claims
    ]


def saying(claims: Iterable[C], *stems: str) -> list[C]:
    """Those claims whose statement has a word that begins with one of these, as expressions.

    What a sentence tells in more words than its claims' columns have is told of these alone.
    """
    wanted = re.compile(rf"(?i)\b(?:{'|'.join(stems)})")
    return [claim for claim in claims if wanted.search(claim.statement)]


# Visits --------------------------------------------------------------------------------


@dataclass(frozen=True)
class VisitCount:
    """The two ways of counting the visits.

    `before` counts those before the visit under report, `since` those that the articles
    tell since then, `now` counts all of them. `total` is before plus since.
    """

    before: Quantity | None
    now: Quantity | None
    since: Value
    total: Value | None
    dated: tuple[Event, ...]
    undated: Value | None


def visit_count(dossier: Dossier) -> VisitCount:
    """Count the visitor's visits from what the articles state and date."""
    counts = sorted(
        dossier.find(measure="visits", subject=VISITOR, partner=HOST),
        key=lambda claim: claim.period.days[1],
    )
    this_year = dossier.as_of.end[:4]
    now = next((claim for claim in counts if claim.period.end[:4] == this_year), None)
    before = next((claim for claim in counts if claim is not now), None)
    told = [
        event
        for event in dossier.happenings(actor=VISITOR, counterpart=HOST, mode="in person")
        if event.topic == "visits" and event.status == "happened" and event.period.start
    ]
    if not any(event.event == "putin_visit_2024" for event in told):
        told += dossier.happenings(event="arrival", actor=VISITOR, counterpart=HOST)
    told.sort(key=lambda event: event.period.days)
    since = [e for e in told if before and first_day(e.period.start) > before.period.days[1]]
    one, known = count_events(since, "visits told since"), count_events(told, "visits dated")
    total = before.value + one if before and since else None
    every = now.value if now else total
    undated = every - known if every and told else None
    return VisitCount(before, now, one, total, tuple(told), undated)


def count_events(claims: Sequence[Event], what: str) -> Value:
    """How many happenings the claims tell of."""
    return counted(len({claim.event for claim in claims}), [claim.id for claim in claims], what)


def arrivals(dossier: Dossier) -> tuple[list[Event], list[Event]]:
    """Claims of the arrival that agree with the headline's date, and those that do not."""
    claims = dossier.happenings(event="arrival")
    chosen = dossier.headline(claims)
    same = [claim for claim in claims if claim.period == chosen.period] if chosen else []
    return same, [claim for claim in claims if claim not in same]


# Happenings in words --------------------------------------------------------------------


def titled(words: str) -> str:
    """Words as they open a row."""
    return words[:1].upper() + words[1:]


def start_of(claim: Event | None) -> Text | None:
    """The date with which a claim's period begins, so that its source is known."""
    return claim and dated(Period(claim.period.start, claim.period.start), claim)


def told_time(claim: Event) -> Text:
    """When a claim has it: "early on 20 June 2024", "in October 2023"."""
    if claim.daytime:
        return line(DAYTIME_WORDS[claim.daytime], date=claim)
    day = len(claim.period.start) == 10
    single = claim.period.start == claim.period.end
    return line("on {date}" if day and single else "in {date}" if single else "{date}", date=claim)


def stated(dossier: Dossier, claims: Iterable[Claim]) -> Text:
    """What claims state, each with its source: a value, or a status and a time."""
    return series(_one_stated(dossier, claim) for claim in claims)


def _one_stated(dossier: Dossier, claim: Claim) -> Text:
    source = cited([dossier.everyone[claim.article]], [claim.id])
    if isinstance(claim, Quantity):
        return line("{claim} ({source})", claim=claim, source=source)
    told = isinstance(claim, Assessment)
    if told or (claim.speaker != "article" and claim.status == "unlikely"):
        if claim.speaker == "article":
            return line("{what} ({source})", what=quoted(claim.statement, claim), source=source)
        what, who = quoted(claim.statement, claim), dossier.parties[claim.speaker]
        return line("{what} – {who} ({source})", what=what, who=who, source=source)
    status = STATUS_WORDS.get(claim.status, claim.status)
    if not claim.period.start:
        return line("{status}, undated ({source})", status=status, source=source)
    return line("{status} {when} ({source})", status=status, when=told_time(claim), source=source)
