"""What need not be done again: executed chapters, and whole editions.

A chapter's key is made of everything that it can depend on: its notebook, the modules that
a chapter can import, the dossier, the texts, its parameters, the lock, and the Python that
runs it. An edition's key is made of the command and of the code that a build reads; which
folders of data and texts it read is written down with what they held. Only hashes decide,
never times; what is found is the same bytes as what would be made.

This module imports nothing but the standard library, so that an edition that is up to date
is told so at once.
"""

from __future__ import annotations

import functools
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
CACHE = ROOT / "build" / ".cache" / "briefing"
#: How many executed chapters are kept, and how many of each other kind.
KEPT = 120
#: The part of the package that no chapter can import, but for how it is run.
_RENDER = NOTEBOOKS / "briefing" / "render"
_RUNNING = ("run.py", "warm.py", "kernels.py")
#: Endings of what a build is made from, besides the notebooks and the dossier.
_SOURCES = (".py", ".mplstyle", ".j2", ".css", ".typ")


def digest(parts: Iterable[bytes]) -> str:
    """One hash over several pieces, told apart by their lengths."""
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()


def files_digest(files: Iterable[Path], base: Path) -> str:
    """One hash over the names and the bytes of files."""
    named = sorted((os.path.relpath(path, base), path) for path in files)
    return digest(piece for name, path in named for piece in (name.encode(), path.read_bytes()))


def folder_digest(folder: Path | None) -> str:
    """One hash over all files of a folder; "" for none."""
    if folder is None or not folder.is_dir():
        return ""
    return files_digest((path for path in folder.rglob("*") if path.is_file()), folder)


def code_files() -> list[Path]:
    """The modules and templates that a build is made from, sorted: the one list of them."""
    return sorted(
        path
        for path in NOTEBOOKS.rglob("*")
        if path.suffix in _SOURCES
        and path.is_file()
        and not any(part[0] in "._" for part in path.relative_to(NOTEBOOKS).parts[:-1])
    )


def _machine() -> bytes:
    return f"{sys.version} {platform.platform()}".encode()


# Chapters ------------------------------------------------------------------------------


def surroundings(data: Path, texts: Path | None) -> str:
    """One hash over what all chapters of an edition share."""
    parts = [chapter_code(), folder_digest(data), folder_digest(texts)]
    return digest([*(part.encode() for part in parts), _machine()])


def chapter_code() -> str:
    """One hash over the modules that a chapter can import, how it is run, and the lock."""
    files = [path for path in code_files() if _RENDER not in path.parents or path.name in _RUNNING]
    return files_digest([*files, ROOT / "requirements.txt"], ROOT)


def chapter_key(notebook: Path, parameters: Mapping[str, Any], shared: str) -> str:
    """The key under which an executed chapter is kept."""
    told = json.dumps([notebook.name, parameters], sort_keys=True, default=str)
    return digest([notebook.read_bytes(), told.encode(), shared.encode()])


def kept(key: str) -> str | None:
    """An executed chapter as JSON, None where it is not kept."""
    return _entry(CACHE / "chapters" / key)


def keep(key: str, text: str) -> None:
    """Keep an executed chapter; the ones used longest ago make room."""
    _enter(CACHE / "chapters" / key, text)


def all_code() -> str:
    """One hash over every module and template, and the lock."""
    return files_digest([*code_files(), ROOT / "requirements.txt"], ROOT)


@functools.cache
def imported_code() -> str:
    """`all_code` as it was when this process first asked: what it has imported is of then."""
    return all_code()


# Entries of the cache --------------------------------------------------------------------


def _entry(path: Path) -> str | None:
    """The text of an entry, None where there is none or where it is not whole."""
    try:
        told, text = path.read_bytes().decode().split("\n", 1)
    except (OSError, ValueError):
        return None
    if told != digest([text.encode()]):
        return None
    os.utime(path)
    return text


def _enter(path: Path, text: str) -> None:
    """Write an entry; those of its folder that were used longest ago make room."""
    _write(path, f"{digest([text.encode()])}\n{text}")
    for entry in sorted(path.parent.glob("[!.]*"), key=_last_used, reverse=True)[KEPT:]:
        entry.unlink(missing_ok=True)


def _last_used(entry: Path) -> float:
    try:
        return entry.stat().st_mtime
    except FileNotFoundError:  # another build made room
        return 0.0


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new-{os.getpid()}-{threading.get_ident()}")
    aside.write_bytes(text.encode())
    aside.replace(path)


# Editions ------------------------------------------------------------------------------


def edition_key(command: Mapping[str, Any], out: Path) -> str:
    """The key of an edition: the command as given and where, and the code that a build reads."""
    imported_code()
    told = [*NOTEBOOKS.glob("*.ipynb"), *(NOTEBOOKS / "editions").glob("*")]
    parts = [
        json.dumps(command, sort_keys=True, default=str),
        str(Path.cwd()),
        str(out),
        all_code(),
        files_digest(told, ROOT),
    ]
    return digest([*(part.encode() for part in parts), _machine()])


def up_to_date(out: Path, key: str) -> bool:
    """Whether a folder holds the edition that a key names, to the byte."""
    try:
        recorded = json.loads(_record(out).read_text(encoding="utf-8"))
        # The key first: to hash what was read and made takes longer.
        return recorded["key"] == key and recorded == _state(
            out, key, held(map(Path, recorded["read"]))
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def record(out: Path, key: str, read: Mapping[str, str]) -> None:
    """Write down that a folder now holds the edition that a key names, made from what `held` says.

    Take `key` and `read` before the build, so that what changes meanwhile is seen next time.
    """
    _write(_record(out), json.dumps(_state(out, key, read)))


def held(folders: Iterable[Path]) -> dict[str, str]:
    """What each folder holds, as a hash by its path."""
    return {str(folder): folder_digest(folder) for folder in folders}


def _state(out: Path, key: str, read: Mapping[str, str]) -> dict[str, Any]:
    return {"key": key, "read": dict(read), "files": folder_digest(out)}


def _record(out: Path) -> Path:
    return CACHE / "editions" / f"{digest([str(out).encode()])}.json"
