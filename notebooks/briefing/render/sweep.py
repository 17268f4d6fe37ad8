"""Many editions at once: a grid of parameters, planned, checked and built side by side.

Which editions a grid names stands in grid.py, what is told of them together in sweep_page.py, and
other machines in cluster.py. Chapters are executed in kernels of the pool, each distinct one once,
and editions rendered in processes forked from it: one build after another imports everything anew,
and two at a time execute what they share twice.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from threading import Lock, Semaphore, Thread
from typing import Any
from weakref import WeakValueDictionary

from ..errors import ChapterFailed
from ..report.parameters import NOTEBOOKS
from . import pool, store
from .cluster import Cluster
from .edition import prepare
from .folders import replaced_whole, restore, sweep_folder
from .grid import Plan, plans_of
from .run import LIMIT, Step, chapter_key, execute, kernels, obtain
from .sweep_page import write_page

_CORES = os.cpu_count() or 1
#: How many editions a process renders: Typst remembers of each what the next may need, some 60 MB.
_EACH = 8


def sweep(
    file: Path,
    tell: Callable[[Step], None],
    data: str | None = None,
    texts: str | None = None,
    out: Path | None = None,
    dask: str | None = None,
    limit: int = LIMIT,
) -> tuple[Path, int]:
    """Build every edition of a grid that is not current; return the page, and chapters executed.

    Each edition has the bytes of a build of its own, and takes its place whole, so that what is
    interrupted goes on where it was. `dask` is the address of a cluster to work on; no cell may
    run for more than `limit` seconds. Raises Refusal before anything runs, or, when all others
    have ended, what went wrong first.
    """
    out = sweep_folder(store.ROOT / "build" / "sweep" / file.stem if out is None else out)
    plans = list(plans_of(file, data, texts, out))
    for plan in plans:
        restore(plan.out)
        tell(Step(plan.name, "waits"))
    left = []
    for plan in plans:
        if store.current(plan.out, plan.key):
            tell(Step(plan.name, "kept"))
        else:
            left.append(plan)
    executed = _build(left, dask, limit, tell) if left else 0
    return write_page(out, {plan.name: plan.changed for plan in plans}), executed


def _build(plans: list[Plan], dask: str | None, limit: int, tell: Callable[[Step], None]) -> int:
    """Build editions side by side; return how many chapters were executed.

    What several need is executed once, and in memory while one of them waits for it.
    """
    workshop = _Here(limit) if dask is None else Cluster(dask, limit)
    chapters: WeakValueDictionary[str, Future[str]] = WeakValueDictionary()
    states: list[str] = []
    editions: list[Future[None]] = []
    room = Semaphore(workshop.width + 1)  # an edition holds a thread while its chapters run
    with kernels(NOTEBOOKS, 3 * workshop.width + 1) as threads, closing(workshop):
        for plan in plans:
            room.acquire()
            read = store.held(filter(None, plan.places))
            shared = partial(store.shared_by_chapters, *plan.places)
            before, needed = shared(), {}
            for it in plan.notebooks:
                key = chapter_key(it, plan.values, before)
                if (made := chapters.get(key)) is None:
                    now = partial(workshop.execute, plan, it)
                    told = (it, plan.values, before, shared, now, states.append)
                    chapters[key] = made = threads.submit(obtain, *told)
                needed[it.stem] = made
            # Begun after its chapters, it finds them with other threads, or done.
            editions.append(threads.submit(_edition, plan, workshop, needed, read, tell))
            editions[-1].add_done_callback(lambda _: room.release())
        wait(editions)
    for edition in editions:
        edition.result()
    return states.count("runs")


def _edition(
    plan: Plan,
    workshop: _Here | Cluster,
    chapters: Mapping[str, Future[str]],
    read: Mapping[str, str],
    tell: Callable[[Step], None],
) -> None:
    """Build one edition, and note that its folder holds it."""
    tell(Step(plan.name, "runs"))
    try:
        texts = {name: made.result() for name, made in chapters.items()}
        files = workshop.render(plan, texts)
    except ChapterFailed as failure:
        raise ChapterFailed(f"{plan.name}: {failure}") from None
    with replaced_whole(plan.out) as stage:
        for name, content in files.items():
            (stage / name).parent.mkdir(exist_ok=True)
            (stage / name).write_bytes(content)
    store.record(plan.out, plan.key, read)
    tell(Step(plan.name, "done"))


class _Here:
    """This machine: kernels of the pool, and processes that are forked from it to render."""

    def __init__(self, limit: int) -> None:
        self.width, self._limit = _CORES, limit
        self._lock, self._rendered = Lock(), 0
        pool.start()
        self._presses = self._fresh()

    def _fresh(self) -> ProcessPoolExecutor:
        kind = multiprocessing.get_context("forkserver" if pool.FORKS else "spawn")
        presses = ProcessPoolExecutor(_CORES, kind, _quiet)
        for _ in range(_CORES):
            presses.submit(_quiet)  # they import while kernels work
        return presses

    def execute(self, plan: Plan, notebook: Path) -> str:
        """A chapter executed in a kernel."""
        return execute(notebook, plan.values, self._limit)

    def render(self, plan: Plan, texts: Mapping[str, str]) -> dict[str, bytes]:
        """The files of an edition, made in another process."""
        with self._lock:
            self._rendered += 1
            if not self._rendered % (_EACH * _CORES):
                self._presses.shutdown(wait=False)
                self._presses = self._fresh()
            making = self._presses.submit(rendered, plan.asked, texts)
        return making.result()

    def close(self) -> None:
        """Begin no other edition; one that is being rendered, in a second, is finished."""
        self._presses.shutdown(wait=False, cancel_futures=True)


@cache
def _quiet() -> None:
    """Leave interrupts to the driver, but end when it has, and import what renders."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=pool.end_with_driver, daemon=True).start()
    from . import render  # noqa: F401


def rendered(asked: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, bytes]:
    """The files of an edition by their path in its folder, from its chapters as JSON."""
    from nbformat import v4

    from .render import render

    with tempfile.TemporaryDirectory(prefix="edition-") as folder:
        executed = {name: v4.reads(text) for name, text in texts.items()}
        render(prepare(**asked), executed, Path(folder), lambda name: None, False)
        files = (path for path in Path(folder).rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
