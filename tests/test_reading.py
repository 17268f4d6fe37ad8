"""Reading: a phrase held against its row, and what each kind of slip is told as."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.claims.reading import Mismatch, check_event, check_quantity

# A slow machine is no fault of the grammar.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

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


def test_a_mismatch_is_told_in_one_line():
    assert str(Mismatch("low", "3.7", "3.6")) == "low is 3.7, the phrase says 3.6"
    assert str(Mismatch("hedge", "", "about")) == "hedge is empty, the phrase says about"


# Quantities that agree ---------------------------------------------------------------

AGREE = [
    # phrase, low, high, unit, hedge
    ("a deal of US$3.6 billion", "3.6", "3.6", "USD bn", ""),
    ("$3.6 billion", "3600", "3600", "USD mn", ""),
    ("$3.6 billion", "3600000000", "3600000000", "USD", ""),
    ("Ostria gave $500,000", "500000", "500000", "USD", ""),
    ("ZRD 40 million", "0.04", "0.04", "ZRD bn", ""),
    ("ZRD 40 million", "40.0", "40.0", "ZRD mn", ""),
    ("€5m", "5", "5", "EUR mn", ""),
    ("(109 billion US$) in all", "109", "109", "USD bn", ""),
    ("a share of 29%", "29", "29", "%", ""),
    ("half of the grain", "50", "50", "%", ""),
    ("two thirds of the grain", "67", "67", "%", ""),
    ("two thirds of the grain", "66.67", "66.67", "%", ""),
    ("prices fell, minus 4.5%", "-4.5", "-4.5", "%", ""),
    ("up 5 percentage points", "5", "5", "points", ""),
    ("60 percent to 70 percent of it", "60", "70", "%", ""),
    ("60–70% of it", "60", "70", "%", ""),
    ("between 3 and 5 million barges", "3000000", "5000000", "count", ""),
    ("from 20 to 30 percent", "20", "30", "%", ""),
    ("from 20 to 30 percent", "20", "20", "%", ""),
    ("from 20 to 30 percent", "30", "30", "%", ""),
    ("ranging from 20 to 30 percent", "20", "30", "%", ""),
    # hedges
    ("less than $2 billion", "", "2", "USD bn", "less than"),
    ("Less than $2 billion", "", "2", "USD bn", "Less than"),
    ("under $2 billion", "", "2", "USD bn", "under"),
    ("more than $10 billion USD", "10", "", "USD bn", "more than"),
    ("just over 40 ships", "40", "", "count", "just over"),
    ("at least 40 ships", "40", "", "count", "at least"),
    ("40 ships or 41, at least", "40", "40", "count", ""),
    ("40, at least", "40", "", "count", "at least"),
    ("no more than 40 ships", "", "40", "count", "no more than"),
    ("not more than 40 ships", "", "40", "count", "not more than"),
    ("no fewer than 40 ships", "40", "", "count", "no fewer than"),
    ("up to 40 ships", "", "40", "count", "up to"),
    ("Around 60,000 Ostrians", "60000", "60000", "count", "Around"),
    ("almost 100\u00a0% of it", "100", "100", "%", "almost"),
    ("just under 90% of it", "90", "90", "%", "just under"),
    ("about 60 percent to 70 percent", "60", "70", "%", "about"),
    ("less than 3 to 5 million", "", "5000000", "count", "less than"),
    ("about “40” ships", "40", "40", "count", "about"),
    ("an estimated 40 ships", "40", "40", "count", "an estimated"),
    ("well over 40 ships", "40", "", "count", "well over"),
    ("over 20 years", "20", "", "years", "over"),
    ("over 20 years", "20", "20", "years", ""),
    ("about a dozen ships", "12", "12", "count", "about"),
    ("nearly half of the fleet", "50", "50", "%", "nearly"),
    # counts, ranks, years
    ("one of nine lands", "9", "9", "count", ""),
    ("one of nine lands", "1", "1", "count", ""),
    ("her fifth trip", "5", "5", "count", ""),
    ("went there four times", "4", "4", "count", ""),
    ("went there twice", "2", "2", "count", ""),
    ("a two-day stay", "2", "2", "count", ""),
    ("1500 ships", "1500", "1500", "count", ""),
    ("1500 to 2000 ships", "1500", "2000", "count", ""),
    ("more than 1500 ships", "1500", "", "count", "more than"),
    ("the sixth-highest number", "6", "6", "rank", ""),
    ("second largest port", "2", "2", "rank", ""),
    ("the first land to sign", "1", "1", "rank", ""),
    ("port No. 3", "3", "3", "rank", ""),
    ("30 years of a pact", "30", "30", "years", ""),
    ("a 30-year pact", "30", "30", "years", ""),
    ("two decades of peace", "20", "20", "years", ""),
    ("half a century of peace", "50", "50", "years", ""),
    ("the 75th anniversary", "75", "75", "years", ""),
    # size or rank in words
    ("nearly all of the boats", "", "", "%", "Nearly all"),
    ("the biggest port of Ostria", "", "", "rank", "biggest"),
    ("one of the biggest ports", "", "", "rank", "biggest"),
    ("the two biggest ports", "", "", "rank", "biggest"),
    ("among the first to sign", "", "", "rank", "among the first"),
    ("thousands of Ostrians", "", "", "count", "thousands"),
    ("millions of dollars", "", "", "USD mn", "millions"),
]


@pytest.mark.parametrize(("phrase", "low", "high", "unit", "hedge"), AGREE)
def test_a_quantity_that_agrees(phrase, low, high, unit, hedge):
    assert check_quantity(quantity(phrase, low, high, unit, hedge), PUBLISHED) == []


# Quantities that do not ---------------------------------------------------------------

DISAGREE = [
    # phrase, low, high, unit, hedge, what is told
    ("US$3.6 billion", "3.7", "3.7", "USD bn", "", "low 3.7 3.6; high 3.7 3.6"),
    ("US$3.6 billion", "3.6", "3.7", "USD bn", "", "high 3.7 3.6"),
    ("US$3.6 billion", "3.6", "", "USD bn", "", "high - 3.6"),
    ("minus 4.5%", "4.5", "4.5", "%", "", "low 4.5 -4.5; high 4.5 -4.5"),
    ("60 to 70 percent", "60", "60", "%", "", "high 60 70"),
    ("$5 million of $9 million", "6", "6", "USD mn", "", "low 6 5_or_9; high 6 5_or_9"),
    ("two thirds", "66", "66", "%", "", "low 66 66.66666666666666666666666667; high * *"),
    # units
    ("US$3.6 billion", "3.6", "3.6", "USD mn", "", "unit USD_mn USD_bn"),
    ("US$3.6 million", "3.6", "3.6", "USD", "", "unit USD USD_mn"),
    ("$500,000", "500000", "500000", "USD mn", "", "unit USD_mn USD"),
    ("€3.6 billion", "3.6", "3.6", "USD bn", "", "unit USD_bn EUR_bn"),
    ("ZRD 40 million", "40", "40", "USD mn", "", "unit USD_mn ZRD_mn"),
    ("3.6 billion tonnes", "3.6", "3.6", "USD bn", "", "unit USD_bn count"),
    ("$40", "40", "40", "count", "", "unit count USD"),
    ("$0.5", "0.5", "0.5", "count", "", "unit count USD"),
    ("40%", "40", "40", "count", "", "unit count %"),
    ("40 ships", "40", "40", "%", "", "unit % count"),
    ("5 percentage points", "5", "5", "%", "", "unit % points"),
    ("5 percent", "5", "5", "points", "", "unit points %"),
    ("five lands", "5", "5", "rank", "", "unit rank count"),
    ("the fifth land", "5", "5", "%", "", "unit % rank"),
    ("the sixth-highest number", "6", "6", "count", "", "unit count rank"),
    ("40 days", "40", "40", "years", "", "unit years days"),
    ("40 ships", "40", "40", "years", "", "unit years count"),
    ("40 years", "40", "40", "count", "", "unit count years"),
    ("75th anniversary", "75", "75", "rank", "", "unit rank years"),
    # hedges
    ("about 40 ships", "40", "40", "count", "", "hedge - about"),
    ("about 40 ships", "40", "40", "count", "almost", "hedge almost about"),
    ("40 ships", "40", "40", "count", "about", "hedge about no_hedge"),
    ("about nine of 40 ships", "40", "40", "count", "about", "hedge about no_hedge"),
    ("just over 40 ships", "40", "", "count", "over", "hedge over just_over"),
    ("not more than 40", "", "40", "count", "more than", "hedge more_than not_more_than"),
    ("less than $2 billion", "2", "2", "USD bn", "less than", "low 2 no_bound"),
    ("less than $2 billion", "2", "", "USD bn", "less than", "low 2 no_bound; high - 2"),
    ("more than 9 ships", "", "9", "count", "more than", "low - 9; high 9 no_bound"),
    ("at least 9 ships", "9", "9", "count", "at least", "high 9 no_bound"),
    ("almost 9 ships", "", "9", "count", "almost", "low - 9"),
    ("up to 9", "9", "9", "count", "", "low 9 no_bound; hedge - up_to"),
    # no number
    ("many ships", "9", "9", "count", "", "low 9 no_number"),
    ("many ships", "", "9", "count", "", "high 9 no_number"),
    ("Covid-19 and the G7", "19", "19", "count", "", "low 19 no_number"),
    ("thousands of ships", "2000", "", "count", "", "low 2000 no_number"),
    ("ships for 2017", "2018", "2018", "count", "", "low 2018 no_number"),
    # size or rank in words
    ("the biggest port", "", "", "rank", "largest", "hedge largest no_such_words"),
    ("the biggest port", "", "", "rank", "", "hedge - no_such_words"),
    ("the biggest port", "", "", "rank", "big", "hedge big no_such_words"),
    ("about 40 ships", "", "", "count", "about", "low - 40; high - 40"),
    ("less than $2 billion", "", "", "USD bn", "less than", "high - 2"),
    ("40 ships", "", "", "count", "", "low - 40; high - 40"),
    ("the third biggest port", "", "", "rank", "biggest", "low - 3; high - 3"),
    ("the sixth-highest number", "", "", "rank", "highest", "low - 6; high - 6"),
]


@pytest.mark.parametrize(("phrase", "low", "high", "unit", "hedge", "expected"), DISAGREE)
def test_a_quantity_that_disagrees(phrase, low, high, unit, hedge, expected):
    row = quantity(phrase, low, high, unit, hedge, "2017", "2017")
    found = told(check_quantity(row, PUBLISHED))
    lines = [tuple(word.replace("_", " ") for word in m.split(" ")) for m in expected.split("; ")]
    assert len(found) == len(lines)
    for (column, stands, says), (c, was, is_) in zip(found, lines, strict=True):
        assert column == c
        assert was == "*" or stands == was.replace("-", "", was == "-")
        assert is_ in ("*", says)


# Periods -----------------------------------------------------------------------------

PERIODS_AGREE = [
    # phrase, from, to
    ("one in 2023", "2023", "2023"),
    ("one in 2023", "2023-02", "2023-09-12"),
    ("one in 2023", "", "2023"),
    ("one in 2023", "2023", ""),
    ("one with no date", "2011", "2012"),
    ("one since 2014", "2014", "2024-06"),
    ("one since the war began in 2014", "2014", "2024"),
    ("from 2014 one a year", "2014", "2020"),
    ("one until 2014", "1990", "2014"),
    ("one by 2030", "2024", "2030"),
    ("From 1968 till the mid-1970s, one", "1968", "1976"),
    ("one from 1978 to 1980", "1978", "1980"),
    ("one in 1978–80", "1978", "1980"),
    ("one in 2022 and five in 2023", "2023", "2023"),
    ("one in the 1980s", "1980", "1989"),
    ("one in the 1980s", "1984", "1984"),
    ("one in the early 2000s", "2003", "2003"),
    ("early 2000s, one", "2000", "2024-06"),
    ("Beginning in the 1950s, one", "1950", "2024"),
    ("one at the beginning of this century", "2000", "2004"),
    ("one of the last century", "1914", "1918"),
    ("one in early 2023", "2023-01", "2023-04"),
    ("one in September", "2023-09", "2023-09"),
    ("one on June 20", "2024-06-20", "2024-06-20"),
    ("one on June 20", "2019-06-20", "2019-06-20"),
    ("one on 20 June 2024", "2024-06-20", "2024-06-20"),
    ("one on June 19-20, 2024", "2024-06-19", "2024-06-20"),
    ("one on Thursday", "2024-06-20", "2024-06-20"),
    ("one on Thursday", "2024-06", "2024-06"),
    ("one on Thursday (June 20)", "2024-06-20", "2024-06-20"),
    ("one on Thursday, 1 January 2015", "2015-01-01", "2015-01-01"),
    ("one last year", "2023", "2023"),
    ("one this year", "2024", "2024-06"),
    ("one next year", "2025", "2025"),
    ("one over the last year", "2023-06", "2024-06"),
    ("The previous year one", "2018", "2018"),
    ("In 2019 one, the previous year five", "2018", "2018"),
    ("one at 12:11 PM", "2024-06-20", "2024-06-20"),
]


@pytest.mark.parametrize(("phrase", "begin", "end"), PERIODS_AGREE)
def test_a_period_that_agrees(phrase, begin, end):
    row = quantity(phrase, "1", "1", begin=begin, end=end)
    assert check_quantity(row, PUBLISHED) == []


PERIODS_DISAGREE = [
    # phrase, from, to, what is told
    ("one in 2023", "2022", "2023", [("from", "2022", "2023")]),
    ("one in 2023", "2023", "2024", [("to", "2024", "2023")]),
    ("one in 2023", "2024", "2024", [("from", "2024", "2023"), ("to", "2024", "2023")]),
    ("one in 2023", "", "", [("from", "", "2023"), ("to", "", "2023")]),
    ("one in 2023", "", "2022", [("to", "2022", "2023")]),
    ("one since 2014", "2015", "2024", [("from", "2015", "2014")]),
    ("one since 2014", "", "2024", [("from", "", "2014")]),
    ("one until 2014", "1990", "2015", [("to", "2015", "2014")]),
    ("From 1968 till the mid-1970s, one", "1968", "1977", [("to", "1977", "mid-1970s")]),
    ("From 1968 till the mid-1970s, one", "1969", "1976", [("from", "1969", "1968")]),
    ("one in 1978–80", "1979", "1980", [("from", "1979", "1978–80")]),
    ("one in 1978–80", "1978", "1979", [("to", "1979", "1978–80")]),
    ("one in 2021 and five in 2023", "2022", "2023", [("from", "2022", "2021 or 2023")]),
    ("early 2000s, one", "2004", "2024", [("from", "2004", "early 2000s")]),
    ("one in the 1980s", "1979", "1989", [("from", "1979", "1980s")]),
    ("one in the 1980s", "1979", "1979", [("from", "1979", "1980s"), ("to", "1979", "1980s")]),
    ("one at the start of the 21st century", "2011", "", [("from", "2011", "21st century")]),
    ("one in September", "2023-10", "2023-10", [("from", "2023-10", "September"),
                                                ("to", "2023-10", "September")]),
    ("one in September", "2023", "", [("from", "2023", "September")]),
    ("one on 20 June 2024", "2024-06", "", [("from", "2024-06", "20 June 2024")]),
    ("one on June 20", "2024-06-21", "", [("from", "2024-06-21", "June 20")]),
    ("one on June 20", "2024-07-20", "", [("from", "2024-07-20", "June 20")]),
    ("one on February 29", "2023-02-28", "", [("from", "2023-02-28", "February 29")]),
    ("one on June 19-20", "2024-06-19", "2024-06-19", [("to", "2024-06-19", "June 19-20")]),
    ("one on Thursday", "2024-06-19", "", [("from", "2024-06-19", "Thursday")]),
    ("one on Thursday", "2024-06-20", "2024-06-21", [("to", "2024-06-21", "Thursday")]),
    ("one on Thursday", "2024-05-23", "", [("from", "2024-05-23", "Thursday")]),
    ("one on Thursday (June 20)", "2023-06-20", "", [("from", "2023-06-20", "Thursday")]),
    ("one last year", "2024", "", [("from", "2024", "last year, that is 2023")]),
    ("one this year", "2023", "", [("from", "2023", "this year, that is 2024")]),
    ("The previous year one", "2024", "", [
        ("from", "2024", "previous year, that is 2023 or before")]),
    ("In 2019 one, the previous year five", "2017", "", [
        ("from", "2017", "2019 or previous year, that is 2018")]),
]  # fmt: skip


@pytest.mark.parametrize(("phrase", "begin", "end", "expected"), PERIODS_DISAGREE)
def test_a_period_that_disagrees(phrase, begin, end, expected):
    row = quantity(phrase, "1", "1", begin=begin, end=end)
    assert told(check_quantity(row, PUBLISHED)) == expected


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
    ("came early in the morning", "daytime", "early morning", "morning", "early morning"),
    ("came on Thursday morning", "daytime", "morning", "early morning/", "morning"),
    ("came early Thursday afternoon", "daytime", "afternoon", "early morning", "afternoon"),
    ("came on Thursday afternoon", "daytime", "afternoon", "morning/noon/", "afternoon"),
    ("came on Wednesday night", "daytime", "night", "evening/", "night"),
    ("came late on Wednesday", "daytime", "evening/night", "morning/", "evening or night"),
    ("dined that evening", "daytime", "evening", "night/", "evening"),
    ("met at noon", "daytime", "noon", "afternoon/", "noon"),
    ("met in Ostria", "daytime", "/morning/night", "", ""),
    ("spoke via videolink", "mode", "video", "in person/", "video"),
    ("spoke by video link", "mode", "video", "in person/", "video"),
    ("joined the talks via video", "mode", "video", "in person", "video"),
    ("a virtual summit", "mode", "video", "in person", "video"),
    ("spoke online", "mode", "video", "in person", "video"),
    ("virtually all spoke", "mode", "/video/in person", "", ""),
    ("met in person", "mode", "in person", "video/", "in person"),
    ("is expected to sign", "status", "scheduled", "happened/attempted/", "scheduled"),
    ("grew faster than expected", "status", "happened", "", ""),
    ("is not expected to sign", "status", "unlikely", "scheduled/happened", "unlikely"),
    ("is also scheduled to speak", "status", "scheduled", "happened", "scheduled"),
    ("is set to speak", "status", "scheduled", "happened", "scheduled"),
    ("set to work", "status", "happened/scheduled", "", ""),
    ("The two will speak", "status", "scheduled", "happened", "scheduled"),
    ("of its own free will", "status", "happened", "", ""),
    ("a summit to be held there", "status", "scheduled", "happened", "scheduled"),
    ("attempted to buy", "status", "attempted", "happened", "attempted"),
    ("looking for quiet ways to buy", "status", "attempted", "happened", "attempted"),
    ("has been offering ships", "status", "offered", "happened/scheduled", "offered"),
    ("sent an invitation", "status", "invited/offered/happened", "scheduled/",
     "invited or offered or happened"),
    ("came to Ostria", "status", "happened/scheduled/attempted", "", ""),
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


@given(rows(), st.sampled_from(["low", "high"]))
def test_a_missing_or_added_bound_is_caught(row, column):
    other = "high" if column == "low" else "low"
    if row[column]:
        wrong, says = "", row[column]
    else:
        wrong, says = row[other], "no bound"
    assert (column, wrong, says) in told(check_quantity({**row, column: wrong}, PUBLISHED))


@given(rows(), st.sampled_from(["USD mn", "USD", "EUR bn", "rank", "years", "points"]))
def test_a_wrong_unit_is_caught(row, unit):
    assert "unit" in [m.column for m in check_quantity({**row, "unit": unit}, PUBLISHED)]


@given(rows(), st.sampled_from(sorted(HEDGES)))
def test_a_wrong_hedge_is_caught(row, hedge):
    found = check_quantity({**row, "hedge": hedge.strip()}, PUBLISHED)
    assert ("hedge" in [m.column for m in found]) == (hedge.strip() != row["hedge"])


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


@given(figures, st.sampled_from([1, -1]))
def test_values_are_compared_as_numbers(figure, sign):
    value = Decimal(figure) * sign
    row = quantity(f"{'minus ' if sign < 0 else ''}{figure}%", f"{value:.3f}", f"{value}", "%")
    assert check_quantity(row, PUBLISHED) == []
