"""This dossier's claims against the official record: findings, the table, what charts plot.

The record is queried here and in the checks; nothing of it enters the articles' tables.
Each function returns None or an empty list where the record is not shown.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.axes import Axes

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
from briefing.report import marks
from briefing.report.text import Text, line, quoted, series
from briefing.values.array import ValueDtype
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


def by_verdict(made: Sequence[Verdict]) -> pd.DataFrame:
    """How many matters have each verdict that any has, what failed first.

    Columns: Verdict, Matters (values). No rows where the record is not shown.
    """
    had = set(map(of_matter, matters(made).values()))
    kinds = [kind for kind in VERDICTS if kind in had]
    numbers = [matters_of(made, kind) for kind in kinds]
    return pd.DataFrame({"Verdict": kinds, "Matters": pd.Series(numbers, dtype=ValueDtype())})


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
    return series(
        line("{name}", name=name) for name, them in matters(made).items() if of_matter(them) == kind
    )


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


# Exports to the United States ----------------------------------------------------------


@dataclass(frozen=True)
class December:
    """What the last month would have to be for a claimed year, by the months that are known."""

    claim: Quantity
    known: Value
    needed: Value
    times: Value


def december(dossier: Dossier, verdict: Verdict | None) -> December | None:
    """What the last month needs to be for a claimed figure of exports to hold."""
    if verdict is None:
        return None
    claim, id = verdict.claims[0], verdict.found.value.claims[0].removeprefix(PREFIX)
    known = dossier.record.queries.figure(id).value
    rows = dossier.record.queries.tables["figures"].rows
    months = next(int(row["to"][5:7]) for row in rows if row["id"] == id)
    needed = claim.value - known
    mean = known / counted(months, (), "the months on record")
    return December(claim, known, needed, needed / mean)


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


def deliveries(dossier: Dossier) -> pd.DataFrame:
    """The guest's share of deliveries by year, then the claims of its share of imports.

    Columns: year; Rolling (over years to that one) and Single year (values); of a claim When
    (a period), Source, Claimed and Reading, the interval it stands for (values). No rows
    without the record.
    """
    single, windows = rolling(dossier, 1), rolling(dossier)
    rows: list[dict[str, object]] = [
        {"year": year, "Rolling": windows.get(year), "Single year": share}
        for year, share in single.items()
    ]
    rows += [
        {
            "When": claim.period,
            "Source": dossier.everyone[claim.article].short,
            "Claimed": claim.value,
            "Reading": reading(claim.value),
        }
        for claim in (shared.arms_claims(dossier, "arms_import_share") if single else ())
        if claim.period.start and claim.period.end
    ]
    columns = ["year", "When", "Source", "Rolling", "Single year", "Claimed", "Reading"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.astype(dict.fromkeys(columns[3:], "value"))


def draw_deliveries(axes: Axes, shares: pd.DataFrame, color: str) -> None:
    """The shares of `deliveries` over the years, the claims as hollow bands over theirs."""
    for claim in shares.dropna(subset="Claimed").itertuples():
        years = [int(end[:4]) for end in (claim.When.start, claim.When.end)]
        low, high = map(float, claim.Reading.bounds)
        axes.fill_between(years, low, high, facecolor="none", edgecolor=marks.NEUTRAL)
        words = f"{claim.Source}:\n{claim.Claimed.text('short')}"
        axes.annotate(words, (years[1], high), (5, 0), textcoords="offset points", va="top")
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
    axes.legend(loc="lower center", bbox_to_anchor=(0.64, 0), handlelength=1)


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

#: What is told of a vote, by its letter in the record.
VOTES = {"Y": "in favour", "A": "abstained", "N": "against"}


def votes(dossier: Dossier) -> pd.DataFrame:
    """The votes of ASEAN members, the host's first, then how often each abstained.

    Columns: Country, Resolution, When (a period), Vote, and, in a row of its own a country,
    Abstained and Votes found (values). No rows without the record.
    """
    columns = ["Country", "Resolution", "When", "Vote", "Abstained", "Votes found"]
    cast = dossier.frame("un_votes")
    cast["Country"] = [dossier.parties[id].name.removeprefix("the ") for id in cast["country"]]
    cast["When"] = [Period(day, day) for day in cast["date"]]
    cast["Vote"] = cast["vote"].map(VOTES)
    cast["first"] = cast["country"] != HOST
    cast = cast.sort_values(["first", "Country", "date"]).rename(
        columns={"resolution": "Resolution"}
    )
    tallies = [
        {
            "Country": name,
            "Abstained": dossier.record.queries.count("un_votes", country=id, vote="A").value,
            "Votes found": dossier.record.queries.count("un_votes", country=id).value,
        }
        for id, name in dict(zip(cast["country"], cast["Country"], strict=True)).items()
    ]
    rows = [*cast[columns[:4]].to_dict("records"), *tallies]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.astype(dict.fromkeys(columns[4:], "value"))


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


def last_window(dossier: Dossier) -> Window | None:
    """The last five years on record."""
    windows = rolling(dossier)
    return _window(max(windows), windows) if windows else None


def _window(last: int, windows: dict[int, Value]) -> Window:
    return Window(Period(str(last - SPAN + 1), str(last)), windows[last])


def year_of(label: str) -> Period:
    """The year that a check names as the one that fits."""
    return Period(label, label)


def asked_window(dossier: Dossier, verdict: Verdict | None) -> Period | None:
    """The years that the check of the import share asks for."""
    if verdict is None:
        return None
    claim = verdict.claims[0]
    return Period(claim.period.start[:4], str(int(claim.period.end[:4]) - 1))
