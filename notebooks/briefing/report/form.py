"""A form over a chapter's parameters, for who works in JupyterLab or looks on in Voilà.

A field for each parameter that the `parameters` cell declares, the only declaration. A change
runs the cells that were run since again, out of sight, and puts what they publish in place of
what they had published. What a cell prints or plots by other means has no such place, and the
form says so. Without it, another year meant to edit, run all and compare from memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import Any
from uuid import uuid4

from IPython import get_ipython
from IPython.display import display
from IPython.utils.capture import capture_output
from matplotlib import pyplot

from ..errors import Refusal
from .blocks import MIME
from .chapter import Chapter, plain_assignments
from .parameters import Parameter, allowed, as_text, from_text

_HINT = """A change brings the text, charts and tables below up to date, but not a frame that a cell
ends with, nor a plot or print of one’s own: for these go to the next cell and choose
<i>Run Selected Cell and All Below</i> in the menu <i>Run</i>."""
_IN_VOILA = os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
_shown: Form | None = None


def show(chapter: Chapter) -> None:
    """Show the form of a chapter just opened; nothing where no front end looks on."""
    global _shown
    kernel = getattr(get_ipython(), "kernel", None)
    request = (kernel.get_parent("shell").get("metadata") if kernel else None) or {}
    # A front end names the cell that it asks to be run; what executes a file does not.
    if (_IN_VOILA or "cellId" in request) and not (_shown and _shown.at_work):
        if _shown:
            _shown.shell.events.unregister("pre_run_cell", _shown.begin)
            _shown.shell.events.unregister("post_run_cell", _shown.ended)
            _shown.shell.display_pub.unregister_hook(_shown.placed)
        _shown = Form(chapter, request.get("cellId"))


@dataclass
class Cell:
    """A cell that was run: its source, what it published, and where that is shown."""

    source: str
    #: Blocks with their faces, by MIME type; each place takes the faces of one.
    outputs: list[dict[str, Any]] = field(default_factory=list)
    places: list[Callable[[dict[str, Any]], None]] = field(default_factory=list)

    def put(self, outputs: list[dict[str, Any]]) -> None:
        """Show these in place of the old ones, the surplus in the last place."""
        for index, place in enumerate(self.places):
            end = None if place is self.places[-1] else index + 1
            place({"text/html": "".join(faces["text/html"] for faces in outputs[index:end])})
        self.outputs = outputs


class Form:
    """The form of one chapter: its fields, and the cells run since it was shown."""

    def __init__(self, chapter: Chapter, cell: str | None) -> None:
        import ipywidgets as widgets  # a build has no use for them, and does not wait

        self.widgets, self.chapter, self.at_work = widgets, chapter, False
        self.values, self.shell = dict(chapter.asked), get_ipython()
        self.cells: dict[str | int | None, Cell] = {cell: Cell(self.shell.user_ns["In"][-1])}
        self.current = self.cells[cell]
        rows = [self._row(item) for item in chapter.parameters.values()]
        name = widgets.Text(description="edition", style={"description_width": "9em"})
        over = widgets.Checkbox(description="replace one of this name", indent=False)
        button = widgets.Button(description="Save as edition")
        button.on_click(lambda _: self.save(name.value, over.value))
        self.status = widgets.HTML()
        rows += [widgets.HBox([name, button, over]), widgets.HTML(_HINT), self.status]
        display(widgets.VBox(rows))
        self.shell.events.register("pre_run_cell", self.begin)
        self.shell.events.register("post_run_cell", self.ended)
        self.shell.display_pub.register_hook(self.placed)

    def _row(self, item: Parameter) -> Any:
        """The field that goes with a parameter's type and values, and what it means."""
        widgets, value = self.widgets, self.values[item.name]
        choices = allowed(item, self.chapter.dossier)
        look: dict[str, Any] = {"description": item.name, "style": {"description_width": "9em"}}
        if item.kind is bool:
            control = widgets.Checkbox(value, **look)
        elif item.is_list and choices:
            options = [*value, *(it for it in choices if it not in value)]  # its order is kept
            look["rows"] = min(len(options), 9)
            control = widgets.SelectMultiple(options=options, value=value, **look)
        elif choices:
            options = [("(empty)", "")] * (not item.choices) + [(str(it), it) for it in choices]
            control = widgets.Dropdown(options=options, value=value or "", **look)
        else:
            words = "None" if value is None else as_text(value).strip("'")  # as the meaning has it
            control = widgets.Text(words, continuous_update=False, **look)
        control.observe(lambda change: self.change(item, change["new"]), "value")
        meaning = widgets.HTML(f"<code>{escape(item.annotation)}</code> {escape(item.meaning)}")
        return widgets.HBox([control, meaning])

    def begin(self, info: Any) -> None:
        """Note a cell that begins."""
        self.current = Cell(info.raw_cell)

    def ended(self, result: Any) -> None:
        """Keep a cell that ran; one of parameters, or one that saves, is not run again."""
        source = self.current.source
        if result.success and plain_assignments(source) is None and "save_edition(" not in source:
            self.cells[result.info.cell_id or len(self.cells)] = self.current

    def placed(self, message: dict[str, Any]) -> dict[str, Any]:
        """Give each block that a cell sends a place where it can be renewed."""
        content = message["content"]
        faces = content.get("data", {})
        if message["msg_type"] == "display_data" and MIME in faces:
            self.current.outputs.append(faces)
            if _IN_VOILA:  # which renews nothing but widgets
                shown = self.widgets.HTML(faces["text/html"])
                self.current.places.append(lambda it: setattr(shown, "value", it["text/html"]))
                content["data"] = shown._repr_mimebundle_()
            else:
                content["transient"] = {"display_id": f"briefing-{uuid4()}"}
                place = partial(display, raw=True, update=True, **content["transient"])
                self.current.places.append(place)
        return message

    def change(self, item: Parameter, given: Any) -> None:
        """Take what a field holds now, and bring what stands below up to date."""
        read = from_text(item, given) if isinstance(given, str) else given
        self.values[item.name] = list(read) if isinstance(read, tuple) else read
        space = self.shell.user_ns
        before, made = dict(space), []
        space |= {it: list(at) if isinstance(at, list) else at for it, at in self.values.items()}
        self.at_work, self.status.value = True, "Working …"
        try:
            for cell in self.cells.values():
                with capture_output() as captured:
                    exec(self.shell.transform_cell(cell.source), space)
                made.append((cell, [it.data for it in captured.outputs if MIME in (it.data or {})]))
        except Exception as error:  # whatever a cell may raise is told, and nothing is changed
            space |= before
            place = f" in the cell <code>{escape(cell.source.strip().splitlines()[0])}</code>"
            place *= not isinstance(error, Refusal)
            self.status.value = f"<b>{type(error).__name__}</b>{place}: {escape(str(error))}"
            return
        finally:
            self.at_work = False
            pyplot.close("all")  # or the next cell would show what was drawn
        self.chapter = space["chapter"]
        told, gone = [], 0
        for cell, new in made:
            known = [faces[MIME] for faces in cell.outputs]
            told += [faces["text/plain"] for faces in new if faces[MIME] not in known]
            if new and not cell.places:
                told.append("More, which Run Selected Cell and All Below shows")
            gone += max(len(known) - len(new), 0)
            cell.put(new)
        items = "".join(f"<li>{escape(text.strip().splitlines()[0])}</li>" for text in told if text)
        said = f"Changed:<ul>{items}</ul>" if items else "Nothing told below has changed. "
        self.status.value = said + f"No longer told: {gone}" * bool(gone)

    def save(self, name: str, replace: bool) -> None:
        """Keep the values as an edition, once the chapter has taken them."""
        said = "Not saved: the edition needs a name, and values that were not refused"
        if name and self.values == self.chapter.asked:
            try:
                with capture_output() as captured:
                    self.chapter.save_edition(name, replace)
                said = captured.stdout
            except Refusal as refusal:
                said = str(refusal)
        self.status.value = escape(said.strip()).replace("\n", "<br>")
