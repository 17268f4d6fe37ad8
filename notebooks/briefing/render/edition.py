"""One edition: what is to be built, checked before anything is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import yaml

from ..claims.check import RECORD, recorded_check, text_faults
from ..claims.load import Dossier, load
from ..claims.package import read_package
from ..claims.strict import read_text
from ..claims.texts import folder_of, read_texts
from ..claims.verdicts import verdicts
from ..errors import Fault, Refusal, nearest, refuse_name
from ..report.parameters import (
    EDITIONS,
    NOTEBOOKS,
    PLACES,
    Parameter,
    chapters,
    every_parameter,
    find_chapter,
    from_text,
    latest_year,
    served,
    validated,
    what_counts,
)
from . import store

ROOT = NOTEBOOKS.parent
#: Packages whose version can change what a reader sees; the manifest names them.
PACKAGES = "jupyterlab pandas matplotlib seaborn papermill nbconvert typst pikepdf".split()
#: More characters than any edition has.
LARGEST = 100_000
_TAG = "tag:yaml.org,2002:"
#: Parameters that a build itself reads, whichever chapters there are.
_NEEDED = {"data", "texts"}


@dataclass(frozen=True)
class Edition:
    """What is to be built: a name, every parameter's value, and what is counted."""

    name: str
    notebooks: list[Path]
    parameters: dict[str, Parameter]
    values: dict[str, Any]
    dossier: Dossier
    texts: Path | None
    #: What a site holds beside the page: how the page names it, and its address.
    beside: tuple[tuple[str, str], ...] = ()

    @property
    def changed(self) -> dict[str, Any]:
        """The values that are not the default."""
        return {
            name: value
            for name, value in self.values.items()
            if value != self.parameters[name].default
        }


def edition_file(name: str) -> dict[str, Any]:
    """The parameters that an edition sets. Raises Refusal, naming the line that is wrong."""
    known = store.editions()
    refuse_name("edition", name, known)
    path = EDITIONS / f"{name}.yaml"
    if not path.is_file():
        raise Refusal([Fault("edition", name, f"there is no such edition; {nearest(name, known)}")])
    return read_yaml(path, "edition")


def read_yaml(path: Path, what: str) -> dict[str, Any]:
    """A YAML file of names and values. Raises Refusal, naming `what` it is and the line."""
    text = read_text(path, what)
    if len(text) > LARGEST:
        raise Refusal(f"{what} {path.name}: at most {LARGEST} characters are expected")
    try:
        values = yaml.load(text, Loader=_Plain)  # a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise Refusal(f"{what} {path.name}{line}: {problem}") from None
    except (ValueError, LookupError, RecursionError) as error:  # what names itself a number
        raise Refusal(f"{what} {path.name}: cannot be read: {error}") from None
    if values is not None and not isinstance(values, dict):
        raise Refusal(f"{what} {path.name}: lines of the form NAME: VALUE are expected")
    return values or {}


class _Plain(yaml.SafeLoader):
    """YAML of names that stand once, each with a plain value, or with lists of such.

    A second value would silently win, and an alias can stand for more than a machine holds.
    """

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self._refuse(event, "anchors and aliases are not read; write the value out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        named: set[str] = set()
        for key, value in node.value:
            if key.tag != _TAG + "str":
                self._refuse(key, "the name of a parameter is expected")
            if key.value in named:
                self._refuse(key, f"{key.value} stands there twice; keep one of them")
            named.add(key.value)
            for item in self._items(value):
                kind = item.tag.removeprefix(_TAG)
                if kind not in ("str", "int", "float", "bool", "null"):
                    expected = "words, a number, true, false, null or a list of them is expected"
                    self._refuse(item, f"{key.value}: {expected}")
                if kind == "int" and len(item.value) > 18:
                    self._refuse(item, f"{key.value}: a number of fewer digits is expected")
        return super().construct_mapping(node, deep)

    def _items(self, value: yaml.Node) -> list[yaml.Node]:
        """What stands in a list, and in lists in it."""
        if not isinstance(value, yaml.SequenceNode):
            return [value]
        return [found for item in value.value for found in self._items(item)]

    def _refuse(self, at: Any, problem: str) -> NoReturn:
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=at.start_mark)


def settings(pairs: list[str], parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """`NAME=VALUE` pairs of a command line as typed values. Raises Refusal."""
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise Refusal(f"--set {pair}: the form NAME=VALUE is expected, as in year=2023")
        values[name] = from_text(parameters[name], text) if name in parameters else text
    return values


def prepare(
    name: str,
    pairs: list[str],
    data: str | None,
    texts: str | None,
    only: str | None = None,
    swept: Mapping[str, Any] | None = None,
) -> Edition:
    """Check everything that can be checked before a kernel starts. Raises Refusal.

    `swept` are the values that a grid sets, typed as in its file.
    """
    given, swept = edition_file(name), swept or {}
    settled = [*given, *swept, *(pair.partition("=")[0] for pair in pairs)]
    parameters = every_parameter(chapters(), settled)
    for lost in sorted(_NEEDED - set(parameters)):
        raise Refusal([Fault(f"parameter {lost}", "", "a chapter that declares it is due")])
    # By itself first, so that a fault of the file names the file.
    validated(parameters, given, origin=f"edition {name}.yaml, parameter")
    chosen = {**given, **swept, **settings(pairs, parameters)}
    places = {"data": data and str(Path(data).resolve()), "texts": texts}
    chosen |= {key: value for key, value in places.items() if value is not None}
    if chosen.get("texts"):
        chosen["texts"] = str(Path(chosen["texts"]).resolve())
    values = validated(parameters, chosen)
    dossier = load(values["data"])
    served(parameters, values, dossier)
    folder = folder_of(values["texts"], dossier.folder)
    if folder:
        held = read_texts(folder, dossier.tables["articles"].rows)
        if faults := text_faults(dossier, held):
            raise Refusal(faults)
    dossier = what_counts(dossier, values)
    parts = values.get("chapters") or [path.stem for path in chapters()]
    notebooks = [find_chapter(only)] if only else [it for it in chapters() if it.stem in parts]
    if "year" in values:  # so that the year is told which the chapters settle on
        year = parameters["year"] = replace(
            parameters["year"], default=latest_year(values, dossier)
        )
        values["year"] = year.default if values["year"] is None else values["year"]
    recorded_check(dossier)  # what is wrong with it is told before a kernel starts
    verdicts(dossier)  # a check that has lost its record is refused before a kernel starts
    return Edition(name, notebooks, parameters, values, dossier, folder)


def printed(value: Any) -> str:
    """A parameter's value as a reader meets it: "ap, gwc", or "all" for an empty list."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "all"
    return str(value).lower() if isinstance(value, bool) else str(value) or "none"


def made_from(edition: Edition) -> dict[str, dict[str, Any]]:
    """What a manifest records of what an edition is made from: parameters, inputs, packages.

    Inputs are the SHA-256 of every file, by its path in the repository.
    """
    # Where the data and the texts lie says nothing of what is in them: their hashes do.
    parameters = {name: value for name, value in edition.values.items() if name not in PLACES}
    folder = edition.dossier.folder
    tables = sorted(folder / it["path"] for it in read_package(folder)["resources"])
    # Numerals and paragraphs are told as the last check recorded them.
    described = filter(Path.is_file, (folder / name for name in ("datapackage.json", RECORD)))
    read = [*tables, *described]
    files = {f"data/{path.relative_to(folder).as_posix()}": path for path in read}
    code = sorted([*edition.notebooks, *store.code_files()])
    files |= {os.path.relpath(path, ROOT): path for path in code}
    inputs = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    packages = {name: version(name) for name in PACKAGES}
    return {"parameters": parameters, "inputs": inputs, "packages": packages}
