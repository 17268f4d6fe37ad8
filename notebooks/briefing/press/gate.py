"""What a finished page must not do: fetch from outside, use an id twice, show a typed number."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

from bs4 import BeautifulSoup

#: Where a digit may stand: in a value or a date, in the classes that are no statement, in what
#: is drawn (charts list their own numbers) and in what is only offered (code, data).
_ACCOUNTED = (
    "data, time, svg, details.code, a.data, .numbering, .name, .evidence, .stamp, head, style"
)

#: Attributes that make a browser fetch what they name as soon as the page is read or used.
_FETCHING = set(
    "src srcset imagesrcset poster data background action formaction ping manifest archive "
    "classid codebase profile longdesc".split()
)
_CSS_URL = re.compile(
    r"""(?:url|src|image-set)\(\s*["']?([^"')\s]*)|@import\s+["']([^"']*)""", re.IGNORECASE
)


class _Reader(HTMLParser):
    """Every attribute of a page with its element, and the text of its style sheets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str]] = []
        self.styles: list[str] = []
        self._in_style = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.styles.append(data)


def outside_requests(html: str) -> list[str]:
    """Everything in a page that would fetch something from outside it, each with its place.

    A link that fetches nothing until it is followed is allowed.
    """
    read = _Reader(html)
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
    ids = Counter(value for _, name, value in _Reader(html).attributes if name == "id")
    doubled = sorted(id for id, count in ids.items() if count > 1)
    if doubled:
        raise ValueError(f"these ids stand twice in the page: {', '.join(doubled)}")


def typed_digits(html: str) -> list[str]:
    """Texts of a page with a digit for which nothing accounts, in reading order."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.select(_ACCOUNTED):
        element.extract()
    return [text.strip() for text in soup.find_all(string=re.compile(r"\d"))]
