"""What the chapters find: every number against one that was worked out by hand from the tables."""

from dataclasses import replace
from decimal import Decimal

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import arms
import disagreements
import shared
import trade
import visits
import wider_ties
from briefing.claims.load import Dossier, load
from briefing.claims.verdicts import verdicts
from briefing.values.periods import Period
from briefing.values.value import Value, stated

PARTNERS = ["russia", "china", "us"]
LEADERS = ["vladimir-putin", "joe-biden", "xi-jinping"]
MEASURES = list(shared.SHARE_WORDS)
YEAR = 2023


@pytest.fixture(scope="module")
def everything() -> Dossier:
    return load()


def only(*articles: str) -> Dossier:
    return load().counting(articles)


def without(*articles: str, prefer: str = "") -> Dossier:
    dossier = load()
    return dossier.counting([id for id in dossier.articles if id not in articles], prefer)


def with_value(value: Value) -> Dossier:
    """The dossier with another value of the claim that the value names."""
    quantities = [
        replace(claim, value=value) if claim.id in value.claims else claim
        for claim in load().quantities
    ]
    return replace(load(), quantities=tuple(quantities))


def trade_of(dossier: Dossier, partner: str) -> shared.Trade:
    return shared.trade(dossier, [partner], YEAR)[0]


def told(value: Value) -> tuple:
    """Bounds, ends and unit of a value."""
    low, high = (None if end is None else round(float(end), 6) for end in value.bounds)
    return low, high, "co"[value.low_open] + "co"[value.high_open], value.unit


# Trade -------------------------------------------------------------------------------


def test_trade_is_told_the_largest_first(everything):
    rows = shared.trade(everything, PARTNERS, YEAR)
    assert [(row.partner.id, row.two_way.value.point) for row in rows] == [
        ("china", 171), ("us", 111), ("russia", Decimal("3.6")),
    ]  # fmt: skip
    assert [row.exports and row.exports.id for row in rows] == [
        None, "gwc-exports-us", "gwc-exports-russia",
    ]  # fmt: skip
    assert shared.extremes(rows) == (rows[0], rows[2])


def test_implied_imports_of_russia(everything):
    # 3.6 in both directions less [0, 2) of exports: above 1.6, at most 3.6
    imports = trade_of(everything, "russia").imports
    assert told(imports) == (1.6, 3.6, "oc", "USD bn")
    assert imports.claims == ("ap-trade-russia", "gwc-exports-russia")


def test_trade_with_china_is_about_48_times_that_with_russia(everything):
    china, russia = (trade_of(everything, partner) for partner in ("china", "russia"))
    ratio = shared.ratio(china, russia)
    assert told(ratio) == (47.5, 47.5, "cc", "×")
    assert ratio.formula == "ap-trade-china ÷ ap-trade-russia"
    assert shared.ratio(china, None) is None
    assert shared.ratio(china, replace(russia, two_way=None)) is None


def test_the_two_us_figures_inside_two_way_trade(everything):
    low, high = trade.export_fits(trade_of(everything, "us"))
    assert (low.claim.id, high.claim.id) == ("gwc-exports-us", "oped-exports-us")
    assert told(low.left) == (14, 14, "cc", "USD bn")  # 111 − 97
    assert told(high.left) == (2, 2, "cc", "USD bn")  # 111 − 109
    assert float(low.share.point) == pytest.approx(97 / 111 * 100)  # 87.4 %
    assert float(high.share.point) == pytest.approx(109 / 111 * 100)  # 98.2 %
    assert (low.share.text(), high.share.text()) == ("about 87%", "about 98%")


def test_exports_above_all_trade_leave_nothing_and_what_is_mis_dated_is_no_lower_figure():
    dossier = with_value(stated("113", "113", "USD bn", "", ("gwc-exports-us",)))
    fits = trade.export_fits(trade_of(dossier, "us"))
    assert [(fit.claim.id, fit.left is None) for fit in fits] == [
        ("oped-exports-us", False), ("gwc-exports-us", True),
    ]  # fmt: skip
    found = trade.dispute(verdicts(dossier), fits)
    assert (found.low, found.sound, found.wrong, found.told) == (fits[0], [], fits, fits[0])
    found = trade.dispute([], fits)
    assert (found.sound, found.wrong, found.told, found.misdated) == (
        fits[:1],
        fits[1:],
        fits[1],
        None,
    )
    bound = with_value(stated("95", "", "USD bn", "more than", ("gwc-exports-us",)))
    low, *rest = trade.dispute([], trade.export_fits(trade_of(bound, "us")))
    assert (low.claim.id, rest) == ("oped-exports-us", [[], [], None, None]), "a bound that holds"


def test_latest_goes_by_the_end_of_a_period():
    dossier = load()
    share = next(claim for claim in dossier.quantities if claim.id == "ap-import-share")
    later = replace(share, id="later", period=Period("1995", "2024-07"))
    earlier = replace(share, id="earlier", period=Period("2019", "2022"))
    dossier = replace(dossier, quantities=(share, later, earlier))
    claims = shared.arms_claims(dossier, "arms_import_share")
    assert [claim.id for claim in claims] == ["earlier", "ap-import-share", "later"]
    bought = next(event for event in dossier.events if event.event == "t90_purchase")
    since = replace(bought, id="since", event="new", period=Period("2021", "2021"))
    assert shared.purchase_claims(replace(dossier, events=(since, bought)))[0].id == "since"


def test_russias_part_in_the_trade_with_three_partners(everything):
    rows = shared.trade(everything, PARTNERS, YEAR)
    part = trade.part_of_named_trade(rows)
    assert float(part.point) == pytest.approx(3.6 / (3.6 + 171 + 111) * 100)  # 1.26 %
    assert part.text() == "about 1.3%"
    assert set(part.claims) == {"ap-trade-russia", "ap-trade-china", "ap-trade-us"}
    assert trade.part_of_named_trade(rows[2:]) is None  # a part of itself
    assert trade.part_of_named_trade(rows[:2]) is None  # Russia is not among them


def test_the_preferred_article_wins():
    us = trade_of(without(prefer="oped"), "us")
    assert us.exports.id == "oped-exports-us"
    assert told(us.imports) == (2, 2, "cc", "USD bn")


def test_what_the_record_adds_to_trade(everything):
    months, sold, whole = trade.same_months(everything, "russia", YEAR)
    assert months == Period("2023-01", "2023-09"), "months of the year told, not of the year after"
    assert [round(float(value.point), 2) for value in (sold, whole)] == [1.18, 2.5]
    assert trade.same_months(everything, "russia", 2022) == (None, None, None)
    made = verdicts(everything)
    last = trade.last_month(everything, shared.verdict_on(made, "us-exports-op-ed"))
    assert told(last.needed) == (20.95, 20.95, "cc", "USD bn")  # 109 − 88.05 of eleven months
    assert float(last.times.point) == pytest.approx(20.95 / (88.05 / 11))
    assert trade.last_month(everything, None) is None


# Arms --------------------------------------------------------------------------------


def test_three_measures_each_told_by_itself(everything):
    claims = [claim for each in MEASURES for claim in shared.arms_claims(everything, each)]
    assert [(claim.id, claim.value.text()) for claim in claims] == [
        ("ap-import-share", "around 80%"),
        ("explainer-arsenal", "about 60–70%"),
        ("oped-reliance-2000", "almost 100%"),
        ("oped-reliance-2023", "about 70%"),
    ]
    assert shared.larger_shares(only("inpac"), MEASURES) == []
    last = [claim.id for claim in shared.latest(everything, MEASURES)]
    assert last == ["ap-import-share", "explainer-arsenal", "oped-reliance-2023"]
    shares = shared.larger_shares(everything, MEASURES)
    assert str(shares[0]) == "around 80% of arms imports since the early 2000s (AP)"
    assert shared.latest(everything, ["arsenal_share"])[0].id == "explainer-arsenal"


def test_a_share_that_may_be_below_a_half_is_not_the_larger_one():
    low = stated("40", "60", "%", "", ("explainer-arsenal",))
    assert shared.larger_shares(with_value(low), MEASURES) == []


def test_reliance_fell_by_thirty_points(everything):
    first, last, points = arms.reliance_change(everything)
    assert (first.id, last.id) == ("oped-reliance-2000", "oped-reliance-2023")
    assert told(points) == (30, 30, "cc", "points")
    assert points.text() == "about 30 points"
    assert arms.reliance_change(without("oped")) == (None, None, None)
    assert told(arms.years_between(everything.claim("oped-purchases"))) == (20, 20, "cc", "years")


def test_bought_not_bought_and_sought_are_three_things(everything):
    found = shared.purchase_claims(everything)
    assert [(claim.id, claim.status) for claim in found] == [
        ("explainer-t90", "happened"), ("gwc-no-purchases", "refrained"),
        ("explainer-secret-purchase", "attempted"),
    ]  # fmt: skip
    assert shared.purchase_claims(only("inpac")) == [None, None, None]
    assert shared.purchase_claims(only("gwc"))[::2] == [None, None]


def test_other_suppliers_are_neither_russia_nor_arms_sent_to_it(everything):
    assert {event.id for event in arms.other_suppliers(everything)} == {
        "ap-us-vessels", "ap-us-aircraft", "explainer-korea", "explainer-japan", "explainer-czech",
        "explainer-india", "explainer-us-offer",
    }  # fmt: skip


def test_windows_of_deliveries_and_who_delivers(everything):
    delivered = arms.by_year(everything)
    rolling = arms.windows(delivered, 5)
    earlier, last = rolling.loc[2018], rolling.loc[2023]
    assert (earlier["years"], rolling.index[0]) == (Period("2014", "2018"), 1999)
    fell = arms.decline(rolling)
    assert fell.earlier.equals(earlier)
    assert fell.last.equals(last)
    assert [round(float(part.point), 1) for part in (fell.guest, fell.others)] == [90.9, 73.4]
    assert fell.highest["years"] == Period("2008", "2012")
    assert arms.decline(rolling.loc[:2012]) is None, "in these years it rose"
    assert arms.decline(rolling.tail(arms.SPAN)) is None
    assert last["share"].point == (last["guest"].share_of(last["guest"] + last["others"])).point
    table = arms.suppliers(everything, delivered.loc[2014:2018], delivered.loc[2019:2023])
    names = [str(name) for name in table["Supplier"]]
    assert names[:3] == ["Belarus", "Netherlands", "United States"], "by what came of late"
    assert set(names[-4:-1]) == {"South Korea", "Japan", "Czech Republic"}, "named; nothing came"
    assert names[-1] == "others"
    bare = arms.suppliers(everything, pd.DataFrame(), pd.DataFrame())
    assert list(bare) == ["Supplier", "In the articles"]
    assert arms.windows(pd.DataFrame(), 5).empty


# Visits ------------------------------------------------------------------------------


def test_four_visits_and_one_more_are_five(everything):
    count = shared.visit_count(everything)
    assert (count.before.id, count.now.id) == ("oped-visits", "explainer-visits")
    assert [value.point for value in (count.before.value, count.since, count.total)] == [4, 1, 5]
    assert count.now.value.point == 5
    assert {event.event for event in count.dated} == {"putin_visit_2017", "putin_visit_2024"}
    assert (count.undated.point, count.undated.unit) == (3, "count")
    assert set(count.total.claims) == {"oped-visits", "oped-visit-2024"}


def test_the_count_without_the_op_ed_and_by_it_alone():
    count = shared.visit_count(without("oped"))
    assert (count.before, count.total, count.now.value.point) == (None, None, 5)
    assert count.undated.point == 3  # 2017 and the arrival in June are dated
    count = shared.visit_count(only("oped"))
    assert (count.now, count.total.point, count.undated.point) == (None, 5, 3)


def test_a_summit_by_video_and_a_meeting_elsewhere_are_drawn_hollow(everything):
    history = visits.history(everything, LEADERS, 2000, 2024)
    assert set(history[history["Hollow"]]["Event"]) == {
        "east_asia_summit_2020", "putin_thuong_2023", "relations_anniversary_2025",
    }  # fmt: skip
    late = history[history["Panel"] == visits.CLOSE]
    # Biden’s and Xi’s days are on record; the articles have but a month and a year.
    assert list(late["Event"]) == [
        "biden_visit_2023", "putin_thuong_2023", "xi_visit_2023", "putin_visit_2024",
    ]  # fmt: skip
    assert list(late["Record"].dropna()) == ["rec-biden", "rec-xi"]
    came = late[late["Visit"]]
    assert visits.first_and_last(came) == ("biden", Period("2024-06-20", "2024-06-20"))
    assert visits.first_and_last(came[:2])[1] == Period("2023-12-12", "2023-12-12")
    assert visits.first_and_last(came[:0]) == ("", None)
    assert [visits.within_a_year(rows) for rows in (came, came[:1])] == [True, False]


def test_a_window_of_the_history(everything):
    for first, last, found in ((2000, 2016, 2), (2017, 2017, 1), (2018, 2019, 0), (2023, 2023, 3)):
        for leaders, number in ((LEADERS, found), ([], 0)):
            history = visits.history(everything, leaders, first, last)
            assert len(set(history["Event"]) - set(visits.MILESTONES)) == number


def test_an_arrival_that_is_reported_is_told_and_not_the_plan_of_a_visit():
    for dossier, told_as in [
        (only("inpac"), "arrival"),
        (without(prefer="inpac"), "this visit"),
        (only("ap"), "arrival"),
    ]:
        last = visits.history(dossier, LEADERS, 2020, 2030).iloc[-1]
        assert last["What"] == f"Vladimir Putin: {told_as}"
        assert not last["Hollow"]


# June --------------------------------------------------------------------------------


def test_what_was_announced_and_not_reported_as_held(everything):
    left = ["meet_trong", "meet_man", "wreath_laying", "joint_statement"]
    assert visits.still_planned(everything) == left
    # without the AP nobody reports the meeting with the prime minister as held
    assert "meet_chinh" in visits.still_planned(without("ap"))
    steps = ["talks_lam", "agreements_signed", "joint_statement"]
    assert visits.still_planned(only("inpac")) == steps


def test_what_two_articles_place_differently(everything):
    steps = visits.programme(everything, planned=True)
    assert visits.disputed(steps) == ["arrival", "children_welcome"]
    assert visits.disputed(visits.programme(only("ap"), planned=True)) == []
    welcome = everything.happenings(event="children_welcome")
    assert visits.differ(welcome)
    assert not visits.differ(welcome[:1])


def test_a_place_is_told_with_the_articles_that_state_it(everything):
    for event, where in {
        "children_welcome": "Presidential Palace, Hanoi (AP); streets of Hanoi (explainer)",
        "lam_greeting": "Presidential Palace, Hanoi (AP)",  # the explainer has no place for it
        "meet_chinh": "Government Office, Hanoi (AP)",  # the city alone says less
        "anthems": "",
    }.items():
        told = visits.places(everything, everything.happenings(event=event))
        assert str(told) == where


def test_the_hours_of_the_arrival_and_the_welcome(everything):
    hours = visits.first_hours(everything, visits.programme(everything, planned=True))
    assert [event.id for event in hours["When"]] == [
        "inpac-arrival", "ap-arrival", "explainer-arrival", "gwc-arrival",
        "explainer-children", "ap-children",
    ]  # fmt: skip
    figure = visits.hours_figure(hours, 5.8)
    plt.close(figure)
    arrival, welcome = figure.axes
    ticks = [label.get_text() for label in welcome.get_xticklabels()]
    assert (ticks[:4], len(ticks)) == (["afternoon", "evening", "night", "early\nmorning"], 9)
    start = arrival.get_xticks()[0]
    at = [spot.get_offsets()[0][0] - start for spot in arrival.collections]
    assert at == [2, 3, 3], "the night before, and twice early that morning"
    band = next(line for line in arrival.lines if len(set(line.get_ydata())) == 1)
    assert list(band.get_xdata() - start) == [2.5, 8.5], "no hour: the whole of the day"


def test_whom_he_met_is_told_where_it_is_reported(everything):
    steps = visits.programme(everything, planned=True)
    assert [party.id for party, _ in visits.people_met(everything, steps)] == [
        "to-lam", "pham-minh-chinh",
    ]  # fmt: skip
    assert visits.people_met(only("gwc"), visits.programme(only("gwc"), planned=True)) == []


def test_planned_steps_are_left_out_when_asked(everything):
    told_, all_ = (visits.programme(everything, planned=planned) for planned in (False, True))
    assert {event.status for event in told_} == {"happened"}
    assert "gwc-wreath" in {event.id for event in all_} - {event.id for event in told_}
    assert all(event.status == "scheduled" for event in all_ if event not in told_)
    steps = list(dict.fromkeys(event.event for event in all_))
    day = "arrival children_welcome talks_lam media_briefing meet_chinh meet_trong".split()
    assert [step for step in steps if step in day] == day, "in the order of the day"


def test_the_arrival_is_told_in_two_ways(everything):
    same, other = shared.arrivals(everything)
    assert {event.id for event in same} == {"gwc-arrival", "ap-arrival", "explainer-arrival"}
    assert [event.id for event in other] == ["inpac-arrival"]
    preferred, rest = shared.arrivals(without(prefer="inpac"))
    assert [event.id for event in preferred] == ["inpac-arrival"]
    assert len(rest) == 3
    assert shared.arrivals(only("oped")) == ([], [])


# As a whole --------------------------------------------------------------------------


def test_who_says_what_is_sorted_by_the_voices_that_say_it(everything):
    told = disagreements.who_says_what(everything, disagreements.statements(everything))
    voices = [int(count.point) for count in told["Voices"]]
    assert voices == sorted(voices, reverse=True)
    exports = told.set_index("Statement").loc["Exports to the United States"]
    assert exports["GWC"] == exports["op-ed"] == "differs"
    assert exports["AP"] == ""


def test_what_each_side_wants_is_told_by_the_voices_for_it(everything):
    aims = wider_ties.aims(everything)
    assert list(aims["voices"]) == sorted(aims["voices"], reverse=True)
    assert not {*aims["side"], *aims["about"]} & set(wider_ties.SIDES), "a leader is no side alone"
    by_matter = aims.set_index(["side", "about", "stance", "topic"])
    shown = by_matter.loc["russia", "asia", "wants", "image"]
    # Parameswaran says it in two articles, and is one voice; an expert’s words are told.
    assert (len(shown["claims"]), shown["voices"], shown["told"].id) == (5, 4, "ap-a11")
    objection = by_matter.loc["us", "russia", "opposes", "visits"]
    assert (objection["voices"], len(objection["claims"])) == (1, 6), "one statement of an embassy"
