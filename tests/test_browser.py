"""The page as a browser shows it: to whom it is open, what it fetches, by keyboard and on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from briefing.render.compare import compare_folders

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PHONE, DESK = 360, 1280
#: How wide the text on A4 is, in the pixels of a style sheet, within margins of 18 mm.
PAPER = 657


@pytest.fixture
def show(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page, or that of an edition, in a profile of its own, as wide and dark as is said."""
    contexts = []

    def opened(path: Path, width: int = DESK, **options) -> Page:
        path = path / "briefing.html" if path.is_dir() else path
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


# By keyboard alone ----------------------------------------------------------------------

WHERE = """() => {
  const at = document.activeElement;
  const numbers = [...document.querySelectorAll("button:has(data, time)")];
  return {
    number: numbers.indexOf(at),
    note: document.querySelector(":popover-open")?.id ?? "",
    inside: Boolean(at.closest(":popover-open")),
  };
}"""
#: Notes each number that is reached, by what it opens.
REACHED = """() => {
  window.reached = [];
  addEventListener("focusin", ({target}) => {
    if (!target.matches("button:has(data, time)")) return;
    reached.push(target.getAttribute("popovertarget"));
  });
}"""
OPENS = "all => all.map(button => button.getAttribute('popovertarget'))"
#: What opens where each button that can have the focus, in its turn, has it.
FOCUSED = """all => all.map(button => {
  button.focus();
  return button.tabIndex === 0 && document.activeElement.getAttribute("popovertarget");
})"""


def press(page: Page, key: str) -> dict:
    """Press a key, and see where that leads."""
    page.keyboard.press(key)
    return page.evaluate(WHERE)


def test_every_number_is_reached_and_opens_and_closes_by_keyboard_alone(show, built, wire_only):
    page = show(built)
    numbers = page.locator("button:has(data, time)")
    assert numbers.evaluate_all(FOCUSED) == numbers.evaluate_all(OPENS)
    page = show(wire_only)  # in which there are fewer, all in the order of the page
    numbers = page.locator("button:has(data, time)")
    notes = numbers.evaluate_all(OPENS)
    assert len(notes) > 100
    page.evaluate(REACHED)
    while len(page.evaluate("reached")) < len(notes):
        for _ in range(30):
            page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement !== document.body")
    assert page.evaluate("reached")[: len(notes)] == notes
    for number in range(0, len(notes), 9):  # they open alike, and with a click all are opened below
        numbers.nth(number).focus()
        here = page.evaluate(WHERE)
        opened = press(page, "Space" if number % 2 else "Enter")
        assert (opened["note"], opened["inside"]) == (notes[number], True)
        assert press(page, "Escape") == here
    press(page, "Enter")
    assert press(page, "Tab")["inside"]
    page.keyboard.press("Enter")
    assert page.locator(".claims li:target").is_visible()


NOTES = """() => [...document.querySelectorAll("button:has(data, time)")].map((button, at) => {
  button.scrollIntoView({block: ["start", "center", "end"][at % 3]});
  button.click();
  const note = document.querySelector(":popover-open");
  const [box, own] = [note.getBoundingClientRect(), button.getBoundingClientRect()];
  note.hidePopover();
  const beside = box.bottom <= own.top || box.top >= own.bottom
    || box.right <= own.left || box.left >= own.right;
  const inside = box.left >= 0 && box.top >= 0
    && box.right <= innerWidth && box.bottom <= innerHeight;
  return {note: note.id, beside, inside};
})"""


def test_a_note_lies_on_the_screen_and_not_over_its_number(show, built):
    page = show(built)
    for width in (DESK, 320):
        page.set_viewport_size({"width": width, "height": 900})
        notes = page.evaluate(NOTES)
        assert len(notes) > 100
        assert [note["note"] for note in notes if not (note["inside"] and note["beside"])] == []


# What axe-core finds --------------------------------------------------------------------

TAGS = "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice".split()
#: Rules that this page gives something to look at; a run without them has looked at nothing.
RULES = {
    "color-contrast-enhanced",
    "target-size",
    "heading-order",
    "svg-img-alt",
    "region",
    "button-name",
}
#: What axe cannot judge, and says so, beside the colours inside a drawing: single characters,
#: and what is scrolled out of a table.
UNSURE = {"shortTextContent", "elmPartiallyObscured"}

AXE = """async ([tags, rules, within]) => {
  const resultTypes = ["violations", "incomplete"];
  const options = {runOnly: tags, rules, resultTypes, elementRef: true};
  const {violations, incomplete, passes} = await axe.run(within, options);
  const named = ({id, nodes}) => nodes.map(node => `${id}: ${node.target} ${node.failureSummary}`);
  const why = ({nodes}) => nodes.filter(({element}) => !element.closest("svg"))
    .map(node => node.any[0]?.data?.messageKey ?? node.failureSummary);
  return {
    faults: violations.flatMap(named),
    unsure: [...new Set(incomplete.flatMap(why))],
    rules: passes.map(({id}) => id),
  };
}"""


def axe(page: Page, within: str = "html", tags: list[str] = TAGS, **rules: dict) -> dict:
    """What axe finds in a page, or in a part of it."""
    page.evaluate(AXE_SCRIPT)
    # Of AAA, the rule that costs nothing: it finds what passes that of AA, which finds the rest.
    rules = {"color_contrast_enhanced": ON} | rules
    named = {name.replace("_", "-"): rule for name, rule in rules.items()}
    found = page.evaluate(AXE, [tags, named, within])
    assert found["faults"] == []
    return found


#: Widths and colour schemes; what axe finds depends on each, not on both together.
SIGHTS = [(DESK, "light"), (PHONE, "dark")]
ON, OFF = {"enabled": True}, {"enabled": False}


@pytest.mark.parametrize(("width", "scheme"), SIGHTS)
def test_axe_finds_nothing_by_day_or_by_night_nor_in_an_open_note(show, built, width, scheme):
    page = show(built, width, color_scheme=scheme)
    # Before the shadows at a table's edges axe would judge no colour.
    page.add_style_tag(content=".scroll { background: none }")
    found = axe(page)
    assert set(found["unsure"]) <= UNSURE
    assert set(found["rules"]) >= RULES
    page.locator("button:has(data, time)").nth(3).click()
    assert page.locator(":popover-open").is_visible()
    found = axe(page, ":popover-open")
    assert {"aria-dialog-name", "color-contrast-enhanced"} <= set(found["rules"])


def test_axe_finds_nothing_in_an_edition_of_fewer_claims(show, wire_only):
    same = {"color_contrast": OFF, "color_contrast_enhanced": OFF}  # its colours are
    found = axe(show(wire_only, PHONE), **same)
    assert set(found["rules"]) >= RULES - {"color-contrast-enhanced"}


#: Each text of the charts with its contrast to the paper that the chart is drawn on.
DRAWN = """() => {
  const light = color => {
    const parts = color.match(/[0-9.]+/g).slice(0, 3).map(part => part / 255);
    const linear = parts.map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05;
  };
  return [...document.querySelectorAll(".plot svg text")].map(text => {
    const paper = light(getComputedStyle(text.closest("svg")).backgroundColor);
    const letters = light(getComputedStyle(text).fill);
    return [text.textContent, Math.max(paper, letters) / Math.min(paper, letters)];
  });
}"""


def test_the_letters_of_a_chart_stand_out_from_its_paper(show, built):
    page = show(built)
    for scheme, forced in (("light", "none"), ("dark", "none"), ("light", "active")):
        page.emulate_media(color_scheme=scheme, forced_colors=forced)
        drawn = page.evaluate(DRAWN)
        assert len(drawn) > 400
        # What stands in a bar has the colour of the paper, and the bar behind it.
        assert [(text, contrast) for text, contrast in drawn if 1 < contrast < 7] == []


def test_axe_finds_nothing_in_a_comparison_by_day_or_by_night(show, built, wire_only, tmp_path):
    page = show(compare_folders(built, wire_only, "default", "wire-only", tmp_path).page)
    page.add_style_tag(content=".scroll { background: none }")
    for width, scheme in SIGHTS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert set(axe(page)["rules"]) >= {"color-contrast-enhanced", "heading-order", "region"}


#: Leaves the notes alone, shown one below the other, where a reader has one at a time.
ALL_NOTES = "all => all.forEach(each => each.remove())"
SHOWN = "[popover] { display: block; position: static; max-height: none }"


def test_axe_finds_nothing_in_any_note(show, built):
    page = show(built, PHONE)
    page.eval_on_selector_all("body > :not(main), main > :not([popover])", ALL_NOTES)
    page.add_style_tag(content=SHOWN)
    # A page of notes alone has no heading, nor need it.
    found = axe(page, page_has_heading_one=OFF)
    assert page.locator("[popover]:visible").count() > 100
    assert found["unsure"] == []
    assert "color-contrast-enhanced" in found["rules"]
    page.emulate_media(color_scheme="dark")
    assert "color-contrast-enhanced" in axe(page, tags=["cat.color"])["rules"]


UNFOLD = """open => document.querySelectorAll("details").forEach(each => { each.open = open })"""

# With the network cut -------------------------------------------------------------------


def asked_for(page: Page) -> list[str]:
    """What a page fetches, from its beginning and as a reader uses it: to the end and on paper."""
    asked = []
    page.route("**/*", lambda route: (asked.append(route.request.url), route.continue_()))
    page.reload()
    page.locator("button:has(data, time)").first.click()
    page.evaluate(UNFOLD, True)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.emulate_media(media="print")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.emulate_media(media="screen")
    return asked


def test_without_a_network_the_page_is_whole_and_asks_for_nothing(show, built):
    page = show(built, offline=True)
    assert asked_for(page) == [(built / "briefing.html").as_uri()]
    charts = page.locator("figure.chart svg:visible")
    assert charts.count() == page.locator("figure.chart").count() >= 5
    for box in charts.evaluate_all("all => all.map(each => each.getBoundingClientRect().toJSON())"):
        assert min(box["width"], box["height"]) > 50


PLANTED = '<img src="https://example.org/a.png"><script>document.title = "ran"</script></main>'


def test_the_pages_policy_stops_a_script_and_a_request(show, wire_only, tmp_path):
    """The same page with both planted, with its policy and without."""
    html = (wire_only / "briefing.html").read_text("utf-8").replace("</main>", PLANTED)
    path = tmp_path / "planted.html"
    for kept, asked in (("Content-Security-Policy", []), ("x", ["https://example.org/a.png"])):
        path.write_text(html.replace("Content-Security-Policy", kept), encoding="utf-8")
        page = show(path, offline=True)
        assert asked_for(page) == [path.as_uri(), *asked]
        assert (page.title() == "ran") == bool(asked)


# Any width, no style, paper ---------------------------------------------------------------

#: How far the page can be scrolled sideways, and what stands out of it.
SIDEWAYS = """() => {
  const {scrollWidth, clientWidth} = document.documentElement;
  const out = [...document.querySelectorAll("body *")].filter(each =>
    each.getBoundingClientRect().right > clientWidth && !each.closest(".scroll *, .plot *"));
  return [scrollWidth - clientWidth, out.map(each => each.outerHTML.slice(0, 80))];
}"""
WIDTHS = (320, PHONE, 768, DESK, 1600)


@pytest.mark.parametrize("edition", ["built", "wire_only"])
def test_the_page_never_scrolls_sideways(show, edition, request):
    page = show(request.getfixturevalue(edition))
    for unfolded in (False, True):
        page.evaluate(UNFOLD, unfolded)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            beyond, what = page.evaluate(SIDEWAYS)
            assert beyond == 0, (width, what)


WITHOUT_STYLES = """() => {
  document.querySelectorAll("style, link[rel=stylesheet]").forEach(each => each.remove());
  document.querySelectorAll("body [style]:not(svg *)").forEach(each => {
    each.removeAttribute("style");
  });
}"""
WRITTEN = """() => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll("[popover]").forEach(each => each.remove());
  return copy.textContent;
}"""
TOPS = (
    """all => all.map(each => [each.getBoundingClientRect().top, each.textContent.slice(0, 40)])"""
)


def test_without_styles_it_reads_in_order_and_nothing_is_lost(show, built):
    page = show(built)
    page.evaluate(WITHOUT_STYLES)
    page.evaluate(UNFOLD, True)
    shown, written = page.locator("body").inner_text(), page.evaluate(WRITTEN)
    assert "".join(shown.split()) == "".join(written.split())
    tops = page.eval_on_selector_all("h1, h2, h3, h4, figure.exhibit, footer", TOPS)
    assert len(tops) > 30
    assert tops == sorted(tops, key=lambda pair: pair[0])


FOR_SCREENS_ONLY = "[popover], .contents, .back, .skip, .hint, .plot a, details.code, a.data"


def test_on_paper_there_is_the_text_and_nothing_for_screens(show, built):
    page = show(built, PAPER, color_scheme="dark")
    page.locator("button:has(data, time)").first.click()
    assert page.locator(FOR_SCREENS_ONLY).filter(visible=True).count() > 3
    page.emulate_media(media="print")
    assert page.locator(FOR_SCREENS_ONLY).filter(visible=True).count() == 0
    assert page.locator("h1, h2, h3, figure.exhibit, .claims li").filter(visible=False).count() == 0
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    beyond, what = page.evaluate(SIDEWAYS)
    # The space around a number at the end of a line may reach into the margin.
    assert beyond <= 3, what
