"""What opens with what: tools that others use, each on what this project makes; skipped if absent.

The last test prints the table of what was tried.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
from conftest import ROOT, run, surroundings

CHAPTERS = sorted((ROOT / "notebooks").glob("[0-9]-*.ipynb"))
OUTCOMES: dict[str, str] = {}


@contextmanager
def tried(name: str, what: str = "") -> Iterator[str]:
    """A tool's command, or its module where it has none; the test is skipped where it is absent."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name) or (find_spec(name) and name)
    row = f"{name} {what}"
    if not found:
        OUTCOMES[row] = "not installed"
        pytest.skip(f"{name} is not installed")
    OUTCOMES[row] = "fails"
    yield found
    OUTCOMES[row] = "opens"


def done(*command: str) -> str:
    """What a command prints that has to succeed."""
    ended = run(*command)
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-2000:]
    return ended.stdout


@pytest.mark.parametrize(("kind", "holds"), [("html", "<img "), ("markdown", "Russia")])
def test_nbconvert_shows_an_executed_chapter(built, tmp_path, kind, holds):
    with tried("jupyter-nbconvert", kind) as nbconvert:
        chapter = built / "chapters/1-trade.ipynb"
        done(nbconvert, "--to", kind, f"--output-dir={tmp_path}", str(chapter))
        (made,) = tmp_path.glob("1-trade.*")
        assert holds in made.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["py:percent", "md:myst"])
def test_jupytext_gives_back_what_it_took(form):
    with tried("jupytext", form):
        import jupytext

        for path in CHAPTERS:
            given = nbformat.read(path, as_version=4)
            back = jupytext.reads(jupytext.writes(given, form), form)
            kept = [
                (cell.cell_type, cell.source, cell.metadata.get("tags")) for cell in given.cells
            ]
            assert [(it.cell_type, it.source, it.metadata.get("tags")) for it in back.cells] == kept


@pytest.mark.parametrize("folder", ["data", "tests/dossier"])
def test_frictionless_finds_each_table_valid(folder):
    with tried("frictionless", folder) as frictionless:
        done(frictionless, "validate", f"{folder}/datapackage.json")


def test_nbdiff_tells_a_changed_parameter(tmp_path):
    changed = tmp_path / "changed.ipynb"
    text = CHAPTERS[1].read_text(encoding="utf-8")
    changed.write_text(text.replace("linear", "log", 1), encoding="utf-8")
    with tried("nbdiff") as nbdiff:
        assert "log" in done(nbdiff, "-s", str(CHAPTERS[1]), str(changed))


def test_nbmake_runs_every_chapter(tmp_path):
    with tried("nbmake"):
        kept = f"--override-ini=cache_dir={tmp_path}"
        for chapter in CHAPTERS:
            told = done(sys.executable, "-m", "pytest", "-q", "--nbmake", kept, str(chapter))
            assert "1 passed" in told


def test_voila_serves_a_chapter(tmp_path):
    with tried("voila") as voila:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [voila, "--no-browser", f"--port={port}", str(CHAPTERS[1])]
        with (tmp_path / "log").open("w") as log:
            server = subprocess.Popen(command, env=surroundings(), stdout=log, stderr=log)
        try:
            page = fetched(f"http://127.0.0.1:{port}/", time.monotonic() + 60)
        finally:
            server.terminate()
            server.wait(30)
        assert "There was an error when executing" not in page
        assert page.count("application/vnd.jupyter.widget-view+json") > 10  # text and charts


def fetched(address: str, until: float) -> str:
    """A page of a server that is still starting."""
    while True:
        try:
            return urlopen(address, timeout=120).read().decode()
        except URLError:
            assert time.monotonic() < until, "it does not answer"
            time.sleep(0.5)


def test_the_table(capsys):
    with capsys.disabled():
        print("", *(f"{name:28} {outcome}" for name, outcome in OUTCOMES.items()), sep="\n")
    assert "fails" not in OUTCOMES.values()
