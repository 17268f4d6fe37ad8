"""Marks: bounds are drawn as bounds, and at both widths no word stands over another or a mark."""

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from briefing.report import marks, pictures
from briefing.values.periods import Period
from briefing.values.value import stated

pytest.importorskip("briefing.values.array", reason="columns of values come with issue 14, part 1")

RED, PAPER = "#b3261e", marks.PAPER
NAMES = ["Vietnam", "Chile and a long name to be broken into lines", "Peru", "Mali", "Togo", "Chad"]
VALUES = ["171 171", "60 70", " 20 less than", "10  more than", "80 80 around", None]
PERIODS = [Period("2016", "2016"), Period("2016", "2024-06"), Period("2022-02", "2024-06"),
           Period("2023", ""), Period("2024-06-20", "2024-06-20"), Period()]  # fmt: skip


def column(*told: str | None) -> pd.Series:
    parts = [one and [*one.split(" ", 2), ""][:3] for one in told]
    return pd.Series(
        [p and stated(p[0], p[1], "USD bn", p[2], ("a",)) for p in parts], dtype="value"
    )


def drawn(kind: str) -> Figure:
    marks.house_style()
    figure, axes = plt.subplots(figsize=(5.8, marks.ROW * 7))
    match kind:
        case "bars":
            marks.bars(axes, NAMES, column(*VALUES), RED)
            axes.set_xticks([])
        case "dots":
            marks.dots(axes, NAMES, column(*VALUES), RED)
            axes.set_xlim(-40, 200)
        case "timeline":
            marks.timeline(axes, NAMES, PERIODS, RED, hollow=[False, True, True, True, True, False])
        case "stacked":
            exports, left = column("97 97", "109 109"), column("14 14", "2 2")
            marks.bars(axes, ["GWC", "op-ed"], exports, RED, inside=True)
            marks.bars(axes, ["GWC", "op-ed"], left, start=exports, text="leaves {}")
            axes.set_title(
                "A heading that is longer than its axis on a narrow screen, so it breaks"
            )
        case "own":
            sns.barplot(pd.DataFrame({"what": NAMES, "size": range(1, 7)}), x="size", y="what")
    plt.close(figure)
    return figure


def bars(figure: Figure) -> list[tuple[float, float, str]]:
    """From where to where each bar goes, and its face."""
    found = [(*bar.get_bbox().intervalx, bar.get_facecolor()) for bar in figure.axes[0].patches]
    return [(float(low), float(high), to_hex(face)) for low, high, face in found]


def points(figure: Figure) -> list[tuple[float, str]]:
    """Where each point lies, and its face."""
    found = figure.findobj(PathCollection)
    return [(float(p.get_offsets()[0][0]), to_hex(p.get_facecolor()[0])) for p in found]


def arrows(figure: Figure) -> list[tuple[float, bool]]:
    """Where each arrow begins, and whether it points to the right."""
    notes = [note for note in figure.findobj(Annotation) if note.arrow_patch]
    return [(float(n.xy[0]), bool(n.xyann[0] > (n.anncoords == "data") * n.xy[0])) for n in notes]


def words(figure: Figure) -> dict[str, Text]:
    """The texts that are drawn; ticks beyond the ends of an axis are not."""
    beyond = [
        label
        for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis)
        for at, label in zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=True)
        if not min(axis.get_view_interval()) <= at <= max(axis.get_view_interval())
    ]
    found = [text for text in figure.findobj(Text) if text.get_visible() and text not in beyond]
    return {text.get_text(): text for text in found if text.get_text().strip()}


def test_bars_and_dots_draw_bounds_as_bounds():
    figure = drawn("bars")
    assert bars(figure) == [(0, 171, RED), (0, 60, RED), (60, 70, RED), (0, 20, RED), (0, 10, RED),
                            (0, 80, PAPER)]  # fmt: skip
    pale = [bar.get_alpha() for bar in figure.axes[0].patches]
    assert pale == [None, None, 0.28, 0.28, None, None]
    assert arrows(figure) == [(20, False), (10, True)]
    figure = drawn("dots")
    assert bars(figure) == [(60, 70, RED)]
    assert points(figure) == [(171, RED), (20, PAPER), (10, PAPER), (80, PAPER)]
    assert arrows(figure) == [(20, False), (10, True)]
    pictures.fit(figure, marks.WIDE, 2)
    assert "Chad" in words(figure), "what is missing leaves its row empty"
    assert not {"nan", "<NA>", "None"} & set(words(figure))


def test_a_stacked_bar_begins_where_the_others_end():
    figure = drawn("stacked")
    assert [bar[:2] for bar in bars(figure)] == [(0, 97), (0, 109), (97, 111), (109, 111)]
    assert {"$97bn", "$109bn", "leaves $14bn", "leaves $2bn"} <= set(words(figure))


def test_a_bare_year_is_a_bar_of_a_year_and_what_is_planned_is_hollow():
    figure = drawn("timeline")
    days = np.array([bar[:2] for bar in bars(figure)], int).astype("datetime64[D]").astype(str)
    assert days.tolist() == [["2016-01-01", "2017-01-01"], ["2016-01-01", "2024-07-01"],
                             ["2022-02-01", "2024-07-01"]]  # fmt: skip
    assert [face for *_, face in bars(figure)] == [RED, PAPER, PAPER]
    assert [face for _, face in points(figure)] == [PAPER, PAPER]
    assert [forward for _, forward in arrows(figure)] == [True]


@pytest.mark.parametrize("width", [marks.WIDE, marks.NARROW])
@pytest.mark.parametrize("kind", ["bars", "dots", "timeline", "stacked", "own"])
def test_no_word_is_cut_or_stands_over_another_or_a_mark(kind, width):
    figure = drawn(kind)
    for each in (marks.NARROW, width):  # nothing is left of the width before
        pictures.fit(figure, each, marks.ROW * 7)
    assert figure.get_figwidth() == width
    told = words(figure)
    boxes = {text: letters.get_window_extent().padded(-0.5) for text, letters in told.items()}
    paper = figure.bbox.padded(1)
    cut = [text for text, box in boxes.items() if not (
        paper.contains(box.x0, box.y0) and paper.contains(box.x1, box.y1))]  # fmt: skip
    assert cut == []
    pairs = combinations(boxes.items(), 2)
    assert [(a, b) for (a, one), (b, two) in pairs if one.overlaps(two)] == []
    drawn_bars = [bar.get_window_extent() for bar in figure.axes[0].patches]
    outside = {text: box for text, box in boxes.items() if told[text].get_color() != PAPER}
    assert [text for text, box in outside.items() if any(map(box.overlaps, drawn_bars))] == []


def test_a_figure_grows_where_its_names_need_it():
    figure = drawn("bars")
    pictures.fit(figure, marks.NARROW, 0.8)
    assert figure.get_figheight() > 0.8


def test_in_a_kernel_the_inline_backend_draws_and_elsewhere_files_alone(monkeypatch):
    for given, used in (("module://matplotlib_inline.backend_inline", "inline"), ("", "agg")):
        monkeypatch.setenv("MPLBACKEND", given)
        marks.house_style()
        assert plt.get_backend().endswith(used)
