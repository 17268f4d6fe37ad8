"""The chart and the table of chapter 1, Trade: what does not fit its cells.

What the summary tells of trade too is found in `shared`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from briefing.claims.load import Dossier, Quantity
from briefing.report.charts import Group, Mark, parts
from briefing.report.drawing import Drawing
from briefing.report.text import Text, cited, line, listed, named
from shared import Trade


def exports_chart(dossier: Dossier, rows: Iterable[Trade]) -> Drawing | None:
    """Every export figure inside the two-way trade with the same partner."""
    groups = [
        Group(
            row.partner.name.removeprefix("the "),
            [
                Mark(named(dossier.everyone[claim.article].short), claim.value, row.partner.color)
                for claim in sorted(row.export_claims, key=lambda claim: claim.value.bounds[::-1])
            ],
            row.two_way.value if row.two_way else None,
        )
        for row in rows
    ]
    return parts(groups, "US$ billion")


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
