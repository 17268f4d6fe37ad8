"""Charts: what they plot, say and draw; bounds are drawn as bounds; the same bytes every time."""

import csv
import hashlib
import io
import os
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.text import Annotation

from briefing.report.charts import Group, Mark, bars, parts, shares
from briefing.report.drawing import Drawing, house_style
from briefing.report.parameters import NOTEBOOKS
from briefing.report.sheet import NARROW, WIDE
from briefing.report.tables import csv_text
from briefing.report.text import Text, line
from briefing.report.timelines import Moment, grid, timeline
from briefing.values.periods import Period
from briefing.values.value import Value, stated

RED, BLUE = "#b3261e", "#1f5fa8"


@pytest.fixture(autouse=True)
def _style():
    house_style()
    yield
    plt.close("all")


def value(low: str, high: str, unit: str = "USD bn", hedge: str = "", id: str = "a") -> Value:
    return stated(low, high, unit, hedge, (id,))


def mark(name: str, what: Value, color: str = RED) -> Mark:
    return Mark(line("{name}", name=name), what, color)


EXACT = mark("Vietnam", value("171", "171", id="exact"))
RANGE = mark("Chile", value("60", "70", id="range"), BLUE)
BELOW = mark("Peru", value("", "20", hedge="less than", id="below"))
ABOVE = mark("Mali", value("10", "", hedge="more than", id="above"))
HEDGED = mark("Togo", value("80", "80", hedge="around", id="hedged"))
MARKS = [EXACT, RANGE, BELOW, ABOVE, HEDGED]

PERCENT = [
    Mark(one.label, stated(*map(_plain, one.value.bounds), "%", one.value.hedge, one.value.claims),
         one.color)
    for _plain in [lambda end: "" if end is None else str(min(end, Decimal(99)))]
    for one in MARKS
]  # fmt: skip
GROUPS = [Group("Share of imports", PERCENT[:2]), Group("Share of stock", PERCENT[2:])]
PARTS = [
    Group("Peru", [BELOW, HEDGED], value("120", "120", id="whole")),
    Group("Mali", [ABOVE], value("30", "40", id="other")),
    Group("Chad", [RANGE]),
]
MOMENTS = [
    Moment(
        "Bought", 2016, 2016, "tanks bought", RED, claims=("m1",), period=Period("2016", "2016")
    ),
    Moment(
        "Not bought", 2016, 2024, "no purchase", RED, True, "s", ("m2",), Period("2016", "2024")
    ),
    Moment(
        "Bought", 2020, 2020, "boats bought", BLUE, claims=("m3",), period=Period("2020", "2020")
    ),
]
STEPS = [
    Moment("Arrival", 0, 0, "AP", claims=("s1",), period=Period("2024-06-20", "2024-06-20")),
    Moment("Arrival", 1, 1, "INPAC", claims=("s2",), period=Period("2024-06-19", "2024-06-19")),
    Moment("Talks", 2, 2, "GWC", hollow=True, claims=("s3",), period=Period("2024-06-20", "")),
]
COLUMNS = ["morning", "night", "planned"]
ALT = line("{words}", words="A line of things")

CHARTS = {
    "bars": lambda: bars(MARKS, "US$ billion"),
    "log": lambda: bars(MARKS, "US$ billion", "log"),
    "parts": lambda: parts(PARTS, "US$ billion"),
    "shares": lambda: shares(GROUPS),
    "compact": lambda: shares(GROUPS, compact=True),
    "timeline": lambda: timeline(MOMENTS, 2016, 2024, ALT),
    "grid": lambda: grid(STEPS, COLUMNS, ALT, ["Arrival"]),
}
VALUED = {"bars": MARKS, "log": MARKS, "shares": PERCENT, "compact": PERCENT,
          "parts": [m for group in PARTS for m in group.marks]}  # fmt: skip


def drawn(name: str) -> Drawing:
    return CHARTS[name]()


def files(drawing: Drawing) -> dict[str, str]:
    return drawing.files("The title", "The subtitle", "Sources: AP.")


@lru_cache
def made(name: str) -> dict[str, str]:
    """The files of one chart, drawn once for many tests."""
    return files(drawn(name))


def texts(svg: str) -> list[str]:
    """What stands in an SVG as text, one string an element."""
    root = ElementTree.fromstring(svg)
    found = root.iter("{http://www.w3.org/2000/svg}text")
    return ["".join(element.itertext()).strip() for element in found]


def rows_of(drawing: Drawing) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(drawing.data))))


# What was drawn, whatever pieces it was drawn with -------------------------------------


def arrows(drawing: Drawing) -> list[tuple[float, float]]:
    """Where each arrow starts, and which way it points (+1 right, −1 left)."""
    found = []
    drawing.figure.canvas.draw()
    for note in drawing.figure.findobj(Annotation):
        if note.arrow_patch is not None:
            found.append((float(note.xy[0]), 1.0 if note.xyann[0] > 0 else -1.0))
    loose = [p for p in drawing.figure.findobj(FancyArrowPatch)
             if p not in [n.arrow_patch for n in drawing.figure.findobj(Annotation)]]  # fmt: skip
    assert not loose, "an arrow that this test cannot read"
    return found


def bands(drawing: Drawing) -> set[tuple[float, float]]:
    """The stretches that bars and thick lines cover, as from and to."""
    found = set()
    for patch in drawing.figure.findobj(Rectangle):
        found.add((round(patch.get_x(), 6), round(patch.get_x() + patch.get_width(), 6)))
    for stroke in drawing.figure.findobj(Line2D):
        places = [float(x) for x in stroke.get_xdata()]
        if stroke.get_linewidth() >= 4 and places:
            found.add((min(places), max(places)))
    return found


def points(drawing: Drawing) -> dict[float, bool]:
    """Where each point lies, and whether it is hollow."""
    found = {}
    for collection in drawing.figure.findobj(PathCollection):
        for x, _ in collection.get_offsets():
            face, edge = collection.get_facecolor()[0], collection.get_edgecolor()[0]
            found[round(float(x), 6)] = to_hex(face) != to_hex(edge)
    return found


# In words and figures ------------------------------------------------------------------


@pytest.mark.parametrize("name", VALUED)
def test_the_description_names_every_label_and_value(name):
    description = drawn(name).description
    for one in VALUED[name]:
        assert str(one.label) in str(description)
        assert str(line("{v}", v=one.value)) in str(description)
    assert {number.value for number in description.numbers} >= {one.value for one in VALUED[name]}


def test_the_description_of_parts_and_shares_names_wholes_and_measures():
    description = str(drawn("parts").description)
    assert "within US$120\u00a0billion" in description
    assert "within US$30\u00a0billion to US$40\u00a0billion" in description
    for group in GROUPS:
        assert group.title in str(drawn("shares").description)


@pytest.mark.parametrize("name", CHARTS)
def test_the_alt_text_is_a_sentence_or_two_and_the_description_longer(name):
    alt = str(drawn(name).alt)
    assert 20 < len(alt) < 250
    assert alt.count(". ") < 2
    assert alt.endswith(".")
    if name in VALUED:
        assert len(alt) < len(str(drawn(name).description))


def test_the_alt_text_names_the_ends():
    for name in ("bars", "log"):
        assert "Vietnam with US$171\u00a0billion" in str(drawn(name).alt)
        assert "Mali with more than US$10\u00a0billion" in str(drawn(name).alt)
        assert "Chile" not in str(drawn(name).alt)
    assert "99%" in str(drawn("shares").alt)
    assert "Peru – around US$80\u00a0billion, Togo, within US$120" in str(drawn("parts").alt)


def test_the_alt_text_of_happenings_counts_them():
    alt = str(drawn("timeline").alt)
    assert "three happenings under Bought and Not bought" in alt
    assert "from tanks bought (2016) to boats bought (2020)" in alt
    alt = str(drawn("grid").alt)
    assert "two rows by three columns" in alt
    assert "two filled marks and one hollow mark" in alt
    assert "Arrival has marks in the most columns, two. Shaded: Arrival." in alt


def test_both_texts_change_with_the_data():
    more = mark("Cuba", value("500", "500", id="more"))
    before, after = bars(MARKS, "US$ billion"), bars([*MARKS, more], "US$ billion")
    for name in ("alt", "description"):
        assert "Cuba" not in str(getattr(before, name))
        assert "Cuba" in str(getattr(after, name))
    assert "four happenings" in str(timeline([*MOMENTS, MOMENTS[0]], 2016, 2024, ALT).alt)
    assert "a row" not in str(grid(STEPS[:1], COLUMNS, ALT).alt)


@pytest.mark.parametrize("name", ["bars", "log"])
def test_the_alt_text_says_what_kind_of_axis_it_is(name):
    words = {"bars": "Bars from", "log": "logarithmic"}
    assert words[name] in str(drawn(name).alt)
    assert "US$ billion" in str(drawn(name).alt)


@pytest.mark.parametrize("name", ["timeline", "grid"])
def test_happenings_take_the_description_that_they_are_given(name):
    assert drawn(name).description is ALT


@pytest.mark.parametrize("name", VALUED)
def test_the_data_hold_every_label_and_value(name):
    rows = rows_of(drawn(name))
    assert len(rows) == len(VALUED[name])
    for row, one in zip(rows, VALUED[name], strict=True):
        low, high = ("" if end is None else f"{end:f}" for end in one.value.bounds)
        assert str(one.label) in row.values()
        assert {"value low": low, "value high": high, "value claims": one.value.claims[0],
                "value hedge": one.value.hedge}.items() <= row.items()  # fmt: skip


@pytest.mark.parametrize(("name", "moments"), [("timeline", MOMENTS), ("grid", STEPS)])
def test_the_data_hold_every_happening(name, moments):
    rows = rows_of(drawn(name))
    assert len(rows) == len(moments)
    for row, moment in zip(rows, moments, strict=True):
        cells = set(row.values())
        assert {moment.row, moment.label, moment.period.text(), *moment.claims} <= cells
    assert drawn(name).claims == tuple(moment.claims[0] for moment in moments)


def test_the_data_of_a_grid_name_the_column_and_what_is_hollow():
    rows = rows_of(drawn("grid"))
    for row, column in zip(rows, COLUMNS, strict=True):
        assert column in row.values()
    assert len({tuple(row.values())[3] for row in rows}) == 2


@pytest.mark.parametrize("name", VALUED)
def test_every_number_that_is_printed_is_listed_with_its_value(name):
    drawing = drawn(name)
    listed = {text: v for text, v in drawing.numbers}
    for one in VALUED[name]:
        assert listed[one.value.text("short")] == one.value
    assert {one.value for one in VALUED[name]} <= set(drawing.values)
    wholes = {group.whole for group in PARTS if group.whole} if name == "parts" else set()
    assert {v for _, v in drawing.numbers} == {one.value for one in VALUED[name]} | wholes


# As a picture --------------------------------------------------------------------------


@pytest.mark.parametrize("name", VALUED)
def test_labels_and_numbers_stand_as_text_in_the_svg(name):
    drawing, written = drawn(name), texts(made(name)["svg"])
    for one in VALUED[name]:
        assert any(str(one.label) in text for text in written)
    for text, _ in drawing.numbers:
        assert any(text in found for found in written), text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bars", ["US$ billion"]),
        ("parts", ["Peru", "Mali", "Chad", "US$ billion", "$120bn"]),
        ("shares", ["Share of imports", "Share of stock", "100%"]),
        ("compact", ["Share of imports", "Share of stock", "100%"]),
        (
            "timeline",
            ["Bought", "Not bought", "tanks bought", "no purchase", "boats bought", "2016"],
        ),
        ("grid", ["Arrival", "Talks", "AP", "INPAC", "GWC", "morning", "night", "planned"]),
    ],
)
def test_what_else_is_printed_stands_as_text_too(name, words):
    written = " ".join(texts(made(name)["svg"]))
    assert [word for word in words if word not in written] == []


@pytest.mark.parametrize("name", CHARTS)
def test_only_the_file_that_stands_alone_has_title_subtitle_and_foot(name):
    for word in ("The title", "The subtitle", "Sources: AP."):
        assert word in texts(made(name)["svg_alone"])
        assert word not in texts(made(name)["svg"])
    assert made(name)["png"].startswith("iVBORw0KGgo")


def test_a_dollar_sign_is_a_dollar_sign():
    written = texts(files(bars([mark("$x_y$", value("1", "1"))], "US$ billion"))["svg"])
    assert "$x_y$" in written
    assert "$1bn" in written


@pytest.mark.parametrize("name", CHARTS)
def test_a_picture_fetches_nothing_and_tells_no_date(name):
    svg = made(name)["svg_alone"]
    assert svg.startswith("<svg")
    assert "<metadata" not in svg
    assert "http" not in svg.replace("http://www.w3.org/", "")


def test_figures_are_closed_when_their_files_are_made():
    files(drawn("bars"))
    assert plt.get_fignums() == []


def digest(files_made: dict[str, str]) -> str:
    everything = "".join(files_made[kind] for kind in sorted(files_made))
    return hashlib.sha256(everything.encode()).hexdigest()


@pytest.mark.parametrize("name", CHARTS)
def test_a_second_picture_is_the_same_to_the_byte(name):
    assert files(drawn(name)) == made(name)


def test_another_process_with_another_hash_seed_makes_the_same_bytes():
    code = ("import test_charts as t; t.house_style(); "
            "print(*[t.digest(t.made(name)) for name in t.CHARTS])")  # fmt: skip
    path = os.pathsep.join([str(NOTEBOOKS), os.path.dirname(__file__)])
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True,
                          text=True, timeout=120, check=True)  # fmt: skip
    assert done.stdout.split() == [digest(made(name)) for name in CHARTS]


# Bounds --------------------------------------------------------------------------------


def alone(kind: str, one: Mark) -> Drawing:
    """One mark in one kind of chart."""
    if kind == "parts":
        return parts([Group("Peru", [one])], "%")
    return shares([Group("Share", [one])]) if kind == "shares" else bars([one], "%", kind)


KINDS = ["linear", "log", "shares", "parts"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_end_is_an_arrow_into_the_side_that_nothing_bounds(kind):
    assert arrows(alone(kind, BELOW)) == [(20, -1)]
    assert arrows(alone(kind, ABOVE)) == [(10, 1)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("one", [EXACT, RANGE, HEDGED], ids=["exact", "range", "hedged"])
def test_a_value_with_two_ends_has_no_arrow(kind, one):
    assert arrows(alone(kind, one)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_range_is_a_band_from_end_to_end(kind):
    assert (60, 70) in bands(alone(kind, RANGE))
    assert (60, 70) not in bands(alone(kind, EXACT))


@pytest.mark.parametrize("kind", ["linear", "parts"])
def test_bars_begin_at_zero(kind):
    assert (0, 171) in bands(alone(kind, EXACT))
    assert (0, 60) in bands(alone(kind, RANGE))
    for axes in alone(kind, RANGE).figure.axes:
        assert axes.get_xlim()[0] == 0


@pytest.mark.parametrize("kind", ["log", "shares"])
def test_an_exact_point_is_filled_and_a_hedged_or_bounded_one_is_hollow(kind):
    assert points(alone(kind, EXACT)) == {171: False}
    assert points(alone(kind, HEDGED)) == {80: True}
    assert points(alone(kind, BELOW)) == {20: True}
    assert points(alone(kind, ABOVE)) == {10: True}
    assert points(alone(kind, RANGE)) == {}


def test_a_whole_is_drawn_behind_its_parts():
    drawing = parts([PARTS[0]], "US$ billion")
    assert (0, 120) in bands(drawing)
    assert "$120bn" in " ".join(texts(files(drawing)["svg"]))


def test_each_measure_has_a_panel_of_its_own():
    for name in ("shares", "compact"):
        assert len(drawn(name).figure.axes) == len(GROUPS)
    assert len(drawn("parts").figure.axes) == len(PARTS)
    written = [text.get_text() for text in drawn("shares").figure.texts]
    assert [text for text in written if text.startswith("Share")] == [g.title for g in GROUPS]


def test_shares_have_the_same_axis_in_every_panel():
    for axes in drawn("shares").figure.axes:
        assert axes.get_xlim()[0] == 0
        assert axes.get_xlim()[1] >= 100
        assert axes.get_xscale() == "linear"


# Scale ---------------------------------------------------------------------------------


def test_the_logarithmic_scale_holds_every_end():
    (axes,) = drawn("log").figure.axes
    assert axes.get_xscale() == "log"
    low, high = axes.get_xlim()
    assert 0 < low <= 10
    assert high > 171
    assert drawn("bars").figure.axes[0].get_xscale() == "linear"


def test_small_values_keep_their_place_on_the_logarithmic_scale():
    few = [mark("Peru", value("0.036", "0.036")), mark("Mali", value("171", "171"))]
    (axes,) = bars(few, "US$ billion", "log").figure.axes
    assert axes.get_xlim()[0] <= 0.036


# Happenings ----------------------------------------------------------------------------


def test_a_plan_and_what_was_not_done_are_hollow():
    plain, hollow = MOMENTS[0], MOMENTS[1]
    assert list(points(timeline([plain], 2016, 2024, ALT)).values()) == [False]
    instant = replace(hollow, high=hollow.low)
    assert list(points(timeline([instant], 2016, 2024, ALT)).values()) == [True]
    assert list(points(timeline([hollow], 2016, 2024, ALT)).values()) == []  # a bar alone
    assert list(points(grid(STEPS[:1], COLUMNS, ALT)).values()) == [False]
    assert list(points(grid(STEPS[2:], COLUMNS, ALT)).values()) == [True]


def test_a_long_time_is_a_bar_and_a_year_is_not():
    assert (2016, 2024) in bands(timeline(MOMENTS, 2016, 2024, ALT))
    assert (2016, 2016) not in bands(timeline(MOMENTS, 2016, 2024, ALT))


def test_points_are_not_joined():
    drawing = timeline([MOMENTS[0], MOMENTS[2]], 2016, 2024, ALT)
    for stroke in drawing.figure.findobj(Line2D):
        ends = sorted({float(x) for x in stroke.get_xdata()})
        assert ends != [2016, 2020]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_happenings_of_each_actor_stand_together_in_the_order_given(width):
    places = {
        text.get_text(): text.get_position()[1] for text in drawn("timeline").draw(width).texts
    }
    words = ["Bought", "tanks bought", "boats bought", "Not bought", "no purchase"]
    heights = [places[word] for word in words]
    assert heights[1] > heights[2] > heights[3] > heights[4]
    assert heights[0] > heights[2], "the name stands over its happenings or beside the first"


def test_years_are_whole_and_lie_in_the_window():
    (axes,) = timeline(MOMENTS, 2016, 2024, ALT).figure.axes
    printed = [int(label.get_text()) for label in axes.get_xticklabels()]
    assert printed
    assert all(2016 <= year <= 2024 for year in printed)


def test_one_year_makes_a_line_too():
    assert timeline(MOMENTS[:1], 2016, 2016, ALT) is not None


def test_sources_that_name_one_cell_share_a_mark():
    twice = [STEPS[0], Moment("Arrival", 0, 0, "GWC", claims=("s9",), period=STEPS[0].period)]
    drawing = grid(twice, COLUMNS, ALT)
    assert sum(len(c.get_offsets()) for c in drawing.figure.findobj(PathCollection)) == 1
    assert "AP, GWC" in texts(files(drawing)["svg"])
    assert drawing.claims == ("s1", "s9")


def test_a_disputed_row_is_shaded():
    def shaded(disputed) -> int:
        figure = grid(STEPS, COLUMNS, ALT, disputed).figure
        return len([p for p in figure.axes[0].patches if isinstance(p, Rectangle)])

    assert shaded([]) == 0
    assert shaded(["Arrival"]) == 1


# How many times the smallest ------------------------------------------------------------


def test_a_larger_value_says_how_many_times_the_smallest_it_is():
    few = [mark("Mali", value("180", "180", id="m")), mark("Peru", value("3.6", "3.6", id="p"))]
    drawing = bars(few, "US$ billion")
    assert {"50 times Peru", "the length of a cell"} <= set(texts(files(drawing)["svg"]))
    (times,) = [v for text, v in drawing.numbers if text == "50 times"]
    assert times.formula == "m ÷ p"
    assert "50 times Peru" in texts(files(bars(few, "US$ billion", "log"))["svg"])


def test_nothing_is_so_many_times_what_is_hedged_bounded_or_near():
    for other in (RANGE, BELOW, HEDGED, mark("Oman", value("160", "160"))):
        assert "times" not in files(bars([EXACT, other], "US$ billion"))["svg"]


# Nothing to draw -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "nothing",
    [
        lambda: bars([], "US$ billion"),
        lambda: bars([], "US$ billion", "log"),
        lambda: parts([], "US$ billion"),
        lambda: parts([Group("Peru", [], value("1", "1"))], "US$ billion"),
        lambda: shares([]),
        lambda: shares([Group("Share", [])]),
        lambda: shares([Group("Share", [])], compact=True),
        lambda: timeline([], 2000, 2024, ALT),
        lambda: grid([], COLUMNS, ALT),
    ],
)
def test_nothing_to_draw_is_none(nothing):
    assert nothing() is None
    assert plt.get_fignums() == []


def test_a_group_without_marks_leaves_no_panel():
    drawing = shares([GROUPS[0], Group("Empty", [])])
    assert len(drawing.figure.axes) == 1
    assert "Empty" not in str(drawing.alt)
    assert isinstance(drawing.alt, Text)
