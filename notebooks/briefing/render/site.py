"""A folder for any static host: the default edition, the others beside it, and what they rest on.

Always made without the texts, whatever lies where: what a site shows, anybody may copy. The pages
of a site are those that a build and a comparison make; here they are only put together, with the
data, the exhibits and a feed of corrections.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup, escape

from ..claims.load import Dossier, load
from ..claims.package import read_package
from ..report.blocks import LANGUAGE
from . import store
from .build import BUILDS, build
from .compare import compare_folders
from .compare_read import read_manifest
from .edition import prepare
from .folders import out_folder, replaced_whole
from .html import framed
from .run import Step

_FEED, _DATA, _NOTES = "corrections.xml", "data/datapackage.json", "changes.txt"
_ROOT = "default"
Package = dict[str, Any]


def site(
    out: str | Path | None,
    data: str | None,
    editions: Sequence[str],
    address: str,
    tell: Callable[[Step], None],
    since: Path | None = None,
) -> Path:
    """Make a site in `out` (build/site by default), which is replaced whole or not at all.

    `editions` stand beside the default one, each compared with it: all that there are, where
    none is named. `address` is where the site will stand, "" where nobody knows. What changed
    `since` a site or a build that was published is told in full and, in changes.txt, in short.
    Raises Refusal where `out` is no folder that a site may replace, `since` none that can be
    compared, or an edition cannot be made.
    """
    dossier = load(data)
    folder = out_folder(BUILDS / "site" if out is None else out, (dossier.folder,))
    others = [name for name in dict.fromkeys(editions or store.editions()) if name != _ROOT]
    made = {name: prepare(name, [], data, "") for name in (_ROOT, *others)}
    links = [(f"edition {name}", f"{name}/") for name in others]
    links += [(f"what {name} changes", f"compare/{_ROOT}--{name}.html") for name in others]
    if since:
        read_manifest(since)  # its fault should not wait for the editions
        links.append(
            ("what changed since the last publication", f"compare/published--{_ROOT}.html")
        )
    links += [("data", _DATA), ("corrections", _FEED)]
    made[_ROOT] = replace(made[_ROOT], beside=tuple(links))
    with replaced_whole(folder) as stage:
        for name, edition in made.items():
            tell(Step(name, "runs"))
            build(edition, stage / name, lambda step: None, front=name == _ROOT)
            shutil.copyfile(stage / name / "briefing.html", stage / name / "index.html")
            tell(Step(name, "done"))
        for name in others:
            compare_folders(stage / _ROOT, stage / name, _ROOT, name, stage / "compare")
        if since:
            found = compare_folders(since, stage / _ROOT, "published", _ROOT, stage / "compare")
            told_in_full = f"In full: {address}compare/{found.page.name}"
            notes = "\n\n".join([*found.lines, told_in_full])
            (stage / _NOTES).write_text(notes + "\n", encoding="utf-8")
        for path in (stage / _ROOT).iterdir():
            path.rename(stage / path.name)
        (stage / _ROOT).rmdir()
        package = read_package(dossier.folder)
        _copy_data(dossier, package, stage / "data")
        (stage / _FEED).write_text(_feed(dossier, package, address), encoding="utf-8")
        (stage / "404.html").write_text(_missing(dossier, package, address), encoding="utf-8")
        # What a later site may replace.
        manifest = stage / "manifest.json"
        told = json.loads(manifest.read_text(encoding="utf-8"))
        told["site"] = sorted(
            path.relative_to(stage).as_posix() for path in stage.rglob("*") if path.is_file()
        )
        text = json.dumps(told, ensure_ascii=False, indent=1)
        manifest.write_text(text + "\n", encoding="utf-8")
    return folder


def _copy_data(dossier: Dossier, package: Package, to: Path) -> None:
    """What the data package describes, and what is beside it; never a text."""
    names = [resource["path"] for resource in package["resources"]]
    for name in (*names, "datapackage.json", "verified.json", "README.md"):
        if (dossier.folder / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(dossier.folder / name, to / name)


def _feed(dossier: Dossier, package: Package, address: str) -> str:
    """The corrections as an Atom feed, the latest first."""
    rows = dossier.tables["corrections"].rows
    rows = sorted(rows, key=lambda row: row["date"], reverse=True)
    whole = package.get("id") or f"urn:uuid:{uuid5(NAMESPACE_URL, package['name'])}"
    entry = Markup(
        "<entry><id>urn:uuid:{}</id><title>{}</title><updated>{}T00:00:00Z</updated>"
        "<content>{}</content></entry>\n"
    )
    entries = [
        entry.format(
            uuid5(
                NAMESPACE_URL,
                " ".join([whole, *(row[it] for it in ("table", "id", "column", "date"))]),
            ),
            f"{row['table']}.csv, {row['id']}: " + (row["column"] or "removed"),
            row["date"],
            f"{row['reason']} It was: {row['was'] or 'empty'}",
        )
        for row in rows
    ]
    author = next((who["title"] for who in package.get("contributors", ())), package["title"])
    latest = rows[0]["date"] if rows else package.get("created", "1970-01-01")[:10]
    own = Markup('<link rel="self" href="{}{}"/>').format(address, _FEED) if address else ""
    return Markup(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{}">\n<id>{}</id>\n'
        "<title>Corrections: {}</title>\n<updated>{}T00:00:00Z</updated>\n"
        "<author><name>{}</name></author>\n{}\n{}</feed>\n"
    ).format(LANGUAGE, whole, package["title"], latest, author, own, Markup("").join(entries))


def _missing(dossier: Dossier, package: Package, address: str) -> str:
    """The page that stands for those that are not there."""
    said = escape("Nothing stands at this address; the briefing stands at the top of this site.")
    link = Markup('<p><a href="{}">The briefing</a></p>').format(address) if address else ""
    return framed(
        "page.html.j2", {}, title=package["title"], subtitle="No such page", description=said,
        as_of=dossier.as_of.end, as_of_text=dossier.as_of.text(), edition=_ROOT, stamp=[],
        body=Markup("<p>{}</p>\n{}").format(said, link),
    )  # fmt: skip
