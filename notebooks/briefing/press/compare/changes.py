"""What differs between two builds: parameters, numbers, sentences, exhibits.

Both are read from their folders; nothing is executed. A number is known by its formula,
its claims and its unit, a sentence by its chapter and its words, an exhibit by its key: none
by where it stands, since one more sentence moves all that follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .built import Built, Passage
from .exhibits import ExhibitChange, exhibits
from .matching import change_of, versions
from .numbers import NumberChange, numbers
from .redline import VERSION, likeness


@dataclass(frozen=True)
class Setting:
    """One entry that differs: a parameter, an input or a package; None where it is absent."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class PassageChange:
    """A sentence that is "changed", "lost" or "gained"."""

    change: str
    old: Passage | None
    new: Passage | None

    @property
    def passage(self) -> Passage:
        """The new sentence, or the old one where it is lost."""
        return self.new or self.old


@dataclass(frozen=True)
class Changes:
    """All that differs between two builds; every list is empty where nothing does."""

    old: Built
    new: Built
    parameters: list[Setting]
    inputs: list[Setting]
    packages: list[Setting]
    numbers: list[NumberChange]
    passages: list[PassageChange]
    exhibits: list[ExhibitChange]


def changes(old: Built, new: Built) -> Changes:
    """What differs between two builds, each list in reading order."""
    before, after = old.manifest, new.manifest
    return Changes(
        old,
        new,
        _settings(before.parameters, after.parameters),
        _settings(before.inputs, after.inputs),
        _settings(before.packages, after.packages),
        numbers(old, new),
        list(_passages(old, new)),
        list(exhibits(old.exhibits, new.exhibits)),
    )


def _settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Setting]:
    names = dict.fromkeys([*old, *new])
    entries = [Setting(name, old.get(name), new.get(name)) for name in names]
    return [entry for entry in entries if entry.old != entry.new]


def _passages(old: Built, new: Built) -> Iterator[PassageChange]:
    for chapter in sorted({*old.chapters, *new.chapters}):
        before = [passage for passage in old.passages if passage.chapter == chapter]
        after = [passage for passage in new.passages if passage.chapter == chapter]
        yield from _in_chapter(before, after)


def _in_chapter(old: list[Passage], new: list[Passage]) -> Iterator[PassageChange]:
    lost, gained = _unlisted(old, new), _unlisted(new, old)
    for before, after in versions(lost, gained, _kinship, VERSION):
        yield PassageChange(change_of(before, after), before, after)


def _kinship(old: Passage, new: Passage) -> float:
    return likeness(old.html, new.html)


def _unlisted(these: list[Passage], those: list[Passage]) -> list[Passage]:
    """Sentences that the other side does not say; their order does not matter."""
    said = {passage.text for passage in those}
    return [passage for passage in these if passage.text not in said]
