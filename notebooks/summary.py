"""The chart and the table of the summary, which do not fit their cells.

Nothing is found here: what the summary tells is found in `shared`, as the chapters find it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import record as on_record
from briefing.claims.load import Dossier, Quantity
from briefing.report import marks
from briefing.report.text import Text, cited, line
from briefing.values.array import ValueDtype
from briefing.values.periods import Period
from shared import GUEST, Trade, bought_claim, latest, titled


def trade_by_partner(rows: Iterable[Trade]) -> pd.DataFrame:
    """Two-way trade where it is stated: Partner, When (a period), Two-way trade, Color."""
    told = [row for row in rows if row.two_way]
    return pd.DataFrame(
        {
            "Partner": [titled(row.partner.name.removeprefix("the ")) for row in told],
            "When": [row.two_way.period for row in told],
            "Two-way trade": pd.Series([row.two_way.value for row in told], dtype=ValueDtype()),
            "Color": [row.partner.color for row in told],
        }
    )


def deliveries(dossier: Dossier) -> pd.DataFrame:
    """The guest's share of deliveries on record: When (a window of years), Share delivered."""
    windows = on_record.rolling(dossier)
    return pd.DataFrame(
        {
            "When": [Period(str(last - on_record.SPAN + 1), str(last)) for last in windows],
            "Share delivered": pd.Series(list(windows.values()), dtype=ValueDtype()),
        }
    )


def small_trader(
    width: float, trade: pd.DataFrame, shares: pd.DataFrame, delivered: pd.DataFrame, color: str
) -> Figure:
    """Trade over the line of deliveries, and the claims of arms beside it; below, if narrow."""
    measures = shares.groupby("Measure", sort=False)
    left = ["trade"] * (len(trade) > 0) + ["delivered"] * (len(delivered) > 0)
    right = list(measures.groups)
    if width < marks.WIDE or not (left and right):
        grid = [[name] for name in (*left, *right)]
    else:
        # What stands below on the left is as high as the last of the right.
        deep = max(len(right), len(left))
        below = left[1:] or ["."] * (deep > 1)
        first = left[:1] * (deep - len(below)) + below
        grid = [list(row) for row in zip_longest(first, right, fillvalue=".")]
    rows = {"trade": len(trade), "delivered": 3, **measures.size()}
    cells = [name for row in grid for name in row]
    heights = [max((rows.get(n, 0) + 1.3) / cells.count(n) for n in row) for row in grid]
    figure, axes = plt.subplot_mosaic(
        grid, height_ratios=heights, figsize=(width, marks.ROW * (sum(heights) + 1))
    )
    if "trade" in axes:
        marks.bars(axes["trade"], trade["Partner"], trade["Two-way trade"], trade["Color"])
        axes["trade"].set_title(f"Two-way trade, {trade['When'].iloc[0].text()}")
        axes["trade"].set_xticks([])
        axes["trade"].spines["bottom"].set_visible(False)
    if "delivered" in axes:
        _line_of_windows(axes["delivered"], delivered, color)
    for measure, told in measures:
        names = [
            f"{when.text()} ({source})"
            for when, source in zip(told["When"], told["Source"], strict=True)
        ]
        marks.dots(axes[measure], names, told["Share"], color)
        axes[measure].set_title(measure)
        axes[measure].set_xlim(0, 100)
        axes[measure].set_xticks([0, 50, 100])
        axes[measure].xaxis.set_major_formatter("{x:g}%")
        axes[measure].tick_params(labelbottom=measure == right[-1])
    return figure


def _line_of_windows(axes: Axes, delivered: pd.DataFrame, color: str) -> None:
    """The share over windows, each at its last year; the highest and the last are labelled."""
    years = [int(when.end) for when in delivered["When"]]
    shares = delivered["Share delivered"].bounds.low.astype(float)
    axes.plot(years, shares, color=color, lw=1.8)
    for at, above in ((shares.argmax(), True), (len(shares) - 1, False)):
        when, share = delivered["When"].iloc[at], delivered["Share delivered"].iloc[at]
        axes.scatter(years[at], shares.iloc[at], s=30, color=color, zorder=3)
        axes.annotate(
            f"{share.text('short')}{', ' if above else chr(10)}{when.text()}",
            (years[at], shares.iloc[at]),
            (0, 5) if above else (7, 0),
            textcoords="offset points",
            ha="center" if above else "left",
            va="bottom" if above else "center",
        )
    axes.set_title("Share of deliveries on record")
    axes.set_ylim(0, 130)
    axes.set_yticks([0, 50, 100])
    axes.yaxis.set_major_formatter("{x:g}%")
    axes.grid(visible=True, axis="y")
    axes.grid(visible=False, axis="x")
    axes.xaxis.set_major_locator(plt.MultipleLocator(10))


def key_figures(dossier: Dossier, rows: Iterable[Trade], measures: Sequence[str]) -> pd.DataFrame:
    """The figures that a reader takes away, each with its period and source; the guest's first."""
    guest, bought = dossier.parties[GUEST], bought_claim(dossier)
    told: list[tuple[Text, Quantity]] = [
        (line("Two-way trade with {p}", p=row.partner), row.two_way)
        for row in sorted(rows, key=lambda row: row.partner.id != GUEST)
        if row.two_way
    ]
    for claim in latest(dossier, measures):
        label = titled(dossier.measures[claim.measure].label)
        told.append((line("{label}, {p}", label=label, p=guest), claim))
    if bought:
        told.append((line("Fighter aircraft and submarines bought from {p}", p=guest), bought))
    return pd.DataFrame(
        [
            {
                "Figure": title,
                "Period": claim.period,
                "Stated": line("{claim}", claim=claim),
                "Source": cited(dossier.sources([claim.id])),
            }
            for title, claim in told
        ]
    )
