"""The body of a briefing, rewritten for paper.

What only a screen can do goes; each number gets a short reference to its evidence; words
that belong together stay on one line; tables and figures get what their setting needs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from statistics import mean

from bs4 import BeautifulSoup, NavigableString, Tag

from ..faults import ChapterFailed
from .cache import Remember, afresh

_SCREEN_ONLY = "details.code, a.data, a[download], .visually-hidden, script, style, template"
_TITLES = ["h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "caption", "thead"]
_HOLDERS = ["p", "li", "td", "th", "dd", "dt", "blockquote", "div", "section"]
_WRAPPED = ["lede", "judgements", "note", "further", "foot"]
_SENTENCE_END = re.compile(r"[.!?][\"”’')\]]*\s")

#: Signs of a quoted text that no text face holds; a box says that something stood there.
_PICTOGRAPHS = re.compile("[\U0001f000-\U0001faff]\ufe0f?")

_NO_BREAK = "\N{NO-BREAK SPACE}"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_UNITS = (
    "billion|million|trillion|thousand|hundred|bn|mn|times|per cent|percent|percentage points?"
    "|years?|months?|days?|hours?|USD|km"
)
_COUNTED = r"Exhibit|paragraph|Article|page|pp?\.|[Nn]o\."
_JOINED = [
    (re.compile(rf"(?<=\d)[ \n]+(?=(?:{_UNITS}|{_MONTHS})\b|%)"), _NO_BREAK),
    (re.compile(r"(?<=[$€])[ \n]+(?=\d)"), _NO_BREAK),
    (re.compile(rf"\b({_COUNTED})[ \n]+(?=\d)"), rf"\1{_NO_BREAK}"),
]
_JOINED_IN_NUMBERS = (re.compile(r"(?<=\d)[ \n]+(?=\w)"), _NO_BREAK)

#: How many references, single ones or runs, stand beside a number at the most.
MOST_REFERENCES = 4

#: The longest references, in characters, that stand beside a figure in a table.
_SLOT = 10
#: Characters that fit on a line of a table, and those that the space between columns takes.
_LINE, _BETWEEN = 105, 3
#: In a table, characters: a column this short is as wide as it needs to be …
_SHORT = 16
#: … one whose texts are labels has room for the longest, before the others shrink it,
_LABEL = 45
#: … and a figure this long is set like text.
_LONG_FIGURE = 30
#: A table of more rows, or of more characters, may break over pages.
_ROWS_TOGETHER, _CHARACTERS_TOGETHER = 14, 1800


class PdfFailed(ChapterFailed, RuntimeError):
    """The document could not be set: what is wrong, and where."""


@dataclass(frozen=True)
class Sheet:
    """One section of a briefing, on paper.

    `html` is what pandoc turns into Typst; `images` are the sources and alternative texts of
    its pictures; `title` is its heading; `kind` is "front", "chapter" or "annex".
    """

    html: str
    images: list[list[str]]
    title: str
    kind: str


@dataclass(frozen=True)
class _Survey:
    """What others need to know of a section.

    `entries` are the printed numbers of the claims that have an entry in it; `moved` tells
    which heading stands for a section, by their ids; `ids` are what a link can lead to,
    `links` what its own lead to.
    """

    entries: dict[str, str]
    moved: dict[str, str]
    ids: list[str]
    links: list[str]


@dataclass(frozen=True)
class _Frame:
    """What a section needs to know of all: the entries, where its links lead, its own targets."""

    entries: dict[str, str]
    leads: dict[str, str]
    targets: list[str]


def for_paper(sections: Sequence[str], remember: Remember = afresh) -> list[Sheet]:
    """Rewrite a body for paper: references for numbers, nothing that only a screen can do.

    `sections` are the elements that the body consists of. `remember` is asked for what was
    made of the same text before. Raises PdfFailed for a skipped heading level, or for a link
    that leads nowhere.
    """
    surveys = [
        _Survey(**json.loads(remember("surveys", [text.encode()], partial(_surveyed, text))))
        for text in sections
    ]
    sheets = []
    for text, frame in zip(sections, map(json.dumps, _frames(surveys)), strict=True):
        told = [text.encode(), frame.encode()]
        sheets.append(Sheet(**json.loads(remember("sheets", told, partial(_sheet, text, frame)))))
    return sheets


def _frames(surveys: Sequence[_Survey]) -> Iterator[dict]:
    entries = {claim: printed for it in surveys for claim, printed in it.entries.items()}
    moved = {section: heading for it in surveys for section, heading in it.moved.items()}
    wanted = {moved.get(name, name) for it in surveys for name in it.links}
    if lost := wanted.difference(*(it.ids for it in surveys)):
        raise PdfFailed("links that lead nowhere: " + ", ".join(f"#{it}" for it in sorted(lost)))
    wanted |= {f"c-{claim}" for claim in entries}
    for it in surveys:
        leads = {name: moved[name] for name in it.links if name in moved}
        yield asdict(_Frame(entries, leads, [name for name in it.ids if name in wanted]))


def _surveyed(section: str) -> str:
    """A `_Survey` of a section, as JSON."""
    sheet = _readable(section)
    moved = dict(filter(None, map(_hand_down_id, sheet.find_all(["section", "div"], id=True))))
    ids = [element["id"] for element in sheet.find_all(id=True)]
    links = [link["href"][1:] for link in sheet.select("a[href^='#']")]
    return json.dumps(asdict(_Survey(_entries(sheet), moved, ids, list(dict.fromkeys(links)))))


def _readable(section: str) -> BeautifulSoup:
    """A section without what only a screen can do."""
    sheet = BeautifulSoup(_PICTOGRAPHS.sub("▯", section), "html.parser")
    for element in sheet.select(_SCREEN_ONLY):
        element.decompose()
    return sheet


def _sheet(section: str, told: str) -> str:
    """A section as a `Sheet`, as JSON; what is told is a `_Frame`, as JSON too."""
    frame = _Frame(**json.loads(told))
    sheet = _readable(section)
    _refer(sheet, frame.entries)
    for figure in sheet.find_all("figure"):
        _refer_in_foot(sheet, figure, frame.entries)
    _check_headings(sheet)
    _mark_anchors(sheet, frame)
    _join_words(sheet)
    for table in sheet.find_all("table"):
        _lay_out(sheet, table)
    for figure in sheet.find_all("figure"):
        _exhibit(sheet, figure)
    kind = _kind(sheet)
    _evidence(sheet)
    _wrap_classes(sheet)
    images = [[image.get("src", ""), image.get("alt", "")] for image in sheet.find_all("img")]
    for image in sheet.find_all("img"):
        image["src"] = file_name(image.get("src", ""))
    title = sheet.h2.get_text(" ", strip=True) if sheet.h2 else ""
    return json.dumps(asdict(Sheet(str(sheet), images, title, kind)))


def file_name(source: str) -> str:
    """The name of the file that an image shows."""
    return source.rsplit("/", 1)[-1]


def _new(sheet: BeautifulSoup, name: str, classes: str = "", **attributes: str) -> Tag:
    """Make an element with classes and data attributes."""
    attrs = {f"data-{key}": value for key, value in attributes.items()}
    return sheet.new_tag(name, attrs={"class": classes} | attrs if classes else attrs)


# References into the evidence


def _entries(sheet: BeautifulSoup) -> dict[str, str]:
    """Read the printed number of each claim that has an entry in the evidence annex."""
    terms = sheet.select("dl.claims dt[id^=c-]")
    return {term["id"].removeprefix("c-"): term.get_text(strip=True) for term in terms}


def _known(elements: Iterable[Tag], entries: Mapping[str, str]) -> tuple[str, ...]:
    """Collect the claims of elements that have an entry, in the order of the entries."""
    named = {claim for element in elements for claim in element.get("data-claims", "").split()}
    return tuple(claim for claim in entries if claim in named)


def _refer(sheet: BeautifulSoup, entries: Mapping[str, str]) -> None:
    """Put references after the numbers of the text; titles and the evidence stay clean."""
    holders: dict[int, Tag] = {}
    for number in sheet.find_all("data", attrs={"data-claims": True}):
        if not number.find_parent(_TITLES) and not number.find_parent(class_="claims"):
            holder = number.find_parent(_HOLDERS) or sheet
            holders[id(holder)] = holder
    for holder in holders.values():
        if "figure" in holder.get("class", []):
            _refer_cell(sheet, holder, entries)
        else:
            _refer_sentences(sheet, holder, entries)


def _refer_cell(sheet: BeautifulSoup, cell: Tag, entries: Mapping[str, str]) -> None:
    """Put the references of all numbers of a cell at its end, once."""
    given = _known(cell.select("data[data-claims]"), entries)
    if given:
        refs = _refs(sheet, given, entries, MOST_REFERENCES)
        refs["class"] = "slot" if len(refs.get_text()) <= _SLOT else "below"
        cell.append(refs)


def _refer_sentences(sheet: BeautifulSoup, holder: Tag, entries: Mapping[str, str]) -> None:
    """Put references after each number, unless they would repeat the sentence's last ones."""
    last: tuple[str, ...] = ()
    between = ""
    for element in list(holder.descendants):
        if isinstance(element, NavigableString):
            between += element
        elif element.name == "data" and (element.find_parent(_HOLDERS) or sheet) is holder:
            if _SENTENCE_END.search(between):
                last = ()
            given = _known([element], entries)
            if given and given != last:
                element.insert_after(_refs(sheet, given, entries, MOST_REFERENCES))
                last = given
            between = ""


def _refer_in_foot(sheet: BeautifulSoup, figure: Tag, entries: Mapping[str, str]) -> None:
    """Name in an exhibit's foot the evidence of its title, and of what a chart draws."""
    drawn = [figure, *figure.select("figcaption data[data-claims]")]
    shown = {link["href"] for link in figure.select("table a[href^='#c-']")}
    given = tuple(claim for claim in _known(drawn, entries) if f"#c-{claim}" not in shown)
    if not given:
        return
    foot = figure.select_one(".foot")
    if foot is None:
        foot = _new(sheet, "p", "foot")
        figure.append(foot)
    gap = "" if re.search(r"(^|\s)$", foot.get_text()) else " "
    refs = _refs(sheet, given, entries, len(given))
    foot.extend([f"{gap}Evidence: ", *refs.contents[:], "."])


def _refs(
    sheet: BeautifulSoup, claims: Sequence[str], entries: Mapping[str, str], most: int
) -> Tag:
    """Link each claim's entry; three or more in a row are given by the first and the last.

    Of more than `most` references the first and the last stand for all.
    """
    span = _new(sheet, "span", "refs")
    runs = list(_runs(claims, entries))
    # A number that rests on very many claims would drown in its references: the evidence
    # annex says of each entry where it is used.
    shown = runs if len(runs) <= most else [runs[0][:1], runs[-1][-1:]]
    for place, run in enumerate(shown):
        if place:
            # A few stay on one line; many must be able to break.
            comma = "," if len(shown) == len(runs) else f"{_NO_BREAK}…"
            span.append(f"{comma}{_NO_BREAK}" if len(shown) <= 3 else ", ")
        for end in range(len(run)):
            if end:
                span.append("–")
            link = sheet.new_tag("a", href=f"#c-{run[end]}")
            link.string = entries[run[end]]
            span.append(link)
    return span


def _runs(claims: Sequence[str], entries: Mapping[str, str]) -> Iterator[list[str]]:
    """Split claims into single ones and the first and last of three or more neighbours."""
    order = {claim: place for place, claim in enumerate(entries)}
    start = 0
    while start < len(claims):
        end = start
        while end + 1 < len(claims) and order[claims[end + 1]] == order[claims[end]] + 1:
            end += 1
        if end - start >= 2:
            yield [claims[start], claims[end]]
        else:
            yield from ([claim] for claim in claims[start : end + 1])
        start = end + 1


# Headings, links and words


def _check_headings(sheet: BeautifulSoup) -> None:
    """Refuse a skipped level here, where the heading can be named; Typst only counts."""
    before = 1
    for heading in sheet.find_all(["h2", "h3", "h4", "h5", "h6"]):
        level = int(heading.name[1])
        if level > before + 1:
            said = heading.get_text(" ", strip=True)
            raise PdfFailed(f"skipped heading level: {said!r} is h{level} after h{before}")
        before = level


def _mark_anchors(sheet: BeautifulSoup, frame: _Frame) -> None:
    """Keep as targets the elements that something links to, and drop every other id."""
    for section in sheet.find_all(["section", "div"], id=True):
        _hand_down_id(section)
    for element in sheet.find_all(id=True):
        name = element.attrs.pop("id")
        if name not in frame.targets:
            continue
        if element.name in ("figure", "span", "h2", "h3", "h4", "h5", "h6"):
            element["data-anchor"] = name
        else:
            element.insert(0, _new(sheet, "span", anchor=name))
    for link in sheet.find_all("a", href=True):
        if link["href"].startswith("#"):
            name = link["href"][1:]
            link["href"] = f"#{frame.leads.get(name, name)}"
        elif not re.match(r"https?:|mailto:", link["href"]):
            link.unwrap()


def _hand_down_id(section: Tag) -> tuple[str, str] | None:
    """Give a section's id to its heading, a better place to land; that of before and of after."""
    heading = section.find(["h2", "h3", "h4"])
    if heading is None:
        return None
    name = section.attrs.pop("id")
    return name, heading.attrs.setdefault("id", name)


def _join_words(sheet: BeautifulSoup) -> None:
    """Keep a number and its unit, a day and its month, on one line."""
    for text in sheet.find_all(string=True):
        joined = str(text)
        pattern, replacement = _JOINED_IN_NUMBERS
        if pattern.search(joined) and text.find_parent("data"):
            joined = pattern.sub(replacement, joined)
        for pattern, replacement in _JOINED:
            joined = pattern.sub(replacement, joined)
        if joined != text and not text.find_parent(["pre", "code"]):
            text.replace_with(joined)


# Tables


def _lay_out(sheet: BeautifulSoup, table: Tag) -> None:
    """Give a table the widths of its columns, and its figures room for their references."""
    columns = _columns(table)
    figures = [any("figure" in cell.get("class", []) for cell in cells) for cells in columns]
    longest = [max(map(_length, cells), default=0) for cells in columns]
    for cells, is_figure in zip(columns, figures, strict=True):
        if is_figure:
            _align_figures(sheet, cells)
    if sum(longest) + _BETWEEN * len(longest) <= _LINE:
        # All fits on one line each: the longest text takes what is left.
        texts = [0 if is_figure else it for it, is_figure in zip(longest, figures, strict=True)]
        widths = ["auto"] * len(columns)
        if widths:
            widths[texts.index(max(texts))] = "1fr"
    else:
        widths = [_width(*column) for column in zip(columns, figures, strict=True)]
    table["data-columns"] = "(" + "".join(f"{width}, " for width in widths) + ")"


def _columns(table: Tag) -> list[list[Tag]]:
    """Sort the cells of a table that span one column into their columns."""
    grid: dict[tuple[int, int], Tag] = {}
    for y, row in enumerate(table.find_all("tr")):
        x = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while (x, y) in grid:
                x += 1
            wide, high = int(cell.get("colspan", 1)), int(cell.get("rowspan", 1))
            spots = [(x + dx, y + dy) for dx in range(wide) for dy in range(high)]
            grid |= dict.fromkeys(spots, cell)
    columns: list[list[Tag]] = [[] for _ in range(1 + max((x for x, _ in grid), default=-1))]
    for (x, _), cell in grid.items():
        if int(cell.get("colspan", 1)) == 1 and not any(cell is other for other in columns[x]):
            columns[x].append(cell)
    return columns


def _align_figures(sheet: BeautifulSoup, cells: Sequence[Tag]) -> None:
    """Right-align a column and reserve the width of its widest references in each cell."""
    slots = [slot for cell in cells for slot in cell.find_all(class_="slot")]
    chars = max((len(slot.get_text()) for slot in slots), default=0)
    for cell in cells:
        if cell.find_parent("thead"):
            cell["class"] = ["figure"]
        if chars and "figure" in cell.get("class", []):
            slot = cell.find(class_="slot")
            if slot is None:
                slot = _new(sheet, "span", "slot")
                cell.append(slot)
            slot["data-chars"] = str(chars)


def _length(cell: Tag) -> int:
    """Count the characters of a cell."""
    return len(cell.get_text(" ", strip=True))


def _width(cells: Sequence[Tag], figures: bool) -> str:
    """Choose a column's width: what it needs if it is short, else a share of what is left."""
    lengths = [_length(cell) for cell in cells] or [0]
    longest = max(lengths)
    if longest <= (_LONG_FIGURE if figures else _SHORT):
        return "auto"
    share = longest if figures or longest <= _LABEL else (longest * mean(lengths)) ** 0.5
    return f"{min(max(round(share), 12), 75)}fr"


# Exhibits and parts


def _exhibit(sheet: BeautifulSoup, figure: Tag) -> None:
    """Turn a figure into a division whose parts the filter can tell apart."""
    classes = figure.get("class", [])
    figure["class"] = ["exhibit", "table" if "table" in classes else "chart"]
    figure.name = "div"
    table = figure.find("table")
    if table and _is_long(table):
        figure["data-long"] = "true"
    caption = figure.find("figcaption")
    if caption is not None:
        for name in ("subtitle", "title", "numbering"):
            part = caption.find(class_=name)
            if part is not None:
                figure.insert(0, _division(part, name))
        caption.decompose()
    for foot in figure.select(".foot"):
        _division(foot, "foot")


def _division(element: Tag, name: str) -> Tag:
    """Make an element a division of one class; the filter sees the classes of divisions."""
    element.name = "div"
    element.attrs = {"class": [name]}
    return element


def _is_long(table: Tag) -> bool:
    rows = len(table.find_all("tr"))
    return rows > _ROWS_TOGETHER or len(table.get_text()) > _CHARACTERS_TOGETHER


def _kind(sheet: BeautifulSoup) -> str:
    """Which part of a document a section is; the summary becomes the front page."""
    kind = "chapter"
    for section in sheet.find_all("section"):
        section.name = "div"
        number = section.select_one("h2 .numbering")
        if number is not None and number.get_text(strip=True) == "0":
            number.decompose()
            section["class"] = [kind := "front"]
        elif "annex" in section.get("class", []):
            kind = "annex"
    return kind


def _evidence(sheet: BeautifulSoup) -> None:
    """Name the terms of the evidence, and put its entries together, for two columns."""
    for term in sheet.select("dl.claims dt"):
        anchor = term.select_one("span[data-anchor]")
        name = anchor.extract()["data-anchor"] if anchor else ""
        entry = _new(sheet, "span", "entry", anchor=name)
        entry.extend(term.contents[:])
        term.append(entry)
    for entries in sheet.select("dl.claims"):
        if not entries.find_parent(class_="entries"):
            _gather_entries(sheet, entries)


def _gather_entries(sheet: BeautifulSoup, first: Tag) -> None:
    """Wrap the first list of entries, its heading and all that follow it of their kind."""
    start = first
    heading = first.find_previous_sibling()
    if heading is not None and heading.name in ("h3", "h4"):
        start = heading
    run = [start]
    for element in start.next_siblings:
        if isinstance(element, Tag) and element.name not in ("h3", "h4", "dl", "p"):
            break
        run.append(element)
    start.insert_before(box := _new(sheet, "div", "entries"))
    box.extend(run)


def _wrap_classes(sheet: BeautifulSoup) -> None:
    """Put blocks into divisions of their class: pandoc keeps classes of divisions only."""
    for element in sheet.find_all(["p", "ol", "ul"], class_=_WRAPPED):
        name = next(name for name in _WRAPPED if name in element["class"])
        element.wrap(_new(sheet, "div", name))
