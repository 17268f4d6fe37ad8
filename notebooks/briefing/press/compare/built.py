"""A built edition read back from its folder: its manifest and its executed chapters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from nbconvert.filters import markdown2html
from pydantic import TypeAdapter, ValidationError

from ...chapter import MIME
from ...dossier.schema import read_text
from ...faults import ChapterFailed, Fault, Refusal
from ..document import records_of

MANIFEST = "manifest.json"
_AGAIN = "build it again, with `make briefing`"


@dataclass(frozen=True)
class Number:
    """A published number as the manifest lists it; ``place`` is an anchor of the page."""

    text: str
    low: str | None
    high: str | None
    unit: str
    claims: tuple[str, ...]
    formula: str
    place: str


@dataclass(frozen=True)
class Told:
    """What a claim states, which source states it, and what it is about."""

    source: str
    statement: str
    about: str


@dataclass(frozen=True)
class Manifest:
    """What a comparison reads of manifest.json; older ones do not describe the claims."""

    edition: str
    as_of: str
    parameters: dict[str, Any]
    inputs: dict[str, str]
    packages: dict[str, str]
    numbers: list[Number]
    claims: dict[str, Told] = field(default_factory=dict)


@dataclass(frozen=True)
class Passage:
    """A sentence that a chapter says, or a block of its Markdown."""

    chapter: str
    kind: str  #: "prose", "judgement", or "text" for Markdown
    html: str
    text: str

    @property
    def name(self) -> str:
        """The strong word that a key judgement begins with, or ""."""
        lead = BeautifulSoup(self.html, "html.parser").strong
        return lead.get_text().strip(" .:") if lead and self.kind == "judgement" else ""


@dataclass(frozen=True)
class Built:
    """A build: its name in the comparison, its manifest, what it says and what it shows."""

    name: str
    manifest: Manifest
    passages: list[Passage]
    exhibits: dict[str, dict]  #: key → record of a chart or a table, in order

    @cached_property
    def anchors(self) -> dict[str, str]:
        """The anchor of each exhibit on the page → its key."""
        return {
            f"exhibit-{record['number'].replace('.', '-')}": key
            for key, record in self.exhibits.items()
        }

    @property
    def chapters(self) -> dict[str, str]:
        """Each chapter and its title, in order."""
        titles = {passage.chapter: passage.chapter for passage in reversed(self.passages)}
        for passage in reversed(self.passages):
            if passage.kind == "text":
                titles[passage.chapter] = passage.text
        return dict(sorted(titles.items()))


def read_built(folder: Path, name: str) -> Built:
    """The build in a folder. Raises Refusal where it is none, or not whole."""
    manifest = read_manifest(folder)
    paths = sorted((folder / "chapters").glob("*.ipynb"))
    if not paths:
        place = str(folder / "chapters")
        raise Refusal([Fault(place, "", f"a build keeps its executed chapters there; {_AGAIN}")])
    passages: list[Passage] = []
    exhibits: dict[str, dict] = {}
    for path in paths:
        notebook = _notebook(path)
        records = _records(path, notebook)
        exhibits |= {record["key"]: record for record in records if "key" in record}
        # A chapter that has nothing to say is no part of the briefing, questions and all.
        passages += _passages(path.stem, notebook) if records else ()
    return Built(name, manifest, passages, exhibits)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a build. Raises Refusal, naming what is missing or where it is broken."""
    path = folder / MANIFEST
    if not path.is_file():
        expected = "a folder that stands for an edition holds the manifest of its build"
        raise Refusal([Fault(str(path), "", expected)])
    try:
        return TypeAdapter(Manifest).validate_json(read_text(path, "manifest"))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        stands = f", {place}" if place else ""
        raise Refusal(f"{path}{stands}: {first['msg']}; {_AGAIN}") from None


def _notebook(path: Path) -> nbformat.NotebookNode:
    text = read_text(path, "chapter")
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    # What is no notebook is converted before it is validated, and breaks in any of these ways.
    except (ValueError, LookupError, TypeError, AttributeError, nbformat.ValidationError):
        raise Refusal(f"{path}: is no notebook of format 4; {_AGAIN}") from None
    return notebook


def _records(path: Path, notebook: nbformat.NotebookNode) -> list[dict]:
    try:
        return list(records_of(path.stem, notebook))
    except ChapterFailed as error:
        raise Refusal(f"{path.parent}: {error}; {_AGAIN}") from None


def _passages(chapter: str, notebook: nbformat.NotebookNode) -> Iterator[Passage]:
    """Everything that a chapter says, in order."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for html in _blocks(cell.source):
                text = BeautifulSoup(html, "html.parser").get_text()
                yield Passage(chapter, "text", html, text)
            continue
        for output in cell.get("outputs", []):
            record = output.get("data", {}).get(MIME, {})
            if "text" in record:
                yield Passage(chapter, record["kind"], record["html"], record["text"])


def _blocks(markdown: str) -> Iterator[str]:
    """The inside of each heading, paragraph and entry of a list."""
    soup = BeautifulSoup(markdown2html(markdown), "html.parser")
    for link in soup.select("a.anchor-link"):
        link.decompose()
    for block in soup.find_all(re.compile(r"^(h[1-6]|p|li|t[hd])$")):
        if not block.find(["p", "li"]):
            yield block.decode_contents().strip()
