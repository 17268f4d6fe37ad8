"""One value as a mark: what is certain is solid, what is not is pale, hollow or an arrow."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from ..values.value import Value
from .sheet import PAPER

#: How far the arrow of an open end reaches, in inches.
ARROW = 0.22
#: The thickness of a bar and of a band, in inches.
_BAR, _BAND = 0.2, 0.1
#: Marks stand over the lines of a chart, and out over the ends of its axis.
_ON_TOP = {"zorder": 2, "clip_on": False}


def bar(
    axes: Axes,
    y: float,
    value: Value,
    color: str,
    *,
    hollow: bool = False,
    cell: float | None = None,
) -> None:
    """A bar from zero: solid up to what is certain, hollow where hedged, pale up to a bound.

    With `cell`, a solid bar is cut into lengths of that many.
    """
    low, high = value.bounds
    if low is not None:
        face = PAPER if value.blurred or hollow else color
        axes.barh(y, float(low), _BAR, color=face, edgecolor=color, lw=1.2, **_ON_TOP)
    if high is not None and high != low:
        start = float(low or 0)
        axes.barh(y, float(high) - start, _BAR, left=start, color=color, alpha=0.28, **_ON_TOP)
        ends = [y - _BAR / 2, y + _BAR / 2]
        axes.plot([float(high)] * 2, ends, color=color, lw=1.6, clip_on=False)
    if high is None or low is None:
        _arrow(axes, float(high if low is None else low), y, high is None, color)
    elif cell:
        _cut(axes, y, float(low), cell)


def _cut(axes: Axes, y: float, end: float, cell: float) -> None:
    """Thin cuts through a bar, one after each length of a cell."""
    xs: list[float] = []
    ys: list[float] = []
    for index in range(1, int(end / cell) + 1):
        if index * cell < end * 0.999:
            xs += [index * cell, index * cell, float("nan")]
            ys += [y - _BAR / 2, y + _BAR / 2, float("nan")]
    axes.plot(xs, ys, color=PAPER, lw=0.7, zorder=3, solid_capstyle="butt")


def point(axes: Axes, y: float, value: Value, color: str) -> None:
    """A point, filled when exact and hollow when hedged; a range is a band."""
    low, high = (None if bound is None else float(bound) for bound in value.bounds)
    if low is not None and high is not None and low != high:
        face = PAPER if value.blurred else color
        axes.barh(
            y, high - low, _BAND, left=low, color=face, edgecolor=color, lw=1.6, zorder=3,
            clip_on=False,
        )  # fmt: skip
        return
    where = high if low is None else low
    face = PAPER if value.blurred or low is None or high is None else color
    data = pd.DataFrame({"x": [where], "y": [y]})
    sns.scatterplot(
        data, x="x", y="y", s=52, facecolor=face, edgecolor=color, linewidth=1.8, ax=axes,
        zorder=4, legend=False, clip_on=False,
    )  # fmt: skip
    axes.set(xlabel="", ylabel="")
    if low is None or high is None:
        _arrow(axes, where, y, high is None, color)


def _arrow(axes: Axes, x: float, y: float, forward: bool, color: str) -> None:
    """An open or missing bound: an arrow into the side on which nothing bounds."""
    shift = ARROW * 72 if forward else -ARROW * 72
    axes.annotate(
        "",
        xy=(x, y),
        xytext=(shift, 0),
        textcoords="offset points",
        arrowprops={"arrowstyle": "<|-", "color": color, "lw": 1.4, "shrinkA": 0, "shrinkB": 0},
        zorder=5,
        annotation_clip=False,
    )
