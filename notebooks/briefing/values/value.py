"""A quantity that knows its bounds, its hedge, its unit and where it came from.

A `Value` is an interval on the real line. Either end may be open (the bound itself
is excluded), or missing (nothing bounds the value on that side). Arithmetic is
interval arithmetic (R. E. Moore, *Interval Analysis*, 1966): each end of a result is
the least or greatest that the operands allow, and an end is open where it rests on an
open end. Nothing is rounded before it is printed, and no midpoint is ever taken.

This module is the ground floor: it imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple


class Hedge(NamedTuple):
    """What a printed hedge does to the figure that it qualifies."""

    effect: str  #: "below", "above", "at most", "at least" bound it; "about", "almost" blur it
    symbol: str  #: how a chart or a narrow table prints a bound; "" where the word stays


#: Hedges that the articles of a dossier may print. A hedge that is not listed here is
#: kept and printed, and treated as one that blurs its figure.
HEDGES: dict[str, Hedge] = {
    **dict.fromkeys(("less than", "under", "below", "fewer than"), Hedge("below", "<")),
    **dict.fromkeys(("more than", "over", "above", "just over", "well over"), Hedge("above", ">")),
    **dict.fromkeys(
        ("at least", "no less than", "no fewer than", "not less than"), Hedge("at least", "≥")
    ),
    **dict.fromkeys(("at most", "up to", "no more than", "not more than"), Hedge("at most", "≤")),
    **dict.fromkeys(("almost", "nearly", "close to", "just under"), Hedge("almost", "")),
    **dict.fromkeys(("about", "around", "roughly", "approximately", "some"), Hedge("about", "")),
}

#: What follows the currency in a unit of money: the power of ten, and how it is printed.
MONEY_SCALES = {"bn": (9, " billion"), "mn": (6, " million"), "": (0, "")}
_INFINITY = Decimal("Infinity")
_ONES = "no one two three four five six seven eight nine".split()
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()
_BLURRED = ("about", "almost")
_BARE = ("count", "×", "years")  # units of bare numbers, which scale any other


class End(NamedTuple):
    """One end of an interval: where it lies, and whether that point itself is excluded."""

    at: Decimal
    open: bool


@dataclass(frozen=True)
class Value:
    """An interval in a unit, with the claims and the formula that it rests on.

    ``low`` and ``high`` are in ``unit`` (80 % is 80); None means that nothing bounds the
    value on that side. ``hedge`` is the printed hedge of a claim, or "about" where a
    blurred claim entered a computation. ``claims`` are the ids of the claims and records used, in
    order; ``formula`` names them with the arithmetic done.
    """

    low: Decimal | None
    high: Decimal | None
    unit: str
    low_open: bool = False
    high_open: bool = False
    hedge: str = ""
    claims: tuple[str, ...] = ()
    formula: str = ""

    def __post_init__(self) -> None:
        """Refuse an interval that holds no point."""
        if self.low is None or self.high is None:
            return
        if self.low > self.high or (self.low == self.high and (self.low_open or self.high_open)):
            raise ValueError(f"empty interval: {self.low} to {self.high} {self.unit}")

    # What kind of value this is ------------------------------------------------------

    @property
    def exact(self) -> bool:
        """Whether both ends are one and the same point."""
        return self.low is not None and self.low == self.high

    @property
    def blurred(self) -> bool:
        """Whether a hedge such as "around" or "almost" leaves the figure imprecise."""
        return bool(self.hedge) and hedge_effect(self.hedge) in _BLURRED

    @property
    def wordless(self) -> bool:
        """Whether the claim names a size or rank in words only ("nearly all")."""
        return self.low is None and self.high is None

    @property
    def point(self) -> Decimal:
        """The single point of an exact value. Raises ValueError for a range or a bound."""
        if not self.exact:
            raise ValueError(f"{self.text()} is not one point")
        return self.low

    def ends(self) -> tuple[End, End]:
        """Both ends; a missing one lies at infinity and is open."""
        low = End(-_INFINITY, True) if self.low is None else End(self.low, self.low_open)
        high = End(_INFINITY, True) if self.high is None else End(self.high, self.high_open)
        return low, high

    def holds(self, number: Decimal | int) -> bool:
        """Whether `number` lies in the interval, open ends excluded."""
        low, high = self.ends()
        above = low.at < number or (low.at == number and not low.open)
        return above and (number < high.at or (number == high.at and not high.open))

    def meets(self, other: Value) -> bool:
        """Whether two values in one unit can be the same number."""
        other = other.to(self.unit)
        return _before(self.ends()[0], other.ends()[1]) and _before(other.ends()[0], self.ends()[1])

    # Arithmetic ----------------------------------------------------------------------

    def __add__(self, other: Value) -> Value:
        """The sum of two values in one unit."""
        other = other.to(self.unit)
        (a, b), (c, d) = self.ends(), other.ends()
        return self._result((_sum(a, c), _sum(b, d)), self.unit, other, "+")

    def __sub__(self, other: Value) -> Value:
        """The difference of two values in one unit; between percentages, in points."""
        other = other.to(self.unit)
        (a, b), (c, d) = self.ends(), other.ends()
        unit = "points" if self.unit == "%" else self.unit
        return self._result((_sum(a, _minus(d)), _sum(b, _minus(c))), unit, other, "−")

    def __mul__(self, other: Value) -> Value:
        """The product; at least one side is a bare number (count, ratio or years)."""
        if self.unit not in _BARE and other.unit not in _BARE:
            raise ValueError(f"{self.unit} times {other.unit} has no meaning here")
        unit = other.unit if self.unit in _BARE else self.unit
        return self._result(_products(self.ends(), other.ends()), unit, other, "×")

    def __truediv__(self, other: Value) -> Value:
        """The ratio of two values in one unit, unit "×"; by a bare number, in this unit.

        Raises ZeroDivisionError where the divisor may be zero.
        """
        bare = other.unit in _BARE and self.unit not in _BARE
        unit = self.unit if bare else "×"
        other = other if bare else other.to(self.unit)
        return self._result(_products(self.ends(), _inverse(other)), unit, other, "÷")

    def share_of(self, whole: Value) -> Value:
        """This value as a percentage of `whole`; raises as division does."""
        ratio = self / whole
        ends = tuple(End(end.at * 100, end.open) for end in ratio.ends())
        return replace(_interval(ends, "%", ratio.hedge, ratio.claims), formula=ratio.formula)

    def as_ratio(self) -> Value:
        """A percentage as the bare ratio that it stands for: 29 % is 0.29."""
        if self.unit != "%":
            raise ValueError(f"{self.text()} is no percentage")
        formula = f"{_operand(self)} ÷ 100"
        low, high = _shift(self.low, -2), _shift(self.high, -2)
        return replace(self, low=low, high=high, unit="×", formula=formula)

    def at_least(self, floor: Decimal | int) -> Value:
        """The part of the interval at or above `floor`, for what cannot be smaller."""
        if self.ends()[0].at >= floor:
            return self
        hedge = self.hedge if self.blurred else ""  # "less than" alone tells but one end
        return replace(self, low=Decimal(floor), low_open=False, hedge=hedge)

    def to(self, unit: str) -> Value:
        """The same value in another unit of the same currency. Raises ValueError else."""
        if unit == self.unit:
            return self
        (code, power), (other, target) = _money(self.unit), _money(unit)
        if not code or code != other:
            raise ValueError(f"{self.unit} cannot be told in {unit}")
        move = power - target
        return replace(self, low=_shift(self.low, move), high=_shift(self.high, move), unit=unit)

    def _result(self, ends: Iterable[End], unit: str, other: Value, sign: str) -> Value:
        claims = tuple(dict.fromkeys(self.claims + other.claims))
        hedge = "about" if self.blurred or other.blurred else ""
        value = _interval(ends, unit, hedge, claims)
        return replace(value, formula=f"{_operand(self)} {sign} {_operand(other)}")

    # Words ---------------------------------------------------------------------------

    def printed(self) -> Value:
        """The value as it is printed: a computed one rounded, and then told as "about".

        What a claim states is never rounded. A computed value keeps three significant
        digits, a percentage or a ratio two; whole digits are never lost. The ends of a range or a
        bound are rounded outwards, so that what is printed holds what was computed.
        """
        if not self._computed or self.unit in ("count", "rank"):
            return self
        digits = 2 if self.unit in ("%", "points", "×") else 3
        ways = (ROUND_HALF_UP,) * 2 if self.exact else (ROUND_FLOOR, ROUND_CEILING)
        low, high = (
            None if end is None else _rounded(end, digits, way)
            for end, way in zip(self.bounds, ways, strict=True)
        )
        if (low, high) == self.bounds:
            return self
        hedge = self.hedge or ("about" if self.exact else "")
        return replace(self, low=low, high=high, hedge=hedge)

    @property
    def _computed(self) -> bool:
        return " " in self.formula

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """Both bounds, None where there is none."""
        return self.low, self.high

    def text(self, style: str = "prose") -> str:
        """How a reader sees the value, with its hedge and its bounds.

        ``style`` is "prose" ("less than US$2 billion"), "short" for tables and charts
        ("<$2bn"), "words" (small counts spelt out), "ordinal" or "plain" (figures
        without their unit, for a column whose head names it).
        """
        if self.wordless:
            return "unknown" if self._computed else _lowered(self.hedge)
        printed = self.printed()
        if printed is not self:
            return printed.text(style)
        prose = style not in ("short", "plain")
        write = _writer(self.unit, style)
        if self.exact:
            return _hedged(self, write(self.low), prose)
        if self.low is None or self.high is None:
            return _bounded(self, write, prose)
        if (self.low_open or self.high_open) and prose:
            blur = self.hedge if self.blurred else ""
            low, high = replace(self, high=None, hedge=blur), replace(self, low=None, hedge=blur)
            return f"{_bounded(low, write, prose)} and {_bounded(high, write, prose)}"
        return _hedged(self, _range(self, write, style), prose)


def _lowered(hedge: str) -> str:
    # A hedge that opened a sentence in print stands inside one here.
    return hedge[:1].lower() + hedge[1:]


def hedge_effect(hedge: str) -> str:
    """What a hedge does to its figure; one that is not known blurs it ("about")."""
    known = HEDGES.get(hedge.lower())
    return known.effect if known else "about"


def stated(low: str, high: str, unit: str, hedge: str = "", claims: tuple[str, ...] = ()) -> Value:
    """A value as a table states it: bounds as text, empty where not stated.

    The hedge decides which end is open. Raises ValueError where a bound is no number.
    """
    effect = hedge_effect(hedge) if hedge else ""
    return Value(
        _decimal(low),
        _decimal(high),
        unit,
        low_open=effect == "above",
        high_open=effect == "below",
        hedge=hedge,
        claims=claims,
        formula=" ".join(claims),
    )


def counted(number: int, claims: Iterable[str], formula: str) -> Value:
    """A count that this briefing made itself, with the claims that were counted."""
    return Value(Decimal(number), Decimal(number), "count", claims=tuple(claims), formula=formula)


# Ends --------------------------------------------------------------------------------


def _before(low: End, high: End) -> bool:
    return low.at < high.at or (low.at == high.at and not low.open and not high.open)


def _sum(a: End, b: End) -> End:
    return End(a.at + b.at, a.open or b.open)


def _minus(end: End) -> End:
    return End(-end.at, end.open)


def _inverse(value: Value) -> tuple[End, End]:
    low, high = value.ends()
    # An open end at zero excludes zero itself: the inverse then has no bound on that side.
    touches = low.at <= 0 <= high.at
    if touches and not ((low.at == 0 and low.open) or (high.at == 0 and high.open)):
        raise ZeroDivisionError(f"{value.text()} may be zero")
    flip = lambda end, sign: End(1 / end.at if end.at else sign * _INFINITY, end.open)  # noqa: E731
    return flip(high, -1), flip(low, 1)


def _products(left: tuple[End, End], right: tuple[End, End]) -> tuple[End, End]:
    ends = [_product(a, b) for a in left for b in right]
    low = min(ends, key=lambda end: (end.at, end.open))
    high = max(ends, key=lambda end: (end.at, not end.open))
    return low, high


def _product(a: End, b: End) -> End:
    # Zero times any point is zero, and an unbounded end is a limit, never a point: where
    # zero itself is among the operands, so it is among the products.
    if (not a.at and not a.open) or (not b.at and not b.open):
        return End(Decimal(0), False)
    return End(Decimal(0) if not a.at or not b.at else a.at * b.at, a.open or b.open)


def _interval(ends: Iterable[End], unit: str, hedge: str, claims: tuple[str, ...]) -> Value:
    low, high = ends
    return Value(
        None if low.at.is_infinite() else low.at,
        None if high.at.is_infinite() else high.at,
        unit,
        low_open=low.open and not low.at.is_infinite(),
        high_open=high.open and not high.at.is_infinite(),
        hedge=hedge,
        claims=claims,
    )


def _operand(value: Value) -> str:
    return f"({value.formula})" if " " in value.formula else value.formula


# Figures -----------------------------------------------------------------------------


def _decimal(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise ValueError(f"{text!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return number


def _shift(number: Decimal | None, places: int) -> Decimal | None:
    return None if number is None else number.scaleb(places)


def _money(unit: str) -> tuple[str, int]:
    code, _, scale = unit.partition(" ")
    currency = len(code) == 3 and code.isupper() and scale in MONEY_SCALES
    return (code, MONEY_SCALES[scale][0]) if currency else ("", 0)


def figure(number: Decimal) -> str:
    """A number as printed: grouped thousands, no trailing zeros, a true minus sign."""
    text = f"{number:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def _rounded(number: Decimal, digits: int, way: str) -> Decimal:
    places = max(0, digits - 1 - number.adjusted()) if number else 0
    return number.quantize(Decimal(1).scaleb(-places), rounding=way)


def spelt(number: Decimal, words: list[str]) -> str:
    """A small whole number in words; digits from ten on or where it is not whole."""
    whole = number == int(number) and 0 <= number < len(words)
    return words[int(number)] if whole else figure(number)


def _writer(unit: str, style: str) -> Callable[[Decimal], str]:
    code, _ = _money(unit)
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
    return lambda number: figure(number) + tails.get(unit, f" {_numbered(unit, number)}")


def _numbered(unit: str, number: Decimal) -> str:
    """A unit's name beside a number: "1 year", "20 years"."""
    return unit.removesuffix("s") if number == 1 else unit


def ordinal(number: Decimal) -> str:
    """A rank or an ordinal: words up to "tenth", then "11th", "21st" …."""
    if number <= 10:
        return spelt(number, _ORDINALS)
    last = int(number) % 10 if int(number) % 100 not in (11, 12, 13) else 0
    return f"{figure(number)}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def _range(value: Value, write: Callable[[Decimal], str], style: str) -> str:
    low, high = write(value.low), write(value.high)
    joint = "–"
    if value.unit in ("%", "count", "points"):
        # One unit sign for both ends: "60–70%".
        number = figure(value.low)
        low = number if low.startswith(number) else low
    elif style not in ("short", "plain"):
        joint = " to "
    # A dash beside a minus sign cannot be read.
    return f"{low}{' to ' if value.low < 0 else joint}{high}"


def _hedged(value: Value, text: str, prose: bool) -> str:
    if not value.hedge:
        return text
    known = HEDGES.get(value.hedge.lower())
    symbol = known.symbol if known and not prose else ""
    return f"{symbol}{text}" if symbol else f"{_lowered(value.hedge)} {text}"


def _bounded(value: Value, write: Callable[[Decimal], str], prose: bool) -> str:
    upper = value.low is None
    bound, is_open = (value.high, value.high_open) if upper else (value.low, value.low_open)
    if prose and value.hedge and not value.blurred:
        return f"{_lowered(value.hedge)} {write(bound)}"
    words = {
        (True, True): ("less than", "<"),
        (True, False): ("at most", "≤"),
        (False, True): ("more than", ">"),
        (False, False): ("at least", "≥"),
    }
    word, symbol = words[upper, is_open]
    blur = f"{_lowered(value.hedge)} " if value.hedge.lower() in HEDGES and value.blurred else ""
    return f"{word} {blur}{write(bound)}" if prose else f"{symbol}{blur}{write(bound)}"
