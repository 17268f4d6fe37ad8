"""A comparison as JSON: what differs, as plain words and values; empty lists where nothing does."""

from __future__ import annotations

import json
from dataclasses import asdict

from .built import Built
from .changes import Changes, PassageChange
from .exhibits import ExhibitChange, RowChange, plain
from .matching import only
from .numbers import Figure, NumberChange
from .summary import sources_of, summary


def listing(changes: Changes) -> str:
    """The comparison as JSON."""
    content = {
        "old": _build(changes.old),
        "new": _build(changes.new),
        "summary": [plain(line) for line in summary(changes)],
        "parameters": [asdict(entry) for entry in changes.parameters],
        "numbers": [_number(change, changes) for change in changes.numbers],
        "sentences": [_sentence(change) for change in changes.passages],
        "exhibits": [_exhibit(change) for change in changes.exhibits],
        "inputs": [asdict(entry) for entry in changes.inputs],
        "packages": [asdict(entry) for entry in changes.packages],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _build(built: Built) -> dict:
    manifest = built.manifest
    return {"name": built.name, "edition": manifest.edition, "as_of": manifest.as_of}


def _number(change: NumberChange, changes: Changes) -> dict:
    sources = [
        sources_of(figure.number.claims, built.manifest.claims) if figure else []
        for figure, built in ((change.old, changes.old), (change.new, changes.new))
    ]
    return {
        "change": change.change,
        "old": _figure(change.old),
        "new": _figure(change.new),
        "claims_lost": change.claims_lost,
        "claims_gained": change.claims_gained,
        "sources_lost": only(*sources),
        "sources_gained": only(*reversed(sources)),
        "places": change.places,
    }


def _figure(figure: Figure | None) -> dict | None:
    if figure is None:
        return None
    number = figure.number
    return {
        "text": number.text,
        "low": number.low,
        "high": number.high,
        "unit": number.unit,
        "claims": list(number.claims),
        "formula": number.formula,
    }


def _sentence(change: PassageChange) -> dict:
    return {
        "change": change.change,
        "chapter": change.passage.chapter,
        "kind": change.passage.kind,
        "old": change.old and change.old.text,
        "new": change.new and change.new.text,
    }


def _exhibit(change: ExhibitChange) -> dict:
    sides = {"old": change.old, "new": change.new}
    told = {
        side: record and {name: record[key] for name, key in _TOLD.items() if key in record}
        for side, record in sides.items()
    }
    return {
        "change": change.change,
        "key": change.key,
        "kind": change.record["kind"],
        **told,
        "differs": list(change.differs),
        "columns_lost": list(change.columns_lost),
        "columns_gained": list(change.columns_gained),
        "rows": [_row(row) for row in change.rows],
    }


_TOLD = {
    "number": "number",
    "title": "title_text",
    "subtitle": "subtitle_text",
    "note": "foot_text",
    "alt": "alt",
    "description": "description",
}


def _row(row: RowChange) -> dict:
    old, new = ({name: plain(cell) for name, cell in side.items()} for side in (row.old, row.new))
    return {"change": row.change, "old": old or None, "new": new or None}
