"""What a text's file states about itself: its row of articles.csv, guessed from its layout.

A guess for a person to correct, with its reason. Nothing is looked up, and nothing is known
of any publisher: what the file does not print stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import chain, count

from ..values.periods import MONTHS
from .numerals import find_numerals
from .schema import Row

#: What a line of prose ends with; a caption or an agency's text may end in its maker's name.
_ENDS = re.compile(r"(?:[.!?…][\"”’')\]]*|\s[-–—] ?[A-Z][\w.]+)\s*$")
#: A line that names itself as furniture, wherever it stands.
_FURNITURE = re.compile(
    r"(?i)\b(?:subscribe|sign up|follow us|newsletter|contributed (?:reporting|to this)|leave a "
    r"comment|source link|your email|all rights reserved|read (?:more|also|next)|most read|"
    r"also read|related (?:articles|stories)|share this|advertisement|image source|photo(?: by|:)"
    r"|click here|whatsapp|telegram channel|the (?:author|writer) (?:is|was|has|spent|teaches)"
    r"|about the author|i'm an?|i’m an?|i am an?|exit mobile)\b|©|\bcopyright\b"
)
_SITE = re.compile(r"(?i)^(?:https?://)?(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/?\S*$")
_AGENCIES = re.compile(r"\b(?:Press|Agency|News Service|Newswire|Reuters|A[FN]?P|TASS|Xinhua)\b")
#: "PORT AMERY, May 15 (Halden Press) - ", "Port Amery, Sundrey — ", "PORT AMERY: ".
DATELINE = re.compile(
    rf"(?P<place>[A-Z][\w.'’-]*(?:,? [A-Z][\w.'’-]*){{0,3}}?)(?:,? (?P<day>(?:\d\d? )?"
    rf"(?:{'|'.join(f'{m[:3]}(?:{m[3:]})?' for m in MONTHS)})\.?(?: \d\d?)?(?:,? \d{{4}})?))?"
    r"(?: ?\((?P<agency>[A-Z][\w ]{1,20})\))?(?P<dash> ?[—–]| --?(?= )|:(?= ))\s?"
)
_CREDIT = re.compile(r"[-–—(] ?(?P<agency>[A-Z]{2,5}|Reuters|Xinhua|Bloomberg)\)?\s*$")
_BY = re.compile(r"(?:By|BY) ([A-Z][^,|]+)")
_OWNER = re.compile(r"(?i)(?:©|copyright)[\s©(c)\d–-]*(?P<name>[A-Z][\w .&'’]+?)\s*(?:\.|$)")
_OPINION = re.compile(r"(?i)\b(?:opinion|op-?ed|commentary|column)\b")
_EXPLAINS = re.compile(r"(?i)\?|\bexplain(?:ed|er)\b|\bwhat to know\b|\bguide\b|\bwhy\b|\bhow\b")
_PROSE_WORDS = 8


def article_row(text: str, file: str, sha256: str, taken: Collection[str]) -> tuple[Row, str]:
    """The row of articles.csv for a text, and the reasons of its guesses.

    `file` is the bare name of the text's file; `taken` are the ids that other articles have.
    What is guessed at all is filled, what the file does not state is empty.
    """
    lines = list(_lines(text))
    start, end = _body(lines, text)
    head = [line for at, line in lines if at < start]
    tail = [line for at, line in lines if at >= end]
    body = text[start:end]
    titles = [line for line in head if _titled(line)]
    # A line in capitals above another is the paper's name, or a rubric.
    title = ([it for it in titles if not it.isupper()] or titles or head or [file])[0]
    row = {"file": file, "sha256": sha256, "title": title}
    row |= {"body_start": str(start), "body_end": str(end), "author": "", "publisher": ""}
    row |= {"agency": "", "dateline": "", "published": ""}
    for line in head:
        parts = [part.strip() for part in line.split("|")]
        if line.isupper() and line in titles[:1] and line != title:
            row["publisher"] = line.title()
        elif _SITE.match(line):
            row["publisher"] = line.removeprefix("https://").removeprefix("www.").strip("/")
        elif written := _BY.match(line):
            row["author"] = written[1].strip()
        elif (led := DATELINE.fullmatch(f"{line} — ")) and f", {led['day']}" in line:
            row["dateline"] = "" if find_numerals(led["place"]) else led["place"]  # a weekday
        elif len(parts) > 1 and not _OPINION.search(parts[0]) and parts[0] != title:
            row["agency" if _AGENCIES.search(parts[0]) else "publisher"] = parts[0]
        row["published"] = row["published"] or _day(line if line != title else "")
    for line in tail:
        if not row["publisher"] and (owner := _OWNER.search(line)):
            row["publisher"] = owner["name"].strip()
        if re.match(r"(?i)(?:first )?(?:published|posted|updated)\b", line):
            row["published"] = row["published"] or _day(line)
    inside = [line for at, line in lines if start <= at < end]
    led = next(filter(None, map(DATELINE.match, inside)), None)
    if led and (led["dash"].strip() != ":" or led["place"].isupper()):
        row["dateline"] = led["place"].title() if led["place"].isupper() else led["place"]
        row["agency"] = row["agency"] or led["agency"] or ""
        row["published"] = row["published"] or _day(led["day"] or "")
    if inside and (credit := _CREDIT.search(inside[-1])):
        row["agency"] = row["agency"] or credit["agency"]
    row["genre"] = _genre(row, head)
    row["id"] = _id(row, taken)
    row["short"] = row["agency"] or row["publisher"] or row["id"]
    if len(row["short"].split()) > 3:
        row["short"] = "".join(re.findall(r"\b[A-Z]", row["short"])) or row["id"]
    row["origin"] = row["id"]
    stated = [name for name in ("publisher", "agency", "author", "published") if row[name]]
    missing = [name for name in ("publisher", "agency", "author", "published") if not row[name]]
    row["note"] = f"States {', '.join(stated) or 'nothing of itself'}" + (
        f"; states no {', no '.join(missing)}." if missing else "."
    )
    why = (
        f"body: from the first line of prose to the last that is no furniture, {len(body)} of "
        f"{len(text)} characters; genre: {row['genre']}, from title and credits; "
        "origin: its own, unless the file shows that it rewrites another"
    )
    return row, why


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line that is not blank, stripped, with the offset at which it begins."""
    for found in re.finditer(r"[^\n]+", text):
        if line := found[0].strip():
            yield found.start() + found[0].index(line), line


def _prose(line: str) -> bool:
    long = len(line.split()) >= _PROSE_WORDS
    return long and bool(_ENDS.search(line)) and not _FURNITURE.search(line)


def _body(lines: list[tuple[int, str]], text: str) -> tuple[int, int]:
    """Where the article's own words begin and end."""
    prose = [index for index, (_, line) in enumerate(lines) if _prose(line)]
    by = next((m[1].strip() for _, it in lines if not _prose(it) and (m := _BY.match(it))), "\n")
    prose = [index for index in prose if not lines[index][1].startswith(by)]  # tells of the author
    # The first line is a title, be it never so much a sentence.
    prose = [index for index in prose if index] or prose
    if not prose:
        return (lines[0][0], lines[-1][0] + len(lines[-1][1])) if lines else (0, len(text))
    first, last = prose[0], prose[-1]
    for before, after in zip(prose, prose[1:], strict=False):
        between = [line for _, line in lines[before + 1 : after]]
        # A run of short lines, or one that says so, closes the article where little follows: a
        # list in the middle of one does not.
        closed = len(between) > 3 or any(map(_FURNITURE.search, between))
        if closed and sum(index > before for index in prose) * 4 <= len(prose):
            last = before
            break
    line = re.sub(rf"\s*{_CREDIT.pattern}", "", lines[last][1])
    return lines[first][0], lines[last][0] + len(line)


def _titled(line: str) -> bool:
    dated = any(n.period for n in find_numerals(line)) and len(line.split()) < _PROSE_WORDS
    return len(line.split()) > 1 and not dated and not _SITE.match(line) and "|" not in line


def _day(line: str) -> str:
    """The first whole date of a line, or the first month with its year, or ""."""
    days = (n.period[0] for n in find_numerals(line) if n.kind == "date" and n.period)
    return next((day for day in days if not day.startswith("-")), "")


def _genre(row: Row, head: list[str]) -> str:
    told = " ".join(head)
    if _OPINION.search(told):
        return "opinion"
    if row["agency"]:
        return "agency report"
    return "explainer" if _EXPLAINS.search(told) else "news"


def _id(row: Row, taken: Collection[str]) -> str:
    """A short name: of the file, the agency or publisher, or the longest word of the title."""
    stem = row["file"].rpartition(".")[0].lower()
    names = [stem] if re.fullmatch(r"[a-z]+[0-9]{0,2}", stem) else []
    names += [re.split(r"\W", row[it].lower())[0] for it in ("agency", "publisher")]
    names += sorted(re.findall(r"[a-z]+", row["title"].lower()), key=len, reverse=True)
    names = [name for name in names if re.fullmatch("[a-z0-9]+", name)] or ["article"]
    numbered = (f"{names[0]}{n}" for n in count(2))
    return next(name for name in chain(names, numbered) if name not in taken)
