"""One text against another, word by word: what was struck out and what was put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from html import escape

from bs4 import BeautifulSoup, NavigableString, Tag
from markupsafe import Markup

#: Two sentences, or two rows of a table, are versions of one where they share so much.
VERSION = 0.5
#: A word with its apostrophes and hyphens, or a single mark. A no-break space joins.
_PIECES = re.compile(r"[^\W_](?:[\w\u00a0]|[’'./–-](?=\w))*|[ \t\r\n]+|[^ \t\r\n]")
_SPACE = re.compile(r"[ \t\r\n]+")
#: Elements that are never broken: a number, a date, a name.
_WHOLE = ("data", "time", "svg", "code")


@dataclass(frozen=True)
class Token:
    """One word as it is compared, as HTML, and the space after it."""

    text: str
    html: str
    space: str = ""


@lru_cache(maxsize=4096)
def tokens(html: str) -> tuple[Token, ...]:
    """The words of a piece of HTML; numbers, dates and names are one word each."""
    found: list[Token] = []
    for token in _pieces(BeautifulSoup(html, "html.parser"), "", ""):
        if not _SPACE.fullmatch(token.text):
            found.append(token)
        elif found:
            found[-1] = replace(found[-1], space=" ")
    return tuple(found)


def _pieces(parent: Tag, before: str, after: str) -> Iterator[Token]:
    """Words in order; one inside an element is wrapped in that element of its own."""
    for child in parent.children:
        if isinstance(child, Tag):
            if child.name in _WHOLE or "name" in child.get("class", []):
                yield Token(child.get_text(), f"{before}{child}{after}")
            else:
                opening = str(child)[: str(child).index(">") + 1]
                yield from _pieces(child, before + opening, f"</{child.name}>{after}")
        elif isinstance(child, NavigableString):
            for text in _PIECES.findall(str(child)):
                yield Token(text, f"{before}{escape(text, quote=False)}{after}")


def likeness(old: str, new: str) -> float:
    """How much two pieces of HTML share, from 0 to 1, word by word."""
    return _matcher(tokens(old), tokens(new)).ratio()


def _matcher(old: Sequence[Token], new: Sequence[Token]) -> SequenceMatcher:
    words = ([token.text for token in side] for side in (old, new))
    return SequenceMatcher(None, *words, autojunk=False)


def redline(old: str, new: str) -> Markup:
    """The new HTML with what is new in ``<ins>`` and, in ``<del>``, what is gone."""
    runs = list(_runs(tokens(old), tokens(new)))
    parts = []
    for (gone, put, same), after in zip(runs, [*runs[1:], ((), (), True)], strict=False):
        if same:
            # What is struck out next stood apart from this, or close to it, as it did before.
            space = gone[-1].space if after[0] else put[-1].space
            parts.append(_written([*put[:-1], replace(put[-1], space=space)]))
        else:
            apart = " " if gone and put and not gone[-1].space else ""
            parts.append(struck(_written(gone)) + apart + added(_written(put)))
    return Markup("").join(parts).rstrip()


def _runs(
    old: Sequence[Token], new: Sequence[Token]
) -> Iterator[tuple[Sequence[Token], Sequence[Token], bool]]:
    """Old words, new words, and whether they are the same."""
    for kind, a, b, c, d in _matcher(old, new).get_opcodes():
        yield old[a:b], new[c:d], kind == "equal"


def _written(words: Sequence[Token]) -> Markup:
    return Markup("".join(token.html + token.space for token in words))


def struck(html: str) -> Markup:
    """HTML marked as gone, by element, by look and in words for who cannot see it."""
    return _marked("del", "removed", html)


def added(html: str) -> Markup:
    """HTML marked as new, by element, by look and in words for who cannot see it."""
    return _marked("ins", "added", html)


def _marked(element: str, word: str, html: str) -> Markup:
    text = str(html)
    if not text.strip():
        return Markup(text)
    body = text.rstrip(" ")
    opening = f'<{element}><span class="visually-hidden">[{word}: </span>'
    closing = f'<span class="visually-hidden">]</span></{element}>'
    return Markup(f"{opening}{body}{closing}{text[len(body) :]}")
