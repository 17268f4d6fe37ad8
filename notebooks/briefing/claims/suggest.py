"""The next article: suggested rows for every numeral and stance of a text, each with its reason.

Guesses for a person to judge, never claims: they are written into DATA/suggested/, which git
ignores, and `accept` moves those that the person has completed into the tables. A sentence of
the article stands beside its row there and goes no further.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from ..errors import Fault, Refusal
from ..values.periods import Period
from .coder import GUESSES, TELLING, Coder, Place
from .guesses import Dated, Rows, Vocabulary, clause, context, dates, stems, valid
from .load import load
from .masthead import DATELINE, article_row
from .numerals import Numeral, find_numerals
from .package import read_package
from .reading import check_event
from .schema import Row, Table
from .strict import read_text
from .suggested import BEFORE, BEHIND, FOLDER, read_suggested, sheet, start_of
from .texts import read_texts, sentence_around

#: Tables that the next article may need rows in, for which nothing can be suggested.
BESIDE = ("parties", "measures", "happenings", "disagreements")
TABLES = ("articles", "quantities", "events", "assessments", "set_aside")
#: Words whose small number points back.
_BACK = re.compile(r"(?i)\b(?:the|these|those|both|his|her|its|their|our|all)\s+(?:other\s+)?$")
#: What follows an amount or an ordinal that is a time, or part of one.
_TIME = re.compile(
    r"(?i)\s+(?:(?:year|month|week|day|hour)s?\s+(?:ago|later|earlier)|o['’]clock|at\s+night"
    r"|in\s+the\s+(?:morning|afternoon|evening))\b"
)
_OF_TIME = re.compile(r"(?i)\s+(?:day|week|month|quarter|half|year)\b")
#: "on offer", "at risk": no stance of anybody's, where "on fears" is one.
_ADVERB = re.compile(r"(?i)\b(?:on|at|under)\s+\w+(?<!s)$")
#: Behind these a party is not the one whose stance is told: "it seeks American chips".
_PRONOUN = re.compile(r"(?i)\b(?:it|they|he|she|we|its|their|his|her|our)\b")
_NOT = r"(?i)(?:\b(?:no|not|never|nobody|no one|neither|nor|without)|n['’]t)\b"
#: What follows "one" where it counts nothing.
_ONE = re.compile(
    r"(?i)\s*(?:[^\w\s]|$|(?:of|another|day|side|hand|thing|time|way|more|(?:c|w|sh)ould|can|must|may"
    r"|might|that|who|which|is|was|has|in|to|or|and|the|by|on|for|with|from|at|about|under)\b)"
)
_STANCES = {
    "wants": "wants want wanted seeks seek seeking sought hopes hoping hope aims aimed needs keen "
    "vowed calls calling urged asks expects wishes ready",
    "offers": "offer offers offered offering",
    "fears": "fears feared fear worries worried worry concern concerns concerned threat threaten "
    "threatens risk risky wary",
    "relies on": "relies relied rely reliant dependent dependence depends depended backing",
    "values": "values grateful gratitude thanked loyal loyalty trusted longstanding priority "
    "respected favour friends",
    "supports": "supports support supported praised praise congratulated hailed endorsed endorses "
    "welcomed welcomes backs",
    "opposes": "opposes opposed rejected rejects rebuke rebuked criticised criticized criticism "
    "condemned condemning denounced criticising disapproval contests disputes",
    "distrusts": "distrusts suspicious suspects suspected abandoned distrust mistrust",
    "hedges": "hedges balance balances balanced neutral neutrality counterbalance diversify "
    "diversification diversifies independence multilateralism",
    "denies": "denies denied deny",
}


class Suggestions(Coder):
    """The rows of one text, as far as its words and the dossier's rows let one guess them."""

    def __init__(self, text: str, article: Row, tables: Rows, day: str) -> None:
        """Take what a Coder takes."""
        super().__init__(text, article, tables, day)
        told: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for row in tables["events"]:
            told[row["event"]] += [(row["phrase"], 1), (row["statement"], 1)]
        for row in tables["happenings"]:
            if row["event"] in told:  # one that no claim tells of teaches nothing
                told[row["event"]] += [(row["label"], 2)]
        self._told = Vocabulary(told)
        self._cues = {word: stance for stance, words in _STANCES.items() for word in words.split()}
        heard: dict[str, Counter[str]] = defaultdict(Counter)
        for row in tables["assessments"]:
            for word in set(re.findall(r"[^\W\d_]+", row["phrase"].lower())):
                heard[word][row["stance"]] += 1
        for word, counts in heard.items():  # what others were coded by, where it tells one stance
            stance, often = counts.most_common(1)[0]
            if often > 2 and often == counts.total() and stems(word):
                self._cues.setdefault(word, stance)

    def rows(self) -> dict[str, list[Row]]:
        """Suggested rows by table, in the order of the text."""
        found: dict[str, list[Row]] = {name: [] for name in TABLES[1:]}
        for start, end in self.sentences():
            self._sentence(start, end, found)
        claims = [
            range(int(r["start"]), int(r["end"])) for r in found["quantities"] + found["events"]
        ]
        found["set_aside"] = [  # a numeral inside the phrase of a claim needs no reason
            row
            for row in found["set_aside"]
            if not any(int(row["start"]) in it and int(row["end"]) - 1 in it for it in claims)
        ]
        return found

    def sentences(self) -> Iterator[Place]:
        """First and last offset of each sentence of the body."""
        at, stop = int(self.article["body_start"]), int(self.article["body_end"])
        while at < stop:
            if self.text[at].isspace():
                at += 1
                continue
            first, last = sentence_around(self.text, at, at + 1)
            yield max(first, at), min(last, stop)
            at = max(last, at + 1)

    def _sentence(self, start: int, end: int, found: dict[str, list[Row]]) -> None:
        numerals = find_numerals(self.text, start, end)
        times = dates(self.text, start, end, numerals, self.day)
        if (lead := DATELINE.match(self.text, start, end)) and lead["day"]:
            line = [time for time in times if time.end <= lead.end()]
            why = "the dateline"
            found["set_aside"] += [self._aside(t.start, t.end, "furniture", why) for t in line]
            times = [time for time in times if time not in line]
            numerals = [numeral for numeral in numerals if numeral.start >= lead.end()]
        used: set[Dated] = set()
        quantities = []
        for numeral in numerals:
            if any(t.start <= numeral.start and numeral.end <= t.end for t in times):
                continue
            if reason := self._reason(numeral):
                found["set_aside"].append(self._aside(numeral.start, numeral.end, *reason))
            else:
                quantities.append(self._quantity(numeral, (start, end), times, used))
        quantities += self._sizes((start, end), times, used, quantities)
        found["quantities"] += quantities
        spans = [(int(row["start"]), int(row["end"])) for row in quantities]
        for time in times:
            printed = any(n.start < time.end and time.start < n.end for n in numerals)
            if not printed or any(a <= time.start and time.end <= b for a, b in spans):
                continue
            if time.vague and (time in used or not time.first):
                reason = ("period", "the period of a claim beside it") if time in used else (
                    "idiom", "a time that nothing in the sentence is dated by"
                )  # fmt: skip
                found["set_aside"].append(self._aside(time.start, time.end, *reason))
            else:
                row = self._event(time, (start, end))
                if time in used:
                    row["why"] += "; if it only dates the figure beside it: period, in ok"
                found["events"].append(row)
        found["assessments"] += self._stances(start, end)

    def _reason(self, numeral: Numeral) -> tuple[str, str] | None:
        """Why a numeral would be set aside, and what shows it; None where it seems to count."""
        before, after = self.text[: numeral.start][-30:], self.text[numeral.end :][:30]
        word, small = numeral.text.lower(), numeral.low is not None and numeral.low <= 10
        if numeral.kind == "name":
            return "name", "digits of a name"
        if numeral.kind == "clock":
            return "period", "a time of day"
        if numeral.unit or numeral.kind == "vague":
            return None
        if word in ("one", "once"):
            counts = re.match(r"(?i)\s+(?:a|per)\b", after) if word == "once" else (
                not _ONE.match(after) and not re.search(r"(?i)\b(?:no|any|every|some)\s+$", before)
            )  # fmt: skip
            return None if counts else ("idiom", f"“{word}” counts nothing")
        if _TIME.match(after) or (numeral.kind == "ordinal" and _OF_TIME.match(after)):
            return "period", "a time, or part of one"
        if small and numeral.kind == "amount" and not word.isdigit() and _BACK.search(before):
            return "anaphora", "points back to what was named before"
        return None

    def _aside(self, start: int, end: int, reason: str, why: str) -> Row:
        return self.row(start, end, why) | {"reason": reason}

    def _event(self, time: Dated, sentence: Place) -> Row:
        core = (time.start, time.end)
        start, end = self._event_phrase(core, sentence)
        row: Row = {"from": time.first, "to": time.last, "when": ""}
        if time.vague:
            row["when"] = self.text[time.start : time.end]
        elif time.column == "to":
            row["from"] = ""
        events = self._happenings(core, sentence, time)
        event, reason = events[0] if events else ("", "told of by no words of the dossier")
        kin = [r for r in self.tables["events"] if r["event"] == event]
        near = self.near(core, sentence)
        named, before = [m.party for m in near], [m.party for m in near if m.end <= core[0]]
        undone = re.search(_NOT, self.text[start : core[0]])
        row |= {"daytime": "", "status": "refrained" if undone else "happened"}
        for column in ("actor", "counterpart", "mode", "topic", "place", "occasion"):
            known = Counter(r[column] for r in kin).most_common(1)
            row[column] = known[0][0] if known else ""
        if not kin:
            row["topic"] = self.topic(core, sentence)
            row["actor"] = (before[-1:] or named[:1] or [""])[0]
            row["counterpart"] = next((p for p in named if p != row["actor"]), "")
        why = f"event: {reason}; period: {time.why}"
        row |= self.row(start, end, why) | {"speaker": self.speaker(sentence)}
        row |= {"event": event, "existing": " ".join(it for it, _ in events), "statement": ""}
        for mismatch in check_event(row, self.day[:10]):
            if mismatch.column in ("daytime", "mode", "status"):
                row[mismatch.column] = mismatch.says.split(" or ")[0]
        return row | {"id": self.id(event or "event")}

    def _event_phrase(self, core: Place, sentence: Place) -> Place:
        """A time with words before it, enough to tell what happened then."""
        before = self.text[sentence[0] : core[0]]
        if lead := re.search(r"(?i)\b(?:in|on|since|by|until)\s+$", before):
            core, before = (sentence[0] + lead.start(), core[1]), before[: lead.start()]
        if not before and self.text[core[1] :].startswith(", "):  # "In 2012, the two nations …"
            core = core[0], core[1] + 1
        place = self.grown(*core, sentence, 5, 2)
        return place if self.fits(place, sentence) else core

    def _happenings(self, core: Place, sentence: Place, time: Dated) -> list[tuple[str, str]]:
        """The happenings that a dated sentence may tell of, likeliest first, each with why."""
        named = {mention.party for mention in self.near(core, sentence)}
        found, at = [], Period(time.first, time.last)
        for event, (score, words) in self._told.scores(context(self.text, sentence, core)).items():
            kin = [r for r in self.tables["events"] if r["event"] == event]
            shared = any({r["actor"], r["counterpart"]} - {""} <= named for r in kin)
            meets = any(Period(r["from"], r["to"]).meets(at) for r in kin)
            score += 2 * shared
            if meets and score > TELLING:
                found.append((score, event, f"words {', '.join(words)}"))
        return [(event, told) for _, event, told in sorted(found, reverse=True)[:GUESSES]]

    # Assessments -----------------------------------------------------------------------------

    def _stances(self, start: int, end: int) -> Iterator[Row]:
        """A row for each word of a stance that a sentence with a party has."""
        named = self.parties.found(self.text, start, end)
        cues = [
            (m, stance)
            for m in re.finditer(r"[^\W\d_]+", self.text[start:end])
            if named
            and (stance := self._cues.get(m[0].lower()))
            and not any(p.start <= start + m.start() < p.end for p in named)
            and not _ADVERB.search(self.text[start : start + m.end()])
        ]
        for m, stance in cues:
            core = (start + m.start(), start + m.end())
            near = clause(self.text, (start, end), core)
            before = [p for p in named if p.end <= core[0]]
            inside = [p for p in before if near[0] <= p.start]
            after = [p for p in named if p.start >= core[1]]
            own = (inside or before or after)[0]
            lead = self.text[near[0] if inside else start : min(own.start, core[0])]
            holder = "" if _PRONOUN.search(lead) else own.party
            about = next((p.party for p in [*after, *reversed(before)] if p.party != holder), "")
            place = self.grown(*core, (start, end), 2, 4)
            if denied := re.search(rf"{_NOT}(?:\s+\w+)?\s+$", self.text[near[0] : core[0]]):
                stance = "opposes" if stance in ("wants", "supports") else ""
            told = f"{denied[0] if denied else ''}{m[0]}"
            row = self.row(*place, f"“{told}” tells of a stance: {stance or 'none'}")
            row |= {"holder": holder, "about": about, "stance": stance, "statement": ""}
            row |= {"topic": self.topic(core, (start, end)), "speaker": self.speaker((start, end))}
            yield row | {"id": self.id("a")}


def suggestions(text: str, article: Row, tables: Rows, day: str) -> dict[str, list[Row]]:
    """Suggested rows of each table for a text whose row of articles.csv is `article`.

    `tables` are the rows that teach; `day` is the day from which relative dates are counted,
    "" where none is known.
    """
    return Suggestions(text, article, tables, day).rows()


# The folder of suggestions ----------------------------------------------------------------------


def suggest(file: str | Path, data: str | Path | None = None, day: str = "") -> list[str]:
    """Write suggested rows for a text into the dossier's folder of suggestions; say what was done.

    `day` is the ISO 8601 day from which relative dates are counted where the text states none.
    What is coded or suggested already is left as it stands. Raises Refusal.
    """
    dossier, path = load(data), Path(file)
    if day and not (re.fullmatch(r"\d{4}-\d\d-\d\d", day) and valid(day, day)):
        raise Refusal([Fault("--date", day, "a day in ISO 8601 is expected, as in 2024-06-20")])
    text = read_text(path, "text")
    package = read_package(dossier.folder)
    kept = read_suggested(dossier.folder, package)
    tables = {name: table.rows for name, table in dossier.tables.items()}
    article, reason = _article(text, path, tables["articles"], kept)
    for column in ("body_start", "body_end"):
        if not article[column].isdecimal():  # in the row that a person may have edited
            place = f"{FOLDER}/articles.csv, row {article['id']}, column {column}"
            raise Refusal([Fault(place, article[column], "an integer, written like 1234, is due")])
    day, lines = _counted_from(text, article, day)
    found = suggestions(text, article, tables, day)
    held = {name: [*tables[name], *_rows(kept, name)] for name in found}
    # A numeral needs one row of these three, whichever it is.
    coded = [row for name in ("quantities", "events", "set_aside") for row in held[name]]
    taken = {row["id"] for rows in held.values() for row in rows if "id" in row}
    for name, rows in found.items():
        others = held[name] if name == "assessments" else coded
        found[name] = [row for row in rows if not _overlaps(row, others)]
        for row in found[name]:
            if (id := row.get("id", "")) in taken:
                row["id"] = next(it for n in count(2) if (it := f"{id}-{n}") not in taken)
            taken.add(row.get("id", ""))
    found = {"articles": [article | {"why": reason}] if reason else [], **found}
    folder = dossier.folder / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    for resource in package["resources"]:
        name = resource["name"]
        if name in (*found, *BESIDE):
            columns = [*BEFORE, *(f["name"] for f in resource["schema"]["fields"]), *BEHIND]
            told = sheet(columns, [*_rows(kept, name), *found.get(name, ())])
            (folder / f"{name}.csv").write_text(told, encoding="utf-8", newline="")
    lines += [f"{folder / name}.csv: {len(rows)} rows suggested" for name, rows in found.items()]
    if path.resolve().parent != (dossier.folder / "texts").resolve():
        lines.append(f"put {path.name} into {dossier.folder / 'texts'}, or name its folder: TEXTS=")
    return [*lines, "complete the rows, put yes into their column ok, then: make accept"]


def _rows(kept: Mapping[str, Table], name: str) -> list[Row]:
    return kept[name].rows if name in kept else []


def _overlaps(row: Row, held: Iterable[Row]) -> bool:
    """Whether a row stands where another of its article does."""
    return any(
        other["article"] == row["article"]
        and int(other["start"]) < int(row["end"])
        and int(row["start"]) < int(other["end"])
        for other in held
        if start_of(other) >= 0
    )


def _article(
    text: str, path: Path, known: Sequence[Row], kept: Mapping[str, Table]
) -> tuple[Row, str]:
    """The text's row of articles.csv, and the reason of its guesses where it is a new one."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for row in (*known, *_rows(kept, "articles")):
        if row["file"] == path.name:
            read_texts(path.parent, [row])  # refuses another version
        if row["sha256"] == digest:
            return row, ""
    taken = {row["id"] for row in (*known, *_rows(kept, "articles"))}
    return article_row(text, path.name, digest, taken)


def _counted_from(text: str, article: Row, day: str) -> tuple[str, list[str]]:
    """The day from which relative dates are counted, and what is to be said of it."""
    if day or len(article["published"]) == 10:
        return day or article["published"], []
    body = int(article["body_start"]), int(article["body_end"])
    named = [n.period[1] for n in find_numerals(text, *body) if n.period and n.kind == "date"]
    if latest := max((it for it in named if len(it) == 10 and it[0] != "-"), default=""):
        return latest, [
            f"no date is stated: relative dates are counted from {latest}, the latest day that "
            "the text names; --date DAY counts from another"
        ]
    return "", ["no date is stated: relative dates are left open; --date DAY resolves them"]
