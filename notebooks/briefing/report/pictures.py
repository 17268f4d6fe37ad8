"""A figure as the pictures that it becomes: at two widths, alone with its title, in grey.

What is done here holds for any Figure, whoever made it. What a chart shows is made in a chapter
(see `marks`), whether it is true is checked in `publish_chart`. Places in an SVG are rounded,
but never what scales or moves letters: once that was rounded too, and every chart in JupyterLab
was set at two thirds of its size, spaced out.
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.category import StrCategoryFormatter
from matplotlib.collections import PathCollection
from matplotlib.dates import AutoDateLocator
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedFormatter, FixedLocator, LogFormatter, StrMethodFormatter
from matplotlib.transforms import Bbox
from PIL import Image

from .marks import MUTED, NARROW, SMALL, WIDE

#: Places in a drawing, which a hundredth of a point is fine enough for.
_PLACES = re.compile(r'\s(?:d|x|y|width|height)="[^"]*"')
_FINE = re.compile(r"-?\d+\.\d{3,}")
#: No chart becomes higher than this, in inches, for the sake of its names.
_TALLEST = 40
#: Letters without a blank that no word has so many of: they would leave a chart no room.
_ENDLESS = re.compile(r"(\S{24})(?=\S{8})")
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
#: White around a picture that stands alone, in inches; the size of its title and of a line, in
#: points; dots to an inch of a PNG.
_MARGIN, _TITLE, _LINE, _DPI = 0.12, 11.5, 1.25, 200
#: The largest part of a figure's width that the names of its rows may take.
_NAMES = 0.36


def pictures(
    wide: Figure, narrow: Figure, alt: str, titles: Sequence[str], grey: bool = False
) -> tuple[dict[str, str], str, dict[str, str]]:
    """A chart's drawings for a page, its face in JupyterLab, and its files by MIME type.

    The drawings, `svg` and `svg_narrow`, leave the title to the page. `narrow` is what a narrow
    screen sees, mostly the same figure. The letters of the face, an HTML picture, are outlines:
    it needs no font of the reader's. The files are framed by `titles`: title, subtitle, foot.
    """
    height = wide.get_figheight()
    fit(narrow, NARROW, narrow.get_figheight())
    small = _svg(narrow, grey)
    fit(wide, WIDE, height)
    svg = _svg(wide, grey)
    with matplotlib.rc_context({"svg.fonttype": "path"}):
        outlines = base64.b64encode(_svg(wide, grey, fine=True).encode()).decode()
    face = f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{outlines}">'
    frame, left, top = _frame(wide, *titles)
    # Of two ids that are the same, the chart's are those that something may refer to.
    outer = re.sub(r' id="[^"]*"', "", _svg(frame, grey))
    place = f'<svg x="{left * 72:.2f}" y="{top * 72:.2f}" overflow="visible"'
    inner = svg.replace("<svg", place, 1).replace('pt"', '"', 2)  # a point is the frame's unit
    alone = outer.replace("</svg>", f"{inner}</svg>")
    paper, chart = _png(frame), _png(wide)
    paper.paste(chart, (round(left * _DPI), round(top * _DPI)), chart)
    buffer = io.BytesIO()
    paper.convert("L" if grey else "RGB").save(buffer, format="png")
    png = base64.b64encode(buffer.getvalue()).decode()
    images = {"image/svg+xml": alone, "image/png": png}
    return {"svg": svg, "svg_narrow": small}, face, images


def _frame(figure: Figure, title: str, subtitle: str, foot: str) -> tuple[Figure, float, float]:
    """A white sheet with title, subtitle and foot, and where on it in inches a figure goes."""
    width, height = figure.get_size_inches()
    title = wrapped(title, width, _TITLE, bold=True)
    subtitle, foot = wrapped(subtitle, width), wrapped(foot, width)
    under = _MARGIN + _high(title, _TITLE) + 0.05
    top = under + _high(subtitle, SMALL) + 0.12
    below = top + height + 0.08
    whole = below + _high(foot, SMALL) + _MARGIN
    frame = Figure(figsize=(width + 2 * _MARGIN, whole))
    FigureCanvasAgg(frame)
    at: dict[str, Any] = {
        "transform": frame.dpi_scale_trans,
        "ha": "left",
        "va": "top",
        "linespacing": 1.1,
    }
    frame.text(_MARGIN, whole - _MARGIN, title, size=_TITLE, weight="bold", **at)
    frame.text(_MARGIN, whole - under, subtitle, size=SMALL, color=MUTED, **at)
    frame.text(_MARGIN, whole - below, foot, size=SMALL, color=MUTED, **at)
    return frame, _MARGIN, top


def fit(figure: Figure, width: float, height: float) -> None:
    """Lay a figure out at a width: its names wrapped, its labels where they meet nothing.

    It becomes higher than `height` where the names of its rows would stand over each other.
    """
    figure.set_size_inches(width, height)
    figure.set_layout_engine("constrained")
    figure.patch.set_visible(False)  # the paper is the page's own
    for axes in figure.axes:
        _left_title(axes).set_x(0)
        _wrap(axes.yaxis, width * _NAMES / _columns(axes))
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), LogFormatter):
                axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    _laid_out(figure)
    for axes in figure.axes:
        across = axes.bbox.width / figure.dpi
        _wrap(axes.xaxis, across / max(len(axes.get_xticks()), 1) - 0.05)
        if isinstance(dates := axes.xaxis.get_major_locator(), AutoDateLocator):
            dates.minticks, most = 2, max(3, int(across / 0.55))
            dates.maxticks = dict.fromkeys(dates.maxticks, most)
    _head(figure)
    roomy = _laid_out(figure)
    crowded = max((_crowded(axes.yaxis) for axes in figure.axes), default=1)
    while crowded > 1 or not roomy:
        height *= max(crowded, 1 if roomy else 1.5)
        if height > _TALLEST:
            break
        figure.set_size_inches(width, height)
        crowded, roomy = 1, _laid_out(figure)
    _settle(figure)
    figure.set_layout_engine("none")  # what is settled stays where it is


def _laid_out(figure: Figure) -> bool:
    """Lay a figure out; whether it has room for what its axes carry."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "constrained_layout not applied")
        try:
            figure.draw_without_rendering()
        except UserWarning:
            return False
    return True


def _head(figure: Figure) -> None:
    """Wrap the titles of axes over each other; all begin at the left where one needs the room."""
    titles = [_left_title(axes) for axes in figure.axes if _columns(axes) == 1]
    boxes = [box for axes in figure.axes if (box := axes.get_tightbbox())]
    left = min((box.x0 for box in boxes), default=0)
    moved = any(
        _across(_plain(title), title.get_fontsize(), bold=True) * figure.dpi > title.axes.bbox.width
        for title in titles
    )
    for title in titles:
        box = title.axes.bbox
        start = left if moved else box.x0
        room = ((figure.bbox.x1 if moved else box.x1) - start) / figure.dpi
        words = wrapped(_plain(title), room, title.get_fontsize(), bold=True)
        title.set(x=(start - box.x0) / box.width, text=words)


def _left_title(axes: Any) -> Any:
    return axes._left_title


def _columns(axes: Axes) -> int:
    """How many axes stand side by side."""
    spec = axes.get_subplotspec()
    return spec.get_gridspec().ncols if spec else 1


def _plain(text: Text) -> str:
    return " ".join(text.get_text().split())


def _names(axis: Axis) -> list[Text]:
    """The labels of an axis whose ticks are named, in the order of its ticks."""
    named = isinstance(axis.get_major_formatter(), FixedFormatter | StrCategoryFormatter)
    return axis.get_ticklabels() if named and axis.get_visible() else []


def _wrap(axis: Axis, inches: float) -> None:
    """Break the names of ticks into lines of at most so many inches."""
    if labels := _names(axis):
        lines = [wrapped(_plain(label), inches, float(label.get_fontsize())) for label in labels]
        axis.set_major_locator(FixedLocator(list(axis.get_majorticklocs())))
        axis.set_major_formatter(FixedFormatter(lines))


def _crowded(axis: Axis) -> float:
    """How many times the room between its ticks the names of an upright axis need."""
    boxes = [label.get_window_extent() for label in _names(axis) if label.get_text()]
    boxes.sort(key=lambda box: box.y0)
    needs = [
        (one.height + other.height) / 2 / ((other.y0 + other.y1 - one.y0 - one.y1) / 2 or 1)
        for one, other in zip(boxes, boxes[1:], strict=False)
    ]
    return 1.06 * max(needs, default=0)


def _settle(figure: Figure) -> None:
    """Put each label that has a choice where it first meets no other word and no mark."""
    paper = figure.bbox
    taken: list[Any] = []
    movable: list[Any] = []
    texts: list[Any] = figure.findobj(Text)
    for text in (text for text in texts if text.get_visible()):
        if hasattr(text, "places"):
            movable.append(text)
        elif text.get_text():
            taken.append(text.get_window_extent())
    for axes in figure.axes:
        taken += [bar.get_window_extent() for bar in axes.patches if isinstance(bar, Rectangle)]
        for points in axes.collections:
            if isinstance(points, PathCollection) and len(points.get_sizes()):
                half = points.get_sizes()[0] ** 0.5 / 2 * figure.dpi / 72
                spots = points.get_offset_transform().transform(points.get_offsets())
                taken += [Bbox([spot - half, spot + half]) for spot in spots]
    for label in movable:
        for place, offset, ha, va in label.places:
            label.xy = place
            label.set(position=offset, ha=ha, va=va)
            box = label.get_window_extent()
            inside = paper.x0 <= box.x0 and box.x1 <= paper.x1 and paper.y0 <= box.y0
            if inside and not any(map(box.overlaps, taken)):
                break
        taken.append(box)


def wrapped(words: str, inches: float, size: float = SMALL, bold: bool = False) -> str:
    """Words broken into lines of at most so many inches; a word only where none is so long."""
    lines: list[str] = []
    for word in _ENDLESS.sub(r"\1 ", words).split(" ") if words else ():
        longer = f"{lines[-1]} {word}" if lines else word
        fits = not lines or _across(longer, size, bold) <= inches
        lines[-1:] = [longer] if fits else [lines[-1], word]
    return "\n".join(lines)


def _across(words: str, size: float, bold: bool = False) -> float:
    """How wide a line of words is in inches."""
    font = FontProperties(size=size, weight="bold" if bold else "normal")
    return text_to_path.get_text_width_height_descent(words, font, ismath=False)[0] / 72


def _high(words: str, size: float) -> float:
    return (words.count("\n") + 1) * size * _LINE / 72 if words else 0.0


# Files -----------------------------------------------------------------------------------


def greys(colors: Iterable[str]) -> dict[str, str]:
    """A grey for each colour, told apart by lightness; each has a contrast of 3:1 on white."""
    names = list(dict.fromkeys(colors))
    step = (0x90 - 0x20) / max(len(names) - 1, 1)
    return {name: "#" + f"{round(0x20 + index * step):02x}" * 3 for index, name in enumerate(names)}


def as_grey(color: str) -> str:
    """The grey of a hex colour, weighted as ITU-R BT.601 weighs red, green and blue."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + f"{round(0.299 * red + 0.587 * green + 0.114 * blue):02x}" * 3


def _svg(figure: Figure, grey: bool, fine: bool = False) -> str:
    """A figure as SVG; unless `fine`, its places are rounded to a hundredth of a point."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.S)
    if not fine:
        text = _PLACES.sub(lambda m: _FINE.sub(lambda n: f"{float(n[0]):.2f}", m[0]), text)
    return _HEX.sub(lambda m: as_grey(m[0]), text) if grey else text


def _png(figure: Figure) -> Image.Image:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI)
    return Image.open(buffer).convert("RGBA")
