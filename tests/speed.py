"""How long a build takes, side by side with the stock way: python tests/speed.py [ROUNDS]

The stock way is papermill and then `jupyter nbconvert --to html`, chapter by chapter; it makes
neither a page, a PDF nor exhibits. All runs are of a copy of this repository, round by round, so
that whatever else the machine does weighs on each; the medians are printed, with their ratios.
No test calls this: how fast a machine is says nothing of whether a change is right.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
#: A parameter that a single chapter declares.
ONE = "SET=scale=log"


def copied(folder: Path) -> Path:
    """A copy of what git knows of, with the packages that are installed here."""
    known = subprocess.run(
        ["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, text=True, check=True
    )
    for name in filter(None, known.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HOUSE / name, folder / name)
    (folder / ".venv").symlink_to(HOUSE / ".venv")
    return folder


def stock(house: Path, environment: Mapping[str, str]) -> None:
    """Execute and convert each chapter with the commands that come with papermill and Jupyter."""
    out = house / "build" / "stock"
    out.mkdir(parents=True, exist_ok=True)
    for chapter in sorted((house / "notebooks").glob("*.ipynb")):
        done = out / chapter.name
        papermill = ["papermill", "--cwd", "notebooks", str(chapter), str(done)]
        for command in (papermill, ["jupyter", "nbconvert", "--to", "html", str(done)]):
            program = str(house / ".venv" / "bin" / command[0])
            run(house, environment, program, *command[1:])


def run(house: Path, environment: Mapping[str, str], *command: str) -> None:
    """Run a command in the copy, in silence; what it says is shown where it fails."""
    done = subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def measured(house: Path, rounds: int) -> dict[str, float]:
    """The median of each kind of run, in seconds."""
    environment = {**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    taken: dict[str, list[float]] = {}

    def note(name: str, call: Callable[[], object]) -> None:
        taken.setdefault(name, []).append(seconds(call))
        print(f"{name}: {taken[name][-1]:.2f} s", flush=True)

    def make(*words: str) -> None:
        run(house, environment, "make", "briefing", *words)

    python = str(house / ".venv" / "bin" / "python")
    make()  # bytecode and font caches, which are no part of a build
    for _ in range(rounds):
        shutil.rmtree(house / "build" / ".cache" / "briefing")
        note("the stock way", lambda: stock(house, environment))
        note("a full build", make)
        note("one parameter of one chapter changed", lambda: make(ONE))
        note("nothing changed", lambda: make(ONE))
        note("Python's own start", lambda: run(house, environment, python, "-c", "pass"))
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        took = measured(copied(Path(folder)), rounds)
    full = took["a full build"]
    beyond = took["nothing changed"] - took["Python's own start"]
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"\nMedians of {rounds} rounds, on {os.cpu_count()} cores:")
    for name, value in took.items():
        print(f"{value:8.2f} s  {name}")
    print(f"{took['the stock way'] / full:8.2f}    the stock way to a full build")
    one = took["one parameter of one chapter changed"]
    print(f"{one / full:8.2f}    one parameter of one chapter changed to a full build")
    print(f"{beyond:8.2f} s  nothing changed, beyond Python's own start")
    print(f"{most / 1024:8.0f} MB the largest process")


if __name__ == "__main__":
    main()
