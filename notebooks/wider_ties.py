"""What chapter 4, Wider ties, asks of the dossier: who wants what, and milestones, votes, aid.

The sentences, and what is asked once, stand in its cells.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from briefing.claims.load import Assessment, Dossier, Event, Quantity
from briefing.report.text import Text, cited, line, quoted
from briefing.values.value import counted
from shared import GUEST, HOST, VISITOR, voices

#: Parties that are told as one side: who acts or speaks for it.
SIDES = {
    "to-lam": HOST,
    "vietnam-government": HOST,
    VISITOR: GUEST,
    "gennady-bezdetko": GUEST,
    "kremlin": GUEST,
}
#: How a stance is put before the party that it is about, where its own word does not do.
STANCES = {
    "wants": "wants from",
    "hedges": "hedges towards",
    "offers": "offers to",
    "denies": "denies, as to",
    "supports": "sides with",
}


def aims(dossier: Dossier) -> pd.DataFrame:
    """Who holds what of whom: statements of one stance in one matter, most voices first.

    Columns: side and about (ids, leaders counted with their countries), stance, topic, claims
    (those of one matter), voices (how many independent ones; another side is none), told (the
    claim that is told: an expert's before an article's own, and that before what a side says
    itself).
    """
    grouped: dict[tuple[str, str, str, str], list[Assessment]] = {}
    for claim in dossier.assessments:
        side, about = (SIDES.get(party, party) for party in (claim.holder, claim.about))
        grouped.setdefault((side, about, claim.stance, claim.topic), []).append(claim)
    rows = [
        {
            **dict(zip(("side", "about", "stance", "topic"), key, strict=True)),
            "claims": claims,
            "voices": len(voices(dossier, [it for it in claims if _may_tell(it, key[0])])),
            "told": min(claims, key=lambda claim: _distance(dossier, claim)),
        }
        for key, claims in grouped.items()
    ]
    columns = ["side", "about", "stance", "topic", "claims", "voices", "told"]
    return pd.DataFrame(rows, columns=columns).sort_values("voices", ascending=False, kind="stable")


def _may_tell(claim: Assessment, side: str) -> bool:
    """Whether a speaker is a voice for what a side holds: another side is none."""
    return SIDES.get(claim.speaker, side) == side


def _distance(dossier: Dossier, claim: Assessment) -> int:
    """How far a speaker is from a view of their own: an expert, an article, a side itself."""
    expert = dossier.parties[claim.speaker].kind == "person" and claim.speaker not in SIDES
    return 0 if expert else 1 if claim.speaker == "article" else 2


def aims_table(dossier: Dossier, rows: pd.DataFrame) -> pd.DataFrame:
    """Stances as a reader sees them: who, what is told of them, and how many voices tell it."""
    topics = {party.id: party.name.removeprefix("the ") for party in dossier.parties.values()}
    return pd.DataFrame(
        [
            {
                "Who, of whom, and in what": line(
                    "{side:plain}: {stance} {about}[ ({topic})]",
                    side=dossier.parties[row.side],
                    stance=STANCES.get(row.stance, row.stance),
                    about=dossier.parties[row.about],
                    topic=None if row.topic == row.about else topics.get(row.topic, row.topic),
                ).capitalised(),
                "For example": _told(dossier, row.told),
                "Voices for it": counted(
                    row.voices, [c.id for c in row.claims], "independent voices"
                ),
            }
            for row in rows.itertuples()
        ]
    )


def _told(dossier: Dossier, claim: Assessment) -> Text:
    """A claim in our words, with who says it."""
    who = f"{dossier.parties[claim.speaker].name}, " if claim.speaker != "article" else ""
    source = cited([dossier.everyone[claim.article]], [claim.id])
    return quoted(claim.statement, claim) + line(" ({who}{source})", who=who, source=source)


def speakers(dossier: Dossier, claims: Iterable[Assessment]) -> list[Text]:
    """Who says it, each once: a speaker, or the article itself."""
    said = {
        claim.speaker: line("{who}", who=dossier.parties[claim.speaker])
        if claim.speaker != "article"
        else line("{who:the}", who=dossier.everyone[claim.article])
        for claim in claims
    }
    return list(said.values())


def first_telling(dossier: Dossier, event: str) -> Event | None:
    """The claim that speaks for a happening, None where no article that counts tells it."""
    return dossier.headline(dossier.happenings(event=event))


def topics(dossier: Dossier, names: Iterable[str]) -> list[Event | Quantity]:
    """Every claim of some topics with a value or of a happening, by topic and date."""
    names = list(names)
    claims = [*dossier.quantities, *dossier.events]
    return sorted(
        (claim for claim in claims if claim.topic in names),
        key=lambda claim: (names.index(claim.topic), not claim.period.stated, claim.period.days),
    )


def one_claim(dossier: Dossier, measure: str, **columns: str) -> Quantity | None:
    """The claim that speaks for a measure, None where there is none."""
    return dossier.headline(dossier.find(measure=measure, **columns))
