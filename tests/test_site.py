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


ADDRESS = "https://example.org/a/"


@pytest.fixture(scope="module")
def made(tmp_path_factory, wire_only) -> Path:
    """A site that takes the place of one with fewer articles."""
    out = tmp_path_factory.mktemp("build") / "site"
    return site(out, None, ["wire-only"], ADDRESS, lambda step: None, wire_only)


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
    assert told[-5:] == ["wire-only/", "compare/default--wire-only.html",
                         "compare/published--default.html", "data/datapackage.json",
                         "corrections.xml"]  # fmt: skip


def test_its_notes_tell_what_changed_since_the_last_one(made, tmp_path):
    told = (made / "changes.txt").read_text(encoding="utf-8")
    assert told.split("\n\n")[1].startswith("Made from articles all instead of ap")
    assert told.endswith(f"In full: {ADDRESS}compare/published--default.html\n")
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(Refusal, match=r"manifest\.json"):
        site(tmp_path / "site", None, [], "", lambda step: None, tmp_path)
    assert not (tmp_path / "site").exists()


def test_the_data_is_whole_and_loads_and_no_text_is_in_it(made):
    assert load(made / "data").claims == load().claims
    assert {path.name for path in made.rglob("*.txt")} == {"summary.txt", "changes.txt"}


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
