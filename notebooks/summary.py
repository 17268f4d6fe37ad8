"""The table of key figures of the summary, which does not fit its cell.

Nothing is found here: what the summary tells is found in `shared`, as the chapters find it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from briefing.claims.load import Dossier, Quantity
from briefing.report.text import Text, cited, line
from shared import GUEST, Trade, bought_claim, latest, titled


def key_figures(dossier: Dossier, rows: Iterable[Trade], measures: Sequence[str]) -> pd.DataFrame:
    """The figures that a reader takes away, each with its period and source; the guest's first."""
    guest, bought = dossier.parties[GUEST], bought_claim(dossier)
    told: list[tuple[Text, Quantity]] = [
        (line("Two-way trade with {p}", p=row.partner), row.two_way)
        for row in sorted(rows, key=lambda row: row.partner.id != GUEST)
        if row.two_way
    ]
    for claim in latest(dossier, measures):
        label = titled(dossier.measures[claim.measure].label)
        told.append((line("{label}, {p}", label=label, p=guest), claim))
    if bought:
        told.append((line("Fighter aircraft and submarines bought from {p}", p=guest), bought))
    return pd.DataFrame(
        [
            {
                "Figure": title,
                "Period": claim.period,
                "Stated": line("{claim}", claim=claim),
                "Source": cited(dossier.sources([claim.id])),
            }
            for title, claim in told
        ]
    )
