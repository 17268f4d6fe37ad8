"""The briefing on paper: the body that the HTML page also shows, as an accessible PDF.

Three steps. `for_paper` rewrites the body: what only a screen can do goes, and each number
gets a short reference to its evidence. pandoc turns it into Typst, with a filter that maps
our classes to the functions of a template. Typst sets it, and refuses what would not be
PDF/UA-1 and PDF/A-2a: an image without an alternative text, a skipped heading level.

Nothing is read from the clock, the environment or the system's fonts.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pypandoc
import typst
from bs4 import BeautifulSoup

from . import cache
from .paper import PdfFailed, for_paper

TEMPLATES = Path(__file__).parent / "templates" / "pdf"

#: What Typst holds the document to; each is a gate of its own.
STANDARDS = ["ua-1", "a-2a"]

#: How far the front page is drawn in, step by step, until the summary fits on it.
TIGHTER = range(5)

#: The document, and its front page alone, whose links have nowhere to lead.
MAIN, FRONT = "main.typ", "front.typ"
_HEAD = '#import "template.typ": *\n#show: briefing.with(json("meta.json"))\n\n'
_UNLINKED = "#show link: it => it.body\n"

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


def pdf(body: str, exhibits: Mapping[str, str], meta: Mapping) -> bytes:
    """Set a briefing as a tagged, archivable PDF, and return its bytes; see `typeset`."""
    return typeset(for_paper(body), exhibits, meta)[0]


def typeset(
    sheet: BeautifulSoup, exhibits: Mapping[str, str], meta: Mapping, picture: bool = False
) -> tuple[bytes, bytes]:
    """Set a briefing as a tagged, archivable PDF; with `picture`, its first page as PNG too.

    ``sheet`` is the body that the page shows too, as `for_paper` rewrote it. ``exhibits`` maps
    the file name of each chart to its SVG. ``meta`` holds at least ``title`` and ``as_of``
    (ISO 8601), and may hold ``subtitle``, ``as_of_text``, ``description``, ``language``,
    ``author``, ``keywords`` and ``stamp`` (pairs of a name and a text, printed under the title).

    The same input gives the same bytes; the PDF is dated ``as_of``. Raises `PdfFailed`
    with the message and the place where the document cannot be set.
    """
    with tempfile.TemporaryDirectory(prefix="press-") as name:
        folder = Path(name)
        _write_exhibits(sheet, exhibits, folder)
        has_front = _write_documents(sheet, meta, folder)
        return _compile(folder, _timestamp(meta["as_of"]), has_front, picture)


def _write_exhibits(sheet: BeautifulSoup, exhibits: Mapping[str, str], folder: Path) -> None:
    """Write the charts that the body shows; each must be there, and described in words."""
    for image in sheet.find_all("img"):
        name = image.get("src", "").rsplit("/", 1)[-1]
        svg = exhibits.get(name, exhibits.get(image.get("src", "")))
        if svg is None:
            raise PdfFailed(f"no exhibit for the image {image.get('src', '')!r}")
        if not image.get("alt", "").strip():
            raise PdfFailed(f"missing alt text: the image {image['src']!r} is not described")
        (folder / name).write_text(svg, encoding="utf-8")
        image["src"] = name


def _write_documents(sheet: BeautifulSoup, meta: Mapping, folder: Path) -> bool:
    """Write metadata, template, and the body as Typst; the front page also by itself.

    Returns whether there is a front page.
    """
    parts = sheet.find_all(recursive=False)
    with ThreadPoolExecutor() as pool:
        texts = list(pool.map(_as_typst, map(str, parts)))
    fronts = [text for part, text in zip(parts, texts, strict=True) if part["class"] == ["front"]]
    template = (TEMPLATES / "template.typ").read_text(encoding="utf-8")
    (folder / "template.typ").write_text(template, encoding="utf-8")
    (folder / "meta.json").write_text(json.dumps(_metadata(sheet, meta)), encoding="utf-8")
    (folder / MAIN).write_text(_HEAD + "\n".join(texts), encoding="utf-8")
    (folder / FRONT).write_text(_HEAD + _UNLINKED + "\n".join(fronts), encoding="utf-8")
    return bool(fronts)


def _as_typst(html: str) -> str:
    """A part of the body as Typst, by pandoc."""
    told = [html.encode(), (TEMPLATES / "filter.lua").read_bytes()]
    return cache.remembered("typst", told, lambda: _by_pandoc(html))


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


def _metadata(sheet: BeautifulSoup, meta: Mapping) -> dict:
    """Complete the metadata that the template prints and embeds."""
    language, _, region = meta.get("language", "en").partition("-")
    chapters = [heading.get_text(" ", strip=True) for heading in sheet.find_all("h2")]
    as_of = [["As of", meta.get("as_of_text") or meta["as_of"]]]
    return {
        "title": meta["title"],
        "subtitle": meta.get("subtitle", ""),
        "description": meta.get("description", ""),
        "author": meta.get("author") or meta["title"],
        "keywords": list(meta.get("keywords") or [re.sub(r"^\d+ ", "", it) for it in chapters]),
        "lang": language,
        "region": region or _REGIONS.get(language),
        "grey": bool(meta.get("grey")),
        "stamp": as_of + [list(pair) for pair in meta.get("stamp", [])],
    }


def _timestamp(as_of: str) -> int:
    """Turn a date of any precision into the second at which it begins, in UTC."""
    year, month, day = (as_of[:10].split("-") + ["1", "1"])[:3]
    return int(datetime(int(year), int(month), int(day), tzinfo=UTC).timestamp())


def _compile(folder: Path, timestamp: int, has_front: bool, picture: bool) -> tuple[bytes, bytes]:
    """Set the document; draw its front page in until the summary fits, if it can."""
    compiler = typst.Compiler(
        folder / MAIN,
        root=folder,
        font_paths=[_copy_fonts(folder / "fonts")],
        ignore_system_fonts=True,
        package_path=folder / "packages",
        package_cache_path=folder / "packages",
    )
    tight = _tightness(compiler, folder, timestamp) if has_front else TIGHTER[0]
    made = _set(compiler, folder / MAIN, timestamp, tight)
    return made, _first_page(compiler, folder, tight) if picture else b""


def _tightness(compiler: typst.Compiler, folder: Path, timestamp: int) -> int:
    """How far the front page must be drawn in, tried on that page alone; not at all if in vain."""
    for tight in TIGHTER:
        _set(compiler, folder / FRONT, timestamp, tight)
        if compiler.query("<front-end>", field="value", one=True) == "1":
            return tight
    return TIGHTER[0]


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


def _copy_fonts(folder: Path) -> Path:
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
    return folder
