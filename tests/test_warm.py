"""Warm kernels: the same chapters as cold ones, never of yesterday, none left behind."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from briefing.errors import ChapterFailed
from briefing.render import kernels, run, warm
from briefing.render.warm import NOTEBOOKS, Nursery

CHAPTER = NOTEBOOKS / "1-trade.ipynb"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels start warm on Linux only")


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as started:
        started.start()
        yield started


def forked(nursery: Nursery, folder: Path, cwd: Path = NOTEBOOKS) -> int:
    """Have a kernel forked that nobody speaks to."""
    return nursery.fork(["-f", str(folder / "connection.json")], str(cwd), os.environ)


def alive(pid: int) -> bool:
    return kernels._Kernel(pid).poll() is None


def executed(nursery: Nursery | None, chapter: Path = CHAPTER) -> str:
    """A chapter as it comes out of a kernel."""
    with contextlib.chdir(chapter.parent):
        return nbformat.writes(run.execute(chapter, {"scale": "log"}, nursery))


def test_a_warm_kernel_gives_the_same_bytes_as_a_cold_one(nursery, monkeypatch):
    cold = executed(None)

    def refuse(*_):
        raise AssertionError("a cold kernel was started")

    monkeypatch.setattr("jupyter_client.provisioning.local_provisioner.launch_kernel", refuse)
    assert executed(nursery) == cold


@pytest.mark.parametrize(
    ("source", "said"),
    [("import shared\n[][0]", r"9-broken.*IndexError"), ("import os\nos._exit(3)", "9-.*died")],
)
def test_what_breaks_in_a_warm_kernel_is_told_as_in_a_cold_one(
    nursery, tmp_path, monkeypatch, source, said
):
    cells = [nbformat.v4.new_code_cell(text) for text in ("", source)]
    cells[0].metadata["tags"] = ["parameters"]
    kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    broken = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernelspec})
    path = tmp_path / "9-broken.ipynb"
    nbformat.write(broken, path)
    monkeypatch.chdir(NOTEBOOKS)
    told = []
    for kernels_from in (nursery, None):
        with pytest.raises(ChapterFailed, match=said) as failure:
            run.execute(path, {}, kernels_from)
        told.append(str(failure.value))
    assert told[0] == told[1]


def test_modules_that_changed_since_give_no_warm_kernel(nursery, tmp_path, monkeypatch):
    monkeypatch.setattr(warm, "chapter_code", lambda: "another")
    with pytest.raises(OSError, match="no warm kernel"):
        forked(nursery, tmp_path)
    assert '"application/vnd.briefing+json"' in executed(nursery)  # by a cold one


def test_another_folder_gives_no_warm_kernel(nursery, tmp_path):
    # Its modules may bear the names of ours.
    with pytest.raises(OSError, match="no warm kernel"):
        forked(nursery, tmp_path, tmp_path)


def test_the_kernel_of_another_python_is_not_forked():
    ours = [sys.executable, "-m", "ipykernel_launcher", "-f", "connection.json"]
    assert kernels._arguments(ours) == ["-f", "connection.json"]
    for other in (["/usr/bin/other", *ours[1:]], [sys.executable, "-m", "xeus", "-f", "c.json"]):
        with pytest.raises(ValueError):  # noqa: PT011 - the provisioner takes any
            kernels._arguments(other)


def test_a_nursery_that_died_gives_cold_kernels():
    with Nursery() as dying:
        dying.start()
        dying._process.kill()
        dying._process.wait()
        assert '"application/vnd.briefing+json"' in executed(dying)


def test_no_kernel_outlives_its_chapter_or_the_nursery(tmp_path, monkeypatch):
    pids = []
    fork = Nursery.fork
    monkeypatch.setattr(Nursery, "fork", lambda *told: pids.append(fork(*told)) or pids[-1])
    with Nursery() as nursery:
        executed(nursery)
        assert not alive(pids[0])
        left = forked(nursery, tmp_path)
        assert alive(left)
    until = time.monotonic() + 20
    while alive(left) and time.monotonic() < until:
        time.sleep(0.1)
    assert not alive(left)


def test_a_module_that_cannot_be_imported_is_left_to_its_chapter(tmp_path):
    # The nursery of another house: there a module breaks, which only one chapter would need.
    (tmp_path / "broken.py").write_text("raise ValueError('broken')", encoding="utf-8")
    code = (
        "import io, pathlib, sys; from briefing.render import warm; "
        f"warm.NOTEBOOKS = pathlib.Path({str(tmp_path)!r}); sys.stdin = io.StringIO(); "
        "warm.main(); print('ready')"
    )
    environment = {**os.environ, "PYTHONPATH": str(NOTEBOOKS)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert (done.stdout, done.returncode) == ("ready\n", 0), done.stderr
