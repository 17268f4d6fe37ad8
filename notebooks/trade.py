"""The frames and the table of chapter 1, Trade: what does not fit its cells.

What the summary tells of trade too is found in `shared`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from briefing.claims.load import Dossier, Quantity
from briefing.claims.queries import BESIDE
from briefing.claims.selection import PREFIX
from briefing.claims.verdicts import Verdict
from briefing.report import marks
from briefing.report.text import Text, cited, line, listed
from briefing.values.periods import Period
from briefing.values.value import Value, counted
from shared import GUEST, HOST, Fit, Trade, divides, export_fits, imports_so_far, recorded


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
        imports, months = imports_so_far(dossier, year)
        if imports:
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
    found = {
        each: recorded(dossier, "yearly", measure="exports", subject=HOST, year=each, partner="us")
        for each in (range(year - BESIDE, year + 1) if year else ())
    }
    known = {Period(str(each), str(each)): value for each, value in found.items() if value}
    return pd.DataFrame(
        {"When": list(known), "On record": pd.Series(list(known.values()), dtype="value")}
    )


def same_months(
    dossier: Dossier, partner: str, year: int
) -> tuple[Period, Value, Value] | tuple[None, None, None]:
    """The first months of a year with what the host exported in them, and two-way trade.

    Reckoned from the same months of the year after and their change; None where the record
    does not have both.
    """
    figures = dossier.frame("figures").query("partner == @partner")
    later = {
        row.measure: row.id for row in figures.itertuples() if row.period.start == f"{year + 1}-01"
    }
    found = []
    for measure in ("exports", "two_way_trade"):
        if not later.keys() >= {measure, f"{measure}_change"}:
            return None, None, None
        known, change = (
            dossier.record.queries.figure(later[name]) for name in (measure, f"{measure}_change")
        )
        found.append(dossier.record.queries.before(known, change).measured)
    return Period(f"{year}-01", f"{year}{known.until[4:]}"), *found


class Growth(NamedTuple):
    """Two-way trade of some months, and how much more it was than a year before, in per cent."""

    months: Period
    trade: Value
    more: Value


def later_growth(dossier: Dossier, partner: str, year: int) -> Growth | None:
    """Trade of the first months of the year after, where its growth is on record."""
    figures = dossier.frame("figures").query("partner == @partner and subject == @HOST")
    for row in figures.query("measure == 'two_way_trade'").itertuples():
        changes = figures[figures["measure"] == "two_way_trade_change"]
        change = changes[changes["period"] == row.period]
        if row.period.start == f"{year + 1}-01" and len(change):
            return Growth(row.period, row.value, change["value"].iloc[0])
    return None


def other_counts(dossier: Dossier, year: int) -> dict[str, Value | Period | None]:
    """What the partners count of a year: the United States' goods trade, China's first months.

    By name: us_imports, us_all, china, and until, the last of those months; None where not on
    record.
    """
    asked = {"table": "us_goods_trade", "column": "usd", "year": year}
    bought, sold = (
        recorded(dossier, "cell", flow=flow, **asked)
        for flow in ("imports_from_vietnam", "exports_to_vietnam")
    )
    figures = dossier.frame("figures").query("subject == 'china' and partner == @HOST")
    months = [row for row in figures.itertuples() if row.period.start == f"{year}-01"]
    return {
        "us_imports": bought and bought.to("USD bn"),
        "us_all": (bought + sold).to("USD bn") if bought and sold else None,
        "china": months[0].value if months else None,
        "until": months[0].period.last if months else None,
    }


@dataclass(frozen=True)
class LastMonth:
    """What the months that are not on record would have to be for a claimed year to hold."""

    claim: Quantity
    known: Value
    months: Period
    needed: Value
    times: Value  #: of the mean of the known months


def last_month(dossier: Dossier, verdict: Verdict | None) -> LastMonth | None:
    """What the last month needs to be for a claimed figure of exports to hold."""
    if verdict is None:
        return None
    claim, id = verdict.claims[0], verdict.found.value.claims[0].removeprefix(PREFIX)
    row = dossier.frame("figures").set_index("id").loc[id]
    needed = claim.value - row["value"]
    mean = row["value"] / counted(int(row["period"].end[5:7]), (), "the months on record")
    return LastMonth(claim, row["value"], row["period"], needed, needed / mean)


def also_near(dossier: Dossier, made: Iterable[Verdict], ids: Iterable[str]) -> list[Text]:
    """Claims of some checks that lie close to another year too, with what that year has."""
    return [
        line(
            "{claim} ({source}) is close to {found} of {period} ({record})",
            claim=verdict.claims[0],
            source=dossier.everyone[verdict.claims[0].article],
            found=near.found.value,
            record=cited(dossier.records(near.found.value.claims)),
            period=near.period,
        )
        for verdict in made
        if verdict.id in ids
        for near in verdict.neighbours
        if near.fit
    ]


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
    axes.set_title("Exports by year, on record or bounded by it, on a short axis", pad=18)


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


def part_of_named_trade(rows: Sequence[Trade]) -> Value | None:
    """The guest's part in the two-way trade with all partners named, in per cent."""
    own = next((row for row in rows if row.partner.id == GUEST), None)
    if not own or len(rows) < 2 or not all(row.two_way and divides(row.two_way) for row in rows):
        return None
    whole = rows[0].two_way.value
    for row in rows[1:]:
        whole = whole + row.two_way.value
    return own.two_way.value.share_of(whole)
