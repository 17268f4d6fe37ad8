"""The document as one HTML page that needs nothing else: no script, no request.

What belongs here: how each inline is written as HTML, and what its numbers open, gathered on
the way. The blocks stand in templates/body.html.j2, the frame around them in page.html.j2.
What a finished page must not do is asked of the page itself, by page_check.py.

The page was once made of HTML that chapters had printed, which was parsed and rewritten in
several passes: that took seconds, and text was escaped in many places. Here everything is plain
text until it is printed, and it is printed once.
"""

from __future__ import annotations

import itertools
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import font_source_sans_pro
import font_source_serif_pro
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ..errors import ChapterFailed
from ..report.blocks import LANGUAGE, VOICES, plain
from .document import Inlines, anchor_of
from .page_check import check_page
from .svg import Picture, drawing, themes

TEMPLATES = Path(__file__).with_name("templates")

#: The styles of words that have an element of their own; the others are classes.
_ELEMENTS = {
    "": Markup("{}"),
    "strong": Markup("<strong>{}</strong>"),
    "likelihood": Markup('<em class="likelihood">{}</em>'),
    "emphasis": Markup("<em>{}</em>"),
    "code": Markup("<code>{}</code>"),
}
_DATA = Markup('<data value="{}" data-claims="{}">{}</data>')
_SOURCE = Markup('<button popovertarget="{}">{}{}{}</button>')
_BUTTON = Markup('<button popovertarget="{}">{}{}</button>')
#: So many characters of an exhibit's data a page carries itself.
_CARRIED = 30_000
_CLOSING = ".,;:!?)’”"
_SLANTED = re.compile("<em[^>]*>([^<]*)")
#: The faces that a page is set in, those of charts and PDF: family, descriptors, package, file.
_FACES = (
    ("House", "font-weight: 400", font_source_sans_pro, "SourceSansPro-Regular"),
    ("House", "font-weight: 600", font_source_sans_pro, "SourceSansPro-Semibold"),
    ("Body", "font-weight: 400", font_source_serif_pro, "SourceSerifPro-Regular"),
    ("Body", "font-style: italic", font_source_serif_pro, "SourceSerifPro-It"),
)


def page(document: Mapping[str, Any]) -> str:
    """The whole page as one self-contained file.

    Raises ChapterFailed where a number rests on a claim of which the document has no evidence.
    """
    meta, sections = document["meta"], document["sections"]
    blocks = [block for section in sections for block in section["blocks"]]
    styles: dict[str, str] = {}
    charts = (block for block in blocks if block["kind"] == "chart")
    drawings = {block["key"]: _drawings(block, styles) for block in charts}
    colors = {color for both in drawings.values() for it in both.values() for color in it.colors}
    evidence = [block["entries"] for block in blocks if block["kind"] == "evidence"]
    shown = [block["id"] for block in blocks if block["kind"] == "evidence"]
    notes = _Notes(itertools.chain.from_iterable(evidence), meta["sources"])
    css = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    templates = environment()
    body = templates.get_template("body.html.j2").render(
        **meta,
        sections=sections,
        drawings=drawings,
        text=notes.text,
        notes=notes.notes,
        voices=VOICES,
    )
    return templates.get_template("page.html.j2").render(
        **meta,
        body=Markup(body),
        chart_colors=themes(colors),
        chart_styles=styles,
        evidence=shown,
        contents=_contents(sections),
        linked_data=_data_block(meta.get("linked")),
        faces=_faces("".join(sorted(set(body))), "".join(_SLANTED.findall(body))),
        css=Markup(re.sub(r"/\*.*?\*/\s*|(?<=\n) +", "", css, flags=re.S)),
    )


@lru_cache
def _faces(signs: str, slanted: str) -> Markup:
    """The rules of a style sheet that bring the house type, as far as these signs need it."""
    from fontTools import subset  # it takes a fifth of a second, in which kernels work

    rules = []
    for family, told, package, name in _FACES:
        options = subset.Options(flavor="woff", hinting=False, name_IDs=[], recalc_timestamp=False)
        options.layout_features = ["lnum", "tnum"]
        path = Path(package.__file__).parent / f"files/{name}.ttf"
        font, cut, file = subset.load_font(path, options), subset.Subsetter(options), BytesIO()
        cut.populate(text=slanted if "italic" in told else signs)
        cut.subset(font)
        subset.save_font(font, file, options)
        source = f"url(data:font/woff;base64,{b64encode(file.getvalue()).decode()})"
        rules.append(f"@font-face {{ font-family: {family}; {told}; src: {source}; }}\n")
    return Markup("".join(rules))


def framed(template: str, sections: Mapping[str, str], *styles: str, **told: Any) -> str:
    """A page beside the briefing, in its frame and look; `sections` are titles by their ids.

    Raises ChapterFailed for what no page may do.
    """
    sheets = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("page.css", *styles))
    frame = {"as_of": "", "language": LANGUAGE, "grey": False, "chart_colors": []}
    made = environment().get_template(template).render(
        {**frame, **told},
        sections=sections,
        contents=[{"id": id, "html": title, "below": []} for id, title in sections.items()],
        css=Markup("\n".join(sheets)),
    )  # fmt: skip
    check_page(made)
    return made


@lru_cache
def environment() -> Environment:
    """Jinja for the page's own templates: what is no markup is escaped."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "words": plain,
        "css_string": _css_string,
        "html": text_html,
        "plain_html": _linked,
        "named": _named,
    }
    made.filters["data_uri"], made.tests["quoted"] = _data_uri, _is_quoted
    return made


def __getattr__(name: str) -> Any:
    # nbconvert asks for its exporter here; a page does without the seconds that it takes to load.
    if name == "BriefingHTML":
        from .exporters import BriefingHTML

        return BriefingHTML
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# Inlines -----------------------------------------------------------------------------


def text_html(text: Inlines) -> Markup:
    """Inlines as HTML; a number is a value that opens nothing."""
    return Markup("").join(map(_inline, text))


def _is_quoted(text: Inlines) -> bool:
    """Whether words of the dossier stand in a text."""
    return any(inline.get("style") == "evidence" for inline in text)


def _linked(text: Inlines) -> Markup:
    """Inlines as plain words, in which only links are elements: for what is evidence itself."""
    parts = (it if it["kind"] == "link" else {"kind": "words", "text": plain([it])} for it in text)
    return Markup("").join(map(_inline, parts))


def _inline(inline: Mapping[str, Any]) -> Markup:
    match inline["kind"]:
        case "words":
            style = inline.get("style", "")
            if style in _ELEMENTS:
                return _ELEMENTS[style].format(inline["text"])
            return Markup('<span class="{}">{}</span>').format(style, inline["text"])
        case "number":
            return _DATA.format(_value(inline), " ".join(inline["claims"]), _whole(inline["text"]))
        case "date":
            if inline["claims"]:
                told = _whole(plain([inline]))
                return _DATA.format(inline["iso"], " ".join(inline["claims"]), told)
            return Markup("").join(_piece(text, iso) for text, iso in inline["pieces"])
        case "name":
            return Markup('<span class="name">{}</span>').format(inline["text"])
        case "citation":
            return Markup("<cite>{}</cite>").format(_named(inline["text"]))
        case "link":
            if inline["href"].lower().startswith(("http://", "https://", "#")):
                return Markup('<a href="{}">{}</a>').format(inline["href"], inline["text"])
            return escape(inline["text"])
    raise ValueError(f"an inline of an unknown kind: {inline['kind']!r}")


def _named(source: str) -> Markup:
    """The name of a source; digits in it count nothing."""
    counts = re.search(r"\d", source)
    return Markup('<span class="name">{}</span>').format(source) if counts else escape(source)


def _piece(text: str, iso: str) -> Markup:
    """A part of a date; a year says when it is by itself."""
    if text == iso:
        return Markup("<time>{}</time>").format(text)
    time = Markup('<time datetime="{}">{}</time>')
    return time.format(iso, text) if iso else escape(_whole(text))


def _whole(text: str) -> str:
    """A text whose ranges do not break behind their dashes."""
    return text.replace("–", "–\N{WORD JOINER}")


def _value(number: Mapping[str, Any]) -> str:
    low, high = number["low"], number["high"]
    if low is None and high is None:
        return number["hedge"]
    return low if low == high else f"{low or '..'}/{high or '..'}"


def _with_signs(text: Inlines) -> list[tuple[str, Mapping[str, Any], str]]:
    """Each inline between the signs that stand in its button with it: "(AP)", "40 tons,".

    A button breaks the line as one block: the bracket before it would end a line, and the stop
    after it begin the next.
    """
    before, after, inlines = [""] * len(text), [""] * len(text), [dict(it) for it in text]
    for index, (one, other) in enumerate(itertools.pairwise(inlines)):
        button = one["kind"] == "citation" or one.get("claims")
        if button and other["kind"] == "words" and not other.get("style"):
            rest = other["text"].lstrip(_CLOSING)
            after[index] = other["text"][: len(other["text"]) - len(rest)]
            other["text"] = rest
        if one["kind"] == "words" and other["kind"] == "citation" and one["text"].endswith("("):
            before[index + 1], one["text"] = "(", one["text"].removesuffix("(")
    whole = zip(before, inlines, after, strict=True)
    return [it for it in whole if it[1]["kind"] != "words" or it[1]["text"]]


# What numbers open -------------------------------------------------------------------


class _Notes:
    """The notes that numbers and sources open, gathered while a document is written.

    What a claim states has one note, wherever it is printed; what is computed has one a value.
    """

    def __init__(
        self, entries: Iterable[Mapping[str, Any]], sources: Iterable[Mapping[str, Any]]
    ) -> None:
        self._entries = {entry["id"]: entry for entry in entries}
        self._sources = {source["name"]: source for source in sources}
        #: What is first printed of a claim, by its id.
        self._printed: dict[str, str] = {}
        #: The note that opens, by what it is of.
        self._opened: dict[tuple[Any, ...], dict[str, Any]] = {}

    def text(self, text: Inlines, opens: bool = True, quoted: bool = False) -> Markup:
        """Inlines as HTML; where it opens, a number that rests on claims is a button.

        What is `quoted` stands in an element that says so: words of the dossier need none.
        """
        html = []
        for before, inline, after in _with_signs(text) if opens else (("", it, "") for it in text):
            if inline["kind"] == "citation":
                names = inline["text"].split("; ")
                html.append(self._cited(names, before, after) if opens else _inline(inline))
            elif inline.get("claims"):
                html.append(self._number(inline, after, opens))
            elif quoted and inline.get("style") == "evidence":
                html.append(escape(inline["text"]))
            else:
                html.append(_inline(inline))
        return Markup("").join(html)

    def _cited(self, names: list[str], before: str, after: str) -> Markup:
        """Sources, each a button that opens what is known of it; brackets and stops within."""
        ends = [";"] * (len(names) - 1) + [after]
        starts = [before] + [""] * (len(names) - 1)
        return Markup(" ").join(map(self._source, names, starts, ends))

    def _note(self, what: tuple[Any, ...], made: dict[str, Any]) -> str:
        """The id of the note of something, which is made where there is none."""
        return self._opened.setdefault(what, {"id": f"n{len(self._opened) + 1}", **made})["id"]

    def _source(self, name: str, before: str, after: str) -> Markup:
        if name not in self._sources:
            return Markup("{}<cite>{}</cite>{}").format(before, _named(name), after)
        made = {"text": name, "claims": (), "formula": "", "source": self._sources[name]}
        return _SOURCE.format(self._note(("source", name), made), before, _named(name), after)

    def _number(self, inline: Mapping[str, Any], after: str, opens: bool) -> Markup:
        """A number or date, where it opens as a button; notes what is printed of a claim."""
        said = " ".join(plain([inline]).split())
        claims = tuple(dict.fromkeys(inline["claims"]))
        if missing := [id for id in claims if id not in self._entries]:
            raise ChapterFailed(f"no evidence is given for {', '.join(missing)}, under {said!r}")
        formula = inline.get("formula", claims[0])
        own = (formula,) == claims
        if own:
            self._printed.setdefault(formula, said)
        if not opens:
            return _inline(inline)
        made = {"text": said, "claims": claims, "formula": "" if own else formula}
        note = self._note(claims if own else (claims, formula, said), made)
        return _BUTTON.format(note, _inline(inline), after)

    def notes(self) -> Iterator[dict[str, Any]]:
        """What opens, in the order in which it first does: id, text, formula, claims, source."""
        for note in self._opened.values():
            yield {
                "source": None,
                **note,
                "formula": self._formula(note["text"], note["claims"], note["formula"]),
                "entries": [self._entries[claim] for claim in note["claims"]],
            }

    def _formula(self, said: str, claims: tuple[str, ...], formula: str) -> str:
        """The arithmetic, each claim by the value that it states; empty for a mere claim."""
        if formula in ("", " ".join(claims)):
            return ""
        parts = re.split(r"([\w-]+)", formula)
        return f"{''.join(self._operand(part, claims) for part in parts)} = {said}"

    def _operand(self, part: str, claims: tuple[str, ...]) -> str:
        if part not in claims:
            return part
        entry = self._entries[part]
        return self._printed.get(part) or entry["phrase"] or entry["label"]


# Blocks ------------------------------------------------------------------------------


def _drawings(chart: Mapping[str, Any], styles: dict[str, str]) -> dict[str, Picture]:
    """The drawings of a chart for wide and for narrow screens."""
    details = f"{anchor_of(chart)}-description"
    wide = drawing(chart["svg"], chart["key"], chart["alt"], styles, details)
    name = f"{chart['key']}-narrow"
    narrow = drawing(chart["svg_narrow"], name, chart["alt"], styles, details)
    return {"wide": wide, "narrow": narrow}


def _contents(sections: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Chapters and their sections, for the list of contents; of annexes the title only."""
    entries: list[dict[str, Any]] = []
    for section in sections:
        for block in section["blocks"]:
            if block["kind"] == "heading" and block["level"] <= 2:
                number = Markup('<span class="numbering">{}</span> ').format(block["number"])
                html = (number if block["number"] else "") + text_html(block["text"])
                entry = {"id": block["id"], "html": html, "below": []}
                if block["level"] == 1:
                    entries.append(entry)
                elif section["part"] == "chapter" and entries:
                    entries[-1]["below"].append(entry)
    return entries


def _data_block(linked: Any) -> Markup:
    """Data for a script element, which its own text cannot end."""
    text = json.dumps(linked, ensure_ascii=False) if linked else ""
    return Markup(text.replace("<", "\\u003c"))


def _css_string(head: Inlines) -> str:
    """A head of a table as a card's cells have it before them; whatever it holds, it ends there."""
    told = plain(head).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{' '.join(told.split())}: '"


def _data_uri(block: Mapping[str, Any]) -> str:
    """Where the data of an exhibit are: in the page, or beside it where they are very many."""
    if len(block["csv"]) > _CARRIED:
        return f"exhibits/{quote(block['key'])}.csv"
    # Letters beyond ASCII stay as they are: each would become nine characters.
    ascii_ = re.sub(r"[\x00-\x7f]+", lambda it: quote(it[0], safe=",;:/()=+-$'"), block["csv"])
    return f"data:text/csv;charset=utf-8,{ascii_}"
