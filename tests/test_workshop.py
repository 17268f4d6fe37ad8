"""The workshop keeps its promises: make, the lock, the notebooks' form, what lies at the top."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
import yaml
from conftest import ROOT, cases, house_in, run

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


# --- make ---------------------------------------------------------------------------------------

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENTED = dict(re.findall(r"^([a-z]+):.*?## (.+)$", MAKEFILE, flags=re.MULTILINE))
PHONY = re.search(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.MULTILINE)[1].split()


def test_bare_make_lists_every_target_with_what_it_does():
    listed = run("make").stdout
    assert listed == run("make", "help").stdout
    for target, comment in DOCUMENTED.items():
        assert re.search(rf"^make {target} +{re.escape(comment)}$", listed, flags=re.MULTILINE)
    assert sorted(PHONY) == sorted(DOCUMENTED)


@pytest.mark.parametrize(("words", "arguments"), cases("make"))
def test_variables_reach_the_command(words, arguments):
    script = "import sys, json; print(json.dumps(sys.argv[1:]))"
    printer = shlex.join([sys.executable, "-c", script])
    done = run("make", "-o", ".venv/.installed", f"briefing={printer}", *shlex.split(words))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == shlex.split(arguments)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("chapter", "make chapter N=1-trade"),
        ("compare A=default", "make compare A=default B=without-opinion"),
        ("article", "make article TEXT=data/texts/next.txt"),
    ],
)
def test_what_has_to_be_named_is_asked_for(words, told):
    done = run("make", "-o", ".venv/.installed", *words.split())
    assert done.returncode
    assert told in done.stderr


#: A Python that tells what it is asked to make, which takes a while; its pip may fail.
SLOW = f"""#!/bin/sh
case "$*" in
  "-c import fcntl"*) exec "{sys.executable}" "$@" ;;
  "-m venv"*) echo venv >> told; rm -rf .venv; sleep 0.3
    mkdir -p .venv/bin && cp "$0" .venv/bin/python && touch .venv/bin/pip ;;
  "-m pip"*) echo pip >> told; sleep 0.3; test -x .venv/bin/python && test ! -e fails ;;
esac
"""


@pytest.fixture
def newcomer(tmp_path) -> Path:
    """A folder in which nothing is set up yet, and such a Python."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "slow").write_text(SLOW, encoding="utf-8")
    (tmp_path / "slow").chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("python", "told"), [("no-such-python", "Python 3.11 or later"), ("./slow", "not installed")]
)
def test_an_unfit_python_or_a_failed_install_is_not_taken_for_done(newcomer, python, told):
    (newcomer / "fails").touch()
    done = run("make", f"PYTHON={python}", "briefing", cwd=newcomer)
    assert done.returncode
    assert told in done.stderr
    assert not (newcomer / ".venv/.installed").exists()


@pytest.mark.parametrize("half", [False, True], ids=["new", "cut short"])
def test_two_that_set_up_at_once_set_up_once_whatever_was_cut_short(newcomer, half):
    if half:  # killed while its environment was made
        (newcomer / ".venv/bin").mkdir(parents=True)
        (newcomer / ".venv/bin/python").symlink_to(sys.executable)
    with ThreadPoolExecutor() as threads:
        makes = [threads.submit(run, "make", "PYTHON=./slow", "check", cwd=newcomer) for _ in "ab"]
    assert [it.result().returncode for it in makes] == [0, 0]
    assert (newcomer / "told").read_text().split() == ["venv", "pip"]


GITHUB = ".github/workflows"


@pytest.mark.parametrize(
    "name", [".ci/run", f"{GITHUB}/ci.yml", f"{GITHUB}/site.yml", ".pre-commit-config.yaml"]
)
def test_whoever_calls_make_names_targets_that_exist_and_what_is_others_by_its_commit(name):
    text = re.sub(r"(?m)^\s*#.*", "", (ROOT / name).read_text(encoding="utf-8"))
    called = set(re.findall(r"\bmake ([a-z]+)", text))
    assert called
    assert called <= set(DOCUMENTED)
    used = re.findall(r"uses: (.+)", text)
    assert [it for it in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", it)] == []


def test_ci_is_runnable_and_may_only_read():
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert run("bash", "-n", ".ci/run").returncode == 0
    workflow = yaml.safe_load((ROOT / GITHUB / "ci.yml").read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in workflow["jobs"].values())


# --- the lock -----------------------------------------------------------------------------------

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")


def canonical(requirement: str) -> str:
    """Return the name of a requirement as PEP 503 spells it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def test_the_lock_holds_every_dependency_pinned_and_hashed_and_names_no_index_or_path():
    lines = [line for line in LOCK.splitlines() if line and not line.lstrip().startswith("#")]
    for line in lines:
        assert re.match(r"[\w.-]+==[\w.!+]+ ", line), line[:80]
        assert "--hash=sha256:" in line, line[:80]
    direct = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    assert set(map(canonical, direct)) <= set(map(canonical, lines))
    assert not re.search(r"^\s*-|file:|https?://", LOCK, flags=re.MULTILINE)


def test_every_package_that_is_installed_states_its_licence():
    told = run(sys.executable, "tests/licences.py").stdout.splitlines()
    assert len(told) > 100
    assert [line for line in told if not re.search(r": .+", line) or "states none" in line] == []


# --- the notebooks' form ------------------------------------------------------------------------


def as_git_has_it(path: Path) -> str:
    """Return a notebook as it is staged: outputs in the working copy are the analyst's business."""
    name = path.relative_to(ROOT).as_posix()
    staged = run("git", "show", f":{name}") if shutil.which("git") else None
    if staged is not None and staged.returncode == 0:
        return staged.stdout
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_stripped_and_as_jupyterlab_writes_it(path):
    text = as_git_has_it(path)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    # JupyterLab puts these very words back on saving; papermill needs the language.
    assert notebook.metadata == {"kernelspec": KERNELSPEC}
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))
    for cell in notebook.cells:
        opens = cell.cell_type == "code" and "open_chapter(" in cell.source
        folded = {"jupyter": {"source_hidden": True}} if opens else {}
        assert {**cell.metadata, "tags": ""} == {**folded, "tags": ""}, cell.id
        if cell.cell_type == "code":
            assert not cell.outputs, cell.id
            assert cell.execution_count is None, cell.id
    assert text == nbformat.writes(notebook) + "\n", "mend it with: make format"


def executed_notebook() -> nbformat.NotebookNode:
    """Return a notebook as JupyterLab saves it after Run All, with cells folded and hidden."""
    v4 = nbformat.v4
    folded = {"jp-MarkdownHeadingCollapsed": True}
    hidden = {
        "collapsed": True,
        "scrolled": True,
        "jupyter": {"outputs_hidden": True, "source_hidden": True},
    }
    cell = v4.new_code_cell(
        "year = 2024",
        execution_count=3,
        metadata={"tags": ["parameters"], **hidden},
        outputs=[v4.new_output("stream", name="stdout", text="seen\n")],
    )
    language = {"name": "python", "version": "3.11.7", "pygments_lexer": "ipython3"}
    return v4.new_notebook(
        cells=[v4.new_markdown_cell("# Trade", metadata=folded), cell],
        metadata={"kernelspec": KERNELSPEC, "language_info": language},
    )


@pytest.fixture
def house(tmp_path):
    """Make a folder with this project's Makefile and attributes, and one executed notebook."""
    folder = tmp_path / "house"
    (folder / "notebooks").mkdir(parents=True)
    for name in ("Makefile", ".gitattributes", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv").symlink_to(sys.prefix)
    nbformat.write(executed_notebook(), folder / "notebooks/1-trade.ipynb")
    return folder


@needs_git
def test_the_filter_strips_what_a_run_leaves_and_keeps_what_is_written(house):
    run("git", "init", "-q", ".", cwd=house)
    assert "diff: ipynb" in run("git", "check-attr", "diff", "x.ipynb", cwd=house).stdout
    done = run("git", "add", "notebooks", cwd=house)
    assert (done.returncode, done.stderr) == (0, ""), "a clone without the filter works"
    assert run("make", "-o", ".venv/.installed", "filter", cwd=house).returncode == 0
    assert run("git", "add", "--renormalize", "notebooks", cwd=house).returncode == 0
    kept = nbformat.reads(run("git", "show", ":notebooks/1-trade.ipynb", cwd=house).stdout, 4)

    expected = executed_notebook()
    del expected.metadata["language_info"]
    written = nbformat.read(house / "notebooks/1-trade.ipynb", 4).cells
    assert [(cell.id, cell.source) for cell in kept.cells] == [(c.id, c.source) for c in written]
    assert kept.metadata == expected.metadata
    assert [cell.metadata for cell in kept.cells] == [
        {},
        {"tags": ["parameters"], "jupyter": {"source_hidden": True}},
    ]
    assert (kept.cells[1].outputs, kept.cells[1].execution_count) == ([], None)


@needs_git
@pytest.mark.parametrize("around", [False, True])
def test_the_filter_leaves_a_repository_around_the_project_alone_and_asks_for_none(house, around):
    if around:
        run("git", "init", "-q", ".", cwd=house.parent)
        before = (house.parent / ".git/config").read_bytes()
    done = run("make", "-o", ".venv/.installed", "filter", cwd=house)
    assert (done.returncode, done.stderr) == (0, "")
    assert not around or (house.parent / ".git/config").read_bytes() == before


@needs_git
def test_git_ignores_what_must_not_be_committed():
    ignored = ["data/texts/a.txt", "build/x", "notebooks/__pycache__/x"]
    done = run("git", "check-ignore", *ignored)
    if done.returncode > 1:
        pytest.skip("not a git checkout")
    assert done.stdout.split() == ignored


# --- a chapter of one's own -----------------------------------------------------------------------


def test_a_copy_of_the_template_is_part_of_the_next_build(tmp_path):
    house_in(tmp_path)
    shutil.copy(tmp_path / "notebooks/templates/9-mine.ipynb", tmp_path / "notebooks")
    words = ["build", "--texts", "", "--set", "chapters=9-mine,7-sources", "--out", "mine"]
    done = run(sys.executable, "-m", "briefing", *words, cwd=tmp_path,
               PYTHONPATH=str(tmp_path / "notebooks"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "mine/manifest.json").read_text(encoding="utf-8"))
    parts = [(it["id"], it["part"]) for it in manifest["document"]["sections"]]
    assert parts[:2] == [("9-mine", "chapter"), ("7-sources", "annex")]
    assert "my-trade" in [exhibit["key"] for exhibit in manifest["exhibits"]]
    assert any(number["place"] == "9-mine" for number in manifest["numbers"])


# --- the top of the house -----------------------------------------------------------------------

TOP = {
    *("README.md", "pyproject.toml", "Makefile", "LICENSE", "CITATION.cff"),
    *("requirements.txt", "requirements-dask.txt"),
    *("data", "notebooks", "figures", "tests", "build"),
}


def test_nothing_else_lies_at_the_top():
    assert {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} <= TOP
