"""Happenings drawn in time: by year on a line, or by part of day in a grid.

What took place is a filled mark; what did not, or is only planned, a hollow one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..dossier.periods import Period
from .drawing import BAND, GRID, INK, NEUTRAL, PAPER, ROW, WIDTH, Drawing, name_rows
from .prose import Line

#: Where the label of a mark may stand, in points above or below it, best first.
_LEVELS = (7, -7, 18, -18)
#: The width of a letter of a label as a part of the width of the axis.
_LETTER = 0.0155


@dataclass(frozen=True)
class Moment:
    """One happening on a line: its row, where on the axis, and how it is drawn."""

    row: str
    low: float
    high: float
    label: str
    color: str = NEUTRAL
    hollow: bool = False
    marker: str = "o"
    claims: tuple[str, ...] = ()
    period: Period = Period()


def timeline(moments: Sequence[Moment], first: int, last: int, alt: Line) -> Drawing | None:
    """Happenings by year, one row an actor; a range is a bar, a plan is hollow."""
    if not moments:
        return None
    rows = list(dict.fromkeys(moment.row for moment in moments))
    figure, axes = plt.subplots(figsize=(WIDTH, 0.5 + 0.72 * len(rows)))
    for row in rows:
        here = [moment for moment in moments if moment.row == row]
        _lane(axes, rows.index(row), here, (last - first) or 1)
    name_rows(axes, rows)
    axes.set_xlim(first - (last - first) * 0.03 - 0.2, last + (last - first) * 0.05 + 0.8)
    ticks = matplotlib.ticker.MaxNLocator(integer=True, nbins=8, steps=[1, 2, 5, 10])
    years = [int(tick) for tick in ticks.tick_values(first, last) if first <= tick <= last]
    axes.set_xticks(years, [str(year) for year in years])
    axes.set_ylim(len(rows) - 0.45, -0.75)
    data = pd.DataFrame(
        [
            {"row": m.row, "what": m.label, "when": m.period, "claims": " ".join(m.claims)}
            for m in moments
        ]
    )
    return _of_moments(figure, data, alt, moments)


def grid(
    moments: Sequence[Moment], columns: Sequence[str], alt: Line, disputed: Iterable[str] = ()
) -> Drawing | None:
    """Moments in rows and columns, `low` being the column; shaded rows are disputed."""
    if not moments:
        return None
    rows = list(dict.fromkeys(moment.row for moment in moments))
    figure, axes = plt.subplots(figsize=(WIDTH, 0.75 + ROW * 0.9 * len(rows)))
    for index, row in enumerate(rows):
        if row in set(disputed):
            axes.axhspan(index - 0.5, index + 0.5, color=BAND, zorder=0, linewidth=0)
        _cells(axes, index, [moment for moment in moments if moment.row == row])
    name_rows(axes, rows)
    axes.set_xticks(range(len(columns)), columns)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", labelsize=8.5)
    axes.set_xlim(-0.5, len(columns) - 0.2)
    axes.spines["bottom"].set_visible(False)
    data = pd.DataFrame(
        [
            {
                "row": m.row,
                "column": columns[round(m.low)].replace("\n", " "),
                "mark": m.label,
                "hollow": "yes" if m.hollow else "no",
                "when": m.period,
                "claims": " ".join(m.claims),
            }
            for m in moments
        ]
    )
    return _of_moments(figure, data, alt, moments)


def _of_moments(
    figure: Figure, data: pd.DataFrame, alt: Line, moments: Sequence[Moment]
) -> Drawing:
    claims = dict.fromkeys(id for moment in moments for id in moment.claims)
    return Drawing(figure, data, alt, (), tuple(claims))


def _lane(axes: Axes, row: int, moments: Sequence[Moment], span: float) -> None:
    """The happenings of one row, each labelled where no other label stands."""
    axes.axhline(row, color=GRID, lw=0.8, zorder=0)
    taken: dict[int, float] = {}
    for moment in sorted(moments, key=lambda item: (item.low, item.high)):
        middle = (moment.low + moment.high) / 2
        if moment.high - moment.low > 0.02 * span:
            axes.plot(
                [moment.low, moment.high], [row, row], color=moment.color, lw=6,
                solid_capstyle="butt", alpha=0.35 if moment.hollow else 0.8, zorder=2,
            )  # fmt: skip
        else:
            axes.scatter(
            [middle], [row], s=52, marker=moment.marker, linewidth=1.6, zorder=3,
            facecolor=PAPER if moment.hollow else moment.color, edgecolor=moment.color,
        )  # fmt: skip
        half = len(moment.label) * _LETTER * span / 2
        level = next((at for at in _LEVELS if taken.get(at, -1e9) < middle - half), _LEVELS[-1])
        taken[level] = middle + half
        axes.annotate(
            moment.label, (middle, row), xytext=(0, level), textcoords="offset points", zorder=4,
            ha="center", va="bottom" if level > 0 else "top", fontsize=8.5, color=INK,
        )  # fmt: skip


def _cells(axes: Axes, row: int, moments: Sequence[Moment]) -> None:
    """The marks of one row; sources that name the same part of day share a mark."""
    spots: dict[tuple[float, bool], list[Moment]] = {}
    for moment in moments:
        spots.setdefault((moment.low, moment.hollow), []).append(moment)
    for (column, hollow), here in spots.items():
        face = PAPER if hollow else here[0].color
        axes.scatter(
            [column - 0.3],
            [row],
            s=46,
            facecolor=face,
            edgecolor=here[0].color,
            linewidth=1.5,
            zorder=3,
        )
        names = ", ".join(dict.fromkeys(moment.label for moment in here))
        axes.annotate(
            names,
            (column - 0.3, row),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=INK,
        )
