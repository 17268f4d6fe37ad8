"""A finished chart: its figure, what it plots, and the files that it becomes.

Here too is what all charts share: the house style and its colours.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from ..value import Value
from .prose import Line

INK, MUTED, GRID, PAPER, BAND, NEUTRAL = (
    "#1d2129",
    "#5c6470",
    "#d5d9de",
    "#ffffff",
    "#e9ecef",
    "#4a5360",
)
WIDTH = 5.8  # inches: the text width of a page, and legible when a phone scales it down
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
ROW = 0.36  # inches of height that one row of a chart takes


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

    def face(self, grey: bool = False) -> str:
        """The chart as an HTML picture that needs no font of the reader's: letters are outlines.

        Take it before `files`, which frames and closes the figure.
        """
        with matplotlib.rc_context({"svg.fonttype": "path"}):
            drawn = _greyed(_svg(self.figure)) if grey else _svg(self.figure)
        svg = base64.b64encode(drawn.encode()).decode()
        return f'<img alt="{escape(self.alt.text)}" src="data:image/svg+xml;base64,{svg}">'

    def files(self, title: str, subtitle: str, foot: str, grey: bool = False) -> dict[str, str]:
        """The chart as SVG without its title, and with it as SVG and PNG (base64).

        The first goes into a page that sets the title itself; the others stand alone. With
        `grey` nothing in them has a hue.
        """
        bare = _svg(self.figure)
        _frame(self.figure, title, subtitle, foot)
        png = _png(self.figure, grey)
        whole = _svg(self.figure)
        plt.close(self.figure)
        if grey:
            bare, whole = _greyed(bare), _greyed(whole)
        return {"svg": bare, "svg_alone": whole, "png": base64.b64encode(png).decode()}


def house_style() -> None:
    """Set the house style for every figure made from here on; draws to files only."""
    matplotlib.use("agg")
    spec = find_spec("font_source_sans_pro")
    if spec and spec.origin:
        for path in sorted(Path(spec.origin).parent.glob("files/*.ttf")):
            if path.stem.rpartition("-")[2] in ("Regular", "Bold", "It"):
                font_manager.fontManager.addfont(path)
    plt.style.use(Path(__file__).with_name("house.mplstyle"))


def name_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Name the rows of a chart, the first on top."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")


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


def greys(colors: Iterable[str]) -> dict[str, str]:
    """A grey for each colour, told apart by lightness; each has a contrast of 3:1 on white."""
    names = list(dict.fromkeys(colors))
    step = (0x90 - 0x20) / max(len(names) - 1, 1)
    return {name: "#" + f"{round(0x20 + index * step):02x}" * 3 for index, name in enumerate(names)}


def as_grey(color: str) -> str:
    """The grey of a hex colour, weighted as ITU-R BT.601 weighs red, green and blue."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + f"{round(0.299 * red + 0.587 * green + 0.114 * blue):02x}" * 3


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


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    return re.sub(r"\s*<metadata>.*?</metadata>", "", text, count=1, flags=re.S)
