"""Executing chapters with papermill, and making what comes out the same every time."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import papermill
from nbformat import NotebookNode, v4
from papermill.exceptions import PapermillExecutionError

from ..errors import ChapterFailed, Refusal
from ..report.lint import typed_numbers
from ..report.parameters import declared
from . import cache
from .kernels import manager_of
from .warm import Nursery

# It takes annotations such as Literal["linear", "log"] for no declaration, and warns.
logging.getLogger("papermill").setLevel(logging.ERROR)

#: The tag of the cell that saves a chapter's values as an edition.
SAVING = "save-edition"

# What differs between two runs of the same chapter and tells a reader nothing.
_RUN_METADATA = ("papermill", "execution", "widgets")


def execute_all(
    notebooks: Iterable[Path],
    values: Mapping[str, Any],
    done: Callable[[str], None],
    nursery: Nursery | None = None,
    shared: Callable[[], str] | None = None,
) -> dict[str, NotebookNode]:
    """Every chapter executed with its share of all values; `done` is told of each.

    Kernels come from `nursery`, if there is one. With `shared`, which says the hash of what
    all chapters depend on, a chapter that was executed with the same inputs before is taken
    from the cache.

    Raises ChapterFailed or Refusal of the first chapter that broke, when all have ended.
    """
    notebooks = list(notebooks)
    before = shared() if shared else ""
    # Kernels start where this process is. Told by papermill each thread would move all of it.
    with (
        contextlib.chdir(notebooks[0].parent),
        ThreadPoolExecutor(max_workers=2 * (os.cpu_count() or 1)) as pool,
    ):
        running = {
            path.stem: pool.submit(_kept_or_executed, path, values, nursery, shared, before)
            for path in notebooks
        }
        finished = {}
        for name, future in running.items():
            finished[name] = future.result()
            done(name)
    return finished


def _kept_or_executed(
    notebook: Path,
    values: Mapping[str, Any],
    nursery: Nursery | None,
    shared: Callable[[], str] | None,
    before: str,
) -> NotebookNode:
    if not shared:
        return execute(notebook, values, nursery)
    own = {item.name: values.get(item.name, item.default) for item in declared(notebook)}
    key = cache.chapter_key(notebook, own, before)
    if text := cache.kept(key):
        return v4.reads(text)
    executed = execute(notebook, values, nursery)
    # What changed while it ran may be in it, or not.
    if key == cache.chapter_key(notebook, own, shared()):
        cache.keep(key, v4.writes(executed))
    return executed


def execute(
    notebook: Path, values: Mapping[str, Any], nursery: Nursery | None = None
) -> NotebookNode:
    """One chapter executed in the current folder, with run times and random ids removed.

    Raises ChapterFailed for a number typed into its prose before anything runs.
    """
    read = v4.reads(notebook.read_text(encoding="utf-8"))
    typed = list(typed_numbers(read))
    if typed:
        raise ChapterFailed(f"{notebook.name}, {typed[0]}; a number comes from a claim")
    # Saving an edition is for an analyst who asks for it, never for a build.
    read.cells = [cell for cell in read.cells if SAVING not in cell.metadata.get("tags", [])]
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
            progress_bar=False,
            shutdown_kernel="immediate",
            extra_arguments=["--IPKernelApp.log_level=40"],
            **({"kernel_manager_class": manager_of(nursery)} if nursery else {}),
        )
    except PapermillExecutionError as error:
        raise _failure(notebook, error) from None
    except RuntimeError as error:  # the kernel, not what it ran
        raise ChapterFailed(f"{notebook.name}: {error}") from None
    # As it is read back from a file: its keys are in the same order then, kept or not.
    return v4.reads(v4.writes(_settled(executed)))


def _failure(notebook: Path, error: PapermillExecutionError) -> Exception:
    if error.ename == "Refusal":
        return Refusal(str(error.evalue))
    place = f"{notebook.name}, cell {error.cell_index}"
    return ChapterFailed(f"{place}: {error.ename}: {error.evalue}\n{error.source.strip()}")


def _settled(notebook: NotebookNode) -> NotebookNode:
    for name in _RUN_METADATA:
        notebook.metadata.pop(name, None)
    for index, cell in enumerate(notebook.cells):
        for name in _RUN_METADATA:
            cell.metadata.pop(name, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = f"injected-{index}"
    return notebook
