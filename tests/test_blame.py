"""An error names the rows at hand: the one that a loop was at, rather than the list it is from."""

import sys
from linecache import cache

import pytest
from conftest import INVENTED

from briefing.claims.load import load
from briefing.report.blame import rows_at_hand


def at_hand(work) -> list[str]:
    try:
        work()
    except (TypeError, KeyError):
        return [place.split(" (")[0] for place in rows_at_hand(DOSSIER, sys.exc_info()[2])]
    raise AssertionError("nothing broke")


DOSSIER = load(INVENTED)
TRADE = "quantities.csv, row wire-trade"


def test_a_claim_a_value_a_row_of_a_frame_and_a_row_of_itertuples_are_rows():
    claim = DOSSIER.claim("wire-trade")
    frame = DOSSIER.frame("quantities").query("id == 'wire-trade'")

    def of_claim(one):
        return one.nothing["x"] if hasattr(one, "nothing") else {}["x"]

    def of_tuples():
        for row in frame[["value"]].itertuples():
            float(row.value.low * None)

    assert at_hand(lambda: of_claim(claim)) == [TRADE]
    assert at_hand(lambda: of_claim(claim.value)) == [TRADE]
    assert at_hand(lambda: frame.apply(lambda row: row["nowhere"], axis=1)) == [TRADE]
    assert at_hand(of_tuples) == [TRADE]


def test_the_innermost_frame_with_rows_is_told_and_a_loop_s_row_before_its_list():
    claims = DOSSIER.find(measure="two_way_trade")

    def loop(listed):
        total = sum((claim.value for claim in listed[1:]), listed[0].value)
        for claim in listed:
            raise TypeError(claim, total)

    assert at_hand(lambda: loop(list(claims))) == [f"quantities.csv, row {claims[0].id}"]


@pytest.mark.parametrize(
    ("source", "named"), [("{}['x']", []), ("claim.value.low * None", [TRADE])]
)
def test_of_the_names_of_a_notebook_those_in_the_line_that_failed_are_at_hand(source, named):
    cache["<cell>"] = (len(source), None, [source], "<cell>")
    cell = compile(source, "<cell>", "exec")
    assert at_hand(lambda: exec(cell, {"claim": DOSSIER.claim("wire-trade")})) == named


def test_where_no_row_is_at_hand_none_is_named():
    assert at_hand(lambda: {}["x"]) == []
