"""An error in a chapter says which rows of the dossier were at hand where it broke."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from linecache import getline
from traceback import walk_tb
from types import TracebackType
from typing import Any

import pandas as pd
from IPython import get_ipython

from ..claims.load import Dossier
from ..errors import AT_HAND, Refusal
from ..values.value import Value

#: So many rows are named; a sum of twenty claims would name twenty.
_NAMED = 3


def name_rows(dossier: Dossier) -> None:
    """Let errors of this notebook's cells carry a note for each row at hand."""
    shell: Any = get_ipython()
    if shell is None:  # no notebook
        return

    def told(
        shell: Any, kind: type, error: Exception, trace: TracebackType, tb_offset: int | None = None
    ) -> None:
        if not isinstance(error, Refusal):  # that says itself what to mend
            for place in rows_at_hand(dossier, trace):
                error.add_note(f"{AT_HAND}{place}")
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((Exception,), told)


def rows_at_hand(dossier: Dossier, trace: TracebackType | None) -> list[str]:
    """The places of the claims that the innermost frame with any was at.

    At the level of a module only the names in the line that failed are at hand.
    """
    tables = [dossier.tables[name] for name in ("quantities", "events", "assessments")]
    places = {
        row["id"]: table.place(index) for table in tables for index, row in enumerate(table.rows)
    }
    for frame, line in reversed([*walk_tb(trace)]):
        held, code = frame.f_locals, frame.f_code
        if code.co_name == "<module>":  # a notebook's, which are those of all its cells
            words = re.findall(r"\w+", getline(code.co_filename, line))
            held = {name: held[name] for name in words if name in held}
        told = [{id: 0 for id in _ids(item) if id in places} for item in reversed(held.values())]
        if told := [ids for ids in told if ids]:
            fewest = min(map(len, told))  # a loop's one row says more than the list it is from
            ids = dict.fromkeys(id for each in told if len(each) == fewest for id in each)
            return [places[id] for id in ids][:_NAMED]
    return []


def _ids(item: Any, deep: bool = True) -> Iterator[str]:
    """The ids of claims that something is, or is made of."""
    if isinstance(item, Value):
        yield from item.claims
        return
    parts: dict[str, Any] = {}
    if is_dataclass(item) and not isinstance(item, (type, Dossier)):
        parts = vars(item)
    elif hasattr(item, "_asdict"):  # a row of itertuples
        parts = item._asdict()
    id = (item if isinstance(item, (dict, pd.Series)) else parts).get("id")
    if isinstance(id, str):
        yield id
    for each in parts.values() if deep else ():
        yield from _ids(each, deep=False)
