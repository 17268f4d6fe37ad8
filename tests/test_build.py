"""A whole edition: what it holds, that it is the same every time, and how it fails."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from briefing.claims.load import load
from briefing.render.build import build, replaced_whole
from briefing.render.document import uses_of
from briefing.render.edition import ROOT, made_from, prepare
from briefing.render.evidence import RECORDS
from briefing.report.lint import sentences, typed_numbers
from briefing.report.text import typed_numerals

FIGURES = ROOT / "figures"
PICTURE = "exhibits/page-one.png"


def run(verb: list[str], root: Path = ROOT) -> subprocess.CompletedProcess:
    """A verb in a process of its own, as make calls it."""
    environment = {**os.environ, "PYTHONPATH": str(root / "notebooks")}
    command = [sys.executable, "-m", "briefing", *verb]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="session")
def manifest(built) -> dict:
    return json.loads((built / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def html(built) -> BeautifulSoup:
    return BeautifulSoup((built / "briefing.html").read_text(encoding="utf-8"), "html.parser")


def files_of(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_an_edition_holds_everything(built, manifest):
    present = set(files_of(built))
    chapters = {f"chapters/{path.name}" for path in (ROOT / "notebooks").glob("[0-9]-*.ipynb")}
    exhibits = {file for exhibit in manifest["exhibits"] for file in exhibit["files"]}
    assert present - chapters - exhibits == {
        "briefing.html", "briefing.pdf", "manifest.json", "page-one.pdf", "summary.txt",
        "annotations.jsonld", "claims.jsonld", "provenance.jsonld",
    }  # fmt: skip
    assert chapters | exhibits < present
    # For forwarding: page one in plain words, nothing of its markup.
    forwarded = " ".join((built / "summary.txt").read_text(encoding="utf-8").split())
    lede = manifest["sentences"][0]["text"].replace("\xa0", " ")
    assert lede in forwarded.replace("\xa0", " ")
    assert not re.search(r"[<{]|\*\*", forwarded)


def test_each_chapter_has_charts_and_tables(manifest):
    for number in "1234":
        kinds = {item["kind"] for item in manifest["exhibits"] if item["number"][0] == number}
        # Who wants what is no quantity, and has nothing to plot.
        assert kinds == ({"table"} if number == "4" else {"chart", "table"}), number


def test_every_number_on_the_page_is_listed_and_names_claims_that_exist(html, manifest):
    published = {item["text"] for item in manifest["numbers"]}
    # On the page a range does not break behind its dash.
    shown = [element.get_text().replace("\u2060", "") for element in html.find_all("data")]
    assert len(shown) > 50
    assert set(shown) - published == set()
    ids = {claim.id for claim in load().claims} | set(RECORDS) | set(load().record.origins)
    for number in manifest["numbers"]:
        assert number["claims"], number
        assert set(number["claims"]) <= ids, number


def unused(manifest: dict) -> set[str]:
    """The claims that no chapter of the edition shows."""
    uses = uses_of(s for s in manifest["document"]["sections"] if s["id"] != "evidence")
    return {claim.id for claim in load().claims} - set(uses)


def test_every_claim_is_used_or_set_down_as_not_used(manifest):
    told = {row["id"] for row in load().tables["not_used"].rows}
    assert unused(manifest) == told
    assert manifest["untold"] == []


def test_a_computed_number_follows_from_its_formula(manifest):
    """The formula, with each claim's bound put in, gives the number that was printed."""
    exact = {
        item["formula"]: float(item["low"])
        for item in manifest["numbers"]
        if item["low"] == item["high"] and " " not in item["formula"] and item["low"]
    }
    checked = 0
    for item in manifest["numbers"]:
        terms = item["formula"].split(" ")
        if len(terms) != 3 or item["low"] != item["high"]:
            continue
        left, sign, right = terms
        if left in exact and right in exact and sign in "+−×÷":
            a, b = exact[left], exact[right]
            result = {"+": a + b, "−": a - b, "×": a * b, "÷": a / b if b else 0}[sign]
            scale = 100 if item["unit"] == "%" else 1
            assert float(item["low"]) == pytest.approx(result * scale), item
            checked += 1
    assert checked >= 4


AMOUNT = re.compile(r"\$\d[\d.,]*(?:bn|\sbillion|\smillion)?|\d[\d.]*(?:–\d+)?%|\d{1,3}(?:,\d{3})+")


def amounts(text: str) -> list[str]:
    """Money, percentages and large counts in a text, as printed."""
    return [found.replace("\xa0", " ") for found in AMOUNT.findall(text)]


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not here")
def test_every_amount_in_the_pdf_is_published(built, manifest):
    """Amounts before the annexes, read from the PDF itself, against the manifest."""
    command = ["pdftotext", "-layout", built / "briefing.pdf", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    body = text.split("Words of likelihood")[0]
    body = re.sub(r"\s+", " ", re.sub(r"\bE\d+(?:[–, ]+E\d+)*(?:, …)?", "", body))
    listed = " ".join(item["text"] for item in manifest["numbers"]).replace("\xa0", " ")
    listed += " ".join(item["alt"] + item["title"] for item in manifest["exhibits"])
    ticks = " ".join(svg.read_text(encoding="utf-8") for svg in built.glob("exhibits/*.svg"))
    found = amounts(body)
    assert len(found) > 40
    assert [
        amount for amount in found if amount not in listed and f"<!-- {amount} -->" not in ticks
    ] == []


def test_each_chart_says_in_words_what_it_shows(html):
    charts = html.select("figure.chart .plot.wide svg")
    labels = [chart["aria-label"] for chart in charts]
    described = [html.find(id=chart["aria-details"]).get_text() for chart in charts]
    assert len(labels) == len(set(labels)) == len(html.select("figure.chart")) >= 5
    for text in labels + described:
        assert len(text.split()) > 5, text


def test_evidence_leads_both_ways(html):
    """From a number to its claims, from a claim to its uses, and back, by links alone."""
    anchors = {element["id"] for element in html.find_all(id=True)}
    entries = html.select(".claims li[id]")
    assert len(entries) > 150
    used = {link["href"].removeprefix("#") for link in html.select(".claims li a[href^='#']")}
    assert len(used) >= 15
    shown = {it["data-claims"] for it in html.select("button:has(data, time) data")}
    claims = {f"c-{id}" for them in shown for id in them.split()}
    opened = {button["popovertarget"] for button in html.select("button:has(data, time)")}
    assert (used | claims | opened) - anchors == set()


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.py")), ids=lambda p: p.stem)
def test_no_number_is_typed_into_a_module_of_a_chapter(path):
    source = path.read_text(encoding="utf-8")
    typed = [(text, typed_numerals(text)) for text in sentences(source)]
    assert [text for text, found in typed if found] == []


@pytest.mark.parametrize(
    ("cell", "numeral"),
    [
        ('say("Trade came to 171 billion.")', "171 billion"),
        ('say("Trade came to {x}.", otherwise="It doubled in two years.", x=None)', "two"),
        ('chapter.chart("x", None, title="Half of all arms since 2016")', "Half"),
    ],
)
def test_a_typed_number_is_named_with_its_place(cell, numeral):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    assert next(typed_numbers(notebook)).startswith(f"cell 0: {numeral!r}")


def test_the_readme_tells_what_the_briefing_shows(manifest):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    published = {item["text"].replace("\xa0", " ") for item in manifest["numbers"]}
    for told in re.findall(r"(?:about|around) [\d.–]+%", readme):
        assert told in published, told
    told = r"Of (\d+) matters .*?(\d+) are mis-dated, (\d+) are off, and it confirms (\d+)\."
    # What failed comes first in the manifest: a matter's first check has its verdict.
    matters = {made["matter"]: made["verdict"] for made in reversed(manifest["verdicts"])}
    kinds = Counter(matters.values())
    counts = [len(matters), kinds["mis-dated"], kinds["off"], kinds["confirmed"]]
    assert [*map(int, re.search(told, readme, re.S).groups())] == counts


def test_the_page_asks_for_nothing_and_without_texts_shows_no_sentence(built, html):
    text = (built / "briefing.html").read_text(encoding="utf-8")
    assert text.count("<script") == text.count('<script type="application/ld+json">') == 1
    assert len(text.encode()) < 1_000_000
    assert not html.select(".sentence")


def test_two_builds_are_identical(built, tmp_path):
    again = build(prepare("default", [], None, ""), tmp_path / "again", lambda step: None, True)
    first, second = files_of(built), files_of(again)
    assert [name for name in first if first[name] != second.get(name)] == []
    # The second has a picture of page one as well, which the repository publishes.
    assert set(second) - set(first) == {PICTURE}
    assert files_of(FIGURES)[PICTURE] == second[PICTURE], "make figures"


def test_figures_are_what_the_code_makes(built):
    fresh = files_of(built)
    published = files_of(FIGURES)
    assert {"briefing.html", "briefing.pdf"} <= set(published)
    kept = ("exhibits/", "briefing.", "annotations.", "claims.", "provenance.")
    wanted = {name for name in fresh if name.startswith(kept)}
    assert set(published) == wanted | {PICTURE}
    stale = [name for name in sorted(wanted) if published[name] != fresh[name]]
    assert stale == [], "make figures"


def test_a_parameter_changes_numbers_prose_charts_and_titles(wire_only):
    other = json.loads((wire_only / "manifest.json").read_text(encoding="utf-8"))
    assert not {item["text"] for item in other["numbers"]} & {"US$97 billion", "US$109 billion"}
    told = [item["title"] + item["subtitle"] + item["alt"] for item in other["exhibits"]]
    assert not [text for text in told if "op-ed" in text or "explainer" in text]
    page = (wire_only / "briefing.html").read_text(encoding="utf-8")
    assert "oped-" not in page
    assert "articles ap" in page


def _break_half_way(out: Path) -> None:
    with replaced_whole(out) as stage:
        (stage / "briefing.html").write_text("half")
        raise RuntimeError("broken on the way")


def test_a_failed_build_leaves_the_last_good_one(tmp_path):
    out = tmp_path / "edition"
    with replaced_whole(out) as stage:
        (stage / "briefing.html").write_text("good")
    with pytest.raises(RuntimeError, match="on the way"):
        _break_half_way(out)
    assert (out / "briefing.html").read_text() == "good"
    assert [path.name for path in tmp_path.iterdir()] == ["edition"]


@pytest.fixture
def workshop(tmp_path) -> Path:
    """A copy of the project to break."""
    root = tmp_path / "project"
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns("texts"))
    shutil.copy(ROOT / "requirements.txt", root)
    return root


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nonsense_here()", ["1-trade.ipynb, cell ", "nonsense_here"]),
        ('say("Trade came to 171 billion.")', ["1-trade.ipynb", "'171 billion' is typed into"]),
    ],
)
def test_a_broken_chapter_exits_with_one_and_names_the_cell(workshop, source, said):
    path = workshop / "notebooks" / "1-trade.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[3].source = source
    nbformat.write(notebook, path)
    done = run(["chapter", "1-trade"], workshop)
    assert done.returncode == 1, done.stderr
    assert [part for part in [*said, "failed: "] if part not in done.stderr] == []
    assert "Traceback" not in done.stderr
    assert not (workshop / "build" / "default-1-trade").exists()


def test_a_broken_build_names_the_row_and_our_line_in_one_screen(workshop):
    path = workshop / "notebooks" / "trade.py"
    told = "    fits = export_fits(row)\n"
    source = path.read_text(encoding="utf-8")
    assert source.count(told) == 1
    source = source.replace(told, f"{told}    breaking(fits[0])\n")
    source += "\n\ndef breaking(fit):\n    return fit.claim.value.high * None\n"
    path.write_text(source, encoding="utf-8")
    done = run(["chapter", "1-trade"], workshop)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    at = len(source.splitlines())
    assert re.match(r"failed: 1-trade\.ipynb, cell \d+: TypeError: unsupported operand", lines[0])
    assert lines[1] == "  row at hand: quantities.csv, row gwc-exports-us (line 4)"
    assert f"  trade.py, line {at}, in breaking: return fit.claim.value.high * None" in lines
    assert re.match(r"  cell \d+, line 1: parts = trade\.exports_within_trade\(", lines[-1])
    assert len(lines) < 12


def test_what_lies_beside_the_tables_is_no_input(workshop):
    folder = workshop / "data"
    before = made_from(prepare("default", [], str(folder), ""))
    for name in (".changing", "suggested"):  # of a change that was killed, and for who codes
        shutil.copytree(folder / "reference", folder / name)
    assert made_from(prepare("default", [], str(folder), "")) == before
