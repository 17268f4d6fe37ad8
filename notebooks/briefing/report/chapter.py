"""What a notebook opens first: its checked parameters, its dossier, and how it speaks.

Everything that a chapter says goes out as a block of the document (see `blocks`); whatever
renders it needs nothing else of a chapter.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import yaml
from matplotlib.figure import Figure

from ..claims.load import Dossier, load
from ..claims.texts import folder_of
from ..errors import Fault, Refusal, refuse_name
from .blame import name_rows
from .blocks import plain, publish
from .marks import NARROW, WIDE, house_style
from .parameters import (
    EDITIONS,
    PLACES,
    Parameter,
    declared,
    find_chapter,
    latest_year,
    served,
    validated,
    what_counts,
)
from .pictures import pictures
from .publish_chart import tell
from .tables import csv_text, table_of
from .text import (
    CLAUSES,
    Citation,
    Missing,
    Text,
    Words,
    cited,
    filled,
    is_missing,
    quoted,
    series,
    shown,
    sources,
)

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
#: So many rows of a table are printed at most.
_ROWS = 100
#: What a template says is not stated.
_ABSENT = re.compile(r"\{(\w+)[\w.]*:absent\}")
CONFIDENCES = ("low", "moderate", "high")


@dataclass
class Chapter:
    """An open chapter. `given` holds its checked parameters, `dossier` what counts.

    `asked` holds the parameters before what was left empty, such as the year, was settled;
    `parameters` what declares them.
    """

    name: str
    given: SimpleNamespace
    dossier: Dossier
    exhibits: list[str] = field(default_factory=list)
    asked: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)

    def say(self, template: str, /, otherwise: str = "", kind: str = "", **values: Any) -> None:
        """Print a sentence; see `line` for its fields.

        `{claim:source}` cites: it prints the sources in brackets. The parties that have a role
        in the data package, such as `{host}`, need not be passed. Where a value that is passed
        or asked for is missing, at any step of a path such as `{us.partner}`, `otherwise` is
        said instead, or nothing; what a clause in square brackets asks for is missed there
        alone. `{claim:absent}` has it fall where the claim is there: for what is not stated. `kind`
        is "" for what the articles report, "record" for what is on record, "inferred" for what
        follows here, "lede" or "note".
        """
        self._publish(self.sentence(template, otherwise, **values), "paragraph", style=kind)

    def sentence(self, template: str, /, otherwise: str = "", **values: Any) -> Text:
        """The text that `say` would print, empty where there is nothing to say."""
        elsewhere = " ".join([*CLAUSES.findall(template), otherwise])
        spared = {*re.findall(r"\{(\w+)", elsewhere), *_ABSENT.findall(template)}
        lacking = any(is_missing(item) for name, item in values.items() if name not in spared)
        said = Text() if lacking else self._told(template, values)
        return (said or self._told(otherwise, values)).capitalised()

    def _told(self, template: str, values: Mapping[str, Any]) -> Text:
        """A template with its values, empty where one that it asks for is missing."""
        parties = {role: self.dossier.parties[id] for role, id in self.dossier.roles.items()}
        given = {name: None if is_missing(item) else item for name, item in values.items()}
        try:
            return filled(template, {**parties, **given}, self.dossier)
        except Missing:
            return Text()

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
        if likelihood:
            if likelihood not in LIKELIHOODS or confidence not in CONFIDENCES:
                raise ValueError(f"{likelihood!r} with {confidence!r} is not on the scale")
            values["likelihood"] = Text((Words(likelihood, "likelihood"),))
        said = self.sentence(template, **values)
        if said and likelihood:
            reason = f", {because}" if because else ""
            confident = Words(f"Confidence: {confidence}{reason}.", "confidence")
            said = said + " " + Text((confident,))
        elif said and not any(isinstance(inline, Citation) for inline in said.inlines):
            said = said + " " + self.sources(said.claims) + "."
        self._publish(said, "judgement", voice="inferred" if likelihood else "reported")

    def _publish(self, said: Text, kind: str, **more: str) -> None:
        """Publish a text as a block of a kind, where there is anything to say."""
        if said:
            publish({"kind": kind, **more, "text": said.json, "claims": list(said.claims)})

    def sources(self, claims: Iterable[str]) -> Text:
        """The articles and records behind claims, in brackets: "(AP; op-ed)"."""
        return sources(self.dossier, claims)

    def tile(
        self, figure: str, what: str, note: str = "", source: str = "", /, **values: Any
    ) -> None:
        """Print a key figure: the figure, what it is, what stands beside it, and its source.

        Each is a template as in `say`. A tile without its figure, or what it is, is not made.
        """
        parts = {"figure": figure, "what": what, "note": note, "source": source}
        # What a note lacks is no reason to leave out its figure.
        said = {name: self._told(part, values) for name, part in parts.items()}
        if said["figure"] and said["what"]:
            said |= {name: said[name].capitalised() for name in ("figure", "note")}
            claims = dict.fromkeys(id for part in said.values() for id in part.claims)
            told = {name: part.json for name, part in said.items()}
            publish({"kind": "tile", **told, "claims": list(claims)})

    def table(
        self,
        key: str,
        frame: pd.DataFrame,
        title: Text | str,
        subtitle: Text | str = "",
        note: Text | str = "",
        empty: str = "No article that counts states any of this.",
        annex: bool = False,
    ) -> None:
        """Print a table, one exhibit: each cell is what `line` can show.

        The first column names the rows; of very many the first are printed, and the CSV has
        all. Without rows, the sentence `empty` is printed. With `annex` the documents show it in
        an annex, and point to it here.
        """
        if frame.empty:
            self.say(empty, kind="note")
            return
        columns, rows = table_of(frame.head(_ROWS))
        claims = [id for row in rows for cell in row for id in cell.claims]
        if len(frame) > _ROWS:
            told = f"These are the first {_ROWS} of {len(frame):,} rows; the data (CSV) has all."
            note = shown(note) + " " * bool(note) + Text((Words(told, "stamp"),))
        block = self._exhibit("table", key, title, subtitle, note, claims)
        block |= {
            "annex": annex,
            "columns": columns,
            "rows": [[cell.json for cell in row] for row in rows],
            "csv": csv_text(frame),
        }
        publish(block)

    def chart(
        self,
        key: str,
        figure: Figure | Callable[[float], Figure] | None,
        title: Text | str,
        subtitle: Text | str = "",
        note: Text | str = "",
        empty: str = "No article that counts states any of this.",
        data: pd.DataFrame | None = None,
    ) -> None:
        """Print a chart, one exhibit, with the words for it and the data that it plots.

        `figure` is any matplotlib Figure, or a function that makes one of a width in inches
        where the page (5.8) and a narrow screen (3.0) need figures of their own. `data` is the
        frame that was plotted; what may be printed and drawn is what its values say. Without a
        figure, or without rows, the sentence `empty` is printed. Raises Refusal for bare
        numbers in the data, and ValueError, in one sentence, for a number or a mark in the
        figure, or a value in the title, that is not in the data; see `publish_chart.tell`.
        """
        if figure is None or (data is not None and data.empty):
            self.say(empty, kind="note")
            if isinstance(figure, Figure):
                plt.close(figure)  # or JupyterLab would show it, empty as it is
            return
        if data is None:
            raise ValueError(f"chart {key!r} needs data=, the frame that was plotted")
        wide, narrow = (figure,) * 2 if isinstance(figure, Figure) else map(figure, (WIDE, NARROW))
        place, figures = f"{self.name}, chart {key!r}", dict.fromkeys((wide, narrow))
        told, claims, zones = tell(figures, data, shown(title), self.dossier.named, place)
        block = self._exhibit("chart", key, title, subtitle, note, claims)
        titles = [plain(block[part]) for part in ("title", "subtitle", "foot")]
        grey = getattr(self.given, "palette", "color") == "grey"
        made, face, images = pictures(wide, narrow, told["alt"], titles, zones, grey)
        publish(block | {"annex": False} | told | made, face, images)
        for drawn in (wide, narrow):
            plt.close(drawn)  # or JupyterLab would show it once more

    def save_edition(self, name: str, replace: bool = False) -> None:
        """Keep this chapter's values as the edition `name`; without a name, do nothing.

        Each stands under its meaning in editions/NAME.yaml; where the data and the texts lie is
        left out. Raises Refusal for a name that cannot be one, and for one that is taken unless
        `replace` says to write over it.
        """
        if not name:
            return
        refuse_name("edition", name)
        path = EDITIONS / f"{name}.yaml"
        if path.exists() and not replace:
            expected = "there is one of this name; take another, or replace it (replace=True)"
            raise Refusal([Fault("edition", name, expected)])
        lines = [f"# Saved from chapter {self.name}."]
        for item in self.parameters.values():
            if item.name not in PLACES:
                pair = {item.name: self.asked[item.name]}
                flow = None if item.is_list else False  # a list on one line
                told = yaml.safe_dump(pair, default_flow_style=flow, allow_unicode=True, width=1000)
                lines += [f"# {item.meaning}", told]
        path.parent.mkdir(exist_ok=True)
        aside = path.with_name(f".{path.name}.new-{os.getpid()}")
        aside.write_text("\n".join(map(str.strip, lines)) + "\n", encoding="utf-8")
        aside.replace(path)
        print(f"Saved as {path.name} in {path.parent}\nBuild it: make briefing EDITION={name}")

    def form(self) -> None:
        """Show a field for each parameter, which brings what stands below up to date.

        Where nobody looks on, as in a build, nothing is shown.
        """
        from .form import show  # it needs widgets, which a build does not wait for

        show(self)

    def _exhibit(
        self,
        kind: str,
        key: str,
        title: Text | str,
        subtitle: Text | str,
        note: Text | str,
        claims: Iterable[str],
    ) -> dict[str, Any]:
        """What every exhibit has: key, number, title, subtitle, foot, and the claims behind it."""
        if key in self.exhibits:
            raise ValueError(f"exhibit {key!r} stands twice in chapter {self.name}")
        self.exhibits.append(key)
        texts = [shown(words).capitalised() for words in (title, subtitle)]
        foot = shown(note)
        told = [id for text in (*texts, foot) for id in text.claims]
        claims = list(dict.fromkeys([*claims, *told]))
        if sources := self.dossier.sources(claims):
            heading = "Source: " if len(sources) == 1 else "Sources: "
            foot = foot + " " * bool(foot) + heading + cited(sources) + "."
        if records := self.dossier.records(claims):
            foot = foot + " " * bool(foot) + "Record: " + series(map(quoted, records)) + "."
        return {
            "kind": kind,
            "key": key,
            "number": f"{self.name.partition('-')[0]}.{len(self.exhibits)}",
            "title": texts[0].json,
            "subtitle": texts[1].json,
            "foot": foot.json,
            "claims": claims,
        }

    def verdicts(self, made: Iterable[Mapping[str, Any]]) -> None:
        """Hand verdicts on claims to the manifest; a reader sees nothing of it here."""
        if made := list(made):
            publish({"kind": "verdicts", "verdicts": made})


def open_chapter(name: str, namespace: MutableMapping[str, Any]) -> Chapter:
    """Check the parameters of a chapter and load what counts.

    `namespace` is the notebook's globals(); a year that was left empty is put in there.
    Raises Refusal for a parameter that is unknown, of the wrong type, or not to be served.
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
    served(parameters, values, dossier)
    folder_of(values.get("texts"), dossier.folder)
    house_style()
    counted = what_counts(dossier, values)
    name_rows(dossier)
    asked = dict(values)
    if values.get("year", 0) is None:
        values["year"] = namespace["year"] = latest_year(values, counted)
    return Chapter(name, SimpleNamespace(**values), counted, asked=asked, parameters=parameters)


def _assigned(namespace: Mapping[str, Any]) -> list[str]:
    """Names set by the cells that ran just before this one and only set plain values.

    These are the parameters cell, edited or not, and the cell that papermill injects;
    they are how a misspelt parameter comes in.
    """
    names: list[str] = []
    for source in reversed(list(namespace.get("In", []))[1:-1]):
        found = plain_assignments(source)
        if found is None:
            break
        names += found
    return names


def plain_assignments(source: str) -> list[str] | None:
    """The names that a cell sets to literals, or None where the cell does anything else."""
    names: list[str] = []
    try:
        for node in ast.parse(re.sub(r"^%.*$", "", source, flags=re.M)).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                continue
            if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
                return None
            ast.literal_eval(node.value)
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [target.id for target in targets if isinstance(target, ast.Name)]
    except (SyntaxError, ValueError):
        return None
    return names
