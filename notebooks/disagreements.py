"""Disagreements, and who states what: what the cells of chapter 6 cannot hold.

Conflicts themselves are found in `briefing.claims.conflicts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle

import shared
from briefing.claims.conflicts import conflicts
from briefing.claims.load import Claim, Disagreement, Dossier
from briefing.report import marks
from briefing.report.text import cited, quoted
from briefing.values.value import counted
from shared import GUEST, VISITOR


def disagreements(dossier: Dossier, *kinds: str) -> list[Disagreement]:
    """Rows of some kinds of which at least one claim counts, and that still disagree.

    What compares articles is told where all of them count: its note speaks of each.
    """
    counting = {claim.id for claim in dossier.claims}
    found = [conflict.ids for conflict in conflicts(dossier)]
    rows = []
    for row in dossier.disagreements:
        left = counting & set(row.claims)
        contradicted = any(ids <= left for ids in found)
        told = contradicted if row.kind == "contradiction" else left == {*row.claims}
        if row.kind in kinds and left and told:
            rows.append(row)
    return rows


def told(dossier: Dossier, rows: Iterable[Disagreement]) -> pd.DataFrame:
    """Conflicts, one a row: who states what, what to note, and what this briefing does."""
    by_id = {claim.id: claim for claim in dossier.claims}
    found = []
    for row in rows:
        claims = [by_id[id] for id in row.claims if id in by_id]
        ids = [claim.id for claim in claims]
        whole = len(claims) == len(row.claims)  # else it speaks of what does not count
        note = quoted(row.explanation) if whole else quoted("")
        if row.kind != "contradiction":  # shown without what is stated, which names the articles
            note = note + " (" + cited(dossier.sources(ids), ids) + ")"
        found.append(
            {
                "Matter": row.label,
                "What is stated": shared.stated(dossier, claims),
                "What to note": note,
                "What this briefing does": quoted(row.treatment),
            }
        )
    return pd.DataFrame(found)


# Statements and their origins ----------------------------------------------------------


#: What may be stated, by name: the columns of the claims that state it.
STATEMENTS: dict[str, dict[str, str]] = {
    "Two-way trade with Russia": {"measure": "two_way_trade", "partner": GUEST},
    "Two-way trade with the United States": {"measure": "two_way_trade", "partner": "us"},
    "Two-way trade with China": {"measure": "two_way_trade", "partner": "china"},
    "Exports to the United States": {"measure": "exports", "partner": "us"},
    "Exports to Russia": {"measure": "exports", "partner": GUEST},
    "Russia as arms supplier, in words": {"measure": "supplier_rank", "partner": GUEST},
    "Russia’s share of arms imports": {"measure": "arms_import_share"},
    "Russia’s share of the arsenal": {"measure": "arsenal_share"},
    "Reliance on Russian equipment": {"measure": "equipment_reliance"},
    "Last large purchase": {"event": "t90_purchase"},
    "No purchase since the invasion": {"event": "arms_purchases_since_2022"},
    "Looking for ways to buy": {"event": "secret_purchase_2023"},
    "Number of Putin’s visits": {"measure": "visits", "subject": VISITOR},
    "Putin’s visit before the present": {"event": "putin_visit_2017"},
    "Putin’s arrival": {"event": "arrival"},
    "Agreements signed": {"event": "agreements_signed", "status": "happened"},
    "US Embassy’s statement": {"event": "embassy_statement"},
    "Arrest warrant for Putin": {"event": "icc_warrant"},
    "Abstentions on the war": {"event": "un_abstention"},
}


def statements(dossier: Dossier) -> dict[str, list[Claim]]:
    """What articles state that may be compared, with the claims; unstated ones left out."""
    found: dict[str, list[Claim]] = {}
    for name, wanted in STATEMENTS.items():
        claims = dossier.happenings(**wanted) if "event" in wanted else dossier.find(**wanted)
        if claims:
            found[name] = [*claims]
    return found


def who_says_what(dossier: Dossier, found: Mapping[str, list[Claim]]) -> pd.DataFrame:
    """Statements, those of most voices first: a column an article, the last one counts voices.

    An article's cell is "stated", "differs" where another contradicts it, or "" where silent.
    """
    pairs = [pair.ids for pair in conflicts(dossier)]
    settled = {id for row in dossier.disagreements if row.kind == "reconciled" for id in row.claims}
    rows = []
    for name, claims in found.items():
        row = {"Statement": name}
        for key, article in dossier.articles.items():
            ids = {claim.id for claim in claims if claim.article == key}
            differs = any(pair & ids and not pair <= settled for pair in pairs)
            row[article.short] = "differs" if differs else "stated" if ids else ""
        ids = [claim.id for claim in claims]
        number = len(shared.voices(dossier, claims))
        rows.append(row | {"Voices": counted(number, ids, "independent voices")})
    return pd.DataFrame(sorted(rows, key=lambda row: -row["Voices"].point))


def matrix(
    told: pd.DataFrame, width: float, hollow: str = "differs", half: str = "", tinted: int = 1
) -> Figure:
    """Statements by article: a point where one states it, hollow where another contradicts it.

    The voices are printed at the ends of the rows; rows of a single one are tinted. On a narrow
    screen the articles' names stand upright. Other tables have other words for what is `hollow`
    or filled by `half`, and other counts at the ends of rows that are `tinted`.
    """
    names, *articles, end = told.columns
    figure, axes = plt.subplots(figsize=(width, 0.37 * marks.ROW * (len(told) + 2)))
    axes.xaxis.update_units([*articles, end])
    axes.yaxis.update_units(told[names])
    cells = told.melt(names, articles, "column", "cell").query("cell != ''")
    empty = cells["cell"].isin([hollow, half])
    for face, points in ((marks.PAPER, cells[empty]), (marks.NEUTRAL, cells[~empty])):
        axes.scatter(
            points["column"], points[names], s=36, color=face, edgecolor=marks.NEUTRAL,
            linewidth=1.6, zorder=3,
        )  # fmt: skip
    if half:
        points, left = cells[cells["cell"] == half], MarkerStyle("o", fillstyle="left")
        look = {"s": 36, "color": marks.NEUTRAL, "linewidth": 0, "zorder": 4}
        axes.scatter(points["column"], points[names], marker=left, **look)
    for row, count in enumerate(told[end]):
        axes.text(end, row, count.text("short"), ha="center", va="center_baseline")
        axes.hlines(row, -0.5, len(articles) - 0.5, color=marks.GRID, linewidth=0.7, zorder=1)
        if count.point == tinted:
            axes.axhspan(row - 0.5, row + 0.5, color=marks.GRID, alpha=0.55, linewidth=0)
    axes.set(xlim=(-0.5, len(articles) + 0.5), ylim=(len(told) - 0.5, -0.5))
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", labelrotation=90 if width < marks.WIDE else 0)
    return figure
