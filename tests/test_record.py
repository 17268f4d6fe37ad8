"""The record: its tables, the functions that ask them, and the verdicts on claims."""

import csv
import inspect
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

import against
from briefing.claims.load import DEFAULT_DATA, Dossier, load
from briefing.claims.record import FUNCTIONS, PREFIX, Queries, parsed
from briefing.claims.verdicts import VERDICTS, decided, matters, of_matter, reading, verdicts
from briefing.errors import Refusal
from briefing.render.build import build
from briefing.render.edition import prepare
from briefing.values.periods import Period
from briefing.values.value import stated

ARMS = "table=arms_deliveries;column=tiv;source=sipri-register"


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return load()


@pytest.fixture(scope="module")
def queries(dossier) -> Queries:
    return dossier.record.queries


@pytest.fixture(scope="module")
def made(dossier) -> dict:
    return {verdict.id: verdict for verdict in verdicts(dossier)}


def near(value, digits: str) -> list[Decimal]:
    """Both bounds, rounded as the expected figure is."""
    return [bound.quantize(Decimal(digits)) for bound in value.bounds]


# The tables --------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["sipri-register", "sipri-older"])
@pytest.mark.parametrize(
    ("supplier", "figure", "published"),
    [("russia", "russia", "56"), ("israel", "israel", "19"), ("south-korea", "korea", "6.6")],
)
def test_the_deliveries_sum_to_the_published_shares(queries, source, supplier, figure, published):
    wanted = {"supplier": supplier, "source": source, "year": (2017, 2021)}
    ours = queries.share("arms_deliveries", "tiv", **wanted).value
    assert near(ours, published)[0] == Decimal(published)
    assert queries.figure(f"arms-share-{figure}-2017-21").value.point == Decimal(published)


def test_roll_calls_agree_with_the_tallies(queries):
    # A resolution's own tally holds at least the votes of the members that were found.
    for row in queries.tables["un_resolutions"].rows:
        for vote, column in (("Y", "yes"), ("N", "no"), ("A", "abstain")):
            wanted = {"resolution": row["resolution"], "date": row["date"], "vote": vote}
            assert queries.count("un_votes", **wanted).value.point <= int(row[column])


def test_only_sums_of_the_register_are_kept(queries):
    # SIPRI lets others excerpt less than a tenth of a data set; 229 lines went into the sums.
    for name in ("arms_deliveries", "naval_deliveries"):
        rows = [row for row in queries.tables[name].rows if row["source"] == "sipri-register"]
        assert len(rows) == len({(row["year"], row["supplier"]) for row in rows})
        assert "designation" not in rows[0]
    assert len(queries.tables["arms_orders"].rows) < 229 / 10


def test_every_figure_says_where_it_comes_from(dossier):
    tables, origins = dossier.record.queries.tables, dossier.record.origins
    for row in (*tables["figures"].rows, *tables["dates"].rows):
        origin = origins[PREFIX + row["id"]]
        assert origin.address.startswith("http")
        assert "confidence" in origin.where
        assert "terms" in origin.where
    for row in tables["sources"].rows:
        assert row["vintage"] in origins[PREFIX + row["id"]].where
        assert row["terms"] in origins[PREFIX + row["id"]].where


# The functions -----------------------------------------------------------------------

#: What each finds, worked out by hand from the reference tables.
FOUND = [
    ("figure", "id=us-exports-2021", "96.3"),
    ("cell", "table=arms_orders;column=delivered;id=kilo", "6"),
    ("cell", "table=us_goods_trade;column=usd;flow=imports_from_vietnam;year=2023", "114408343727"),
    ("total", f"{ARMS};supplier=russia;year=2014-2018", "3337.8"),
    ("total", f"{ARMS};supplier=russia;year=2019-2023", "304"),
    ("total", f"{ARMS};year=2014-2018", "4405.75"),
    ("total", f"{ARMS};year=2019-2023", "588.24"),
    ("total", f"{ARMS};supplier=russia;year=2022-2023", "83"),
    ("total", f"{ARMS};supplier=belarus;year=2019-2023", "105"),
    ("total", f"{ARMS};supplier=netherlands;year=2019-2023", "86"),
    ("total", f"{ARMS};supplier=us;year=2019-2023", "54.24"),
    ("total", f"{ARMS};supplier=india;year=2019-2023", "30"),
    ("total", f"{ARMS};supplier=israel;year=2019-2023", "9"),
    ("total", f"{ARMS};supplier=japan;year=2019-2023", "0"),
    ("total", "table=arms_order_years;column=tiv;supplier=russia;order_year=2014-2023", "382"),
    ("total", f"{ARMS};supplier=russia;year=1995-2023", "7571.5"),
    ("total", "table=naval_deliveries;column=hulls;year=1995-2023", "45"),
    ("total", "table=naval_deliveries;column=hulls;supplier=russia;year=1995-2023", "35"),
    ("total", "table=naval_deliveries;column=hulls;year=2019-2023", "7"),
    ("total", "table=naval_deliveries;column=hulls;supplier=russia;year=2019-2023", "0"),
    ("share", f"supplier=russia;{ARMS};year=2000-2023", "80.6"),
    ("share", f"supplier=russia;{ARMS};year=2014-2018", "75.8"),
    ("share", f"supplier=russia;{ARMS};year=2019-2023", "51.7"),
    ("share", f"supplier=russia;{ARMS};year=2020-2023", "38.8"),
    ("share", f"supplier=russia;{ARMS};year=2023-2023", "18.2"),
    ("share_change", f"supplier=russia;{ARMS};first=2000-2004;last=2019-2023", "-40.2"),
    ("rank", f"supplier=russia;{ARMS};year=2019-2023", "1"),
    ("rank", f"supplier=belarus;{ARMS};year=2019-2023", "2"),
    ("count", "table=un_votes;country=vietnam;vote=A", "5"),
    ("count", "table=un_votes;country=vietnam;vote=Y", "0"),
    ("most", "table=un_votes;by=resolution;vote=A", "7"),
    ("most", "table=un_votes;by=resolution;vote=A;date=2023-2023", "2"),
    ("yearly", "measure=two_way_trade;subject=vietnam;year=2023", "681"),
    ("yearly", "measure=exports;subject=vietnam;year=2023", "354.65"),
    ("yearly", "measure=exports;subject=vietnam;partner=us;year=2021", "96.3"),
    ("yearly", "measure=imports;subject=vietnam;partner=us;year=2021", "15.26"),
    ("yearly", "measure=exports;subject=vietnam;partner=us;year=2023", "88.05 104.06"),
    ("yearly", "measure=exports;subject=vietnam;partner=us;year=2022", "107.99 110.43"),
    ("yearly", "measure=imports;subject=vietnam;partner=us;year=2023", "12.57 14.86"),
    ("yearly", "measure=two_way_trade;subject=vietnam;partner=russia;year=2023", "2.50 4.16"),
    ("yearly", "measure=exports;subject=vietnam;partner=russia;year=2023", "1.18 1.96"),
    ("part", "measure=exports;subject=vietnam;partner=us;year=2021", "28.6"),
    ("part", "measure=exports;subject=vietnam;partner=us;year=2023", "24.8 29.3"),
    ("part", "measure=two_way_trade;subject=vietnam;partner=russia;year=2023", "0.4 0.6"),
    ("yearly_rate", "day=aid-1982;plan=aid-five-years;years=5", "0.600 1.095"),
    ("years", "id=treaty;until=2024", "30"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "arguments", "expected"), FOUND)
def test_a_function_finds_what_was_worked_out_by_hand(queries, function, arguments, expected):
    ends = expected.split()
    found = queries.call(function, arguments)
    assert near(found.value, ends[0]) == [Decimal(ends[0]), Decimal(ends[-1])]
    assert all(id.startswith(PREFIX) for id in found.value.claims)


def test_every_function_is_tried_told_and_allowed_by_the_schema():
    assert {function for function, *_ in FOUND} | {"date"} == set(FUNCTIONS)
    assert all(inspect.getdoc(getattr(Queries, name)) for name in FUNCTIONS)
    package = json.loads((DEFAULT_DATA / "datapackage.json").read_text(encoding="utf-8"))
    checks = next(item for item in package["resources"] if item["name"] == "checks")
    allowed = {f["name"]: f.get("constraints", {}).get("enum") for f in checks["schema"]["fields"]}
    assert (tuple(allowed["function"]), tuple(allowed["verdict"])) == (FUNCTIONS, VERDICTS)


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        ("figur", "id=us-exports-2021", "did you mean 'figure'"),
        ("figure", "id=us-exports-2032", "nothing is on record for us-exports-2032"),
        ("figure", "", "missing a required argument: 'id'"),
        ("figure", "id", "'id' is not key=value"),
        ("figure", "id=a;id=b", "each key once"),
        ("figure", "id=kilo;year=2023", "unexpected keyword argument 'year'"),
        ("yearly", "measure=exports;subject=vietnam;year=soon", "year=soon: a whole number"),
        ("share_change", f"{ARMS};first=2000;last=2019-2023", "first=2000: years as 2000-2023"),
        ("share", ARMS.replace("deliveries", "delivery"), "did you mean 'arms_deliveries'"),
        ("share", f"suplier=russia;{ARMS}", "did you mean 'supplier'"),
        ("share", f"supplier=russia;{ARMS};year=1990-2023", "1995–2024 is on record"),
        ("total", "table=arms_deliveries;column=tiv", "2 sources; name one"),
        ("cell", "table=export_shares;column=share;partner=us", "rows have us, one is due"),
        ("yearly", "measure=exports;subject=vietnam;partner=us;year=2020", "nothing is on record"),
    ],
)
def test_bad_arguments_are_refused_with_their_reason(queries, function, arguments, message):
    with pytest.raises(Refusal, match=re.escape(message)):
        queries.call(function, arguments)


def test_russia_sold_slightly_more(queries):
    months = {
        name: queries.before(
            queries.figure(f"russia-{name}-2024-9m"),
            queries.figure(f"russia-{name}-2024-9m-change"),
        ).value
        for name in ("two-way", "exports")
    }
    assert near(months["exports"], "1.18")[0] == Decimal("1.18")
    assert near(months["two-way"] - months["exports"], "1.32")[0] == Decimal("1.32")


def test_three_leaders_came_within_284_days(queries):
    assert queries.days("biden", Period("2024-06-20", "2024-06-20")).point == 284


def test_a_part_of_a_year_is_no_whole_year_and_the_least_confidence_counts(queries):
    at = "measure=exports;subject=vietnam;partner=us;year="
    year, before = queries.call("yearly", f"{at}2023"), queries.call("yearly", f"{at}2022")
    assert (year.whole, year.confidence) == (False, "high")
    assert (before.whole, before.confidence) == (False, "medium")


# Reading claims and making verdicts --------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "unit", "hedge", "ends"),
    [
        ("97", "97", "USD bn", "", ("96.5", "97.5", False, True)),
        ("3.6", "3.6", "USD bn", "", ("3.55", "3.65", False, True)),
        ("29", "29", "%", "", ("28.5", "29.5", False, True)),
        ("6", "6", "count", "", ("6", "6", False, False)),
        ("80", "80", "%", "around", ("75", "85", False, False)),
        ("60000", "60000", "count", "Around", ("55000", "65000", False, False)),
        ("60", "70", "%", "about", ("55", "75", False, False)),
        ("100", "100", "%", "almost", ("95", "100", False, True)),
        ("", "2", "USD bn", "less than", (None, "2", False, True)),
        ("10", "", "USD bn", "more than", ("10", None, True, False)),
    ],
)
def test_a_printed_figure_stands_for_an_interval(low, high, unit, hedge, ends):
    value = reading(stated(low, high, unit, hedge))
    first, last = (None if end is None else Decimal(end) for end in ends[:2])
    assert (value.low, value.high) == (first, last)
    assert (value.low_open, value.high_open) == ends[2:]


#: What the tables come to, worked out by hand from the reference figures: the verdict, and the
#: years beside the claim's own that fit it or lie close.
EXPECTED = {
    "us-exports-op-ed": ("mis-dated", "2022"),
    "us-exports-op-ed-left": ("off", ""),
    "us-exports-op-ed-all": ("off", ""),
    "us-export-share": ("mis-dated", "2022"),
    "us-export-share-customs": ("consistent", "2021"),
    "us-exports-gwc": ("consistent", "~2021"),
    "us-exports-gwc-left": ("consistent", "2022"),
    "us-two-way": ("consistent", "~2021"),
    "us-destination": ("confirmed", "2022 2021"),
    "china-two-way": ("confirmed", ""),
    "russia-two-way": ("consistent", "2022"),
    "russia-exports": ("consistent", ""),
    "russia-rank": ("consistent", ""),
    "import-decline": ("confirmed", ""),
    "submarines": ("confirmed", ""),
    "visits-before": ("confirmed", ""),
    "residents": ("off", ""),
    "aid": ("consistent", ""),
    "vote-against": ("confirmed", ""),
    "xi": ("consistent", ""),
    "biden": ("confirmed", ""),
}


@pytest.mark.parametrize("id", EXPECTED)
def test_verdicts_that_are_computed_come_out_as_worked_out(made, id):
    fits = {"fits": "", "close": "~"}
    beside = [fits[it.fit] + it.period.text() for it in made[id].neighbours if it.fit]
    assert (made[id].verdict, " ".join(beside), made[id].argued) == (*EXPECTED[id], False)


def test_every_claim_with_a_year_is_tried_against_the_years_beside_it(dossier, made):
    for row in dossier.record.checks.rows:
        given, claim = parsed(row["arguments"]), made[row["id"]].claims[0]
        if isinstance(given.get("year"), int) and claim.period.start:
            assert claim.period == Period(*[str(given["year"])] * 2)
        if row["function"] in ("yearly", "part") and given.get("partner") == "us":
            # Three years are on record of each of these series: none is left out.
            assert made[row["id"]].neighbours, row["id"]
    exports = [it.period.text() for it in made["us-exports-gwc"].neighbours]
    assert exports == [it.period.text() for it in made["us-exports-op-ed"].neighbours]
    assert exports == ["2022", "2021"]


def test_what_is_argued_is_marked_and_what_is_computed_says_its_tolerance(made):
    for verdict in made.values():
        assert bool(verdict.argument) == verdict.argued
        if verdict.verdict in ("not comparable", "not checkable"):
            assert verdict.argued
            assert verdict.tolerance is verdict.margin is None
        elif not verdict.argued:
            assert verdict.tolerance or verdict.found.period
    assert made["us-exports-gwc"].tolerance.bounds == (Decimal("96.5"), Decimal("97.5"))
    assert made["us-exports-op-ed-left"].tolerance.bounds == (1, 3)


def test_matters_count_once_and_what_failed_comes_first(made):
    grouped = matters(made.values())
    kinds = [of_matter(checks) for checks in grouped.values()]
    assert kinds == sorted(kinds, key=VERDICTS.index)
    assert list(made) == [verdict.id for checks in grouped.values() for verdict in checks]
    assert of_matter(grouped["Exports to the US, op-ed"]) == "mis-dated"
    assert against.matters_of(list(made.values())).point == len(grouped) < len(made)


def test_margins_are_claim_less_record(made):
    assert made["residents"].margin.point == Decimal(-20000)
    assert made["us-export-share"].margin.point == 1
    assert made["us-exports-op-ed"].other.holds(109)
    assert made["us-exports-op-ed"].margin.low == 109 - Decimal("88.05") * (1 + Decimal(2) / 11)
    assert near(made["us-exports-op-ed-all"].margin, "21.2")[0] == Decimal("21.2")


def test_the_rule_is_one_docstring_that_can_be_printed():
    told = " ".join(
        part.plain() if hasattr(part, "plain") else str(part) for part in against.rule()
    )
    assert inspect.getdoc(decided).split()[0] in told
    assert all(kind in told for kind in VERDICTS if kind[:3] != "not")


@pytest.mark.parametrize(
    ("table", "key", "change", "check", "verdict"),
    [
        ("figures", "china-two-way-2023", {"low": "175", "high": "175"}, "china-two-way", "off"),
        ("figures", "residents-2021", {"low": "61000", "high": "61000"}, "residents", "confirmed"),
        ("figures", "us-two-way-2022", {"low": "150", "high": "150"}, "us-exports-op-ed", "off"),
        ("figures", "visits-2024", {"confidence": "medium"}, "visits-now", "consistent"),
        ("dates", "treaty", {"date": "1995-06-16"}, "treaty", "off"),
        ("dates", "biden", {"status": "scheduled"}, "biden", "consistent"),
        ("arms_orders", "kilo", {"delivered": "5"}, "submarines", "off"),
    ],
)
def test_a_changed_record_changes_its_verdict(tmp_path, table, key, change, check, verdict):
    data = spoiled(tmp_path, table, key, change)
    before = {item.id: item.verdict for item in verdicts(load())}
    after = {item.id: item.verdict for item in verdicts(load(data))}
    assert after[check] == verdict != before[check]
    others = {id for id in after if after[id] != before[id]} - {check}
    assert others <= {"treaty-age"}


def spoiled(folder: Path, table: str, key: str, cells: dict) -> Path:
    """A copy of the dossier with cells of one row of the record changed; none drops the row."""
    data = shutil.copytree(DEFAULT_DATA, folder / "data")
    path = data / "reference" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    mine = [row for row in rows if row["id"] == key]
    assert len(mine) == 1
    mine[0].update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if cells or row is not mine[0])
    return data


@pytest.mark.parametrize(
    ("table", "key", "cells", "message"),
    [
        ("figures", "residents-2021", {}, "row residents .* nothing is on record"),
        ("figures", "residents-2021", {"confidence": "low"}, "row residents .* decides nothing"),
        ("figures", "residents-2021", {"to": "2024-07"}, "tells of 2024-07, after 2024-06-20"),
        ("checks", "import-share", {"arguments": f"supplier=russia;{ARMS};year=2000-2024"}, "after"),
        ("checks", "residents", {"claims": "gwc-resident"}, "'gwc-resident' .* no claim has"),
        ("checks", "residents", {"verdict": "off"}, "row residents .* needs its argument"),
        ("checks", "residents", {"function": ""}, "row residents .* without a function"),
        ("checks", "residents", {"function": "figur"}, "row residents .* did you mean 'figure'"),
        ("checks", "residents", {"arguments": "name=x"}, "row residents .*unexpected keyword"),
        ("checks", "residents", {"read_as": "rest"}, "row residents .* go with a claim in `with`"),
        ("checks", "first-supplier", {"read_as": ""}, "row first-supplier .* say in read_as"),
        ("checks", "visits-now", {"claims": "explainer-visits oped-visits"}, "different verdicts"),
    ],
)  # fmt: skip
def test_a_check_that_lost_its_record_fails_and_is_named(tmp_path, table, key, cells, message):
    with pytest.raises(Refusal, match=message):
        verdicts(load(spoiled(tmp_path, table, key, cells)))


def test_the_verb_check_fails_with_a_lost_record(tmp_path, capsys):
    from briefing.__main__ import main

    data = spoiled(tmp_path, "figures", "residents-2021", {})
    assert main(["check", "--data", str(data)]) == 2
    assert "row residents" in capsys.readouterr().err
    assert main(["check"]) == 0
    assert "record: " in capsys.readouterr().out


# In the briefing ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    """Manifests of the chapters that cite the record, with and without it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("briefing.render.exporters.pdf", lambda *_, **__: (b"", b""))
        yield {
            (chapter, shown): manifest_of(tmp_path_factory, chapter, shown)
            for chapter in ("0-summary", "6-disagreements", "5-record")
            for shown in (True, False)
        }


def manifest_of(factory, chapter: str, shown: bool) -> dict:
    pairs = [f"record={str(shown).lower()}"]
    out = build(prepare("default", pairs, None, "", chapter), factory.mktemp("r") / "o", print)
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))


def test_the_manifest_lists_every_verdict(editions, made):
    listed = editions["5-record", True]["verdicts"]
    assert [item["id"] for item in listed] == list(made)
    for item in listed:
        assert item["claims"]
        assert item["verdict"] == made[item["id"]].verdict
        assert "record" in item
        assert "margin" in item


def test_without_the_record_none_of_it_appears_and_nothing_else_changes(editions):
    assert editions["5-record", False]["sentences"] == []
    assert editions["5-record", False]["exhibits"] == []
    assert editions["5-record", False]["verdicts"] == []
    for chapter in ("0-summary", "6-disagreements"):
        shown, hidden = editions[chapter, True], editions[chapter, False]
        assert cites_record(shown)
        assert not cites_record(hidden)
        own = [text for text in texts_of(hidden) if text not in texts_of(shown)]
        for text in own:
            # What differs is a sentence more in the same paragraph, and nothing of the rest.
            assert any(is_part(text, longer) for longer in texts_of(shown)), text
        assert [item for item in hidden["exhibits"] if item not in shown["exhibits"]] == []


def texts_of(manifest: dict) -> list[str]:
    return [item["text"] for item in manifest["sentences"]]


def is_part(text: str, longer: str) -> bool:
    """Whether a text is a longer one with one piece cut out."""
    ends = range(len(text) + 1)
    return any(longer.startswith(text[:at]) and longer.endswith(text[at:]) for at in ends)


def cites_record(manifest: dict) -> bool:
    return any(id.startswith(PREFIX) for number in manifest["numbers"] for id in number["claims"])


def test_dollars_and_volumes_never_meet(editions):
    for number in editions["5-record", True]["numbers"]:
        sipri = any("sipri" in id for id in number["claims"])
        assert not (sipri and number["unit"].startswith("USD")), number
        assert not (sipri and any("us-" in id for id in number["claims"])), number


def test_a_changed_record_changes_prose_and_chart(tmp_path):
    data = spoiled(tmp_path, "figures", "us-two-way-2022", {"low": "150", "high": "150"})
    changed = {item.id: item for item in verdicts(load(data))}
    assert against.verdict_on(list(changed.values()), "us-exports-op-ed", "mis-dated") is None
    plain = against.mirror_chart(load(), verdicts(load()))
    other = against.mirror_chart(load(data), list(changed.values()))
    assert str(plain.alt) != str(other.alt)
