"""What chapter 2, Arms, makes of the register of deliveries: frames by year and by window.

What the articles claim of arms, and the summary tells too, is found in `shared`. Volumes are
SIPRI's trend-indicator values: an index of volume, no prices; sums of them are ours, not SIPRI's.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from briefing.claims.load import Dossier, Event, Quantity
from briefing.claims.verdicts import reading
from briefing.report import marks
from briefing.report.text import Text, cited, line
from briefing.values.periods import Period
from briefing.values.value import Value, counted
from shared import GUEST, HOST, arms_claims

#: The register of deliveries and orders, and what it holds where it holds nothing.
REGISTER = "sipri-register"
#: How many years deliveries are summed over: a single year rests on too few.
SPAN = 5
NOT_NAMED = "not named as a supplier"
NONE = counted(0, [f"rec-{REGISTER}"], "none on record", "TIV points")


def by_year(dossier: Dossier) -> pd.DataFrame:
    """The volume delivered in each year on record that was over before the articles.

    Columns: a supplier each, TIV points (values), nought where the register has nothing.
    No rows without the record.
    """
    delivered = dossier.frame("arms_deliveries").query("source == @REGISTER")
    if delivered.empty:
        return pd.DataFrame()
    last = min(dossier.record.last_year, delivered["year"].max())  # later years are not known
    wide = delivered.pivot(index="year", columns="supplier", values="tiv").astype("value")
    return wide.reindex(range(delivered["year"].min(), last + 1)).fillna(NONE)


def windows(delivered: pd.DataFrame, span: int) -> pd.DataFrame:
    """What was delivered over windows of some years, by the last year of each.

    Columns: years (a period), guest and others (volumes), share (the guest's, in per cent).
    """
    if delivered.empty:
        columns = pd.DataFrame(columns=["years", "guest", "others", "share"])
        return columns.astype(dict.fromkeys(["guest", "others", "share"], "value"))
    guest = delivered[GUEST].bounds.rolling_sum(span)
    others = delivered.drop(columns=GUEST).sum(axis=1).astype("value").bounds.rolling_sum(span)
    found = pd.DataFrame({"guest": guest, "others": others}).dropna()
    found["share"] = found["guest"].bounds.share_of(found["guest"] + found["others"])
    years = [Period(str(last - span + 1), str(last)) for last in found.index]
    found.insert(0, "years", pd.Series(years, found.index, dtype=object))
    return found


def full_years(claim: Quantity | None) -> Period | None:
    """The years of a claim's period, without the last where it was not over when it was told."""
    if not (claim and claim.period.start and claim.period.end):
        return None
    first, end = claim.period.start[:4], claim.period.end
    last = int(end[:4]) - (len(end) > len("2023"))
    return Period(first, str(last)) if int(first) <= last else None


def share_over(delivered: pd.DataFrame, years: Period | None) -> Value | None:
    """The guest's share of what was delivered over some years, in per cent."""
    if delivered.empty or not years:
        return None
    part = delivered.loc[int(years.start) : int(years.end)]
    whole = part.sum(axis=1).astype("value").sum() if len(part) else NONE
    return part[GUEST].sum().share_of(whole) if whole.point else None


class Decline(NamedTuple):
    """Rows of `windows`, and by how much volumes fell from the earlier to the last, in per cent."""

    highest: Any  #: by the guest's share
    earlier: Any  #: the last that does not overlap the last one
    last: Any
    guest: Value
    others: Value
    peak: bool  #: whether the earlier is the highest on record for all suppliers together


def decline(rolling: pd.DataFrame) -> Decline | None:
    """How deliveries fell over windows of `SPAN` years; None where any of them did not fall."""
    if len(rolling) <= SPAN:
        return None
    earlier, last = rolling.iloc[-1 - SPAN], rolling.iloc[-1]
    if not all(last[part] < earlier[part] for part in ("guest", "others")):
        return None
    guest, others = (
        (earlier[part] - last[part]).share_of(earlier[part]) for part in ("guest", "others")
    )
    highest = rolling.loc[rolling["share"].bounds.low.idxmax()]
    every = (rolling["guest"] + rolling["others"]).bounds.low
    peak = every[earlier.name] == every.max()
    return Decline(highest, earlier, last, guest, others, bool(peak))


def delivered_since(
    delivered: pd.DataFrame, claim: Event | None
) -> tuple[Value, Period] | tuple[None, None]:
    """What the guest delivered since a claim's period began, TIV points, and in which years."""
    if delivered.empty or not claim:
        return None, None
    part = delivered.loc[int(claim.period.start[:4]) :, GUEST]
    if part.empty:
        return None, None
    return part.sum(), Period(str(part.index[0]), str(part.index[-1]))


def years_between(claim: Quantity | None) -> Value | None:
    """Years from the start to the end of a claim's period, as the claim counts them."""
    if not (claim and claim.period.start and claim.period.end):
        return None
    number = Decimal(int(claim.period.end[:4]) - int(claim.period.start[:4]))
    formula = f"period of {claim.id}"
    return Value(number, number, "years", claims=(claim.id,), formula=formula)


# Suppliers -----------------------------------------------------------------------------


def other_suppliers(dossier: Dossier) -> list[Event]:
    """Claims that the host turned to other suppliers, or that others offered arms."""
    return [
        event
        for event in dossier.happenings(topic="arms")
        if GUEST not in (event.actor, event.counterpart)
        and HOST in (event.actor, event.counterpart)
        and event.counterpart
    ]


def suppliers(dossier: Dossier, before: pd.DataFrame, lately: pd.DataFrame) -> pd.DataFrame:
    """Who is said to be sought or to offer, beside who delivered in two windows of years: by id.

    Columns: Supplier, In the articles (what is told, with sources; left out where nothing is of
    any), and a column of volumes for each window, named by its years, where the record has them.
    """
    named: dict[str, list[Event]] = {}
    for event in other_suppliers(dossier):
        supplier = event.actor if event.counterpart == HOST else event.counterpart
        named.setdefault(supplier, []).append(event)
    volumes = {one: (before[one].sum(), lately[one].sum()) for one in lately}
    actual = [one for one, (_, volume) in volumes.items() if volume.high > 0]
    actual.sort(key=lambda one: volumes[one][1].point, reverse=True)
    windows = [
        line("TIV points, {years}", years=Period(str(part.index[0]), str(part.index[-1])))
        for part in (before, lately)
        if len(part)
    ]
    rows = {}
    for one in dict.fromkeys([*actual, *named]):
        if one != GUEST:
            told = _told(dossier, named[one]) if one in named else NOT_NAMED
            row = {"Supplier": line("{party:plain}", party=dossier.parties[one])}
            row |= {"In the articles": told} if named else {}
            row |= dict(zip(windows, volumes.get(one, (NONE, NONE)), strict=False))
            rows[one] = row
    rest = [one for one in volumes if one not in {*actual, *named, GUEST}]
    if rest:
        sums = (part[rest].sum(axis=1).astype("value").sum() for part in (before, lately))
        told = dict(zip(windows, sums, strict=True))
        told |= {"In the articles": NOT_NAMED} if named else {}
        rows["others"] = {"Supplier": "others", **told}
    return pd.DataFrame.from_dict(rows, orient="index")


def _told(dossier: Dossier, events: list[Event]) -> Text:
    labels = dict.fromkeys(dossier.happening[event.event].label for event in events)
    source = cited(dossier.sources(event.id for event in events), [event.id for event in events])
    return line("{what} ({source})", what="; ".join(labels), source=source).capitalised()


# The chart of shares --------------------------------------------------------------------


def shares_and_claims(
    dossier: Dossier, claims: list[Quantity], rolling: pd.DataFrame, single: pd.DataFrame
) -> pd.DataFrame:
    """The guest's share of deliveries by year, then claims of its share of imports.

    Columns: year; Rolling (over years to that one) and Single year (values); of a claim When
    (a period), Source, Claimed and Reading, the interval it stands for (values).
    """
    rows: list[dict[str, object]] = [
        {"year": year, "Rolling": rolling["share"].get(year), "Single year": share}
        for year, share in single["share"].items()
    ]
    rows += [
        {
            "When": claim.period,
            "Source": dossier.everyone[claim.article].short,
            "Claimed": claim.value,
            "Reading": reading(claim.value),
        }
        for claim in (claims if rows else ())
        if claim.period.start and claim.period.end
    ]
    columns = ["year", "When", "Source", "Rolling", "Single year", "Claimed", "Reading"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.astype(dict.fromkeys(columns[3:], "value"))


def draw_shares(axes: Axes, shares: pd.DataFrame, color: str) -> None:
    """Rolling shares as a line, single years as points, the claims as hollow bands."""
    claims = list(shares.dropna(subset="Claimed").itertuples())
    for claim in claims:
        years = [int(end[:4]) for end in (claim.When.start, claim.When.end)]
        # Where an article sets one bound only, a share ends where shares end.
        ends = zip(claim.Reading.bounds, (0, 100), strict=True)
        low, high = (float(whole if end is None else end) for end, whole in ends)
        axes.fill_between(years, low, high, facecolor="none", edgecolor=marks.NEUTRAL)
        words = f"{claim.Source}:\n{claim.Claimed.text('short')}"
        at, offset, va = (years[1], high), (5, 0), "top"
        if len(claims) > 1:  # each at its own band: beside the last they would meet
            words = words.replace("\n", " ")
            at, offset, va = (years[0], high), (2, 2), "bottom"
            if high > 95:  # above it stand the labels of the line
                at, offset, va = (years[0], low), (2, -2), "top"
        axes.annotate(
            words, at, offset, textcoords="offset points", va=va, bbox=marks.OVER, zorder=6
        )
    single = shares.dropna(subset="Single year")
    axes.scatter(
        single["year"], single["Single year"].bounds.low, s=16, facecolor=marks.PAPER,
        edgecolor=marks.SECOND, label="single years", zorder=3, clip_on=False,
    )  # fmt: skip
    rolling = shares.dropna(subset="Rolling").set_index("year")["Rolling"]
    axes.plot(rolling.index, rolling.bounds.low, color=color, lw=2, label="rolling windows")
    told = rolling.bounds.low
    for year in sorted({told.index[0], told.idxmax()} if len(told) else ()):
        axes.annotate(
            rolling[year].text("short"), (year, told[year]), (year, 103), ha="center", color=color,
            arrowprops={"arrowstyle": "-", "color": color, "lw": 0.7},
        )  # fmt: skip
    for year in told.index[-1:]:
        place, beside = (year, told[year]), {"textcoords": "offset points", "va": "center"}
        axes.annotate(rolling[year].text("short"), place, (6, 0), color=color, **beside)
    axes.set_ylim(0, 100)
    axes.yaxis.set_major_formatter("{x:g}%")
    axes.grid(visible=False, axis="x")
    axes.grid(axis="y")
    axes.figure.legend(loc="outside lower center", ncols=2, handlelength=1)


def reliance_change(dossier: Dossier) -> tuple[Quantity, Quantity, Value] | tuple[None, None, None]:
    """The first and the last claim of reliance, and by how many points it fell."""
    claims = arms_claims(dossier, "equipment_reliance")
    if len({claim.period for claim in claims}) < 2:
        return None, None, None
    return claims[0], claims[-1], claims[0].value - claims[-1].value
