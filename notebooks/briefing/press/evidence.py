"""What stands behind a number: the claim, its words, who says it, and where.

One snippet a claim serves the notes that open on the page and the evidence annex; with
the texts at hand it also shows the sentence, the phrase marked in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from ..chapter.prose import line
from ..chapter.tables import speaker
from ..dossier.load import Claim, Dossier, Quantity
from ..dossier.texts import paragraph_number, sentence_around


def cited_claims(dossier: Dossier, used: Iterable[str]) -> list[Claim]:
    """The claims behind a briefing, by article and place in its text."""
    wanted, order = set(used), list(dossier.articles)
    claims = [claim for claim in dossier.claims if claim.id in wanted]
    return sorted(claims, key=lambda claim: (order.index(claim.article), claim.start, claim.end))


def snippets(dossier: Dossier, claims: Iterable[Claim], texts: Mapping[str, str]) -> dict[str, str]:
    """Claim id → HTML of its evidence; with its sentence where the texts are given."""
    return {claim.id: _snippet(dossier, claim, texts.get(claim.article)) for claim in claims}


def _snippet(dossier: Dossier, claim: Claim, text: str | None) -> str:
    article = dossier.everyone[claim.article]
    where = [f"<cite>{escape(article.short)}</cite>"]
    if text is not None:
        number = paragraph_number(text, claim.start, article.body_start)
        where.append(f"paragraph {number}")
    where.append(f"characters {claim.start}–{claim.end}")
    said_by = speaker(dossier, claim)
    doubtful = isinstance(claim, Quantity) and claim.standing == "doubtful"
    parts = [
        f"<q>{escape(claim.phrase, quote=False)}</q>",
        f'<span class="statement">{escape(claim.statement, quote=False)}</span>',
        f'<span class="where">{", ".join(where)}. Said by {escape(said_by)}. '
        f"Period: {line('{p}', p=claim.period).html}.{' Doubtful.' if doubtful else ''}</span>",
    ]
    if text is not None:
        parts.append(f'<span class="sentence">{_sentence(claim, text)}</span>')
    return " ".join(parts)


def _sentence(claim: Claim, text: str) -> str:
    first, last = sentence_around(text, claim.start, claim.end)
    before, after = text[first : claim.start], text[claim.end : last]
    marked = f"<mark>{escape(text[claim.start : claim.end], quote=False)}</mark>"
    return f"{escape(before, quote=False)}{marked}{escape(after, quote=False)}"


def annex(dossier: Dossier, claims: Iterable[Claim], evidence: Mapping[str, str]) -> str:
    """The evidence annex: every claim that the briefing rests on, by article."""
    numbered = {claim.id: f"E{index}" for index, claim in enumerate(claims, start=1)}
    parts = [
        '<section class="annex" id="evidence">',
        '<h2 id="evidence-claims">Evidence</h2>',
        "<p>Each claim that a number or a date of this briefing rests on: the words that carry "
        "it, what it states, where it stands, and who says it.</p>",
    ]
    for key, article in dossier.articles.items():
        own = [claim for claim in claims if claim.article == key]
        if own:
            title = f"{escape(article.short)}: {line('{t}', t=article.title).html}"
            parts.append(f'<h3 id="evidence-{key}">{title}</h3>\n<dl class="claims">')
            parts += [
                f'<dt id="c-{claim.id}"><span class="evidence">{numbered[claim.id]}</span></dt>'
                f'<dd class="evidence">{evidence[claim.id]}</dd>'
                for claim in own
            ]
            parts.append("</dl>")
    parts.append("</section>")
    return "\n".join(parts)
