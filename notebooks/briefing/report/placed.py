"""Whether the marks of a figure lie where the values of its data lie.

Each place at which something is drawn is held against the bounds and the dates of the rows that
it stands for. A bar drawn ten per cent too high looks like any other; only this finds it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import matplotlib.dates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.container import BarContainer
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..values.periods import Period, first_day, last_day
from ..values.value import Value

_BY_DATE = (
    matplotlib.dates.AutoDateFormatter,
    matplotlib.dates.ConciseDateFormatter,
    matplotlib.dates.DateFormatter,
)


class PlacedRow(NamedTuple):
    """A row of the data: what it may be called, its values by column, its periods."""

    names: set[str]
    values: Mapping[str, Value]
    periods: list[Period]

    @property
    def places(self) -> set[float]:
        """Where a mark may begin or end: zero, bounds, and days and years of periods."""
        ends = {float(end) for value in self.values.values() for end in value.bounds if end}
        for period in self.periods:
            for edge, day in ((period.start, first_day), (period.end, last_day)):
                if edge:
                    number = date2num(day(edge))
                    ends |= {number, number + 1, float(edge[:4])}
        return ends | {0.0}

    @property
    def lengths(self) -> set[float]:
        """How long a bar may be that stands on another: a bound, or from one to the other."""
        pairs = [[float(end) for end in value.bounds if end] for value in self.values.values()]
        return {abs(end) for pair in pairs for end in pair} | {max(p) - min(p) for p in pairs if p}


def near(number: float, known: Iterable[float]) -> bool:
    """Whether a number is one of those known, but for what floats lose."""
    return any(math.isclose(number, one, rel_tol=1e-6, abs_tol=1e-9) for one in known)


def typed_ticks(axis: Axis) -> Iterator[str]:
    """The labels of ticks, but for those that are their own places or dates on the axis."""
    for formatter, places in (
        (axis.get_major_formatter(), axis.get_majorticklocs()),
        (axis.get_minor_formatter(), axis.get_minorticklocs()),
    ):
        for place, label in zip(places, formatter.format_ticks(list(places)), strict=False):
            plain = re.sub(r"(?<=\d),(?=\d{3})", "", label.replace("−", "-"))
            found = re.findall(r"-?\d+(?:\.\d+)?", plain)
            decimals = len(found[0].partition(".")[2]) if found else 0
            own = len(found) == 1 and float(found[0]) == round(float(place), decimals)
            # A power is written as mathematics, which `pictures.fit` makes a number again.
            power = "mathdefault" in label
            if label and not own and not power and not isinstance(formatter, _BY_DATE):
                yield label


class PlacedScale:
    """One axis: whether its ticks are names, or tell places; and which rows stand where."""

    def __init__(self, axis: Axis, rows: list[PlacedRow]) -> None:
        self.rows = rows
        self.named = any(typed_ticks(axis))
        labels = axis.get_major_formatter().format_ticks(places := list(axis.get_majorticklocs()))
        self.names = list(zip(places, labels, strict=False)) if self.named else []
        ticks = axis.get_major_ticks() if axis.get_visible() else []
        self.told = any(tick.label1.get_visible() or tick.label2.get_visible() for tick in ticks)

    def rows_at(self, place: float) -> list[PlacedRow]:
        """The rows that are named at a place; all of them where none is."""
        names = {" ".join(label.split()) for at, label in self.names if abs(at - place) < 0.5}
        return [row for row in self.rows if names & row.names] or self.rows

    def known_at(self, place: float) -> set[float]:
        """Where on the other axis a mark may lie that stands here."""
        return set().union(*(row.places for row in self.rows_at(place)))


def check_marks(figure: Figure, rows: list[PlacedRow]) -> list[str]:
    """The forms of marks in a figure: "bars", "lines" ….

    Raises ValueError, in one sentence, for a mark that lies where no value of the data does.
    """
    forms: dict[str, None] = {}
    for axes in figure.findobj(Axes):
        x, y = scales = PlacedScale(axes.xaxis, rows), PlacedScale(axes.yaxis, rows)
        held = [group for group in axes.containers if isinstance(group, BarContainer)]
        bars = {bar: group.orientation == "horizontal" for group in held for bar in group.patches}
        forms |= dict.fromkeys(_check_bars(bars, x, y))
        ends = {
            float(end)
            for bar, flat in bars.items()
            for end in bar.get_bbox().get_points()[:, int(not flat)]
        }
        marks: list[Any] = [*axes.patches, *axes.lines, *axes.collections, *axes.images]
        places: Any
        for mark in marks:
            if mark in bars:
                continue
            if mark in axes.images or isinstance(mark, QuadMesh):
                _check_cells(mark.get_array(), rows)
                forms["cells"] = None
                continue
            if mark in axes.patches:
                path = mark.get_patch_transform().transform_path(mark.get_path())
                transform, places = mark.get_data_transform(), path.vertices
            elif mark in axes.lines:
                transform, places = mark.get_transform(), mark.get_xydata()
                forms |= {"lines": None} if len(places) > 2 else {}
            elif isinstance(mark, PathCollection):
                transform, places = mark.get_offset_transform(), mark.get_offsets()
                forms |= {"points": None} if len(places) else {}
            else:
                transform = mark.get_transform()
                places = [place for path in mark.get_paths() for place in path.vertices]
            by_data = transform.contains_branch_seperately(axes.transData)
            _check_places(by_data, places, scales, ends)
        if forms and "log" in (axes.get_xscale(), axes.get_yscale()):
            forms = {f"{form.partition(' on')[0]} on a logarithmic scale": None for form in forms}
    return list(forms) or ["marks"]


def _check_bars(bars: Mapping[Rectangle, bool], x: PlacedScale, y: PlacedScale) -> Iterator[str]:
    """Bars go from one place of their row to another, or from one, or a bar, on by a length."""
    drawn = []
    for bar, flat in bars.items():
        (x0, y0), (x1, y1) = bar.get_bbox().get_points()
        ends, middle = ((x0, x1), (y0 + y1) / 2) if flat else ((y0, y1), (x0 + x1) / 2)
        if np.isfinite([*ends, middle]).all() and ends[0] != ends[1]:
            drawn.append((min(ends), max(ends), middle, y if flat else x))
    for low, high, middle, names in drawn:
        rows, known = names.rows_at(middle), names.known_at(middle)
        below = {far for _, far, at, _ in drawn if math.isclose(at, middle) and far < high}
        lengths = set().union(*(row.lengths for row in rows))
        stacked = low and near(low, known | below) and near(high - low, lengths)
        if not stacked and not (near(low, known) and near(high, known)):
            row = "its row of the data" if rows is not names.rows else "the data"
            raise ValueError(
                f"a bar of the chart goes from {low:g} to {high:g}, "
                f"where no value in {row} begins or ends"
            )
        days = any(abs(low) > 3000 and row.periods for row in rows)
        kind = "bars" if near(0.0, {low, high}) else "stacked bars" if near(low, below) else "bands"
        yield "a line of time" if days else kind


def _check_places(
    by_data: tuple[bool, bool],
    places: Any,
    scales: tuple[PlacedScale, PlacedScale],
    ends: set[float],
) -> None:
    """Refuse a place that no value or date of the data has, nor a bar among its `ends`.

    Along a named axis a mark may lie anywhere; where an axis has no labels, it tells no place,
    and the other one has to.
    """
    for place in np.ma.filled(np.ma.asarray(places, dtype=float), np.nan):
        asked = []
        for way in (0, 1):
            here, other = scales[way], scales[1 - way]
            if by_data[way] and not here.named and np.isfinite(place).all():
                row = place[1 - way] if other.named and by_data[1 - way] else np.nan
                known = other.known_at(row) | ends
                asked.append((here.told, near(place[way], known)))
        if asked and not (all(ok for told, ok in asked if told) and any(ok for _, ok in asked)):
            raise ValueError(
                f"a mark of the chart lies at {place[0]:g}, {place[1]:g}, "
                "where no value of the data lies"
            )


def _check_cells(cells: Any, rows: list[PlacedRow]) -> None:
    """Refuse a coloured cell whose number is no bound of a value."""
    known = set().union(*(row.places for row in rows))
    numbers: Any = np.ma.filled(np.ma.asarray(cells, dtype=float), np.nan)
    for cell in numbers.ravel():
        if np.isfinite(cell) and not near(cell, known):
            raise ValueError(f"a cell of the chart stands for {cell:g}, which is not in the data")
