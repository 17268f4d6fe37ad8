"""A figure is published with its evidence, or one sentence says what in it has no source."""

from __future__ import annotations

import base64
import io
import re
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns
from PIL import Image

from briefing.claims.load import load
from briefing.report import chapter as chapters
from briefing.report import marks
from briefing.report.chapter import Chapter
from briefing.report.text import line
from briefing.values.periods import Period
from briefing.values.value import Value, stated

DOSSIER = load()

pytest.importorskip("briefing.values.array", reason="columns of values come with issue 14, part 1")


def value(low: str, high: str = "", hedge: str = "", unit: str = "USD bn", id: str = "a") -> Value:
    return stated(low, high or low, unit, hedge, (id,))


@pytest.fixture
def trade() -> pd.DataFrame:
    """Trade with three partners; each knows its claim."""
    values = [value("171", id="c"), value("111", id="u"), value("3.6", id="r")]
    names = ["China", "United States", "Russia"]
    return pd.DataFrame({"partner": names, "trade": pd.Series(values, dtype="value")})


@pytest.fixture
def publish(monkeypatch):
    """Publish a chart; what came of it as its block, its face and its files."""
    made = []
    monkeypatch.setattr(chapters, "publish", lambda *parts: made.append(parts))
    marks.house_style()

    def call(figure, data: pd.DataFrame, title="Trade", grey: bool = False, **words):
        given = SimpleNamespace(palette="grey" if grey else "color")
        Chapter("9-mine", given, DOSSIER).chart("mine", figure, title=title, data=data, **words)
        return made[-1]

    yield call
    plt.close("all")


def ours(trade: pd.DataFrame):
    figure, axes = plt.subplots()
    marks.bars(axes, trade["partner"], trade["trade"])
    return figure


def test_what_is_published(publish, trade):
    block, face, images = publish(ours(trade), trade, subtitle="Two-way", note="A note.")
    assert block["alt"].replace("\xa0", " ") == (
        "Bars: trade, in US$ billion, from Russia with US$3.6 billion to China with US$171 billion."
    )
    said = "".join(inline["text"] for inline in block["description"])
    assert said.replace("\xa0", " ") == (
        "Bars. China: US$171 billion; United States: US$111 billion; Russia: US$3.6 billion."
    )
    assert [(n["text"], n["low"], n["claims"]) for n in block["numbers"]] == [
        ("$171bn", "171", ["c"]), ("$111bn", "111", ["u"]), ("$3.6bn", "3.6", ["r"])
    ]  # fmt: skip
    assert block["claims"] == ["c", "u", "r"]
    assert block["csv"].splitlines()[1] == "China,US$171 billion,171,171,USD bn,,c"
    assert 'viewBox="0 0 417.6 ' in block["svg"]
    assert 'viewBox="0 0 216 ' in block["svg_narrow"]
    assert "Two-way" in images["image/svg+xml"]
    assert "Two-way" not in block["svg"]
    picture = Image.open(io.BytesIO(base64.b64decode(images["image/png"])))
    assert picture.width == round((5.8 + 0.24) * 200)
    assert plt.get_fignums() == [], "or JupyterLab shows it twice"
    assert face.startswith('<img alt="Bars')


def test_the_same_bytes_every_time(publish, trade):
    assert publish(ours(trade), trade) == publish(ours(trade), trade)


def test_letters_keep_their_size_and_only_places_are_rounded(publish, trade):
    block, face, _ = publish(ours(trade), trade)
    outlines = base64.b64decode(re.search(r"base64,([^\"]+)", face)[1]).decode()
    assert "scale(0.015625)" in outlines
    sizes = {float(size) for size in re.findall(r"scale\((0\.\d+) -\1\)", outlines)}
    assert sizes == {0.095, 0.085}
    assert re.search(r'width="417\.6\d*pt"', outlines), "as wide as on the page"
    places = re.findall(r'\s(?:d|x|y|width|height)="([^"]*)"', block["svg"])
    assert not any(re.search(r"\.\d{3}", place) for place in places)


def test_in_grey_nothing_has_a_hue(publish, trade):
    figure, axes = plt.subplots()
    marks.bars(axes, trade["partner"], trade["trade"], "#b3261e")
    block, _, images = publish(figure, trade, grey=True)
    picture = Image.open(io.BytesIO(base64.b64decode(images["image/png"])))
    assert picture.mode == "L"
    colors = set(re.findall(r"#([0-9a-f]{6})", block["svg"] + images["image/svg+xml"]))
    assert all(color[:2] == color[2:4] == color[4:] for color in colors)


def test_nothing_to_draw_is_a_sentence(publish, trade):
    (block,) = publish(None, trade.iloc[:0], empty="Nothing is told.")
    assert block["kind"] == "paragraph"


# Plots of an analyst's own ---------------------------------------------------------------


def own(kind: str, trade: pd.DataFrame):
    plain = trade.assign(low=trade["trade"].bounds.low, year=[2021, 2022, 2023])
    figure, axes = plt.subplots()
    match kind:
        case "barplot":
            sns.barplot(plain, x="low", y="partner", ax=axes)
        case "upright":
            sns.barplot(plain, x="partner", y="low", hue="partner", ax=axes)
        case "lines":
            sns.lineplot(plain, x="year", y="low", marker="o", ax=axes)
        case "points":
            axes.scatter(plain["low"], plain["partner"])
            axes.set_xscale("log")
        case "band":
            axes.fill_between(plain["year"], 0, plain["low"])
        case "heat":
            sns.heatmap(plain[["low"]], yticklabels=plain["partner"], cbar=False, ax=axes)
        case "stacked":
            below = trade["trade"].shift(1)
            axes.bar([0] * 3, plain["low"], bottom=[0, 171, 282])
            axes.set_xticks([0], ["all"])
            assert below.isna()[0]
    return figure, plain


@pytest.mark.parametrize(
    "kind", ["barplot", "upright", "lines", "points", "band", "heat", "stacked"]
)
def test_a_plot_of_ones_own_is_published(publish, trade, kind):
    figure, data = own(kind, trade)
    block, *_ = publish(figure, data)
    assert block["claims"] == ["c", "u", "r"]
    assert "mathdefault" not in block["svg"]


def too_high(axes, trade):
    axes.containers[0][0].set_width(171 * 1.1)


def in_another_row(axes, trade):
    axes.containers[0][0].set_width(111)


SPOILT = {
    "a bar ten per cent too high": (too_high, "a bar of the chart goes from 0 to 188.1"),
    "a value in another's row": (in_another_row, "from 0 to 111, where no value in its row"),
    "a typed number": (lambda axes, _: axes.text(0, 0, "about 48 times"), "'48' in the text"),
    "a number in words": (lambda axes, _: axes.set_title("Three of them"), "'Three' in the text"),
    "a typed tick": (lambda axes, _: axes.set_xticks([50], ["60"]), "'60' in the text '60'"),
    "a name of no table": (lambda axes, _: axes.set_xlabel("T-99"), "'T-99' in the text"),
    "a line where nothing lies": (lambda axes, _: axes.axvline(100), "lies at 100"),
    "a point where nothing lies": (lambda axes, _: axes.scatter([4], [2]), "lies at 4, 2"),
    "a part of a value": (lambda axes, _: axes.text(0, 0, "$3.65bn"), "'$3.65bn' in the text"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_has_no_source_is_named_in_one_sentence(publish, trade, what):
    spoil, message = SPOILT[what]
    figure = ours(trade)
    spoil(figure.axes[0], trade)
    with pytest.raises(ValueError, match=".") as raised:
        publish(figure, trade)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_has_a_source_passes(publish, trade):
    figure = ours(trade)
    axes = figure.axes[0]
    axes.set_xticks([0, 50, 100], ["0", "50", "100%"])
    axes.axvline(111)
    axes.axhspan(0.2, 0.4, color=marks.GRID)
    axes.text(0, 0, "T-90, like US$111 billion")
    publish(figure, trade)


def test_a_title_names_what_is_in_the_data(publish, trade):
    for number in ("3", "2"):
        count = stated(number, number, "count", "", ("a",))
        told = line("{most} with {all:words} partners", most=trade["trade"][0], all=count)
        if number == "3":
            publish(ours(trade), trade, title=told)
            continue
        with pytest.raises(ValueError, match="the title names 'two'"):
            publish(ours(trade), trade, title=told)
    ratio = trade["trade"][0] / trade["trade"][2]
    with pytest.raises(ValueError, match="the title names 'about 48 times'"):
        publish(ours(trade), trade, title=line("{ratio} as much", ratio=ratio))
    more = trade.assign(times=pd.Series([ratio, pd.NA, pd.NA], dtype="value"))
    publish(ours(trade), more, title=line("{ratio} as much", ratio=ratio))


def test_a_bare_number_in_the_data_has_no_source(publish, trade):
    with pytest.raises(ValueError, match="column 'guess' of the data holds bare numbers"):
        publish(ours(trade), trade.assign(guess=[1.5, 2.5, 3.5]))


def test_a_line_of_time_is_held_against_the_periods(publish):
    told = pd.DataFrame({"what": ["T-90 tanks bought"], "when": [Period("2016", "2016")]})
    figure, axes = plt.subplots()
    marks.timeline(axes, told["what"], told["when"])
    block, *_ = publish(figure, told)
    assert block["alt"] == "A line of time: T-90 tanks bought, 2016."
    figure, axes = plt.subplots()
    marks.timeline(axes, told["what"], [Period("2017", "2017")])
    with pytest.raises(ValueError, match="2017"):
        publish(figure, told)
