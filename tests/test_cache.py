"""What is not done again: a kept chapter is only used where nothing that it rests on changed."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nbformat
import pytest

from briefing.render import cache, run

HOUSE = Path(__file__).resolve().parents[1]
VALUES = {"year": 2023, "opinion": True}


@pytest.fixture
def house(tmp_path, monkeypatch) -> Path:
    """A copy of what a build reads, with a cache of its own."""
    copy = tmp_path / "house"
    shutil.copytree(
        HOUSE / "notebooks", copy / "notebooks", ignore=shutil.ignore_patterns("__pycache__", ".*")
    )
    shutil.copytree(HOUSE / "data", copy / "data", ignore=shutil.ignore_patterns("texts"))
    shutil.copyfile(HOUSE / "requirements.txt", copy / "requirements.txt")
    monkeypatch.setattr(cache, "ROOT", copy)
    monkeypatch.setattr(cache, "NOTEBOOKS", copy / "notebooks")
    monkeypatch.setattr(cache, "_RENDER", copy / "notebooks" / "briefing" / "render")
    monkeypatch.setattr(cache, "CACHE", tmp_path / "cache")
    return copy


@pytest.fixture
def runs(house, monkeypatch) -> Callable[..., list[str]]:
    """Execute two chapters of the copy and say which of them ran."""
    ran: list[str] = []

    def executed(notebook: Path, values: dict, nursery: None) -> nbformat.NotebookNode:
        ran.append(notebook.stem)
        text = json.dumps([notebook.stem, values], sort_keys=True)
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_raw_cell(text, id="one")])

    monkeypatch.setattr(run, "execute", executed)

    def call(texts: Path | None = None, **values: object) -> list[str]:
        ran.clear()
        notebooks = [house / "notebooks" / f"{name}.ipynb" for name in ("7-sources", "1-trade")]
        shared = partial(cache.surroundings, house / "data", texts)
        run.execute_all(notebooks, {**VALUES, **values}, lambda _: None, shared=shared)
        return sorted(ran)

    return call


BOTH = ["1-trade", "7-sources"]


def test_what_did_not_change_is_not_executed_again(runs):
    assert runs() == BOTH
    assert runs() == []


@pytest.mark.parametrize(
    "name",
    [
        "notebooks/shared.py",
        "notebooks/arms.py",
        "notebooks/briefing/values/value.py",
        "notebooks/briefing/claims/load.py",
        "notebooks/briefing/report/charts.py",
        "notebooks/briefing/report/house.mplstyle",
        "notebooks/briefing/render/run.py",
        "data/quantities.csv",
        "data/reference/checks.csv",
        "data/datapackage.json",
        "data/verified.json",
        "requirements.txt",
    ],
)
def test_a_changed_input_of_all_chapters_runs_them_all(house, runs, name):
    runs()
    path = house / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert runs() == BOTH
    assert runs() == []


def test_a_new_module_runs_them_all(house, runs):
    runs()
    (house / "notebooks" / "more.py").write_text("", encoding="utf-8")
    assert runs() == BOTH


def test_a_changed_notebook_runs_alone(house, runs):
    runs()
    path = house / "notebooks" / "1-trade.ipynb"
    path.write_bytes(path.read_bytes().replace(b"# Trade", b"# Commerce"))
    assert runs() == ["1-trade"]


def test_a_parameter_runs_the_chapters_that_declare_it(runs):
    runs()
    assert runs(year=2022) == ["1-trade"]
    assert runs(opinion=False) == BOTH
    assert runs() == []  # the default is still kept


def test_a_changed_text_runs_them_all(tmp_path, runs):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text("one", encoding="utf-8")
    assert runs() == BOTH
    assert runs(texts) == BOTH
    (texts / "a.txt").write_text("two", encoding="utf-8")
    assert runs(texts) == BOTH


def test_what_only_rendering_reads_runs_no_chapter(house, runs):
    runs()
    css = house / "notebooks" / "briefing" / "render" / "templates" / "page.css"
    css.write_bytes(css.read_bytes() + b"\n")
    assert runs() == []


def test_a_touched_file_with_the_same_bytes_runs_nothing(house, runs):
    runs()
    for path in house.rglob("*.py"):
        path.touch()
    assert runs() == []


def test_a_broken_entry_is_not_used(runs, tmp_path):
    runs()
    for path in (tmp_path / "cache" / "chapters").iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    assert runs() == BOTH


def test_what_ran_while_its_inputs_changed_is_not_kept(house, runs, monkeypatch):
    path = house / "data" / "events.csv"
    execute = run.execute

    def meddled(*told: object) -> nbformat.NotebookNode:
        path.write_bytes(path.read_bytes() + b"\n")
        return execute(*told)

    with monkeypatch.context() as patch:
        patch.setattr(run, "execute", meddled)
        assert runs() == BOTH
    assert runs() == BOTH
    assert runs() == []


def test_the_chapters_used_longest_ago_make_room(monkeypatch, tmp_path):
    monkeypatch.setattr(cache, "CACHE", tmp_path)
    monkeypatch.setattr(cache, "KEPT", 2)
    for name in "abc":
        cache.keep(name, name)
        time.sleep(0.02)
    assert cache.kept("a") is None
    assert cache.kept("c") == "c"


# Whole editions ----------------------------------------------------------------------


@pytest.fixture
def edition(house, tmp_path) -> Callable[..., bool]:
    """Whether an edition, built once, is still up to date under a command."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "briefing.html").write_text("page", encoding="utf-8")
    command = {"edition": "default", "pairs": [], "data": None, "texts": None, "name": None}
    cache.record(
        out, cache.edition_key(command, out), cache.held([house / "data", tmp_path / "elsewhere"])
    )

    def current(**changed: object) -> bool:
        return cache.up_to_date(out, cache.edition_key({**command, **changed}, out))

    return current


def test_an_edition_is_up_to_date_until_something_changes(edition):
    assert edition()
    assert not edition(pairs=["year=2023"])
    assert not edition(edition="print")


@pytest.mark.parametrize(
    "name",
    [
        "notebooks/1-trade.ipynb",
        "notebooks/editions/default.yaml",
        "notebooks/briefing/render/html.py",
        "notebooks/briefing/render/templates/briefing.typ",
        "notebooks/briefing/render/templates/page.html.j2",
        "data/events.csv",
        "data/reference/figures.csv",
        "requirements.txt",
    ],
)
def test_any_file_that_a_build_reads_makes_it_stale(house, edition, name):
    path = house / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert not edition()


def test_texts_that_appear_make_it_stale(house, edition):
    (house / "data" / "texts").mkdir()
    (house / "data" / "texts" / "a.txt").write_text("a", encoding="utf-8")
    assert not edition()


def test_a_folder_that_only_a_parameter_names_makes_it_stale(edition, tmp_path):
    # `--set data=DIR`, or an edition file: the command's own options do not name it.
    assert edition()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "events.csv").write_text("changed", encoding="utf-8")
    assert not edition()


def test_the_same_words_elsewhere_are_another_command(edition, tmp_path, monkeypatch):
    # A folder is named from where the command is given.
    assert edition(data=None)
    monkeypatch.chdir(tmp_path)
    assert not edition()


def test_a_damaged_output_is_made_again(edition, tmp_path):
    (tmp_path / "out" / "briefing.html").write_text("pag", encoding="utf-8")
    assert not edition()


def test_an_edition_that_is_up_to_date_is_told_without_the_libraries():
    code = (
        "import sys; from briefing.render import cache; "
        "cache.edition_key({'edition': 'default'}, cache.ROOT); "
        "print(sorted({'pandas', 'matplotlib', 'pydantic', 'nbformat'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(HOUSE / "notebooks")},
    )
    assert done.stdout.strip() == "[]"
