"""Blocks of the document: what a cell publishes, and its faces for other readers.

A block is plain JSON: its kind, typed text (see `text`), and for an exhibit its data. It goes
into the executed notebook under one MIME type; everything that is rendered is made from that
alone. Beside it stand faces for who knows nothing of it: HTML for JupyterLab, Markdown and an
image for stock tools. No face is ever read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any, TypeVar

#: Under which an output of an executed chapter holds its block.
MIME = "application/vnd.briefing+json"
#: What a briefing is written in, as pages, PDF and drawings say it.
LANGUAGE = "en-GB"
#: So many things are listed in words at most.
_MOST = 40
T = TypeVar("T")

#: What opens a paragraph that is not simply what the articles report.
VOICES = {"record": "On record", "inferred": "Inferred here"}

#: How an exhibit looks in JupyterLab, whose own tables are set flush right.
_STYLE = """<style>
figure.briefing.briefing { margin: 1em 0 }
figure.briefing.briefing :is(td, th) { text-align: left; vertical-align: top }
figure.briefing.briefing tbody th { font-weight: normal }
figure.briefing.briefing .figure { text-align: right }
figure.briefing.briefing cite { white-space: nowrap }
figure.briefing.briefing img { display: block; max-width: 100%; background: white }
</style>"""
_LOOKS = {
    "lede": "font-size: 1.15em",
    "reported": "border-left: 3px solid #8a93a0; padding-left: 0.7em",
    "record": "border-left: 3px double #8a93a0; padding-left: 0.7em",
    "inferred": "border-left: 3px dashed #9f1f18; padding-left: 0.7em",
}
_TAGS = {"strong": "strong", "likelihood": "em", "emphasis": "em", "code": "code"}


def publish(
    block: dict[str, Any], picture: str = "", images: Mapping[str, str] | None = None
) -> None:
    """Display a block: as data, and as its faces.

    `picture` is a chart's own face, as HTML; `images` are its files by MIME type: SVG as text,
    PNG in base64.
    """
    from IPython.display import display  # what reads blocks back needs no IPython

    images = dict(images or {})
    html, markdown, text = _faces(block, picture)
    # JupyterLab would set what stands between two dollar signs as mathematics.
    html = html and f'<div class="mathjax_ignore tex2jax_ignore">{html}</div>'
    bundle = {"text/html": html, "text/markdown": markdown, "text/plain": text, **images}
    display({**bundle, MIME: block}, raw=True)


def plain(text: Iterable[Mapping[str, Any]]) -> str:
    """The plain words of a text that is data."""
    return "".join(
        "".join(piece for piece, _ in inline["pieces"])
        if inline["kind"] == "date"
        else inline["text"]
        for inline in text
    )


def abridged(things: Sequence[T], told: Callable[[str], T]) -> list[T]:
    """Things as they are listed in words: of very many the first, and how many more there are."""
    return [*things[:_MOST], *[told(f"{len(things) - _MOST:,} more")] * (len(things) > _MOST)]


def _faces(block: Mapping[str, Any], picture: str) -> tuple[str, str, str]:
    """A block as HTML, as Markdown and as plain words."""
    if block["kind"] == "verdicts":
        return "", "", ""
    if block["kind"] == "tile":
        figure, *rest = ("figure", "what", "note", "source")
        lines = [block[part] for part in rest if block[part]]
        html = "<br>".join(map(_html, lines))
        said = f"{plain(block[figure])}: {'; '.join(map(plain, lines))}"
        return f"<p><strong>{_html(block[figure])}</strong> {html}</p>", _escaped(said), said
    if "key" not in block:
        voice = block.get("voice") or block["style"]
        html = _html(block["text"])
        markdown, said = _markdown(block["text"]), plain(block["text"])
        if opening := VOICES.get(voice):
            html = f'<strong style="font-size: 0.85em; opacity: 0.75">{opening}</strong> {html}'
            markdown, said = f"**{opening}** {markdown}", f"{opening}: {said}"
        return f'<p style="{_LOOKS.get(voice, "")}">{html}</p>', markdown, said
    number = f"Exhibit {block['number']}"
    title = plain(block["title"])
    body, table = picture, ""
    if block["kind"] == "table":
        body, table = _html_table(block), _markdown_table(block)
    html = (
        f'{_STYLE}<figure class="briefing"><figcaption><strong>{number}. {_html(block["title"])}'
        f"</strong><br><small>{_html(block['subtitle'])}</small></figcaption>{body}"
        f"<div><small>{_html(block['foot'])}</small></div></figure>"
    )
    parts = [f"**{number}. {_escaped(title)}**", _markdown(block["subtitle"]), table]
    parts.append(_markdown(block["foot"]))
    return html, "\n\n".join(filter(None, parts)), f"{number}: {title}"


def _html(text: Iterable[Mapping[str, Any]]) -> str:
    """A text as HTML; what a number rests on is told on hover."""
    written = []
    for inline in text:
        words = escape(plain([inline]), quote=False)
        if inline["kind"] == "citation":
            words = f"<cite>{words}</cite>"
        elif inline["kind"] in ("number", "date") and inline["claims"]:
            why = inline.get("formula") or " ".join(inline["claims"])
            words = f'<span title="{escape(why)}">{words}</span>'
        elif tag := _TAGS.get(inline.get("style", "")):
            words = f"<{tag}>{words}</{tag}>"
        written.append(words)
    return "".join(written)


def _html_table(block: Mapping[str, Any]) -> str:
    marks = [' class="figure"' * column["figure"] for column in block["columns"]]
    heads = "".join(
        f'<th scope="col"{mark}>{_html(column["head"])}</th>'
        for column, mark in zip(block["columns"], marks, strict=True)
    )
    rows = "".join(
        f'<tr><th scope="row">{_html(head)}</th>'
        + "".join(
            f"<td{mark}>{_html(cell)}</td>" for cell, mark in zip(rest, marks[1:], strict=True)
        )
        + "</tr>"
        for head, *rest in block["rows"]
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _escaped(words: str) -> str:
    """Words that Markdown leaves as they are."""
    return "".join(f"\\{sign}" if sign in r"\`*_[]<>$|#" else sign for sign in words)


def _markdown(text: Iterable[Mapping[str, Any]]) -> str:
    written = []
    for inline in text:
        stars = "**" if inline.get("style") == "strong" else ""
        written.append(f"{stars}{_escaped(plain([inline]))}{stars}")
    return "".join(written)


def _markdown_table(block: Mapping[str, Any]) -> str:
    heads = [_markdown(column["head"]) for column in block["columns"]]
    rules = ["---:" if column["figure"] else "---" for column in block["columns"]]
    rows = [[_markdown(cell) for cell in row] for row in block["rows"]]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, rules, *rows))
