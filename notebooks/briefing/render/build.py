"""An edition built: its chapters executed, rendered, and put in place whole; two compared."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Refusal
from ..report.saving import EDITIONS
from . import cache
from .edition import ROOT, Edition, made_from, prepare
from .folders import out_folder, replaced_whole, restore
from .run import execute_all
from .warm import Nursery

if TYPE_CHECKING:
    from .compare import Comparison

#: The folder in which editions are built, and comparisons below it.
BUILDS = ROOT / "build"


def build(
    edition: Edition,
    out: Path,
    tell: Callable[[str], None],
    front: bool = False,
    nursery: Nursery | None = None,
) -> Path:
    """Execute and render an edition into `out`, which is replaced whole or not at all.

    With `front` there is a picture of page one among the exhibits. A `nursery` that was started
    before has kernels ready; without one there is one for this build. Raises Refusal, before
    anything is written, where `out` is no folder that a build may replace.
    """
    out = out_folder(out, (edition.dossier.folder, edition.texts))
    shared = partial(cache.surroundings, edition.dossier.folder, edition.texts)
    with (
        replaced_whole(out) as stage,
        nullcontext(nursery) if nursery else Nursery() as warm,
        ThreadPoolExecutor(max_workers=1) as beside,
    ):
        # What renders takes a while to import: that passes while kernels work.
        rendering = beside.submit(import_module, ".render", __package__)
        executed = execute_all(edition.notebooks, edition.values, tell, warm, shared)
        rendering.result().render(edition, executed, stage, tell, front)
    return out


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

    folders = {}
    for name in (old, new):
        is_name = Path(name).name == name
        is_build = (Path(name) / "manifest.json").is_file()
        if is_name and ((EDITIONS / f"{name}.yaml").is_file() or not is_build):
            continue
        restore(Path(name))
        read_manifest(Path(name))  # its fault should not wait for an edition to be built
        folders[name] = Path(name)
    for name in dict.fromkeys((old, new)):
        if name not in folders:
            folders[name] = _current(prepare(name, [], data, texts), tell)
    return compare_folders(folders[old], folders[new], old, new, BUILDS / "compare")


def _current(edition: Edition, tell: Callable[[str], None]) -> Path:
    """The folder of an edition, built anew where it is missing or stale."""
    folder = BUILDS / edition.name
    restore(folder)
    if reason := _stale(edition, folder):
        tell(f"{edition.name}: {reason}; building it")
        build(edition, folder, lambda step: tell(f"{edition.name}: {step}"))
    return folder


def _stale(edition: Edition, folder: Path) -> str:
    """Why a build is not what a build now would be, or ""."""
    from .compare_read import read_manifest

    try:
        manifest = read_manifest(folder)
    except Refusal:
        return "not built yet"
    for what, now in made_from(edition).items():
        then = manifest[what]
        if differ := sorted(name for name in {**then, **now} if then.get(name) != now.get(name)):
            return f"built from other {what} ({', '.join(differ[:3])}{' …' * (len(differ) > 3)})"
    return ""
