"""Every chart at both widths: words inside the drawing, legible, none over another or a mark."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations

import nbformat
import pytest
import test_charts
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from briefing.render.edition import edition_file
from briefing.report import chapter
from briefing.report.drawing import Drawing, house_style
from briefing.report.parameters import declared, find_chapter
from briefing.report.sheet import BAND, NARROW, SMALL, WIDE

EDITIONS = ("default", "wire-only")
CHAPTERS = (
    "0-summary",
    "1-trade",
    "2-arms",
    "3-visits",
    "4-wider-ties",
    "6-disagreements",
    "5-record",
)
#: Charts whose description sums up what single marks show.
SUMMED_UP = {"roll-call"}
WIDTHS = {"wide": WIDE, "narrow": NARROW}


@pytest.fixture(autouse=True)
def _style():
    house_style()


# The charts --------------------------------------------------------------------------


@cache
def charts_of(edition: str) -> dict[str, Drawing]:
    """Every chart of the chapters of an edition, on a linear and on a logarithmic scale."""
    found: dict[str, Drawing] = {}
    values = edition_file(edition) if edition != "default" else {}
    for name in CHAPTERS:
        found |= charts_in(name, {**values, "texts": ""})
    logarithmic = charts_in("1-trade", {**values, "texts": "", "scale": "log"})
    return found | {f"{key}, log": drawing for key, drawing in logarithmic.items()}


def charts_in(name: str, values: dict) -> dict[str, Drawing]:
    """The charts that a chapter makes, run cell by cell without a kernel."""
    found: dict[str, Drawing] = {}

    def keep(_: chapter.Chapter, key: str, drawing: Drawing | None, *args, **words) -> None:
        found.update({key: drawing} if drawing else {})

    namespace: dict = {}
    notebook = nbformat.read(find_chapter(name), as_version=4)
    first, *rest = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chapter, "publish", lambda *_, **__: None)
        patch.setattr(chapter.Chapter, "chart", keep)
        exec(first, namespace)
        own = {parameter.name for parameter in declared(find_chapter(name))}
        namespace |= {key: value for key, value in values.items() if key in own}
        for source in rest:
            exec(source, namespace)
    return found


def cases() -> Iterator:
    """Every invented chart, and all real ones of an edition together, at both widths."""
    for width in WIDTHS:
        for name in test_charts.CHARTS:
            yield pytest.param(f"invented/{name}", width, id=f"{name}-{width}")
        for edition in EDITIONS:
            yield pytest.param(f"real/{edition}", width, id=f"{edition}-{width}")


def drawings(case: str) -> dict[str, Drawing]:
    kind, _, name = case.partition("/")
    return charts_of(name) if kind == "real" else {name: test_charts.drawn(name)}


@cache
def figures(case: str, width: str) -> dict[str, Figure]:
    """The drawings of a case at a width, made once for many tests."""
    return {key: drawing.draw(WIDTHS[width]) for key, drawing in drawings(case).items()}


every_drawing = pytest.mark.parametrize(("case", "width"), list(cases()))


# What stands where -------------------------------------------------------------------


def words_in(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every text of a figure with the box that its letters fill, in pixels."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    shown = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in shown
            if not isinstance(text, Annotation)]  # fmt: skip


def marks_in(figure: Figure) -> list[Bbox]:
    """The boxes of bars and points, but for shading and tracks."""
    found = []
    for axes in figure.axes:
        for patch in axes.patches:
            if isinstance(patch, Rectangle) and to_hex(patch.get_facecolor()) != BAND:
                found.append(patch.get_window_extent())
        for points in axes.findobj(PathCollection):
            half = points.get_sizes()[0] ** 0.5 / 2 * figure.dpi / 72
            for x, y in axes.transData.transform(points.get_offsets()):
                found.append(Bbox.from_extents(x - half, y - half, x + half, y + half))
    return found


def meet(one: Bbox, other: Bbox, by: float = 0.5) -> bool:
    """Whether two boxes share more than the edge of a pixel."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    upright = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > by and upright > by


@every_drawing
def test_no_word_is_cut_or_stands_over_another(case, width):
    assert drawings(case)
    for key, figure in figures(case, width).items():
        assert figure.get_figwidth() == WIDTHS[width]
        paper = figure.bbox
        words = words_in(figure)
        for text, box in words:
            assert box.x0 >= -0.5, (key, text)
            assert box.x1 <= paper.x1 + 0.5, (key, text)
            assert box.y0 >= -0.5, (key, text)
            assert box.y1 <= paper.y1 + 0.5, (key, text)
        over = [(a, b) for (a, one), (b, other) in combinations(words, 2) if meet(one, other)]
        assert over == [], key


@every_drawing
def test_no_word_stands_on_a_mark(case, width):
    for key, figure in figures(case, width).items():
        words, marks = words_in(figure), marks_in(figure)
        # The box of a line of words is higher than its letters.
        assert [text for text, box in words if any(meet(box, at, 3) for at in marks)] == [], key


@every_drawing
def test_the_type_is_legible_and_of_two_sizes(case, width):
    sizes = set()
    for figure in figures(case, width).values():
        shown = [text for text in figure.findobj(Text) if text.get_text().strip()]
        sizes |= {text.get_fontsize() for text in shown}
    assert min(sizes) >= SMALL >= 8.5
    assert len(sizes) <= 2


@pytest.mark.parametrize("case", [case.values[0] for case in cases() if case.values[1] == "wide"])
def test_both_widths_say_the_same(case):
    def said(figure: Figure) -> set[str]:
        # But for the ticks, which are fewer where there is less room.
        return {word.strip(",") for text in figure.texts for word in text.get_text().split()}

    for key, drawing in drawings(case).items():
        wide, narrow = (said(figures(case, width)[key]) for width in WIDTHS)
        assert wide == narrow, key
        printed = {word.strip(",") for text, _ in drawing.numbers for word in text.split(" ")}
        assert printed <= narrow, key


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_alt_text_of_every_chart_is_brief_and_the_description_whole(edition):
    for key, drawing in charts_of(edition).items():
        assert len(str(drawing.alt)) <= 250, key
        assert str(drawing.alt).count(". ") < 2, key
        if key in SUMMED_UP:
            continue
        named = drawing.data["what" if "what" in drawing.data else "row"]
        told = str(drawing.description).lower()
        assert [str(name) for name in named if str(name).lower() not in told] == [], key


def test_both_texts_of_a_chart_follow_the_articles_that_count():
    whole, wire = charts_of("default"), charts_of("wire-only")
    for key in ("arms-shares", "who-says-what", "programme"):
        assert str(whole[key].alt) != str(wire[key].alt)
        assert str(whole[key].description) != str(wire[key].description)
