"""What an edition says to other programs, read back by a library that is not ours."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT

from briefing.claims.load import load
from briefing.claims.texts import read_texts
from briefing.claims.verdicts import VERDICTS
from briefing.render import folders, linked
from briefing.report.blocks import LANGUAGE

rdflib = pytest.importorskip("rdflib", reason="needs rdflib: make lock, then make test")
from rdflib.namespace import PROV, RDF, RDFS, SDO  # noqa: E402

CONTEXTS = Path(__file__).parent / "contexts"
#: The standards' own contexts, as far as we use them: nothing is fetched.
HELD = {"https://schema.org": "schema.json", "http://www.w3.org/ns/anno.jsonld": "anno.json"}
BASE = "https://example.org/site/"
OA = rdflib.Namespace("http://www.w3.org/ns/oa#")


def graph(text: str, name: str) -> rdflib.Graph:
    """The triples of a document of that name, its terms read by the context that it names."""
    document = json.loads(text)
    context = document["@context"]
    if isinstance(context, str):
        document["@context"] = json.loads((CONTEXTS / HELD[context]).read_text(encoding="utf-8"))
    known = document["@context"]
    if "@vocab" not in known:  # a term that a context lacks would be dropped without a word
        assert terms(document) <= {*known, "@context", "@graph"}
    return rdflib.Graph().parse(data=json.dumps(document), format="json-ld", publicID=BASE + name)


def terms(node: object) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(terms, node))
    if not isinstance(node, dict):
        return set()
    return {*node, *set().union(*(terms(it) for key, it in node.items() if key != "@context"))}


def unknown(found: rdflib.Graph, vocabulary: rdflib.Namespace) -> set[rdflib.URIRef]:
    """The kinds and properties that a vocabulary does not have."""
    used = {*found.predicates(), *found.objects(None, RDF.type)} - {RDF.type}
    return {term for term in used if term not in vocabulary}


@pytest.fixture(scope="module")
def graphs(built: Path) -> dict[str, rdflib.Graph]:
    names = linked.FILES.values()
    return {name: graph((built / name).read_text(encoding="utf-8"), name) for name in names}


@pytest.fixture(scope="module")
def manifest(built: Path) -> dict:
    return json.loads((built / "manifest.json").read_text(encoding="utf-8"))


def test_the_files_are_among_those_that_a_build_makes_and_a_page_links(built):
    assert set(linked.FILES.values()) == set(folders._LINKED)
    page = BeautifulSoup((built / "briefing.html").read_text(encoding="utf-8"), "html.parser")
    assert [a["href"] for a in page.select("footer .files a")] == list(linked.FILES.values())


def test_each_verdict_is_a_review_of_its_claims_on_a_scale_that_is_explained(graphs, manifest):
    found = graphs["claims.jsonld"]
    assert unknown(found, SDO) == set()
    assert set(found.subjects(RDF.type, SDO.Claim)) == {
        rdflib.URIRef(f"{BASE}claims.jsonld#{claim.id}") for claim in load().claims
    }
    assert set(linked.RATINGS) == set(VERDICTS)
    scale = set(map(str, found.objects(None, SDO.hasDefinedTerm / SDO.name)))
    assert scale == set(VERDICTS)
    told = {}
    for review in found.subjects(RDF.type, SDO.ClaimReview):
        rating = found.value(review, SDO.reviewRating)
        for needed in (SDO.url, SDO.claimReviewed, SDO.author, SDO.reviewBody):
            assert found.value(review, needed), review
        assert found.value(rating, SDO.ratingExplanation)
        value = found.value(rating, SDO.ratingValue)
        assert value is None or 1 <= int(value) <= int(found.value(rating, SDO.bestRating))
        claims = {str(it).partition("#")[2] for it in found.objects(review, SDO.itemReviewed)}
        told[str(review).partition("#review-")[2]] = (
            str(found.value(rating, SDO.alternateName)), claims)  # fmt: skip
    assert told == {it["id"]: (it["verdict"], set(it["claims"])) for it in manifest["verdicts"]}


def test_each_claim_is_annotated_where_it_stands_and_no_more_is_quoted(graphs):
    found = graphs["annotations.jsonld"]
    dossier = load()
    names = {linked._name(article): article.id for article in dossier.articles.values()}
    for claim in dossier.claims:
        at = rdflib.URIRef(f"{BASE}annotations.jsonld#{claim.id}")
        target = found.value(at, OA.hasTarget)
        assert names[str(found.value(target, OA.hasSource))] == claim.article
        place = {
            name: found.value(target, OA.hasSelector / OA[name])
            for name in ("start", "end", "exact", "prefix", "suffix")
        }
        assert (int(place["start"]), int(place["end"])) == (claim.start, claim.end)
        assert (str(place["exact"]), place["prefix"], place["suffix"]) == (claim.phrase, None, None)
        assert found.value(at, OA.motivatedBy) == OA.describing
    assert len(list(found.subjects(RDF.type, OA.Annotation))) == len(dossier.claims)


def test_where_the_texts_are_at_hand_a_quote_has_what_stands_around_it(real_texts):
    dossier = load()
    texts = read_texts(real_texts, dossier.tables["articles"].rows)
    for claim in dossier.claims:
        place, quote = linked._annotation(dossier, claim, texts[claim.article])["target"][
            "selector"
        ]
        around = quote["prefix"] + quote["exact"] + quote["suffix"]
        start = place["start"] - len(quote["prefix"])
        assert texts[claim.article][start:].startswith(around)


def test_each_number_leads_back_to_a_place_in_an_article_or_a_record(graphs, manifest):
    found = graphs["provenance.jsonld"]
    assert unknown(found, PROV) == {RDFS.label}
    places = graphs["annotations.jsonld"]
    sections = {section["id"] for section in manifest["document"]["sections"]}
    exhibits = {f"exhibit-{it['number'].replace('.', '-')}" for it in manifest["exhibits"]}
    assert manifest["numbers"]
    for number in manifest["numbers"]:
        at = rdflib.URIRef(f"{BASE}provenance.jsonld#{number['id']}")
        assert str(found.value(at, PROV.value)) == number["text"]
        stands = str(found.value(at, PROV.atLocation)).removeprefix(f"{BASE}briefing.html#")
        assert stands in sections | exhibits
        sources = set(found.objects(at, PROV.wasDerivedFrom))
        assert {str(it).rpartition("#")[2].removeprefix("c-") for it in sources} == {
            *number["claims"]}  # fmt: skip
        computation = found.value(at, PROV.wasGeneratedBy)
        if computation:
            assert str(found.value(computation, RDFS.label)) == number["formula"]
            assert set(found.objects(computation, PROV.used)) == sources
        for source in sources:
            assert found.value(source, RDFS.label)
            if place := found.value(source, PROV.wasDerivedFrom):
                assert (place, RDF.type, OA.Annotation) in places


def test_the_page_says_what_it_is_and_what_it_is_based_on_as_data_alone(built):
    html = (built / "briefing.html").read_text(encoding="utf-8")
    (block,) = BeautifulSoup(html, "html.parser")("script")
    assert block.attrs == {"type": "application/ld+json"}
    found = graph(block.string, "briefing.html")
    assert unknown(found, SDO) == set()
    (report,) = found.subjects(RDF.type, SDO.Report)
    based = set(found.objects(report, SDO.isBasedOn))
    works = {linked._name(article) for article in load().articles.values()}
    ids = {anchor["id"] for anchor in BeautifulSoup(html, "html.parser").select(".claims li")}
    records = {f"{BASE}briefing.html#{id}" for id in ids if id.startswith("c-rec-")}
    package = json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))
    assert set(map(str, based)) == {package["id"], *works, *records}
    assert records
    dataset = rdflib.URIRef(package["id"])
    assert (dataset, RDF.type, SDO.Dataset) in found
    said = str(found.value(report, SDO.description))
    assert said != package["description"]
    assert re.search(f'<meta name="description" content="{re.escape(said[:40])}', html)
    assert str(found.value(report, SDO.inLanguage)) == LANGUAGE


def test_no_article_can_end_the_data_or_begin_a_script():
    from briefing.render.html import _data_block

    assert "<" not in _data_block({"name": "</script><script>run()</script><!--"})
