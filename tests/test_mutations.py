"""Mutations: what somebody may spoil in a table, and whether the checks notice.

Each claim of the real and of the invented dossier is changed in every way listed below, one
at a time. A mutation is *tellable* where the phrase itself states what was changed; that is
decided here, by looking for the printed figure, word or sign, with nothing of the code under
test. At least 95 of 100 tellable mutations must be caught; the rest is printed with a reason.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from briefing.claims import check
from briefing.claims.load import DEFAULT_DATA, Dossier, load
from briefing.claims.reading import check_event, check_quantity
from briefing.claims.schema import Row
from briefing.claims.texts import read_texts
from briefing.values.periods import Period
from briefing.values.value import stated

INVENTED = Path(__file__).resolve().parent / "dossier"
READ = {"quantities": check_quantity, "events": check_event}
CAUGHT = 95


@dataclass(frozen=True)
class Mutation:
    """A row with a change, and why its phrase cannot tell it; "" where it can."""

    table: str
    kind: str
    row: Row
    changed: Row
    untold: str

    @property
    def cells(self) -> str:
        """The changed cells, before and after."""
        pairs = [(name, self.row[name], cell) for name, cell in self.changed.items()]
        return ", ".join(f"{name} {old or 'empty'} → {new or 'empty'}" for name, old, new in pairs)


Change = tuple[str, Row, str]  # kind, changed cells, why the phrase cannot tell them


# What a phrase prints --------------------------------------------------------------------------

ONES = "zero one two three four five six seven eight nine ten eleven twelve".split()
NTHS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()
PARTS = {"33.3": "third", "50": "half", "25": "quarter"}
SCALES = {"billion": 9, "million": 6, "thousand": 3, "": 0}
UNITS = {"bn": 9, "mn": 6, "": 0}
SIGNS = {"%": "%|percent|per cent", "USD": r"\$|USD", "VEL": "VEL"}
OPPOSITE = {"less than": "more than", "more than": "less than"}
MONTHS = (
    "January February March April May June July August September October November December"
).split()
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


def mutations(dossier: Dossier, texts: Mapping[str, str]) -> list[Mutation]:
    made = {}
    for table in READ:
        for row in dossier.tables[table].rows:
            for kind, cells, untold in changes(dossier, table, row, texts):
                # The same change may be made in two ways, of which one can be told.
                key = row["id"], *sorted(cells.items())
                if key not in made or (made[key].untold and not untold):
                    made[key] = Mutation(table, kind, row, cells, untold)
    return list(made.values())


def caught(dossier: Dossier, mutation: Mutation, texts: Mapping[str, str]) -> bool:
    """Whether the checks refuse the row: by its phrase, its bounds and dates, or its locator."""
    table, row = dossier.tables[mutation.table], {**mutation.row, **mutation.changed}
    if mutation.kind in LOCATED:
        spoilt = replace(table, rows=[row], lines=[2])
        return bool(list(check._row_locator(dossier, spoilt, 0, texts[row["article"]])))
    try:
        Period(row["from"], row["to"])
        if mutation.table == "quantities":
            stated(row["low"], row["high"], row["unit"], row["hedge"])
    except ValueError:
        return True
    return bool(READ[mutation.table](row, dossier.everyone[row["article"]].published))


@dataclass(frozen=True)
class Run:
    """What became of the mutations of one dossier."""

    name: str
    untold: list[Mutation]
    survived: list[Mutation]
    tellable: Counter[str]

    @property
    def caught(self) -> Counter[str]:
        """How many tellable mutations of each kind are caught."""
        return self.tellable - Counter(mutation.kind for mutation in self.survived)

    def report(self) -> str:
        """The account that the tests print: numbers by kind, every survivor with its reason."""
        told = sum(self.tellable.values())
        kinds = ", ".join(f"{kind} {self.caught[kind]}/{n}" for kind, n in self.tellable.items())
        lines = [
            f"{self.name}: {told + len(self.untold)} mutations, {told} that the phrase can tell, "
            f"{self.caught.total()} of these caught ({kinds})"
        ]
        indent = {
            "initial_indent": " " * 4,
            "subsequent_indent": " " * 6,
            "break_on_hyphens": False,
        }
        for why, group in grouped(self.survived, reason).items():
            lines.append(f"  survive, {why}: {len(group)}")
            for cells, same in grouped(group, lambda mutation: mutation.cells).items():
                ids = ", ".join(mutation.row["id"] for mutation in same)
                lines.append(textwrap.fill(f"{cells}: {ids}", 100, **indent))
        for why, group in grouped(self.untold, lambda mutation: mutation.untold).items():
            lines.append(f"  the phrase cannot tell, {why}: {len(group)}")
        return "\n".join(lines)


def grouped(made: list[Mutation], key: Callable[[Mutation], str]) -> dict[str, list[Mutation]]:
    groups: dict[str, list[Mutation]] = {}
    for mutation in made:
        groups.setdefault(key(mutation), []).append(mutation)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def reason(mutation: Mutation) -> str:
    """Why the checks let a mutation pass that its phrase could tell."""
    if mutation.kind == "tense":
        return "only the tense of a verb tells it, and the checks do not read tenses"
    if "through the" in mutation.row["phrase"]:
        return "“all through” a decade is read as if it were only its end"
    return "for a reason that nobody has found yet"


def run(name: str, texts: Path | None = None) -> Run:
    """Try every mutation of a dossier; those of locators only with texts."""
    dossier = load(FOLDERS[name])
    held = read_texts(texts, dossier.tables["articles"].rows) if texts else {}
    made = mutations(dossier, held)
    tellable = [each for each in made if not each.untold]
    survived = [each for each in tellable if not caught(dossier, each, held)]
    kinds = Counter(each.kind for each in tellable)
    return Run(f"{name} dossier", [each for each in made if each.untold], survived, kinds)


def judge(done: Run, kinds: frozenset[str]) -> None:
    """Fail where a kind is not tried at all, or too many of one kind survive."""
    assert set(done.tellable) == kinds
    for kind in kinds - UNREAD:
        assert 100 * done.caught[kind] >= CAUGHT * done.tellable[kind], f"{kind}\n{done.report()}"


FOLDERS = {"invented": INVENTED, "real": DEFAULT_DATA}
LOCATED = frozenset({"offset", "article"})
PHRASED = frozenset("value scale bound unit hedge date daytime mode status tense".split())
#: Kinds that the checks do not read: they count on the whole, but have no limit of their own.
UNREAD = frozenset({"tense"})


@pytest.mark.parametrize("name", FOLDERS)
def test_mutations_are_caught(name, capsys, request):
    texts = INVENTED / "texts" if name == "invented" else request.getfixturevalue("real_texts")
    done = run(name, texts)
    with capsys.disabled():
        print(f"\n{done.report()}")
    judge(done, PHRASED | LOCATED)
    assert 100 * done.caught.total() >= CAUGHT * done.tellable.total()


@pytest.mark.parametrize("name", FOLDERS)
def test_without_texts_mutations_are_caught_by_the_phrases(name):
    judge(run(name), PHRASED)


# The yardstick itself --------------------------------------------------------------------------


def test_a_check_that_sees_nothing_is_found_out(monkeypatch):
    monkeypatch.setitem(READ, "quantities", lambda row, published: [])
    monkeypatch.setitem(READ, "events", lambda row, published: [])
    monkeypatch.setattr(check, "_row_locator", lambda *_: [])
    done = run("invented", INVENTED / "texts")
    # An interval without a number, or a date without a day, is refused by the loader.
    assert done.caught.total() < 0.03 * done.tellable.total()
    assert "for a reason that nobody has found yet" in done.report()


@pytest.mark.parametrize(
    ("phrase", "unit", "number", "printed"),
    [
        ("came to US$4.8 billion", "USD bn", "4.8", True),
        ("came to US$4.8 billion", "USD bn", "4.9", False),
        ("came to US$4.8 billion", "USD bn", "0.0048", False),
        ("came to US$4.8 billion", "USD mn", "4800", True),
        ("came to US$4.85 billion", "USD bn", "4.8", False),
        ("came to US$14.8 billion", "USD bn", "4.8", False),
        ("sent VEL 750,000 to", "VEL", "750000", True),
        ("12\u202f500 live there", "count", "12500", True),
        ("12\u202f500 live there", "count", "500", False),
        ("between three and five million", "count", "3000000", True),
        ("her fourth visit", "count", "4", True),
        ("the 58th anniversary", "years", "58", True),
        ("minus 2.3 percent", "%", "-2.3", True),
        ("A third of the ferries", "%", "33.3", True),
        ("nearly all", "%", "100", False),
    ],
)
def test_what_counts_as_printed(phrase, unit, number, printed):
    assert prints({"phrase": phrase, "unit": unit}, number) is printed


@pytest.mark.parametrize(
    ("phrase", "value", "parts"),
    [
        ("on May 15-16, 2031", "2031-05-16", {"year", "month", "day"}),
        ("early Thursday morning (May 15)", "2031-05-15", {"month", "day", "weekday"}),
        ("in October 2030", "2030-10", {"year", "month"}),
        ("in October 2030", "2031-09", set()),
        ("last year", "2030", {"year"}),
        ("the last year", "2030", set()),
        ("in the 2030s", "2030", set()),
        ("the 15 ships of May", "2031-05-16", {"month"}),
    ],
)
def test_what_counts_as_a_stated_date(phrase, value, parts):
    row = {"phrase": phrase, "from": value}
    found = {p for p in ("year", "month", "day", "weekday") if states(row, "from", "2031", p)}
    assert found == parts
