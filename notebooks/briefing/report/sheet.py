"""Where things stand in a chart: in inches, from the top, by what their words measure.

A chart is drawn at two widths from the same rows: beside its mark a row's name takes room that a
narrow screen does not have, so there it stands above. Both are set in the same sizes of type.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

INK, MUTED, GRID, PAPER, BAND, NEUTRAL = (
    "#1d2129",
    "#5c6470",
    "#d5d9de",
    "#ffffff",
    "#e9ecef",
    "#4a5360",
)
#: Widths in inches: of the text on a page, and of the narrowest screen less its margins.
WIDE, NARROW = 5.8, 3.0
#: Sizes of type in points: of names and figures, and of what goes with them.
BODY, SMALL = 9.5, 8.5
#: Room in inches between words, or a mark and its words, that belong together.
GAP = 0.09
#: From the right edge to words that are set against it: a letter may reach out of its place.
EDGE = 0.02
#: The height of a line of words in inches, by the size of its type.
_LINE = 1.25 / 72
#: Dots to an inch at which words are measured: enough for a tenth of a point.
_DOTS = 720
#: How much wider words may come out where another font has to do, or letters meet whole pixels.
_SLACK = 1.05


@lru_cache
def _ruler() -> RendererAgg:
    return RendererAgg(1, 1, _DOTS)


def width_of(words: str, size: float = BODY, bold: bool = False) -> float:
    """How wide a line of words is in inches."""
    properties = FontProperties(size=size, weight="bold" if bold else "normal")
    width, _, _ = _ruler().get_text_width_height_descent(words, properties, False)
    return _SLACK * width / _DOTS


def wrapped(words: str, width: float, size: float = BODY, bold: bool = False) -> str:
    """Words broken into lines of at most so many inches; a single word is never broken."""
    lines: list[str] = []
    for paragraph in words.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and width_of(longer, size, bold) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return "\n".join(lines)


def height_of(words: str, size: float = BODY) -> float:
    """How high words are in inches, line by line; none take none."""
    return (words.count("\n") + 1) * size * _LINE if words else 0.0


def widest(words: Sequence[str], size: float = BODY, bold: bool = False) -> float:
    """The width in inches of the widest of several lines."""
    return max(
        (width_of(line, size, bold) for each in words for line in each.split("\n")), default=0
    )


class Sheet:
    """A figure of a given width that is filled from the top downwards.

    `depth` is how far it is filled, in inches; what is set beyond it makes it deeper.
    """

    def __init__(self, width: float) -> None:
        self.figure = Figure(figsize=(width, 1))
        FigureCanvasAgg(self.figure)
        # The paper is the page's own.
        self.figure.patch.set_visible(False)
        self.width, self.depth = width, 0.03
        self._panels: list[tuple[Axes, tuple[float, float, float, float]]] = []
        self._texts: list[tuple[Text, float]] = []

    @property
    def narrow(self) -> bool:
        """Whether there is no room for words beside the marks."""
        return self.width < (NARROW + WIDE) / 2

    def panel(self, left: float, width: float, top: float) -> Axes:
        """Axes from `top` down to where the sheet is filled; upright they count in inches."""
        height = self.depth - top
        axes = self.figure.add_axes((0, 0, 1, 1))
        axes.set_ylim(height, 0)
        axes.set_yticks([])
        axes.patch.set_visible(False)
        self._panels.append((axes, (left, top, width, height)))
        return axes

    def write(
        self,
        x: float,
        y: float,
        words: str,
        size: float = BODY,
        color: str = INK,
        *,
        bold: bool = False,
        ha: str = "left",
        va: str = "top",
        over: bool = False,
    ) -> None:
        """Words at a place in inches from the left and the top; `over` hides lines behind them."""
        if not words:
            return
        weight = "bold" if bold else "normal"
        box = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6} if over else None
        text = self.figure.text(
            x, 0, words, size=size, color=color, weight=weight, ha=ha, va=va,
            transform=self.figure.dpi_scale_trans, linespacing=1.1, bbox=box,
        )  # fmt: skip
        self._texts.append((text, y))

    def heading(self, words: str, left: float = 0.0) -> None:
        """A line of its own over what follows, in bold."""
        words = wrapped(words, self.width - left, bold=True)
        self.write(left, self.depth, words, bold=True, over=True)
        self.depth += height_of(words) + 0.03

    def labelled(
        self, label: str, value: str, detail: str = "", note: str = "", left: float = 0.0
    ) -> None:
        """A line with a name at the left and what is said of it at the right edge.

        The name runs on in further lines where it must. Smaller, `detail` follows it, and
        `note` stands before the value.
        """
        edge = self.width - EDGE
        right = edge - (width_of(value) + GAP if value else 0)
        room = right - left - (width_of(note, SMALL) + GAP if note else 0)
        words = wrapped(label, room)
        self.write(left, self.depth, words)
        self.write(right, self.depth + (BODY - SMALL) / 72, note, SMALL, MUTED, ha="right")
        self.write(edge, self.depth, value, ha="right")
        self.depth += height_of(words)
        detail = wrapped(detail, self.width - left, SMALL)
        self.write(left, self.depth, detail, SMALL, MUTED)
        self.depth += height_of(detail, SMALL)

    def finish(self) -> Figure:
        """The figure, as high as it is filled."""
        self.figure.set_size_inches(self.width, self.depth)
        for axes, (left, top, width, height) in self._panels:
            bottom = (self.depth - top - height) / self.depth
            axes.set_position((left / self.width, bottom, width / self.width, height / self.depth))
        for text, y in self._texts:
            text.set_y(self.depth - y)
        return self.figure


def moved(figure: Figure, right: float, up: float, width: float, height: float) -> None:
    """Give a finished figure another size in inches, with what stands in it moved."""
    old_width, old_height = figure.get_size_inches()
    for axes in figure.axes:
        box = axes.get_position()
        axes.set_position(
            (
                (box.x0 * old_width + right) / width,
                (box.y0 * old_height + up) / height,
                box.width * old_width / width,
                box.height * old_height / height,
            )
        )
    for text in figure.texts:
        x, y = text.get_position()
        text.set_position((x + right, y + up))
    figure.set_size_inches(width, height)
