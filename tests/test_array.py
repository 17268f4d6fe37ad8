"""Columns of values: pandas' own tests of an extension type, and what ours adds or refuses."""

import operator
from decimal import Decimal

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns
from hypothesis import given
from hypothesis import strategies as st
from pandas.tests.extension import base
from pandas.tests.extension.conftest import *  # noqa: F403  (the fixtures that the base asks for)

from briefing.values.array import ValueArray, ValueDtype
from briefing.values.value import Undecided, Value, counted, stated


def claim(id: str, low: object, high: object = None, unit: str = "count", hedge: str = "") -> Value:
    high = low if high is None else high
    return stated(str(low), str(high), unit, hedge, (id,))


A, B, C = claim("a", 1), claim("b", 2), claim("c", 3)

#: What the base asks for as fixtures; its documentation says what each has to hold.
HELD = {
    "data": [claim(f"c{number}", number) for number in range(1, 11)],
    "data_for_twos": [B] * 10,
    "data_missing": [pd.NA, A],
    "data_for_sorting": [B, C, A],
    "data_missing_for_sorting": [B, pd.NA, A],
    "data_for_grouping": [B, B, pd.NA, pd.NA, A, A, B, C],
}
for name, held in HELD.items():
    globals()[name] = pytest.fixture(name=name)(lambda held=held: ValueArray(held))
globals()["dtype"] = pytest.fixture(name="dtype")(lambda: ValueDtype())


class TestWithPandas(base.ExtensionTests):
    def _get_expected_exception(self, op_name, obj, other):
        known = {"add", "sub", "mul", "truediv", "radd", "rsub", "rmul", "rtruediv"}
        return None if op_name.strip("_") in known else TypeError

    def _supports_reduction(self, ser, op_name):
        return op_name in ("sum", "min", "max", "count")

    def _cast_pointwise_result(self, op_name, obj, other, pointwise_result):
        compares = op_name.strip("_") in ("eq", "ne", "lt", "le", "gt", "ge")
        return pointwise_result.astype("boolean" if compares else "value")

    def check_reduce(self, ser, op_name, skipna):  # values themselves carry more than floats
        skip = {} if op_name == "count" else {"skipna": skipna}
        assert float(getattr(ser, op_name)(**skip)) == getattr(ser.astype(float), op_name)(**skip)

    def _supports_accumulation(self, ser, op_name):
        return op_name == "cumsum"

    def check_accumulate(self, ser, op_name, skipna):  # likewise
        pd.testing.assert_series_equal(ser.cumsum().astype(float), ser.astype(float).cumsum())

    @pytest.mark.parametrize(("x", "y"), [("Data", "Numeric"), ("Numeric", "Data")])
    def test_plot_on_y_axis(self, plot_data, x, y):  # pandas' reads floats by to_numpy: refused
        (line,) = plot_data.plot(x=x, y=y).lines
        assert list(line.get_ydata(orig=False)) == list(plot_data[y].astype(float))
        plt.close("all")

    test_plot_on_x_axis = None  # covered by the one before
    locals().update(
        {test: None for test in vars(base.Dim2CompatTests) if "test" in test}
    )  # one-dimensional
    test_json_roundtrip = None  # JSON gets the text, from which no value can be read back
    test_round = None  # refused: a value is rounded where it is printed

    def test_value_counts_with_normalize(self, data):  # counts are plain floats, not Float64
        assert list(pd.Series(data).value_counts(normalize=True)) == [0.1] * 10

    def test_from_dtype(self, data):  # pandas takes a list of dataclasses for a list of records
        pd.testing.assert_series_equal(pd.Series(list(data), dtype="value"), pd.Series(data))


# What ours adds, or refuses in one sentence -------------------------------------------------

LESS = stated("", "2", "USD bn", "less than", ("less",))
MORE = stated("1", "", "USD bn", "more than", ("more",))
SURE = stated("3.6", "3.6", "USD bn", "", ("sure",))
WORDS = stated("", "", "USD bn", "nearly all", ("words",))


def column(*values: object) -> pd.Series:
    return pd.Series(list(values), dtype="value")


ends = st.tuples(st.integers(1, 99), st.integers(0, 9), st.sampled_from("abc"))
known = ends.map(lambda drawn: claim(drawn[2], drawn[0], drawn[0] + drawn[1]))
rows = st.lists(st.one_of(st.just(pd.NA), known), min_size=1, max_size=5)
SIGNS = [operator.add, operator.sub, operator.mul, operator.truediv]


@pytest.mark.parametrize("sign", SIGNS)
@given(left=rows, right=known)
def test_arithmetic_is_that_of_values_and_missing_stays_missing(sign, left, right):
    expected = [pd.NA if value is pd.NA else sign(value, right) for value in left]
    assert list(sign(column(*left), right)) == expected
    assert list(sign(column(*left), column(*[right] * len(left)))) == expected
    turned = [pd.NA if value is pd.NA else sign(right, value) for value in left]
    assert list(sign(right, column(*left))) == turned
    assert sign(right, pd.NA) is sign(pd.NA, right) is pd.NA


@given(rows)
def test_a_sum_is_that_of_values_or_missing_with_skipna_or_without(values):
    for total in (column(*values).sum(), column(*values).sum(skipna=False)):
        if any(value is pd.NA for value in values):
            assert total is pd.NA
        else:
            lows, highs, ids = zip(*((v.low, v.high, v.claims[0]) for v in values), strict=True)
            assert (total.bounds, set(total.claims)) == ((sum(lows), sum(highs)), set(ids))


def test_sums_keep_bounds_claims_and_one_formula():
    total = column(SURE, LESS, SURE - LESS.at_least(0)).sum()
    assert (total.bounds, total.high_open) == ((None, SURE.high * 2 + 2), True)
    assert (total.claims, total.formula) == (("sure", "less"), "sure + less + (sure − less)")
    assert column(*[SURE] * 24).sum().formula == "sure + … 22 more … + sure"
    assert column(SURE, WORDS).sum().text() == "unknown"
    unknown = column(SURE, pd.NA)
    assert [column().sum(), unknown.cumsum()[1], unknown.max()] == [pd.NA] * 3


def test_what_is_missing_is_a_bound_only_where_somebody_says_that_it_cannot_be_negative():
    filled = column(SURE, pd.NA, LESS.at_least(0)).fillna(Value(Decimal(0), None, "USD bn"))
    assert filled.sum().text() == "at least US$3.6 billion"
    assert column(SURE).bounds.at_least(4)[0] is pd.NA, "all of it lies below"


def test_the_greatest_is_one_value_or_what_is_sure_of_several():
    assert column(LESS, SURE).max() is SURE
    assert repr(column(LESS, MORE).max()) == "<more than US$1 billion [max(less, more)]>"
    assert repr(column(LESS, MORE).min()) == "<less than US$2 billion [min(less, more)]>"
    millions = stated("1000", "", "USD mn", "more than", ("mn",))
    assert repr(column(LESS - SURE, millions, LESS).max())[:26] == "<more than US$1 billion [m"


def test_a_comparison_that_bounds_leave_open_is_missing():
    values = column(LESS, SURE, MORE, pd.NA)
    assert list(values < SURE) == [True, False, pd.NA, pd.NA]
    assert list(values == SURE) == [False, True, pd.NA, pd.NA]
    assert list(values != claim("%", 3, unit="%")) == [True, True, True, pd.NA]
    with pytest.raises(Undecided, match="less than US.2 billion and more than .* overlap"):
        assert LESS < MORE
    millions = stated("500", "500", "USD mn", "", ("mn",))
    ordered = column(SURE, pd.NA, millions, LESS, WORDS).sort_values()
    assert list(ordered.index) == [4, 2, 3, 0, 1]


REFUSED = [
    (lambda c: c + 1, "bare number 1 has no unit"),
    (lambda c: 2 * c, "bare number 2 has no unit"),
    (lambda c: c + claim("p", 1, unit="%"), "% cannot be told in USD bn"),
    (lambda c: SURE / c, "may be zero"),
    (lambda c: c.shift().fillna(0), "0 has no unit and no source"),
    (lambda c: c.mean(), "put a figure between claims"),
    (lambda c: c.groupby([0, 0]).mean(), "put a figure between claims"),
    (lambda c: c.astype(float), "not one number: take its low or its high"),
    (lambda c: float(c[1]), "not one number"),
    (lambda c: c.rolling(2).sum(), "bounds.rolling_sum"),
    (lambda c: c.rank(), "rank column.bounds.low"),
    (lambda c: plt.plot(c), "not one number"),
    (lambda c: sns.lineplot(c.to_frame("y"), y="y"), "not one number"),
    (lambda c: c.round(1), "rounded where they are printed"),
    (lambda c: c.astype(str).bounds, "only a column of values has bounds"),
]


@pytest.mark.parametrize(("compute", "told"), REFUSED)
def test_refused_in_one_sentence(compute, told):
    with pytest.raises(Exception, match=told) as refused:
        compute(column(SURE, LESS))
    assert "\n" not in str(refused.value)
    plt.close("all")


def test_frames_group_pivot_merge_and_go_out_as_text():
    frame = pd.DataFrame({"by": ["x", "x", "y"], "value": column(SURE, LESS, pd.NA)})
    sums = frame.groupby("by")["value"].sum()
    assert [sums["x"].text(), sums["y"]] == ["less than US$5.6 billion", pd.NA]
    pivot = frame.pivot_table(index="by", values="value", aggfunc="sum")
    assert pivot.loc["x", "value"] == sums["x"]
    wide = frame.head(2).assign(k=["a", "b"]).pivot(index="by", columns="k", values="value")
    assert repr((wide["a"] + wide["b"])["x"]) == "<less than US$5.6 billion [sure + less]>"
    merged = frame.merge(sums.rename("sum"), on="by").assign(more=lambda f: f["sum"] - f["value"])
    assert list(merged.dtypes.astype(str)) == ["str", "value", "value", "value"]
    assert list(pd.concat([frame, frame])["value"].unique()) == [SURE, LESS, pd.NA]
    assert frame.to_csv(index=False).split()[1:5] == ["x,US$3.6", "billion", "x,less", "than"]


def test_bounds_tell_what_a_plot_and_a_label_need():
    bounds = column(SURE, LESS, pd.NA, claim("h", 8, unit="%", hedge="about")).bounds
    assert bounds.low.dropna().to_dict() == {0: 3.6, 3: 8}
    assert bounds.high.dropna().to_dict() == {0: 3.6, 1: 2, 3: 8}
    assert list(bounds.hedged) == [False, True, False, True]
    assert list(bounds.text()) == ["$3.6bn", "<$2bn", "", "about 8%"]


def test_windows_and_shares():
    none = counted(0, ["rec-x"], "none on record", "count")
    sums = column(A, B, pd.NA).fillna(none).bounds.rolling_sum(2)
    assert [sums[0], sums[1].formula, sums[2].formula] == [pd.NA, "a + b", "b + (none on record)"]
    shares = column(A, B, pd.NA).bounds.share_of(pd.Series([C, B], [0, 2], dtype="value"))
    assert [shares[0].formula, shares[1], shares[2]] == ["a ÷ c", pd.NA, pd.NA]
    assert column(A).bounds.share_of(B)[0].text() == "50%"
