"""Rows of marks on one axis: each with its name and its value, none over another."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import matplotlib
from matplotlib.axes import Axes

from .sheet import (
    BAND,
    GAP,
    GRID,
    MUTED,
    SMALL,
    Sheet,
    height_of,
    widest,
    width_of,
    wrapped,
)  # fmt: skip

#: The height in inches of a row beside its name, and of the mark under a name.
_ROW, _UNDER = 0.31, 0.25
#: Room in inches at the sides of an axis, for half of a mark or of a tick's label.
_SIDE = 0.09
#: From the end of a track to the words after it, in inches: clear of a mark on its end.
_TRACK_END = 0.16
#: The largest part of a drawing's width that names may take.
_NAMES = 0.36
#: Room in inches for the labels of ticks, and for the unit under them.
TICKS, _UNIT = 0.2, 0.16


@dataclass(frozen=True)
class AxisRow:
    """One row: its words, how its mark is drawn at a height, and how far that reaches."""

    label: str
    value: str
    draw: Callable[[Axes, float], None]
    end: float  #: on the axis
    beyond: float = 0.0  #: in inches after that
    detail: str = ""  #: what follows the label, smaller
    note: str = ""  #: what follows the value, smaller


@dataclass(frozen=True)
class AxisScale:
    """An axis from left to right; `track` draws the whole of it behind each mark."""

    low: float
    high: float
    log: bool = False
    ticks: tuple[float, ...] = ()
    percent: bool = False
    track: bool = False

    def tick(self, number: float) -> str:
        """How a number is written at the axis."""
        return f"{number:,g}" + ("%" if self.percent and number == self.high else "")

    def part(self, number: float) -> float:
        """Where a number lies, from nought at the left to one at the right."""
        if self.log:
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low)


def room_for_names(sheet: Sheet, rows: Sequence[AxisRow]) -> float:
    """How far from the left the axis begins, so that names have room beside it."""
    if sheet.narrow:
        return 0.0
    names = [wrapped(row.label, sheet.width * _NAMES) for row in rows]
    details = [wrapped(row.detail, sheet.width * _NAMES, SMALL) for row in rows]
    return max(widest(names), widest(details, SMALL)) + GAP


def head_rows(sheet: Sheet, title: str, left: float) -> None:
    """The title of rows whose axis begins at `left`, over that axis or over their names."""
    sheet.heading(title, 0.0 if sheet.narrow else left + _SIDE)


def plot_rows(
    sheet: Sheet,
    rows: Sequence[AxisRow],
    scale: AxisScale,
    left: float,
    plot: float,
    unit: str = "",
    *,
    ticked: bool = True,
    guide: float | None = None,
) -> None:
    """Rows under what is on the sheet, their axis `plot` inches long; `unit` stands under it.

    A line at `guide` runs through all rows; no value is written across it.
    """
    top, start = sheet.depth, left + _SIDE
    middles = _named_above(sheet, rows) if sheet.narrow else _named_beside(sheet, rows, left)
    axes = sheet.panel(start, plot, top)
    for row, middle in zip(rows, middles, strict=True):
        if scale.track:
            axes.barh(middle - top, scale.high, 0.1, color=BAND, zorder=1, clip_on=False)
        row.draw(axes, middle - top)
        if not sheet.narrow:
            x = start + plot * _part_before_value(row, scale, plot, guide)
            x += _TRACK_END if scale.track else GAP + row.beyond
            sheet.write(x, middle, row.value, va="center", over=not scale.track)
            x += width_of(row.value) + GAP
            sheet.write(x, middle, row.note, SMALL, MUTED, va="center", over=not scale.track)
    _set_axis(axes, scale, plot)
    _rule(axes, [middle - top for middle in middles] if sheet.narrow else [], guide)
    if ticked:
        sheet.depth += TICKS + (_UNIT if unit else 0)
        axes.set_xlabel(unit)
    else:
        axes.tick_params(axis="x", labelbottom=False)


def _part_before_value(row: AxisRow, scale: AxisScale, plot: float, guide: float | None) -> float:
    """After which part of the axis a row's value stands: after its mark, or a line beyond it."""
    if scale.track:
        return 1.0
    end = scale.part(row.end)
    if guide is None:
        return end
    line = scale.part(guide)
    needed = (row.beyond + width_of(row.value) + 2 * GAP) / plot
    return line if end < line < end + needed else end


def length_of_axis(sheet: Sheet, rows: Sequence[AxisRow], scale: AxisScale, left: float) -> float:
    """How long in inches an axis may be that begins at `left`, so that all words have room."""
    tick = width_of(scale.tick(scale.high), SMALL) / 2
    if sheet.narrow:
        return sheet.width - _SIDE - max(_SIDE, tick, *(row.beyond for row in rows))
    room = sheet.width - left - _SIDE
    notes = [GAP + width_of(row.note, SMALL) if row.note else 0 for row in rows]
    words = [width_of(row.value) + note for row, note in zip(rows, notes, strict=True)]
    if scale.track:
        return room - _TRACK_END - max(words)
    parts = [max(scale.part(row.end), 0.01) for row in rows]
    needs = [
        (room - GAP - row.beyond - width) / part
        for row, width, part in zip(rows, words, parts, strict=True)
    ]
    # A value may have to stand beyond the longest mark.
    beyond = [(room - GAP - max(words)) / max(parts)] if len(rows) > 1 else []
    return min(room - tick, *needs, *beyond)


def _rule(axes: Axes, middles: Sequence[float], guide: float | None) -> None:
    """Lines behind the marks; where names stand above these, not through the names."""
    axes.grid(visible=not middles and axes.spines["bottom"].get_visible(), axis="x")
    if guide is not None and not middles:
        axes.axvline(guide, color=MUTED, lw=1, zorder=1)
    half = _UNDER / 2 - 0.01
    for middle in middles:
        ends = (middle - half, middle + half)
        if axes.spines["bottom"].get_visible():
            axes.vlines(axes.get_xticks(), *ends, color=GRID, lw=0.7, zorder=0)
        if guide is not None:
            axes.vlines(guide, *ends, color=MUTED, lw=1, zorder=1)


def _named_beside(sheet: Sheet, rows: Sequence[AxisRow], left: float) -> list[float]:
    """Write the names at the left; return the middle of each row, in inches from the top."""
    middles = []
    for row in rows:
        label = wrapped(row.label, left - GAP)
        detail = wrapped(row.detail, left - GAP, SMALL)
        words = height_of(label) + height_of(detail, SMALL)
        height = max(_ROW, words + 0.1)
        middles.append(sheet.depth + height / 2)
        upper = middles[-1] - words / 2
        at = left - GAP
        sheet.write(at, upper + height_of(label) / 2, label, ha="right", va="center")
        lower = upper + height_of(label) + height_of(detail, SMALL) / 2
        sheet.write(at, lower, detail, SMALL, MUTED, ha="right", va="center")
        sheet.depth += height
    return middles


def _named_above(sheet: Sheet, rows: Sequence[AxisRow]) -> list[float]:
    """Write each name and value over its mark; return the middles of the marks."""
    middles = []
    for row in rows:
        sheet.labelled(row.label, row.value, row.detail, row.note)
        middles.append(sheet.depth + _UNDER / 2)
        sheet.depth += _UNDER + 0.05
    return middles


def _set_axis(axes: Axes, scale: AxisScale, plot: float) -> None:
    """The limits and the ticks of an axis; none lies beyond its ends."""
    if scale.log:
        axes.set_xscale("log")
        locator = matplotlib.ticker.LogLocator(subs=(1, 3))
        axes.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
    else:
        locator = matplotlib.ticker.MaxNLocator(nbins=6 if plot > 3 else 4)
    found = scale.ticks or locator.tick_values(scale.low, scale.high)
    ticks = [tick for tick in found if scale.low <= tick <= scale.high]
    axes.set_xticks(ticks, [scale.tick(tick) for tick in ticks])
    axes.set_xlim(scale.low, scale.high)
    if scale.track:
        axes.spines["bottom"].set_visible(False)
