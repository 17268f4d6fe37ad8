"""What a dossier's rows teach, put to one text: its figures, and what a row needs besides.

Each guess says its reason. Nothing here decides: a person does, row by row.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ..values.periods import Period
from ..values.words import HEDGES, money
from .check import PHRASE_WORDS
from .guesses import Dated, Mention, Parties, Rows, Vocabulary, context, stems, valid
from .numerals import Numeral, find_numerals
from .reading import check_quantity, read_as, unit_of
from .schema import Row
from .texts import sentence_around

#: How many measures or happenings are offered.
GUESSES = 3
#: What the words of a measure or a happening must come to.
TELLING = 6.0
#: What a number counts, up to the next word that joins; "times" count what is done.
_COUNTED = re.compile(
    r"(?i)(?!\s+times\b)(?:\s+of)?(?:[\s-]+(?!(?:and|or|[io]n|at|to|for|from|with|who|which)\b)"
    r"[\w’'-]+){0,4}"
)
#: What makes a figure a rate; an amount "a year" may be a measure of its own.
_RATE = re.compile(r"(?i)\s+(?:apiece|per|(?:for\s)?(?:each|every)|a\shead)\b(?!\syear\b)")
Place = tuple[int, int]  #: first and last offset, end exclusive
#: Words that claim a size or a rank without a figure.
_SIZE = re.compile(
    r"(?i)\b(?:(?:nearly|almost) all|most of|the majority of|many|(?:the )?most \w+|biggest|largest"
    r"|highest|main|primary|leading|foremost|top|key|major|significant)\b(?! importantly| recent)"
)
#: A hedge, or what belongs to a figure as one does, right before it.
_HEDGED = re.compile(
    rf"(?i)(?:a (?:total|share) of )?(?:\b(?:{'|'.join(sorted(HEDGES, key=len, reverse=True))}"
    r"|an?)[\s(\"“]+)?$"
)
_LEAD = re.compile(
    r"(?i)\b(?:since|from|till|until|by|in|over|during|at|around)\s+(?:the\s+)?(?:past\s+)?"
    r"(?:(?:beginning|start|end|middle)\s+of\s+(?:the\s+)?)?$"
)
_SUPERLATIVE = re.compile(r"(?i)[\s-](?:\w+est|most|least|top|best|worst)\b")
_SAYS = (
    r"(?:said|says|saying|add(?:s|ed)|not(?:es|ed)|wr(?:ote|ites)|stat(?:es|ed)|explain(?:s|ed)"
    r"|remark(?:s|ed)|told|tells|argu(?:es|ed)|claim(?:s|ed)|announced|reported|suggest(?:s|ed))"
)


class Coder:
    """What the rows of a dossier teach, put to one text."""

    def __init__(self, text: str, article: Row, tables: Rows, day: str) -> None:
        """Take the text, its row, the tables that teach, and the day of its present ("": none)."""
        self.text, self.article, self.tables, self.day = text, article, tables, day
        self.parties = Parties(tables["parties"])
        self.measures = {row["measure"]: row for row in tables["measures"]}
        known: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for row in tables["quantities"]:
            known[row["measure"]] += [(row["phrase"], 1), (row["statement"], 1)]
        for name, row in self.measures.items():
            known[name] += [(row["label"], 2), (row["definition"], 1)]
        self._measured = Vocabulary(known)
        told: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for table in ("quantities", "events", "assessments"):
            for row in tables[table]:
                told[row["topic"]].append((f"{row['phrase']} {row['statement']}", 1))
        self._topics = Vocabulary(told)
        self._ids: Counter[str] = Counter()

    def row(self, start: int, end: int, why: str) -> Row:
        """A row for a place of the text, with its phrase, its sentence and the reason of it."""
        first, last = sentence_around(self.text, start, end)
        told = {"article": self.article["id"], "start": str(start), "end": str(end)}
        told |= {"phrase": self.text[start:end], "why": why}
        return told | {"sentence": " ".join(self.text[first:last].split())}

    def id(self, what: str, partner: str = "") -> str:
        """A name for a row, which no other row of this text has."""
        parts = [self.article["id"], what.replace("_", "-"), partner]
        name = "-".join(filter(None, parts))
        self._ids[name] += 1
        return name if self._ids[name] == 1 and what != "a" else f"{name}-{self._ids[name]}"

    def _quantity(
        self, numeral: Numeral, sentence: Place, times: list[Dated], used: set[Dated]
    ) -> Row:
        lead = re.search(r"(?i)\bone of (?:the )?$", self.text[sentence[0] : numeral.start])
        core = (sentence[0] + lead.start() if lead else numeral.start, numeral.end)
        ranked = self._ranked(numeral, core, sentence)
        measure, reason = ranked[0]
        printed = self._unit(numeral, sentence)
        known = {row["unit"] for row in self.measures.values()}
        unit = self.measures[measure]["unit"] if measure else printed if printed in known else ""
        others = [name for name, _ in ranked[1:]][: GUESSES - bool(measure)]
        row = {"measure": measure, "other_measures": " ".join(others)}
        first, last, when, told, time = self._period(core, sentence, times, measure, used)
        row |= {"unit": unit, "from": first, "to": last, "when": when, "standing": "reported"}
        row |= self._said_of(measure, core, sentence)
        tried: list[tuple[int, Place, Row]] = []
        for start, end in self._phrases(core, sentence, time):
            phrase = self.text[start:end]
            at = numeral.start - start
            here = next((n for n in find_numerals(phrase) if n.start <= at < n.end), None)
            cells = {"low": "", "high": "", "hedge": numeral.text if numeral.low is None else ""}
            if here and numeral.low is not None:
                cells |= read_as(here, phrase, unit) or {}
            if cells["hedge"]:
                at = phrase.lower().find(cells["hedge"].lower())
                cells["hedge"] = phrase[at : at + len(cells["hedge"])] if at >= 0 else ""
            whole = row | cells | {"phrase": phrase}
            wrong = len(check_quantity(whole, self.day[:10])) if unit else 0
            tried.append((wrong, (start, end), cells))
            if not wrong:
                break
        wrong, place, cells = min(tried, key=lambda it: it[0])
        doubt = "; the phrase says something else than the row: see make check" if wrong else ""
        why = f"measure: {reason}; period: {told}; unit: {printed} as printed{doubt}"
        row = self.row(*place, why) | row | cells
        row["existing"] = self._existing(row)
        return row | {"id": self.id(row["measure"] or "figure", row["partner"]), "statement": ""}

    def _sizes(
        self,
        sentence: Place,
        times: list[Dated],
        used: set[Dated],
        figures: Sequence[Row],
    ) -> Iterator[Row]:
        """Rows for words that claim a size or a rank without a figure."""
        for m in _SIZE.finditer(self.text, *sentence):
            core = (m.start(), m.end())
            if any(int(r["start"]) < core[1] and core[0] < int(r["end"]) for r in figures):
                continue
            scores = self._scores(core, sentence, ("rank", "%", "count"), "")
            if not scores or scores[0][1] < 12 or not self.near(core, sentence):
                continue
            measure, unit = scores[0][0], self.measures[scores[0][0]]["unit"]
            first, last, when, told, time = self._period(core, sentence, times, measure, used)
            start, end = next(self._phrases(core, sentence, time))
            why = f"a size without a figure; measure: {scores[0][2]}; period: {told}"
            row = self.row(start, end, why) | {"measure": measure, "unit": unit}
            row |= {"low": "", "high": "", "hedge": m[0].removeprefix("the "), "from": first}
            row |= {"to": last, "when": when, "standing": "reported", "statement": ""}
            row["other_measures"] = " ".join(it for it, *_ in scores[1:GUESSES])
            row |= self._said_of(measure, core, sentence)
            row["existing"] = self._existing(row)
            yield row | {"id": self.id(measure, row["partner"])}
            return

    def _unit(self, numeral: Numeral, sentence: Place) -> str:
        unit = "%" if numeral.kind == "fraction" else unit_of(numeral, self.text[: sentence[1]])
        known = {row["unit"] for row in self.measures.values()}
        return "count" if unit not in known and not numeral.unit else unit

    def _ranked(self, numeral: Numeral, core: Place, sentence: Place) -> list[tuple[str, str]]:
        """The likeliest measures of a figure, best first, each with its reason."""
        unit = self._unit(numeral, sentence)
        units: tuple[str, ...] = (unit,)
        if numeral.kind == "ordinal" and unit == "rank":
            units = ("rank", "count")
            if _SUPERLATIVE.match(self.text, numeral.end):
                units = ("rank",)
        elif code := money(unit)[0]:
            known = (row["unit"] for row in self.measures.values())
            units = tuple(each for each in known if money(each)[0] == code)
        scores = self._scores(core, sentence, units, unit)
        if numeral.kind == "ordinal":  # "the fifth visit" is five in all; no day is its fifth
            scores = [it for it in scores if self.measures[it[0]]["kind"] != "count"]
        ranked = [(m, why) for m, _, why in scores]
        rate = _RATE.match(self.text, numeral.end)
        told = bool(scores) and scores[0][1] >= TELLING and not rate
        if told and unit == "count" and (noun := _COUNTED.match(self.text, numeral.end)):
            told = self._measured.scores(dict.fromkeys(stems(noun[0]), 1))[ranked[0][0]][0] > 0
        why = "a rate is no total" if rate else "none of this unit shares enough words"
        return ranked if told else [("", why), *ranked]  # better none than a wrong one

    def _scores(
        self, core: Place, sentence: Place, units: Sequence[str], unit: str
    ) -> list[tuple[str, float, str]]:
        around = context(self.text, sentence, core)
        named = {mention.party for mention in self.near(core, sentence)}
        found = []
        for measure, (score, words) in self._measured.scores(around).items():
            if self.measures[measure]["unit"] not in units:
                continue
            score += 1.5 * (self.measures[measure]["unit"] == unit)
            kin = [r for r in self.tables["quantities"] if r["measure"] == measure]
            score += 1.5 * any({r["subject"], r["partner"]} - {""} <= named for r in kin)
            found.append((measure, score, f"words {', '.join(words)}" if words else "unit alone"))
        return sorted(found, key=lambda it: -it[1])

    def _period(
        self,
        core: Place,
        sentence: Place,
        times: list[Dated],
        measure: str,
        used: set[Dated],
    ) -> tuple[str, str, str, str, Dated | None]:
        """From, to, the printed words of a vague period, the reason, and the time that told it."""
        kind = self.measures[measure]["kind"] if measure else ""
        steps = {
            t: len(self.text[core[1] : t.start].split())
            if t.start >= core[1]
            else 2 + len(self.text[t.end : core[0]].split())
            for t in times
        }
        now = self.day[:7]
        if not steps:
            first = now if kind in ("stock", "share", "count") else ""
            why = f"the present of the article, {now}" if now else "left open: no date"
            return first, now, "", why, None
        time = min(steps, key=lambda t: steps[t])
        used.add(time)
        first, last, when = time.first, time.last, ""
        if time.vague:
            lead = _LEAD.search(self.text[sentence[0] : time.start])
            when = (lead[0] if lead else "") + self.text[time.start : time.end]
        if time.column == "from":
            last = now if valid(first, now) else ""  # what begins later has no end yet
        elif time.column == "to" or (kind == "cumulative" and not time.vague):
            first = ""
        return first, last, when, time.why, time

    def near(self, core: Place, sentence: Place) -> list[Mention]:
        """The parties of the sentence, nearest first."""
        found = self.parties.found(self.text, *sentence)

        def far(m: Mention) -> int:
            gap = (core[1], m.start) if m.start >= core[1] else (m.end, core[0])
            between = self.text[slice(*gap)]  # another figure, or a clause, is nearer to it
            return len(between) + 60 * bool(re.search(r"[$€£%]|[,;—] ", between))

        return sorted(found, key=far)

    def _said_of(self, measure: str, core: Place, sentence: Place) -> Row:
        """Topic, subject, partner and speaker of a figure."""
        kin = [row for row in self.tables["quantities"] if row["measure"] == measure]
        begin = max(int(self.article["body_start"]), sentence[0] - 500)
        earlier = self.parties.found(self.text, begin, sentence[0])[::-1]
        near = [m.party for m in [*self.near(core, sentence), *earlier]]
        subject = partner = ""
        if kin:
            pairs = Counter((row["subject"], row["partner"]) for row in kin)
            subject, partner = pairs.most_common(1)[0][0]
            kinds = {self.parties.kind.get(r["partner"]) for r in kin}
            others = [p for p in near if p != subject and self.parties.kind[p] in kinds]
            partner = others[0] if partner and others else partner
        elif near:  # the two that stand nearest
            acting = [party for party in near if self.parties.kind[party] != "organisation"]
            subject, partner = [*dict.fromkeys(acting or near), ""][:2]
        topics = [row["topic"] for row in kin] or [self.topic(core, sentence)]
        told = {"topic": Counter(topics).most_common(1)[0][0], "subject": subject}
        return told | {"partner": partner, "speaker": self.speaker(sentence)}

    def topic(self, core: Place, sentence: Place) -> str:
        """The topic whose rows share most words with a sentence."""
        scores = self._topics.scores(context(self.text, sentence, core))
        return max(scores, key=lambda topic: scores[topic][0], default="")

    def speaker(self, sentence: Place) -> str:
        """Who the sentence lets say it; "" where that is somebody whom parties.csv lacks."""
        words = self.text[sentence[0] : sentence[1]]
        m = re.search(rf"(?i)\baccording to\b|\b{_SAYS}\b", words)
        if not m:
            return "article"
        at, (a, b) = sentence[0] + m.start(), sentence
        after = self.parties.found(self.text, sentence[0] + m.end(), min(b, at + 90))
        before = self.parties.found(self.text, max(a, at - 60), at)
        speaks = [p for p in after if self.parties.kind[p.party] != "country"]
        if m[0].lower() == "according to" or re.search(r"[,”\"’]\s*$", words[: m.start()]):
            return (speaks or after)[0].party if after else ""
        return before[-1].party if before else ""

    def _existing(self, row: Row) -> str:
        """The claims of the dossier that a figure may repeat or dispute."""
        period = Period(row["from"], row["to"])
        same = ("measure", "subject", "partner")
        return " ".join(
            other["id"]
            for other in self.tables["quantities"]
            if row["measure"]
            and all(other[it] == row[it] for it in same)
            and period.meets(Period(other["from"], other["to"]))
        )

    def _phrases(self, core: Place, sentence: Place, time: Dated | None) -> Iterator[Place]:
        """Places of phrases around a core, the fullest first, each short enough to be quoted."""
        hedged = _HEDGED.search(self.text[sentence[0] : core[0]])
        tight = (sentence[0] + hedged.start() if hedged else core[0], core[1])
        if time:
            lead = _LEAD.search(self.text[sentence[0] : time.start])
            for start in (sentence[0] + lead.start() if lead else time.start, time.start):
                both = (min(tight[0], start), max(tight[1], time.end))
                if self.fits(both, sentence):
                    yield both
        place = self.grown(*tight, sentence, 0, 3)
        if self.fits(place, sentence):
            yield place
        yield tight
        yield core

    def fits(self, place: Place, sentence: Place) -> bool:
        """Whether a place is short enough to be quoted, and no whole sentence."""
        return len(self.text[slice(*place)].split()) <= PHRASE_WORDS and place != sentence

    def grown(self, start: int, end: int, sentence: Place, left: int, right: int) -> Place:
        """A place with so many words more on either side, none behind a comma or a bracket."""
        room = PHRASE_WORDS - len(self.text[start:end].split())
        for _ in range(min(right, room)):
            more = re.match(r"[^\S\n]*[^\s,;:()“”\"]+|[^\S\n]+\(", self.text[end : sentence[1]])
            if not more or more[0].strip() in ("(", "—", "–", "-"):
                break
            end += len(more[0])
        end = start + len(re.sub(
            r"(?i)(?:\s+(?:of|the|an?|to|in|on|and|or|with|from|by|for|at|that|which|was|is|its))+$",
            "", self.text[start:end].rstrip(".!?"),
        ))  # fmt: skip
        room = PHRASE_WORDS - len(self.text[start:end].split())
        for _ in range(min(left, room)):
            more = re.search(
                r"(?<!\w)(?<!\d[,:])[^\s,;:()“”\"]+[^\S\n]+$", self.text[sentence[0] : start]
            )
            if not more or more[0].strip() in ("—", "–", "-"):
                break
            start -= len(more[0])
        return start, end
