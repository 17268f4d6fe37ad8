"""The article texts: reading them, and what stands around a locator.

The texts are no part of the repository. A user who has them names their folder; with
them, every locator can be verified and a sentence shown around its phrase.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from ..errors import Fault, Refusal
from .schema import Row
from .strict import read_text

# A sentence ends at . ! or ? with closing quotes, before a space and a capital, a digit
# or an opening quote; titles and initials ("Mr. Lam", "Andrei R. Belousov") do not end one,
# and a month that is cut short does not before its day ("Feb. 24").
_ENDS = re.compile(
    r"(?<!\b[A-Z])(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)(?<!U\.S)(?<!U\.N)(?<!\bSept(?=\. \d))"
    r"(?<!\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?=\. \d))[.!?][’”\"')]*"
    r"(?=\s+[\"“‘'(]?[^\W_a-z])"
)


def folder_of(given: str | Path | None, dossier: Path) -> Path | None:
    """The folder that holds the texts, or None where there are none.

    A named folder must exist: Refusal otherwise. With None, `texts/` inside the dossier
    is taken where it holds a text; with "", none is, whatever lies there.
    """
    if given == "":
        return None
    if given:
        folder = Path(given)
        if not folder.is_dir():
            raise Refusal([Fault(f"texts {folder}", "", "there is no such folder")])
        return folder
    default = dossier / "texts"
    return default if default.is_dir() and any(default.glob("*.txt")) else None


def read_texts(folder: Path, articles: list[Row]) -> dict[str, str]:
    """Article id → text, as code points. Raises Refusal with every fault found.

    A text that is missing, is not UTF-8 or has another hash than articles.csv states
    is a fault: locators count code points of exactly that file.
    """
    texts: dict[str, str] = {}
    faults: list[Fault | str] = []
    for article in articles:
        path = folder / article["file"]
        try:
            text = read_text(path, f"text of article {article['id']},")
        except Refusal as refusal:
            faults += refusal.faults
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest != article["sha256"]:
            place = f"articles.csv, row {article['id']}, column sha256"
            says = f"{path} has {digest}: another version of the text; its locators are void"
            faults.append(Fault(place, article["sha256"], says))
        texts[article["id"]] = text
    if faults:
        raise Refusal(faults)
    return texts


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """First and last offset of the sentence that holds `start` to `end`.

    A line break ends a sentence too: paragraphs stand on lines of their own.
    """
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    cuts = [line_start]
    cuts += [match.end() for match in _ENDS.finditer(text, line_start, line_end)]
    first = max(cut for cut in cuts if cut <= start)
    last = min([cut for cut in cuts if cut >= end] or [line_end])
    while first < start and text[first].isspace():
        first += 1
    while last > end and text[last - 1].isspace():
        last -= 1
    return first, last


def paragraph_number(text: str, start: int, body_start: int) -> int:
    """Which paragraph of the body holds an offset, counted from one."""
    before = text[body_start:start].split("\n")[:-1]
    return 1 + sum(1 for line in before if line.strip())
