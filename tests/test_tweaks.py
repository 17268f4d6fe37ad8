"""What a changed parameter changes: a table, checked against what a chapter publishes."""

import shutil
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

import pytest
from conftest import cases, spoil
from matplotlib.figure import Figure
from test_combinations import close, run_chapter

from briefing.claims.load import DEFAULT_DATA
from briefing.render.edition import prepare
from briefing.report import marks, pictures
from briefing.report.blocks import plain
from briefing.report.parameters import chapters, every_parameter

#: Chapter, `NAME=VALUE`, and what differs in what the chapter publishes.
CHANGES = cases("tweaks")


@lru_cache
def made(chapter: str, *settings: str, data: str | None = None) -> dict:
    """What a reader meets of a chapter with some settings, by kind."""
    values = prepare("default", list(settings), data, "", chapter).values
    blocks = run_chapter(chapter, values, drawing)
    exhibits = [block for block in blocks if "key" in block]
    return {
        "parameters": values,
        "numbers": Counter(text for block in blocks for text in numbers_in(block)),
        "sentences": Counter(plain(block["text"]) for block in blocks if "text" in block),
        "titles": Counter(plain(it["title"]) + plain(it["subtitle"]) for it in exhibits),
        "alts": Counter(it["alt"] for it in exhibits if "alt" in it),
        "tables": {it["key"]: it["csv"] for it in exhibits},
        "drawings": {it["key"]: it["svg"] for it in exhibits if "svg" in it},
    }


def drawing(
    wide: Figure, narrow: Figure, alt: str, titles: list, zones: object, grey: bool
) -> tuple:
    """The drawing of a chart for the page alone."""
    pictures.fit(wide, marks.WIDE, wide.get_figheight())
    made = {"zones": [], "svg": pictures._svg(wide, grey)}
    return made, *close()[1:]


def numbers_in(node: object) -> Iterator[str]:
    """The numbers and dates that are printed somewhere in a block."""
    if isinstance(node, dict) and "formula" in node and "text" in node:
        yield node["text"]
    elif isinstance(node, dict) and node.get("kind") == "date":
        yield plain([node])
    elif isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from numbers_in(part)


@pytest.mark.parametrize(("chapter", "setting", "changes"), CHANGES)
def test_a_parameter_changes_what_depends_on_it_and_nothing_else(chapter, setting, changes):
    before, after = made(chapter), made(chapter, setting)
    differing = {kind for kind in before if before[kind] != after[kind]}
    assert differing == {"parameters", *changes.split()}
    name = setting.partition("=")[0]
    given = {
        key for key, value in after["parameters"].items() if value != before["parameters"][key]
    }
    assert given == {name}


def test_the_year_changes_what_depends_on_it(tmp_path):
    # The articles state one year of trade; the same figures a year earlier make a second.
    data = shutil.copytree(DEFAULT_DATA, tmp_path / "data")
    for id in ("ap-trade-russia", "ap-trade-us"):
        spoil(data, "quantities", id, **{"from": "2022", "to": "2022"})
    before, after = (made("1-trade", f"year={year}", data=str(data)) for year in (2023, 2022))
    differing = {kind for kind in before if before[kind] != after[kind]}
    assert differing == {
        "parameters", "numbers", "sentences", "titles", "tables", "drawings", "alts",
    }  # fmt: skip


def test_the_table_names_every_parameter():
    told = {setting.partition("=")[0] for _, setting, _ in CHANGES}
    # The year and the chapters have tests of their own; where data lie changes nothing told.
    assert told | {"year", "chapters", "data", "texts"} == set(every_parameter(chapters()))


@pytest.mark.parametrize(
    ("chapter", "setting", "said"),
    [
        ("1-trade", "articles=inpac", "is stated by no article that counts"),
        ("2-arms", "articles=inpac", "No article that counts gives a share"),
        ("3-visits", "articles=gwc", "How often Vladimir Putin had been to Vietnam"),
        ("6-disagreements", "articles=gwc,ap", "No claims of the articles that count contradict"),
        ("6-disagreements", "articles=inpac", "A single article counts"),
    ],
)
def test_a_chapter_to_which_nobody_speaks_says_so(chapter, setting, said):
    assert any(said in sentence for sentence in made(chapter, setting)["sentences"])


def test_a_window_without_events_is_told_in_a_sentence():
    found = made("3-visits", "visits_from=1960", "visits_to=1961", "articles=gwc")
    assert any("dates a visit or a meeting of these leaders" in text for text in found["sentences"])
    assert "visits" not in found["drawings"]
    drawings = list(found["drawings"].values())
    assert len(set(drawings)) == len(drawings)
