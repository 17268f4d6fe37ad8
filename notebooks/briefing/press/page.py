"""The briefing as one HTML page that needs nothing else: no script, no request, no font.

The body is the one that the PDF is made from, rewritten by `for_screen`. Here the notes that
its numbers open are written, and the page around it (contents, metadata, stamp) is set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .cache import Remember, afresh
from .gate import outside_requests, refuse_doubled_ids
from .plots import themes
from .screen import Head, Number, Section, for_screen

__all__ = ["TEMPLATES", "environment", "outside_requests", "page"]

TEMPLATES = Path(__file__).parent / "templates" / "page"

#: A number that rests on more claims than this names them, and the annex has their words.
_MANY = 8


def page(
    sections: Sequence[str],
    exhibits: Mapping[str, str],
    meta: Mapping,
    evidence: Mapping[str, str],
    remember: Remember = afresh,
) -> str:
    """The whole page as one self-contained file.

    ``sections`` are the elements of the body. ``exhibits`` maps a key to its SVG; where
    ``KEY-narrow`` is there too, narrow screens show that one. ``evidence`` maps a claim id to
    a snippet of HTML without ids. ``meta`` holds title, subtitle, as_of, as_of_text,
    description, language, edition and stamp (pairs), and may hold colors (a chart's hex colour
    to the one for the dark theme) and grey (whether the page goes without any hue).
    ``remember`` is asked for what was made of the same section before.
    Raises ValueError where a chart or a claim's evidence is missing, or an id stands twice.
    """
    screens = for_screen(sections, exhibits, remember)
    notes = _notes(screens, evidence)
    ids = {number: note.id for number, note in notes.items()}
    colors = {color for it in screens for color in it.colors}
    parts = {
        "body": Markup("\n".join(it.opening(ids) for it in screens)),
        "chart_colors": themes(colors, meta.get("colors") or {}),
        "contents": _contents([head for it in screens for head in it.heads]),
        "css": Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
        "notes": list(notes.values()),
    }
    html = environment(TEMPLATES).get_template("page.html.j2").render(parts | _metadata(meta))
    refuse_doubled_ids(html)
    return html


def environment(*folders: Path) -> Environment:
    """Jinja for the templates in folders: what is not marked as HTML is escaped."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _metadata(meta: Mapping) -> dict[str, object]:
    # A date in a title is the briefing's own date, in full or in part: it is marked as one.
    words = str(meta["as_of_text"]).split()
    parts = str(meta["as_of"]).split("-")
    dates = {
        " ".join(words[-count:]): "-".join(parts[:count])
        for count in range(1, len(parts) + 1)
        if len(words) == len(parts)
    }
    return {
        "title": meta["title"],
        "title_html": _dated(meta["title"], dates),
        "subtitle": _dated(meta.get("subtitle", ""), dates),
        "as_of": meta["as_of"],
        "as_of_text": meta["as_of_text"],
        "description": meta["description"],
        "language": meta.get("language", "en"),
        "edition": meta["edition"],
        "grey": bool(meta.get("grey")),
        "stamp": meta["stamp"],
    }


def _dated(text: str, dates: Mapping[str, str]) -> Markup:
    html = str(Markup.escape(text))
    if isinstance(text, Markup) or not dates:
        return Markup(html)
    longest_first = sorted(map(re.escape, dates), key=len, reverse=True)
    found = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)")
    return Markup(found.sub(lambda m: f'<time datetime="{dates[m[0]]}">{m[0]}</time>', html))


# Evidence ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Claim:
    """One claim under a number: its snippet, and its place in the annex where it has one."""

    snippet: Markup
    anchor: str
    label: str


@dataclass(frozen=True)
class _Note:
    """What opens under a number."""

    id: str
    text: str
    formula: Markup
    claims: list[_Claim]


@dataclass
class _Sources:
    """What is known of each claim: its snippet, its printed value, its place in the annex."""

    evidence: Mapping[str, str]
    annex: dict[str, str]
    printed: dict[str, str] = field(default_factory=dict)

    def claim(self, id: str, brief: bool) -> _Claim:
        """One claim of a note; in brief only its place in the annex, where it has one."""
        anchor = f"c-{id}" if id in self.annex else ""
        snippet = "" if brief and anchor else self.evidence[id]
        return _Claim(Markup(snippet), anchor, self.annex.get(id, ""))

    def formula(self, formula: str, claims: list[str], result: str) -> Markup:
        """The arithmetic, each claim by the value that it states; empty for a mere claim."""
        if formula in ("", " ".join(claims)):
            return Markup("")
        longest_first = sorted(map(re.escape, claims), key=len, reverse=True)
        names = re.compile(rf"(?<![\w-])(?:{'|'.join(longest_first)})(?![\w-])")
        written = names.sub(lambda m: self._operand(m[0], claims), escape(formula))
        return Markup(f'{written} <span class="result">= <b>{escape(result)}</b></span>')

    def _operand(self, id: str, claims: list[str]) -> str:
        text = escape(self.printed.get(id) or self._quoted(id))
        mark = f"<sup>{claims.index(id) + 1}</sup>" if len(claims) > 1 else ""
        return f'<span class="operand">{text}{mark}</span>'

    def _quoted(self, id: str) -> str:
        quote = BeautifulSoup(self.evidence[id], "html.parser").q
        return quote.get_text() if quote else self.annex.get(id, id)


def _notes(screens: Iterable[Section], evidence: Mapping[str, str]) -> dict[Number, _Note]:
    """What opens under each number, in the order in which they first open."""
    screens = list(screens)
    numbers = [number for it in screens for number in it.numbers]
    missing = {id for number in numbers for id in number.claims} - set(evidence)
    if missing:
        raise ValueError(f"no evidence is given for: {', '.join(sorted(missing))}")
    sources = _Sources(evidence, {id: label for it in screens for id, label in it.labels.items()})
    for number in numbers:
        if (number.formula,) == number.claims:
            sources.printed.setdefault(number.formula, number.text)
    opened = dict.fromkeys(number.plain for it in screens for number in it.opened)
    numbered = enumerate(opened, start=1)
    return {number: _note(f"ev-{index}", number, sources) for index, number in numbered}


def _note(id: str, number: Number, sources: _Sources) -> _Note:
    brief = len(number.claims) > _MANY
    claims = [sources.claim(claim, brief) for claim in number.claims]
    formula = sources.formula(number.formula, list(number.claims), number.text)
    return _Note(id, number.text, formula, claims)


def _contents(heads: Iterable[Head]) -> list[dict]:
    """Chapters and their sections, for the list of contents."""
    entries: list[dict] = []
    for head in heads:
        entry = {"id": head.id, "html": Markup(head.html), "below": []}
        if head.level == 2:
            entries.append(entry)
        elif entries:
            entries[-1]["below"].append(entry)
    return entries
