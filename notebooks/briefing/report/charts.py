"""Charts that draw bounds as bounds, and know what they plot.

Each function takes plain rows of values and returns a `Drawing`: how it is drawn at any
width, the data behind it, the numbers that stand in it as text, and an alt text and a
description computed from the same rows. An exact value is a filled mark or bar, a range a
band, an open end an arrow, a hedged figure a hollow mark; what is planned is hollow too. No
function here knows what the dossier is about.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from ..values.value import Value
from .bounds import ARROW, bar, point
from .drawing import Drawing
from .rows import AxisRow, AxisScale, head_rows, length_of_axis, plot_rows, room_for_names
from .sheet import MUTED, NEUTRAL, Sheet
from .text import Text, line, series

#: From how many times the smallest bar on, and up to how many, the others show its length.
_CELLS = (2, 80)


@dataclass(frozen=True)
class Mark:
    """One value to draw: whose it is, the value, its colour."""

    label: Text
    value: Value
    color: str = NEUTRAL


@dataclass(frozen=True)
class Group:
    """Marks that share one measure, and so one axis."""

    title: str
    marks: Sequence[Mark]
    whole: Value | None = None  #: what the marks are parts of, drawn as an outline


# Amounts on one axis -----------------------------------------------------------------


def bars(marks: Sequence[Mark], unit: str, scale: str = "linear") -> Drawing | None:
    """Values of one measure side by side: bars from zero, or points on a log scale.

    Where all are exact, each says how many times the smallest it is, and a bar is cut into
    lengths of the smallest one.
    """
    if not marks:
        return None
    times = _times_smallest(marks)
    form = "Points on a logarithmic scale" if scale == "log" else "Bars from the origin"
    words = {"form": form, "unit": unit}
    return _drawing(
        partial(_draw_bars, marks, unit, scale, times),
        marks,
        line("{form}, in {unit}, {ends}.", ends=_extremes(marks), **words),
        line("{form}, in {unit}. {each}.", each=_told(marks), **words),
        [*_printed(marks), *((time.text(), time) for time in times.values())],
    )


def _times_smallest(marks: Sequence[Mark]) -> dict[int, Value]:
    """By its place, how many times the smallest value each larger one is."""
    values = [mark.value for mark in marks]
    if not all(value.exact and not value.blurred and value.point > 0 for value in values):
        return {}
    smallest = min(values, key=lambda value: value.point)
    return {
        index: value / smallest
        for index, value in enumerate(values)
        if value.point >= _CELLS[0] * smallest.point
    }


def _draw_bars(
    marks: Sequence[Mark], unit: str, scale: str, times: dict[int, Value], width: float
) -> Figure:
    sheet = Sheet(width)
    ends = _ends(marks)
    smallest = min(marks, key=lambda mark: min(_ends([mark])))
    cut = times and scale != "log" and max(ends) <= _CELLS[1] * min(ends)
    cell = float(min(ends)) if cut else None
    rows = [
        AxisRow(
            str(mark.label),
            mark.value.text("short"),
            partial(point, value=mark.value, color=mark.color)
            if scale == "log"
            else partial(bar, value=mark.value, color=mark.color, cell=cell),
            *_reach(mark.value),
            note=f"{times[index].text()} {smallest.label}"
            if index in times
            else "the length of a cell" * (cell is not None and mark is smallest),
        )
        for index, mark in enumerate(marks)
    ]
    if scale == "log":
        axis = AxisScale(_decade_below(min(ends)), _step_above(max(ends)), log=True)
    else:
        axis = AxisScale(0, float(max(ends)))
    left = room_for_names(sheet, rows)
    plot_rows(sheet, rows, axis, left, length_of_axis(sheet, rows, axis, left), unit)
    return sheet.finish()


def _decade_below(number: Decimal) -> float:
    return 10.0 ** math.floor(math.log10(number))


def _step_above(number: Decimal) -> float:
    """The first of 1, 3, 10, 30 … that is larger."""
    decade = _decade_below(number)
    return next(step * decade for step in (3, 10, 30) if step * decade > number)


def parts(groups: Sequence[Group], unit: str, whole: str = "all trade") -> Drawing | None:
    """Several claims of a part, each against its whole: an outlined bar over the others.

    `whole` is what the outline is called.
    """
    groups = [group for group in groups if group.marks]
    if not groups:
        return None
    marks = [mark for group in groups for mark in group.marks]
    each = series(_group_told(group) for group in groups)
    return _drawing(
        partial(_draw_parts, groups, unit, whole),
        marks,
        line("Bars from the origin, a panel each: {most}.", most=series(map(_most, groups))),
        line("Bars from the origin, a panel each. {each}.", each=each),
        [pair for group in groups for pair in (*_whole_printed(group), *_printed(group.marks))],
    )


def _draw_parts(groups: Sequence[Group], unit: str, whole: str, width: float) -> Figure:
    sheet = Sheet(width)
    panels = [_part_rows(group, whole) for group in groups]
    scales = [AxisScale(0, max(row.end for row in rows)) for rows in panels]
    left = room_for_names(sheet, [row for rows in panels for row in rows])
    plot = min(
        length_of_axis(sheet, rows, scale, left) for rows, scale in zip(panels, scales, strict=True)
    )
    for group, rows, scale in zip(groups, panels, scales, strict=True):
        head_rows(sheet, group.title, left)
        guide = float(max(_ends_of(group.whole))) if group.whole else None
        last = group is groups[-1]
        plot_rows(sheet, rows, scale, left, plot, unit if last else "", guide=guide)
        sheet.depth += 0 if last else 0.14
    return sheet.finish()


def _part_rows(group: Group, whole: str) -> list[AxisRow]:
    """The whole as a row in outline, and the claims of its part under it."""
    rows = [
        AxisRow(
            str(mark.label),
            mark.value.text("short"),
            partial(bar, value=mark.value, color=mark.color),
            *_reach(mark.value),
        )
        for mark in group.marks
    ]
    if group.whole is None:
        return rows
    outline = partial(bar, value=group.whole, color=MUTED, hollow=True)
    return [AxisRow(whole, group.whole.text("short"), outline, *_reach(group.whole)), *rows]


def shares(groups: Sequence[Group], compact: bool = False) -> Drawing | None:
    """Shares in per cent, one panel a measure, so that no two measures share an axis.

    A compact drawing names each measure at the left and prints the ticks once.
    """
    groups = [group for group in groups if group.marks]
    if not groups:
        return None
    each = series(_group_told(group) for group in groups)
    return _drawing(
        partial(_draw_shares, groups, compact),
        [mark for group in groups for mark in group.marks],
        line(
            "Marks on a track for each share, in per cent, {ends}.", ends=_extremes(_full(groups))
        ),
        line("A panel for each measure, in per cent. {each}.", each=each),
    )


def _draw_shares(groups: Sequence[Group], compact: bool, width: float) -> Figure:
    sheet = Sheet(width)
    panels = [[_share_row(group, mark, compact) for mark in group.marks] for group in groups]
    every = [row for rows in panels for row in rows]
    scale = AxisScale(0, 100, ticks=(0, 25, 50, 75, 100), percent=True, track=True)
    left = room_for_names(sheet, every)
    plot = length_of_axis(sheet, every, scale, left)
    for group, rows in zip(groups, panels, strict=True):
        last = group is groups[-1]
        if not compact:
            head_rows(sheet, group.title, left)
        plot_rows(sheet, rows, scale, left, plot, ticked=last or not compact)
        sheet.depth += 0 if compact or last else 0.12
    return sheet.finish()


def _share_row(group: Group, mark: Mark, compact: bool) -> AxisRow:
    names = (group.title, str(mark.label)) if compact else (str(mark.label), "")
    draw = partial(point, value=mark.value, color=mark.color)
    return AxisRow(names[0], mark.value.text("short"), draw, *_reach(mark.value), detail=names[1])


# Pieces ------------------------------------------------------------------------------


def _ends_of(value: Value) -> list[Decimal]:
    return [bound for bound in value.bounds if bound is not None]


def _ends(marks: Iterable[Mark]) -> list[Decimal]:
    return [bound for mark in marks for bound in _ends_of(mark.value)]


def _reach(value: Value) -> tuple[float, float]:
    """How far a value's mark reaches on its axis, and in inches beyond: an arrow into the open."""
    return float(max(_ends_of(value))), ARROW if value.bounds[1] is None else 0.0


def _full(groups: Iterable[Group]) -> list[Mark]:
    """The marks of all groups, each named with its group."""
    return [
        replace(mark, label=line("{group}, {label}", group=group.title, label=mark.label))
        for group in groups
        for mark in group.marks
    ]


def _extremes(marks: Sequence[Mark]) -> Text:
    """From which figure to which values go; a single one alone."""
    ranked = sorted(marks, key=lambda mark: (max(_ends_of(mark.value)), min(_ends_of(mark.value))))
    least, most = (
        line("{label} with {value}", label=mark.label, value=mark.value)
        for mark in (ranked[0], ranked[-1])
    )
    if len(ranked) == 1:
        return most
    return line("from {least} to {most}", most=most, least=least)


def _most(group: Group) -> Text:
    """The largest of a group's values, and what it is a part of."""
    most = max(group.marks, key=lambda mark: max(_ends_of(mark.value)))
    told = line("{group} – {value}, {mark.label}", group=group.title, value=most.value, mark=most)
    return told + line(", within {whole}", whole=group.whole) if group.whole else told


def _told(marks: Iterable[Mark]) -> Text:
    return series(line("{label}: {value}", label=mark.label, value=mark.value) for mark in marks)


def _group_told(group: Group) -> Text:
    told = line("{title} – {marks}", title=group.title, marks=_told(group.marks))
    if group.whole is None:
        return told
    return told + line(", within {whole}", whole=group.whole)


def _printed(marks: Iterable[Mark]) -> list[tuple[str, Value]]:
    return [(mark.value.text("short"), mark.value) for mark in marks]


def _whole_printed(group: Group) -> list[tuple[str, Value]]:
    return [(group.whole.text("short"), group.whole)] if group.whole else []


def _drawing(
    draw: partial[Figure],
    marks: Sequence[Mark],
    alt: Text,
    description: Text,
    printed: Sequence[tuple[str, Value]] | None = None,
) -> Drawing:
    data = pd.DataFrame(
        {"what": [mark.label for mark in marks], "value": [mark.value for mark in marks]}
    )
    numbers = tuple(_printed(marks) if printed is None else printed)
    return Drawing(draw, data, alt, description, numbers)
