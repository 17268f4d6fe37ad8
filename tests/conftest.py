"""What several tests need: the invented dossier to spoil, the real texts, and a browser."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from briefing.render import store
from briefing.render.build import build
from briefing.render.edition import prepare

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# What is started behind a shell's "&" or by nohup is deaf to these, and so would be what it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# A slow machine is no fault of what is tested.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

INVENTED = Path(__file__).resolve().parent / "dossier"
ROOT = INVENTED.parent.parent


def surroundings(**more: str) -> dict[str, str]:
    """The environment without what an outer make, git hook or Jupyter has put there."""
    inherited = ("MAKE", "MFLAGS", "GIT_", "TEXTS", "DATA", "EDITION", "SET", "ARGS", "JUPYTER")
    names = [k for k in os.environ if k not in ("N", "A", "B") and not k.startswith(inherited)]
    return {name: os.environ[name] for name in names} | more


def run(*command: str, cwd: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command in such surroundings, and with more of its own."""
    return subprocess.run(
        command, cwd=cwd, env=surroundings(**more), capture_output=True, text=True, timeout=120
    )


def house_in(folder: Path, *more: str) -> Path:
    """A copy of what a build needs, and more of the repository, so that nothing here is changed."""
    unwanted = shutil.ignore_patterns("texts", "__pycache__", ".ipynb_checkpoints")
    for name in ("notebooks", "data", *more):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def cases(name: str) -> list[list[str]]:
    """The cases of a table in cases/, whose first line says what each column holds."""
    with (INVENTED.parent / "cases" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@pytest.fixture(scope="session", autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Find nothing that was made before, and keep nothing: tests patch the code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "STORE", tmp_path_factory.mktemp("store"))
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default edition, built without texts, once for all tests that only read it."""
    out = tmp_path_factory.mktemp("build") / "default"
    return build(prepare("default", [], None, ""), out, lambda step: None)


@pytest.fixture(scope="session")
def wire_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition of far fewer claims, built without texts."""
    out = tmp_path_factory.mktemp("build") / "wire-only"
    return build(prepare("wire-only", [], None, ""), out, lambda step: None)


@pytest.fixture
def dossier_folder(tmp_path: Path) -> Path:
    """A copy of the invented dossier, its texts in texts/, without the record of a check."""
    copy = shutil.copytree(INVENTED, tmp_path / "dossier")
    (copy / "verified.json").unlink()
    return copy


@pytest.fixture
def change(dossier_folder: Path) -> Callable[..., None]:
    """Change cells of one row of the copy, named by its key; without cells, drop the row."""
    return partial(spoil, dossier_folder)


def spoil(folder: Path, table: str, key: str, /, **cells: str) -> None:
    """Change cells of one row of a table, named by its key; without cells, drop the row."""

    def spoilt(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        places = [(next(iter(r.values())), r.get("id"), f"{r.get('article')} {r.get('start')}")
                  for r in rows]  # fmt: skip
        (at,) = (index for index, named in enumerate(places) if key in named)
        assert set(cells) <= set(rows[at])
        return [*rows[:at], *([rows[at] | cells] if cells else []), *rows[at + 1 :]]

    rewrite(folder / f"{table}.csv", spoilt)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(path: Path, edit: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    """Write a table anew with other rows."""
    rows = rows_of(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(edit(rows))


@pytest.fixture
def without_column(dossier_folder: Path) -> tuple[Path, dict[str, list[dict[str, str]]]]:
    """The invented dossier before its third article was coded, and that article's rows."""
    taken = {}
    for name in ("articles", "quantities", "events", "assessments", "set_aside"):
        path, key = dossier_folder / f"{name}.csv", "id" if name == "articles" else "article"
        taken[name] = [row for row in rows_of(path) if row[key] == "column"]
        rewrite(path, lambda held, key=key: [row for row in held if row[key] != "column"])
    mine = {row["id"] for table in taken.values() for row in table if "id" in row}
    told = dossier_folder / "disagreements.csv"
    taken["disagreements"] = [row for row in rows_of(told) if mine & set(row["claims"].split())]
    rewrite(told, lambda held: [row for row in held if not mine & set(row["claims"].split())])
    return dossier_folder, taken


@pytest.fixture(scope="session")
def real_texts() -> Path:
    """The folder with the texts of the real dossier, which are no part of the repository."""
    given = os.environ.get("BRIEFING_TEXTS")
    if not given:
        pytest.skip("needs the texts of the articles: BRIEFING_TEXTS=DIR, or make test TEXTS=DIR")
    folder = Path(given)
    assert folder.is_dir(), f"BRIEFING_TEXTS names {folder}, which is no folder"
    return folder


CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The Chromium that is installed; Playwright brings none, and none is fetched."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    return found or pytest.skip(f"needs a browser; none of {', '.join(CHROMIUM)} is installed")


# Closed after each file: while Playwright runs, its event loop is the thread's own.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless Chromium, in Playwright's hands."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium)
        yield running
        running.close()
