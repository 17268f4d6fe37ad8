"""An exhibit of two builds as the page shows it: side by side, row by row, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from bs4 import BeautifulSoup
from markupsafe import Markup

from ..plots import plot
from .built import Built
from .changes import Changes
from .exhibits import ExhibitChange, RowChange, plain
from .redline import added, redline, struck
from .summary import count, listed, named


@dataclass(frozen=True)
class Table:
    """A table of the page: an anchor, a caption, heads, and rows of HTML."""

    id: str
    caption: str
    heads: list[Markup]
    rows: list[list[Markup]]


@dataclass(frozen=True)
class Exhibit:
    """An exhibit that differs: its caption, the drawings, the rows that differ."""

    id: str
    number: str
    title: Markup
    subtitle: Markup
    drawings: list[tuple[Markup, Markup]]  #: a label, a drawing
    natural: int  #: the width in pixels at which the widest of them was drawn
    table: Table | None
    notes: list[Markup]
    words: list[Markup]  #: its alternative text and its description, where they differ


def exhibit(change: ExhibitChange, changes: Changes, colors: set[str]) -> Exhibit:
    """An exhibit that differs; notes in ``colors`` those that its drawings use."""
    old, new = change.old or change.record, change.new or change.record
    drawings = list(_drawings(change, changes, colors))
    widths = re.findall(r"--natural:(\d+)px", "".join(drawing for _, drawing in drawings))
    return Exhibit(
        f"x-{change.key}",
        change.record["number"],
        redline(old["title"], new["title"]),
        redline(old["subtitle"], new["subtitle"]),
        drawings,
        max(map(int, widths), default=0),
        _row_table(change) if change.rows else None,
        list(_notes(change)),
        list(_words(change)),
    )


def _drawings(
    change: ExhibitChange, changes: Changes, colors: set[str]
) -> Iterator[tuple[Markup, Markup]]:
    """The drawings of a chart that differ, or the one that there is, each named by its build."""
    same = change.change == "changed" and "drawing" not in change.differs
    if change.record["kind"] != "chart" or same:
        return
    for side in ("old", "new"):
        built, record = getattr(changes, side), getattr(change, side)
        if record:
            yield _drawing(side, built, record, colors)


def _drawing(side: str, built: Built, record: dict, colors: set[str]) -> tuple[Markup, Markup]:
    label = Markup('<span class="numbering">Exhibit {}</span> in {}').format(
        record["number"], named(built.name)
    )
    image = BeautifulSoup("", "html.parser").new_tag("img", alt=record["alt"])
    # A build from before there were two widths has one, which scrolls on a phone.
    widths = {"wide": "svg", "narrow": "svg_narrow"} if "svg_narrow" in record else {"": "svg"}
    drawn = [
        plot(
            image,
            record[name],
            f"{side}-{record['key']}-{width}",
            width,
            {"aria-label": plain(label)},
            colors,
        )
        for width, name in widths.items()
    ]
    return label, Markup("\n".join(drawn))


def _words(change: ExhibitChange) -> Iterator[Markup]:
    """What is said of a chart to who cannot see it, where that differs."""
    if "alt" in change.differs:
        yield redline(*(_quoted(record["alt"]) for record in (change.old, change.new)))
    if "description" in change.differs:
        told = (record.get("description_html", "") for record in (change.old, change.new))
        yield redline(*told)


def _quoted(text: str) -> str:
    return f'<span class="evidence">{escape(text, quote=False)}</span>'


def _notes(change: ExhibitChange) -> Iterator[Markup]:
    """What else is to be said of an exhibit that differs."""
    for words, columns in (("gone", change.columns_lost), ("new", change.columns_gained)):
        if columns:
            what = count(len(columns), "column is", "columns are")
            yield Markup("{} {}: {}.").format(what, words, listed(named(name) for name in columns))
    if "data" in change.differs and not (
        change.rows or change.columns_lost or change.columns_gained
    ):
        yield Markup("Its data differ only beyond what is printed.")
    if change.differs == ("drawing",):
        yield Markup("The same data, drawn differently.")
    if "note" in change.differs:
        yield redline(change.old["foot"], change.new["foot"])


def _row_table(change: ExhibitChange) -> Table:
    heads = list(dict.fromkeys(name for row in change.rows for name in (row.new or row.old)))
    rows = [[_cell(row, head) for head in heads] for row in change.rows]
    # With its number: two exhibits may bear one title, and a region's name is its own.
    caption = f"Rows of Exhibit {change.record['number']} that differ"
    return Table(f"x-{change.key}-rows", caption, [named(head) for head in heads], rows)


def _cell(row: RowChange, column: str) -> Markup:
    if row.change == "changed":
        return redline(row.old[column], row.new[column])
    return struck(row.old[column]) if row.old else added(row.new[column])
