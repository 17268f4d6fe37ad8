"""The chart of the summary, which does not fit its cell.

Nothing is found here: what the summary tells is found in `shared`, as the chapters find it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from briefing.report import marks
from briefing.values.array import ValueDtype
from briefing.values.value import Value
from shared import Trade, titled


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
        marks.bars(axes["trade"], trade["Partner"], trade["Trade"], trade["Color"])
        part = "Part of all trade" if trade["Trade"].array[0].unit == "%" else "Two-way trade"
        axes["trade"].set_title(f"{part}, {trade['When'].iloc[0].text()}")
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
    years = list(delivered.index)
    shares = delivered["share"].bounds.low.reset_index(drop=True)
    axes.plot(years, shares, color=color, lw=1.8)
    for at, above in ((shares.argmax(), True), (len(shares) - 1, False)):
        when, share = delivered["years"].iloc[at], delivered["share"].iloc[at]
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
