"""What stands behind a number: the claim, its words, who says it, and where.

One entry a claim serves the notes that open on the page and the evidence annex of both
documents. Entries are data; how they look is decided where they are printed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from textwrap import shorten
from typing import Any
from urllib.parse import urlsplit

from ..claims.check import paragraphs
from ..claims.load import Dossier
from ..claims.model import Assessment, Claim, Event, Quantity
from ..claims.texts import sentence_around
from ..report.text import Text, Words, named, quoted, shown
from .document import heading

#: What a number may rest on that is no claim of an article.
RECORDS = {
    "check": "Counted by the check of the tables against the texts, as data/verified.json "
    "records it.",
    "icd-203": "US Intelligence Community Directive 203, Analytic Standards, 2 January 2015: "
    "its scale of words of likelihood.",
}
#: Of a dossier with more claims the evidence lists what is cited alone.
_WHOLE = 1_000


def ordered(dossier: Dossier) -> list[Claim]:
    """Every claim that counts, by article and place in its text."""
    order = {key: place for place, key in enumerate(dossier.articles)}
    return sorted(dossier.claims, key=lambda claim: (order[claim.article], claim.start, claim.end))


def told(dossier: Dossier) -> dict[str, dict[str, Any]]:
    """Claim or official record → its source as a reader knows it, what it states, what it is about.

    Claims that share what they are about speak of one quantity, or of one happening. A claim that
    was corrected has its corrections with it, each with its reason.
    """
    mended: dict[str, list[str]] = {}
    for row in dossier.tables["corrections"].rows:
        was = shorten(row["was"], 40, placeholder=" …") or "empty"
        why = f"{row['column']} was {was}: {row['reason']}"
        mended.setdefault(row["id"], []).append(why)
    claims = {
        claim.id: {
            "source": dossier.everyone[claim.article].short,
            "statement": claim.statement,
            "about": _about(claim),
            **({"corrections": mended[claim.id]} if claim.id in mended else {}),
        }
        for claim in ordered(dossier)
    }
    origins = dossier.record.origins.values() if dossier.record else ()
    return claims | {
        origin.id: {"source": origin.short, "statement": origin.what, "about": origin.id}
        for origin in origins
    }


def _about(claim: Claim) -> str:
    if isinstance(claim, Quantity):
        return " ".join([claim.measure, claim.subject, claim.partner, claim.period.iso()])
    if isinstance(claim, Assessment):
        return " ".join([claim.holder, claim.stance, claim.about])
    assert isinstance(claim, Event)
    return claim.event


def evidence(
    dossier: Dossier, texts: Mapping[str, str], uses: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """The evidence annex, a section: every claim that counts, by article, then the records used.

    With the `texts`, by article, an entry has the sentence around its phrase. `uses` maps a
    claim's id to the anchors that rest on it, with what a reader calls each.
    """
    whole = len(dossier.claims) <= _WHOLE
    # Assessments that nothing rests on are not listed: assessments.csv has them all.
    listed: dict[str, list[Claim]] = {}
    for claim in ordered(dossier):
        if claim.id in uses or (whole and not isinstance(claim, Assessment)):
            listed.setdefault(claim.article, []).append(claim)
    paragraph = paragraphs(dossier, texts)
    labels = (f"E{number}" for number in itertools.count(1))
    told = (
        "the words that carry it, what it states, "
        "where it stands, who says it, and where this briefing uses it."
    )
    intro = Text() + f"Every claim of the articles that count: {told}"
    if not whole:
        many = f"{sum(map(len, listed.values())):,} of {len(dossier.claims):,}"
        intro = Text() + "Each claim that this briefing cites, " + Text((Words(many, "stamp"),))
        intro += f" that count, with {told} The tables of the dossier have all of them."
    blocks: list[dict[str, Any]] = [
        heading("evidence-claims", "Evidence"),
        {"kind": "paragraph", "style": "", "text": intro.json, "claims": []},
    ]
    for key, claims in listed.items():
        article = dossier.articles[key]
        entries: list[dict[str, Any]] = [
            {
                "id": claim.id,
                "label": next(labels),
                "phrase": claim.phrase,
                "statement": claim.statement,
                "where": _where(dossier, claim, paragraph.get(claim.id)).json,
                "locator": f"Characters {claim.start}–{claim.end}, claim {claim.id}.",
                "sentence": _sentence(claim, texts[key]) if key in texts else None,
                "uses": [list(use) for use in uses.get(claim.id, {}).items()],
            }
            for claim in claims
        ]
        title = named(f"{article.short}: {article.title}").json
        block = {"kind": "evidence", "id": f"evidence-{key}", "title": title}
        blocks.append({**block, "entries": entries})
    entries = [
        {"id": id, "label": next(labels), "phrase": "", "statement": what, "where": where}
        | {"locator": f"Record {id}." if id not in RECORDS else ""}
        | {"sentence": None, "uses": [list(use) for use in uses[id].items()]}
        for id, what, where in _records(dossier)
        if id in uses
    ]
    if entries:
        block = {"kind": "evidence", "id": "evidence-records", "title": (Text() + "Records").json}
        blocks.append({**block, "entries": entries})
    return {"id": "evidence", "part": "annex", "blocks": blocks, "further": []}


def untold(dossier: Dossier, uses: Mapping[str, object]) -> list[str]:
    """The claims that no chapter uses, and that not_used.csv does not set down with a reason."""
    down = {row["id"] for row in dossier.tables["not_used"].rows}
    return [claim.id for claim in dossier.claims if claim.id not in down and claim.id not in uses]


def listed(sections: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids of claims and records that have an entry in the evidence."""
    blocks = [block for section in sections for block in section["blocks"]]
    return [it["id"] for block in blocks for it in block.get("entries", ())]


def sources(dossier: Dossier) -> Iterator[dict[str, str]]:
    """What a cited source is, by the name that is cited: title, what is known of it, anchor."""
    for key, article in dossier.articles.items():
        known = [article.genre, article.publisher or article.agency, article.published]
        about = ", ".join(filter(None, known)) + "."
        yield {"name": article.short, "title": article.title, "about": about} | {
            "anchor": f"evidence-{key}"
        }
    by_name: dict[str, list[str]] = {}
    for origin in dossier.record.origins.values() if dossier.record else ():
        by_name.setdefault(origin.short, []).append(origin.what)
    for name, told in by_name.items():
        about = " ".join(told[:3]) + (" …" if len(told) > 3 else "")
        yield {"name": name, "title": "on record", "about": about, "anchor": "evidence-records"}


def _records(dossier: Dossier) -> Iterator[tuple[str, str, list[dict]]]:
    """What is no claim of an article: our own counts, and the official record."""
    for id, said in RECORDS.items():
        yield id, said, []
    for origin in dossier.record.origins.values() if dossier.record else ():
        where = (Text() + f"{origin.where}.").json
        if origin.address:
            where = [*where, {"kind": "words", "text": " "}, _link(origin.address)]
            where.append({"kind": "words", "text": "."})
        yield origin.id, origin.what, where


def _link(address: str) -> dict[str, Any]:
    """An address under its host's name; one that is none of the web is printed as it stands."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return {"kind": "words", "text": address}
    return {"kind": "link", "text": parts.hostname, "href": address}


def _where(dossier: Dossier, claim: Claim, paragraph: int | None) -> Text:
    """Where a claim stands, who says it, of when, and what qualifies it."""
    said = shown(dossier.everyone[claim.article]) + (
        f", paragraph {paragraph}" if paragraph else ""
    )
    if claim.speaker != "article":
        said += f"; says {dossier.said_by(claim)}"
    if claim.when:
        said += Text() + "; " + quoted(f"“{claim.when}”")
    if claim.period.stated:
        said += (Text() + "; ") + shown(claim.period)
    if isinstance(claim, Quantity) and claim.value.hedge:
        said += f"; hedged “{claim.value.hedge}”"
    if isinstance(claim, Quantity) and claim.standing == "doubtful":
        said += "; doubtful"
    return said + "."


def _sentence(claim: Claim, text: str) -> list[str]:
    """The sentence around a phrase: what stands before it, the phrase, what follows."""
    first, last = sentence_around(text, claim.start, claim.end)
    return [text[first : claim.start], text[claim.start : claim.end], text[claim.end : last]]
