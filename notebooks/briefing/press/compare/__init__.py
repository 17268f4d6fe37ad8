"""Two builds compared: what changed between them, and what that means.

A build is read from its folder, so that nothing but a missing or stale edition is executed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...faults import Fault, Refusal
from ..build import build
from ..edition import EDITIONS, ROOT, Edition, edition_file, made_from, prepare
from ..folders import comparison_of_ours, restore
from .built import MANIFEST, Built, read_built, read_manifest
from .changes import changes
from .exhibits import plain
from .listing import listing
from .report import report
from .summary import summary

#: Folder in which editions are built, and comparisons below it.
BUILDS = ROOT / "build"


@dataclass(frozen=True)
class Comparison:
    """A comparison that was made: its page, its JSON, and its three lines in plain words."""

    page: Path
    data: Path
    lines: list[str]


def compare(
    old: str,
    new: str,
    tell: Callable[[str], None],
    data: str | None = None,
    texts: str | None = None,
) -> Comparison:
    """Compare two builds and write the comparison to build/compare/.

    Each is the name of an edition, which is built first where its build is missing or stale,
    or a folder that holds a build, which is taken as it is; a name that is both is the edition.
    ``data`` and ``texts`` say what an edition is built from; ``tell`` hears what is built.
    Raises Refusal for what is neither, or for a folder whose build cannot be read, and
    ChapterFailed where a build breaks.
    """
    editions = {name: prepare(name, [], data, texts) for name in (old, new) if _is_edition(name)}
    # A folder is read before an edition is built: its fault should not wait for that.
    folders = {name: read_built(Path(name), name) for name in (old, new) if name not in editions}
    for name, edition in editions.items():
        folders[name] = _current(edition, tell)
    return written(folders[old], folders[new], BUILDS / "compare")


def _is_edition(name: str) -> bool:
    """Whether a name is an edition's; raises Refusal where it is no folder either."""
    if Path(name).name == name and (EDITIONS / f"{name}.yaml").is_file():
        return True
    if Path(name).name != name or (Path(name) / MANIFEST).is_file():
        return False
    return bool(edition_file(name))


def _current(edition: Edition, tell: Callable[[str], None]) -> Built:
    """The build of an edition, made anew where it is missing or stale."""
    folder = BUILDS / edition.name
    restore(folder)
    if reason := _stale(edition, folder):
        tell(f"{edition.name}: {reason}; building it")
        build(edition, folder, lambda step: tell(f"{edition.name}: {step}"))
    return read_built(folder, edition.name)


def _stale(edition: Edition, folder: Path) -> str:
    """Why a build is not what a build now would be, or ""."""
    try:
        manifest = read_manifest(folder)
    except Refusal:
        return "not built yet"
    for what, now in made_from(edition).items():
        then = getattr(manifest, what)
        if differ := sorted(name for name in {**then, **now} if then.get(name) != now.get(name)):
            return f"built from other {what} ({', '.join(differ[:3])}{' …' * (len(differ) > 3)})"
    return ""


def written(old: Built, new: Built, folder: Path) -> Comparison:
    """Write the comparison of two builds into a folder; a file is put in place whole.

    Raises Refusal where a file of that name is there and is no comparison.
    """
    found = changes(old, new)
    stem = f"{_stem(old.name)}--{_stem(new.name)}"
    texts = {folder / f"{stem}.html": report(found), folder / f"{stem}.json": listing(found)}
    for path in texts:
        if os.path.lexists(path) and not comparison_of_ours(path):
            expected = "it is no comparison of this program, and stays as it is; move it away"
            raise Refusal([Fault(str(path), "", expected)])
    folder.mkdir(parents=True, exist_ok=True)
    aside = {path: path.with_name(f".{path.name}.new-{os.getpid()}") for path in texts}
    try:
        for path, text in texts.items():
            aside[path].write_text(text, encoding="utf-8")
        for path in texts:
            aside[path].replace(path)
    finally:
        for path in aside.values():
            path.unlink(missing_ok=True)
    return Comparison(*texts, [plain(line) for line in summary(found)])


def _stem(name: str) -> str:
    """A build's name as a part of a file's name."""
    return re.sub(r"[^\w.]+", "-", name).strip("-.") or "here"
