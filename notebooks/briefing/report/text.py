"""Text as typed inlines: words, numbers, dates, names, citations.

Here a sentence is made from a template and what is put into it, and here alone it is decided
how each thing reads: style, capital, plural, whether a numeral may stand there. What comes out
is plain data that a writer only prints. Neither HTML nor any other markup belongs here: when
text was HTML, every reader of it had to take it apart again.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from ..claims.load import Dossier
from ..claims.model import Article, Claim, Event, Measure, Party, Quantity
from ..claims.numerals import find_numerals
from ..values.periods import Period
from ..values.value import Value
from .blocks import abridged

#: Terms that hold the word of a number and count nothing.
_TERMS = re.compile(r"\btwo-way\b|\bUS\$ billion\b", re.IGNORECASE)
#: The clauses of a template that may fall away; see `line`.
CLAUSES = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True)
class Words:
    """Words with a style: "" or "strong", "likelihood", "confidence", "none", "evidence" …."""

    text: str
    style: str = ""

    @property
    def json(self) -> dict[str, Any]:
        """The inline as plain data; its kind is the name of its class."""
        style = {"style": self.style} if self.style else {}
        return {"kind": type(self).__name__.lower(), "text": self.text, **style}


class Name(Words):
    """A name whose digits, if it has any, count nothing."""


@dataclass(frozen=True)
class Citation(Words):
    """Sources as a reader knows them, "AP; op-ed", and the claims that they are cited for."""

    claims: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def json(self) -> dict[str, Any]:
        """The inline as plain data."""
        claims = {"claims": list(self.claims)} if self.claims else {}
        return {"kind": "citation", "text": self.text, **claims}


@dataclass(frozen=True)
class Number(Words):
    """A value as it is printed, with all that it rests on."""

    value: Value = field(kw_only=True)

    @property
    def json(self) -> dict[str, Any]:
        """The inline as plain data; bounds are decimal numbers as text, None where missing."""
        return {"kind": "number", "text": self.text, **number(self.value)}


@dataclass(frozen=True)
class Date(Words):
    """A period as it is printed; `claim` is the claim that states it, "" for any other."""

    period: Period = field(kw_only=True)
    claim: str = field(default="", kw_only=True)

    @property
    def json(self) -> dict[str, Any]:
        """The inline as plain data: its pieces, each words with an ISO date or "" beside them."""
        pieces = [list(piece) for piece in self.period.pieces()]
        pieces[0][0] = self.text[:1] + pieces[0][0][1:]  # it may open a sentence: "From 2020"
        claims = [self.claim] if self.claim else []
        return {"kind": "date", "pieces": pieces, "iso": self.period.iso(), "claims": claims}


def number(value: Value) -> dict[str, Any]:
    """What the model and the manifest hold of a value, besides how it is printed."""
    low, high = (None if bound is None else f"{bound:f}" for bound in value.bounds)
    ends = "".join("o" if is_open else "c" for is_open in (value.low_open, value.high_open))
    return {
        "low": low,
        "high": high,
        "ends": ends,
        "unit": value.unit,
        "hedge": value.hedge,
        "claims": list(value.claims),
        "formula": value.formula,
    }


@dataclass(frozen=True)
class Text:
    """A stretch of text: inlines in order, and the claims behind its dates and words."""

    inlines: tuple[Words, ...] = ()
    rests: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The plain words."""
        return "".join(inline.text for inline in self.inlines)

    def __bool__(self) -> bool:
        """Whether there is anything to read."""
        return any(inline.text for inline in self.inlines)

    def __add__(self, other: Text | str) -> Text:
        """One text after another; a string is plain words."""
        if isinstance(other, str):
            other = Text((Words(other),)) if other else Text()
        return Text(self.inlines + other.inlines, self.rests + other.rests)

    @property
    def numbers(self) -> list[Number]:
        """The numbers in it, in order."""
        return [inline for inline in self.inlines if isinstance(inline, Number)]

    @property
    def claims(self) -> tuple[str, ...]:
        """Ids of all claims behind the text, each once."""
        ids = [id for number in self.numbers for id in number.value.claims]
        return tuple(dict.fromkeys([*ids, *self.rests]))

    @property
    def json(self) -> list[dict[str, Any]]:
        """The text as plain data, plain words that follow each other as one inline."""
        merged: list[dict[str, Any]] = []
        for inline in (inline.json for inline in self.inlines if inline.text):
            before = merged[-1] if merged else {}
            if inline["kind"] == before.get("kind") == "words" and (
                inline.get("style") == before.get("style")
            ):
                before["text"] += inline["text"]
            else:
                merged.append(inline)
        return merged

    def capitalised(self) -> Text:
        """The same text with its first letter upper-case, as a sentence begins."""
        for index, inline in enumerate(self.inlines):
            if inline.text:
                first = replace(inline, text=inline.text[:1].upper() + inline.text[1:])
                before, after = self.inlines[:index], self.inlines[index + 1 :]
                return replace(self, inlines=(*before, first, *after))
        return self


class Missing(TypeError):
    """What a field asks for is not there, so that its sentence cannot be said."""


def line(template: str, /, **values: object) -> Text:
    """A text from a template with named fields.

    A field takes a Value, Period, Party, Article, Measure, Event (its period), Quantity
    (its value), Text, a list of these (told as "a, b and c") or words, or a path to one, such
    as "{claim.period}". After a colon stands the style: a style of `Value.text`; "when" for
    a claim's own words of when; "demonym" or "plain" (without "the") for a party; "the" for an
    article; "count visit/visits" for a count with its noun; "plural says/say" for the word
    alone that goes with a count or a list; "absent" prints nothing, and has what is said of it
    fall where it is there: "[; no article says how many{number:absent}]". Words between double
    stars are strong. A clause in square brackets falls away by itself where what it asks for is
    missing, or gives way to the next: "[, says {who}|, it is said]".
    Raises ValueError where the template itself holds a numeral, in digits or words, or stars
    that do not close before a field, TypeError for a bare number, and Missing where a field,
    or a step of its path, is None or a missing value of a frame, or where a path leads to an
    empty list or text; one that is given reads as nothing.
    """
    return filled(template, values)


def filled(template: str, values: Mapping[str, object], dossier: Dossier | None = None) -> Text:
    """As `line`; with a dossier, the style "source" gives a field's sources, in brackets.

    A path then leads from a claim to its article and parties: "{claim.speaker}".
    """
    words = "…".join(literal for literal, *_ in string.Formatter().parse(template))
    # A digit of a name is refused too: a name comes in as a field, and is marked there.
    typed = [*typed_numerals(words), *re.findall(r"\d+", words)]
    if typed:
        raise ValueError(f"a number is typed into the text: {typed[0]!r} in {template!r}")
    result = Text()
    for at, part in enumerate(CLAUSES.split(template)):
        if at % 2 == 0:
            result += _said(part, values, dossier)
            continue
        for clause in part.split("|"):
            with suppress(Missing):
                result += _said(clause, values, dossier)
                break
    return result


def _said(template: str, values: Mapping[str, object], dossier: Dossier | None) -> Text:
    """A template without clauses, its fields filled; see `filled`."""
    result = Text()
    for literal, path, style, _ in string.Formatter().parse(template):
        pieces = literal.split("**")
        if len(pieces) % 2 == 0 or any(not piece for piece in pieces[1::2]):
            raise ValueError(f"stars stand alone, or around a field: {literal!r}")
        for index, piece in enumerate(pieces):
            result += Text((Words(piece, "strong" if index % 2 else ""),))
        if path is None:
            continue
        try:
            item, claim = _looked_up(path, values, dossier)
        except Missing:
            if style != "absent":
                raise
            continue
        if style == "absent" and not is_missing(item):
            raise Missing(f"{{{path}}} is there, and the text says that it is not")
        if style == "source" and dossier:
            ids = _rested_on(item)
            result += replace(sources(dossier, ids), rests=tuple(ids))
        elif style == "when" and isinstance(item, Claim):
            result += printed_period(item)
        elif claim and isinstance(item, Period):
            result += dated(item, claim)
        else:  # what is told of a claim rests on it
            result += shown(item, style or "") + Text(rests=(claim.id,) if claim else ())
    return result


def _looked_up(
    field: str, values: Mapping[str, object], dossier: Dossier | None
) -> tuple[object, Claim | None]:
    """What stands at a field's path, and the last claim on the way to it.

    Raises Missing where a step of it leads nowhere.
    """
    name, *path = field.split(".")
    if name not in values:
        raise KeyError(f"the text asks for {{{name}}}, which is not given")
    steps: list[Any] = [values[name]]
    for part in path:
        if is_missing(steps[-1]):
            break
        held = getattr(steps[-1], part)
        if dossier and isinstance(steps[-1], Claim) and isinstance(held, str):
            held = (dossier.everyone if part == "article" else dossier.parties).get(held, held)
        steps.append(held)
    item = steps[-1]
    given_empty = not path and isinstance(item, list | tuple | Text)
    if is_missing(item) and not given_empty:
        raise Missing(f"{{{field}}} is not there")
    return item, next((step for step in reversed(steps) if isinstance(step, Claim)), None)


def is_missing(item: object) -> bool:
    """Whether there is nothing to say: None, a frame's missing value, an empty list or text."""
    if isinstance(item, list | tuple):
        return not item
    if isinstance(item, Text):
        return not (item or item.rests)
    nothing = item is None or type(item).__name__ in ("NAType", "NaTType")
    return nothing or (isinstance(item, float) and item != item)


def _rested_on(item: object) -> list[str]:
    """The ids of the claims behind an item, or behind each of a list."""
    if isinstance(item, Claim):
        return [item.id]
    if isinstance(item, Value | Text):
        return list(item.claims)
    if isinstance(item, Iterable) and not isinstance(item, str):
        return list(dict.fromkeys(id for part in item for id in _rested_on(part)))
    raise TypeError(f"{type(item).__name__} rests on no claim that could be cited")


def typed_numerals(words: str) -> list[str]:
    """Numerals in digits or words that stand in a text; names and fixed terms are none."""
    return [it.text for it in find_numerals(_TERMS.sub("…", words)) if it.kind != "name"]


def shown(item: object, style: str = "") -> Text:
    """One item as a reader sees it; see `line` for what may be shown."""
    kind, _, forms = style.partition(" ")
    if kind == "plural":
        return _words(_of_number(item, forms))
    match item:
        case Text():
            return item
        case Value() if kind == "count":
            return shown(item, "words") + f" {_of_number(item, forms)}"
        case Value():
            # A number and its unit stay on one line.
            text = re.sub(r"(?<=\d) (?=[a-z])", "\u00a0", item.text(style or "prose"))
            return Text((Number(text, value=item),))
        case Quantity():
            return shown(item.value, style)
        case Period():
            return Text((Date(item.text(), period=item),))
        case Event():
            return dated(item.period, item)
        case Party():
            name = item.demonym if style == "demonym" else item.name
            return _words(name.removeprefix("the ") if style == "plain" else name)
        case Article():
            # "the op-ed", but "AP": a short name in lower case is a common noun.
            the = "the " if style == "the" and item.short.islower() else ""
            return Text((Words(the), Citation(item.short)))
        case Measure():
            return _words(item.label)
        case str():
            return _words(item)
        case bool() | int() | float():
            raise TypeError(f"{item!r} is a bare number: show a value that knows its source")
        case Iterable():
            parts = abridged([*item], lambda left: Text((Words(left, "stamp"),)))
            return listed(shown(part, style) for part in parts)
    raise TypeError(f"{type(item).__name__} cannot be shown to a reader")


def _of_number(item: Any, forms: str) -> str:
    """The form, "one/many", that goes with a count, or with the length of a list."""
    one, many = forms.split("/")
    number = item.value if isinstance(item, Quantity) else item
    if isinstance(number, Value):
        return one if number.exact and number.point == 1 else many
    return one if len(item) == 1 else many


def _words(text: str) -> Text:
    """Plain words. A digit inside a name ("T-90") counts nothing, and is marked so."""
    found, place = [], 0
    for numeral in find_numerals(text):
        if numeral.kind == "name":
            found += [Words(text[place : numeral.start]), Name(numeral.text)]
            place = numeral.end
        elif re.search(r"\d", numeral.text):
            raise ValueError(f"a number is typed into the text: {numeral.text!r} in {text!r}")
    return Text((*found, Words(text[place:])))


def dated(period: Period, claim: Claim | str) -> Text:
    """A date that a claim states, or a record by its id: it opens its evidence as a number does."""
    id = claim if isinstance(claim, str) else claim.id
    stated = id if period.stated else ""
    return Text((Date(period.text(), period=period, claim=stated),), (id,))


def printed_period(claim: Claim) -> Text:
    """When a claim is of: in its own words where they are vague, else its dates."""
    if claim.when:
        return quoted(claim.when[:1].lower() + claim.when[1:], claim)
    return dated(claim.period, claim)


def named(text: str) -> Text:
    """A name whose digits, if it has any, count nothing."""
    return Text((Name(text),))


def quoted(text: str, claim: Claim | None = None) -> Text:
    """Words from the dossier, whose figures are evidence themselves."""
    return Text((Words(text, "evidence"),), (claim.id,) if claim else ())


def cited(sources: Iterable[Article | str], claims: Iterable[str] = ()) -> Text:
    """Sources as a reader knows them, "AP; op-ed", and the claims that they are cited for."""
    names = [source if isinstance(source, str) else source.short for source in sources]
    claims = tuple(claims)
    return Text((Citation("; ".join(abridged(names, str)), claims=claims),), claims)


def sources(dossier: Dossier, claims: Iterable[str]) -> Text:
    """The articles and records behind claims, in brackets: "(AP; op-ed)"."""
    claims = list(dict.fromkeys(claims))
    names: list[Article | str] = [*dossier.sources(claims), *dossier.records(claims)]
    return Text() + "(" + cited(names, claims) + ")" if names else Text()


def listed(texts: Iterable[Text], last: str = " and ", between: str = ", ") -> Text:
    """Texts as a list in words: "a", "a and b", "a, b and c"."""
    result, *rest = [*texts] or [Text()]
    for part in rest[:-1]:
        result = result + between + part
    return result + last + rest[-1] if rest else result


def series(texts: Iterable[Text]) -> Text:
    """Texts one after another, parted by semicolons."""
    return listed(texts, "; ", "; ")
