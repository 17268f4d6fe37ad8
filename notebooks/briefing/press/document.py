"""Executed chapters to one body of HTML, through an own nbconvert template.

A chapter is met only as an executed notebook: its Markdown cells, and the records that
its cells displayed. The same body goes to the page and to the PDF.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode, v4

from ..chapter import MIME
from ..faults import ChapterFailed
from . import cache
from .cache import Remember, afresh

TEMPLATES = Path(__file__).with_name("templates")
_MERGED = ("prose", "judgement")
#: Chapters from this number on are annexes.
FIRST_ANNEX = "8"


@dataclass(frozen=True)
class Document:
    """The body of a briefing with everything that belongs to it.

    `sections` are its elements, as HTML; `exhibits` are the records of charts and tables in
    order; `numbers` are the published numbers, each with id, text, low, high, unit, claims,
    formula and place; `sentences` are what the prose says, by chapter, as plain words. `uses`
    maps each claim to the anchors that use it, with what a reader calls them; `verdicts` are
    what the chapters hand on of claims held against the record.
    """

    sections: list[str]
    exhibits: list[dict]
    numbers: list[dict]
    sentences: list[dict]
    uses: dict[str, dict[str, str]]
    verdicts: list[dict]

    @property
    def charts(self) -> dict[str, str]:
        """Key → SVG of each chart; the body refers to it as exhibits/KEY.svg.

        Under KEY-narrow stands what a narrow screen shows in its place.
        """
        drawn = [record for record in self.exhibits if record["kind"] == "chart"]
        wide = {record["key"]: record["svg"] for record in drawn}
        return wide | {f"{record['key']}-narrow": record["svg_narrow"] for record in drawn}


def document(chapters: Mapping[str, NotebookNode], remember: Remember = afresh) -> Document:
    """The body of several executed chapters, in the order given; one that is silent is left out.

    `remember` is asked for what was made of the same chapter before.
    """
    records = [(name, record) for name, it in chapters.items() for record in records_of(name, it)]
    speaking = {name for name, _ in records}
    parts = [_part(name, it, remember) for name, it in chapters.items() if name in speaking]
    exhibits = [record for _, record in records if "key" in record]
    uses = Counter(record["key"] for record in exhibits)
    if twice := [key for key, count in uses.items() if count > 1]:
        raise ChapterFailed(f"exhibit {twice[0]!r} stands in two chapters; keys name files")
    sentences = [
        {"chapter": name, "text": record["text"]}
        for name, record in records
        if record["kind"] in _MERGED
    ]
    sections = [part["section"] for part in parts] + _further(parts)
    made = [record["verdicts"] for _, record in records if record["kind"] == "verdicts"]
    verdicts = list(itertools.chain.from_iterable(made))
    numbers = _numbers(parts, exhibits)
    return Document(sections, exhibits, numbers, sentences, _uses(records), verdicts)


def _part(name: str, notebook: NotebookNode, remember: Remember) -> dict[str, Any]:
    """What a chapter gives to the body.

    `section` is its HTML with pointers to its exhibits that stand in the annex; `annexed` is
    these; `numbers` and `annexed_numbers` are the numbers printed in the two.
    """
    template = cache.folder_digest(TEMPLATES / "chapter")
    told = [name.encode(), v4.writes(notebook).encode(), template.encode()]
    return json.loads(remember("parts", told, lambda: json.dumps(_made_part(name, notebook))))


def _made_part(name: str, notebook: NotebookNode) -> dict[str, Any]:
    soup = BeautifulSoup(section(name, notebook), "html.parser")
    annexed = [_to_annex(soup, figure) for figure in soup.select("figure.annexed")]
    numbers = _printed(soup)
    return {
        "section": str(soup),
        "annexed": [str(figure) for figure in annexed],
        "numbers": numbers,
        "annexed_numbers": [number for figure in annexed for number in _printed(figure)],
    }


def _to_annex(soup: BeautifulSoup, figure: Tag) -> Tag:
    """Take an exhibit out of its chapter, and leave a pointer at the chapter's end."""
    chapter = figure.find_parent("section")
    pointer = chapter.find("p", class_="further")
    if pointer is None:
        pointer = soup.new_tag("p", attrs={"class": "further"}, string="In the annex: ")
        chapter.append(pointer)
    else:
        pointer.append("; ")
    pointer.append(soup.new_tag("a", attrs={"href": f"#{figure['id']}"}))
    pointer("a")[-1].append(copy(figure.select_one(".numbering")))
    pointer.extend([", ", *copy(figure.select_one(".title")).contents])
    return figure.extract()


def _further(parts: Iterable[Mapping[str, Any]]) -> list[str]:
    """The annex of the exhibits that stand in no chapter, where there is any."""
    annexed = [figure for part in parts for figure in part["annexed"]]
    head = '<section class="annex" id="tables">\n<h2 id="tables-further">Further tables</h2>'
    return ["\n".join([head, *annexed, "</section>"])] if annexed else []


def rehearse() -> None:
    """Render a chapter that says nothing; the first real one finds what it needs loaded."""
    record = dict.fromkeys(("title", "subtitle", "table", "foot", "csv"), "")
    record |= {"kind": "table", "key": "none", "number": "0.0", "claims": []}
    output = v4.new_output("display_data", data={MIME: record})
    cells = [v4.new_markdown_cell("# None"), v4.new_code_cell("pass", outputs=[output])]
    _made_part("0-none", v4.new_notebook(cells=cells))


def section(name: str, notebook: NotebookNode) -> str:
    """One executed chapter as an HTML section."""
    exporter = HTMLExporter(
        template_name="chapter",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True,
        preprocessors=[_Blocks],
        filters={"headings": _headings, "data_uri": _data_uri, "lean": _lean},
    )
    part = "chapter" if name[0] < FIRST_ANNEX else "annex"
    body, _ = exporter.from_notebook_node(notebook, resources={"chapter": name, "part": part})
    return body.strip()


def records_of(name: str, notebook: NotebookNode) -> Iterable[dict]:
    """What the cells of an executed chapter displayed, in order.

    Raises ChapterFailed for output that is no record: a chapter speaks through its
    `say`, `table` and `chart`, and a stray warning or print must not pass unseen.
    """
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            record = output.get("data", {}).get(MIME)
            if record is None:
                text = output.get("text") or output.get("data", {}).get("text/plain", "")
                raise ChapterFailed(
                    f"{name}.ipynb, cell {index}: printed {text[:300]!r}, which is "
                    "neither prose nor an exhibit"
                )
            yield record


class _Blocks(Preprocessor):
    """Gather what a cell displayed into blocks: sentences of one cell form a paragraph."""

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "code":
            records = [output["data"][MIME] for output in cell.outputs if "data" in output]
            records = [record for record in records if record["kind"] != "verdicts"]
            cell.metadata["blocks"] = list(_blocks(records, cell.source))
        return cell, resources


def _blocks(records: list[dict], source: str) -> Iterable[dict]:
    last = max((i for i, record in enumerate(records) if "key" in record), default=None)
    numbered = list(enumerate(records))
    for key, group in itertools.groupby(numbered, lambda pair: _block_key(*pair)):
        same = [record for _, record in group]
        if key[0] == "prose":
            html = " ".join(record["html"] for record in same)
            yield {"kind": "prose", "class": same[0]["class"], "html": html}
        elif key[0] == "judgement":
            yield {"kind": "judgement", "entries": same}
        else:
            code = source if key[1] == last else ""
            yield {**same[0], "code": code}


def _block_key(index: int, record: dict) -> tuple:
    if record["kind"] == "prose":
        return ("prose", record["class"])
    return ("judgement",) if record["kind"] == "judgement" else ("exhibit", index)


def _headings(html: str, chapter: str) -> str:
    """A chapter's headings one level down, its title numbered, its ids its own."""
    soup = BeautifulSoup(html, "html.parser")
    for heading in soup.find_all(re.compile("^h[1-5]$")):
        level = int(heading.name[1])
        heading.name = f"h{level + 1}"
        slug = re.sub(r"\W+", "-", heading.get_text().lower()).strip("-")
        heading.attrs = {"id": f"{chapter}-{slug}"}
        if level == 1:
            number = soup.new_tag("span", attrs={"class": "numbering"})
            number.string = chapter.partition("-")[0]
            heading.insert(0, " ")
            heading.insert(0, number)
    return str(soup)


def _lean(code: str) -> str:
    """Highlighted code without the marks that the page gives no colour."""
    return re.sub(r'<span class="(?:n|nb|nn|p|o|w)">([^<]*)</span>', r"\1", code)


def _data_uri(text: str) -> str:
    return "data:text/csv;base64," + base64.b64encode(text.encode()).decode()


def _uses(records: Iterable[tuple[str, dict]]) -> dict[str, dict[str, str]]:
    """Claim → anchors of the chapters' text and of the exhibits that rest on it."""
    uses: dict[str, dict[str, str]] = {}
    for name, record in records:
        anchor, words = name, f"chapter {name.partition('-')[0]}"
        if "key" in record:
            anchor = f"exhibit-{record['number'].replace('.', '-')}"
            words = f"Exhibit {record['number']}"
        for id in record["claims"]:
            uses.setdefault(id, {})[anchor] = words
    return uses


def _printed(tag: Tag) -> list[dict]:
    """The numbers printed in a part of the body, in order."""
    return [
        {
            "text": element.get_text(),
            "low": element["data-low"] or None,
            "high": element["data-high"] or None,
            "unit": element["data-unit"],
            "claims": element["data-claims"].split(),
            "formula": element["data-formula"],
            "place": (element.find_parent("figure") or element.find_parent("section"))["id"],
        }
        for element in tag.find_all("data")
    ]


def _numbers(parts: Sequence[Mapping[str, Any]], exhibits: Iterable[dict]) -> list[dict]:
    """Every published number: those in the body in order, then those inside charts."""
    found = [
        number for where in ("numbers", "annexed_numbers") for it in parts for number in it[where]
    ]
    for record in exhibits:
        place = f"exhibit-{record['number'].replace('.', '-')}"
        found += [{**number, "place": f"{place}, chart"} for number in record.get("numbers", [])]
    return [{"id": f"n{index}", **number} for index, number in enumerate(found, start=1)]
