"""Charts as a part of the page: searchable, sized by it, in the colours of its theme."""

from __future__ import annotations

import colorsys
import itertools
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from xml.etree import ElementTree

from bs4 import Tag

#: The house colours of the charts, by the CSS variable of page.css that takes their place.
HOUSE_COLORS = {
    "#000000": "ink",
    "#1d2129": "ink",
    "#4a5360": "mark",
    "#5c6470": "muted",
    "#d5d9de": "grid",
    "#e9ecef": "band",
    "#ffffff": "paper",
}
#: The paper of the dark theme, as page.css has it.
DARK_PAPER = "#15181c"

#: The least size in pixels at which a chart's smallest text is set before the chart scrolls.
LEGIBLE = 10
#: The width in pixels that a chart has on the narrowest screen.
NARROWEST = 288

_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")


def plot(
    image: Tag, svg: str, key: str, width: str, region: Mapping[str, str], colors: set[str]
) -> str:
    """A drawing in the place of its image; notes in ``colors`` those that it uses.

    ``width`` is "wide" or "narrow" where there is one for each kind of screen. A single one
    that is too wide for a phone becomes a region that scrolls, named as ``region`` says.
    """
    root = ElementTree.fromstring(svg)
    natural, least = _widths(root)
    attributes = {"class": f"plot {width}".strip(), "style": f"--natural:{natural}px"}
    if least > NARROWEST and not width:
        attributes["style"] += f";--least:{least}px"
        attributes |= {"tabindex": "0", "role": "region", **region}
    opening = "".join(f' {name}="{escape(text)}"' for name, text in attributes.items())
    return f"<div{opening}>{_drawing(root, key, image, colors)}</div>"


def _widths(root: ElementTree.Element) -> tuple[int, int]:
    """A drawing's own width in pixels, and the least at which its text can be read."""
    width = float(root.get("viewBox").split()[2])
    sizes = re.findall(r"font(?:-size)?:[^;]*?([\d.]+)px", " ".join(_styles(root)))
    smallest = min(map(float, sizes), default=LEGIBLE)
    return round(width * 4 / 3), round(width * LEGIBLE / smallest)


def _styles(root: ElementTree.Element) -> Iterable[str]:
    return (tag.get("style", "") for tag in root.iter())


def _drawing(root: ElementTree.Element, key: str, image: Tag, colors: set[str]) -> str:
    """A drawing as a part of the page: named, sized by it, in its colours, ids its own."""
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in ("metadata", "style"):
                parent.remove(child)
    used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', ElementTree.tostring(root, "unicode")))
    for tag in root.iter():
        tag.tag = _local(tag.tag)
        attributes = {_local(name): " ".join(text.split()) for name, text in tag.attrib.items()}
        tag.attrib = {
            name: _own(name, text, key, colors)
            for name, text in attributes.items()
            if (name != "id" or text in used) and not text.startswith("rotate(-0 ")
        }
        # Only layout: what a reader sees stands inside text elements.
        tag.text, tag.tail = ((part or "").strip() and part for part in (tag.text, tag.tail))
    _drop_empty(root)
    _share_styles(root)
    label = image.get("data-alt") or image.get("alt", "")
    kept = {"viewBox": root.get("viewBox"), "role": "img", "aria-label": label}
    # Details can be gone to; a description would be read out whole, and again where it stands.
    details = image.get("aria-details")
    root.attrib = kept | ({"aria-details": details} if details else {})
    return ElementTree.tostring(root, "unicode", short_empty_elements=True)


def _drop_empty(tag: ElementTree.Element) -> None:
    """Drop groups that hold nothing, and those that only hold one other element together."""
    for index, child in reversed(list(enumerate(tag))):
        _drop_empty(child)
        if child.tag in ("g", "defs") and not child.attrib and len(child) < 2:
            tag[index : index + 1] = list(child) if child.tag == "g" else [child][: len(child)]


def _share_styles(tag: ElementTree.Element) -> None:
    """Give neighbours of one style a group that has it; what is drawn stays the same."""
    for _, run in itertools.groupby(list(tag), lambda child: child.get("style")):
        alike = list(run)
        style = alike[0].get("style", "")
        # A group is faded as a whole, and what is only defined is drawn elsewhere.
        if len(alike) < 2 or not style or " opacity:" in f" {style}" or tag.tag == "defs":
            continue
        group = ElementTree.Element("g", {"style": style})
        tag.insert(list(tag).index(alike[0]), group)
        for child in alike:
            del child.attrib["style"]
            tag.remove(child)
            group.append(child)
    for child in tag:
        _share_styles(child)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _own(name: str, text: str, key: str, colors: set[str]) -> str:
    """An attribute's text with the drawing's ids prefixed and the page's colours and font."""
    if name == "id":
        return f"{key}-{text}"
    if name == "href":
        return f"#{key}-{text[1:]}" if text.startswith("#") else text
    text = text.replace("url(#", f"url(#{key}-")
    # The family comes from the page, as a chart's own may not be on the reader's machine.
    text = re.sub(r"font-family:[^;]*;?\s*|text-anchor: start; ", "", text)
    return _HEX.sub(lambda m: _variable(m[0].lower(), colors), text)


def _variable(color: str, colors: set[str]) -> str:
    if color in HOUSE_COLORS:
        return f"var(--{HOUSE_COLORS[color]}, {color})"
    colors.add(color)
    return f"var(--c-{color[1:]}, {color})"


def themes(colors: Iterable[str], given: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(name, light, dark) for each colour of the charts that is none of the house's."""
    dark = {light.lower(): twin for light, twin in given.items()}
    return [(color[1:], color, dark.get(color) or dark_twin(color)) for color in sorted(colors)]


@lru_cache
def dark_twin(color: str) -> str:
    """The same hue for the dark theme, as far from its paper as ``color`` is from white.

    A mark (contrast of 3 or more) comes out at 4.5 at least, a tint stays a tint.
    """
    contrast = 1.05 / (_luminance(color) + 0.05)
    wanted = max(contrast, 4.5) if contrast >= 3 else contrast
    aim = wanted * (_luminance(DARK_PAPER) + 0.05) - 0.05
    red, green, blue = _channels(color)
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    # As pure a colour as a pale tint has would glow on dark paper.
    saturation *= 1 if contrast >= 3 else 0.5
    low, high = 0.0, 1.0
    for _ in range(24):
        middle = (low + high) / 2
        twin = "#" + "".join(
            f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, middle, saturation)
        )
        low, high = (middle, high) if _luminance(twin) < aim else (low, middle)
    return twin


def _channels(color: str) -> list[float]:
    return [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def _luminance(color: str) -> float:
    """The relative luminance that WCAG defines."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(color)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
