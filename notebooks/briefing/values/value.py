"""A quantity that knows its bounds, its hedge, its unit and where it came from.

A `Value` is an interval on the real line. Either end may be open (the bound itself
is excluded), or missing (nothing bounds the value on that side). Arithmetic is
interval arithmetic (R. E. Moore, *Interval Analysis*, 1966): each end of a result is
the least or greatest that the operands allow, and an end is open where it rests on an
open end. Nothing is rounded before it is printed, and no midpoint is ever taken.

Columns of values are `array`'s, and how a value is told in words is `words`'s.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import wraps
from numbers import Number
from typing import Any, NamedTuple, TypeVar

from .words import BOUNDS, hedge_effect, money, told

T = TypeVar("T")

_INFINITY = Decimal("Infinity")
_BARE = ("count", "×", "years")  # units of bare numbers, which scale any other


class Undecided(ValueError):
    """A comparison that the bounds leave open."""


class End(NamedTuple):
    """One end of an interval: where it lies, and whether that point itself is excluded."""

    at: Decimal
    open: bool


def _between_values(compute: Callable[[Value, Value], T]) -> Callable[[Value, object], T]:
    """Leave what is no value to the other side, and refuse a bare number in one sentence."""

    @wraps(compute)
    def guarded(self: Value, other: object) -> Any:
        if isinstance(other, Value):
            return compute(self, other)
        if isinstance(other, Number):
            raise TypeError(
                f"the bare number {other} has no unit and no source: give a Value, or compute "
                "with the low and the high of this one"
            )
        return NotImplemented

    return guarded


@dataclass(frozen=True, repr=False)
class Value:
    """An interval in a unit, with the claims and the formula that it rests on.

    ``low`` and ``high`` are in ``unit`` (80 % is 80); None means that nothing bounds the
    value on that side. ``hedge`` is the printed hedge of a claim, or "about" where a
    blurred claim entered a computation. ``claims`` are the ids of the claims and records used, in
    order; ``formula`` names them with the arithmetic done.

    >>> two_way = stated("3.6", "3.6", "USD bn", claims=("ap-trade",))
    >>> two_way - stated("", "2", "USD bn", "less than", ("gwc-exports",)).at_least(0)
    <more than US$1.6 billion and at most US$3.6 billion [ap-trade − gwc-exports]>
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
        return bool(self.hedge) and hedge_effect(self.hedge) not in BOUNDS

    @property
    def wordless(self) -> bool:
        """Whether the claim names a size or rank in words only ("nearly all")."""
        return self.low is None and self.high is None

    @property
    def point(self) -> Decimal:
        """The single point of an exact value. Raises ValueError for a range or a bound."""
        if self.low is None or not self.exact:
            raise ValueError(f"{self.text()} is not one point")
        return self.low

    def ends(self) -> tuple[End, End]:
        """Both ends; a missing one lies at infinity and is open."""
        low = End(-_INFINITY, True) if self.low is None else End(self.low, self.low_open)
        high = End(_INFINITY, True) if self.high is None else End(self.high, self.high_open)
        return low, high

    def meets(self, other: Value) -> bool:
        """Whether two values in one unit can be the same number."""
        other = other.to(self.unit)
        return _before(self.ends()[0], other.ends()[1]) and _before(other.ends()[0], self.ends()[1])

    def __float__(self) -> float:
        """The point of an exact value. Raises TypeError where there are bounds."""
        if not self.exact:
            raise TypeError(f"{self.text()} is not one number: take its low or its high")
        return float(self.point)

    @_between_values
    def __lt__(self, other: Value) -> bool:
        """Whether this is surely less than the other. Raises Undecided where they overlap."""
        (low, high), (least, most) = self.ends(), other.to(self.unit).ends()
        surely = not _before(least, high)
        if surely is not (low.at < most.at):
            raise Undecided(f"{self.text()} and {other.text()} overlap: which is less is open")
        return surely

    @_between_values
    def __le__(self, other: Value) -> bool:
        """Whether this is surely not more than the other. Raises Undecided where they overlap."""
        return not other < self

    # Arithmetic ----------------------------------------------------------------------

    @_between_values
    def __add__(self, other: Value) -> Value:
        """The sum of two values in one unit."""
        other = other.to(self.unit)
        (a, b), (c, d) = self.ends(), other.ends()
        return self._result([_sum(a, c), _sum(b, d)], self.unit, other, "+")

    @_between_values
    def __sub__(self, other: Value) -> Value:
        """The difference of two values in one unit; between percentages, in points."""
        other = other.to(self.unit)
        (a, b), (c, d) = self.ends(), other.ends()
        unit = "points" if self.unit == "%" else self.unit
        less = [End(low.at - high.at, low.open or high.open) for low, high in ((a, d), (b, c))]
        return self._result(less, unit, other, "−")

    @_between_values
    def __mul__(self, other: Value) -> Value:
        """The product; at least one side is a bare number (count, ratio or years)."""
        if self.unit not in _BARE and other.unit not in _BARE:
            raise ValueError(f"{self.unit} times {other.unit} has no meaning here")
        unit = other.unit if self.unit in _BARE else self.unit
        return self._result(_products(self.ends(), other.ends()), unit, other, "×")

    @_between_values
    def __truediv__(self, other: Value) -> Value:
        """The ratio of two values in one unit, unit "×"; by a bare number, in this unit.

        Raises ZeroDivisionError where the divisor may be zero.
        """
        bare = other.unit in _BARE and self.unit not in _BARE
        unit = self.unit if bare else "×"
        other = other if bare else other.to(self.unit)
        low, high = other.ends()
        # An open end at zero excludes zero itself: the inverse then has no bound on that side.
        touches = low.at <= 0 <= high.at
        if touches and not ((low.at == 0 and low.open) or (high.at == 0 and high.open)):
            raise ZeroDivisionError(f"{other.text()} may be zero")
        inverse = (
            End(1 / high.at if high.at else -_INFINITY, high.open),
            End(1 / low.at if low.at else _INFINITY, low.open),
        )
        return self._result(_products(self.ends(), inverse), unit, other, "÷")

    #: A bare number on the left is refused as one on the right is.
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = _between_values(lambda *_: NotImplemented)

    def share_of(self, whole: Value) -> Value:
        """This value as a percentage of `whole`; raises as division does."""
        return per_cent(self / whole)

    def at_least(self, floor: Decimal | int) -> Value:
        """The part of the interval at or above `floor`, for what cannot be smaller.

        Raises ValueError where there is none.
        """
        if self.ends()[0].at >= floor:
            return self
        hedge = self.hedge if self.blurred else ""  # "less than" alone tells but one end
        return replace(self, low=Decimal(floor), low_open=False, hedge=hedge)

    def to(self, unit: str) -> Value:
        """The same value in another unit of the same currency. Raises ValueError else."""
        if unit == self.unit:
            return self
        (code, power), (other, target) = money(self.unit), money(unit)
        if not code or code != other:
            raise ValueError(f"{self.unit} cannot be told in {unit}")
        low, high = (None if end is None else end.scaleb(power - target) for end in self.bounds)
        return replace(self, low=low, high=high, unit=unit)

    def _result(self, ends: Iterable[End], unit: str, other: Value, sign: str) -> Value:
        return resting_on([self, other], ends, unit, f"{operand(self)} {sign} {operand(other)}")

    # Words ---------------------------------------------------------------------------

    def printed(self) -> Value:
        """The value as it is printed: a computed one rounded, and then told as "about".

        What a claim states is never rounded. A computed value keeps three significant
        digits, a percentage or a ratio two; whole digits are never lost. Rounded ends of a range or
        a bound are told as "about" too: rounded outwards without a word, a label said what the
        bar beside it did not.
        """
        if not self.computed or self.unit in ("count", "rank"):
            return self
        digits = 2 if self.unit in ("%", "points", "×") else 3
        low, high = (None if end is None else _rounded(end, digits) for end in self.bounds)
        if (low, high) == self.bounds:
            return self
        low_open, high_open = self.low_open and low != high, self.high_open and low != high
        told = replace(self, hedge=self.hedge or "about", low_open=low_open, high_open=high_open)
        return replace(told, low=low, high=high)

    @property
    def computed(self) -> bool:
        """Whether arithmetic was done: the formula is more than one name."""
        return " " in self.formula

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """Both bounds, None where there is none."""
        return self.low, self.high

    #: How a reader sees it; `words.told` says in which styles.
    text = __str__ = told

    @property
    def evidence(self) -> str:
        """What a person sees on hover: the value in prose, its formula, its claims."""
        computed = [f"= {self.formula}"] if self.computed else []
        return "\n".join([self.text(), *computed, f"claims: {', '.join(self.claims) or 'none'}"])

    def __repr__(self) -> str:
        return f"<{self.text()} [{textwrap.shorten(self.formula, 60, placeholder=' …')}]>"

    def _repr_html_(self) -> str:
        # Two dollar signs in one output would be taken for mathematics.
        title = html.escape(self.evidence)
        text = html.escape(self.text())
        return f'<span class="tex2jax_ignore mathjax_ignore" title="{title}">{text}</span>'


# A quantity is a number: pandas then lets a missing one make a result missing, and seaborn
# puts a column of them on an axis of numbers, or says why it cannot.
Number.register(Value)


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


def per_cent(ratio: Value) -> Value:
    """A ratio as a percentage: 0.8 is 80 %."""
    low, high = (None if end is None else end * 100 for end in ratio.bounds)
    return replace(ratio, low=low, high=high, unit="%")


def counted(
    number: int | Decimal, claims: Iterable[str], formula: str, unit: str = "count"
) -> Value:
    """A count that this briefing made itself, with the claims that were counted."""
    return Value(Decimal(number), Decimal(number), unit, claims=tuple(claims), formula=formula)


# Ends --------------------------------------------------------------------------------


def _before(low: End, high: End) -> bool:
    """Whether some point at or above one end lies at or below another."""
    return low.at < high.at or (low.at == high.at and not (low.open or high.open))


def _sum(a: End, b: End) -> End:
    return End(a.at + b.at, a.open or b.open)


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


def resting_on(values: Sequence[Value], ends: Iterable[End], unit: str, formula: str) -> Value:
    """What was computed from values: between two ends, which may lie at infinity."""
    low, high = ((None, False) if end.at.is_infinite() else end for end in ends)
    hedge = "about" if any(value.blurred for value in values) else ""
    claims = tuple(dict.fromkeys(claim for value in values for claim in value.claims))
    return Value(low[0], high[0], unit, low[1], high[1], hedge, claims, formula)


def operand(value: Value) -> str:
    """A value's formula inside a longer one, in brackets where it is one itself."""
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


def _rounded(number: Decimal, digits: int) -> Decimal:
    places = max(0, digits - 1 - number.adjusted()) if number else 0
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
