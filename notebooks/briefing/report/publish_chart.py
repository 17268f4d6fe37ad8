"""What is told of a published figure: that it is true, and the words that are computed for it.

Here each text in a Figure is held against the frame that was plotted (for its marks see
`placed`), and alt text and description are made from that frame. How a mark is drawn does not
belong here (`marks`), nor how pictures are made (`pictures`). While charts were drawn by an
engine that was trusted, no plot of an analyst's own could be published.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text as Letters

from ..claims.model import Event, Quantity
from ..claims.numerals import find_numerals
from ..errors import Refusal
from ..values.periods import Period
from ..values.value import Value
from .placed import PlacedRow, all_known, check_marks, near, spaced, typed_ticks, zones
from .tables import csv_text
from .text import Number, Text, is_missing, line, listed, number, series, shown, typed_numerals

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
#: How a unit is told after the name of a column; money is told as it is printed.
_UNITS = {"%": "per cent", "count": "", "rank": "", "×": ""}


def tell(
    figures: Iterable[Figure],
    data: pd.DataFrame,
    title: Text,
    is_name: Callable[[str], bool],
    place: str,
) -> tuple[dict[str, Any], list[str], Callable[[Figure], list[dict[str, Any]]]]:
    """The parts of a chart's block that tell what it shows, the claims behind them, and its zones.

    These are, for a figure as it is laid out, where rows of the data stand in it (see
    `placed.zones`), as `at`, with the `text` of what they say and the `claim` behind it.

    `figures` are drawn from one frame, the first for the page: its printed numbers are listed.
    `is_name` says whether a name with digits ("T-90") stands in the tables; `place` is what a
    Refusal of numbers without a source names. Raises ValueError, in one sentence, for a text or a
    mark without a source, and for a value in the title that is not in the data.
    """
    frame, spare = _tidied(data)
    rows = [_row(row) for row in frame.to_dict("records")]
    known = all_known(rows)
    for column, bare in spare.items():
        if odd := [each for each in bare if not near(each, known)]:
            raise Refusal(
                f"{place}, column {column!r}: bare numbers ({odd[0]:g}) have no source; hand "
                "values to data=, as dossier.frame gives them, and their .bounds.low to the plot, "
                "or leave the column out of data="
            )
    _check_title(title, rows, frame)
    seen = []
    for figure in figures:
        figure.draw_without_rendering()
        printed = Printed(rows, is_name)
        texts = _check_texts(figure, printed)
        seen.append((check_marks(figure, rows), texts, printed.numbers))
    forms, texts, numbers = seen[0]
    form = listed(map(shown, forms)).capitalised()
    labels = _labels(rows, texts)
    alt = line(
        "{form}: {extremes}.", form=form, extremes=_extremes(rows, labels, list(map(str, frame)))
    )
    each = [_row_told(row, label) for row, label in zip(rows, labels, strict=True)]
    said = line("{form}. {rows}.", form=form, rows=series(each))
    told = {
        "alt": str(alt),
        "description": said.json,
        "numbers": [{"text": text, **number(value)} for text, value in numbers],
        "csv": csv_text(frame),
    }

    def placed(figure: Figure) -> list[dict[str, Any]]:
        return [
            {"at": at, "text": str(series(each[i] for i in which)), "claim": claim}
            for which, at in zones(figure, rows)
            for claim in [id for i in which for id in each[i].claims][:1]
        ]

    return told, list(said.claims), placed


def _tidied(data: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, set[float]]]:
    """The frame as it is told, its index as columns, and columns of bare numbers apart.

    Colours and marks of yes and no are left out; whole numbers in a column of years are dates.
    """
    named = data.index.name is not None or data.index.nlevels > 1
    data = data.reset_index() if named else data
    told: dict[str, list[Any]] = {}
    spare: dict[str, set[float]] = {}
    for column in data.columns:
        parts = column if isinstance(column, tuple) else (column,)
        name = " ".join(map(str, parts)).replace("_", " ").strip()
        held = [None if is_missing(cell) else cell for cell in data[column]]
        filled = [cell for cell in held if cell is not None]
        if all(isinstance(cell, bool | np.bool_) for cell in filled):
            continue
        if all(isinstance(cell, int | float | np.number) for cell in filled):
            if "year" not in name or any(cell % 1 or not 1000 <= cell < 3000 for cell in filled):
                spare[name] = set(map(float, filled))
            else:
                years = [None if cell is None else f"{cell:.0f}" for cell in held]
                told[name] = [year and Period(year, year) for year in years]
        elif not all(isinstance(cell, str) and _COLOR.fullmatch(cell) for cell in filled):
            told[name] = held
    return pd.DataFrame(told, dtype=object), spare


def _row(record: dict[Any, object]) -> PlacedRow:
    row = PlacedRow({}, {}, [], [])
    for column, cell in record.items():
        match cell:
            case Value() | Quantity():
                row.values[column] = cell.value if isinstance(cell, Quantity) else cell
            case Period() | Event():
                row.periods.append(cell.period if isinstance(cell, Event) else cell)
                if str(shown(cell)) not in map(str, row.dates):
                    row.dates.append(shown(cell))
            case _ if not is_missing(cell) and cell != "":
                row.words[column] = cell
    return row


# Texts -----------------------------------------------------------------------------------


class Printed:
    """What may be printed in a figure, and as `numbers` what was: texts with their values."""

    def __init__(self, rows: Iterable[PlacedRow], is_name: Callable[[str], bool]) -> None:
        self.is_name = is_name
        self.numbers: list[tuple[str, Value]] = []
        self.forms: dict[str, list[Value]] = defaultdict(list)
        self.quotes: set[str] = set()
        for row in rows:
            for value in row.values.values():
                for form in dict.fromkeys(map(value.text, ("prose", "short", "plain"))):
                    self.forms[spaced(form)].append(value)
            texts = (cell for cell in row.words.values() if isinstance(cell, Text))
            for each in (item for text in texts for item in text.inlines):
                if isinstance(each, Number):
                    self.forms[spaced(each.text)].append(each.value)
                elif each.style == "evidence":  # the dossier's own words, such as "the 1980s"
                    self.quotes.add(spaced(each.text))
            for period in row.periods:
                for form in (period.text(), *(text for text, _ in period.pieces())):
                    self.forms.setdefault(spaced(form), [])
                for edge in (period.start, period.end):
                    self.forms.setdefault(edge[:4], [])
        forms = sorted((form for form in self.forms if re.search(r"\d", form)), key=len)
        either = "|".join(map(re.escape, reversed(forms))) or r"\b\B"
        self.pattern = re.compile(rf"(?<![\d.,])(?:{either})(?![\d%]|[.,]\d)")

    def without_source(self, words: str) -> str:
        """The first number in some words that is not of the data, "" where all are."""
        rest = spaced(words)
        for quote in self.quotes:
            rest = rest.replace(quote, "…")
        rest = self.pattern.sub(self._note, rest)
        for name in (each.text for each in find_numerals(rest) if each.kind == "name"):
            rest = rest.replace(name, "…") if self.is_name(name) else rest
        return next(iter([*typed_numerals(rest), *re.findall(r"\S*\d\S*", rest)]), "")

    def _note(self, match: re.Match[str]) -> str:
        # Rows that print the same are told one after another.
        if values := self.forms[match[0]]:
            values.append(values.pop(0))
            self.numbers.append((match[0], values[-1]))
        return "…"


def _check_texts(figure: Figure, printed: Printed) -> list[str]:
    """The texts of a figure, but for ticks; refused where a number in one has no source."""
    axises = [axis for axes in figure.findobj(Axes) for axis in (axes.xaxis, axes.yaxis)]
    labels = {text for axis in axises for text in axis.get_ticklabels(which="both")}
    drawn: list[Any] = figure.findobj(Letters)
    texts = [text.get_text() for text in drawn if text.get_visible() and text not in labels]
    texts += [label for axis in axises if axis.get_visible() for label in typed_ticks(axis)]
    for words in texts:
        if odd := printed.without_source(words):
            raise ValueError(
                f"{odd!r} in the text {spaced(words)!r} of the chart is no printed form of a "
                "value in its data, nor a place on its axis"
            )
    return texts


def _check_title(title: Text, rows: list[PlacedRow], frame: pd.DataFrame) -> None:
    """Refuse a value in the title that is not in the data, nor a count of what is in it."""
    known = {(value.bounds, value.unit) for row in rows for value in row.values.values()}
    columns = [frame[name].map(str).value_counts() for name in frame]
    counts = {len(rows), *map(len, columns), *(number for each in columns for number in each)}
    for told in title.numbers:
        value = told.value
        counted = value.unit == "count" and value.exact and value.point in counts
        if not counted and (value.bounds, value.unit) not in known:
            raise ValueError(
                f"the title names {spaced(told.text)!r}, which is not in the chart's data"
            )


# Words -----------------------------------------------------------------------------------


def _labels(rows: list[PlacedRow], texts: list[str]) -> list[Text]:
    """What each row is called: its words in the columns that the figure names, and its dates.

    Where the figure prints the name of a column, as a matrix does, it is told before the word.
    """
    printed, heads = spaced(" ".join(texts)), set(map(spaced, texts))
    columns = {c for row in rows for c, cell in row.words.items() if spaced(cell) in printed}
    labels = []
    for row in rows:
        told = [
            line("{head} {cell}", head=c, cell=cell) if c in heads else shown(cell)
            for c, cell in row.words.items()
            if c in heads or c in columns or not columns
        ]
        labels.append(listed(told + row.dates, ", "))
    return labels


def _extremes(rows: list[PlacedRow], labels: list[Text], columns: list[str]) -> Text:
    """Column by column, from which row's value to which they go; dates where there is none."""
    told = []
    for column in columns:
        held = [
            (sorted((end for end in value.bounds if end is not None), reverse=True), index)
            for index, row in enumerate(rows)
            if (value := row.values.get(column)) and not value.wordless
        ]
        if not held:
            continue
        ends = [
            line("{row} with {value}", row=labels[index], value=rows[index].values[column])
            for _, index in (min(held), max(held))
        ]
        units = {row.values[column].unit for row in rows if column in row.values}
        unit = _unit(units.pop()) if len(units) == 1 else ""
        what = line("{column}, in {unit}, " if unit else "{column}, ", column=column, unit=unit)
        told.append(what + _span(ends if len(held) > 1 else ends[:1]))
    dated = [(row.periods[0].days, index) for index, row in enumerate(rows) if row.periods]
    if dated and not told:
        told = [_span([labels[index] for _, index in (min(dated), max(dated))][: len(dated)])]
    return series(told)


def _span(ends: list[Text]) -> Text:
    return line("from {ends}", ends=listed(ends, " to ")) if len(ends) > 1 else ends[0]


def _unit(unit: str) -> str:
    code, _, scale = unit.partition(" ")
    words = {"bn": " billion", "mn": " million"}.get(scale, "")
    money = len(code) == 3 and code.isupper()
    return _UNITS.get(unit, code.replace("USD", "US$") + words if money else unit)


def _row_told(row: PlacedRow, label: Text) -> Text:
    """A row with its values; each value is named where there are several."""
    template = "{column} {value}" if len(row.values) > 1 else "{value}"
    values = [line(template, column=name, value=value) for name, value in row.values.items()]
    return line("{row}: {values}", row=label, values=listed(values, ", ")) if values else label
