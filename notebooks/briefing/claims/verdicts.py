"""Verdicts: claims held against the record, by one printed rule.

What a claim's printed form stands for (`reading`), whether the record meets it and which
years beside its own do too (`decided`) stand here; what the record has stands in `record`,
how a verdict is told in a chapter. Each claim is tried against the years beside its own
because one claim was called consistent with its year while the year nobody tried was nearer.
What no computation can decide is argued in the table and marked so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ..errors import Fault, Refusal
from ..values.periods import Period
from ..values.value import Value, stated
from ..values.words import BOUNDS, hedge_effect
from .load import Dossier
from .model import Claim, Quantity
from .official import Record
from .schema import Row
from .selection import CONFIDENCES, HUNDRED, PREFIX, Finding

#: The verdicts, what failed first: the order of every list.
VERDICTS = ("mis-dated", "off", "not comparable", "not checkable", "consistent", "confirmed")
#: How far from a claim, as a part of it, a figure of another year is still named as close.
CLOSE = Decimal("0.01")
#: What `read_as` says where a claim is tried with another: what that one leaves beside it, or
#: the whole of which it is the part that that one says.
TOGETHER = ("rest", "whole")
#: Units whose figures are counted, not rounded.
_WHOLE = ("count", "rank", "years")
_FITS = ("", "close", "fits")


@dataclass(frozen=True)
class Neighbour:
    """What the record has for a year or window beside a claim's own.

    `fit` is "fits" where it meets the claim as the claim is read, "close" where it lies
    outside by no more than `CLOSE` of the claim, else "": of several claims, the least of them.
    """

    period: Period
    found: Finding
    fit: str


@dataclass(frozen=True)
class Verdict:
    """One check's outcome.

    `found` is what the record says, None where it says nothing; `margin` is the claim
    less the record, None where both are dates or words; `tolerance` is the interval that the
    claim is read as, None for dates; `neighbours` are the periods beside the claim's own that
    the record has, the nearest first; `elsewhere` is the one that the claim fits
    instead, and `other` is what the record has for that. `argued` tells that the verdict
    was not computed.
    """

    id: str
    matter: str
    claims: tuple[Claim, ...]
    verdict: str
    argued: bool
    argument: str
    limits: str
    found: Finding | None = None
    margin: Value | None = None
    elsewhere: Period | None = None
    other: Value | None = None
    tolerance: Value | None = None
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def claim(self) -> Claim:
        """The first of its claims."""
        return self.claims[0]


@dataclass(frozen=True)
class _Tried:
    """A claim, or two together, as they are tried: what is claimed, and how it is read."""

    claim: Claim
    value: Value | None
    reading: Value | None

    def fit(self, found: Finding) -> str:
        """How what is on record fits: `Neighbour` says in which words."""
        if found.period is not None:
            return "fits" if found.period.meets(self.claim.period) else ""
        assert self.value is not None
        assert self.reading is not None
        if self.reading.meets(found.measured):
            return "fits"
        if not self.value.exact or self.value.unit in _WHOLE:
            return ""
        point, room = self.value.point, abs(self.value.point) * CLOSE
        near = _around(self.value, point - room, point + room, False).meets(found.measured)
        return "close" if near else ""


def verdicts(dossier: Dossier) -> list[Verdict]:
    """Every check of which a claim counts, matter by matter, what failed first.

    Raises Refusal for a check whose function no longer finds its record, whose claims do not
    exist, or whose verdict neither a function nor an argument carries.
    """
    if dossier.record is None:
        return []
    counting = {claim.id: claim for claim in dossier.claims}
    coded = ("quantities", "events")
    known = {row["id"] for table in coded for row in dossier.tables[table].rows}
    made, faults = [], []
    checks = dossier.record.checks
    for index, row in enumerate(checks.rows):
        ids = row["claims"].split()
        faults += [
            Fault(checks.place(index, "claims, with"), id, "no claim has this id")
            for id in [*ids, row["with"]]
            if id and id not in known
        ]
        claims = tuple(counting[id] for id in ids if id in counting)
        if not claims or (row["with"] and row["with"] not in counting):
            continue  # what two claims imply together falls with either
        try:
            made.append(_verdict(dossier.record, row, claims, counting.get(row["with"])))
        except Refusal as refusal:
            stands = " ".join(filter(None, [row["function"], row["arguments"]]))
            faults += [Fault(checks.place(index), stands, str(it)) for it in refusal.faults]
    if faults:
        raise Refusal(faults)
    return [verdict for checks in matters(made).values() for verdict in checks]


def matters(made: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    """Verdicts by their matter, what failed first, both the matters and within each."""
    grouped: dict[str, list[Verdict]] = {}
    for verdict in made:
        grouped.setdefault(verdict.matter, []).append(verdict)
    for checks in grouped.values():
        checks.sort(key=lambda verdict: VERDICTS.index(verdict.verdict))
    return dict(sorted(grouped.items(), key=lambda pair: VERDICTS.index(of_matter(pair[1]))))


def of_matter(checks: Iterable[Verdict]) -> str:
    """The verdict on a matter: that of its checks which comes first in `VERDICTS`."""
    return min((verdict.verdict for verdict in checks), key=VERDICTS.index)


def _verdict(record: Record, row: Row, claims: tuple[Claim, ...], beside: Claim | None) -> Verdict:
    told = row["verdict"], bool(row["verdict"]), row["argument"], row["limits"]
    stated = Verdict(row["id"], row["matter"], claims, *told)
    if stated.argued and not stated.argument:
        raise Refusal("a verdict that is stated needs its argument, in one sentence")
    if not row["function"]:
        if not stated.argued:
            raise Refusal("a check without a function needs a verdict and its argument")
        return stated
    found = record.queries.call(row["function"], row["arguments"])
    if not record.decides(found):
        raise Refusal(
            f"the record tells of {found.until}, after {record.as_of}, the day of the articles: "
            "what is later may bound a claim's period, never stand in its place"
        )
    wordless = any(not isinstance(it, Quantity) or it.value.wordless for it in claims)
    # What is argued may rest on words that no number stands for: then no year is tried.
    silent = stated.argued and wordless and not row["read_as"] and found.value is not None
    unread = silent or stated.verdict in ("not comparable", "not checkable")
    try:
        tried = [] if unread else _tried(claims, beside, row["read_as"], found)
        margin = _margin(tried[0], row["read_as"], found) if tried else None
        neighbours = []
        for period, other in record.queries.beside(row["function"], row["arguments"]):
            if record.decides(other):
                fits = [each.fit(other) for each in tried] or [""]
                neighbours.append(Neighbour(period, other, min(fits, key=_FITS.index)))
        outcomes = {decided(each.fit(found) == "fits", found, neighbours) for each in tried}
    except (ValueError, ArithmeticError) as error:
        raise Refusal(f"claim and record cannot be compared: {error}") from None
    if stated.argued:
        outcomes = {(stated.verdict, None)}
    if len(outcomes) > 1:
        raise Refusal("its claims come to different verdicts; give each a row of its own")
    ((verdict, elsewhere),) = outcomes
    return replace(
        stated,
        verdict=verdict,
        found=found,
        margin=margin,
        elsewhere=elsewhere.period if elsewhere else None,
        other=elsewhere.found.value if elsewhere else None,
        tolerance=tried[0].reading if tried else None,
        neighbours=tuple(neighbours),
    )


def decided(
    meets: bool, found: Finding, neighbours: Sequence[Neighbour]
) -> tuple[str, Neighbour | None]:
    """The rule by which a claim is judged, and the other period that it fits, if any.

    A claim is read as the interval that its printed form stands for; that interval is printed
    beside its verdict. Where what the record has for the claim's own period meets it, the claim
    is confirmed, or only consistent where the record is partial, bounded, announced or of less
    than high confidence. Where it does not meet, the claim is mis-dated if the same series has
    the value in a year beside its own, or in a window that begins or ends beside it, up to two
    years away and the nearest counting; else it is off. A record of low confidence decides
    nothing, nor does one that tells of days after the articles: it may bound a claim's period
    through a stated change, for trade and arms alike, and never stands in its place. Every year
    beside its own that the record has is tried, whatever the verdict; those that also fit are
    named, and those that are close, by no more than a hundredth. Not comparable (the record
    measures something else) and not checkable (it has nothing that decides) are argued in a
    sentence, never computed. A matter has the verdict of its checks that comes first in the
    order in which they are listed, what failed before what held.
    """
    if found.confidence == CONFIDENCES[0]:
        raise Refusal("a record of low confidence decides nothing")
    if meets:
        firm = found.whole and found.held and found.confidence == CONFIDENCES[-1]
        return ("confirmed" if firm else "consistent"), None
    for neighbour in neighbours:
        if neighbour.fit == "fits" and neighbour.found.confidence != CONFIDENCES[0]:
            return "mis-dated", neighbour
    return "off", None


def _tried(
    claims: Sequence[Claim], beside: Claim | None, read_as: str, found: Finding
) -> list[_Tried]:
    """Each claim as it is tried, alone or with the one beside it."""
    if found.period is not None:
        return [_Tried(claim, None, None) for claim in claims]
    unit = found.measured.unit
    if (read_as in TOGETHER) != (beside is not None):
        raise Refusal(f"read_as {read_as!r}: {' and '.join(TOGETHER)} go with a claim in `with`")
    if beside is not None:
        values = [_value(claims[0]), _value(beside)]
        told, read = (
            other - one if read_as == "rest" else one / (other / HUNDRED)
            for one, other in (values, map(reading, values))
        )
        return [_Tried(claims[0], told, read)]
    values = [_value(claim, read_as, unit) for claim in claims]
    return [_Tried(claim, it, reading(it)) for claim, it in zip(claims, values, strict=True)]


def _value(claim: Claim, read_as: str = "", unit: str = "") -> Value:
    """What a claim states, or its words are read as: a number, or a bound such as "<0"."""
    if not read_as:
        if not isinstance(claim, Quantity) or claim.value.wordless:
            raise Refusal(f"claim {claim.id} states no value: say in read_as what its words mean")
        return claim.value
    hedge = next((words for words, sign in BOUNDS.values() if sign == read_as[0]), "")
    number = read_as[1:] if hedge else read_as
    upper = read_as[0] in "<≤"
    low, high = ("", number) if upper else (number, "" if hedge else number)
    try:
        return stated(low, high, unit, hedge, (claim.id,))
    except ValueError as error:
        raise Refusal(f"read_as {read_as!r}: {error}") from None


def _margin(tried: _Tried, read_as: str, found: Finding) -> Value | None:
    if tried.value is None or (read_as and read_as not in TOGETHER):
        return None
    if tried.value.unit == "rank" or None in tried.value.bounds:
        return None
    return tried.value - found.measured


def reading(value: Value) -> Value:
    """The interval that a printed figure stands for.

    A figure of money or per cent is read within half of its last printed digit; “about” and
    “around” within half of the greatest power of ten that divides it; “almost” within the
    lower half of that, the figure itself left out. Counts, ranks, years and bounds stand
    for themselves.
    """
    low, high = value.bounds
    if value.wordless or low is None or high is None:
        return value
    if not value.hedge:
        last_digit = Decimal(1).scaleb(-max(0, -int(low.as_tuple().exponent)))
        half = Decimal(0) if value.unit in _WHOLE else last_digit / 2
        return _around(value, low - half, high + half, high_open=bool(half))
    effect = hedge_effect(value.hedge)
    if effect not in ("about", "almost"):
        return value
    half = min(_step(low), _step(high)) / 2
    above = half if effect == "about" else Decimal(0)
    return _around(value, low - half, high + above, high_open=effect == "almost")


def _around(value: Value, low: Decimal, high: Decimal, high_open: bool) -> Value:
    return replace(value, low=low, high=high, high_open=high_open, hedge="")


def _step(number: Decimal) -> Decimal:
    """The greatest power of ten that divides a number, and is less than it."""
    _, digits, exponent = number.normalize().as_tuple()
    assert isinstance(exponent, int)  # a stated number is finite
    return Decimal(1).scaleb(exponent - (digits == (1,)))


# Plain data ----------------------------------------------------------------------------


def plain(made: Iterable[Verdict]) -> list[dict[str, Any]]:
    """The verdicts as plain data, for a manifest."""
    return [
        {
            "id": verdict.id,
            "matter": verdict.matter,
            "claims": [claim.id for claim in verdict.claims],
            "verdict": verdict.verdict,
            "argued": verdict.argued,
            "fits": verdict.elsewhere.text() if verdict.elsewhere else "",
            "record": _plain(verdict.found),
            "margin": _plain_value(verdict.margin),
            "tolerance": _plain_value(verdict.tolerance),
            "neighbours": [
                {"period": near.period.iso(), "record": _plain(near.found), "fit": near.fit}
                for near in verdict.neighbours
            ],
            "argument": verdict.argument,
            "limits": verdict.limits,
        }
        for verdict in made
    ]


def _plain(found: Finding | None) -> dict[str, Any] | None:
    if found is None:
        return None
    if found.value is None:
        return {"date": found.dated.start, "confidence": found.confidence}
    told = _plain_value(found.value) or {}
    return {**told, "confidence": found.confidence, "whole": found.whole}


def _plain_value(value: Value | None) -> dict[str, Any] | None:
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
