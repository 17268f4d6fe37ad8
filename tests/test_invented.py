"""The invented dossier, from its tables to HTML and PDF, with no text from outside.

Values in another currency, a bound, a negative change, right-to-left words and combining
characters go the same way as the real ones: through a chapter, the press and the evidence.
"""

import csv
import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import INVENTED
from scale import write

from briefing.claims.load import load
from briefing.render.build import build
from briefing.render.edition import ROOT, Edition
from briefing.report.parameters import every_parameter, what_counts

CHAPTER = INVENTED / "1-quay.ipynb"


def edition(texts: Path | None, **changed) -> Edition:
    parameters = every_parameter([CHAPTER])
    defaults = {name: item.default for name, item in parameters.items()}
    values = {**defaults, "data": str(INVENTED), **changed}
    dossier = what_counts(load(values["data"]), values)
    return Edition("invented", [CHAPTER], parameters, values, dossier, texts)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The invented chapter, built with the texts."""
    out = tmp_path_factory.mktemp("invented") / "edition"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT / "notebooks"))
        return build(edition(INVENTED / "texts"), out, lambda step: None)


@pytest.fixture(scope="module")
def page(built) -> BeautifulSoup:
    return BeautifulSoup((built / "briefing.html").read_text(encoding="utf-8"), "html.parser")


def test_every_figure_of_the_dossier_is_shown(built, page):
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    claims = {id for number in manifest["numbers"] for id in number["claims"]}
    assert {claim.id for claim in load(INVENTED).quantities} <= claims
    chart = page.select_one("#exhibit-1-1 svg").get_text()
    assert "<$2bn" in chart
    assert "$2.3bn" in chart
    texts = {element.get_text().replace("\xa0", " ") for element in page.find_all("data")}
    assert {"less than US$2 billion", "VEL 750,000", "more than VEL 14 billion", "−2.3%"} <= texts


def test_a_number_opens_its_sentence_with_the_phrase_marked(built, page):
    texts = {
        article.id: (INVENTED / "texts" / article.file).read_bytes().decode("utf-8")
        for article in load(INVENTED).articles.values()
    }
    marked = page.select(".claims .sentence mark")
    phrases = {claim.phrase for claim in load(INVENTED).claims}
    assert {mark.get_text() for mark in marked} == phrases
    for sentence in page.select(".claims .sentence"):
        words = sentence.get_text()
        assert any(words in text for text in texts.values()), words


def test_the_page_of_a_large_dossier_stays_readable(tmp_path):
    """Tables fold, lists end, what is not cited is not listed; and the files beside it have all."""
    write(1_240, tmp_path)
    large = edition(tmp_path / "texts", data=str(tmp_path / "data"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT / "notebooks"))
        out = build(large, tmp_path / "out", lambda step: None)
    html = (out / "briefing.html").read_text(encoding="utf-8")
    assert len(html.encode()) < 2e6
    page = BeautifulSoup(html, "html.parser")
    figures = page.select_one("#exhibit-1-2")
    many = len(large.dossier.quantities)
    assert len(figures.select("tbody tr")) == 100
    assert f"the first 100 of {many} rows" in figures.get_text()
    assert figures.select_one("a.data")["href"] == "exhibits/claims.csv"
    with (out / "exhibits/claims.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == many
    listed = {it["id"].removeprefix("c-") for it in page.select(".claims li")}
    cited = {id for it in page.select("[data-claims]") for id in it["data-claims"].split()}
    assert cited <= listed
    assert f"cites, {len(listed)} of 1,240 that count" in page.select_one("#evidence p").get_text()
    assert not page.select(".claims .unused")
    assert "; 20 more" in page.select_one("footer").get_text()
    places = json.loads((out / "annotations.jsonld").read_text(encoding="utf-8"))
    assert len(places["items"]) == 1_240
