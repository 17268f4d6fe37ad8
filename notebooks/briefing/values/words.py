"""How a value is told: its figures, its unit, its hedge and its bounds, in words and signs.

Here stands what a reader sees, never what is computed: that is `value`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .value import Value


#: What bounds a figure: how prose says it, and the sign in a chart or a narrow table.
BOUNDS = {
    "below": ("less than", "<"),
    "at most": ("at most", "≤"),
    "above": ("more than", ">"),
    "at least": ("at least", "≥"),
}
_BELOW = ("less than", "under", "below", "fewer than")
_ABOVE = ("more than", "over", "above", "just over", "well over")
#: Hedges that the articles of a dossier may print, and what they do to their figure: those of
#: `BOUNDS` bound it, "about" and "almost" blur it. A hedge that is not listed here is kept and
#: printed, and treated as one that blurs.
HEDGES: dict[str, str] = {
    **dict.fromkeys(_BELOW, "below"),
    **dict.fromkeys(_ABOVE, "above"),
    "at least": "at least",
    **{f"{no} {below}": "at least" for no in ("no", "not") for below in _BELOW},
    **dict.fromkeys(("at most", "up to"), "at most"),
    **{f"{no} {above}": "at most" for no in ("no", "not") for above in _ABOVE},
    **dict.fromkeys(("almost", "nearly", "close to", "just under"), "almost"),
    **dict.fromkeys(("about", "around", "roughly", "approximately", "some"), "about"),
}

#: What follows the currency in a unit of money: the power of ten, and how it is printed.
MONEY_SCALES = {"bn": (9, " billion"), "mn": (6, " million"), "": (0, "")}
_ONES = "no one two three four five six seven eight nine".split()
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()


def lowered(hedge: str) -> str:
    """A hedge inside a sentence, though in print it opened one."""
    return hedge[:1].lower() + hedge[1:]


def hedge_effect(hedge: str) -> str:
    """What a hedge does to its figure, by the words that it ends with; an unknown one blurs it."""
    words = hedge.lower().split()
    endings = (" ".join(words[start:]) for start in range(len(words)))
    return next((HEDGES[it] for it in endings if it in HEDGES), "about")


# Figures and units --------------------------------------------------------------------


def figure(number: Decimal) -> str:
    """A number as printed: grouped thousands, no trailing zeros, a true minus sign."""
    text = f"{number:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def spelt(number: Decimal, words: list[str]) -> str:
    """A small whole number in words; digits from ten on or where it is not whole."""
    whole = number == int(number) and 0 <= number < len(words)
    return words[int(number)] if whole else figure(number)


def ordinal(number: Decimal) -> str:
    """A rank or an ordinal: words up to "tenth", then "11th", "21st" …."""
    if number <= 10:
        return spelt(number, _ORDINALS)
    last = int(number) % 10 if int(number) % 100 not in (11, 12, 13) else 0
    return f"{figure(number)}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def money(unit: str) -> tuple[str, int]:
    """Currency and power of ten of a unit of money; "" and 0 for any other unit."""
    code, _, scale = unit.partition(" ")
    currency = len(code) == 3 and code.isupper() and scale in MONEY_SCALES
    return (code, MONEY_SCALES[scale][0]) if currency else ("", 0)


def writer(unit: str, style: str) -> Callable[[Decimal], str]:
    """What writes a number of a unit in a style."""
    code, _ = money(unit)
    scale = unit.partition(" ")[2]
    if style == "plain":
        return figure
    if style == "words":
        return lambda number: spelt(number, _ONES)
    if style == "ordinal" or unit == "rank":
        return ordinal if style != "short" else lambda number: f"No. {figure(number)}"
    if code:
        mark = {"USD": "US$"}.get(code, f"{code} ")
        short = style == "short"
        mark, tail = (mark.replace("US$", "$"), scale) if short else (mark, MONEY_SCALES[scale][1])
        return lambda number: f"{'−' if number < 0 else ''}{mark}{figure(abs(number))}{tail}"
    tails = {"%": "%", "count": "", "×": "×" if style == "short" else " times"}
    one = tails.get(unit, f" {unit.removesuffix('s')}")  # "1 year", "20 years"
    return lambda number: figure(number) + (one if number == 1 else tails.get(unit, f" {unit}"))


# Values -------------------------------------------------------------------------------


def told(value: Value, style: str = "prose") -> str:
    """How a reader sees the value, with its hedge and its bounds.

    ``style`` is "prose" ("less than US$2 billion"), "short" for tables and charts
    ("<$2bn"), "words" (small counts spelt out), "ordinal" or "plain" (figures
    without their unit, for a column whose head names it).
    """
    if value.wordless:
        return "unknown" if value.computed else lowered(value.hedge)
    value = value.printed()
    prose = style not in ("short", "plain")
    write = writer(value.unit, style)
    if value.exact:
        return _hedged(value, write(value.point), prose)
    if value.low is None or value.high is None:
        return _bounded(value, write, prose)
    if (value.low_open or value.high_open) and prose:
        blur = value.hedge if value.blurred else ""
        low, high = replace(value, high=None, hedge=blur), replace(value, low=None, hedge=blur)
        return f"{_bounded(low, write, prose)} and {_bounded(high, write, prose)}"
    # One sign and one unit for both ends: "60–70%", "US$88.1–104 billion".
    mark, digit, tail = write(Decimal(0)).partition("0")
    first, last = write(value.low), write(value.high)
    if digit:
        first, last = first.removesuffix(tail), last.removeprefix(mark)
    # A dash beside a minus sign cannot be read.
    joint = "–" if digit and value.low >= 0 else " to "
    return _hedged(value, f"{first}{joint}{last}", prose)


def _hedged(value: Value, text: str, prose: bool) -> str:
    if not value.hedge:
        return text
    effect = HEDGES.get(value.hedge.lower(), "")
    bounded = effect in BOUNDS and not prose
    return f"{BOUNDS[effect][1]}{text}" if bounded else f"{lowered(value.hedge)} {text}"


def _bounded(value: Value, write: Callable[[Decimal], str], prose: bool) -> str:
    upper = value.low is None
    bound, is_open = (value.high, value.high_open) if upper else (value.low, value.low_open)
    assert bound is not None  # `told` has told what is wordless
    if prose and value.hedge and not value.blurred:
        return f"{lowered(value.hedge)} {write(bound)}"
    sides = ("below", "at most") if upper else ("above", "at least")
    word, sign = BOUNDS[sides[not is_open]]
    blur = f"{lowered(value.hedge)} " if value.hedge.lower() in HEDGES and value.blurred else ""
    return f"{word} {blur}{write(bound)}" if prose else f"{sign}{blur}{write(bound)}"
