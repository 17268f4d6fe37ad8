"""What opens with what: tools that others use, each on what this project makes; skipped if absent.

The last test prints the table of what was tried.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, run

CHAPTERS = sorted((ROOT / "notebooks").glob("[0-9]-*.ipynb"))
OUTCOMES: dict[str, str] = {}


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of the environment or of the machine; the test is skipped where there is none."""
    beside = Path(sys.executable).with_name(name)
    found = beside if beside.is_file() else shutil.which(name)
    if not found:
        OUTCOMES[name] = "not installed"
        pytest.skip(f"{name} is not installed")
    OUTCOMES[name] = "fails"
    done = run(str(found), *arguments)
    assert done.returncode == 0, done.stderr[-2000:]
    OUTCOMES[name] = "opens"
    return done


@pytest.mark.parametrize(("kind", "holds"), [("html", "<img "), ("markdown", "Russia")])
def test_nbconvert_shows_an_executed_chapter(built, tmp_path, kind, holds):
    chapter = built / "chapters/1-trade.ipynb"
    tool("jupyter-nbconvert", "--to", kind, f"--output-dir={tmp_path}", str(chapter))
    (made,) = tmp_path.glob("1-trade.*")
    assert holds in made.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["py:percent", "md:myst"])
def test_jupytext_gives_back_what_it_took(form):
    if not find_spec("jupytext"):
        OUTCOMES["jupytext"] = "not installed"
        pytest.skip("jupytext is not installed")
    import jupytext

    OUTCOMES["jupytext"] = "fails"
    for path in CHAPTERS:
        given = nbformat.read(path, as_version=4)
        back = jupytext.reads(jupytext.writes(given, form), form)
        kept = [(cell.cell_type, cell.source, cell.metadata.get("tags")) for cell in given.cells]
        assert [(it.cell_type, it.source, it.metadata.get("tags")) for it in back.cells] == kept
    OUTCOMES["jupytext"] = "opens"


@pytest.mark.parametrize("folder", ["data", "tests/dossier"])
def test_frictionless_finds_each_table_valid(folder):
    tool("frictionless", "validate", f"{folder}/datapackage.json")


def test_nbdiff_tells_a_changed_parameter(tmp_path):
    changed = tmp_path / "changed.ipynb"
    text = CHAPTERS[1].read_text(encoding="utf-8")
    changed.write_text(text.replace("linear", "log", 1), encoding="utf-8")
    assert "log" in tool("nbdiff", "-s", str(CHAPTERS[1]), str(changed)).stdout


def test_the_table(capsys):
    with capsys.disabled():
        print("", *(f"{name:20} {outcome}" for name, outcome in OUTCOMES.items()), sep="\n")
    assert "fails" not in OUTCOMES.values()
