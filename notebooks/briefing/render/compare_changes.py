"""What differs between two builds: sentences, numbers, exhibits and verdicts.

Here stands which of the old became which of the new; how a reader is told stands in compare.py.
A number is known by what it is made of and about, a sentence by its chapter and its words, an
exhibit by its key, a row by its first cell: by where they stand, one more sentence would move
all that follow, and by likeness alone unrelated rows were once shown as one that had changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from typing import Any

from ..report.blocks import plain
from .document import Inlines, nodes

#: A word with its apostrophes and hyphens, or a single mark; or space. A no-break space joins.
_PIECES = re.compile(r"[^\W_](?:[\w\u00a0]|[’'./–-](?=\w))*|[ \t\r\n]+|[^ \t\r\n]")
#: What is compared of an exhibit. Not its number: one that goes moves the others.
_PARTS = ("title", "subtitle", "foot", "alt", "description", "columns", "csv", "drawing")


@dataclass(frozen=True, eq=False)
class Passage:
    """A sentence, a heading, an entry of a list or a key judgement; and what it stands in."""

    chapter: str  #: the id of its section
    kind: str  #: of its block, or "lede"; of a tile its text is what it counts, figure and note
    text: Inlines
    block: dict[str, Any]  #: its block, or the judgement itself, with its claims

    @property
    def name(self) -> str:
        """The strong words that a key judgement begins with, or ""."""
        lead = self.text[0] if self.kind == "judgements" and self.text else {}
        return lead["text"].strip(" .:") if lead.get("style") == "strong" else ""


@dataclass(frozen=True)
class Build:
    """A build: its name in the comparison, its folder, and its manifest."""

    name: str
    folder: Path
    manifest: dict[str, Any]

    @cached_property
    def blocks(self) -> list[tuple[str, dict[str, Any]]]:
        """Section and block, but for what repeats the parameters and the claims."""
        sections = self.manifest["document"]["sections"]
        told = (it for it in sections if it["id"] not in ("edition", "evidence"))
        return [(section["id"], block) for section in told for block in section["blocks"]]

    @cached_property
    def passages(self) -> list[Passage]:
        """All that it says outside its exhibits, in order."""
        return [it for chapter, block in self.blocks for it in _passages(chapter, block)]

    @cached_property
    def exhibits(self) -> dict[str, dict[str, Any]]:
        """Its tables and charts by kind and key, in order."""
        return {f"{it['kind']} {it['key']}": it for _, it in self.blocks if "key" in it}

    @cached_property
    def numbers(self) -> dict[Hashable, list[dict[str, Any]]]:
        """All printings of each number, by what it is."""
        found: dict[Hashable, list[dict[str, Any]]] = {}
        for number in self.manifest["numbers"]:
            found.setdefault(_identity(number), []).append(number)
        return found

    @cached_property
    def articles(self) -> dict[str, str]:
        """The articles that count, by the name that a reader knows, each with its id."""
        claims = self.manifest["claims"].items()
        # An official record is about itself; the id of a claim begins with that of its article.
        return {it["source"]: id.partition("-")[0] for id, it in claims if it["about"] != id}

    def about(self, number: dict[str, Any]) -> set[str]:
        """What the claims of a number are about."""
        claims = self.manifest["claims"]
        return {claims[id]["about"] for id in number["claims"] if id in claims}

    def sources(self, thing: Any) -> list[str]:
        """The sources on which a part of the document rests, or which it names; each once."""
        claims, found = self.manifest["claims"], []
        for it in nodes(thing):
            found += [claims[id]["source"] for id in it.get("claims", ()) if id in claims]
            found += it["text"].split("; ") if isinstance(it.get("text"), str) else []
        known = {claim["source"] for claim in claims.values()}
        return [source for source in dict.fromkeys(found) if source in known]


def _passages(chapter: str, block: dict[str, Any]) -> Iterator[Passage]:
    match block["kind"]:
        case "judgements":
            yield from (Passage(chapter, "judgements", it["text"], it) for it in block["items"])
        case "tiles":
            for it in block["items"]:
                text = [*it["what"], _words(": "), *it["figure"], _words(" "), *it["note"]]
                yield Passage(chapter, "tiles", text, it)
        case "list":
            yield from (Passage(chapter, "list", it, block) for it in block["items"])
        case "heading":
            yield Passage(chapter, "heading", block["text"], block)
        case "paragraph":
            kind = "lede" if block["style"] == "lede" else "paragraph"
            yield from (Passage(chapter, kind, it, block) for it in _sentences(block["text"]))


def _words(text: str) -> dict[str, str]:
    return {"kind": "words", "text": text}


def _sentences(text: Inlines) -> Iterator[Inlines]:
    """A paragraph's sentences: one ends where space follows a full stop, or its quotation."""
    sentence: list[Mapping[str, Any]] = []
    for space, inline in tokens(text):
        if space and re.search(r"[.?!][”’)]?$", plain(sentence[-2:])):
            yield sentence
            sentence = []
        sentence += [_words(space)] if space and sentence else []
        sentence.append(inline)
    if sentence:
        yield sentence


def tokens(text: Inlines) -> list[tuple[str, Mapping[str, Any]]]:
    """The words of a text, each with the space before it: a number, a name and such is one."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    space = ""
    for inline in text:
        whole = inline["kind"] != "words"
        for piece in ["."] if whole else _PIECES.findall(inline["text"]):
            if piece.strip(" \t\r\n"):
                found.append((space, inline if whole else {**inline, "text": piece}))
                space = ""
            else:
                space = " "
    return found


def matcher(old: Inlines, new: Inlines) -> SequenceMatcher:
    """What two texts share, token by token."""
    before, after = ([plain([it]) for _, it in tokens(text)] for text in (old, new))
    return SequenceMatcher(None, before, after)


@dataclass(frozen=True, eq=False)
class Change:
    """Something that is "changed", "lost" or "gained"; `name` where it has one.

    A number can also be the same on other "claims", or differ only beyond what is printed
    ("unprinted"). Of an exhibit, ``differs`` names the parts, and ``rows`` are those that differ
    as printed, each a dict of the columns that both have.
    """

    old: Any
    new: Any
    name: str = ""
    differs: tuple[str, ...] = ()
    rows: tuple[Change, ...] = ()
    how: str = "changed"

    @property
    def change(self) -> str:
        """What became of it."""
        return "gained" if self.old is None else "lost" if self.new is None else self.how

    @property
    def it(self) -> Any:
        """The new, or the old where that is lost."""
        return self.old if self.new is None else self.new


class Changes:
    """All that differs between two builds, each list in reading order; empty where nothing does."""

    def __init__(self, old: Build, new: Build) -> None:
        self.old, self.new = old, new
        self.parameters, self.inputs, self.packages = (
            _named(old.manifest[what], new.manifest[what])
            for what in ("parameters", "inputs", "packages")
        )
        checked = ({it["id"]: it for it in side.manifest["verdicts"]} for side in (old, new))
        self.verdicts = _named(*checked)
        self.exhibits = list(_exhibits(old.exhibits, new.exhibits))
        #: The articles that count in the old build and not in the new.
        self.dropped = only(old.articles, new.articles)
        before, after = (
            {(it.chapter, it.kind, plain(it.text)): it for it in side.passages}
            for side in (old, new)
        )
        order = list(dict.fromkeys(chapter for chapter, *_ in [*before, *after]))
        found = versions(before, after, likeness)
        self.passages = sorted(found, key=lambda change: order.index(change.it.chapter))
        numbers = versions(old.numbers, new.numbers, self._kinship)
        self.numbers = [replace(it, how=_how(it.old, it.new)) for it in numbers]

    def _kinship(self, one: list[dict[str, Any]], other: list[dict[str, Any]]) -> float:
        """How surely one number became the other; below a half for no reason to think so.

        They are of one unit, on claims in common or about the same, and made in one way: by one
        formula, or by formulas that differ in nothing but their claims and digits.
        """
        a, b = one[0], other[0]
        if a["unit"] != b["unit"] or _outline(a) != _outline(b):
            return 0
        pairs = [({*a["claims"]}, {*b["claims"]}), (self.old.about(a), self.new.about(b))]
        shared = max(len(x & y) / (len(x | y) or 1) for x, y in pairs)
        return shared and shared + 0.25 + (a["formula"] == b["formula"])

    def corrected(self, it: Change) -> list[str]:
        """What was corrected in the claims of a changed number since the old build."""
        if not (it.old and it.new):
            return []

        def kept(side: Build, number: dict[str, Any]) -> list[str]:
            claims = [side.manifest["claims"].get(id, {}) for id in number["claims"]]
            return [told for claim in claims for told in claim.get("corrections", ())]

        return only(kept(self.new, it.new[0]), kept(self.old, it.old[0]))

    def went(self, it: Change) -> bool:
        """Whether something other than a judgement is gone that rested on dropped articles only.

        What it takes from official records besides makes no difference.
        """
        if it.change != "lost" or getattr(it.old, "kind", "") == "judgements":
            return False
        # A sentence that names no source of its own rests on what its paragraph does.
        parts = [it.old.text, it.old.block] if isinstance(it.old, Passage) else [it.old]
        sources = next(filter(None, map(self.old.sources, parts)), [])
        articles = [source for source in sources if source in self.old.articles]
        return bool(articles) and not only(articles, self.dropped)


def only(these: Iterable[Any], those: Iterable[Any]) -> list[Any]:
    """What stands among these and not among those, in order, each once."""
    taken = list(those)
    return [item for item in dict.fromkeys(these) if item not in taken]


def _named(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    pairs = {name: (old.get(name), new.get(name)) for name in [*old, *new]}
    return [Change(a, b, name) for name, (a, b) in pairs.items() if a != b]


def versions(
    old: Mapping[Any, Any], new: Mapping[Any, Any], kinship: Callable[[Any, Any], float]
) -> list[Change]:
    """What only one side has, by key: each of the old with what it became, then what is new.

    The closest kin are paired first, equally close ones in their order, and none below a half.
    """
    lost = [it for key, it in old.items() if key not in new]
    come = [it for key, it in new.items() if key not in old]
    scores = [(-kinship(a, b), i, j) for i, a in enumerate(lost) for j, b in enumerate(come)]
    pairs: dict[int, int] = {}
    for score, i, j in sorted(scores):
        if score <= -0.5 and i not in pairs and j not in pairs.values():
            pairs[i] = j
    became = [Change(it, come[pairs[i]] if i in pairs else None) for i, it in enumerate(lost)]
    return became + [Change(None, it) for j, it in enumerate(come) if j not in pairs.values()]


def likeness(old: Passage, new: Passage) -> float:
    """How much two passages of a chapter share, from 0 to 1; more for judgements of one name."""
    if old.chapter != new.chapter:
        return 0
    words = matcher(old.text, new.text)
    alike = words.ratio() if old.kind == new.kind and words.quick_ratio() >= 0.5 else 0
    return alike + (old.name == new.name != "")


def _identity(number: dict[str, Any]) -> tuple:
    """What a number is; a date, or a size in words, has no value but its words."""
    value = number["low"], number["high"]
    word = number["text"].casefold() if value == (None, None) else ""
    return number["formula"], number["unit"], frozenset(number["claims"]), *value, word


def _how(old: list[dict[str, Any]] | None, new: list[dict[str, Any]] | None) -> str:
    one, other = ({it["text"].casefold() for it in side or ()} for side in (old, new))
    if not old or not new or not one & other:
        return "changed"
    return "unprinted" if {*old[0]["claims"]} == {*new[0]["claims"]} else "claims"


def _outline(number: dict[str, Any]) -> str:
    """A formula without the names of its claims and without its digits."""
    return re.sub(r"\d+", "·", rewritten(number, lambda id: "·" if id in number["claims"] else id))


def rewritten(number: dict[str, Any], called: Callable[[str], str]) -> str:
    """The formula of a number, each word of it as it is called."""
    return "".join(map(called, re.split(r"([\w-]+)", number["formula"])))


def _exhibits(old: dict[str, dict], new: dict[str, dict]) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        a, b = old.get(name), new.get(name)
        rows = tuple(_rows(a, b)) if "rows" in (a or b or {}) else ()
        differs = tuple(it for it in _PARTS if a and b and _read(a, it) != _read(b, it))
        if differs or rows or not (a and b):
            yield Change(a, b, name, differs, rows)


def _read(exhibit: dict[str, Any], part: str) -> Any:
    content = exhibit.get(part)
    if part == "columns":
        return columns(exhibit)
    if part == "foot":  # what it cites follows from what it shows
        cited = [inline for inline in content or () if inline["kind"] != "citation"]
        return plain(cited).replace("Sources:", "Source:")
    return plain(content) if isinstance(content, list) else content


def columns(table: dict[str, Any] | None) -> list[str]:
    """The heads of a table; none of a chart, or of nothing."""
    return [plain(column["head"]) for column in (table or {}).get("columns", ())]


def _rows(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[Change]:
    """The rows that differ in the columns that both tables have, or all of the only one."""
    heads = [head for head in columns(old or new) if head in columns(new or old)]
    sides: list[dict[tuple[str, ...], dict[str, Inlines]]] = []
    for it in (old, new):
        told = [dict(zip(columns(it), row, strict=True)) for row in it["rows"]] if it else []
        cut = [{head: row[head] for head in heads} for row in told]
        sides.append({tuple(map(plain, row.values())): row for row in cut})
    firsts = [Counter(key[:1] for key in side) for side in sides]

    def kinship(one: dict[str, Inlines], other: dict[str, Inlines]) -> float:
        """1 for rows whose first cell is theirs alone; else the share of their cells in common."""
        a, b = ([plain(cell) for cell in row.values()] for row in (one, other))
        alone = all(count[(a[0],)] == 1 for count in firsts)
        alike = sum(x == y for x, y in zip(a[1:], b[1:], strict=True)) / (len(a) - 1 or 1)
        return (a[0] == b[0]) * (1 if alone else alike)

    return versions(sides[0], sides[1], kinship) if heads else []
