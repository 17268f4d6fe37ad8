"""A finished chart: its figure, what it plots, and the files that it becomes.

Here it stays until the last chapter draws ordinary figures (see `marks`, `pictures`).
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from ..values.value import Value
from .marks import house_style
from .pictures import as_grey, greys
from .sheet import MUTED, NARROW, NEUTRAL, SMALL, WIDE, height_of, moved, wrapped
from .text import Text

__all__ = ["NEUTRAL", "Drawing", "as_grey", "greys", "house_style"]

_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
#: What says where something lies, and in it the places beyond a hundredth of a point.
_PLACE = re.compile(r'\s(?:d|x|y|width|height|transform)="[^"]*"')
_FINE = re.compile(r"(?<=\d\.\d\d)\d+")
#: White around a drawing that stands alone, in inches, and the size of its title in points.
_MARGIN, _TITLE = 0.12, 11.5


@dataclass(frozen=True)
class Drawing:
    """A finished chart.

    `draw` makes its figure, as wide as it is told; `data` is what it plots; `alt` says in a
    sentence what it shows, `description` all that it plots. `numbers` are the values printed
    in it, with their text; `claims` names claims that it draws without printing a number.
    """

    draw: Callable[[float], Figure]
    data: pd.DataFrame
    alt: Text
    description: Text
    numbers: tuple[tuple[str, Value], ...] = ()
    claims: tuple[str, ...] = ()

    @cached_property
    def figure(self) -> Figure:
        """The chart as wide as the text on a page."""
        return self.draw(WIDE)

    @property
    def values(self) -> list[Value]:
        """Every value that the chart or the words for it show."""
        told = (*self.alt.numbers, *self.description.numbers)
        return [value for _, value in self.numbers] + [number.value for number in told]

    def face(self, grey: bool = False) -> str:
        """The chart as an HTML picture that needs no font of the reader's: letters are outlines."""
        with matplotlib.rc_context({"svg.fonttype": "path"}):
            drawn = _svg(self.figure, fine=True)
        drawn = _greyed(drawn) if grey else drawn
        svg = base64.b64encode(drawn.encode()).decode()
        return f'<img alt="{escape(str(self.alt))}" src="data:image/svg+xml;base64,{svg}">'

    def files(self, title: str, subtitle: str, foot: str, grey: bool = False) -> dict[str, str]:
        """The chart as SVG without its title, wide and narrow, and with it as SVG and PNG (base64).

        The first two go into a page that sets the title itself; the others stand alone. With
        `grey` nothing in them has a hue.
        """
        alone = self.draw(WIDE)
        _frame(alone, title, subtitle, foot)
        made = {
            "svg": _svg(self.figure),
            "svg_narrow": _svg(self.draw(NARROW)),
            "svg_alone": _svg(alone),
        }
        if grey:
            made = {name: _greyed(svg) for name, svg in made.items()}
        return made | {"png": base64.b64encode(_png(alone, grey)).decode()}


def _frame(figure: Figure, title: str, subtitle: str, foot: str) -> None:
    """Write title, subtitle and foot around a figure, for a file that stands alone."""
    figure.patch.set_visible(True)
    width, height = figure.get_size_inches()
    title = wrapped(title, width, _TITLE, bold=True)
    subtitle, foot = (wrapped(words, width, SMALL) for words in (subtitle, foot))
    below = _MARGIN + height_of(foot, SMALL) + 0.08
    under_title = below + height + 0.12 + height_of(subtitle, SMALL) + 0.05
    whole = under_title + height_of(title, _TITLE) + _MARGIN
    moved(figure, _MARGIN, below, width + 2 * _MARGIN, whole)
    at = {"transform": figure.dpi_scale_trans, "ha": "left"}
    figure.text(
        _MARGIN, under_title, title, size=_TITLE, weight="bold", va="bottom", linespacing=1.1, **at
    )
    small = {"size": SMALL, "color": MUTED, **at}
    figure.text(_MARGIN, below + height + 0.12, subtitle, va="bottom", **small)
    figure.text(_MARGIN, below - 0.08, foot, va="top", **small)


def _greyed(svg: str) -> str:
    return _HEX.sub(lambda m: as_grey(m[0]), svg)


def _png(figure: Figure, grey: bool) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=200, metadata={"Software": None})
    if grey:
        image = Image.open(buffer).convert("L")
        buffer = io.BytesIO()
        image.save(buffer, format="png")
    return buffer.getvalue()


def _svg(figure: Figure, fine: bool = False) -> str:
    """A figure as SVG; unless `fine`, places are told to a hundredth of a point.

    Outlines of letters are scaled by numbers that are smaller than that, and have to be fine.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = text if fine else _PLACE.sub(lambda m: _FINE.sub("", m[0]), text)
    return re.sub(r"\s*<metadata>.*?</metadata>", "", text, count=1, flags=re.S)
