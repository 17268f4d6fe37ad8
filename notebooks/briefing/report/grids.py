"""Marks in rows and columns; where there is no room for columns, a list says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .sheet import (
    BAND,
    EDGE,
    GAP,
    GRID,
    MUTED,
    PAPER,
    SMALL,
    Sheet,
    height_of,
    widest,
    width_of,
    wrapped,
)

#: From the left edge of a mark to its words, the least height of a row, and the room between
#: columns, in inches.
_MARK, _ROW, _BETWEEN = 0.16, 0.195, 0.06
#: How many marks to a row make a pattern to be seen row by row.
_CROWDED = 1.2
#: Up to how many different words of its marks a list gathers rows of one kind.
_KINDS = 3
#: The least width in inches at which the names of rows can be read.
_NAMES = 1.2


@dataclass(frozen=True)
class GridCell:
    """One mark: its row, its column by number, what is written beside it."""

    row: str
    column: int
    words: str
    color: str
    hollow: bool
    marker: str = "o"


@dataclass(frozen=True)
class _Spot:
    """A mark to draw, in inches from the left and the top of its sheet."""

    x: float
    y: float
    cell: GridCell


#: What rows a stretch of the sheet is about, and from where to where it goes, from the top.
_Bounds = tuple[tuple[str, ...], float, float]


def draw_grid(
    cells: Sequence[GridCell], columns: Sequence[str], disputed: Sequence[str], width: float
) -> Figure:
    """A grid, as wide as it is told; `disputed` rows are shaded."""
    sheet = Sheet(width)
    cells = _merged(cells)
    widths = [_column_width(head, [c for c in cells if c.column == i])
              for i, head in enumerate(columns)]  # fmt: skip
    if not sheet.narrow and width - sum(widths) >= _NAMES:
        _draw_table(sheet, cells, columns, widths, disputed)
    elif all(cell.words for cell in cells) or len(cells) < _CROWDED * len(_rows(cells)):
        _draw_list(sheet, cells, columns, disputed)
    else:
        _draw_matrix(sheet, cells, columns, disputed)
    return sheet.finish()


def _merged(cells: Sequence[GridCell]) -> list[GridCell]:
    """Cells with one row, column and kind share a mark."""
    found: dict[tuple, list[GridCell]] = {}
    for cell in cells:
        found.setdefault((cell.row, cell.column, cell.hollow, cell.marker), []).append(cell)
    return [
        replace(here[0], words=", ".join(dict.fromkeys(one.words for one in here)))
        for here in found.values()
    ]


def _rows(cells: Sequence[GridCell]) -> dict[str, list[GridCell]]:
    return {row: [c for c in cells if c.row == row] for row in dict.fromkeys(c.row for c in cells)}


def _column_width(head: str, cells: Sequence[GridCell]) -> float:
    """The room in inches that a column needs: no word of its head is broken."""
    words = widest([cell.words for cell in cells], SMALL)
    return max(_MARK + words, widest(head.split(), SMALL)) + _BETWEEN


# Beside a wide column of names -------------------------------------------------------


def _draw_table(
    sheet: Sheet,
    cells: Sequence[GridCell],
    columns: Sequence[str],
    widths: Sequence[float],
    disputed: Sequence[str],
) -> None:
    rows = _rows(cells)
    names = min(sheet.width - sum(widths), widest(list(rows)) + 2 * GAP)
    spare = (sheet.width - names - sum(widths)) / len(columns)
    lefts = [names + sum(widths[:i]) + spare * i for i in range(len(columns))]
    heads = [
        wrapped(head, width + spare - _BETWEEN, SMALL)
        for head, width in zip(columns, widths, strict=True)
    ]
    sheet.depth += max(height_of(head, SMALL) for head in heads)
    for left, head in zip(lefts, heads, strict=True):
        sheet.write(left, sheet.depth, head, SMALL, MUTED, va="bottom")
    sheet.depth += 0.06
    top = sheet.depth
    spots, bounds = [], []
    for row, here in rows.items():
        label = wrapped(row, names - GAP)
        height = max(_ROW, height_of(label) + 0.03)
        bounds.append(((row,), sheet.depth, sheet.depth + height))
        middle = sheet.depth + height / 2
        sheet.write(0.05, middle, label, va="center")
        for cell in here:
            left = lefts[cell.column]
            spots.append(_Spot(left + 0.06, middle, cell))
            sheet.write(left + _MARK, middle, cell.words, SMALL, va="center")
        sheet.depth += height
    _draw_spots(sheet, top, spots, bounds, disputed)


# Without room for columns ------------------------------------------------------------


def _draw_list(
    sheet: Sheet, cells: Sequence[GridCell], columns: Sequence[str], disputed: Sequence[str]
) -> None:
    """Column by column, what stands in it: names and words of each mark on a line."""
    few = 0 < len({cell.words for cell in cells} - {""}) <= _KINDS
    for index, head in enumerate(columns):
        here = [cell for cell in cells if cell.column == index]
        sheet.depth += 0.08
        sheet.heading(head.replace("\n", " "))
        top = sheet.depth
        spots, bounds = [], []
        for cell, rows in _alike(here) if few else [(cell, [cell.row]) for cell in here]:
            upper = sheet.depth
            sheet.depth += 0.035
            spots.append(_Spot(0.08, sheet.depth + 0.08, cell))
            sheet.labelled(", ".join(rows), "", note=cell.words, left=_MARK + 0.04)
            sheet.depth += 0.035
            bounds.append((tuple(rows), upper, sheet.depth))
        if not here:
            sheet.labelled("–", "", left=_MARK + 0.04)
        _draw_spots(sheet, top, spots, bounds, disputed)


def _alike(cells: Sequence[GridCell]) -> list[tuple[GridCell, list[str]]]:
    """The first of the cells of each kind, with the rows that hold one."""
    found: dict[tuple, list[GridCell]] = {}
    for cell in cells:
        found.setdefault((cell.words, cell.hollow, cell.marker), []).append(cell)
    return [(here[0], [cell.row for cell in here]) for here in found.values()]


def _draw_matrix(
    sheet: Sheet, cells: Sequence[GridCell], columns: Sequence[str], disputed: Sequence[str]
) -> None:
    """The names above their marks, each mark with the name of its column."""
    places = _places(columns, sheet.width - EDGE)
    spots, bounds = [], []
    top = sheet.depth
    for row, here in _rows(cells).items():
        upper = sheet.depth
        sheet.depth += 0.05
        words = ", ".join(dict.fromkeys(cell.words for cell in here if cell.words))
        sheet.labelled(row, "", note=words)
        for cell in here:
            left, below = places[cell.column]
            middle = sheet.depth + below + 0.08
            spots.append(_Spot(left + 0.06, middle, cell))
            sheet.write(left + _MARK, middle, columns[cell.column], SMALL, MUTED, va="center")
        sheet.depth += max(places[cell.column][1] for cell in here) + 0.21
        bounds.append(((row,), upper, sheet.depth))
    _draw_spots(sheet, top, spots, bounds, disputed)


def _places(columns: Sequence[str], width: float) -> list[tuple[float, float]]:
    """Where each column's mark stands, in inches to the right and down, in as few lines as fit."""
    widths = [_MARK + width_of(head, SMALL) for head in columns]
    lines: list[list[float]] = [[]]
    for each in widths:
        if lines[-1] and sum(lines[-1]) + each + len(lines[-1]) * 0.05 > width:
            lines.append([])
        lines[-1].append(each)
    places = []
    for number, line in enumerate(lines):
        spare = (width - sum(line)) / max(len(line) - 1, 1)
        places += [(sum(line[:i]) + min(spare, 0.3) * i, number * 0.19) for i in range(len(line))]
    return places


def _draw_spots(
    sheet: Sheet,
    top: float,
    spots: Sequence[_Spot],
    bounds: Sequence[_Bounds],
    disputed: Sequence[str],
) -> None:
    """The marks over what was written since `top`, with a rule between rows."""
    axes = sheet.panel(0, sheet.width, top)
    axes.set_xlim(0, sheet.width)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    for rows, upper, lower in bounds:
        if set(rows) <= set(disputed):
            axes.axhspan(upper - top, lower - top, color=BAND, zorder=0, linewidth=0, clip_on=False)
        if upper > top:
            axes.axhline(upper - top, color=GRID, lw=0.5, zorder=1, clip_on=False)
    for kind in dict.fromkeys((spot.cell.hollow, spot.cell.marker) for spot in spots):
        _scatter(axes, [s for s in spots if (s.cell.hollow, s.cell.marker) == kind], top)


def _scatter(axes: Axes, spots: Sequence[_Spot], top: float) -> None:
    """Marks of one shape."""
    axes.scatter(
        [spot.x for spot in spots],
        [spot.y - top for spot in spots],
        s=40,
        marker=spots[0].cell.marker,
        facecolor=[PAPER if spot.cell.hollow else spot.cell.color for spot in spots],
        edgecolor=[spot.cell.color for spot in spots],
        linewidth=1.5,
        zorder=3,
        clip_on=False,
    )
