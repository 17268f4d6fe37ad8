"""Where warm kernels come from: one process that has imported what chapters import.

`Nursery` starts that process while the driver still imports its own libraries. It forks for
each chapter; the copy becomes the kernel that Jupyter would have started from the same
arguments, with nothing left to import. Only on Linux: elsewhere libraries of the system may
not survive a fork.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock

from .cache import NOTEBOOKS, chapter_code

#: The module that a kernel's command runs; what follows it are the kernel's own arguments.
LAUNCHER = "ipykernel_launcher"
#: The path of a socket has at most 107 bytes; Jupyter appends "-1" to "-5".
_LONGEST = 105
#: What it imports when it starts.
_KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger")


class Nursery:
    """The process that warm kernels are forked from; it ends with the `with` block.

    It starts when it is told to, or for the first kernel.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._count = count(1)
        self._folder: TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[str] | None = None
        self._code = ""

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None
            self._folder.cleanup()

    def start(self) -> None:
        """Start the process, if it has not been; returns at once."""
        if self._process or sys.platform != "linux":
            return
        self._code = chapter_code()
        self._folder = TemporaryDirectory(prefix="kernels-")
        path = os.pathsep.join(filter(None, [str(NOTEBOOKS), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            text=True,
        )

    def sockets(self) -> str:
        """A path for the sockets of one more kernel; "" where there can be none."""
        with self._lock:
            self.start()
            path = f"{self._folder.name}/{next(self._count)}" if self._folder else ""
            return path if len(path.encode()) <= _LONGEST else ""

    def fork(self, arguments: Sequence[str], cwd: str, env: Mapping[str, str]) -> int:
        """The process id of a new kernel. Raises OSError or ValueError where none can be had.

        None is made for another folder, or from modules that have changed since the start:
        what the process imported would not be what a chapter there imports.
        """
        with self._lock:
            self.start()
            if not self._process or Path(cwd) != NOTEBOOKS or self._code != chapter_code():
                raise OSError("no warm kernel can be had")
            order = {"arguments": list(arguments), "cwd": cwd, "env": dict(env)}
            print(json.dumps(order), file=self._process.stdin, flush=True)
            return int(self._process.stdout.readline())


# In the nursery ------------------------------------------------------------------------


def main() -> None:
    """Import what chapters import, then fork a kernel for each order that comes in."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the driver to handle
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # by it a kernel knows whom it must not outlive
    own = sorted(path.stem for path in NOTEBOOKS.glob("*.py"))
    sys.modules["debugpy"] = None  # a build has no use for a debugger, which takes long to import
    gc.disable()  # nothing that is imported becomes garbage
    for module in (*_KERNEL, "briefing.report.chapter", *own):
        # What cannot be imported is left to the chapter that needs it, which says why.
        with suppress(Exception):
            import_module(module)
    gc.freeze()  # and kernels need not look at it
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # kernels that ended leave nothing behind
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            _become_kernel(**order)
        print(pid, flush=True)


def _become_kernel(arguments: list[str], cwd: str, env: dict[str, str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()  # as Jupyter starts them: an interrupt reaches the driver alone
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)  # standard output is how the nursery answers
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = [LAUNCHER, *arguments]
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance()
    sys.exit()


if __name__ == "__main__":
    main()
