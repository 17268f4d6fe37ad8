"""The form of a dossier's datapackage.json: which keys there are, and what each may hold.

The data package (Frictionless Data Package and Table Schema, v2) is the only description
of the tables: the loader, `check` and the code book all read it. Of the standard this
package serves what a dossier uses: string, integer and number fields; the constraints
required, unique, enum, pattern, minimum and maximum; primary and foreign keys. Whatever else
stands there is refused: it would be believed to hold, and be ignored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter
from pydantic_core import SchemaError

from ..errors import Fault, Refusal, nearest
from .strict import Strict, read_json


@cache
def form_of(pattern: str) -> TypeAdapter[str]:
    """What holds words against a pattern, in a time that grows with the words alone.

    Python's own expressions can take longer than anybody waits ("^(a+)+$"). Raises ValueError
    for what is no such expression.
    """
    try:
        return TypeAdapter(Annotated[str, Field(pattern=pattern)])
    except SchemaError:
        raise ValueError("a regular expression is expected") from None


def _compiled(pattern: str) -> str:
    form_of(pattern)
    return pattern


_Some = Annotated[list[str], Field(min_length=1)]
_Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
_Words = Annotated[str, Field(min_length=1)]


class _Constraints(Strict):
    required: bool = False
    unique: bool = False
    enum: _Some = []
    pattern: Annotated[str, AfterValidator(_compiled)] = ""
    minimum: int | float = 0
    maximum: int | float = 0


class _Field(Strict):
    name: _Name
    type: Literal["string", "integer", "number"]
    description: str
    title: str = ""
    unit: _Words = ""
    constraints: _Constraints = _Constraints()


class _Target(Strict):
    resource: str
    fields: str


class _ForeignKey(Strict):
    fields: str
    reference: _Target


class _Schema(Strict):
    fields: Annotated[list[_Field], Field(min_length=1)]
    primaryKey: str | _Some = []  # noqa: N815 the standard's own word
    foreignKeys: list[_ForeignKey] = []  # noqa: N815
    missingValues: list[Literal[""]] = []  # noqa: N815


class _Resource(Strict):
    name: _Name
    # Below the dossier, whatever it names: no table is read from elsewhere.
    path: Annotated[str, Field(pattern=r"^([a-z0-9_-]+/)*[a-z0-9_]+\.csv$")]
    schema_: Annotated[_Schema, Field(alias="schema")]
    title: str
    description: str
    profile: str = ""
    type: Literal["table"] = "table"
    licenses: list[dict[str, str]] = []
    sources: list[dict[str, str]] = []
    format: Literal["csv"] = "csv"
    mediatype: str = ""
    encoding: Literal["utf-8"] = "utf-8"


class _Served(Strict):
    table: str
    column: str
    where: dict[str, list[str]] = {}
    valued: bool = False
    as_: Annotated[Literal["year", ""], Field(alias="as")] = ""


class _Contributor(Strict):
    title: str
    role: str = ""
    roles: list[str] = []
    path: str = ""
    email: str = ""
    organization: str = ""


class _Package(Strict):
    schema_: Annotated[str, Field(alias="$schema")] = ""
    name: str
    title: str
    description: str
    resources: Annotated[list[_Resource], Field(min_length=1)]
    profile: str = ""
    version: str = ""
    id: str = ""
    homepage: str = ""
    created: str = ""
    keywords: list[str] = []
    licenses: list[dict[str, str]] = []
    sources: list[dict[str, str]] = []
    contributors: list[_Contributor] = []
    serves: dict[str, _Served] = {}
    roles: dict[str, str] = {}


_FORM = TypeAdapter(_Package)


def read_package(folder: Path) -> dict[str, Any]:
    """The data package of a dossier. Raises Refusal, with every fault, where it is not sound."""
    package: dict[str, Any] = read_json(folder / "datapackage.json", "data package", _FORM)
    if faults := list(_faults(package)):
        raise Refusal(faults)
    return package


def _faults(package: dict[str, Any]) -> Iterator[Fault]:
    """Names that stand twice, or that name no table or column."""
    resources = package["resources"]
    columns = {it["name"]: [one["name"] for one in it["schema"]["fields"]] for it in resources}

    def named(place: str, name: str, known: Any, what: str) -> Iterator[Fault]:
        if name not in known:
            yield Fault(
                f"datapackage.json, {place}", name, f"no such {what}; {nearest(name, known)}"
            )

    def twice(place: str, names: list[str]) -> Iterator[Fault]:
        for name, count in Counter(names).items():
            if count > 1:
                yield Fault(f"datapackage.json, {place}", name, "it is named twice")

    if len(columns) < len(resources):  # the rest would only repeat that
        yield from twice("resources", [it["name"] for it in resources])
        return
    for index, resource in enumerate(resources):
        place, name, schema = f"resources.{index}", resource["name"], resource["schema"]
        yield from twice(f"{place}.schema.fields", [one["name"] for one in schema["fields"]])
        if Path(resource["path"]).stem != name:
            expected = f"a file named {name}.csv is expected"
            yield Fault(f"datapackage.json, {place}.path", resource["path"], expected)
        keys = schema.get("primaryKey", [])
        for key in [keys] if isinstance(keys, str) else keys:
            yield from named(f"{place}.schema.primaryKey", key, columns[name], "column")
        for number, foreign in enumerate(schema.get("foreignKeys", [])):
            at, target = f"{place}.schema.foreignKeys.{number}", foreign["reference"]
            yield from named(f"{at}.fields", foreign["fields"], columns[name], "column")
            yield from named(f"{at}.reference.resource", target["resource"], columns, "table")
            known = columns.get(target["resource"], [target["fields"]])
            yield from named(f"{at}.reference.fields", target["fields"], known, "column")
    for name, rule in package.get("serves", {}).items():
        yield from named(f"serves.{name}.table", rule["table"], columns, "table")
        bounds = ["low", "high"] if rule.get("valued") else []
        for column in (rule["column"], *rule.get("where", {}), *bounds):
            known = columns.get(rule["table"], [column])
            yield from named(f"serves.{name}.column", column, known, "column")
