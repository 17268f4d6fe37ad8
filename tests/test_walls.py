"""The walls of the house: which room knows which, read from the imports."""

import ast
from collections import Counter
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
PACKAGE = NOTEBOOKS / "briefing"
#: Room → the rooms that it may import from, besides itself and `errors`.
KNOWS = {
    "values": set(),
    "claims": {"values"},
    "report": {"values", "claims"},
    "render": {"values", "claims", "report"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The modules that a file imports, anywhere in it, by their full dotted names."""
    package = path.relative_to(NOTEBOOKS).with_suffix("").parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = [*base, *(node.module.split(".") if node.module else [])]
            found |= {".".join([*module, name.name]) for name in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_knows_only_those_before_it_and_nothing_beside_the_package(path):
    room = path.relative_to(PACKAGE).parts[0]
    if room in KNOWS:
        rooms = {name.split(".")[1] for name in imports(path) if name.startswith("briefing.")}
        assert rooms <= KNOWS[room] | {room, "errors"}
    beside = {module.stem for module in NOTEBOOKS.glob("*.py")}
    assert not {name.partition(".")[0] for name in imports(path)} & beside


def test_the_package_names_no_country():
    named = ("vietnam", "russia", "hanoi", "putin")
    told = [
        (path.name, line)
        for path in [*MODULES, *PACKAGE.rglob("*.j2"), *PACKAGE.rglob("*.typ")]
        for line in path.read_text(encoding="utf-8").splitlines()
        if any(name in line.lower() for name in named)
    ]
    assert told == []


def test_no_two_modules_and_no_two_classes_share_a_name():
    modules = [path.stem for path in [*MODULES, *NOTEBOOKS.glob("*.py")] if path.stem[0] != "_"]
    classes = [
        node.name
        for path in [*MODULES, *NOTEBOOKS.glob("*.py")]
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]
    assert [name for name, count in Counter(modules + classes).items() if count > 1] == []


def test_no_module_is_longer_than_a_sitting():
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}
