"""Executing chapters with papermill, and making what comes out the same every time."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from ..chapter.lint import typed_numbers
from ..chapter.parameters import declared
from ..faults import ChapterFailed, Refusal

# It takes annotations such as Literal["linear", "log"] for no declaration, and warns.
logging.getLogger("papermill").setLevel(logging.ERROR)

# What differs between two runs of the same chapter and tells a reader nothing.
_RUN_METADATA = ("papermill", "execution", "language_info", "widgets")


def execute_all(
    notebooks: Iterable[Path], values: Mapping[str, Any], done: Callable[[str], None]
) -> dict[str, NotebookNode]:
    """Every chapter executed with its share of the values; `done` is told of each.

    Raises ChapterFailed or Refusal of the first chapter that broke, when all have ended.
    """
    notebooks = list(notebooks)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        running = {path.stem: pool.submit(execute, path, values) for path in notebooks}
        finished = {}
        for name, future in running.items():
            finished[name] = future.result()
            done(name)
    return finished


def execute(notebook: Path, values: Mapping[str, Any]) -> NotebookNode:
    """One chapter executed in its own folder, with run times and random ids removed.

    Raises ChapterFailed for a number typed into its prose before anything runs.
    """
    typed = list(typed_numbers(nbformat.read(notebook, as_version=4)))
    if typed:
        raise ChapterFailed(f"{notebook.name}, {typed[0]}; a number comes from a claim")
    own = {item.name: values[item.name] for item in declared(notebook) if item.name in values}
    try:
        executed = papermill.execute_notebook(
            str(notebook),
            None,
            parameters=own,
            cwd=str(notebook.parent),
            kernel_name="python3",
            progress_bar=False,
            shutdown_kernel="immediate",
            extra_arguments=["--IPKernelApp.log_level=40"],
        )
    except PapermillExecutionError as error:
        raise _failure(notebook, error) from None
    return _settled(executed)


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
