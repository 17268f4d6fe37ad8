"""Warm kernels as Jupyter manages them: papermill and nbclient notice no difference.

Where the nursery has none to give, Jupyter starts a cold one.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import suppress
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from .warm import LAUNCHER, Nursery

#: Seconds between two looks at a kernel that was told to end, and how often to look.
_PAUSE, _LOOKS = 0.002, 50


class _Kernel:
    """A forked kernel, as much like `subprocess.Popen` as a provisioner needs."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """None while it lives. How it ended is not known here: it is the nursery's child."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    wait = poll

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it lives; returns when a kernel that was killed has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        for _ in range(_LOOKS if number == signal.SIGKILL else 0):
            if self.poll() is not None:
                return
            time.sleep(_PAUSE)  # Jupyter would look again after a tenth of a second


class _Provisioner(LocalProvisioner):
    """Has a kernel forked in place of running its command."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Start the kernel and say how it is reached."""
        cwd = str(options.get("cwd") or os.getcwd())
        env = options.get("env") or os.environ
        try:
            pid = await asyncio.to_thread(self.parent.nursery.fork, _arguments(cmd), cwd, env)
        except (OSError, ValueError):
            return await super().launch_kernel(cmd, **options)
        self.process, self.pid, self.cwd = _Kernel(pid), pid, cwd
        return self.connection_info


def _arguments(cmd: list[str]) -> list[str]:
    """A kernel's own arguments. Raises ValueError for one that another Python would run."""
    if cmd[0] != sys.executable:
        raise ValueError(f"not ours: {cmd[0]}")
    return cmd[cmd.index(LAUNCHER) + 1 :]


class _Client(AsyncKernelClient):
    """Waits for a kernel until it answers, and no longer."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel answers on both of its channels.

        Jupyter's own then waits for a fifth of a second in which nothing more comes. What
        comes late answers no cell, and nbclient passes over it.
        """
        until = time.monotonic() + (timeout or float("inf"))
        while time.monotonic() < until:
            self.kernel_info()
            with suppress(Empty):
                reply = await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)
                return self._handle_kernel_info_reply(reply)
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it answered")
        raise RuntimeError(f"the kernel did not answer in {timeout} seconds")


class _Manager(AsyncKernelManager):
    """Starts kernels from a nursery; all else is Jupyter's."""

    nursery: Nursery

    def __init__(self, **options: Any) -> None:
        # Sockets are files: of ports, another build at the same time may take the same ones.
        if sockets := self.nursery.sockets():
            options |= {"transport": "ipc", "ip": sockets}
        super().__init__(client_factory=_Client, **options)

    async def _async_pre_start_kernel(self, **options: Any) -> Any:
        if self.provisioner is None:
            self.provisioner = _Provisioner(kernel_spec=self.kernel_spec, parent=self)
        return await super()._async_pre_start_kernel(**options)


def manager_of(nursery: Nursery) -> type[AsyncKernelManager]:
    """The class of kernel managers, for nbclient, whose kernels come from a nursery."""
    return type("WarmKernelManager", (_Manager,), {"nursery": nursery})
