"""What a notebook imports: checked parameters, prose, tables and charts.

Each name is fetched when it is first asked for, so that who only reads parameters or prose,
as a build does, need not wait for what draws.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Chapter": "chapter",
    "open_chapter": "chapter",
    "open_desk": "desk",
    "Palette": "parameters",
    "Scale": "parameters",
    "line": "text",
    "listed": "text",
    "claims_table": "tables",
    "statements_table": "tables",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
