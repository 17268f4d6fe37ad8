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
#: A tool, what it is tried on, its command, and what that prints.
TOOLS = [
    ("jupyter-nbconvert", "html", "{tool} --stdout --to html {built}", "<img "),
    ("jupyter-nbconvert", "markdown", "{tool} --stdout --to markdown {built}", "<img "),
    ("frictionless", "data", "{tool} validate data/datapackage.json", ""),
    ("frictionless", "tests/dossier", "{tool} validate tests/dossier/datapackage.json", ""),
    ("nbdiff", "", "{tool} -s notebooks/1-trade.ipynb notebooks/2-arms.ipynb", "arms"),
    ("nbmake", "", "{python} -m pytest -q --nbmake -o cache_dir={out} {chapters}", "9 passed"),
]


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


@pytest.mark.parametrize(("name", "what", "command", "holds"), TOOLS)
def test_a_tool_opens_it(built, tmp_path, name, what, command, holds):
    with tried(name, what) as tool:
        places = {"built": built / "chapters/1-trade.ipynb", "out": tmp_path}
        places |= {"chapters": " ".join(map(str, CHAPTERS)), "python": sys.executable}
        done = run(*command.format(tool=tool, **places).split())
        assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
        assert holds in done.stdout


@pytest.mark.parametrize("form", ["py:percent", "md:myst"])
def test_jupytext_gives_back_what_it_took(form):
    def kept(notebook: nbformat.NotebookNode) -> list[tuple]:
        return [(it.cell_type, it.source, it.metadata.get("tags")) for it in notebook.cells]

    with tried("jupytext", form):
        import jupytext

        for path in CHAPTERS:
            given = nbformat.read(path, as_version=4)
            assert kept(jupytext.reads(jupytext.writes(given, form), form)) == kept(given)


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
