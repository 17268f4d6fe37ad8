"""What moves the argument: the summary's own cells, run again with other claims counting.

What a judgement rests on is decided where it is made. So nothing of it is told here a second
time: it is made again, with one parameter changed, and what it then says is held against what
it says in this edition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pandas as pd
from IPython.utils.capture import capture_output

from briefing.claims.load import Dossier
from briefing.errors import Refusal
from briefing.report.blocks import MIME, plain
from briefing.report.cells import code_cells
from briefing.report.parameters import find_chapter
from briefing.values.value import counted
from shared import HOST


def judgements(chapter: str, given: Mapping[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """What a chapter's judgements say with the values given, and on which claims, by their names.

    Who is cited is no part of it: what one source fewer tells is the same. Raises Refusal for
    values that the data cannot serve.
    """
    cells = code_cells(find_chapter(chapter))
    last = max(at for at, cell in enumerate(cells) if ".judge(" in cell.source)
    namespace: dict[str, Any] = {}
    with capture_output() as shown:
        for cell in cells[: last + 1]:
            # Its form is for who opens it.
            exec(cell.source.replace("chapter.form()", ""), namespace)
            if "parameters" in cell.tags:
                namespace |= {name: it for name, it in given.items() if name in namespace}
    blocks = (it.data[MIME] for it in shown.outputs if MIME in it.data)
    found = {}
    for block in (it for it in blocks if it["kind"] == "judgement"):
        name = plain(it for it in block["text"] if it.get("style") == "strong").strip(" .:")
        said = plain(it for it in block["text"] if it["kind"] != "citation")
        found[name] = said, block["claims"]
    return found


def settings(dossier: Dossier, given: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each other value of a parameter that changes what counts: in words, and as it is set."""
    counting = dossier.articles
    for key, article in counting.items() if len(counting) > 1 else ():
        yield f"Without {article.short}", {"articles": [it for it in counting if it != key]}
    opinions = [article.opinion for article in counting.values()]
    if any(opinions) and not all(opinions):
        yield "Without opinion", {"opinion": False}
    for key, article in counting.items() if len(counting) > 1 else ():
        if key != given["prefer"]:
            yield f"{article.short} preferred", {"prefer": key}
    if dossier.record:
        yield "Without the record", {"record": False}


def moved(chapter: str, dossier: Dossier, given: dict[str, Any]) -> pd.DataFrame:
    """What becomes of each judgement of a chapter, a column each, under each other setting.

    It "stands", "shifts" or "falls"; the last column counts those that do not stand.
    """
    if HOST not in dossier.parties:  # the summary is of these countries
        return pd.DataFrame()
    now, rows = judgements(chapter, given), []
    claims = list(dict.fromkeys(id for _, ids in now.values() for id in ids))
    for words, changed in settings(dossier, given):
        with suppress(Refusal):  # where the data cannot serve it, nothing is to be told
            then = {name: said for name, (said, _) in judgements(chapter, given | changed).items()}
            row = {
                name: "falls" if name not in then else "shifts" if then[name] != said else "stands"
                for name, (said, _) in now.items()
            }
            left = sum(becomes != "stands" for becomes in row.values())
            many = counted(left, claims, "judgements that do not stand")
            rows.append({"Setting": words, **row, "Moved": many})
    return pd.DataFrame(rows)
