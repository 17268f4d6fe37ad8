"""The briefing as one HTML page that needs nothing else: no script, no request, no font.

The body is the one that the PDF is made from. Here its numbers open their evidence, its
charts move into the page and learn the dark theme, its tables scroll on a narrow screen,
and the page around it (contents, metadata, stamp) is set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString
from bs4.formatter import EntitySubstitution, HTMLFormatter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .gate import outside_requests, refuse_doubled_ids
from .plots import plot, themes

__all__ = ["TEMPLATES", "environment", "outside_requests", "page"]

TEMPLATES = Path(__file__).parent / "templates" / "page"

#: Where a number stays a plain number: a button there would be out of place or out of sight.
_PLAIN = ("h1", "h2", "h3", "h4", "h5", "h6", "a", "button", "summary", "caption", "dt")
_PLAIN_CLASSES = {"visually-hidden", "evidence", "description"}
#: A number of at most so many characters is never broken over lines.
_SHORT = 24
#: A number that rests on more claims than this names them, and the annex has their words.
_MANY = 8
_CLOSING = re.compile("[.,;:!?)\u2019\u201d]+")
_KINDS = {"reported": "Reported", "inferred": "Inferred"}
_FORMAT = HTMLFormatter(
    entity_substitution=EntitySubstitution.substitute_xml, void_element_close_prefix=""
)


def page(body: str, exhibits: Mapping[str, str], meta: Mapping, evidence: Mapping[str, str]) -> str:
    """The whole page as one self-contained file.

    ``exhibits`` maps a key to its SVG; where ``KEY-narrow`` is there too, narrow screens
    show that one. ``evidence`` maps a claim id to a snippet of HTML without ids. ``meta``
    holds title, subtitle, as_of, as_of_text, description, language, edition and stamp
    (pairs), and may hold colors (a chart's hex colour to the one for the dark theme) and grey
    (whether the page goes without any hue).
    Raises ValueError where a chart or a claim's evidence is missing, or an id stands twice.
    """
    soup = BeautifulSoup(body, "html.parser")
    colors: set[str] = set()
    notes = _open_evidence(soup, evidence)
    _label_judgements(soup)
    _scroll_tables(soup)
    contents = _contents(soup)
    _add_anchors(soup)
    _insert_charts(soup, exhibits, colors)
    parts = {
        "body": Markup(soup.decode(formatter=_FORMAT)),
        "chart_colors": themes(colors, meta.get("colors") or {}),
        "contents": contents,
        "css": Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
        "notes": notes,
    }
    html = environment(TEMPLATES).get_template("page.html.j2").render(parts | _metadata(meta))
    refuse_doubled_ids(html)
    return html


def environment(*folders: Path) -> Environment:
    """Jinja for the templates in folders: what is not marked as HTML is escaped."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _metadata(meta: Mapping) -> dict[str, object]:
    # A date in a title is the briefing's own date, in full or in part: it is marked as one.
    words = str(meta["as_of_text"]).split()
    parts = str(meta["as_of"]).split("-")
    dates = {
        " ".join(words[-count:]): "-".join(parts[:count])
        for count in range(1, len(parts) + 1)
        if len(words) == len(parts)
    }
    return {
        "title": meta["title"],
        "title_html": _dated(meta["title"], dates),
        "subtitle": _dated(meta.get("subtitle", ""), dates),
        "as_of": meta["as_of"],
        "as_of_text": meta["as_of_text"],
        "description": meta["description"],
        "language": meta.get("language", "en"),
        "edition": meta["edition"],
        "grey": bool(meta.get("grey")),
        "stamp": meta["stamp"],
    }


def _dated(text: str, dates: Mapping[str, str]) -> Markup:
    html = str(Markup.escape(text))
    if isinstance(text, Markup) or not dates:
        return Markup(html)
    longest_first = sorted(map(re.escape, dates), key=len, reverse=True)
    found = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)")
    return Markup(found.sub(lambda m: f'<time datetime="{dates[m[0]]}">{m[0]}</time>', html))


# Evidence ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Claim:
    """One claim under a number: its snippet, and its place in the annex where it has one."""

    snippet: Markup
    anchor: str
    label: str


@dataclass(frozen=True)
class _Note:
    """What opens under a number."""

    id: str
    text: str
    formula: Markup
    claims: list[_Claim]


@dataclass
class _Sources:
    """What is known of each claim: its snippet, its printed value, its place in the annex."""

    evidence: Mapping[str, str]
    annex: dict[str, str]
    printed: dict[str, str] = field(default_factory=dict)

    def claim(self, id: str, brief: bool) -> _Claim:
        """One claim of a note; in brief only its place in the annex, where it has one."""
        anchor = f"c-{id}" if id in self.annex else ""
        snippet = "" if brief and anchor else self.evidence[id]
        return _Claim(Markup(snippet), anchor, self.annex.get(id, ""))

    def formula(self, formula: str, claims: list[str], result: str) -> Markup:
        """The arithmetic, each claim by the value that it states; empty for a mere claim."""
        if formula in ("", " ".join(claims)):
            return Markup("")
        longest_first = sorted(map(re.escape, claims), key=len, reverse=True)
        names = re.compile(rf"(?<![\w-])(?:{'|'.join(longest_first)})(?![\w-])")
        written = names.sub(lambda m: self._operand(m[0], claims), escape(formula))
        return Markup(f'{written} <span class="result">= <b>{escape(result)}</b></span>')

    def _operand(self, id: str, claims: list[str]) -> str:
        text = escape(self.printed.get(id) or self._quoted(id))
        mark = f"<sup>{claims.index(id) + 1}</sup>" if len(claims) > 1 else ""
        return f'<span class="operand">{text}{mark}</span>'

    def _quoted(self, id: str) -> str:
        quote = BeautifulSoup(self.evidence[id], "html.parser").q
        return quote.get_text() if quote else self.annex.get(id, id)


def _open_evidence(soup: BeautifulSoup, evidence: Mapping[str, str]) -> list[_Note]:
    """Make each number a button that opens its note; return the notes in order."""
    numbers = [tag for tag in soup.find_all("data") if _claims(tag)]
    missing = {id for tag in numbers for id in _claims(tag)} - set(evidence)
    if missing:
        raise ValueError(f"no evidence is given for: {', '.join(sorted(missing))}")
    sources = _Sources(evidence, _annex(soup))
    for tag in numbers:
        if tag.get("data-formula") == tag["data-claims"] and len(_claims(tag)) == 1:
            sources.printed.setdefault(_claims(tag)[0], tag.get_text())
    notes: dict[tuple, _Note] = {}
    for tag in numbers:
        if not _stays_plain(tag):
            _make_button(soup, tag, _note_for(tag, notes, sources))
        _strip_helpers(tag)
    return list(notes.values())


def _claims(tag: Tag) -> list[str]:
    return list(dict.fromkeys(tag.get("data-claims", "").split()))


def _annex(soup: BeautifulSoup) -> dict[str, str]:
    """Claim id to the label under which the annex lists it."""
    entries = soup.find_all(id=re.compile("^c-"))
    return {tag["id"][2:]: " ".join(tag.get_text().split()) for tag in entries}


def _stays_plain(tag: Tag) -> bool:
    return any(
        parent.name in _PLAIN or _PLAIN_CLASSES & set(parent.get("class", []))
        for parent in tag.parents
    )


def _note_for(tag: Tag, notes: dict[tuple, _Note], sources: _Sources) -> _Note:
    claims, formula = _claims(tag), tag.get("data-formula", "")
    text = " ".join(tag.get_text().split())
    key = (tuple(claims), formula, text)
    if key not in notes:
        notes[key] = _Note(
            f"ev-{len(notes) + 1}",
            text,
            sources.formula(formula, claims, text),
            [sources.claim(id, brief=len(claims) > _MANY) for id in claims],
        )
    return notes[key]


def _make_button(soup: BeautifulSoup, tag: Tag, note: _Note) -> None:
    attributes = {"type": "button", "class": "number", "popovertarget": note.id}
    button = tag.wrap(soup.new_tag("button", attrs={**attributes, "aria-haspopup": "dialog"}))
    after = button.next_sibling
    mark = _CLOSING.match(after) if isinstance(after, NavigableString) else None
    if mark and len(note.text) > _SHORT:
        # A button breaks the line as one block: the stop after it would begin the next.
        after.replace_with(after[mark.end() :])
        button.append(mark[0])


def _strip_helpers(tag: Tag) -> None:
    kept = ("value", "data-claims", "id", "class")
    tag.attrs = {name: tag.attrs[name] for name in kept if name in tag.attrs}


# The body ----------------------------------------------------------------------------


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
        region |= _named(table, f"table-{index}", "Table")
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


def _contents(soup: BeautifulSoup) -> list[dict]:
    """Chapters and their sections, for the list of contents; of annexes the name only."""
    entries: list[dict] = []
    for heading in soup.find_all(["h2", "h3"], id=True):
        entry = {"id": heading["id"], "html": _without_ids(heading), "below": []}
        if heading.name == "h2":
            entries.append(entry)
        elif entries and heading.find_parent(class_="annex") is None:
            entries[-1]["below"].append(entry)
    return entries


def _without_ids(tag: Tag) -> Markup:
    copied = BeautifulSoup(tag.decode_contents(formatter=_FORMAT), "html.parser")
    for inner in copied.find_all(id=True):
        del inner["id"]
    return Markup(copied.decode(formatter=_FORMAT))


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
        region = _named(image, f"plot-{index}", "Chart")
        drawings = [
            plot(image, exhibits[name], name, width, region, colors)
            for width, name in names.items()
        ]
        # The parser writes the attributes of HTML in lower case: drawings stay text.
        image.replace_with(PreformattedString("\n".join(drawings)))
