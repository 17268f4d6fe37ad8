"""Sentences with traceable numbers.

A `Line` is a stretch of text in which every digit is accounted for: a value carries its
bounds, claims and formula, a period stands in `<time>`, a name in `class="name"`. A
template may hold no digit of its own and a bare number is refused, so that nothing typed
by hand can reach a reader.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape

from ..dossier.load import Article, Claim, Dossier, Event, Measure, Party, Quantity
from ..dossier.numerals import find_numerals
from ..dossier.periods import Period
from ..value import Value

#: Terms that hold the word of a number and count nothing.
_TERMS = re.compile(r"\btwo-way\b|\bUS\$ billion\b", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A stretch of text: as HTML, as plain words, and with the values that it shows."""

    html: str
    text: str
    values: tuple[tuple[str, Value], ...] = ()  #: (printed text, value), in order
    rests: tuple[str, ...] = ()  #: ids of claims behind its dates and words

    def __str__(self) -> str:
        """The plain words."""
        return self.text

    def __bool__(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.text)

    def __add__(self, other: Line) -> Line:
        """One line after another."""
        return Line(
            self.html + other.html,
            self.text + other.text,
            self.values + other.values,
            self.rests + other.rests,
        )

    @property
    def claims(self) -> tuple[str, ...]:
        """Ids of all claims behind the line, each once."""
        ids = [id for _, value in self.values for id in value.claims]
        return tuple(dict.fromkeys([*ids, *self.rests]))

    def capitalised(self) -> Line:
        """The same line with its first letter upper-case, as a sentence begins."""
        html = re.sub(r"^((?:<[^>]*>)*)(\w)", lambda m: m[1] + m[2].upper(), self.html, count=1)
        return replace(self, html=html, text=self.text[:1].upper() + self.text[1:])


def line(template: str, /, **values: object) -> Line:
    """A line from a template with named fields.

    A field takes a Value, Period, Party, Article, Measure, Event (its period), Quantity
    (its value), Line, a list of these (told as "a, b and c") or words. After a colon
    stands the style: a style of `Value.text`; "demonym" or "plain" (without "the") for a
    party; "the" for an article; "count visit/visits" for a count with its noun; "plural
    says/say" for the word alone that goes with a count or a list. Words between double
    stars are strong.
    Raises ValueError where the template itself holds a numeral, in digits or words, or stars
    that do not close before a field, TypeError for a bare number.
    """
    _refuse_typed(template)
    result = Line("", "")
    for literal, field, style, _ in string.Formatter().parse(template):
        result += _literal(literal)
        if field is not None:
            result += _field(field, style or "", values)
    return result


def _field(field: str, style: str, values: dict) -> Line:
    """A field as a reader sees it; a claim's date or words rest on that claim."""
    item, claim = _lookup(field, values), values[field.partition(".")[0]]
    if not isinstance(claim, Claim):
        return shown(item, style)
    if isinstance(item, Period):
        return dated(item, claim)
    said = shown(item, style)
    return replace(said, rests=(*said.rests, claim.id))


def typed_numerals(words: str) -> list[str]:
    """Numerals in digits or words that stand in a text; names and fixed terms are none."""
    found = find_numerals(_TERMS.sub("…", words))
    return [numeral.text for numeral in found if numeral.kind != "name"]


def _refuse_typed(template: str) -> None:
    """Raise ValueError for a numeral in the words of a template."""
    words = "…".join(literal for literal, *_ in string.Formatter().parse(template))
    # A digit of a name is refused too: a name comes in as a field, and is marked there.
    typed = [*typed_numerals(words), *re.findall(r"\d+", words)]
    if typed:
        raise ValueError(f"a number is typed into the text: {typed[0]!r} in {template!r}")


def _literal(text: str) -> Line:
    """Words of a template; **words** between stars are strong."""
    html = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text, quote=False))
    if "**" in html:
        raise ValueError(f"stars stand alone, or around a field: {text!r}")
    return Line(html, text.replace("**", ""))


def _lookup(field: str, values: dict) -> object:
    name, *path = field.split(".")
    if name not in values:
        raise KeyError(f"the text asks for {{{name}}}, which is not given")
    found = values[name]
    for part in path:
        found = getattr(found, part)
    return found


def shown(item: object, style: str = "") -> Line:
    """One item as a reader sees it; see `line` for what may be shown."""
    if style.startswith("plural "):
        return _words(_of_number(item, style.removeprefix("plural ")))
    match item:
        case Line():
            return item
        case Value():
            return _counted(item, style) if style.startswith("count ") else _value(item, style)
        case Quantity():
            return shown(item.value, style)
        case Period():
            return _time(item)
        case Event():
            return dated(item.period, item)
        case Party():
            return _words(_party(item, style))
        case Article():
            # "the op-ed", but "AP": a short name in lower case is a common noun.
            the = "the " if style == "the" and item.short.islower() else ""
            return Line(f"{the}<cite>{escape(item.short)}</cite>", the + item.short)
        case Measure():
            return _words(item.label)
        case str():
            return _words(item)
        case bool() | int() | float():
            raise TypeError(f"{item!r} is a bare number: show a value that knows its source")
        case Iterable():
            return listed([shown(part, style) for part in item])
    raise TypeError(f"{type(item).__name__} cannot be shown to a reader")


def listed(lines: Iterable[Line], last: str = " and ", between: str = ", ") -> Line:
    """Lines as a list in words: "a", "a and b", "a, b and c"."""
    lines = list(lines)
    result = lines[0] if lines else Line("", "")
    for index, part in enumerate(lines[1:], start=2):
        joint = last if index == len(lines) else between
        result += Line(joint, joint) + part
    return result


def series(lines: Iterable[Line]) -> Line:
    """Lines one after another, parted by semicolons."""
    return listed(lines, "; ", "; ")


def cited(articles: Iterable[Article], and_ours: bool = False) -> Line:
    """Sources as a reader knows them: "AP; op-ed"."""
    names = [article.short for article in articles] + ["our arithmetic"] * and_ours
    text = "; ".join(names)
    return Line(f"<cite>{escape(text)}</cite>" if text else "", text)


def _counted(value: Value, style: str) -> Line:
    """A count with its noun: "one visit", "four visits"."""
    noun = f" {_of_number(value, style.removeprefix('count '))}"
    return _value(value, "words") + Line(noun, noun)


def _of_number(item: object, forms: str) -> str:
    """The form, "one/many", that goes with a count, or with the length of a list."""
    one, many = forms.split("/")
    number = item.value if isinstance(item, Quantity) else item
    if isinstance(number, Value):
        return one if number.exact and number.point == 1 else many
    return one if len(item) == 1 else many


def _value(value: Value, style: str) -> Line:
    # A number and its unit stay on one line.
    text = re.sub(r"(?<=\d) (?=[a-z])", "\u00a0", value.text(style or "prose"))
    low, high = ("" if bound is None else f"{bound:f}" for bound in value.bounds)
    plain = low if value.exact else f"{low or '..'}/{high or '..'}"
    ends = "".join("o" if is_open else "c" for is_open in (value.low_open, value.high_open))
    attributes = {
        "value": value.hedge if value.wordless else plain,
        "data-claims": " ".join(value.claims),
        "data-formula": value.formula,
        "data-low": low,
        "data-high": high,
        "data-ends": ends,
        "data-unit": value.unit,
        "data-hedge": value.hedge,
    }
    written = "".join(f' {name}="{escape(cell)}"' for name, cell in attributes.items())
    return Line(f"<data{written}>{escape(text)}</data>", text, ((text, value),))


def dated(period: Period, claim: Claim) -> Line:
    """A date that a claim states, which opens its evidence as a number does."""
    said = _time(period)
    if not period.stated:
        return replace(said, rests=(claim.id,))
    html = (
        f'<data value="{period.iso()}" data-claims="{claim.id}" data-formula="{claim.id}" '
        f'data-low="" data-high="" data-ends="" data-unit="date" data-hedge="">{said.html}</data>'
    )
    return replace(said, html=html, rests=(claim.id,))


def _time(period: Period) -> Line:
    html = "".join(
        f'<time datetime="{iso}">{escape(text)}</time>' if iso else escape(text)
        for text, iso in period.pieces()
    )
    return Line(html, period.text())


def _party(party: Party, style: str) -> str:
    if style == "demonym":
        return party.demonym
    return party.name.removeprefix("the ") if style == "plain" else party.name


def _words(text: str) -> Line:
    """Plain words. A digit inside a name ("T-90") counts nothing, and is marked so."""
    html, place = "", 0
    for numeral in find_numerals(text):
        if numeral.kind == "name":
            html += escape(text[place : numeral.start], quote=False) + named(numeral.text).html
            place = numeral.end
        elif re.search(r"\d", numeral.text):
            raise ValueError(f"a number is typed into the text: {numeral.text!r} in {text!r}")
    return Line(html + escape(text[place:], quote=False), text)


def named(text: str) -> Line:
    """A name whose digits, if it has any, count nothing."""
    return Line(f'<span class="name">{escape(text, quote=False)}</span>', text)


def quoted(text: str, claim: Claim | None = None) -> Line:
    """Words from the dossier, whose figures are evidence themselves."""
    rests = (claim.id,) if claim else ()
    html = f'<span class="evidence">{escape(text, quote=False)}</span>'
    return Line(html, text, rests=rests)


def speaker(dossier: Dossier, claim: Claim) -> str:
    """Who says it, with office or affiliation."""
    party = dossier.parties[claim.speaker]
    return f"{party.name}, {party.role}" if party.role and party.kind == "person" else party.name
