"""What a comparison means, in three lines: on the judgements, on the numbers, and from what."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bs4 import BeautifulSoup
from markupsafe import Markup

from ..evidence import RECORDS
from .built import Built
from .changes import Changes, PassageChange, Setting
from .matching import only
from .numbers import Figure, NumberChange, figures

#: So many examples stand for all the rest.
_EXAMPLES = 3
#: What happened to one number, and to several.
_HAPPENED = {
    "changed": ("changes", "change"),
    "lost": ("is gone", "are gone"),
    "gained": ("is new", "are new"),
    "claims": ("rests on other claims", "rest on other claims"),
    "unprinted": ("differs beyond the printed digits", "differ beyond the printed digits"),
}


def summary(changes: Changes) -> list[Markup]:
    """Three lines of HTML; each says so where nothing differs."""
    return [_judgements(changes), _numbers(changes), _causes(changes)]


def count(number: int, one: str, many: str = "") -> Markup:
    """A number of things, counted by the comparison itself."""
    noun = one if number == 1 else many or f"{one}s"
    return Markup('<data value="{0}">{0}</data> {1}').format(number, noun)


def named(name: str) -> Markup:
    """A name whose digits, if it has any, count nothing."""
    return Markup('<span class="name">{}</span>').format(name)


def listed(items: Iterable[str], more: int = 0) -> Markup:
    """Items in words: "a, b and c", or "a, b and 3 more"."""
    parts = [Markup(item) for item in items]
    if more:
        parts.append(count(more, "more", "more"))
    head = Markup(", ").join(parts[:-1])
    return head + " and " + parts[-1] if head else Markup("").join(parts)


# Judgements --------------------------------------------------------------------------


def _judgements(changes: Changes) -> Markup:
    before = [passage.name for passage in changes.old.passages if passage.name]
    differ = [change for change in changes.passages if change.passage.name]
    if not before and not differ:
        return Markup("Neither build makes a key judgement.")
    if not differ:
        stand = "stands" if len(before) == 1 else "all stand"
        return Markup("{}: {} word for word.").format(count(len(before), "key judgement"), stand)
    gained = sum(change.change == "gained" for change in differ)
    kept = len(before) - (len(differ) - gained)
    told = Markup(" ").join(_judgement(change) for change in differ)
    if not before:
        return told
    head = Markup("Of {}, {} {} word for word. ").format(
        count(len(before), "key judgement"),
        Markup('<data value="{0}">{0}</data>').format(kept) if kept else "none",
        "stand" if kept > 1 else "stands",
    )
    return head + told


def _judgement(change: PassageChange) -> Markup:
    name = Markup("<strong>{}</strong>").format(change.passage.name)
    if change.change != "changed":
        return name + (" is gone." if change.change == "lost" else " is new.")
    old, new = change.old.html, change.new.html
    gone, come = _elements(old, new), _elements(new, old)
    if gone and come:
        return Markup("{} gives {} instead of {}.").format(name, listed(come), listed(gone))
    if gone or come:
        verb = "no longer gives" if gone else "now also gives"
        return Markup("{} {} {}.").format(name, verb, listed(gone or come))
    sources, others = _cited(old), _cited(new)
    if lost := only(sources, others):
        return Markup("{} no longer cites {}.").format(name, listed(lost))
    if won := only(others, sources):
        return Markup("{} now also cites {}.").format(name, listed(won))
    return name + " is worded differently."


def _elements(html: str, other: str) -> list[str]:
    """The numbers of a piece of HTML that the other does not print, as HTML."""
    known = {tag.get_text() for tag in BeautifulSoup(other, "html.parser").find_all("data")}
    tags = BeautifulSoup(html, "html.parser").find_all("data")
    return list(dict.fromkeys(str(tag) for tag in tags if tag.get_text() not in known))


def _cited(html: str) -> list[str]:
    cites = BeautifulSoup(html, "html.parser").find_all("cite")
    return list(dict.fromkeys(name for cite in cites for name in cite.get_text().split("; ")))


# Numbers -----------------------------------------------------------------------------


def _numbers(changes: Changes) -> Markup:
    total = len(figures(changes.old))
    what = count(total, "number or date", "numbers and dates")
    if not changes.numbers:
        return Markup("{}: the same, on the same claims.").format(what)
    groups: dict[str, list[NumberChange]] = {}
    for change in sorted(changes.numbers, key=lambda change: weight(change, changes)):
        groups.setdefault(change.change, []).append(change)
    told = [_examples(kind, same, changes) for kind, same in groups.items()]
    return Markup("Of {}, {}.").format(what, Markup("; ").join(told))


def mere_count(change: NumberChange, changes: Changes) -> bool:
    """Whether a number that is gone or new rests on no claim, such as the account of a check."""
    known = changes.old.manifest.claims | changes.new.manifest.claims
    claimed = not known or any(id in known for id in change.figure.number.claims)
    return change.change in ("lost", "gained") and not claimed


def mere_counts(number: int) -> Markup:
    """So many numbers that rest on no claim."""
    return count(number, "count that rests on no claim", "counts that rest on no claim")


def weight(change: NumberChange, changes: Changes) -> int:
    """What to name first: what claims state, what is computed from it, dates, mere counts."""
    number, claims = change.figure.number, _side(change, changes).manifest.claims
    if not any(id in number.formula for id in only(number.claims, RECORDS)):
        return 3
    if number.low is None and number.high is None:
        return 2
    return 0 if number.formula in (claims or number.claims) else 1


def _side(change: NumberChange, changes: Changes) -> Built:
    return changes.new if change.new else changes.old


def _examples(kind: str, same: list[NumberChange], changes: Changes) -> Markup:
    told = [change for change in same if not mere_count(change, changes)]
    if not told:
        happened = _HAPPENED[kind][len(same) > 1]
        return mere_counts(len(same)) + " " + happened
    show = _became if kind == "changed" else _sourced if kind in ("lost", "gained") else _shown
    examples = [show(change, changes) for change in told[:_EXAMPLES]]
    more = listed(examples, len(same) - len(examples))
    return Markup("{}: {}").format(count(len(same), *_HAPPENED[kind]), more)


def _became(change: NumberChange, changes: Changes) -> Markup:
    return shown(change.old) + " becomes " + shown(change.new)


def _shown(change: NumberChange, changes: Changes) -> Markup:
    return shown(change.figure)


def _sourced(change: NumberChange, changes: Changes) -> Markup:
    """A number with its sources in brackets, as far as they are known."""
    sources = sources_of(change.figure.number.claims, _side(change, changes).manifest.claims)
    cited = Markup(" (<cite>{}</cite>)").format("; ".join(sources)) if sources else ""
    return shown(change.figure) + cited


def sources_of(ids: Iterable[str], claims: dict) -> list[str]:
    """The sources behind claim ids, as a reader knows them, each once."""
    return list(dict.fromkeys(claims[id].source for id in ids if id in claims))


def shown(figure: Figure) -> Markup:
    """A number as it is printed, with the claims on which it rests."""
    return Markup('<data value="{}" data-claims="{}">{}</data>').format(
        figure.number.low or "", " ".join(figure.number.claims), figure.number.text
    )


# Causes ------------------------------------------------------------------------------


def _causes(changes: Changes) -> Markup:
    inputs = [entry.name for entry in changes.inputs]
    dossier = [name for name in inputs if name.startswith("data/")]
    groups = {
        "parameters": ("parameter", [_set(entry) for entry in changes.parameters]),
        "dossier": ("file of the dossier", [named(name) for name in dossier]),
        "code": ("file of the code", [named(name) for name in only(inputs, dossier)]),
        "packages": ("package", [named(entry.name) for entry in changes.packages]),
    }
    same = listed(name for name, (_, entries) in groups.items() if not entries)
    differ = [_cause(thing, entries) for thing, entries in groups.values() if entries]
    if not differ:
        return Markup("What they are made from is the same: {}.").format(same)
    rest = Markup("; {} are the same").format(same) if same else ""
    return Markup("What they are made from differs in {}{}.").format(listed(differ), rest)


def _cause(thing: str, entries: list[Markup]) -> Markup:
    many = thing.replace("file", "files") if thing.startswith("file") else f"{thing}s"
    names = listed(entries[:_EXAMPLES], len(entries[_EXAMPLES:]))
    return Markup("{} ({})").format(count(len(entries), thing, many), names)


def _set(entry: Setting) -> Markup:
    old, new = (written(value) for value in (entry.old, entry.new))
    return Markup("{} {} instead of {}").format(named(entry.name), new, old)


def written(value: object) -> Markup:
    """A parameter's value as an edition file has it."""
    text = "absent" if value is None else json.dumps(value, ensure_ascii=False)
    return Markup('<span class="stamp">{}</span>').format(text)
