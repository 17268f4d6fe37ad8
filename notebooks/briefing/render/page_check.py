"""What a finished page must not do: run something, fetch something, show a typed number.

What belongs here is asked of the page as a browser gets it, in one reading that knows nothing of
how it was written; how it is written does not belong here. A writer cannot vouch for itself, and
what was asked before (requests, ids, digits) would have let a script or a handler pass. Where a
browser may see markup that this reader does not (comments, raw text), the page is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import NamedTuple

from ..errors import ChapterFailed

#: Where a digit may stand: in a value or a date, in the classes that are no statement, in what
#: is drawn (charts list their own numbers), only offered (code, data) or opened as evidence.
_ACCOUNTED = {"data", "time", "svg", "head", "script"}
_ACCOUNTED_CLASSES = {"numbering", "name", "evidence", "stamp"}
_OFFERED = {("details", "code"), ("a", "data")}
#: Elements that hold nothing.
_VOID = set("area base br col embed hr img input link meta source track wbr".split())
#: Elements that run, fetch, send or frame something, or that hold raw text for a browser.
_REFUSED = set(
    "applet base embed form frame frameset iframe object portal "
    "animate animatemotion animatetransform foreignobject set "
    "noembed noframes noscript plaintext template textarea xmp".split()
)
#: Attributes that run something, or make a browser fetch or send it, that no page of ours needs.
_REFUSED_ATTRIBUTES = re.compile(
    "on.*|srcdoc|(image)?srcset|poster|data|background|(form)?action|ping|manifest|archive|"
    "classid|codebase|profile|longdesc"
)
#: Attributes that are words: what stands in them is no style.
_WORDS = re.compile("alt|title|content|value|aria-.*|data-.*")
#: What may be fetched stands in the page; a link leads nowhere until it is followed.
_INSIDE = ("#", "data:image/")
_STYLED = (*_INSIDE, "data:font/woff;base64,")
_LINKED = (*_INSIDE, "http://", "https://", "data:text/csv;charset=utf-8,")
#: What lies beside the page: a path, which no scheme or host begins.
_BESIDE = re.compile(r"[\w.%-]+(/[\w.%-]*)*(#[\w.-]+)?")
_CSS_URL = re.compile(
    r"""(?:url|src|image-set)\(\s*["']?([^"')\s]*)|@import\s+["']([^"']*)""", re.IGNORECASE
)
#: So many faults are named; a page with more has one cause.
_TOLD = 10


def check_page(html: str) -> None:
    """Raise ChapterFailed for a page with any fault, naming each with its place."""
    if found := faults(html):
        more = f"\n… and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
        raise ChapterFailed("\n".join(found[:_TOLD]) + more)


def faults(html: str) -> list[str]:
    """Everything that a page must not hold, in reading order: what it is, and where."""
    return _Reader(html).faults


class _Open(NamedTuple):
    """An element that is open, where a person finds it, whether a digit may stand in it."""

    tag: str
    place: str
    accounted: bool


class _Reader(HTMLParser):
    """Reads a page once, and notes its faults."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self._ids: set[str] = set()
        self._open = [_Open("", "the top of the page", False)]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        above, pairs = self._open[-1], [(name, value or "") for name, value in attrs]
        named = dict(reversed(pairs))  # of two alike a browser takes the first
        place = above.place
        if named.get("id"):
            place = f"#{named['id']}"
        elif named.get("data-claims"):
            place = f"claims {named['data-claims']} in {place}"
        classes = set(named.get("class", "").split())
        offered = _OFFERED & {(tag, name) for name in classes}
        noted = tag in _ACCOUNTED or "popover" in named  # which opens as evidence
        accounted = noted or classes & _ACCOUNTED_CLASSES or offered
        self._open.append(_Open(tag, place, above.accounted or bool(accounted)))
        self._note(self._of_element(tag, named))
        for name, value in pairs:
            self._note(self._of_attribute(tag, name, value))
        if tag in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        # One that closes nothing is no end; what was left open ends with what it stands in.
        if any(tag == it.tag for it in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        tag, _, accounted = self._open[-1]
        if tag == "style":
            self._note(_of_css("<style>", data))
        elif tag == "script" and "<!--" in data:
            self._note(["a script that a browser may end elsewhere"])
        elif not accounted and re.search(r"\d", data):
            self._note([f"a digit that no claim accounts for: {' '.join(data.split())[:80]!r}"])

    def handle_comment(self, data: str) -> None:
        self._note([f"a comment: {' '.join(data.split())[:80]!r}"])

    handle_pi = unknown_decl = handle_comment

    def _note(self, found: Iterable[str]) -> None:
        self.faults += [f"{what}, at {self._open[-1].place}" for what in found]

    def _of_element(self, tag: str, named: dict[str, str]) -> Iterator[str]:
        kind = named.get("type", "").strip().lower()
        drawn = any(it.tag in ("svg", "math") for it in self._open)
        if tag in _REFUSED:
            yield f"the element <{tag}>"
        elif tag == "script" and (drawn or kind != "application/ld+json"):
            yield f"a script that runs: <script type={kind!r}>"
        elif tag == "style" and self._open[-2].tag != "head":
            yield "a style sheet outside the page's head"
        elif tag == "meta" and named.get("http-equiv", "").strip().lower() == "refresh":
            yield f"a page that leaves itself: <meta http-equiv='refresh' {named.get('content')!r}>"

    def _of_attribute(self, tag: str, name: str, value: str) -> Iterator[str]:
        if name == "id" and value in self._ids:
            yield f"an id that stands twice: {value!r}"
        elif name == "id":
            self._ids.add(value)
        elif _REFUSED_ATTRIBUTES.fullmatch(name):
            yield f"an attribute that runs or fetches: <{tag} {name}={value[:80]!r}>"
        elif name in ("src", "href", "xlink:href"):
            linked = name == "href" and tag in ("a", "area")
            if _leads(value, _LINKED if linked else _INSIDE) and not (
                linked and _BESIDE.fullmatch(value)
            ):
                yield f"an address: <{tag} {name}={value[:80]!r}>"
        elif not _WORDS.fullmatch(name):
            yield from _of_css(f"<{tag} {name}>", value)


def _of_css(place: str, css: str) -> list[str]:
    urls = [first or second for first, second in _CSS_URL.findall(css)]
    return [f"an address: {place} {url[:80]!r}" for url in urls if _leads(url, _STYLED)]


def _leads(address: str, allowed: tuple[str, ...]) -> bool:
    """Whether an address leads where it may not; an empty document leads nowhere."""
    return address not in ("", "data:,") and not address.lower().startswith(allowed)
