"""What is not made again: a kept thing is only used where nothing that it rests on changed."""

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

from briefing.render import run, store

HOUSE = Path(__file__).resolve().parents[1]
VALUES = {"year": 2023, "opinion": True}
BOTH = ["7-sources", "1-trade"]


@pytest.fixture
def house(tmp_path, monkeypatch) -> Path:
    """A copy of what a build reads, with a store of its own."""
    copy = tmp_path / "house"
    junk = shutil.ignore_patterns("__pycache__", ".*", "texts")
    for name in ("notebooks", "data"):
        shutil.copytree(HOUSE / name, copy / name, ignore=junk)
    shutil.copyfile(HOUSE / "requirements.txt", copy / "requirements.txt")
    monkeypatch.setattr(store, "ROOT", copy)
    monkeypatch.setattr(store, "NOTEBOOKS", copy / "notebooks")
    monkeypatch.setattr(store, "STORE", tmp_path / "store")
    return copy


@pytest.fixture
def runs(house, monkeypatch) -> Callable[..., list[str]]:
    """Execute two chapters of the copy and say which of them ran, in the order of their start."""

    def executed(notebook: Path, values: dict, limit: int) -> str:
        text = json.dumps([notebook.stem, values], sort_keys=True)
        cells = [nbformat.v4.new_raw_cell(text, id="one")]
        return nbformat.v4.writes(nbformat.v4.new_notebook(cells=cells))

    monkeypatch.setattr(run, "execute", executed)

    def call(texts: Path | None = None, **values: object) -> list[str]:
        steps: list[run.Step] = []
        notebooks = [house / "notebooks" / f"{name}.ipynb" for name in BOTH]
        shared = partial(store.shared_by_chapters, house / "data", texts)
        made = run.execute_all(notebooks, {**VALUES, **values}, steps.append, shared)
        assert list(made) == BOTH
        ran = [step.what for step in steps if step.state == "runs"]
        kept = [step.what for step in steps if step.state == "kept"]
        assert sorted(ran + kept) == sorted(BOTH)
        return sorted(ran, reverse=True)

    return call


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def test_what_did_not_change_is_not_executed_again(house, runs):
    assert runs() == BOTH
    for path in house.rglob("*.py"):
        path.touch()  # hashes decide, never times
    assert runs() == []


def test_a_changed_input_of_all_chapters_runs_them_all(house, runs):
    runs()
    names = (
        "notebooks/shared.py notebooks/trade.py notebooks/briefing/values/value.py "
        "notebooks/briefing/claims/load.py notebooks/briefing/report/marks.py "
        "notebooks/briefing/report/house.mplstyle notebooks/briefing/render/run.py "
        "notebooks/briefing/render/pool.py data/quantities.csv data/reference/checks.csv "
        "data/datapackage.json data/verified.json requirements.txt"
    )
    for name in names.split():
        append(house / name)
        assert runs() == BOTH, name
    assert runs() == []


def test_a_new_module_or_another_package_runs_them_all(house, runs, monkeypatch):
    runs()
    (house / "notebooks" / "more.py").write_text("", encoding="utf-8")
    assert runs() == BOTH
    (house / "site-packages" / "pandas-4.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(house / "site-packages"))
    assert runs() == BOTH


def test_a_notebook_or_a_parameter_runs_its_own_chapters_and_a_template_none(house, runs):
    runs()
    append(house / "notebooks" / "1-trade.ipynb")
    assert runs() == ["1-trade"]
    assert runs(year=2022) == ["1-trade"]
    assert runs(opinion=False) == BOTH
    append(house / "notebooks" / "briefing" / "render" / "templates" / "page.css")
    assert runs() == []  # the default is still kept


def test_a_chapter_that_names_another_runs_again_with_it(house, runs):
    notebook = house / "notebooks" / f"{BOTH[0]}.ipynb"
    text = notebook.read_text(encoding="utf-8")
    text = text.replace('"metadata"', f'"of": "{BOTH[1]}", "metadata"', 1)
    notebook.write_text(text, encoding="utf-8")
    runs()
    append(house / "notebooks" / f"{BOTH[1]}.ipynb")
    assert runs() == BOTH


def test_a_changed_text_runs_them_all(tmp_path, runs):
    (tmp_path / "texts").mkdir()
    assert runs() == BOTH
    for words in ("one", "two"):
        (tmp_path / "texts" / "a.txt").write_text(words, encoding="utf-8")
        assert runs(tmp_path / "texts") == BOTH


def test_a_broken_entry_is_not_used(runs, tmp_path):
    runs()
    for path in (tmp_path / "store").iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    assert runs() == BOTH


def test_what_ran_while_its_inputs_changed_is_not_kept(house, runs, monkeypatch):
    execute = run.execute
    with monkeypatch.context() as patch:
        change = partial(append, house / "data" / "events.csv")
        patch.setattr(run, "execute", lambda *told: change() or execute(*told))
        assert runs() == BOTH
    assert runs() == BOTH
    assert runs() == []


def test_what_was_used_longest_ago_makes_room(monkeypatch, tmp_path):
    monkeypatch.setattr(store, "STORE", tmp_path)
    monkeypatch.setattr(store, "KEPT", 20_000)
    for name in "abc":
        store.keep(name, name * 9000)
        store.keep(f"{name}, small", name)
        time.sleep(0.02)
    assert [bool(store.kept(name)) for name in ("a", "b", "c", "a, small")] == [0, 1, 1, 1]


# Whole editions ----------------------------------------------------------------------


@pytest.fixture
def edition(house, tmp_path) -> Callable[..., bool]:
    """Whether an edition, built once, is what a build now would be under a command."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "briefing.html").write_text("page", encoding="utf-8")
    command = {"edition": "default", "pairs": [], "data": None, "texts": None, "name": None}
    read = store.held([house / "data", tmp_path / "elsewhere"])
    store.record(out, store.edition_key(command, out), read)
    return lambda **changed: store.current(out, store.edition_key(command | changed, out))


def test_an_edition_is_current_until_something_changes(edition, tmp_path, monkeypatch):
    assert edition()
    assert not edition(pairs=["year=2023"])
    assert not edition(edition="print")
    monkeypatch.chdir(tmp_path)  # from where a folder that the command names is another
    assert not edition()


def test_any_file_that_a_build_reads_or_made_makes_it_stale(edition, tmp_path):
    names = (
        "house/notebooks/1-trade.ipynb house/notebooks/editions/default.yaml "
        "house/notebooks/briefing/render/html.py "
        "house/notebooks/briefing/render/templates/briefing.typ "
        "house/notebooks/briefing/render/templates/page.html.j2 house/data/events.csv "
        "house/data/reference/figures.csv house/data/texts/appeared.txt house/requirements.txt "
        "elsewhere/events.csv out/briefing.html"
    )
    for name in names.split():
        # Elsewhere is a folder that only a parameter names, with --set data=DIR.
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        before = path.read_bytes() if path.exists() else None
        path.write_bytes((before or b"") + b"\n")
        assert not edition(), name
        path.unlink() if before is None else path.write_bytes(before)
        assert edition(), name
    append(tmp_path / "house/notebooks/code-an-article.ipynb")  # no chapter
    assert edition()


def test_an_edition_that_is_current_is_told_without_the_libraries():
    code = (
        "import sys; from briefing.render import store; import briefing.render.folders; "
        "store.current(store.ROOT, store.edition_key({'edition': 'default'}, store.ROOT)); "
        "print(sorted({'pandas', 'matplotlib', 'pydantic', 'nbformat'} & set(sys.modules)))"
    )
    environment = {"PYTHONPATH": str(HOUSE / "notebooks")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment)
    assert done.stdout == b"[]\n"
