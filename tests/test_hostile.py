"""Text from a table is text everywhere: on the page, in charts, in JupyterLab.

Every column of every table that holds words gets markup of its own, with a marker that names the
column; one edition is built of them all, and each column is looked for in everything made of it.
"""

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from conftest import rewrite
from nbconvert.filters import markdown2html

from briefing.render.build import build
from briefing.render.edition import ROOT, prepare

#: Columns that name rows or hold a query: words in them are looked up, never shown.
LOOKED_UP = set("topic claims headline hedge comparable_with query read_as resolution".split())
#: No blanks, so that a phrase stays as short as it has to be; no digit; one slash alone, for Typst
#: tries to break a line after each.
MARKUP = '"\'><script>{0}<img/onerror={0}>#panic("{0}")$x^y$[{0}]*_`\\'


def text_columns() -> list[tuple[str, str]]:
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    found = []
    for resource in package["resources"]:
        keys = {key["fields"] for key in resource["schema"].get("foreignKeys", [])}
        for field in resource["schema"]["fields"]:
            held = {"enum", "pattern"} & set(field.get("constraints", {}))
            if field["type"] == "string" and not held and field["name"] not in keys | LOOKED_UP:
                found.append((resource["path"], field["name"]))
    return found


COLUMNS = text_columns()
MARKERS = {
    column: "zq" + "".join("abcdefghij"[int(digit)] for digit in f"{index:03}")
    for index, column in enumerate(COLUMNS)
}


def plant(folder: Path) -> None:
    """Markup into every cell of every text column; addresses that run what follows them."""

    def marked(path: str, row: dict[str, str]) -> dict[str, str]:
        mine = {column: marker for (table, column), marker in MARKERS.items() if table == path}
        return row | {
            column: f"javascript:alert('{marker}')"
            if column == "address"
            else row[column] + MARKUP.format(marker)
            for column, marker in mine.items()
            if row[column]
        }

    for path in {path for path, _ in COLUMNS}:
        rewrite(folder / path, lambda rows, path=path: [marked(path, row) for row in rows])


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> Path:
    """An edition of a dossier with markup in all its words."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("texts"))
    plant(folder / "data")
    edition = prepare("default", [], str(folder / "data"), "")
    return build(edition, folder / "default", lambda step: None)


@pytest.fixture(scope="module")
def looked_at(planted) -> dict[str, list[BeautifulSoup]]:
    """Everything that was made of it and that something could run in, read as its reader would."""
    page = (planted / "briefing.html").read_text(encoding="utf-8")
    notebooks = [json.loads(path.read_text()) for path in (planted / "chapters").glob("*.ipynb")]
    outputs = [
        read("".join(output["data"].get(face, "")))
        for notebook in notebooks
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        for face, read in (("text/html", str), ("text/markdown", markdown2html))
    ]
    drawings = [path.read_text(encoding="utf-8") for path in planted.glob("exhibits/*.svg")]
    assert all(map(ElementTree.fromstring, drawings)), "they are sound documents"
    made = {"page": [page], "JupyterLab": outputs, "SVG": drawings}
    return {
        what: [BeautifulSoup(text, "html.parser") for text in texts] for what, texts in made.items()
    }


@pytest.mark.parametrize("what", ["page", "JupyterLab", "SVG"])
def test_words_of_a_table_never_become_an_element(what, looked_at):
    planted = re.compile("zq[a-j]{3}|javascript:")
    for soup in looked_at[what]:
        assert not soup.select("script:not([type='application/ld+json']), iframe")
        for tag in soup.find_all(True):
            assert not [name for name in tag.attrs if name.startswith("on")]
            led = [str(tag.get(name, "")) for name in ("src", "href", "xlink:href")]
            led = [address for address in led if not address.startswith("data:text/csv")]
            assert not [address for address in led if planted.search(address)]


def test_what_a_reader_sees_is_what_the_table_says(looked_at):
    """The words come through whole, so that nothing was cut away to be safe."""
    words = looked_at["page"][0].get_text()
    shown = [column for column in COLUMNS if f"<script>{MARKERS[column]}<img" in words]
    assert ("articles.csv", "short") in shown
    assert ("quantities.csv", "statement") in shown
    assert ("parties.csv", "name") in shown
    assert ("checks.csv", "matter") in {(Path(path).name, name) for path, name in shown}
    assert len(shown) > 20
