"""Numbers typed by hand, found before a chapter runs.

What a chapter prints is refused a typed number when it is printed (see `text`). This finds
them in what a run may not reach: Markdown cells, and sentences said under other parameters.
"""

from __future__ import annotations

import ast
import re
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
        if "parameters" in cell.metadata.get("tags", []):
            continue
        for text in [cell.source] if cell.cell_type == "markdown" else sentences(cell.source):
            for numeral in typed_numerals(text):
                yield f"cell {index}: {numeral!r} is typed into {text.strip()[:80]!r}"


def sentences(source: str) -> Iterator[str]:
    """The strings of a piece of code that can be prose: those of several words, no docstring.

    The fields of a template are taken out: what stands in braces is not typed.
    """
    try:
        with _ONE_AT_A_TIME:
            nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # whoever runs the cell will say so, with its place
        return
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docstrings = {ast.get_docstring(it, clean=False) for it in nodes if isinstance(it, documented)}
    for node in nodes:
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and " " in text.strip() and text not in docstrings:
            yield re.sub(r"\{[^{}]*\}", "…", text)
