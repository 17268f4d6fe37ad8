"""The PDF: what a reader, a screen reader and an archive need to find in it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from bs4 import BeautifulSoup

from briefing.press.paper import PdfFailed, for_paper
from briefing.press.pdf import pdf

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
META = {
    "title": "The Queen of Freedonia in Sylvania",
    "subtitle": "What three papers say",
    "as_of": "1933-11",
    "as_of_text": "November 1933",
    "description": "An invented briefing.",
    "language": "en",
    "author": "The invented desk",
    "stamp": [["Edition", "default"]],
}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200pt" height="60pt" viewBox="0 0 200 60">'
    '<rect width="90" height="20" fill="#333"/><text x="5" y="50" style="font-size: 10px; '
    "font-family: 'Source Sans Pro', 'DejaVu Sans', sans-serif\">Herring barrels</text></svg>"
)
CLAIMS = ["herring", "share", "visits", "barrels", "years"]


def number(text, *claims):
    return f'<data value="1" data-claims="{" ".join(claims)}">{text}</data>'


def chapter(content, number="1", title="Herring"):
    """One chapter that holds the content."""
    head = f'<h2 id="h-{number}"><span class="numbering">{number}</span> {title}</h2>'
    return f'<section class="chapter" id="{number}-x">{head}{content}</section>'


def evidence():
    entries = "".join(
        f'<dt id="c-{claim}"><span class="evidence">E{place}</span></dt>'
        f'<dd class="evidence"><q>some {claim}</q> It is said. <span class="where">Post, '
        f"paragraph {place}.</span></dd>"
        for place, claim in enumerate(CLAIMS, start=1)
    )
    return (
        '<section class="annex" id="evidence"><h2 id="h-evidence">Evidence</h2>'
        f'<h3 id="h-post">Post</h3><dl class="claims">{entries}</dl></section>'
    )


def chart(alt="Bar chart of 7.5 barrels.", source="exhibits/herring.svg"):
    return (
        '<figure class="exhibit chart" id="exhibit-1-1"><figcaption>'
        '<span class="numbering">Exhibit 1.1</span> <span class="title">Herring is '
        f'{number("7.5 times", "barrels")} as dear</span> <span class="subtitle">Barrels</span>'
        f'</figcaption><img src="{source}" alt="{alt}"><p class="foot">Sources: <cite>Post</cite>. '
        '<a class="data" download="x.csv" href="data:text/csv;base64,YQ==">Data (CSV)</a></p>'
        '<details class="code"><summary>Unfold</summary><pre>plot()</pre></details></figure>'
    )


def table(rows):
    cells = "".join(
        f'<tr><th scope="row">Quay {row} of the old harbour</th><td>1932</td>'
        f'<td class="figure">{number(f"{row}.5 billion", CLAIMS[row % 5])}</td></tr>'
        for row in range(1, rows + 1)
    )
    return (
        '<figure class="exhibit table" id="exhibit-1-2"><figcaption><span class="numbering">'
        'Exhibit 1.2</span> <span class="title">Quays</span></figcaption><table><caption '
        'class="visually-hidden">Quays</caption><thead><tr><th scope="col">Moorings</th>'
        '<th scope="col">Period</th><th scope="col" class="figure">Landings</th></tr></thead>'
        f'<tbody>{cells}</tbody></table><p class="foot">Sources: Post.</p></figure>'
    )


BODY = [
    chapter(
        f'<p class="lede">Trade was {number("US$3.6 billion", "herring")} in '
        '<time datetime="1932">1932</time>, said Nguyễn Thị Hồng.</p>'
        f'<ol class="judgements"><li><p>It was the {number("fifth", "visits")} visit.</p></li>'
        "</ol>",
        number="0",
        title="Summary",
    ),
    chapter(
        f"<h3>Of {number('7.5', 'barrels')} barrels</h3><p>Between {number('60–70%', 'share')} "
        f"and {number('nothing known', 'unheard-of')}; see <a "
        'href="#exhibit-1-1">Exhibit 1.1</a> and <a href="https://example.org/x">the Post</a>. '
        f"It came on <time>9 November 1932</time>.</p>{chart()}{table(60)}"
    ),
    evidence(),
]


def made(*sections, **meta):
    return pdf(sections or BODY, {"herring.svg": SVG}, META | meta)


@pytest.fixture(scope="module")
def printed() -> bytes:
    return made()


@pytest.fixture
def opened(printed) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(printed)) as document:
        yield document


def elements(document: pikepdf.Pdf) -> list[tuple[str, pikepdf.Dictionary]]:
    """All structure elements, in reading order, with their kinds."""
    found = []
    waiting = [document.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(reversed(list(node)))
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append((str(node.S).lstrip("/"), node))
            if "/K" in node:
                waiting.append(node.K)
    return found


def of_kind(document, kind):
    return [element for name, element in elements(document) if name == kind]


def attribute(element, key):
    """An attribute of an element, from whichever of its attribute objects has it."""
    owners = element.A if isinstance(element.get("/A"), pikepdf.Array) else [element.get("/A", {})]
    return next((owner[key] for owner in owners if key in owner), None)


def links(document):
    return [
        note
        for page in document.pages
        for note in page.get("/Annots", [])
        if note.Subtype == "/Link"
    ]


def text_of(data: bytes, folder: Path, *options: str) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: the text of the PDF was not read")
    file = folder / "briefing.pdf"
    file.write_bytes(data)
    ran = subprocess.run(
        ["pdftotext", *options, str(file), "-"], capture_output=True, check=True, encoding="utf-8"
    )
    return ran.stdout


# ---- For everyone --------------------------------------------------------------------------


def test_is_tagged_and_says_its_language_and_title(opened):
    assert opened.Root.MarkInfo.Marked
    assert opened.Root.StructTreeRoot.K
    assert opened.Root.Lang == "en-GB"
    assert opened.Root.ViewerPreferences.DisplayDocTitle


def test_names_its_standards_author_keywords_and_date(opened):
    with opened.open_metadata() as found:
        assert found["pdfuaid:part"] == "1"
        assert (found["pdfaid:part"], found["pdfaid:conformance"]) == ("2", "A")
        assert found["dc:title"] == META["title"]
        assert found["dc:creator"] == [META["author"]]
        assert found["pdf:Keywords"] == "Summary, Herring, Evidence"
        assert found["xmp:CreateDate"].startswith("1933-11-01T00:00:00")


def test_bookmarks_are_the_headings_without_references(opened):
    with opened.open_outline() as outline:
        titles = [
            [entry.title, [child.title for child in entry.children]] for entry in outline.root
        ]
    assert titles == [
        ["Summary", []],
        ["1 Herring", ["Of 7.5 barrels"]],
        ["Evidence", ["Post"]],
    ]


def test_every_figure_is_described(opened):
    figures = of_kind(opened, "Figure")
    assert [str(figure.Alt) for figure in figures] == ["Bar chart of 7.5 barrels."]


def test_table_cells_know_their_headers_and_tables_their_captions(opened):
    heads = of_kind(opened, "TH")
    assert [attribute(head, "/Scope") for head in heads] == ["/Column"] * 3
    names = {str(head.ID) for head in heads}
    cells = of_kind(opened, "TD")
    assert len(cells) == 180
    for cell in cells:
        assert {str(name) for name in attribute(cell, "/Headers")} <= names
        assert len(attribute(cell, "/Headers")) == 1
    (whole,) = of_kind(opened, "Table")
    assert [str(part.S) for part in whole.K][:3] == ["/Caption", "/THead", "/TBody"]


def test_reading_order_is_the_order_of_the_body(opened):
    kinds = [name for name, _ in elements(opened)]
    assert kinds.index("Title") < kinds.index("H1") < kinds.index("TOC")
    assert kinds.index("TOC") < kinds.index("Figure") < kinds.index("Table")
    assert kinds[kinds.index("Table") :].count("LI") == len(CLAIMS)


def test_links_lead_somewhere_and_say_where(opened):
    pages = {page.objgen for page in opened.pages}
    found = links(opened)
    inside = [note for note in found if "/Dest" in note]
    assert all(note.Dest[0].objgen in pages for note in inside)
    assert all(str(note.Contents) for note in found)
    assert [str(note.A.URI) for note in found if "/A" in note] == ["https://example.org/x"]
    # Three in the contents, one to the exhibit, three in the text, one in the chart's foot,
    # and one for each row of the table.
    assert len(inside) == 3 + 1 + 3 + 1 + 60


def test_fonts_are_embedded_and_ours(opened):
    fonts = [
        item
        for item in opened.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
    ]
    assert all({"/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)
    families = {re.split(r"[+-]", str(font.FontName))[1] for font in fonts}
    assert families == {"LibertinusSerif", "SourceSansPro"}


# ---- The text ------------------------------------------------------------------------------


def test_copied_text_keeps_words_and_numbers_whole(printed, tmp_path):
    text = text_of(printed, tmp_path)
    words = " ".join(text.split())
    for expected in (
        "US$3.6 billion E1 in 1932",
        "Nguyễn Thị Hồng",
        "60–70% E2",
        "9 November 1932",
        "Herring barrels",  # inside the chart
        "“some herring”",
        "Herring is 7.5 times as dear",
        "Evidence: E4.",
    ):
        assert expected in words
    assert "3.6 billion" in text.replace("\n", "|"), "a plain space, on one line"
    assert "\N{SOFT HYPHEN}" not in text
    for screen_only in ("Unfold", "plot()", "Data (CSV)"):
        assert screen_only not in text


def test_front_page_stands_alone_and_long_tables_repeat_their_header(printed, tmp_path):
    pages = text_of(printed, tmp_path, "-layout").split("\f")[:-1]
    assert "Summary" in pages[0]
    assert "Contents" not in pages[0]
    assert "Contents" in pages[1]
    with_rows = [page for page in pages if "old harbour" in page]
    assert len(with_rows) > 1
    assert all("Moorings" in page for page in with_rows)
    assert [re.findall(r"\d+ ?/ ?\d+", page)[-1].replace(" ", "") for page in pages] == [
        f"{place}/{len(pages)}" for place in range(1, len(pages) + 1)
    ]
    assert META["title"] in pages[2]  # the running head


def test_full_summary_is_drawn_in_to_stay_on_one_page(tmp_path):
    sentence = f"It was {number('7.5 billion', 'barrels')} in all the years of the old harbour. "
    points = "".join(f"<li><p>{sentence * 4}</p></li>" for _ in range(6))
    summary = f'<ol class="judgements">{points}</ol>{table(11)}{chart()}<p>{sentence * 8}</p>'
    body = [chapter(summary, "0", "Summary"), chapter("<p>Second.</p>", "1"), evidence()]
    tall = SVG.replace('height="60pt" viewBox="0 0 200 60"', 'height="85pt" viewBox="0 0 200 85"')
    pages = text_of(pdf(body, {"herring.svg": tall}, META), tmp_path).split("\f")
    assert "Contents" in pages[1]
    assert "old harbour" not in pages[1]


@pytest.mark.parametrize(
    "text",
    [
        "= not a heading",
        "+ not a list",
        "1. not a list",
        "-- a--b ... -5",
        "#let x [y] $z$ *a* _b_",
        "// no comment /* none */",
        'straight "quotes" and \\ and @at <lt> ~',
    ],
)
@pytest.mark.parametrize(
    "frame", ["<p>%s</p>", "<ul><li>%s</li></ul>", "<table><tr><td>%s</td></tr></table>"]
)
def test_markup_of_the_typesetter_is_text(text, frame, tmp_path):
    escaped = text.replace("<", "&lt;")
    printed = text_of(made(chapter(frame % escaped)), tmp_path)
    assert "".join(text.split()) in "".join(printed.split())


# ---- References ----------------------------------------------------------------------------


def rewritten(content):
    """A chapter of the content as it goes to paper."""
    sheet, _ = for_paper([chapter(content), evidence()])
    return BeautifulSoup(sheet.html, "html.parser")


def references(content):
    return [mark.get_text() for mark in rewritten(content).select(".refs, .slot, .below")]


def test_reference_is_not_repeated_within_a_sentence():
    seven, eight = number("7", "herring"), number("8", "herring")
    other = number("9", "share")
    assert references(f"<p>From {seven} to {eight}. Then {seven}.</p>") == ["E1", "E1"]
    assert references(f"<p>From {seven} to {other}, not {eight}.</p>") == ["E1", "E2", "E1"]
    assert references(f"<p>{seven}</p><p>{seven}</p>") == ["E1", "E1"]


def test_many_references_are_given_as_a_range():
    assert references(f"<p>{number('1', *reversed(CLAIMS))}</p>") == ["E1–E5"]
    assert references(f"<p>{number('1', 'herring', 'share', 'years')}</p>") == ["E1,\xa0E2,\xa0E5"]


def test_no_reference_without_an_entry_or_in_a_title():
    assert references(f"<p>{number('1', 'unheard-of')}</p>") == []
    assert references(f"<h3>{number('1', 'herring')}</h3>") == []


def test_figures_keep_room_for_references_so_that_their_edge_stays_straight():
    slots = rewritten(table(3)).select(".slot")
    assert [slot.get_text() for slot in slots] == ["", "E2", "E3", "E4"]
    assert {slot["data-chars"] for slot in slots} == {"2"}


def test_chart_names_the_evidence_of_its_title_and_of_what_it_draws():
    drawn = chart().replace("<figure", '<figure data-claims="herring share visits"', 1)
    foot = rewritten(drawn).select_one(".foot")
    assert foot.get_text() == "Sources: Post. Evidence: E1–E4."


# ---- The same bytes ------------------------------------------------------------------------


def test_same_input_gives_the_same_bytes(printed):
    assert made() == printed


@pytest.mark.parametrize(("seed", "zone"), [("1", "Asia/Ho_Chi_Minh"), ("2", "America/Lima")])
def test_bytes_do_not_depend_on_the_process(printed, seed, zone, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "input.json").write_text(json.dumps([BODY, {"herring.svg": SVG}, META]))
    script = (
        "import json, sys; from briefing.press.pdf import pdf; "
        "open(sys.argv[2], 'wb').write(pdf(*json.load(open(sys.argv[1]))))"
    )
    files = [str(tmp_path / "input.json"), str(tmp_path / "out.pdf")]
    changed = {
        "PYTHONHASHSEED": seed,
        "TZ": zone,
        "HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(NOTEBOOKS),
        "SOURCE_DATE_EPOCH": "1",
    }
    subprocess.run(
        [sys.executable, "-c", script, *files], env=os.environ | changed, check=True, cwd=tmp_path
    )
    assert (tmp_path / "out.pdf").read_bytes() == printed
    assert list((tmp_path / "home").iterdir()) == []


# ---- What is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (chart(alt=""), r"missing alt text.*exhibits/herring\.svg"),
        (chart(source="exhibits/other.svg"), r"no exhibit.*other\.svg"),
        ('<p><a href="#nowhere">x</a></p>', "nowhere: #nowhere"),
        ("<h4>Too deep</h4>", "skipped heading level: 'Too deep' is h4 after h2"),
        ("<p>Herring is 鯡.</p>", r"(?s)could not be displayed.*main\.typ:\d+"),
    ],
)
def test_what_cannot_be_set_is_refused_with_its_place(content, said):
    with pytest.raises(PdfFailed, match=said):
        made(chapter(content))


def test_typesetter_refuses_what_gets_past_the_press(monkeypatch):
    monkeypatch.setattr("briefing.press.paper._check_headings", lambda sheet: None)
    with pytest.raises(PdfFailed, match="skipped from heading level 1 to 3"):
        made(chapter("<h4>Too deep</h4>"))
