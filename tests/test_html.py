"""The HTML page: an invented document goes in, one self-contained file comes out."""

import copy
import re
import subprocess
import sys
from base64 import b64decode
from io import BytesIO
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from parts import entry, exhibit, heading, number, paragraph, section, words

from briefing.errors import ChapterFailed
from briefing.render.html import TEMPLATES, page, text_html
from briefing.render.page_check import faults
from briefing.render.svg import DARK_PAPER, HOUSE_COLORS, dark_twin, drawing

SVG = """<?xml version="1.0"?><!DOCTYPE svg SYSTEM "http://www.w3.org/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="300pt" viewBox="0 0 300 90"
  xmlns="http://www.w3.org/2000/svg"><metadata><a href="https://example.org/">maker</a></metadata>
 <defs><style type="text/css">*{stroke-linecap: butt}</style>
  <clipPath id="pa"><rect width="9"/></clipPath><linearGradient id="faceb0"/></defs>
 <g id="figure_1"><path d="M 0 0 L 1 1" clip-path="url(#pa)" style="fill: #fff000"/>
 <use xlink:href="#faceb0" transform="translate(1.23456789 2) scale(0.00390625 -0.00390625)"/>
 <text style="font-size: 10px; font-family: 'A', sans-serif; fill: #1d2129">Salt &amp; sail</text>
 </g></svg>"""


def date(*claims: str) -> dict:
    pieces = [["3", "1911-03-03"], ["–", ""], ["4 March 1911", "1911-03-04"]]
    return {"kind": "date", "pieces": pieces, "iso": "1911-03-03/04", "claims": list(claims)}


def chart(key: str, number: str, alt: str, **more: object) -> dict:
    described = {"alt": alt, "description": [words("Bars: "), SALT, words(".")], "numbers": []}
    zone = {"at": [1, 2, 90, 8.5], "text": "Salt: 40 tons", "claim": "salt"}
    drawn = {"svg": SVG, "svg_narrow": SVG.replace("0 0 300", "0 0 216"), "zones": [zone]}
    return exhibit("chart", key, number, words("Cargo"), **described, **drawn, **more)


SALT = number("40\u00a0tons", "salt")
OLD = number("10", "salt-old")
LONG = number("more than 20 tons and at most 50 tons", "salt", low="20", high="50")
TIMES = number("4 times", "salt", "salt-old", formula="salt ÷ salt-old")
MANY = [f"many-{letter}" for letter in "abcdefghi"]
COLUMNS = [{"head": [words("What")], "figure": False}, {"head": [words("Tons")], "figure": True}]
GRID = {"columns": COLUMNS, "rows": [[[words("Salt")], [SALT]]]}
LINK = {"kind": "link", "text": "Port", "href": "https://a.org/"}
META = {"title": "Talks in Port Sel, March 1911", "subtitle": "Who said <what>", "language": "en",
        "description": 'On "salt" & sail', "author": "The quay", "edition": "default",
        "grey": False, "stamp": [["Edition", "default"], ["Texts", "a < b"]],
        "as_of": "1911-03-04", "as_of_text": "4 March 1911"}  # fmt: skip
META["sources"] = [
    {"name": "Gazette", "title": "Salt & sail", "about": "Of the quay.", "anchor": "gazette"}
]
INFERRED = {"voice": "inferred", "text": [SALT], "claims": []}
CHAPTER = [
    heading(1, "quay-salt", "1", words("Salt, "), SALT),
    paragraph(SALT, words(", before "), OLD, words(", "), TIMES, words(" & <more>; again "),
              number("40 tons", "salt"), words(", on "), date("talks"), style="lede"),
    paragraph(words("It was "), LONG, words(". So "), LONG, style="note"),
    paragraph(number("8", "sail", "salt", formula="sail ÷ salt − record"),
              number("5", "record", "sail", formula="record + sail"), number("9", *MANY)),
    {"kind": "list", "ordered": False, "items": [[words("one")], [words("other", "code")]]},
    {"kind": "judgements", "items": [INFERRED | {"voice": "reported"}, INFERRED]},
    {"kind": "judgements", "items": [INFERRED]},
    heading(2, "quay-sail", "", words("Sail")),
    exhibit("table", "cargo-table", "1.1", words("Cargo of "), SALT, code="x = 1\n", **GRID),
    chart("cargo", "1.2", 'Bars: "salt" 40', code='chart(\n    "a<b" <i>c  # 1.2\n)\n'),
    chart("again", "1.3", "Again"),
]  # fmt: skip
FURTHER = [{"anchor": "exhibit-1-4", "number": "1.4", "title": [words("Ports, "), SALT]},
           {"anchor": "exhibit-1-5", "number": "1.5", "title": [words("Sails")]}]  # fmt: skip
SETTINGS = {"kind": "table", "key": "", "number": "", "title": [words("Settings")], **GRID}
PORTS = exhibit("table", "ports", "1.4", words("Ports, "), SALT, **GRID)
SAILS = exhibit("table", "sails", "1.5", words("Sails"), **GRID)
ENTRIES = [
    entry("salt", "E1", "forty tons of salt", sentence=["They have ", "forty tons", " <there>."],
          uses=[["quay", "chapter 1"], ["exhibit-1-1", "Exhibit 1.1"]]),
    *(entry(id, "E2", f"words on {id}") for id in ["salt-old", "sail", "talks", *MANY]),
    entry("record", "E20", "", where=[LINK]),
]  # fmt: skip
LISTED = {"kind": "evidence", "id": "gazette", "title": [words("Gazette")], "entries": ENTRIES}
QUAY = section("quay", "chapter", *CHAPTER, further=FURTHER)
TABLES = section("tables", "annex", heading(1, "more", "", words("More")), PORTS, SAILS, SETTINGS)
EVIDENCE = section("evidence", "annex", heading(1, "claims", "", words("Evidence")), LISTED)
DOCUMENT = {"meta": META, "sections": [QUAY, TABLES, EVIDENCE]}


@pytest.fixture(scope="module")
def html() -> str:
    return page(DOCUMENT)


@pytest.fixture(scope="module")
def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def saying(*blocks: dict, **meta: object) -> BeautifulSoup:
    """The page of a document with these blocks, and the evidence."""
    sections = [section("x", "chapter", *blocks), EVIDENCE]
    return BeautifulSoup(page({"meta": META | meta, "sections": sections}), "html.parser")


def texts(soup: BeautifulSoup, selector: str) -> list[str]:
    return [tag.get_text().replace("\u00a0", " ") for tag in soup.select(selector)]


def test_the_same_document_gives_the_same_bytes_which_keep_what_is_asked_of_a_page(html):
    given = copy.deepcopy(DOCUMENT)
    assert (page(given), given) == (html, DOCUMENT)
    assert faults(html) == []


def test_head_masthead_and_footer_say_what_the_page_is_and_allow_no_script(html, soup):
    told = {meta.get("name", meta.get("http-equiv")): meta.get("content") for meta in soup("meta")}
    assert (soup.html["lang"], soup.title.string) == ("en", META["title"])
    assert (told["description"], told["date"]) == (META["description"], "1911-03-04")
    assert re.fullmatch("default-src 'none'(?!.*script).*", told["Content-Security-Policy"])
    assert html.index("Content-Security-Policy") < html.index("<style>")
    assert soup.h1.find(class_="name").get_text() == META["title"]
    said = [META["title"], "Who said <what>", "As of 4 March 1911 Edition: default"]
    assert texts(soup, ".masthead > *") == said
    assert texts(soup, "footer td") == ["default", "a < b"]
    assert saying(grey=True).html["class"] == ["grey"]


HOSTILE = """ '"><img src=x onerror=run()><script>run()</script></style>{{ 7 }}"""


def hostile(part: object, key: str = "") -> object:
    """The same with markup in each string; kinds and drawings are no text."""
    if isinstance(part, dict):
        return {key: hostile(value, key) for key, value in part.items()}
    if isinstance(part, list):
        return [hostile(value, key) for value in part]
    is_text = isinstance(part, str) and part and key not in ("kind", "svg", "svg_narrow")
    return part + HOSTILE if is_text else part


def test_markup_in_any_string_of_a_document_is_text():
    html = page(hostile(DOCUMENT))
    assert html.count("&lt;img src=x onerror=run()&gt;") > 200
    assert not re.search("<img|<script", html)
    assert [fault for fault in faults(html) if not fault.startswith("a digit")] == []


DASH = "–\u2060"  # a range does not break
TIMED = f'<time datetime="1911-03-03">3</time>{DASH}<time datetime="1911-03-04">4 March 1911</time>'
CLASSES = ("confidence", "none", "evidence", "stamp", "numbering")
ENDS = {"1/4": ("1", "4"), "../4": (None, "4"), "1/..": ("1", None), "all": (None, None)}
INLINES = [
    (words("a <b> & c"), "a &lt;b&gt; &amp; c"),
    (words("a", "strong"), "<strong>a</strong>"),
    (words("a", "likelihood"), '<em class="likelihood">a</em>'),
    (words("a", "emphasis"), "<em>a</em>"),
    (words("a", "code"), "<code>a</code>"),
    *((words("a", style), f'<span class="{style}">a</span>') for style in CLASSES),
    (OLD, '<data value="40" data-claims="salt-old">10</data>'),
    *((number("x", low=low, high=high, hedge="all"),
       f'<data value="{value}" data-claims="">x</data>') for value, (low, high) in ENDS.items()),
    (date(), TIMED),
    (date("talks"), f'<data value="1911-03-03/04" data-claims="talks">3{DASH}4 March 1911</data>'),
    ({"kind": "name", "text": "T-9"}, '<span class="name">T-9</span>'),
    ({"kind": "citation", "text": "AP; a<b"}, "<cite>AP; a&lt;b</cite>"),
    (LINK, '<a href="https://a.org/">Port</a>'),
    (LINK | {"href": "#b"}, '<a href="#b">Port</a>'),
    *((LINK | {"href": href}, "Port") for href in ("javascript:b", "//a.org", "data:,", "b")),
]  # fmt: skip


@pytest.mark.parametrize(("inline", "expected"), INLINES)
def test_each_inline_is_written_and_escaped(inline, expected):
    assert text_html([inline]) == expected


def note(soup: BeautifulSoup, text: str) -> BeautifulSoup:
    """What opens under the first number that reads so."""
    button = next(it for it in soup.select("button:has(data, time)") if it.next.get_text() == text)
    return soup.find(id=button["popovertarget"])


def test_each_number_opens_its_evidence_in_order_and_equal_ones_share_a_note(soup):
    buttons = soup.select("p.lede button:has(data, time)")
    opened = [(it.next.get_text(), it["popovertarget"]) for it in buttons]
    assert opened == [("40\u00a0tons", "n1"), ("10", "n2"), ("4 times", "n3"),
                      ("40 tons", "n1"), ("3–\u20604 March 1911", "n4")]  # fmt: skip
    assert [it["id"] for it in soup.select("[popover]")] == [f"n{n}" for n in range(1, 8)]
    assert soup.select_one("#n1").text.splitlines()[1] == "“forty tons of salt”"
    named = [(it["role"], it["aria-label"]) for it in soup.select("[popover]")]
    assert named[:2] == [("dialog", "40 tons"), ("dialog", "10")]


def test_a_source_opens_what_is_known_of_it():
    found = saying(paragraph({"kind": "citation", "text": "Gazette; Courier"}))
    assert texts(found, "button:not(:has(data, time))") == ["Gazette;"]
    assert found.select_one("[popover]").text.startswith("Gazette\nSalt & sail\n")
    assert found.select_one("[popover] a")["href"] == "#gazette"


def test_words_that_a_button_takes_in_are_printed_once():
    source = {"kind": "citation", "text": "Gazette"}
    found = saying(paragraph(words("("), source, words(").")))
    assert texts(found, "p:has(button:not(:has(data, time)))") == ["(Gazette)."]


def test_a_stop_after_a_number_stays_with_it(soup):
    assert [text[-1] for text in texts(soup, "p.note button")] == [".", "s"]
    assert "at most 50 tons. So more than" in texts(soup, "p.note")[0]


def test_arithmetic_is_told_in_the_values_of_claims_or_else_in_their_words(soup):
    shown = [note(soup, text).text.splitlines()[1] for text in ("4 times", "8", "5")]
    assert shown == [
        "Computed here: 40 tons ÷ 10 = 4 times",
        "Computed here: words on sail ÷ 40 tons − record = 8",
        "Computed here: E20 + words on sail = 5",
    ]
    # What is printed only where it opens nothing is the claim's value all the same.
    ratio = number("8", "salt", "sail", formula="salt ÷ sail")
    other = saying(heading(1, "x-a", "", number("5 sails", "sail")), paragraph(ratio))
    assert "÷ 5 sails" in note(other, "8").text
    quoted = "“forty tons of salt”; Evidence E2 “words on salt-old”"
    assert quoted in " ".join(note(soup, "4 times").get_text().split())


def test_what_a_claim_states_shows_no_arithmetic_and_many_claims_no_words(soup):
    assert "Computed" not in note(soup, "10").text
    assert note(soup, "10").select_one("a")["href"] == "#c-salt-old"
    assert [a["href"] for a in note(soup, "9").select("a")] == [f"#c-{id}" for id in MANY[:2]]
    assert note(soup, "9").get_text().split("and more, ")[1].strip() == "to E2"
    assert "words on" not in note(soup, "9").get_text()


@pytest.mark.parametrize("place", ["h2", "caption", "nav", ".description"])
def test_a_number_stays_plain_where_a_button_is_out_of_place(soup, place):
    assert soup.select(f"{place} data")
    assert not soup.select(f"{place} button")


def test_a_number_without_evidence_is_refused():
    with pytest.raises(ChapterFailed, match="evidence.*tea, pepper.*'3'"):
        saying(paragraph(number("3", "tea", "salt", "pepper")))


def test_contents_list_the_headings_and_an_exhibit_leads_to_itself(soup):
    assert texts(soup, "nav a") == ["1 Salt, 40 tons", "Sail", "More", "Evidence"]
    assert {a["href"][1:] for a in soup.select("nav a")} <= {
        it["id"] for it in soup.select("main [id]")
    }
    assert texts(soup, "figcaption a[href='#exhibit-1-2']") == ["Exhibit 1.2"]
    assert not soup.select("h2 a, h3 a")


def test_a_pointer_finds_in_the_wide_chart_what_a_row_says_and_its_evidence(soup):
    (zone,) = soup.select("#exhibit-1-2 .plot a")
    assert zone.find_parent("div")["class"] == ["plot", "wide"]
    assert (zone["title"], zone["href"]) == ("Salt: 40 tons", "#c-salt")
    assert zone["style"] == "left:1%;top:2%;width:90%;height:8.5%"


def test_a_judgement_says_in_words_that_it_was_inferred(soup):
    assert texts(soup, "ol.judgements li") == ["40 tons", "Inferred here 40 tons"]
    assert texts(soup, "p.judgement.inferred") == ["Inferred here 40 tons"]
    assert texts(soup, "section > ul > li") == ["one", "other"]


def test_a_table_scrolls_in_a_region_that_its_exhibit_or_its_caption_names(soup):
    regions = soup.select("main [role=region][tabindex='0'].scroll:has(> table)")
    named = [" ".join(texts(soup, f"[id='{id}']")[0] for id in it["aria-labelledby"].split())
             for it in regions]  # fmt: skip
    assert named[:2] == ["Exhibit 1.1 Cargo of 40 tons", "Exhibit 1.4 Ports, 40 tons"]
    assert named[2:] == ["Exhibit 1.5 Sails", "Settings"]
    assert [th["scope"] for th in soup.select("#exhibit-1-1 th")] == ["col", "col", "row"]
    assert soup.select("#exhibit-1-1 td.figure button")
    said = "In the annex: Exhibit 1.4, Ports, 40 tons; Exhibit 1.5, Sails"
    assert texts(soup, "#quay > p.further:last-child:has(a[href='#exhibit-1-5'])") == [said]


def test_an_exhibit_offers_its_data_its_description_and_its_code(soup):
    link = soup.select_one("#exhibit-1-2 a.data[download='cargo.csv']")
    kind, _, data = link["href"].partition(",")
    assert (kind, unquote(data)) == ("data:text/csv;charset=utf-8", "what,tons\nsalt,40\n")
    offered = ["Code", "Description and code", "Description"]
    assert texts(soup, "summary")[1:] == [f"{what} of this exhibit" for what in offered]
    assert texts(soup, "#exhibit-1-2 pre") == ['chart(\n    "a<b" <i>c  # 1.2\n)\n']


def test_the_annex_lists_each_claim_with_its_words_its_place_and_its_uses(soup):
    said = "“forty tons of salt” Of salt. Gazette, paragraph 3  They have forty tons <there>. "
    assert texts(soup, "#c-salt") == [f"E1 {said}Used in chapter 1, Exhibit 1.1."]
    assert texts(soup, "#c-salt mark") == ["forty tons"]
    assert texts(soup, "#c-record")[0].endswith(" Of record. Port  Not used in this edition.")


def test_a_chart_stands_in_the_page_for_wide_and_for_narrow_screens(soup):
    plots = [(*it["class"], it["style"]) for it in soup.select("#exhibit-1-2 .plot:has(> svg)")]
    assert plots == [("plot", "wide", "--natural:400px"), ("plot", "narrow", "--natural:288px")]
    named = soup.select("#exhibit-1-2 svg[role=img][aria-details=exhibit-1-2-description]")
    assert [svg["aria-label"] for svg in named] == ['Bars: "salt" 40'] * 2


def test_a_drawing_keeps_what_is_drawn_and_brings_nothing_along():
    styles: dict[str, str] = {}
    svg = drawing(SVG, "cargo", "Cargo", styles).html
    kept = ("viewBox=", "<clipPath ", "<linearGradient ", ">Salt &amp; sail</text>",
            'transform="translate(1.23456789 2) scale(0.00390625 -0.00390625)"')  # fmt: skip
    own = ('id="cargo-0"', 'clip-path="url(#cargo-0)"', 'href="#cargo-1"')
    themed = ("fill: var(--ink)", "fill: var(--c-fff000)")
    assert [part for part in kept + own if part not in svg] == []
    assert [part for part in themed if part not in " ".join(styles)] == []
    gone = r"<\?xml|<!DOCTYPE|<metadata|<style|example\.org|300pt|font-family|figure_1|xmlns"
    assert not re.search(gone, svg)


def test_what_looks_alike_is_drawn_at_once_and_nothing_else():
    bar, other = (
        f'<path d="M {{0}} 0" style="fill: {color}"/>' for color in ("#b3261e", "#1d2129")
    )
    mark = '<use xlink:href="#faceb0" x="{0}" y="2" style="fill: #b3261e"/>'
    bars = [*map(bar.format, range(3)), "<text>of salt</text>", bar.format(3), other.format(4)]
    drawn = "".join([*bars, bar.format(5), *map(mark.format, range(6))])
    made = BeautifulSoup(drawing(SVG.replace("<use", f"{drawn}<use", 1), "c", "", {}).html, "xml")
    paths = [path["d"] for path in made("path")]
    assert paths[1:5] == ["M 0 0 M 1 0 M 2 0 M 3 0", "M 4 0", "M 5 0", "M0 2L1 2L2 2L3 2L4 2L5 2"]
    assert made.select_one("path[marker-mid]")["marker-mid"] == f"url(#{made.marker['id']})"
    assert made.marker.use["href"] == made("use")[-1]["href"]
    assert made.marker.use["class"] != made("use")[-1].get("class")


def test_the_page_brings_the_house_type_as_far_as_it_needs_it(html, soup):
    rule = r"font-family: House; font-weight: (\d+); src: url\(data:font/woff;base64,([^)]+)"
    faces = {weight: TTFont(BytesIO(b64decode(file))) for weight, file in re.findall(rule, html)}
    assert set(faces) == {"400", "600"}
    printed = {ord(sign) for sign in soup.main.get_text() if sign.isalnum()}
    assert all(printed <= set(face.getBestCmap()) for face in faces.values())
    assert all(face["maxp"].numGlyphs < 120 for face in faces.values())


def test_the_page_declares_the_colours_of_its_charts_and_of_the_house(html):
    assert drawing(SVG, "cargo", "Cargo", {}).colors == {"#fff000"}
    declared = re.findall(r"--([\w-]+): (#\w+);", html)
    charts = [pair for pair in declared if pair[0].startswith("c-")]
    assert charts == [("c-fff000", "#fff000"), ("c-fff000", dark_twin("#fff000"))]
    house = {(role, color) for color, role in HOUSE_COLORS.items() if color != "#000000"}
    assert house | {("paper", DARK_PAPER)} <= set(declared)


def test_nbconvert_finds_its_exporter_which_the_page_does_without(html):
    code = "import sys, briefing.render.html; sys.exit('nbconvert' in sys.modules)"
    path = str(TEMPLATES.parents[2])
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": path})
    from nbconvert.exporters import get_exporter
    from nbformat.v4 import new_notebook

    exporter = get_exporter("briefing.render.html.BriefingHTML")()
    made, resources = exporter.from_notebook_node(new_notebook(), {"document": DOCUMENT})
    assert made == html
    assert resources["output_extension"] == ".html"
