"""The form over the parameters, driven as a front end drives it, and a chapter of one's own."""

import json
import os
import shutil
import sys

import nbformat
import pytest
from conftest import ROOT, run
from jupyter_client.manager import start_new_kernel

from briefing.report.parameters import NOTEBOOKS, find_chapter

TRADE = [cell.source for cell in nbformat.read(find_chapter("1-trade"), 4).cells
         if cell.cell_type == "code"]  # fmt: skip


class FrontEnd:
    """A kernel, and what a front end says to it and hears."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(NOTEBOOKS)}
        self.manager, self.client = start_new_kernel(cwd=NOTEBOOKS, env=environment)
        self.widgets: dict[str, str] = {}  # description → id

    def send(self, kind: str, content: dict, **metadata: str) -> list[dict]:
        """Send a message; return what comes of it, until the kernel is idle again."""
        message = self.client.session.msg(kind, content, metadata=metadata)
        self.client.shell_channel.send(message)
        heard = []
        while True:
            told = self.client.get_iopub_msg(timeout=60)
            if told["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if told["content"].get("execution_state") == "idle":
                return heard
            heard.append({"kind": told["msg_type"], **told["content"]})
            state = told["content"].get("data", {}).get("state", {})
            if told["msg_type"] == "comm_open" and state.get("description"):
                self.widgets[state["description"]] = told["content"]["comm_id"]

    def run(self, source: str, **metadata: str) -> list[dict]:
        """Run a cell; a front end says which one, what executes a file does not."""
        heard = self.send("execute_request", {"code": source, "silent": False}, **metadata)
        return [told for told in heard if told["kind"] != "execute_input"]

    def tell(self, widget: str, **data: object) -> tuple[str, list[dict]]:
        """Do something to a widget; what the form says then, and the blocks renewed."""
        content = {"comm_id": self.widgets[widget], "data": data}
        heard = self.send("comm_msg", content)
        said = [told["data"]["state"]["value"] for told in heard
                if "value" in told.get("data", {}).get("state", {})]  # fmt: skip
        return said[-1], [it for it in heard if it["kind"] == "update_display_data"]


@pytest.fixture(scope="module")
def trade():
    """The chapter on trade, run as JupyterLab runs it, and what its cells displayed."""
    front = FrontEnd()
    front.run(TRADE[0])
    assert "error" not in [told["kind"] for told in front.run(TRADE[1])]
    assert not front.widgets  # nobody looked on
    shown = [front.run(source, cellId=f"cell-{at}") for at, source in enumerate(TRADE)]
    front.shown = [told for cell in shown for told in cell if told["kind"] == "display_data"]
    yield front
    front.client.stop_channels()
    front.manager.shutdown_kernel(now=True)


def test_there_is_a_field_for_each_parameter(trade):
    declared = {line.partition(":")[0] for line in TRADE[0].splitlines() if "  # " in line}
    assert len(declared) == 9
    assert declared <= set(trade.widgets)


def test_a_change_renews_what_stands_below_and_a_refusal_changes_nothing(trade):
    placed = {told["transient"].get("display_id") for told in trade.shown} - {None}
    said, renewed = trade.tell("partners", method="update", state={"index": [0, 2]})
    assert "Exhibit 1.1: Vietnam’s trade with the United States was about" in said
    html = {told["transient"]["display_id"]: told["data"]["text/html"] for told in renewed}
    assert set(html) <= placed
    assert "China" not in "".join(html.values())
    said, renewed = trade.tell("data", method="update", state={"value": "nowhere"})
    assert "no such folder" in said
    assert not renewed
    said, _ = trade.tell("Save as edition", method="custom", content={"event": "click"})
    assert said.startswith("Not saved")
    said, _ = trade.tell("data", method="update", state={"value": "null"})
    assert said.startswith("Nothing told below has changed")
    said, _ = trade.tell("partners", method="update", state={"index": [0, 1, 2]})
    assert "Vietnam’s trade with China was about" in said


def test_a_copy_of_the_template_is_part_of_the_next_build(tmp_path):
    unwanted = shutil.ignore_patterns("texts", "__pycache__")
    for folder in ("notebooks", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=unwanted)
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    shutil.copy(tmp_path / "notebooks/templates/9-mine.ipynb", tmp_path / "notebooks")
    words = ["build", "--texts", "", "--set", "chapters=9-mine,8-method", "--out", "mine"]
    done = run(sys.executable, "-m", "briefing", *words, cwd=tmp_path,
               PYTHONPATH=str(tmp_path / "notebooks"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "mine/manifest.json").read_text(encoding="utf-8"))
    parts = [(it["id"], it["part"]) for it in manifest["document"]["sections"]]
    assert parts[:2] == [("9-mine", "chapter"), ("8-method", "annex")]
    assert "my-trade" in [exhibit["key"] for exhibit in manifest["exhibits"]]
    assert any(number["place"] == "9-mine" for number in manifest["numbers"])
