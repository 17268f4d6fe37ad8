"""Reading: a phrase held against its row, and what each kind of slip is told as."""

from datetime import date, timedelta

import pytest
from conftest import cases
from hypothesis import given
from hypothesis import strategies as st

from briefing.claims.reading import check_event, check_quantity

PUBLISHED = "2024-06-21"  # a Friday


def quantity(phrase, low="", high="", unit="count", hedge="", begin="", end=""):
    return {
        "phrase": phrase, "low": low, "high": high, "unit": unit, "hedge": hedge,
        "from": begin, "to": end,
    }  # fmt: skip


def event(phrase, begin="", end="", daytime="", mode="", status="happened"):
    return {
        "phrase": phrase, "from": begin, "to": end, "daytime": daytime, "mode": mode,
        "status": status,
    }  # fmt: skip


def told(found):
    return [(m.column, m.stands, m.says) for m in found]


# Phrases and their rows --------------------------------------------------------------


@pytest.mark.parametrize("case", cases("phrases"), ids=" ".join)
def test_a_phrase_is_held_against_its_row(case):
    *cells, expected = case
    assert "; ".join(map(str, check_quantity(quantity(*cells), PUBLISHED))) == expected


def test_a_space_that_does_not_break_is_a_space():
    row = quantity("almost 100\u00a0% of it", "100", "100", "%", "almost")
    assert check_quantity(row, PUBLISHED) == []


def test_without_a_date_of_publication_nothing_relative_is_told():
    for phrase in ("met last year", "met the previous year", "at the start of this century"):
        assert check_event(event(phrase, "1870", "1870"), "") == []
    assert check_event(event("met on Thursday", "2015-01-01"), "") == []
    assert told(check_event(event("met on Thursday", "2015-01-02"), "")) == [
        ("from", "2015-01-02", "Thursday")
    ]
    assert told(check_event(event("met last year", "2024"), "2024")) == [
        ("from", "2024", "last year, that is 2023")
    ]


def test_a_wrong_date_of_publication_is_refused():
    with pytest.raises(ValueError, match="month"):
        check_event(event("met on Thursday", "2015-01-01"), "2024-13-45")


def test_an_event_does_not_run_on():
    row = event("fought throughout the 90s", "1990", "2003")
    assert told(check_event(row, PUBLISHED)) == [("to", "2003", "90s")]


# Events ------------------------------------------------------------------------------

EVENTS = [
    # phrase, column, entries that agree, entries that do not, what is told
    ("came early Thursday morning", "daytime", "early morning", "morning/night/", "early morning"),
    ("came early Thursday", "daytime", "early morning", "morning/afternoon/", "early morning"),
    ("came at two in the morning", "daytime", "early morning", "morning", "early morning"),
    ("came early in the morning", "daytime", "early morning", "morning", "early morning"),
    ("came on Thursday morning", "daytime", "morning", "early morning/", "morning"),
    ("came early Thursday afternoon", "daytime", "afternoon", "early morning", "afternoon"),
    ("came on Wednesday night", "daytime", "night", "evening/", "night"),
    ("came late on Wednesday", "daytime", "evening/night", "morning/", "evening or night"),
    ("met at noon", "daytime", "noon", "afternoon/", "noon"),
    ("met in Ostria", "daytime", "/morning/night", "", ""),
    ("spoke via videolink", "mode", "video", "in person/", "video"),
    ("joined the talks via video", "mode", "video", "in person", "video"),
    ("a virtual summit", "mode", "video", "in person", "video"),
    ("virtually all spoke", "mode", "/video/in person", "", ""),
    ("met in person", "mode", "in person", "video/", "in person"),
    ("is expected to sign", "status", "scheduled", "happened/attempted/", "scheduled"),
    ("grew faster than expected", "status", "happened", "", ""),
    ("is not expected to sign", "status", "unlikely", "scheduled/happened", "unlikely"),
    ("is also set to speak", "status", "scheduled", "happened", "scheduled"),
    ("set to work", "status", "happened/scheduled", "", ""),
    ("The two will speak", "status", "scheduled", "happened", "scheduled"),
    ("of its own free will", "status", "happened", "", ""),
    ("looking for quiet ways to buy", "status", "attempted", "happened", "attempted"),
    ("has been offering ships", "status", "offered", "happened/scheduled", "offered"),
    ("sent an invitation", "status", "invited/offered/happened", "scheduled/",
     "invited or offered or happened"),
]  # fmt: skip


@pytest.mark.parametrize(("phrase", "column", "right", "wrong", "says"), EVENTS)
def test_time_of_day_mode_and_status(phrase, column, right, wrong, says):
    for entry in right.split("/"):
        assert check_event({**event(phrase, "2024-06"), column: entry}, "") == []
    for entry in wrong.split("/") if wrong else ():
        found = check_event({**event(phrase, "2024-06"), column: entry}, "")
        assert told(found) == [(column, entry, says)]


def test_all_columns_of_an_event_are_told():
    row = event("will speak online on Monday night", "2024-06-18", "", "noon", "in person")
    assert [m.column for m in check_event(row, PUBLISHED)] == ["from", "daytime", "mode", "status"]


# Properties --------------------------------------------------------------------------

MONEY = ["US$%s billion", "$%s billion", "USD %s billion", "%s billion dollars", "$%sbn"]
SHARES = ["%s%%", "%s %%", "%s percent", "%s per cent", "a %s-percent share"]
COUNTS = ["%s ships", "the %s-ship fleet", "as for ships, %s"]
HEDGES = {"": "==", "about ": "==", "almost ": "==", "less than ": "<", "more than ": ">",
          "at least ": ">", "up to ": "<"}  # fmt: skip
figures = st.decimals(min_value=1, max_value=999, places=1).map(lambda d: f"{d.normalize():f}")


@st.composite
def rows(draw):
    forms, unit = draw(st.sampled_from([(MONEY, "USD bn"), (SHARES, "%"), (COUNTS, "count")]))
    figure, hedge = draw(figures), draw(st.sampled_from(sorted(HEDGES)))
    form = draw(st.sampled_from(forms))
    form = form if not hedge or form[0] in "%U$" else "%s%%" if unit == "%" else "%s ships"
    low = "" if HEDGES[hedge] == "<" else figure
    high = "" if HEDGES[hedge] == ">" else figure
    return quantity(hedge + form % figure, low, high, unit, hedge.strip())


@given(rows())
def test_a_row_agrees_with_its_phrase_in_any_notation(row):
    assert check_quantity(row, PUBLISHED) == []


@given(rows(), st.data())
def test_one_wrong_digit_is_caught(row, data):
    column = data.draw(st.sampled_from([c for c in ("low", "high") if row[c]]))
    right = row[column]
    place = data.draw(st.sampled_from([i for i, c in enumerate(right) if c.isdigit()]))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != right[place]]))
    wrong = right[:place] + digit + right[place + 1 :]
    found = check_quantity({**row, column: wrong}, PUBLISHED)
    assert told(found) == [(column, wrong, right)]


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-400, 400))
def test_a_day_off_is_caught(day, days):
    wrong = day + timedelta(days)
    row = event(f"met on {day.day} {day:%B %Y}", wrong.isoformat(), wrong.isoformat())
    assert len(check_event(row, PUBLISHED)) == (2 if days else 0)


@given(st.integers(-40, 40))
def test_a_weekday_is_near_the_publication(days):
    day = date.fromisoformat(PUBLISHED) + timedelta(days)
    row = event("met on Thursday", day.isoformat(), day.isoformat())
    assert (not check_event(row, PUBLISHED)) == (days in (-1, 6))
