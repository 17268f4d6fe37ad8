"""What a finished page must not do: run anything, fetch from outside, use an id twice, show a
typed number."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from html.parser import HTMLParser

from ..faults import ChapterFailed

#: Where a digit may stand: in a value or a date, in the classes that are no statement, in what
#: is drawn (charts list their own numbers) and in what is only offered (code, data).
_ACCOUNTED = {"data", "time", "svg", "head", "style"}
_ACCOUNTED_CLASSES = {"numbering", "name", "evidence", "stamp"}
_OFFERED = {("details", "code"), ("a", "data")}
#: Elements that hold nothing.
_VOID = set("area base br col embed hr img input link meta source track wbr".split())

#: Attributes that make a browser fetch what they name as soon as the page is read or used.
_FETCHING = set(
    "src srcset imagesrcset poster data background action formaction ping manifest archive "
    "classid codebase profile longdesc".split()
)
#: Elements that run or take in something foreign, and attributes that name an address.
_RUNNING = set("script iframe object embed applet base form portal foreignobject".split())
_ADDRESSES = {*_FETCHING, "href", "xlink:href"}
#: How an address may begin: a place in the page, the web, data that is looked at or saved.
_ALLOWED = re.compile(r"#|https?:|data:(?:,|text/csv;|image/(?:png|svg\+xml|jpeg|gif)[;,])", re.I)
_CSS_URL = re.compile(
    r"""(?:url|src|image-set)\(\s*["']?([^"')\s]*)|@import\s+["']([^"']*)""", re.IGNORECASE
)


class _Reader(HTMLParser):
    """What a page is held to, read once: attributes, style sheets, texts without an account.

    `attributes` are all of them, each with its element; `unaccounted` are the texts that stand
    where a digit needs one.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str]] = []
        self.styles: list[str] = []
        self.unaccounted: list[str] = []
        self.unsafe: list[str] = []
        self._place = "the head of the page"
        self._open: list[tuple[str, bool]] = []
        self.feed(html)
        self.close()

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down an element's attributes, and what in it would run."""
        given = {name: value or "" for name, value in attrs}
        self.attributes += [(tag, name, value) for name, value in given.items()]
        self._place = given.get("data-claims") or given.get("id") or self._place
        # JSON-LD is data, which nothing runs.
        if tag in _RUNNING and given.get("type") != "application/ld+json":
            self.unsafe.append(f"<{tag}> ({self._place})")
        for name, value in given.items():
            # What a browser passes over must not hide a scheme.
            scheme = re.match(r"[a-z][a-z0-9+.-]*:", re.sub(r"[\x00-\x20]", "", value), re.I)
            foreign = name in _ADDRESSES and scheme and not _ALLOWED.match(value.strip())
            if name.startswith("on") or name == "srcdoc" or foreign:
                self.unsafe.append(f"<{tag} {name}={value[:60]!r}> ({self._place})")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in _VOID:
            accounted = self._accounted or _is_accounted(tag, dict(attrs).get("class") or "")
            self._open.append((tag, accounted))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        # One that closes nothing is no end; what was left open ends with what it stands in.
        if any(tag == name for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "style":
            self.styles.append(data)
        if not self._accounted:
            self.unaccounted.append(data)

    handle_comment = handle_data

    @property
    def _accounted(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def _is_accounted(tag: str, classes: str) -> bool:
    named = set(classes.split())
    return (
        tag in _ACCOUNTED
        or bool(named & _ACCOUNTED_CLASSES)
        or any((tag, name) in _OFFERED for name in named)
    )


#: A page is asked for several things one after the other.
_read = lru_cache(maxsize=1)(_Reader)


def hold_to_promises(html: str) -> None:
    """Raise ChapterFailed for a page that would run or fetch something, or shows a typed number."""
    for found in _read(html).unsafe:
        raise ChapterFailed(f"the page would run or open what no page of ours may: {found}")
    for text in typed_digits(html):
        raise ChapterFailed(f"a digit that no claim accounts for: {text[:80]!r}")
    for request in outside_requests(html):
        raise ChapterFailed(f"the page would fetch {request}")


def outside_requests(html: str) -> list[str]:
    """Everything in a page that would fetch something from outside it, each with its place.

    A link that fetches nothing until it is followed is allowed.
    """
    read = _read(html)
    found = [f"<style>: {url}" for css in read.styles for url in _css_urls(css)]
    for tag, name, value in read.attributes:
        found += [f"<{tag} {name}>: {url}" for url in _urls(tag, name, value)]
    return found


def _urls(tag: str, name: str, value: str) -> list[str]:
    if name == "srcdoc":
        return outside_requests(value)
    if tag == "meta":
        # A refresh fetches; every other metadata is text.
        return re.findall(r"^\s*\d+\s*[;,]\s*(?:url=)?(\S.*)", value) if name == "content" else []
    href = name in ("href", "xlink:href") and tag not in ("a", "area")
    if not href and name not in _FETCHING:
        return _css_urls(value)
    # A set of sources has descriptors ("2x", "640w") between its addresses.
    words = value.split() if name.endswith("srcset") else [value.strip()]
    urls = [word.strip(",") for word in words if not re.fullmatch(r"[\d.]+[wxh],?", word)]
    return [url for url in urls if _outside(url)]


def _css_urls(css: str) -> list[str]:
    urls = [first or second for first, second in _CSS_URL.findall(css)]
    return [url for url in urls if _outside(url)]


def _outside(url: str) -> bool:
    return bool(url) and not url.lower().startswith(("#", "data:"))


def refuse_doubled_ids(html: str) -> None:
    """Raise ValueError where an id stands twice in a page."""
    ids = Counter(value for _, name, value in _read(html).attributes if name == "id")
    doubled = sorted(id for id, count in ids.items() if count > 1)
    if doubled:
        raise ValueError(f"these ids stand twice in the page: {', '.join(doubled)}")


def typed_digits(html: str) -> list[str]:
    """Texts of a page with a digit for which nothing accounts, in reading order."""
    return [text.strip() for text in _read(html).unaccounted if re.search(r"\d", text)]
