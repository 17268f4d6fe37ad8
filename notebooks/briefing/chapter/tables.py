"""Tables: a DataFrame whose cells know their sources, as HTML and as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import pandas as pd

from ..dossier.load import Dossier, Event, Quantity
from ..dossier.periods import Period
from ..value import Value
from .prose import Line, line, quoted, shown, speaker


def lines_of(frame: pd.DataFrame) -> list[list[Line]]:
    """Every cell as a reader sees it; values in the short style of tables."""
    return [[_cell(cell) for cell in row] for row in frame.itertuples(index=False)]


def _cell(cell: object) -> Line:
    if _missing(cell) or cell == "":
        return Line('<span class="none">not stated</span>', "not stated")
    return shown(cell).capitalised() if isinstance(cell, str) else shown(cell)


def _missing(cell: object) -> bool:
    # pandas writes NaN for what is missing in a column of words.
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell)


def html_table(frame: pd.DataFrame, lines: list[list[Line]], caption: str) -> str:
    """An accessible HTML table: caption, column heads, a head for each row."""
    figures = [_is_figure(frame[column]) for column in frame.columns]
    heads = "".join(
        f'<th scope="col"{_mark(figure)}>{shown(str(column)).html}</th>'
        for column, figure in zip(frame.columns, figures, strict=True)
    )
    rows = "\n".join(f"<tr>{_row(cells, figures)}</tr>" for cells in lines)
    return (
        f'<table><caption class="visually-hidden">{escape(caption)}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"
    )


def _row(cells: list[Line], figures: list[bool]) -> str:
    head, *rest = cells
    return f'<th scope="row">{head.html}</th>' + "".join(
        f"<td{_mark(figure)}>{cell.html}</td>"
        for cell, figure in zip(rest, figures[1:], strict=True)
    )


def _mark(figure: bool) -> str:
    return ' class="figure"' if figure else ""


def _is_figure(column: pd.Series) -> bool:
    """Whether a column holds figures, to be set flush right."""
    filled = [cell for cell in column if not _missing(cell)]
    return bool(filled) and all(
        isinstance(cell, Value | Quantity) or (isinstance(cell, Line) and cell.values)
        for cell in filled
    )


def csv_text(frame: pd.DataFrame) -> str:
    """The data behind an exhibit as CSV.

    A column of values becomes its text, low, high, unit, hedge and claims; a column of
    dates its text, from and to.
    """
    flat = {}
    for column in frame.columns:
        cells = [_plain(cell) for cell in frame[column]]
        for part in dict.fromkeys(part for cell in cells for part in cell):
            name = f"{column} {part}".strip()
            flat[name] = [cell.get(part, "") for cell in cells]
    return pd.DataFrame(flat).to_csv(index=False, lineterminator="\n")


def _plain(cell: object) -> dict[str, str]:
    if _missing(cell):
        return {"": ""}
    match cell:
        case str():
            return {"": cell}
        case Quantity():
            return _plain(cell.value)
        case Event():
            return _plain(cell.period)
        case Value():
            low, high = ("" if bound is None else f"{bound:f}" for bound in cell.bounds)
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
    return {"": shown(cell).text}


# Tables that any dossier needs ----------------------------------------------------------


def claims_table(dossier: Dossier, claims: Iterable[Quantity], period: bool = True) -> pd.DataFrame:
    """Claims with a value, one a row: what, of whom, when, how much, who says it, where."""
    rows = [
        {
            "Measure": dossier.measures[claim.measure].label,
            "Of, with": _sides(dossier, claim),
            "Period": claim.period,
            "Stated": claim.value,
            "Said by": speaker(dossier, claim),
            "Source": dossier.everyone[claim.article],
        }
        for claim in claims
    ]
    table = pd.DataFrame(rows)
    return table if period or table.empty else table.drop(columns="Period")


def _sides(dossier: Dossier, claim: Quantity) -> Line:
    """Whose figure it is, and the other party."""
    subject = dossier.parties[claim.subject]
    if not claim.partner:
        return line("{subject}", subject=subject)
    return line("{subject} – {partner}", subject=subject, partner=dossier.parties[claim.partner])


def events_table(dossier: Dossier, events: Iterable[Event]) -> pd.DataFrame:
    """Claims that something happened or is planned, one a row, in the project's own words."""
    return pd.DataFrame(
        [
            {
                "Statement": quoted(event.statement, event),
                "Date": event,
                "Status": event.status,
                "Said by": speaker(dossier, event),
                "Source": dossier.everyone[event.article],
            }
            for event in events
        ]
    )
