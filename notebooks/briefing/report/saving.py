"""Keeping the values of a chapter as an edition file, so that a build can use them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from ..errors import Fault, Refusal, refuse_name
from .parameters import NOTEBOOKS, Parameter

EDITIONS = NOTEBOOKS / "editions"
#: Parameters that say where things lie, not what is told.
PLACES = ("data", "texts")


def save_edition(
    name: str,
    chapter: str,
    parameters: Iterable[Parameter],
    values: Mapping[str, Any],
    replace: bool = False,
) -> Path:
    """Write a chapter's values to editions/NAME.yaml, each under its meaning; return the file.

    Where the data and the texts lie is left out. Raises Refusal for a name that cannot name
    a file, and for an edition that is already there unless `replace` says to write over it.
    """
    refuse_name("edition", name)
    path = EDITIONS / f"{name}.yaml"
    if path.exists() and not replace:
        expected = "there is one of this name; take another, or replace it (replace=True)"
        raise Refusal([Fault("edition", name, expected)])
    lines = [f"# Saved from chapter {chapter}."]
    for item in parameters:
        if item.name not in PLACES:
            pair = {item.name: values[item.name]}
            flow = None if isinstance(values[item.name], list) else False  # a list on one line
            written = yaml.safe_dump(pair, default_flow_style=flow, allow_unicode=True, width=1000)
            lines += [f"# {item.meaning}", written]
    path.parent.mkdir(exist_ok=True)
    aside = path.with_name(f".{path.name}.new-{os.getpid()}")
    aside.write_text("\n".join(map(str.strip, lines)) + "\n", encoding="utf-8")
    aside.replace(path)
    return path
