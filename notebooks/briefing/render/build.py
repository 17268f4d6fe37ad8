"""An edition built: its chapters executed, rendered, and put in place whole; two compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..report.parameters import EDITIONS
from . import store
from .edition import Edition, prepare
from .folders import out_folder, replaced_whole, restore
from .run import LIMIT, Step, execute_all

if TYPE_CHECKING:
    from .compare import Comparison

#: The folder in which editions are built, and comparisons below it.
BUILDS = store.ROOT / "build"
_FILES = ("briefing.html", "briefing.pdf")


def build(
    edition: Edition,
    out: Path,
    tell: Callable[[Step], None],
    front: bool = False,
    limit: int = LIMIT,
) -> Path:
    """Execute and render an edition into `out`, which is replaced whole or not at all.

    With `front` there is a picture of page one among the exhibits; no cell may run for more than
    `limit` seconds. Raises Refusal, before anything is written, where `out` is no folder that a
    build may replace.
    """
    out = out_folder(out, (edition.dossier.folder, edition.texts))
    shared = partial(store.shared_by_chapters, edition.dossier.folder, edition.texts)
    for name in _FILES:
        tell(Step(name, "waits"))
    with replaced_whole(out) as stage:
        # What renders takes a while to import: that passes while kernels work.
        load = partial(import_module, ".render", __package__)
        executed = execute_all(edition.notebooks, edition.values, tell, shared, limit, load)
        for name in _FILES:
            tell(Step(name, "runs"))
        load().render(edition, executed, stage, lambda name: tell(Step(name, "done")), front)
    return out


def build_asked(
    asked: Mapping[str, Any],
    out: Path,
    key: str,
    tell: Callable[[Step], None],
    front: bool = False,
    limit: int = LIMIT,
) -> None:
    """Build what `prepare` is asked for, and note in the store that `out` holds it under `key`."""
    edition = prepare(**asked)
    read = store.held(it.absolute() for it in (edition.dossier.folder, edition.texts) if it)
    build(edition, out, tell, front, limit)
    store.record(out, key, read)


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
    `data` and `texts` say what an edition is built from; `tell` hears what is built. Raises
    Refusal for what is neither, or for a folder whose build cannot be read, and ChapterFailed
    where a build breaks.
    """
    from .compare import compare_folders  # which a build has no use for
    from .compare_read import read_manifest

    folders: dict[str, Path] = {}
    for name in (old, new):
        is_name = Path(name).name == name
        is_build = (Path(name) / "manifest.json").is_file()
        if not is_name or (is_build and not (EDITIONS / f"{name}.yaml").is_file()):
            restore(Path(name))
            read_manifest(Path(name))  # its fault should not wait for an edition to be built
            folders[name] = Path(name)
    for name in {old: None, new: None}:
        folders[name] = folders.get(name) or _current(name, data, texts, tell)
    return compare_folders(folders[old], folders[new], old, new, BUILDS / "compare")


def _current(name: str, data: str | None, texts: str | None, tell: Callable[[str], None]) -> Path:
    """The folder of an edition, built anew where it is missing or not what a build now would be."""
    out = out_folder(BUILDS / name)
    restore(out)
    asked: dict[str, Any] = {"name": name, "pairs": [], "data": data, "texts": texts}
    key = store.edition_key(asked | {"only": None, "front": False}, out)
    if not store.current(out, key):
        tell(f"{name}: {'out of date' if out.exists() else 'not built yet'}; building it")

        def told(step: Step) -> None:
            if step.ended:
                tell(f"{name}: {step}")

        build_asked(asked, out, key, told)
    return out
