"""Findings of this dossier beyond trade, arms and visits, and on its sources.

Milestones, energy, people, aid and votes; who says what; how many origins stand behind a
statement. As in `findings`, functions take the dossier that counts and return values,
claims or lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from briefing.claims.disagreements import conflicts
from briefing.claims.load import Claim, Disagreement, Dossier, Event, Quantity
from briefing.values.value import Value, counted
from findings import GUEST, HOST, VISITOR

# Wider ties ------------------------------------------------------------------------------


def milestones(dossier: Dossier) -> list[Event]:
    """Dated milestones of the relation, one claim each, by date."""
    told = [event for event in dossier.happenings(topic="milestones") if event.period.start]
    names = dict.fromkeys(event.event for event in told)
    chosen = [dossier.headline([e for e in told if e.event == name]) for name in names]
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


def topic_claims(dossier: Dossier, topic: str) -> list[Quantity]:
    """Every claim of one topic with a value or a size in words."""
    return dossier.find(topic=topic)


def one_claim(dossier: Dossier, measure: str, **columns: str) -> Quantity | None:
    """The claim that speaks for a measure, None where there is none."""
    return dossier.headline(dossier.find(measure=measure, **columns))


@dataclass(frozen=True)
class Aid:
    """A yearly sum, how many years it was paid at most, and what it comes to at most."""

    yearly: Quantity
    years: Value
    total: Value


def received_aid(dossier: Dossier) -> Aid | None:
    """What the yearly aid comes to if it was paid in each year of the longest reading."""
    claim = one_claim(dossier, "aid_received_per_year", subject=HOST)
    if claim is None:
        return None
    longest = int(claim.period.end[:4]) - int(claim.period.start[:4]) + 1
    formula = f"years of {claim.id}, both ends counted"
    years = Value(None, Decimal(longest), "years", claims=(claim.id,), formula=formula)
    return Aid(claim, years, claim.value * years)


# Disagreements -----------------------------------------------------------------------------


def disagreements(dossier: Dossier, *kinds: str) -> list[Disagreement]:
    """Rows of some kinds of which at least one claim counts, and that still disagree."""
    counting = {claim.id for claim in dossier.claims}
    found = [conflict.ids for conflict in conflicts(dossier)]
    rows = []
    for row in dossier.disagreements:
        left = counting & set(row.claims)
        open_still = row.kind != "contradiction" or any(ids <= left for ids in found)
        if row.kind in kinds and left and open_still:
            rows.append(row)
    return rows


def counted_rows(rows: Sequence[Disagreement], what: str) -> Value | None:
    """How many rows there are."""
    claims = [id for row in rows for id in row.claims]
    return counted(len(rows), claims, what) if rows else None


def claims_of(dossier: Dossier, row: Disagreement) -> list[Claim]:
    """The claims of a disagreement that count, in the order of the row."""
    by_id = {claim.id: claim for claim in dossier.claims}
    return [by_id[id] for id in row.claims if id in by_id]


def conflict_pairs(dossier: Dossier) -> Value | None:
    """How many pairs of claims the program found to conflict."""
    pairs = conflicts(dossier)
    ids = dict.fromkeys(id for pair in pairs for id in sorted(pair.ids))
    return counted(len(pairs), ids, "pairs found to conflict") if pairs else None


# Who says what -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """One thing that articles may state: its name, and the claims that state it.

    `judgement` is the key judgement that rests on it, "" where none does.
    """

    judgement: str
    name: str
    claims: tuple[Claim, ...]

    def articles(self) -> list[str]:
        """Ids of the articles that state it, each once."""
        return list(dict.fromkeys(claim.article for claim in self.claims))


#: What may be stated: the key judgement that rests on it, or "", its name, and its columns.
STATEMENTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("Trade", "Two-way trade with Russia", {"measure": "two_way_trade", "partner": GUEST}),
    (
        "Disputed figure",
        "Two-way trade with the United States",
        {"measure": "two_way_trade", "partner": "us"},
    ),
    ("Trade", "Two-way trade with China", {"measure": "two_way_trade", "partner": "china"}),
    ("Disputed figure", "Exports to the United States", {"measure": "exports", "partner": "us"}),
    ("", "Exports to Russia", {"measure": "exports", "partner": GUEST}),
    ("Arms", "Russia as arms supplier, in words", {"measure": "supplier_rank", "partner": GUEST}),
    ("Arms", "Russia’s share of arms imports", {"measure": "arms_import_share"}),
    ("Arms", "Russia’s share of the arsenal", {"measure": "arsenal_share"}),
    ("Arms", "Reliance on Russian equipment", {"measure": "equipment_reliance"}),
    ("Purchases", "Last large purchase", {"event": "t90_purchase"}),
    ("Purchases", "No purchase since the invasion", {"event": "arms_purchases_since_2022"}),
    ("Purchases", "Looking for ways to buy", {"event": "secret_purchase_2023"}),
    ("Visit", "Number of Putin’s visits", {"measure": "visits", "subject": VISITOR}),
    ("Visit", "His visit before the present", {"event": "putin_visit_2017"}),
    ("Visit", "His arrival", {"event": "arrival"}),
    ("", "Agreements signed", {"event": "agreements_signed", "status": "happened"}),
    ("", "US Embassy’s statement", {"event": "embassy_statement"}),
    ("", "Arrest warrant for Putin", {"event": "icc_warrant"}),
    ("", "Abstentions on the war", {"event": "un_abstention"}),
)


def statements(dossier: Dossier) -> list[Statement]:
    """What the judgements rest on, with the claims that count; unstated ones left out."""
    found = []
    for judgement, name, wanted in STATEMENTS:
        claims = dossier.happenings(**wanted) if "event" in wanted else dossier.find(**wanted)
        if claims:
            found.append(Statement(judgement, name, tuple(claims)))
    return found


def origins(dossier: Dossier, *found: Statement) -> Value:
    """How many independent origins stand behind statements.

    Articles of one origin count once. What several articles quote from one speaker is one
    origin too, and so is what a party itself has declared, whoever reports it.
    """
    voices = {voice for statement in found for voice in _voices(dossier, statement)}
    ids = [claim.id for statement in found for claim in statement.claims]
    return counted(len(voices), ids, "independent origins")


def fewest_origins(dossier: Dossier, found: Sequence[Statement]) -> Value:
    """The origins behind the statement that has the fewest."""
    return min((origins(dossier, each) for each in found), key=lambda value: value.point)


def _voices(dossier: Dossier, statement: Statement) -> set[str]:
    declared = {
        claim.speaker
        for claim in statement.claims
        if getattr(claim, "actor", None) == claim.speaker
    }
    return declared or {
        claim.speaker if claim.speaker != "article" else dossier.everyone[claim.article].origin
        for claim in statement.claims
    }


def by_judgement(found: Iterable[Statement]) -> dict[str, list[Statement]]:
    """Key judgement → the statements that it rests on."""
    groups: dict[str, list[Statement]] = {}
    for statement in found:
        if statement.judgement:
            groups.setdefault(statement.judgement, []).append(statement)
    return groups


def standing(dossier: Dossier, statement: Statement, article: str) -> str:
    """Whether an article "states" it, states something else ("differs") or is "silent"."""
    own = {claim.id for claim in statement.claims if claim.article == article}
    if not own:
        return "silent"
    clashes = [pair.ids for pair in conflicts(dossier) if pair.ids & own]
    settled = {id for row in dossier.disagreements if row.kind == "reconciled" for id in row.claims}
    return "differs" if any(not ids <= settled for ids in clashes) else "states"


# Counts ------------------------------------------------------------------------------------


def article_count(dossier: Dossier) -> Value:
    """How many articles count."""
    return counted(len(dossier.articles), ["check"], "articles that count")


def origin_count(dossier: Dossier) -> Value:
    """How many origins the articles that count have."""
    found = {article.origin for article in dossier.articles.values()}
    return counted(len(found), ["check"], "origins of the articles that count")


def claim_count(dossier: Dossier, claims: Sequence[Claim]) -> Value:
    """How many claims there are."""
    return counted(len(claims), ["check"], f"rows of {len(dossier.articles)} articles")


def statement_count(found: Sequence[Statement]) -> Value | None:
    """How many statements are told."""
    ids = [claim.id for statement in found for claim in statement.claims]
    return counted(len(found), ids, "statements behind the judgements") if found else None


def single_count(dossier: Dossier, found: Sequence[Statement]) -> Value | None:
    """How many statements rest on one origin alone."""
    alone = [statement for statement in found if origins(dossier, statement).point == 1]
    ids = [claim.id for statement in alone for claim in statement.claims]
    return counted(len(alone), ids, "statements of a single origin") if found else None
