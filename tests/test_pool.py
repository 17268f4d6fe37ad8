"""Kernels of the pool: the same chapters as stock ones, never of yesterday, none left behind."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest

from briefing.errors import ChapterFailed
from briefing.render import pool, run
from briefing.render.store import NOTEBOOKS, ROOT

CHAPTER = NOTEBOOKS / "1-trade.ipynb"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(NOTEBOOKS), "PYTHONHASHSEED": "0"}

pytestmark = pytest.mark.skipif(not pool.FORKS, reason="kernels are forked on Linux only")


def forked(folder: Path, cwd: Path = NOTEBOOKS, python: str = sys.executable) -> pool.Kernel:
    """A kernel that nobody speaks to."""
    command = [python, "-m", pool.LAUNCHER, "-f", str(folder / "connection.json")]
    return pool.Kernel(command, cwd, ENVIRONMENT)


def written(folder: Path, source: str = "1") -> Path:
    """A chapter of one cell."""
    cells = [nbformat.v4.new_code_cell(text) for text in ("", source)]
    cells[0].metadata["tags"] = ["parameters"]
    kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    path = folder / "9-own.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernelspec}), path)
    return path


def executed(chapter: Path, limit: int = 60) -> str:
    with contextlib.chdir(NOTEBOOKS):
        return run.execute(chapter, {"scale": "log"}, limit)


def below(pid: int) -> list[psutil.Process]:
    """The processes that descend from one."""
    return psutil.Process(pid).children(recursive=True)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those of some processes that do not end within a while; orphans are this one's to bury."""
    return psutil.wait_procs(processes, timeout=20)[1]


def asleep(pid: int) -> bool:
    """Whether a process that descends from one sleeps; others may end meanwhile."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return any(process.name() == "sleep" for process in below(pid))
    return False


def test_a_forked_kernel_gives_the_same_bytes_as_a_stock_one(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("jupyter_client.provisioning.local_provisioner.launch_kernel", None)
        forked = executed(CHAPTER)
    monkeypatch.setattr(pool, "FORKS", False)
    assert executed(CHAPTER) == forked


def test_modules_that_changed_since_are_not_those_of_yesterday(tmp_path, monkeypatch):
    pool.start()
    monkeypatch.setattr(pool, "chapter_code", lambda: "another")
    with pytest.raises(OSError, match="changed"):
        forked(tmp_path)
    assert '"execute_result"' in executed(written(tmp_path))  # by a stock one


def test_another_folder_or_another_python_gets_a_stock_kernel(tmp_path):
    # The modules of another folder may bear the names of ours.
    for other in ({"cwd": tmp_path}, {"python": "/usr/bin/other"}):
        with pytest.raises(ValueError, match="another kind"):
            forked(tmp_path, **other)


def test_what_ended_leaves_nothing_behind(tmp_path, monkeypatch):
    chapter = written(tmp_path)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    pool.start()
    before = below(os.getpid())
    executed(chapter)
    assert below(os.getpid()) == before
    kernel = forked(tmp_path)
    assert kernel.poll() is None
    kernel.send_signal(signal.SIGKILL)
    assert kernel.poll() == -signal.SIGKILL
    assert list(tmp_path.glob("temporary/*")) == []


#: A cell that runs without end, and a process of its own that would outlive it.
ENDLESS = """
import subprocess
subprocess.Popen(["sleep", "1000"], start_new_session=True)
while True:
    pass
"""


@pytest.fixture
def building(request, tmp_path) -> Iterator[subprocess.Popen]:
    """A build, or another verb, in a session of its own, of which one cell works for ever."""
    for name in ("notebooks", "data"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    chapter = tmp_path / "notebooks" / "8-method.ipynb"
    read = nbformat.read(chapter, 4)
    read.cells.insert(2, nbformat.v4.new_code_cell(ENDLESS))
    nbformat.write(read, chapter)
    (tmp_path / "grid.yaml").write_text("chapters: [[7-sources, 8-method]]", encoding="utf-8")
    verb = getattr(request, "param", "build")
    with (
        tempfile.TemporaryDirectory() as temporary,
        subprocess.Popen(  # short, for a socket
            [sys.executable, "-m", "briefing", *verb.split(), "--texts", ""],
            cwd=tmp_path,
            env=ENVIRONMENT | {"PYTHONPATH": "notebooks", "TMPDIR": temporary},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as build,
    ):
        build.temporary = Path(temporary)
        try:
            while not asleep(build.pid):
                assert build.poll() is None
                time.sleep(0.02)
            yield build
        finally:
            build.kill()  # else what went wrong would wait for the cell that works for ever


@pytest.mark.parametrize(
    ("building", "number"),
    [
        ("build", signal.SIGINT),
        ("build", signal.SIGTERM),
        ("build", signal.SIGHUP),
        ("sweep grid.yaml", signal.SIGINT),
    ],
    indirect=["building"],
)
def test_a_build_told_to_end_ends_all_at_once_and_says_so_in_a_line(building, tmp_path, number):
    started = below(building.pid)
    send = os.killpg if number == signal.SIGINT else os.kill  # a terminal tells all of them
    send(building.pid, number)
    said, _ = building.communicate(timeout=60)  # its cell would have ten minutes
    said = [line for line in said.splitlines() if line[0] != "["]  # no step
    assert said == ["interrupted; what was built before is as it was"]
    assert building.returncode == 130
    assert alive(started) == []
    assert {path.name for path in tmp_path.glob("build/*")} <= {".cache"}
    assert list(building.temporary.iterdir()) == []


@pytest.mark.parametrize(
    "building",
    ["build --set chapters=8-method --limit 2", "sweep grid.yaml --limit 2"],
    indirect=True,
)
def test_a_cell_without_end_has_the_limit_that_its_verb_was_given(building):
    started = below(building.pid)
    said, _ = building.communicate(timeout=120)
    assert re.search(r"8-method\.ipynb, cell \d+: it ran for more than 2 seconds", said)
    assert building.returncode == 1
    assert alive(started) == []
    assert list(building.temporary.iterdir()) == []


def test_what_a_killed_build_leaves_goes_at_the_next_start(building, tmp_path):
    started = below(building.pid)
    building.kill()
    building.wait()
    assert alive(started) == []
    assert list((tmp_path / "build").glob(".default.new-*"))
    command = [sys.executable, "-m", "briefing", "chapter", "7-sources", "--texts", ""]
    environment = ENVIRONMENT | {"PYTHONPATH": "notebooks", "TMPDIR": str(building.temporary)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    left = sorted(path.name for path in (tmp_path / "build").iterdir())
    assert left == [".cache", "default-7-sources"]
    assert not [path for path in (tmp_path / "build" / ".cache").rglob(".*.new-*")]
    assert list(building.temporary.iterdir()) == []


LONG = r"it ran for more than 2 seconds"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("while True:\n    pass", LONG),
        ("import time\ntime.sleep(1000)", LONG),
        ("import os\nos.kill(os.getpid(), 9)", "its kernel died"),
        ("import os\nos._exit(3)", "its kernel died"),
        ("bytearray(10**14)", "MemoryError"),
        ("raise ValueError('x' * 1_000_000)", r"ValueError: x+\n"),
        ("import shared\n[][0]", "IndexError"),
    ],
)
def test_a_cell_that_breaks_or_never_ends_is_named_as_with_a_stock_kernel(
    tmp_path, monkeypatch, source, said
):
    told = []
    for forks in (True, False):
        monkeypatch.setattr(pool, "FORKS", forks)
        with pytest.raises(ChapterFailed, match=rf"9-own\.ipynb, cell 1: {said}") as failure:
            executed(written(tmp_path, source), limit=2 if said == LONG else 60)
        told.append(str(failure.value))
    assert told[0] == told[1]
    assert len(told[0]) < 2000


def test_a_module_that_cannot_be_imported_is_left_to_its_chapter(tmp_path):
    # In another house a module breaks, which only one chapter would need.
    (tmp_path / "broken.py").write_text("raise ValueError('broken')", encoding="utf-8")
    code = (
        "import pathlib; from briefing.render import store; "
        f"store.NOTEBOOKS = pathlib.Path({str(tmp_path)!r}); import briefing.render.preload"
    )
    done = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
