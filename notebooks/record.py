"""What chapter 5, Against the record, tells of verdicts and votes, in tables and sentences.

Verdicts themselves are made in `briefing.claims.verdicts`. Without the record each function
returns None, or a frame or a text with nothing in it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from operator import itemgetter

import pandas as pd

from briefing.claims.load import Claim, Dossier, Quantity
from briefing.claims.queries import BESIDE
from briefing.claims.verdicts import (
    VERDICTS,
    Neighbour,
    Verdict,
    decided,
    matters,
    of_matter,
    reading,
)
from briefing.report.text import Text, cited, line, listed, printed_period, quoted, series
from briefing.values.array import ValueDtype
from briefing.values.periods import Period
from briefing.values.value import Value, counted
from shared import HOST, within

#: How many claims of a matter the scorecard tells.
_MOST = 4
#: Verdicts that a claim fails by, for which the table says by how much.
FAILED = ("mis-dated", "off")

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


def told_matters(dossier: Dossier, made: Sequence[Verdict], *kinds: str) -> Text:
    """The matters that have a verdict of some kinds, each with its verdict."""
    return series(
        line("{name} ({verdict})", name=within(dossier, name), verdict=of_matter(checks))
        for name, checks in matters(made).items()
        if of_matter(checks) in kinds
    )


def scorecard(dossier: Dossier, made: Sequence[Verdict]) -> pd.DataFrame:
    """A row a matter, what failed first: what is claimed, what is on record, the verdict.

    A matter is told by the checks that give it its verdict; one that was argued, by its argument.
    """
    rows = []
    for name, checks in matters(made).items():
        verdict = of_matter(checks)
        deciding = [check for check in checks if check.verdict == verdict]
        claims = {claim.id: claim for check in deciding for claim in check.claims}
        if len(claims) > _MOST:
            claims = {claim.id: claim for claim in deciding[0].claims}
        rows.append(
            {
                "Matter": name,
                "Claimed": _claimed(dossier, claims.values()),
                "On record": _told_record(dossier, deciding),
                "Verdict": _verdict_words(deciding[0]),
            }
        )
    return pd.DataFrame(rows)


def _told_record(dossier: Dossier, deciding: Sequence[Verdict]) -> Text:
    """What the record has, and for which years; the argument where there is one."""
    verdict = deciding[0]
    argument = " ".join(dict.fromkeys(it.argument for it in deciding if it.argument))
    if verdict.argued:
        return quoted(argument)
    arguments = next(r["arguments"] for r in dossier.record.checks.rows if r["id"] == verdict.id)
    years = re.findall(r"\b(?:year|first|last)=(\d{4})(?:-(\d{4}))?", arguments)
    told = _on_record(verdict)
    if years and verdict.found and verdict.found.value:
        spans = [Period(start, end or start) for start, end in years]
        told = told + ", " + listed([line("{years}", years=span) for span in spans], " to ")
    if verdict.found and not verdict.found.whole:
        told = told + ", bounded"
    return told + quoted(f"; {argument}" if argument else "")


def verdicts_table(dossier: Dossier, made: Sequence[Verdict]) -> pd.DataFrame:
    """Every check, what failed first: claim and reading, record, verdict, years beside, limits."""
    return pd.DataFrame(
        [
            {
                "Matter": verdict.matter,
                "Claimed, and how it is read": _claims_told(dossier, verdict),
                "On record, and in the years beside": _on_record(verdict) + _beside(verdict),
                "Verdict": _told_verdict(verdict),
                "Why, and what the record cannot tell": _why(verdict),
            }
            for verdict in made
        ]
    )


def _claims_told(dossier: Dossier, verdict: Verdict) -> Text:
    told = _claimed(dossier, verdict.claims)
    if verdict.tolerance is None:
        return told
    # Words, not a value: its formula is the verdict's, and a page of them would be too long.
    interval = quoted(verdict.tolerance.text("short"))
    mine = {claim.id for claim in verdict.claims}
    other = next((id for id in verdict.tolerance.claims if id not in mine), "")
    if other:
        with_ = _claimed(dossier, [dossier.claim(other)])
        return line(
            "{told}; with {other} it implies {implied}", told=told, other=with_, implied=interval
        )
    return line("{told}; read as {interval}", told=told, interval=interval)


def _claimed(dossier: Dossier, claims: Iterable[Claim]) -> Text:
    """What is claimed, each once, with the sources of those that claim the same.

    Of several words for one size or rank the first stand for all, and it is said.
    """
    alike: dict[str, dict[str, tuple[Text, list[str]]]] = {}
    for claim in claims:
        said = _said(dossier, claim)
        wordless = isinstance(claim, Quantity) and claim.value.wordless
        words = alike.setdefault(claim.measure if wordless else str(said), {})
        words.setdefault(str(said), (said, []))[1].append(claim.id)
    told = []
    for (said, ids), *others in (list(words.values()) for words in alike.values()):
        rest = [id for _, ids in others for id in ids]
        source, like = (cited(dossier.sources(some), some) for some in (ids, rest))
        told.append(line("{said} ({source})", said=said, source=source))
        if rest:
            told[-1] += line(", and in other words ({like})", like=like)
    return series(told)


def _said(dossier: Dossier, claim: Claim) -> Text:
    if not isinstance(claim, Quantity):
        said = line("{label}", label=dossier.happening[claim.event].label)
    elif claim.value.wordless:
        return quoted(claim.phrase, claim)
    elif claim.value.unit == "count":  # a numeral before a year would read as a part of the date
        said = line("{claim:words}", claim=claim)
    else:
        said = line("{claim}", claim=claim)
    if not (claim.period.start or isinstance(claim, Quantity) and claim.when):
        return said
    return line("{said}, {when}", said=said, when=printed_period(claim))


def _on_record(verdict: Verdict) -> Text:
    if verdict.found is None:
        return line("nothing")
    return line("{found}", found=verdict.found.value or verdict.found.period)


def _verdict_words(verdict: Verdict) -> Text:
    if not verdict.elsewhere:
        return line("{verdict}", verdict=verdict.verdict)
    return line("{verdict.verdict}: fits {verdict.elsewhere}", verdict=verdict)


def _told_verdict(verdict: Verdict) -> Text:
    """The verdict, whether it was argued, and by how much what failed is off."""
    told = _verdict_words(verdict) + (", argued" if verdict.argued else "")
    if verdict.verdict in FAILED and verdict.margin:
        told += line("; claim less record {margin}", margin=verdict.margin)
    return told


def _beside(verdict: Verdict) -> Text:
    """The periods beside a claim's own: those that fit it, lie close, or do not.

    Many windows that all do alike, as beside a rank that never changes, are told in a word.
    """
    kinds = [near.fit for near in verdict.neighbours]
    if not kinds or (verdict.tolerance is None and verdict.found.period is None):
        return Text()
    if len(kinds) > BESIDE and len(set(kinds)) == 1:
        return line("; {all}", all="all beside fit" if kinds[0] == "fits" else "none beside fits")
    return line("; ") + series(_neighbour(near) for near in verdict.neighbours)


def _neighbour(near: Neighbour) -> Text:
    if not near.fit:
        return line("{period} does not fit", period=near.period)
    found = near.found.value or near.found.period
    word = {"fits": "fits", "close": "is close"}[near.fit]
    return line("{period} {word} ({found})", period=near.period, word=word, found=found)


def _why(verdict: Verdict) -> Text:
    return quoted(" ".join(filter(None, [verdict.argument, verdict.limits])) or "–")


# Corrections ---------------------------------------------------------------------------

#: Columns of claims that hold words alone, or say where it stands or happened, and with whom.
WORDS = ("statement", "topic", "phrase", "start", "end", "when", "place", "occasion", "counterpart")


def corrections(dossier: Dossier) -> pd.DataFrame:
    """What was corrected in value, time, stance or speaker of claims that count; the latest on top.

    Columns: Claim (its id), Was (with the column's name), Is, Why.
    """
    claims = {claim.id for claim in dossier.claims}
    now = {
        (name, row["id"]): row
        for name in ("quantities", "events", "assessments")
        for row in dossier.tables[name].rows
    }
    rows = [
        {
            "Claim": quoted(row["id"]),  # as the evidence has it; it rests on no claim
            "Was": quoted(f"{row['column']}: {row['was'] or 'empty'}"),
            "Is": quoted(now[row["table"], row["id"]][row["column"]] or "empty"),
            "Why": quoted(row["reason"]),
        }
        for row in sorted(dossier.tables["corrections"].rows, key=itemgetter("date"), reverse=True)
        if row["id"] in claims and row["column"] not in WORDS
    ]
    return pd.DataFrame(rows)


# Votes ---------------------------------------------------------------------------------

#: What is told of a vote, by its letter in the record.
VOTES = {"Y": "in favour", "A": "abstained", "N": "against"}


def alike(cast: pd.DataFrame, one: str, other: str) -> bool:
    """Whether two countries voted alike wherever the votes of both are known."""
    wide = cast.dropna(subset="Vote").pivot(index="Resolution", columns="Country", values="Vote")
    if not {one, other} <= set(wide):
        return False
    both = wide[[one, other]].dropna()
    return len(both) > 0 and bool((both[one] == both[other]).all())


def votes(dossier: Dossier) -> pd.DataFrame:
    """The votes of ASEAN members, the host's first, then how often each abstained.

    Columns: Country, Resolution, Matter, When (a period), Vote, and, in a row of its own a country,
    Abstained and Votes found (values). No rows without the record.
    """
    columns = ["Country", "Resolution", "Matter", "When", "Vote", "Abstained", "Votes found"]
    cast = dossier.frame("un_votes")
    cast["Country"] = [dossier.parties[id].name.removeprefix("the ") for id in cast["country"]]
    cast["When"] = [Period(day, day) for day in cast["date"]]
    cast["Vote"] = cast["vote"].map(VOTES)
    cast["first"] = cast["country"] != HOST
    cast = cast.sort_values(["first", "Country", "date"]).rename(
        columns={"resolution": "Resolution", "about": "Matter"}
    )
    tallies = [
        {
            "Country": name,
            "Abstained": dossier.record.queries.count("un_votes", country=id, vote="A").value,
            "Votes found": dossier.record.queries.count("un_votes", country=id).value,
        }
        for id, name in dict(zip(cast["country"], cast["Country"], strict=True)).items()
    ]
    rows = [*cast[columns[:5]].to_dict("records"), *tallies]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.astype(dict.fromkeys(columns[5:], "value"))
