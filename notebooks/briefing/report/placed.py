"""Whether the marks of a figure lie where the values of its data lie.

Each place at which something is drawn is held against the bounds and the dates of the rows that
it stands for. A bar drawn ten per cent too high looks like any other; only this finds it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import matplotlib.dates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.container import BarContainer
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from ..values.periods import Period, first_day, last_day
from ..values.value import Value
from .text import Text, shown

_BY_DATE = (
    matplotlib.dates.AutoDateFormatter,
    matplotlib.dates.ConciseDateFormatter,
    matplotlib.dates.DateFormatter,
)


@dataclass
class PlacedRow:
    """A row of the data: its words and its values by column, its periods and how they are told."""

    words: dict[str, object]
    values: dict[str, Value]
    periods: list[Period]
    dates: list[Text]

    @cached_property
    def names(self) -> set[str]:
        """What it may be called."""
        return {spaced(cell) for cell in (*self.words.values(), *self.dates)}

    @cached_property
    def places(self) -> set[float]:
        """Where a mark may begin or end: zero, bounds, and days and years of periods."""
        ends = {float(end) for value in self.values.values() for end in value.bounds if end}
        for period in self.periods:
            for edge, day in ((period.start, first_day), (period.end, last_day)):
                if edge:
                    number = date2num(day(edge))
                    ends |= {number, number + 1, float(edge[:4])}
        return ends

    @cached_property
    def spans(self) -> set[float]:
        """From one bound to the other of each value, which may stand on another bar."""
        return {float(it.high - it.low) for it in self.values.values() if it.low and it.high}


def spaced(cell: object) -> str:
    """The words of a cell, which nobody has checked, single blanks between them.

    Blanks without width tell names apart that would share a row of a chart.
    """
    words = cell if isinstance(cell, str) else str(shown(cell))
    return " ".join(words.replace("\u200b", "").split())


def near(number: float, known: Iterable[float]) -> bool:
    """Whether a number is one of those known, but for what floats lose."""
    return any(math.isclose(number, one, rel_tol=1e-6, abs_tol=1e-9) for one in known)


def all_known(rows: Iterable[PlacedRow]) -> set[float]:
    """Where a mark may lie that stands for some rows."""
    return set().union({0.0}, *(row.places for row in rows))


def numbers_in(held: Any) -> Any:
    """What matplotlib holds of a mark as an array of floats, NaN where it is masked."""
    return np.ma.filled(np.ma.asarray(held, dtype=float), np.nan)


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
        names = {spaced(label) for at, label in self.names if abs(at - place) < 0.5}
        return [row for row in self.rows if names & row.names] or self.rows


def zones(figure: Figure, rows: list[PlacedRow]) -> list[tuple[list[int], list[float]]]:
    """Where rows of the data stand in a figure as it is laid out: which of them, and the band.

    A band runs along a name on an axis, or where years are the axis up and down at one: left, top,
    width and height, in per cent of the figure. What is not named has no band.
    """
    found = []
    size = figure.bbox.size
    for axes in (it for it in figure.axes if it.axison):
        x, y = PlacedScale(axes.xaxis, rows), PlacedScale(axes.yaxis, rows)
        way = 1 if y.named else 0
        names = (x, y)[way].names
        held = [(at, (x, y)[way].rows_at(at)) for at, _ in names]
        if not names and not isinstance(axes.xaxis.get_major_formatter(), _BY_DATE):
            ends = [{float(it.end[:4]) for it in row.periods if it.end} for row in rows]
            years = sorted(set().union(*ends))
            held = [(at, [rows[i] for i, own in enumerate(ends) if at in own]) for at in years]
        low, high = sorted(axes.get_ylim() if way else axes.get_xlim())
        around: Any = axes.get_tightbbox()
        left, bottom, right, top = around.extents
        for at, of in held:
            if of is rows or not low <= at <= high:
                continue
            edges = [[at - 0.5] * 2, [at + 0.5] * 2]
            one, other = sorted(axes.transData.transform(edges)[:, way])
            box = (left, one, right, other) if way else (one, bottom, other, top)
            x0, y0, x1, y1 = (100 * edge / size[i % 2] for i, edge in enumerate(box))
            panel = spaced(axes.get_title())
            of = [row for row in of if panel in row.names] or of
            which = [i for i, row in enumerate(rows) if any(row is it for it in of)]
            found.append((which, [round(it, 1) for it in (x0, 100 - y1, x1 - x0, y1 - y0)]))
    return found


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
        sides = [bar.get_bbox().get_points()[:, int(not flat)] for bar, flat in bars.items()]
        ends = {float(end) for side in sides for end in side}
        marks: list[Any] = [*axes.patches, *axes.lines, *axes.collections, *axes.images]
        for mark in (mark for mark in marks if mark not in bars):
            if isinstance(mark, AxesImage | QuadMesh):
                forms["cells"] = None
                for cell in numbers_in(mark.get_array()).ravel():
                    if np.isfinite(cell) and not near(cell, all_known(rows)):
                        raise ValueError(
                            f"a cell of the chart stands for {cell:g}, which is not in the data"
                        )
                continue
            form, transform, places = _placed(mark)
            forms |= {form: None} if form else {}
            by_data = transform.contains_branch_seperately(axes.transData)
            _check_places(by_data, places, scales, ends)
        if forms and "log" in (axes.get_xscale(), axes.get_yscale()):
            forms = {f"{form.partition(' on')[0]} on a logarithmic scale": None for form in forms}
    return list(forms) or ["marks"]


def _placed(mark: Any) -> tuple[str, Any, Any]:
    """The form of a mark that is no bar, "" where it has no name; by what it is placed, where."""
    places: Any
    if isinstance(mark, Patch):
        path = mark.get_patch_transform().transform_path(mark.get_path())
        return "", mark.get_data_transform(), path.vertices
    if isinstance(mark, Line2D):
        places = mark.get_xydata()
        return "lines" if len(places) > 2 else "", mark.get_transform(), places
    if isinstance(mark, PathCollection):
        places = mark.get_offsets()
        return "points" if len(places) else "", mark.get_offset_transform(), places
    places = [place for path in mark.get_paths() for place in path.vertices]
    return "", mark.get_transform(), places


def _check_bars(bars: Mapping[Rectangle, bool], x: PlacedScale, y: PlacedScale) -> Iterator[str]:
    """Bars go from one place of their row to another, or from one, or a bar, on by a length."""
    drawn = []
    for bar, flat in bars.items():
        (x0, y0), (x1, y1) = bar.get_bbox().get_points()
        ends, middle = ((x0, x1), (y0 + y1) / 2) if flat else ((y0, y1), (x0 + x1) / 2)
        if np.isfinite([*ends, middle]).all() and ends[0] != ends[1]:
            drawn.append((min(ends), max(ends), middle, y if flat else x))
    for low, high, middle, names in drawn:
        rows = names.rows_at(middle)
        known = all_known(rows)
        below = {far for _, far, at, _ in drawn if math.isclose(at, middle) and far < high}
        long = known.union(*(row.spans for row in rows))
        if not (near(low, known | below) and (near(high, known) or near(high - low, long))):
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
    x, y = scales
    for place in (place for place in numbers_in(places) if np.isfinite(place).all()):
        asked = []
        for way, here, other in ((0, x, y), (1, y, x)):
            if by_data[way] and not here.named:
                row = place[1 - way] if other.named and by_data[1 - way] else np.nan
                known = all_known(other.rows_at(row)) | ends
                asked.append((here.told, near(place[way], known)))
        if asked and not (all(ok for told, ok in asked if told) and any(ok for _, ok in asked)):
            raise ValueError(
                f"a mark of the chart lies at {place[0]:g}, {place[1]:g}, "
                "where no value of the data lies"
            )
