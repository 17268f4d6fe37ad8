"""What need not be made again: executed chapters, and whole editions.

Kept under a hash of all that it can depend on, never a time, it is the same bytes as what would
be made. Here are the one list of what an edition is made from and the one answer to whether a
build is what a build now would be; two caches and a comparison once answered it each otherwise.
Only the standard library is imported: an edition that is current is told so at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .folders import runs

NOTEBOOKS = Path(__file__).resolve().parents[2]
ROOT = NOTEBOOKS.parent
STORE = ROOT / "build" / ".cache" / "briefing"
#: Bytes that entries may take together; what is small, such as what an edition was made from,
#: always stays: a sweep of hundreds of editions goes on where it was.
KEPT, SMALL = 400 * 2**20, 4096
#: What a chapter runs on in the part of the package that no chapter can import.
_RUNNING = ("run.py", "pool.py", "preload.py")
#: Endings of what a build is made from, besides the notebooks and the dossier.
_SOURCES = (".py", ".mplstyle", ".j2", ".css", ".typ")


def kept(key: str) -> str | None:
    """The text of an entry, None where there is none or where it is not whole."""
    try:
        told, text = (STORE / key).read_bytes().decode().split("\n", 1)
        os.utime(STORE / key)
    except (OSError, ValueError):
        return None
    return text if told == digest(text) else None


def keep(key: str, text: str) -> None:
    """Keep a text where that can be; the entries used longest ago make room."""
    # Nobody may write there, the disk is full, or another build makes room at the same time.
    with suppress(OSError):
        STORE.mkdir(parents=True, exist_ok=True)
        write_whole(STORE / key, f"{digest(text)}\n{text}")
        room = KEPT
        for entry in sorted(STORE.glob("[!.]*"), key=os.path.getmtime, reverse=True):
            if (size := entry.stat().st_size) > SMALL and (room := room - size) < 0:
                entry.unlink()


def write_whole(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all; what the dead left of such goes."""
    for left in path.parent.glob(".*.new-*-*"):
        if (pid := left.name.split("-")[-2]).isdigit() and not runs(int(pid)):
            left.unlink(missing_ok=True)
    aside = path.with_name(f".{path.name}.new-{os.getpid()}-{threading.get_ident()}")
    try:
        aside.write_bytes(text.encode())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def digest(*parts: str | bytes) -> str:
    """One hash over several pieces, told apart by their lengths."""
    pieces = [part.encode() if isinstance(part, str) else part for part in parts]
    return hashlib.sha256(b"".join(b"%d:%b" % (len(it), it) for it in pieces)).hexdigest()


def editions() -> list[str]:
    """The names of the editions that can be built, sorted."""
    return sorted(path.stem for path in (NOTEBOOKS / "editions").glob("*.yaml") if path.is_file())


def code_files() -> list[Path]:
    """The modules and templates that a build is made from, and the lock, sorted."""
    return sorted(
        path
        for path in [*NOTEBOOKS.rglob("*"), ROOT / "requirements.txt"]
        if (path.suffix in _SOURCES or path.parent == ROOT)
        and path.is_file()
        and not any(part[0] in "._" for part in path.relative_to(ROOT).parts[:-1])
    )


def chapter_code() -> str:
    """One hash over all that a chapter can import, how it is run, and what is installed."""
    render = NOTEBOOKS / "briefing" / "render"
    files = [it for it in code_files() if render not in it.parents or it.name in _RUNNING]
    return digest(_files(files, ROOT), _machine())


def shared_by_chapters(data: Path, texts: Path | None) -> str:
    """One hash over what all chapters of an edition depend on."""
    return digest(chapter_code(), *held(filter(None, (data, texts))).values())


def chapter_key(notebook: Path, parameters: Mapping[str, Any], shared: str) -> str:
    """The key of an executed chapter; one that names another may run its cells."""
    told = json.dumps([notebook.name, parameters], sort_keys=True, default=str)
    text, others = notebook.read_bytes(), sorted(notebook.parent.glob("[0-9]*.ipynb"))
    named = (it.read_bytes() for it in others if it != notebook and it.stem.encode() in text)
    return digest(text, *named, told, shared)


def edition_key(command: Mapping[str, Any], out: Path) -> str:
    """The key of an edition: the command as given, where, and all code that a build reads."""
    files = [*code_files(), *NOTEBOOKS.glob("[0-9]*-*.ipynb"), *(NOTEBOOKS / "editions").glob("*")]
    told = json.dumps([command, str(Path.cwd()), str(out)], sort_keys=True, default=str)
    return digest(told, _files(files, ROOT), _machine())


def held(folders: Iterable[str | Path]) -> dict[str, str]:
    """What each folder holds, as a hash by its path."""
    return {str(folder): _files(Path(folder).rglob("*"), Path(folder)) for folder in folders}


def _files(files: Iterable[Path], base: Path) -> str:
    named = sorted((os.path.relpath(path, base), path) for path in files if path.is_file())
    return digest(*(piece for name, path in named for piece in (name, path.read_bytes())))


def _machine() -> str:
    places = {Path(path) for path in sys.path if path.endswith("-packages")}
    packages = sorted(it.name for place in places for it in place.glob("*.dist-info"))
    return "\n".join([sys.version, platform.platform(), *packages])


def record(out: Path, key: str, read: Mapping[str, str]) -> None:
    """Note that `out` holds the edition of `key`, made from what `held` said before the build."""
    keep(digest(str(out)), json.dumps([key, {**read, **held([out])}]))


def current(out: Path, key: str) -> bool:
    """Whether `out` holds, to the byte, what a build under `key` would make now."""
    then, folders = json.loads(kept(digest(str(out))) or '["", {}]')
    return then == key and held(folders) == folders
