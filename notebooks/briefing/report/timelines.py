"""Happenings drawn in time: by year on a line, or by part of day in a grid.

What took place is a filled mark; what did not, or is only planned, a hollow one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..values.periods import Period
from ..values.value import Value, counted
from .drawing import Drawing
from .grids import GridCell, draw_grid
from .rows import TICKS, AxisScale
from .sheet import (
    GAP,
    GRID,
    MUTED,
    NEUTRAL,
    PAPER,
    SMALL,
    Sheet,
    height_of,
    widest,
    width_of,
    wrapped,
)
from .text import Text, line, listed, named

#: Half of a mark, the height of a row and the room between groups, in inches.
_HALF, _ROW, _BETWEEN = 0.06, 0.225, 0.08
#: Room in inches at the sides of the years, for half of a tick's label.
_SIDE = 0.14
#: The largest part of a drawing's width that the names of rows may take.
_NAMES = 0.24


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


def timeline(moments: Sequence[Moment], first: int, last: int, description: Text) -> Drawing | None:
    """Happenings by year, grouped by row; a range is a bar, a plan is hollow."""
    if not moments:
        return None
    data = pd.DataFrame(
        [
            {"row": m.row, "what": m.label, "when": m.period, "claims": " ".join(m.claims)}
            for m in moments
        ]
    )
    draw = partial(_draw_timeline, moments, first, last)
    return _of_moments(draw, data, _line_alt(moments), description, moments)


def grid(
    moments: Sequence[Moment],
    columns: Sequence[str],
    description: Text,
    disputed: Iterable[str] = (),
) -> Drawing | None:
    """Moments in rows and columns, `low` being the column; shaded rows are disputed."""
    if not moments:
        return None
    cells = [GridCell(m.row, round(m.low), m.label, m.color, m.hollow, m.marker) for m in moments]
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
    disputed = [row for row in dict.fromkeys(m.row for m in moments) if row in set(disputed)]
    draw = partial(draw_grid, cells, columns, disputed)
    alt = _grid_alt(moments, columns, disputed)
    return _of_moments(draw, data, alt, description, moments)


def _of_moments(
    draw: Callable[[float], Figure],
    data: pd.DataFrame,
    alt: Text,
    description: Text,
    moments: Sequence[Moment],
) -> Drawing:
    return Drawing(draw, data, alt, description, (), _claims(moments))


def _claims(moments: Iterable[Moment]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for moment in moments for id in moment.claims))


# In words ----------------------------------------------------------------------------


def _line_alt(moments: Sequence[Moment]) -> Text:
    """How many happenings a line of years shows, and the first and the last."""
    rows = listed(named(row) for row in dict.fromkeys(moment.row for moment in moments))
    ranked = sorted(moments, key=lambda moment: (moment.low, moment.high))
    if len(moments) == 1:
        return line("A mark on a line of years, {rows}: {it}.", rows=rows, it=_dated(ranked[0]))
    return line(
        "A line of years with {number:count happening/happenings} under {rows}: "
        "from {first} to {last}.",
        number=_count(moments, "happenings"),
        rows=rows,
        first=_dated(ranked[0]),
        last=_dated(ranked[-1]),
    )


def _dated(moment: Moment) -> Text:
    label = named(moment.label)
    if not moment.period.stated:
        return label
    return line("{label} ({when})", label=label, when=moment.period)


def _grid_alt(moments: Sequence[Moment], columns: Sequence[str], disputed: Sequence[str]) -> Text:
    """How many marks of each kind a grid holds, and which rows hold most or differ."""
    rows = list(dict.fromkeys(moment.row for moment in moments))
    held = {row: {m.low for m in moments if m.row == row} for row in rows}
    most = max(rows, key=lambda row: len(held[row]))
    drawn = {(moment.row, moment.low, moment.hollow): moment for moment in moments}.values()
    hollow = [moment for moment in drawn if moment.hollow]
    filled = [moment for moment in drawn if not moment.hollow]
    alt = line(
        "A grid of {rows:count row/rows} by {columns:count column/columns} with "
        "{filled:count filled mark/filled marks} and {hollow:count hollow mark/hollow marks}; "
        "{most} has marks in the most columns, {number:words}.",
        rows=counted(len(rows), _claims(moments), "rows"),
        columns=counted(len(columns), _claims(moments), "columns"),
        filled=_count(filled, "filled"),
        hollow=_count(hollow, "hollow"),
        most=named(most),
        number=counted(len(held[most]), _claims(moments), "columns held"),
    )
    shaded = line(" Shaded: {rows}.", rows=listed(named(row) for row in disputed))
    return alt + shaded if disputed else alt


def _count(moments: Sequence[Moment], what: str) -> Value:
    return counted(len(moments), _claims(moments), what)


# A line of years ---------------------------------------------------------------------


def _draw_timeline(moments: Sequence[Moment], first: int, last: int, width: float) -> Figure:
    sheet = Sheet(width)
    groups = {name: [m for m in moments if m.row == name] for name in (m.row for m in moments)}
    names = {name: wrapped(name, width * _NAMES) for name in groups}
    left = 0.0 if sheet.narrow else widest(list(names.values())) + GAP
    scale = AxisScale(first, max(last, first + 1, *(moment.high for moment in moments)))
    start, plot = left + _SIDE, width - left - 2 * _SIDE
    marks, rules = [], []
    for name, group in groups.items():
        if rules:
            sheet.depth += _BETWEEN
        rules.append(sheet.depth)
        sheet.depth += _BETWEEN
        end = sheet.depth
        if sheet.narrow:
            sheet.heading(name)
        else:
            sheet.write(0, sheet.depth + 0.02, names[name])
            end += height_of(names[name])
        for moment in sorted(group, key=lambda item: (item.low, item.high)):
            ends = (start + plot * scale.part(moment.low), start + plot * scale.part(moment.high))
            marks.append((moment, _write_words(sheet, moment, ends, left)))
        sheet.depth = max(sheet.depth, end)
    sheet.depth += _BETWEEN
    axes = sheet.panel(start, plot, 0)
    for moment, y in marks:
        _draw_moment(axes, moment, y, 0.02 * (scale.high - scale.low))
    for y in rules[1:]:
        at = {"transform": axes.get_yaxis_transform(), "clip_on": False}
        axes.plot([-start / plot, 1 + _SIDE / plot], [y, y], color=GRID, lw=0.7, **at)
    set_years(axes, first, last, scale, 8 if plot > 3 else 5)
    sheet.depth += TICKS
    return sheet.finish()


def _write_words(sheet: Sheet, moment: Moment, ends: tuple[float, float], left: float) -> float:
    """Write what happened, and when, beside a mark or above it; return the mark's height."""
    when = moment.period.text() if moment.period.stated else ""
    label, date = width_of(moment.label), width_of(when, SMALL)
    long = label + GAP * 0.7 + date if when else label
    room = _HALF + GAP * 0.8
    middle = sheet.depth + _ROW / 2
    if ends[1] + room + long <= sheet.width:
        at = ends[1] + room
    elif ends[0] - room - long >= left:
        at = ends[0] - room - long
    else:
        at = max(left, min(ends[0], sheet.width - long))
        sheet.depth += height_of(moment.label)
    sheet.write(at, middle, moment.label, va="center", over=True)
    sheet.write(at + long - date, middle, when, SMALL, MUTED, va="center", over=True)
    sheet.depth += _ROW
    return sheet.depth - _ROW / 2


def _draw_moment(axes: Axes, moment: Moment, y: float, instant: float) -> None:
    """A mark, or a bar where it lasts for more than an instant on this axis."""
    if moment.high - moment.low > instant:
        axes.barh(
            y, moment.high - moment.low, 0.1, left=moment.low, color=moment.color,
            alpha=0.28 if moment.hollow else 1, zorder=2, clip_on=False,
        )  # fmt: skip
        if moment.hollow:
            axes.barh(
                y, moment.high - moment.low, 0.1, left=moment.low, fill=False,
                edgecolor=moment.color, lw=1, zorder=2, clip_on=False,
            )  # fmt: skip
        return
    axes.scatter(
        [(moment.low + moment.high) / 2], [y], s=48, marker=moment.marker, linewidth=1.6,
        facecolor=PAPER if moment.hollow else moment.color, edgecolor=moment.color, zorder=3,
        clip_on=False,
    )  # fmt: skip


def set_years(axes: Axes, first: int, last: int, scale: AxisScale, number: int) -> None:
    """Ticks at whole years, about so many, from a first to a last one."""
    axes.set_xlim(scale.low, scale.high)
    ticks = matplotlib.ticker.MaxNLocator(integer=True, nbins=number, steps=[1, 2, 5, 10])
    years = [int(tick) for tick in ticks.tick_values(first, last) if first <= tick <= last]
    axes.set_xticks(years, [str(year) for year in years])
