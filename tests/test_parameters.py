"""Parameters: declared once, refused with one message, kept as an edition."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Optional

import nbformat
import pytest
from conftest import cases
from hypothesis import given
from hypothesis import strategies as st
from papermill import execute_notebook, inspect_notebook
from papermill.exceptions import PapermillExecutionError

from briefing.__main__ import main
from briefing.claims.load import load
from briefing.errors import Refusal
from briefing.render import edition
from briefing.report import open_chapter, parameters
from briefing.report.parameters import (
    chapters,
    declared,
    every_parameter,
    find_chapter,
    from_text,
    latest_year,
    served,
    validated,
)
from briefing.values.periods import Period

NOTEBOOKS = parameters.NOTEBOOKS
CHAPTERS = chapters()
EVERY = every_parameter(CHAPTERS)
NAMES = [path.stem for path in CHAPTERS]


def refusal(call, *arguments, **named) -> str:
    """The message with which a call is refused."""
    with pytest.raises(Refusal) as caught:
        call(*arguments, **named)
    return str(caught.value)


def notebook(folder: Path, *sources: str) -> Path:
    """A notebook whose first cell is tagged as the parameters cell."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    folder.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "1-test.ipynb")
    return folder / "1-test.ipynb"


# What the cells declare --------------------------------------------------------------


@pytest.mark.parametrize("path", CHAPTERS, ids=NAMES)
def test_the_parameters_cell_is_read_whole_by_us_and_by_stock_papermill(path):
    cells = nbformat.read(path, as_version=4).cells
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [cell for cell in cells if cell.cell_type == "code"][:1]
    assert (cells[-1].metadata["tags"], cells[-1].source.splitlines()[-1]) == (
        ["save-edition"], 'chapter.save_edition("")',
    )  # fmt: skip
    namespace: dict = {}
    exec(tagged[0].source, namespace)
    ours = {item.name: item for item in declared(path)}
    assert {name: namespace[name] for name in ours} == {n: it.default for n, it in ours.items()}
    assert all(item.meaning and "#" not in item.meaning for item in ours.values())
    assert {"data", "texts", "articles", "opinion", "prefer"} <= set(ours)
    theirs = inspect_notebook(str(path))
    assert {name: (it["inferred_type_name"], it["help"]) for name, it in theirs.items()} == {
        name: (it.annotation, it.meaning) for name, it in ours.items()
    }


def test_a_name_is_declared_alike_everywhere_unless_its_default_is_overruled(tmp_path):
    one = notebook(tmp_path, "year: int = 2023  # the year")
    other = notebook(tmp_path / "a", "year: int = 2022  # the year")
    message = refusal(every_parameter, [one, other])
    assert "1-test.ipynb: parameter year is int = '2022' here, but int = '2023' in" in message
    assert "--set year=2022" in message
    assert every_parameter([one, other], settled=["year"])["year"].default == 2023
    other = notebook(tmp_path / "a", "year: str = ''  # the year")
    assert "parameter year is str" in refusal(every_parameter, [one, other], settled=["year"])


def test_a_type_may_be_an_imported_name_and_a_declaration_run_over_lines(tmp_path):
    imports = "from typing import Optional as O\nfrom briefing.report import Scale\n"
    lines = 'a: O[int] = (\n    None  # one\n)\nb: list[str] = [\n    "x",\n]  # two\n'
    a, b, c = declared(notebook(tmp_path, imports + lines + 'c: Scale = "log"  # three'))
    assert (a.type, a.kind, a.optional, a.meaning) == (Optional[int], int, True, "one")
    assert (b.is_list, b.choices, b.meaning) == (True, (), "two")
    assert (c.is_list, c.optional, c.choices) == (False, False, ("linear", "log"))


def test_the_defaults_are_valid_and_the_data_serve_them():
    values = validated(EVERY, {})
    assert values == {name: parameter.default for name, parameter in EVERY.items()}
    served(EVERY, values, load())
    assert set(load().serves) <= set(EVERY)


# Which chapters there are, and which year ----------------------------------------------


def test_chapters_are_printed_by_number_the_annexes_last(monkeypatch, tmp_path):
    monkeypatch.setattr(parameters, "NOTEBOOKS", tmp_path)
    for name in ("0-a", "2-b", "7-annex", "8-annex", "9-mine", "10-more", "notes", "x-y"):
        (tmp_path / f"{name}.ipynb").touch()
    found = [path.stem for path in chapters()]
    assert found == ["0-a", "2-b", "9-mine", "10-more", "7-annex", "8-annex"]
    (tmp_path / "2-b-Copy1.ipynb").touch()
    told = "chapter: '2-b-Copy1' stands there; 2-b has this number; rename one of the two files"
    assert refusal(chapters) == told


@pytest.mark.parametrize(
    ("rows", "year"),  # article, partner and year of each row; its measure, standing or end
    [
        ("ax2021 by2021 ax2022", 2021),
        ("ax2021 by2021 ax2022 by2022=exports", 2021),  # two measures are not compared
        ("ax2021=exports by2021=exports ax2022", 2021),  # no other measure has two
        ("ax2021 by2021 ax2022=exports by2022=exports", 2021),  # the first one does
        ("ax2021 by2021 ax2022 by2022=doubtful", 2021),
        ("ax2021 by2021 ax2022 by2022=2022-09", 2021),  # not the whole year
        ("ax2021 ax2022 bx2022", 2022),  # no year has two partners
        ("ax2021 cy2021 bz2020", 2021),  # article c does not count
        ("ax2021 ay2021 ax2023 bq2023", 2021),  # partner q is not asked for
        ("cx2018", 2018),  # the data serve it, though no article that counts
        ("", 2019),  # the year of the dossier
    ],
)
def test_an_empty_year_is_the_latest_that_two_partners_have(rows, year):
    rows = [
        {
            "article": row[0], "partner": row[1], "from": row[2:6],
            "to": end if (end := row[7:])[:2] == "20" else row[2:6],
            "standing": "doubtful" if end == "doubtful" else "reported",
            "measure": "exports" if end == "exports" else "trade",
        }
        for row in rows.split()
    ]  # fmt: skip
    dossier = SimpleNamespace(
        serving=lambda name: rows, served=lambda name: [int(row["from"]) for row in rows],
        serves={"year": {"where": {"measure": ["trade", "exports"]}}},
        articles=["a", "b"], as_of=Period("2019", "2019"),
    )  # fmt: skip
    assert latest_year({"partners": ["x", "y", "z"]}, dossier) == year


def test_chapter_and_notebook_hold_the_year_that_was_settled_on():
    namespace = namespace_of("1-trade")
    assert namespace["year"] is None
    chapter = open_chapter("1-trade", namespace)
    assert chapter.asked == {p.name: p.default for p in declared(find_chapter("1-trade"))}
    assert list(chapter.dossier.articles) == list(load().articles)
    assert chapter.form() is None, "nobody looks on"
    assert (chapter.given.year, namespace["year"], chapter.asked["year"]) == (2023, 2023, None)
    prepared = edition.prepare("default", ["chapters=7-sources,1-trade"], None, "")
    assert prepared.values["year"] == 2023
    assert set(prepared.changed) <= {"texts", "chapters"}
    assert [path.stem for path in prepared.notebooks] == ["1-trade", "7-sources"]


# What is refused ---------------------------------------------------------------------


@pytest.mark.parametrize(("name", "given", "stands", "expected"), cases("refusals"))
def test_what_is_unknown_wrong_or_not_served_is_refused_in_a_line(name, given, stands, expected):
    message = refusal(lambda: served(EVERY, validated(EVERY, {name: json.loads(given)}), load()))
    assert message.startswith(f"parameter {name}: {stands!r} stands there; ")
    assert expected in message
    assert len(message.splitlines()) == 1


def test_every_fault_is_told_at_once_and_one_year_is_a_window():
    message = refusal(validated, EVERY, {"scale": "z", "year": "x", "opinion": "y", "yaer": 1})
    told = {line.split(":")[0].split()[1] for line in message.splitlines()}
    assert told == {"year", "opinion", "scale", "yaer"}
    message = refusal(validated, EVERY, {"zzzzqqqq": 1})
    assert message.endswith("; allowed: " + ", ".join(EVERY))
    served(EVERY, validated(EVERY, {"visits_from": 2017, "visits_to": 2017}), load())


@given(st.sampled_from(sorted(EVERY)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2), max_leaves=3,
))  # fmt: skip
def test_anything_is_taken_as_it_is_or_refused_by_name(name, thing):
    try:
        value = validated(EVERY, {name: thing})[name]
    except Refusal as refused:
        message = str(refused)
    else:
        assert (value, type(value)) == (thing, type(thing))
        return
    assert message.startswith(f"parameter {name}: ")


# The command line --------------------------------------------------------------------


@pytest.mark.parametrize(("name", "text", "value"), cases("command_line"))
def test_what_a_command_line_says_is_read_or_handed_on_to_be_refused(name, text, value):
    assert json.dumps(from_text(EVERY[name], text)) == value


@pytest.fixture
def verb(monkeypatch, capsys):
    """Run a verb that must not start a kernel; exit code, stdout and stderr."""

    def no_kernel(*_):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("briefing.render.build.execute_all", no_kernel)

    def call(*arguments: str):
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return call


def test_an_interrupt_is_told_in_a_line(verb, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("briefing.render.build.execute_all", interrupted)
    code, _, told = verb("build")
    assert (code, told) == (130, "interrupted; what was built before is as it was\n")


@pytest.mark.parametrize(("arguments", "message"), cases("verbs"))
def test_a_verb_refuses_before_any_kernel_and_touches_nothing(verb, tmp_path, arguments, message):
    out = tmp_path / "out"
    code, printed, told = verb(*arguments.split(), "--out", str(out))
    assert (code, printed, len(told.splitlines())) == (2, "", 1)
    assert re.search(message, told)
    assert not list(tmp_path.iterdir())
    out.mkdir()
    (out / "briefing.html").write_text("good", encoding="utf-8")
    assert verb(*arguments.split(), "--out", str(out))[0] == 2
    assert {path.name: path.read_text() for path in out.iterdir()} == {"briefing.html": "good"}


def test_the_editions_of_the_repository_are_valid_and_the_command_line_wins():
    for path in edition.EDITIONS.glob("*.yaml"):
        assert set(edition.prepare(path.stem, [], None, "").changed) <= set(EVERY)
    prepared = edition.prepare("without-opinion", ["opinion=true", "scale=log"], None, "")
    assert (prepared.values["opinion"], prepared.changed["scale"]) == (True, "log")


def test_the_parameters_verb_prints_each_with_type_default_meaning_and_chapters(verb):
    code, printed, _ = verb("parameters")
    assert code == 0
    blocks = dict(block.split(": ", 1) for block in re.split(r"\n(?=\S)", printed.strip()))
    assert list(blocks) == list(EVERY)
    for name, parameter in EVERY.items():
        users = [path.stem for path in CHAPTERS if name in {p.name for p in declared(path)}]
        first, meaning, *choices, where = blocks[name].splitlines()
        assert first == f"{parameter.annotation} = {parameter.default!r}"
        assert (meaning.strip(), where.strip()) == (
            parameter.meaning, f"chapters: {', '.join(users)}",
        )  # fmt: skip
        allowed = parameters.allowed(parameter, load())
        expected = [f"    allowed: {', '.join(map(str, allowed))}"] if allowed else []
        assert choices == expected


# In a notebook -----------------------------------------------------------------------


def namespace_of(name: str, *cells: str) -> dict:
    """What a notebook holds when its parameters cell and more cells have run."""
    source = next(
        cell.source
        for cell in nbformat.read(find_chapter(name), as_version=4).cells
        if "parameters" in cell.metadata.get("tags", [])
    )
    namespace: dict = {"In": ["", source, *cells, "chapter = open_chapter(...)"]}
    for cell in (source, *cells):
        exec(cell, namespace)
    return namespace


@pytest.mark.parametrize(
    "cell", ["# Parameters\nyaer = 1999", "yaer: int = 1999  # typed", "%config x\nyaer = 1999"]
)
def test_an_unknown_name_that_a_cell_assigned_is_refused(cell):
    namespace = namespace_of("1-trade", "yaer = 1999")
    namespace["In"][2] = cell
    message = refusal(open_chapter, "1-trade", namespace)
    assert message.startswith("parameter yaer: '1999' stands there; ")
    assert message.endswith("did you mean 'year'?")
    namespace["In"][1:1] = ["mine = 5\nprint(mine)"]  # a reader's own cell may name what it likes
    del namespace["In"][3]
    open_chapter("1-trade", namespace)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ('opinion = "true"', "parameter opinion: 'true' .* true or false"),
        ('articles = ["oped"]\nopinion = False', "'oped' stands there; .* no article that counts"),
        ('articles = ["ap", "gwc"]\nprefer = "oped"', "'oped' .* not among the articles that"),
    ],
)
def test_a_refused_value_leaves_nothing_open(cell, told):
    namespace = namespace_of("1-trade", cell)
    namespace |= {"chapter": "old", "say": "old", "dossier": "old"}
    assert re.search(told, refusal(open_chapter, "1-trade", namespace))
    assert not {"chapter", "say", "dossier"} & set(namespace)


def test_a_chapter_opens_again_after_a_refusal():
    namespace = namespace_of("1-trade")
    source = namespace["In"][1]
    # Run All with a wrong name was refused in the second cell; mended, and Run All again.
    wrong = source.replace("year:", "yaer:")
    namespace["In"] = ["", wrong, "open_chapter()", source, "open_chapter()"]
    open_chapter("1-trade", namespace)
    namespace["In"][3] = wrong
    assert "did you mean 'year'?" in refusal(open_chapter, "1-trade", namespace)


def test_stock_papermill_fails_with_the_same_message(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOKS))
    message = "parameter year: '1999' stands there; the data cannot serve it; allowed: 2023"
    with pytest.raises(PapermillExecutionError, match=message):
        execute_notebook(
            find_chapter("1-trade"), tmp_path / "out.ipynb", {"year": 1999},
            cwd=NOTEBOOKS, progress_bar=False,
        )  # fmt: skip


# Keeping values as an edition --------------------------------------------------------


def test_a_chapter_keeps_its_values_as_an_edition_that_reads_back(monkeypatch, capsys, tmp_path):
    for module in ("report.chapter", "render.edition"):
        monkeypatch.setattr(f"briefing.{module}.EDITIONS", tmp_path / "editions")
    cell = 'scale = "log"\npartners = ["russia", "us"]\ntexts = ""'
    chapter = open_chapter("1-trade", namespace_of("1-trade", cell))
    chapter.save_edition("")
    for name in ("My edition", "../mine", "mine.yaml", "-x", "ä"):
        assert "lower-case letters, digits and hyphens" in refusal(chapter.save_edition, name)
    assert not (tmp_path / "editions").exists()
    chapter.save_edition("mine")
    assert "make briefing EDITION=mine" in capsys.readouterr().out
    changed = edition.prepare("mine", [], None, None).changed
    assert changed == {"scale": "log", "partners": ["russia", "us"]}
    written = (tmp_path / "editions/mine.yaml").read_text(encoding="utf-8")
    assert edition.edition_file("mine")["year"] is None  # the latest, whatever is added
    for item in declared(find_chapter("1-trade")):
        assert (f"# {item.meaning}\n" in written) == (item.name not in parameters.PLACES)
    message = refusal(chapter.save_edition, "mine")
    assert message.startswith("edition: 'mine' stands there; ")
    assert "replace=True" in message
    open_chapter("1-trade", namespace_of("1-trade")).save_edition("mine", replace=True)
    assert edition.edition_file("mine")["scale"] == "linear"
