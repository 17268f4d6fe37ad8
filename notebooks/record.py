"""This dossier's claims against the official record: findings, tables and charts.

The record is queried here and in the checks; nothing of it enters the articles' tables.
Each function returns None or an empty list where the record is not shown.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

import shared
from briefing.claims.load import Claim, Dossier, Quantity
from briefing.claims.queries import BESIDE
from briefing.claims.selection import PREFIX, Finding
from briefing.claims.verdicts import (
    VERDICTS,
    Neighbour,
    Verdict,
    decided,
    matters,
    of_matter,
    reading,
)
from briefing.report.charts import Mark, bars
from briefing.report.drawing import NEUTRAL, Drawing
from briefing.report.history import Panel, Stretch, history
from briefing.report.text import Text, line, listed, quoted, series
from briefing.report.timelines import Moment, grid
from briefing.values.periods import Period
from briefing.values.value import Value, counted
from shared import GUEST, HOST

#: The register of deliveries.
REGISTER = {"source": "sipri-register"}
SPAN = 5
#: Verdicts that a claim fails by, for which the table says by how much.
FAILED = ("mis-dated", "off")
#: How many years of a decade are early.
EARLY = 4

# Verdicts ------------------------------------------------------------------------------


def matters_of(made: Sequence[Verdict], *kinds: str) -> Value | None:
    """How many matters have a verdict of some kinds; of all where none is named.

    A matter counts once, with the verdict of its checks that comes first in `VERDICTS`.
    """
    chosen = [
        checks for checks in matters(made).values() if not kinds or of_matter(checks) in kinds
    ]
    ids = dict.fromkeys(claim.id for checks in chosen for made in checks for claim in made.claims)
    return counted(len(chosen), ids, "matters held against the record") if made else None


def tally(made: Sequence[Verdict]) -> list[Text]:
    """How many matters have each verdict that any has, what failed first."""
    return [
        line("{number} {kind}", number=matters_of(made, kind), kind=kind)
        for kind in VERDICTS
        if kind in map(of_matter, matters(made).values())
    ]


def rule() -> list[Text]:
    """How a claim is read and judged, a paragraph each, for the annex: the code's own words."""
    return [quoted(" ".join(inspect.getdoc(part).split())) for part in (decided, reading)]


def untested(dossier: Dossier, made: Sequence[Verdict]) -> Value | None:
    """How many claims that count no check holds against the record."""
    tested = {claim.id for verdict in made for claim in verdict.claims}
    rest = [claim.id for claim in (*dossier.quantities, *dossier.events) if claim.id not in tested]
    return counted(len(rest), ["check"], "claims without a check") if made else None


def verdict_on(made: Sequence[Verdict], id: str, kind: str = "") -> Verdict | None:
    """The verdict of one check, where it is of the kind that a sentence speaks of."""
    found = next((verdict for verdict in made if verdict.id == id), None)
    return found if found and kind in ("", found.verdict) else None


def told_matters(made: Sequence[Verdict], kind: str) -> Text:
    """The matters that have a verdict."""
    return series(line("{name}", name=name) for name in _matters(made, kind))


def _matters(made: Sequence[Verdict], kind: str) -> list[str]:
    return [name for name, checks in matters(made).items() if of_matter(checks) == kind]


def board(dossier: Dossier, made: Sequence[Verdict]) -> Drawing | None:
    """Matters by verdict, each once, what failed first."""
    grouped = matters(made)
    columns = [kind for kind in VERDICTS if _matters(made, kind)]
    moments, told = [], []
    for name, checks in grouped.items():
        kind = of_matter(checks)
        at = columns.index(kind)
        ids = tuple(dict.fromkeys(claim.id for made in checks for claim in made.claims))
        hollow = kind in ("not comparable", "not checkable")
        moments.append(Moment(name, at, at, "", NEUTRAL, hollow, claims=ids))
    for kind in columns:
        names = listed(line("{name}", name=name) for name in _matters(made, kind))
        told.append(line("{kind}: {names}", kind=kind, names=names))
    alt = line("A board of matters by verdict. {told}.", told=series(told))
    return grid(moments, [kind.replace(" ", "\n") for kind in columns], alt)


def verdicts_table(dossier: Dossier, made: Sequence[Verdict]) -> pd.DataFrame:
    """Every check, what failed first: claim and reading, record, verdict, years beside, limits."""
    return pd.DataFrame(
        [
            {
                "Matter": verdict.matter,
                "Claimed, and how it is read": _claims_told(dossier, verdict),
                "On record": _on_record(verdict),
                "Verdict": _verdict_words(verdict),
                "Claim less record": verdict.margin if verdict.verdict in FAILED else "–",
                "Years beside": _beside(verdict),
                "Why, and what the record cannot tell": _why(verdict),
            }
            for verdict in made
        ]
    )


def _claims_told(dossier: Dossier, verdict: Verdict) -> Text:
    told = series(_claimed(dossier, claim) for claim in verdict.claims)
    if verdict.tolerance is None:
        return told
    # Words, not a value: its formula is the verdict's, and a page of them would be too long.
    interval = quoted(verdict.tolerance.text("short"))
    mine = {claim.id for claim in verdict.claims}
    other = next((id for id in verdict.tolerance.claims if id not in mine), "")
    if other:
        with_ = _claimed(dossier, dossier.claim(other))
        return line(
            "{told}; with {other} it implies {implied}", told=told, other=with_, implied=interval
        )
    return line("{told}; read as {interval}", told=told, interval=interval)


def _claimed(dossier: Dossier, claim: Claim) -> Text:
    source = dossier.everyone[claim.article]
    if isinstance(claim, Quantity):
        return line("{claim} ({source})", claim=claim, source=source)
    period = claim.period if claim.period.start else "undated"
    told = line("{when}", when=claim) if claim.period.start else line("{when}", when=period)
    return line("{told} ({source})", told=told, source=source)


def _on_record(verdict: Verdict) -> object:
    if verdict.found is None:
        return "nothing"
    return verdict.found.value or recorded(verdict.found)


def recorded(found: Finding) -> Text:
    """A date that the record has, marked as evidence."""
    return line("{date}", date=found.period)


def _verdict_words(verdict: Verdict) -> Text:
    how = "argued" if verdict.argued else "computed"
    if not verdict.elsewhere:
        return line("{verdict}, {how}", verdict=verdict.verdict, how=how)
    periods = [near.period for near in verdict.neighbours]
    year = next(period for period in periods if period.text() == verdict.elsewhere)
    return line("{verdict}: fits {year}; {how}", verdict=verdict.verdict, year=year, how=how)


def _beside(verdict: Verdict) -> Text:
    """The periods beside a claim's own: those that fit it, lie close, or do not.

    Many windows that all do alike, as beside a rank that never changes, are told in a word.
    """
    kinds = [near.fit for near in verdict.neighbours]
    if not kinds or (verdict.tolerance is None and verdict.found.period is None):
        return line("{none}", none="not tried" if kinds else "–")
    if len(kinds) > BESIDE and len(set(kinds)) == 1:
        return line("{all}", all="all fit" if kinds[0] == "fits" else "none fits")
    return series(_neighbour(near) for near in verdict.neighbours)


def _neighbour(near: Neighbour) -> Text:
    if not near.fit:
        return line("{period} does not fit", period=near.period)
    found = near.found.value or recorded(near.found)
    word = {"fits": "fits", "close": "is close"}[near.fit]
    return line("{period} {word} ({found})", period=near.period, word=word, found=found)


def _why(verdict: Verdict) -> Text:
    return quoted(" ".join(filter(None, [verdict.argument, verdict.limits])) or "–")


def for_manifest(made: Sequence[Verdict]) -> list[dict]:
    """The verdicts as plain data."""
    return [
        {
            "id": verdict.id,
            "matter": verdict.matter,
            "claims": [claim.id for claim in verdict.claims],
            "verdict": verdict.verdict,
            "argued": verdict.argued,
            "fits": verdict.elsewhere,
            "record": _plain(verdict.found),
            "margin": _plain_value(verdict.margin),
            "tolerance": _plain_value(verdict.tolerance),
            "neighbours": [
                {"period": near.period.iso(), "record": _plain(near.found), "fit": near.fit}
                for near in verdict.neighbours
            ],
            "limits": verdict.limits,
        }
        for verdict in made
    ]


def _plain(found: Finding | None) -> dict | None:
    if found is None:
        return None
    if found.value is None:
        return {"date": found.period.start, "confidence": found.confidence}
    return {**_plain_value(found.value), "confidence": found.confidence, "whole": found.whole}


def _plain_value(value: Value | None) -> dict | None:
    if value is None:
        return None
    low, high = (None if bound is None else f"{bound:f}" for bound in value.bounds)
    return {
        "text": value.text(),
        "low": low,
        "high": high,
        "unit": value.unit,
        "records": [id for id in value.claims if id.startswith(PREFIX)],
        "formula": value.formula,
    }


# Exports to the United States ----------------------------------------------------------


@dataclass(frozen=True)
class December:
    """What the last month would have to be for a claimed year, beside the mean of the others."""

    claim: Quantity
    needed: Value
    times: Value


def known_months(dossier: Dossier, verdict: Verdict | None) -> Value | None:
    """The exports of the months on record, by which a check bounds the year."""
    if verdict is None:
        return None
    id = verdict.found.value.claims[0].removeprefix(PREFIX)
    return dossier.record.queries.figure(id).value


def december(dossier: Dossier, verdict: Verdict | None) -> December | None:
    """What the last month needs to be for a claimed figure of exports to hold."""
    known = known_months(dossier, verdict)
    if known is None:
        return None
    claim = verdict.claims[0]
    rows = dossier.record.queries.tables["figures"].rows
    months = next(int(row["to"][5:7]) for row in rows if PREFIX + row["id"] == known.claims[0])
    needed = claim.value - known
    mean = known / counted(months, (), "the months on record")
    return December(claim, needed, needed / mean)


def mirror(dossier: Dossier, year: Period) -> Value:
    """What the United States count as imports from Vietnam in a year."""
    wanted = {"year": year.start, "flow": "imports_from_vietnam"}
    return dossier.record.queries.cell("us_goods_trade", "usd", **wanted).value.to("USD bn")


def mirror_chart(dossier: Dossier, made: Sequence[Verdict]) -> Drawing | None:
    """The claimed exports beside what Vietnam's customs and the US Census Bureau have."""
    ids = ("us-exports-gwc", "us-exports-op-ed")
    claimed = [verdict for id in ids if (verdict := verdict_on(made, id))]
    if not claimed:
        return None
    marks = [_claim_mark(dossier, claim) for verdict in claimed for claim in verdict.claims]
    year = claimed[0].claims[0].period
    label = line("{year}, Vietnam’s customs", year=year)
    marks.append(Mark(label, claimed[0].found.value, NEUTRAL))
    years = [year]
    for verdict in claimed:
        if verdict.other:
            earlier = year_of(verdict.elsewhere)
            label = line("{year}, two-way less imports", year=earlier)
            marks.append(Mark(label, verdict.other, NEUTRAL))
            years.append(earlier)
    marks += [
        Mark(line("{year}, US Census Bureau", year=when), mirror(dossier, when), NEUTRAL)
        for when in years
    ]
    return bars(marks, "US$ billion")


def _claim_mark(dossier: Dossier, claim: Quantity) -> Mark:
    label = line("{year}, {source}", year=claim.period, source=dossier.everyone[claim.article])
    return Mark(label, claim.value, dossier.parties["us"].color)


# Arms ----------------------------------------------------------------------------------


def delivered(dossier: Dossier, first: int, last: int) -> Value | None:
    """The guest's share of the volume of deliveries over a window of years, in per cent."""
    if dossier.record is None:
        return None
    asked = {"supplier": GUEST, **REGISTER, "year": (first, last)}
    return dossier.record.queries.share("arms_deliveries", "tiv", **asked).value


def rolling(dossier: Dossier, span: int = SPAN) -> dict[int, Value]:
    """The same share over windows of some years, by the last year of each."""
    if dossier.record is None:
        return {}
    asked = {"supplier": GUEST, **REGISTER, "year": _register_years(dossier)}
    return dossier.record.queries.rolling("arms_deliveries", "tiv", span, **asked)


def _register_years(dossier: Dossier) -> tuple[int, int]:
    """The years that the register covers, to the last that was over before the articles."""
    rows = dossier.record.queries.tables["sources"].rows
    begins = next(int(row["begins"]) for row in rows if row["id"] == REGISTER["source"])
    return begins, dossier.record.last_year


def highest_window(dossier: Dossier) -> Window | None:
    """The five years with the highest share."""
    windows = rolling(dossier)
    return _window(max(windows, key=lambda year: windows[year].point), windows) if windows else None


# Votes ---------------------------------------------------------------------------------

VOTES = {"Y": "for", "N": "against", "A": "abstained"}


def roll_call(dossier: Dossier) -> Drawing | None:
    """How the members of ASEAN voted on each resolution."""
    if dossier.record is None:
        return None
    rows = dossier.record.queries.tables["un_votes"].rows
    resolutions = list(dict.fromkeys((row["date"], row["resolution"]) for row in rows))
    columns = [_resolution(date) for date, _ in resolutions]
    countries = sorted(
        dict.fromkeys(row["country"] for row in rows), key=lambda key: (key != HOST, key)
    )
    moments = [
        Moment(
            dossier.parties[row["country"]].name.removeprefix("the "),
            resolutions.index((row["date"], row["resolution"])),
            0,
            VOTES[row["vote"]],
            NEUTRAL,
            row["vote"] == "A",
            "X" if row["vote"] == "N" else "o",
            ("rec-un-votes",),
            Period(row["date"], row["date"]),
        )
        for country in countries
        for row in rows
        if row["country"] == country
    ]
    told = series(_tally_told(dossier, rows, date) for date, _ in resolutions)
    return grid(moments, columns, line("A grid of votes by country. {told}.", told=told))


def _resolution(date: str) -> str:
    day, month, year = Period(date, date).text().split(" ")
    return f"{day} {month[:3]}\n{year}"


def _tally_told(dossier: Dossier, rows: Sequence[dict], date: str) -> Text:
    count = dossier.record.queries.count
    votes = {word: count("un_votes", date=date, vote=vote).value for vote, word in VOTES.items()}
    parts = [line("{number} {word}", number=number, word=word) for word, number in votes.items()]
    return line("{date}: {parts}", date=Period(date, date), parts=listed(parts))


def most_abstained(dossier: Dossier) -> Value | None:
    """The most abstentions of ASEAN members in one vote of which every vote is on record."""
    if dossier.record is None:
        return None
    return dossier.record.queries.most("un_votes", "resolution", vote="A").value


def claimed_share(dossier: Dossier, measure: str, latest: bool = True) -> Quantity | None:
    """The latest claim of a share of arms, or the first."""
    claims = shared.arms_claims(dossier, measure)
    return (claims[-1] if latest else claims[0]) if claims else None


# Small answers for the chapter ---------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """A window of years, and the guest's share of deliveries in it."""

    years: Period
    share: Value


def nearer(value: Value, claims: Sequence[Quantity]) -> Quantity | None:
    """The exact claim that lies nearest to a value; None where two lie as near."""
    apart = sorted((abs(claim.value.point - value.point), claim.id) for claim in claims)
    if len(apart) < 2 or apart[0][0] == apart[1][0]:
        return None
    return next(claim for claim in claims if claim.id == apart[0][1])


def later_windows(dossier: Dossier, verdict: Verdict | None) -> tuple[Period, Value] | None:
    """The share from each later start that "early" in a decade allows, to the same last year.

    Early are the first four years of a decade, as the dossier reads the word.
    """
    asked = asked_window(dossier, verdict)
    if asked is None:
        return None
    first, last = int(asked.start), int(asked.end)
    shares = [delivered(dossier, start, last) for start in range(first, first + EARLY)]
    low, high = (choose(share.point for share in shares) for choose in (min, max))
    value = replace(shares[0], low=low, high=high)
    return Period(str(first), str(first + EARLY - 1)), value


def later_orders(dossier: Dossier, id: str) -> list[Text]:
    """What the guest's orders after a certain one were for, as the register names it."""
    rows = dossier.record.queries.tables["arms_orders"].rows if dossier.record else []
    years = [int(row["order_year"]) for row in rows if row["id"] == id]
    return [
        quoted(row["designation"])
        for row in rows
        if years and row["supplier"] == GUEST and int(row["order_year"]) > years[0]
    ]


def votes_of(dossier: Dossier, vote: str) -> Value | None:
    """How often the host cast a vote on the resolutions on record."""
    if dossier.record is None:
        return None
    return dossier.record.queries.count("un_votes", country=HOST, vote=vote).value


def resolutions(dossier: Dossier) -> Value | None:
    """How many resolutions are on record."""
    return dossier.record.queries.count("un_resolutions").value if dossier.record else None


def last_window(dossier: Dossier) -> Window | None:
    """The last five years on record."""
    windows = rolling(dossier)
    return _window(max(windows), windows) if windows else None


def window_length(dossier: Dossier) -> Value | None:
    """How many years a rolling window has."""
    windows = rolling(dossier)
    claims = windows[max(windows)].claims if windows else ()
    return counted(SPAN, claims, "the years of a rolling window") if windows else None


def _window(last: int, windows: dict[int, Value]) -> Window:
    return Window(Period(str(last - SPAN + 1), str(last)), windows[last])


def year_of(label: str) -> Period:
    """The year that a check names as the one that fits."""
    return Period(label, label)


def found_value(made: Sequence[Verdict], id: str) -> Value | None:
    """What the record has for a confirmed check."""
    verdict = verdict_on(made, id, "confirmed")
    return verdict.found.value if verdict else None


def asked_window(dossier: Dossier, verdict: Verdict | None) -> Period | None:
    """The years that the check of the import share asks for."""
    if verdict is None:
        return None
    claim = verdict.claims[0]
    return Period(claim.period.start[:4], str(int(claim.period.end[:4]) - 1))


def vote_date(dossier: Dossier, vote: str) -> Text | None:
    """When the host cast a vote, as the record has it."""
    rows = dossier.record.queries.tables["un_votes"].rows
    dates = [row["date"] for row in rows if row["country"] == HOST and row["vote"] == vote]
    return line("{date}", date=Period(dates[0], dates[0])) if dates else None


# The chart of deliveries ---------------------------------------------------------------


def deliveries_chart(dossier: Dossier, made: Sequence[Verdict]) -> Drawing | None:
    """The share of deliveries, and below it what the articles claim of other measures."""
    if dossier.record is None:
        return None
    color = dossier.parties[GUEST].color
    first, last = _register_years(dossier)
    single = {year: delivered(dossier, year, year) for year in range(first, last + 1)}
    five = rolling(dossier)
    panels = [
        Panel(
            "Share of deliveries",
            _stretches(dossier, "arms_import_share"),
            five,
            single,
            "rolling",
            "single years",
            color,
        ),
        Panel("Share of the arsenal", _stretches(dossier, "arsenal_share")),
        Panel("Reliance, undefined", _stretches(dossier, "equipment_reliance")),
    ]
    ends = [five[max(five)], max(five.values(), key=lambda value: value.point)]
    told = series(
        line("{what}: {claims}", what=panel.title, claims=listed(s.label for s in panel.stretches))
        for panel in panels
        if panel.stretches
    )
    alt = line(
        "A line of rolling shares of deliveries, from {high} at its highest to {last} at its end, "
        "with the claims of the articles in panels by measure. {told}.",
        high=ends[1],
        last=ends[0],
        told=told,
    )
    return history(panels, alt)


def _stretches(dossier: Dossier, measure: str) -> list[Stretch]:
    return [
        Stretch(
            _year(claim.period.start),
            _year(claim.period.end),
            claim.value,
            line("{claim} ({source})", claim=claim, source=dossier.everyone[claim.article]),
            NEUTRAL,
        )
        for claim in shared.arms_claims(dossier, measure)
    ]


def _year(partial: str) -> float:
    year, *rest = (int(part) for part in partial.split("-"))
    return year + (rest[0] - 1) / 12 if rest else float(year)
