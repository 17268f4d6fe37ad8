"""Kernels that start at once: forked from one process that has imported what chapters import.

The standard library's fork server does the forking. Here is how a kernel starts and ends, not
how it is spoken to (`run`), nor what is imported (`preload`). Made necessary by the two seconds
that the kernel of each chapter took to import its libraries.

The pool belongs to the process that builds, and ends with it. Where it cannot serve, Jupyter
starts a kernel as ever, and what comes out is the same bytes: outside Linux, where libraries of
the system may not survive a fork, in another folder, whose modules may bear the names of ours,
and after modules have changed, which no kernel of yesterday's may run.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import forkserver, resource_tracker
from pathlib import Path

import psutil

from .store import NOTEBOOKS, chapter_code

#: Whether kernels can be forked.
FORKS = sys.platform == "linux"
#: The module that a kernel's command runs; what follows it are the kernel's own arguments.
LAUNCHER = "ipykernel_launcher"


@cache
def start() -> str:
    """Start the pool, once, and return at once: the hash of the code that it imports."""
    code = chapter_code()
    forkserver.set_forkserver_preload([f"{__package__}.preload"])
    # From its first moment on, an interrupt is for the driver alone.
    here = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN) if here else None
    try:
        with suppress(OSError):  # then Jupyter starts its own: TMPDIR is too long for a socket
            forkserver.ensure_running()
    finally:
        if here:
            signal.signal(signal.SIGINT, handler)
    return code


class Kernel(multiprocessing.get_context("forkserver" if FORKS else "spawn").Process):  # type: ignore[misc]
    """A forked kernel, as much like `subprocess.Popen` as Jupyter needs.

    `command` is what Jupyter would run in the folder `cwd` with the environment `env`. Raises
    OSError, EOFError or ValueError where the pool cannot serve.
    """

    stdin = stdout = stderr = None

    def __init__(self, command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> None:
        main = getattr(sys.modules["__main__"], "__spec__", None)
        if not FORKS or cwd != NOTEBOOKS or command[0] != sys.executable or not main:
            raise ValueError("a kernel of another kind")  # a fork would run a script once more
        arguments = list(command[command.index(LAUNCHER) :])
        if start() != chapter_code():
            raise OSError("modules have changed")
        super().__init__(args=(arguments, dict(env)), daemon=True)
        self.start()

    def run(self) -> None:
        """Become, in the fork, the kernel that the command would have started."""
        os.setsid()  # as Jupyter does: an interrupt at the terminal is not for kernels
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.daemon = False  # a chapter may start processes
        sys.argv, environment = self._args
        os.environ.clear()
        os.environ.update(environment, JPY_PARENT_PID=str(os.getppid()))
        threading.Thread(target=end_with_driver, daemon=True).start()
        os.chdir(NOTEBOOKS)
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance()

    def poll(self) -> int | None:
        """How it ended, None while it lives."""
        return self.exitcode

    def wait(self) -> int | None:
        """Wait for its end and say how it ended."""
        self.join()
        return self.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal to it and what it started; a kernel that is killed has ended then."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)
        if number == signal.SIGKILL:
            self.kill()
            self.join(1)  # Jupyter would look again after a tenth of a second


def end_with_driver() -> None:
    """Wait for the end of the process that builds, then end this one and what it started."""
    if driver := multiprocessing.parent_process():
        driver.join()
    kill(below(os.getpid()))
    os._exit(1)


def below(pid: int) -> set[psutil.Process]:
    """The processes that one has started, and those that these have; without the pool itself."""
    own = {forkserver._forkserver._forkserver_pid, resource_tracker._resource_tracker._pid}  # type: ignore[attr-defined]
    with suppress(psutil.NoSuchProcess):
        return {it for it in psutil.Process(pid).children(recursive=True) if it.pid not in own}
    return set()


@contextmanager
def nothing_left() -> Iterator[Callable[[], None]]:
    """Leave no process that was started meanwhile, nor what it started; given is what ends them.

    What loses its parent becomes this process's child, where the system can do so: else what a
    cell has started in a session of its own would outlive it.
    """
    if FORKS:
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    before = below(os.getpid())

    def end() -> None:
        others = [it for it in multiprocessing.active_children() if not isinstance(it, Kernel)]
        spared = {it.pid for it in others}  # a sweep waits for what renders its editions
        kill(it for it in below(os.getpid()) - before if it.pid not in spared)

    try:
        yield end
    finally:
        end()


def kill(processes: Iterable[psutil.Process]) -> None:
    """End processes at once."""
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
