"""Executed chapters of an edition to its files: chapters, exhibits, HTML, PDF and manifest."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat

from ..chapter.parameters import Parameter
from ..chapter.saving import PLACES
from ..dossier.check import verification
from ..dossier.schema import read_text
from ..dossier.texts import read_texts
from . import document, evidence, pdf
from .cache import remembered
from .document import Document
from .edition import Edition, made_from
from .gate import hold_to_promises
from .page import page
from .paper import for_paper


def rehearse() -> None:
    """Do at leisure once what the first chapter would have to wait for."""
    document.rehearse()
    pdf.rehearse()


def render(
    edition: Edition,
    executed: Mapping[str, nbformat.NotebookNode],
    stage: Path,
    tell: Callable[[str], None],
    front: bool,
) -> None:
    """Write the files of an edition into `stage`; with `front` a picture of page one too.

    `tell` is told of the briefing's two files. Raises ChapterFailed where a chapter cannot be
    rendered.
    """
    briefing = document.document(executed, remembered)
    sections, snippets = _with_evidence(edition, briefing)
    meta = _meta(edition)
    charts = {f"{key}.svg": svg for key, svg in briefing.charts.items()}
    texts = pdf.source(for_paper(sections, remembered), charts, meta, remembered)
    with TemporaryDirectory(prefix="press-") as folder, ThreadPoolExecutor(max_workers=1) as beside:
        pdf.lay_out(texts, Path(folder))
        # Typst works outside Python: all else is made meanwhile.
        setting = beside.submit(pdf.typeset, Path(folder), meta["as_of"], front, remembered)
        html = page(sections, briefing.charts, meta, snippets, remembered)
        hold_to_promises(html)
        (stage / "briefing.html").write_text(html, encoding="utf-8")
        tell("briefing.html")
        _write_chapters(stage, executed)
        _write_exhibits(stage, briefing)
        manifest = _manifest(edition, briefing)
        (stage / "manifest.json").write_text(manifest, encoding="utf-8")
        paper, picture = setting.result()
    (stage / "briefing.pdf").write_bytes(paper)
    if front:
        (stage / "exhibits" / "page-one.png").write_bytes(picture)
    tell("briefing.pdf")


def _write_chapters(stage: Path, executed: Mapping[str, nbformat.NotebookNode]) -> None:
    folder = stage / "chapters"
    folder.mkdir()
    for name, notebook in executed.items():
        nbformat.write(notebook, folder / f"{name}.ipynb")


def _write_exhibits(stage: Path, briefing: Document) -> None:
    folder = stage / "exhibits"
    folder.mkdir()
    for record in briefing.exhibits:
        (folder / f"{record['key']}.csv").write_text(record["csv"], encoding="utf-8")
        if record["kind"] == "chart":
            (folder / f"{record['key']}.svg").write_text(record["svg_alone"], encoding="utf-8")
            (folder / f"{record['key']}.png").write_bytes(base64.b64decode(record["png"]))


def _with_evidence(edition: Edition, briefing: Document) -> tuple[list[str], dict[str, str]]:
    """The sections of the body with its annexes, and the snippets that numbers open."""
    claims = evidence.ordered(edition.dossier)
    rows = edition.dossier.tables["articles"].rows
    texts = read_texts(edition.texts, rows) if edition.texts else {}
    snippets = evidence.snippets(edition.dossier, claims, texts)
    annex = evidence.annex(edition.dossier, claims, snippets, briefing.uses)
    return [*briefing.sections, _own_annex(edition), annex], snippets


def _own_annex(edition: Edition) -> str:
    """The annex that says which parameters this edition was made with."""
    rows = "\n".join(
        f'<tr><th scope="row"><span class="stamp">{name}</span></th>'
        f'<td><span class="stamp">{escape(_written(edition.values[name]))}</span></td>'
        f"<td>{_default_of(item, name in edition.changed)}</td>"
        f'<td><span class="stamp">{escape(item.meaning)}</span></td></tr>'
        for name, item in edition.parameters.items()
        if name not in PLACES
    )
    heads = "".join(
        f'<th scope="col">{head}</th>' for head in ("Parameter", "Value", "Default", "Meaning")
    )
    caption = '<caption class="visually-hidden">Parameters of this edition</caption>'
    return (
        '<section class="annex" id="edition">\n<h2 id="edition-parameters">This edition</h2>\n'
        "<p>The parameters that it was made with; each chapter declares its own.</p>\n"
        f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>\n</section>"
    )


def _default_of(item: Parameter, changed: bool) -> str:
    """Whether a parameter stands at its default; the default itself where it does not."""
    if not changed:
        return "yes"
    return (
        f'<strong>no</strong>, which is <span class="stamp">{escape(_written(item.default))}</span>'
    )


def _meta(edition: Edition) -> dict[str, Any]:
    """Title, date and stamp of the briefing, for the page and the PDF."""
    package = json.loads(read_text(edition.dossier.folder / "datapackage.json", "data package"))
    title, _, subtitle = package["title"].partition(": ")
    as_of = edition.dossier.as_of
    return {
        "title": title,
        "subtitle": subtitle[:1].upper() + subtitle[1:],
        "description": package["description"],
        "as_of": as_of.end,
        "as_of_text": as_of.text(),
        "language": "en",
        "author": next((who["title"] for who in package.get("contributors", [])), title),
        "edition": edition.name,
        "grey": edition.values.get("palette") == "grey",
        "stamp": _stamp(edition),
    }


def _stamp(edition: Edition) -> list[list[str]]:
    counted = "; ".join(
        article.short if article.short == article.genre else f"{article.short} ({article.genre})"
        for article in edition.dossier.articles.values()
    )
    stamp = [
        ["Edition", edition.name],
        ["Articles", counted],
        ["Check", verification(edition.dossier, edition.texts)],
    ]
    changed = [
        f"{name} {_written(value)}"
        for name, value in sorted(edition.changed.items())
        if name not in PLACES
    ]
    return [*stamp, ["Not as by default", "; ".join(changed)]] if changed else stamp


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "all"
    return str(value).lower() if isinstance(value, bool) else str(value) or "none"


def _manifest(edition: Edition, briefing: Document) -> str:
    exhibits = [
        {
            "key": record["key"],
            "number": record["number"],
            "kind": record["kind"],
            "title": record["title_text"],
            "subtitle": record["subtitle_text"],
            "alt": record.get("alt", ""),
            "claims": record["claims"],
            "files": [
                f"exhibits/{record['key']}.{kind}"
                for kind in (("svg", "png", "csv") if record["kind"] == "chart" else ("csv",))
            ],
        }
        for record in briefing.exhibits
    ]
    manifest = {
        "edition": edition.name,
        "as_of": edition.dossier.as_of.end,
        **made_from(edition),
        "claims": evidence.told(edition.dossier),
        "exhibits": exhibits,
        "numbers": briefing.numbers,
        "sentences": briefing.sentences,
        "verdicts": briefing.verdicts,
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
