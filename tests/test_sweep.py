"""Many editions: each as if built alone, what they share made once, and one page of them all."""

import csv
import json
import os
import re
import shutil
import signal
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import INVENTED

from briefing.__main__ import main
from briefing.errors import Refusal
from briefing.render import store
from briefing.render.build import build
from briefing.render.edition import ROOT, prepare
from briefing.render.folders import clean, sweep_folder
from briefing.render.page_check import faults
from briefing.render.run import Step
from briefing.render.sweep import sweep
from briefing.render.sweep_page import Told, _csv
from briefing.report.blocks import plain

GRID = "scale: [linear, log]\nrecord: [true, false]\nchapters: [[0-summary, 1-trade, 8-method]]\n"
#: Of three chapters one declares scale, and all the record.
DISTINCT = 3 + 1 + 3 + 1
#: What the name of an edition ends with.
THREE = "--chapters-0-summary+1-trade+8-method"


@pytest.fixture(scope="module")
def grid(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("grid") / "two-by-two.yaml"
    file.write_text(GRID, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def swept(grid, tmp_path_factory) -> tuple[Path, list[str]]:
    """A sweep, interrupted by Ctrl-C when an edition stands; its folder, and what then was left."""
    out = tmp_path_factory.mktemp("sweep") / "out"

    done: list[Step] = []

    def interrupt(step: Step) -> None:
        if step.state == "done" and not done:
            done.append(step)
            os.kill(os.getpid(), signal.SIGINT)  # as a terminal does

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "STORE", tmp_path_factory.mktemp("store"))
        with pytest.raises(KeyboardInterrupt):
            sweep(grid, interrupt, None, "", out)
        assert not (out / "index.html").exists()
        steps: list[Step] = []
        page, executed = sweep(grid, steps.append, None, "", out)
        assert page == out / "index.html"
        entries = [it for it in store.STORE.iterdir() if it.stat().st_size > store.SMALL]
        assert len(entries) == DISTINCT
        assert executed <= DISTINCT - 3
        again: list[Step] = []
        assert sweep(grid, again.append, None, "", out) == (page, 0)
        assert {step.state for step in again} == {"waits", "kept"}
    return out, [step.what for step in steps if step.state == "runs"]


def test_what_was_built_before_an_interruption_is_kept(swept):
    out, ran = swept
    names = {path.name for path in out.iterdir() if path.is_dir()}
    assert len(names) == 4
    assert set(ran) < names
    assert sweep_folder(out) == out
    (out / f".figures.csv.new-{2**22}-1").touch()  # of one that was killed; no process has this id
    store.write_whole(sweep_folder(out) / "index.html", (out / "index.html").read_text("utf-8"))
    assert [path.name for path in out.glob(".*")] == []


def test_an_edition_has_the_bytes_of_a_build_of_its_own(swept, tmp_path):
    out, _ = swept
    asked = prepare("default", ["scale=log", "chapters=0-summary,1-trade,8-method"], None, "")
    alone = build(asked, tmp_path / "alone", lambda step: None)
    for path in filter(Path.is_file, alone.rglob("*")):
        same = out / f"scale-log--record-true{THREE}" / path.relative_to(alone)
        assert same.read_bytes() == path.read_bytes(), same


def test_key_figures_are_told_as_they_are(swept):
    out, _ = swept
    with (out / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = "edition,scale,record,chapters,key figure,low,high,unit,text"
    assert list(rows[0]) == columns.split(",")
    assert {(row["scale"], row["record"]) for row in rows} == {
        (scale, record) for scale in ("linear", "log") for record in ("true", "false")
    }
    manifest = json.loads((out / rows[0]["edition"] / "manifest.json").read_text(encoding="utf-8"))
    printed = {(it["low"] or "", it["high"] or "", it["unit"]) for it in manifest["numbers"]}
    first = [row for row in rows if row["edition"] == rows[0]["edition"]]
    assert len(first) >= 4
    assert {(row["low"], row["high"], row["unit"]) for row in first} <= printed
    assert any(row["low"] != row["high"] and "about" in row["text"].lower() for row in first)
    number = dict.fromkeys(("low", "high", "unit", "text"), "=2")
    run = _csv([Told("one", {}, {"=1+1": number}, {})]).splitlines()[1]
    assert run == "one,'=1+1,'=2,'=2,'=2,'=2", "a spreadsheet runs none of it"


def test_method_tells_of_a_judgement_what_becomes_of_it_in_an_edition(swept):
    """Made again in the chapter by the summary's cells, and built here as an edition of its own."""
    said, told = [], []
    for record in ("true", "false"):
        folder = swept[0] / f"scale-linear--record-{record}{THREE}"
        with (folder / "exhibits" / "moves.csv").open(encoding="utf-8", newline="") as file:
            told.append({row["Setting"]: row for row in csv.DictReader(file)})
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        blocks = manifest["document"]["sections"][0]["blocks"]
        items = [item for it in blocks if it["kind"] == "judgements" for item in it["items"]]
        words = [plain(it for it in item["text"] if it["kind"] != "citation") for item in items]
        said.append({re.split("[.:]", it)[0]: it for it in words})
    now, then = said
    moved = {it: "stands" if then.get(it) == now[it] else "shifts" if it in then else "falls"
             for it in now}  # fmt: skip
    assert {*moved.values()} > {"stands"}
    assert {it: told[0]["Without the record"][it] for it in now} == moved
    assert {*told[0]} - {*told[1]} == {"Without the record"}


def test_the_page_says_what_moves_what(swept):
    page = BeautifulSoup((swept[0] / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert faults(str(page)) == []
    rows = {row.th.get_text(): row for row in page.select("#moves tbody tr")}
    assert [head.get_text() for head in page.select("#moves thead th")][1:] == ["scale", "record"]
    scale, record = rows["Judgement: Arms"]("td")
    assert "moves it in 2 of 2 pairs" in record.get_text()
    assert "does not move it" in scale.get_text()
    assert all("moves" not in row("td")[0].get("class", []) for row in rows.values())
    assert {cell.get_text() for cell in page.select("#judgements tbody td")} >= {"stands", "shifts"}
    lines = page.select("#moves svg line")
    assert len(lines) == len(list(csv.reader((swept[0] / "figures.csv").open()))[1:]) * 2


def test_a_grid_may_list_dossiers(tmp_path, monkeypatch, capsys):
    other = tmp_path / "other"
    shutil.copytree(ROOT / "data", other, ignore=shutil.ignore_patterns("texts"))
    table = other / "quantities.csv"
    row = "US$3.6 billion in 2023,trade,two_way_trade,vietnam,russia,3.6,3.6"
    changed = table.read_text(encoding="utf-8").replace(row, row.replace("3.6", "4.8"))
    table.write_text(changed, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    text = f"data: [{ROOT}/data, ./other]\nchapters: [[0-summary]]\n"
    (tmp_path / "two.yaml").write_text(text, encoding="utf-8")
    asked = ["sweep", "two.yaml", "--out", "out"]
    assert main([*asked, "--data", "other"]) == 2
    assert "--data: 'other' stands there; two.yaml lists data itself" in capsys.readouterr().err
    assert main(asked) == 0
    with Path("out/figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(dict.fromkeys(row["data"] for row in rows)) == [f"{ROOT}/data", "./other"]
    # Words of the grid's own name an edition, and a dossier, on any machine.
    (name,) = {row["edition"] for row in rows if row["data"] == "./other"}
    assert name == "data-other--chapters-0-summary"
    text = text.replace("./other", str(INVENTED))
    (tmp_path / "two.yaml").write_text(text, encoding="utf-8")
    assert main(asked) == 1
    assert re.search(
        "failed: data-.+tests.dossier--chapters-0-summary: 0-summary.ipynb, cell",
        capsys.readouterr().err,
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scal: [log]", "scal: 'log' stands there; no chapter has a parameter of this name"),
        ("scale: [log, cubic]", "scale: 'cubic' stands there; allowed: linear, log"),
        ("scale: log", "scale: 'log' stands there; a list of values is expected"),
        ("scale: []", "scale: nothing stands there; a list of values is expected"),
        ("record: [true, true]", "record: 'true,true' stands there; a list of values is expected"),
        ("articles: [[reuters]]", "articles: 'reuters' stands there; the data cannot serve it"),
        ("editions: [default, fault]", "edition: 'fault' stands there; there is no such edition"),
        ("- scale", "grid g.yaml: lines of the form NAME: VALUE are expected"),
    ],
)
def test_a_grid_that_cannot_be_built_is_refused_in_one_line(text, told, tmp_path, capsys):
    (tmp_path / "g.yaml").write_text(text, encoding="utf-8")
    assert main(["sweep", str(tmp_path / "g.yaml"), "--texts", "", "--out", f"{tmp_path}/o"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
    assert not (tmp_path / "o").exists()


def test_a_folder_of_somebody_else_is_left_alone(grid, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "index.html").write_text("mine", encoding="utf-8")
    with pytest.raises(Refusal, match="no sweep of this program"):
        sweep(grid, lambda step: None, None, "", tmp_path / "letters")


def test_a_cluster_without_its_library_is_refused(grid, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    where = ["--texts", "", "--out", str(tmp_path / "o")]
    assert main(["sweep", str(grid), "--dask", "tcp://127.0.0.1:1", *where]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install --require-hashes -r requirements-dask.txt" in line


def test_clean_removes_a_sweep_and_leaves_what_else_lies_in_it(swept, tmp_path):
    copy = shutil.copytree(swept[0], tmp_path / "build" / "sweep" / "two")
    (copy / "notes.txt").write_text("mine", encoding="utf-8")
    assert len(clean(tmp_path / "build")) == 1
    assert (copy / "index.html").exists()
    (copy / "notes.txt").unlink()
    assert clean(tmp_path / "build") == []
    assert not (tmp_path / "build").exists()
