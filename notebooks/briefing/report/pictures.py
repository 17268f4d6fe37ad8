"""A figure as the pictures that it becomes: at two widths, alone with its title, in grey.

What is done here holds for any Figure, whoever made it. What a chart shows is made in a chapter
(see `marks`), whether it is true is checked in `publish_chart`. An SVG is left as matplotlib
writes it, but for its colours: once its numbers were rounded, with them the scale of its letters,
and every chart in JupyterLab was set at two thirds of its size, spaced out.
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import matplotlib
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryFormatter
from matplotlib.collections import PathCollection
from matplotlib.dates import AutoDateLocator
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedFormatter, FixedLocator, LogFormatter, StrMethodFormatter
from matplotlib.transforms import Bbox
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from .blocks import LANGUAGE
from .marks import MUTED, NARROW, SMALL, WIDE

#: No chart becomes higher than this, in inches, for the sake of its names.
_TALLEST = 40
#: Letters without a blank that no word has so many of: they would leave a chart no room.
_ENDLESS = re.compile(r"(\S{24})(?=\S{8})")
_ID = re.compile(r"(?<=[\"#])[a-zA-Z][0-9a-f]{10}(?=[\")])")
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
#: White around a picture that stands alone, in inches; the size of its title, in points; dots to
#: an inch of a PNG.
_MARGIN, _TITLE, _DPI = 0.12, 11.5, 200
#: How wide a face is, in pixels: as wide as a chart becomes on the page.
_FACE = round(1.3 * 96 * WIDE)
#: The largest part of a figure's width that the names of its rows may take.
_NAMES = 0.36


def pictures(
    wide: Figure,
    narrow: Figure,
    alt: str,
    titles: Sequence[str],
    zones: Callable[[Figure], Sequence[Mapping[str, Any]]],
    grey: bool,
) -> tuple[dict[str, Any], str, dict[str, str]]:
    """A chart's drawings for a page, its face in JupyterLab, and its files by MIME type.

    The drawings, `svg` and `svg_narrow`, leave the title to the page; with the wide one come its
    `zones`, what a pointer finds where. `narrow` is what a narrow
    screen sees, mostly the same figure. The letters of the face, an HTML picture, and of the files
    are outlines: they need no font of the reader's. The files are framed by `titles`: title,
    subtitle, foot.
    """
    height = wide.get_figheight()
    fit(narrow, NARROW, narrow.get_figheight())
    small = _svg(narrow, grey)
    fit(wide, WIDE, height)
    svg, pointed = _svg(wide, grey), list(zones(wide))
    outlines = base64.b64encode(_svg(wide, grey, "path").encode()).decode()
    face = f'<img width="{_FACE}" alt="{escape(alt)}" src="data:image/svg+xml;base64,{outlines}">'
    sheet, buffer = _framed(wide, *titles), io.BytesIO()
    told = {"Title": titles[0], "Description": alt}
    wide.savefig(buffer, format="png", dpi=_DPI, bbox_inches=sheet, metadata=told)
    found = buffer.getvalue()
    png = base64.b64encode(told_png(found, told, "L") if grey else found).decode()
    svg_file = _told_svg(_svg(wide, grey, "path", bbox_inches=sheet), *told.values())
    images = {"image/svg+xml": svg_file, "image/png": png}
    return {"svg": svg, "svg_narrow": small, "zones": pointed}, face, images


def _framed(figure: Figure, title: str, subtitle: str, foot: str) -> Bbox:
    """Write title, subtitle and foot around a figure; the white sheet, in inches, for them all."""
    width, height = figure.get_size_inches()
    figure.patch.set_visible(True)
    for legend in figure.legends:  # it goes by the edge of the sheet, and would leave its place
        x, y = figure.transFigure.inverted().transform(legend.get_window_extent().p0)
        legend.set_loc("lower left")
        legend.borderaxespad = 0
        legend.set_bbox_to_anchor((x, y), transform=figure.transFigure)
    small: dict[str, Any] = {"size": SMALL, "color": MUTED, "linespacing": 1.1}
    bold: dict[str, Any] = {"size": _TITLE, "weight": "bold", "linespacing": 1.1}
    below = figure.text(0, -0.1 / height, wrapped(foot, width), va="top", **small)
    above = figure.text(0, 1 + 0.14 / height, wrapped(subtitle, width), va="bottom", **small)
    top = max(above.get_window_extent().y1 / figure.dpi, height) + 0.07
    words = wrapped(title, width, _TITLE, bold=True)
    first = figure.text(0, top / height, words, va="bottom", **bold)
    low, high = below.get_window_extent().y0, first.get_window_extent().y1
    return Bbox([[0, low / figure.dpi], [width, high / figure.dpi]]).padded(_MARGIN)


def fit(figure: Figure, width: float, height: float) -> None:
    """Lay a figure out at a width: its names wrapped, its labels where they meet nothing.

    It becomes higher than `height` where the names of its rows would stand over each other.
    """
    figure.set_size_inches(width, height)
    figure.set_layout_engine("constrained")
    figure.patch.set_visible(False)  # the paper is the page's own
    every: list[Any] = figure.axes
    for axes in every:
        axes._left_title.set_wrap(True)
        place = axes.get_subplotspec()
        _wrap(axes.yaxis, width * _NAMES / (place.get_gridspec().ncols if place else 1))
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), LogFormatter):
                axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    _laid_out(figure)
    for axes in every:
        across = axes.bbox.width / figure.dpi
        _wrap(axes.xaxis, across / max(len(axes.get_xticks()), 1) - 0.05)
        if isinstance(dates := axes.xaxis.get_major_locator(), AutoDateLocator):
            dates.minticks, most = 2, max(3, int(across / 0.55))
            dates.maxticks = dict.fromkeys(dates.maxticks, most)
    while (needed := _needed(figure)) > 1 and height * needed < _TALLEST:
        height *= needed
        figure.set_size_inches(width, height)
    _settle(figure)
    with matplotlib.rc_context({"figure.constrained_layout.use": False}):
        figure.set_layout_engine(None)  # what is settled stays; "none" would draw each file twice


def _laid_out(figure: Figure) -> bool:
    """Lay a figure out; whether it has room for what its axes carry."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "constrained_layout not applied")
        try:
            figure.draw_without_rendering()
        except UserWarning:
            return False
    return True


def _names(axis: Axis) -> list[Text]:
    """The labels of an axis whose ticks are named, in the order of its ticks."""
    named = isinstance(axis.get_major_formatter(), FixedFormatter | StrCategoryFormatter)
    return axis.get_ticklabels() if named and axis.get_visible() else []


def _wrap(axis: Axis, inches: float) -> None:
    """Break the names of ticks into lines of at most so many inches."""
    if labels := _names(axis):
        plain = [" ".join(label.get_text().split()) for label in labels]
        lines = [wrapped(words, inches, float(labels[0].get_fontsize())) for words in plain]
        axis.set_major_locator(FixedLocator(list(axis.get_majorticklocs())))
        axis.set_major_formatter(FixedFormatter(lines))


def _needed(figure: Figure) -> float:
    """How many times its height a figure needs so that the names of its rows stand apart."""
    if not _laid_out(figure):
        return 1.5
    needs = [1.0]
    for axes in figure.axes:
        boxes = [label.get_window_extent() for label in _names(axes.yaxis) if label.get_text()]
        boxes.sort(key=lambda box: box.y0)
        for one, other in zip(boxes, boxes[1:], strict=False):
            apart = (other.y0 + other.y1 - one.y0 - one.y1) or 2
            needs.append(1.06 * (one.height + other.height) / apart)
    return max(needs)


def _settle(figure: Figure) -> None:
    """Put each label that has a choice where it first meets no other word and no mark."""
    drawn: list[Any] = [bar for axes in figure.axes for bar in axes.patches]
    drawn += [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    labels = [text for text in drawn if hasattr(text, "places")]
    taken = [each.get_window_extent() for each in drawn if each not in labels]
    for points in figure.findobj(PathCollection):  # whose own extent is not that of its points
        half = max(points.get_sizes(), default=0) ** 0.5 / 2 * figure.dpi / 72
        spots = points.get_offset_transform().transform(points.get_offsets())
        taken += [Bbox([spot - half, spot + half]) for spot in spots]
    for label in labels:
        for place, offset, ha, va in label.places:
            label.xy = place
            label.set(position=offset, ha=ha, va=va)
            box = label.get_window_extent()
            inside = all(figure.bbox.contains(*corner) for corner in box.corners())
            if inside and not any(map(box.overlaps, taken)):
                break
        taken.append(box)


def wrapped(words: str, inches: float, size: float = SMALL, bold: bool = False) -> str:
    """Words broken into lines of at most so many inches; a word only where none is so long."""
    font = FontProperties(size=size, weight="bold" if bold else "normal")
    lines: list[str] = []
    for word in _ENDLESS.sub(r"\1 ", words).split(" ") if words else ():
        longer = f"{lines[-1]} {word}" if lines else word
        points, *_ = text_to_path.get_text_width_height_descent(longer, font, ismath=False)
        lines[-1:] = [longer] if not lines or points / 72 <= inches else [lines[-1], word]
    return "\n".join(lines)


# Files -----------------------------------------------------------------------------------


def told_png(png: bytes, told: Mapping[str, str], mode: str = "RGB") -> bytes:
    """A PNG that says itself what it shows: its `told` texts, by the standard's keywords."""
    info, buffer = PngInfo(), io.BytesIO()
    for name, text in told.items():
        info.add_text(name, text)
    Image.open(io.BytesIO(png)).convert(mode).save(buffer, format="png", pnginfo=info)
    return buffer.getvalue()


def _told_svg(svg: str, title: str, description: str) -> str:
    """A drawing that says itself what it shows, and in which language."""
    said = f"<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>"
    named = f'<svg role="img" xml:lang="{LANGUAGE}" lang="{LANGUAGE}" '
    start, rest = svg.replace("<svg ", named, 1).split(">", 1)
    return f"{start}>\n{said}{rest}"


def as_grey(color: str) -> str:
    """The grey of a hex colour, weighted as ITU-R BT.601 weighs red, green and blue."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + f"{round(0.299 * red + 0.587 * green + 0.114 * blue):02x}" * 3


def _svg(figure: Figure, grey: bool, letters: str = "none", **more: Any) -> str:
    """A figure as SVG, without what depends on the clock; letters as text, or each as a "path"."""
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": letters}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, **more)
    text = buffer.getvalue()
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.S)
    # An id is a hash of places to the last bit, which the solver of layouts leaves to chance.
    ids = {id: f"i{number}" for number, id in enumerate(dict.fromkeys(_ID.findall(text)))}
    text = _ID.sub(lambda m: ids[m[0]], text)
    return _HEX.sub(lambda m: as_grey(m[0]), text) if grey else text
