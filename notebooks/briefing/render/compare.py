"""Two builds compared, for who has to say what a change does to the argument.

Here stands what a reader is told, as a page and as JSON: what becomes of each judgement first,
counts last. What differs is found in compare_changes.py, and a manifest read in compare_read.py;
nothing is built here, and no notebook or page is parsed. The comparison that was one long list
of numbers left it to the reader to find the judgement that had fallen.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ..errors import ChapterFailed, Refusal
from ..report.blocks import plain
from .compare_changes import Build, Change, Changes, columns, matcher, only, rewritten, tokens
from .compare_read import read_manifest
from .document import Inlines
from .edition import printed
from .folders import GENERATOR, comparison_of_ours
from .html import framed, text_html
from .store import write_whole

#: Parts of an exhibit that are not told as words.
_UNTOLD = {"kind", "key", "claims", "csv", "columns", "rows", "drawing"}


@dataclass(frozen=True)
class Comparison:
    """A comparison that was made: its page, its JSON, and its lines in plain words."""

    page: Path
    data: Path
    lines: list[str]


def compare_folders(old: Path, new: Path, old_name: str, new_name: str, out: Path) -> Comparison:
    """Compare the builds in two folders, and write page and JSON into a third, each whole.

    Raises Refusal for a folder that holds no build, or one that cannot be shown, and where a
    file that is no comparison stands in the way.
    """
    sides = [(old_name, old), (new_name, new)]
    found = Changes(*(Build(name, folder, read_manifest(folder)) for name, folder in sides))
    names = [re.sub(r"[^\w.]+", "-", name[:80]).strip("-.") or "here" for name, _ in sides]
    page, data = (out / f"{'--'.join(names)}.{kind}" for kind in ("html", "json"))
    lines = _lines(found)
    try:
        for path in (page, data):
            if os.path.lexists(path) and not comparison_of_ours(path):
                raise Refusal(f"{path}: is no comparison, so it is not written over; move it away")
        html = _page(found, lines)
        out.mkdir(parents=True, exist_ok=True)
        write_whole(page, html)
        write_whole(data, json.dumps(_listing(found, lines), ensure_ascii=False, indent=1) + "\n")
    except ChapterFailed as error:
        told = "; ".join(str(error).splitlines())
        raise Refusal(f"{old} and {new} cannot be shown side by side: {told}") from None
    return Comparison(page, data, lines)


def _listing(found: Changes, lines: list[str]) -> dict[str, Any]:
    """The comparison as plain words and values."""

    def sides(it: Change, told: Callable[[Any], Any] = lambda side: side) -> dict[str, Any]:
        old, new = (None if side is None else told(side) for side in (it.old, it.new))
        return {"change": it.change, "old": old, "new": new}

    def words(side: Mapping[str, Any]) -> dict[str, str]:
        told = {part: side[part] for part in side if part not in _UNTOLD}
        return {part: it if isinstance(it, str) else plain(it) for part, it in told.items()}

    whole: dict[str, Any] = {"generator": GENERATOR}
    for side, build in {"old": found.old, "new": found.new}.items():
        whole[side] = {"name": build.name} | {k: build.manifest[k] for k in ("edition", "as_of")}
    whole |= {
        "summary": lines,
        "parameters": [{"name": it.name, **sides(it)} for it in found.parameters],
        "numbers": [
            sides(it, lambda printings: printings[0])
            | ({"corrected": told} if (told := found.corrected(it)) else {})
            for it in found.numbers
        ],
        "sentences": [
            {"chapter": it.it.chapter, "kind": it.it.kind} | sides(it, lambda it: plain(it.text))
            for it in found.passages
        ],
        "exhibits": [
            {"key": it.it["key"], "kind": it.it["kind"], **sides(it, words)}
            | {"differs": it.differs, "rows": [sides(row, words) for row in it.rows]}
            for it in found.exhibits
        ],
    }
    for name in ("verdicts", "inputs", "packages"):
        whole[name] = [{"name": it.name, **sides(it)} for it in getattr(found, name)]
    return whole


def _lines(found: Changes) -> list[str]:
    """What becomes of the judgements, what the builds are made from, and counts."""
    verbs = {"lost": ("falls", "fall"), "changed": ("changes", "change")}
    verbs["gained"] = ("is new", "are new")
    verbs["same"] = ("stands word for word", "stand word for word")
    judged = {it.it.name: it.change for it in found.passages if it.it.name}
    judged |= {it.name: "same" for it in found.new.passages if it.name and it.name not in judged}
    became = {it: [name for name in judged if judged[name] == it] for it in verbs}
    told = [f"{_and(names)} {verbs[it][len(names) > 1]}" for it, names in became.items() if names]
    made = [f"{it.name} {printed(it.new)} instead of {printed(it.old)}" for it in found.parameters]
    made += [it.name for it in (*found.inputs, *found.packages)]
    dropped = f" No longer counted: {_and(found.dropped)}." if found.dropped else ""
    if mended := dict.fromkeys(told for it in found.numbers for told in found.corrected(it)):
        dropped += f" Corrected: {'; '.join(list(mended)[:3])}{' …' * (len(mended) > 3)}"
    counts = {"sentences": found.passages, "numbers": found.numbers, "exhibits": found.exhibits}
    same = "Both are made from the same parameters, dossier, code and packages"
    return [
        f"{'; '.join(told) or 'Neither build makes a key judgement'}.",
        f"{'Made from ' if made else same}{'; '.join(made)}.{dropped}",
        f"In all, {_and(f'{len(these)} {what}' for what, these in counts.items())} differ.",
    ]


def _and(items: Iterable[Any]) -> Any:
    """Items in words, "a, b and c"; markup where they are markup."""
    *items, end = list(items) or [""]
    return type(end)(", ").join(items) + " and " + end if items else end


def cite(sources: Iterable[str]) -> Markup:
    """Sources as a reader knows them; a record's name may have a year in it."""
    return _and(Markup('<cite class="evidence">{}</cite>').format(it) for it in sources)


def fallen(it: Change, found: Changes) -> Markup:
    """Why a judgement falls, and the figures that fall with it."""
    old = found.old
    rests = [source for source in old.articles if source in old.sources(it.old.block)]
    gone, left = only(rests, only(rests, found.dropped)), only(rests, found.dropped)
    said = Markup("falls") + (Markup(" with {}").format(cite(gone)) if gone else "")
    if left:
        said += Markup("; of what it rested on, {} remains").format(cite(left))
    told = [
        text_html([inline]) + Markup(" ({})").format(cite(old.sources(inline)))
        for inline in it.old.text
        if inline.get("claims") and old.sources(inline)
    ]
    return said + (Markup(". It gave {}.").format(_and(told)) if told else ".")


def what(it: Change, found: Changes) -> str:
    """What a number is: what its claim states, or its arithmetic in the values that it prints."""
    build = found.new if it.new else found.old
    claims, number = build.manifest["claims"], it.it[0]
    if number["formula"] in claims:
        return claims[number["formula"]]["statement"]
    said = {x["formula"]: x["text"] for x in build.manifest["numbers"][::-1]}
    articles = {id: source for source, id in build.articles.items()}

    def called(word: str) -> str:
        # A record can hold several values, each called by its id and a word.
        id = next((id for id in claims if f"{word}-".startswith(f"{id}-")), "")
        return said.get(word, claims[id]["source"]) if id else articles.get(word, word)

    return rewritten(number, called)


def where(it: Change) -> str:
    """The chapters and exhibits in which a number stands, or stood, as a reader knows them."""
    places = dict.fromkeys(number["place"].partition(",")[0] for number in it.it)
    parts = (place.partition("-") for place in places)
    return ", ".join(
        f"Exhibit\u00a0{at.replace('-', '.')}" if kind == "exhibit" else f"chapter\u00a0{kind}"
        for kind, _, at in parts
    )


def heads(rows: Iterable[Change]) -> Markup:
    """Rows by their first cells; by two, where they share the first."""
    cells = [list(row.it.values()) for row in rows]
    firsts = [plain(row[0]) for row in cells]
    names = (row[: 1 + (firsts.count(plain(row[0])) > 1)] for row in cells)
    return Markup(" · ").join(Markup(", ").join(map(text_html, name)) for name in names)


def redline(old: Inlines | None, new: Inlines | None) -> Markup:
    """The new text with what is new in ``<ins>`` and, in ``<del>``, what is gone."""
    one, other = tokens(old or []), tokens(new or [])
    html = Markup()
    for kind, a, b, c, d in matcher(old or [], new or []).get_opcodes():
        gone, put = one[a:b], other[c:d]
        if kind == "equal":
            html += (gone[0][0] or put[0][0]) + _run(put)
        elif gone:
            html += gone[0][0] + marked("del", "removed", _run(gone))
        if kind != "equal" and put:
            html += (" " if gone else put[0][0]) + marked("ins", "added", _run(put))
    return html


def _run(run: list[tuple[str, Mapping[str, Any]]]) -> Markup:
    """Tokens with the space between them."""
    return Markup().join(space + text_html([it]) for space, it in run).strip(" ")


def marked(element: str, word: str, html: Markup) -> Markup:
    """What is gone or new, marked by element, by look, and in words for who cannot see it."""
    hidden = '<span class="visually-hidden">{}</span>'
    whole = Markup(f"<{{0}}>{hidden.format('[{1}: ')}{{2}}{hidden.format(']')}</{{0}}>")
    return html and whole.format(element, word, html)


def image(chart: dict[str, Any], build: Build) -> str:
    """A chart as the address of an image, which runs nothing. Raises Refusal without its file."""
    path = build.folder / "exhibits" / f"{chart['key']}.svg"
    try:
        svg = path.read_bytes()
    except OSError as error:
        why = error.strerror or "cannot be read"
        raise Refusal(f"{path}: {why}; build it again, with `make briefing`") from None
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"


def _page(found: Changes, lines: list[str]) -> str:
    """The comparison as one page that needs nothing else."""
    old, new = found.old, found.new
    judged = [it for it in found.passages if it.it.kind == "judgements"]
    every = {
        "Key judgements": judged,
        "Sentences": only(found.passages, judged),
        "Exhibits": found.exhibits,
        "Rows of tables": [row for it in found.exhibits for row in it.rows],
        "Numbers and dates": found.numbers,
        "Verdicts": found.verdicts,
    }
    went = {name: list(filter(found.went, these)) for name, these in every.items()}
    # A row that is gone and rests on nothing of its own explained one that went.
    rows = (it for it in every["Rows of tables"] if it.change == "lost")
    went["Rows of tables"] += [it for it in rows if not old.sources(it.old)]
    # The argument stands where the first judgement does: its lede, its tiles and its tables.
    spoken = (it for it in (*new.passages, *old.passages) if it.kind == "judgements")
    place = next((it.chapter for it in spoken), "")
    here = (it for it in found.passages if it.it.chapter == place)
    lede = [it for it in here if it.it.kind in ("lede", "tiles")]
    beside = [id(block) for build in (old, new) for at, block in build.blocks if at == place]
    figures = [it for it in found.exhibits if it.rows and id(it.it) in beside]
    told = [*lede, *went["Sentences"], *(it for it in judged if it.change != "lost")]
    left = groupby(only(found.passages, told), lambda it: it.it.chapter)
    exhibits = [
        it
        for it in only(found.exhibits, [*figures, *went["Exhibits"]])
        # One whose rows went says no more than the list of what went.
        if it.change != "changed"
        or not {"csv"} >= {*it.differs}
        or only(it.rows, went["Rows of tables"])
        or not it.rows
    ]
    # Of what is new or gone, what rests on counts and records alone is only counted.
    numbers = [
        it
        for it, side in ((it, new if it.new else old) for it in found.numbers)
        if it.change not in ("lost", "gained") or set(side.sources(it.it)) & set(side.articles)
    ]
    content = {
        "argument": ("What changes for the argument", True),
        "causes": ("What they are made from", found.parameters + found.inputs + found.packages),
        "sentences": ("Judgements and sentences", {id: list(these) for id, these in left}),
        "exhibits": ("Exhibits", exhibits),
        "numbers": ("Numbers and dates", only(numbers, went["Numbers and dates"])),
        "went": ("What went with a dropped source", any(went.values())),
        "counts": ("Counts", any(every.values())),
    }
    sections = {name: title for name, (title, there) in content.items() if there}

    def chapter(id: str) -> Markup:
        """A chapter's number and title."""
        blocks = (it for at, it in (*new.blocks, *old.blocks) if at == id)
        none: dict[str, Any] = {"number": "", "text": []}
        head = next((it for it in blocks if it["kind"] == "heading"), none)
        number = Markup('<span class="numbering">{}</span> ').format(head["number"])
        return number + text_html(head["text"])

    def about(build: Build) -> str:
        date = build.manifest["document"]["meta"]["as_of_text"]
        return f"{build.name}: edition {build.manifest['edition']}, as of {date}"

    tools = [chapter, cite, columns, fallen, heads, image, marked, only, printed, redline]
    return framed(
        "compare.html.j2", sections, "compare.css",
        **{tool.__name__: tool for tool in [*tools, what, where]},
        found=found, lines=lines, every=every, went=went, judged=judged, lede=lede, figures=figures,
        **{name: content[name][1] for name in ("sentences", "exhibits", "numbers")},
        same=[content[name][0] for name in list(content)[2:5] if name not in sections],
        generator=GENERATOR, title=f"From {old.name} to {new.name}", description=" ".join(lines),
        as_of=new.manifest["as_of"], stamp=[("Old", about(old)), ("New", about(new))],
    )  # fmt: skip
