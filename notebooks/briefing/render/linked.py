"""What an edition says to other programs, as JSON-LD in vocabularies that they know.

Claims and verdicts in schema.org's words, where each claim stands as W3C Web Annotations, and how
each number came about in those of PROV. Nothing is told here that the page does not tell. An
article is named by the hash of its text (RFC 6920), as locators count in exactly that text; all
other names are relative, and hold wherever the files lie beside each other.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from ..claims.load import Dossier
from ..claims.model import Article, Claim
from ..claims.official import Origin
from ..claims.verdicts import VERDICTS
from ..report.blocks import LANGUAGE
from .evidence import RECORDS, ordered

Node = dict[str, Any]

#: What is written beside a page, by how the page names it.
FILES = {
    "claims and verdicts": "claims.jsonld",
    "where each claim stands": "annotations.jsonld",
    "how each number came about": "provenance.jsonld",
}
_CLAIMS, _PLACES, _ORIGINS = FILES.values()
_PAGE = "briefing.html"
_SCHEMA = "https://schema.org"
#: The verdicts as a rating of 1 to 4, None where none is computed; and what each means.
RATINGS: dict[str, tuple[int | None, str]] = {
    "off": (1, "The record has another value, and the claim’s own for no year beside its own."),
    "mis-dated": (2, "The record has the claim’s value, but for a year or window beside its own."),
    "consistent": (3, "The record meets the claim, but is partial, bounded or announced only."),
    "confirmed": (4, "The record meets the claim as its printed form is read."),
    "not comparable": (None, "The record measures something else."),
    "not checkable": (None, "The record has nothing that decides."),
}
#: Characters of a text on either side of a phrase, where the texts are at hand.
_AROUND = 32
_PROV: Node = {
    "prov": "http://www.w3.org/ns/prov#",
    "label": "http://www.w3.org/2000/01/rdf-schema#label",
    **{"id": "@id", "type": "@type", "Entity": "prov:Entity", "Activity": "prov:Activity"},
    **{name: {"@id": f"prov:{name}", "@type": "@id"} for name in ("wasDerivedFrom", "used")},
    **{name: {"@id": f"prov:{name}", "@type": "@id"} for name in ("wasGeneratedBy", "atLocation")},
    "hadPrimarySource": {"@id": "prov:hadPrimarySource", "@type": "@id"},
    "value": "prov:value",
}


def report(
    dossier: Dossier, package: Mapping[str, Any], meta: Mapping[str, Any], listed: Sequence[str]
) -> Node:
    """What a page is, for search engines: a Report, its Dataset, and all that it is based on.

    `listed` are the ids in the evidence, whose articles and records are named.
    """
    creator = {"@type": "Organization", "name": meta["author"]}
    license = next((it["path"] for it in package.get("licenses", ()) if "path" in it), None)
    shared = {"creator": creator, "license": license, "inLanguage": meta["language"]}
    data = {
        "@type": "Dataset",
        "@id": package.get("id"),
        "name": package["title"],
        "description": package["description"],
        "keywords": package.get("keywords"),
        "version": package.get("version"),
        "dateCreated": package.get("created"),
        **shared,
    }
    origins = dossier.record.origins if dossier.record else {}
    records = (_record(origins[id]) for id in listed if id in origins)
    works = [data, *map(_work, dossier.sources(listed)), *records]
    return _told(
        {"@context": _SCHEMA, "@type": "Report", "name": meta["title"]}
        | {"alternativeHeadline": meta["subtitle"], "description": meta["description"]}
        | {**shared, "isBasedOn": list(map(_told, works))}
    )


def files(
    dossier: Dossier,
    texts: Mapping[str, str],
    meta: Mapping[str, Any],
    listed: Iterable[str],
    numbers: Iterable[Mapping[str, Any]],
    verdicts: Iterable[Mapping[str, Any]],
) -> Iterator[tuple[str, Iterator[str]]]:
    """Name of each file, and its lines.

    `numbers` and `verdicts` are those of the manifest, `listed` the ids in the evidence. With
    the `texts`, by article, a place is also told by what stands around it.
    """
    claims = ordered(dossier)
    known = set(listed)
    graph = chain(
        (_told(_work(article)) for article in dossier.articles.values()),
        (_told(_claim(dossier, claim, known)) for claim in claims),
        [_scale()],
        (_told(_review(dossier, verdict, meta["author"])) for verdict in verdicts),
    )
    yield _CLAIMS, _lines({"@context": _SCHEMA}, "@graph", graph)
    whole = {"id": f"{_PLACES}#all", "type": "AnnotationCollection", "total": len(claims)}
    page: Node = {"@context": "http://www.w3.org/ns/anno.jsonld", "id": _PLACES}
    page |= {"type": "AnnotationPage", "partOf": whole, "startIndex": 0}
    places = (_annotation(dossier, claim, texts.get(claim.article)) for claim in claims)
    yield _PLACES, _lines(page, "items", places)
    yield _ORIGINS, _lines({"@context": _PROV}, "@graph", _origins(dossier, numbers))


def _lines(head: Node, name: str, nodes: Iterable[Node]) -> Iterator[str]:
    """JSON with a line to a node, so that what differs between two can be seen."""
    yield f'{json.dumps(head, ensure_ascii=False)[:-1]}, "{name}": ['
    for at, node in enumerate(nodes):
        yield f"{',' * (at > 0)}\n{json.dumps(node, ensure_ascii=False)}"
    yield "\n]}\n"


def _told(node: Node) -> Node:
    """A node without what is not known."""
    return {name: value for name, value in node.items() if value not in (None, "", [])}


def _url(origin: Origin) -> str | None:
    return origin.address if origin.address.startswith(("http://", "https://")) else None


# Claims and verdicts -------------------------------------------------------------------


def _name(article: Article) -> str:
    """An article by the hash of its text."""
    digest = urlsafe_b64encode(bytes.fromhex(article.sha256)).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"


def _work(article: Article) -> Node:
    publisher, author = article.publisher or article.agency, article.author
    return {
        "@type": "OpinionNewsArticle" if article.opinion else "NewsArticle",
        "@id": _name(article),
        "headline": article.title,
        "genre": article.genre,
        "publisher": publisher and {"@type": "Organization", "name": publisher},
        "author": author and {"@type": "Person", "name": author},
        "datePublished": article.published,
        "locationCreated": article.dateline and {"@type": "Place", "name": article.dateline},
    }


def _record(origin: Origin) -> Node:
    said = {"abstract": origin.what, "creditText": origin.where, "url": _url(origin)}
    return {"@type": "CreativeWork", "@id": f"#c-{origin.id}", "name": origin.short, **said}


def _claim(dossier: Dossier, claim: Claim, listed: set[str]) -> Node:
    speaker = dossier.parties[claim.speaker]
    kind = "Person" if speaker.kind == "person" else "Organization"
    said = None if speaker.kind == "article" else {"@type": kind, "name": speaker.name}
    return {
        "@type": "Claim",
        "@id": f"#{claim.id}",
        "text": claim.statement,
        "author": said,
        "appearance": {"@id": _name(dossier.everyone[claim.article])},
        "url": f"{_PAGE}#c-{claim.id}" if claim.id in listed else None,
    }


def _scale() -> Node:
    terms = [
        {"@type": "DefinedTerm", "@id": f"#verdict-{VERDICTS.index(name)}", "name": name}
        | {"description": meaning}
        for name, (_, meaning) in RATINGS.items()
    ]
    said = (
        "What holding a claim against the official record comes to. Only what a computation "
        "decides has a number, from 1, off, to 4, confirmed; the others are argued."
    )
    scale = {"@type": "DefinedTermSet", "@id": "#verdicts", "name": "Verdicts", "description": said}
    return {**scale, "hasDefinedTerm": terms}


def _review(dossier: Dossier, verdict: Mapping[str, Any], author: str) -> Node:
    claims = [dossier.claim(id) for id in verdict["claims"]]
    value, meaning = RATINGS[verdict["verdict"]]
    found, read = (verdict[part] or {} for part in ("record", "tolerance"))
    body = {
        "Read as": read.get("text"),
        "On record": found.get("text") or found.get("date"),
        "Fits": verdict["fits"],
        "Argument": verdict["argument"],
        "Limits": verdict["limits"],
    }
    number = {"ratingValue": value, "bestRating": 4, "worstRating": 1} if value else {}
    return {
        "@type": "ClaimReview",
        "@id": f"#review-{verdict['id']}",
        "name": verdict["matter"],
        "url": f"{_PAGE}#c-{claims[0].id}",
        "claimReviewed": " ".join(claim.statement for claim in claims),
        "itemReviewed": [{"@id": f"#{claim.id}"} for claim in claims],
        "author": {"@type": "Organization", "name": author},
        "inLanguage": LANGUAGE,
        "reviewRating": {"@type": "Rating", "alternateName": verdict["verdict"]}
        | {"ratingExplanation": meaning, **number},
        "reviewBody": " ".join(f"{it}: {said.rstrip('.')}." for it, said in body.items() if said),
        "isBasedOn": [{"@id": f"{_PAGE}#c-{id}"} for id in found.get("records", ())],
    }


# Places --------------------------------------------------------------------------------


def _annotation(dossier: Dossier, claim: Claim, text: str | None) -> Node:
    quote = {"type": "TextQuoteSelector", "exact": claim.phrase}
    if text is not None:
        quote["prefix"] = text[max(claim.start - _AROUND, 0) : claim.start]
        quote["suffix"] = text[claim.end : claim.end + _AROUND]
    place = {"type": "TextPositionSelector", "start": claim.start, "end": claim.end}
    said = {"type": "TextualBody", "value": claim.statement, "format": "text/plain"}
    source = _name(dossier.everyone[claim.article])
    return {
        "id": f"{_PLACES}#{claim.id}",
        "type": "Annotation",
        "motivation": "describing",
        "body": [{**said, "language": LANGUAGE}, f"{_CLAIMS}#{claim.id}"],
        "target": {"type": "SpecificResource", "source": source, "selector": [place, quote]},
    }


# How a number came about ---------------------------------------------------------------


def _origins(dossier: Dossier, numbers: Iterable[Mapping[str, Any]]) -> Iterator[Node]:
    """Each number with what it derives from and where it stands, after all that these name."""
    claims = {claim.id: claim for claim in dossier.claims}
    origins = dossier.record.origins if dossier.record else {}
    seen: dict[str, str] = {}
    computed: dict[tuple[str, ...], str] = {}

    def entity(id: str) -> Node:
        source: str | None
        if claim := claims.get(id):
            said, source = claim.statement, _name(dossier.everyone[claim.article])
        elif id in origins:
            said, source = origins[id].what, _url(origins[id])
        else:
            said, source = RECORDS[id], None
        made = {"hadPrimarySource": source, "wasDerivedFrom": f"{_PLACES}#{id}" if claim else None}
        return _told({"id": seen[id], "type": "Entity", "label": said, **made})

    for number in numbers:
        for id in number["claims"]:
            if id not in seen:
                seen[id] = f"{_CLAIMS}#{id}" if id in claims else f"{_PAGE}#c-{id}"
                yield entity(id)
        used = [seen[id] for id in number["claims"]]
        activity = None
        if number["formula"] not in ("", *number["claims"]):
            key = (number["formula"], *used)
            if key not in computed:
                computed[key] = f"#f{len(computed) + 1}"
                told = {"type": "Activity", "label": number["formula"], "used": used}
                yield {"id": computed[key], **told}
            activity = computed[key]
        place = f"{_PAGE}#{number['place'].partition(',')[0]}"
        made = {"wasDerivedFrom": used, "wasGeneratedBy": activity, "atLocation": place}
        value = {"id": f"#{number['id']}", "type": "Entity", "value": number["text"]}
        yield _told(value | made)
