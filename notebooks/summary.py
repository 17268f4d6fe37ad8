"""What the summary alone tells, and its chart.

What a chapter tells too is found in `shared`, so that the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from textwrap import fill

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from briefing.claims.load import Dossier
from briefing.report import marks
from briefing.report.text import Text, printed_period
from briefing.values.array import ValueDtype
from briefing.values.value import Value
from shared import GUEST, HOST, VISITOR, Trade, arms_claims, saying, sourced, titled


def trade_by_partner(rows: Iterable[Trade], every: Value | None) -> pd.DataFrame:
    """Trade where it is stated: Partner, When (a period), Trade, Color.

    In per cent of `every`, all trade in goods, where that is on record, else as it is stated.
    """
    told = [row for row in rows if row.two_way]
    trade = [row.two_way.value.share_of(every) if every else row.two_way.value for row in told]
    return pd.DataFrame(
        {
            "Partner": [titled(row.partner.name.removeprefix("the ")) for row in told],
            "When": [row.two_way.period for row in told],
            "Trade": pd.Series(trade, dtype=ValueDtype()),
            "Color": [row.partner.color for row in told],
        }
    )


def small_trader(
    width: float, trade: pd.DataFrame, shares: pd.DataFrame, delivered: pd.DataFrame, color: str
) -> Figure:
    """Trade, the line of deliveries, and what is claimed of arms, side by side; stacked, if narrow.

    Beside the line the claims are told in words: they have other bases, and no place on its axis.
    Without deliveries each measure has an axis of its own.
    """
    measures = shares.groupby("Measure", sort=False)
    side = width >= marks.WIDE and len(delivered) > 0
    panels = {"trade": len(trade)} if len(trade) else {}
    if len(delivered):
        panels |= {
            "delivered": 3.5 if side else 4,
            **({"claims": 3.5 if side else 5} if len(shares) else {}),
        }
    else:
        panels |= dict(measures.size())
    grid = [list(panels)] if side else [[name] for name in panels]
    heights = [max(panels.values())] if side else [rows + 1.2 for rows in panels.values()]
    wide = {"trade": 4, "delivered": 11, "claims": 1}
    figure, axes = plt.subplot_mosaic(
        grid,
        height_ratios=heights,
        width_ratios=[wide[name] for name in panels] if side else None,
        figsize=(width, marks.ROW * (sum(heights) + 1.4)),
    )
    if "trade" in axes:
        marks.bars(axes["trade"], trade["Partner"], trade["Trade"], trade["Color"])
        part = "Part of all trade" if trade["Trade"].array[0].unit == "%" else "Two-way trade"
        axes["trade"].set_title(f"{part}, {trade['When'].iloc[0].text()}")
        axes["trade"].set_xticks([])
        axes["trade"].spines["bottom"].set_visible(False)
    if "delivered" in axes:
        _line_of_windows(axes["delivered"], delivered, color)
    if "claims" in axes:
        _claims_in_words(axes["claims"], shares, side)
    for measure, told in measures if not len(delivered) else ():
        names = [
            f"{when} ({source})"
            for when, source in zip(told["Printed"], told["Source"], strict=True)
        ]
        marks.dots(axes[measure], names, told["Share"], color)
        axes[measure].set_title(measure)
        axes[measure].set_xlim(0, 100)
        axes[measure].xaxis.set_major_formatter("{x:g}%")
    return figure


def _claims_in_words(axes: Axes, shares: pd.DataFrame, wide: bool) -> None:
    """Each claim of a share in words: the figure, its measure, its period and source."""
    axes.set_axis_off()
    axes.set_title("In print")
    told = [(claim.Share.text("short"), claim) for claim in shares.itertuples()]
    for row, (share, claim) in enumerate(told):
        top = 1 - row / max(len(told), 4)
        small = {"va": "top", "transform": axes.transAxes}
        axes.text(0, top, share, weight="bold", **small)
        words = f"{claim.Measure}, {claim.Source}{chr(10) if wide else ', '}{claim.Printed}"
        axes.annotate(
            words if wide else fill(words, 23, break_long_words=False), (0, top), (64, 0),
            "axes fraction", "offset points", va="top", size=marks.SMALL, color=marks.MUTED,
        )  # fmt: skip


def _line_of_windows(axes: Axes, delivered: pd.DataFrame, color: str) -> None:
    """The share over windows, each at its last year; the highest and the last are labelled."""
    years = list(delivered.index)
    shares = delivered["share"].bounds.low.reset_index(drop=True)
    axes.plot(years, shares, color=color, lw=1.8)
    for at, above in ((shares.argmax(), True), (len(shares) - 1, False)):
        when, share = delivered["years"].iloc[at], delivered["share"].iloc[at]
        axes.scatter(years[at], shares.iloc[at], s=30, color=color, zorder=3)
        axes.annotate(
            f"{share.text('short')}{', ' if above else chr(10)}{when.text()}",
            (years[at], shares.iloc[at]),
            (0, 5) if above else (4, -6),
            textcoords="offset points",
            ha="center" if above else "right",
            va="bottom" if above else "top",
            in_layout=False,  # it may stand over the sides
        )
    axes.set_title("Share of deliveries")
    axes.set_ylim(0, 130)
    axes.set_yticks([0, 50, 100])
    axes.yaxis.set_major_formatter("{x:g}%")
    axes.grid(visible=True, axis="y")
    axes.grid(visible=False, axis="x")
    axes.xaxis.set_major_locator(plt.MultipleLocator(20))


def arms_shares(dossier: Dossier, measures: Iterable[str]) -> pd.DataFrame:
    """The guest's shares of the host's arms, in the order of the measures, earliest first.

    Columns: Measure, When (a period), Source, Share (a value in per cent).
    """
    claims = [claim for measure in measures for claim in arms_claims(dossier, measure)]
    return pd.DataFrame(
        {
            "Measure": [titled(dossier.measures[claim.measure].label) for claim in claims],
            "When": [claim.period for claim in claims],
            "Printed": [printed_period(claim) for claim in claims],
            "Source": [dossier.everyone[claim.article].short for claim in claims],
            "Share": pd.Series([claim.value for claim in claims], dtype=ValueDtype()),
        }
    )


def motives(dossier: Dossier, sources: Callable[[Iterable[str]], Text]) -> dict[str, list[Text]]:
    """What the host is said to seek in the guest, and what the guest wants, with `sources`.

    Each aim is told where a claim states it: in its columns and, where these hold more, its words.
    """
    ours: dict[str, str] = {"holder": HOST, "about": GUEST}
    asked: dict[str, list[tuple[str, str, dict[str, str]]]] = {
        "host": [
            ("arms", "", {**ours, "stance": "relies on", "topic": "arms"}),
            ("old ties", "", {**ours, "stance": "values", "topic": "ties"}),
            ("backing in the contested South China Sea", "South China Sea",
             {**ours, "stance": "relies on", "topic": "energy"}),
            ("a weight against China and the United States", "presses",
             {"holder": HOST, "stance": "hedges", "topic": "ties", "speaker": "alexander-vuving"}),
            ("an assurance that Russia’s closeness to China will not harm it", "assur",
             {**ours, "stance": "wants", "topic": "china"}),
        ],
        "guest": [
            ("to show that it is not alone", "isolat|alone",
             {"holder": GUEST, "stance": "wants", "topic": "image"}),
            ("to stay Vietnam’s chief supplier of arms", "chief supplier",
             {"holder": VISITOR, "about": HOST, "stance": "wants", "topic": "arms"}),
        ],
    }  # fmt: skip
    return {
        side: sourced(
            sources,
            *((words, saying(dossier.stances(**wanted), said)) for words, said, wanted in aims),
        )
        for side, aims in asked.items()
    }
