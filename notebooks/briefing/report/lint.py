"""Numbers typed by hand, found before a chapter runs.

What a chapter prints is refused a typed number when it is printed (see `text`). This finds
them in what a run may not reach: Markdown cells, and sentences said under other parameters.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .text import typed_numerals

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Chapters are looked over in threads, and Python 3.11 counts how deep a tree is for all of them
#: together: of two parsed at once, one failed with "AST constructor recursion depth mismatch".
_ONE_AT_A_TIME = threading.Lock()


def typed_numbers(notebook: NotebookNode) -> Iterator[str]:
    """One message for each numeral typed into a Markdown cell or a sentence of a chapter."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            texts = iter([cell.source])
        elif "parameters" in cell.metadata.get("tags", []):
            continue
        else:
            texts = sentences(cell.source)
        for text in texts:
            for numeral in typed_numerals(text):
                yield f"cell {index}: {numeral!r} is typed into {text.strip()[:80]!r}"


def sentences(source: str) -> Iterator[str]:
    """The strings of a piece of code that can be prose: those of several words, no docstring.

    The fields of a template are taken out: what stands in braces is not typed.
    """
    with _ONE_AT_A_TIME:
        tree = ast.parse(source)
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree)
                  if isinstance(node, documented)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if " " in text.strip() and text not in docstrings:
                yield _without_fields(text)


def _without_fields(text: str) -> str:
    kept, depth = "", 0
    for letter in text:
        depth += letter == "{"
        kept += letter if depth == 0 else "…" if letter == "{" else ""
        depth -= letter == "}"
    return kept
