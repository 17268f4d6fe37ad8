"""What need not be made again: executed chapters, how long they took, and whole editions.

All is kept under a hash of everything that it can depend on: only hashes decide, never times,
and what is found is the same bytes as what would be made. Here is the one list of what an
edition is made from, and the one answer to whether a build is what a build now would be. Made
necessary by a chapter cache, an edition cache and a comparison that each answered it otherwise.
Only the standard library is imported: an edition that is up to date is told so at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).resolve().parents[2]
ROOT = NOTEBOOKS.parent
STORE = ROOT / "build" / ".cache" / "briefing"
#: How many entries are kept.
KEPT = 200
#: The part of the package that no chapter can import, but for how it is run.
_RENDER = NOTEBOOKS / "briefing" / "render"
_RUNNING = ("run.py", "pool.py", "preload.py")
#: Endings of what a build is made from, besides the notebooks and the dossier.
_SOURCES = (".py", ".mplstyle", ".j2", ".css", ".typ")


def kept(key: str) -> str | None:
    """The text of an entry, None where there is none or where it is not whole."""
    path = STORE / key
    try:
        told, text = path.read_bytes().decode().split("\n", 1)
    except (OSError, ValueError):
        return None
    if told != digest(text):
        return None
    os.utime(path)
    return text


def keep(key: str, text: str) -> None:
    """Keep a text; the entries used longest ago make room."""
    STORE.mkdir(parents=True, exist_ok=True)
    aside = STORE / f".{key}.new-{os.getpid()}-{threading.get_ident()}"
    aside.write_bytes(f"{digest(text)}\n{text}".encode())
    aside.replace(STORE / key)
    for entry in sorted(STORE.glob("[!.]*"), key=_last_used, reverse=True)[KEPT:]:
        entry.unlink(missing_ok=True)


def _last_used(entry: Path) -> float:
    try:
        return entry.stat().st_mtime
    except FileNotFoundError:  # another build made room
        return 0.0


def digest(*parts: str | bytes) -> str:
    """One hash over several pieces, told apart by their lengths."""
    hashed = hashlib.sha256()
    for part in parts:
        part = part.encode() if isinstance(part, str) else part
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()


# What an edition is made from ----------------------------------------------------------------


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
    files = (it for it in code_files() if _RENDER not in it.parents or it.name in _RUNNING)
    return digest(_files(files, ROOT), _machine())


def shared_by_chapters(data: Path, texts: Path | None) -> str:
    """One hash over what all chapters of an edition depend on."""
    return digest(chapter_code(), folder(data), folder(texts))


def chapter_key(notebook: Path, parameters: Mapping[str, Any], shared: str) -> str:
    """The key of an executed chapter."""
    told = json.dumps([notebook.name, parameters], sort_keys=True, default=str)
    return digest(notebook.read_bytes(), told, shared)


def edition_key(command: Mapping[str, Any], out: Path) -> str:
    """The key of an edition: the command as given, where, and all code that a build reads."""
    files = [*code_files(), *NOTEBOOKS.glob("*.ipynb"), *(NOTEBOOKS / "editions").glob("*")]
    told = json.dumps([command, str(Path.cwd()), str(out)], sort_keys=True, default=str)
    return digest(told, _files(files, ROOT), _machine())


def folder(path: Path | None) -> str:
    """One hash over all files of a folder; "" for none."""
    if path is None or not path.is_dir():
        return ""
    return _files((file for file in path.rglob("*") if file.is_file()), path)


def _files(files: Iterable[Path], base: Path) -> str:
    named = sorted((os.path.relpath(path, base), path) for path in files)
    return digest(*(piece for name, path in named for piece in (name, path.read_bytes())))


def _machine() -> str:
    places = {Path(path) for path in sys.path if path.endswith("-packages")}
    packages = sorted(it.name for place in places for it in place.glob("*.dist-info"))
    return "\n".join([sys.version, platform.platform(), *packages])


# Whether a build is what a build now would be ---------------------------------------------------


def record(out: Path, key: str, read: Mapping[str, str]) -> None:
    """Note that `out` holds the edition of `key`, made from folders that held what `read` says.

    Take both before the build, so that what changes meanwhile is seen next time.
    """
    keep(digest(str(out)), json.dumps([key, dict(read), folder(out)]))


def current(out: Path, key: str) -> bool:
    """Whether `out` holds, to the byte, what a build under `key` would make now."""
    noted = json.loads(kept(digest(str(out))) or "null")
    # The key first: to hash what was read and made takes longer.
    return bool(noted) and noted[0] == key and noted == [key, held(noted[1]), folder(out)]


def held(folders: Iterable[str | Path]) -> dict[str, str]:
    """What each folder holds, as a hash by its path."""
    return {str(path): folder(Path(path)) for path in folders}
