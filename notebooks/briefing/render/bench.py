"""How long things take, and how much memory: every figure of one run, side by side.

Whatever else a machine does weighs on each kind of run alike: they take turns, round by round,
in copies of a checkout, and what counts are ratios of medians. Seconds from two runs, or from
two machines, compare with nothing; that is how a figure in the README once grew old.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import Any

import pandas as pd
import psutil

from ..errors import Refusal
from .store import ROOT

STOCK, FULL, NOTHING = "the stock way", "full build, cold", "nothing changed"
KEPT, ONE = "chapters kept", "one parameter, one chapter"
CHECK, COMPARE, FIRST = "check", "compare, both built", "first make briefing, empty machine"
#: What is copied of a checkout.
_PARTS = ("Makefile", "data", "notebooks", "pyproject.toml", "requirements.txt")
#: Seconds between two looks at the memory.
_PAUSE = 0.02
#: The work that a dossier of many claims makes, in ms of processor time a claim and MB at most:
#: other processes weigh on a clock, and a time a claim is held against none but its own run's.
SIZES = (50, 500, 5_000, 50_000)
_WORK = """
import json, resource, sys, time
from briefing.claims import check, conflicts, frames, load
size, data, texts = int(sys.argv[1]), *sys.argv[2:]
took = {}
def timed(name, call):
    start = time.process_time()
    made = call()
    took[name] = round((time.process_time() - start) / size * 1000, 4)
    return made
dossier = timed("load", lambda: load.load(data))
timed("conflicts", lambda: conflicts.conflicts(dossier))
timed("frames", lambda: [dossier.frame(name) for name in dossier.tables])
timed("check", lambda: check.check(data, texts))
took["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps(took))
"""


class _Checkout:
    """A copy of a checkout, and what is run in it."""

    def __init__(self, folder: Path, source: Path, python: str) -> None:
        self.folder, self.python = folder, python
        texts = shutil.ignore_patterns("texts", "__pycache__", ".ipynb_checkpoints")
        folder.mkdir()
        for name in _PARTS:
            if (source / name).is_dir():
                shutil.copytree(source / name, folder / name, ignore=texts)
            else:
                shutil.copyfile(source / name, folder / name)
        cache = folder / "build" / ".cache"
        self.environment = {**os.environ, "PYTHONPATH": str(folder / "notebooks")}
        self.environment |= dict(PYTHONHASHSEED="0", PYTHONUTF8="1", TZ="UTC", LC_ALL="C.UTF-8")
        for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR"):
            self.environment[name] = str(cache / name)

    def run(self, *command: str) -> str:
        """What a command prints. Raises Refusal with its last words where it fails."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        if done.returncode:
            raise Refusal(f"{' '.join(command)}: {(done.stderr or done.stdout)[-2000:]}")
        return done.stdout

    def briefing(self, *words: str) -> None:
        """Run a verb."""
        self.run(self.python, "-m", "briefing", *words)

    def build(self, *words: str) -> None:
        """Build without texts."""
        self.briefing("build", "--texts", "", *words)

    def forget(self) -> None:
        """Remove what was built and kept."""
        for path in (*self.folder.glob("build/*"), self.folder / "build/.cache/briefing"):
            if path.name != ".cache":
                shutil.rmtree(path, ignore_errors=True)

    def stock(self) -> None:
        """Execute and convert each chapter with papermill's and Jupyter's own commands."""
        programs = Path(self.python).parent
        for chapter in sorted(self.folder.glob("notebooks/[0-9]*.ipynb")):
            done = str(self.folder / "build" / chapter.name)
            self.run(str(programs / "papermill"), "--cwd", "notebooks", str(chapter), done)
            self.run(str(programs / "jupyter"), "nbconvert", "--to", "html", done)

    def builds(self) -> dict[str, Callable[[], None]]:
        """What a build does in its four ways, in the order in which they can be run."""
        return {
            FULL: self.build,
            KEPT: lambda: self.build("--out", "build/plain"),
            ONE: lambda: self.build("--set", "scale=log"),
            NOTHING: lambda: self.build("--set", "scale=log"),
        }


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return round(time.perf_counter() - start, 3)


def peak_memory(call: Callable[[], object]) -> int:
    """The most memory in MB that all processes below this one had while `call` ran.

    Pages that processes share count once where the system tells (PSS), else the processes' own.
    """
    most, ended = [0], Event()

    def look() -> None:
        while not ended.wait(_PAUSE):
            most.append(max(most.pop(), sum(map(_memory, psutil.Process().children(True)))))

    watch = Thread(target=look)
    watch.start()
    try:
        call()
    finally:
        ended.set()
        watch.join()
    return most[0] // 2**20


def _memory(process: psutil.Process) -> int:
    try:
        told = process.memory_full_info()
    except psutil.Error:  # it has ended
        return 0
    return getattr(told, "pss", told.uss)


def scale(most: int, tell: Callable[[str], None]) -> dict[int, dict[str, float]]:
    """By size, up to `most` claims: ms a claim for each kind of work, and the most memory in MB.

    A build is of the invented dossier's own chapter, Sources and Method: its seconds, the most
    memory of all its processes, and the size of its page in MB.
    """
    found: dict[int, dict[str, float]] = {}
    kinds = ("load", "conflicts", "frames", "check", "MB", "build", "all MB", "page MB")
    tell(" ".join(f"{name:>9}" for name in ("claims", *kinds)) + "   ms a claim; build: seconds")
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        checkout = _Checkout(Path(folder) / "checkout", ROOT, sys.executable)
        chapter = (ROOT / "tests" / "dossier" / "1-quay.ipynb").read_text(encoding="utf-8")
        own = checkout.folder / "notebooks" / "9-quay.ipynb"
        own.write_text(chapter.replace("1-quay", "9-quay"), encoding="utf-8")
        for size in (size for size in SIZES if size <= most):
            made = Path(folder) / str(size)
            data, texts = str(made / "data"), str(made / "texts")
            checkout.run(sys.executable, str(ROOT / "tests/scale.py"), str(size), str(made))
            it = json.loads(checkout.run(sys.executable, "-c", _WORK, str(size), data, texts))
            words = ["--data", data, "--texts", texts, "--set"]
            words += ["chapters=9-quay,7-sources,8-method", "--out", str(made / "out")]
            start = time.perf_counter()
            it["all MB"] = peak_memory(partial(checkout.briefing, "build", *words))
            it["build"] = round(time.perf_counter() - start, 1)
            it["page MB"] = (made / "out" / "briefing.html").stat().st_size / 1e6
            found[size] = it
            tell(f"{size:9} " + " ".join(f"{it[name]:9.3f}" for name in kinds))
    return found


def bench(
    rounds: int, against: str | None, first: bool, claims: int, tell: Callable[[str], None]
) -> Path:
    """Measure, tell each figure as it comes and then the table; return the JSON that holds all.

    Without rounds only dossiers of up to so many `claims` are measured. `against` names another
    checkout, with its own .venv, whose builds take turns with ours; `first` measures the first
    build on an empty machine too, which installs all packages.
    """
    grown = scale(claims, tell)
    if not rounds:
        return _written({"scale": grown})
    took: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        ours = _Checkout(Path(folder) / "ours", ROOT, sys.executable)
        timed = {
            STOCK: ours.stock,
            **ours.builds(),
            CHECK: lambda: ours.briefing("check", "--texts", ""),
            COMPARE: lambda: ours.briefing("compare", "build/plain", "build/default"),
        }
        checkouts = [ours]
        if against is not None:
            source = Path(against).resolve()
            python = source / ".venv" / "bin" / "python"
            if not python.is_file():
                raise Refusal(f"--against {against}: a checkout with its own .venv is expected")
            checkouts.append(_Checkout(Path(folder) / "theirs", source, str(python)))
            theirs = checkouts[1].builds()
            timed |= {f"{name}, {against}": call for name, call in theirs.items()}
        for checkout in checkouts:
            checkout.build()  # bytecode and font caches, which are no part of a build
        for number in range(rounds):
            for checkout in checkouts:
                checkout.forget()
            for name, call in timed.items():
                took.setdefault(name, []).append(_seconds(call))
                tell(f"round {number + 1} of {rounds}: {took[name][-1]:8.2f} s  {name}")
        memory = {}
        for name, checkout in zip((FULL, f"{FULL}, {against}"), checkouts, strict=False):
            checkout.forget()
            memory[name] = peak_memory(checkout.build)
        memory[STOCK] = peak_memory(ours.stock)
        if first:
            empty = _Checkout(Path(folder) / "empty", ROOT, sys.executable)
            empty.environment["PIP_NO_CACHE_DIR"] = "1"
            base = f"PYTHON={Path(sys.base_prefix) / 'bin' / 'python3'}"
            took[FIRST] = [_seconds(lambda: empty.run("make", "briefing", "TEXTS=", base))]
    table = pd.DataFrame({"seconds": {name: median(times) for name, times in took.items()}})
    table["÷ full"] = table["seconds"] / table["seconds"][FULL]
    table["stock ÷"] = table["seconds"][STOCK] / table["seconds"]
    table["peak MB of all processes"] = pd.Series(memory)
    told = table.round(2).to_string(na_rep="")
    tell(f"\nMedians of {rounds}, on {os.cpu_count()} cores:\n{told}")
    found = {"rounds": rounds, "cores": os.cpu_count(), "seconds": dict(table["seconds"])}
    found |= {"ratios": dict(table["÷ full"].round(3)), "peak memory in MB": memory}
    return _written({**found, "scale": grown})


def _written(found: dict[str, Any]) -> Path:
    path = ROOT / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
