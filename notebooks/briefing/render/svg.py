"""Charts as a part of the page: sized by it, in its font and the colours of its theme.

What belongs here is what makes an SVG of matplotlib's a part of an HTML page, and the colours
of the dark theme. How a chart is drawn does not, nor the wording around it. A chart fetched as
an image would know neither the theme nor the font, and could not be searched. Coordinates and
transforms stay as they were drawn: letters whose transforms are rounded dance on their line.
"""

from __future__ import annotations

import colorsys
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

from markupsafe import Markup

#: The house colours of the charts, by the CSS variable of page.css that takes their place.
HOUSE_COLORS = {
    "#000000": "ink",
    "#1d2129": "ink",
    "#464e5a": "muted",
    "#d5d9de": "grid",
    "#e9ecef": "band",
    "#ffffff": "paper",
}
#: The paper of the dark theme, as page.css has it.
DARK_PAPER = "#15181c"

_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
_REFERENCE = re.compile(r"^#(.+)|url\(#([^)]+)\)")
_URL = re.compile(r"url\(#([^)]+)\)")
#: The family comes from the page, as a chart's own may not be on the reader's machine.
_NEEDLESS = re.compile(r"font-family:[^;]*;?\s*|text-anchor: start; ")


@dataclass(frozen=True)
class Picture:
    """A chart's drawing: an svg element, its own width in pixels, the hex colours it uses."""

    html: Markup
    width: int
    colors: frozenset[str]


def drawing(
    svg: str, prefix: str, label: str, styles: dict[str, str], details: str = ""
) -> Picture:
    """A chart's SVG for the page, its ids beginning with the prefix and its name the label.

    `styles` are those of the page's drawings by their classes' names, and grow: a page draws few
    looks and thousands of things.
    The colours do not include those of the house. `details` is the id of what describes it at
    length: that can be gone to, where a description would be read out whole.
    """
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in ("metadata", "style"):
                parent.remove(child)
    texts = [text for tag in root.iter() for text in tag.attrib.values()]
    used = dict.fromkeys(one or other for text in texts for one, other in _REFERENCE.findall(text))
    ids = {id: f"{prefix}-{number}" for number, id in enumerate(used)}  # short: a page has hundreds
    colors: set[str] = set()
    for tag in root.iter():
        tag.tag = _local(tag.tag)
        attributes = {_local(name): " ".join(text.split()) for name, text in tag.attrib.items()}
        tag.attrib = {
            name: _own(name, text, ids, colors)
            for name, text in attributes.items()
            if (name != "id" or text in used) and not text.startswith("rotate(-0 ")
        }
        # Only layout: what a reader sees stands inside text elements.
        tag.text, tag.tail = ((part or "").strip() and part for part in (tag.text, tag.tail))
    _drop_empty(root)
    _share_clips(root)
    _draw_at_once(root, prefix)
    for tag in root.iter():
        style = tag.get("style", "")
        if style and not {*style} & {*"<>{}@\\"}:  # what could end a style sheet stays where it is
            del tag.attrib["style"]
            tag.set("class", styles.setdefault(style, f"s{len(styles)}"))
    box = root.get("viewBox", "")
    root.attrib = {"viewBox": box, "role": "img", "aria-label": label}
    if details:
        root.set("aria-details", details)
    html = Markup(ElementTree.tostring(root, "unicode"))
    return Picture(html, round(float(box.split()[2]) * 4 / 3), frozenset(colors - {*HOUSE_COLORS}))


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _own(name: str, text: str, ids: dict[str, str], colors: set[str]) -> str:
    """An attribute's text with ids of the page's and in its colours, which are noted."""
    if name == "id":
        return ids[text]
    if name == "href":
        return f"#{ids[text[1:]]}" if text.startswith("#") else text
    text = _NEEDLESS.sub("", _URL.sub(lambda found: f"url(#{ids[found[1]]})", text))
    colors.update(color.lower() for color in _HEX.findall(text))
    return _HEX.sub(lambda found: _variable(found[0].lower()), text)


def _variable(color: str) -> str:
    return f"var(--{HOUSE_COLORS.get(color) or f'c-{color[1:]}'})"


def _drop_empty(tag: ElementTree.Element) -> None:
    """Drop groups that do nothing for what they hold, and definitions of nothing."""
    for index, child in reversed(list(enumerate(tag))):
        _drop_empty(child)
        if child.tag in ("g", "defs") and not child.attrib:
            tag[index : index + 1] = list(child) if child.tag == "g" else [child][: len(child)]


def _share_clips(tag: ElementTree.Element) -> None:
    """Make one group of neighbours that are clipped alike, and do nothing else: points are many."""
    before = None
    for child in list(tag):
        _share_clips(child)
        if before is not None and child.tag == "g" and child.attrib == before.attrib:
            before.extend(child)
            tag.remove(child)
        else:
            before = child if child.tag == "g" and {*child.attrib} == {"clip-path"} else None


def _draw_at_once(root: ElementTree.Element, prefix: str) -> None:
    """Make one element of neighbours that look alike: browsers are slow with thousands.

    Strokes and bars become one path, though words stand between them: these then come after. One
    mark at many places becomes a path that is not drawn, with the mark at each of its corners.
    """
    number = itertools.count()
    for parent in list(root.iter()):
        before: ElementTree.Element | None = None
        for child in list(parent):
            if child.tag == "path" and before is not None and _look(child) == _look(before):
                before.set("d", f"{before.get('d')} {child.get('d')}")
                parent.remove(child)
            elif child.tag != "text":
                before = child if child.tag == "path" and child.get("id") is None else None
        for look, same in itertools.groupby(list(parent), _look):
            uses = list(same)
            if uses[0].tag == "use" and len(uses) > 4:
                name = f"{prefix}-m{next(number)}"
                marker = {"id": name, "overflow": "visible", "markerUnits": "userSpaceOnUse"}
                mark = ElementTree.Element("marker", marker)
                ElementTree.SubElement(mark, "use", dict(look))
                corners = "L".join(f"{it.get('x')} {it.get('y')}" for it in uses)
                ends = {f"marker-{part}": f"url(#{name})" for part in ("start", "mid", "end")}
                line = ElementTree.Element("path", {"d": f"M{corners}", "fill": "none", **ends})
                at = list(parent).index(uses[0])
                parent[at : at + len(uses)] = [mark, line]


def _look(tag: ElementTree.Element) -> list[tuple[str, str]]:
    """All that a drawing says of an element but for its place."""
    return [it for it in tag.items() if it[0] not in ("d", "x", "y")]


def themes(colors: Iterable[str]) -> list[tuple[str, str, str]]:
    """(name, light, dark) for each colour, as the page's style sheet declares them."""
    return [(color[1:], color, dark_twin(color)) for color in sorted(colors)]


@lru_cache
def dark_twin(color: str) -> str:
    """The same hue for the dark theme, as far from its paper as ``color`` is from white.

    A mark (contrast of 3 or more) comes out at 4.5 at least, a tint stays a tint.
    """
    contrast = 1.05 / (_luminance(_channels(color)) + 0.05)
    wanted = max(contrast, 4.5) if contrast >= 3 else contrast
    aim = wanted * (_luminance(_channels(DARK_PAPER)) + 0.05) - 0.05
    hue, _, saturation = colorsys.rgb_to_hls(*_channels(color))
    # As pure a colour as a pale tint has would glow on dark paper.
    saturation *= 1 if contrast >= 3 else 0.5
    low, high = 0.0, 1.0
    for _ in range(24):
        middle = (low + high) / 2
        parts = [round(part * 255) for part in colorsys.hls_to_rgb(hue, middle, saturation)]
        darker = _luminance([part / 255 for part in parts]) < aim
        low, high = (middle, high) if darker else (low, middle)
    return "#" + bytes(parts).hex()


def _channels(color: str) -> list[float]:
    return [part / 255 for part in bytes.fromhex(color[1:])]


def _luminance(channels: Iterable[float]) -> float:
    """The relative luminance that WCAG defines."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
