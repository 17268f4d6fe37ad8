"""What is refused in a finished page, and what is not."""

import pytest

from briefing.errors import ChapterFailed
from briefing.render.page_check import check_page, faults

PAGE = """<!DOCTYPE html>
<html><head><title>Quay 9</title><link rel="icon" href="data:,"><style>p { color: red }</style>
</head><body><main id="main"><section id="salt">HERE</section></main></body></html>"""


def holding(planted: str) -> str:
    return PAGE.replace("HERE", planted)


REFUSED = {
    "a script that runs": [
        "<script>run()</script>", "<svg><script type='application/ld+json'>{}</script></svg>"],
    "a script that a browser may": ["<script type='application/ld+json'><!--<script></script>"],
    "an attribute that runs": [
        "<p onclick='run()'>x</p>", "<svg/onload=run()>", "<iframe srcdoc=x></iframe>",
        "<button formaction='javascript:run()'>x</button>",
        "<img srcset='data:image/png, 1x, //example.org/a.png 2x'>",
        "<a href='#x' ping='https://example.org/'>x</a>"],
    "an address": [
        "<a href='javascript:run()'>x</a>", "<a href=' java&#10;script&colon;run()'>x</a>",
        "<svg><a xlink:href='VBScript:run()'>x</a></svg>", "<a href='data:text/html,x'>x</a>",
        "<a href='data:text/csv,x'>x</a>", "<a href='file:///etc/hosts'>x</a>",
        "<a href='//example.org/'>x</a>", "<a href='a//example.org:80'>x</a>",
        "<script type='application/ld+json' src='claims.jsonld'></script>",
        "<img src='https://example.org/a.png'>", "<img src='exhibits/a.png'>",
        "<link rel='stylesheet' href='https://example.org/a.css'>",
        "<svg><use xlink:href='https://example.org/a.svg#b'/></svg>",
        "<svg><rect fill='url(https://example.org/a.svg#b)'/></svg>",
        "<p style='background: URL( //example.org/a.png )'>x</p>"],
    "the element": ["<base href='#x'>", "<svg><set to='javascript:run()'/></svg>",
        *(f"<{tag}>x</{tag}>" for tag in ("iframe", "object", "embed", "form", "xmp"))],
    "a page that leaves": ["<meta http-equiv='Refresh' content='0; url=https://example.org/'>"],
    "a style sheet": ["<style>p { color: red }</style>"],
    "a digit": ["<p>They shipped 40 tons</p>", "<p>They shipped &#52;&#48; tons</p>"],
    "an id that stands twice": ["<p id='salt'>x</p>"],
    "a comment": ["<!-- x -->", "<![CDATA[x]]>", "<?x?>"],
}  # fmt: skip
ALLOWED = [
    '<a href="https://example.org/licence">licence</a>',
    '<a href="HTTP://example.org/">x</a>',
    '<a href="./scale-log/briefing.html">x</a>',
    '<a href="data:text/csv;charset=utf-8,a" download="a.csv">data</a>',
    '<a href="claims.jsonld">claims</a>, <a href="../data/">x</a>, <a href="a/b.html#c-d">x</a>',
    '<img src="data:image/png;base64,AA==">',
    '<svg><use href="#a"/><rect fill="url(#b)"/><text>40</text></svg>',
    "<p>url(https://example.org/), javascript:run() and onclick are only text</p>",
    '<p title="url(https://example.org/)" aria-label="javascript:run()">x</p>',
    '<script type="application/ld+json">{"tons": 40}</script>',
    '<data value="40">40</data>, <time>1911</time>, <span class="name">T-9</span>',
    '<p class="x evidence">all of <em>40</em></p><p class="stamp">4</p><a class="data">4</a>',
    '<details class="code"><pre>x = 40</pre></details><span class="numbering">1</span>',
]


@pytest.mark.parametrize(
    ("kind", "planted"), [(kind, each) for kind, planted in REFUSED.items() for each in planted]
)
def test_what_a_page_must_not_hold_is_refused_by_name_and_place(kind, planted):
    with pytest.raises(ChapterFailed, match=f"(?m)^{kind}.*, at #salt$"):
        check_page(holding(planted))


@pytest.mark.parametrize("harmless", ALLOWED)
def test_what_neither_runs_nor_fetches_nor_misleads_is_allowed(harmless):
    check_page(holding(harmless))


def test_the_nearest_claims_or_id_are_named():
    (fault,) = faults(holding("").replace("red", "url('https://example.org/')"))
    assert fault.endswith("at the top of the page")
    (fault,) = faults(holding('<data data-claims="gwc-salt ap-salt" onclick="x">4</data>'))
    assert fault.endswith("at claims gwc-salt ap-salt in #salt")
    (fault,) = faults(holding('<ul><li id="c-salt">E</li></ul><p>40</p>'))
    assert fault.endswith("at #salt")


def test_all_faults_are_found_in_order_and_the_first_are_told():
    html = holding("<p>1</p><p onclick=x>y</p>" + "<p>2</p>" * 20)
    assert [fault.partition(" ")[0] for fault in faults(html)[:2]] == ["a", "an"]
    with pytest.raises(ChapterFailed, match="and 12 more"):
        check_page(html)
