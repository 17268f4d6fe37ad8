"""Which of the old became which of the new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def only(these: Iterable[T], those: Iterable[T]) -> list[T]:
    """What stands among these and not among those, in order."""
    taken = list(those)
    return [item for item in these if item not in taken]


def versions(
    old: Sequence[T], new: Sequence[T], kinship: Callable[[T, T], float], least: float
) -> list[tuple[T | None, T | None]]:
    """Each of the old with what it became, or None; then those of the new that nothing became.

    The closest kin are paired first, equally close ones in their order, and none below
    ``least``.
    """
    close = [(-kinship(a, b), i, j) for i, a in enumerate(old) for j, b in enumerate(new)]
    pairs: dict[int, int] = {}
    for score, i, j in sorted(close):
        if -score >= least and i not in pairs and j not in pairs.values():
            pairs[i] = j
    became = [(item, new[pairs[i]] if i in pairs else None) for i, item in enumerate(old)]
    return became + [(None, item) for j, item in enumerate(new) if j not in pairs.values()]


def change_of(old: object, new: object) -> str:
    """What happened: "changed", "lost" where nothing is new, "gained" where nothing was old."""
    if new is None:
        return "lost"
    return "gained" if old is None else "changed"
