"""A Dask cluster in place of this machine: a sweep's chapters and editions as its tasks.

A worker may be a process that may start no others, or one with a main program that cannot be
forked, and it belongs to its cluster. So what needs kernels runs in a helper beside it, one for
each of its threads, which ends with it. A task depends on nothing but its arguments and the
checkout, which it holds against the driver's first: where a worker is lost, its tasks run again
elsewhere and give the same bytes. `distributed` is imported here alone, and only when asked for.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ChapterFailed, Fault, Refusal
from . import store

if TYPE_CHECKING:
    from .grid import Plan

#: How often a task is tried again for another reason than a lost worker, which Dask sees to.
_RETRIES = 2
_here = threading.local()


class Cluster:
    """The workers of a cluster, as the workshop of a sweep.

    Raises Refusal where `distributed` is not installed, where no cluster answers at the address,
    or where it has no workers.
    """

    def __init__(self, address: str, limit: int) -> None:
        self._limit = limit
        try:
            from distributed import Client
        except ImportError:
            expected = (
                "a sweep on a cluster needs `distributed`, which is not installed; "
                "install it with: pip install --require-hashes -r requirements-dask.txt"
            )
            raise Refusal([Fault("--dask", address, expected)]) from None
        try:
            self._client = Client(address, timeout=10, set_as_default=False)
            self.width = sum(self._client.nthreads().values())
        except (OSError, ValueError) as error:
            expected = f"no cluster answers there ({error}); as in tcp://127.0.0.1:8786"
            raise Refusal([Fault("--dask", address, expected)]) from None
        if not self.width:
            self._client.close()
            raise Refusal([Fault("--dask", address, "this cluster has no workers; start some")])

    def execute(self, plan: Plan, notebook: Path) -> str:
        """A chapter executed by a worker."""
        return self._task("execute", plan, notebook.name, plan.values, self._limit)

    def render(self, plan: Plan, texts: Mapping[str, str]) -> dict[str, bytes]:
        """The files of an edition, rendered by a worker."""
        return self._task("render", plan, plan.asked, texts)

    def _task(self, name: str, plan: Plan, *told: Any) -> Any:
        job = pickle.dumps((name, plan.places, _inputs(*plan.places), told))
        future = self._client.submit(on_worker, job, pure=False, retries=_RETRIES)
        done, made = future.result()
        if not done:
            raise made
        return made

    def close(self) -> None:
        """Leave the cluster, which forgets our tasks."""
        self._client.close()


def _inputs(data: Path, texts: Path | None) -> str:
    """One hash over all code and data that a task depends on."""
    return store.digest(
        store.shared_by_chapters(data, texts),
        *(path.read_bytes() for path in store.code_files()),
        *(path.read_bytes() for path in sorted(store.NOTEBOOKS.glob("[0-9]*-*.ipynb"))),
    )


def on_worker(job: bytes) -> tuple[bool, Any]:
    """Run a task in the helper of this thread: whether it went well, and what it gave.

    Raises EOFError or OSError where the helper is lost.
    """
    helper: Any = getattr(_here, "helper", None)
    if helper is None or helper.poll() is not None:
        _here.helper = helper = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=store.NOTEBOOKS,
            env={**os.environ, "PYTHONPATH": str(store.NOTEBOOKS)},
        )
    asks, answers = helper.stdin, helper.stdout
    pickle.dump(job, asks)
    asks.flush()
    return pickle.load(answers)


def _done(name: str, places: tuple[Path, Path | None], inputs: str, told: Any) -> Any:
    if inputs != _inputs(*places):
        expected = "its checkout, dossier, texts and packages must be those of the driver"
        raise Refusal([Fault("Dask worker", os.uname().nodename, expected)])
    if name == "execute":
        from .run import execute, kernels

        notebook, values, limit = told
        with kernels(store.NOTEBOOKS):
            return execute(store.NOTEBOOKS / notebook, values, limit)
    from .sweep import rendered

    return rendered(*told)


def _serve() -> None:
    """Do what the worker sends, until it ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a task prints is no answer
    while True:
        try:
            job = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = True, _done(*pickle.loads(job))
        except (Refusal, ChapterFailed) as error:
            answer = False, error
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    _serve()
