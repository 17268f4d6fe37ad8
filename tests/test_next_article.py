"""Articles to come: whatever rows the schema allows check, build, and are shown.

Two articles are added, one without a date and one of a day that another has, with rows of every
kind: a year that no chart has seen, a new measure, party and happening, another figure for a
year that is stated already. A short run with a fixed seed is part of the tests; `make fuzz`
tries more, each time others.
"""

import csv
import os
import shutil
from itertools import cycle
from pathlib import Path
from random import Random

import pytest
import test_combinations
from conftest import INVENTED, rows_of
from nbformat import v4
from test_combinations import NAMES, check_reading, run_chapter

from briefing.claims.check import check
from briefing.claims.conflicts import conflicts
from briefing.claims.load import DEFAULT_DATA, Dossier, load
from briefing.render.document import sections_of, uses_of
from briefing.render.evidence import evidence, listed, untold
from briefing.report.blocks import MIME, plain

FUZZ = os.environ.get("FUZZ")
#: Four that have found what breaks, each in a place of its own.
SEEDS = range(int(FUZZ) // 10) if FUZZ else (7, 8, 18, 43)
#: How a figure of each unit is printed, after its hedge and before it ends.
UNITS = {
    "USD bn": "${} billion", "USD mn": "${} million", "USD": "${}", "%": "{} percent",
    "count": "{} people", "rank": "{}th", "years": "{} years",
    "VEL bn": "VEL {} billion", "VEL": "VEL {}",
}  # fmt: skip
#: A hedge with the sides of a figure that it leaves open, and that it states.
HEDGES = {"": "lh", "about": "lh", "almost": "lh", "less than": "h", "at most": "h",
          "more than": "l", "at least": "l"}  # fmt: skip
DATES = ["1950", "1985", "2016", "2022", "2023", "2023", "2023-11", "2024", "2024-06", "2024-06-19",
         "2024-06-20", "2026-03-01", "2031"]  # fmt: skip
PERIODS = [("", ""), *((day, day) for day in DATES), ("", "2024-06"), ("2016", ""),
           ("2022", "2024"), ("2023-09", "2024-06-20")]  # fmt: skip
MANY = 30  #: Rows of each table.
NEW = {
    "articles": [
        {"id": "sixth", "short": "Herald", "genre": "news", "published": "", "origin": "sixth"},
        {"id": "seventh", "short": "courier", "genre": "opinion", "published": "2024-06-19",
         "origin": "sixth"},
    ],
    "parties": [{"id": "chile", "kind": "country", "name": "Chile", "demonym": "Chilean"},
                {"id": "maria-rojas", "kind": "person", "name": "Maria Rojas"},
                {"id": "new-bank", "kind": "organisation", "name": "the Bank", "role": "lender"}],
}  # fmt: skip


def allowed(dossier: Dossier, table: str, column: str) -> list[str]:
    """The values that the schema lists for a column, and nothing where it may be empty."""
    fields = {field["name"]: field for field in dossier.tables[table].schema["fields"]}
    rules = fields[column]["constraints"]
    return [*rules["enum"], *[""] * (not rules.get("required"))]


def drawn(dossier: Dossier, pick: Random) -> dict[str, list[dict]]:
    """Claims of every kind, by table; what they speak of is old or new."""
    tables = ("quantities", "events", "assessments")
    ids = {
        name: [row[key] for row in dossier.tables[name].rows]
        for name, key in (("parties", "id"), ("measures", "measure"), ("happenings", "event"))
    }
    main = [*dossier.roles.values(), *(p for p in ("us", "china", "to-lam") if p in ids["parties"])]
    everyone = [*ids["parties"], *(row["id"] for row in NEW["parties"])]
    measures = [
        *ids["measures"],
        *(f"new_{at}" for at in range(len(allowed(dossier, "measures", "unit")))),
    ]
    topics = sorted({row["topic"] for name in tables for row in dossier.tables[name].rows})

    def party() -> str:
        return pick.choice(pick.choice([main, everyone]))

    def any_of(table: str, *columns: str) -> dict[str, str]:
        return {column: pick.choice(allowed(dossier, table, column)) for column in columns}

    def claim() -> dict:
        start, end = pick.choice(PERIODS)
        return {
            "article": pick.choice(NEW["articles"])["id"], "topic": pick.choice([*topics, "sport"]),
            "speaker": pick.choice(["article", party()]), "from": start, "to": end,
            "when": pick.choice(["", "", "over the years"]), "phrase": "it is said to be so",
        }  # fmt: skip

    def like(table: str, at: int, *columns: str) -> dict[str, str]:
        """For two rows of three what a row of the table speaks of, for one its period too."""
        row = pick.choice(dossier.tables[table].rows)
        kept = [columns, [*columns, "from", "to"], []][at % 3]
        return {column: row[column] for column in kept}

    return {
        "quantities": [
            {**claim(), **any_of("quantities", "standing"), "subject": party(),
             "measure": pick.choice(measures), "partner": pick.choice(["", party(), party()]),
             "hedge": pick.choice([*HEDGES, "growing", "between"]), "number": pick.randint(1, 120),
             **like("quantities", at, "topic", "measure", "subject", "partner")}
            for at in range(MANY)],
        "events": [
            {**claim(), **any_of("events", "daytime", "mode", "status"), "actor": party(),
             "event": f"new_{at}",
             "counterpart": pick.choice(["", party(), party()]),
             "place": pick.choice(["", "Hanoi", "Hue, Vietnam"]),
             "occasion": pick.choice(["", "a fair"]),
             **like("events", at, "topic", "event", "actor", "counterpart")} for at in range(MANY)],
        "assessments": [
            {**claim(), **any_of("assessments", "stance"), "holder": party(), "about": party()}
            for _ in range(MANY)],
    }  # fmt: skip


def figure(row: dict, unit: str) -> dict[str, str]:
    """The cells of a figure, with the phrase that prints it."""
    number, hedge = row.pop("number"), row["hedge"]
    if hedge == "growing":
        return {"low": "", "high": "", "unit": unit, "phrase": "growing all the time"}
    if hedge == "between" and unit != "rank":
        said = UNITS[unit].format(f"{number}–{number + 7}")
        return {"low": number, "high": number + 7, "hedge": "", "unit": unit, "phrase": said}
    hedge = hedge if hedge in HEDGES else ""
    said = f"{hedge} {UNITS[unit].format(number)}".strip()
    sides = HEDGES[hedge]
    return {"low": number if "l" in sides else "", "high": number if "h" in sides else "",
            "hedge": hedge, "unit": unit, "phrase": said}  # fmt: skip


def append(folder: Path, table: str, more: list[dict]) -> None:
    """Add rows to a table; what they do not say stays empty."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        head = next(csv.reader(file))
    with (folder / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(
            file, head, restval="", extrasaction="ignore", lineterminator="\n"
        ).writerows(more)


def add(folder: Path, drawn: dict[str, list[dict]]) -> list[str]:
    """Add drawn rows, with what they speak of and the disagreements that they make; their ids."""
    dossier = load(folder)
    units = {row["measure"]: row["unit"] for row in rows_of(folder / "measures.csv")}
    for at, unit in enumerate(allowed(dossier, "measures", "unit")):
        units[f"new_{at}"] = unit
    kinds = allowed(dossier, "happenings", "kind")
    whole = {"title": "A new one", "sha256": "0" * 64, "body_start": 0, "body_end": 10**6}
    append(folder, "articles", [{**row, **whole, "file": f"{row['id']}.txt"}
                                for row in NEW["articles"]])  # fmt: skip
    append(folder, "parties", NEW["parties"])
    append(folder, "measures", [
        {"measure": name, "label": f"new {unit} figure", "definition": "New.", "unit": unit,
         "kind": "flow"} for name, unit in units.items() if name.startswith("new_")])  # fmt: skip
    append(folder, "happenings", [
        {"event": f"new_{at}", "label": f"new {kind}", "kind": kind}
        for at, kind in zip(range(MANY), cycle(kinds), strict=False)])  # fmt: skip
    ids, start = [], 0
    for table, more in drawn.items():
        for number, row in enumerate(more):
            row |= {"id": f"{row['article']}-{table}-{number}"}
            row["statement"] = f"A statement in our words, of {table}."
            if table == "quantities":
                row |= figure(row, units[row["measure"]])
            row |= {"start": start, "end": start + len(row["phrase"])}
            ids, start = [*ids, row["id"]], start + 100
        append(folder, table, more)
    explain(folder)
    return ids


def explain(folder: Path) -> None:
    """A row for each new conflict, and for each claim that is doubtful."""
    dossier = load(folder)
    told = [set(row.claims) for row in dossier.disagreements]
    new = [("contradiction", it.ids) for it in conflicts(dossier)
           if not any(it.ids <= row for row in told)]  # fmt: skip
    new += [("doubtful", {claim.id}) for claim in dossier.quantities
            if claim.standing == "doubtful" and not any(claim.id in row for row in told)
            ]  # fmt: skip
    append(folder, "disagreements", [
        {"id": f"new-{at}", "label": f"New matter {'abcdefghij'[at % 10] * (at // 10 + 1)}",
         "kind": kind, "claims": " ".join(sorted(ids)), "explanation": "They differ.",
         "treatment": "Both are shown.", "headline": min(ids) if at % 2 else ""}
        for at, (kind, ids) in enumerate(new)])  # fmt: skip


QUAY = INVENTED / "1-quay.ipynb"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("source", [DEFAULT_DATA, INVENTED], ids=["real", "invented"])
def test_rows_of_every_kind_check_and_are_shown(source, tmp_path, monkeypatch, seed):
    folder, pick = tmp_path / "data", Random(f"{seed}{os.urandom(8).hex() if FUZZ else ''}")
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("texts", "*.ipynb"))
    ids = add(folder, drawn(load(source), pick))
    check(folder)
    if source == INVENTED:
        monkeypatch.chdir(INVENTED)
        monkeypatch.setattr(test_combinations, "find_chapter", lambda _: QUAY)
    executed = {}
    for name in NAMES if source == DEFAULT_DATA else [QUAY.stem]:
        blocks = run_chapter(name, {"data": str(folder), "texts": ""})
        check_reading(blocks)
        outputs = [v4.new_output("display_data", {MIME: block}) for block in blocks]
        executed[name] = {"cells": [v4.new_code_cell(outputs=outputs)]}
    dossier, uses = load(folder), uses_of(sections_of(executed))
    here = set(ids) & set(uses)
    most = 0.8 if source == DEFAULT_DATA else 0.6  # there a list of all ends after forty
    assert len(here) > most * len(ids), "most are told by a chapter"
    assert set(ids) == here | set(ids) & set(untold(dossier, uses)), "the rest is named"
    cited = {id for id in ids if id in uses or "-assessments-" not in id}
    assert cited <= set(listed([evidence(dossier, {}, uses)]))


def stated(id: str, measure: str, partner: str, number: str, when: str, **more: str) -> dict:
    """A row of quantities.csv of an added article."""
    phrase = f"${number} billion" if "unit" not in more else f"{number} agreements"
    return {
        "id": f"sixth-{id}", "article": "sixth", "phrase": phrase, "topic": "trade",
        "measure": measure, "subject": "vietnam", "partner": partner, "low": number,
        "high": number, "unit": "USD bn", "from": when, "to": when, "speaker": "article",
        "standing": "reported", "statement": "A figure.", "start": 0, "end": len(phrase), **more,
    }  # fmt: skip


def test_other_years_are_told_and_drawn_and_a_third_figure_enters_the_dispute(tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(DEFAULT_DATA, folder, ignore=shutil.ignore_patterns("texts"))
    add(folder, {})
    append(folder, "quantities", [
        stated("russia-old", "two_way_trade", "russia", "3.5", "2022"),
        stated("russia-new", "two_way_trade", "russia", "4.6", "2024"),
        stated("china-new", "two_way_trade", "china", "205", "2024"),
        stated("months", "two_way_trade", "russia", "3.4", "2024-01", to="2024-09"),
        stated("exports", "exports", "us", "101", "2023"),
        stated("number", "agreements", "russia", "11", "2024-06", unit="count"),
    ])  # fmt: skip
    explain(folder)
    check(folder)
    months = frozenset({"sixth-months", "sixth-russia-new"})
    assert months not in [it.ids for it in conflicts(load(folder))], "nine months are no year"

    def told(name: str, **values: object) -> str:
        blocks = run_chapter(name, {"data": str(folder), "texts": "", **values})
        check_reading(blocks)
        parts = ("figure", "what", "text", "title", "alt")
        texts = [block[part] for block in blocks for part in parts if part in block]
        told = (it if isinstance(it, str) else plain(it) for it in texts)
        return "\n".join(told).replace("\N{NO-BREAK SPACE}", " ")

    said = told("1-trade")
    for words in (
        "came to US$4.6 billion in 2024 (Herald); with China it came to US$205 billion (Herald)",
        "Also stated: two-way trade with Russia US$3.4 billion, January–September 2024 (Herald)",
        "Trade with Russia from US$3.5 billion in 2022 to US$4.6 billion in 2024; with China",
        "US$97 billion (GWC), US$101 billion (Herald) or US$109 billion (op-ed)",
        "likely that US$97 billion or US$101 billion holds for 2023, and US$109 billion should",
    ):
        assert words in said
    said = told("0-summary")
    assert "they were likely US$97 billion (GWC) or US$101 billion (Herald)" in said
    assert "$97bn or $101bn" in said
    assert "they number 11 (Herald)" in said
    assert "how many" not in said
    said = told("1-trade", year=2023)
    assert "came to US$3.6 billion in 2023 (AP)" in said
    assert "Also stated" in said
