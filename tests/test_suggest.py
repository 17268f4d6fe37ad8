"""Suggestions measured: each article left out in turn, as if it were the next one.

What suggests may learn from the rows of the other articles only. Measures, parties and the
labels of happenings that the others use are known, and so is every measure's definition: a
coder has the list before them. An article that states no date is given the day that the code
book resolves its dates by, as `--date` gives it. The figures are printed: `pytest -s`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import INVENTED, rewrite, rows_of, run

from briefing.__main__ import main
from briefing.claims.guesses import dates, valid
from briefing.claims.load import DEFAULT_DATA, Dossier, load
from briefing.claims.masthead import article_row
from briefing.claims.numerals import Numeral, find_numerals
from briefing.claims.reading import check_event, check_quantity
from briefing.claims.suggest import suggest, suggestions
from briefing.claims.suggested import FOLDER
from briefing.claims.texts import read_texts
from briefing.errors import Refusal

#: What the closing of the work asks for, in per cent; none is missed.
BARS = {"found": 98, "value": 92, "period": 85, "measure": 75}
Row = dict[str, str]
Counts = dict[str, list[int]]


def covers(rows: list[Row], numeral: Numeral) -> list[Row]:
    return [
        row for row in rows if int(row["start"]) <= numeral.start and numeral.end <= int(row["end"])
    ]


def same_value(one: Row, other: Row) -> bool:
    ends = [[row[it] and Decimal(row[it]) for row in (one, other)] for it in ("low", "high")]
    return one["unit"] == other["unit"] and all(a == b for a, b in ends)


def left_out(dossier: Dossier, texts: dict[str, str], day: str) -> Iterator[tuple]:
    """For each article its text, its rows, and what is suggested without them."""
    for row in dossier.tables["articles"].rows:
        id, text = row["id"], texts[row["id"]]
        teach, coded = (
            {
                name: [it for it in table.rows if (it.get("article") == id) == its]
                for name, table in dossier.tables.items()
            }
            for its in (False, True)
        )
        guessed, _ = article_row(text, row["file"], row["sha256"], [])
        guessed["id"] = id
        given = suggestions(text, guessed, teach, guessed["published"] or day)
        yield text, row, coded, given


def measured(dossier: Dossier, texts: dict[str, str], day: str) -> Counts:
    """How often each thing was right, and how often it could have been."""
    counts: Counts = defaultdict(lambda: [0, 0])

    def count(what: str, right: object) -> None:
        counts[what][0] += bool(right)
        counts[what][1] += 1

    for text, article, coded, given in left_out(dossier, texts, day):
        body = int(article["body_start"]), int(article["body_end"])
        claims = coded["quantities"] + coded["events"]
        suggested = given["quantities"] + given["events"]
        for numeral in find_numerals(text, *body):
            if covers(claims, numeral):
                count("found", covers(suggested, numeral))
            elif covers(coded["set_aside"], numeral):
                count("set aside", covers(given["set_aside"], numeral))
        for row in claims:
            numerals = find_numerals(text, int(row["start"]), int(row["end"]))
            figures = [n for n in numerals if not n.period and n.kind != "name"]
            counted = figures if "measure" in row else [n for n in numerals if n.period]
            near = [it for n in counted or numerals for it in covers(suggested, n)]
            near = [it for it in near if "measure" in it or "measure" not in row]
            if not numerals or not (counted or "measure" in row):
                continue  # it states no figure and no date of its own
            if "measure" in row:
                valued = [it for it in near if same_value(it, row)]
                if figures and (row["low"] or row["high"]):
                    count("value", valued)
                best = (valued or near or [None])[0]
                three = [best["measure"], *best["other_measures"].split()] if best else []
                count("measure", row["measure"] in three)
                count("first measure", row["measure"] in three[:1])
                count("parties", best and all(best[p] == row[p] for p in ("subject", "partner")))
                near = [best] if best else []
            count("period", any(all(it[e] == row[e] for e in ("from", "to")) for it in near))
        for row in coded["assessments"]:
            place = range(int(row["start"]), int(row["end"]))
            near = [it for it in given["assessments"] if it["stance"] == row["stance"]]
            count("stance", any(int(it["start"]) in place or int(it["end"]) - 1 in place
                                for it in near))  # fmt: skip
    return counts


def told(name: str, counts: Counts) -> str:
    parts = [f"{what} {a}/{b} = {100 * a / b:.0f} %" for what, (a, b) in counts.items()]
    return f"{name}: {'; '.join(parts)}"


@pytest.fixture(scope="module")
def invented() -> tuple[Dossier, dict[str, str]]:
    dossier = load(INVENTED)
    return dossier, read_texts(INVENTED / "texts", dossier.tables["articles"].rows)


@pytest.fixture(scope="module")
def real(real_texts) -> tuple[Dossier, dict[str, str]]:
    dossier = load(DEFAULT_DATA)
    return dossier, read_texts(real_texts, dossier.tables["articles"].rows)


@pytest.mark.parametrize(("name", "day"), [("invented", "2031-05-15"), ("real", "2024-06-20")])
def test_each_article_left_out_is_suggested_well_enough(request, name, day):
    counts = measured(*request.getfixturevalue(name), day)
    print(f"\n{told(name, counts)}")
    shares = {what: 100 * right / of for what, (right, of) in counts.items()}
    assert [what for what, bar in BARS.items() if shares[what] < bar] == []


@pytest.mark.parametrize("name", ["invented", "real"])
def test_every_numeral_of_a_body_has_a_suggestion_that_passes_the_check(request, name):
    for text, article, _, given in left_out(*request.getfixturevalue(name), "2024-06-20"):
        rows = [row for rows in given.values() for row in rows]
        body = int(article["body_start"]), int(article["body_end"])
        assert [n.text for n in find_numerals(text, *body) if not covers(rows, n)] == []
        for row in rows:
            assert text[int(row["start"]) : int(row["end"])] == row["phrase"]
            assert len(row["phrase"].split()) <= 8
            assert row["phrase"] != row["sentence"] or " " not in row["phrase"]
            assert row["why"]
        wrong = [row["id"] for row in given["events"] if check_event(row, "")]
        wrong += [row["id"] for row in given["quantities"] if row["unit"]
                  and check_quantity(row, "") and "make check" not in row["why"]]  # fmt: skip
        assert wrong == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Velmara will pay $5 billion for ferries from 2040.",  # later than the article itself
        "From 2040 to May 2025 it paid 5 dollars.",
        "It was built 5000 years ago by 12 people, and sold 99999999999 days ago.",
        "It met on 29 February, on Feb. 29 and on Sept. 3 at 12:11 PM.",
        "For centuries and decades it paid twice a year, in the first century and in the 1830s.",
    ],
)
@pytest.mark.parametrize("day", ["2031-05-14", ""])
def test_a_strange_time_has_a_suggestion_too(invented, sentence, day):
    tables = {name: table.rows for name, table in invented[0].tables.items()}
    article = {"id": "next", "body_start": "0", "body_end": str(len(sentence))}
    given = suggestions(sentence, article, tables, day)
    rows = [row for rows in given.values() for row in rows]
    assert [n.text for n in find_numerals(sentence) if not covers(rows, n)] == []
    assert [row["phrase"] for row in rows if not valid(row.get("from"), row.get("to"))] == []


GUESSED = [
    # sentence, table, what its last row has (None: the table has no row)
    ("From 2017 to 2021 it sold 56 percent.", "quantities", {"from": "2017", "to": "2021"}),
    ("Exports fell to 9 percent in 2030 from 12 percent in the ten years before.", "quantities",
     {"from": "", "to": "", "when": "in the ten years before"}),
    ("Velmara sold goods worth $36 for each Sundrian.", "quantities", {"measure": ""}),
    ("In the first quarter of 2030 it came to $1.2 billion.", "quantities",
     {"measure": "", "from": "2030-01", "to": "2030-03"}),
    ("Two of six agreements were read by a dozen ministers.", "quantities", {"measure": ""}),
    ("A day of its fifth visit to Sundrey was wet.", "quantities", {"measure": "visits"}),
    ("It signed six agreements in the third quarter.", "set_aside", {"reason": "period"}),
    ("Tesk landed at two in the morning.", "set_aside", {"reason": "period"}),
    ("It signed six agreements, one on salt.", "set_aside", {"reason": "idiom"}),
    ("Velmara has ordered no ship since 2029.", "events", {"status": "refrained"}),
    ("Ships arrived from 10:40 p.m. on Tuesday, May 6.", "events",
     {"phrase": "p.m. on Tuesday, May 6"}),
    ("Velmara does not want to be a friend of Norvane.", "assessments", {"stance": "opposes"}),
    ("At the time it seeks Sundrian salt.", "assessments", {"holder": "", "about": "sundrey"}),
    ("Of Velmara two readings are on offer.", "assessments", None),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "table", "cells"), GUESSED)
def test_a_guess_keeps_to_what_the_words_around_it_say(invented, sentence, table, cells):
    tables = {name: each.rows for name, each in invented[0].tables.items()}
    article = {"id": "next", "body_start": "0", "body_end": str(len(sentence))}
    row = (suggestions(sentence, article, tables, "2031-05-14")[table] or [None])[-1]
    assert (row and {name: row[name] for name in cells or row}) == cells


# What a file states about itself ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["invented", "real"])
def test_title_body_date_and_credits_are_read_from_the_file(request, name):
    dossier, texts = request.getfixturevalue(name)
    for row in dossier.tables["articles"].rows:
        guessed, why = article_row(texts[row["id"]], row["file"], row["sha256"], [])
        read = ("title", "body_start", "body_end", "published", "dateline", "author", "agency",
                "publisher", "sha256")  # fmt: skip
        assert {it: guessed[it] for it in read} == {it: row[it] for it in read}
        assert why


def test_a_line_of_place_and_day_and_a_biography_are_read():
    body = "Ferries cost Sundrey more than they ever did before this year."
    text = (
        "Lanthe Institute for Sea Studies | Commentary\n\nThe Ferries\n\nBy Lio Marr\n\n"
        f"Port Amery, 3 March 2032\n\n{body}\n\nLio Marr is a fellow at the Lanthe Institute there."
    )
    row, _ = article_row(text, "f.txt", "", [])
    assert (row["dateline"], row["author"]) == ("Port Amery", "Lio Marr")
    assert text[int(row["body_start"]) : int(row["body_end"])] == body


TEXT = """HARBOUR TIMES
Ferries cost Sundrey more than ever
By Lio Marr
3 March 2032

PORT AMERY, March 3 (Halden) - It paid about US$2.4 billion in fiscal year 2031, it said on Tuesday.

It will buy four more ferries by the end of next year. Quillon wants the yards to stay open.

- Ports: 12 of them lie idle.
- Crews: 900 sailors were let go in January.

Growth was 3 percentage points lower, and prices tripled.

Subscribe to our newsletter for 5 dollars.
"""


@pytest.fixture
def next_text(dossier_folder) -> Path:
    path = dossier_folder / "texts" / "ferries.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def suggested(folder: Path, table: str) -> list[Row]:
    return rows_of(folder / FOLDER / f"{table}.csv")


def test_the_next_article_is_suggested_whole(dossier_folder, next_text, capsys):
    assert main(["suggest", str(next_text), "--data", str(dossier_folder)]) == 0
    assert "make accept" in capsys.readouterr().out
    (article,) = suggested(dossier_folder, "articles")
    stated = {
        "id": "ferries", "title": "Ferries cost Sundrey more than ever", "author": "Lio Marr",
        "published": "2032-03-03", "agency": "Halden", "dateline": "Port Amery",
    }  # fmt: skip
    assert {name: article[name] for name in stated} == stated
    body = TEXT[int(article["body_start"]) : int(article["body_end"])]
    assert body.startswith("PORT AMERY")
    assert body.endswith("tripled.")
    figures = suggested(dossier_folder, "quantities")
    paid = next(row for row in figures if "2.4" in row["phrase"])
    assert (paid["low"], paid["hedge"], paid["unit"]) == ("2.4", "about", "USD bn")
    assert (paid["from"], paid["to"]) == ("2031", "2031")
    ferries = next(row for row in figures if "four" in row["phrase"])
    assert (ferries["low"], ferries["unit"]) == ("4", "count")
    gone = next(row for row in figures if "900" in row["phrase"])
    assert (gone["low"], gone["to"]) == ("900", "2032-01")
    (said,) = suggested(dossier_folder, "events")
    assert said["from"] == said["to"] == "2032-03-02"  # the Tuesday before Wednesday, 3 March
    assert ("furniture", "the dateline") in {
        (row["reason"], row["why"]) for row in suggested(dossier_folder, "set_aside")
    }
    (wish,) = suggested(dossier_folder, "assessments")
    assert (wish["holder"], wish["stance"]) == ("velmara", "wants")
    points = next(row for row in figures if "percentage points" in row["phrase"])
    assert points["measure"] == ""  # the schema has no such unit: nothing is guessed


def test_what_a_person_has_written_is_not_suggested_away(dossier_folder, next_text):
    suggest(next_text, dossier_folder)
    path = dossier_folder / FOLDER / "quantities.csv"
    first = path.read_text(encoding="utf-8").replace(",about,", ",roughly,", 1)
    path.write_text(first, encoding="utf-8")
    suggest(next_text, dossier_folder)
    assert path.read_text(encoding="utf-8") == first


def test_what_is_coded_is_not_suggested_again(dossier_folder):
    suggest(dossier_folder / "texts" / "wire.txt", dossier_folder)
    assert [suggested(dossier_folder, name) for name in ("articles", "quantities", "events")] == [
        [], [], []
    ]  # fmt: skip


def test_sentences_never_enter_the_repository(dossier_folder, next_text):
    suggest(next_text, dossier_folder)
    assert (dossier_folder / FOLDER / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert run("git", "check-ignore", "-q", f"data/{FOLDER}/quantities.csv").returncode == 0


def test_without_a_date_relative_dates_are_left_open(dossier_folder, next_text):
    text = TEXT.replace("3 March 2032\n", "").replace(", March 3 ", " ")
    next_text.write_text(text, encoding="utf-8")
    told = suggest(next_text, dossier_folder)
    assert "no date is stated: relative dates are left open; --date DAY resolves them" in told
    (tuesday,) = [row for row in suggested(dossier_folder, "events") if "Tuesday" in row["phrase"]]
    assert (tuesday["from"], tuesday["to"]) == ("", "")
    assert "left open" in tuesday["why"]


def test_a_text_that_cannot_be_served_is_refused(dossier_folder, next_text, capsys):
    told = ["--data", str(dossier_folder)]
    assert main(["suggest", "nowhere.txt", *told]) == 2
    assert main(["suggest", str(next_text), "--date", "last week", *told]) == 2
    assert "a day in ISO 8601 is expected" in capsys.readouterr().err
    suggest(next_text, dossier_folder)
    path = dossier_folder / FOLDER / "articles.csv"
    rewrite(path, lambda rows: [rows[0] | {"body_end": "the end"}])
    with pytest.raises(Refusal, match="articles.csv, row ferries, column body_end: 'the end' st"):
        suggest(next_text, dossier_folder)
    path.unlink()
    (dossier_folder / "texts" / "wire.txt").write_text(TEXT, encoding="utf-8")
    with pytest.raises(Refusal, match="another version of the text"):
        suggest(dossier_folder / "texts" / "wire.txt", dossier_folder)


# Dates ------------------------------------------------------------------------------------------

DATES = [
    # sentence, day from which it counts, from, to
    ("It met last year.", "2024-06-20", "2023", "2023"),
    ("It met on Thursday.", "2024-06-20", "2024-06-20", "2024-06-20"),
    ("It met on Monday.", "2024-06-20", "2024-06-17", "2024-06-17"),
    ("It will meet on Monday.", "2024-06-20", "2024-06-24", "2024-06-24"),
    ("It met in September.", "2024-06-20", "2023-09", "2023-09"),
    ("It met on May 23rd.", "2024-06-20", "2024-05-23", "2024-05-23"),
    ("It met on Thursday (June 20).", "2024-06-20", "2024-06-20", "2024-06-20"),
    ("It grew over the past 20 years.", "2024-06-20", "2004", "2024"),
    ("From 1978 till the mid-1980s it paid.", "", "1978", "1986"),
    ("It left three years ago.", "2024-06-20", "2021", "2021"),
    ("It met yesterday.", "2024-03-01", "2024-02-29", "2024-02-29"),
    ("It met last month.", "2024-01-31", "2023-12", "2023-12"),
    ("It met on February 29.", "2023-06-20", "2020-02-29", "2020-02-29"),
    ("It will meet on February 29.", "2023-06-20", "2024-02-29", "2024-02-29"),
    ("In 2019 it came; the previous year it left.", "", "2019", "2019"),
    ("It met last year.", "", "", ""),
    ("It met on Thursday.", "", "", ""),
]


@pytest.mark.parametrize(("sentence", "day", "first", "last"), DATES)
def test_relative_dates_count_from_the_articles_own(sentence, day, first, last):
    found = dates(sentence, 0, len(sentence), find_numerals(sentence), day)[0]
    assert (found.first, found.last) == (first, last)
    assert found.why


def test_the_worked_example_of_the_readme_is_what_is_suggested(invented):
    readme = (DEFAULT_DATA / "README.md").read_text(encoding="utf-8")
    example = readme.split("**A worked example**")[1].split("**To correct")[0]
    lines = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([^|*]+) \|", example, flags=re.MULTILINE)
    cells: Row = {}
    for columns, stated in lines:
        names = re.findall(r"`(\w+)`", columns)
        cells |= zip(names, stated.replace("–", "").split(", "), strict=True)
    _, _, _, given = next(left_out(*invented, ""))
    (row,) = (row for row in given["quantities"] if row["phrase"] == cells["phrase"])
    assert len(cells) > 10
    assert {name: row[name] for name in cells} == cells
