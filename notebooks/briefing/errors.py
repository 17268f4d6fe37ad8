"""What goes wrong, said so that the reader of the message can mend it.

`Refusal` is for what a user can mend in a parameter, a table or a text (exit code 2).
`ChapterFailed` is for a chapter that broke while it ran (exit code 1).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

#: How a note of an exception begins that names a row of the dossier, for whoever prints it.
AT_HAND = "row at hand: "
#: No more than so many characters are told of what stands somewhere.
LONGEST = 200


def visible(text: str) -> str:
    """What is safe to send to a terminal: cut where it is long, control characters spelt out.

    What stands in a table or comes from a chapter may be from anybody, and a terminal obeys some
    of what it is sent.
    """
    text = text if len(text) <= 2000 else f"{text[:2000]}… ({len(text)} characters)"
    return re.sub("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]",
                  lambda found: repr(found[0])[1:-1], text)  # fmt: skip


#: What spreadsheets run, some of them in full-width signs too; apostrophes before it are counted.
_FORMULA = re.compile("'*[\\s]*[=+\\-@\\t\\r＝＋－＠]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs: what one would has an apostrophe before it, for "text"."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """A cell as it was before `guarded`."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


#: What an edition and a chapter may be named: it becomes a file and a folder.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
#: Folders of build/ that are no edition.
RESERVED = ("chapters", "compare", "figures", "site", "sweep")


@dataclass(frozen=True)
class Fault:
    """One fault: where it is, what stands there, and what was expected."""

    place: str  #: a table with row and column, a parameter, a file
    stands: str  #: what stands there, or "" where nothing does
    expected: str  #: what would be right, in words

    def __str__(self) -> str:
        """One line for the terminal."""
        told = self.stands if len(self.stands) <= LONGEST else f"{self.stands[:LONGEST]}…"
        stands = f"{told!r} stands there" if told else "nothing stands there"
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


def nearest(given: str, allowed: Iterable[str], otherwise: str = "") -> str:
    """A hint that names the nearest allowed word; `otherwise`, or all of them, if none is near."""
    allowed = [str(word) for word in allowed]
    folded = {word.casefold(): word for word in allowed}
    close = difflib.get_close_matches(str(given).casefold(), folded, n=1, cutoff=0.5)
    if close:
        return f"did you mean {folded[close[0]]!r}?"
    return otherwise or "allowed: " + ", ".join(allowed)


def refuse_name(what: str, name: str, known: Iterable[str] = ()) -> None:
    """Raise Refusal for what can name no edition and no chapter; `known` are those there are."""
    if not NAME.fullmatch(name) or name in RESERVED:
        expected = "lower-case letters, digits and hyphens are expected, as in my-edition"
        if name in RESERVED:
            expected = "the name is taken for a folder beside the editions"
        raise Refusal([Fault(what, name, f"{expected}{f'; {nearest(name, known)}' * bool(known)}")])
