"""The PDF writer: what a reader, a screen reader and an archive need to find in a PDF."""

import json
import os
import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import parts
import pikepdf
import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_notebook
from parts import entry, exhibit, heading, number, paragraph, texts, words

from briefing.render.pdf import PdfFailed, pdf

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
META = {"title": "The Queen of Freedonia", "subtitle": "What three papers say", "edition": "x"}
META |= {"as_of": "1933-11", "as_of_text": "November 1933", "language": "en-GB", "grey": False}
META |= {"description": "Invented.", "author": "The desk", "stamp": [["Edition", "default"]]}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200pt" height="60pt" viewBox="0 0 200 60">'
    '<rect width="90" height="20" fill="#333"/><text x="5" y="50" style="font-size: 10px; '
    "font-family: 'Source Sans Pro', 'DejaVu Sans', sans-serif\">Herring barrels</text></svg>"
)
SOURCED = {"claims": [], "subtitle": [], "foot": texts("Source: Post.")}
CLAIMS = ["herring", "share", "visits", "barrels", "years"]


def date(text, *claims):
    return {"kind": "date", "pieces": [[text, "1932-11-09"]], "claims": list(claims)}


def link(href):
    return {"kind": "link", "text": "there", "href": href}


def section(*blocks, number="1", title="Herring", part="chapter"):
    title = heading(1, f"{number}-x-title", number, title)
    return parts.section(f"{number}-x", part, title, *blocks)


def chart(**rest):
    title = ["Herring is ", number("7.5 times", "barrels"), " as dear"]
    drawn = {"alt": "Bar chart of 7.5 barrels.", "description": [], "numbers": [], "svg": SVG}
    return exhibit("chart", "x", "1.1", *title, **(SOURCED | drawn | rest))


def table(rows):
    heads = [("Moorings", False), ("Period", False), ("Landings", True)]
    cells = [
        [[words(f"Quay {row} of the old harbour")], [date("1932")], [number(f"{row}.5", claim)]]
        for row, claim in zip(range(1, rows + 1), CLAIMS * rows, strict=False)
    ]
    columns = [{"head": [words(head)], "figure": figure} for head, figure in heads]
    return exhibit("table", "x", "1.2", "Quays", columns=columns, rows=cells, **SOURCED)


def document(*sections, **meta):
    told = {"statement": "It is said.", "sentence": ["See ", "it", "."]}
    told["where"] = texts("Post, ", words("post-1", "code"), ".")
    entries = [
        entry(claim, f"E{place}", f"some {claim}", **told)
        for place, claim in enumerate(CLAIMS, start=1)
    ]
    entries[0]["uses"] = [["1-x", "chapter 1"]]
    block = {"kind": "evidence", "id": "evidence-post", "title": texts("Post"), "entries": entries}
    evidence = section(block, number="", title="Evidence", part="annex") | {"id": "evidence"}
    return {"meta": META | meta, "sections": [*sections, evidence]}


POINT = {"voice": "reported", "text": texts("The ", number("fifth", "visits"), " visit.")}
TRADE = ["Trade was ", number("US$3.6 billion", "herring"), " in ", date("1932"), "."]
POINTS = {"kind": "judgements", "items": [POINT, POINT]}
ITEM = texts(*["op-ed, 9 May, ", number("3.6 bn"), "; "] * 60)
WHOLE = document(
    section(paragraph(*TRADE, style="lede"), POINTS, number="0", title="Summary"),
    section(
        heading(2, "1-x-barrels", "", "Of 7.5 barrels"),
        paragraph("Some ", number("60–70%", "share"), ", said Nguyễn Thị Hồng on "),
        paragraph(date("9 November 1932"), " in ", link("https://example.org/x")),
        paragraph(link("#exhibit-1-1"), link("javascript:0"), style="note"),
        {"kind": "list", "ordered": False, "items": [ITEM]},
        chart(),
        table(60),
    ),
)


@pytest.fixture(scope="module")
def printed() -> bytes:
    return pdf(WHOLE)[0]


@pytest.fixture
def opened(printed) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(printed))


def elements(file: pikepdf.Pdf, kind: str = "") -> list[pikepdf.Dictionary]:
    """All structure elements, or those of a kind, in reading order."""
    found, waiting = [], [file.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(reversed(list(node)))
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found += [node] if str(node.S) == f"/{kind}" or not kind else []
            waiting += [node.K] if "/K" in node else []
    return found


def attribute(element, key):
    """An attribute of a cell that says what it is in its table."""
    return next(it[key] for it in element.A if it.O == "/Table" and key in it)


def text_of(data: bytes, folder: Path, *options: str) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: the text of the PDF was not read")
    (folder / "x.pdf").write_bytes(data)
    command = ["pdftotext", *options, str(folder / "x.pdf"), "-"]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


def test_is_tagged_and_says_its_language_standards_author_and_date(opened):
    assert opened.Root.MarkInfo.Marked
    assert opened.Root.Lang == "en-GB"
    assert opened.Root.ViewerPreferences.DisplayDocTitle
    assert "/Filter" not in opened.Root.Metadata, "an archive reads it without unpacking"
    assert opened.check_pdf_syntax() == []
    with opened.open_metadata() as found:
        assert found["pdfuaid:part"] == "1"
        assert (found["pdfaid:part"], found["pdfaid:conformance"]) == ("2", "A")
        assert found["dc:title"] == META["title"]
        assert found["dc:creator"] == [META["author"]]
        assert found["pdf:Keywords"] == "Summary, Herring, Evidence"
        assert found["xmp:CreateDate"].startswith("1933-11-01T00:00:00")


def test_bookmarks_are_the_headings_without_references(opened):
    with opened.open_outline() as outline:
        titles = [(it.title, [child.title for child in it.children]) for it in outline.root]
    assert titles == [("Summary", []), ("1 Herring", ["Of 7.5 barrels"]), ("Evidence", ["Post"])]


def test_figures_are_described_and_the_body_is_read_in_order(opened):
    assert [str(it.Alt) for it in elements(opened, "Figure")] == ["Bar chart of 7.5 barrels."]
    kinds = [str(it.S).lstrip("/") for it in elements(opened)]
    places = [kinds.index(kind) for kind in ("Title", "H1", "Figure", "Table")]
    assert places == sorted(places)
    assert kinds[places[-1] :].count("LI") == len(CLAIMS)


def test_cells_know_the_heads_of_their_column_and_row(opened):
    heads = elements(opened, "TH")
    assert [attribute(it, "/Scope") for it in heads] == ["/Column"] * 4 + ["/Row"] * 60
    ids = pikepdf.NameTree(opened.Root.StructTreeRoot.IDTree)
    assert sorted(str(head.ID) for head in heads) == list(ids.keys())
    rows = elements(opened, "TR")[1:]
    assert [[str(cell.S) for cell in row.K] for row in rows] == [["/TH", "/TD", "/TD", "/TD"]] * 60
    for row in rows:
        for cell, column in zip(row.K[1:], heads[1:4], strict=True):
            assert [str(it) for it in attribute(cell, "/Headers")] == [column.ID, row.K[0].ID]
    (whole,) = elements(opened, "Table")
    assert [str(part.S) for part in whole.K][:3] == ["/Caption", "/THead", "/TBody"]


def test_links_lead_somewhere_and_say_where(opened):
    notes = [note for page in opened.pages for note in page.get("/Annots", [])]
    assert all(str(note.Contents) for note in notes)
    assert [str(note.A.URI) for note in notes if "/A" in note] == ["https://example.org/x"]
    named = pikepdf.NameTree(opened.Root.Names.Dests)
    inside = [note.Dest for note in notes if "/Dest" in note]
    places = [it if isinstance(it, pikepdf.Array) else named[str(it)] for it in inside]
    assert {place[0].objgen for place in places} <= {page.objgen for page in opened.pages}
    # In the contents, the text, to the exhibit, in the chart's foot, the table, the evidence.
    assert len(inside) == 3 + 4 + 1 + 1 + 60 + 1


def test_copied_text_keeps_words_and_numbers_whole(printed, tmp_path):
    text = text_of(printed, tmp_path)
    expected = ["US$3.6 billion in 1932. E1", "Nguyễn Thị Hồng", "60–70%, said", "9 November 1932"]
    expected += ["Herring barrels", "“some herring”", "Herring is 7.5 times as dear"]
    for it in [*expected, "Evidence: E4.", "Used in ch. 1.", "Not used in this edition."]:
        assert it in " ".join(text.split())
    assert not re.search(r"(op-|3\.6|\b9)$", text, re.MULTILINE), "they stand on one line"
    assert not {"\N{SOFT HYPHEN}", "\N{WORD JOINER}"} & set(text)


def test_front_page_stands_alone_and_long_tables_repeat_their_header(printed, tmp_path):
    pages = text_of(printed, tmp_path, "-layout").split("\f")[:-1]
    assert "Summary" in pages[0]
    assert "Summary 1 · 1 Herring 2" in pages[1]
    with_rows = [page for page in pages if "old harbour" in page]
    assert len(with_rows) > 1
    assert all("Moorings" in page for page in with_rows)
    for place, page in enumerate(pages, start=1):
        assert re.findall(r"\d+ ?/ ?\d+", page)[-1].replace(" ", "") == f"{place}/{len(pages)}"
        assert META["title"] in page


def test_a_full_summary_is_drawn_in_to_stay_on_its_page_which_can_be_pictured(tmp_path):
    point = {**POINT, "text": POINT["text"] * 28}
    points = {"kind": "judgements", "items": [point] * 6}
    summary = section(points, table(11), chart(), number="0", title="Summary")
    made, alone, picture = pdf(document(summary, section()), "pdf", "png")
    pages = text_of(made, tmp_path).split("\f")
    assert "Summary 1 · 1 Herring 2" in pages[1]
    assert "old harbour" not in pages[1]
    assert pages[1].split()[4:6] == ["1", "Herring"], "a page is named after the chapter at its top"
    assert text_of(alone, tmp_path).split("\f")[0].split("\n")[:9] == pages[0].split("\n")[:9]
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == pytest.approx(827, abs=1)  # A4 at 100 dots


HOSTILE = ["= no heading", "+ no list 1. none", "-- a--b ... -5", "// no comment /* none */"]
HOSTILE += ['#import "x": * #let x [y] $z$ *a* _b_ #panic()', '"x" \\ @at <lt> ~ `raw` &amp; <b>']


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_is_text_wherever_it_stands(text, tmp_path):
    styles = ["", "strong", "code", "confidence", "likelihood", "evidence"]
    blocks = [paragraph(words(text, style)) for style in styles]
    blocks += [{"kind": "list", "ordered": True, "items": [[words(text)]]}]
    columns = [{"head": [words(text)], "figure": True}]
    blocks += [exhibit("table", "x", "1.2", text, columns=columns, rows=[[[words(text)]]])]
    whole = document(section(*blocks, title=text), subtitle=text, author=text, stamp=[[text, text]])
    whole["sections"][1]["blocks"][1]["entries"][0] |= {"phrase": text, "statement": text}
    found = "".join(text_of(pdf(whole)[0], tmp_path).split())
    # Subtitle and stamp, heading, list; title, head and cell of the table; twice as evidence.
    assert found.count("".join(text.split())) >= 3 + 1 + len(styles) + 1 + 3 + 2


SEVEN, EIGHT, NINE = number("7", "herring"), date("8", "herring"), number("9", "share")


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (paragraph("A ", SEVEN, " to ", EIGHT, ". Then ", SEVEN), "A 7 to 8. E1 Then 7 Exhibit"),
        (paragraph(SEVEN, " to ", NINE, ", ", EIGHT), "7 to 9, 8 E1, E2"),
        (paragraph(number("1", *reversed(CLAIMS)), " all"), "1 all E1–E5"),
        (paragraph(number("1", "herring", "share", "years")), "1 E1, E2, E5"),
        (paragraph(number("1", "unheard-of"), " fish 🐟️."), "1 fish ▯."),
        (heading(2, "7", "", SEVEN), "1 Herring 7 Exhibit 1.1"),
        (chart(claims=["herring", "share", "visits"]), "Source: Post. Evidence: E1–E4."),
        (table(2) | {"claims": CLAIMS[:2]}, "1932 2.5 E2 Source: Post. Exhibit 1.1"),
    ],
)
def test_references_follow_their_numbers(block, expected, tmp_path):
    (made,) = pdf(document(section(block, chart())))
    assert expected in " ".join(text_of(made, tmp_path, "-layout").split())


def test_figures_keep_room_for_references_so_that_their_edge_stays_straight(tmp_path):
    quays = table(3)
    quays["rows"][1][2] = [number("2.5", "herring", "visits", "years")]  # too long: stands below
    quays["rows"][2][2] = [words("3.5")]
    boxes = text_of(pdf(document(section(quays)))[0], tmp_path, "-bbox")
    edges = re.findall(r'xMax="([\d.]+)" yMax="[\d.]+">[123]\.5<', boxes)
    assert [float(it) for it in edges] == pytest.approx([float(edges[0])] * 3, abs=0.1)


@pytest.mark.parametrize(("seed", "zone"), [("1", "Asia/Ho_Chi_Minh"), ("2", "America/Lima")])
def test_bytes_do_not_depend_on_the_process(printed, seed, zone, tmp_path):
    (tmp_path / "in.json").write_text(json.dumps(WHOLE))
    script = "import json, sys; from briefing.render.pdf import pdf; "
    script += "open('out.pdf', 'wb').write(pdf(json.load(open('in.json')))[0]); "
    script += "assert 'nbconvert' not in sys.modules, 'it takes long to load'"
    changed = {"PYTHONHASHSEED": seed, "TZ": zone, "HOME": str(tmp_path), "SOURCE_DATE_EPOCH": "1"}
    changed |= {"PYTHONPATH": str(NOTEBOOKS)}
    command = [sys.executable, "-c", script]
    subprocess.run(command, env=os.environ | changed, check=True, cwd=tmp_path)
    assert (tmp_path / "out.pdf").read_bytes() == printed == pdf(WHOLE)[0]
    assert {it.name for it in tmp_path.iterdir()} == {"in.json", "out.pdf"}


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (chart(alt=""), "missing alt text of the chart x"),
        (paragraph(link("#nowhere")), r"(?s)<nowhere>` does not exist.*1-x: #nowhere"),
        (heading(3, "1-x-deep", "", "Too deep"), "1-x: skipped heading level: Too deep"),
        (paragraph("Herring is 鯡."), r"(?s)could not be displayed.*1-x: Herring is 鯡\."),
        (chart(svg="<svg"), r"(?s)failed to parse SVG.*main\.typ:\d+"),
    ],
)
def test_what_cannot_be_set_is_refused_with_its_place(block, said):
    with pytest.raises(PdfFailed, match=said):
        pdf(document(section(block)))


def test_nbconvert_finds_an_exporter():
    exporter = get_exporter("briefing.render.pdf.BriefingPDF")()
    made, resources = exporter.from_notebook_node(new_notebook(), {"document": WHOLE})
    assert (made, resources["output_extension"]) == (pdf(WHOLE)[0], ".pdf")
