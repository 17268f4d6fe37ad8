"""A site: every link leads somewhere, and nothing in it is anybody else's."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from briefing.claims.load import load
from briefing.errors import Refusal
from briefing.render.folders import clean, out_folder
from briefing.render.page_check import faults
from briefing.render.site import site

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("build") / "site"
    return site(out, None, ["wire-only"], "https://example.org/a/", lambda step: None)


def test_every_link_of_its_pages_leads_to_a_file_of_it(made):
    pages = sorted(made.rglob("*.html"))
    assert {made / "index.html", made / "404.html", made / "wire-only/index.html"} < set(pages)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert faults(text) == []
        for link in BeautifulSoup(text, "html.parser")("a"):
            path = link["href"].partition("#")[0]
            if path and not path.startswith(("http", "data:")):
                assert (page.parent / path).exists(), (page, path)
    linked = BeautifulSoup((made / "index.html").read_text("utf-8"), "html.parser")
    told = [a["href"] for a in linked.select("footer .files a")]
    assert told[-4:] == ["wire-only/", "compare/default--wire-only.html",
                         "data/datapackage.json", "corrections.xml"]  # fmt: skip


def test_the_data_is_whole_and_loads_and_no_text_is_in_it(made):
    assert load(made / "data").claims == load().claims
    assert {path.name for path in made.rglob("*.txt")} == {"summary.txt"}


def test_the_feed_has_each_correction_once_the_latest_first(made):
    feed = ElementTree.parse(made / "corrections.xml").getroot()
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    dates = [entry.findtext(f"{ATOM}updated") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(load().tables["corrections"].rows)
    assert dates == sorted(dates, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == dates[0]
    assert feed.find(f"{ATOM}link").get("href") == "https://example.org/a/corrections.xml"


def test_a_later_site_takes_its_place_unless_somebody_put_something_there(made):
    assert out_folder(made) == made
    (made / "thesis.txt").write_text("three years")
    with pytest.raises(Refusal, match="thesis"):
        out_folder(made)
    assert clean(made.parent) != []
    (made / "thesis.txt").unlink()
    assert clean(made.parent) == []
    assert not made.exists()
