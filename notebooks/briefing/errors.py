"""What goes wrong, said so that the reader of the message can mend it.

`Refusal` is for what a user can mend in a parameter, a table or a text (exit code 2).
`ChapterFailed` is for a chapter that broke while it ran (exit code 1).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

#: How a note of an exception begins that names a row of the dossier, for whoever prints it.
AT_HAND = "row at hand: "


@dataclass(frozen=True)
class Fault:
    """One fault: where it is, what stands there, and what was expected."""

    place: str  #: a table with row and column, a parameter, a file
    stands: str  #: what stands there, or "" where nothing does
    expected: str  #: what would be right, in words

    def __str__(self) -> str:
        """One line for the terminal."""
        stands = f"{self.stands!r} stands there" if self.stands else "nothing stands there"
        return f"{self.place}: {stands}; {self.expected}"


class Refusal(Exception):
    """Input that cannot be served. Carries every fault found, one message each."""

    def __init__(self, faults: Iterable[Fault | str] | str) -> None:
        """Take one message, or all faults found."""
        self.faults = [faults] if isinstance(faults, str) else list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this: in a notebook the message alone says what to mend.
        return [f"Refused: {fault}" for fault in self.faults]


class ChapterFailed(Exception):
    """A chapter that broke: names the notebook, the cell and the error."""


def nearest(given: str, allowed: Iterable[str]) -> str:
    """A hint that names the nearest allowed word, or all of them where none is near."""
    allowed = [str(word) for word in allowed]
    folded = {word.casefold(): word for word in allowed}
    close = difflib.get_close_matches(str(given).casefold(), folded, n=1, cutoff=0.5)
    if close:
        return f"did you mean {folded[close[0]]!r}?"
    return "allowed: " + ", ".join(allowed)
