"""JSON that a person can edit, held against its form before anything of it is used.

Read here are the data package, the record of a check and the notebooks: one place that names
the file, the key, what stands there and what is expected, instead of a traceback wherever a key
is first missed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from ..errors import Fault, Refusal, nearest

#: More than this is no file of a dossier's or an edition's; a text of a thousand pages is less.
LARGEST = 20_000_000  # bytes


def read_text(path: Path, what: str) -> str:
    """A file as UTF-8 with newlines untouched. Raises Refusal, naming `what` it is."""
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for without end
            raise Refusal([Fault(f"{what} {path}", "", "a file is expected")])
        if path.stat().st_size > LARGEST:
            raise Refusal([Fault(f"{what} {path}", "", f"it has more than {LARGEST} bytes")])
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise Refusal([Fault(f"{what} {path}", "", "the file is missing")]) from None
    except UnicodeDecodeError as error:
        found = f"byte 0x{error.object[error.start]:02x} at offset {error.start}"
        raise Refusal([Fault(f"{what} {path}", found, "save the file as UTF-8")]) from None
    except OSError as error:
        raise Refusal([Fault(f"{what} {path}", "", error.strerror or str(error))]) from None


def read_json(path: Path, what: str, form: TypeAdapter[Any]) -> Any:
    """What a JSON file holds, which has the form. Raises Refusal with every fault of it."""
    text = read_text(path, what)
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise Refusal(f"{what} {path}, line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError) as error:  # digits without end, brackets without end
        raise Refusal(f"{what} {path}: {error}") from None
    try:
        form.validate_python(found)
    except ValidationError as error:
        raise Refusal([_fault(path.name, found, it) for it in error.errors()]) from None
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _fault(name: str, found: Any, error: Any) -> Fault:
    """One fault of pydantic's as one of ours: the place as keys, what stands there, what is due."""
    known = error.get("ctx", {})
    node, place = found, []
    for part in (*error["loc"], *([known["key"]] if "key" in known else [])):
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):  # it is missing, or no key but a type
            continue
        place.append(str(part))
    where = ", ".join(filter(None, [name, ".".join(place)]))
    if error["type"] == "missing":
        return Fault(where, "", f"it lacks {error['loc'][-1]!r}")
    expected = error["msg"].removeprefix("Value error, ")
    if error["type"] == "model_type":
        expected = "an object is expected"
    stands = node if isinstance(node, str) else json.dumps(node, ensure_ascii=False)
    return Fault(where, stands, expected[:1].lower() + expected[1:])


class Strict(BaseModel):
    """An object of which every key is known."""

    model_config = ConfigDict(strict=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, given: Any) -> Any:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in given if isinstance(given, dict) else ():
            if key not in known:
                told = {"key": key, "hint": nearest(key, known)}
                raise PydanticCustomError("unknown", "no such key is known; {hint}", told)
        return given
