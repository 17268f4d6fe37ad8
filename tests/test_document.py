"""Executed notebooks to the document, and what it rests on."""

import parts
import pytest
from parts import number, texts

from briefing.errors import ChapterFailed
from briefing.render.document import numbers_of, sections_of, texts_of, uses_of
from briefing.report.blocks import MIME, plain


def paragraph(text: str, style: str = "", *claims: str) -> dict:
    return {"kind": "paragraph", "style": style, "text": texts(text), "claims": list(claims)}


def judgement(text: str, *claims: str) -> dict:
    return {"kind": "judgement", "voice": "reported", "text": texts(text), "claims": list(claims)}


def exhibit(key: str, number: str, annex: bool = False, kind: str = "table", **more) -> dict:
    base = parts.exhibit(kind, key, number, key, annex=annex, claims=[], columns=[], rows=[])
    return base | {"subtitle": [], "foot": []} | more


def code(*blocks: dict, source: str = "pass") -> dict:
    outputs = [{"output_type": "display_data", "data": {MIME: block}} for block in blocks]
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": outputs}


def markdown(source: str) -> dict:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def chapter(*cells: dict) -> dict:
    return {"cells": list(cells)}


def test_sentences_of_one_cell_and_style_form_a_paragraph():
    notebook = chapter(
        code(paragraph("A.", "", "a"), paragraph("B.", "", "b"), paragraph("C.", "note")),
        code(paragraph("D.")),
    )
    (section,) = sections_of({"1-x": notebook})
    told = [(block["style"], plain(block["text"])) for block in section["blocks"]]
    assert told == [("", "A. B."), ("note", "C."), ("", "D.")]
    assert section["blocks"][0]["claims"] == ["a", "b"]


def test_neither_the_notebook_nor_its_blocks_are_changed():
    notebook = chapter(code(paragraph("A."), paragraph("B."), judgement("C."), judgement("D.")))
    first = sections_of({"1-x": notebook})
    assert sections_of({"1-x": notebook}) == first
    assert "code" not in notebook["cells"][0]["outputs"][0]["data"][MIME]


@pytest.mark.parametrize("cells", [[2], [1, 1]])
def test_judgements_that_follow_each_other_form_a_list(cells):
    told = iter([judgement("A.", "a"), judgement("B.", "b")])
    notebook = chapter(*(code(*(next(told) for _ in range(count))) for count in cells))
    (section,) = sections_of({"0-x": notebook})
    (block,) = section["blocks"]
    assert [item["claims"] for item in block["items"]] == [["a"], ["b"]]
    assert uses_of([section]) == {"a": {"0-x": "chapter 0"}, "b": {"0-x": "chapter 0"}}


def test_code_goes_with_the_last_exhibit_of_its_cell():
    cell = code(exhibit("one", "1.1"), exhibit("two", "1.2"), source="plot()")
    (section,) = sections_of({"1-x": chapter(cell)})
    assert [block["code"] for block in section["blocks"]] == ["", "plot()"]


def test_an_annexed_exhibit_moves_to_the_annex_and_leaves_a_pointer():
    title = [number("five", "a")]
    cells = code(exhibit("far", "1.1", annex=True, title=title, claims=["a"]), paragraph("A."))
    section, tables = sections_of({"1-x": chapter(cells)})
    assert section["further"] == [{"anchor": "exhibit-1-1", "number": "1.1", "title": title}]
    assert [block["kind"] for block in tables["blocks"]] == ["heading", "table"]
    assert tables["part"] == "annex"
    assert uses_of([section, tables]) == {"a": {"exhibit-1-1": "Exhibit 1.1"}}
    # The pointer prints the title's number again, where the pointer stands.
    places = [found["place"] for found in numbers_of([section, tables])]
    assert places == ["1-x", "exhibit-1-1"]


def test_a_chapter_that_is_silent_is_left_out_questions_and_all():
    assert sections_of({"1-x": chapter(markdown("# Title"), code())}) == []


def test_chapters_from_the_seventh_on_are_annexes():
    speaking = chapter(code(paragraph("A.")))
    told = [section["part"] for section in sections_of({"6-x": speaking, "7-y": speaking})]
    assert told == ["chapter", "annex"]


def test_a_key_that_stands_twice_is_refused():
    one = chapter(code(exhibit("same", "1.1")))
    with pytest.raises(ChapterFailed, match="'same' stands twice"):
        sections_of({"1-x": one, "2-y": one})


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "text": "a warning"},
        {"output_type": "display_data", "data": {"text/plain": "a warning"}},
    ],
)
def test_output_that_is_no_block_is_refused_with_its_place(output):
    cell = {"cell_type": "code", "source": "", "metadata": {}, "outputs": [output]}
    with pytest.raises(ChapterFailed, match=r"1-x\.ipynb, cell 1: printed 'a warning'"):
        sections_of({"1-x": chapter(markdown("# A"), cell)})


def test_what_an_analyst_made_of_a_chapter_is_no_part_of_the_document():
    aside = code(paragraph("Mine.")) | {"metadata": {"tags": ["own"]}}
    aside["outputs"].append({"output_type": "stream", "text": "mine"})
    assert sections_of({"1-x": chapter(code(paragraph("A.")), aside)}) == sections_of(
        {"1-x": chapter(code(paragraph("A.")))}
    )


def test_a_frame_that_a_cell_ends_with_is_no_part_of_the_document():
    frame = {"output_type": "execute_result", "data": {"text/html": "<table></table>"}}
    cell = code(paragraph("A."))
    (section,) = sections_of({"1-x": chapter({**cell, "outputs": [*cell["outputs"], frame]})})
    assert [plain(block["text"]) for block in section["blocks"]] == ["A."]


def test_markdown_cells_become_the_same_blocks():
    source = (
        "# Two-way\n\nText with **weight**, *stress*, `code` and [a link](https://x.org).\nOn.\n"
    )
    source += "\n## Below\n\n- one item\n- <b>markup</b>\n\n1. first\n"
    cells = [markdown(source), code(paragraph("A."))]
    (section,) = sections_of({"1-x": chapter(*cells)})
    title, text, below, listed, numbered, _ = section["blocks"]
    assert (title["level"], title["id"], title["number"]) == (1, "1-x-two-way", "1")
    assert (below["level"], below["id"], below["number"]) == (2, "1-x-below", "")
    assert [inline.get("style", inline["kind"]) for inline in text["text"]] == [
        "words", "strong", "words", "emphasis", "words", "code", "words", "link", "words", "words",
        "words",
    ]  # fmt: skip
    assert text["text"][7]["href"] == "https://x.org"
    assert plain(text["text"]).endswith("a link.\nOn.")
    assert [plain(item) for item in listed["items"]] == ["one item", "<b>markup</b>"]
    assert (listed["ordered"], numbered["ordered"]) == (False, True)


@pytest.mark.parametrize("source", ["```\ncode\n```", "> quoted", "---", "<div>\nx\n</div>"])
def test_other_markdown_is_refused_not_lost(source):
    with pytest.raises(ChapterFailed, match="a Markdown cell holds a"):
        sections_of({"1-x": chapter(markdown(source), code(paragraph("A.")))})


def test_every_text_is_read_in_order_and_its_numbers_listed():
    drawn = {"text": "7", "low": "7", "high": "7", "unit": "", "claims": ["c"], "formula": "c"}
    date = {"kind": "date", "pieces": [["2023", "2023"]], "iso": "2023", "claims": ["d"]}
    chart = exhibit("bars", "1.2", kind="chart", description=[date], numbers=[drawn], alt="")
    table = exhibit("rows", "1.1", rows=[[texts("head"), [number("five", "a")]]])
    (section,) = sections_of({"1-x": chapter(code(table, chart))})
    found = [(item["id"], item["text"], item["unit"], item["place"])
             for item in numbers_of([section])]  # fmt: skip
    assert found == [
        ("n1", "five", "count", "exhibit-1-1"),
        ("n2", "2023", "date", "exhibit-1-2"),
        ("n3", "7", "", "exhibit-1-2, chart"),
    ]
    assert [plain(text) for text in texts_of(section["blocks"][0])] == [
        "rows", "", "head", "five", "",
    ]  # fmt: skip
