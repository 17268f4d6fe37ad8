"""The checks of a dossier: its schema, and the promises *faithful* and *complete*.

Faithful: each locator yields its phrase, and what the phrase says in numbers, dates and
hedges is what its row says. Complete: each numeral in an article's body lies inside a
claim's phrase or is set aside with a reason. What needs the texts is checked where they
are at hand; a passed check with texts is recorded, so that others can rely on it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ..errors import Fault, Refusal, nearest
from . import conflicts
from .load import Dossier, load
from .numerals import Numeral, find_numerals
from .reading import check_event, check_quantity
from .schema import Row, Table
from .strict import Strict, read_json
from .texts import folder_of, paragraph_number, read_texts, sentence_around
from .verdicts import VERDICTS, verdicts

#: Tables whose rows stand in the texts, and how their phrases are read against them.
LOCATED = {
    "quantities": check_quantity,
    "events": check_event,
    "assessments": None,
    "set_aside": None,
}
CLAIMS = "quantities.csv, events.csv and assessments.csv"
RECORD = "verified.json"
PHRASE_WORDS = 8
#: What may stand around a sentence: one that lacks only this in a phrase is quoted whole.
_STOPS = " .!?…\"'“”‘’()"
#: Table and column of names that are printed as they stand, and what numerals may not be in them:
#: any, or those in digits.
_NAMES = dict.fromkeys([("parties", "name"), ("parties", "demonym"), ("articles", "short")], "")
_NAMES |= dict.fromkeys([("parties", "role"), ("checks", "matter")], r"\d")
_NAMES |= {(it, "label"): r"\d" for it in ("happenings", "measures", "disagreements")}
#: Of so many claims one may be set down as not used.
CLAIMS_TO_ONE_UNUSED = 10


class _Recorded(Strict):
    tables: dict[str, str]
    texts: dict[str, str]
    account: dict[str, dict[str, int]]
    paragraphs: dict[str, int]


_RECORDED = TypeAdapter(_Recorded)


def check(data: str | Path | None = None, texts: str | Path | None = None) -> list[str]:
    """Check a dossier and say what was verified. Raises Refusal with every fault found.

    With texts, a passed check is recorded in `verified.json`.
    """
    dossier = load(data)
    folder = folder_of(texts, dossier.folder)
    held = read_texts(folder, dossier.tables["articles"].rows) if folder else {}
    faults = [*_own_faults(dossier)]
    # Claims are compared once each says what its phrase says: the rest would only repeat that.
    faults += [*([] if faults else conflicts.faults(dossier)), *text_faults(dossier, held)]
    faults += _strays(dossier, folder)
    if faults:
        raise Refusal(faults)
    counts = [f"{len(table.rows)} {name}" for name, table in dossier.tables.items()]
    unused = len(dossier.tables["not_used"].rows)
    report = [
        f"schema: {', '.join(counts)}",
        f"claims: {len(dossier.claims)}, of which {unused} are set down as not used, each with why",
        "faithful: every phrase agrees with its row",
    ]
    outcomes = Counter(verdict.verdict for verdict in verdicts(dossier))
    if told := ", ".join(f"{outcomes[kind]} {kind}" for kind in VERDICTS if outcomes[kind]):
        report.append(f"record: every check finds its record: {told}")
    if not held:
        return [
            *report,
            f"not verified, for want of the texts: that locators yield their phrases "
            f"(last check: {verification(dossier, None)}), and that no numeral is left out",
        ]
    found = sum(counts["found"] for counts in record(dossier, held)["account"].values())
    return [
        *report,
        f"faithful: all locators yield their phrases in {len(held)} texts",
        f"complete: {found} numerals, each in a claim or set aside",
    ]


def row_faults(dossier: Dossier, texts: Mapping[str, str]) -> list[Fault]:
    """What is wrong with single rows, whether or not all is coded and every conflict explained.

    Locators are held against those texts that are at hand, the others against their bodies.
    """
    return [*_own_faults(dossier), *(_body_faults(dossier, texts) or _locators(dossier, texts))]


def _own_faults(dossier: Dossier) -> Iterator[Fault]:
    yield from _phrase_faults(dossier)
    yield from _reference_faults(dossier)
    yield from _kept_faults(dossier)
    yield from _name_faults(dossier)


def _strays(dossier: Dossier, folder: Path | None) -> Iterator[Fault]:
    """Texts of the folder that no row of articles.csv names."""
    files = {article.file for article in dossier.everyone.values()}
    for path in sorted(folder.glob("*.txt")) if folder else ():
        if path.name not in files:
            expected = f"articles.csv has no row for it: make article TEXT={path}"
            yield Fault(f"text {path}", path.name, expected)


def _body_faults(dossier: Dossier, texts: Mapping[str, str]) -> list[Fault]:
    """Bodies that hold nothing, or end behind their texts."""
    bodies, table = [], dossier.tables["articles"]
    for index, article in enumerate(dossier.everyone.values()):
        text, body = texts.get(article.id), "body_start, body_end"
        if article.body_start >= article.body_end:
            bodies.append(table.fault(index, body, "a body begins before it ends"))
        elif text is not None and article.body_end > len(text):
            bodies.append(table.fault(index, body, f"the text has {len(text)} code points"))
    return bodies


def _locators(dossier: Dossier, texts: Mapping[str, str]) -> Iterator[Fault]:
    for table in (dossier.tables[name] for name in LOCATED):
        for index, row in enumerate(table.rows):
            yield from _row_locator(dossier, table, index, texts.get(row["article"]))


def text_faults(dossier: Dossier, texts: Mapping[str, str]) -> list[Fault]:
    """Wrong locators, as far as the texts at hand tell, and the numerals in these left uncoded."""
    if bodies := _body_faults(dossier, texts):  # the rest would only repeat that
        return bodies
    faults = [*_locators(dossier, texts)]
    for id, numeral, holder in _numerals(dossier, texts):
        if not holder:
            first, last = sentence_around(texts[id], numeral.start, numeral.end)
            expected = (
                f"code it in {CLAIMS.replace('and', 'or')}, or give the reason in "
                f"set_aside.csv; it stands in: {texts[id][first:last].strip()}"
            )
            place = f"article {id}, characters {numeral.start}–{numeral.end}"
            faults.append(Fault(place, numeral.text, expected))
    return faults


def held(
    text: str, begin: int, end: int, rows: Iterable[Row]
) -> Iterator[tuple[Numeral, Row | None]]:
    """Each numeral of a body with the first row whose phrase holds it, None where none does."""
    spans = [(int(row["start"]), int(row["end"]), row) for row in rows]
    for numeral in find_numerals(text, begin, end):
        here = (row for a, b, row in spans if a <= numeral.start and numeral.end <= b)
        yield numeral, next(here, None)


def _numerals(dossier: Dossier, texts: Mapping[str, str]) -> Iterator[tuple[str, Numeral, str]]:
    """Each numeral of the bodies at hand with its article and what holds it.

    That is the reason for which it is set aside, else "coded", or "" where no row has it.
    """
    rows: dict[str, list[Row]] = {id: [] for id in dossier.everyone}
    for name in ("set_aside", *LOCATED):
        for row in dossier.tables[name].rows:
            rows[row["article"]].append(row)
    for id, text in texts.items():
        article = dossier.everyone[id]
        for numeral, holder in held(text, article.body_start, article.body_end, rows[id]):
            yield id, numeral, holder.get("reason", "coded") if holder else ""


def _row_locator(dossier: Dossier, table: Table, index: int, text: str | None) -> Iterator[Fault]:
    row = table.rows[index]
    start, end, phrase = int(row["start"]), int(row["end"]), row["phrase"]
    article, expected = dossier.everyone[row["article"]], ""
    if text is None and end - start != len(phrase):
        expected = f"the phrase {phrase!r} has {len(phrase)} characters"
    elif text is not None and text[start:end] != phrase:
        expected = _where(text, row)
    elif not article.body_start <= start < end <= article.body_end:
        expected = f"the body of {article.id} is {article.body_start} to {article.body_end}"
    if expected:
        yield table.fault(index, "start, end", expected)
    if expected or text is None:
        return
    first, last = sentence_around(text, start, end)
    if text[first:last].strip(_STOPS) == phrase.strip(_STOPS) and " " in phrase:
        yield table.fault(index, "phrase", "it is a whole sentence")
    if row.get("when", "") not in text[first:last]:
        expected = f"the sentence around the phrase has no such words: {text[first:last]}"
        yield table.fault(index, "when", expected)


def _where(text: str, row: Row) -> str:
    """What the text has at a locator, and where its phrase does stand."""
    there, phrase = text[int(row["start"]) : int(row["end"])], row["phrase"]
    places = [str(i) for i in range(len(text)) if phrase and text.startswith(phrase, i)]
    at = f"stands at {', '.join(places[:3])}" if places else "stands nowhere in the text"
    return f"the text has {there!r} there; the phrase {phrase!r} {at}"


def _phrase_faults(dossier: Dossier) -> Iterator[Fault]:
    """Rows whose phrase says something else, or is longer than it may be."""
    for name, read in LOCATED.items():
        table = dossier.tables[name]
        for index, row in enumerate(table.rows):
            for column in ("phrase", "when"):
                if len(row.get(column, "").split()) > PHRASE_WORDS:
                    yield table.fault(index, column, f"at most {PHRASE_WORDS} words are quoted")
            published = dossier.everyone[row["article"]].published
            for mismatch in read(row, published) if read else []:
                expected = f"the phrase {row['phrase']!r} says {mismatch.says}"
                yield Fault(table.place(index, mismatch.column), mismatch.stands, expected)


def _name_faults(dossier: Dossier) -> Iterator[Fault]:
    """Names that would print a figure which no claim carries."""
    for (name, column), figure in _NAMES.items():
        if name not in dossier.tables:  # a dossier may be without a record
            continue
        table = dossier.tables[name]
        for index, row in enumerate(table.rows):
            numerals = (it.text for it in find_numerals(row[column]) if it.kind != "name")
            if any(re.search(figure, text) for text in numerals):
                expected = "a name has its figure in one word with it, as in G7, or none"
                yield table.fault(index, column, expected)


def _reference_faults(dossier: Dossier) -> Iterator[Fault]:
    """Claim ids that no claim has, units unlike their measure, doubts not explained."""
    ids = Counter(claim.id for claim in dossier.claims)
    table = dossier.tables["disagreements"]
    for index, row in enumerate(dossier.disagreements):
        for id in (*row.claims, *filter(None, [row.headline])):
            if id not in ids:
                yield Fault(table.place(index, "claims"), id, "no claim has this id")
        if row.headline and row.headline not in row.claims:
            yield table.fault(index, "headline", "it is none of the claims")
    explained = {id for row in dossier.disagreements for id in row.claims}
    table = dossier.tables["quantities"]
    for index, claim in enumerate(dossier.quantities):
        unit = dossier.measures[claim.measure].unit
        if claim.value.unit != unit:
            yield table.fault(index, "unit", f"measures.csv has {unit!r} for {claim.measure}")
        if claim.standing == "doubtful" and claim.id not in explained:
            expected = "a doubtful claim needs a row in disagreements.csv"
            yield table.fault(index, "standing", expected)
    for id in sorted(id for id, times in ids.items() if times > 1):
        yield Fault(f"{CLAIMS}, column id", id, "an id names one claim only")


def _kept_faults(dossier: Dossier) -> Iterator[Fault]:
    """Corrections of what is not there, and claims set down as not used that are none or many."""
    table = dossier.tables["corrections"]
    last = {(row["table"], row["id"], row["column"]): index for index, row in enumerate(table.rows)}
    kept: dict[str, dict[str, Row]] = {}  # by table, and by key
    for name in {row["table"] for row in table.rows} & set(dossier.tables):
        mended = dossier.tables[name]
        kept[name] = {" ".join(row[part] for part in mended.key): row for row in mended.rows}
    for index, row in enumerate(table.rows):
        name, id, column, was = (row[part] for part in ("table", "id", "column", "was"))
        stands = kept.get(name, {}).get(id, {})
        if name not in kept:
            yield table.fault(index, "table", nearest(name, dossier.tables))
        elif not column and stands:
            yield table.fault(index, "column", "a column is named, or the row is gone")
        elif not column and not _is_object(was):
            yield table.fault(index, "was", "the removed row is kept as a JSON object")
        # A row that was mended and later removed has an entry of each kind.
        elif not stands and (name, id, "") not in last:
            yield table.fault(index, "id", f"{name}.csv has no such row")
        elif stands and column not in stands:
            yield table.fault(index, "column", nearest(column, stands))
        elif stands and was == stands[column] and last[name, id, column] == index:
            yield table.fault(index, "was", "that is what stands there now")
    table = dossier.tables["not_used"]
    ids = {claim.id for claim in dossier.claims}
    for index, row in enumerate(table.rows):
        if row["id"] not in ids:
            yield table.fault(index, "id", "no claim has this id")
    if len(table.rows) * CLAIMS_TO_ONE_UNUSED > len(ids):
        expected = f"of {len(ids)} claims at most a tenth may go unused: show more of them"
        yield Fault("not_used.csv", f"{len(table.rows)} rows", expected)


def _is_object(text: str) -> bool:
    with suppress(ValueError):
        return isinstance(json.loads(text), dict)
    return False


# The record of a check with the texts -------------------------------------------------------


def record(dossier: Dossier, texts: Mapping[str, str]) -> dict[str, Any]:
    """Write down which tables were verified against which texts, where that is news.

    With them stands the account: article → how many numerals its body holds, how many are
    coded, and set aside why; and the paragraph of each claim.
    """
    path = dossier.folder / RECORD
    account = {id: {"found": 0, "coded": 0} for id in texts}
    for id, _, holder in _numerals(dossier, texts):
        account[id]["found"] += 1
        account[id][holder] = account[id].get(holder, 0) + 1
    state = {**_state(dossier), "account": account, "paragraphs": paragraphs(dossier, texts)}
    text = json.dumps(state, indent=2) + "\n"
    if not path.is_file() or path.read_bytes() != text.encode():
        aside = path.with_name(f".{path.name}.new-{os.getpid()}")
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    return state


def paragraphs(dossier: Dossier, texts: Mapping[str, str]) -> dict[str, int]:
    """Claim → the paragraph of its article's body in which it stands, counted from one.

    Without texts, as the last check has recorded it; empty where the tables have changed since.
    """
    if not texts:
        found: dict[str, int] = (recorded_check(dossier) or {}).get("paragraphs", {})
        return found
    bodies = {key: article.body_start for key, article in dossier.everyone.items()}
    return {
        claim.id: paragraph_number(texts[claim.article], claim.start, bodies[claim.article])
        for claim in dossier.claims
        if claim.article in texts
    }


def recorded_account(dossier: Dossier) -> dict[str, dict[str, int]] | None:
    """The account of the last check with the texts, None where the tables have changed."""
    recorded = recorded_check(dossier)
    return recorded["account"] if recorded else None


def recorded_check(dossier: Dossier) -> dict[str, Any] | None:
    """The record of the last check, None where there is none or the tables have changed.

    Raises Refusal for a record that no check has written.
    """
    path = dossier.folder / RECORD
    if not path.exists():
        return None
    recorded: dict[str, Any] = read_json(path, "record of the last check", _RECORDED)
    return recorded if all(recorded[k] == it for k, it in _state(dossier).items()) else None


def verification(dossier: Dossier, texts: Path | None) -> str:
    """How far the locators of a dossier are verified, as a reader is told."""
    if texts:
        return "locators verified against the texts"
    if recorded_check(dossier):
        return "locators verified; texts not included"
    return "locators not verified: no check with the texts is on record for these tables"


def _state(dossier: Dossier) -> dict[str, dict[str, str]]:
    tables = {name: dossier.tables[name].path for name in sorted([*LOCATED, "articles"])}
    return {
        "tables": {
            name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in tables.items()
        },
        "texts": {key: article.sha256 for key, article in dossier.everyone.items()},
    }
