"""Executed chapters of an edition to its files: chapters, exhibits, HTML, PDF and manifest."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import fill
from typing import Any

from nbformat import NotebookNode, v4

from ..claims.check import verification
from ..claims.load import Dossier, load
from ..claims.strict import read_text
from ..claims.texts import folder_of, read_texts
from ..report.blocks import LANGUAGE, MIME, VOICES, abridged, plain
from ..report.parameters import PLACES, Parameter, declared, find_chapter, what_counts
from ..values.periods import Period
from . import linked
from .document import heading, numbers_of, sections_of, uses_of
from .edition import Edition, made_from, printed
from .evidence import evidence, listed, sources, told, untold
from .exporters import BriefingHTML, BriefingPDF
from .page_check import check_page

Document = dict[str, Any]
_SPACE = {"kind": "words", "text": " "}


def render(
    edition: Edition,
    executed: Mapping[str, NotebookNode],
    stage: Path,
    tell: Callable[[str], None],
    front: bool,
) -> None:
    """Write the files of an edition into `stage`; with `front` a picture of page one too.

    `tell` is told of the briefing's two files. Raises ChapterFailed where a chapter cannot be
    rendered.
    """
    texts = _texts(edition)
    document = _document(edition, executed, texts)
    document["meta"]["files"] = [*linked.FILES.items(), *edition.beside]
    resources = {"document": document, "fronts": ["pdf", *["png"] * front]}
    with ThreadPoolExecutor(max_workers=1) as beside:
        # Typst works outside Python: all else is made meanwhile.
        paper = beside.submit(BriefingPDF().from_notebook_node, v4.new_notebook(), resources)
        page, _ = BriefingHTML().from_notebook_node(v4.new_notebook(), resources)
        check_page(page)
        (stage / "briefing.html").write_text(page, encoding="utf-8")
        tell("briefing.html")
        (stage / "chapters").mkdir()
        for name, notebook in executed.items():
            text = v4.writes(notebook) + "\n"
            (stage / "chapters" / f"{name}.ipynb").write_text(text, encoding="utf-8")
        (stage / "exhibits").mkdir()
        for name, content in _exhibits(executed):
            (stage / name).write_bytes(content)
        manifest = _manifest(edition, executed, document)
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (stage / "manifest.json").write_text(text + "\n", encoding="utf-8")
        found = (manifest["numbers"], manifest["verdicts"])
        told = (document["meta"], listed(document["sections"]), *found)
        for name, lines in linked.files(edition.dossier, texts, *told):
            with (stage / name).open("w", encoding="utf-8") as file:
                file.writelines(lines)
        pdf, made = paper.result()
    in_words = summary(document)
    (stage / "briefing.pdf").write_bytes(pdf)
    fronts = dict(zip(resources["fronts"], made["fronts"], strict=True))
    (stage / "page-one.pdf").write_bytes(fronts["pdf"])
    if front:
        from ..report.pictures import told_png  # matplotlib, which nothing else here needs

        said = {"Title": document["meta"]["title"], "Description": in_words}
        (stage / "exhibits/page-one.png").write_bytes(told_png(fronts["png"], said))
    (stage / "summary.txt").write_text(in_words, encoding="utf-8")
    tell("briefing.pdf")


def summary(document: Document) -> str:
    """Page one as plain text, for forwarding: what it says, without what it draws."""
    meta = document["meta"]
    lines = [
        meta["title"],
        meta["subtitle"],
        f"As of {meta['as_of_text']}, edition {meta['edition']}",
    ]
    for block in document["sections"][0]["blocks"]:
        match block["kind"]:
            case "paragraph":
                lines.append(plain(block["text"]))
            case "judgements":
                for number, item in enumerate(block["items"], start=1):
                    voice = VOICES.get(item["voice"], "")
                    lines.append(f"{number}. {voice}{': ' if voice else ''}{plain(item['text'])}")
            case "tiles":
                for item in block["items"]:
                    figure = plain([*item["figure"], _SPACE, *item["what"]])
                    note = f"; {plain(item['note'])}" if item["note"] else ""
                    lines.append(f"* {figure}{note} {plain(item['source'])}".rstrip())
    return "\n\n".join(fill(line, 78, break_on_hyphens=False) for line in lines) + "\n"


def _document(
    edition: Edition, executed: Mapping[str, NotebookNode], texts: Mapping[str, str]
) -> Document:
    """What is printed: the chapters' sections, then the annexes of the edition."""
    sections = sections_of(executed)
    annexes = [_parameters(edition), evidence(edition.dossier, texts, uses_of(sections))]
    sections += annexes
    return {"meta": _meta(edition, sections), "sections": sections}


def _texts(edition: Edition) -> dict[str, str]:
    rows = edition.dossier.tables["articles"].rows
    return read_texts(edition.texts, rows) if edition.texts else {}


def document_of(notebook: NotebookNode, name: str) -> Document:
    """The document of one executed chapter, for who has nothing but its notebook.

    Which dossier it is about, and with what parameters, is read from the notebook itself.
    """
    parameters = {item.name: item for item in declared(find_chapter(name))}
    values = {key: item.default for key, item in parameters.items()}
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            for node in ast.parse(cell.source).body:
                values[node.targets[0].id] = ast.literal_eval(node.value)
    dossier = load(values["data"])
    texts = folder_of(values["texts"], dossier.folder)
    counted = what_counts(dossier, values)
    edition = Edition(name, [find_chapter(name)], parameters, values, counted, texts)
    return _document(edition, {name: notebook}, _texts(edition))


def _published(executed: Mapping[str, NotebookNode]) -> Iterator[tuple[str, dict, dict]]:
    """Chapter, block and the other faces of everything that was published, in order."""
    for name, notebook in executed.items():
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if MIME in output.get("data", {}):
                    yield name, output["data"][MIME], output["data"]


def _exhibits(executed: Mapping[str, NotebookNode]) -> Iterator[tuple[str, bytes]]:
    """The files of the exhibits, by their path in an edition."""
    for _, block, faces in _published(executed):
        if "key" in block:
            yield f"exhibits/{block['key']}.csv", block["csv"].encode()
        if block["kind"] == "chart":
            yield f"exhibits/{block['key']}.svg", faces["image/svg+xml"].encode()
            yield f"exhibits/{block['key']}.png", b64decode(faces["image/png"])


# What belongs to the edition --------------------------------------------------------------


def _meta(edition: Edition, sections: list[dict[str, Any]]) -> dict[str, Any]:
    """Title, date and stamp of the briefing, and what it is to machines."""
    package = json.loads(read_text(edition.dossier.folder / "datapackage.json", "data package"))
    title, _, subtitle = package["title"].partition(": ")
    as_of = edition.dossier.as_of
    counted = [
        article.short if article.short == article.genre else f"{article.short} ({article.genre})"
        for article in edition.dossier.articles.values()
    ]
    stamp = [["Articles", "; ".join(abridged(counted, str))]]
    if seen := _record_date(edition.dossier):
        stamp.append(["Record as of", seen])
    if changed := [
        f"{name} {printed(value)}"
        for name, value in sorted(edition.changed.items())
        if name not in PLACES
    ]:
        stamp.append(["Not as by default", "; ".join(changed)])
    meta = {
        "title": title,
        "subtitle": subtitle[:1].upper() + subtitle[1:],
        "description": " ".join([f"{package['title']}.", _lead(sections)]).strip(),
        "as_of": as_of.end,
        "as_of_text": as_of.text(),
        "language": LANGUAGE,
        "author": next((who["title"] for who in package.get("contributors", [])), title),
        "edition": edition.name,
        "grey": edition.values.get("palette") == "grey",
        "stamp": stamp,
        "sources": list(sources(edition.dossier)),
        "files": [],
    }
    told = linked.report(edition.dossier, package, meta, listed(sections))
    return {**meta, "linked": told}


def _lead(sections: list[dict[str, Any]]) -> str:
    """The first thing that a briefing says, "" where it says nothing."""
    for block in sections[0]["blocks"]:
        if block["kind"] in ("paragraph", "judgements"):
            return " ".join(plain(block.get("text") or block["items"][0]["text"]).split())
    return ""


def _record_date(dossier: Dossier) -> str:
    """The latest day that the record itself was of, as a reader sees it; "" without a record."""
    if dossier.record is None:
        return ""
    rows = [*dossier.tables["sources"].rows, *dossier.tables["figures"].rows]
    dates = [row.get("vintage") or row.get("page_date", "") for row in rows]
    full = [date for date in dates if re.fullmatch(r"\d{4}-\d\d-\d\d", date)]
    return Period(max(full), max(full)).text() if full else ""


def _parameters(edition: Edition) -> dict[str, Any]:
    """The annex that says which parameters this edition was made with."""

    def words(text: str, style: str = "") -> list[dict[str, str]]:
        return [{"kind": "words", "text": text, "style": style}]

    def default(name: str, item: Parameter) -> list[dict[str, str]]:
        if name not in edition.changed:
            return words("yes")
        return words("no", "strong") + words(", which is ") + words(printed(item.default), "stamp")

    heads = ("Parameter", "Value", "Default", "Meaning")
    table = {
        "kind": "table",
        "title": words("Parameters of this edition"),
        "columns": [{"head": words(head), "figure": False} for head in heads],
        "rows": [
            [
                words(name, "stamp"),
                words(printed(edition.values[name]), "stamp"),
                default(name, item),
                words(item.meaning, "stamp"),
            ]
            for name, item in edition.parameters.items()
            if name not in PLACES
        ],
    }
    table |= dict.fromkeys(("key", "number", "csv", "code"), "")
    table |= dict.fromkeys(("subtitle", "foot", "claims"), [])
    intro = (
        f"Edition {edition.name}; {verification(edition.dossier, edition.texts)}. The parameters "
        "that it was made with; each chapter declares its own."
    )
    paragraph = {"kind": "paragraph", "style": "", "text": words(intro, "stamp"), "claims": []}
    blocks = [heading("edition-parameters", "This edition"), paragraph, table]
    return {"id": "edition", "part": "annex", "blocks": blocks, "further": []}


def _manifest(
    edition: Edition, executed: Mapping[str, NotebookNode], document: Document
) -> dict[str, Any]:
    """Everything that a program may ask of an edition; its drawings are files beside it."""
    blocks = [(name, block) for name, block, _ in _published(executed)]
    exhibits = [
        {
            "key": block["key"],
            "number": block["number"],
            "kind": block["kind"],
            "title": plain(block["title"]),
            "subtitle": plain(block["subtitle"]),
            "alt": block.get("alt", ""),
            "claims": block["claims"],
            "files": [
                f"exhibits/{block['key']}.{kind}"
                for kind in (("svg", "png", "csv") if block["kind"] == "chart" else ("csv",))
            ],
        }
        for _, block in blocks
        if "key" in block
    ]
    sentences = [
        {"chapter": name, "text": plain(block["text"])}
        for name, block in blocks
        if block["kind"] in ("paragraph", "judgement")
    ]
    chapters = (it for it in document["sections"] if it["id"] != "evidence")
    verdicts = [made for _, block in blocks for made in block.get("verdicts", [])]
    return {
        "edition": edition.name,
        "as_of": edition.dossier.as_of.end,
        **made_from(edition),
        "claims": told(edition.dossier),
        "exhibits": exhibits,
        "numbers": numbers_of(document["sections"]),
        "sentences": sentences,
        "verdicts": verdicts,
        "untold": untold(edition.dossier, uses_of(chapters)),
        "document": {
            "meta": document["meta"],
            "sections": [
                {**section, "blocks": [_undrawn(block) for block in section["blocks"]]}
                for section in document["sections"]
            ],
        },
    }


def _undrawn(block: dict[str, Any]) -> dict[str, Any]:
    """A block with the hash of its drawing in place of the drawing."""
    if block["kind"] != "chart":
        return block
    rest = {name: part for name, part in block.items() if name not in ("svg", "svg_narrow")}
    return {**rest, "drawing": hashlib.sha256(block["svg"].encode()).hexdigest()}
