"""The frames and the table of chapter 1, Trade: what does not fit its cells.

What the summary tells of trade too is found in `shared`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from briefing.claims.load import Dossier, Quantity
from briefing.claims.queries import BESIDE
from briefing.claims.selection import PREFIX
from briefing.claims.verdicts import Verdict
from briefing.report import marks
from briefing.report.text import Text, cited, line, listed, printed_period, series
from briefing.values.periods import Period
from briefing.values.value import End, Value, counted
from shared import (
    GUEST,
    HOST,
    Trade,
    divides,
    implied_imports,
    imports_so_far,
    recorded,
    titled,
    verdict_of,
)


@dataclass(frozen=True)
class Fit:
    """How a claimed figure of exports, by whoever states it, sits inside the two-way total."""

    claims: tuple[Quantity, ...]
    share: Value  #: of two-way trade, in per cent
    left: Value | None  #: what it leaves for imports; None where it is more than all trade

    @property
    def claim(self) -> Quantity:
        """The first that states it."""
        return self.claims[0]


def export_fits(row: Trade | None) -> list[Fit]:
    """Each figure claimed of exports inside two-way trade, the lowest first."""
    if not (row and row.two_way and divides(row.two_way)):
        return []
    figures: dict[tuple[End, ...], list[Quantity]] = {}
    for claim in row.export_claims:
        figures.setdefault(claim.value.ends()[::-1], []).append(claim)
    return [
        Fit(
            tuple(same),
            same[0].value.share_of(row.two_way.value),
            implied_imports(row.two_way, same[0]),
        )
        for _, same in sorted(figures.items(), key=itemgetter(0))
    ]


class Dispute(NamedTuple):
    """Figures of exports that cannot all hold: the lowest, those that can, and those that cannot.

    `wrong` are the highest and what the record speaks against; `told` is the one of them that is
    of another year by the verdict `misdated`, else the highest. All but `low` are empty where none
    is disputed.
    """

    low: Fit | None
    sound: list[Fit]
    wrong: list[Fit]
    told: Fit | None
    misdated: Verdict | None


def dispute(made: Sequence[Verdict], fits: Sequence[Fit]) -> Dispute:
    """Which figures of exports cannot hold beside each other."""
    low = fits[0] if fits else None
    if low is None or fits[-1].claim.value.meets(low.claim.value):
        return Dispute(low, [], [], None, None)
    other = [verdict_of(made, fit.claims, "mis-dated") for fit in fits]
    off = [verdict_of(made, fit.claims, "off") for fit in fits]
    wrong = [i for i in range(len(fits)) if other[i] or off[i] or fits[i] is fits[-1]]
    told = next((i for i in wrong if other[i]), -1)
    sound = [fit for i, fit in enumerate(fits) if i not in wrong]
    return Dispute(low, sound, [fits[i] for i in wrong], fits[told], other[told])


def either(sources: Callable[[Iterable[str]], Text], fits: Iterable[Fit]) -> Text:
    """Figures as alternatives, each with all that state it."""
    return listed(
        (
            line("{claim} {source}", claim=it.claim, source=sources(c.id for c in it.claims))
            for it in fits
        ),
        " or ",
    )


def exports_within_trade(dossier: Dossier, row: Trade | None, year: int) -> pd.DataFrame:
    """Each claim of exports with what it leaves of two-way trade for imports, then the record's.

    Columns: Source, When (a period, where the record has but a part of the year), Exports,
    Imports, Rest of trade (values, some missing). No rows where nothing can be compared.
    """
    fits = export_fits(row)
    rows: list[dict[str, Any]] = [
        {
            "Source": "; ".join(it.short for it in dossier.sources(c.id for c in fit.claims)),
            "Exports": fit.claim.value,
            "Imports": fit.left,
        }
        for fit in fits
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


def export_year(dossier: Dossier, year: int) -> int:
    """The year whose exports to the United States are told: the last for which any are stated."""
    claims = dossier.find(measure="exports", subject=HOST, partner="us")
    years = {int(it.period.start) for it in claims if whole_year(it)}
    return year if year in years else max(years, default=year)


def whole_year(claim: Quantity) -> bool:
    """Whether a figure is of one whole year, and neither doubtful nor in words alone."""
    whole = claim.period.start == claim.period.end and len(claim.period.start) == len("2023")
    return whole and claim.standing == "reported" and not claim.value.wordless


def also_stated(dossier: Dossier, rows: Iterable[Trade], years: pd.DataFrame) -> Text:
    """What else the articles state of the host's trade: of other years, partners, or figures.

    What stands in `rows` or is drawn over the `years` is told there.
    """
    told = {claim.id for row in rows for claim in (*row.two_way_claims, *row.export_claims)}
    told |= {id for value in years["Trade"] for id in value.claims}
    words = {"two_way_trade": ("two-way trade", "with"), "exports": ("exports", "to")}
    return series(
        line(
            "{what} {claim}[, {when}] ({source})",
            what=line("{} {} {{p}}".format(*words[measure]), p=dossier.parties[claim.partner])
            if claim.partner
            else f"all {words[measure][0]}",
            claim=claim,
            when=printed_period(claim) if claim.period.stated or claim.when else None,
            source=cited([dossier.everyone[claim.article]], [claim.id]),
        )
        for measure in words
        for claim in sorted(
            dossier.find(measure=measure, subject=HOST), key=lambda it: it.period.days[::-1]
        )
        if claim.id not in told
    )


def over_years(dossier: Dossier, partners: Iterable[str]) -> pd.DataFrame:
    """Two-way trade of whole years with each partner for whom several are stated, by year.

    Columns: Partner, When (a period), Source, Trade (a value), Color.
    """
    rows = []
    for party in (dossier.parties[id] for id in partners):
        claims = [
            claim
            for claim in dossier.find(measure="two_way_trade", subject=HOST, partner=party.id)
            if whole_year(claim)
        ]
        for claim in sorted(claims, key=lambda it: it.period):
            if len({it.period for it in claims}) > 1:
                rows.append(
                    {
                        "Partner": titled(party.name.removeprefix("the ")),
                        "When": claim.period,
                        "Source": dossier.everyone[claim.article].short,
                        "Trade": claim.value,
                        "Color": party.color or marks.NEUTRAL,
                    }
                )
    columns = ["Partner", "When", "Source", "Trade", "Color"]
    return pd.DataFrame(rows, columns=columns, dtype=object).astype({"Trade": "value"})


def years_figure(years: pd.DataFrame, width: float) -> Figure:
    """A panel a partner, a row a year and source; each on an axis of its own size."""
    panels = years.groupby("Partner", sort=False)
    figure, drawn = plt.subplots(
        max(panels.ngroups, 1),
        squeeze=False,
        figsize=(width, marks.ROW * (0.66 * len(years) + panels.ngroups)),
        height_ratios=list(panels.size()) or None,
    )
    for axes, (partner, rows) in zip(drawn.flat, panels, strict=True):
        pairs = zip(rows["When"], rows["Source"], strict=True)
        marks.bars(axes, [f"{when.text()}, {source}" for when, source in pairs], rows["Trade"],
                   rows["Color"])  # fmt: skip
        axes.set_title(partner)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
    return figure


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
    figures = dossier.frame("figures").set_index("id")
    if id not in figures.index or len(figures.loc[id, "period"].end) < len("2023-11"):
        return None
    row = figures.loc[id]
    needed = claim.value - row["value"]
    mean = row["value"] / counted(int(row["period"].end[5:7]), (), "the months on record")
    return LastMonth(claim, row["value"], row["period"], needed, needed / mean)


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
    # Labels beside the first and the last line; between them they would meet, and stand higher.
    rises = [0, *range(len(fits) - 2, -1, -1)]
    for at_end, rise, fit in zip((False, *[True] * len(fits)), rises, fits, strict=False):
        side = "left" if at_end else "right"
        at = float(next(end for end in fit.claim.value.bounds[::-1] if end is not None))
        source = "; ".join(it.short for it in dossier.sources(claim.id for claim in fit.claims))
        axes.axvline(at, color=color, lw=1, zorder=1)
        axes.annotate(
            f"{source}: {fit.claim.value.text('short')}",
            (at, 1),
            (4 if at_end else -4, 2 + 11 * rise),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha=side,
            color=color,
        )
    title = "Exports by year, on record or bounded by it, on a short axis"
    axes.set_title(title, pad=18 + 11 * max(rises))


def trade_table(dossier: Dossier, rows: Iterable[Trade]) -> pd.DataFrame:
    """Two-way trade, exports and implied imports by partner."""
    return pd.DataFrame(
        [
            {
                "Partner": line("{partner:plain}", partner=row.partner),
                "Two-way trade": _alternatives(dossier, row.two_way_claims),
                "Exports": _alternatives(dossier, row.export_claims),
                "Implied imports": row.imports,
                "Sources": cited(
                    dossier.sources(claim.id for claim in (*row.two_way_claims, *row.export_claims))
                ),
            }
            for row in rows
            if row.two_way or row.exports
        ]
    )


def _alternatives(dossier: Dossier, claims: Sequence[Quantity]) -> Text | None:
    """Claims that differ, each with its source; a single one alone."""
    claims = list({claim.value.ends(): claim for claim in claims[::-1]}.values())[::-1]
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
