"""Mutations: what somebody may spoil in a table, and whether the checks notice.

Each claim of the real and of the invented dossier is changed in every way listed below, one
at a time. A mutation is *tellable* where the phrase itself states what was changed; that is
decided here, by looking for the printed figure, word or sign, with nothing of the code under
test. At least 95 of 100 tellable mutations must be caught; those that survive are printed.
"""

from __future__ import annotations

import os
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import INVENTED

from briefing.claims import check
from briefing.claims.load import DEFAULT_DATA, Dossier, load
from briefing.claims.reading import check_event, check_quantity
from briefing.claims.schema import Row
from briefing.claims.texts import read_texts
from briefing.values.periods import MONTHS, Period
from briefing.values.value import stated

READ = {"quantities": check_quantity, "events": check_event}
CAUGHT = 95

Change = tuple[str, Row, str]  # kind, changed cells, why the phrase cannot tell them


# What a phrase prints --------------------------------------------------------------------------

ONES = "zero one two three four five six seven eight nine ten eleven twelve".split()
NTHS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()
PARTS = {"33.3": "third", "50": "half", "25": "quarter"}
SCALES = {"billion": 9, "million": 6, "thousand": 3, "": 0}
UNITS = {"bn": 9, "mn": 6, "": 0}
SIGNS = {"%": "%|percent|per cent", "USD": r"\$|USD", "VEL": "VEL"}
OPPOSITE = {"less than": "more than", "more than": "less than"}
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def has(phrase: str, pattern: str) -> bool:
    """Whether a word or figure stands in the phrase for itself, not inside a longer one."""
    return bool(
        re.search(rf"(?<![\w.,])(?<!\d[\u00a0\u202f]){pattern}(?!\w|[.,]\d)", phrase, re.IGNORECASE)
    )


def prints(row: Row, number: str) -> bool:
    """Whether the phrase prints a number of the row's unit, in digits or as a word."""
    total = abs(Decimal(number)).scaleb(UNITS[row["unit"].partition(" ")[2]])
    return any(
        (not word or word in row["phrase"]) and has(row["phrase"], figures(total.scaleb(-power)))
        for word, power in SCALES.items()
    )


def figures(number: Decimal) -> str:
    plain = f"{number.normalize():f}"
    forms = [rf"(?:US)?\$?{re.escape(plain)}(?:st|nd|rd|th)?"]
    if number == int(number):
        forms += [re.sub(",", "[,\u00a0\u202f]?", f"{int(number):,}").join([r"(?:US)?\$?", ""])]
        forms += [words[int(number)] for words in (ONES, NTHS) if number < len(words)]
    return f"(?:{'|'.join([*forms, *filter(None, [PARTS.get(plain)])])})"


# Mutations of a quantity -----------------------------------------------------------------------


def bump(number: str, by: int = 1) -> str:
    """A number with another last digit, so that as many digits are printed."""
    digit = Decimal(number).as_tuple().exponent
    return str(Decimal(number) + Decimal(by).scaleb(min(digit, 0)))


def of_figures(row: Row) -> Iterator[Change]:
    low, high = row["low"], row["high"]
    ends = {end: row[end] for end in ("low", "high") if row[end]}
    unprinted = "" if all(prints(row, ends[end]) for end in ends) else "no figure is printed"
    for by in (1, -1):
        changed = {end: bump(number, by) for end, number in ends.items()}
        also = all(prints(row, number) for number in changed.values())
        yield "value", changed, unprinted or ("the phrase prints that too" if also else "")
    thousand = {end: str(Decimal(number) * 1000) for end, number in ends.items()}
    yield "scale", thousand, unprinted
    for end, number in ends.items():
        yield "bound", {end: bump(number, 1 if end == "high" else -1)}, unprinted
        yield "bound", {end: ""} if len(ends) > 1 else {end: "", other(end): number}, unprinted
    if len(ends) == 1:
        yield "bound", {other(end): number for end, number in ends.items()}, unprinted
    if low != high and len(ends) > 1:
        yield "bound", {"high": low}, unprinted


def other(end: str) -> str:
    return "high" if end == "low" else "low"


def of_words(row: Row) -> Iterator[Change]:
    for number in ("5", "90"):
        yield "bound", {"low": number, "high": number}, ""
    yield "bound", {"high": "1"}, "the phrase prints that too" if prints(row, "1") else ""


def of_units(row: Row) -> Iterator[Change]:
    code, _, scale = row["unit"].partition(" ")
    money = code in ("USD", "VEL")
    if money:
        unsaid = "" if has_sign(row, code) else "no currency is printed"
        yield "unit", {"unit": f"{'VEL' if code == 'USD' else 'USD'} {scale}".strip()}, unsaid
        for target in {"bn", "mn", ""} - {scale}:
            unsaid = "" if row["low"] or row["high"] else "no figure is printed"
            yield "scale", {"unit": f"{code} {target}".strip()}, unsaid
    # A figure without a sign is no percentage, and one with a sign is nothing else.
    printed = has_sign(row, code) if code in SIGNS else bool(row["low"] or row["high"])
    target = "count" if code == "%" else "%"
    yield "unit", {"unit": target}, "" if printed else "no unit is printed"


def has_sign(row: Row, code: str) -> bool:
    return bool(re.search(SIGNS[code], row["phrase"]))


def of_hedges(row: Row) -> Iterator[Change]:
    hedge = row["hedge"]
    if hedge:
        unsaid = "" if hedge.lower() in row["phrase"].lower() else "the hedge is not printed"
        yield "hedge", {"hedge": ""}, unsaid
        yield "hedge", {"hedge": OPPOSITE.get(hedge, "barely")}, unsaid
    else:
        unsaid = "" if prints(row, row["low"] or row["high"]) else "no figure is printed"
        yield "hedge", {"hedge": "about"}, unsaid
        yield "hedge", {"hedge": "less than", "low": ""}, unsaid


def of_quantity(row: Row) -> Iterator[Change]:
    yield from of_figures(row) if row["low"] or row["high"] else of_words(row)
    yield from of_units(row)
    yield from of_hedges(row)


# Mutations of dates ----------------------------------------------------------------------------


def states(row: Row, end: str, published: str, part: str) -> bool:
    """Whether the phrase prints the year, month, day or weekday of an end of the period."""
    phrase, value = row["phrase"], row[end]
    year, month, day = (value.split("-") + ["", ""])[:3]
    if part == "weekday":
        return bool(day) and DAYS[date.fromisoformat(value).weekday()] in phrase
    if part == "day":
        return bool(day) and states(row, end, published, "month") and has(phrase, nth(day))
    if part == "month":
        return bool(month) and has(phrase, MONTHS[int(month) - 1])
    relative = {"last": -1, "this": 0, "next": 1}
    return has(phrase, year) or any(
        bool(published) and int(published[:4]) + years == int(year)
        for word, years in relative.items()
        if re.search(rf"(?<!the ){word} year\b", phrase, re.IGNORECASE)
    )


def nth(day: str) -> str:
    return rf"(?:\d+-)?{int(day)}(?:st|nd|rd|th)?(?:-\d+)?"


def moved(value: str, part: str, by: int) -> str:
    """A partial date with another year, month or day, by the calendar."""
    year, month, day = (value.split("-") + ["", ""])[:3]
    if part == "year":
        return value.replace(year, f"{int(year) + by:04}", 1)
    if part == "month":
        return f"{year}-{(int(month) - 1 + by) % 12 + 1:02}" + (f"-{day}" if day else "")
    return (date.fromisoformat(value) + timedelta(days=by)).isoformat()


def of_dates(row: Row, published: str) -> Iterator[Change]:
    ends = [end for end in ("from", "to") if row[end]]
    for part, length in (("year", 4), ("month", 7), ("day", 10), ("weekday", 10)):
        dated = [end for end in ends if len(row[end]) >= length]
        said = [end for end in dated if states(row, end, published, part)]
        untold = "" if said and speaks_of(row, said) else f"no {part} is printed"
        for by in (1, -1):
            if dated:
                yield "date", {end: moved(row[end], part, by) for end in dated}, untold
        for end in dated:
            own = "" if end in said and speaks_of(row, [end]) else f"no {part} is printed for it"
            by = 1 if end == "to" else -1
            yield "date", {end: moved(row[end], part, by)}, own
    if decade := re.search(r"(?:(?:19|20)\d|\b\d)0s\b", row["phrase"]):
        unsaid = "" if row["from"] and speaks_of(row, ["from"]) else f"{decade[0]} is no beginning"
        yield "date", {"from": moved(row["from"] or "2000", "year", -10)}, unsaid


def speaks_of(row: Row, ends: list[str]) -> bool:
    """Whether a date of the phrase is a date of these ends: "since 2012" is only a beginning."""
    only = {"from": r"\b(?:since|from)\b", "to": r"\b(?:by|until|till)\b"}
    both = [end for end, word in only.items() if re.search(word, row["phrase"], re.IGNORECASE)]
    return bool(set(ends) & set(both or ends))


# Mutations of an event -------------------------------------------------------------------------

DAYTIMES = {
    "early morning": r"early \w* ?morning",
    "morning": "morning",
    "afternoon": "afternoon",
    "evening": "evening",
    "night": "night",
}
MODES = {"video": r"video\w*", "in person": "in person"}
#: Words that say by themselves how far a thing has got.
STATUSES = {
    "scheduled": "expected|scheduled|set to|will|planned",
    "attempted": "tried|trying|attempts?|attempted|looking for ways",
    "offered": "offer|offers|offered|offering",
    "unlikely": "unlikely",
}
#: Verbs in the past tense, which say that a thing has happened.
PAST = (
    r"(?!(?:united|armed|based|planned|hundred)\b)\w+ed|met|took|drove|shook|held|came|went"
    "|became|sent|left|gave|had|said|paid|kept|was|were|spoke|began"
)


def of_event(row: Row) -> Iterator[Change]:
    if row["status"] == "happened" and not has(row["phrase"], f"(?:{'|'.join(STATUSES.values())})"):
        untold = "" if has(row["phrase"], f"(?:{PAST})") else "no verb is printed in the past tense"
        yield "tense", {"status": "scheduled"}, untold
    for column, words, values in (
        ("daytime", DAYTIMES, ["", "morning", "night"]),
        ("mode", MODES, ["", "video", "in person"]),
        ("status", STATUSES, ["happened", "scheduled", "attempted"]),
    ):
        printed = row[column] in words and has(row["phrase"], f"(?:{words[row[column]]})")
        untold = "" if printed else f"no word for the {column} is printed"
        for value in values:
            if value != row[column]:
                yield column, {column: value}, untold


# Mutations of locators -------------------------------------------------------------------------


def of_locator(row: Row, texts: Mapping[str, str]) -> Iterator[Change]:
    start, end = int(row["start"]), int(row["end"])
    if not texts:
        return
    for first, last in ((1, 1), (-1, -1), (1, 0), (0, -1), (0, 1), (100, 100)):
        yield "offset", {"start": str(start + first), "end": str(end + last)}, ""
    for article in texts:
        if article != row["article"]:
            same = texts[article][start:end] == row["phrase"]
            yield "article", {"article": article}, "it stands there too" if same else ""


# The run ---------------------------------------------------------------------------------------


def changes(dossier: Dossier, table: str, row: Row, texts: Mapping[str, str]) -> Iterator[Change]:
    yield from of_quantity(row) if table == "quantities" else of_event(row)
    yield from of_dates(row, dossier.everyone[row["article"]].published)
    yield from of_locator(row, texts)


def caught(dossier: Dossier, table: str, kind: str, row: Row, texts: Mapping[str, str]) -> bool:
    """Whether the checks refuse the row: by its phrase, its bounds and dates, or its locator."""
    if kind in LOCATED:
        spoilt = replace(dossier.tables[table], rows=[row], lines=[2])
        return bool(list(check._row_locator(dossier, spoilt, 0, texts[row["article"]])))
    try:
        Period(row["from"], row["to"])
        if table == "quantities":
            stated(row["low"], row["high"], row["unit"], row["hedge"])
    except ValueError:
        return True
    return bool(READ[table](row, dossier.everyone[row["article"]].published))


def run(name: str, texts: Path | None = None) -> tuple[Counter[str], dict[str, list[str]]]:
    """Try every mutation of a dossier; those of locators only with texts.

    Returns how many of each kind are tellable, and which of these survive.
    """
    dossier = load(FOLDERS[name])
    held = read_texts(texts, dossier.tables["articles"].rows) if texts else {}
    made: dict[tuple, Change] = {}
    for table in READ:
        for row in dossier.tables[table].rows:
            for kind, cells, untold in changes(dossier, table, row, held):
                # The same change may be made in two ways, of which one can be told.
                key = table, row["id"], *sorted(cells.items())
                if key not in made or (made[key][2] and not untold):
                    made[key] = kind, {**row, **cells}, untold
    told: Counter[str] = Counter()
    survived: dict[str, list[str]] = {}
    for (table, id, *cells), (kind, row, untold) in made.items():
        if not untold:
            told[kind] += 1
            if not caught(dossier, table, kind, row, held):
                survived.setdefault(kind, []).append(f"{id} {dict(cells)}")
    # A yardstick that calls what is printed untold would be passed by anything.
    assert told.total() > 0.3 * len(made)
    return told, survived


def report(told: Counter[str], survived: Mapping[str, list[str]]) -> str:
    lines = [f"{kind}: {len(survived.get(kind, ()))} of {told[kind]} survive" for kind in told]
    lines += [f"{kind}: {', '.join(ids)}" for kind, ids in survived.items()]
    return "\n".join(textwrap.fill(line, 100, subsequent_indent="  ") for line in lines)


FOLDERS = {"invented": INVENTED, "real": DEFAULT_DATA}
LOCATED = {"offset", "article"}
PHRASED = set("value scale bound unit hedge date daytime mode status tense".split())
#: Kinds that the checks do not read: they count on the whole, but have no limit of their own.
UNREAD = {"tense"}


@pytest.mark.parametrize("name", FOLDERS)
def test_mutations_are_caught(name, capsys):
    given = os.environ.get("BRIEFING_TEXTS")  # without them, the phrases alone must tell
    texts = INVENTED / "texts" if name == "invented" else given and Path(given)
    told, survived = run(name, texts)
    with capsys.disabled():
        print(f"\n{name} dossier, {told.total()} mutations\n{report(told, survived)}")
    assert set(told) == PHRASED | (LOCATED if texts else set())
    for kind in set(told) - UNREAD:
        assert 100 * len(survived.get(kind, ())) <= (100 - CAUGHT) * told[kind], kind
    if texts:
        total = sum(map(len, survived.values()))
        assert 100 * total <= (100 - CAUGHT) * told.total()


def test_a_check_that_sees_nothing_is_found_out(monkeypatch):
    monkeypatch.setitem(READ, "quantities", lambda row, published: [])
    monkeypatch.setitem(READ, "events", lambda row, published: [])
    monkeypatch.setattr(check, "_row_locator", lambda *_: [])
    told, survived = run("invented", INVENTED / "texts")
    # An interval without a number, or a date without a day, is refused by the loader.
    assert sum(map(len, survived.values())) > 0.97 * told.total()
