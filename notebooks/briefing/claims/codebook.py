"""The code book of a dossier, written from its data package.

`python -m briefing.claims.codebook [FOLDER]`, with notebooks/ on the path, writes the
code book anew into the folder's README.md, between the two marks; without a folder, into
that of this repository. What stands outside the marks is not touched.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import Refusal
from .load import DEFAULT_DATA
from .package import read_package
from .strict import read_text

BEGIN = "<!-- code book: generated from datapackage.json; do not edit by hand -->"
END = "<!-- end of the code book -->"

#: Patterns of a schema, in words; one that is not listed is shown as it stands.
_FORMS = {
    "^[a-z0-9]+$": "lower-case letters and digits",
    "^[a-z0-9]+([-_][a-z0-9]+)*$": "lower-case words and digits, joined by - or _",
    "^[^/\\\\]+$": "a bare file name",
    "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$": "a year, month or day in ISO 8601",
    "^[0-9a-f]{64}$": "64 lower-case hexadecimal digits",
    "^#[0-9a-f]{6}$": "a colour, #rrggbb",
    "^[a-z_]+=[^=;]+(;[a-z_]+=[^=;]+)*$": "key=value;key=value",
    "^([<>≤≥]?[0-9]+([.][0-9]+)?|rest|whole)$": "a number, a bound, or a word",
}


def codebook(package: dict[str, Any]) -> str:
    """The code book as Markdown: every table, column by column, and the allowed values."""
    resources = package["resources"]
    parts = [part for resource in resources for part in _table(resource)]
    return "\n\n".join([*parts, *_allowed_values(resources)])


def rewritten(readme: str, package: dict[str, Any]) -> str:
    """A README with the code book between its marks replaced. Raises Refusal without marks."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise Refusal(f"README.md of the dossier: the lines {BEGIN!r} and {END!r} must stand in it")
    return f"{before}{BEGIN}\n\n{codebook(package)}\n\n{END}{after}"


def _table(resource: dict[str, Any]) -> Iterator[str]:
    schema = resource["schema"]
    yield f"### {resource['path']}: {resource['title']}"
    yield f"{resource['description']} {_key_told(schema)}".strip()
    references = {key["fields"]: key["reference"] for key in schema.get("foreignKeys", [])}
    rows = [
        [f"`{field['name']}`", field["type"], _limits(field, references), field["description"]]
        for field in schema["fields"]
    ]
    yield _markdown(["column", "type", "constraints", "meaning"], rows)


def _key_told(schema: dict[str, Any]) -> str:
    key = schema.get("primaryKey", [])
    columns = [key] if isinstance(key, str) else key
    named = " and ".join(f"`{column}`" for column in columns)
    return f"A row is named by its {named}." if columns else ""


def _limits(field: dict[str, Any], references: dict[str, dict[str, Any]]) -> str:
    """What a cell must be, in words."""
    limits = field.get("constraints", {})
    words = ["unique"] if limits.get("unique") else []
    words += [f"at least {limits['minimum']}"] if "minimum" in limits else []
    words += [f"at most {limits['maximum']}"] if "maximum" in limits else []
    if "pattern" in limits:
        words.append(_FORMS.get(limits["pattern"], f"of the form `{limits['pattern']}`"))
    if "enum" in limits:
        words.append("an allowed value")
    if field["name"] in references:
        target = references[field["name"]]
        words.append(f"one of `{target['fields']}` in {target['resource']}.csv")
    if limits.get("required"):
        return ", ".join(["required", *words])
    return f"empty or {', '.join(words)}" if words else "may be empty"


def _allowed_values(resources: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Each list of allowed values, with all columns that it binds."""
    lists: dict[tuple[str, ...], list[str]] = {}
    for resource in resources:
        for field in resource["schema"]["fields"]:
            values = tuple(map(str, field.get("constraints", {}).get("enum", ())))
            if values:
                lists.setdefault(values, []).append(f"`{resource['name']}.{field['name']}`")
    if lists:
        yield "### Allowed values"
        rows = [[", ".join(columns), "; ".join(values)] for values, columns in lists.items()]
        yield _markdown(["column", "values"], rows)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main(arguments: Sequence[str]) -> int:
    """Write the code book of a dossier anew; exit code 2 where it cannot be done."""
    folder = Path(arguments[0]) if arguments else DEFAULT_DATA
    path = folder / "README.md"
    try:
        text = rewritten(read_text(path, "code book"), read_package(folder))
    except Refusal as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 2
    path.write_text(text, encoding="utf-8", newline="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
