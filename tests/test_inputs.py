"""Whatever a person can edit is refused in one line each, exit 2, before a kernel starts.

Each case was found by somebody who tried to break a build; it says what to look for and mend.
"""

import csv
import errno
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from conftest import cases

from briefing.__main__ import main
from briefing.claims.load import DEFAULT_DATA
from briefing.errors import Fault, visible
from briefing.render import edition, store
from briefing.render.store import NOTEBOOKS
from briefing.report import parameters


@pytest.fixture
def data(tmp_path) -> Path:
    return shutil.copytree(
        DEFAULT_DATA, tmp_path / "data", ignore=shutil.ignore_patterns("texts", "README.md")
    )


@pytest.fixture
def told(capsys) -> Callable[..., list[str]]:
    """Run a verb and return its refusals, one a line."""

    def run(*arguments: str) -> list[str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        assert (code, out) == (2, ""), err
        assert all(line.startswith("refused: ") for line in err.splitlines())
        return err.splitlines()

    return run


def spoil(path: Path, where: str, given: str) -> int:
    """Change one cell ("KEY COLUMN") or one key ("a.0.b", as JSON) of a file; the line."""
    if path.suffix == ".csv":
        rows = list(csv.reader(path.open(encoding="utf-8", newline="")))
        key, column = where.rsplit(" ", 1)
        at = next(index for index, row in enumerate(rows) if key in row)
        rows[at][rows[0].index(column)] = given.encode().decode("unicode_escape")
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        return at + 1
    held = json.loads(path.read_text(encoding="utf-8"))
    *parts, last = (int(part) if part.isdecimal() else part for part in where.split("."))
    node = held
    for part in parts:
        node = node[part]
    node[last] = json.loads(given)
    path.write_text(json.dumps(held), encoding="utf-8")
    return 0


@pytest.mark.parametrize(("file", "where", "given", "message"), cases("inputs"))
def test_a_dossier_that_is_not_sound_is_refused_with_its_place(
    data, told, file, where, given, message
):
    line = spoil(data / file, where, given)
    found = told("check", "--data", str(data), "--texts", "")
    assert message.replace("line N", f"line {line}") in found[0]
    assert len(found) < 4


TEXTS = [
    b"",
    b"{",
    b"[" * 100_000,
    b'{"a": ' + b"9" * 5000 + b"}",
    b'{"a": NaN}',
    b"null",
    b"\xff",
    b"[]",
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:9]))
@pytest.mark.parametrize("name", ["datapackage.json", "verified.json"])
def test_what_is_no_json_of_ours_is_refused(data, told, name, text):
    (data / name).write_bytes(text)
    (line,) = told("check", "--data", str(data), "--texts", "")
    assert name in line


def test_no_table_is_read_from_outside_the_dossier(data, told, tmp_path):
    (tmp_path / "secret.csv").write_text("a secret")
    (data / "parties.csv").unlink()
    (data / "parties.csv").symlink_to(tmp_path / "secret.csv")
    (line,) = told("check", "--data", str(data), "--texts", "")
    assert "a file of the dossier is due" in line
    assert "a secret" not in line


def test_a_pattern_that_takes_for_ever_takes_no_time(data, told):
    pattern = "resources.0.schema.fields.0.constraints.pattern"
    spoil(data / "datapackage.json", pattern, '"^(a+)+$"')
    spoil(data / "articles.csv", "ap id", "a" * 60 + "b")
    start = time.monotonic()
    told("check", "--data", str(data), "--texts", "")
    assert time.monotonic() - start < 60  # tried letter by letter it would be years


# Editions ------------------------------------------------------------------------------------

BOMB = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
EDITIONS = [
    (BOMB, "line 1: anchors and aliases are not read; write the value out"),
    ("year: *x\n", "line 1: anchors and aliases"),
    ("articles: " + "[" * 500 + "\n", "edition own.yaml"),
    (
        "articles: [[[ap]]]\n",
        "own.yaml, parameter articles: \"[['ap']]\" stands there; a list of ids",
    ),
    ("articles: {ap: 1}\n", "line 1: articles: words, a number"),
    ("? [a, b]\n: 1\n", "line 1: the name of a parameter is expected"),
    ("<<: {year: 2023}\n", "line 1: the name of a parameter is expected"),
    ("opinion: true\nyear: 2024-13-40\n", "line 2: year: words, a number"),
    ("year: !!int x\n", "edition own.yaml: cannot be read: invalid literal"),
    ("year: !!int\n", "edition own.yaml: cannot be read: string index"),
    ("year: !!python/name:os.system\n", "line 1: year: words, a number"),
    ("!!timestamp 2024-13-40\n", "edition own.yaml: cannot be read: month must be in 1..12"),
    ("year: " + "9" * 5000 + "\n", "line 1: year: a number of fewer digits is expected"),
    ("scale: log\0\n", "edition own.yaml: "),
    ("scale: 'l\x1bog'\n", "edition own.yaml: "),
    ("# " + "x" * 200_000, "at most 100000 characters are expected"),
    ("a: 1\n--- \nb: 2\n", "edition own.yaml, line 2"),
    ("year: '" + "x" * 300 + "'\n", "xx…' stands there; a whole number"),
    ("# a comment\nopinion: false\nyear: [2023\n", "edition own.yaml, line 4: "),
    ("- opinion\n", "edition own.yaml: lines of the form NAME: VALUE are expected"),
    ("opnion: false\n", "edition own.yaml, parameter opnion: 'false' stands there; no chapter has"),
    ("year: 2023\nyear: 2022\n", "edition own.yaml, line 2: year stands there twice"),
    ("opinion: \udcff\n", "own.yaml: 'byte 0xff at offset 9' stands there; save the file as UTF-8"),
]


@pytest.mark.parametrize(("text", "message"), EDITIONS)
def test_an_edition_that_is_none_is_refused(monkeypatch, tmp_path, told, text, message):
    monkeypatch.setattr(edition, "EDITIONS", tmp_path)
    (tmp_path / "own.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))
    start = time.monotonic()
    (line,) = told("build", "--edition", "own", "--out", str(tmp_path / "out"))
    assert message in line
    assert time.monotonic() - start < 20  # aliases that are followed take twice as long


NAMES = ["../editions/default", "./default", "default/", "", "a" * 300, "compare", "chapters", "Ä"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_no_edition_has_is_refused_before_a_folder_is_touched(name, told, tmp_path):
    for out in ([], ["--out", str(tmp_path / "out")]):
        (line,) = told("build", "--edition", name, *out)
        assert "edition: " in line
    (line,) = told("chapter", name)
    assert "chapter: " in line


def test_a_folder_among_the_editions_is_none(monkeypatch, tmp_path, told):
    (tmp_path / "zz.yaml").mkdir()
    monkeypatch.setattr(edition, "EDITIONS", tmp_path)
    (line,) = told("build", "--edition", "zz", "--out", str(tmp_path / "out"))
    assert "'zz' stands there; there is no such edition" in line


def test_digits_without_end_on_a_command_line_are_refused(told):
    (line,) = told("build", "--set", "year=" + "9" * 5000)
    assert "a whole number" in line


# Notebooks -----------------------------------------------------------------------------------


def notebook(*sources: str, **more: object) -> str:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    return json.dumps({**nbformat.v4.new_notebook(cells=cells), **more})


def without(text: str, key: str) -> str:
    held = json.loads(text)
    del held["cells"][0][key]
    return json.dumps(held)


SOUND = notebook("year: int = 2023  # which", "year")
NOTEBOOKS_SPOILT = [
    ("", "9-own.ipynb, line 1: "),
    (SOUND[:40], "9-own.ipynb, line 1: "),
    ("{}", "9-own.ipynb: nothing stands there; it lacks 'nbformat'"),
    ("[]", "9-own.ipynb: "),
    (notebook("1", nbformat=3), "9-own.ipynb, nbformat: '3' stands there; "),
    (notebook("1", cells={}), "9-own.ipynb, cells: '{}' stands there; "),
    (without(SOUND, "metadata"), "9-own.ipynb, cells.0: nothing stands there; it lacks 'metadata'"),
    (without(SOUND, "source"), "cells.0: nothing stands there; it lacks 'source'"),
    (notebook("year: int = 2023", "a\nfor"), "9-own.ipynb, cell 1, line 2: invalid syntax"),
    (notebook("year: int = 2023", "(" * 5000), "9-own.ipynb, cell 1, line 1: too many nested"),
    (notebook("year: int = 2023", "a\0b"), "9-own.ipynb, cell 1"),
    (notebook("years: list[int] = [2023,"), "9-own.ipynb, cell 0, line 1: '[' was never closed"),
    (notebook("year: str = '''open"), "9-own.ipynb, cell 0, line 1: unterminated"),
    (notebook("import os\nyear: int = os.getpid()"), "'year: int = os.getpid()' needs the form"),
    (notebook("year: print('x') = 1"), "needs the form"),
    (notebook("a.b: int = 1"), "needs the form"),
    (notebook("model_config: int = 1"), "needs the form"),
    (notebook("%matplotlib inline\nyear: int = 1"), "a parameters cell holds declarations"),
    (notebook("from no_such import x\nyear: int = 1"), "parameters cell: No module named"),
    (notebook("year: int = 'x'"), "9-own.ipynb, parameter year: 'x' stands there; a whole"),
    (notebook("from pathlib import os\nyear: os = 1"), "a type is expected"),
    (notebook("class A: pass"), "needs the form"),
    (notebook("year = 2023"), "'year = 2023' needs the form NAME: TYPE = DEFAULT"),
    (notebook("x: Scael = 1"), "9-own.ipynb, parameter x: 'Scael' stands there; a type"),
    (
        notebook("yaer: int = 2023", "print(year)"),
        "parameter yaer, as saved in 9-own.ipynb: '2023' stands there; the chapter uses no such "
        "name; did you mean 'year'?",
    ),
]


@pytest.mark.parametrize(("text", "message"), NOTEBOOKS_SPOILT)
def test_a_notebook_that_is_no_chapter_is_refused(monkeypatch, tmp_path, told, text, message):
    monkeypatch.setattr(parameters, "NOTEBOOKS", tmp_path)
    shutil.copy(NOTEBOOKS / "1-trade.ipynb", tmp_path)
    (tmp_path / "9-own.ipynb").write_text(text, encoding="utf-8")
    line, *_ = told("build", "--out", str(tmp_path / "out"))
    assert message in line
    assert "9-own.ipynb" in line


def test_what_ipython_adds_to_python_is_no_fault(monkeypatch, tmp_path):
    path = tmp_path / "9-own.ipynb"
    path.write_text(notebook("year: int = 2023  # which", "%matplotlib inline\nyear"))
    assert [item.name for item in parameters.declared(path)] == ["year"]


# The machine ---------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_made_is_refused(told, monkeypatch):
    monkeypatch.setattr("briefing.render.build.execute_all", lambda *_: {})
    (line,) = told("build", "--texts", "", "--out", "/proc/x")
    assert line == "refused: --out: '/proc/x' stands there; No such file or directory"


def test_a_full_disk_is_told_in_a_line_and_leaves_nothing(told, monkeypatch, tmp_path):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "page"))

    monkeypatch.setattr("briefing.render.build.execute_all", full)
    (line,) = told("build", "--texts", "", "--out", str(tmp_path / "out"))
    assert line == f"refused: {tmp_path / 'page'}: No space left on device"
    assert not list(tmp_path.iterdir())


def test_a_cache_that_cannot_be_written_is_gone_without(monkeypatch, tmp_path):
    (tmp_path / "key").mkdir()
    monkeypatch.setattr(store, "STORE", tmp_path)
    store.keep("key", "text")
    assert store.kept("key") is None
    monkeypatch.setattr(store, "STORE", Path("/proc/store"))
    store.keep("key", "text")
    assert store.kept("key") is None


def test_what_a_terminal_would_obey_is_shown_and_what_has_no_end_is_cut():
    assert visible("a\x1b[2Jb\rc\u202ed\x00") == r"a\x1b[2Jb\rc\u202ed\x00"
    assert visible("two\nlines – é") == "two\nlines – é"
    assert len(visible("x" * 1_000_000)) < 2100
    assert len(str(Fault("a place", "x" * 1_000_000, "less"))) < 300
