"""Frames of a dossier: every table, its columns, and what the real one gives through pandas."""

from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns
from conftest import INVENTED

from briefing.claims.frames import shown
from briefing.claims.load import load
from briefing.errors import Refusal
from briefing.values.periods import Period
from briefing.values.value import stated


@pytest.fixture(scope="module")
def dossier():
    return load()


@pytest.fixture(scope="module")
def trade(dossier):
    claims = dossier.frame("quantities").query("subject == 'vietnam' and year == 2023")
    claims = claims[claims["measure"].isin(["two_way_trade", "exports"])]
    first = claims.drop_duplicates(["partner", "measure"])
    return first.pivot(index="partner", columns="measure", values="value")


def test_every_table_has_its_frame_with_a_row_for_each_of_its_rows(dossier):
    for each in (dossier, load(INVENTED)):
        for name, table in each.tables.items():
            assert len(each.frame(name)) == len(table.rows)
    with pytest.raises(Refusal, match="did you mean 'quantities'"):
        dossier.frame("quantites")


def test_the_columns_of_quantities_and_events(dossier):
    quantities, events = dossier.frame("quantities"), dossier.frame("events")
    first = "id article measure subject partner value low high hedge unit period year".split()
    assert list(quantities)[:12] == first
    assert list(events)[2:7] == ["event", "actor", "counterpart", "period", "year"]
    assert {"speaker", "topic", "standing", "partner_name", "phrase", "statement"} < set(quantities)
    assert list(quantities["value"]) == [claim.value for claim in dossier.quantities]
    row = quantities.set_index("id").loc["gwc-exports-russia"]
    named = row[["period", "year", "partner_name", "high"]]
    assert list(named) == [Period("2023", "2023"), 2023, "Russia", 2]
    assert pd.isna(row["low"])


def test_only_what_counts_is_in_a_frame(dossier):
    less = replace(dossier.counting(["ap"]), record=None)
    for name in ("articles", "quantities", "events", "set_aside"):
        frame = less.frame(name)
        assert set(frame["id" if name == "articles" else "article"]) == {"ap"}
    for name in ("figures", "arms_deliveries", "sources", "checks"):
        assert less.frame(name).empty
    assert "us-exports" not in set(less.frame("disagreements")["id"])


def test_two_way_trade_less_exports_is_what_the_findings_gave(trade):
    left = (trade["two_way_trade"] - trade["exports"].bounds.at_least(0)).bounds.at_least(0)
    russia = left["russia"]
    assert russia.text() == "more than US$1.6 billion and at most US$3.6 billion"
    assert " − ".join(russia.claims) == russia.formula == "ap-trade-russia − gwc-exports-russia"
    assert repr(left["us"]) == "<US$14 billion [ap-trade-us − gwc-exports-us]>"
    assert left["china"] is pd.NA
    share = trade["two_way_trade"].bounds.share_of(trade["two_way_trade"].sum())["russia"]
    assert share.text() == "about 1.3%"
    assert share.claims == ("ap-trade-russia", "ap-trade-china", "ap-trade-us")


def test_the_record_is_computed_with_as_claims_are(dossier):
    figures = dossier.frame("figures")
    assert figures["value"][0].claims == (f"rec-{figures['id'][0]}",)
    deliveries = dossier.frame("arms_deliveries").query("source == 'sipri-register'")
    russia = deliveries.query("supplier == 'russia'").set_index("year")["tiv"]
    whole = deliveries.groupby("year")["tiv"].sum()
    assert russia.iloc[0].formula == "rec-sipri-register:tiv(1995,russia)"
    assert not russia.iloc[0].computed
    shares = russia.bounds.rolling_sum(5).bounds.share_of(whole.bounds.rolling_sum(5)).dropna()
    wanted = {"supplier": "russia", "source": "sipri-register"}
    for year in (2003, 2010, 2020):
        years = (year - 4, year)
        found = dossier.record.queries.share("arms_deliveries", "tiv", **wanted, year=years).value
        assert shares[year].text() == found.text()
        assert shares[year].claims == ("rec-sipri-register",)


def test_plots_are_made_from_bounds(trade):
    low, high = trade["two_way_trade"].bounds.low, trade["exports"].bounds.high
    (line,) = plt.subplot().plot(trade.index, low)
    assert list(line.get_ydata()) == [171, 3.6, 111]
    axes = sns.barplot(x=trade.index, y=high, ax=plt.figure().subplots())
    assert [bar.get_height() for bar in axes.patches if bar.get_height() > 0] == [2, 97]
    plt.close("all")


def test_what_a_person_evaluates_is_told_in_one_short_line(dossier):
    quantity = dossier.claim("gwc-exports-russia")
    told = [dossier, quantity, dossier.events[0], dossier.parties["russia"], quantity.value]
    told += [dossier.articles["ap"], dossier.measures["exports"], dossier.disagreements[0]]
    assert all(repr(thing)[0] == "<" and len(repr(thing)) < 420 for thing in told)
    assert repr(quantity.value) == "<less than US$2 billion [gwc-exports-russia]>"
    assert (repr(quantity.period), str(quantity.period)) == ("<Period 2023>", "2023")


def test_a_notebook_shows_short_text_with_evidence_on_hover_and_no_mathematics(dossier):
    less = dossier.claim("gwc-exports-russia").value
    odd = stated("1", "1", "USD bn", claims=('"<i>',))
    values = pd.Series([less, less + odd], dtype="value")
    page = shown(pd.DataFrame({"<b>": ["<i>", "$"], "value": values}))
    assert 'title="less than US$2 billion\nclaims: gwc-exports-russia">&lt;$2bn<' in page
    assert "= gwc-exports-russia + &quot;&lt;i&gt;\nclaims: gwc-exports-russia, &quot;" in page
    assert not any(tag in page for tag in ("<b>", "<i>"))
    plain = shown(pd.DataFrame({"text": ["$1 and $2"]}))
    assert all("mathjax_ignore" in html for html in (page, plain, less._repr_html_()))
