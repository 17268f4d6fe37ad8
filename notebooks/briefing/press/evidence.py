"""What stands behind a number: the claim, its words, who says it, and where.

One snippet a claim serves the notes that open on the page and the evidence annex; with
the texts at hand it also shows the sentence, the phrase marked in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from urllib.parse import urlsplit

from ..chapter.prose import line, named, speaker
from ..dossier.check import paragraphs, recorded_paragraphs
from ..dossier.load import Claim, Dossier, Quantity
from ..dossier.record import Origin
from ..dossier.texts import sentence_around

#: What a number may rest on that is no claim of an article.
RECORDS = {
    "check": "Counted by the check of the tables against the texts, as data/verified.json "
    "records it.",
    "icd-203": "US Intelligence Community Directive 203, Analytic Standards, 2 January 2015: "
    "its scale of words of likelihood.",
}


def ordered(dossier: Dossier) -> list[Claim]:
    """Every claim that counts, by article and place in its text."""
    order = list(dossier.articles)
    return sorted(
        dossier.claims, key=lambda claim: (order.index(claim.article), claim.start, claim.end)
    )


def told(dossier: Dossier) -> dict[str, dict[str, str]]:
    """Claim or official record → its source as a reader knows it, what it states, what it is about.

    Claims that share what they are about speak of one quantity, or of one happening.
    """
    claims = {
        claim.id: {
            "source": dossier.everyone[claim.article].short,
            "statement": claim.statement,
            "about": _about(claim),
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
    return claim.event


def snippets(dossier: Dossier, claims: Iterable[Claim], texts: Mapping[str, str]) -> dict[str, str]:
    """Claim id → HTML of its evidence; with its sentence where the texts are given."""
    numbers = paragraphs(dossier, texts) if texts else recorded_paragraphs(dossier)
    own = {
        claim.id: _snippet(dossier, claim, numbers.get(claim.id), texts.get(claim.article))
        for claim in claims
    }
    return own | records(dossier)


def records(dossier: Dossier) -> dict[str, str]:
    """Id → HTML of what is no claim of an article: our own counts, and the official record."""
    ours = {id: f'<span class="statement">{escape(said)}</span>' for id, said in RECORDS.items()}
    origins = dossier.record.origins.values() if dossier.record else ()
    return ours | {origin.id: _origin(origin) for origin in origins}


def _origin(origin: Origin) -> str:
    """An official record: what it says, and where it comes from."""
    link = ""
    if origin.address:
        # A link that runs something when it is followed is no address: it is printed as it stands.
        web = re.match(r"https?://", origin.address)
        host = escape(urlsplit(origin.address).hostname or origin.address) if web else ""
        link = (
            f' <a href="{escape(origin.address)}">{host}</a>.'
            if host
            else (f" {escape(origin.address, quote=False)}.")
        )
    return (
        f'<span class="statement">{escape(origin.what, quote=False)}</span> '
        f'<span class="where">{escape(origin.where, quote=False)}.{link} '
        f"Record <code>{origin.id}</code>.</span>"
    )


def _snippet(dossier: Dossier, claim: Claim, paragraph: int | None, text: str | None) -> str:
    parts = [
        f"<q>{escape(claim.phrase, quote=False)}</q>",
        f'<span class="statement">{escape(claim.statement, quote=False)}</span>',
        f'<span class="where">{_where(dossier, claim, paragraph)}</span>',
    ]
    if text is not None:
        parts.append(f'<span class="sentence">{_sentence(claim, text)}</span>')
    return " ".join(parts)


def _where(dossier: Dossier, claim: Claim, paragraph: int | None) -> str:
    """Where a claim stands, who says it, of when, and what qualifies it."""
    place = f"<cite>{escape(dossier.everyone[claim.article].short)}</cite>, "
    place += f"paragraph {paragraph}, " if paragraph else ""
    said = [
        f"{place}characters {claim.start}–{claim.end}",
        f"Said by {escape(speaker(dossier, claim))}",
        f"Period: {line('{p}', p=claim.period).html}",
    ]
    if isinstance(claim, Quantity) and claim.value.hedge:
        said.append(f"Hedge: “{escape(claim.value.hedge)}”")
    if isinstance(claim, Quantity) and claim.standing == "doubtful":
        said.append("Doubtful")
    return ". ".join(said) + f". Claim <code>{claim.id}</code>."


def _sentence(claim: Claim, text: str) -> str:
    first, last = sentence_around(text, claim.start, claim.end)
    before, after = text[first : claim.start], text[claim.end : last]
    marked = f"<mark>{escape(text[claim.start : claim.end], quote=False)}</mark>"
    return f"{escape(before, quote=False)}{marked}{escape(after, quote=False)}"


def annex(
    dossier: Dossier,
    claims: Iterable[Claim],
    evidence: Mapping[str, str],
    uses: Mapping[str, Mapping[str, str]],
) -> str:
    """The evidence annex: every claim that counts, by article, and where it is used.

    `uses` maps a claim's id to the anchors that use it, with what a reader calls each.
    """
    claims = list(claims)
    parts = [
        '<section class="annex" id="evidence">',
        '<h2 id="evidence-claims">Evidence</h2>',
        "<p>Every claim of the articles that count: the words that carry it, what it states, "
        "where it stands, who says it, and where this briefing uses it.</p>",
    ]
    used = [id for id in records(dossier) if id in uses]
    numbers = iter(range(1, len(claims) + len(used) + 1))
    for key, article in dossier.articles.items():
        title = f"{escape(article.short)}: {named(article.title).html}"
        own = [claim.id for claim in claims if claim.article == key]
        parts += _entries(f"evidence-{key}", title, own, numbers, evidence, uses)
    parts += _entries("evidence-records", "Records", used, numbers, evidence, uses)
    return "\n".join([*parts, "</section>"])


def _entries(
    anchor: str,
    title: str,
    ids: list[str],
    numbers: Iterator[int],
    evidence: Mapping[str, str],
    uses: Mapping[str, Mapping[str, str]],
) -> list[str]:
    if not ids:
        return []
    entries = [
        f'<dt id="c-{id}"><span class="evidence">E{next(numbers)}</span></dt>'
        f'<dd class="evidence">{evidence[id]} {_used(uses.get(id, {}))}</dd>'
        for id in ids
    ]
    return [f'<h3 id="{anchor}">{title}</h3>', '<dl class="claims">', *entries, "</dl>"]


def _used(places: Mapping[str, str]) -> str:
    links = ", ".join(f'<a href="#{anchor}">{words}</a>' for anchor, words in places.items())
    said = f"Used in {links}." if links else "Not used in this edition."
    return f'<span class="uses">{said}</span>'
