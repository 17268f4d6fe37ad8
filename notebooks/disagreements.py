"""Disagreements, statements and what hangs on a single source: what chapter 6 cannot hold.

How far a statement is shared is told in the annex on method too, and how far a judgement hangs
on one article wherever it is made. Conflicts themselves are found in `briefing.claims.conflicts`.

The sensitivity analysis leaves out each article, then each origin, in turn: every key figure
and judgement is found anew in the dossier without it; no edition is built. What comes out the
same *stands*, what comes out otherwise *shifts*, and what cannot be found any more *falls*.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

import shared
from briefing.claims.conflicts import conflicts
from briefing.claims.load import Article, Claim, Disagreement, Dossier
from briefing.report import marks
from briefing.report.text import cited, quoted
from briefing.values.value import Value, counted
from shared import GUEST, VISITOR


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


def told(dossier: Dossier, rows: Iterable[Disagreement]) -> pd.DataFrame:
    """Conflicts, one a row: who states what, what to note, and what this briefing does."""
    by_id = {claim.id: claim for claim in dossier.claims}
    found = []
    for row in rows:
        claims = [by_id[id] for id in row.claims if id in by_id]
        ids = [claim.id for claim in claims]
        found.append(
            {
                "Matter": row.label,
                "Told by": cited(dossier.sources(ids), ids),
                "What is stated": shared.stated(dossier, claims),
                "What to note": quoted(row.explanation),
                "What this briefing does": quoted(row.treatment),
            }
        )
    return pd.DataFrame(found)


# Statements and their origins ----------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """One thing that articles may state: its name, and the claims that state it.

    `judgement` is the key judgement that rests on it, "" where none does.
    """

    judgement: str
    name: str
    claims: tuple[Claim, ...]


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
    ("Visit", "Putin’s visit before the present", {"event": "putin_visit_2017"}),
    ("Visit", "Putin’s arrival", {"event": "arrival"}),
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


def who_says_what(dossier: Dossier, found: Iterable[Statement]) -> pd.DataFrame:
    """Statements, those of most voices first: a column an article, the last one counts voices.

    An article's cell is "stated", "differs" where another contradicts it, or "" where silent.
    """
    pairs = [pair.ids for pair in conflicts(dossier)]
    settled = {id for row in dossier.disagreements if row.kind == "reconciled" for id in row.claims}
    rows = []
    for each in found:
        row = {"Statement": each.name}
        for key, article in dossier.articles.items():
            ids = {claim.id for claim in each.claims if claim.article == key}
            differs = any(pair & ids and not pair <= settled for pair in pairs)
            row[article.short] = "differs" if differs else "stated" if ids else ""
        ids = [claim.id for claim in each.claims]
        number = len(shared.voices(dossier, each.claims))
        rows.append(row | {"Voices": counted(number, ids, "independent voices")})
    return pd.DataFrame(sorted(rows, key=lambda row: -row["Voices"].point))


def matrix(told: pd.DataFrame, width: float) -> Figure:
    """Statements by article: a point where one states it, hollow where another contradicts it.

    The voices are printed at the ends of the rows; rows of a single one are tinted. On a narrow
    screen the articles' names stand upright.
    """
    names, *articles, end = told.columns
    figure, axes = plt.subplots(figsize=(width, 0.56 * marks.ROW * (len(told) + 2)))
    axes.xaxis.update_units([*articles, end])
    axes.yaxis.update_units(told[names])
    for article in articles:
        said = told[told[article] != ""]
        faces = [marks.PAPER if cell == "differs" else marks.NEUTRAL for cell in said[article]]
        axes.scatter(
            [article] * len(said), said[names], s=36, c=faces, edgecolor=marks.NEUTRAL,
            linewidth=1.6, zorder=3,
        )  # fmt: skip
    for row, count in enumerate(told[end]):
        axes.text(end, row, count.text("short"), ha="center", va="center_baseline")
        axes.hlines(row, -0.5, len(articles) - 0.5, color=marks.GRID, linewidth=0.7, zorder=1)
        if count.point == 1:
            axes.axhspan(row - 0.5, row + 0.5, color=marks.GRID, alpha=0.55, linewidth=0)
    axes.set(xlim=(-0.5, len(articles) + 0.5), ylim=(len(told) - 0.5, -0.5))
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", labelrotation=90 if width < marks.WIDE else 0)
    return figure


# What hangs on a single source ---------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """What became of one finding when one source was left out."""

    finding: str
    without: tuple[Article, ...]
    fate: str  #: "stands", "shifts" or "falls"


def left_out(dossier: Dossier, by: str) -> list[Left]:
    """The fate of every finding of the latest year without each source in turn.

    `by` is the column of articles.csv that names a source, "id" or "origin"; nothing is
    tried with a single source.
    """
    figures = [
        claim
        for claim in dossier.quantities
        if claim.measure in ("two_way_trade", "exports") and not claim.value.wordless
    ]
    sources: dict[str, list[Article]] = {}
    for article in dossier.articles.values():
        sources.setdefault(getattr(article, by), []).append(article)
    if not figures or len(sources) < 2:
        return []
    partners = list(dict.fromkeys(claim.partner for claim in figures))
    year = max(int(claim.period.start[:4]) for claim in figures)
    whole = _key_findings(dossier, partners, year)
    made = []
    for group in sources.values():
        kept = [key for key, article in dossier.articles.items() if article not in group]
        rest = _key_findings(dossier.counting(kept, dossier.prefer), partners, year)
        for name, before in whole.items():
            if before:
                same = "stands" if rest[name] == before else "shifts"
                made.append(Left(name, tuple(group), same if rest[name] else "falls"))
    return made


def _key_findings(dossier: Dossier, partners: Sequence[str], year: int) -> dict[str, str]:
    """What the summary's figures and judgements come to, "" where the claims do not give it."""
    rows = shared.trade(dossier, partners, year)
    us = next((row for row in rows if row.partner.id == "us"), None)
    low, high = shared.export_fits(us)
    ratio = shared.ratio(*shared.extremes(rows))
    bought, purchases = shared.bought_claim(dossier), shared.purchase_claims(dossier)
    count = shared.visit_count(dossier)
    visits = count.now.value if count.now else count.total
    days = {claim.period.text() for claims in shared.arrivals(dossier) for claim in claims}
    measures = list(shared.SHARE_WORDS)
    found = {
        f"Two-way trade with {dossier.parties[partner].name}": next(
            (row.two_way.value.text() for row in rows if row.two_way and row.partner.id == partner),
            "",
        )
        for partner in partners
    }
    if us:
        found[f"Exports to {us.partner.name}"] = " or ".join(
            sorted(claim.value.text() for claim in us.export_claims)
        )
    for measure in measures:
        (claim,) = shared.latest(dossier, [measure]) or [None]
        found[shared.titled(dossier.measures[measure].label)] = claim.value.text() if claim else ""
    return found | {
        "Sum of purchases": bought.value.text() if bought else "",
        "Number of visits": visits.text("ordinal") if visits else "",
        "Judgement: Visit": " ".join(sorted(days)) if visits else "",
        "Judgement: Arms": "; ".join(map(str, shared.larger_shares(dossier, measures))),
        "Judgement: Purchases": "; ".join(claim.period.text() for claim in purchases)
        if all(purchases)
        else "",
        "Judgement: Trade": ratio.text() if ratio else "",
        "Judgement: Disputed figure": f"{low.claim.value.text()}, {high.claim.value.text()}"
        if low is not high
        else "",
    }


def findings_that(made: Sequence[Left], *fates: str) -> Value | None:
    """How many findings meet one of the fates when some single source is left out."""
    names = dict.fromkeys(left.finding for left in made if not fates or left.fate in fates)
    return counted(len(names), ["check"], "findings tried without each source") if made else None
