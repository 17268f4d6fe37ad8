"""How much hangs on one source: each article, then each origin, left out in turn.

Every key figure and judgement is found anew in the dossier without that source; no edition
is built. What comes out the same *stands*, what comes out otherwise *shifts*, and what
cannot be found any more *falls*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

import findings
from briefing.claims.load import Article, Dossier
from briefing.report.drawing import NEUTRAL, Drawing
from briefing.report.text import line, listed, named, series
from briefing.report.timelines import Moment, grid
from briefing.values.value import Value, counted
from findings import ARMS_MEASURES
from wording import titled

#: A finding: what it comes to in words, "" where the claims do not give it.
Found = Callable[[Dossier], str]


@dataclass(frozen=True)
class Left:
    """What became of one finding when one source was left out."""

    finding: str
    without: tuple[Article, ...]
    fate: str  #: "stands", "shifts" or "falls"
    before: str
    after: str


def leave_out(
    dossier: Dossier, named: Mapping[str, Found], groups: Sequence[tuple[Article, ...]]
) -> list[Left]:
    """The fate of each finding without each group of articles; those never found left out."""
    whole = {name: found(dossier) for name, found in named.items()}
    made = []
    for group in groups:
        gone = {article.id for article in group}
        rest = dossier.counting(
            [key for key in dossier.articles if key not in gone], dossier.prefer
        )
        for name, found in named.items():
            if whole[name]:
                after = found(rest) if rest.articles else ""
                made.append(Left(name, group, _fate(whole[name], after), whole[name], after))
    return made


def _fate(before: str, after: str) -> str:
    if not after:
        return "falls"
    return "stands" if after == before else "shifts"


def each_article(dossier: Dossier) -> list[tuple[Article, ...]]:
    """Each article that counts, by itself."""
    return [(article,) for article in dossier.articles.values()]


def each_origin(dossier: Dossier) -> list[tuple[Article, ...]]:
    """The articles that count, grouped by the origin that they rewrite."""
    origins = dict.fromkeys(article.origin for article in dossier.articles.values())
    return [tuple(a for a in dossier.articles.values() if a.origin == origin) for origin in origins]


# Key figures and judgements ------------------------------------------------------------


def key_findings(
    partners: Sequence[str], year: int, measures: Sequence[str] = ARMS_MEASURES
) -> dict[str, Found]:
    """The figures of the summary and its judgements, each with the way to find it."""
    named: dict[str, Found] = {}
    for partner in partners:
        named[f"trade:{partner}"] = lambda d, p=partner: _two_way(d, p, year)
    named["exports:us"] = lambda d: _exports(d, year)
    for measure in measures:
        named[f"share:{measure}"] = lambda d, m=measure: _share(d, m)
    named["purchase"] = lambda d: _purchase(d)
    named["visits"] = lambda d: _visits(d)
    named["judgement:Visit"] = lambda d: _visits(d) and _arrival(d)
    named["judgement:Arms"] = lambda d: _arms(d, measures)
    named["judgement:Purchases"] = lambda d: _purchases(d)
    named["judgement:Trade"] = lambda d: _ratio(d, year)
    named["judgement:Disputed figure"] = lambda d: _disputed(d, year)
    return named


def _two_way(dossier: Dossier, partner: str, year: int) -> str:
    row = findings.trade(dossier, [partner], year)[0]
    return row.two_way.value.text() if row.two_way else ""


def _exports(dossier: Dossier, year: int) -> str:
    claims = findings.trade(dossier, ["us"], year)[0].export_claims
    return " or ".join(sorted(claim.value.text() for claim in claims))


def _share(dossier: Dossier, measure: str) -> str:
    claims = findings.latest(dossier, [measure])
    return claims[0].value.text() if claims else ""


def _purchase(dossier: Dossier) -> str:
    claim = findings.bought_claim(dossier)
    return claim.value.text() if claim else ""


def _visits(dossier: Dossier) -> str:
    count = findings.visit_count(dossier)
    found = count.now.value if count.now else count.total
    return found.text("ordinal") if found else ""


def _arrival(dossier: Dossier) -> str:
    same, other = findings.arrivals(dossier)
    return " ".join(sorted({claim.period.text() for claim in (*same, *other)}))


def _arms(dossier: Dossier, measures: Sequence[str]) -> str:
    if not findings.weighs_much(dossier, measures):
        return ""
    return "; ".join(str(told) for told in findings.shares_told(dossier, measures))


def _purchases(dossier: Dossier) -> str:
    claims = findings.purchase_claims(dossier)
    return "; ".join(claim.period.text() for claim in claims) if all(claims) else ""


def _ratio(dossier: Dossier, year: int) -> str:
    rows = findings.trade(dossier, findings.trade_partners(dossier), year)
    largest, smallest = findings.extremes([row for row in rows if row.two_way])
    found = findings.ratio(largest, smallest)
    return found.text() if found else ""


def _disputed(dossier: Dossier, year: int) -> str:
    fits = findings.export_fits(findings.trade(dossier, ["us"], year)[0])
    low, high = findings.first_and_last(fits)
    return f"{low.claim.value.text()}, {high.claim.value.text()}" if low is not high else ""


def name_of(dossier: Dossier, key: str) -> str:
    """What a reader calls a finding."""
    kind, _, what = key.partition(":")
    if kind == "trade":
        return f"Two-way trade with {dossier.parties[what].name}"
    if kind == "exports":
        return f"Exports to {dossier.parties[what].name}"
    if kind == "share":
        return titled(dossier.measures[what].label)
    if kind == "judgement":
        return f"Judgement: {what}"
    return {"purchase": "Sum of purchases", "visits": "Number of visits"}[kind]


def tried(dossier: Dossier, groups: Sequence[tuple[Article, ...]]) -> list[Left]:
    """Every key finding of the latest year without each group; none with a single group."""
    years = findings.trade_years(dossier)
    if not years or len(groups) < 2:
        return []
    named = key_findings(findings.trade_partners(dossier), years[-1])
    return leave_out(dossier, named, groups)


# For the chapters ----------------------------------------------------------------------


def falls_without(made: Sequence[Left], finding: str) -> list[Article]:
    """The articles without any one of which a finding falls."""
    return [left.without[0] for left in made if left.finding == finding and left.fate == "falls"]


def because(dossier: Dossier, finding: str, reason: str) -> str:
    """Why a confidence is no higher: without which articles the finding falls, and a reason."""
    names = [a.short for a in falls_without(tried(dossier, each_article(dossier)), finding)]
    if not names:
        return f"since {reason}"
    without = ("any of " if len(names) > 1 else "") + str(listed(map(named, names)))
    return f"since it falls without {without}, and {reason}"


def origins_apart(dossier: Dossier) -> bool:
    """Whether no two articles that count share an origin."""
    return len(each_origin(dossier)) == len(dossier.articles)


def count_of(made: Sequence[Left], *fates: str) -> Value | None:
    """How many findings meet one of the fates when some single source is left out."""
    names = dict.fromkeys(left.finding for left in made if not fates or left.fate in fates)
    return counted(len(names), ["check"], "findings tried without each source") if made else None


def chart(dossier: Dossier, made: Sequence[Left]) -> Drawing | None:
    """Findings by the article that is left out: filled where they fall, hollow where they shift."""
    changed = [left for left in made if left.fate != "stands"]
    if not changed:
        return None
    columns = [article.short for article in dossier.articles.values()]
    moments = [
        Moment(
            name_of(dossier, left.finding),
            columns.index(left.without[0].short),
            columns.index(left.without[0].short),
            left.fate,
            NEUTRAL,
            left.fate == "shifts",
        )
        for left in changed
    ]
    order = list(dict.fromkeys(name_of(dossier, left.finding) for left in made))
    moments.sort(key=lambda moment: order.index(moment.row))
    told = series(
        line(
            "{name}: {fates}",
            name=name_of(dossier, key),
            fates=listed(
                line("{fate} without {source}", fate=left.fate, source=left.without[0])
                for left in changed
                if left.finding == key
            ),
        )
        for key in dict.fromkeys(left.finding for left in changed)
    )
    return grid(
        moments, columns, line("A grid of findings by article left out. {told}.", told=told)
    )


def table(dossier: Dossier, made: Sequence[Left]) -> pd.DataFrame:
    """Every finding with what becomes of it without each source."""
    keys = dict.fromkeys(left.finding for left in made)
    return pd.DataFrame(
        [
            {
                "Finding": name_of(dossier, key),
                **{f"Without {_named(left)}": left.fate for left in made if left.finding == key},
            }
            for key in keys
        ]
    )


def _named(left: Left) -> str:
    return "; ".join(article.short for article in left.without)
