"""Verdicts: claims held against the record, by printed rules.

A claim is read as the interval that its printed form stands for (`reading`); what a check's
query finds is the record's. Where they meet the claim is *confirmed*, or only *consistent*
if the record is partial or of less than high confidence; where they do not it is
*mis-dated* if the same series has the value in another year, else *off*. What no
computation can decide is argued in the table and marked so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from ..errors import Fault, Refusal
from ..values.value import Value, hedge_effect, stated
from .load import Claim, Dossier, Event
from .official import Finding, Queries
from .schema import Row

#: The verdicts, the firmest agreement first.
VERDICTS = ("confirmed", "consistent", "off", "mis-dated", "not comparable", "not checkable")
#: Units whose figures are counted, not rounded.
_WHOLE = ("count", "rank", "years")
_BOUNDS = {"<": "less than", ">": "more than", "≥": "at least", "≤": "at most"}


@dataclass(frozen=True)
class Verdict:
    """One check's outcome.

    `found` is what the record says, None where it says nothing; `margin` is the claim
    less the record, None where both are dates or words; `elsewhere` names the period that
    the claim fits instead, and `other` is what the record has for that. `argued`
    tells that the verdict was not computed.
    """

    id: str
    matter: str
    claims: tuple[Claim, ...]
    verdict: str
    found: Finding | None
    margin: Value | None
    elsewhere: str
    other: Value | None
    argued: bool
    argument: str
    limits: str


def verdicts(dossier: Dossier) -> list[Verdict]:
    """Every check of which a claim counts, with its verdict, in the order of the table.

    Raises Refusal for a check whose query no longer finds its record, whose claims do not
    exist, or whose verdict neither a query nor an argument carries.
    """
    if dossier.record is None:
        return []
    counting = {claim.id: claim for claim in dossier.claims}
    known = {id for table in ("quantities", "events") for id in _ids(dossier, table)}
    made, faults = [], []
    checks = dossier.record.checks
    for index, row in enumerate(checks.rows):
        ids = row["claims"].split()
        faults += [
            Fault(checks.place(index, "claims"), id, "no claim has this id")
            for id in ids
            if id not in known
        ]
        claims = tuple(counting[id] for id in ids if id in counting)
        try:
            made += [_verdict(dossier.record.queries, row, claims)] if claims else []
        except Refusal as refusal:
            place = checks.place(index, "query")
            faults += [Fault(place, "", str(fault)) for fault in refusal.faults]
    if faults:
        raise Refusal(faults)
    return made


def _ids(dossier: Dossier, table: str) -> Iterator[str]:
    return (row["id"] for row in dossier.tables[table].rows)


def _verdict(queries: Queries, row: Row, claims: tuple[Claim, ...]) -> Verdict:
    found = queries.find(row["query"]) if row["query"] else None
    common = (row["id"], row["matter"], claims)
    texts = (row["argument"], row["limits"])
    margin = _margin(claims[0], row["read_as"], found) if found else None
    if row["verdict"]:
        if not row["argument"]:
            raise Refusal("a verdict that is stated needs its argument, in one sentence")
        margin = None if row["verdict"] in VERDICTS[-2:] else margin
        return Verdict(*common, row["verdict"], found, margin, "", None, True, *texts)
    if found is None:
        raise Refusal("a check without a query needs a verdict and its argument")
    if found.confidence == "low":
        raise Refusal("a record of low confidence decides nothing")
    decided = {_decided(queries, row, claim, found) for claim in claims}
    if len(decided) > 1:
        raise Refusal("its claims come to different verdicts; give each a row of its own")
    verdict, elsewhere = decided.pop()
    other = _elsewhere(queries, row).get(elsewhere)
    return Verdict(*common, verdict, found, margin, elsewhere, other and other.value, False, *texts)


def _decided(queries: Queries, row: Row, claim: Claim, found: Finding) -> tuple[str, str]:
    """The verdict on one claim, and the other period that it fits, if any."""
    if _agrees(claim, row["read_as"], found):
        firm = found.whole and found.held and found.confidence == "high"
        return ("confirmed" if firm else "consistent"), ""
    for label, other in _elsewhere(queries, row).items():
        # What is of low confidence decides nothing, here either.
        if other.confidence != "low" and _agrees(claim, row["read_as"], other):
            return "mis-dated", label
    return "off", ""


def _elsewhere(queries: Queries, row: Row) -> dict[str, Finding]:
    """What the record has for other periods, by their label."""
    parts = [part.partition(":") for part in row["elsewhere"].split(";") if part]
    return {label.strip(): queries.find(query) for label, _, query in parts}


def _agrees(claim: Claim, read_as: str, found: Finding) -> bool:
    if found.period is not None:
        return found.period.meets(claim.period)
    wanted = _claimed(claim, read_as, found.value.unit)
    return reading(wanted).meets(found.value)


def _claimed(claim: Claim, read_as: str, unit: str) -> Value:
    """What a claim states, or what the check reads its words as."""
    if read_as:
        hedge = _BOUNDS.get(read_as[0], "")
        number = read_as[1:] if hedge else read_as
        upper = read_as[0] in "<≤"
        low, high = ("", number) if upper else (number, "" if hedge else number)
        return stated(low, high, unit, hedge, (claim.id,))
    if isinstance(claim, Event) or claim.value.wordless:
        raise Refusal(f"claim {claim.id} states no value: say in read_as what its words mean")
    return claim.value


def _margin(claim: Claim, read_as: str, found: Finding) -> Value | None:
    if found.value is None or isinstance(claim, Event) or read_as or claim.value.wordless:
        return None
    if claim.value.unit in ("rank",) or None in claim.value.bounds:
        return None
    return claim.value - found.value


def reading(value: Value) -> Value:
    """The interval that a printed figure stands for.

    A figure of money or per cent is read within half of its last printed digit; "about" and
    "around" within half of the greatest power of ten that divides it; "almost" within the
    lower half of that, the figure itself left out. Counts, ranks, years and bounds stand
    for themselves.
    """
    low, high = value.bounds
    if value.wordless or low is None or high is None:
        return value
    if not value.hedge:
        half = Decimal(0) if value.unit in _WHOLE else _last_digit(low) / 2
        return _around(value, half, half, high_open=bool(half))
    effect = hedge_effect(value.hedge)
    if effect not in ("about", "almost"):
        return value
    half = min(_step(low), _step(high)) / 2
    return _around(value, half, half if effect == "about" else Decimal(0), effect == "almost")


def _around(value: Value, below: Decimal, above: Decimal, high_open: bool) -> Value:
    return replace(
        value, low=value.low - below, high=value.high + above, high_open=high_open, hedge=""
    )


def _last_digit(number: Decimal) -> Decimal:
    return Decimal(1).scaleb(min(number.as_tuple().exponent, 0))


def _step(number: Decimal) -> Decimal:
    """The greatest power of ten below a number that divides it."""
    power = number.adjusted()
    while number % Decimal(1).scaleb(power) or (
        Decimal(1).scaleb(power) == number and number.adjusted() == power
    ):
        power -= 1
    return Decimal(1).scaleb(power)
