"""Numerals: what is found in an English text, what it reads as, and what is no numeral."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from conftest import cases
from hypothesis import given
from hypothesis import strategies as st

from briefing.claims.numerals import PARTS, Numeral, find_numerals


def only(text: str) -> Numeral:
    found = find_numerals(text)
    assert len(found) == 1, found
    return found[0]


# What is found and what it reads as ------------------------------------------------------

#: Beside those of cases/numerals.csv, what is told by signs and spaces that no eye sees.
SPACED = [
    # text, numeral, kind, low, high, unit, from, to
    ("60\u00a0000", "60\u00a0000", "amount", "60000", "60000", "", "", ""),
    ("60\u202f000\u00a0%", "60\u202f000\u00a0%", "amount", "60000", "60000", "%", "", ""),
    ("100\u00a0%", "100\u00a0%", "amount", "100", "100", "%", "", ""),
    ("\u22121.2 %", "\u22121.2 %", "amount", "-1.2", "-1.2", "%", "", ""),
    ("18\u00a0May\u00a02023", "18\u00a0May\u00a02023", "date", "18", "18", "", *["2023-05-18"] * 2),
]


@pytest.mark.parametrize("case", [*cases("numerals"), *SPACED], ids=lambda case: case[0])
def test_a_numeral_reads_as_it_says(case):
    text, numeral, kind, low, high, unit, first, last = case
    found = only(text)
    assert (found.text, found.kind, found.unit) == (numeral, kind, unit)
    assert (found.low, found.high) == tuple(Decimal(end) if end else None for end in (low, high))
    assert found.period == ((first, last) if first else None)


def test_a_third_keeps_its_digits():
    assert only("two thirds").low == Decimal(2) / 3
    assert only("a third of it").low == Decimal(1) / 3


def test_a_prefix_makes_no_name():
    found = find_numerals("a pre-2014, top-10, post-Covid-19 list")
    assert [n.kind for n in found] == ["year", "amount", "name"]


@pytest.mark.parametrize(
    ("whole", "first", "lengths"),
    [("decade", (0,), (10,)), ("year", (1,), (12,)), ("century", (0, 1), (100,)),
     ("month", (1,), (28, 29, 30, 31))],
)  # fmt: skip
def test_the_parts_of_a_period_are_all_that_its_thirds_touch(whole, first, lengths):
    for third, part in enumerate(("early", "mid", "late")):
        touched = [
            start + step
            for start in first
            for length in lengths
            for step in range(length)
            if step + 1 > Fraction(length * third, 3) and step < Fraction(length * (third + 1), 3)
        ]
        assert PARTS[whole][part] == (min(touched), max(touched))


# What is none ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "weight, often, money, stone, someone, anyone, seconds, tension, firsthand, millionaire",
        "He may come, and they march; an august person, a mayday call.",
        "They March on. May I go? Mr. May said so.",
        "metres per second",
        "last year, this week, years, monthly, both, several",
        "on a sunday, the Sun and a man called Mark",
        "tens, scored, sixpence, attention, hundredfold",
    ],
)
def test_no_numeral(text):
    assert find_numerals(text) == []


# Sentences: everything in order, and nothing else ---------------------------------------

SENTENCES = [
    ("No one of the two gave one to anyone else.", ["one", "two", "one"]),
    ("Ostria is one of nine such lands.", ["one", "nine"]),
    ("On Thursday (June 20) four ships came.", ["Thursday", "June 20", "four"]),
    ("In 2021, 14 of 30 left; in 2022 none did.", ["2021", "14", "30", "2022"]),
    ("Between April and May it rained twice.", ["April", "May", "twice"]),
    ("Sales rose 4% in May 2021 and 5% in June.", ["4%", "May 2021", "5%", "June"]),
    ("June 31 is no day.", ["June", "31"]),
    ("Only 5 in 20\n\nJune came.", ["5", "20", "June"]),
    ("Since June 20 million left.", ["June", "20 million"]),
    ("In 2023 – 29 percent more.", ["2023", "29 percent"]),
    ("It grew $5 to 6 percent.", ["$5", "6 percent"]),
    ("Clause 1.2.3, lot 1,23.", ["1.2", "3", "1", "23"]),
    ("Sun, June 2, Tues. 4 p.m.", ["Sun", "June 2", "Tues", "4 p.m."]),
    ("He paid 100 $5 notes.", ["100", "$5"]),
    ("From 1968 till the mid-1970s it cost ZRD 1 billion.", ["1968", "mid-1970s", "ZRD 1 billion"]),
    ("It fell from almost 90 % at the start of this century.", ["90 %", "this century"]),
    ("Five and six make eleven.", ["Five", "six", "eleven"]),
    ("One of the first in two decades.", ["One", "first", "two", "decades"]),
    ("The one-on-one talk took one hour.", ["one", "one", "one"]),
    ("Twenty20 and 737-800s", ["Twenty20", "737-800"]),
]


@pytest.mark.parametrize(("text", "parts"), SENTENCES)
def test_sentences(text, parts):
    assert [n.text for n in find_numerals(text)] == parts


# Properties --------------------------------------------------------------------------

SCALES = {"": 1, " million": 10**6, " billion": 10**9, "bn": 10**9, "-million": 10**6}
CURRENCIES = {"$": "USD", "US$": "USD", "USD ": "USD", "€": "EUR", "ZRD ": "ZRD", "A$": "AUD"}
figures = st.decimals(min_value=1, max_value=99999, places=2).map(lambda d: d.normalize())


@given(figures, st.sampled_from(sorted(SCALES)), st.sampled_from(sorted(CURRENCIES)), st.booleans())
def test_money_is_read_back(figure, scale, currency, grouped):
    digits = f"{figure:,f}" if grouped else f"{figure:f}"
    if currency == "ZRD " and len(digits) == 4 and digits[0] in "12" and not scale:
        return  # an unknown code before what may be a year is no currency
    text = f"{currency}{digits}{scale}"
    found = only(f"It cost {text} in all")
    assert (found.text, found.unit) == (text, CURRENCIES[currency])
    assert found.low == found.high == figure * SCALES[scale]


WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def spelt(n: int) -> str:
    if n < 100:
        one = f"-{WORDS[n % 10]}" if n % 10 else ""
        return WORDS[n] if n < 20 else TENS[n // 10 - 2] + one
    scales = ((10**6, "million"), (1000, "thousand"), (100, "hundred"))
    size, word = next(it for it in scales if n >= it[0])
    many, rest = divmod(n, size)
    joint = " and " if rest < 100 else " "
    return f"{spelt(many)} {word}" + (f"{joint}{spelt(rest)}" if rest else "")


@given(st.integers(0, 999_999_999))
def test_number_words_are_read_back(n):
    text = spelt(n)
    found = only(f"there were {text}, all told")
    assert (found.text, found.low, found.kind) == (text, n, "amount")


DAY_FORMS = ["{d} {B} {Y}", "{B} {d}, {Y}", "{b} {d}, {Y}", "{d}th of {B} {Y}", "{iso}"]


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)), st.sampled_from(DAY_FORMS))
def test_a_day_is_read_back(day, form):
    names = {"d": day.day, "B": f"{day:%B}", "b": f"{day:%b}", "Y": day.year, "iso": day}
    found = only(form.format(**names))
    assert (found.kind, found.period) == ("date", (day.isoformat(), day.isoformat()))


TEXTS = st.text(alphabet="0123456789 .,-–/:%$€£½'’()abmsthGUSDRM\n\u00a0", max_size=40)


@given(TEXTS)
def test_no_digit_is_missed_and_nothing_overlaps(text):
    found = find_numerals(text)
    places = [place for n in found for place in range(n.start, n.end)]
    assert places == sorted(set(places))
    assert all(text[n.start : n.end] == n.text for n in found)
    assert {i for i, character in enumerate(text) if character.isdigit()} <= set(places)


@given(TEXTS, TEXTS, TEXTS)
def test_a_slice_reads_as_it_would_alone(before, text, after):
    alone = find_numerals(text)
    start = len(before)
    found = find_numerals(before + text + after, start, start + len(text))
    assert [(n.start - start, n.text, n.kind) for n in found] == [
        (n.start, n.text, n.kind) for n in alone
    ]
