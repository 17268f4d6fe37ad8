"""The parameters of a chapter, declared once: in its `parameters` cell.

    scale: Scale = "linear"  # axis of the chart of two-way trade

From the annotation comes the type, from the value the default, from the comment what it
means. The validation, the command line's help, the form and the stamp of a briefing are all
read from there. Which ids and years the data can serve is asked of the dossier. A list of
allowed words has a name here, which the cell imports: stock papermill overlooks a parameter
whose annotation is a `Literal[…]` or `str | None`, and calls it unknown.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
import tokenize
import typing
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError, create_model

from ..claims.load import Dossier
from ..errors import Fault, Refusal, nearest
from .cells import code_cells, parsed

NOTEBOOKS = Path(__file__).resolve().parents[2]
EDITIONS = NOTEBOOKS / "editions"
#: The names of parameters; pydantic keeps some for itself.
_NAMED = re.compile(r"(?!model_)[a-z][a-z0-9_]*")
#: Axes that grow evenly, or by the factor.
Scale = typing.Literal["linear", "log"]
#: Colours of charts and page.
Palette = typing.Literal["color", "grey"]
#: Parameters that say where things lie, not what is told.
PLACES = ("data", "texts")
#: Numbers of the chapters that are printed as annexes, after all others.
ANNEXES = ("7", "8")
_WORDS = {int: "a whole number", bool: "true or false", float: "a number", str: "words",
          list[str]: "a list of ids"}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: name, type as written, default, what it does, and its type."""

    name: str
    annotation: str
    default: Any
    meaning: str
    type: Any

    @property
    def optional(self) -> bool:
        """Whether it may be left empty, None."""
        return type(None) in typing.get_args(self.type)

    @property
    def kind(self) -> Any:
        """The type of a value that is not None."""
        return typing.get_args(self.type)[0] if self.optional else self.type

    @property
    def is_list(self) -> bool:
        """Whether it takes a list."""
        return typing.get_origin(self.type) is list

    @property
    def choices(self) -> tuple[Any, ...]:
        """What a Literal allows; empty for any other type."""
        literal = typing.get_origin(self.kind) is typing.Literal
        return typing.get_args(self.kind) if literal else ()


def find_chapter(name: str) -> Path:
    """The notebook of a chapter, by its name. Raises Refusal with the nearest name."""
    path = NOTEBOOKS / f"{name}.ipynb"
    known = [notebook.stem for notebook in chapters()]
    if name not in known:
        raise Refusal([Fault("chapter", name, f"there is no such chapter; {nearest(name, known)}")])
    return path


def chapters() -> list[Path]:
    """The chapters' notebooks, NUMBER-NAME.ipynb, as they are printed: by number, annexes last.

    Raises Refusal where two have the same number, by which a reader tells exhibits apart.
    """
    found: dict[int, Path] = {}
    for path in sorted(
        NOTEBOOKS.glob("[0-9]*-*.ipynb"), key=lambda it: (len(it.stem), it)
    ):  # before a copy of it
        number = path.stem.partition("-")[0]
        if number.isdecimal() and found.setdefault(int(number), path) != path:
            expected = f"{found[int(number)].stem} has this number; rename one of the two files"
            raise Refusal([Fault("chapter", path.stem, expected)])
    return [found[number] for number in sorted(found, key=lambda it: (str(it) in ANNEXES, it))]


#: Parameters that a chapter need not name: opening it, or the build, puts them to use.
COMMON = ("data", "texts", "articles", "opinion", "prefer", "palette", "record", "chapters")


def declared(notebook: Path) -> tuple[Parameter, ...]:
    """What the `parameters` cell of a notebook declares. Raises Refusal where it cannot."""
    return _declared(notebook, notebook.stat().st_mtime_ns)


@lru_cache
def _declared(notebook: Path, _saved_at: int) -> tuple[Parameter, ...]:
    code = code_cells(notebook)
    trees = [parsed(cell.source, cell.place) for cell in code]
    for cell, tree in zip(code, trees, strict=True):
        if "parameters" in cell.tags:
            found = tuple(_declarations(cell.source, tree, cell.place, notebook))
            _refuse_unused(found, [it for it in trees if it is not tree], notebook)
            return found
    raise Refusal(f"{notebook.name}: no cell carries the tag 'parameters'")


def _refuse_unused(
    found: Iterable[Parameter], trees: Sequence[ast.Module | None], notebook: Path
) -> None:
    """Refuse a declared name that the chapter never uses: it is a misspelt one, saved."""
    names = [node for tree in trees if tree for node in ast.walk(tree)
             if isinstance(node, ast.Name)]  # fmt: skip
    used = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    known = {node.id for node in names if isinstance(node.ctx, ast.Store)} | set(dir(builtins))
    missing = used - known - {item.name for item in found}
    for item in found if None not in trees else ():
        if missing and item.name not in used and item.name not in COMMON:
            place = f"parameter {item.name}, as saved in {notebook.name}"
            expected = f"the chapter uses no such name; {nearest(item.name, sorted(missing))}"
            raise Refusal([Fault(place, str(item.default), expected)])


def _declarations(
    source: str, tree: ast.Module | None, cell: str, notebook: Path
) -> Iterable[Parameter]:
    if tree is None:
        raise Refusal(f"{cell}: a parameters cell holds declarations and imports alone")
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {it.start[0]: it.string.lstrip("# ") for it in tokens if it.type == tokenize.COMMENT}
    known: dict[str, Any] = {}  # what the cell imports; that much of it is run
    for node in tree.body:
        written = ast.get_source_segment(source, node) or ""
        if isinstance(node, ast.ImportFrom | ast.Import):
            try:
                exec(written, known)
            except (Exception, SystemExit) as error:
                raise Refusal(f"{notebook.name}, parameters cell: {error}") from None
            continue
        if not isinstance(node, ast.AnnAssign) or not _is_declaration(node):
            raise Refusal(
                f"{notebook.name}, parameters cell: {written!r} needs the form NAME: TYPE = "
                "DEFAULT  # what it does"
            )
        name, annotation = ast.unparse(node.target), ast.unparse(node.annotation)
        # A declaration may run over several lines; the comment stands at any of them.
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        meaning = " ".join(comments[line] for line in lines if line in comments)
        place = f"{notebook.name}, parameter {name}"
        try:
            type_named = eval(annotation, known)  # noqa: S307 names alone, and nothing is called
            TypeAdapter(type_named)
        except Exception as error:
            expected = f"a type is expected whose name the same cell imports ({error})"
            raise Refusal([Fault(place, annotation, expected)]) from None
        default = ast.literal_eval(node.value)  # type: ignore[arg-type]
        item = Parameter(name, annotation, default, meaning, type_named)
        validated({name: item}, {name: default}, f"{notebook.name}, parameter")
        yield item


def _is_declaration(node: ast.AnnAssign) -> bool:
    """Whether it is NAME: TYPE = DEFAULT, in which nothing is called."""
    named = isinstance(node.target, ast.Name) and _NAMED.fullmatch(node.target.id)
    calls = any(isinstance(it, ast.Call | ast.Lambda | ast.NamedExpr) for it in ast.walk(node))
    with suppress(ValueError, TypeError, MemoryError, RecursionError):
        ast.literal_eval(node.value or node)
        return bool(named) and not calls
    return False


def every_parameter(notebooks: Iterable[Path], settled: Iterable[str] = ()) -> dict[str, Parameter]:
    """All parameters of several chapters by name.

    Raises Refusal where two chapters declare one name in two ways. Defaults may differ for
    the names in `settled`, those that an edition or a command line sets: a chapter that an
    analyst has changed and saved does not stand in their way.
    """
    found: dict[str, tuple[Parameter, str]] = {}
    for notebook in notebooks:
        for item in declared(notebook):
            known, where = found.setdefault(item.name, (item, notebook.name))
            if item.name in settled:
                item = replace(item, default=known.default)
            if known != item:
                here, there = as_text(item.default), as_text(known.default)
                raise Refusal(
                    f"{notebook.name}: parameter {item.name} is {item.annotation} = {here!r} here, "
                    f"but {known.annotation} = {there!r} in {where}; a parameter is declared "
                    f"alike in all chapters. For one build say --set {item.name}={here} instead; "
                    f"`git checkout notebooks/{notebook.name}` undoes what was saved"
                )
    return {name: item for name, (item, _) in found.items()}


def from_text(parameter: Parameter, text: str) -> Any:
    """A value from the command line, as the parameter's type reads it.

    A list is `a,b`; true, false and numbers are YAML's; null is None where that is allowed, and
    so is nothing where a number may be left out.
    What does not fit the type is handed on as it was written, for `validated` to refuse.
    """
    if parameter.is_list:
        return [part.strip() for part in text.split(",")] if text else text
    empty = ("null", "none", "~", *([""] if parameter.kind is not str else []))
    if parameter.optional and text.lower() in empty:
        return None
    with suppress(yaml.YAMLError, ValueError, RecursionError):
        read = yaml.safe_load(text)
        if isinstance(read, int | float) and parameter.kind in (int, bool, float):
            return read
    return text


def validated(
    parameters: Mapping[str, Parameter], given: Mapping[str, Any], origin: str = "parameter"
) -> dict[str, Any]:
    """All parameters with the given values put in and defaults elsewhere.

    Types are strict: nothing is coerced. Raises Refusal that names each wrong one, what was
    given, what is allowed, and the nearest valid name. `origin` says where the values come from.
    """
    fields: dict[str, Any] = {name: (it.type, it.default) for name, it in parameters.items()}
    strict = ConfigDict(strict=True, extra="forbid")
    try:
        made = create_model("Parameters", __config__=strict, **fields)(**given)
        return dict(made)
    except ValidationError as error:
        wrong = dict.fromkeys(str(item["loc"][0]) for item in error.errors())
    faults = []
    for name in wrong:
        expected = f"no chapter has a parameter of this name; {nearest(name, parameters)}"
        if name in parameters:
            expected = _type_expected(parameters[name], given[name])
        faults.append(Fault(f"{origin} {name}", as_text(given[name]) or "''", expected))
    raise Refusal(faults)


def allowed(parameter: Parameter, dossier: Dossier) -> list[Any] | None:
    """The values that a parameter may take, or those of its list; None where any will do."""
    if parameter.name == "chapters":
        return [path.stem for path in chapters()]
    found = dossier.served(parameter.name)
    return found if found is not None else list(parameter.choices) or None


def latest_year(values: Mapping[str, Any], dossier: Dossier) -> int:
    """What `year` is where it is left empty: the latest that two or more partners have.

    Two that can be compared: by one measure, the first that `serves` names for which any two
    can, over the whole year, and not doubtful. Of the claims that count, and of `partners` where
    some are named. Where no year has two, it is the latest that any has; where the data serve
    none, the year of the dossier itself.
    """
    partners: dict[str, dict[int, set[str]]] = {}
    measures = dossier.serves.get("year", {}).get("where", {}).get("measure", [])
    for row in dossier.serving("year"):
        named = not values.get("partners") or row["partner"] in values["partners"]
        sure = row["standing"] == "reported" and row["from"] == row["to"] == row["from"][:4]
        if named and sure and row["article"] in dossier.articles and row["from"]:
            years = partners.setdefault(row["measure"], {})
            years.setdefault(int(row["from"]), set()).add(row["partner"])
    every = [partners[measure] for measure in measures if measure in partners]
    shared = ([year for year, who in told.items() if len(who) > 1] for told in every)
    found: Iterable[Any] = (
        next(filter(None, shared), [])
        or [year for told in every for year in told]
        or dossier.served("year")
        or [int(dossier.as_of.end[:4] or 1)]
    )
    return int(max(found))


def served(
    parameters: Mapping[str, Parameter], values: Mapping[str, Any], dossier: Dossier
) -> None:
    """Refuse, with Refusal, values that the dossier cannot serve."""
    faults = []
    for name in parameters:
        choices = allowed(parameters[name], dossier)
        if choices is None or values[name] in ("", None):
            continue
        items = values[name] if parameters[name].is_list else [values[name]]
        reason = "there is no such chapter" if name == "chapters" else "the data cannot serve it"
        for item in items:
            if item not in choices:
                expected = f"{reason}; {nearest(str(item), map(str, choices))}"
                faults.append(Fault(f"parameter {name}", str(item), expected))
        twice = [item for item in dict.fromkeys(items) if items.count(item) > 1]
        faults += [Fault(f"parameter {name}", str(item), "name it once") for item in twice]
    faults += _window_faults(values)
    if faults:
        raise Refusal(faults)


def _window_faults(values: Mapping[str, Any]) -> Iterable[Fault]:
    for name, year in values.items():
        window, _, end = name.rpartition("_")
        if end not in ("from", "to") or not isinstance(year, int):
            continue
        if not 1000 <= year <= 9999:
            yield Fault(f"parameter {name}", str(year), "a year of four digits is expected")
        last = values.get(f"{window}_to")
        if end == "from" and last is not None and year > last:
            expected = f"{window}_to is {last}; a window begins before it ends"
            yield Fault(f"parameter {name}", str(year), expected)


def _type_expected(parameter: Parameter, given: Any) -> str:
    if parameter.choices:
        near = nearest(given, parameter.choices)
        all_of_them = " allowed: " + ", ".join(map(str, parameter.choices))
        return near + all_of_them * near.startswith("did")
    words = _WORDS.get(parameter.kind, parameter.annotation) + " or null" * parameter.optional
    example = as_text(parameter.default) or "this,that"
    return f"{words} is expected, as in {parameter.name}={example}"


def as_text(value: Any) -> str:
    """A value as a command line gives it; words of nothing but spaces in quotes."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, bool) or value is None:
        return "null" if value is None else str(value).lower()
    return repr(value) if isinstance(value, str) and not value.strip() else str(value)


def what_counts(dossier: Dossier, values: Mapping[str, Any]) -> Dossier:
    """The dossier with the claims of the articles that the parameters let count.

    Those named in `articles` count (all where none is), opinion pieces only with `opinion`;
    the official record stands beside them unless `record` is False.
    Raises Refusal where none is left, or where the preferred article does not count.
    """
    articles, prefer = values.get("articles", []), values.get("prefer", "")
    chosen = [
        key
        for key, article in dossier.articles.items()
        if (not articles or key in articles)
        and (values.get("opinion", True) or not article.opinion)
    ]
    if not chosen:
        expected = "with opinion=false they leave no article that counts"
        raise Refusal([Fault("parameter articles", ",".join(articles), expected)])
    if prefer and prefer not in chosen:
        expected = f"it is not among the articles that count; {nearest(prefer, chosen)}"
        raise Refusal([Fault("parameter prefer", prefer, expected)])
    counted = dossier.counting(chosen, prefer)
    return counted if values.get("record", True) else replace(counted, record=None)
