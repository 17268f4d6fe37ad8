"""Parameters: declared once, refused with one message, and carried through every chapter."""

import json
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from briefing.__main__ import main
from briefing.claims.load import load
from briefing.errors import Refusal, nearest
from briefing.render import edition
from briefing.render.run import SAVING
from briefing.report import chapter as opened
from briefing.report import open_chapter, parameters, saving
from briefing.report.blocks import plain
from briefing.report.charts import Drawing
from briefing.report.parameters import (
    Parameter,
    chapters,
    declared,
    every_parameter,
    find_chapter,
    from_text,
    served,
    validated,
)

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
    path = folder / "1-test.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


# What the cells declare --------------------------------------------------------------


@pytest.mark.parametrize("path", CHAPTERS, ids=NAMES)
def test_every_parameter_has_a_type_a_default_and_a_meaning(path):
    found = declared(path)
    assert found
    for parameter in found:
        assert parameter.meaning, f"{path.name}: {parameter.name} has no comment"
        assert "#" not in parameter.meaning
        assert parameter.type is not None


@pytest.mark.parametrize("path", CHAPTERS, ids=NAMES)
def test_the_parameters_cell_runs_by_itself_and_gives_the_defaults(path):
    cells = nbformat.read(path, as_version=4).cells
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert tagged == code[:1]
    namespace: dict = {}
    exec(tagged[0].source, namespace)
    for parameter in declared(path):
        assert namespace[parameter.name] == parameter.default


def test_all_chapters_agree_on_common_names():
    assert set(EVERY) >= {
        "data", "texts", "articles", "opinion", "prefer", "year", "partners", "scale",
        "arms_measures", "visits_from", "visits_to", "leaders", "planned",
    }  # fmt: skip
    for path in CHAPTERS:
        assert {"data", "texts", "articles", "opinion", "prefer"} <= {
            p.name for p in declared(path)
        }


def test_a_name_declared_in_two_ways_is_refused(tmp_path):
    (tmp_path / "a").mkdir()
    one = notebook(tmp_path, "year: int = 2023  # the year")
    other = notebook(tmp_path / "a", "year: int = 2022  # the year")
    message = refusal(every_parameter, [one, other])
    assert "1-test.ipynb: parameter year is int = '2022' here, but int = '2023' in" in message
    assert "--set year=2022" in message


def test_a_saved_default_does_not_stand_in_the_way_of_a_name_that_is_set(tmp_path):
    (tmp_path / "a").mkdir()
    one = notebook(tmp_path, "year: int = 2023  # the year")
    other = notebook(tmp_path / "a", "year: int = 2022  # the year")
    assert every_parameter([one, other], settled=["year"])["year"].default == 2023
    other = notebook(tmp_path / "a", "year: str = ''  # the year")
    assert "parameter year is str" in refusal(every_parameter, [one, other], settled=["year"])


def test_a_misspelt_name_that_was_saved_is_refused(tmp_path):
    path = notebook(tmp_path, "yaer: int = 2023  # the year")
    cells = nbformat.read(path, as_version=4)
    cells.cells.append(nbformat.v4.new_code_cell("print(year)"))
    nbformat.write(cells, path)
    message = refusal(declared, path)
    assert "parameter yaer, as saved in 1-test.ipynb" in message
    assert "did you mean 'year'?" in message


def test_a_cell_that_declares_otherwise_is_refused(tmp_path):
    message = refusal(declared, notebook(tmp_path, "year = 2023"))
    assert "1-test.ipynb" in message
    assert "'year = 2023' needs the form NAME: TYPE = DEFAULT" in message


def test_a_comment_may_stand_in_any_line_of_a_declaration(tmp_path):
    path = notebook(tmp_path, 'a: str = (\n    ""  # one\n)\nb: list[str] = [\n    "x",\n]  # two')
    assert {p.name: p.meaning for p in declared(path)} == {"a": "one", "b": "two"}


def test_the_defaults_are_valid_and_the_data_serve_them():
    values = validated(EVERY, {})
    assert values == {name: parameter.default for name, parameter in EVERY.items()}
    served(EVERY, values, load())


def test_every_parameter_that_the_data_bound_is_declared():
    assert set(load().serves) <= set(EVERY)


# What is refused ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "near"),
    [("yaer", "year"), ("Partners", "partners"), ("visit_from", "visits_from"), ("datas", "data")],
)
def test_an_unknown_name_is_refused_with_the_nearest(given, near):
    message = refusal(validated, EVERY, {given: 1})
    assert f"parameter {given}: '1' stands there" in message
    assert message.endswith(f"did you mean {near!r}?")


def test_a_name_like_no_other_is_refused_with_all_of_them():
    message = refusal(validated, EVERY, {"zzzzqqqq": 1})
    assert all(name in message for name in EVERY)
    assert nearest("zzzzqqqq", ["a", "b"]) == "allowed: a, b"


WRONG = [
    # name, given, what the message says is expected
    ("year", "2023", "a whole number is expected, as in year=2023"),
    ("year", "true", "a whole number"),
    ("year", "1,5", "a whole number"),
    ("year", "", "a whole number"),
    ("year", True, "a whole number"),
    ("year", 2023.0, "a whole number"),
    ("year", None, "a whole number"),
    ("opinion", "true", "true or false is expected, as in opinion=true"),
    ("opinion", "", "true or false"),
    ("opinion", "1,5", "true or false"),
    ("opinion", 1, "true or false"),
    ("planned", None, "true or false"),
    ("articles", "ap", "a list of ids is expected, as in articles=this,that"),
    ("articles", "", "a list of ids"),
    ("articles", "true", "a list of ids"),
    ("articles", [1, 5], "a list of ids"),
    ("partners", "1,5", "a list of ids is expected, as in partners=russia,china,us"),
    ("leaders", {"a": 1}, "a list of ids"),
    ("prefer", None, "words"),
    ("prefer", 3, "words"),
    ("data", 5, "words or null"),
    ("scale", "logg", "did you mean 'log'? allowed: linear, log"),
    ("scale", "", "allowed: linear, log"),
    ("scale", "true", "allowed: linear, log"),
    ("visits_from", "2000", "a whole number"),
]


@pytest.mark.parametrize(("name", "given", "expected"), WRONG)
def test_a_wrong_type_is_refused_with_name_and_expectation(name, given, expected):
    message = refusal(validated, EVERY, {name: given})
    assert message.startswith(f"parameter {name}: ")
    assert expected in message
    assert len(message.splitlines()) == 1


def test_every_fault_is_told_at_once():
    message = refusal(validated, EVERY, {"scale": "z", "year": "x", "opinion": "y"})
    assert {line.split(":")[0] for line in message.splitlines()} == {
        "parameter year", "parameter opinion", "parameter scale",
    }  # fmt: skip


UNSERVED = [
    ({"articles": ["ap", "opde"]}, "articles", "opde", "did you mean 'oped'?"),
    ({"prefer": "app"}, "prefer", "app", "did you mean 'ap'?"),
    ({"year": 1999}, "year", "1999", "allowed: 2023"),
    ({"partners": ["russia", "chnia"]}, "partners", "chnia", "did you mean 'china'?"),
    ({"partners": ["india"]}, "partners", "india", "did you mean"),
    ({"arms_measures": ["arsenal"]}, "arms_measures", "arsenal", "'arsenal_share'"),
    ({"leaders": ["putin"]}, "leaders", "putin", "'vladimir-putin'"),
    ({"visits_from": 2024, "visits_to": 2000}, "visits_from", "2024", "visits_to is 2000"),
    ({"visits_from": 0}, "visits_from", "0", "a year of four digits"),
    ({"visits_to": 20240}, "visits_to", "20240", "a year of four digits"),
    ({"partners": ["us", "us"]}, "partners", "us", "name it once"),
]


@pytest.mark.parametrize(("given", "name", "stands", "expected"), UNSERVED)
def test_what_the_data_cannot_serve_is_refused(given, name, stands, expected):
    message = refusal(served, EVERY, validated(EVERY, given), load())
    assert message.startswith(f"parameter {name}: {stands!r} stands there; ")
    assert expected in message
    assert len(message.splitlines()) == 1


def test_one_year_is_a_window():
    values = validated(EVERY, {"visits_from": 2017, "visits_to": 2017})
    served(EVERY, values, load())


@given(st.sampled_from(sorted(EVERY)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2), max_leaves=3,
))  # fmt: skip
def test_anything_is_taken_as_it_is_or_refused_by_name(name, thing):
    message = ""
    try:
        value = validated(EVERY, {name: thing})[name]
    except Refusal as refused:
        message = str(refused)
    if message:
        assert message.startswith(f"parameter {name}: ")
    else:
        assert (value, type(value)) == (thing, type(thing))


# The command line --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("articles", "ap,oped", ["ap", "oped"]),
        ("articles", "ap, oped", ["ap", "oped"]),
        ("articles", "ap", ["ap"]),
        ("opinion", "false", False),
        ("opinion", "true", True),
        ("year", "2023", 2023),
        ("data", "null", None),
        ("data", "2023", "2023"),
        ("texts", "", ""),
        ("texts", "some/folder", "some/folder"),
        ("prefer", "", ""),
        ("prefer", "ap", "ap"),
        ("scale", "log", "log"),
        # what does not fit is handed on as it was written, for the model to refuse
        ("year", "1,5", "1,5"),
        ("year", "", ""),
        ("year", "[", "["),
        ("year", "true", True),
        ("opinion", "", ""),
        ("opinion", "perhaps", "perhaps"),
        ("articles", "", ""),
    ],
)
def test_from_text(name, text, value):
    read = from_text(EVERY[name], text)
    assert read == value
    assert type(read) is type(value)


@pytest.fixture
def verb(monkeypatch, capsys, tmp_path):
    """Run a verb that must not start a kernel; exit code, stdout and stderr."""

    def no_kernel(*_):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("briefing.render.build.execute_all", no_kernel)

    def call(*arguments: str):
        code = main(list(arguments))
        printed = capsys.readouterr()
        assert not list(tmp_path.glob(".*new*"))
        return code, printed.out, printed.err

    return call


def test_an_interrupt_is_told_in_a_line(verb, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("briefing.render.build.execute_all", interrupted)
    code, _, told = verb("build")
    assert (code, told) == (130, "interrupted; what was built before is as it was\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "--set", "yaer=2023"], "refused: parameter yaer: .* did you mean 'year'\\?"),
        (["build", "--set", "year=1999"], "refused: parameter year: '1999' .* allowed: 2023"),
        (["build", "--set", "year=1,5"], "refused: parameter year: '1,5' .* a whole number"),
        (["build", "--set", "opinion="], "refused: parameter opinion: .* true or false"),
        (["build", "--set", "year"], "refused: --set year: the form NAME=VALUE"),
        (["build", "--set", "articles=oped", "--set", "opinion=false"],
         "refused: parameter articles: 'oped' .* opinion=false they leave no article"),
        (["build", "--set", "visits_from=2030"], "refused: parameter visits_from: '2030'"),
        (["build", "--edition", "nowhere"], "refused: edition: 'nowhere' .* no such edition"),
        (["build", "--edition", "without_opinion"], "did you mean 'without-opinion'\\?"),
        (["build", "--data", "nowhere"], "refused: dossier .*nowhere: .* no such folder"),
        (["build", "--texts", "nowhere"], "refused: texts .*nowhere: .* no such folder"),
        (["chapter", "9-nothing"], "refused: chapter: '9-nothing' .* no such chapter"),
        (["chapter", "trade"], "did you mean '1-trade'\\?"),
        (["chapter", "1-trade", "--set", "scael=log"], "did you mean 'scale'\\?"),
    ],
)  # fmt: skip
def test_a_verb_refuses_before_any_kernel_and_writes_nothing(verb, tmp_path, arguments, message):
    out = tmp_path / "out"
    code, printed, told = verb(*arguments, "--out", str(out))
    assert code == 2
    assert printed == ""
    assert re.search(message, told)
    assert len(told.splitlines()) == 1
    assert not out.exists()


def test_the_last_good_edition_stays_untouched(verb, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "briefing.html").write_text("good", encoding="utf-8")
    assert verb("build", "--set", "yaer=2023", "--out", str(out))[0] == 2
    assert {path.name: path.read_text() for path in out.iterdir()} == {"briefing.html": "good"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# a comment\nopinion: false\nyear: [2023\n", "edition broken.yaml, line 4: "),
        ("opinion: false\n  year: 2023\n", "edition broken.yaml, line 2: "),
        ("- opinion\n", "edition broken.yaml: lines of the form NAME: VALUE are expected"),
        ("opnion: false\n", "edition broken.yaml, parameter opnion: .* did you mean 'opinion'\\?"),
        ("year: '2023'\n", "edition broken.yaml, parameter year: .* a whole number"),
        ("year: 2023\nyear: 2022\n", "edition broken.yaml, line 2: year stands there twice"),
        ("articles: ap\n", "edition broken.yaml, parameter articles: .* a list of ids"),
    ],
)
def test_a_broken_edition_file_is_named_with_its_line(verb, monkeypatch, tmp_path, text, message):
    monkeypatch.setattr(edition, "EDITIONS", tmp_path)
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    code, _, told = verb("build", "--edition", "broken", "--out", str(tmp_path / "out"))
    assert code == 2
    assert re.search(message, told)
    assert len(told.splitlines()) == 1


def test_an_edition_that_is_not_utf_8_is_refused(verb, monkeypatch, tmp_path):
    monkeypatch.setattr(edition, "EDITIONS", tmp_path)
    (tmp_path / "bytes.yaml").write_bytes(b"opinion: \xff\n")
    code, _, told = verb("build", "--edition", "bytes", "--out", str(tmp_path / "out"))
    assert (code, "save the file as UTF-8" in told) == (2, True)


@pytest.mark.parametrize(
    "path", sorted(edition.EDITIONS.glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_edition_of_the_repository_is_valid(path):
    prepared = edition.prepare(path.stem, [], None, "")
    assert set(prepared.changed) <= set(EVERY)


def test_the_command_line_wins_over_the_edition():
    prepared = edition.prepare("without-opinion", ["opinion=true", "scale=log"], None, "")
    assert prepared.values["opinion"] is True
    assert prepared.changed["scale"] == "log"


def test_the_process_exits_2_and_says_why_on_stderr_alone(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(NOTEBOOKS)}
    done = subprocess.run(
        [sys.executable, "-m", "briefing", "build", "--set", "yaer=2023", "--out", "out"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean 'year'?" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_parameters_verb_prints_each_with_type_default_meaning_and_chapters(verb):
    code, printed, _ = verb("parameters")
    assert code == 0
    blocks = dict(block.split(": ", 1) for block in re.split(r"\n(?=\S)", printed.strip()))
    assert list(blocks) == list(EVERY)
    for name, parameter in EVERY.items():
        users = [path.stem for path in CHAPTERS if name in {p.name for p in declared(path)}]
        first, meaning, *allowed, where = blocks[name].splitlines()
        assert first == f"{parameter.annotation} = {parameter.default!r}"
        assert meaning.strip() == parameter.meaning
        served = load().served(name) or parameter.choices
        expected = [f"    allowed: {', '.join(map(str, served))}"] if list(served) else []
        assert allowed == expected
        assert where.strip() == f"chapters: {', '.join(users)}"


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


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_opens_with_its_defaults(name):
    chapter = open_chapter(name, namespace_of(name))
    assert vars(chapter.given) == {p.name: p.default for p in declared(find_chapter(name))}
    assert list(chapter.dossier.articles) == list(load().articles)


@pytest.mark.parametrize(
    "cell", ["# Parameters\nyaer = 1999", "yaer: int = 1999  # typed", "%config x\nyaer = 1999"]
)
def test_an_unknown_name_that_a_cell_assigned_is_refused(cell):
    namespace = namespace_of("1-trade", "yaer = 1999")
    namespace["In"][2] = cell
    message = refusal(open_chapter, "1-trade", namespace)
    assert message.startswith("parameter yaer: '1999' stands there; ")
    assert message.endswith("did you mean 'year'?")


def test_a_misspelt_name_in_the_edited_parameters_cell_is_refused():
    namespace = namespace_of("1-trade")
    namespace["In"][1] = namespace["In"][1].replace("year:", "yaer:")
    assert "did you mean 'year'?" in refusal(open_chapter, "1-trade", namespace)


def test_an_injected_value_is_checked_as_any_other():
    namespace = namespace_of("1-trade", "# Parameters\nyear = 1999")
    message = refusal(open_chapter, "1-trade", namespace)
    assert message == "parameter year: '1999' stands there; the data cannot serve it; allowed: 2023"
    namespace = namespace_of("1-trade", '# Parameters\nopinion = "true"')
    assert "true or false" in refusal(open_chapter, "1-trade", namespace)


def test_names_from_cells_that_do_something_are_the_readers_own():
    namespace = namespace_of("1-trade")
    namespace["In"][1:1] = ["mine = 5\nprint(mine)"]
    open_chapter("1-trade", namespace)


def test_a_chapter_opens_again_after_a_refusal():
    cells = nbformat.read(find_chapter("1-trade"), as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    namespace = namespace_of("1-trade")
    # Run All with a wrong year was refused in the second cell; mended, and Run All again.
    wrong = code[0].replace("2023", "1999")
    namespace["In"] = ["", wrong, code[1], code[0], code[1]]
    open_chapter("1-trade", namespace)


def test_what_was_opened_before_is_gone_after_a_refusal():
    namespace = namespace_of("1-trade", "year = 1999")
    namespace |= {"chapter": "old", "say": "old", "dossier": "old"}
    refusal(open_chapter, "1-trade", namespace)
    assert not {"chapter", "say", "dossier"} & set(namespace)


def test_no_article_that_counts_is_refused():
    namespace = namespace_of("1-trade", 'articles = ["oped"]\nopinion = False')
    message = refusal(open_chapter, "1-trade", namespace)
    assert "parameter articles: 'oped' stands there" in message
    assert "they leave no article that counts" in message


def test_a_preferred_article_must_count():
    namespace = namespace_of("1-trade", 'articles = ["ap", "gwc"]\nprefer = "oped"')
    message = refusal(open_chapter, "1-trade", namespace)
    assert "parameter prefer: 'oped' stands there" in message
    assert "not among the articles that count" in message


def test_stock_papermill_fails_with_the_same_message(tmp_path):
    command = [
        sys.executable, "-m", "papermill", "-p", "year", "1999", "--cwd", str(NOTEBOOKS),
        str(find_chapter("1-trade")), str(tmp_path / "out.ipynb"), "--no-progress-bar",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    message = "parameter year: '1999' stands there; the data cannot serve it; allowed: 2023"
    assert message in done.stderr


# Keeping values as an edition --------------------------------------------------------


@pytest.fixture
def editions(monkeypatch, tmp_path) -> Path:
    """A folder of editions of its own."""
    monkeypatch.setattr(saving, "EDITIONS", tmp_path / "editions")
    monkeypatch.setattr(edition, "EDITIONS", tmp_path / "editions")
    return tmp_path / "editions"


def test_a_chapter_keeps_its_values_as_an_edition_that_reads_back(editions, capsys):
    cell = '# Parameters\nyear = 2023\nscale = "log"\npartners = ["russia", "us"]'
    namespace = namespace_of("1-trade", cell)
    namespace |= {"scale": "log", "partners": ["russia", "us"]}
    chapter = open_chapter("1-trade", namespace)
    chapter.save_edition("mine")
    assert "make briefing EDITION=mine" in capsys.readouterr().out
    prepared = edition.prepare("mine", [], None, "")
    assert prepared.changed == {"scale": "log", "partners": ["russia", "us"]} | (
        {"texts": ""} if EVERY["texts"].default != "" else {}
    )
    written = (editions / "mine.yaml").read_text(encoding="utf-8")
    assert set(edition.edition_file("mine")) == set(vars(chapter.given)) - {"data", "texts"}
    for item in declared(find_chapter("1-trade")):
        assert (f"# {item.meaning}\n" in written) == (item.name not in saving.PLACES)


def test_without_a_name_nothing_is_kept(editions):
    chapter = open_chapter("1-trade", namespace_of("1-trade"))
    chapter.save_edition("")
    assert not editions.exists()


def test_a_kept_edition_is_not_written_over_unasked(editions):
    chapter = open_chapter("1-trade", namespace_of("1-trade"))
    chapter.save_edition("mine")
    (editions / "mine.yaml").write_text("opinion: false\n", encoding="utf-8")
    message = refusal(chapter.save_edition, "mine")
    assert message.startswith("edition: 'mine' stands there; ")
    assert "replace=True" in message
    assert edition.edition_file("mine") == {"opinion": False}
    chapter.save_edition("mine", replace=True)
    assert edition.edition_file("mine")["opinion"] is True


@pytest.mark.parametrize("name", ["My edition", "../mine", "mine.yaml", "-x", "ä"])
def test_a_name_that_cannot_be_a_file_is_refused(editions, name):
    chapter = open_chapter("1-trade", namespace_of("1-trade"))
    assert "lower-case letters, digits and hyphens" in refusal(chapter.save_edition, name)
    assert not editions.exists()


@pytest.mark.parametrize("path", CHAPTERS, ids=NAMES)
def test_every_chapter_ends_with_the_cell_that_keeps_its_values(path):
    last = nbformat.read(path, as_version=4).cells[-1]
    assert last.metadata["tags"] == [SAVING]
    assert last.source.splitlines()[-1] == 'chapter.save_edition("")'


# Any valid combination ---------------------------------------------------------------


def some_of(items, least: int = 0):
    return st.lists(st.sampled_from(list(items)), min_size=least, unique=True)


def preferred_counts(chosen: dict) -> bool:
    named = not chosen["articles"] or chosen["prefer"] in chosen["articles"]
    return not chosen["prefer"] or (named and (chosen["opinion"] or chosen["prefer"] != "oped"))


def combinations() -> st.SearchStrategy[dict]:
    """Every parameter with a value that the data can serve."""
    dossier = load()
    allowed = {name: dossier.served(name) for name in dossier.serves}
    years = st.tuples(st.integers(1990, 2030), st.integers(1990, 2030)).map(sorted)
    each = {
        "articles": some_of(allowed["articles"]).filter(lambda ids: ids != ["oped"]),
        "opinion": st.booleans(),
        "prefer": st.sampled_from(["", *allowed["prefer"]]),
        "year": st.sampled_from(allowed["year"]),
        "partners": some_of(allowed["partners"]),
        "scale": st.sampled_from(EVERY["scale"].choices),
        "arms_measures": some_of(allowed["arms_measures"]),
        "leaders": some_of(allowed["leaders"]),
        "planned": st.booleans(),
        "palette": st.sampled_from(EVERY["palette"].choices),
        "window": years,
    }
    return (
        st.fixed_dictionaries(each)
        .filter(preferred_counts)
        .map(
            lambda chosen: {
                **{name: value for name, value in chosen.items() if name != "window"},
                "visits_from": chosen["window"][0],
                "visits_to": chosen["window"][1],
                "texts": "",
            }
        )
    )


@lru_cache
def code_of(name: str):
    """The compiled cells of a chapter, without its parameters cell."""
    cells = nbformat.read(find_chapter(name), as_version=4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    return [
        compile(source, f"{name}, cell {index}", "exec") for index, source in enumerate(sources)
    ]


def run_chapter(name: str, values: dict) -> list[dict]:
    """What a chapter shows with some values, without a kernel and without drawing to files."""
    shown: list[dict] = []
    namespace: dict = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opened, "publish", lambda block, *_: shown.append(block))
        patch.setattr(Drawing, "files", close)
        first, *rest = code_of(name)
        exec(first, namespace)
        own = {p.name for p in declared(find_chapter(name))}
        namespace |= {key: value for key, value in values.items() if key in own}
        for cell in rest:
            exec(cell, namespace)
    return shown


def close(drawing: Drawing, *_: str, grey: bool) -> dict[str, str]:
    """Stand in for the files of a chart: this is about its words and numbers."""
    plt.close(drawing.figure)
    return {"svg": "", "svg_narrow": "", "svg_alone": "", "png": ""}


_BAD = re.compile(
    r"\(\)|\[\]|\{|\b[Nn]a[Nn]\b|(?<!^)(?<![.?!] )\bNone\b|  | [.,;:]|[,;:]\.|\.\.|^[a-z]"
)


def faults_of(text: str) -> list[str]:
    """What no reader should meet in a sentence: empty brackets, doubled spaces, leftovers."""
    return _BAD.findall(text)


def words_of(block: dict) -> list[str]:
    """Every line that a reader meets in one block of a chapter."""
    texts = [block[part] for part in ("text", "title", "subtitle", "foot") if part in block]
    words = [plain(text) for text in texts] + [block.get("alt", "")]
    cells = [plain(cell) for row in block.get("rows", []) for cell in row]
    return [text for text in words + [cell for cell in cells if cell[:1].isupper()] if text]


@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a chapter is slow to shrink with
)
@given(data=st.data())
def test_any_valid_combination_makes_a_chapter_that_reads_well(name, data):
    values = data.draw(combinations())
    check_reading(run_chapter(name, values))


@pytest.mark.parametrize("article", load().articles)
@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_can_rest_on_any_one_article(name, article):
    check_reading(run_chapter(name, {"articles": [article], "texts": ""}))


@pytest.mark.parametrize("article", load().articles)
@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_can_do_without_any_one_article(name, article):
    others = [id for id in load().articles if id != article]
    check_reading(run_chapter(name, {"articles": others, "texts": ""}))


def check_reading(records: list[dict]) -> None:
    assert records, "the chapter says nothing"
    for record in records:
        for text in words_of(record):
            assert not faults_of(text), text


def test_what_reads_badly_is_found():
    assert faults_of("Trade was None.") == ["None"]
    assert faults_of("Trade was big ().") == ["()"]
    assert faults_of("lower case") == ["l"]
    assert faults_of("A  gap , and {a}.. ") == ["  ", " ,", "{", ".."]
    assert not faults_of("In Danang: an inland nanny.")
    assert not faults_of("It was US$3.6\u00a0billion (AP; op-ed).")


def test_parameters_reach_the_sentences():
    default = json.dumps(run_chapter("1-trade", {"texts": ""}), ensure_ascii=False)
    without = json.dumps(run_chapter("1-trade", {"opinion": False}), ensure_ascii=False)
    assert "109" in default
    assert "109" not in without
    preferred = json.dumps(run_chapter("1-trade", {"prefer": "oped"}), ensure_ascii=False)
    assert preferred != default


def test_a_parameter_of_a_type_knows_what_it_is():
    listed = Parameter("a", "list[str]", [], "m")
    chosen = Parameter("b", 'Literal["x", "y"]', "x", "m")
    assert (listed.is_list, listed.choices) == (True, ())
    assert (chosen.is_list, chosen.choices) == (False, ("x", "y"))
