"""Charts that draw bounds as bounds, and know what they plot.

Each function takes plain rows of values and returns a `Drawing`: the figure, the data
behind it, the numbers that stand in it as text, and an alt text computed from the same
rows. An exact value is a filled mark or bar, a range a band, an open end an arrow, a
hedged figure a hollow mark; what is planned is hollow too. No function here knows what
the dossier is about.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..dossier.periods import Period
from ..value import Value
from .prose import Line, line, series

INK, MUTED, GRID, PAPER, BAND, NEUTRAL = (
    "#1d2129",
    "#5c6470",
    "#d5d9de",
    "#ffffff",
    "#e9ecef",
    "#4a5360",
)
WIDTH = 5.8  # inches: the text width of a page, and legible when a phone scales it down
_ROW = 0.36  # inches of height that one row of a chart takes


@dataclass(frozen=True)
class Drawing:
    """A finished chart.

    `numbers` are the values printed in it, with their text; `data` is what it plots;
    `claims` names claims that it draws without printing a number.
    """

    figure: Figure
    data: pd.DataFrame
    alt: Line
    numbers: tuple[tuple[str, Value], ...] = ()
    claims: tuple[str, ...] = ()

    @property
    def values(self) -> list[Value]:
        """Every value that the chart or its alt text shows."""
        return [value for _, value in (*self.numbers, *self.alt.values)]

    def files(self, title: str, subtitle: str, foot: str) -> dict[str, str]:
        """The chart as SVG without its title, and with it as SVG and PNG (base64).

        The first goes into a page that sets the title itself; the others stand alone.
        """
        bare = _svg(self.figure)
        _frame(self.figure, title, subtitle, foot)
        png = io.BytesIO()
        self.figure.savefig(png, format="png", dpi=200, metadata={"Software": None})
        whole = _svg(self.figure)
        plt.close(self.figure)
        return {"svg": bare, "svg_alone": whole, "png": base64.b64encode(png.getvalue()).decode()}


@dataclass(frozen=True)
class Mark:
    """One value to draw: whose it is, the value, its colour."""

    label: str
    value: Value
    color: str = NEUTRAL


@dataclass(frozen=True)
class Group:
    """Marks that share one measure, and so one axis."""

    title: str
    marks: Sequence[Mark]
    whole: Value | None = None  #: what the marks are parts of, drawn as an outline


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


def house_style() -> None:
    """Set the house style for every figure made from here on; draws to files only."""
    matplotlib.use("agg")
    spec = find_spec("font_source_sans_pro")
    if spec and spec.origin:
        for path in sorted(Path(spec.origin).parent.glob("files/*.ttf")):
            if path.stem.rpartition("-")[2] in ("Regular", "Bold", "It"):
                font_manager.fontManager.addfont(path)
    plt.style.use(Path(__file__).with_name("house.mplstyle"))


# Amounts on one axis -----------------------------------------------------------------


def bars(marks: Sequence[Mark], unit: str, scale: str = "linear") -> Drawing | None:
    """Values of one measure side by side: bars from zero, or points on a log scale."""
    if not marks:
        return None
    figure, axes = plt.subplots(figsize=(WIDTH, 0.5 + _ROW * len(marks) * 1.25))
    top = max(bound for mark in marks for bound in mark.value.bounds if bound is not None)
    for index, mark in enumerate(marks):
        if scale == "log":
            _point(axes, index, mark, size=70)
        else:
            _bar(axes, index, mark)
        _label(axes, mark, index, mark.value.text("short"))
    _rows(axes, [mark.label for mark in marks])
    axes.set_xlabel(unit)
    if scale == "log":
        axes.set_xscale("log")
        low = min(bound for mark in marks for bound in mark.value.bounds if bound)
        axes.set_xlim(10 ** int(f"{low:e}".split("e")[1]), float(top) * 3)
        axes.xaxis.set_major_formatter(lambda number, _: f"{number:g}")
    else:
        axes.set_xlim(0, float(top) * 1.16)
    form = "Points on a logarithmic scale" if scale == "log" else "Bars from zero"
    alt = line("{form}, in {unit}. {each}.", form=form, unit=unit, each=_told(marks))
    return _drawing(figure, marks, alt)


def parts(groups: Sequence[Group], unit: str) -> Drawing | None:
    """Several claims of a part, each against its whole: an outline with marks inside."""
    groups = [group for group in groups if group.marks]
    if not groups:
        return None
    heights = [len(group.marks) + 0.9 for group in groups]
    figure, panels = plt.subplots(
        len(groups),
        1,
        figsize=(WIDTH, 0.25 + _ROW * 1.2 * sum(heights)),
        squeeze=False,
        height_ratios=heights,
        gridspec_kw={"hspace": 0.75},
    )
    printed: list[tuple[str, Value]] = []
    for axes, group in zip(panels.flat, groups, strict=True):
        printed += _part_panel(axes, group)
    panels.flat[-1].set_xlabel(unit)
    marks = [mark for group in groups for mark in group.marks]
    each = series(_group_told(group) for group in groups)
    alt = line("Bars from zero, in {unit}, one panel a partner. {each}.", unit=unit, each=each)
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
    row = _ROW * (1.28 if compact else 1.55)
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
    labels = [mark.label for mark in group.marks]
    if compact:
        labels = [f"{group.title}\n{label}" for label in labels]
    else:
        axes.set_title(group.title)
    _rows(axes, labels)
    axes.tick_params(axis="y", labelsize=9)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(0, 122)
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100%"])
    axes.tick_params(axis="x", labelbottom=last or not compact)


# Happenings on a line ----------------------------------------------------------------


def timeline(moments: Sequence[Moment], first: int, last: int, alt: Line) -> Drawing | None:
    """Happenings by year, one row an actor; a range is a bar, a plan is hollow."""
    if not moments:
        return None
    rows = list(dict.fromkeys(moment.row for moment in moments))
    figure, axes = plt.subplots(figsize=(WIDTH, 0.45 + 0.62 * len(rows)))
    for row in rows:
        here = [moment for moment in moments if moment.row == row]
        _lane(axes, rows.index(row), here, (last - first) or 1)
    _rows(axes, rows)
    axes.set_xlim(first - (last - first) * 0.03 - 0.2, last + (last - first) * 0.05 + 0.8)
    ticks = matplotlib.ticker.MaxNLocator(integer=True, nbins=8, steps=[1, 2, 5, 10])
    years = [int(tick) for tick in ticks.tick_values(first, last) if first <= tick <= last]
    axes.set_xticks(years, [str(year) for year in years])
    axes.set_ylim(len(rows) - 0.45, -0.75)
    data = pd.DataFrame(
        [
            {"row": m.row, "what": m.label, "when": m.period, "claims": " ".join(m.claims)}
            for m in moments
        ]
    )
    return _of_moments(figure, data, alt, moments)


def day_grid(
    moments: Sequence[Moment], columns: Sequence[str], alt: Line, disputed: Iterable[str] = ()
) -> Drawing | None:
    """Happenings by part of day: a row each, a column a part of day, a mark a source."""
    if not moments:
        return None
    rows = list(dict.fromkeys(moment.row for moment in moments))
    figure, axes = plt.subplots(figsize=(WIDTH, 0.75 + _ROW * 0.9 * len(rows)))
    for index, row in enumerate(rows):
        if row in set(disputed):
            axes.axhspan(index - 0.5, index + 0.5, color=BAND, zorder=0, linewidth=0)
        _cells(axes, index, [moment for moment in moments if moment.row == row])
    _rows(axes, rows)
    axes.set_xticks(range(len(columns)), columns)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", labelsize=8.5)
    axes.set_xlim(-0.5, len(columns) - 0.2)
    axes.spines["bottom"].set_visible(False)
    data = pd.DataFrame(
        [
            {
                "happening": m.row,
                "part of day": columns[round(m.low)],
                "source": m.label,
                "when": m.period,
                "status": "planned" if m.hollow else "reported as done",
                "claims": " ".join(m.claims),
            }
            for m in moments
        ]
    )
    return _of_moments(figure, data, alt, moments)


def _of_moments(
    figure: Figure, data: pd.DataFrame, alt: Line, moments: Sequence[Moment]
) -> Drawing:
    claims = dict.fromkeys(id for moment in moments for id in moment.claims)
    return Drawing(figure, data, alt, (), tuple(claims))


# Pieces ------------------------------------------------------------------------------


def _bar(axes: Axes, row: float, mark: Mark, height: float = 0.56) -> None:
    """A bar from zero: solid up to what is certain, pale up to the upper bound."""
    low, high = mark.value.bounds
    if low is not None:
        axes.barh(row, float(low), height, color=mark.color, zorder=2)
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


def _rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")


def _part_panel(axes: Axes, group: Group) -> list[tuple[str, Value]]:
    """One whole as an outline behind the claims of its part."""
    printed = []
    rows = list(group.marks)
    ends = [bound for mark in rows for bound in mark.value.bounds if bound is not None]
    if group.whole is not None:
        ends += [bound for bound in group.whole.bounds if bound is not None]
        whole = float(group.whole.bounds[1] or group.whole.bounds[0])
        axes.axvspan(0, whole, color=BAND, zorder=0, linewidth=0)
        axes.axvline(whole, color=MUTED, lw=1.2, zorder=1)
        text = group.whole.text("short")
        axes.annotate(
            f"all trade {text}",
            (whole, -0.5),
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
        solid = mark.value.exact and float(mark.value.point) > 0.3 * float(max(ends))
        _label(axes, mark, index, text, inside=solid)
        printed.append((text, mark.value))
    _rows(axes, [mark.label for mark in rows])
    axes.set_title(group.title)
    axes.set_xlim(0, float(max(ends)) * 1.14)
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(nbins=5))
    return printed


def _lane(axes: Axes, row: int, moments: Sequence[Moment], span: float) -> None:
    """The happenings of one row; labels that would touch are set above and below in turn."""
    axes.axhline(row, color=GRID, lw=0.8, zorder=0)
    level = 0
    before = None
    for moment in sorted(moments, key=lambda item: (item.low, item.high)):
        middle = (moment.low + moment.high) / 2
        if moment.high - moment.low > 0.02 * span:
            axes.plot(
                [moment.low, moment.high],
                [row, row],
                color=moment.color,
                lw=6,
                solid_capstyle="butt",
                alpha=0.35 if moment.hollow else 0.8,
                zorder=2,
            )
        face = PAPER if moment.hollow else moment.color
        axes.scatter(
            [middle],
            [row],
            s=52,
            marker=moment.marker,
            facecolor=face,
            edgecolor=moment.color,
            linewidth=1.6,
            zorder=3,
        )
        crowded = before is not None and middle - before < 0.16 * span
        level = 1 - level if crowded else 0
        up = level == 0
        axes.annotate(
            moment.label,
            (middle, row),
            xytext=(0, 7 if up else -7),
            ha="center",
            textcoords="offset points",
            va="bottom" if up else "top",
            fontsize=8.5,
            color=INK,
            zorder=4,
        )
        before = middle


def _cells(axes: Axes, row: int, moments: Sequence[Moment]) -> None:
    """The marks of one row; sources that name the same part of day share a mark."""
    spots: dict[tuple[float, bool], list[Moment]] = {}
    for moment in moments:
        spots.setdefault((moment.low, moment.hollow), []).append(moment)
    for (column, hollow), here in spots.items():
        face = PAPER if hollow else here[0].color
        axes.scatter(
            [column - 0.3],
            [row],
            s=46,
            facecolor=face,
            edgecolor=here[0].color,
            linewidth=1.5,
            zorder=3,
        )
        names = ", ".join(dict.fromkeys(moment.label for moment in here))
        axes.annotate(
            names,
            (column - 0.3, row),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=INK,
        )


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


def _frame(figure: Figure, title: str, subtitle: str, foot: str) -> None:
    """Write title, subtitle and foot around a figure, for a file that stands alone."""
    height = figure.get_figheight()
    box = figure.get_tightbbox()
    top, bottom, left = box.y1 / height, box.y0 / height, box.x0 / figure.get_figwidth()
    figure.text(
        left, top + 0.36 / height, title, fontweight="bold", fontsize=11, va="bottom", wrap=False
    )
    figure.text(left, top + 0.14 / height, subtitle, color=MUTED, fontsize=9, va="bottom")
    figure.text(left, bottom - 0.12 / height, foot, color=MUTED, fontsize=8, va="top")


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    return re.sub(r"\s*<metadata>.*?</metadata>", "", text, count=1, flags=re.S)
