"""A grid: many editions by the values of their parameters, checked before anything is built.

It is a YAML file of parameters with a list of values each, of which all combinations are built,
and under `editions` the names of editions that they start from. `data` lists dossiers.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import Fault, Refusal
from ..report.parameters import PLACES, as_text, chapters, every_parameter, validated
from . import store
from .edition import prepare, printed, read_yaml
from .folders import out_folder

#: Beside parameters a grid may name editions, whose values it starts from.
EDITIONS = "editions"


class Plan(NamedTuple):
    """One edition of a grid: its name, what a build is asked, where, and what it executes."""

    name: str
    asked: dict[str, Any]
    changed: dict[str, Any]
    out: Path
    key: str
    notebooks: list[Path]
    values: dict[str, Any]
    places: tuple[Path, Path | None]


def plans_of(file: Path, data: str | None, texts: str | None, out: Path) -> Iterator[Plan]:
    """The editions of a grid in its order. Raises Refusal with every fault."""
    given = read_yaml(file, "grid")
    grid = {EDITIONS: given.pop(EDITIONS, ["default"]), **given}
    origin = f"grid {file.name}, parameter"
    parameters = every_parameter(chapters(), given)
    for name, path in zip(PLACES, (data, texts), strict=True):
        if path and name in grid:
            raise Refusal([Fault(f"--{name}", path, f"{file.name} lists {name} itself: leave one")])
    faults: list[Fault | str] = []
    for name, values in grid.items():
        told = list(map(as_text, values if isinstance(values, list) else []))
        if not told or len({*told}) < len(told):
            expected = "a list of values is expected, each once, as in scale: [linear, log]"
            stands = ",".join(told) or ("" if values == [] else as_text(values))
            raise Refusal([Fault(f"{origin} {name}", stands, expected)])
        for value in values if name != EDITIONS else ():
            with _gathering(faults):
                validated(parameters, {name: value}, origin)
    if faults:
        raise Refusal(faults)
    names, taken = [name for name in grid if name != EDITIONS], set()
    found = []
    for edition, *values in product(grid[EDITIONS], *(grid[name] for name in names)):
        swept = dict(zip(names, values, strict=True))
        parts = [str(edition)] * (len(grid[EDITIONS]) > 1 or not names)
        parts += [f"{name}-{printed(value).lstrip('./')}" for name, value in swept.items()]
        name = re.sub(r"[^\w.-]+", "+", "--".join(parts)).strip(".+")[:120]
        while name in taken:
            name += "+"
        taken.add(name)
        with _gathering(faults):
            found.append(_plan(str(edition), swept, name, data, texts, out))
    if faults:
        raise Refusal(dict.fromkeys(map(str, faults)))
    shown = dict.fromkeys(it for plan in found for it in plan.changed)
    for plan in found:
        # Where an edition's file sets a parameter, the others show what theirs is.
        yield plan._replace(changed={it: plan.changed.get(it) or plan.values[it] for it in shown})


@contextlib.contextmanager
def _gathering(faults: list[Fault | str]) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        faults += refusal.faults


def _plan(
    edition: str,
    swept: dict[str, Any],
    name: str,
    data: str | None,
    texts: str | None,
    out: Path,
) -> Plan:
    places = {place: it for place in PLACES if (it := swept.get(place))}
    swept = {**swept, **{place: str(Path(it).resolve()) for place, it in places.items()}}
    asked: dict[str, Any] = {
        "name": edition,
        "pairs": [],
        "data": data and str(Path(data).resolve()),
        "texts": texts and str(Path(texts).resolve()),
        "swept": swept,
    }
    made = prepare(**asked)
    # Where a dossier lies is told in the grid's own words: they hold on any machine.
    changed = dict.fromkeys([*swept, *(it for it in made.changed if it not in PLACES)]) | places
    folder = out_folder(out / name, (made.dossier.folder, made.texts))
    key = store.edition_key(asked, folder)
    read = (made.dossier.folder.absolute(), made.texts and made.texts.absolute())
    return Plan(name, asked, changed, folder, key, made.notebooks, made.values, read)
