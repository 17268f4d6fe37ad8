"""Folders that a build fills, replaces or removes: which ones it may touch, and how.

Only what this program made is ever replaced or removed; everything else is refused before
anything is written. Here too is the swap that puts an edition in place whole, and its repair
where a build was killed between its two renames. Made necessary by an `--out .` that took a
whole checkout away. Nothing but the standard library is imported: `make clean` runs this file
before anything is installed.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NoReturn

if __package__:
    from ..errors import Fault, Refusal

#: What the page and the data of a comparison, and the page of a sweep, name as their maker.
GENERATOR, SWEEP = "briefing: a comparison", "briefing: a sweep"
ROOT = Path(__file__).resolve().parents[3]
#: What tools leave in a folder that somebody looked into; no work of anybody's.
_LITTER = {".ipynb_checkpoints", ".DS_Store"}
#: How something is named that takes a place, or has given it up, and by which process.
_ASIDE = re.compile(r"\.(?P<of>.+)\.(?P<what>new|old)-(?P<pid>\d+)(-\d+)?")
#: What a build writes besides chapters and exhibits, which its manifest names.
_FILES = {"briefing.html", "briefing.pdf", "page-one.pdf", "summary.txt", "manifest.json"}
_LINKED = ("claims.jsonld", "annotations.jsonld", "provenance.jsonld")
_FILES |= {"exhibits/page-one.png", *_LINKED}


def out_folder(given: str | Path, keep: Iterable[Path | None] = ()) -> Path:
    """The folder, all links followed, that `given` names and that an edition may become.

    Raises Refusal for the current folder, the checkout, one of `keep` or a folder above any of
    these, for a folder inside one of `keep`, and for what exists and is neither an empty folder
    nor a build of ours.
    """

    def refuse(expected: str) -> NoReturn:
        raise Refusal([Fault("--out", str(given), f"{expected}; name a new or an empty folder")])

    if not str(given):
        refuse("a folder is to be named")
    try:
        out = Path(given).resolve()
        kept = [folder.resolve() for folder in keep if folder]
        there = [path for path in (out, *out.parents) if os.path.lexists(path)]
        if files := [path for path in there if not path.is_dir()]:
            refuse(f"{files[0]} is no folder")
        for folder in (Path.cwd().resolve(), ROOT, *kept):
            # By whatever spelling: on some disks case does not matter.
            if out in there and any(map(out.samefile, (folder, *folder.parents))):
                refuse(f"{folder} is that folder, or lies in it")
        if inside := [folder for folder in kept if any(map(folder.samefile, there))]:
            refuse(f"it lies in {inside[0]}, which a build reads")
        if foreign := _foreign(out):
            refuse(f"it holds {foreign}, which no build of this program made")
    except (OSError, RuntimeError, ValueError) as error:  # no access, links in a ring, a NUL
        refuse(getattr(error, "strerror", None) or str(error))
    return out


def _edition(folder: Path) -> tuple[str, set[str]]:
    """Of a build its edition and the files that it made, as its manifest says; else nothing."""
    try:
        told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        made = {file for exhibit in told["exhibits"] for file in exhibit["files"]}
        made |= {f"chapters/{Path(name).name}" for name in told["inputs"] if ".ipynb" in name}
        # The first page of a site names all that stands in it.
        return str(told["edition"]), made | _FILES | {*told.get("site", ())}
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return "", set()


def _foreign(folder: Path) -> str:
    """Something in a folder that no build made there, "" where there is nothing."""
    edition, made = _edition(folder)
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        passed = _LITTER & {*name.parts} or (path.is_dir() and not path.is_symlink())
        if not (edition and passed) and name.as_posix() not in made:
            return name.as_posix()
    return ""


def sweep_folder(given: str | Path) -> Path:
    """The folder, all links followed, that a sweep fills with an edition a folder, and its page.

    Raises Refusal for what exists and holds anything but builds and the files of a sweep.
    """
    out = Path(given).resolve()
    if out.exists() and not sweep_of_ours(out):
        expected = "it is not empty, and no sweep of this program; name a new or an empty folder"
        raise Refusal([Fault("--out", str(given), expected)])
    return out


def sweep_of_ours(folder: Path) -> bool:
    """Whether a folder holds nothing but editions that were built here, and their page."""

    def ours(path: Path) -> bool:
        if path.is_symlink():
            return False
        if _ASIDE.fullmatch(path.name) or path.name in _LITTER:
            return True
        page = path.name == "index.html" and _names(path, SWEEP)
        return page or path.name == "figures.csv" or (path.is_dir() and not _foreign(path))

    return folder.is_dir() and not folder.is_symlink() and all(map(ours, folder.iterdir()))


# The swap ------------------------------------------------------------------------------


@contextmanager
def replaced_whole(out: Path) -> Iterator[Path]:
    """A folder to fill; it takes the place of `out` only when all went well."""
    restore(out)
    stage, old = (out.with_name(f".{out.name}.{what}-{os.getpid()}") for what in ("new", "old"))
    try:
        stage.mkdir(parents=True)
    except OSError as error:
        raise Refusal([Fault("--out", str(out), error.strerror or str(error))]) from None
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


def restore(out: Path) -> None:
    """Put back an edition whose build was killed in the swap, and remove what such builds left.

    Beside an edition in build/ that is done for all that lie there, elsewhere for `out` alone.
    What a build that still runs is at work on stays.
    """
    for path in sorted(out.parent.glob(".*")):
        aside = _ASIDE.fullmatch(path.name)
        ours = aside and (aside["of"] == out.name or out.parent == ROOT / "build")
        if not (aside and ours) or path.is_symlink() or not path.is_dir():
            continue
        of, pid = out.with_name(aside["of"]), int(aside["pid"])
        # Our own has not begun to write: it is that of a dead one with the same id.
        if pid != os.getpid() and runs(pid):
            continue
        if aside["what"] == "old" and not of.exists():
            path.rename(of)
        else:
            shutil.rmtree(path, ignore_errors=True)


@cache
def workplace() -> None:
    """Have what is temporary put where the next start removes what a kill leaves."""
    if "multiprocessing.util" in sys.modules:  # others are at work here, and put theirs where it is
        return
    for left in Path(tempfile.gettempdir()).glob("briefing-[0-9]*-*"):
        pid = left.name.split("-")[1]
        if pid.isdigit() and not runs(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
    own = tempfile.mkdtemp(prefix=f"briefing-{os.getpid()}-")
    tempfile.tempdir = os.environ["TMPDIR"] = own
    # At the very end: the pool, which is started after this, removes its own before that.
    atexit.register(shutil.rmtree, own, ignore_errors=True)


def runs(pid: int) -> bool:
    """Whether a process lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def publish(build: Path, folder: Path) -> Path:
    """Replace a folder by what readers need of a build; return it, all links followed.

    Raises Refusal for a folder that holds anything but a briefing and its exhibits.
    """
    folder = folder.resolve()
    for path in [folder, *sorted(folder.rglob("*"))] if folder.exists() else ():
        name = path.relative_to(folder).as_posix()
        exhibit = path.parent == folder / "exhibits" and path.suffix in (".svg", ".png", ".csv")
        folders = name in (".", "exhibits") and path.is_dir()
        if not (folders or name in _FILES or exhibit or path.name in _LITTER):
            expected = "it is filled anew; only a briefing and its exhibits may stand in it"
            raise Refusal([Fault(str(path), path.name, expected)])
    with replaced_whole(folder) as stage:
        for name in ("briefing.html", "briefing.pdf", *_LINKED):
            shutil.copyfile(build / name, stage / name)
        shutil.copytree(build / "exhibits", stage / "exhibits")
    return folder


# Cleaning ------------------------------------------------------------------------------


def clean(build: Path) -> list[str]:
    """Remove from build/ what this program made there; return what it left, as lines.

    A build stands under its edition's name; under any other it is somebody's copy, and stays.
    """
    left: list[str] = []
    if not build.is_dir() or build.is_symlink():
        return left
    compare = build / "compare"
    for path in compare.glob("*") if not compare.is_symlink() else ():
        if comparison_of_ours(path):
            path.unlink()
    for path in sorted(build.iterdir()):
        if not _made_here(path):
            left.append(f"left as it is, since it was not made here: {path}")
        elif path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
    if not left:
        build.rmdir()
    return left


def _made_here(path: Path) -> bool:
    if path.is_symlink():
        return False
    if path.is_file():
        return path.name in ("bench.json", *_LITTER)
    if path.name == "compare":
        return not any(path.iterdir())
    if path.name == "sweep":
        return all(map(sweep_of_ours, path.iterdir()))
    if aside := _ASIDE.fullmatch(path.name):
        return not runs(int(aside["pid"]))
    if path.name in (".cache", *_LITTER):
        return True
    edition, _ = _edition(path)
    named = path.name in (edition, "figures", "site") or path.name.startswith(f"{edition}-")
    return bool(edition) and named and not _foreign(path)


def comparison_of_ours(path: Path) -> bool:
    """Whether a file is the page or the data of a comparison, as it says itself."""
    return _names(path, GENERATOR)


def _names(path: Path, maker: str) -> bool:
    """Whether a file is one that names its maker."""
    ours = path.is_file() and not path.is_symlink()
    return ours and maker in path.read_text(encoding="utf-8", errors="replace")


if __name__ == "__main__":  # by make clean, with any Python
    for line in clean(ROOT / "build"):
        print(line)
