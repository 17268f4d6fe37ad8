"""The cells of a notebook, read before anything of it runs: their form, and their code."""

from __future__ import annotations

import ast
import re
import threading
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, TypeAdapter

from ..claims.strict import read_json
from ..errors import Refusal

#: Chapters are looked over in threads, and Python 3.11 counts how deep a tree is for all of them
#: together: of two parsed at once, one failed with "AST constructor recursion depth mismatch".
_ONE_AT_A_TIME = threading.Lock()
#: Tags of cells that are an analyst's, and no part of a briefing: the one that saves a chapter's
#: values as an edition, and the one to go on from.
ASIDE = {"save-edition", "own"}
#: What IPython adds to Python: magics, commands of the shell, questions.
_MAGIC = re.compile(r"(^|=)\s*[%!?]|\?\s*$", re.MULTILINE)


class _Metadata(BaseModel):
    tags: list[str] = []


class _Cell(BaseModel):
    cell_type: Literal["code", "markdown", "raw"]
    metadata: _Metadata
    source: str | list[str]


class _Notebook(BaseModel):
    nbformat: Literal[4]
    metadata: dict[str, Any]
    cells: list[_Cell]


#: What is read of a notebook; what else it holds is Jupyter's.
_NOTEBOOK = TypeAdapter(_Notebook)


class Code(NamedTuple):
    """A code cell: where it is, its tags, and what stands in it."""

    place: str
    tags: list[str]
    source: str


def code_cells(notebook: Path) -> list[Code]:
    """The code cells of a notebook. Raises Refusal where it has not the form of one."""
    # As plain JSON: nbformat takes longer to import than all the rest of a chapter.
    return [
        Code(f"{notebook.name}, cell {index}", cell["metadata"].get("tags", []),
             "".join(cell["source"]))
        for index, cell in enumerate(read_json(notebook, "notebook", _NOTEBOOK)["cells"])
        if cell["cell_type"] == "code"
    ]  # fmt: skip


def parsed(source: str, place: str) -> ast.Module | None:
    """The code of a cell; None where IPython reads more in it than Python does.

    Raises Refusal, naming the line, where it is no code.
    """
    try:
        with _ONE_AT_A_TIME:
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if _MAGIC.search(source):
            return None
        line, why = getattr(error, "lineno", None), getattr(error, "msg", None) or str(error)
        raise Refusal(f"{place}{f', line {line}' * bool(line)}: {why}") from None
