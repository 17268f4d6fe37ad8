"""A dossier's tables as DataFrames: what an analyst filters, pivots, computes with and plots.

Here a row of a table becomes a row of a frame, with the columns that a person would choose:
a value in place of its bounds, a period in place of its ends, names beside ids. What is
computed from frames is the notebooks'. Before, a cell handed opaque objects to hidden
machinery, and no pandas was to be seen in a chapter.
"""

from __future__ import annotations

import html
import sys
from collections.abc import Set
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..errors import Fault, Refusal, nearest
from ..values.array import ValueDtype
from ..values.periods import Period
from ..values.value import Value, counted, stated
from .schema import Row, Table
from .selection import PREFIX, SOURCES

if TYPE_CHECKING:
    from .load import Dossier

#: Columns of claims that come first, and that come last; between them, the table's order.
_FIRST = (
    "id", "article", "event", "measure", "subject", "partner", "actor", "counterpart",
    "value", "low", "high", "hedge", "unit", "period", "year",
)  # fmt: skip
_LAST = ("phrase", "statement")
#: Columns that a value or a period stands for, and locators, which only programs read.
_UNSEEN = {"start", "end", "from", "to", "body_start", "body_end", "sha256"}
#: The column of a table with names that a reader knows.
_NAMES = {"parties": "name", "measures": "label"}


def frame(dossier: Dossier, name: str) -> pd.DataFrame:
    """A table of the dossier, or of its record, as a DataFrame with value columns.

    Claims, and what is said of them, are those of the articles that count; a dossier without
    its record gives the record's tables with no rows. Empty cells are missing. Raises Refusal
    where there is no such table. `Dossier.frame` says which columns there are.
    """
    if name not in dossier.tables:
        raise Refusal([Fault("frame", name, nearest(name, dossier.tables))])
    _show_evidence()
    table = dossier.tables[name]
    claims = {claim.id for claim in dossier.claims} if name == "disagreements" else set()
    rows = [row for row in table.rows if _counts(dossier, name, row, claims)]
    types = {field["name"]: field["type"] for field in table.schema["fields"]}
    columns = {
        column: _plain([row[column] for row in rows], kind)
        for column, kind in types.items()
        if column not in _UNSEEN
    }
    columns |= _values(dossier, table, rows)
    if {"from", "to"} <= set(types):
        columns["period"] = pd.Series(
            [Period(row["from"], row["to"]) for row in rows], dtype=object
        )
        # The year in which the whole period lies, missing where it lies in none.
        years = [(row["from"][:4], row["to"][:4]) for row in rows]
        whole = [int(first) if first and first == last else None for first, last in years]
        columns["year"] = pd.Series(whole, dtype="Int64")
    for key in table.schema.get("foreignKeys", []):
        column, target = key["fields"], key["reference"]["resource"]
        if target in _NAMES:
            names = {row[key["reference"]["fields"]]: row[_NAMES[target]] for row in
                     dossier.tables[target].rows}  # fmt: skip
            columns[f"{column}_name"] = columns[column].map(names)
    first, last = (_FIRST, _LAST) if "period" in columns else ((), ())
    between = [column for column in columns if column not in (*first, *last)]
    return pd.DataFrame(columns)[[c for c in (*first, *between, *last) if c in columns]]


def _counts(dossier: Dossier, name: str, row: Row, claims: Set[str]) -> bool:
    """Whether a row is one of an article that counts, or of a record that is shown.

    What is said of claims counts where one of `claims` is among them.
    """
    if name in (SOURCES, "checks") or "source" in row:
        return dossier.record is not None
    if name == "disagreements":
        return not claims.isdisjoint(row["claims"].split())
    article = row["id"] if name == "articles" else row.get("article")
    return article is None or article in dossier.articles


def _values(dossier: Dossier, table: Table, rows: list[Row]) -> dict[str, pd.Series]:
    """The columns of values: what is stated with low and high, and what has a unit of its own."""
    found: dict[str, list[Value | None]] = {}
    for field in table.schema["fields"]:
        if "unit" in field:
            found[field["name"]] = [_cell(dossier, table, row, field) for row in rows]
        elif field["name"] == "hedge":
            prefix = PREFIX if "source" in table.columns else ""
            found["value"] = [
                stated(row["low"], row["high"], row["unit"], row["hedge"], (prefix + row["id"],))
                for row in rows
            ]
    return {name: pd.Series(values, dtype="value") for name, values in found.items()}


def _cell(dossier: Dossier, table: Table, row: Row, field: dict[str, Any]) -> Value | None:
    """A figure of a statistical table, resting on its record, else on the table's source."""
    column = field["name"]
    if not row[column]:
        return None
    assert dossier.record is not None  # without it, its tables have no rows
    own = PREFIX + row.get("id", "")
    claim = own if own in dossier.record.origins else PREFIX + row["source"]
    # One name without a space: it is stated, not computed, and so is never rounded.
    key = ",".join(row[part] for part in table.key if part != "source")
    formula = f"{claim}:{column}({key})".replace(" ", "_")
    return counted(Decimal(row[column]), (claim,), formula, field["unit"])


def _plain(cells: list[str], kind: str) -> pd.Series:
    """A column of numbers or words, missing where the cell is empty."""
    given = [cell or None for cell in cells]
    if kind == "integer":
        return pd.Series([cell and int(cell) for cell in given], dtype="Int64")
    return pd.Series(given, dtype="float64" if kind == "number" else "str")


def _show_evidence() -> None:
    """Have notebooks show any DataFrame with values so that each tells its evidence on hover.

    IPython asks a function for a type that is not ours, so that frames stay plain DataFrames,
    whatever `merge`, `pivot` or `unstack` make of them.
    """
    shell = "IPython" in sys.modules and sys.modules["IPython"].get_ipython()
    if shell:
        shell.display_formatter.formatters["text/html"].for_type(pd.DataFrame, shown)


def shown(frame: pd.DataFrame) -> str:
    """A frame as HTML for a notebook, each value short, with its evidence on hover."""
    values = [isinstance(dtype, ValueDtype) for dtype in frame.dtypes]
    if not any(values) or not (frame.index.is_unique and frame.columns.is_unique):
        return str(frame._repr_html_())  # type: ignore[operator]
    most, few = pd.get_option("display.max_rows"), pd.get_option("display.min_rows")
    rows = len(frame) if not most or len(frame) <= most else few or most
    tips = frame.head(rows).map(lambda c: html.escape(c.evidence) if isinstance(c, Value) else "")
    style = frame.style.format(_told, na_rep="–", escape="html")
    style.format_index(escape="html", axis=0).format_index(escape="html", axis=1)
    style.set_tooltips(tips, as_title_attribute=True)
    table = style.to_html(max_rows=rows, exclude_styles=True)
    # Two dollar signs in one output would be taken for mathematics.
    size = f"<p>{len(frame)} rows × {frame.shape[1]} columns</p>" * (rows < len(frame))
    return f'<div class="tex2jax_ignore mathjax_ignore">{table}{size}</div>'


def _told(cell: Any) -> Any:
    if isinstance(cell, Value):  # on one line, its unit beside it
        return html.escape(cell.text("short").replace(" ", "\N{NO-BREAK SPACE}"))
    return cell if isinstance(cell, str | float | int) else html.escape(str(cell))  # str: escaped


# Plain frames, unstacked ones too, then show dollars and no mathematics.
pd.set_option("display.html.use_mathjax", False)
