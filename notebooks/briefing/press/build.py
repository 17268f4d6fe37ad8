"""An edition built: its chapters executed, rendered, and put in place whole."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from importlib import import_module
from pathlib import Path

from . import cache
from .edition import Edition
from .folders import out_folder, replaced_whole
from .run import execute_all
from .warm import Nursery


def build(
    edition: Edition,
    out: Path,
    tell: Callable[[str], None],
    front: bool = False,
    nursery: Nursery | None = None,
) -> Path:
    """Execute and render an edition into `out`, which is replaced whole or not at all.

    With `front` there is a picture of page one among the exhibits. A `nursery` that was started
    before has kernels ready; without one there is one for this build. Raises Refusal, before
    anything is written, where `out` is no folder that a build may replace.
    """
    out = out_folder(out, (edition.dossier.folder, edition.texts))
    shared = partial(cache.surroundings, edition.dossier.folder, edition.texts)
    with (
        replaced_whole(out) as stage,
        nullcontext(nursery) if nursery else Nursery() as warm,
        ThreadPoolExecutor(max_workers=1) as beside,
    ):
        # What renders takes a while to import and to get going: that passes while kernels work.
        rendering = beside.submit(import_module, ".render", __package__)
        rehearsal = beside.submit(lambda: rendering.result().rehearse())
        executed = execute_all(edition.notebooks, edition.values, tell, warm, shared)
        rehearsal.cancel()
        rendering.result().render(edition, executed, stage, tell, front)
    return out
