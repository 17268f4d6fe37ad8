"""The HTML page: an invented body goes in, one self-contained file comes out."""

import re

import pytest
from bs4 import BeautifulSoup
from markupsafe import Markup

from briefing.press.gate import outside_requests
from briefing.press.page import TEMPLATES, page
from briefing.press.plots import DARK_PAPER, HOUSE_COLORS, dark_twin

META = {
    "title": "Talks in Port Sel, March 1911",
    "subtitle": "Who said <what>",
    "as_of": "1911-03-04",
    "as_of_text": "4 March 1911",
    "description": 'On "salt" & sail',
    "language": "en",
    "edition": "default",
    "stamp": [["Edition", "default"], ["Texts", "a < b"]],
}
EVIDENCE = {
    "salt": "<p><q>forty tons of salt</q> Gazette, paragraph <span>3</span></p>",
    "salt-old": "<p><q>ten tons</q> Courier</p>",
    "sail": "<p><q>five sails</q> Courier</p>",
}
SVG = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="300pt" height="90pt"
  viewBox="0 0 300 90" xmlns="http://www.w3.org/2000/svg" version="1.1">
 <metadata><a href="https://example.org/">maker</a></metadata>
 <defs><style type="text/css">*{stroke-linecap: butt}</style>
  <clipPath id="pa"><rect x="0" y="0" width="9" height="9"/></clipPath>
  <linearGradient id="faceb0"/></defs>
 <g id="figure_1"><path d="M 0 0
L 1 1
" clip-path="url(#pa)" style="fill: #ffffff; stroke: #b3261e"/>
 <use xlink:href="#faceb0"/>
 <text style="font-size: 10px; font-family: 'A', sans-serif; fill: #1d2129">Salt &amp; sail</text>
 </g>
</svg>"""


def number(text: str, claims: str, formula: str | None = None) -> str:
    formula = claims if formula is None else formula
    return (
        f'<data value="1" data-claims="{claims}" data-formula="{formula}" data-low="1"'
        f' data-high="1" data-unit="count" data-hedge="">{text}</data>'
    )


BODY = f"""<section class="chapter" id="one">
<h2 id="h-1"><span class="numbering">1</span> Salt, {number("40", "salt")} tons</h2>
<p class="lede">They shipped {number("40 tons", "salt")}, before {number("10", "salt-old")},
which is {number("4 times", "salt salt-old", "salt ÷ salt-old")} as much &amp; more &lt;so far&gt;;
again {number("40 tons", "salt")}.</p>
<ol class="judgements"><li class="reported"><p>Told.</p></li>
<li class="inferred"><p>It is <em class="likelihood">likely</em>.</p></li></ol>
<h3 id="h-1-sail">Sail</h3>
<figure class="exhibit table" id="exhibit-1-1">
<figcaption><span class="numbering">Exhibit 1.1</span> <span class="title">Cargo of
{number("40", "salt")}</span></figcaption>
<table><caption class="visually-hidden">Cargo {number("40", "salt")}</caption>
<thead><tr><th scope="col">What</th><th scope="col" class="figure">Tons</th></tr></thead>
<tbody><tr><th scope="row">Salt</th><td class="figure">{number("40", "salt")}</td></tr></tbody>
</table></figure>
<figure class="exhibit chart" id="exhibit-1-2">
<figcaption><span class="numbering">Exhibit 1.2</span> <span class="title">Cargo</span></figcaption>
<img src="exhibits/cargo.svg" alt="Bars: &quot;salt&quot; 40, sail 5">
<details class="code"><summary>Code</summary>
<div class="highlight"><pre><span class="n">id</span>="exhibit-1-2"</pre></div></details>
</figure>
<figure class="exhibit chart" id="exhibit-1-3"><img src="exhibits/again.svg" alt="Again"></figure>
</section>
<section class="annex" id="evidence"><h2 id="h-evidence">Evidence</h2>
<h3 id="h-gazette">Gazette</h3>
<dl class="claims"><dt id="c-salt"><span class="evidence">E1</span></dt>
<dd class="evidence"><q>forty tons</q> {number("40", "salt")}</dd></dl></section>"""
EXHIBITS = {"cargo": SVG, "again": SVG}


def made(body: str = BODY, exhibits: dict | None = None, **meta: object) -> str:
    return page([body], exhibits or EXHIBITS, META | meta, EVIDENCE)


@pytest.fixture(scope="module")
def html() -> str:
    return made()


@pytest.fixture(scope="module")
def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_same_input_gives_the_same_bytes(html):
    assert made() == html


def test_every_id_stands_once(soup):
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert sorted(ids) == sorted(set(ids))


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="twice.*h-1"):
        made(BODY + '<p id="h-1"></p>')


def test_what_an_attribute_points_at_is_there(soup):
    ids = {tag["id"] for tag in soup.find_all(id=True)}
    for tag in soup.find_all(True):
        for name in ("popovertarget", "aria-labelledby", "aria-describedby"):
            assert set(tag.get(name, "").split()) <= ids, tag
        if tag.get("href", "").startswith("#"):
            assert tag["href"][1:] in ids


def test_there_is_one_main_heading_and_no_level_is_skipped(soup):
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in zip(levels, levels[1:], strict=False))


def test_no_script_and_a_policy_that_allows_none(html, soup):
    assert soup.find("script") is None
    assert not [name for tag in soup.find_all(True) for name in tag.attrs if name[:2] == "on"]
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert html.index("Content-Security-Policy") < html.index("<style>")


def test_the_head_says_what_the_page_is(soup):
    assert soup.html["lang"] == "en"
    assert soup.title.string == META["title"]
    assert soup.find("meta", attrs={"name": "description"})["content"] == META["description"]
    assert soup.find("meta", attrs={"name": "date"})["content"] == "1911-03-04"


def test_a_date_in_the_title_is_marked_as_the_one_that_the_page_is_as_of(soup):
    assert str(soup.h1) == (
        '<h1>Talks in Port Sel, <time datetime="1911-03">March 1911</time></h1>'
    )


def test_a_title_that_comes_as_markup_is_kept():
    text = Markup('Talks of <span class="name">T-9</span>')
    soup = BeautifulSoup(made(title=text), "html.parser")
    assert soup.h1.decode_contents() == text
    assert soup.title.string == "Talks of T-9"


def test_text_is_escaped(html):
    assert "Who said &lt;what&gt;" in html
    assert "<td>a &lt; b</td>" in html
    assert "as much &amp; more &lt;so far&gt;" in html
    assert 'aria-label="Bars: &quot;salt&quot; 40, sail 5"' in html


# Evidence ----------------------------------------------------------------------------


def test_each_number_opens_its_evidence(soup):
    buttons = soup.select("p.lede button.number")
    assert [button.get_text() for button in buttons] == ["40 tons", "10", "4 times", "40 tons"]
    for button in buttons:
        note = soup.find(id=button["popovertarget"])
        assert button["type"] == "button"
        assert note.has_attr("popover")
        assert button.get_text() in note.select_one(".name").get_text()


def test_the_same_number_from_the_same_claims_shares_one_note(soup):
    first, _, _, last = soup.select("p.lede button.number")
    assert first["popovertarget"] == last["popovertarget"]
    notes = soup.select("[popover]")
    assert len(notes) == len({button["popovertarget"] for button in soup.select(".number")})


def test_a_number_keeps_its_value_and_claims_and_drops_what_only_the_press_needs(soup):
    assert soup.select_one("p.lede data").attrs == {"value": "1", "data-claims": "salt"}
    assert not re.search(r"\sdata-(low|high|unit|hedge|formula)=", str(soup))


def test_a_stop_after_a_long_number_stays_with_it():
    long = number("more than 20 tons and at most 50 tons", "salt")
    body = f"<p>It was {long}. So {long}</p><p>{long}, {long}<b>x</b></p>"
    soup = BeautifulSoup(made(body), "html.parser")
    assert [tag.get_text()[-1] for tag in soup.select("p .number")] == [".", "s", ",", "s"]
    assert "50 tons. So more than" in soup.main.get_text()


def test_a_computed_number_shows_its_arithmetic_in_the_values_of_its_claims(soup):
    note = soup.find(id=soup.select("p.lede .number")[2]["popovertarget"])
    formula = note.select_one(".formula")
    for mark in formula.select("sup"):
        mark.extract()
    assert formula.get_text().strip() == "Computed here 40 ÷ 10 = 4 times"
    assert [item.q.get_text() for item in note.select("li")] == ["forty tons of salt", "ten tons"]


def test_a_claim_whose_id_is_the_beginning_of_another_is_not_taken_for_it(soup):
    assert "-old" not in soup.find(id=soup.select(".lede .number")[2]["popovertarget"]).get_text()


def test_a_claim_that_is_printed_nowhere_is_told_by_its_phrase():
    body = f"<p>{number('8', 'sail salt', 'salt ÷ sail')}</p>"
    assert "forty tons of salt<sup>2</sup></span> ÷" in made(body)


def test_a_number_that_a_claim_states_shows_no_arithmetic(soup):
    note = soup.find(id=soup.select_one("p.lede .number")["popovertarget"])
    assert note.select_one(".formula") is None
    assert note.select_one("a.annexed")["href"] == "#c-salt"


def test_each_note_can_be_closed_and_is_named(soup):
    for note in soup.select("[popover]"):
        close = note.select_one("button.close")
        assert close["popovertarget"] == note["id"]
        assert close["popovertargetaction"] == "hide"
        assert close["aria-label"]
        assert note["role"] == "dialog"


@pytest.mark.parametrize("place", ["h2", "caption", "nav", "dl.claims"])
def test_a_number_stays_plain_where_a_button_is_out_of_place(soup, place):
    assert soup.select(f"{place} data")
    assert not soup.select(f"{place} button")


def test_a_number_in_an_exhibits_title_is_a_button(soup):
    assert soup.select("figcaption button.number")


def test_a_number_without_evidence_is_refused():
    with pytest.raises(ValueError, match="pepper, tea"):
        made(f"<p>{number('3', 'tea salt pepper')}</p>")


# The body ----------------------------------------------------------------------------


def test_contents_list_chapters_and_their_sections_and_the_annex_by_name(soup):
    links = [(a["href"], a.get_text()) for a in soup.select("nav.contents a")]
    assert links == [
        ("#h-1", "1 Salt, 40 tons"),
        ("#h-1-sail", "Sail"),
        ("#h-evidence", "Evidence"),
    ]


def test_headings_and_exhibits_have_anchors(soup):
    anchors = {a["href"] for a in soup.select("a.anchor")}
    assert anchors == {"#h-1", "#h-1-sail", "#h-evidence", "#h-gazette", "#exhibit-1-1",
                       "#exhibit-1-2"}  # fmt: skip
    assert not soup.select("h2 a, h3 a")


def test_a_judgement_says_in_words_whether_it_was_reported_or_inferred(soup):
    assert [tag.get_text() for tag in soup.select(".judgements .kind")] == ["Reported", "Inferred"]


def test_a_table_scrolls_in_a_region_of_its_own_that_is_named_by_its_exhibit(soup):
    region = soup.select_one("figure table").parent
    assert region["tabindex"] == "0"
    assert region["role"] == "region"
    names = [soup.find(id=id).get_text() for id in region["aria-labelledby"].split()]
    assert names[0] == "Exhibit 1.1"
    assert "Cargo" in names[1]


def test_a_table_without_an_exhibit_is_named_by_its_caption():
    html = made("<table><caption>Ports</caption><tr><td>Sel</td></tr></table>")
    region = BeautifulSoup(html, "html.parser").main.table.parent
    assert region["aria-labelledby"] == region.caption["id"]


# Charts ------------------------------------------------------------------------------


def drawings(html: str) -> list[str]:
    return re.findall(r"<svg.*?</svg>", html, re.DOTALL)


def test_a_chart_stands_in_the_page_with_its_alternative_text(html, soup):
    assert soup.find("img") is None
    assert [svg["aria-label"] for svg in soup.find_all("svg")] == [
        'Bars: "salt" 40, sail 5',
        "Again",
    ]
    assert all('role="img"' in svg for svg in drawings(html))


def test_the_case_of_svg_is_kept_and_its_size_left_to_the_page(html):
    for svg in drawings(html):
        assert 'viewBox="0 0 300 90"' in svg
        assert "<clipPath " in svg
        assert "<linearGradient " in svg
        assert 'width="300pt"' not in svg


def test_a_chart_brings_no_metadata_style_sheet_or_prolog(html):
    assert not re.search(r"<\?xml|<!DOCTYPE svg|<metadata|example\.org", html)
    assert not any("<style" in svg for svg in drawings(html))


def test_ids_of_charts_are_their_own_and_still_found(html):
    first, second = drawings(html)
    assert 'id="cargo-pa"' in first
    assert 'clip-path="url(#cargo-pa)"' in first
    assert 'href="#cargo-faceb0"' in first
    assert 'id="again-pa"' in second
    assert "figure_1" not in html, "an id that nothing points at is left out"


def test_chart_text_is_text_in_the_pages_font(html):
    assert ">Salt &amp; sail</text>" in drawings(html)[0]
    assert "font-family" not in drawings(html)[0]


def test_charts_learn_the_themes_colours(html):
    svg = drawings(html)[0]
    assert "fill: var(--paper, #ffffff)" in svg
    assert "fill: var(--ink, #1d2129)" in svg
    assert "stroke: var(--c-b3261e, #b3261e)" in svg
    assert html.count("--c-b3261e: #b3261e;") == 1
    assert f"--c-b3261e: {dark_twin('#b3261e')};" in html


def test_a_dark_colour_that_is_given_goes_before_the_computed_one():
    assert "--c-b3261e: #ff8877;" in made(colors={"#B3261E": "#ff8877"})


@pytest.mark.parametrize(
    "color", ["#b3261e", "#b8860b", "#1f5fa8", "#8a6d1d", "#000080", "#4a5360"]
)
def test_a_mark_stands_out_on_dark_paper_at_least_as_it_does_on_white(color):
    assert contrast(dark_twin(color), DARK_PAPER) > max(4.4, contrast(color, "#ffffff") - 0.2)


def test_a_tint_stays_a_tint_on_dark_paper():
    assert contrast(dark_twin("#f3d6d3"), DARK_PAPER) < 2


def test_the_style_sheet_holds_the_house_colours_of_the_charts():
    css = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w{6});", block))
        for block in re.findall(r":root \{\n\s+(?:color-scheme|--paper)[^}]*", css)
    )
    assert dark["paper"] == DARK_PAPER
    for color, role in HOUSE_COLORS.items():
        assert color == "#000000" or light[role] == color
    for theme in (light, dark):
        for role in ("ink", "muted", "accent", "code-word", "code-text", "code-number"):
            for paper in ("paper", "wash", "target"):
                assert contrast(theme[role], theme[paper]) >= 4.5, (role, paper)
        assert contrast(theme["mark"], theme["paper"]) >= 3


def test_a_chart_too_wide_for_a_phone_scrolls_by_itself_a_small_one_does_not(html):
    wide = SVG.replace("0 0 300 90", "0 0 500 90")
    soup = BeautifulSoup(made(exhibits={**EXHIBITS, "cargo": wide}), "html.parser")
    assert soup.select_one(".plot")["tabindex"] == "0"
    assert "--least:500px" in soup.select_one(".plot")["style"]
    small = SVG.replace("0 0 300 90", "0 0 250 90")
    assert 'class="plot" style="--natural:333px">' in made(exhibits={**EXHIBITS, "cargo": small})


def test_a_drawing_for_narrow_screens_stands_beside_the_other(html):
    both = BeautifulSoup(made(exhibits=EXHIBITS | {"cargo-narrow": SVG}), "html.parser")
    assert [plot["class"] for plot in both.select(".plot")] == [
        ["plot", "wide"],
        ["plot", "narrow"],
        ["plot"],
    ]


def test_a_missing_drawing_is_refused():
    with pytest.raises(ValueError, match="absent"):
        made('<img src="exhibits/absent.svg" alt="x">')


# Outside requests --------------------------------------------------------------------


def test_the_page_asks_for_nothing_from_outside(html):
    assert outside_requests(html) == []


@pytest.mark.parametrize(
    "planted",
    [
        '<img src="https://example.org/a.png">',
        '<img src="exhibits/a.png">',
        '<img srcset="data:, 1x, //example.org/a.png 2x">',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<svg><image href="https://example.org/a.png"/></svg>',
        '<svg><use xlink:href="https://example.org/a.svg#b"/></svg>',
        '<svg><rect fill="url(https://example.org/a.svg#b)"/></svg>',
        "<style>p { background: url('https://example.org/a.png') }</style>",
        '<style>@import "https://example.org/a.css";</style>',
        '<p style="background: URL( //example.org/a.png )"></p>',
        '<a href="#x" ping="https://example.org/">x</a>',
        '<form action="https://example.org/"></form>',
        '<meta http-equiv="refresh" content="0; url=https://example.org/">',
        '<iframe srcdoc="&lt;img src=//example.org/a.png&gt;"></iframe>',
        "<script src=//example.org/a.js></script>",
    ],
)
def test_a_planted_request_is_found(html, planted):
    assert len(outside_requests(html.replace("</main>", f"{planted}</main>"))) == 1


@pytest.mark.parametrize(
    "harmless",
    [
        '<a href="https://example.org/licence">licence</a>',
        '<a href="data:text/csv;base64,YQ==" download="a.csv">data</a>',
        '<img src="data:image/png;base64,AA==">',
        '<svg><use href="#a"/></svg>',
        "<p>url(https://example.org/) is only text</p>",
        '<p title="see url of https://example.org/">x</p>',
    ],
)
def test_what_fetches_nothing_is_allowed(html, harmless):
    assert outside_requests(html.replace("</main>", f"{harmless}</main>")) == []


def test_fifteen_charts_stay_under_a_megabyte():
    marks = "".join(f'<path d="M {n} 0 L {n} 9" style="fill: #b3261e"/>' for n in range(400))
    chart = SVG.replace("<use", f"{marks}<use")
    exhibits = {f"chart-{n}": chart for n in range(15)}
    images = "".join(f'<img src="exhibits/{key}.svg" alt="{key}">' for key in exhibits)
    assert len(made(images, exhibits).encode()) < 1_000_000
