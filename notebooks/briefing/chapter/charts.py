"""Charts that draw bounds as bounds, and know what they plot.

Each function takes plain rows of values and returns a `Drawing`: the figure, the data
behind it, the numbers that stand in it as text, and an alt text computed from the same
rows. An exact value is a filled mark or bar, a range a band, an open end an arrow, a
hedged figure a hollow mark; what is planned is hollow too. No function here knows what
the dossier is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..value import Value
from .drawing import BAND, INK, MUTED, NEUTRAL, PAPER, ROW, WIDTH, Drawing, name_rows
from .prose import Line, line, series


@dataclass(frozen=True)
class Mark:
    """One value to draw: whose it is, the value, its colour."""

    label: Line
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
    """Values of one measure side by side: bars from zero, or points on a log scale."""
    if not marks:
        return None
    figure, axes = plt.subplots(figsize=(WIDTH, 0.5 + ROW * len(marks) * 1.25))
    top = max(bound for mark in marks for bound in mark.value.bounds if bound is not None)
    for index, mark in enumerate(marks):
        if scale == "log":
            _point(axes, index, mark, size=70)
        else:
            _bar(axes, index, mark)
        _label(axes, mark, index, mark.value.text("short"))
    name_rows(axes, [mark.label.text for mark in marks])
    axes.set_xlabel(unit)
    if scale == "log":
        axes.set_xscale("log")
        low = min(bound for mark in marks for bound in mark.value.bounds if bound)
        axes.set_xlim(10 ** int(f"{low:e}".split("e")[1]), float(top) * 3)
        axes.xaxis.set_major_formatter(lambda number, _: f"{number:g}")
    else:
        axes.set_xlim(0, float(top) * 1.16)
    form = "Points on a logarithmic scale" if scale == "log" else "Bars from the origin"
    alt = line("{form}, in {unit}. {each}.", form=form, unit=unit, each=_told(marks))
    return _drawing(figure, marks, alt)


def parts(groups: Sequence[Group], unit: str, whole: str = "all trade") -> Drawing | None:
    """Several claims of a part, each against its whole: an outline with marks inside.

    `whole` is what the outline is called.
    """
    groups = [group for group in groups if group.marks]
    if not groups:
        return None
    heights = [len(group.marks) + 0.9 for group in groups]
    figure, panels = plt.subplots(
        len(groups),
        1,
        figsize=(WIDTH, 0.25 + ROW * 1.2 * sum(heights) + 0.45 * (len(groups) - 1)),
        squeeze=False,
        height_ratios=heights,
        gridspec_kw={"hspace": 0.62 / (ROW * 1.2 * sum(heights) / len(heights))},
    )
    printed: list[tuple[str, Value]] = []
    for axes, group in zip(panels.flat, groups, strict=True):
        printed += _part_panel(axes, group, whole)
    panels.flat[-1].set_xlabel(unit)
    marks = [mark for group in groups for mark in group.marks]
    each = series(_group_told(group) for group in groups)
    alt = line("Bars from the origin, a panel each. {each}.", each=each)
    return _drawing(figure, marks, alt, printed)


def shares(groups: Sequence[Group], compact: bool = False) -> Drawing | None:
    """Shares in per cent, one panel a measure, so that no two measures share an axis.

    A compact drawing names each measure at the left and prints the ticks once.
    """
    groups = [group for group in groups if group.marks]
    if not groups:
        return None
    rows = [len(group.marks) for group in groups]
    heights = rows if compact else [count + 0.35 for count in rows]
    row = ROW * (1.28 if compact else 1.55)
    figure, panels = plt.subplots(
        len(groups),
        1,
        figsize=(WIDTH, 0.3 + row * sum(heights)),
        squeeze=False,
        height_ratios=heights,
        gridspec_kw={"hspace": 0.18 if compact else 1.35},
    )
    for axes, group in zip(panels.flat, groups, strict=True):
        _share_panel(axes, group, compact, last=axes is panels.flat[-1])
    marks = [mark for group in groups for mark in group.marks]
    each = series(_group_told(group) for group in groups)
    alt = line("A panel for each measure, in per cent. {each}.", each=each)
    return _drawing(figure, marks, alt)


def _share_panel(axes: Axes, group: Group, compact: bool, last: bool) -> None:
    """One measure: a track from nought to a hundred for each claim, with its mark."""
    for index, mark in enumerate(group.marks):
        axes.barh(index, 100, height=0.3, color=BAND, zorder=1)
        _point(axes, index, mark, size=60)
        _label(axes, mark, index, mark.value.text("short"))
    labels = [mark.label.text for mark in group.marks]
    if compact:
        labels = [f"{group.title}\n{label}" for label in labels]
    else:
        axes.set_title(group.title)
    name_rows(axes, labels)
    axes.tick_params(axis="y", labelsize=9)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(0, 122)
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100%"])
    axes.tick_params(axis="x", labelbottom=last or not compact)


# Pieces ------------------------------------------------------------------------------


def _bar(axes: Axes, row: float, mark: Mark, height: float = 0.56) -> None:
    """A bar from zero: solid up to what is certain, hollow where hedged, pale up to a bound."""
    low, high = mark.value.bounds
    if low is not None:
        face = PAPER if mark.value.blurred else mark.color
        axes.barh(row, float(low), height, color=face, edgecolor=mark.color, lw=1.4, zorder=2)
    if high is not None and high != low:
        start = float(low or 0)
        axes.barh(
            row, float(high) - start, height, left=start, color=mark.color, alpha=0.28, zorder=2
        )
        axes.plot([float(high)] * 2, [row - height / 2, row + height / 2], color=mark.color, lw=1.6)
    if high is None or low is None:
        end = float(high if low is None else low)
        _arrow(axes, end, row, forward=high is None, color=mark.color)


def _point(axes: Axes, row: float, mark: Mark, size: float) -> None:
    """A point, filled when exact and hollow when hedged; a range is a band."""
    low, high = (None if bound is None else float(bound) for bound in mark.value.bounds)
    if low is not None and high is not None and low != high:
        axes.plot(
            [low, high],
            [row, row],
            color=mark.color,
            lw=7,
            solid_capstyle="butt",
            zorder=3,
            alpha=0.55 if mark.value.blurred else 1,
        )
        return
    where = high if low is None else low
    face = PAPER if mark.value.blurred or low is None or high is None else mark.color
    data = pd.DataFrame({"x": [where], "y": [row]})
    sns.scatterplot(
        data,
        x="x",
        y="y",
        s=size,
        facecolor=face,
        edgecolor=mark.color,
        linewidth=1.8,
        ax=axes,
        zorder=4,
        legend=False,
    )
    axes.set(xlabel="", ylabel="")
    if low is None or high is None:
        _arrow(axes, where, row, forward=high is None, color=mark.color)


def _arrow(axes: Axes, x: float, row: float, forward: bool, color: str) -> None:
    """An open or missing bound: an arrow into the side on which nothing bounds."""
    shift = 16 if forward else -16
    axes.annotate(
        "",
        xy=(x, row),
        xytext=(shift, 0),
        textcoords="offset points",
        arrowprops={"arrowstyle": "<|-", "color": color, "lw": 1.4, "shrinkA": 0, "shrinkB": 0},
        zorder=5,
    )


def _label(axes: Axes, mark: Mark, row: float, text: str, inside: bool = False) -> None:
    """A value beside its mark, or inside the end of a solid bar."""
    ends = [float(bound) for bound in mark.value.bounds if bound is not None]
    shift = -6 if inside else 8 + (18 if mark.value.high is None else 0)
    axes.annotate(
        text,
        (max(ends), row),
        xytext=(shift, 0),
        textcoords="offset points",
        va="center",
        ha="right" if inside else "left",
        color=PAPER if inside else INK,
        zorder=6,
    )


def _part_panel(axes: Axes, group: Group, name: str) -> list[tuple[str, Value]]:
    """One whole as an outline behind the claims of its part."""
    printed = []
    rows = list(group.marks)
    ends = [bound for mark in rows for bound in mark.value.bounds if bound is not None]
    if group.whole is not None:
        ends += [bound for bound in group.whole.bounds if bound is not None]
        end = float(group.whole.bounds[1] or group.whole.bounds[0])
        axes.axvspan(0, end, color=BAND, zorder=0, linewidth=0)
        axes.axvline(end, color=MUTED, lw=1.2, zorder=1)
        text = group.whole.text("short")
        axes.annotate(
            f"{name} {text}",
            (end, -0.5),
            xytext=(-4, 3),
            ha="right",
            va="bottom",
            textcoords="offset points",
            color=MUTED,
            fontsize=9,
        )
        printed.append((text, group.whole))
    for index, mark in enumerate(rows):
        _bar(axes, index, mark, height=0.5)
        text = mark.value.text("short")
        # Beside the bar the figure would run into the line of the whole.
        solid = (
            mark.value.exact
            and not mark.value.blurred
            and float(mark.value.point) > 0.3 * float(max(ends))
        )
        _label(axes, mark, index, text, inside=solid)
        printed.append((text, mark.value))
    name_rows(axes, [mark.label.text for mark in rows])
    axes.set_title(group.title)
    axes.set_xlim(0, float(max(ends)) * 1.14)
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(nbins=5))
    axes.xaxis.set_major_formatter(lambda number, _: f"{number:,g}")
    return printed


def _told(marks: Iterable[Mark]) -> Line:
    return series(line("{label}: {value}", label=mark.label, value=mark.value) for mark in marks)


def _group_told(group: Group) -> Line:
    told = line("{title} – {marks}", title=group.title, marks=_told(group.marks))
    if group.whole is None:
        return told
    return told + line(", within {whole}", whole=group.whole)


def _drawing(
    figure: Figure,
    marks: Sequence[Mark],
    alt: Line,
    printed: Sequence[tuple[str, Value]] | None = None,
) -> Drawing:
    data = pd.DataFrame(
        {"what": [mark.label for mark in marks], "value": [mark.value for mark in marks]}
    )
    if printed is None:
        printed = [(mark.value.text("short"), mark.value) for mark in marks]
    return Drawing(figure, data, alt, tuple(printed))
