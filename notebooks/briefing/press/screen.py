"""The sections of a body, rewritten for the screen.

Numbers become buttons that open their evidence, charts move into the page and learn the dark
theme, tables scroll on a narrow screen, headings and exhibits can be linked to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString
from bs4.formatter import EntitySubstitution, HTMLFormatter

from .cache import Remember, afresh
from .plots import plot

#: Where a number stays a plain number: a button there would be out of place or out of sight.
_PLAIN = ("h1", "h2", "h3", "h4", "h5", "h6", "a", "button", "summary", "caption", "dt")
_PLAIN_CLASSES = {"visually-hidden", "evidence", "description"}
#: A number of at most so many characters is never broken over lines.
_SHORT = 24
_CLOSING = re.compile("[.,;:!?)\u2019\u201d]+")
_KINDS = {"reported": "Reported", "inferred": "Inferred"}
_FORMAT = HTMLFormatter(
    entity_substitution=EntitySubstitution.substitute_xml, void_element_close_prefix=""
)
#: Where a button names its number's note, by the number's place in the section; no text has it.
_PLACE = "\ue000{}\ue000"
_PLACED = re.compile(_PLACE.format(r"(\d+)"))


@dataclass(frozen=True)
class Number:
    """A number as printed, the claims that it rests on, and how it follows from them."""

    text: str
    claims: tuple[str, ...]
    formula: str

    @property
    def plain(self) -> Number:
        """The same with nothing but single spaces between its words."""
        return replace(self, text=" ".join(self.text.split()))


@dataclass(frozen=True)
class Head:
    """A heading for the contents: its level, its id, its HTML without ids."""

    level: int
    id: str
    html: str


@dataclass(frozen=True)
class Section:
    """One section of a briefing, for the screen.

    In `html` stand buttons for most of its `numbers`; `opening` puts into them which note opens.
    `labels` are the names under which claims have an entry in it, `colors` those of its charts.
    """

    html: str
    numbers: list[Number]
    labels: dict[str, str]
    heads: list[Head]
    colors: list[str]

    @property
    def opened(self) -> list[Number]:
        """The numbers that are buttons, in order."""
        return [self.numbers[int(place)] for place in _PLACED.findall(self.html)]

    def opening(self, notes: Mapping[Number, str]) -> str:
        """The HTML, each button opening the note whose id is given for its number."""
        return _PLACED.sub(lambda m: notes[self.numbers[int(m[1])].plain], self.html)


def for_screen(
    sections: Sequence[str], exhibits: Mapping[str, str], remember: Remember = afresh
) -> list[Section]:
    """Rewrite a body for the screen.

    `sections` are the elements that the body consists of, `exhibits` maps a key to its SVG;
    where KEY-narrow is there too, narrow screens show that one. `remember` is asked for what
    was made of the same before. Raises ValueError where a chart is missing.
    """
    made = []
    for text in sections:
        shown = [key for key in exhibits if key.removesuffix("-narrow") in text]
        drawings = {key: exhibits[key] for key in shown}
        told = [text.encode(), json.dumps(drawings).encode()]
        made.append(_read(remember("screens", told, partial(_rewritten, text, drawings))))
    return made


def _read(made: str) -> Section:
    parts = json.loads(made)
    numbers = [Number(text, tuple(claims), how) for text, claims, how in parts.pop("numbers")]
    heads = [Head(**head) for head in parts.pop("heads")]
    return Section(numbers=numbers, heads=heads, **parts)


def _rewritten(text: str, drawings: Mapping[str, str]) -> str:
    """A section for the screen, as JSON."""
    soup = BeautifulSoup(text, "html.parser")
    colors: set[str] = set()
    labels = _labels(soup)
    numbers = _make_buttons(soup)
    _label_judgements(soup)
    _scroll_tables(soup)
    heads = list(_heads(soup))
    _add_anchors(soup)
    _insert_charts(soup, drawings, colors)
    html = soup.decode(formatter=_FORMAT)
    made = asdict(Section(html, [], labels, heads, sorted(colors)))
    return json.dumps(made | {"numbers": [[it.text, it.claims, it.formula] for it in numbers]})


def _id(soup: BeautifulSoup) -> str:
    return next((tag["id"] for tag in soup.find_all(id=True, recursive=False)), "section")


def _labels(soup: BeautifulSoup) -> dict[str, str]:
    """Claim id to the label under which the annex lists it."""
    entries = soup.find_all(id=re.compile("^c-"))
    return {tag["id"][2:]: " ".join(tag.get_text().split()) for tag in entries}


def _make_buttons(soup: BeautifulSoup) -> list[Number]:
    """Make each number a button, unless it stays plain; return all in order."""
    numbers = []
    for tag in soup.find_all("data"):
        if claims := tuple(dict.fromkeys(tag.get("data-claims", "").split())):
            if not _stays_plain(tag):
                _make_button(soup, tag, _PLACE.format(len(numbers)))
            numbers.append(Number(tag.get_text(), claims, tag.get("data-formula", "")))
            kept = ("value", "data-claims", "id", "class")
            tag.attrs = {name: tag.attrs[name] for name in kept if name in tag.attrs}
    return numbers


def _stays_plain(tag: Tag) -> bool:
    return any(
        parent.name in _PLAIN or _PLAIN_CLASSES & set(parent.get("class", []))
        for parent in tag.parents
    )


def _make_button(soup: BeautifulSoup, tag: Tag, note: str) -> None:
    attributes = {"type": "button", "class": "number", "popovertarget": note}
    button = tag.wrap(soup.new_tag("button", attrs={**attributes, "aria-haspopup": "dialog"}))
    after = button.next_sibling
    mark = _CLOSING.match(after) if isinstance(after, NavigableString) else None
    if mark and len(" ".join(tag.get_text().split())) > _SHORT:
        # A button breaks the line as one block: the stop after it would begin the next.
        after.replace_with(after[mark.end() :])
        button.append(mark[0])


def _label_judgements(soup: BeautifulSoup) -> None:
    for tag in soup.select("li.reported, li.inferred, p.reported, p.inferred"):
        if tag.select_one(".kind") is None:
            label = soup.new_tag("span", attrs={"class": "kind"})
            label.string = next(_KINDS[name] for name in tag["class"] if name in _KINDS)
            place = tag.p or tag
            place.insert(0, label, " ")


def _scroll_tables(soup: BeautifulSoup) -> None:
    """Let a table that is too wide scroll by itself, by keyboard too, never the page."""
    for index, table in enumerate(soup.find_all("table"), start=1):
        region = {"class": "scroll", "tabindex": "0", "role": "region"}
        region |= _named(table, f"{_id(soup)}-table-{index}", "Table")
        table.wrap(soup.new_tag("div", attrs=region))


def _named(tag: Tag, fallback: str, word: str) -> dict[str, str]:
    """The attribute that names a region by its exhibit's number and title, or its caption."""
    figure = tag.find_parent("figure")
    names = figure.select("figcaption > .numbering, figcaption > .title") if figure else []
    names = names or tag.find_all("caption", limit=1)
    if not names:
        return {"aria-label": word}
    stem = figure.get("id", fallback) if figure else fallback
    for index, name in enumerate(names, start=1):
        name["id"] = name.get("id") or f"{stem}-name-{index}"
    return {"aria-labelledby": " ".join(name["id"] for name in names)}


def _heads(soup: BeautifulSoup) -> Iterable[Head]:
    """Its heading and those below, for the list of contents; of annexes the name only."""
    for heading in soup.find_all(["h2", "h3"], id=True):
        if heading.name == "h2" or heading.find_parent(class_="annex") is None:
            yield Head(int(heading.name[1]), heading["id"], _without_ids(heading))


def _without_ids(tag: Tag) -> str:
    copied = BeautifulSoup(tag.decode_contents(formatter=_FORMAT), "html.parser")
    for inner in copied.find_all(id=True):
        del inner["id"]
    return copied.decode(formatter=_FORMAT)


def _add_anchors(soup: BeautifulSoup) -> None:
    # Beside a heading, not in it: a heading is read out as its own words only.
    for heading in soup.find_all(["h2", "h3", "h4"], id=True):
        name = " ".join(heading.get_text().split())
        heading.wrap(soup.new_tag("div", attrs={"class": "head"}))
        heading.insert_after(_anchor(soup, heading["id"], f"Link to section {name}"))
    for figure in soup.select("figure[id]"):
        number = figure.select_one("figcaption > .numbering")
        if number is not None:
            number.insert_after(_anchor(soup, figure["id"], f"Link to {number.get_text()}"))


def _anchor(soup: BeautifulSoup, id: str, label: str) -> Tag:
    attributes = {"class": "anchor", "href": f"#{id}", "aria-label": label}
    return soup.new_tag("a", attrs=attributes, string="¶")


def _insert_charts(soup: BeautifulSoup, exhibits: Mapping[str, str], colors: set[str]) -> None:
    """Put each chart's drawing where its image stands; note the colours that they use."""
    for index, image in enumerate(soup.find_all("img"), start=1):
        key = Path(image.get("src", "")).stem
        if key not in exhibits:
            raise ValueError(f"no drawing is given for the image {image.get('src')!r}")
        names = {"wide": key, "narrow": f"{key}-narrow"}
        if names["narrow"] not in exhibits:
            names = {"": key}
        region = _named(image, f"{_id(soup)}-plot-{index}", "Chart")
        drawings = [
            plot(image, exhibits[name], name, width, region, colors)
            for width, name in names.items()
        ]
        # The parser writes the attributes of HTML in lower case: drawings stay text.
        image.replace_with(PreformattedString("\n".join(drawings)))
