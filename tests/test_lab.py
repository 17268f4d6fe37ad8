"""What an analyst does in JupyterLab, done there: open, change, run, misspell, keep, build."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
import yaml
from conftest import ROOT, house_in, rows_of, run, surroundings
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

CHAPTERS = sorted(path.name for path in (ROOT / "notebooks").glob("[0-9]-*.ipynb"))
TRADE = "1-trade.ipynb"
#: Seconds that a step may take on a busy machine; what is waited for comes much sooner.
PATIENCE = 120


# A house of its own, with JupyterLab in it ------------------------------------------------


@pytest.fixture(scope="module")
def house(chromium, tmp_path_factory) -> Path:
    """What JupyterLab and a build need."""
    house = house_in(tmp_path_factory.mktemp("lab") / "house")
    # Cells out of sight would be taken out of the page, and out of the tests' reach.
    settings = house / "build/.cache/jupyter/config/labconfig/default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    tracker = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}
    settings.write_text(json.dumps(tracker))
    return house


def make(house: Path, *words: str) -> list[str]:
    """The command that calls make, with everything installed already."""
    return ["make", "-C", str(house), "-o", ".venv/.installed", *words]


@pytest.fixture(scope="module")
def address(house: Path) -> Iterator[str]:
    """What `make lab` opens in a browser, while it runs; then it is ended, with its kernels."""
    opened, browser, log = (house / "build" / name for name in ("opened", "browser", "log"))
    browser.write_text(
        f'#!/bin/sh\nprintf %s "$1" > "{opened}.new" && mv "{opened}.new" "{opened}"\n'
    )
    browser.chmod(0o755)
    environment = surroundings(BROWSER=f"{browser} %s")
    with log.open("w") as told:
        command = make(house, "lab", "ARGS=--allow-root")
        lab = subprocess.Popen(command, env=environment, stdout=told, stderr=told)
    end = time.monotonic() + PATIENCE
    while not opened.exists() and lab.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    try:
        assert opened.exists(), log.read_text()
        yield opened.read_text()
    finally:
        lab.terminate()
        lab.wait(PATIENCE)
    assert not list((house / "build/.cache/jupyter/runtime").glob("kernel-*.json"))


@dataclass
class Lab:
    """JupyterLab in a browser: its page, where that began, and all that it has fetched."""

    page: Page
    began: str = ""
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def lab(browser: Browser, address: str) -> Iterator[Lab]:
    """JupyterLab as `make lab` opens it."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(PATIENCE * 1000)
    expect.set_options(timeout=PATIENCE * 250)
    lab = Lab(context.new_page())
    lab.page.on("request", lambda request: lab.asked.append(request.url))
    lab.page.goto(address)
    lab.page.wait_for_url("**/lab/tree/**")
    lab.began = lab.page.url
    yield lab
    context.close()


# A chapter in it, worked as a person works ------------------------------------------------

#: Whether every code cell has run, or was called off after an error, since the first had `before`.
#: A folded cell shows no prompt.
RAN = r"""([panel, number, before]) => {
  const prompts = [...panel.querySelectorAll(".jp-CodeCell .jp-InputArea-prompt")]
    .map(prompt => prompt.textContent);
  return panel.querySelectorAll(".jp-CodeCell").length === number && prompts[0] !== before
    && /\d/.test(prompts[0]) && !prompts.some(prompt => prompt.includes("*"));
}"""
ERROR = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type$=".stderr"]'


class Chapter:
    """A chapter that is open in JupyterLab, in a tab of its own."""

    def __init__(self, page: Page, path: Path) -> None:
        """Open it from the list of files, or go to its tab, and wait for its kernel."""
        self.page, self.path = page, path
        page.locator(".jp-DirListing-item", has_text=path.name).dblclick()
        self.tab = page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=path.name)
        expect(self.tab).to_have_class(re.compile("lm-mod-current"))
        self.panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.panel.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
        self.length = sum(cell.cell_type == "code" for cell in self.saved())
        expect(self.panel.locator(".jp-CodeCell")).to_have_count(self.length)

    def saved(self) -> list[nbformat.NotebookNode]:
        """The cells as they are saved."""
        return nbformat.read(self.path, as_version=4).cells

    def code(self, at: int) -> Locator:
        """A code cell, counted from either end."""
        return self.panel.locator(".jp-CodeCell").nth(at % self.length)

    def prompt(self, at: int) -> Locator:
        """The brackets before a code cell: empty, starred or with a number."""
        return self.code(at).locator(".jp-InputArea-prompt")

    def write(self, at: int, source: str) -> None:
        """Replace what stands in a code cell."""
        self.code(at).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)
        expect(self.code(at).locator(".cm-line")).to_have_text(source.split("\n"))

    def run_all(self) -> str:
        """Ask for all cells to be run; what stood before the first."""
        before = self.prompt(0).inner_text()
        for item in ("Run", "Run All Cells"):
            self.page.get_by_role("menuitem", name=item, exact=True).click()
        return before

    def wait(self, before: str) -> None:
        """Wait until all cells have run."""
        self.tab.click()
        state = [self.panel.element_handle(), self.length, before]
        self.page.wait_for_function(RAN, arg=state)

    def run_with(self, parameters: str) -> None:
        """Put this into the parameters cell and run all cells."""
        self.write(0, parameters)
        self.wait(self.run_all())

    def save(self) -> None:
        """Save the notebook."""
        self.page.keyboard.press("Control+S")
        expect(self.tab).not_to_have_class(re.compile("jp-mod-dirty"))

    def shows(self) -> dict[str, str]:
        """The first chart's title and alternative text, and all that the tables say."""
        chart = self.panel.locator("figure.briefing:has(img)").first
        return {
            "title": re.sub(r"^Exhibit [\d.]+ ", "", chart.locator("strong").inner_text()),
            "alt": chart.locator("img").get_attribute("alt"),
            "tables": " ".join(self.panel.locator("figure.briefing table").all_inner_texts()),
        }


def put(source: str, name: str, value: object) -> str:
    """The parameters cell with another default."""
    line = re.compile(rf"^({name}: [^=]+ = ).+?(  #|$)", re.M)
    assert len(line.findall(source)) == 1, source
    return line.sub(lambda match: match[1] + json.dumps(value) + match[2], source)


# The tests --------------------------------------------------------------------------------


@pytest.fixture
def trade(lab: Lab, house: Path) -> Chapter:
    return Chapter(lab.page, house / "notebooks" / TRADE)


@pytest.fixture(scope="module")
def parameters() -> str:
    """The parameters cell of the chapter on trade, as the repository has it."""
    cells = nbformat.read(ROOT / "notebooks" / TRADE, as_version=4).cells
    return next(cell.source for cell in cells if "parameters" in cell.metadata.get("tags", []))


def test_make_lab_opens_the_summary_of_the_whole_repository(lab):
    assert "/lab/tree/notebooks/0-summary.ipynb" in lab.began
    expect(lab.page.get_by_role("heading", name="Summary")).to_be_visible()


def test_every_chapter_runs_from_its_first_cell_to_its_last(lab, house):
    names = [name for name in CHAPTERS if name != TRADE]  # the tests below run it
    for name in names:  # all at first, so that their kernels start side by side
        lab.page.locator(".jp-DirListing-item", has_text=name).dblclick()
    chapters = [Chapter(lab.page, house / "notebooks" / name) for name in names]
    before = []
    for chapter in chapters:
        chapter.tab.click()
        before.append(chapter.run_all())
    for chapter, prompt in zip(chapters, before, strict=True):
        chapter.wait(prompt)
        errors = chapter.panel.locator(ERROR)
        assert errors.count() == 0, errors.all_inner_texts()
        expect(chapter.prompt(-1)).to_have_text(re.compile(rf"\[{chapter.length}\]"))
        assert chapter.panel.locator(".jp-OutputArea-output").count() > 0
    own = re.compile(r"(https?|wss?)://localhost:|data:|blob:|file:")
    assert [url for url in lab.asked if not own.match(url)] == []


def test_the_form_changes_what_stands_below_in_place(trade, parameters, house):
    trade.run_with(parameters)
    assert all("China" in text for text in trade.shows().values())
    assert trade.panel.locator(ERROR).count() == 0
    form = trade.code(1)
    for name in re.findall(r"^(\w+): .+  # ", parameters, re.M):
        expect(form.get_by_label(name, exact=True)).to_be_visible()
    form.get_by_label("partners").select_option(["russia", "us"])
    expect(form).to_contain_text("Exhibit 1.1: Vietnam’s trade with the United States")
    chart = trade.panel.locator("figure.briefing img").first
    assert round(chart.bounding_box()["width"]) == 724
    changed = trade.shows()
    assert all("China" not in text for text in changed.values())
    assert "United States" in changed["alt"]
    form.get_by_label("opinion").uncheck()
    form.get_by_label("prefer").select_option("oped")
    expect(form).to_contain_text("parameter prefer: 'oped' stands there")
    assert trade.shows()["title"] == changed["title"]
    save = form.get_by_role("button", name="Save as edition")
    form.get_by_label("edition", exact=True).fill("from-form")
    save.click()
    expect(form).to_contain_text("Not saved")
    form.get_by_label("prefer").select_option("ap")
    # Without the op-ed a sentence more is told than there was a place for, as before.
    expect(form).to_contain_text(re.compile(r"Nothing told below has changed|Changed:\s*More, "))
    save.click()
    expect(form).to_contain_text("Saved as from-form.yaml")
    kept = yaml.safe_load((house / "notebooks/editions/from-form.yaml").read_text("utf-8"))
    assert (kept["partners"], kept["opinion"], kept["prefer"]) == (["russia", "us"], False, "ap")


def test_what_is_misspelt_is_named_in_the_cell_that_refuses_it(trade, parameters):
    trade.run_with(parameters.replace("partners: ", "partnres: "))
    message = trade.code(1).locator(ERROR)
    expect(message).to_contain_text(re.compile(r"parameter partnres: .* did you mean 'partners'\?"))
    assert len(message.inner_text().strip().splitlines()) == 1


def test_changed_values_change_what_is_told_and_are_built_even_beside_a_saved_change(
    trade, parameters, house
):
    partners, articles = ["russia", "us"], ["ap", "gwc"]
    edited = put(put(parameters, "partners", partners), "articles", articles)
    trade.run_with(edited)
    changed = trade.shows()
    assert all("China" not in text for text in changed.values())
    assert "United States" in changed["title"]
    trade.write(-1, 'chapter.save_edition("mine")')
    trade.page.keyboard.press("Control+Enter")
    told = trade.code(-1).locator(".jp-OutputArea-output", has_text="Build it: make")
    (command,) = re.findall(r"Build it: make (.+)", told.inner_text())
    kept = yaml.safe_load((house / "notebooks/editions/mine.yaml").read_text(encoding="utf-8"))
    assert (kept["partners"], kept["articles"], kept["year"]) == (partners, articles, None)

    trade.save()
    assert edited in [cell.source for cell in trade.saved()]
    done = run(*make(house, *command.split(), "SET=chapters=1-trade"))
    assert done.returncode == 0, done.stderr
    manifest = json.loads((house / "build/mine/manifest.json").read_text(encoding="utf-8"))
    built = manifest["parameters"]
    assert (built["partners"], built["articles"]) == (partners, articles)
    chart = next(each for each in manifest["exhibits"] if each["key"] == "two-way-trade")
    assert (chart["title"], chart["alt"]) == (changed["title"], changed["alt"])


def test_a_cell_that_failed_is_not_run_by_the_form_and_one_that_fails_there_is_named(
    trade, parameters
):
    trade.run_with(parameters)
    form = trade.code(1)
    fails = 'if prefer == "gwc":\n    raise KeyError("mine")'
    for source, prefer, told in (
        ("1 / 0", "ap", "Nothing told below has changed"),
        (fails, "gwc", "KeyError in the cell if prefer"),
    ):
        trade.write(-1, source)
        trade.page.keyboard.press("Control+Enter")
        expect(trade.prompt(-1)).to_have_text(re.compile(r"\d"))
        form.get_by_label("prefer").select_option(prefer)
        expect(form).to_contain_text(told)


def test_at_the_desk_a_numeral_goes_from_the_text_into_the_tables(lab, house, without_column):
    folder, _ = without_column
    notebook = Chapter(lab.page, house / "notebooks/code-an-article.ipynb")
    source = next(cell.source for cell in notebook.saved() if cell.cell_type == "code")
    notebook.run_with(put(put(source, "text", "column.txt"), "data", str(folder)))
    desk = notebook.code(1)

    def press(name: str, said: str) -> str:
        desk.get_by_role("button", name=name, exact=True).click()
        expect(desk).to_contain_text(said)
        return share.evaluate("it => getComputedStyle(it, '::before').content")

    share = desk.locator("button", has_text="29%")
    expect(desk).to_contain_text("0 coded 0 set aside 0 saved, to be accepted 21 open")
    press("Save", "saved: articles, column")
    assert press("Accept what is saved", "articles.csv: 1 rows accepted") == '"?"'
    share.click()
    expect(desk.get_by_label("phrase")).to_have_value("in 2030, with a share of 29%")
    desk.get_by_label("measure").select_option("import_share: share of imports")
    press("Save", "Refused: column statement: nothing stands there")
    desk.get_by_label("statement").fill("Velmara supplied 29 per cent of it.")
    assert press("Save", "saved: quantities, in 2030") == '"…"'
    told = "2 coded 0 set aside 0 saved, to be accepted 19 open"
    assert press("Accept what is saved", told) == '"✓"'
    row = rows_of(folder / "quantities.csv")[-1]
    assert (row["measure"], row["low"]) == ("import_share", "29")

    notebook.save()
    kept = notebook.path.read_text(encoding="utf-8")
    assert "widget-view" in kept
    assert [words for words in ("pier", "islanders", "29%") if words in kept] == []
