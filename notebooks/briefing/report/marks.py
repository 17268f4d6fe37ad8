"""The house style, and marks on ordinary Axes for values that have bounds.

Here belongs what matplotlib and seaborn lack: an exact value is filled, a range a band, an open
or missing end an arrow into the open, a hedged or planned one hollow; its words stand beside
it. All else in a chart is an ordinary call in a chapter. `pictures` makes files of a figure,
`publish_chart` checks it. An engine of eight modules stood here that drew whole charts: nobody
could see in a notebook how one was made, nor change it without reading the engine.

Marks take ordinary columns: names, and a Series of values with its accessor `bounds`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from ..values import array as _array  # noqa: F401 - charts are drawn from columns of values
from ..values.periods import Period

INK, MUTED, GRID, PAPER = "#1d2129", "#464e5a", "#d5d9de", "#ffffff"
#: What is no party's: the colour of muted text.
NEUTRAL = MUTED
#: For what stands beside NEUTRAL or a party's colour, and is told apart from both.
SECOND = "#8a93a0"
#: Widths in inches: of the text on a page, and of the narrowest screen less its margins.
WIDE, NARROW = 5.8, 3.0
#: Size of type in points of what goes with names and figures.
SMALL = 8.5
#: The height in inches that a row of marks needs.
ROW = 0.31
#: Thickness of bars, and of bands and times, where a row has one.
_BAR, _BAND = 0.62, 0.3
#: From a mark to its words, and how far an arrow reaches into the open, in points.
_GAP, _ARROW = 5, 16
#: Hides lines behind words.
OVER = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6}


def house_style() -> None:
    """Set the house style and its fonts for every figure made from here on.

    In a kernel, plots that no chapter publishes show as they do anywhere (the kernel names its
    backend in MPLBACKEND); elsewhere figures are only drawn to files.
    """
    matplotlib.use(os.environ.get("MPLBACKEND") or "agg")
    spec = find_spec("font_source_sans_pro")
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in (
        sorted(Path(spec.origin).parent.glob("files/*.ttf")) if spec and spec.origin else ()
    ):
        if path.stem.rpartition("-")[2] in ("Regular", "Bold", "It") and str(path) not in known:
            font_manager.fontManager.addfont(path)
    plt.style.use(Path(__file__).with_name("house.mplstyle"))


# Values in rows --------------------------------------------------------------------------


def bars(
    axes: Axes,
    names: Iterable[object],
    values: pd.Series,
    color: str | Sequence[str] = NEUTRAL,
    *,
    start: pd.Series | None = None,
    text: str = "{}",
    inside: bool = False,
) -> None:
    """Draw a bar for each value in the row of its name, from zero or from the value in `start`.

    Up to its lower bound a bar is solid (hollow where hedged), from there to the upper one pale.
    `text` is what is printed at its end, `{}` being the value; with `inside` it
    stands in the bar. Call it again with the same names to stack: `start` is then what the
    others come to.
    """
    origins = [0.0] * len(values) if start is None else list(start.bounds.low)
    for row in _rows(axes, names, color, values):
        y, origin = row.y, float(origins[row.Index])
        low, high = origin + row.low, origin + row.high
        if np.isfinite(low):
            face = PAPER if row.hollow else row.color
            axes.barh(y, row.low, _BAR, origin, color=face, edgecolor=row.color, lw=1, zorder=2)
        if np.isfinite(high) and high != low:
            base = low if np.isfinite(low) else origin
            axes.barh(y, high - base, _BAR, base, color=row.color, alpha=0.28, zorder=2)
            ends = [y - _BAR / 2, y + _BAR / 2]
            axes.plot([high, high], ends, color=row.color, lw=1.6, solid_capstyle="butt")
        # What lies below a bar's only end lies in the bar.
        _arrow(axes, low, high, y, row.color, (origin + high) / 2)
        _value(axes, low, high, y, text.format(row.text) if row.text else "", inside)
    axes.autoscale_view()


def dots(
    axes: Axes,
    names: Iterable[object],
    values: pd.Series,
    color: str | Sequence[str] = NEUTRAL,
    *,
    text: str = "{}",
) -> None:
    """Draw a point for each value in the row of its name, a band for a range.

    Unlike bars they may stand on an axis that does not begin at zero. See `bars`.
    """
    for row in _rows(axes, names, color, values):
        y, known = row.y, np.isfinite([row.low, row.high])
        face = PAPER if row.hollow else row.color
        if known.all() and row.low != row.high:
            width = row.high - row.low
            axes.barh(y, width, _BAND, row.low, color=face, edgecolor=row.color, lw=1.6, zorder=3)
        elif known.any():
            axes.scatter(
                [row.low if known[0] else row.high], [y], s=46, edgecolor=row.color, zorder=4,
                facecolor=face if known.all() else PAPER, linewidth=1.8, clip_on=False,
            )  # fmt: skip
        _arrow(axes, row.low, row.high, y, row.color)
        _value(axes, row.low, row.high, y, text.format(row.text) if row.text else "")
    axes.use_sticky_edges = False  # nothing ends where the axis does
    axes.margins(x=0.05)


def timeline(
    axes: Axes,
    names: Iterable[object],
    periods: Iterable[Period],
    color: str | Sequence[str] = NEUTRAL,
    *,
    hollow: bool | Sequence[bool] = False,
) -> None:
    """Draw each period as a bar of its days in the row of its name, a single day as a point.

    A period with one end only is an arrow. What is planned, or is an absence, is `hollow`; the
    period is printed beside its mark.
    """
    axes.xaxis.update_units([date(2000, 1, 1)])
    for row, period in zip(_rows(axes, names, color, None, hollow), periods, strict=True):
        y = row.y
        first, last = (
            date2num(day) if stated else np.nan
            for stated, day in zip((period.start, period.end), period.days, strict=True)
        )
        after = last + 1
        face = PAPER if row.hollow else row.color
        if after - first > 1:
            axes.barh(y, after - first, _BAND, first, color=face, edgecolor=row.color, lw=1.4)
        elif period.stated:
            at = first if period.start else last
            axes.scatter([at], [y], s=46, color=face, edgecolor=row.color, linewidth=1.6, zorder=3)
        _arrow(axes, first, last, y, row.color)
        ends = [end for end in (first, after) if np.isfinite(end)]
        if ends:
            _label(axes, min(ends), max(ends), y, period.text())
    axes.autoscale_view()


def _rows(
    axes: Axes,
    names: Iterable[object],
    color: str | Sequence[str],
    values: pd.Series | None = None,
    hollow: bool | Sequence[bool] = False,
) -> Iterable[Any]:
    """From the top down what is drawn in each row: its height y, colour, and of a value its ends.

    Ends and text are those of the value; a hedge makes a mark hollow as `hollow` does.
    """
    names = list(map(str, names))
    axes.yaxis.update_units(names)
    axes.grid(visible=False, axis="y")
    heights = axes.yaxis.convert_units(names)
    lowest = max([*heights, axes.get_ylim()[0] - 0.5 if axes.has_data() else 0])
    axes.set_ylim(lowest + 0.5, -0.5)
    rows = pd.DataFrame({"y": map(float, heights)})
    rows["color"] = color if isinstance(color, str) else list(color)
    rows["hollow"] = hollow if isinstance(hollow, bool) else list(map(bool, hollow))
    if values is not None:
        rows["low"], rows["high"] = values.bounds.low.array, values.bounds.high.array
        rows["text"] = values.bounds.text("short").array
        # A hedge that only bounds ("less than") is drawn as the bound that it is.
        rows["hollow"] |= values.bounds.hedged.array & rows[["low", "high"]].notna().all(axis=1)
    return rows.itertuples()


def _arrow(
    axes: Axes, low: float, high: float, y: float, color: str, until: float | None = None
) -> None:
    """An arrow into the side on which nothing bounds; none where nothing is known at all.

    Where it points down, it may be told `until` where on the axis.
    """
    if np.isfinite(low) == np.isfinite(high):
        return
    forward = bool(np.isfinite(low))
    fixed = not forward and until is not None
    axes.annotate(
        "", (low if forward else high, y),
        (until, y) if fixed else (_ARROW if forward else -_ARROW, 0),
        textcoords="data" if fixed else "offset points", annotation_clip=False, zorder=5,
        arrowprops={"arrowstyle": "<|-", "color": color, "lw": 1.4, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip


def _value(axes: Axes, low: float, high: float, y: float, words: str, inside: bool = False) -> None:
    """A value's words after its mark, or in it."""
    ends = [end for end in (low, high) if np.isfinite(end)] or [0.0]
    end = max(ends, key=abs)
    side = -1 if end < 0 else 1
    after = side * (-_GAP if inside else _GAP + 3 + (0 if np.isfinite(high) else _ARROW))
    axes.annotate(
        words, (end, y), (after, 0), textcoords="offset points", va="center_baseline",
        ha="right" if (side < 0) != inside else "left", color=PAPER if inside else INK,
        annotation_clip=False, zorder=6, bbox=None if inside else OVER,
    )  # fmt: skip


def _label(axes: Axes, low: float, high: float, y: float, words: str) -> None:
    """Words beside a mark; `pictures.fit` puts them where they meet nothing."""
    note = axes.annotate(
        words, (high, y), (_GAP, 0), textcoords="offset points", va="center_baseline", size=SMALL,
        color=MUTED, annotation_clip=False, zorder=6, bbox=OVER,
    )  # fmt: skip
    note.set_in_layout(False)
    held: Any = note  # matplotlib lets an artist carry what is ours
    held.places = [
        ((high, y), (_GAP + 2, 0), "left", "center_baseline"),
        ((low, y), (-_GAP - 2, 0), "right", "center_baseline"),
        ((low, y - _BAND / 2), (0, 2.5), "left", "bottom"),
        ((high, y - _BAND / 2), (0, 2.5), "right", "bottom"),
    ]
