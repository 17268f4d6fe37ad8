"""Shares over the years: a measured series, and claims laid over or under it.

A panel is one measure, with an axis of its own from nought to a hundred; all panels share
the axis of years. A claim is a stretch of years at the height of its value: a line where
it is exact, hollow where hedged, a band where it is a range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..values.periods import Period
from ..values.value import Value, counted
from .drawing import Drawing
from .rows import TICKS, AxisScale
from .sheet import EDGE, GAP, GRID, INK, MUTED, NEUTRAL, PAPER, SMALL, Sheet, widest, width_of
from .text import Text, line, named, series
from .timelines import set_years

#: Heights in inches of a panel with a series, of one with claims only, and between panels.
_TALL, _LOW, _BETWEEN = 1.45, 0.5, 0.14
#: The top of a panel, a little above a hundred per cent.
_TOP = 110
#: The height of a line of words, and half of a mark, in inches.
_WORDS, _HALF = 0.15, 0.06


@dataclass(frozen=True)
class Stretch:
    """A claim over some years: from, to, its value, and how it is labelled."""

    first: float
    last: float
    value: Value
    label: Text
    color: str = NEUTRAL

    @property
    def lasts(self) -> bool:
        """Whether it is a line over its years, and not a mark."""
        return self.last - self.first > 1


@dataclass(frozen=True)
class Panel:
    """One measure: its title, claims, and perhaps a series by year.

    `curve` is joined, year by year; `dots` are single years and never joined.
    """

    title: str
    stretches: Sequence[Stretch] = ()
    curve: Mapping[int, Value] = field(default_factory=dict)
    dots: Mapping[int, Value] = field(default_factory=dict)
    curve_label: str = ""
    dots_label: str = ""
    color: str = NEUTRAL


@dataclass(frozen=True)
class _Box:
    """A place on the sheet that is taken, in inches from the left and the top."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        return across > 0 and min(self.bottom, other.bottom) - max(self.top, other.top) > 0


def history(panels: Sequence[Panel], description: Text) -> Drawing | None:
    """Panels of shares in per cent above one axis of years; what is told ends with the series."""
    panels = [panel for panel in panels if panel.stretches or panel.curve]
    if not panels:
        return None
    told = [stretch for panel in panels for stretch in panel.stretches]
    numbers = tuple((stretch.value.text("short"), stretch.value) for stretch in told)
    rows = [
        {"measure": panel.title, "what": what, "years": years, "value": value}
        for panel in panels
        for what, years, value in _points(panel)
    ]
    values = [value for panel in panels for value in (*panel.curve.values(), *panel.dots.values())]
    claims = tuple(dict.fromkeys(id for value in values for id in value.claims))
    whole = description + " " + _series_told(panels)
    draw = partial(_draw_panels, panels)
    return Drawing(draw, pd.DataFrame(rows), _alt(panels, told), whole, numbers, claims)


def _points(panel: Panel) -> list[tuple[str, str, Value]]:
    """What a panel plots, for its data."""
    points = [(panel.curve_label, str(year), value) for year, value in panel.curve.items()]
    points += [(panel.dots_label, str(year), value) for year, value in panel.dots.items()]
    points += [
        (str(stretch.label), f"{stretch.first:.0f}–{stretch.last:.0f}", stretch.value)
        for stretch in panel.stretches
    ]
    return points


# In words ----------------------------------------------------------------------------


def _alt(panels: Sequence[Panel], told: Sequence[Stretch]) -> Text:
    """Where each curve begins, ends and is highest, and how many claims are laid against it."""
    claims = [id for stretch in told for id in stretch.value.claims]
    return line(
        "Shares by year, {panels:count panel/panels} with {claims:count claim/claims}{curves}.",
        panels=counted(len(panels), claims, "panels"),
        claims=counted(len(told), claims, "claims drawn"),
        curves=Text() + series(_curve_told(panel) for panel in panels if panel.curve),
    )


def _curve_told(panel: Panel) -> Text:
    first, last = (_told(panel.curve, year) for year in (min(panel.curve), max(panel.curve)))
    highest = _told(panel.curve, max(panel.curve, key=lambda year: panel.curve[year].point))
    return line(
        ": {title}, {label}, from {first} over {highest} to {last}",
        title=named(panel.title), label=panel.curve_label, first=first, last=last, highest=highest,
    )  # fmt: skip


def _told(values: Mapping[int, Value], year: int) -> Text:
    when = Period(str(year), str(year))
    return line("{value} in {year}", value=values[year], year=when)


def _series_told(panels: Iterable[Panel]) -> Text:
    """Every value of every series, by year."""
    told = [
        line("{title}, {label}: {each}.", title=named(panel.title), label=label,
             each=series(_told(values, year) for year in values))
        for panel in panels
        for label, values in ((panel.curve_label, panel.curve), (panel.dots_label, panel.dots))
        if values
    ]  # fmt: skip
    whole = Text()
    for each in told:
        whole = (whole + " " if whole else whole) + each
    return whole


# Drawn -------------------------------------------------------------------------------


def _draw_panels(panels: Sequence[Panel], width: float) -> Figure:
    sheet = Sheet(width)
    scale = _years(panels)
    left = width_of("100%", SMALL) + GAP
    ends = [name for panel in panels for name in (panel.curve_label, panel.dots_label)]
    plot = width - left - max(widest(ends, SMALL) + GAP + _HALF + EDGE, 0.2)
    for panel in panels:
        sheet.heading(panel.title, 0.0 if sheet.narrow else left)
        top = sheet.depth
        sheet.depth += _TALL if panel.curve else _LOW
        axes = sheet.panel(left, plot, top)
        _Drawn(sheet, axes, scale, panel, (left, top, plot, sheet.depth - top)).draw()
        last = panel is panels[-1]
        sheet.depth += TICKS if last else _BETWEEN
        axes.set_xlim(scale.low, scale.high)
        set_years(axes, round(scale.low), int(scale.high), scale, 7 if plot > 3 else 4)
        axes.tick_params(axis="x", labelbottom=last)
    return sheet.finish()


def _years(panels: Sequence[Panel]) -> AxisScale:
    years = [float(year) for panel in panels for year in (*panel.curve, *panel.dots)]
    years += [end for panel in panels for s in panel.stretches for end in (s.first, s.last)]
    return AxisScale(min(years) - 1, max(years) + 1)


@dataclass
class _Drawn:
    """One panel being drawn: what it shows, where it lies, and what is taken of it."""

    sheet: Sheet
    axes: Axes
    scale: AxisScale
    panel: Panel
    place: tuple[float, float, float, float]  #: left, top, width and height, in inches

    def draw(self) -> None:
        """The axis, the series, the claims; then their words, where there is room."""
        self._set_axis()
        panel = self.panel
        if panel.dots:
            self.axes.scatter(
                list(panel.dots), [float(value.point) for value in panel.dots.values()], s=13,
                facecolor=PAPER, edgecolor=MUTED, lw=1, zorder=2, clip_on=False,
            )  # fmt: skip
        if panel.curve:
            heights = [float(value.point) for value in panel.curve.values()]
            self.axes.plot(list(panel.curve), heights, color=panel.color, lw=2.2, zorder=3)
        taken = self._taken()
        for stretch in panel.stretches:
            _stretch(self.axes, stretch)
            taken.append(self._name(stretch, taken))
        self._name_series()

    def _set_axis(self) -> None:
        self.axes.set_ylim(0, _TOP)
        self.axes.set_yticks([0, 50, 100], ["0", "50", "100%"])
        self.axes.tick_params(axis="y", labelcolor=MUTED, labelsize=SMALL, length=0)
        self.axes.grid(visible=False, axis="x")
        self.axes.grid(visible=True, axis="y", color=GRID)

    def _at(self, year: float, height: float) -> tuple[float, float]:
        left, top, width, high = self.place
        return left + width * self.scale.part(year), top + high * (1 - height / _TOP)

    def _around(self, year: float, height: float, half: float = _HALF) -> _Box:
        x, y = self._at(year, height)
        return _Box(x - half, y - half, x + half, y + half)

    def _taken(self) -> list[_Box]:
        """What is drawn, as boxes: marks, and the curve and the claims' lines step by step."""
        panel = self.panel
        found = [self._around(year, float(v.point), 0.04) for year, v in panel.dots.items()]
        points = [(float(year), float(value.point)) for year, value in panel.curve.items()]
        for (a, low), (b, high) in zip(points, points[1:], strict=False):
            for step in range(5):
                at = step / 4
                found.append(self._around(a + (b - a) * at, low + (high - low) * at, 0.02))
        for stretch in panel.stretches:
            low, high = (float(bound) for bound in stretch.value.bounds)
            x0, y0 = self._at(stretch.first, high)
            x1, y1 = self._at(stretch.last, low)
            half = 0.02 if stretch.lasts else _HALF
            found.append(_Box(x0 - half, y0 - half, x1 + half, y1 + half))
        return found

    def _name(self, stretch: Stretch, taken: Sequence[_Box]) -> _Box:
        """Write a claim's label where nothing is drawn, the nearer to it the better."""
        words = str(stretch.label)
        places = list(self._places(stretch, width_of(words, SMALL)))
        free = (box for box in places if not any(box.meets(other) for other in taken))
        box = next(free, places[0])
        middle = (box.top + box.bottom) / 2
        self.sheet.write(box.left, middle, words, SMALL, va="center", over=True)
        return box

    def _places(self, stretch: Stretch, width: float) -> Iterable[_Box]:
        """Where a label may stand, best first: beside a mark; under a line, or over it."""
        low, high = (float(bound) for bound in stretch.value.bounds)
        x0, top = self._at(stretch.first, high)
        x1, bottom = self._at(stretch.last, low)
        middle = (top + bottom - _WORDS) / 2
        lefts = []
        if not stretch.lasts:
            for left in (x0 - _HALF - 0.05 - width, x1 + _HALF + 0.05):
                lefts.append((left, middle))
        for away in (0.03, 0.12, 0.24, 0.36):
            for part in (0.5, 0.25, 0.75, 0, 1, 0.4, 0.6):
                left = x0 + (x1 - x0 - width) * part
                lefts += [(left, bottom + away), (left, top - away - _WORDS)]
        inner, outer = self.place[0], self.sheet.width - EDGE - width
        highest, lowest = self.place[1] - 0.02, self.place[1] + self.place[3] - _WORDS
        for left, upper in lefts:
            if inner <= left <= outer and highest <= upper <= lowest:
                yield _Box(left, upper, left + width, upper + _WORDS)
        left = max(inner, min(x0, outer))
        yield _Box(left, bottom, left + width, bottom + _WORDS)

    def _name_series(self) -> None:
        """The names of the series after their last points, one under the other."""
        panel = self.panel
        named_ends = [
            (self._at(max(values), float(values[max(values)].point)), label, color)
            for values, label, color in (
                (panel.curve, panel.curve_label, INK),
                (panel.dots, panel.dots_label, MUTED),
            )
            if values
        ]
        lowest = self.place[1] + self.place[3] - _WORDS / 2
        for (x, y), label, color in sorted(named_ends, reverse=True, key=lambda end: end[0][1]):
            y = min(y, lowest)
            self.sheet.write(x + GAP, y, label, SMALL, color, va="center")
            lowest = y - _WORDS


def _stretch(axes: Axes, stretch: Stretch) -> None:
    """A claim as a line over its years, or as a mark where it is for one year alone."""
    low, high = (float(bound) for bound in stretch.value.bounds)
    if low != high:
        axes.fill_between(
            [stretch.first - 0.35, stretch.last + 0.35], low, high, color=stretch.color,
            alpha=0.45, lw=0,
        )  # fmt: skip
    elif stretch.lasts:
        axes.plot(
            [stretch.first, stretch.last], [low, low], color=stretch.color, lw=1.6,
            dashes=(4, 2), zorder=4, clip_on=False,
        )  # fmt: skip
    else:
        face = PAPER if stretch.value.blurred else stretch.color
        axes.scatter(
            [stretch.first], [low], s=42, facecolor=face, edgecolor=stretch.color, lw=1.7, zorder=5,
            clip_on=False,
        )  # fmt: skip
