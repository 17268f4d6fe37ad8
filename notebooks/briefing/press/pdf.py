"""The briefing on paper: the body that the HTML page also shows, as an accessible PDF.

Three steps. `for_paper` rewrites the body: what only a screen can do goes, and each number
gets a short reference to its evidence. For `source`, pandoc turns it into Typst, with a filter
that maps our classes to the functions of a template. `typeset` has Typst set it, which refuses
what would not be PDF/UA-1 and PDF/A-2a: an image without an alternative text, a skipped
heading level.

Nothing is read from the clock, the environment or the system's fonts.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pypandoc
import typst

from .cache import Remember, afresh
from .paper import PdfFailed, Sheet, file_name, for_paper

TEMPLATES = Path(__file__).parent / "templates" / "pdf"

#: What Typst holds the document to; each is a gate of its own.
STANDARDS = ["ua-1", "a-2a"]

#: How far the front page is drawn in, step by step, until the summary fits on it.
TIGHTER = range(5)

#: What lies in a folder to be set: the document, its front page alone, whose links have
#: nowhere to lead, the template and the metadata of both, and the fonts.
MAIN, FRONT, TEMPLATE, META, FONTS = "main.typ", "front.typ", "template.typ", "meta.json", "fonts"
_HEAD = '#import "template.typ": *\n#show: briefing.with(json("meta.json"))\n'
_UNLINKED = "#show link: it => it.body"

#: What a body may say of its language, and the region whose typography that means.
_REGIONS = {"en": "GB"}

#: The fonts that packages bring: where in them they lie. Only what we name is used: among
#: matplotlib's fonts is one that draws an empty box for every sign that there is.
_FONTS = {
    "matplotlib": "mpl-data/fonts/ttf/DejaVu*.ttf",
    "font_source_sans_pro": "files/*.otf",
}


#: Dots an inch of the picture of the first page.
PICTURE = 100


def pdf(sections: Sequence[str], exhibits: Mapping[str, str], meta: Mapping) -> bytes:
    """Set a briefing as a tagged, archivable PDF, and return its bytes.

    ``sections`` are the elements of the HTML body that the page shows too. See `source`.
    """
    with tempfile.TemporaryDirectory(prefix="press-") as name:
        folder = Path(name)
        lay_out(source(for_paper(sections), exhibits, meta), folder)
        return typeset(folder, meta["as_of"])[0]


def rehearse() -> None:
    """Have pandoc convert nothing; the first real section finds it looked for and loaded."""
    _by_pandoc("<p></p>")


def source(
    sheets: Sequence[Sheet],
    exhibits: Mapping[str, str],
    meta: Mapping,
    remember: Remember = afresh,
) -> dict[str, str]:
    """All that Typst reads, but for the fonts: texts by the names of their files.

    ``exhibits`` maps the file name of each chart to its SVG. ``meta`` holds at least ``title``
    and ``as_of`` (ISO 8601), and may hold ``subtitle``, ``as_of_text``, ``description``,
    ``language``, ``author``, ``keywords`` and ``stamp`` (pairs of a name and a text, printed
    under the title). ``remember`` is asked for what pandoc made of the same text before.
    Raises `PdfFailed` for an image that is missing, or not described.
    """
    drawn = _drawn(sheets, exhibits)
    with ThreadPoolExecutor() as pool:
        texts = list(pool.map(partial(_as_typst, remember=remember), sheets))
    kinds = [sheet.kind for sheet in sheets]
    body = []
    for place, (kind, text) in enumerate(zip(kinds, texts, strict=True)):
        if kind == "annex" and "annex" not in kinds[:place]:
            body.append("#pagebreak(weak: true)")
        body.append(text)
        if kind == "front" and len(sheets) > 2:
            body.append("#contents()")
    fronts = [text for kind, text in zip(kinds, texts, strict=True) if kind == "front"]
    alone = {FRONT: "\n".join([_HEAD, _UNLINKED, *fronts])} if fronts else {}
    return (
        drawn
        | alone
        | {
            MAIN: "\n".join([_HEAD, *body]),
            TEMPLATE: (TEMPLATES / TEMPLATE).read_text(encoding="utf-8"),
            META: json.dumps(_metadata(sheets, meta)),
        }
    )


def _drawn(sheets: Iterable[Sheet], exhibits: Mapping[str, str]) -> dict[str, str]:
    """The charts that the body shows; each must be there, and described in words."""
    drawn = {}
    for path, alt in (image for sheet in sheets for image in sheet.images):
        svg = exhibits.get(file_name(path), exhibits.get(path))
        if svg is None:
            raise PdfFailed(f"no exhibit for the image {path!r}")
        if not alt.strip():
            raise PdfFailed(f"missing alt text: the image {path!r} is not described")
        drawn[file_name(path)] = svg
    return drawn


def _as_typst(sheet: Sheet, remember: Remember) -> str:
    """A section as Typst, by pandoc."""
    told = [sheet.html.encode(), (TEMPLATES / "filter.lua").read_bytes()]
    return remember("typst", told, partial(_by_pandoc, sheet.html))


def _by_pandoc(html: str) -> str:
    with tempfile.TemporaryDirectory(prefix="press-") as nowhere:
        text = pypandoc.convert_text(
            html,
            to="typst-smart",
            format="html",
            extra_args=[
                f"--lua-filter={TEMPLATES / 'filter.lua'}",
                f"--data-dir={nowhere}",  # not the user's own
                "--wrap=none",
            ],
        )
    return text.strip("\n")


def _metadata(sheets: Iterable[Sheet], meta: Mapping) -> dict:
    """Complete the metadata that the template prints and embeds."""
    language, _, region = meta.get("language", "en").partition("-")
    titles = [re.sub(r"^\d+ ", "", sheet.title) for sheet in sheets]
    as_of = [["As of", meta.get("as_of_text") or meta["as_of"]]]
    return {
        "title": meta["title"],
        "subtitle": meta.get("subtitle", ""),
        "description": meta.get("description", ""),
        "author": meta.get("author") or meta["title"],
        "keywords": list(meta.get("keywords") or titles),
        "lang": language,
        "region": region or _REGIONS.get(language),
        "grey": bool(meta.get("grey")),
        "stamp": as_of + [list(pair) for pair in meta.get("stamp", [])],
    }


def _timestamp(as_of: str) -> int:
    """Turn a date of any precision into the second at which it begins, in UTC."""
    year, month, day = (as_of[:10].split("-") + ["1", "1"])[:3]
    return int(datetime(int(year), int(month), int(day), tzinfo=UTC).timestamp())


def lay_out(texts: Mapping[str, str], folder: Path) -> None:
    """Put into a folder what `source` gave, and the fonts that our packages bring."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    _copy_fonts(folder / FONTS)


def typeset(
    folder: Path, as_of: str, picture: bool = False, remember: Remember = afresh
) -> tuple[bytes, bytes]:
    """Set what was laid out in a folder; the PDF, and with `picture` its first page as PNG.

    The front page is drawn in until the summary fits, if it can; `remember` is asked how far
    that was for the same page before. The same input gives the same bytes; the PDF is dated
    `as_of`. Raises `PdfFailed` with the message and the place where the document cannot be set.
    """
    compiler = typst.Compiler(
        folder / MAIN,
        root=folder,
        font_paths=[folder / FONTS],
        ignore_system_fonts=True,
        package_path=folder / "packages",
        package_cache_path=folder / "packages",
    )
    timestamp = _timestamp(as_of)
    tight = TIGHTER[0]
    if (folder / FRONT).is_file():
        tried = partial(_tightness, compiler, folder, timestamp)
        tight = int(remember("tightness", _read_by_front(folder), tried))
    made = _set(compiler, folder / MAIN, timestamp, tight)
    return made, _first_page(compiler, folder, tight) if picture else b""


def _read_by_front(folder: Path) -> list[bytes]:
    """The files that Typst reads for the front page alone, but for the fonts."""
    front = (folder / FRONT).read_text(encoding="utf-8")
    shown = sorted(path.name for path in folder.glob("*.svg") if f'"{path.name}"' in front)
    return [(folder / name).read_bytes() for name in (FRONT, TEMPLATE, META, *shown)]


def _tightness(compiler: typst.Compiler, folder: Path, timestamp: int) -> str:
    """How far the front page must be drawn in, tried on that page alone; not at all if in vain."""
    for tight in TIGHTER:
        _set(compiler, folder / FRONT, timestamp, tight)
        if compiler.query("<front-end>", field="value", one=True) == "1":
            return str(tight)
    return str(TIGHTER[0])


def _first_page(compiler: typst.Compiler, folder: Path, tight: int) -> bytes:
    pages = compiler.compile(
        folder / MAIN, format="png", ppi=PICTURE, sys_inputs={"tight": str(tight)}
    )
    return pages[0] if isinstance(pages, list) else pages


def _set(compiler: typst.Compiler, document: Path, timestamp: int, tight: int) -> bytes:
    """Compile once; what Typst refuses or doubts is an error with its place."""
    try:
        made, doubts = compiler.compile_with_warnings(
            document,
            format="pdf",
            pdf_standards=STANDARDS,
            timestamp=timestamp,
            sys_inputs={"tight": str(tight)},
        )
    except typst.TypstError as error:
        raise PdfFailed(_said(error)) from error
    if doubts:
        raise PdfFailed("\n".join(_said(doubt) for doubt in doubts))
    return made


def _said(problem: typst.TypstError | typst.TypstWarning) -> str:
    """Tell a problem with its place, as Typst points at it, and its hints."""
    said = problem.diagnostic.strip() or problem.message
    return re.sub(r"[^\s]*press-\w+/", "", said)


def _copy_fonts(folder: Path) -> None:
    """Put the fonts that our packages bring into one folder, without importing the packages."""
    folder.mkdir()
    for package, pattern in _FONTS.items():
        spec = find_spec(package)
        places = spec.submodule_search_locations if spec else None
        found = sorted(Path(places[0]).glob(pattern)) if places else []
        if not found:
            raise PdfFailed(f"the fonts of the package {package!r} are not installed")
        for font in found:
            shutil.copyfile(font, folder / font.name)
