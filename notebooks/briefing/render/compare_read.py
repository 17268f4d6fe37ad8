"""A build read back for a comparison: its manifest, which holds the whole document.

Here stands what a comparison reads of a manifest, and the refusal of what is not that; what
differs between two stands in compare_changes.py. A manifest can be cut short, older than the
document model, or written by somebody else: it once ended in a traceback.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, Field, FiniteFloat, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from ..errors import Refusal

#: Ten times what a manifest of all articles takes.
_MOST = 16_000_000


def _accounted(words: dict[str, Any]) -> dict[str, Any]:
    free = words["kind"] == "name" or words.get("style") in ("evidence", "stamp", "numbering")
    if not free and re.search(r"\d", words["text"]):
        raise ValueError("a digit stands here that no number, date or name accounts for")
    # A link leads to a place of the briefing's page, or out of it: here it is only read.
    return words | {"kind": "words"} if words["kind"] == "link" else words


def _even(table: dict[str, Any]) -> dict[str, Any]:
    if any(len(row) != len(table["columns"]) for row in table["rows"]):
        raise ValueError("a row has more or fewer cells than there are columns")
    return table


def _keys(**types: Any) -> Any:
    """A dict with these keys; what else it holds is not read."""
    return TypedDict("keys", types)


_LINE = Annotated[str, Field(max_length=20_000)]
_LINES = list[_LINE]
_KEY = Annotated[str, Field(pattern=r"^[\w-]{0,80}$")]
_WHOLE = Annotated[int, Field(ge=-(2**53), le=2**53)]
_SETTINGS = dict[_LINE, bool | _WHOLE | FiniteFloat | _LINE | None | _LINES]
_PRINTED = {
    "text": _LINE, "low": _LINE | None, "high": _LINE | None, "unit": _LINE, "claims": _LINES,
    "formula": _LINE,
}  # fmt: skip
_STYLE = Literal[
    "", "strong", "likelihood", "confidence", "none", "evidence", "stamp", "code", "emphasis",
    "numbering",
]  # fmt: skip
_WORDS = _keys(
    kind=Literal["words", "name", "citation", "link"], text=_LINE, style=NotRequired[_STYLE]
)
_INLINE = Annotated[
    Annotated[_WORDS, AfterValidator(_accounted)]
    | _keys(kind=Literal["number"], ends=_LINE, hedge=_LINE, **_PRINTED)
    | _keys(kind=Literal["date"], pieces=list[tuple[_LINE, _LINE]], iso=_LINE, claims=_LINES),
    Field(discriminator="kind"),
]
_TEXT = Annotated[list[_INLINE], Field(max_length=5_000)]
_EXHIBIT = {
    "key": _KEY, "number": _LINE, "title": _TEXT, "subtitle": _TEXT, "foot": _TEXT,
    "claims": _LINES, "csv": str,
}  # fmt: skip
_TABLE = _keys(
    kind=Literal["table"],
    columns=Annotated[list[_keys(head=_TEXT)], Field(min_length=1)],
    rows=list[list[_TEXT]],
    **_EXHIBIT,
)
_BLOCK = Annotated[
    _keys(kind=Literal["heading"], level=int, number=_LINE, text=_TEXT)
    | _keys(kind=Literal["paragraph"], style=_LINE, text=_TEXT)
    | _keys(kind=Literal["list"], items=list[_TEXT])
    | _keys(kind=Literal["judgements"], items=list[_keys(text=_TEXT, claims=_LINES)])
    | Annotated[_TABLE, AfterValidator(_even)]
    | _keys(kind=Literal["chart"], alt=_LINE, description=_TEXT, drawing=_LINE, **_EXHIBIT)
    | _keys(kind=Literal["evidence"]),
    Field(discriminator="kind"),
]
_MANIFEST = TypeAdapter(
    _keys(
        edition=_LINE,
        as_of=Annotated[str, Field(pattern=r"^\d{4}(-\d\d){0,2}$")],
        parameters=_SETTINGS,
        inputs=dict[_LINE, _LINE],
        packages=dict[_LINE, _LINE],
        claims=dict[_LINE, _keys(source=_LINE, statement=_LINE, about=_LINE)],
        numbers=list[_keys(place=_LINE, **_PRINTED)],
        verdicts=list[
            _keys(
                id=_LINE, matter=_LINE, verdict=_LINE, fits=_LINE, limits=_LINE, argued=bool,
                claims=_LINES, record=_SETTINGS | None, margin=_SETTINGS | None,
            )
        ],
        document=_keys(
            meta=_keys(as_of_text=_LINE, stamp=list[tuple[_LINE, _LINE]]),
            sections=list[_keys(id=_KEY, blocks=list[_BLOCK])],
        ),
    )
)  # fmt: skip


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a build. Raises Refusal, naming the path and the place, where it is none."""
    path = folder / "manifest.json"
    try:
        with path.open("rb") as file:
            content = file.read(_MOST + 1)
        if len(content) > _MOST:
            raise Refusal(f"{path}: is larger than any manifest of a build")
        return _MANIFEST.validate_json(content, strict=True)
    except OSError as error:
        why = error.strerror or "cannot be read"
        raise Refusal(f"{path}: {why}; a folder that stands for an edition holds it") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        told = f"{place}{place and ': '}{first['msg']}"[:300]
        # What stands there may be from anybody, and a terminal obeys some of what it is sent.
        told = "".join(sign if sign.isprintable() else "�" for sign in told)
        raise Refusal(f"{path}: {told}; build it again, with `make briefing`") from None
