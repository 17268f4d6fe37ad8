"""Published numbers of two builds, matched by what they are and not by where they stand.

A number is known by its formula, its claims and its unit: one more sentence, or one exhibit
less, moves all that follow, and is no change of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from .built import Built, Manifest, Number
from .matching import change_of, only, versions

#: Two formulas do the same to other claims where their outlines share so much.
_OUTLINE = 0.6


@dataclass(frozen=True)
class Figure:
    """A published number with all its printings; ``places`` are chapters and exhibits' keys."""

    number: Number
    texts: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True)
class NumberChange:
    """A number that differs.

    ``change`` is "changed" (another number is printed), "claims" (the same number rests on
    other claims), "unprinted" (it differs only beyond the printed digits), "lost" or "gained".
    """

    change: str
    old: Figure | None
    new: Figure | None

    @property
    def figure(self) -> Figure:
        """The new figure, or the old one where it is lost."""
        return self.new or self.old

    @property
    def claims_lost(self) -> list[str]:
        """Claims on which only the old number rests."""
        return only(claims_of(self.old), claims_of(self.new))

    @property
    def claims_gained(self) -> list[str]:
        """Claims on which only the new number rests."""
        return only(claims_of(self.new), claims_of(self.old))

    @property
    def places(self) -> list[str]:
        """Where it stands, or stood."""
        both = [place for figure in (self.new, self.old) if figure for place in figure.places]
        return list(dict.fromkeys(both))


def figures(built: Built) -> list[Figure]:
    """The different numbers that a build publishes, each once, in reading order."""
    found: dict[tuple, list[Number]] = {}
    for number in built.manifest.numbers:
        # A date, and a size in words, has no bounds: its words are its value.
        word = number.text.casefold() if number.low is None and number.high is None else ""
        found.setdefault((*_value(number), word), []).append(number)
    return [
        Figure(
            same[0],
            tuple(dict.fromkeys(number.text for number in same)),
            tuple(dict.fromkeys(_place(number.place, built) for number in same)),
        )
        for same in found.values()
    ]


def _place(anchor: str, built: Built) -> str:
    anchor = anchor.partition(",")[0]
    return built.anchors.get(anchor, anchor)


def claims_of(figure: Figure | None) -> tuple[str, ...]:
    """The claims on which a figure rests; none where there is no figure."""
    return figure.number.claims if figure else ()


def numbers(old: Built, new: Built) -> list[NumberChange]:
    """The numbers that differ, in reading order, those that are new at the end."""
    before, after = figures(old), figures(new)
    lost, gained = _unmatched(before, after), _unmatched(after, before)

    def kinship(one: Figure, other: Figure) -> float:
        return _kinship(one, other, old.manifest, new.manifest)

    return [
        NumberChange(_change(one, other), one, other)
        for one, other in versions(lost, gained, kinship, 1)
    ]


def _unmatched(these: list[Figure], those: list[Figure]) -> list[Figure]:
    """Figures that the other side does not publish; where each is printed does not matter."""
    return [one for one in these if not any(_same(one, other) for other in those)]


def _same(one: Figure, other: Figure) -> bool:
    """Whether two figures are one: the same value, printed alike where both print it."""
    alike = _meet(one.texts, other.texts)
    moved = one.number.low is not None and not set(one.places) & set(other.places)
    return _value(one.number) == _value(other.number) and (alike or moved)


def _value(number: Number) -> tuple:
    return number.formula, number.unit, frozenset(number.claims), number.low, number.high


def _meet(these: Iterable[str], those: Iterable[str]) -> bool:
    return bool({text.casefold() for text in these} & {text.casefold() for text in those})


def _change(old: Figure | None, new: Figure | None) -> str:
    if old is None or new is None or not _meet(old.texts, new.texts):
        return change_of(old, new)
    return "claims" if set(old.number.claims) != set(new.number.claims) else "unprinted"


def _kinship(old: Figure, new: Figure, before: Manifest, after: Manifest) -> float:
    """How surely one number became the other: 0 for no reason to think so, 1 and more for one.

    They rest on claims in common, or on claims about one thing, and they are made in the same
    way: by one formula, or in one place by formulas of one outline.
    """
    one, other = old.number, new.number
    shared = max(
        _overlap(one.claims, other.claims),
        _overlap(_subjects(one, before), _subjects(other, after)),
    )
    if one.unit != other.unit or not shared:
        return 0
    near = bool(set(old.places) & set(new.places))
    alike = shared + 0.5 * near + 0.25 * _meet(old.texts, new.texts)
    if one.formula == other.formula:
        return 2 + alike
    outline = SequenceMatcher(None, _outline(one), _outline(other), autojunk=False).ratio()
    return outline + alike if near and outline >= _OUTLINE else 0


def _overlap(these: Iterable[str], those: Iterable[str]) -> float:
    one, other = set(these), set(those)
    return len(one & other) / len(one | other) if one | other else 0


def _subjects(number: Number, manifest: Manifest) -> set[str]:
    """What the claims of a number are about, as far as the manifest tells."""
    return {manifest.claims[id].about for id in number.claims if id in manifest.claims}


def _outline(number: Number) -> str:
    """A formula without the names of its claims and without its digits."""
    return re.sub(r"\d+", "·", rewritten(number, lambda id: "·"))


def rewritten(number: Number, called: Callable[[str], str]) -> str:
    """The formula of a number with each claim as it is `called`."""
    if not number.claims:
        return number.formula
    names = "|".join(map(re.escape, sorted(number.claims, key=len, reverse=True)))
    return re.sub(rf"(?<![\w-])(?:{names})(?![\w-])", lambda m: called(m[0]), number.formula)
