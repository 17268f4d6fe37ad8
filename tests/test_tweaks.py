"""What a changed parameter changes: a table, checked against the manifests of two builds."""

import csv
import json
import shutil
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from briefing.claims.load import DEFAULT_DATA
from briefing.render.build import build
from briefing.render.edition import prepare
from briefing.report.parameters import chapters, every_parameter

#: Chapter, `NAME=VALUE`, and what differs in the manifest and the files of the chapter.
CHANGES = [
    ("1-trade", "articles=ap,gwc", "numbers sentences titles tables drawings alts"),
    ("0-summary", "articles=explainer", "numbers sentences titles tables drawings alts"),
    ("0-summary", "opinion=false", "numbers sentences tables drawings alts"),
    ("6-disagreements", "opinion=false", "numbers sentences titles tables drawings alts"),
    ("1-trade", "prefer=oped", "numbers tables"),
    ("3-visits", "prefer=inpac", "sentences"),
    ("1-trade", "partners=russia,us", "numbers sentences titles tables drawings alts"),
    ("0-summary", "partners=russia,us", "numbers sentences titles tables drawings alts"),
    ("1-trade", "scale=log", "drawings alts"),
    ("2-arms", "arms_measures=arsenal_share", "numbers sentences titles tables drawings alts"),
    ("0-summary", "arms_measures=arsenal_share", "numbers sentences tables drawings alts"),
    ("3-visits", "visits_from=2020", "numbers titles tables drawings alts"),
    ("3-visits", "visits_to=2020", "numbers titles tables drawings alts"),
    ("3-visits", "leaders=joe-biden", "numbers titles tables drawings alts"),
    ("3-visits", "planned=false", "numbers sentences tables"),
    ("3-visits", "palette=grey", "drawings"),
    ("0-summary", "record=false", "numbers sentences titles tables drawings alts"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Build one chapter with some settings, each combination once, and without its PDF."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("briefing.render.exporters.pdf", lambda *_, **__: (b"", b""))
        yield _builder(tmp_path_factory)


def _builder(tmp_path_factory):
    @lru_cache
    def build_once(chapter: str, setting: str = "", data: str | None = None) -> dict:
        out = tmp_path_factory.mktemp("tweak") / "out"
        prepared = prepare("default", [setting] if setting else [], data, "", chapter)
        return published(build(prepared, out, lambda _: None))

    return build_once


def published(folder: Path) -> dict:
    """What a reader meets, by kind, as multisets that can be told apart."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = {path.name: path.read_bytes() for path in (folder / "exhibits").iterdir()}
    charts = [item for item in manifest["exhibits"] if item["kind"] == "chart"]
    return {
        "parameters": manifest["parameters"],
        "numbers": Counter(number["text"] for number in manifest["numbers"]),
        "sentences": Counter(item["text"] for item in manifest["sentences"]),
        "titles": Counter(item["title"] + item["subtitle"] for item in manifest["exhibits"]),
        "alts": Counter(item["alt"] for item in charts),
        "tables": {name: data for name, data in files.items() if name.endswith(".csv")},
        "drawings": {name: data for name, data in files.items() if name.endswith(".svg")},
    }


@pytest.mark.parametrize(("chapter", "setting", "changes"), CHANGES)
def test_a_parameter_changes_what_depends_on_it_and_nothing_else(made, chapter, setting, changes):
    before, after = made(chapter), made(chapter, setting)
    differing = {kind for kind in before if before[kind] != after[kind]}
    assert differing == {"parameters", *changes.split()}
    name = setting.partition("=")[0]
    given = {
        key for key, value in after["parameters"].items() if value != before["parameters"][key]
    }
    assert given == {name}


def test_the_year_changes_what_depends_on_it(made, tmp_path):
    # The articles state one year of trade; the same figures a year earlier make a second.
    data = shutil.copytree(DEFAULT_DATA, tmp_path / "data")
    table = data / "quantities.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    moved = [row for row in rows if row["measure"] == "two_way_trade" and row["partner"] != "china"]
    for row in moved:
        row["from"] = row["to"] = "2022"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    before, after = (made("1-trade", f"year={year}", str(data)) for year in (2023, 2022))
    differing = {kind for kind in before if before[kind] != after[kind]}
    assert moved
    assert differing == {
        "parameters", "numbers", "sentences", "titles", "tables", "drawings", "alts",
    }  # fmt: skip


def test_the_table_names_every_parameter():
    told = {setting.partition("=")[0] for _, setting, _ in CHANGES}
    # The year and the chapters have tests of their own; where data lie changes nothing told.
    assert told | {"year", "chapters", "data", "texts"} == set(every_parameter(chapters()))


@pytest.mark.parametrize(
    ("chapter", "setting", "said"),
    [
        ("1-trade", "articles=inpac", "No article that counts states two-way trade"),
        ("2-arms", "articles=inpac", "No article that counts gives a share"),
        ("3-visits", "articles=gwc", "No article that counts says how often"),
        ("4-wider-ties", "articles=gwc", "No article that counts"),
        ("6-disagreements", "articles=inpac", "No claims of the articles that count contradict"),
    ],
)
def test_a_chapter_to_which_nobody_speaks_says_so(made, chapter, setting, said):
    assert any(said in sentence for sentence in made(chapter, setting)["sentences"])


def test_a_window_without_events_is_told_in_a_sentence(tmp_path):
    pairs = ["visits_from=1960", "visits_to=1961"]
    out = build(prepare("default", pairs, None, "", "3-visits"), tmp_path / "out", lambda _: None)
    found = published(out)
    assert any("dates a visit or a meeting of these leaders" in text for text in found["sentences"])
    assert "visits.svg" not in found["drawings"]
    assert all(sum(data == other for other in found["drawings"].values()) == 1
               for data in found["drawings"].values())  # fmt: skip
