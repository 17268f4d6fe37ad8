"""The code book in data/README.md is what the data package says, column by column."""

import json
import re
import subprocess
import sys

import pytest

from briefing.claims import codebook as module
from briefing.claims.codebook import BEGIN, END, codebook, main, rewritten
from briefing.claims.load import DEFAULT_DATA
from briefing.claims.numerals import PARTS
from briefing.claims.package import read_package
from briefing.claims.suggested import BEFORE, BEHIND
from briefing.errors import Refusal

README = (DEFAULT_DATA / "README.md").read_text(encoding="utf-8")
PACKAGE = read_package(DEFAULT_DATA)
FIELDS = [(resource, field) for resource in PACKAGE["resources"]
          for field in resource["schema"]["fields"]]  # fmt: skip


def column(name: str, meaning: str, kind: str = "string", **constraints: object) -> dict:
    return {"name": name, "type": kind, "description": meaning, "constraints": constraints}


def table(name: str, title: str, *fields: dict, **schema: object) -> dict:
    told = {"name": name, "path": f"{name}.csv", "title": title}
    return {**told, "description": f"One row a {name}.", "schema": {"fields": fields, **schema}}


SMALL = {
    **dict.fromkeys(("name", "title", "description"), "small"),
    "resources": [
        table(
            "bird", "Birds",
            column("kind", "What it is.", required=True),
            column("ring", "Its ring.", "integer",
                   required=True, unique=True, minimum=1, maximum=9),
            column("sex", "Hen | cock.", enum=["hen", "cock"]),
            column("note", "Anything."),
            column("code", "A\n  code.", pattern="^x|y$"),
            primaryKey=["kind", "ring"],
            foreignKeys=[{"fields": "kind", "reference": {"resource": "nest", "fields": "owner"}}],
        ),
        table("nest", "Nests", column("owner", "Whose it is.", enum=["hen", "cock"])),
    ]
}  # fmt: skip

SMALL_BOOK = """\
### bird.csv: Birds

One row a bird. A row is named by its `kind` and `ring`.

| column | type | constraints | meaning |
| --- | --- | --- | --- |
| `kind` | string | required, one of `owner` in nest.csv | What it is. |
| `ring` | integer | required, unique, at least 1, at most 9 | Its ring. |
| `sex` | string | empty or an allowed value | Hen \\| cock. |
| `note` | string | may be empty | Anything. |
| `code` | string | empty or of the form `^x\\|y$` | A code. |

### nest.csv: Nests

One row a nest.

| column | type | constraints | meaning |
| --- | --- | --- | --- |
| `owner` | string | empty or an allowed value | Whose it is. |

### Allowed values

| column | values |
| --- | --- |
| `bird.sex`, `nest.owner` | hen; cock |"""


def test_a_small_code_book():
    assert codebook(SMALL) == SMALL_BOOK


def test_the_readme_holds_exactly_what_is_generated():
    assert rewritten(README, PACKAGE) == README, "run: python -m briefing.claims.codebook"


def test_every_pattern_of_the_package_is_told_in_words():
    assert "of the form" not in codebook(PACKAGE)


def test_a_readme_without_marks_is_refused():
    for text in ("no marks", f"{BEGIN} only", f"only {END}", f"{END}{BEGIN}"):
        with pytest.raises(Refusal, match="must stand in it"):
            rewritten(text, SMALL)


def folder(tmp_path, book: str = "old"):
    (tmp_path / "README.md").write_text(f"before\n{BEGIN}{book}{END}\nafter\n", encoding="utf-8")
    (tmp_path / "datapackage.json").write_text(json.dumps(SMALL), encoding="utf-8")
    return tmp_path


def test_the_documented_command_writes_it_anew_and_leaves_the_rest(tmp_path, monkeypatch):
    command = "python -m briefing.claims.codebook"
    assert command in README
    notebooks = DEFAULT_DATA.parent / "notebooks"
    done = subprocess.run(
        [sys.executable, *command.split()[1:], str(folder(tmp_path))],
        cwd=notebooks, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    written = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert written == f"before\n{BEGIN}\n\n{SMALL_BOOK}\n\n{END}\nafter\n"
    monkeypatch.setattr(module, "DEFAULT_DATA", tmp_path)  # that of the repository, unless told
    assert main([]) == 0
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == written


@pytest.mark.parametrize("missing", ["README.md", "datapackage.json"])
def test_a_missing_file_is_refused(tmp_path, capsys, missing):
    (folder(tmp_path) / missing).unlink()
    assert main([str(tmp_path)]) == 2
    assert f"{missing}: nothing stands there; the file is missing" in capsys.readouterr().err


# What is written by hand beside it ---------------------------------------------------


def test_the_table_of_vague_periods_is_the_one_in_force():
    rows = re.findall(r"^\| a (\w+),? ?[^|]*\|(.+)\|$", README, flags=re.MULTILINE)
    told = {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}
    assert set(told) == set(PARTS)
    for name, parts in PARTS.items():
        for cell, words in zip(
            told[name], ("early", "mid", "late", "beginning", "end"), strict=True
        ):
            if words in parts:
                assert cell == "{}–{}".format(*parts[words]), (name, words)
            else:
                assert cell in ("as early", "as late")


@pytest.mark.parametrize(
    "column",
    ["events.status", "happenings.kind", "assessments.stance", "set_aside.reason",
     "disagreements.kind"],
)  # fmt: skip
def test_every_allowed_value_is_explained(column):
    table, name = column.split(".")
    field = next(f for r, f in FIELDS if (r["name"], f["name"]) == (table, name))
    text = README.split("## Code book")[0].casefold()
    assert all(value in text for value in field["constraints"]["enum"])


def test_what_it_names_exists():
    written = re.sub(r"```.*?```", "", README.split("## Code book")[0], flags=re.S)
    columns = {field["name"] for _, field in FIELDS}
    values = {
        value for _, field in FIELDS for value in field.get("constraints", {}).get("enum", [])
    }
    spans = set(re.findall(r"`([^`\n]+)`", written))
    columns |= {*BEFORE, *BEHIND}  # of suggestions
    assert {span for span in spans if re.fullmatch("[a-z_]+", span)} <= columns | values
    tables = {span.removeprefix("suggested/") for span in spans if span.endswith((".csv", ".json"))}
    tables -= {"verified.json"}
    assert all((DEFAULT_DATA / name).is_file() for name in tables)


def test_it_names_no_folder_of_one_machine():
    assert not re.search(r"(?<![\w.])/(?:home|work|root|tmp)/", README)
