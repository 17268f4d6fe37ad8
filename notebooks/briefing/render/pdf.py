"""The document as an accessible PDF, PDF/UA-1 and PDF/A-2a.

Here is done what needs a look across the document: which references into the evidence stand
after which number, how wide a table's columns are, whether links lead somewhere. What a page
looks like is said in templates/briefing.typ, which walks the same model. Typst gets it as JSON,
never as markup: there each sign that means something to Typst had to be escaped, in every place
anew. Nothing is read from the clock, the environment or the system's fonts.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime, time
from importlib.util import find_spec
from math import ceil
from operator import truediv
from pathlib import Path
from typing import Any, Literal

import typst

from ..errors import ChapterFailed
from ..report.blocks import VOICES, plain
from ..values.periods import first_day
from .document import Inlines, nodes
from .row_heads import with_row_heads

TEMPLATE = Path(__file__).parent / "templates" / "briefing.typ"
#: What Typst holds the document to; it refuses what would be neither.
STANDARDS: Any = ["ua-1", "a-2a"]
#: Dots an inch of the picture of the first page.
PICTURE = 100

#: The fonts that packages bring: where in them they lie. Only what we name is used: among
#: matplotlib's fonts is one that draws an empty box for every sign that there is.
_FONTS = {
    "matplotlib": "mpl-data/fonts/ttf/DejaVu*.ttf",
    "font_source_sans_pro": "files/*.otf",
    "font_source_serif_pro": "files/*.otf",
}
#: Signs of a quoted text that no text face holds; a box says that something stood there.
_PICTOGRAPHS = re.compile("[\U0001f000-\U0001faff]\ufe0f?")
_SENTENCE_END = re.compile(r"[.!?][\"”’')\]]*\s")
_NO_BREAK = "\N{NO-BREAK SPACE}"

#: How many references, single ones or runs, stand after a sentence or in a foot at the most.
_MOST_REFERENCES, _MOST_PLAIN = 4, 9
#: Characters that fit on a line of an annexed table (fewer of a larger one), those that the space
#: between columns takes, and those that a column becomes wider by at a time.
_LINE, _BETWEEN, _STEP = 134, 3, 2
#: A table of more rows, or of more characters, may break over pages.
_ROWS_TOGETHER, _CHARACTERS_TOGETHER = 14, 1800

#: Claim → the place of its entry in the evidence, and the entry's printed number.
Entries = dict[str, tuple[int, str]]


class PdfFailed(ChapterFailed, RuntimeError):
    """The document could not be set: what is wrong, and where."""


def pdf(document: Mapping[str, Any], *fronts: Literal["pdf", "png"]) -> list[bytes]:
    """The document as a tagged, archivable PDF, then its first page alone in each format asked for.

    `fronts` are "pdf", which holds to the same standards, or "png", a picture.

    The same document gives the same bytes; the PDF is dated `as_of`. Raises PdfFailed with the
    place where the document cannot be set: a link that leads nowhere, a chart that is not
    described, a skipped heading level, a sign that our fonts lack.
    """
    data = _PICTOGRAPHS.sub("▯", json.dumps(_laid_out(document), ensure_ascii=False))
    files: Any = {"main.typ": TEMPLATE.read_bytes(), "document.json": data.encode()}
    day = first_day(document["meta"]["as_of"][:10])
    dated = int(datetime.combine(day, time(), UTC).timestamp())
    with tempfile.TemporaryDirectory() as folder:
        compiler = typst.Compiler(font_paths=_fonts(Path(folder)))
        made: Any
        try:
            made, doubts = compiler.compile_with_warnings(
                files, format="pdf", pdf_standards=STANDARDS, timestamp=dated
            )
        except typst.TypstError as error:
            raise PdfFailed(_told(error, document)) from error
        if doubts:
            raise PdfFailed("\n".join(_told(doubt, document) for doubt in doubts))
        made, pages = with_row_heads(made)
        found = [made]
        for kind in fronts:
            held: Any = {"pdf_standards": STANDARDS, "timestamp": dated} if kind == "pdf" else {}
            held |= {"ppi": PICTURE} if kind == "png" else {}
            inputs = {"pages": f"{pages}"}
            page: Any = compiler.compile(files, format=kind, sys_inputs=inputs, **held)
            found.append(page[0] if isinstance(page, list) else page)
        return found


def _fonts(folder: Path) -> typst.Fonts:
    """The fonts that our packages bring, linked into a folder without importing the packages."""
    for package, pattern in _FONTS.items():
        spec = find_spec(package)
        found = sorted(Path(spec.origin).parent.glob(pattern)) if spec and spec.origin else []
        if not found:
            raise PdfFailed(f"the fonts of the package {package!r} are not installed")
        for font in found:
            (folder / font.name).symlink_to(font)
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


def _told(problem: typst.TypstError | typst.TypstWarning, document: Mapping[str, Any]) -> str:
    """A problem as Typst tells it, and where in the document stand the signs or link it names."""
    told = problem.diagnostic.strip() or problem.message
    for sign in re.findall(r'(?<=text `")[^"]+|(?<=label `<)[^>]+', told):
        for section in document["sections"]:
            texts = (it for node in nodes(section) for it in node.values() if isinstance(it, str))
            for text in filter(lambda it: sign in it, texts):
                told += f"\n{section['id']}: {text[max(text.index(sign) - 40, 0) :][:80]}"
    return told


# ---- What needs a look across the document ---------------------------------------------------


def _laid_out(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as the template walks it: with references, and how its tables are set."""
    sections = document["sections"]
    blocks = [block for section in sections for block in section["blocks"]]
    claims = [it for block in blocks if block["kind"] == "evidence" for it in block["entries"]]
    entries = {claim["id"]: (place, claim["label"]) for place, claim in enumerate(claims)}
    cells = (node for block in blocks for node in nodes(block.get("rows", [])))
    told = {node["text"] for node in cells if node.get("style") == "evidence"}
    return {
        "meta": document["meta"],
        "sections": [
            {**section, "blocks": [_block(block, entries, told) for block in section["blocks"]]}
            for section in sections
        ],
    }


def _block(block: Mapping[str, Any], entries: Entries, told: Set[str]) -> dict[str, Any]:
    """A block as the template prints it; evidence does not repeat what is `told` in a table."""
    kind = block["kind"]
    made = {key: it for key, it in block.items() if key not in ("csv", "code", "svg_narrow")}
    if kind == "paragraph":
        made["text"] = _referred(block["text"], entries)
        made["voice"] = VOICES.get(block["style"], "")
    elif kind == "list":
        made["items"] = [_referred(item, entries) for item in block["items"]]
    elif kind == "judgements":
        made["items"] = [
            {**it, "text": _referred(it["text"], entries), "voice": VOICES.get(it["voice"], "")}
            for it in block["items"]
        ]
    elif kind == "tiles":
        made["items"] = [
            {**it, "source": [*it["source"], _references(_known(it["claims"], entries), entries)]}
            for it in block["items"]
        ]
    elif kind == "table":
        made |= _table(block, entries)
    elif kind == "evidence":
        made["entries"] = [
            {**it, "statement": "" if it["phrase"] and it["statement"] in told else it["statement"]}
            for it in block["entries"]
        ]
    if kind in ("table", "chart"):
        # The foot names the evidence of the title, and of what a chart draws.
        rows = block.get("rows", [])
        shown = {claim for row in rows for cell in row for claim in _claims(cell)}
        drawn = [*block["claims"], *_claims(block["title"]), *_claims(block["subtitle"])]
        given = [claim for claim in _known(drawn, entries) if claim not in shown]
        made["foot"] = _referred(block["foot"], entries)
        if given:
            before = {"kind": "words", "text": " Evidence: " if block["foot"] else "Evidence: "}
            after = {"kind": "words", "text": "."}
            made["foot"] += [before, _references(given, entries, "plain"), after]
    return made


def _claims(text: Inlines) -> Iterator[str]:
    for inline in text:
        yield from inline.get("claims", [])


def _known(claims: Iterable[str], entries: Entries) -> list[str]:
    """The claims that have an entry, in the order of the entries."""
    return sorted({claim for claim in claims if claim in entries}, key=entries.__getitem__)


def _referred(text: Inlines, entries: Entries) -> Inlines:
    """Put one set of references at the end of each sentence, unless it repeats the one before."""
    made: list[Mapping[str, Any]] = []
    claims: list[str] = []
    last: list[str] = []

    def end() -> None:
        nonlocal claims, last
        given = _known(claims, entries)
        if given and given != last:
            made.append(_references(given, entries))
            last = given
        claims = []

    for inline in text:
        claims += inline.get("claims", [])
        said, place = inline.get("text", ""), 0
        for stop in _SENTENCE_END.finditer(said) if inline["kind"] == "words" else ():
            made.append({**inline, "text": said[place : stop.end() - 1]})
            end()
            place = stop.end() - 1
        made.append({**inline, "text": said[place:]} if place else inline)
    end()
    return made


def _references(claims: Sequence[str], entries: Entries, style: str = "") -> dict[str, Any]:
    """An inline that links each claim's entry; of three or more in a row the first and the last.

    Beside a number the first and the last stand for all where there are too many.
    """
    runs: list[list[str]] = []
    for claim in claims:
        if runs and entries[claim][0] == entries[runs[-1][-1]][0] + 1:
            runs[-1].append(claim)
        else:
            runs.append([claim])
    parts = [[run[:1] + run[-1:]] if len(run) > 2 else [[claim] for claim in run] for run in runs]
    shown = sum(parts, [])
    comma = ", "
    more = 0
    if len(shown) > (most := _MOST_PLAIN if style == "plain" else _MOST_REFERENCES):
        # What rests on very many claims would drown in its references: some stand for all, and
        # the evidence annex says of each entry where it is used.
        more = len(claims) - sum(len(run) for run in runs[: most - 1])
        shown = shown[: most - 1]
    if len(shown) <= 3 and style != "row":
        comma = f",{_NO_BREAK}"  # a few stay on one line; many must be able to break
    links = [
        ["–" if end else comma if place else "", entries[claim][1], f"c-{claim}"]
        for place, part in enumerate(shown)
        for end, claim in enumerate(part)
    ]
    if more:
        links.append([f"{_NO_BREAK}+{_NO_BREAK}", f"{more}", links[-1][2]])
    text = "".join(before + label for before, label, _ in links)
    return {"kind": "references", "style": style, "links": links, "text": text}


# ---- Tables ----------------------------------------------------------------------------------


def _table(block: Mapping[str, Any], entries: Entries) -> dict[str, Any]:
    """The columns and rows of a table, a row's references at its end, and how it is laid out."""
    columns, rows = list(block["columns"]), [list(row) for row in block["rows"]]
    given = [_known((id for cell in row for id in _claims(cell)), entries) for row in rows]
    if any(given):
        columns.append({"head": [{"kind": "words", "text": "Evidence"}], "figure": False})
        for row, claims in zip(rows, given, strict=True):
            row.append([_references(claims, entries, "row")] if claims else [])
    heads = [column["head"] for column in columns]
    cells = list(zip(heads, *rows, strict=True))
    widths = _widths(cells, _LINE if block.get("annex", True) else _LINE - 12)
    characters = sum(len(plain(cell)) for column in cells for cell in column)
    return {
        "columns": columns,
        "rows": rows,
        "widths": widths,
        "long": len(rows) >= _ROWS_TOGETHER or characters > _CHARACTERS_TOGETHER,
    }


def _widths(columns: Sequence[Sequence[Inlines]], line: int) -> list[int]:
    """The width of each column in characters: room goes where it makes the table lowest.

    A row is as high as its highest cell. No column is narrower than its longest word.
    """
    lengths = list(zip(*([_length(cell) for cell in column] for column in columns), strict=True))
    widths = [max(map(_longest_word, column)) + _BETWEEN for column in columns]

    def lines(place: int) -> float:
        """The height of the table were a column wider by a step, in lines."""
        tried = [width + _STEP * (place == at) - _BETWEEN for at, width in enumerate(widths)]
        return sum(max(map(truediv, row, tried)) for row in lengths)

    while sum(widths) < line:
        widths[min(range(len(widths)), key=lines)] += _STEP
    return widths


def _length(cell: Inlines) -> int:
    """The characters of a cell; references are set small."""
    small = sum(len(it["text"]) for it in cell if it["kind"] == "references")
    return len(plain(cell)) - round(small * 0.35)


def _longest_word(cell: Inlines) -> int:
    """The characters of the longest word of a cell; references are set small."""
    sizes = ((it, 0.7 if it["kind"] == "references" else 1) for it in cell)
    words = (len(word) * size for it, size in sizes for word in plain([it]).split(" "))
    return ceil(max(words, default=0))


def __getattr__(name: str) -> Any:
    # nbconvert asks for its exporter here; a PDF does without the seconds that it takes to load.
    if name == "BriefingPDF":
        from .exporters import BriefingPDF

        return BriefingPDF
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
