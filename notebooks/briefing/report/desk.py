"""A desk to code the next article at: its text, one suggestion at a time, what is left.

It suggests and accepts by the functions behind `make article` and `make accept`; of its own it
only shows what lies in the folder of suggestions, and writes there what a person completes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from ..claims.accept import accept
from ..claims.check import LOCATED, held
from ..claims.load import DEFAULT_DATA, load
from ..claims.numerals import Numeral
from ..claims.package import read_package
from ..claims.schema import Row, cell_faults
from ..claims.strict import read_text
from ..claims.suggest import BESIDE, suggest
from ..claims.suggested import placed, read_suggested, sheet, start_of
from ..errors import Fault, Refusal, visible

#: What a numeral can be, by its class in the style sheet.
STATES = {"coded": "coded", "aside": "set aside", "saved": "saved, to be accepted", "open": "open"}
_CLAIMS = [name for name in LOCATED if name != "set_aside"]
#: What a person does not write: it is known, or follows from the phrase.
_KNOWN = ("article", "start", "end", "file", "sha256")
_LOOK: dict[str, Any] = {"style": {"description_width": "7.5em"}, "layout": {"width": "98%"}}


def open_desk(text: str = "", data: str | Path | None = None, date: str = "") -> None:
    """Suggest rows for a text as `suggest` does, and show the desk for it.

    `text` is a file, or the name of one in the dossier's texts/; "" is the article whose rows were
    suggested last. `date` is the day from which relative dates count where the text states none.
    Raises Refusal.
    """
    folder = Path(data) if data else DEFAULT_DATA
    kept = {} if text else read_suggested(folder, read_package(folder))
    if kept:
        tables = (load(folder).tables, kept)
        known = [row for it in tables if "articles" in it for row in it["articles"].rows]
        suggested = {row.get("article") for table in kept.values() for row in table.rows}
        text = next((row["file"] for row in reversed(known) if row["id"] in suggested), "")
    if not text:
        expected = "name the file of the article’s text there, or: make article TEXT=FILE"
        raise Refusal([Fault("parameter text", "", expected)])
    path = Path(text) if Path(text).is_file() else folder / "texts" / text
    display(Desk(path, folder, date).box)


class Desk:
    """The desk for one text: the rows that are suggested for it, and the one being completed."""

    def __init__(self, path: Path, folder: Path, date: str) -> None:
        """Take the text's file, the dossier's folder and the day, as `suggest` does."""
        self.path, self.folder, self.date, self.body = path, folder, date, (0, 0)
        self.row: Row = {}
        self.fields: dict[str, Any] = {}
        self.account, self.about, self.status = (widgets.HTML() for _ in range(3))
        self.text, self.form = widgets.Box(), widgets.VBox()
        self.text.add_class("desk-text")
        self.rows, self.kind, self.add = (
            widgets.Dropdown(description=it, **_LOOK) for it in ("row", "code as", "add")
        )
        added = [(f"a row of {name}.csv", name) for name in (*_CLAIMS, *BESIDE)]
        self.add.options, self.add.value = [("what no numeral suggests", ""), *added], ""
        self.rows.observe(lambda it: self._edit(it["new"]), "value")
        self.kind.observe(lambda it: self._fill(it["new"]), "value")
        self.add.observe(lambda it: self._begin(it["new"], {}), "value")
        look = {"button_style": "primary", "layout": {"width": "auto"}}
        save = widgets.Button(description="Save", **look)
        save.on_click(lambda _: self._do(self.save))
        move = widgets.Button(description="Accept what is saved", **look)
        move.on_click(lambda _: self._do(self.accept))
        right = [self.rows, self.add, self.about, self.kind, self.form, widgets.HBox([save, move])]
        form = widgets.VBox([*right, self.status], layout={"width": "50%"})
        css = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
        top = widgets.HTML(f"<style>{css}</style>")
        self.box = widgets.VBox([top, self.account, widgets.HBox([self.text, form])])
        self.box.add_class("desk")
        told = self._read()
        self._say(line for line in told if not line.startswith(str(folder)))  # the account says it

    def _read(self, after: int = -2) -> list[str]:
        """Suggest what is new, show how all stands now, and go on to the next open row."""
        told = suggest(self.path, self.folder, self.date)
        self.package, self.tables = read_package(self.folder), load(self.folder).tables
        self.kept = read_suggested(self.folder, self.package)
        digest = hashlib.sha256(self.path.read_bytes()).hexdigest()
        articles = [*self.tables["articles"].rows, *self.kept["articles"].rows]
        self.article = next(row for row in articles if row["sha256"] == digest)
        fields = {it["name"]: it for it in self.tables["set_aside"].schema["fields"]}
        id, self.reasons = self.article["id"], fields["reason"]["constraints"]["enum"]
        # Copies: what is written into one is kept while another is at hand.
        self.all = [(name, dict(row)) for name, table in self.kept.items() for row in table.rows]
        mine = (it for it in self.all if it[1].get("article", id) == id)
        self.entries = sorted(mine, key=lambda it: start_of(it[1]))
        rows = [row for name in LOCATED for row in self.tables[name].rows if row["article"] == id]
        open_rows = [row for name, row in self.entries if name in LOCATED and start_of(row) >= 0]
        # Of two rows for one numeral the one that is saved counts.
        self._show([*rows, *sorted(open_rows, key=_state, reverse=True)])
        left = [row for _, row in self.entries if not row["ok"]]
        self.account.value += f"; {len(left)} suggestions left" * bool(left)
        self.fields, self.rows.value = {}, None
        self.rows.options = [
            (f"{row['ok'] or '?'} {name}: {_name(row)}", (name, row)) for name, row in self.entries
        ]
        self._mark(None)
        if not left:
            self.form.children, self.about.value, self.kind.value = [], "", None
        self._go(next((row for row in left if start_of(row) > after), next(iter(left), None)))
        return told

    def _show(self, rows: list[Row]) -> None:
        """Show the text with a button for each numeral, and the account of them."""
        words = read_text(self.path, "text")
        body = begin, end = int(self.article["body_start"]), int(self.article["body_end"])
        found = [*held(words, begin, end, rows)]
        self.numerals = [row for _, row in found]
        if body != self.body:  # else it stays, and where it was scrolled to
            self.words, self.body, self.buttons = words, body, []
            shown, at = [], begin
            for index, (numeral, _) in enumerate(found):
                button = widgets.Button(description=numeral.text)
                button.on_click(lambda _, it=(index, numeral): self._pick(*it))
                self.buttons.append(button)
                shown += [widgets.HTML(escape(words[at : numeral.start])), button]
                at = numeral.end
            rest = f"{escape(words[at:end])}<i>{escape(words[end:])}</i>"
            before = widgets.HTML(f"<i>{escape(words[:begin])}</i>")
            self.text.children = [before, *shown, widgets.HTML(rest)]
        counts = Counter(map(_state, self.numerals))
        whole = "Complete: " * (counts["coded"] + counts["aside"] == len(found))
        told = [f"<span class='is {it}'>{counts[it]} {said}</span>" for it, said in STATES.items()]
        self.account.value = f"{whole}{len(found)} numerals: {' '.join(told)}"

    def _say(self, lines: Iterable[object], lead: str = "") -> None:
        self.status.value = "<br>".join(f"{lead}{escape(visible(str(line)))}" for line in lines)

    def _go(self, row: Row | None) -> None:
        self.rows.value = next((it for it in self.entries if it[1] is row), None)

    def _pick(self, index: int, numeral: Numeral) -> None:
        """Go to the row of a numeral that was chosen in the text, or begin one."""
        row = self.numerals[index]
        if not row:
            place = {"start": str(numeral.start), "end": str(numeral.end)}
            self._begin(_CLAIMS[0], place | {"phrase": numeral.text})
        elif "ok" in row:
            self._go(row)
        else:
            told = f"set aside: {row['reason']}" if "reason" in row else row["statement"]
            self._say([f"in the tables: {row.get('id', '')} “{row['phrase']}”: {told}"])

    def _begin(self, name: str, cells: Row) -> None:
        if name:
            self.rows.value, self.add.value = None, ""
            row = dict.fromkeys(self.kept[name].columns, "") | {"article": self.article["id"]}
            self._edit((name, row | cells))

    def _edit(self, entry: tuple[str, Row] | None) -> None:
        """Put a row into the form, with its sentence and the reasons of its guesses."""
        if not entry:
            return
        self._keep()
        name, row = entry
        self.row, self.fields, self.kind.value = row, {}, None
        self._mark(row)
        phrase, sentence = escape(row.get("phrase", "")), escape(row.get("sentence", ""))
        told = [sentence.replace(phrase, f"<b>{phrase}</b>", 1)]
        told += [f"<i>{escape(why)}</i>" for why in row.get("why", "").split("; ")]
        if existing := row.get("existing"):
            told.append(f"may repeat, dispute or belong to: {escape(existing)}")
        self.about.value = "<br>".join(filter(None, told))
        self.kind.options = [*dict.fromkeys([name, *(_CLAIMS if name in LOCATED else ())])]
        self.kind.value = name

    def _mark(self, chosen: Row | None) -> None:
        for row, button in zip(self.numerals, self.buttons, strict=True):
            button._dom_classes = ("is", _state(row), *["chosen"] * (row is chosen is not None))
            button.tooltip = STATES[_state(row)]

    def _fill(self, name: str | None) -> None:
        """A field for each column of the table that the row is for, with the schema's choices."""
        if not name:
            return
        row, schema, fields = self._written(), self.tables[name].schema, dict[str, Any]()
        targets = {it["fields"]: it["reference"] for it in schema.get("foreignKeys", [])}
        guesses = f"{row.get('other_measures', '')} {row.get('existing', '')}".split()
        for field in schema["fields"]:
            if (column := field["name"]) in _KNOWN:
                continue
            look = {"description": column, "tooltip": field["description"], **_LOOK}
            look["value"] = value = row.get(column, "")
            choices = {it: it for it in field.get("constraints", {}).get("enum", [])}
            if target := targets.get(column):
                table, key = target["resource"], target["fields"]
                for it in (*self.tables[table].rows, *(it for of, it in self.all if of == table)):
                    choices[it[key]] = f"{it[key]}: {it.get('name') or it.get('label', '')}"
            if choices:
                order = dict.fromkeys([*(it for it in guesses if it in choices), *choices, value])
                options = [("(empty)", ""), *((choices.get(it, it), it) for it in order if it)]
                fields[column] = widgets.Dropdown(options=options, **look)
            else:
                free = widgets.Textarea if column == "statement" else widgets.Text
                fields[column] = free(**look)
        answers = [("yes: into its table", "yes"), ("not yet", ""), ("no: leave it here", "no")]
        answers += [(f"set aside: {it}", it) for it in self.reasons if name in _CLAIMS]
        look = {"description": "ok", "value": row["ok"] or "yes", **_LOOK}
        fields["ok"] = widgets.Dropdown(options=answers, **look)
        for each in self.form.children:
            each.close()
        self.fields, self.form.children = fields, [*fields.values()]

    def _written(self) -> Row:
        return self.row | {name: control.value.strip() for name, control in self.fields.items()}

    def _keep(self) -> None:
        """Keep what is written into the form, until it is saved."""
        if self.fields and self.kind.value != "articles":  # by whose id others are named
            self.row |= self._written() | {"ok": self.row["ok"]}

    def _write(self, rows: list[tuple[str, Row]]) -> None:
        if read_suggested(self.folder, self.package) != self.kept:
            self._read()
            raise Refusal("the suggestions were changed elsewhere: they are read anew, not written")
        for name, table in self.kept.items():
            text = sheet(table.columns, (row for of, row in rows if of == name))
            table.path.write_text(text, encoding="utf-8", newline="")
        self.kept = read_suggested(self.folder, self.package)

    def _do(self, verb: Callable[[], list[str]]) -> None:
        try:
            self._say(verb())
        except (Refusal, OSError) as error:  # such as a folder that nobody may write to
            self._say(getattr(error, "faults", [error]), "<b>Refused:</b> ")

    def save(self) -> list[str]:
        """Write the row with its answer into the folder of suggestions, and say so.

        Raises Refusal for one that is not as complete as it says, or that was changed elsewhere.
        """
        if not self.fields:
            raise Refusal("no row is chosen")
        name, row, was = (
            self.kind.value,
            placed(self._written(), self.words, self.body),
            self.row.get("id", ""),
        )
        if row["ok"] not in ("", "no") or name == "articles":  # on whose row all others stand
            schema = self.tables["set_aside" if row["ok"] in self.reasons else name].schema
            told = {"reason": row["ok"], **row}
            alone = replace(self.kept[name], rows=[told], lines=[0], schema=schema)
            if faults := [*cell_faults(alone)]:
                raise Refusal([replace(it, place=it.place.rpartition(", ")[2]) for it in faults])
        rows = [(name, row) if it is self.row else (of, it) for of, it in self.all]
        rows += [(name, row)] * all(it is not row for _, it in rows)
        for _, it in rows if name == "articles" else ():  # its id may be another now
            if it.get("article") == was:
                id = it.get("id", "").replace(f"{was}-", f"{row['id']}-", 1)
                it |= {"article": row["id"], "id": id}
        self._write(rows)
        self._read(start_of(row))
        return [f"saved: {name}, {_name(row)}"]

    def accept(self) -> list[str]:
        """Do and say what `accept` does; what it raises goes to the first row that it names."""
        self._keep()
        self._write(self.all)
        try:
            told = accept(self.folder, self.path.parent)
        except Refusal as refusal:
            places = (it.place(at) for it in self.kept.values() for at in range(len(it.rows)))
            named = (row for place, (_, row) in zip(places, self.all, strict=True)
                     if any(str(fault).startswith(place) for fault in refusal.faults))  # fmt: skip
            self._go(next(named, self.row))
            raise
        self._read(start_of(self.row) - 1)
        return told


def _name(row: Row) -> str:
    return row.get("phrase") or next((it for of, it in row.items() if of != "ok" and it), "")


def _state(row: Row | None) -> str:
    if row and "ok" not in row:
        return "aside" if "reason" in row else "coded"
    return "saved" if row and row["ok"] not in ("", "no") else "open"
