"""A build read back for a comparison: its manifest, which holds the whole document.

Here stands what a comparison reads of a manifest, and the refusal of what is not that; what
differs between two stands in compare_changes.py. A manifest can be cut short, older than the
document model, or written by somebody else: it once ended in a traceback.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, Field, JsonValue, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from ..errors import Refusal
from .document import TILE


def _unlinked(words: dict[str, Any]) -> dict[str, Any]:
    # A link leads to a place of the briefing's page, or out of it: here it is only read.
    return words | {"kind": "words"} if words["kind"] == "link" else words


def _even(table: dict[str, Any]) -> dict[str, Any]:
    if any(len(row) != len(table["columns"]) for row in table["rows"]):
        raise ValueError("a row has more or fewer cells than there are columns")
    return table


def _keys(**types: Any) -> Any:
    """A dict with these keys; what else it holds is not read."""
    return TypedDict("keys", types)


_ENDS = dict.fromkeys(("low", "high"), str | None)
_PRINTED = {"text": str, **_ENDS, "unit": str, "claims": list[str], "formula": str}
_WORDS = _keys(kind=Literal["words", "name", "citation", "link"], text=str, style=NotRequired[str])
_TEXT = list[
    Annotated[
        Annotated[_WORDS, AfterValidator(_unlinked)]
        | _keys(kind=Literal["number"], hedge=str, **_PRINTED)
        | _keys(kind=Literal["date"], pieces=list[tuple[str, str]], iso=str, claims=list[str]),
        Field(discriminator="kind"),
    ]
]
_EXHIBIT: dict[str, Any] = dict.fromkeys(("title", "subtitle", "foot"), _TEXT)
_EXHIBIT |= {"number": str, "claims": list[str], "csv": str}
#: It names a file.
_EXHIBIT["key"] = Annotated[str, Field(pattern=r"^[\w-]{0,80}$")]
_TABLE = _keys(
    kind=Literal["table"],
    columns=Annotated[list[_keys(head=_TEXT)], Field(min_length=1)],
    rows=list[list[_TEXT]],
    **_EXHIBIT,
)
_BLOCK = Annotated[
    _keys(kind=Literal["heading"], number=str, text=_TEXT)
    | _keys(kind=Literal["paragraph"], style=str, text=_TEXT)
    | _keys(kind=Literal["list"], items=list[_TEXT])
    | _keys(kind=Literal["judgements"], items=list[_keys(text=_TEXT, claims=list[str])])
    | _keys(kind=Literal["tiles"], items=list[_keys(**dict.fromkeys(TILE, _TEXT))])
    | Annotated[_TABLE, AfterValidator(_even)]
    | _keys(kind=Literal["chart"], alt=str, description=_TEXT, drawing=str, **_EXHIBIT)
    | _keys(kind=Literal["evidence"]),
    Field(discriminator="kind"),
]
_FOUND = dict.fromkeys(
    "fits limits argued claims record margin tolerance neighbours".split(), NotRequired[JsonValue]
)
_MANIFEST = TypeAdapter(
    _keys(
        edition=str,
        as_of=str,
        parameters=dict[str, JsonValue],
        inputs=dict[str, str],
        packages=dict[str, str],
        claims=dict[
            str, _keys(source=str, statement=str, about=str, corrections=NotRequired[list[str]])
        ],
        numbers=list[_keys(place=str, **_PRINTED)],
        verdicts=list[_keys(id=str, matter=str, verdict=str, **_FOUND)],
        document=_keys(
            meta=_keys(as_of_text=str), sections=list[_keys(id=str, blocks=list[_BLOCK])]
        ),
    )
)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a build. Raises Refusal, naming the path and the place, where it is none."""
    path = folder / "manifest.json"
    try:
        return _MANIFEST.validate_json(path.read_bytes(), strict=True)
    except OSError as error:
        why = error.strerror or "cannot be read"
        raise Refusal(f"{path}: {why}; a folder that stands for an edition holds it") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        told = f"{place}{place and ': '}{first['msg']}"[:300]
        raise Refusal(f"{path}: {told}; build it again, with `make briefing`") from None
