"""The account of numerals that chapter 7, Sources, tells: found, coded, set aside.

It was counted by the check of the tables against the texts; nothing is counted again here.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from briefing.claims.load import Dossier
from briefing.values.value import Value, counted

#: Article → what became of its numerals → how many; None where no check is on record.
Account = Mapping[str, Mapping[str, int]] | None


def account_table(dossier: Dossier, account: Account) -> pd.DataFrame:
    """Numerals found in each body, coded in a claim, and set aside by reason."""
    rows = [key for key in account or {} if key in dossier.articles]
    reasons = list(dict.fromkeys(reason for key in rows for reason in account[key]))
    return pd.DataFrame(
        [
            {
                "Article": dossier.articles[key],
                **{
                    reason.capitalize(): _tally(account[key].get(reason, 0), reason, key)
                    for reason in reasons
                },
            }
            for key in rows
        ]
    )


def account_total(dossier: Dossier, account: Account, what: str) -> Value | None:
    """The numerals of one kind in all articles that count; "set aside" is for any reason."""
    if not account:
        return None
    number = sum(
        many
        for key in dossier.articles
        for reason, many in account[key].items()
        if reason == what or (what == "set aside" and reason not in ("found", "coded"))
    )
    return _tally(number, what, "all articles")


def _tally(number: int, what: str, where: str) -> Value:
    return counted(number, ["check"], f"numerals {what} in {where}")
