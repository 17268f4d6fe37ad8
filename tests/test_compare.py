"""Two builds compared: small ones made by hand, then the real editions."""

import json
import re
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

import briefing.press.compare as press
from briefing.__main__ import main
from briefing.chapter import MIME
from briefing.faults import Refusal
from briefing.press.build import build
from briefing.press.compare import compare, written
from briefing.press.compare.built import Built, read_built
from briefing.press.compare.changes import changes
from briefing.press.compare.matching import versions
from briefing.press.compare.numbers import figures
from briefing.press.compare.redline import likeness, redline
from briefing.press.compare.summary import summary
from briefing.press.edition import ROOT, prepare
from briefing.press.gate import outside_requests, typed_digits

LISTS = ("parameters", "numbers", "sentences", "exhibits")

# Small builds --------------------------------------------------------------------------


def number(text: str, claims: str, place: str = "1-salt", **other: str | None) -> dict:
    """A number as a manifest lists it; its formula is its claims unless given."""
    bare = re.sub(r"[^\d.]", "", text) or None
    bounds = {"low": bare, "high": bare, "unit": "tons", "formula": claims}
    return {"text": text, "claims": claims.split(), "place": place} | bounds | other


def said(html: str, kind: str = "prose") -> dict:
    text = BeautifulSoup(html, "html.parser").get_text()
    return {"kind": kind, "class": "", "html": html, "text": text, "claims": []}


def cargo(*rows: str, key: str = "cargo", title: str = "Cargo", at: str = "1.1") -> dict:
    """A table as a chapter shows it, of rows "what: tons"."""
    cells = [row.split(": ") for row in rows]
    body = "".join(
        f'<tr><th scope="row">{what}</th><td><data value="">{tons}</data></td></tr>'
        for what, tons in cells
    )
    table = (
        f"<table><thead><tr><th>What</th><th>Tons</th></tr></thead><tbody>{body}</tbody></table>"
    )
    csv = "What,Tons\n" + "".join(f"{what},{tons}\n" for what, tons in cells)
    record = {"kind": "table", "key": key, "number": at, "table": table, "csv": csv, "claims": []}
    texts = {"title": title, "subtitle": "In tons", "foot": "Source: Gazette."}
    return record | texts | {f"{name}_text": text for name, text in texts.items()}


PROSE = [
    said('Salt came to <data value="40">40 tons</data>.'),
    said(
        "<strong>Sail.</strong> Five sails were seen (<cite>Gazette; Courier</cite>).", "judgement"
    ),
]


@pytest.fixture
def make(tmp_path):
    """Make a build of one chapter from what it says, shows and publishes."""

    def build(
        name: str, *records: dict, numbers: list | None = None, text: str = "# Salt", **manifest
    ) -> Built:
        folder = tmp_path / name
        (folder / "chapters").mkdir(parents=True)
        v4 = nbformat.v4
        outputs = [v4.new_output("display_data", data={MIME: record}) for record in records]
        cells = [v4.new_markdown_cell(text), v4.new_code_cell("", outputs=outputs)]
        nbformat.write(v4.new_notebook(cells=cells), folder / "chapters" / "1-salt.ipynb")
        blank = {"edition": name, "as_of": "1911-03-04", "parameters": {}, "inputs": {}}
        whole = blank | {"packages": {}, "numbers": numbers or []} | manifest
        (folder / "manifest.json").write_text(json.dumps(whole), encoding="utf-8")
        return read_built(folder, name)

    return build


def compared(old: Built, new: Built, tmp_path: Path) -> tuple[dict, BeautifulSoup]:
    """The JSON and the page of a comparison."""
    made = written(old, new, tmp_path / "compare")
    html = made.page.read_text(encoding="utf-8")
    return json.loads(made.data.read_text(encoding="utf-8")), BeautifulSoup(html, "html.parser")


def test_a_build_compared_with_itself_differs_in_nothing(make, tmp_path):
    same = make("one", *PROSE, cargo("Salt: 40"), numbers=[number("40 tons", "salt")])
    found, page = compared(same, same, tmp_path)
    assert [found[name] for name in LISTS] == [[], [], [], []]
    assert "nothing changes" in page.h1.get_text()
    assert len(page.select(".lines li")) == 3
    for section in page.select("section"):
        assert len(section.find_all("p")) == 1, "each section says that nothing differs"
    assert not page.find_all(["ins", "del"])


def numbers_of(old: Built, new: Built) -> list[tuple]:
    return [
        (
            change.change,
            change.old and change.old.number.text,
            change.new and change.new.number.text,
        )
        for change in changes(old, new).numbers
    ]


def test_a_number_is_told_once_wherever_it_stands(make):
    places = ["0-summary", "1-salt", "exhibit-1-1", "exhibit-1-1, chart"]
    old = make("old", cargo(), numbers=[number("40 tons", "salt", place) for place in places])
    new = make("new", cargo(), numbers=[number("41 tons", "salt", place) for place in places])
    assert numbers_of(old, new) == [("changed", "40 tons", "41 tons")]
    [change] = changes(old, new).numbers
    assert change.places == ["0-summary", "1-salt", "cargo"]


def test_a_number_that_only_moved_is_no_change(make):
    old = make("old", cargo(), numbers=[number("40 tons", "salt"), number("3 tons", "sail")])
    moved = [number("3 tons", "sail"), number("40t", "salt", "exhibit-1-1, chart")]
    assert numbers_of(old, make("new", cargo(), numbers=moved)) == []


def test_a_number_printed_otherwise_in_its_place_is_a_change(make):
    old, new = make("old", numbers=[number("40 tons", "salt")]), [number("40t", "salt")]
    assert numbers_of(old, make("new", numbers=new)) == [("changed", "40 tons", "40t")]


def test_one_number_gone_shifts_no_other(make):
    rows = [number(f"{tons} tons", f"claim-{tons}", "exhibit-1-1") for tons in range(2, 9)]
    old, new = make("old", cargo(), numbers=rows), make("new", cargo(), numbers=rows[:3] + rows[4:])
    assert numbers_of(old, new) == [("lost", "5 tons", None)]
    assert numbers_of(new, old) == [("gained", None, "5 tons")]


def test_the_same_number_on_other_claims(make):
    counted = {"formula": "ships counted"}
    old = make("old", numbers=[number("2", "gazette-a courier-a", **counted)])
    new = make("new", numbers=[number("2", "gazette-a herald-a", **counted)])
    [change] = changes(old, new).numbers
    assert change.change == "claims"
    assert (change.claims_lost, change.claims_gained) == (["courier-a"], ["herald-a"])


def test_a_number_that_differs_only_beyond_its_digits(make):
    old = make("old", numbers=[number("about 1.3%", "a b", low="1.26", formula="a ÷ b")])
    new = make("new", numbers=[number("about 1.3%", "a b", low="1.25", formula="a ÷ b")])
    assert numbers_of(old, new) == [("unprinted", "about 1.3%", "about 1.3%")]


def test_arithmetic_on_another_claim_is_the_same_number_changed(make):
    old = make("old", numbers=[number("47.5 times", "china russia", formula="china ÷ russia")])
    new = make("new", numbers=[number("30.8 times", "us russia", formula="us ÷ russia")])
    assert numbers_of(old, new) == [("changed", "47.5 times", "30.8 times")]


def told(source: str, about: str) -> dict:
    return {"source": source, "statement": "It was so.", "about": about}


def test_another_source_for_one_happening_is_a_change_and_for_another_is_not(make):
    date = {"low": None, "high": None, "unit": "date"}
    about = {"a": told("Gazette", "call"), "b": told("Courier", "call"), "c": told("Herald", "tea")}
    old = make("old", numbers=[number("March 1911", "a", **date)], claims=about)
    new = make("new", numbers=[number("1911", "b", **date)], claims=about)
    other = make("other", numbers=[number("1911", "c", **date)], claims=about)
    assert numbers_of(old, new) == [("changed", "March 1911", "1911")]
    assert numbers_of(old, other) == [("lost", "March 1911", None), ("gained", None, "1911")]


def test_counts_of_one_formula_are_told_apart_by_their_claims(make):
    same = {"place": "exhibit-1-1", "formula": "independent origins", "unit": "count"}
    old = [number("2", "a b", **same), number("1", "c", **same), number("3", "d e f", **same)]
    new = [number("2", "a b", **same), number("2", "d e", **same)]
    assert numbers_of(make("old", cargo(), numbers=old), make("new", cargo(), numbers=new)) == [
        ("lost", "1", None),
        ("changed", "3", "2"),
    ]


def test_a_sentence_is_redlined_word_by_word(make, tmp_path):
    old = make("old", *PROSE)
    new = make("new", said(PROSE[0]["html"].replace("40", "41")), PROSE[1])
    found, page = compared(old, new, tmp_path)
    assert [(item["old"], item["new"]) for item in found["sentences"]] == [
        ("Salt came to 40 tons.", "Salt came to 41 tons.")
    ]
    [passage] = page.select(".passages li")
    assert passage.find("del").data.get_text() == "40 tons"
    assert passage.find("ins").data.get_text() == "41 tons"
    assert "[removed: 40 tons] [added: 41 tons]." in passage.get_text()


def test_sentences_that_changed_places_are_no_change(make):
    assert changes(make("old", *PROSE), make("new", *PROSE[::-1])).passages == []


def test_markdown_is_compared_too(make):
    old = make("old", *PROSE, text="# Salt\n\nWhat is salt?")
    new = make("new", *PROSE, text="# Salt\n\nWhat is salt not?\n\n- One more.")
    found = [(change.change, change.passage.text) for change in changes(old, new).passages]
    assert found == [("changed", "What is salt not?"), ("gained", "One more.")]


def test_a_chapter_with_nothing_to_say_is_no_part_of_a_build(make):
    assert make("old", text="# Salt\n\nWhat is salt?").passages == []


@pytest.mark.parametrize(
    ("old", "new", "redlined"),
    [
        ("a <data>US$3 tons</data> b", "a <data>US$4 tons</data> b", "a ~US$3 tons~ +US$4 tons+ b"),
        ("(<cite>AP; op-ed</cite>).", "(<cite>AP</cite>).", "(AP~; op-ed~)."),
        ("x (AP), y and z.", "x (AP) and y.", "x (AP)~,~ +and+ y ~and z~."),
        ("in <time>2023</time>.", "in <time>2024</time>.", "in ~2023~ +2024+."),
        ("40\xa0tons of salt", "41\xa0tons of salt", "~40\xa0tons~ +41\xa0tons+ of salt"),
        ("less &lt; more", "less &lt; salt", "less < ~more~ +salt+"),
        ("", "new words", "+new words+"),
        ("old words", "", "~old words~"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_a_redline_keeps_numbers_dates_and_spaces(old, new, redlined):
    page = BeautifulSoup(redline(old, new), "html.parser")
    for hidden in page.select(".visually-hidden"):
        hidden.decompose()
    for name, mark in (("del", "~"), ("ins", "+")):
        for tag in page.find_all(name):
            tag.replace_with(f"{mark}{tag.get_text()}{mark}")
    assert page.get_text() == redlined


def test_a_redline_of_the_same_is_the_same():
    html = "<strong>Sail.</strong> Of 3 &lt; 4, <data value='1'>one</data> (<cite>AP</cite>)."
    plain = BeautifulSoup(redline(html, html), "html.parser")
    assert plain.get_text() == BeautifulSoup(html, "html.parser").get_text()
    assert likeness(html, html) == 1


def test_the_closest_become_each_other_in_their_order():
    pairs = versions("abc", "Cb", lambda one, other: one.casefold() == other.casefold(), 1)
    assert pairs == [("a", None), ("b", "b"), ("c", "C")]
    assert versions("ab", "xyz", lambda one, other: 1, 1) == [("a", "x"), ("b", "y"), (None, "z")]


def test_rows_of_a_table_are_compared(make, tmp_path):
    old = make("old", cargo("Salt: 40", "Sail: 5", "Rope: 2"))
    new = make("new", cargo("Salt: 41", "Rope: 2", "Tea: 7", title="The cargo"))
    found, page = compared(old, new, tmp_path)
    [exhibit] = found["exhibits"]
    assert exhibit["differs"] == ["title", "data"]
    assert [(row["change"], row["old"], row["new"]) for row in exhibit["rows"]] == [
        ("changed", {"What": "Salt", "Tons": "40"}, {"What": "Salt", "Tons": "41"}),
        ("lost", {"What": "Sail", "Tons": "5"}, None),
        ("gained", None, {"What": "Tea", "Tons": "7"}),
    ]
    assert "Rope" not in page.get_text()


def test_an_exhibit_that_appeared_or_vanished_and_one_that_was_only_renumbered(make, tmp_path):
    old = make("old", cargo("Salt: 40", key="salt"), cargo("Tea: 1", key="tea", at="1.2"))
    new = make("new", cargo("Tea: 1", key="tea", at="1.1"), cargo(key="rope", at="1.2"))
    found, page = compared(old, new, tmp_path)
    assert [(item["change"], item["key"]) for item in found["exhibits"]] == [
        ("vanished", "salt"),
        ("appeared", "rope"),
    ]
    assert [head.get_text() for head in page.select("#exhibits h3")] == ["Vanished", "Appeared"]


def test_two_exhibits_of_one_title_have_names_of_their_own(make, tmp_path):
    def pair(tons: int) -> list[dict]:
        return [cargo(f"Salt: {tons}", key=f"cargo-{at}", at=at) for at in ("1.1", "1.2")]

    _, page = compared(make("old", *pair(1)), make("new", *pair(2)), tmp_path)
    names = [page.find(id=it["aria-labelledby"]).get_text() for it in page.select("[role=region]")]
    assert len(set(names)) == len(names) == 2


def test_a_column_that_is_gone_makes_no_row_differ(make):
    old, new = cargo("Salt: 40"), cargo("Salt: 40")
    new["table"] = re.sub("<th>Tons</th>|<td>.*</td>", "", new["table"])
    new["csv"] = "What\nSalt\n"
    [change] = changes(make("old", old), make("new", new)).exhibits
    assert (change.columns_lost, change.rows) == (("Tons",), [])


def test_what_they_are_made_from_is_told(make, tmp_path):
    old = make(
        "old", parameters={"year": 1911, "ships": []}, inputs={"data/a.csv": "1", "x.py": "1"}
    )
    new = make(
        "new", parameters={"year": 1910, "ships": []}, inputs={"data/a.csv": "2", "y.py": "1"}
    )
    found, page = compared(old, new, tmp_path)
    assert found["parameters"] == [{"name": "year", "old": 1911, "new": 1910}]
    assert [item["name"] for item in found["inputs"]] == ["data/a.csv", "x.py", "y.py"]
    words = page.select_one("#causes").get_text()
    assert "data/a.csv has changed." in words
    assert "y.py is new." in words
    assert found["summary"][2] == (
        "What they are made from differs in 1 parameter (year 1910 instead of 1911), 1 file of "
        "the dossier (data/a.csv) and 2 files of the code (x.py and y.py); packages are the same."
    )


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ([], [], "Neither build makes a key judgement."),
        ([PROSE[1]], [PROSE[1]], "1 key judgement: stands word for word."),
        ([PROSE[1]], [], "Of 1 key judgement, none stands word for word. Sail is gone."),
        ([], [PROSE[1]], "Sail is new."),
        (
            [PROSE[1]],
            [said(PROSE[1]["html"].replace("; Courier", ""), "judgement")],
            "Of 1 key judgement, none stands word for word. Sail no longer cites Courier.",
        ),
        (
            [PROSE[1]],
            [said(PROSE[1]["html"].replace("seen", "spied"), "judgement")],
            "Of 1 key judgement, none stands word for word. Sail is worded differently.",
        ),
    ],
)
def test_the_first_line_tells_what_became_of_the_judgements(make, before, after, line):
    found = summary(changes(make("old", *before), make("new", *after)))
    assert len(found) == 3
    assert BeautifulSoup(found[0], "html.parser").get_text() == line


def test_names_and_words_from_outside_stay_text(make, tmp_path):
    old, new = make("old", said("&lt;b&gt; &amp; c")), make("new", said("&lt;b&gt; &amp; d"))
    old, new = replace(old, name="<script>1"), replace(new, name='a/"b"&')
    _, page = compared(old, new, tmp_path)
    assert not page.find("script")
    assert "<script>1" in page.h1.get_text()
    assert sorted(path.name for path in (tmp_path / "compare").iterdir()) == [
        "script-1--a-b.html",
        "script-1--a-b.json",
    ]


# Refusals ------------------------------------------------------------------------------


@pytest.fixture
def folder(make, tmp_path) -> Path:
    make("one", *PROSE, numbers=[number("40 tons", "salt")])
    return tmp_path / "one"


def refusal(capsys, *names: object) -> str:
    assert main(["compare", *map(str, names)]) == 2
    return capsys.readouterr().err


def test_an_unknown_edition_is_refused_with_the_nearest(folder, capsys):
    assert "did you mean 'default'?" in refusal(capsys, folder, "defualt")


def test_a_folder_that_holds_no_build_is_refused(folder, tmp_path, capsys):
    told = refusal(capsys, folder, tmp_path / "nowhere")
    assert str(tmp_path / "nowhere" / "manifest.json") in told


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"edition": "a",\n', "line 2"),
        ("[]", "manifest.json"),
        ('{"edition": "a"}', "as_of"),
        ("\ufeff{}", "manifest.json"),
    ],
)
def test_a_broken_manifest_is_refused_with_its_place(folder, capsys, content, expected):
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    told = refusal(capsys, folder, folder)
    assert str(folder / "manifest.json") in told
    assert expected in told
    assert "build it again" in told


@pytest.mark.parametrize("content", ["{", "{}", '{"cells": 3}'])
def test_a_broken_chapter_is_refused_with_its_name(folder, capsys, content):
    (folder / "chapters" / "1-salt.ipynb").write_text(content, encoding="utf-8")
    assert "1-salt.ipynb" in refusal(capsys, folder, folder)


def test_a_build_without_chapters_is_refused(folder, capsys):
    shutil.rmtree(folder / "chapters")
    assert str(folder / "chapters") in refusal(capsys, folder, folder)


def test_a_failed_comparison_leaves_the_last_good_one(make, tmp_path, monkeypatch):
    one = make("one", *PROSE)
    made = written(one, one, tmp_path / "compare")
    before = made.page.read_bytes()
    monkeypatch.setattr(press, "listing", lambda found: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        written(one, one, tmp_path / "compare")
    assert made.page.read_bytes() == before
    assert {path.suffix for path in (tmp_path / "compare").iterdir()} == {".html", ".json"}


# Real editions -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dossiers(tmp_path_factory) -> dict[str, Path]:
    """The dossier, and the same with one value changed; without the record of a check.

    The record would not cover the changed tables, and the account of numerals would go.
    """
    root = tmp_path_factory.mktemp("dossiers")
    skip = shutil.ignore_patterns("texts", "verified.json")
    folders = {name: shutil.copytree(ROOT / "data", root / name, ignore=skip) for name in "ab"}
    table = folders["b"] / "quantities.csv"
    text = table.read_text(encoding="utf-8")
    changed = text.replace("$171 billion", "$172 billion").replace(",171,171,", ",172,172,")
    assert sum(old != new for old, new in zip(text, changed, strict=True)) == 3
    table.write_text(changed, encoding="utf-8")
    return folders


@pytest.fixture(scope="module")
def builds(tmp_path_factory, dossiers) -> Path:
    """The folder build/ with both editions, and default from the changed dossier as after/."""
    root = tmp_path_factory.mktemp("build")
    for edition, data, name in (
        ("default", "a", "default"),
        ("without-opinion", "a", "without-opinion"),
        ("default", "b", "after"),
    ):
        made = prepare(edition, [], str(dossiers[data]), "")
        build(made, root / name, lambda step: None)
    return root


@pytest.fixture
def desk(builds, dossiers, tmp_path, monkeypatch):
    """Compare where the editions are built already, and note what would be built."""
    root = tmp_path / "build"
    root.mkdir()
    for path in builds.iterdir():
        (root / path.name).symlink_to(path)
    monkeypatch.setattr(press, "BUILDS", root)
    asked = []
    monkeypatch.setattr(press, "build", lambda edition, out, tell: asked.append(out.name))

    def call(old: str, new: str) -> tuple[dict, BeautifulSoup, list[str]]:
        made = compare(old, new, lambda step: None, str(dossiers["a"]), "")
        html = made.page.read_text(encoding="utf-8")
        found = json.loads(made.data.read_text(encoding="utf-8"))
        return found, BeautifulSoup(html, "html.parser"), asked

    call.root = root
    return call


def test_the_default_edition_compared_with_itself_reports_no_change(desk):
    found, page, asked = desk("default", "default")
    assert [found[name] for name in LISTS] == [[], [], [], []]
    assert asked == []
    assert "nothing changes" in page.h1.get_text()
    assert sorted(path.name for path in (desk.root / "compare").iterdir()) == [
        "default--default.html",
        "default--default.json",
    ]


def test_without_opinion_the_figures_of_the_opinion_piece_are_gone(desk):
    found, page, _ = desk("default", "without-opinion")
    assert found["parameters"] == [{"name": "opinion", "old": True, "new": False}]
    assert found["inputs"] == found["packages"] == []
    gone = {
        (item["old"]["formula"], item["old"]["text"])
        for item in found["numbers"]
        if item["change"] == "lost"
    }
    assert ("oped-exports-us", "US$109\xa0billion") in gone
    assert ("oped-reliance-2000", "almost 100%") in gone
    assert ("oped-reliance-2023", "about 70%") in gone
    assert ("oped-aid-ukraine", "US$500,000") in gone
    assert ("oped-annual-aid", "US$1\xa0billion") in gone
    [count] = [
        item
        for item in found["numbers"]
        if item["new"] and item["new"]["formula"].startswith("explainer-visits −")
    ]
    assert count["change"] == "claims"
    assert "oped-visit-2024" in count["claims_lost"]
    assert count["sources_lost"] == ["op-ed"]
    assert {"arms-shares", "exports-in-trade"} <= {item["key"] for item in found["exhibits"]}
    lines = [line.get_text() for line in page.select(".lines li")]
    assert lines == found["summary"]
    assert "no longer gives about 70%." in lines[0]
    assert " is gone." in lines[0]
    assert "US$109\xa0billion (op-ed)" in lines[1]
    assert "opinion false instead of true" in lines[2]


def test_one_value_changed_shows_that_number_its_sentences_its_chart_and_nothing_else(desk, builds):
    found, page, _ = desk("default", str(builds / "after"))
    assert found["parameters"] == []
    assert [item["name"] for item in found["inputs"]] == ["data/quantities.csv"]
    printed = [
        (item["old"]["text"], item["new"]["text"])
        for item in found["numbers"]
        if item["change"] == "changed"
    ]
    assert ("US$171\xa0billion", "US$172\xa0billion") in printed
    # What is computed from it changes with it: a ratio, and its verdict against the record.
    for item in found["numbers"]:
        assert item["change"] in ("changed", "unprinted")
        assert "ap-trade-china" in item["old"]["claims"] + item["new"]["claims"]
    carrying = [item for item in found["sentences"] if "US$171\xa0billion" in item["old"]]
    assert {"0-summary", "2-trade"} <= {item["chapter"] for item in carrying}
    for item in found["sentences"]:
        text = item["old"].replace("US$171\xa0billion", "US$172\xa0billion")
        assert text == item["new"] or item["chapter"] == "7-record", item
    # The share of trade is drawn from it too: its mark moves by less than a printed digit.
    drawn = {item["key"] for item in found["exhibits"] if "drawing" in item["differs"]}
    assert "two-way-trade" in drawn <= {"two-way-trade", "small-trader", "verdict-board"}
    rows = [row for item in found["exhibits"] for row in item["rows"]]
    assert rows
    assert all("China" in " ".join(row["new"].values()) for row in rows)
    assert {"US$172\xa0billion", "US$172 billion"} <= {
        cell for row in rows for cell in row["new"].values()
    }
    assert len(page.select("#x-two-way-trade .side:has(svg)")) == 2


def test_the_page_keeps_the_promises_of_the_briefing(desk):
    _, page, _ = desk("default", "without-opinion")
    html = str(page)
    assert outside_requests(html) == []
    assert typed_digits(html) == []
    assert not page.find("script")
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for tag in page.find_all(True):
        assert set(tag.get("aria-labelledby", "").split()) <= set(ids)
        if tag.get("href", "").startswith("#"):
            assert tag["href"][1:] in ids
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    names = [
        region.get("aria-label") or page.find(id=region["aria-labelledby"]).get_text()
        for region in page.find_all(role="region")
    ]
    assert len(names) == len(set(names)) > 30
    for table in page.select("main table"):
        assert table.caption.get_text()
        assert all(head.get("scope") for head in table.find_all("th"))
    for drawing in page.select(".side svg"):
        assert drawing["role"] == "img"
        assert drawing["aria-label"]
    for mark in page.select("main :is(ins, del):has(.visually-hidden)"):
        assert mark.get_text().startswith("[")
    assert len(html.encode()) < 1_000_000


def test_two_comparisons_are_identical(builds, tmp_path):
    sides = [read_built(builds / name, name) for name in ("default", "without-opinion")]
    first, second = (written(*sides, tmp_path / name) for name in "ab")
    assert first.page.read_bytes() == second.page.read_bytes()
    assert first.data.read_bytes() == second.data.read_bytes()


def test_a_stale_or_missing_edition_is_built_and_a_folder_never(desk, builds):
    (desk.root / "default").unlink()
    shutil.copytree(builds / "after", desk.root / "default")
    _, _, asked = desk("default", str(desk.root / "after"))
    assert asked == ["default"], "another table"
    shutil.rmtree(desk.root / "default")
    with pytest.raises(Refusal, match="manifest.json"):
        desk("default", str(desk.root / "after"))
    assert asked == ["default", "default"], "not there"


def test_the_same_numbers_are_counted_however_often_they_stand(builds):
    built = read_built(builds / "default", "default")
    assert 100 < len(figures(built)) < len(built.manifest.numbers)


def test_the_verb_prints_three_lines_and_where_the_files_lie(builds, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(press, "BUILDS", tmp_path)
    before, after = str(builds / "default"), str(builds / "after")
    assert main(["compare", before, after]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 5
    assert all(Path(line).is_file() for line in printed[3:])
