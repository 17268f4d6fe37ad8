"""The data package and the citation, as machines read them."""

from __future__ import annotations

import json

import pytest
import yaml
from conftest import INVENTED

from briefing.claims.load import DEFAULT_DATA, load

BOTH = pytest.mark.parametrize("folder", [INVENTED, DEFAULT_DATA], ids=["invented", "real"])


def test_each_table_has_its_own_licence_and_sources_as_the_tables_themselves_tell():
    dossier = load()
    package = json.loads((dossier.folder / "datapackage.json").read_text(encoding="utf-8"))
    origins = {row["id"]: row for row in dossier.tables["sources"].rows}
    titles = [f"{article.short}: {article.title}" for article in dossier.everyone.values()]
    for resource in package["resources"]:
        told = (
            [it["title"] for it in resource["licenses"]],
            [it["title"] for it in resource["sources"]],
        )
        rows = dossier.tables[resource["name"]].rows
        used = [
            origins[id] for id in dict.fromkeys(row["source"] for row in rows if "source" in row)
        ]
        if used:
            assert told == ([it["terms"] for it in used], [it["title"] for it in used])
        else:
            ours = resource["path"].startswith("reference/")
            assert resource["licenses"][0]["name"] == "CC-BY-4.0"
            assert told[1] == (["This project"] if ours else titles)


@BOTH
def test_the_package_is_of_the_second_version_of_the_standard(folder):
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert all(who["roles"] for who in package["contributors"])
    assert {resource["type"] for resource in package["resources"]} == {"table"}
    assert "profile" not in package
    assert not [it["name"] for it in package["resources"] if "profile" in it]


def test_the_citation_says_what_the_package_says():
    package = json.loads((DEFAULT_DATA / "datapackage.json").read_text(encoding="utf-8"))
    cited = yaml.safe_load((DEFAULT_DATA.parent / "CITATION.cff").read_text(encoding="utf-8"))
    for name in ("title", "version", "keywords"):
        assert cited[name] == package[name]
    assert cited["identifiers"][0]["value"] == package["id"]
    assert str(cited["date-released"]) == package["created"][:10]
    assert [it["name"] for it in cited["authors"]] == [
        it["title"] for it in package["contributors"]
    ]
