"""Executing chapters with papermill, and making what comes out the same every time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from queue import Empty
from threading import Thread
from typing import Any, NamedTuple
from uuid import uuid4

import nbformat
import papermill
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, v4
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from ..errors import AT_HAND, ChapterFailed, Refusal
from ..report.cells import ASIDE
from ..report.lint import typed_numbers
from ..report.parameters import declared
from . import pool, store

# It takes annotations such as Literal["linear", "log"] for no declaration, and warns; and what
# breaks is told once, by whoever it is raised to.
logging.getLogger("papermill").setLevel(logging.CRITICAL)

# What differs between two runs of the same chapter and tells a reader nothing.
_RUN_METADATA = ("papermill", "execution", "widgets")
#: So many lines of an error, and of what led to it, are told.
_TOLD = 5
#: Seconds that a cell may run; the build's option --limit says otherwise.
LIMIT = 600


class _Client(AsyncKernelClient):
    """Waits for a kernel until it answers, and no longer; whether it lives its process tells.

    Jupyter's own then waits for a fifth of a second in which nothing more comes, and when a kernel
    was ended for a second in which its heartbeat might be heard.
    """

    def start_channels(self, *_: Any, **others: Any) -> None:
        super().start_channels(**others, hb=False)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        until = time.monotonic() + (timeout or math.inf)
        while time.monotonic() < until:
            self.kernel_info()
            with contextlib.suppress(Empty):
                reply = await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)
                return self._handle_kernel_info_reply(reply)
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it answered")
        raise RuntimeError(f"the kernel did not answer in {timeout} seconds")


class KernelManager(AsyncKernelManager):
    """Jupyter's own, but for where its kernels come from: the pool, if it can serve."""

    def __init__(self, **options: Any) -> None:
        if pool.FORKS:  # sockets without files: a port may be another build's at the same time
            options |= {"transport": "ipc", "ip": f"@{uuid4().hex}"}
        super().__init__(client_factory=_Client, **options)

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        told = (kernel_cmd, Path(options.get("cwd") or Path.cwd()), options["env"])
        provisioner: Any = self.provisioner
        try:
            provisioner.process = await asyncio.to_thread(pool.Kernel, *told)
        except (OSError, EOFError, ValueError):
            return await super()._async_launch_kernel(kernel_cmd, **options)
        provisioner.pid = provisioner.process.pid
        return None


class _Engine(NBClientEngine):
    """Papermill's own, which says at which cell a kernel died or took too long."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, *names: Any, **options: Any) -> Any:
        try:
            return super().execute_managed_notebook(nb_man, *names, **options)
        except (DeadKernelError, CellTimeoutError) as error:
            status = [cell.metadata.papermill.status for cell in nb_man.nb.cells]
            # What did not end well is called complete, too; what follows it is not.
            at = max(index for index, it in enumerate(status) if it != nb_man.PENDING)
            why = "its kernel died, for want of memory or ended by what it ran"
            if isinstance(error, CellTimeoutError):
                why = f"it ran for more than {options['execution_timeout']} seconds (--limit)"
            source = nb_man.nb.cells[at].source.strip()
            raise RuntimeError(f"cell {at}: {why}\n{source}") from None


papermill_engines.register(_Engine.__name__, _Engine)


class Step(NamedTuple):
    """What becomes of a chapter or a file: it "waits", "runs", is "done", or "kept" from before."""

    what: str
    state: str

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be done for it."""
        return self.state in ("done", "kept")

    def __str__(self) -> str:
        return f"{self.what} (kept)" if self.state == "kept" else self.what


def execute_all(
    notebooks: Iterable[Path],
    values: Mapping[str, Any],
    tell: Callable[[Step], None],
    shared: Callable[[], str],
    limit: int = LIMIT,
    meanwhile: Callable[[], object] = lambda: None,
) -> dict[str, NotebookNode]:
    """Every chapter executed with its share of all values; `tell` hears of each step.

    What is to be done `meanwhile` is done in this thread, where an interrupt ends it.

    A chapter that was executed with the same inputs before is taken from the store: `shared`
    says the hash of what all chapters depend on. Raises ChapterFailed or Refusal of the first
    chapter that broke, when all have ended, or for a cell that runs for more than `limit` seconds.
    """
    notebooks, before = list(notebooks), shared()

    def obtained(notebook: Path) -> NotebookNode:
        def said(state: str) -> None:
            tell(Step(notebook.stem, state))

        made = partial(execute, notebook, values, limit)
        return v4.reads(obtain(notebook, values, before, shared, made, said))

    with kernels(notebooks[0].parent, 2 * (os.cpu_count() or 1)) as threads:
        for path in notebooks:
            tell(Step(path.stem, "waits"))
        # The last first: Method, which makes the judgements of the summary again, takes longest.
        running = {path: threads.submit(obtained, path) for path in reversed(notebooks)}
        meanwhile()
        wait(running.values())
        return {path.stem: running[path].result() for path in notebooks}


def obtain(
    notebook: Path,
    values: Mapping[str, Any],
    before: str,
    shared: Callable[[], str],
    made: Callable[[], str],
    tell: Callable[[str], None],
) -> str:
    """An executed chapter from the store, or as it is `made` now, and then put there.

    `shared` says the hash of what all chapters depend on, `before` what it said at the start;
    `tell` hears whether it was "kept", or that it "runs" and is "done".
    """
    key = chapter_key(notebook, values, before)
    if text := store.kept(key):
        tell("kept")
        return text
    tell("runs")
    text = made()
    # What changed while it ran may be in it, or not.
    if key == chapter_key(notebook, values, shared()):
        store.keep(key, text)
    tell("done")
    return text


@contextlib.contextmanager
def kernels(folder: Path, width: int = 1) -> Iterator[ThreadPoolExecutor]:
    """Threads, so many, in which chapters of a folder are executed.

    Whatever happens, nothing more begins afterwards, and the kernels and what they started have
    ended.
    """
    nbformat.validate(v4.new_notebook())  # else each thread would make the checker for itself
    threads = ThreadPoolExecutor(width)
    # Kernels start where this process is. Told by papermill each thread would move all of it.
    with contextlib.chdir(folder), pool.nothing_left() as end:
        try:
            yield threads
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            waiting = Thread(target=threads.shutdown)
            waiting.start()
            while waiting.is_alive():
                end()  # more than once: a kernel may have been about to start
                waiting.join(0.1)


def chapter_key(notebook: Path, values: Mapping[str, Any], shared: str) -> str:
    """The key of an executed chapter: of all values, those that it declares matter."""
    own = {item.name: values.get(item.name, item.default) for item in declared(notebook)}
    return store.chapter_key(notebook, own, shared)


def execute(notebook: Path, values: Mapping[str, Any], limit: int = LIMIT) -> str:
    """One chapter executed in the current folder, as JSON without run times and random ids.

    Raises ChapterFailed for a number typed into its prose before anything runs, and for a cell
    that runs for more than `limit` seconds.
    """
    read = v4.reads(notebook.read_text(encoding="utf-8"))
    typed = list(typed_numbers(read))
    if typed:
        raise ChapterFailed(f"{notebook.name}, {typed[0]}; a number comes from a claim")
    # Saving an edition is for an analyst who asks for it, never for a build.
    read.cells = [cell for cell in read.cells if not ASIDE & set(cell.metadata.get("tags", []))]
    own = {
        item.name: values[item.name]
        for item in declared(notebook)
        if values.get(item.name, item.default) != item.default
    }
    try:
        executed = papermill.execute_notebook(
            read,
            None,
            parameters=own,
            kernel_name="python3",
            engine_name=_Engine.__name__,
            language="python",
            execution_timeout=limit,
            progress_bar=False,
            shutdown_kernel="immediate",
            extra_arguments=["--IPKernelApp.log_level=40"],
            kernel_manager_class=KernelManager,
        )
    except PapermillExecutionError as error:
        raise _failure(notebook, error) from None
    except (RuntimeError, TimeoutError) as error:  # the kernel, not what it ran
        raise ChapterFailed(f"{notebook.name}, {error}") from None
    return v4.writes(_settled(executed))


def _failure(notebook: Path, error: PapermillExecutionError) -> Exception:
    if error.ename == "Refusal":
        return Refusal(str(error.evalue))
    place = f"cell {error.cell_index}"
    said = "\n".join(str(error.evalue)[:1000].splitlines()[:_TOLD])
    where = _where("\n".join(error.traceback), notebook.parent.resolve(), place)
    return ChapterFailed("\n  ".join([f"{notebook.name}, {place}: {error.ename}: {said}", *where]))


def _where(traceback: str, ours: Path, cell: str) -> list[str]:
    """The rows at hand, and the lines of ours that failed, the innermost first: a screen at most.

    Read from the traceback of IPython, which is all that a kernel sends of an exception.
    """
    rows, lines, place = [], [], ""
    for line in re.sub(r"\x1b\[[0-9;]*m", "", traceback).splitlines():
        if line.strip().startswith(AT_HAND):
            rows.append(line.strip())
        elif m := re.match(r"Cell In\[\d+\], line (\d+)", line):
            place = f"{cell}, line {m[1]}"
        elif m := re.match(r"File (.+?):(\d+)(?:, in ([^(]+))?", line):
            path = Path(m[1]).expanduser()
            inside = f", in {m[3]}" if m[3] else ""
            mine = path.is_relative_to(ours)
            place = f"{path.relative_to(ours)}, line {m[2]}{inside}" if mine else ""
        elif place and (m := re.match(r"-+> \d+ +(.+)", line)):
            lines.append(f"{place}: {m[1].strip()}")
            place = ""
    # The innermost are those that broke; the outermost is where to begin to look.
    lines = list(dict.fromkeys(lines))
    told = lines if len(lines) <= _TOLD else [*lines[:1], *lines[1 - _TOLD :]]
    return [*dict.fromkeys(rows), *reversed(told)]


def _settled(notebook: NotebookNode) -> NotebookNode:
    for part in (notebook, *notebook.cells):
        for name in _RUN_METADATA:
            part.metadata.pop(name, None)
    for index, cell in enumerate(notebook.cells):
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = f"injected-{index}"
    return notebook
