"""The document: what executed chapters say, as sections of blocks that a writer walks once.

A chapter is met only as an executed notebook: its Markdown cells, and the blocks that its
cells published. Here they are put in order, exhibits for the annex moved there, and it is
found out what the document rests on: its numbers, and which claims stand behind what. Nothing
here knows HTML or Typst. A document is plain JSON:

    {"meta": {…}, "sections": [{"id", "part", "blocks": […], "further": […]}, …]}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import ChapterFailed
from ..report.blocks import MIME, plain
from ..report.cells import ASIDE
from ..report.parameters import ANNEXES

#: A text as plain data: see the kinds in report/text.py.
Inlines = Sequence[Mapping[str, Any]]
Block = dict[str, Any]

#: The texts of a tile, in reading order.
TILE = ("figure", "what", "note", "source")


def anchor_of(block: Mapping[str, Any]) -> str:
    """The anchor of an exhibit."""
    return f"exhibit-{block['number'].replace('.', '-')}"


def sections_of(chapters: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The sections of executed chapters, in the order given; one that is silent is left out.

    So is a heading below the first under which nothing is said. Judgements, or tiles, that follow
    each other form one list. The last section holds the exhibits that stand in the annex, where
    there are any. Raises ChapterFailed for output that is no block, or a key that stands twice.
    """
    sections: list[dict[str, Any]] = []
    annexed: list[Block] = []
    keys: set[str] = set()
    for name, notebook in chapters.items():
        number = name.partition("-")[0]
        section: dict[str, Any] = {"id": name, "part": "annex" if number in ANNEXES else "chapter"}
        section |= {"blocks": [], "further": []}
        speaks = False
        for index, cell in enumerate(notebook["cells"]):
            if cell["cell_type"] == "markdown":
                section["blocks"] += _markdown(name, cell["source"])
                continue
            if ASIDE & {*cell["metadata"].get("tags", [])}:  # which papermill by itself runs too
                continue
            published = list(published_by(name, index, cell))
            speaks = speaks or bool(published)
            for block in _gathered(published, cell["source"]):
                last: Block = section["blocks"][-1] if section["blocks"] else {"kind": ""}
                if block.get("key") in keys:
                    raise ChapterFailed(f"exhibit {block['key']!r} stands twice; keys name files")
                keys |= {block["key"]} if "key" in block else set()
                if block.get("annex"):
                    annexed.append(block)
                    pointer = {"anchor": anchor_of(block), "number": block["number"]}
                    section["further"].append({**pointer, "title": block["title"]})
                elif "items" in block and last["kind"] == block["kind"]:
                    last["items"] += block["items"]  # of one cell or of several
                else:
                    section["blocks"].append(block)
        blocks = section["blocks"]
        section["blocks"] = [
            block
            for block, after in zip(blocks, [*blocks[1:], {"kind": "heading"}], strict=True)
            if not (block["kind"] == after["kind"] == "heading" and block["level"] > 1)
        ]
        sections += [section] if speaks else []
    if annexed:
        head = heading("tables-further", "Further tables")
        tables = {"id": "tables", "part": "annex", "blocks": [head, *annexed], "further": []}
        sections.append(tables)
    return sections


def heading(id: str, words: str, level: int = 1, number: str = "") -> Block:
    """A heading in plain words."""
    text = [{"kind": "words", "text": words}]
    return {"kind": "heading", "level": level, "id": id, "number": number, "text": text}


def published_by(name: str, index: int, cell: Mapping[str, Any]) -> Iterator[Block]:
    """The blocks that a cell published. Raises ChapterFailed for any other output.

    A chapter speaks through its `say`, `table` and `chart`; a stray warning or print must not
    pass unseen. A frame that a cell ends with is for who reads the notebook.
    """
    for output in cell.get("outputs", []):
        block = output.get("data", {}).get(MIME)
        if block is None and output["output_type"] == "execute_result":
            continue
        if block is None:
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            raise ChapterFailed(
                f"{name}.ipynb, cell {index}: printed {text[:300]!r}, which is "
                "neither prose nor an exhibit; publish it with say, chapter.table or "
                "chapter.chart, or take it out"
            )
        yield block


def _gathered(published: Iterable[Block], source: str) -> list[Block]:
    """The blocks of one cell: sentences of a kind form a paragraph, a judgement or tile a list.

    The cell's code goes with its last exhibit.
    """
    blocks: list[Block] = []
    for block in published:
        last: Block = blocks[-1] if blocks else {"kind": ""}
        if block["kind"] in ("judgement", "tile"):
            item = {name: part for name, part in block.items() if name != "kind"}
            blocks.append({"kind": f"{block['kind']}s", "items": [item]})
        elif block["kind"] == last["kind"] == "paragraph" and block["style"] == last["style"]:
            space = {"kind": "words", "text": " "}
            last["text"] = [*last["text"], space, *block["text"]]
            last["claims"] = [*last["claims"], *block["claims"]]
        elif block["kind"] != "verdicts":
            blocks.append({**block})
    exhibits = [block for block in blocks if "key" in block]
    for block in exhibits:
        block["code"] = source if block is exhibits[-1] else ""
    return blocks


# Markdown cells -------------------------------------------------------------------------


def _markdown(name: str, source: str) -> Iterator[Block]:
    """The blocks of a Markdown cell. Raises ChapterFailed for what is no heading, text or list."""
    import mistune  # here, since what reads a manifest needs no Markdown

    tokens: Any = mistune.create_markdown(renderer=None)(source)
    for token in tokens:
        kind, children = token["type"], token.get("children", [])
        if kind == "heading":
            text, level = list(_inlines(children)), token["attrs"]["level"]
            slug = re.sub(r"\W+", "-", plain(text).lower()).strip("-")
            number = name.partition("-")[0] if level == 1 else ""
            block = {"kind": "heading", "level": level, "id": f"{name}-{slug}", "number": number}
            yield {**block, "text": text}
        elif kind == "paragraph":
            yield {"kind": "paragraph", "style": "", "text": list(_inlines(children)), "claims": []}
        elif kind == "list":
            items = [
                [inline for part in item["children"] for inline in _inlines(part["children"])]
                for item in children
            ]
            yield {"kind": "list", "ordered": token["attrs"]["ordered"], "items": items}
        elif kind != "blank_line":
            raise ChapterFailed(
                f"{name}.ipynb: a Markdown cell holds a {kind.replace('_', ' ')}; headings, "
                f"paragraphs and lists are printed: {token.get('raw', source)[:80]!r}"
            )


def _inlines(tokens: Iterable[Mapping[str, Any]], style: str = "") -> Iterator[dict[str, Any]]:
    styles = {"strong": "strong", "emphasis": "emphasis", "codespan": "code"}
    for token in tokens:
        kind = token["type"]
        if kind == "link":
            words = plain(_inlines(token["children"]))
            yield {"kind": "link", "text": words, "href": token["attrs"]["url"]}
        elif kind in ("strong", "emphasis"):
            yield from _inlines(token["children"], styles[kind])
        else:  # a tag of HTML is words like any other
            text = "\n" if kind in ("softbreak", "linebreak") else token.get("raw", "")
            given = styles.get(kind, style)
            yield {"kind": "words", "text": text, **({"style": given} if given else {})}


# What a document rests on -----------------------------------------------------------------


def nodes(part: Any) -> Iterator[dict[str, Any]]:
    """Every object in a part of the document, at whatever depth, in order."""
    if isinstance(part, dict):
        yield part
    for it in part.values() if isinstance(part, dict) else part:
        if isinstance(it, dict | list):
            yield from nodes(it)


def texts_of(block: Block) -> Iterator[Inlines]:
    """Every text of a block that a reader sees, in reading order."""
    match block["kind"]:
        case "heading" | "paragraph":
            yield block["text"]
        case "list":
            yield from block["items"]
        case "judgements":
            yield from (item["text"] for item in block["items"])
        case "tiles":
            yield from (item[part] for item in block["items"] for part in TILE)
        case "table":
            yield from (block["title"], block["subtitle"])
            yield from (cell for row in block["rows"] for cell in row)
            yield block["foot"]
        case "chart":
            yield from (block["title"], block["subtitle"], block["foot"], block["description"])


def numbers_of(sections: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every published number and every date that a claim states, in order; those in charts last.

    Each has id, text, low, high, unit, claims, formula, and place, the anchor where it stands.
    """
    found, drawn = [], []
    for section in sections:
        for block in section["blocks"]:
            place = anchor_of(block) if block.get("key") else section["id"]
            found += [_listed(inline, place) for text in texts_of(block) for inline in text]
            place = f"{place}, chart"
            drawn += [_listed({**it, "kind": "number"}, place) for it in block.get("numbers", [])]
        pointers = [inline for pointer in section["further"] for inline in pointer["title"]]
        found += [_listed(inline, section["id"]) for inline in pointers]
    numbers = [number for number in [*found, *drawn] if number]
    return [{"id": f"n{index}", **number} for index, number in enumerate(numbers, start=1)]


_LISTED = ("text", "low", "high", "unit", "claims", "formula")


def _listed(inline: Mapping[str, Any], place: str) -> dict[str, Any] | None:
    if inline["kind"] == "number":
        return {**{name: inline[name] for name in _LISTED}, "place": place}
    if inline["kind"] == "date" and inline["claims"]:
        ends = {"low": None, "high": None, "unit": "date"}
        claims = inline["claims"]
        told = {"text": plain([inline]), **ends, "claims": claims, "formula": claims[0]}
        return {**told, "place": place}
    return None


def uses_of(sections: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Claim → the anchors of what rests on it, each with what a reader calls it.

    They go by chapter, its text before its exhibits, wherever these are printed.
    """
    uses: dict[str, dict[str, str]] = {}
    for section in sections:
        for block in section["blocks"]:
            anchor, words = section["id"], f"chapter {section['id'].partition('-')[0]}"
            if block.get("key"):
                anchor, words = anchor_of(block), f"Exhibit {block['number']}"
            parts = block.get("items", [block]) if block["kind"] != "list" else []
            for id in (id for part in parts for id in part.get("claims", [])):
                uses.setdefault(id, {})[anchor] = words

    def place(use: tuple[str, str]) -> list[int]:
        return [int(part) for part in re.findall(r"\d+", use[1])]

    return {id: dict(sorted(found.items(), key=place)) for id, found in uses.items()}
