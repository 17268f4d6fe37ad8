"""What a kernel finds imported: the fork server of `pool` imports this, and nothing else does."""

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module

from .store import NOTEBOOKS

os.environ["JPY_PARENT_PID"] = str(os.getpid())  # ipykernel reads once whom it must not outlive
# A build has no use for a debugger, which takes long to import.
sys.modules["debugpy"] = None  # type: ignore[assignment]
gc.disable()  # nothing that is imported becomes garbage
for _name in (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", f"{__package__}.pool"),
    *("briefing.report.chapter", *sorted(path.stem for path in NOTEBOOKS.glob("*.py"))),
):
    with suppress(Exception):  # left to the chapter that needs it, which says why
        import_module(_name)
gc.freeze()  # and kernels need not look at it
gc.enable()
gc.set_threshold(100_000, 50, 100)  # looking for garbage took a twentieth of a build
