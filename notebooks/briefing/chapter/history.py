"""Shares over the years: a measured series, and claims laid over or under it.

A panel is one measure, with an axis of its own from nought to a hundred; all panels share
the axis of years. A claim is a stretch of years at the height of its value: a line where
it is exact, hollow where hedged, a band where it is a range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..value import Value
from .drawing import INK, MUTED, NEUTRAL, PAPER, WIDTH, Drawing
from .prose import Line

#: Heights in inches of a panel with a series, and of one with claims only.
_TALL, _LOW = 1.75, 0.62


@dataclass(frozen=True)
class Stretch:
    """A claim over some years: from, to, its value, and how it is labelled."""

    first: float
    last: float
    value: Value
    label: Line
    color: str = NEUTRAL


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


def history(panels: Sequence[Panel], alt: Line) -> Drawing | None:
    """Panels of shares in per cent above one axis of years."""
    panels = [panel for panel in panels if panel.stretches or panel.curve]
    if not panels:
        return None
    figure = _figure(panels, WIDTH)
    told = [stretch for panel in panels for stretch in panel.stretches]
    numbers = tuple((stretch.value.text("short"), stretch.value) for stretch in told)
    rows = [
        {"measure": panel.title, "what": what, "years": years, "value": value}
        for panel in panels
        for what, years, value in _points(panel)
    ]
    values = [value for panel in panels for value in (*panel.curve.values(), *panel.dots.values())]
    claims = tuple(dict.fromkeys(id for value in values for id in value.claims))
    return Drawing(figure, pd.DataFrame(rows), alt, numbers, claims)


def _points(panel: Panel) -> list[tuple[str, str, Value]]:
    """What a panel plots, for its data."""
    points = [(panel.curve_label, str(year), value) for year, value in panel.curve.items()]
    points += [(panel.dots_label, str(year), value) for year, value in panel.dots.items()]
    points += [
        (stretch.label.text, f"{stretch.first:.0f}–{stretch.last:.0f}", stretch.value)
        for stretch in panel.stretches
    ]
    return points


def _figure(panels: Sequence[Panel], width: float) -> Figure:
    heights = [_TALL if panel.curve else _LOW for panel in panels]
    figure, plots = plt.subplots(
        len(panels), 1, figsize=(width, sum(heights) + 0.45 * len(panels)),
        sharex=True, squeeze=False, height_ratios=heights, gridspec_kw={"hspace": 0.62},
    )  # fmt: skip
    for axes, panel in zip(plots.flat, panels, strict=True):
        _draw(axes, panel)
    return figure


def _draw(axes: Axes, panel: Panel) -> None:
    axes.set_title(panel.title)
    axes.set_ylim(0, 108)
    ticks = [0, 50, 100]
    axes.set_yticks(ticks, ["0", "50", "100%"])
    axes.tick_params(axis="y", labelcolor=MUTED, labelsize=9)
    axes.grid(visible=True, axis="y")
    axes.grid(visible=False, axis="x")
    if panel.dots:
        years, heights = zip(*((year, _height(v)) for year, v in panel.dots.items()), strict=True)
        axes.scatter(years, heights, s=14, facecolor=PAPER, edgecolor=MUTED, lw=1, zorder=2)
        axes.annotate(
            panel.dots_label, (years[-1], heights[-1]), xytext=(7, 0), textcoords="offset points",
            color=MUTED, fontsize=8.5, va="center",
        )  # fmt: skip
    if panel.curve:
        years, heights = zip(*((year, _height(v)) for year, v in panel.curve.items()), strict=True)
        axes.plot(years, heights, color=panel.color, lw=2.2, zorder=3)
        axes.annotate(
            panel.curve_label, (years[-1], heights[-1]), xytext=(7, 0), textcoords="offset points",
            color=INK, fontsize=8.5, va="center",
        )  # fmt: skip
    for stretch in panel.stretches:
        _stretch(axes, stretch)


def _height(value: Value) -> float:
    return float(value.point)


def _stretch(axes: Axes, stretch: Stretch) -> None:
    """A claim as a line over its years, or as a mark where it is for one year alone."""
    low, high = (float(bound) for bound in stretch.value.bounds)
    first, last = stretch.first, max(stretch.last, stretch.first)
    if low != high:
        axes.fill_between(
            [first - 0.35, last + 0.35], low, high, color=stretch.color, alpha=0.45, lw=0
        )
    elif last - first > 1:
        axes.plot([first, last], [low, low], color=stretch.color, lw=1.6, dashes=(4, 2), zorder=4)
    else:
        face = PAPER if stretch.value.blurred else stretch.color
        axes.scatter(
            [first], [low], s=42, facecolor=face, edgecolor=stretch.color, lw=1.7, zorder=5
        )
    wide = last - first > 1
    axes.annotate(
        stretch.label.text,
        ((first + last) / 2 if wide else first, (low + high) / 2 if not wide else low),
        xytext=(0, -4) if wide else (-9, 0),
        textcoords="offset points",
        ha="center" if wide else "right",
        va="top" if wide else "center",
        fontsize=8.5,
        color=INK,
        zorder=6,
    )
