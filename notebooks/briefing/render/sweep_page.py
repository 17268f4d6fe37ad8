"""What a sweep tells: key figures and judgements of all editions, as a table and as one page.

A key figure is a tile of page one, known by its words without its dates; a judgement is known by
its name, or by its chapter, and stands, shifts or falls against the first edition. What moves
what is read from pairs of editions that differ in one parameter alone: of editions that differ in
several, no one can say which of them it was.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import guarded
from ..report.blocks import plain
from ..report.parameters import as_text
from .compare import redline
from .compare_changes import Build, Passage
from .document import Inlines
from .edition import printed
from .folders import SWEEP
from .html import framed
from .store import write_whole

#: Width and height of a small multiple, and its margins.
_WIDE, _HIGH, _EDGE = 132, 84, 14


class Told(NamedTuple):
    """An edition as a sweep sees it: what the grid set, its key figures, and its judgements."""

    name: str
    values: dict[str, Any]
    figures: dict[str, dict[str, Any]]  #: name → the number; the first of two of one name
    judgements: dict[str, Passage]


def write_page(out: Path, editions: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write figures.csv and index.html of the editions built in `out`; return the page.

    `editions` gives, by the name of each, the values of the parameters that are told.
    """
    told = [_told(out / name, values) for name, values in editions.items()]
    page = _page(told)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "figures.csv", _csv(told))
    write_whole(out / "index.html", page)
    return out / "index.html"


def _told(folder: Path, values: Mapping[str, Any]) -> Told:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    made = Told(folder.name, dict(values), {}, {})
    title = ""
    for it in Build(folder.name, folder, manifest).passages:
        if it.kind == "heading" and it.block["level"] == 1:
            title = plain(it.text)
        elif it.kind == "judgements":
            name = it.name or f"{title}, in its chapter"
            while name in made.judgements:
                name += ", further"
            made.judgements[name] = it
        elif it.kind == "tiles":
            numbers = [inline for inline in it.block["figure"] if inline["kind"] == "number"]
            words = [inline for inline in it.block["what"] if inline["kind"] != "date"]
            name = " ".join(plain(words).split()).strip(" ,;:")
            if numbers:
                made.figures.setdefault(name, numbers[0])
    return made


def _csv(told: list[Told]) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["edition", *told[0].values, "key figure", "low", "high", "unit", "text"])
    for it in told:
        values = [as_text(value) for value in it.values.values()]
        for name, number in it.figures.items():
            ends = [number["low"] or "", number["high"] or "", number["unit"]]
            text = " ".join(number["text"].split())
            writer.writerow(map(guarded, [it.name, *values, name, *ends, text]))
    return file.getvalue()


def _page(told: list[Told]) -> str:
    first = told[0]
    figures = list(dict.fromkeys(name for it in told for name in it.figures))
    judged = list(dict.fromkeys(name for it in told for name in it.judgements))
    parameters = [
        name for name in first.values if len({as_text(it.values[name]) for it in told}) > 1
    ]
    became = {it.name: _became(first, it) for it in told}
    pairs = _pairs(told)
    moved = {
        (what, name): _moved(pairs.get(name, []), what)
        for what in [*figures, *judged]
        for name in parameters
    }
    sections = {"moves": "What moves what", "figures": "Key figures",
                "judgements": "Judgements"}  # fmt: skip
    return framed(
        "sweep.html.j2", sections, "compare.css",
        told=told, first=first, figures=figures, judged=judged, parameters=parameters,
        became=became, moved=moved, panel=_panel, printed=printed, redline=redline,
        generator=SWEEP, title=f"{len(told)} editions side by side",
        description="A sweep of editions",
        stamp=[("First edition", first.name), ("Editions", str(len(told)))],
    )  # fmt: skip


def _said(it: Told, what: str) -> str:
    """What an edition says of a key figure or a judgement; "" where it is silent."""
    if what in it.judgements:
        return plain(it.judgements[what].text)
    return it.figures[what]["text"] if what in it.figures else ""


def _became(first: Told, it: Told) -> dict[str, tuple[str, Inlines | None, Inlines | None]]:
    """What becomes of each judgement against the first edition, with both texts."""
    found: dict[str, tuple[str, Inlines | None, Inlines | None]] = {}
    for name in {**first.judgements, **it.judgements}:
        was, now = (side.judgements[name].text if name in side.judgements else None
                    for side in (first, it))  # fmt: skip
        state = "falls" if now is None else "is new" if was is None else "shifts"
        stands = was and now and plain(was) == plain(now)
        found[name] = ("stands" if stands else state, was, now)
    return found


def _pairs(told: list[Told]) -> dict[str, list[tuple[Told, Told]]]:
    """The pairs of editions that differ in one parameter alone, by that parameter."""
    found: dict[str, list[tuple[Told, Told]]] = {}
    for one, other in combinations(told, 2):
        differ = [name for name in one.values if one.values[name] != other.values[name]]
        if len(differ) == 1:
            found.setdefault(differ[0], []).append((one, other))
    return found


def _moved(pairs: list[tuple[Told, Told]], what: str) -> tuple[int, int]:
    """In how many pairs what is said of something differs; and of how many.

    Pairs in which both are silent count for neither.
    """
    said = [(_said(one, what), _said(other, what)) for one, other in pairs]
    return sum(a != b for a, b in said), sum(bool(a or b) for a, b in said)


def _panel(told: list[Told], figure: str, parameter: str) -> dict[str, Any]:
    """A small multiple: the figure of each edition, as a line from end to end, by one parameter.

    All panels of a figure have one scale. An end that is open is drawn to the edge.
    """
    numbers = [it.figures.get(figure) for it in told]
    ends = [Decimal(n[end]) for n in numbers if n for end in ("low", "high") if n[end]]
    least, most = (min(ends), max(ends)) if ends else (Decimal(0), Decimal(0))
    span = most - least or Decimal(1)
    values = list(dict.fromkeys(printed(it.values[parameter]) for it in told))
    column = (_WIDE - 2 * _EDGE) / len(values)

    def height(end: str | None, edge: float) -> float:
        room = _HIGH - 3 * _EDGE
        part = (most - Decimal(end)) / span if end and most > least else Decimal("0.5")
        return edge if end is None else round(_EDGE + room * float(part), 1)

    def marks() -> Iterator[dict[str, Any]]:
        for place, value in enumerate(values):
            here = [(it, n) for it, n in zip(told, numbers, strict=True)
                    if printed(it.values[parameter]) == value]  # fmt: skip
            for index, (it, n) in enumerate(here):
                x = round(_EDGE + column * (place + (index + 1) / (len(here) + 1)), 1)
                if n and (n["low"] or n["high"]):
                    low, high = height(n["low"], _HIGH - 1.5 * _EDGE), height(n["high"], 2)
                    yield {"x": x, "low": low, "high": high, "told": f"{it.name}: {n['text']}"}

    labels = [
        (round(_EDGE + column * (place + 0.5), 1), value if len(value) < 15 else f"{value[:13]}…")
        for place, value in enumerate(values)
    ]
    return {"marks": list(marks()), "labels": labels, "wide": _WIDE, "high": _HIGH}
