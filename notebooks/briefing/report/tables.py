"""Tables: a DataFrame whose cells know their sources, as cells of text and as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context
from typing import Any

import pandas as pd

from ..claims.load import Dossier
from ..claims.model import Event, Quantity
from ..errors import guarded
from ..values.periods import Period
from ..values.value import Value
from .text import Text, Words, cited, is_missing, listed, printed_period, quoted, shown

_TWELVE = Context(prec=12)


def table_of(frame: pd.DataFrame) -> tuple[list[dict[str, Any]], list[list[Text]]]:
    """The columns of a table, and its cells as a reader sees them.

    A column that holds nothing but figures says so: it is set flush right. Its name may be a Text,
    as where it tells years; a unit that stands in it is not told in each cell again.
    """
    heads = [name if isinstance(name, Text) else shown(str(name)) for name in frame.columns]
    columns = []
    for name, head in zip(frame.columns, heads, strict=True):
        filled = [cell for cell in frame[name] if not is_missing(cell)]
        figure = bool(filled) and all(
            isinstance(cell, Value | Quantity) or (isinstance(cell, Text) and cell.numbers)
            for cell in filled
        )
        columns.append({"head": head.json, "figure": figure})
    rows = frame.itertuples(index=False)
    return columns, [
        [_cell(cell, str(at)) for at, cell in zip(heads, row, strict=True)] for row in rows
    ]


def _cell(cell: object, head: str) -> Text:
    if is_missing(cell) or cell == "":
        return Text((Words("not stated", "none"),))
    if isinstance(cell, Value) and cell.unit and cell.unit in head:
        return shown(cell, "plain")
    return shown(cell).capitalised() if isinstance(cell, str) else shown(cell)


def csv_text(frame: pd.DataFrame) -> str:
    """The data behind an exhibit as CSV.

    A column of values becomes its text, low, high (to twelve digits), unit, hedge and claims; a
    column of dates its text, from and to. Words that a spreadsheet would take for a formula have
    an apostrophe before them: `guarded`.
    """
    flat = {}
    for column in frame.columns:
        cells = [_plain(cell) for cell in frame[column]]
        for part in dict.fromkeys(part for cell in cells for part in cell):
            name = f"{column} {part}".strip()
            flat[guarded(name)] = [guarded(cell.get(part, "")) for cell in cells]
    return pd.DataFrame(flat).to_csv(index=False, lineterminator="\n")


def _plain(cell: object) -> dict[str, str]:
    if is_missing(cell):
        return {"": ""}
    match cell:
        case str():
            return {"": cell}
        case Quantity():
            return _plain(cell.value)
        case Event():
            return _plain(cell.period)
        case Value():
            low, high = (
                "" if bound is None else f"{bound.normalize(_TWELVE):f}" for bound in cell.bounds
            )
            return {
                "": cell.text(),
                "low": low,
                "high": high,
                "unit": cell.unit,
                "hedge": cell.hedge,
                "claims": " ".join(cell.claims),
            }
        case Period():
            return {"": cell.text(), "from": cell.start, "to": cell.end}
    return {"": str(shown(cell))}


# Tables that any dossier needs ----------------------------------------------------------


def claims_table(dossier: Dossier, claims: Iterable[Quantity]) -> pd.DataFrame:
    """Claims with a value, one a row: what, of whom, when, how much, who says it, where."""
    return pd.DataFrame(
        [
            {
                "Measure": dossier.measures[claim.measure].label,
                "Of, with": listed(
                    [shown(dossier.parties[id]) for id in (claim.subject, claim.partner) if id],
                    " – ",
                ),
                "Period": printed_period(claim),
                "Stated": claim.value,
                "Said by": dossier.said_by(claim),
                "Source": dossier.everyone[claim.article],
            }
            for claim in claims
        ]
    )


def statements_table(dossier: Dossier, claims: Iterable[Quantity | Event]) -> pd.DataFrame:
    """Claims, one a row, in the project's own words: a figure, or what happened or is planned."""
    return pd.DataFrame(
        [
            {
                "Statement": quoted(claim.statement, claim),
                "When": printed_period(claim) if claim.period.stated or claim.when else "",
                "Told by": cited([dossier.everyone[claim.article]], [claim.id])
                + (f", {dossier.said_by(claim)}" if claim.speaker != "article" else ""),
            }
            for claim in claims
        ]
    )
