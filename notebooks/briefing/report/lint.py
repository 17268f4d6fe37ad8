"""Numbers typed by hand, found before a chapter runs.

What a chapter prints is refused a typed number when it is printed (see `text`). This finds
them in what a run may not reach: Markdown cells, and sentences said under other parameters.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .cells import parsed
from .text import typed_numerals

if TYPE_CHECKING:
    from nbformat import NotebookNode


def typed_numbers(notebook: NotebookNode) -> Iterator[str]:
    """One message for each numeral typed into a Markdown cell or a sentence of a chapter."""
    for index, cell in enumerate(notebook.cells):
        if "parameters" in cell.metadata.get("tags", []):
            continue
        code = cell.cell_type == "code"
        for text in sentences(cell.source) if code else [cell.source]:
            for numeral in typed_numerals(text):
                yield f"cell {index}: {numeral!r} is typed into {text.strip()[:80]!r}"


def sentences(source: str) -> Iterator[str]:
    """The strings of a piece of code that can be prose: those of several words, no docstring.

    The fields of a template are taken out: what stands in braces is not typed.
    """
    tree = parsed(source, "a cell")
    nodes = list(ast.walk(tree)) if tree else []
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docstrings = {ast.get_docstring(it, clean=False) for it in nodes if isinstance(it, documented)}
    for node in nodes:
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and " " in text.strip() and text not in docstrings:
            yield re.sub(r"\{[^{}]*\}", "…", text)
