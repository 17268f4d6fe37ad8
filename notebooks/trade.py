"""The frames and the table of chapter 1, Trade: what does not fit its cells.

What the summary tells of trade too is found in `shared`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from briefing.claims.load import Dossier, Quantity
from briefing.claims.queries import BESIDE
from briefing.errors import Refusal
from briefing.report import marks
from briefing.report.text import Text, cited, line, listed
from briefing.values.periods import Period
from briefing.values.value import Value
from shared import HOST, Fit, Trade, export_fits


def exports_within_trade(dossier: Dossier, row: Trade | None, year: int) -> pd.DataFrame:
    """Each claim of exports with what it leaves of two-way trade for imports, then the record's.

    Columns: Source, When (a period, where the record has but a part of the year), Exports,
    Imports, Rest of trade (values, some missing). No rows where nothing can be compared.
    """
    low, high = export_fits(row)
    fits = [low] if low is high else [low, high]
    rows: list[dict[str, Any]] = [
        {
            "Source": dossier.everyone[fit.claim.article].short,
            "Exports": fit.claim.value,
            "Imports": fit.left,
        }
        for fit in fits
        if fit
    ]
    if rows:
        recorded = dossier.frame("figures").query(
            "measure == 'imports' and partner == 'us' and year == @year"
        )
        for months, imports in zip(recorded["period"], recorded["value"], strict=True):
            rest = row.two_way.value - imports
            told = {"Source": "imports on record", "When": months}
            rows.append({**told, "Imports": imports, "Rest of trade": rest})
    columns = ["Source", "When", "Exports", "Imports", "Rest of trade"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.astype(dict.fromkeys(columns[2:], "value"))


def exports_on_record(dossier: Dossier, year: int | None) -> pd.DataFrame:
    """What customs have of exports to the United States, in a year and the two before it.

    Columns: When (a period), On record (a value, a range where months are missing). No rows
    without a year, or without the record.
    """
    found: dict[int, Value] = {}
    for each in range(year - BESIDE, year + 1) if year and dossier.record else ():
        with suppress(Refusal):  # a year that is not on record
            found[each] = dossier.record.queries.yearly("exports", HOST, each, "us").value
    return pd.DataFrame(
        {
            "When": [Period(str(each), str(each)) for each in found],
            "On record": pd.Series(list(found.values()), dtype="value"),
        }
    )


def record_panel(
    axes: Axes, record: pd.DataFrame, fits: Sequence[Fit], color: str, dossier: Dossier
) -> None:
    """Years on record as ranges on a short axis, and a line for each claim."""
    # The values stand beside the years: beside the ranges, the claims' lines would cross them.
    names = [
        f"{when.text()}: {value.text('short')}"
        for when, value in zip(record["When"], record["On record"], strict=True)
    ]
    marks.dots(axes, names, record["On record"], marks.NEUTRAL, text="")
    for fit, side in zip(fits, ["right", *["left"] * len(fits)], strict=False):
        at, source = float(fit.claim.value.bounds[1]), dossier.everyone[fit.claim.article].short
        axes.axvline(at, color=color, lw=1, zorder=1)
        axes.annotate(
            f"{source}: {fit.claim.value.text('short')}",
            (at, 1),
            (4 if side == "left" else -4, 2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha=side,
            color=color,
        )
    axes.set_title("Exports on record by year, on a short axis", pad=18)
    axes.set_xlabel("US$ billion")


def trade_table(dossier: Dossier, rows: Iterable[Trade]) -> pd.DataFrame:
    """Two-way trade, exports and implied imports by partner."""
    return pd.DataFrame(
        [
            {
                "Partner": line("{partner:plain}", partner=row.partner),
                "Two-way trade": row.two_way,
                "Exports": _alternatives(dossier, row.export_claims),
                "Implied imports": row.imports,
                "Sources": cited(
                    dossier.sources(
                        claim.id for claim in (row.two_way, *row.export_claims) if claim
                    )
                ),
            }
            for row in rows
            if row.two_way or row.exports
        ]
    )


def _alternatives(dossier: Dossier, claims: Sequence[Quantity]) -> Text | None:
    """Claims that differ, each with its source; a single one alone."""
    each = [line("{claim}", claim=claim) for claim in claims]
    if len(each) > 1:
        each = [
            told + line(" ({source})", source=dossier.everyone[claim.article])
            for told, claim in zip(each, claims, strict=True)
        ]
    return listed(each, " or ") if each else None
