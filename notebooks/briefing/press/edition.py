"""One edition: a set of parameters, executed, rendered and put in place whole."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import yaml

from ..chapter.chapter import what_counts
from ..chapter.parameters import (
    NOTEBOOKS,
    Parameter,
    chapters,
    every_parameter,
    find_chapter,
    from_text,
    served,
    validated,
)
from ..chapter.saving import EDITIONS, PLACES
from ..dossier.check import RECORD, text_faults, verification
from ..dossier.load import Dossier, load
from ..dossier.schema import read_text
from ..dossier.texts import folder_of, read_texts
from ..dossier.verdicts import verdicts
from ..faults import Fault, Refusal, nearest
from . import cache, evidence
from .document import Document, document
from .gate import hold_to_promises
from .page import page
from .paper import for_paper
from .pdf import typeset
from .run import execute_all
from .warm import Nursery

ROOT = NOTEBOOKS.parent
#: Packages whose version can change what a reader sees; the manifest names them.
PACKAGES = (
    "jupyterlab",
    "pandas",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
    "typst",
    "pypandoc-binary",
)


@dataclass(frozen=True)
class Edition:
    """What is to be built: a name, every parameter's value, and what is counted."""

    name: str
    notebooks: list[Path]
    parameters: dict[str, Parameter]
    values: dict[str, Any]
    dossier: Dossier
    texts: Path | None

    @property
    def changed(self) -> dict[str, Any]:
        """The values that are not the default."""
        return {
            name: value
            for name, value in self.values.items()
            if value != self.parameters[name].default
        }


def edition_file(name: str) -> dict[str, Any]:
    """The parameters that an edition sets. Raises Refusal, naming the line that is wrong."""
    path = EDITIONS / f"{name}.yaml"
    if not path.is_file():
        known = sorted(file.stem for file in EDITIONS.glob("*.yaml"))
        raise Refusal([Fault("edition", name, f"there is no such edition; {nearest(name, known)}")])
    try:
        values = yaml.load(read_text(path, "edition"), Loader=_NamesOnce)  # a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise Refusal(f"edition {path.name}{line}: {problem}") from None
    if values is not None and not isinstance(values, dict):
        raise Refusal(f"edition {path.name}: lines of the form NAME: VALUE are expected")
    return values or {}


class _NamesOnce(yaml.SafeLoader):
    """YAML whose mappings name each key once: a second value would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        named: set[str] = set()
        for key, _ in node.value:
            if key.value in named:
                problem = f"{key.value} stands there twice; keep one of them"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            named.add(key.value)
        return super().construct_mapping(node, deep)


def settings(pairs: list[str], parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """`NAME=VALUE` pairs of a command line as typed values. Raises Refusal."""
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise Refusal(f"--set {pair}: the form NAME=VALUE is expected, as in year=2023")
        values[name] = from_text(parameters[name], text) if name in parameters else text
    return values


def prepare(
    name: str, pairs: list[str], data: str | None, texts: str | None, only: str | None = None
) -> Edition:
    """Check everything that can be checked before a kernel starts. Raises Refusal."""
    import findings

    notebooks = [find_chapter(only)] if only else chapters()
    given = edition_file(name)
    settled = [*given, *(pair.partition("=")[0] for pair in pairs)]
    parameters = every_parameter(chapters(), settled)
    # By itself first, so that a fault of the file names the file.
    validated(parameters, given, origin=f"edition {name}.yaml, parameter")
    chosen = {**given, **settings(pairs, parameters)}
    places = {"data": data and str(Path(data).resolve()), "texts": texts}
    chosen |= {key: value for key, value in places.items() if value is not None}
    if chosen.get("texts"):
        chosen["texts"] = str(Path(chosen["texts"]).resolve())
    values = validated(parameters, chosen)
    dossier = load(values["data"])
    served(parameters, values, findings.ALLOWED, dossier)
    folder = folder_of(values["texts"], dossier.folder)
    if folder:
        held = read_texts(folder, dossier.tables["articles"].rows)
        if faults := text_faults(dossier, held):
            raise Refusal(faults)
    dossier = what_counts(dossier, values)
    verdicts(dossier)  # a check that has lost its record is refused before a kernel starts
    return Edition(name, notebooks, parameters, values, dossier, folder)


def build(
    edition: Edition,
    out: Path,
    tell: Callable[[str], None],
    front: bool = False,
    nursery: Nursery | None = None,
) -> Path:
    """Execute and render an edition into `out`, which is replaced whole or not at all.

    With `front` there is a picture of page one among the exhibits. A `nursery` that was started
    before has kernels ready; without one there is one for this build.
    """
    shared = partial(cache.surroundings, edition.dossier.folder, edition.texts)
    with replaced_whole(out) as stage, nullcontext(nursery) if nursery else Nursery() as warm:
        executed = execute_all(edition.notebooks, edition.values, tell, warm, shared)
        briefing = document(executed)
        _write_chapters(stage, executed)
        _write_exhibits(stage, briefing)
        body, snippets = _with_evidence(edition, briefing)
        meta = _meta(edition)
        charts = {f"{key}.svg": svg for key, svg in briefing.charts.items()}
        sheet = for_paper(body)
        # Pandoc and Typst work outside Python: the page is made meanwhile.
        with ThreadPoolExecutor(max_workers=1) as beside:
            setting = beside.submit(typeset, sheet, charts, meta, picture=front)
            html = page(body, briefing.charts, meta, snippets)
            hold_to_promises(html)
            (stage / "briefing.html").write_text(html, encoding="utf-8")
            tell("briefing.html")
            paper, picture = setting.result()
        (stage / "briefing.pdf").write_bytes(paper)
        if front:
            (stage / "exhibits" / "page-one.png").write_bytes(picture)
        tell("briefing.pdf")
        manifest = _manifest(edition, briefing)
        (stage / "manifest.json").write_text(manifest, encoding="utf-8")
    return out


@contextmanager
def replaced_whole(out: Path):
    """A folder to fill; it takes the place of `out` only when all went well."""
    out.parent.mkdir(parents=True, exist_ok=True)
    stage = out.with_name(f".{out.name}.new-{os.getpid()}")
    old = out.with_name(f".{out.name}.old-{os.getpid()}")
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    try:
        yield stage
        if out.exists():
            out.rename(old)
        stage.rename(out)
    finally:
        if old.exists() and not out.exists():
            old.rename(out)
        shutil.rmtree(stage, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


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


def _with_evidence(edition: Edition, briefing: Document) -> tuple[str, dict[str, str]]:
    """The body with its annexes, and the snippets that numbers open."""
    claims = evidence.ordered(edition.dossier)
    rows = edition.dossier.tables["articles"].rows
    texts = read_texts(edition.texts, rows) if edition.texts else {}
    snippets = evidence.snippets(edition.dossier, claims, texts)
    annex = evidence.annex(edition.dossier, claims, snippets, briefing.uses)
    return "\n".join([briefing.body, _own_annex(edition), annex]), snippets


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


def made_from(edition: Edition) -> dict[str, dict[str, Any]]:
    """What a manifest records of what an edition is made from: parameters, inputs, packages."""
    # Where the data and the texts lie says nothing of what is in them: their hashes do.
    parameters = {name: value for name, value in edition.values.items() if name not in PLACES}
    packages = {name: version(name) for name in PACKAGES}
    return {"parameters": parameters, "inputs": _inputs(edition), "packages": packages}


def _inputs(edition: Edition) -> dict[str, str]:
    """SHA-256 of every file that the edition is made from, by its path in the repository."""
    folder = edition.dossier.folder
    tables = sorted(folder.rglob("*.csv"))
    files = {f"data/{path.relative_to(folder).as_posix()}": path for path in tables}
    # Numerals and paragraphs are told as the last check recorded them.
    described = [folder / name for name in ("datapackage.json", RECORD)]
    files |= {f"data/{path.name}": path for path in described if path.is_file()}
    code = [*edition.notebooks, *NOTEBOOKS.glob("*.py"), *(NOTEBOOKS / "briefing").rglob("*.*")]
    for path in sorted(code):
        if path.suffix in (".py", ".ipynb", ".j2", ".css", ".lua", ".typ", ".mplstyle"):
            files[str(path.relative_to(ROOT))] = path
    files["requirements.txt"] = ROOT / "requirements.txt"
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
