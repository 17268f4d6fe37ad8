"""Killed at any moment, with no room on the disk, several at once: nothing is lost or left behind.

Each verb takes what it makes from one state to another and back. It is killed on the way, at a
step that moves or removes something or at random, or has no room; then the old or the new is
there, or is put back by the next start, which gives the same bytes as ever and leaves nothing.
A few kills are part of the tests; `make fuzz` tries every step, and more by chance.
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from conftest import ROOT, rows_of
from jupyter_client.manager import KernelManager

MANY = "FUZZ" in os.environ
#: Of each verb: kills by chance, the steps to be killed at, and bytes that there is room for.
KILLS = max(1, int(os.environ.get("FUZZ", "0")) // 12)
STEP = range(1000) if MANY else [2]
ROOM = [0, 2**14, 2**17, 2**19, 2**20, 2**21] if MANY else [2**17]
TRIED: Counter[str] = Counter()
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")

#: Runs a verb, and dies before the step of that number: of files that are moved or removed one
#: after the other in one folder, the first. Prints how many there were to whoever lives on.
STEPS = """
import os, runpy, shutil, signal, sys, tempfile
tempfile.gettempdir()  # which tries each folder with a file of its own, and removes that
at, done, last = int(sys.argv.pop(1)), 0, None
def counted(real):
    def call(path, *told, dir_fd=None, **more):
        global done, last
        step = real.__name__, dir_fd or os.path.dirname(path)
        if step != last or real.__name__ != "unlink":
            if done == at:
                os.kill(os.getpid(), signal.SIGKILL)
            done, last = done + 1, step
        return real(path, *told, **({"dir_fd": dir_fd} if dir_fd else {}), **more)
    return call
for name in ("rename", "replace", "unlink", "remove", "rmdir"):
    setattr(os, name, counted(getattr(os, name)))
import atexit
atexit.register(lambda: print(done, file=sys.stderr))
runpy.run_module("briefing", run_name="__main__", alter_sys=True)
"""
VERBS = {
    "build": "build --texts= --set scale={}",
    "sweep": "sweep grid.yaml --texts=",
    "site": "site print --address=https://{}.example/",
    "compare": "compare one two",
    "correct": "correct quantities ap-trade-us statement {} --reason because --data=mine",
}
#: Those that are killed whenever the tests run; `make fuzz` kills them all.
KILLED = list(VERBS) if MANY else ["build", "correct"]
#: What each makes, as far as each is whole by itself.
MADE = {
    "build": ["build/default"],
    "sweep": [f"build/sweep/grid/{it}" for it in ("own", "print", "index.html", "figures.csv")],
    "site": ["build/site"],
    "compare": ["build/compare/one--two.html", "build/compare/one--two.json"],
    "correct": ["mine"],
}


def held(path: Path) -> dict[str, bytes]:
    """What a file holds, or a folder without what is set aside in it."""
    files = [path] if path.is_file() else sorted(filter(Path.is_file, path.rglob("*")))
    named = {it: it.relative_to(path).parts for it in files}
    aside = [it for it, parts in named.items() if any(part[0] == "." for part in parts)]
    return {"/".join(named[it]): it.read_bytes() for it in files if it not in aside}


@dataclass
class House:
    """A copy of the project, and what each verb makes in it in either state."""

    root: Path
    whole: dict[tuple[str, str], list[dict[str, bytes]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    said: str = ""

    def start(self, verb: str, state: str, *before: str) -> subprocess.Popen:
        """Start a verb that is to bring about a state."""
        (self.root / "notebooks/editions/own.yaml").write_text(f"scale: {state}\n")
        (self.root / "grid.yaml").write_text("editions: [own, print]\n")
        if verb == "compare":
            (self.root / "two").unlink(missing_ok=True)
            (self.root / "two").symlink_to(state)
        words = [it.format(state) for it in VERBS.get(verb, verb).split()]
        if verb == "correct" and state == "linear":
            words[4] = next(it for it in rows_of(ROOT / "data/quantities.csv")
                            if it["id"] == "ap-trade-us")["statement"]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": "notebooks", "PYTHONHASHSEED": "0",
                       "TMPDIR": str(self.temporary)}  # fmt: skip
        return subprocess.Popen(
            [sys.executable, *(before or ["-m", "briefing"]), *words], cwd=self.root,
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, verb: str, state: str, *before: str) -> int:
        """Run it to its end; what it says to whom it refuses is kept."""
        process = self.start(verb, state, *before)
        self.said = process.communicate(timeout=120)[1]
        return process.returncode

    @property
    def temporary(self) -> Path:
        return self.root / "t"

    def made(self, verb: str) -> list[dict[str, bytes]]:
        return [held(self.root / name) for name in MADE[verb]]

    def states(self, verb: str) -> tuple[str, str]:
        """The state that all of it is in, and the other; at first each is brought about."""
        if verb == "compare":
            self.states("build")
        for state in ("log", "linear") if (verb, "log") not in self.whole else ():
            begun = time.monotonic()
            assert self.run(verb, state) == 0, self.said
            self.seconds[verb] = time.monotonic() - begun
            self.whole[verb, state] = self.made(verb)
            if verb == "build":  # for compare
                shutil.copytree(self.root / "build/default", self.root / state)
        assert self.whole[verb, "log"] != self.whole[verb, "linear"]
        new = "linear" if self.made(verb) == self.whole[verb, "log"] else "log"
        return "log" if new == "linear" else "linear", new

    def lost(self, verb: str, old: str, new: str) -> list[str]:
        """What is neither the old nor the new, nor will be put back."""
        found = []
        for at, name in enumerate(MADE[verb]):
            path, either = self.root / name, [self.whole[verb, it][at] for it in (old, new)]
            aside = [held(it) for it in path.parent.glob(f".{path.name}.old-*")]
            there = held(path) in either or (not path.exists() and aside == either[:1])
            if not there and not (verb == "correct" and (path / ".changed").is_dir()):
                found.append(name)
        return found

    def left(self) -> list[str]:
        """Files that are set aside or temporary, and processes."""
        until = time.monotonic() + 10
        while (alive := list(self.alive())) and time.monotonic() < until:
            time.sleep(0.05)
        hidden = [it for it in self.root.rglob(".*") if it.name != ".cache"]
        return [str(it) for it in (*hidden, *self.temporary.iterdir(), *alive)]

    def alive(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("TMPDIR", "").startswith(str(self.temporary)):
                    yield process


@pytest.fixture(scope="module")
def disk(tmp_path_factory) -> Iterator[Path]:
    """A folder that is a small disk of its own, where whoever tests may have one."""
    root = tmp_path_factory.mktemp("k")
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(root)]
    mounted = subprocess.run(mount, capture_output=True).returncode == 0
    yield root
    if mounted:
        subprocess.run(["umount", "--lazy", str(root)], check=True)


@pytest.fixture(scope="module")
def house(disk, request) -> Iterator[House]:
    """The house with two chapters; what was tried in it is told at the end."""
    root = disk
    house = House(root)
    house.temporary.mkdir()
    junk = shutil.ignore_patterns("texts", "__pycache__", "[2-8]-*.ipynb", ".*")
    for name in ("notebooks", "data"):
        shutil.copytree(ROOT / name, root / name, ignore=junk)
    shutil.copytree(root / "data", root / "mine")
    shutil.copy(ROOT / "requirements.txt", root)
    (root / "one").symlink_to("linear")
    yield house
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("", *(f"{number:6} {what}" for what, number in sorted(TRIED.items())), sep="\n")


def settled(house: House, verb: str, old: str, new: str) -> None:
    """See that nothing was lost, and that the next start gives what it ever did."""
    lost = house.lost(verb, old, new)
    code = house.run(verb, new)
    # A correction that the first start has made, or the second has finished, is there already.
    assert code == 0 or (verb == "correct" and "what stands there now" in house.said), house.said
    mixed = house.made(verb) != house.whole[verb, new]
    left = house.left()
    TRIED["lost, mixed or left behind"] += len(lost) + mixed + len(left)
    assert (lost, mixed, left) == ([], False, [])


@pytest.mark.parametrize("verb", KILLED)
def test_killed_at_a_step_nothing_is_lost(house, verb):
    for step in STEP:
        old, new = house.states(verb)
        code = house.run(verb, new, "-c", STEPS, str(step))
        if code == 0:
            break
        assert code == -signal.SIGKILL, house.said
        TRIED[f"kills at a step of {verb}"] += 1
        settled(house, verb, old, new)
    assert step > 1
    assert (code == 0) == MANY


@pytest.mark.parametrize("verb", KILLED)
def test_killed_at_random_nothing_is_lost(house, verb):
    chance = random.Random(None if MANY else verb)
    for turn in range(KILLS):
        old, new = house.states(verb)
        if turn % 2 == 0:  # so that kernels run
            shutil.rmtree(house.root / "build/.cache", ignore_errors=True)
        process = house.start(verb, new)
        time.sleep(chance.uniform(0.05, house.seconds[verb] * (1.5 if turn % 2 == 0 else 1)))
        process.kill()
        process.communicate()
        TRIED[f"kills of {verb} by chance"] += 1
        settled(house, verb, old, new)


@pytest.mark.parametrize("verb", KILLED)
def test_without_room_a_line_says_so_and_nothing_is_lost(house, verb):
    if not house.root.is_mount():
        pytest.skip("a small disk is mounted by root alone")
    for room in ROOM:
        old, new = house.states(verb)
        full = house.root / "full"
        with full.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(house.root).free - room)
        code = house.run(verb, new)
        full.unlink()
        TRIED[f"full disks for {verb}, exit {code}"] += 1
        assert code in (0, 2), house.said
        assert all(line.startswith("refused: ") for line in house.said.splitlines()), house.said
        settled(house, verb, old, new)


def test_a_checkout_that_nobody_may_write_to_is_built_from(house, tmp_path):
    state = house.states("build")[1]
    remount = ["mount", "-o", "remount,ro", str(house.root)]
    if subprocess.run(remount, capture_output=True).returncode:
        pytest.skip("a small disk is mounted by root alone")
    command = [sys.executable, "-m", "briefing", *VERBS["build"].format(state).split()]
    environment = {**os.environ, "PYTHONPATH": "notebooks", "TMPDIR": str(house.temporary)}
    try:
        done = [
            subprocess.run([*command, *more], cwd=house.root, env=environment, capture_output=True)
            for more in ([], ["--out", str(tmp_path / "out")])
        ]
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(house.root)], check=True)
    assert [it.returncode for it in done] == [2, 0]
    assert done[0].stderr.startswith(b"refused: --out: ")
    assert held(tmp_path / "out") == house.whole["build", state][0]


#: Runs a verb where nothing temporary can be put anywhere, and with stock kernels, as without fork.
RUN = 'import runpy; {}; runpy.run_module("briefing", run_name="__main__", alter_sys=True)'
NOWHERE = RUN.format("import tempfile; tempfile._candidate_tempdir_list = list")
STOCK = RUN.format("from briefing.render import pool; pool.FORKS = False")
COMPARE = "compare default own --texts="


def test_without_a_place_for_what_is_temporary_a_line_says_so(house):
    assert house.run("build", house.states("build")[1], "-c", NOWHERE) == 2
    assert house.said == "refused: the system: No usable temporary directory found in []\n"


def test_several_at_once_and_a_kernel_of_lab_give_the_same_bytes(house):
    house.states("build")
    assert house.run("build", "log") == 0, house.said
    for name in ("build/.cache", "build/compare", "build/own"):
        shutil.rmtree(house.root / name, ignore_errors=True)
    kernel = KernelManager()
    kernel.start_kernel()
    client = kernel.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)  # what is asked before is never answered
    try:
        running = [
            house.start(verb, "linear", *how)
            for verb, how in (("build", []), ("build", ["-c", STOCK]), (COMPARE, []))
        ]
        asked = [client.execute_interactive("21 * 2", timeout=120)]
        said = [it.communicate(timeout=240)[1] for it in running]
        asked.append(client.execute_interactive("_ + 1", timeout=120))
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
    assert [it.returncode for it in running] == [0] * 3, said
    assert [it["content"]["status"] for it in asked] == ["ok", "ok"]
    assert house.made("build") == house.whole["build", "linear"]
    assert len(list(house.root.glob("build/compare/*"))) == 2
    assert house.left() == []
