"""A comparison as a page, in the look of the briefing: what the template shows, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup

from ...chapter.prose import shown as dated
from ...dossier.periods import Period
from ..gate import hold_to_promises, refuse_doubled_ids
from ..page import TEMPLATES, environment
from ..plots import themes
from .built import Built
from .changes import Changes, PassageChange
from .exhibits import plain
from .matching import only
from .numbers import NumberChange, claims_of, figures, rewritten
from .redline import added, redline, struck
from .sides import Exhibit, Table, exhibit
from .summary import (
    count,
    listed,
    mere_count,
    mere_counts,
    named,
    shown,
    sources_of,
    summary,
    weight,
    written,
)

COMPARE = TEMPLATES.parent / "compare"
_WORDS = {"changed": "Changed", "lost": "Gone", "gained": "New"}
#: The groups of numbers in order, each with its heading.
_GROUPS = {
    "changed": "Changed",
    "claims": "The same number on other claims",
    "lost": "Gone",
    "gained": "New",
    "unprinted": "Different only beyond the printed digits",
}
#: Groups of exhibits: what happened, the kind or "" for any, and the heading.
_EXHIBITS = (
    ("vanished", "", "Vanished"),
    ("appeared", "", "Appeared"),
    ("changed", "chart", "Charts side by side"),
    ("changed", "table", "Tables, row by row"),
)


@dataclass(frozen=True)
class Part:
    """A part of a section: its heading, tables, sentences about it, and what else it shows."""

    id: str
    heading: Markup
    tables: list[Table] = field(default_factory=list)
    notes: list[Markup] = field(default_factory=list)
    passages: list[tuple[str, Markup]] = field(default_factory=list)  #: a label, a sentence
    exhibits: list[Exhibit] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """A section of the page; where it has no parts, ``nothing`` says so."""

    id: str
    heading: str
    total: int
    nothing: str
    parts: list[Part]


def report(changes: Changes) -> str:
    """The comparison as one page that needs nothing else.

    Raises ChapterFailed for a page that would fetch something or shows a typed number,
    ValueError where an id stands twice in it.
    """
    colors: set[str] = set()
    sections = [_causes(changes), _numbers(changes), _sentences(changes)]
    sections.append(_exhibits(changes, colors))
    old, new = changes.old, changes.new
    css = [TEMPLATES / "page.css", COMPARE / "compare.css"]
    html = (
        environment(COMPARE, TEMPLATES)
        .get_template("compare.html.j2")
        .render(
            title=f"From {old.name} to {new.name}",
            old=named(old.name),
            new=named(new.name),
            lines=summary(changes),
            differ=any(section.total for section in sections),
            sections=sections,
            contents=[_entry(section) for section in sections],
            chart_colors=themes(colors, {}),
            css=Markup("\n".join(path.read_text(encoding="utf-8") for path in css)),
            description=plain(" ".join(summary(changes))),
            as_of=new.manifest.as_of,
            stamp=[["Old", _about(old)], ["New", _about(new)]],
            language="en",
            grey=False,
        )
    )
    refuse_doubled_ids(html)
    hold_to_promises(html)
    return html


def _entry(section: Section) -> dict:
    total = Markup(' <span class="numbering">({})</span>').format(section.total or "none")
    return {"id": section.id, "html": Markup("{}{}").format(section.heading, total), "below": []}


def _about(built: Built) -> Markup:
    manifest = built.manifest
    return Markup("{}: edition {}, as of {}; {} and {}").format(
        named(built.name),
        named(manifest.edition),
        Markup(dated(Period(manifest.as_of, manifest.as_of)).html),
        count(len(figures(built)), "number or date", "different numbers and dates"),
        count(len(built.exhibits), "exhibit"),
    )


# What they are made from -------------------------------------------------------------


def _causes(changes: Changes) -> Section:
    old, new = named(changes.old.name), named(changes.new.name)
    parts = []
    if changes.parameters:
        rows = [
            [named(entry.name), written(entry.old), written(entry.new)]
            for entry in changes.parameters
        ]
        table = Table("parameters-table", "Parameters", [Markup("Parameter"), old, new], rows)
        parts.append(Part("parameters", Markup("Parameters"), [table]))
    if changes.inputs:
        notes = [_file(entry.name, entry.old, entry.new) for entry in changes.inputs]
        parts.append(Part("inputs", Markup("Dossier and code"), notes=notes))
    if changes.packages:
        rows = [
            [named(entry.name), *(named(value or "absent") for value in (entry.old, entry.new))]
            for entry in changes.packages
        ]
        table = Table("packages-table", "Packages", [Markup("Package"), old, new], rows)
        parts.append(Part("packages", Markup("Packages"), [table]))
    total = len(changes.parameters) + len(changes.inputs) + len(changes.packages)
    nothing = "Parameters, dossier, code and packages are the same."
    return Section("causes", "What they are made from", total, nothing, parts)


def _file(name: str, old: object, new: object) -> Markup:
    happened = "is new" if old is None else "is gone" if new is None else "has changed"
    return Markup("{} {}.").format(named(name), happened)


# Numbers -----------------------------------------------------------------------------


def _numbers(changes: Changes) -> Section:
    parts = []
    for kind, heading in _GROUPS.items():
        same = [change for change in changes.numbers if change.change == kind]
        counted = [change for change in same if mere_count(change, changes)]
        told = only(same, counted)
        if same:
            table = [_number_table(kind, told, changes)] if told else []
            notes = [_counted(counted, changes)] if counted else []
            parts.append(Part(f"numbers-{kind}", Markup(heading), table, notes))
    nothing = "Every number and date is the same, and rests on the same claims."
    return Section("numbers", "Numbers", len(changes.numbers), nothing, parts)


def _counted(same: list[NumberChange], changes: Changes) -> Markup:
    places = list(dict.fromkeys(place for change in same for place in change.places))
    return Markup("{}, in {}.").format(mere_counts(len(same)), _places(places, same[0], changes))


def _number_table(kind: str, same: list[NumberChange], changes: Changes) -> Table:
    sides = {"lost": ["old"], "gained": ["new"]}.get(kind, ["old", "new"])
    names = {"old": changes.old.name, "new": changes.new.name}
    heads = ["What it is", *(named(names[side]) for side in sides), "Sources", "Where"]
    same = sorted(same, key=lambda change: weight(change, changes))
    # Counts made in one way for one exhibit stand in one row: the exhibit tells them apart.
    alike = groupby(same, lambda change: (_what(change, changes), change.places))
    rows = [
        [
            what,
            *(_printed(list(group), side) for side in sides),
            _sources(group, changes),
            _places(places, group[0], changes),
        ]
        for (what, places), group in ((key, list(group)) for key, group in alike)
    ]
    return Table(f"numbers-{kind}-table", _GROUPS[kind], [Markup(head) for head in heads], rows)


def _what(change: NumberChange, changes: Changes) -> Markup:
    """What a number is: the statement of its claim, or the arithmetic that made it."""
    side = changes.new if change.new else changes.old
    number = change.figure.number
    if claim := side.manifest.claims.get(number.formula):
        return Markup('<span class="evidence">{}</span>').format(claim.statement)
    stated = {
        item.formula: item.text
        for item in reversed(side.manifest.numbers)
        if item.claims == (item.formula,) and item.unit != "date"
    }
    formula = rewritten(number, lambda id: stated.get(id, id))
    return Markup('<span class="evidence">{}</span>').format(formula)


def _printed(same: list[NumberChange], side: str) -> Markup:
    texts = Markup(", ").join(shown(getattr(change, side)) for change in same)
    if same[0].change in ("claims", "unprinted"):
        return texts
    return struck(texts) if side == "old" else added(texts)


def _sources(same: list[NumberChange], changes: Changes) -> Markup:
    """The sources of numbers, with those that they lost and those that they gained."""
    old, new = (
        sources_of(
            [id for change in same for id in claims_of(getattr(change, side))],
            getattr(changes, side).manifest.claims,
        )
        for side in ("old", "new")
    )
    if same[0].change in ("lost", "gained"):
        return Markup("; ").join(map(_cite, old or new))
    parts = [_cite(name) for name in new if name in old]
    parts += [struck(_cite(name)) for name in only(old, new)]
    parts += [added(_cite(name)) for name in only(new, old)]
    return Markup("; ").join(parts) or Markup('<span class="none">no claim</span>')


def _cite(name: str) -> Markup:
    return Markup("<cite>{}</cite>").format(name)


def _places(keys: list[str], change: NumberChange, changes: Changes) -> Markup:
    """Chapters and exhibits as a reader of the build that has the number knows them."""
    known = changes.old.exhibits | (changes.new.exhibits if change.new else {})
    return listed(
        Markup('<span class="numbering">{}</span>').format(
            f"Exhibit {known[key]['number']}"
            if key in known
            else f"chapter {key.partition('-')[0]}"
        )
        for key in keys
    )


# Sentences ---------------------------------------------------------------------------


def _sentences(changes: Changes) -> Section:
    titles = {**changes.old.chapters, **changes.new.chapters}
    parts = []
    for chapter, same in groupby(changes.passages, lambda change: change.passage.chapter):
        number = Markup('<span class="numbering">{}</span>').format(chapter.partition("-")[0])
        heading = Markup("{} {}").format(number, titles[chapter])
        told = [(_label(change), _redlined(change)) for change in same]
        parts.append(Part(f"in-{chapter}", heading, passages=told))
    nothing = "Every sentence is the same, word for word."
    return Section("sentences", "Sentences", len(changes.passages), nothing, parts)


def _label(change: PassageChange) -> str:
    word = _WORDS[change.change]
    return f"Key judgement: {word.lower()}" if change.passage.name else word


def _redlined(change: PassageChange) -> Markup:
    if change.old and change.new:
        return redline(change.old.html, change.new.html)
    return struck(change.old.html) if change.old else added(change.new.html)


# Exhibits ----------------------------------------------------------------------------


def _exhibits(changes: Changes, colors: set[str]) -> Section:
    parts = []
    for happened, kind, heading in _EXHIBITS:
        same = [
            exhibit(change, changes, colors)
            for change in changes.exhibits
            if change.change == happened and kind in ("", change.record["kind"])
        ]
        if same:
            id = f"exhibits-{kind or happened}"
            parts.append(Part(id, Markup(heading), exhibits=same))
    nothing = "Every chart and every table is the same."
    return Section("exhibits", "Exhibits", len(changes.exhibits), nothing, parts)
