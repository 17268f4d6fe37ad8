"""What a notebook opens first: its checked parameters, its dossier, and how it speaks.

Everything that a chapter says goes out as a display bundle with two faces: HTML for a
person in JupyterLab, and `MIME`, a plain record that the press reads from the executed
notebook. The press needs nothing else of a chapter.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
from IPython.display import display

from ..dossier.load import Dossier, load
from ..dossier.texts import folder_of
from ..value import Value
from . import MIME
from .drawing import Drawing, greys, house_style
from .parameters import Allowed, declared, find_chapter, served, validated, what_counts
from .prose import Line, cited, line, listed, quoted, series, shown
from .saving import save_edition
from .tables import csv_text, html_table, lines_of

#: Words of likelihood for inferences, and what they mean in per cent: the scale of the
#: US Intelligence Community Directive 203 (2015), annexed to the briefing.
LIKELIHOODS = {
    "almost no chance": (1, 5),
    "very unlikely": (5, 20),
    "unlikely": (20, 45),
    "roughly even chance": (45, 55),
    "likely": (55, 80),
    "very likely": (80, 95),
    "almost certain": (95, 99),
}
CONFIDENCES = ("low", "moderate", "high")

#: How an exhibit looks in JupyterLab, whose own tables are set flush right.
LAB_STYLE = """<style>
figure.briefing.briefing { margin: 1em 0 }
figure.briefing.briefing :is(td, th) { text-align: left; vertical-align: top }
figure.briefing.briefing tbody th { font-weight: normal }
figure.briefing.briefing .figure { text-align: right }
figure.briefing.briefing .visually-hidden { display: none }
figure.briefing.briefing cite { white-space: nowrap }
figure.briefing.briefing img { display: block; max-width: 100%; background: white }
</style>"""

#: How kinds of prose look there.
LAB_LOOKS = {
    "lede": "font-size: 1.15em",
    "reported": "border-left: 3px solid #8a93a0; padding-left: 0.7em",
    "inferred": "border-left: 3px dashed #b3261e; padding-left: 0.7em",
}


@dataclass
class Chapter:
    """An open chapter. `given` holds its checked parameters, `dossier` what counts."""

    name: str
    given: SimpleNamespace
    dossier: Dossier
    exhibits: list[str] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The number in the chapter's name."""
        return self.name.partition("-")[0]

    def say(self, template: str, /, otherwise: str = "", kind: str = "", **values: Any) -> None:
        """Print a sentence; see `line` for its fields.

        Where a field's value is None or an empty list, `otherwise` is said instead, or
        nothing. `kind` is "" for running text, "lede" or "note".
        """
        said = self.sentence(template, otherwise, **values)
        if said:
            self._show(said, {"kind": "prose", "class": kind})

    def sentence(self, template: str, /, otherwise: str = "", **values: Any) -> Line:
        """The line that `say` would print, empty where there is nothing to say."""
        lacking = any(value is None or value == [] for value in values.values())
        chosen = otherwise if lacking else template
        kept = {name: value for name, value in values.items() if value is not None and value != []}
        return line(chosen, **kept).capitalised() if chosen else Line("", "")

    def judge(
        self,
        template: str,
        /,
        likelihood: str = "",
        confidence: str = "",
        because: str = "",
        **values: Any,
    ) -> None:
        """Print a key judgement: reported, or inferred where a likelihood is given.

        `{likelihood}` in the template prints the word of the scale; the confidence
        follows in a sentence of its own, with its reason. A reported one that cites no
        source itself ends with its sources. A judgement that lacks a value is not made.
        """
        if any(value is None or value == [] for value in values.values()):
            return
        if likelihood:
            if likelihood not in LIKELIHOODS or confidence not in CONFIDENCES:
                raise ValueError(f"{likelihood!r} with {confidence!r} is not on the scale")
            word = f'<em class="likelihood">{likelihood}</em>'
            values["likelihood"] = Line(word, likelihood)
        said = line(template, **values).capitalised()
        if likelihood:
            reason = f", {because}" if because else ""
            text = f"Confidence: {confidence}{reason}."
            said += Line(
                f' <span class="confidence">{escape(text, quote=False)}</span>', f" {text}"
            )
        elif "<cite>" not in said.html:
            said += Line(" ", " ") + self.sources(said.claims) + Line(".", ".")
        self._show(said, {"kind": "judgement", "class": "inferred" if likelihood else "reported"})

    def sources(self, claims: Iterable[str]) -> Line:
        """The articles and records behind claims, in brackets: "(AP; op-ed)"."""
        claims = list(claims)
        parts = [cited(self.dossier.sources(claims))] if self.dossier.sources(claims) else []
        parts += [quoted(name) for name in self.dossier.records(claims)]
        return Line("(", "(") + series(parts) + Line(")", ")") if parts else Line("", "")

    def table(
        self,
        key: str,
        frame: pd.DataFrame,
        title: Line | str,
        subtitle: Line | str = "",
        note: Line | str = "",
        empty: str = "No article that counts states any of this.",
        annex: bool = False,
    ) -> None:
        """Print a table, one exhibit: each cell is what `line` can show.

        The first column names the rows. Without rows, the sentence `empty` is printed. With
        `annex` the documents show it in an annex, and point to it here.
        """
        if frame.empty:
            self.say(empty, kind="note")
            return
        lines = lines_of(frame)
        claims = [id for row in lines for cell in row for id in cell.claims]
        record = self._exhibit(key, "table", title, subtitle, note, claims)
        record["annex"] = annex
        record["table"] = html_table(frame, lines, record["title_text"])
        record["csv"] = csv_text(frame)
        self._publish(record, record["table"])

    def chart(
        self,
        key: str,
        drawing: Drawing | None,
        title: Line | str,
        subtitle: Line | str = "",
        note: Line | str = "",
        empty: str = "No article that counts states any of this.",
    ) -> None:
        """Print a chart, one exhibit, with the words for it and the data that it plots.

        Without a drawing, because nothing can be drawn, the sentence `empty` is printed.
        """
        if drawing is None:
            self.say(empty, kind="note")
            return
        claims = [id for value in drawing.values for id in value.claims]
        record = self._exhibit(key, "chart", title, subtitle, note, [*claims, *drawing.claims])
        grey = getattr(self.given, "palette", "color") == "grey"
        face = drawing.face(grey)
        titles = (record["title_text"], record["subtitle_text"], record["foot_text"])
        record |= drawing.files(*titles, grey=grey)
        record["alt"] = drawing.alt.text
        record["description"] = drawing.description.text
        record["description_html"] = drawing.description.html
        record["numbers"] = [_number(text, value) for text, value in drawing.numbers]
        record["csv"] = csv_text(drawing.data)
        self._publish(record, face)

    def save_edition(self, name: str, replace: bool = False) -> None:
        """Keep this chapter's values as the edition `name`; without a name, do nothing.

        Raises Refusal for a name that cannot be one, or that is taken.
        """
        if not name:
            return
        declarations = declared(find_chapter(self.name))
        path = save_edition(name, self.name, declarations, vars(self.given), replace)
        print(f"Saved as {path.name} in {path.parent}\nBuild it: make briefing EDITION={name}")

    def _exhibit(
        self,
        key: str,
        kind: str,
        title: Line | str,
        subtitle: Line | str,
        note: Line | str,
        claims: Iterable[str],
    ) -> dict:
        if key in self.exhibits:
            raise ValueError(f"exhibit {key!r} stands twice in chapter {self.name}")
        self.exhibits.append(key)
        parts = {
            name: shown(item)
            for name, item in (("title", title), ("subtitle", subtitle), ("note", note))
        }
        for part in parts.values():
            claims = [*claims, *part.claims]
        claims = list(dict.fromkeys(claims))
        foot = self._foot(claims)
        if parts["note"]:
            foot = parts["note"] + Line(" ", " ") + foot
        record = {
            "kind": kind,
            "key": key,
            "number": f"{self.number}.{len(self.exhibits)}",
            "claims": claims,
            "foot": foot.html,
            "foot_text": foot.text,
        }
        for name in ("title", "subtitle"):
            part = parts[name].capitalised()
            record |= {name: part.html, f"{name}_text": part.text}
        return record

    def _foot(self, ids: Iterable[str]) -> Line:
        """The articles and the official records that an exhibit rests on."""
        sources, records = self.dossier.sources(ids), self.dossier.records(ids)
        parts = []
        if sources:
            heading = "Source" if len(sources) == 1 else "Sources"
            parts.append(line(heading + ": {cited}.", cited=cited(sources)))
        if records:
            named_records = [quoted(name) for name in records]
            parts.append(line("Record: {records}.", records=series(named_records)))
        return listed(parts, " ")

    def verdicts(self, made: Iterable[Mapping[str, Any]]) -> None:
        """Hand verdicts on claims to the manifest; a reader sees nothing of it here."""
        record = {"kind": "verdicts", "verdicts": list(made), "claims": []}
        if record["verdicts"]:
            _display("", "", record)

    def _publish(self, record: dict, body: str) -> None:
        caption = (
            f"<strong>Exhibit {record['number']}. {record['title']}</strong><br>"
            f"<small>{record['subtitle']}</small>"
        )
        html = (
            f'{LAB_STYLE}<figure class="briefing"><figcaption>{caption}</figcaption>{body}'
            f"<div><small>{record['foot']}</small></div></figure>"
        )
        text = f"Exhibit {record['number']}: {record['title_text']}"
        _display(html, text, record)

    def _show(self, said: Line, record: dict) -> None:
        record |= {"html": said.html, "text": said.text, "claims": list(said.claims)}
        look = LAB_LOOKS.get(record["class"], "")
        _display(f'<p style="{look}">{said.html}</p>', said.text, record)


def _display(html: str, text: str, record: dict) -> None:
    # JupyterLab would set what stands between two dollar signs as mathematics.
    html = f'<div class="mathjax_ignore tex2jax_ignore">{html}</div>'
    display({"text/html": html, "text/plain": text, MIME: record}, raw=True)


def _number(text: str, value: Value) -> dict:
    """A number that stands in a chart, for the manifest."""
    bounds = [None if bound is None else f"{bound:f}" for bound in value.bounds]
    return {
        "text": text,
        "low": bounds[0],
        "high": bounds[1],
        "unit": value.unit,
        "claims": list(value.claims),
        "formula": value.formula,
    }


def open_chapter(
    name: str, namespace: MutableMapping[str, Any], allowed: Allowed | None = None
) -> Chapter:
    """Check the parameters of a chapter and load what counts.

    `namespace` is the notebook's globals(). Raises Refusal for a parameter that is
    unknown, of the wrong type, or that the data cannot serve.
    """
    for old in ("chapter", "say", "dossier"):
        # Cells below a refusal must not go on with what was opened before it.
        namespace.pop(old, None)
    here = Path(f"{name}.ipynb")
    parameters = {
        item.name: item for item in declared(here if here.is_file() else find_chapter(name))
    }
    given = {key: namespace[key] for key in parameters if key in namespace}
    unknown = {key: namespace.get(key) for key in _assigned(namespace) if key not in parameters}
    values = validated(parameters, {**given, **unknown})
    dossier = load(values.get("data"))
    served(parameters, values, allowed or {}, dossier)
    folder_of(values.get("texts"), dossier.folder)
    house_style()
    counted = what_counts(dossier, values)
    if values.get("palette") == "grey":
        counted = counted.recolored(greys)
    return Chapter(name, SimpleNamespace(**values), counted)


def _assigned(namespace: Mapping[str, Any]) -> list[str]:
    """Names set by the cells that ran just before this one and only set plain values.

    These are the parameters cell, edited or not, and the cell that papermill injects;
    they are how a misspelt parameter comes in.
    """
    names: list[str] = []
    for source in reversed(list(namespace.get("In", []))[1:-1]):
        found = _plain_assignments(source)
        if found is None:
            break
        names += found
    return names


def _plain_assignments(source: str) -> list[str] | None:
    """The names that a cell sets to literals, or None where the cell does anything else."""
    try:
        body = ast.parse(re.sub(r"^%.*$", "", source, flags=re.M)).body
        return [name for node in body for name in _literal_targets(node)]
    except (SyntaxError, ValueError):
        return None


def _literal_targets(node: ast.stmt) -> list[str]:
    """The names that a statement sets to a literal. Raises ValueError for any other one."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return []
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        raise ValueError(ast.dump(node))
    ast.literal_eval(node.value)
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]
