"""Columns of values: a pandas extension type, so that arithmetic keeps what a value knows.

A column of dtype "value" holds a `Value` in each row, or `pd.NA`. Arithmetic between
columns, and with a `Value`, is `Value`'s own, row by row: bounds, claims and formula go
along. In columns of dtype object `mean`, `max`, sorting and comparison failed, and a sum
skipped what was missing without a word; hence this module. What cannot be said of values
is refused in one sentence:

- A missing row makes a difference, a ratio, a sum, a least and a greatest missing, with
  `skipna` or without: what is left out would make the result smaller than it is. Where
  what is missing cannot be negative, fill it with a bound, `Value(Decimal(0), None, …)`,
  and the sum becomes a bound.
- A comparison that bounds leave open is `pd.NA`. Sorting and `idxmax` need an order all
  the same: it goes by the highest bound that is known, then by the lowest.
- Values are one key (`unique`, `merge`, `groupby`) where claims and formula agree too.
- A mean or a median of claims is refused: `pivot_table` takes one unless told otherwise,
  and would put a figure between two that contradict each other.
- A bare number has no unit and no source, so none is taken, not even as a factor.
- An exact column may become floats (`astype(float)`, a plot); a bound never does: plot
  `bounds.low` and `bounds.high`.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import extensions
from pandas.api.indexers import check_array_indexer
from pandas.api.types import is_list_like

from .value import End, Undecided, Value, operand, per_cent, resting_on
from .words import money

#: How many terms a sum tells one by one; a longer one names its first and its last.
_TERMS = 8
_UNSET = extensions.no_default


@extensions.register_extension_dtype
class ValueDtype(extensions.ExtensionDtype):
    """The dtype "value": `Value` in each row, or `pd.NA`."""

    name = "value"
    type = Value
    kind = "O"
    na_value = pd.NA
    _is_numeric = True

    def __repr__(self) -> str:
        return self.name

    @classmethod
    def construct_array_type(cls) -> builtins.type[ValueArray]:
        """The array that holds such a column."""
        return ValueArray


class ValueArray(extensions.ExtensionScalarOpsMixin, extensions.ExtensionArray):  # type: ignore[name-defined,misc]
    """A column of values; see the module for what it refuses.

    >>> two_way = stated("3.6", "3.6", "USD bn", claims=("ap-trade",))
    >>> exports = stated("", "2", "USD bn", "less than", ("gwc-exports",))
    >>> pd.Series([two_way, two_way], dtype="value") - exports.at_least(0)
    0    $1.6bn–$3.6bn
    1    $1.6bn–$3.6bn
    dtype: value
    """

    dtype = ValueDtype()

    def __init__(self, values: Iterable[object]) -> None:
        """Take values and missing ones. Raises TypeError for anything else."""
        held = [_checked(value) for value in values]
        self._data = np.empty(len(held), dtype=object)
        self._data[:] = held

    # What pandas asks of an array --------------------------------------------------------

    @classmethod
    def _held(cls, values: np.ndarray) -> ValueArray:
        """An array over an ndarray of values that are checked already; not a copy."""
        array = cls(())
        array._data = values
        return array

    @classmethod
    def _from_sequence(cls, scalars: Any, *, dtype: Any = None, copy: bool = False) -> ValueArray:
        return cls(scalars)

    @classmethod
    def _from_factorized(cls, values: Any, original: Any) -> ValueArray:
        return cls(values)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[ValueArray]) -> ValueArray:
        return cls(value for array in to_concat for value in array)

    def __len__(self) -> int:
        return len(self._data)

    @property
    def nbytes(self) -> int:
        """Bytes of the column itself, without what its values hold."""
        return self._data.nbytes

    def __getitem__(self, item: Any) -> Any:
        item = check_array_indexer(self, item)
        found = self._data[item]
        if not isinstance(found, np.ndarray):
            return found
        array = self._held(found)
        array._readonly = self._readonly and np.may_share_memory(found, self._data)
        return array

    def __setitem__(self, key: Any, value: Any) -> None:
        if self._readonly:
            raise ValueError("Cannot modify read-only array")
        key = check_array_indexer(self, key)
        if is_list_like(value) and np.ndim(key) == 0 and not isinstance(key, slice):
            raise ValueError("one row takes one value, not several")
        self._data[key] = ValueArray(value)._data if is_list_like(value) else _checked(value)

    def isna(self) -> np.ndarray:
        """Which rows are missing."""
        return np.array([value is pd.NA for value in self._data], dtype=bool)

    def take(self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None) -> ValueArray:
        """The rows at some positions; -1 is a missing one where `allow_fill`."""
        fill = _checked(fill_value)
        held = extensions.take(self._data, indices, allow_fill=allow_fill, fill_value=fill)
        return self._held(np.asarray(held))

    def copy(self) -> ValueArray:
        """A column of its own; its values, which never change, are the same."""
        return self._held(self._data.copy())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if dtype is None or np.dtype(dtype) == object:
            held = self._data.copy() if copy else self._data.view()
            held.flags.writeable = bool(copy) or not self._readonly
            return held
        numbers = [np.nan if value is pd.NA else float(value) for value in self._data]
        return np.array(numbers, dtype=dtype)

    def to_numpy(self, dtype: Any = None, copy: bool = False, na_value: Any = _UNSET) -> Any:
        """The values as objects; never as floats, which is how `rolling` would lose them."""
        if dtype is not None and np.dtype(dtype).kind in "iuf":
            raise pd.errors.DataError(
                "values are not turned into bare numbers here: for a rolling sum take "
                "column.bounds.rolling_sum(rows), for a plot column.bounds.low"
            )
        return super().to_numpy(dtype, copy, na_value)

    def _formatter(self, boxed: bool = False) -> Callable[[Any], str]:
        return (lambda value: value.text("short")) if boxed else repr

    def _values_for_json(self) -> np.ndarray:
        return np.array([None if v is pd.NA else str(v) for v in self._data], dtype=object)

    # Order and comparison ----------------------------------------------------------------

    def _values_for_argsort(self) -> np.ndarray:
        places = [_place(value) for value in self._data]
        ranks = {place: rank for rank, place in enumerate(sorted(set(places)))}
        return np.array([ranks[place] for place in places], dtype=np.int64)

    @classmethod
    def _create_comparison_method(cls, op: Callable[..., Any]) -> Callable[..., Any]:
        def compare(self: ValueArray, other: Any) -> Any:
            if isinstance(other, pd.Series | pd.Index | pd.DataFrame):
                return NotImplemented
            others = other if is_list_like(other) else [other] * len(self)
            if len(others) != len(self):
                raise ValueError(f"Lengths must match: {len(self)} and {len(others)}")
            pairs = zip(self._data, others, strict=True)
            return pd.array([_compared(op, one, two) for one, two in pairs], dtype="boolean")

        return compare

    # Sums and extremes -------------------------------------------------------------------

    def round(self, decimals: int = 0) -> ValueArray:
        """Refused: a value is rounded where it is printed, and only there."""
        raise TypeError("values are rounded where they are printed: column.bounds.text()")

    def _reduce(
        self, name: str, *, skipna: bool = True, keepdims: bool = False, **kwargs: Any
    ) -> Any:
        if name == "count":
            result = self.count()
        elif name not in _REDUCTIONS:
            raise TypeError(
                f"a column of values does not support operation '{name}', which would put a "
                "figure between claims: take 'sum', 'min', 'max' or 'first', or leave it out"
            )
        elif len(self) <= max(0, kwargs.get("min_count", 0) - 1) or self.isna().any():
            result = pd.NA
        else:
            result = _REDUCTIONS[name](list(self._data))
        return ValueArray([result]) if keepdims else result

    def _rank(self, **kwargs: Any) -> Any:
        if not all(value is pd.NA or value.exact for value in self._data):
            raise TypeError("bounds leave ranks open: rank column.bounds.low or column.bounds.high")
        return super()._rank(**kwargs)

    def _accumulate(self, name: str, *, skipna: bool = True, **kwargs: Any) -> ValueArray:
        if name != "cumsum":
            raise TypeError(f"a column of values does not support operation '{name}'")
        return ValueArray(self[: end + 1]._reduce("sum") for end in range(len(self)))

    def _groupby_op(self, *, how: str, ids: Any, ngroups: int, **given: Any) -> Any:
        if how in ("first", "last"):
            return super()._groupby_op(how=how, ids=ids, ngroups=ngroups, **given)
        groups = (self[ids == group] for group in range(ngroups))
        return ValueArray(group._reduce(how, min_count=given["min_count"]) for group in groups)


ValueArray._add_arithmetic_ops()
ValueArray._add_comparison_ops()


def _checked(value: object) -> object:
    """A value, or `pd.NA` for what is missing. Raises TypeError for anything else."""
    if isinstance(value, Value) or value is pd.NA:
        return value
    if value is None or (isinstance(value, float) and value != value):
        return pd.NA
    raise TypeError(f"{value!r} has no unit and no source: a column of values takes Value only")


def _place(value: Any) -> tuple[Any, ...]:
    """Where a value is sorted: by unit, then the highest bound that is known, the lowest."""
    if value is pd.NA:
        return ("",)
    code, _ = money(value.unit)
    known = [end for end in value.to(code or value.unit).bounds if end is not None]
    return code or value.unit, max(known, default=-Decimal("Infinity")), min(known, default=0)


def _compared(op: Callable[..., Any], one: Any, other: Any) -> Any:
    """Whether a comparison surely holds; `pd.NA` where it is open or a side is missing."""
    if one is pd.NA or other is pd.NA:
        return pd.NA
    if op not in (operator.eq, operator.ne):
        try:
            return op(one, other)
        except Undecided:
            return pd.NA
    try:
        apart = not isinstance(other, Value) or not one.meets(other)
    except ValueError:  # two units
        apart = True
    same = not apart and one.exact and other.exact
    return (apart if op is operator.ne else same) if apart or same else pd.NA


def _total(values: Sequence[Value]) -> Value:
    """The sum of values in one unit, told in one formula: "a + b + c"; of one, that value."""
    if len(values) == 1:
        return values[0]
    terms = [operand(value) for value in values]
    if len(terms) > _TERMS:
        terms = [terms[0], f"… {len(terms) - 2} more …", terms[-1]]
    unit = values[0].unit
    lows, highs = zip(*(value.to(unit).ends() for value in values), strict=True)
    ends = [End(sum(e.at for e in side), any(e.open for e in side)) for side in (lows, highs)]
    return resting_on(values, ends, unit, " + ".join(terms))


def _extreme(values: Sequence[Value], name: str) -> Value:
    """The least or greatest: one of the values, or what is sure where several may be it."""
    unit, choose = values[0].unit, {"min": min, "max": max}[name]
    lows, highs = zip(*(value.to(unit).ends() for value in values), strict=True)
    ends = choose(lows), choose(highs, key=lambda end: (end.at, not end.open))
    within = resting_on((), ends, unit, "")
    mine = [value for value in values if value.meets(within)]
    formula = f"{name}({', '.join(v.formula for v in mine)})"
    return mine[0] if len(mine) == 1 else resting_on(mine, ends, unit, formula)


_REDUCTIONS: dict[str, Callable[[Sequence[Value]], Value]] = {
    "sum": _total,
    "min": lambda values: _extreme(values, "min"),
    "max": lambda values: _extreme(values, "max"),
}


@extensions.register_series_accessor("bounds")
class Bounds:
    """What a column of values knows: its bounds and its hedges; and what it may become.

    >>> trade = dossier.frame("quantities").query("measure == 'two_way_trade'")
    >>> trade["value"].bounds.high    # floats, to plot
    >>> trade["value"].bounds.text()  # "$3.6bn", to label
    >>> trade["value"].bounds.share_of(trade["value"].sum())
    """

    def __init__(self, series: pd.Series) -> None:
        """Take a column of values. Raises AttributeError for another."""
        if not isinstance(series.dtype, ValueDtype):
            raise AttributeError(f"only a column of values has bounds, and this is {series.dtype}")
        self._series = series

    def _each(self, find: Callable[[Value], Any], dtype: Any, missing: Any = None) -> pd.Series:
        found = [missing if value is pd.NA else find(value) for value in self._series.array]
        return pd.Series(found, self._series.index, dtype, self._series.name)

    @property
    def low(self) -> pd.Series:
        """Lower bounds as floats, NaN where nothing bounds the value or it is missing."""
        return self._each(lambda value: value.low, float)

    @property
    def high(self) -> pd.Series:
        """Upper bounds as floats, NaN where nothing bounds the value or it is missing."""
        return self._each(lambda value: value.high, float)

    @property
    def hedged(self) -> pd.Series:
        """Whether a hedge was printed, or a hedged claim entered the computation."""
        return self._each(lambda value: bool(value.hedge), bool)

    def text(self, style: str = "short") -> pd.Series:
        """Each value as `Value.text` tells it; "" where it is missing."""
        return self._each(lambda value: value.text(style), str, "")

    def at_least(self, floor: int) -> pd.Series:
        """The column with what lies below `floor` cut off, for what cannot be smaller.

        A row that lies below it altogether is missing.
        """

        def cut(value: Value) -> Value | None:
            return value.at_least(floor) if value.ends()[1].at >= floor else None

        return self._each(cut, "value")

    def share_of(self, whole: pd.Series | Value) -> pd.Series:
        """Each value in per cent of a whole: one value, or a column with the same index."""
        return Bounds(self._series / whole)._each(per_cent, "value")

    def rolling_sum(self, rows: int) -> pd.Series:
        """Sums over each row and those before it, `rows` in all; missing until there are so many.

        pandas' own `rolling` knows floats only. Rows are counted, not years: give a year that
        is not there a row of its own (`reindex`). After a groupby it goes by `transform`.

        >>> norland = deliveries.query("supplier == 'norland'").set_index("year")["tiv"]
        >>> none = counted(0, ["rec-sipri-register"], "none on record", "TIV points")
        >>> norland.reindex(range(1995, 2025)).fillna(none).bounds.rolling_sum(3)
        """
        held = self._series.array
        ends = range(1, len(held) + 1)
        sums = [held[end - rows : end]._reduce("sum") if end >= rows else pd.NA for end in ends]
        return pd.Series(sums, self._series.index, "value", self._series.name)
