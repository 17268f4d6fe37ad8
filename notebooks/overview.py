"""Tables and charts of this dossier's wider ties, sources and disagreements.

As in `exhibits`, each function lays findings out as rows and marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import pandas as pd

import ties
from briefing.claims.check import recorded_account
from briefing.claims.load import Disagreement, Dossier, Event
from briefing.report.chapter import LIKELIHOODS
from briefing.report.drawing import NEUTRAL, Drawing
from briefing.report.text import Text, cited, line, named, quoted, series
from briefing.report.timelines import Moment, grid, timeline
from briefing.values.periods import Period
from briefing.values.value import Value, counted
from exhibits import moment, stated
from findings import GUEST
from wording import HAPPENINGS, MATTERS

#: Article → what became of its numerals → how many; None where no check is on record.
Account = dict[str, dict[str, int]] | None

# Wider ties ------------------------------------------------------------------------------


def line_of_events(
    dossier: Dossier, events: Sequence[Event], rows: dict[str, str]
) -> Drawing | None:
    """Dated happenings on one line of years; `rows` gives each its row."""
    events = [event for event in events if event.event in rows and event.period.start]
    if not events:
        return None
    color = dossier.parties[GUEST].color
    moments = [
        moment(rows[event.event], event, color, hollow=event.status != "happened")
        for event in events
    ]
    told = series(
        line("{what}, {when}", what=HAPPENINGS[event.event], when=event) for event in events
    )
    first, last = int(min(m.low for m in moments)), int(max(m.high for m in moments))
    return timeline(moments, first, last, line("A line of years. {told}.", told=told))


#: The milestones that stand on the line, and their row.
MILESTONES = {
    "diplomatic_relations": "Milestones",
    "friendship_treaty": "Milestones",
    "strategic_partnership": "Milestones",
    "strategic_alliance": "Milestones",
    "relations_anniversary_2025": "Milestones",
}


# Sources -----------------------------------------------------------------------------------


def sources_table(dossier: Dossier) -> pd.DataFrame:
    """The articles: title, kind, publisher and date, as far as each file states them."""
    return pd.DataFrame(
        [
            {
                "Cited as": article,
                "Title": named(article.title),
                "Kind": article.genre,
                "Publisher or agency": named(article.publisher or article.agency)
                if article.publisher or article.agency
                else None,
                "Date of the file": Period(article.published, article.published)
                if article.published
                else None,
            }
            for article in dossier.articles.values()
        ]
    )


def source_notes_table(dossier: Dossier) -> pd.DataFrame:
    """What each file states about itself, and what it does not."""
    return pd.DataFrame(
        [
            {"Cited as": article, "Note": quoted(article.note)}
            for article in dossier.articles.values()
        ]
    )


def account_of(dossier: Dossier) -> Account:
    """The account of numerals that the last check with the texts recorded."""
    return recorded_account(dossier)


def account_table(dossier: Dossier, account: Account) -> pd.DataFrame:
    """Numerals found in each body, coded in a claim, and set aside by reason."""
    if not account:
        return pd.DataFrame()
    rows = [key for key in account if key in dossier.articles]
    reasons = list(dict.fromkeys(reason for key in rows for reason in account[key]))
    return pd.DataFrame(
        [
            {
                "Article": dossier.articles[key],
                **{
                    reason.capitalize(): _tally(account[key].get(reason, 0), reason, key)
                    for reason in reasons
                },
            }
            for key in rows
        ]
    )


def account_total(dossier: Dossier, account: Account, what: str) -> Value | None:
    """The numerals of one kind in all articles that count."""
    if not account:
        return None
    return _tally(sum(account[key].get(what, 0) for key in dossier.articles), what, "all articles")


def account_aside(dossier: Dossier, account: Account) -> Value | None:
    """The numerals that were set aside for some reason, in all articles that count."""
    if not account:
        return None
    aside = sum(
        number
        for key in dossier.articles
        for reason, number in account[key].items()
        if reason not in ("found", "coded")
    )
    return _tally(aside, "set aside", "all articles")


def _tally(number: int, what: str, where: str) -> Value:
    return counted(number, ["check"], f"numerals {what} in {where}")


# Disagreements -----------------------------------------------------------------------------


def disagreements_table(dossier: Dossier, rows: Iterable[Disagreement]) -> pd.DataFrame:
    """Conflicts, one a row: what is stated by whom, why it may differ, what is done."""
    return pd.DataFrame(
        [
            {
                "Matter": MATTERS.get(row.id, row.id),
                "What is stated": stated(dossier, ties.claims_of(dossier, row)),
                "What to note": quoted(row.explanation),
                "What this briefing does": quoted(row.treatment),
            }
            for row in rows
        ]
    )


def who_says_what(dossier: Dossier, found: Sequence[ties.Statement]) -> Drawing | None:
    """Articles by statements: filled where stated, hollow where it differs, empty if silent."""
    columns = [article.short for article in dossier.articles.values()]
    moments, told = [], []
    for statement in found:
        for key in statement.articles():
            how = ties.standing(dossier, statement, key)
            ids = tuple(claim.id for claim in statement.claims if claim.article == key)
            column = columns.index(dossier.articles[key].short)
            words = "differs" if how == "differs" else ""
            moments.append(
                Moment(statement.name, column, column, words, NEUTRAL, how == "differs", claims=ids)
            )
        sources = cited(dossier.sources(claim.id for claim in statement.claims))
        told.append(line("{name}: {sources}", name=statement.name, sources=sources))
    alt = line("A grid of statements by article. {told}.", told=series(told))
    return grid(moments, columns, alt)


def matters(rows: Iterable[Disagreement]) -> list[Text]:
    """What the conflicts are about."""
    names = [MATTERS.get(row.id, row.id) for row in rows]
    return [line("{name}", name=name[:1].lower() + name[1:]) for name in names]


def judgements_table(dossier: Dossier, found: Sequence[ties.Statement]) -> pd.DataFrame:
    """The fewest independent origins behind any statement that a key judgement rests on."""
    return pd.DataFrame(
        [
            {
                "Key judgement": judgement,
                "Rests on": "; ".join(statement.name for statement in group),
                "Articles": cited(
                    dossier.sources(claim.id for statement in group for claim in statement.claims)
                ),
                "Fewest voices behind a statement": ties.fewest_origins(dossier, group),
            }
            for judgement, group in ties.by_judgement(found).items()
        ]
    )


def independence_table(dossier: Dossier, found: Iterable[ties.Statement]) -> pd.DataFrame:
    """How many independent origins stand behind each statement."""
    return pd.DataFrame(
        [
            {
                "Statement": statement.name,
                "Articles": cited(dossier.sources(claim.id for claim in statement.claims)),
                "Independent origins": ties.origins(dossier, statement),
            }
            for statement in found
        ]
    )


# Method ------------------------------------------------------------------------------------


def measures_table(dossier: Dossier) -> pd.DataFrame:
    """The code book of the measures that some claim uses."""
    used = dict.fromkeys(claim.measure for claim in dossier.quantities)
    return pd.DataFrame(
        [
            {
                "Measure": measure.label,
                "What it counts": quoted(measure.definition),
                "Unit": measure.unit,
                "Kind": measure.kind,
                "Comparable with": _labels(dossier, measure.comparable_with),
            }
            for measure in (dossier.measures[key] for key in dossier.measures if key in used)
        ]
    )


def _labels(dossier: Dossier, measures: str) -> str:
    return ", ".join(dossier.measures[key].label for key in measures.split()) or "none"


def likelihood_table() -> pd.DataFrame:
    """The scale of likelihood words, in per cent."""
    return pd.DataFrame(
        [
            {"Word": word, "Likelihood": _range(low, high)}
            for word, (low, high) in LIKELIHOODS.items()
        ]
    )


def _range(low: int, high: int) -> Value:
    return Value(Decimal(low), Decimal(high), "%", claims=("icd-203",), formula="icd-203")
