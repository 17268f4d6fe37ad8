"""Inputs spoilt at random: each is taken or refused with its place named, never a traceback.

A short run with a fixed seed is part of the tests; `make fuzz` tries more, each time others
(FUZZ says how many of each kind). What passes `check` must open as far as it can without a
kernel: every frame, every verdict, and all that a build checks before it starts.
"""

import contextlib
import copy
import io
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import INVENTED
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefing.__main__ import main
from briefing.claims.load import DEFAULT_DATA, load
from briefing.errors import Refusal
from briefing.render import build, edition, store, sweep
from briefing.render.compare_read import read_manifest
from briefing.render.store import NOTEBOOKS
from briefing.report import parameters

TRIES = int(os.environ.get("FUZZ", "12"))
TRIED: Counter[str] = Counter()
SETTINGS = settings(
    max_examples=TRIES,
    derandomize="FUZZ" not in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
#: Where a fault is: a file, a parameter, an option.
PLACE = re.compile(r"\.(csv|json|yaml|ipynb|txt)|parameter |article |chapter|edition|--\w+")

# What is put in place of what stood there ---------------------------------------------------

CELLS = st.one_of(
    st.sampled_from(
        "|0|-1|-0|1e9|1_0|٣|NaN|inf|99999999999999999999|0.0000000001|2024-02-30|2024-13|0000"
        "|9999-12-31|russia|velmara|article|=1+1|-x|@x|<b>|$x$|#panic()|{x}|{|%s|\\|'|\"|;|a=b"
        "|a=b;a=b|rest|<5|x y|about|less than|off|USD bn|%|count|rank|2023|2022|high|low".split("|")
    ),
    st.text(max_size=12),
    st.integers().map(str),
    st.dates().map(str),
    st.characters().map(lambda sign: f"a{sign}b"),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | CELLS,
    lambda some: st.lists(some, max_size=3) | st.dictionaries(CELLS, some, max_size=3),
    max_leaves=5,
)
YAML = st.lists(
    st.sampled_from(
        "year|articles|opinion|scale|partners|prefer|chapters|: |\n|[|]|, |{|}|- |? |&a |*a|!!int "
        "|!!str |!!set |!x |2023|ap|true|null|~|log|'|\"|#|---\n|%YAML 9\n|<<|> |\\| |1-trade|\t|"
        "2024-13-40|.nan|0x9|1:30|\x00|é".split("|")
    )
    | st.text(max_size=4),
    max_size=14,
).map("".join)
CODE = st.lists(
    st.sampled_from(
        "year|: |int|str|Optional[int]|list[str]| = |2023|'x'|None|\n|(|)|[|]|import os|from x "
        "import y|# words|%time|!ls|x?|lambda: 1|print(1)|'''|\\|\t|def f|*|é|0777|@|;|,|{".split(
            "|"
        )
    ),
    max_size=12,
).map("".join)


def paths(node: object, at: tuple = ()) -> Iterator[tuple]:
    """The places in a JSON value."""
    yield at
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in pairs if isinstance(node, dict | list) else ():
        yield from paths(value, (*at, key)) if isinstance(value, dict | list) else [(*at, key)]


def changed(draw: Callable, held: object) -> object:
    """A JSON value with something in it replaced, taken away, doubled or added."""
    held = copy.deepcopy(held)
    *above, last = draw(st.sampled_from([it for it in paths(held) if it]))
    node = held
    for part in above:
        node = node[part]
    match draw(st.sampled_from(["set", "set", "drop", "add"])):
        case "set":
            node[last] = draw(VALUES)
        case "drop":
            del node[last]
        case "add" if isinstance(node, dict):
            node[draw(CELLS)] = node[last]
        case "add":
            node.insert(last, copy.deepcopy(node[last]))
    return held


def broken(draw: Callable, text: bytes) -> bytes:
    """Bytes with some cut out, put in, or cut off."""
    at = draw(st.integers(0, len(text)))
    end = min(len(text), at + draw(st.integers(0, 40)))
    return text[:at] + draw(st.binary(max_size=4)) + draw(st.sampled_from([text[end:], b""]))


def spoilt(draw: Callable, path: Path) -> bytes:
    """A file with one thing in it wrong."""
    text = path.read_bytes()
    if draw(st.integers(0, 3)) == 0:
        return broken(draw, text)
    if path.suffix in (".json", ".ipynb"):
        return json.dumps(changed(draw, json.loads(text))).encode()
    lines = text.split(b"\n")
    at = draw(st.integers(0, len(lines) - 1))
    parts = lines[at].split(b",")
    parts[draw(st.integers(0, len(parts) - 1))] = draw(CELLS).encode("utf-8", "replace")
    lines[at] = b",".join(parts)
    return b"\n".join(lines)


# What becomes of it -------------------------------------------------------------------------


def outcome(kind: str, *arguments: str) -> int:
    """Run a verb: it is done, or each of its refusals is a line that names a place."""
    with contextlib.redirect_stderr(io.StringIO()) as said, contextlib.redirect_stdout(said):
        code = main(arguments)
    TRIED[f"{kind}: {'taken' if code == 0 else 'refused'}"] += 1
    assert code in (0, 2), said.getvalue()
    if code:
        lines = [line for line in said.getvalue().split("\n") if line]
        assert lines
        assert all(line.startswith("refused: ") and PLACE.search(line) for line in lines), lines
    return code


@pytest.fixture(scope="module")
def dossiers(tmp_path_factory) -> dict[str, Path]:
    """A copy of each dossier; one file at a time is spoilt, and put back."""
    top = tmp_path_factory.mktemp("fuzz")
    for name, folder in (("invented", INVENTED), ("real", DEFAULT_DATA)):
        shutil.copytree(folder, top / name, ignore=shutil.ignore_patterns("README.md", "*.ipynb"))
    return {name: top / name for name in ("invented", "real")}


@contextlib.contextmanager
def instead(path: Path, content: bytes) -> Iterator[None]:
    """Another content of a file, for a while."""
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)


FILES = {
    "tables": ("invented", "[!_]*.csv"),
    "tables of the record": ("real", "reference/*.csv"),
    "package": ("real", "datapackage.json"),
    "record of a check": ("real", "verified.json"),
    "texts": ("invented", "texts/*.txt"),
}


@pytest.mark.parametrize("kind", FILES)
@SETTINGS
@given(data=st.data())
def test_a_dossier_is_taken_or_refused(dossiers, kind, data):
    name, pattern = FILES[kind]
    folder = dossiers[name]
    path = data.draw(st.sampled_from(sorted(folder.glob(pattern))))
    with instead(path, spoilt(data.draw, path)):
        texts = str(folder / "texts") if kind == "texts" else ""
        if outcome(kind, "check", "--data", str(folder), "--texts", texts) == 0:
            dossier = load(folder)
            for table in dossier.tables:
                dossier.frame(table)
            # Only values of our own parameters may be amiss in another dossier.
            with contextlib.suppress(*[Refusal] * (name == "invented")):
                edition.prepare("default", [], str(folder), "")


@pytest.fixture
def workshop(tmp_path, monkeypatch) -> Path:
    """Chapters and editions to spoil, of which nothing is executed."""
    monkeypatch.setattr(edition, "EDITIONS", tmp_path)
    monkeypatch.setattr(parameters, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(build, "build", lambda *_: None)
    monkeypatch.setattr(store, "current", lambda *_: False)
    monkeypatch.setattr(sweep, "_build", lambda *_: 0)
    monkeypatch.setattr(sweep, "write_page", lambda out, _: out / "index.html")
    for path in (*NOTEBOOKS.glob("*.ipynb"), *NOTEBOOKS.glob("editions/*.yaml")):
        shutil.copy(path, tmp_path)
    return tmp_path


def asked(kind: str, folder: Path, *options: str) -> int:
    """What becomes of a build, as far as nothing is executed."""
    return outcome(kind, "build", "--texts", "", "--out", str(folder / "o"), *options)


@SETTINGS
@given(text=YAML)
def test_an_edition_is_taken_or_refused(workshop, text):
    (workshop / "own.yaml").write_bytes(text.encode("utf-8", "replace"))
    asked("editions", workshop, "--edition", "own")


@SETTINGS
@given(text=YAML.map(lambda text: text.replace(": ", ": [log, ").replace("\n", "]\n")) | YAML)
def test_a_grid_is_taken_or_refused(workshop, text):
    (workshop / "grid.yaml").write_bytes(text.encode("utf-8", "replace"))
    outcome("grids", "sweep", f"{workshop}/grid.yaml", "--texts", "", "--out", f"{workshop}/s")


@SETTINGS
@given(data=st.data())
def test_a_notebook_is_taken_or_refused(workshop, data):
    path = data.draw(st.sampled_from(sorted(workshop.glob("*.ipynb"))))
    content = spoilt(data.draw, path)
    if data.draw(st.booleans()):
        held = json.loads(path.read_bytes())
        held["cells"][data.draw(st.sampled_from([1, 2]))]["source"] = data.draw(CODE)
        content = json.dumps(held).encode()
    with instead(path, content):
        asked("notebooks", workshop)


@SETTINGS
@given(
    name=st.sampled_from(["year", "articles", "scale", "opinion", "prefer", "yaer", ""]),
    text=CELLS,
)
def test_a_setting_is_taken_or_refused(workshop, name, text):
    asked("settings", workshop, f"--set={name}={text}")


@SETTINGS
@given(data=st.data())
def test_a_manifest_is_taken_or_refused(built, tmp_path, data):
    (tmp_path / "manifest.json").write_bytes(spoilt(data.draw, built / "manifest.json"))
    told = "taken"
    try:
        read_manifest(tmp_path)
    except Refusal as refusal:
        told = "refused" if "manifest.json" in str(refusal) else "lost"
    TRIED[f"manifests: {told}"] += 1
    assert told != "lost"


def test_it_is_told_how_many_were_tried(capsys):
    with capsys.disabled():
        print(f"\n{TRIED.total()} inputs: {', '.join(f'{n} {kind}' for kind, n in TRIED.items())}")
