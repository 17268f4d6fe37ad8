"""Values: interval arithmetic, units, hedges, claims and formulas, and how they are told."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from conftest import cases
from hypothesis import assume, given
from hypothesis import strategies as st

from briefing.values.value import Value, counted, stated
from briefing.values.words import HEDGES, hedge_effect


def interval(low, high, unit="count", ends="cc", **more) -> Value:
    """An interval; `ends` says of each end whether it is closed (c) or open (o)."""
    low, high = (None if end is None else Decimal(str(end)) for end in (low, high))
    return Value(
        low, high, unit, low_open=ends[0] == "o", high_open=ends[1] == "o", **more
    )  # fmt: skip


def bounds(value: Value) -> tuple:
    """Low, high and their ends, to compare with."""
    low, high = (None if end is None else float(end) for end in value.bounds)
    return low, high, f"{'o' if value.low_open else 'c'}{'o' if value.high_open else 'c'}"


def claim(id: str, low: str, high: str, unit: str = "USD bn", hedge: str = "") -> Value:
    return stated(low, high, unit, hedge, (id,))


def holds(value: Value, point: Fraction, slack: Fraction | int = 0) -> bool:
    """Whether an exact point lies in the interval, give or take what division rounds away."""
    low, high = (None if end is None else Fraction(end) for end in value.bounds)
    over = None if low is None else point - low + slack
    under = None if high is None else high - point + slack
    return all(
        room is None or room > 0 or (room == 0 and not is_open)
        for room, is_open in ((over, value.low_open), (under, value.high_open))
    )


# Intervals ---------------------------------------------------------------------------

numbers = st.decimals(-1000, 1000, places=2, allow_nan=False)


@st.composite
def intervals(draw, unit="count") -> Value:
    """Any interval that holds a point: closed, open or without an end on either side."""
    low, high = sorted((draw(numbers), draw(numbers)))
    low_open, high_open = draw(st.booleans()), draw(st.booleans())
    if low == high:
        low_open = high_open = False
    low, high = (None if draw(st.integers(0, 5)) == 0 else end for end in (low, high))
    return Value(low, high, unit, low_open and low is not None, high_open and high is not None)


@st.composite
def inside(draw, value: Value) -> Fraction:
    """A point of an interval; often an end itself, where that end belongs to it."""
    low, high = value.bounds
    low_point = Fraction(low) if low is not None else Fraction(high or 0) - 5000
    high_point = Fraction(high) if high is not None else Fraction(low or 0) + 5000
    part = Fraction(draw(st.integers(0, 8)), 8)
    point = low_point + (high_point - low_point) * part
    assume(holds(value, point))
    return point


OPERATIONS = {
    "+": (Value.__add__, lambda a, b: a + b),
    "−": (Value.__sub__, lambda a, b: a - b),
    "×": (Value.__mul__, lambda a, b: a * b),
    "÷": (Value.__truediv__, lambda a, b: a / b),
}


@pytest.mark.parametrize("sign", OPERATIONS)
@given(data=st.data())
def test_a_result_holds_the_result_of_any_two_points(sign, data):
    compute, with_points = OPERATIONS[sign]
    left, right = data.draw(intervals()), data.draw(intervals())
    if sign == "÷":
        assume(not holds(right, Fraction(0)))
    a, b = data.draw(inside(left)), data.draw(inside(right))
    result, point = compute(left, right), with_points(a, b)
    # Where nothing is rounded, an open end leaves out its own point only.
    slack = Fraction(1, 10**20) if sign == "÷" else 0
    assert holds(result, point, slack), f"{left} {sign} {right} lacks {a} {sign} {b}"


@given(data=st.data())
def test_a_product_is_no_wider_than_its_corners(data):
    left, right = data.draw(intervals()), data.draw(intervals())
    assume(None not in (*left.bounds, *right.bounds))
    corners = [a * b for a, b in product(left.bounds, right.bounds)]
    assert (left * right).bounds == (min(corners), max(corners))


@pytest.mark.parametrize(
    ("left", "sign", "right", "expected"),
    [
        # an end of the result is open where it rests on an open one
        (interval(3.6, 3.6), "−", interval(0, 2, ends="co"), (1.6, 3.6, "oc")),
        (interval(3.6, 3.6), "−", interval(0, 2, ends="oc"), (1.6, 3.6, "co")),
        (interval(1, 2, ends="oc"), "+", interval(3, 4, ends="co"), (4, 6, "oo")),
        (interval(1, 2, ends="co"), "×", interval(3, 4), (3, 8, "co")),
        (interval(-2, 3, ends="oc"), "×", interval(-5, 4, ends="oc"), (-15, 12, "oc")),
        (interval(-2, -1, ends="oc"), "×", interval(3, 4), (-8, -3, "oc")),
        (interval(1, 2), "÷", interval(4, 8, ends="co"), (0.125, 0.5, "oc")),
        # a missing end stays missing, or becomes zero where it divides
        (interval(1, None), "+", interval(1, 2), (2, None, "cc")),
        (interval(1, 2), "−", interval(3, None), (None, -1, "cc")),
        (interval(None, 2), "−", interval(None, 3), (None, None, "cc")),
        (interval(10, 10), "÷", interval(4, None), (0, 2.5, "oc")),
        (interval(None, None), "×", interval(2, 3), (None, None, "cc")),
        (interval(-1, 2), "×", interval(3, None), (None, None, "cc")),
        # zero times anything is zero, times an unbounded end too
        (interval(0, 0), "×", interval(None, None), (0, 0, "cc")),
        (interval(0, 0), "×", interval(1, 2, ends="oo"), (0, 0, "cc")),
        (interval(0, 1), "×", interval(2, None), (0, None, "cc")),
        (interval(0, 1), "×", interval(2, 3, ends="oo"), (0, 3, "co")),
        (interval(0, 1, ends="oc"), "×", interval(2, 3), (0, 3, "oc")),
        # an open end at zero does not hold zero
        (interval(1, 1), "÷", interval(0, 4, ends="oc"), (0.25, None, "cc")),
        (interval(1, 1), "÷", interval(-4, 0, ends="co"), (None, -0.25, "cc")),
    ],
)
def test_ends(left, sign, right, expected):
    assert bounds(OPERATIONS[sign][0](left, right)) == expected


@pytest.mark.parametrize(
    "divisor",
    [interval(0, 0), interval(0, 1), interval(-1, 1), interval(-1, 0), interval(None, 2),
     interval(-1, None), interval(None, None), interval(-1, 1, ends="oo")],
)  # fmt: skip
def test_division_by_what_may_be_zero_is_refused(divisor):
    with pytest.raises(ZeroDivisionError, match="may be zero"):
        interval(1, 2) / divisor
    with pytest.raises(ZeroDivisionError):
        interval(1, 2).share_of(divisor)


@pytest.mark.parametrize(("low", "high", "ends"), [(2, 1, "cc"), (1, 1, "oc"), (1, 1, "co")])
def test_an_interval_without_a_point_is_refused(low, high, ends):
    with pytest.raises(ValueError, match="empty interval"):
        interval(low, high, ends=ends)


@given(intervals(), intervals())
def test_two_values_meet_where_they_share_a_point(one, other):
    ends = [end for value in (one, other) for end in value.bounds if end is not None] or [Decimal()]
    points = [Fraction(end) + Fraction(shift, 1000) for end in ends for shift in (-1, 0, 1)]
    share = any(holds(one, point) and holds(other, point) for point in points)
    assert one.meets(other) is other.meets(one) is share


def test_at_least_cuts_off_what_cannot_be():
    assert bounds(interval(None, 2, ends="co").at_least(0)) == (0, 2, "co")
    assert bounds(interval(-3, 2, ends="oc").at_least(0)) == (0, 2, "cc")
    kept = interval(1, 2, ends="oc")
    assert kept.at_least(1) is kept
    with pytest.raises(ValueError, match="empty interval"):
        interval(1, 2).at_least(3)


def test_a_cut_value_is_told_with_both_its_ends():
    cut = claim("a", "", "2", hedge="less than").at_least(0)
    assert (cut.text(), cut.text("short")) == (
        "at least US$0 billion and less than US$2 billion",
        "$0–2bn",
    )
    assert claim("a", "-1", "2", hedge="about").at_least(0).hedge == "about"


def test_only_an_exact_value_has_a_point():
    assert (interval(2, 2).exact, interval(2, 2).point) == (True, 2)
    for value in (interval(1, 2), interval(None, 2), interval(None, None)):
        assert not value.exact
        with pytest.raises(ValueError, match="is not one point"):
            _ = value.point


# Units -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "unit", "target", "expected"),
    [
        ("3.6", "USD bn", "USD mn", "3600"),
        ("3.6", "USD bn", "USD", "3600000000"),
        ("500000", "USD", "USD mn", "0.5"),
        ("500000", "USD", "USD bn", "0.0005"),
        ("12", "EUR mn", "EUR bn", "0.012"),
        ("7", "%", "%", "7"),
    ],
)
def test_the_same_money_in_another_unit(number, unit, target, expected):
    value = claim("a", number, number, unit).to(target)
    assert (value.low, value.high, value.unit) == (Decimal(expected), Decimal(expected), target)
    assert value.claims == ("a",)
    assert value.meets(claim("a", number, number, unit))


@pytest.mark.parametrize(
    ("unit", "target"),
    [("USD bn", "EUR bn"), ("USD bn", "%"), ("%", "count"), ("count", "years"), ("rank", "USD"),
     ("%", "points"), ("usd bn", "usd mn")],
)  # fmt: skip
def test_units_that_do_not_mix_are_refused(unit, target):
    one, other = interval(1, 2, unit), interval(1, 2, target)
    for compute in (lambda: one.to(target), lambda: one + other, lambda: one - other,
                    lambda: one.meets(other)):  # fmt: skip
        with pytest.raises(ValueError, match="cannot be told in"):
            compute()


@pytest.mark.parametrize(("one", "other"), [("USD bn", "USD bn"), ("%", "%"), ("rank", "USD")])
def test_a_product_without_a_bare_number_is_refused(one, other):
    with pytest.raises(ValueError, match="has no meaning here"):
        interval(1, 2, one) * interval(1, 2, other)


def test_the_unit_of_a_result():
    money, percent = interval(6, 6, "USD bn"), interval(30, 30, "%")
    years, ratio = interval(3, 3, "years"), interval(2, 2, "×")
    results = {
        (money + interval(500, 500, "USD mn")).text(): "US$6.5 billion",
        (percent - interval(10, 10, "%")).text(): "20 points",
        (percent + interval(10, 10, "%")).text(): "40%",
        (money / interval(1500, 1500, "USD mn")).text(): "4 times",
        (money / years).text(): "US$2 billion",
        (years * money).text(): "US$18 billion",
        (money * ratio).text(): "US$12 billion",
        (percent / interval(15, 15, "%")).text(): "2 times",
    }
    assert list(results) == list(results.values())
    with pytest.raises(ValueError, match="cannot be told in"):
        percent / money


def test_share_of_is_in_per_cent():
    share = claim("a", "97", "97").share_of(claim("b", "111", "111"))
    assert (share.unit, share.claims, share.formula) == ("%", ("a", "b"), "a ÷ b")
    assert float(share.point) == pytest.approx(97 / 111 * 100)
    bound = claim("a", "", "2", hedge="less than").at_least(0).share_of(claim("b", "4", "4"))
    assert bounds(bound) == (0, 50, "co")
    assert claim("c", "500", "500", "USD mn").share_of(claim("b", "4", "4")).point == Decimal(
        "12.5"
    )


def test_a_percentage_by_a_hundred_is_a_ratio():
    ratio = claim("a", "29", "30", "%") / counted(100, (), "100", "%")
    assert (ratio.bounds, ratio.unit) == ((Decimal("0.29"), Decimal("0.30")), "×")
    assert (ratio.claims, ratio.formula) == (("a",), "a ÷ 100")


# Claims, formula, hedge --------------------------------------------------------------


def test_claims_are_united_in_order_and_the_formula_says_what_was_done():
    z, y, x = (claim(id, "8", "8") for id in "zyx")
    assert ((z + y) - (x + z)).claims == ("z", "y", "x")
    assert ((z + y) - (x + z)).formula == "(z + y) − (x + z)"
    assert (z / (y + x)).formula == "z ÷ (y + x)"
    assert z.formula == "z"
    assert z.to("USD mn").formula == "z"


@pytest.mark.parametrize("sign", OPERATIONS)
@pytest.mark.parametrize("hedge", ["about", "around", "almost", "nearly", "some kind of"])
def test_a_blurred_operand_blurs_the_result(sign, hedge):
    sharp, blurred = claim("a", "8", "8", "count"), claim("b", "4", "4", "count", hedge)
    for pair in ((sharp, blurred), (blurred, sharp)):
        result = OPERATIONS[sign][0](*pair)
        assert result.hedge == "about"
        assert result.blurred
        assert result.text().startswith("about ")
    assert OPERATIONS[sign][0](sharp, sharp).hedge == ""


def test_a_blur_survives_in_a_bound():
    sum_ = claim("a", "80", "80", "%", "around") + claim("b", "10", "", "%", "more than")
    assert sum_.text() == "more than about 90%"
    assert sum_.text("short") == ">about 90%"


# As a table states it ----------------------------------------------------------------


@pytest.mark.parametrize("case", cases("values"), ids=" ".join)
def test_stated_and_told(case):
    *stated, opened, prose, short = case
    value = claim("a", *stated)
    assert (value.low_open, value.high_open) == ("low" in opened, "high" in opened)
    assert (value.text(), value.text("short")) == (prose, short)
    assert (value.claims, value.formula, value.hedge) == (("a",), "a", stated[-1])


@pytest.mark.parametrize("hedge", HEDGES)
def test_every_known_hedge_is_printed_and_has_its_effect(hedge):
    effect = HEDGES[hedge]
    low, high = ("", "5") if effect in ("below", "at most") else ("5", "")
    low, high = ("5", "5") if effect in ("about", "almost") else (low, high)
    value = claim("a", low, high, "count", hedge)
    assert value.text() == f"{hedge} 5"
    assert holds(value, Fraction(5)) is (effect not in ("below", "above"))
    assert value.blurred is (effect in ("about", "almost"))
    assert hedge_effect(hedge.upper()) == hedge_effect(f"perhaps {hedge}") == effect


def test_a_hedge_that_is_not_known_blurs():
    assert claim("a", "5", "5", "count", "a whopping").blurred
    assert hedge_effect("not over") == "at most"


@pytest.mark.parametrize("text", ["many", "1,5", "NaN", "Infinity", "1 000"])
def test_a_bound_that_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="is not a"):
        stated(text, text, "count")


@given(st.decimals(0, 10**9, places=4, allow_nan=False))
def test_what_is_stated_is_never_rounded(number):
    value = claim("a", str(number), str(number), "count")
    assert value.printed() is value
    assert Decimal(value.text().replace(",", "")) == number


# Computed values ---------------------------------------------------------------------


def computed(low, high, unit="USD bn", ends="cc", hedge="") -> Value:
    return interval(low, high, unit, ends, hedge=hedge, claims=("a", "b"), formula="a ÷ b")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (computed("87.3873", "87.3873", "%"), "about 87%"),
        (computed("1.2605", "1.2605", "%"), "about 1.3%"),
        (computed("375.862", "375.862"), "about US$376 billion"),
        (computed("47.5", "47.5", "×"), "about 48 times"),
        (computed("12345.6", "12345.6", "×"), "about 12,346 times"),
        (computed("0.0012345", "0.0012345"), "about US$0.00123 billion"),
        (computed("14", "14"), "US$14 billion"),
        (computed("30", "30", "points", hedge="about"), "about 30 points"),
        (computed("1.6", "3.6", ends="oc"), "more than US$1.6 billion and at most US$3.6 billion"),
        (computed("1", "3", ends="oo"), "more than US$1 billion and less than US$3 billion"),
        (computed("0.5", None, ends="oc"), "more than US$0.5 billion"),
        (computed(None, None), "unknown"),
        (computed(None, None, hedge="about"), "unknown"),
        (computed("0", "0"), "US$0 billion"),
    ],
)
def test_a_computed_value_is_rounded_and_then_told_as_about(value, text):
    assert value.text() == text


@given(intervals("USD bn"))
def test_what_is_printed_is_what_was_computed_and_says_about_where_it_is_rounded(value):
    value = replace(value, formula="a − b")
    printed = value.printed()
    for end, told in zip(value.bounds, printed.bounds, strict=True):
        if end is not None:
            assert abs(told - end) <= max(abs(end) / 200, Decimal("0.005"))
    assert printed.bounds == value.bounds or printed.hedge


# Words -------------------------------------------------------------------------------

TOLD = {
    "prose": {"5": "5", "1234567": "1,234,567", "-5": "−5", "1.50": "1.5", "100": "100",
              "1E+3": "1,000", "0.0005": "0.0005", "-1234.5": "−1,234.5", "0": "0", "2.00": "2"},
    "short": {"5": "5"},
    "plain": {"5": "5"},
    "words": {"0": "no", "1": "one", "5": "five", "9": "nine", "10": "10", "2.5": "2.5",
              "-1": "−1"},
    "ordinal": {"1": "first", "2": "second", "3": "third", "5": "fifth", "9": "ninth",
                "10": "tenth", "11": "11th", "12": "12th", "13": "13th", "14": "14th",
                "20": "20th", "21": "21st", "22": "22nd", "23": "23rd", "101": "101st",
                "111": "111th", "112": "112th", "122": "122nd", "1003": "1,003rd"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("style", "number", "text"),
    [(style, *each) for style, them in TOLD.items() for each in them.items()],
)
def test_a_count_in_every_style(style, number, text):
    assert claim("a", number, number, "count").text(style) == text


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (claim("a", "4", "", "count", "more than"), "words", "more than four"),
        # the unit is left to the head of the column
        (claim("a", "3.6", "3.6"), "plain", "3.6"),
        (claim("a", "", "2", hedge="less than"), "plain", "<2"),
        (claim("a", "60", "70", "%", "about"), "plain", "about 60–70"),
        (claim("a", "6", "6", "rank"), "plain", "6"),
        *((claim("a", "", "", "rank", "Not a major"), style, "not a major") for style in TOLD),
        # a range keeps its rounded ends, unless they are one
        (computed("107.99", "110.43"), "prose", "about US$108–110 billion"),
        (computed("88.05", "104.06"), "short", "about $88.1–104bn"),
        (computed("1.6011", "1.6014", ends="oc"), "prose", "about US$1.6 billion"),
    ],
)
def test_values_in_a_style(value, style, text):
    assert value.text(style) == text
