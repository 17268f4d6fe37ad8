"""The record: its tables, the functions that ask them, and the verdicts on claims."""

import contextlib
import inspect
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import spoil

import record as on_record
from briefing.claims.load import DEFAULT_DATA, load
from briefing.claims.queries import FUNCTIONS, Queries
from briefing.claims.selection import PREFIX, parsed
from briefing.claims.verdicts import VERDICTS, matters, of_matter, reading, verdicts
from briefing.errors import Refusal
from briefing.render.build import build
from briefing.render.edition import prepare
from briefing.values.periods import Period
from briefing.values.value import stated

ARMS = "table=arms_deliveries;column=tiv;source=sipri-register"
RUSSIAN = f"supplier=russia;{ARMS};year="
HULLS = "table=naval_deliveries;column=hulls"
US, RUSSIA = (f"subject=vietnam;partner={name};year=" for name in ("us", "russia"))


@pytest.fixture(scope="module")
def queries() -> Queries:
    return load().record.queries


@pytest.fixture(scope="module")
def made() -> dict:
    return {verdict.id: verdict for verdict in verdicts(load())}


def near(value, digits: str) -> list[Decimal]:
    return [bound.quantize(Decimal(digits)) for bound in value.bounds]


@pytest.mark.parametrize("source", ["sipri-register", "sipri-older"])
def test_the_deliveries_sum_to_the_published_shares(queries, source):
    for supplier, published in (("russia", "56"), ("israel", "19"), ("south-korea", "6.6")):
        wanted = {"supplier": supplier, "source": source, "year": (2017, 2021)}
        ours = queries.share("arms_deliveries", "tiv", **wanted).value
        assert near(ours, published)[0] == Decimal(published)
        id = f"arms-share-{supplier.removeprefix('south-')}-2017-21"
        assert queries.figure(id).value.point == Decimal(published)


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
    assert len(queries.tables["arms_orders"].rows) < 229 / 10


def test_every_figure_says_where_it_comes_from(queries):
    tables, origins = queries.tables, load().record.origins
    for row in (*tables["figures"].rows, *tables["dates"].rows):
        origin = origins[PREFIX + row["id"]]
        assert origin.address.startswith("http")
        assert "confidence" in origin.where
    for row in tables["sources"].rows:
        assert all(row[name] in origins[PREFIX + row["id"]].where for name in ("vintage", "terms"))


#: What each finds, worked out by hand from the reference tables: by what all arguments begin with,
#: what follows, and the lower and upper bound where they differ.
FOUND = {
    f"total {RUSSIAN}": "2014-2018 3337.8, 2019-2023 304, 2022-2023 83, 1995-2023 7571.5",
    f"total {ARMS};year=": "2014-2018 4405.75, 2019-2023 588.24",
    f"total {ARMS};year=2019-2023;supplier=": "belarus 105, netherlands 86, us 54.24, india 30, "
    "israel 9, japan 0, south-korea 0, czech-republic 0",
    "total table=arms_order_years;column=tiv;supplier=russia;order_year=": "2014-2023 382",
    f"total {HULLS};year=": "1995-2023 45, 2019-2023 7",
    f"total {HULLS};supplier=russia;year=": "1995-2023 35, 2019-2023 0",
    f"share {RUSSIAN}": "2000-2023 80.6, 2014-2018 75.8, 2019-2023 51.7, 2023-2023 18.2, "
    "2020-2023 38.8",
    f"share_change supplier=russia;{ARMS};first=2000-2004;last=": "2019-2023 -40.2",
    f"rank {RUSSIAN}": "2019-2023 1, 1995-2023 1",
    "figure id=": "us-exports-2021 96.3",
    "cell table=arms_orders;column=delivered;id=": "kilo 6, t90 64, yak130 12",
    "count table=un_votes;country=vietnam;vote=": "A 5, N 1, Y 0",
    "most table=un_votes;by=resolution;vote=": "A 7, A;date=2023-2023 2",
    "yearly measure=two_way_trade;subject=vietnam;year=": "2023 681",
    "yearly measure=exports;subject=vietnam;year=": "2023 354.65",
    f"yearly measure=exports;{US}": "2021 96.3, 2022 107.99 110.43, 2023 88.05 104.06",
    f"yearly measure=imports;{US}": "2021 15.26, 2022 13.43 15.87, 2023 12.57 14.86",
    f"yearly measure=two_way_trade;{RUSSIA}": "2021 5.5, 2022 3.55, 2023 2.50 4.16",
    f"yearly measure=exports;{RUSSIA}": "2023 1.18 1.96",
    f"part measure=exports;{US}": "2021 28.6, 2023 24.8 29.3",
    f"part measure=two_way_trade;{RUSSIA}": "2023 0.4 0.6",
    "yearly_rate day=aid-1982;plan=aid-five-years;years=": "5 0.600 1.095",
    "years id=treaty;until=": "2024 30",
}
CASES = [(begin, *case.split()) for begin, told in FOUND.items() for case in told.split(", ")]


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_a_function_finds_what_was_worked_out_by_hand(queries, case):
    begin, end, *ends = case
    found = queries.call(*f"{begin}{end}".split(" ", 1))
    assert near(found.value, ends[0]) == [Decimal(ends[0]), Decimal(ends[-1])]
    assert all(id.startswith(PREFIX) for id in found.value.claims)


def test_every_function_is_tried_told_and_allowed_by_the_schema():
    assert {begin.partition(" ")[0] for begin in FOUND} | {"date"} == set(FUNCTIONS)
    assert all(inspect.getdoc(getattr(Queries, name)) for name in FUNCTIONS)
    package = json.loads((DEFAULT_DATA / "datapackage.json").read_text(encoding="utf-8"))
    checks = next(item for item in package["resources"] if item["name"] == "checks")
    allowed = {f["name"]: f.get("constraints", {}).get("enum") for f in checks["schema"]["fields"]}
    assert (allowed["function"], allowed["verdict"]) == (list(FUNCTIONS), list(VERDICTS))
    assert all(kind in "".join(map(str, on_record.rule())).lower() for kind in VERDICTS)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("figur id=us-exports-2021", "did you mean 'figure'"),
        ("figure id", "'id' is not key=value"),
        ("figure id=a;id=b", "each key once"),
        ("figure id=kilo;year=2023", "figure takes id: Queries.figure() got an unexpected"),
        ("yearly measure=exports;subject=vietnam;year=soon", "year=soon: a whole number"),
        (f"share_change {ARMS};first=2000;last=2019-2023", "first=2000: years as 2000-2023"),
        ("share table=arms_delivery;column=tiv;supplier=x", "did you mean 'arms_deliveries'"),
        (f"share {ARMS};supplier=russia", "what is the part comes first"),
        (f"share suplier=russia;{ARMS}", "did you mean 'supplier'"),
        (f"share {RUSSIAN}1990-2023", "1995–2024 is on record"),
        ("total table=arms_deliveries;column=tiv", "2 sources; name one"),
        ("cell table=export_shares;column=share;partner=us", "rows have us, one is due"),
        (f"yearly measure=exports;{US}2020", "nothing is on record for exports vietnam us 2020"),
    ],
)
def test_bad_arguments_are_refused_with_their_reason(queries, asked, message):
    with pytest.raises(Refusal, match=re.escape(message)):
        queries.call(*asked.split(" ", 1))


def test_months_are_no_whole_year_and_the_least_confidence_counts(queries):
    for year, confidence in ((2023, "high"), (2022, "medium")):
        found = queries.call("yearly", f"measure=exports;{US}{year}")
        assert (found.whole, found.confidence) == (False, confidence)


@pytest.mark.parametrize(
    ("figure", "interval"),
    [
        ("97/97/USD bn/", "[96.5 97.5)"), ("3.6/3.6/USD bn/", "[3.55 3.65)"),
        ("29/29/%/", "[28.5 29.5)"), ("6/6/count/", "[6 6]"), ("80/80/%/around", "[75 85]"),
        ("60000/60000/count/Around", "[55000 65000]"), ("60/70/%/about", "[55 75]"),
        ("100/100/%/almost", "[95 100)"), ("/2/USD bn/less than", "[None 2)"),
        ("10//USD bn/more than", "(10 None]"),
    ],
)  # fmt: skip
def test_a_printed_figure_stands_for_an_interval(figure, interval):
    value = reading(stated(*figure.split("/")))
    low, high = (None if end is None else f"{end.normalize():f}" for end in value.bounds)
    assert f"{'[('[value.low_open]}{low} {high}{'])'[value.high_open]}" == interval


#: Every verdict that is computed, as the tables come to it by hand.
EXPECTED = {
    "mis-dated": "us-exports-op-ed us-export-share",
    "off": "us-exports-op-ed-left us-exports-op-ed-all",
    "consistent": "us-export-share-customs us-exports-gwc us-exports-gwc-left us-two-way xi aid "
    "russia-two-way russia-exports russia-rank last-visit",
    "confirmed": "us-destination china-two-way import-share import-decline first-supplier biden "
    "soviet-supplier submarines visits-now visits-before relations treaty "
    "treaty-age relations-age partnership alliance vote-against abstained-invasion abstained-often",
}
#: The years beside a claim's own that fit it, or (~) lie close; "" where none of those tried does.
BESIDE = {
    "us-exports-op-ed": "2022", "us-exports-op-ed-left": "", "us-exports-op-ed-all": "",
    "us-export-share": "2022", "us-export-share-customs": "2021", "us-exports-gwc": "~2021",
    "us-exports-gwc-left": "2022", "us-two-way": "~2021", "us-destination": "2022 2021",
    "russia-two-way": "2022", "visits-before": "",
}  # fmt: skip


def test_verdicts_that_are_computed_come_out_as_worked_out(made):
    for kind, ids in EXPECTED.items():
        computed = {id for id, it in made.items() if it.verdict == kind and not it.argued}
        assert computed == set(ids.split())
    # Margins are claim less record.
    assert made["us-exports-op-ed"].margin.low == 109 - Decimal("88.05") * (1 + Decimal(2) / 11)


@pytest.mark.parametrize("id", BESIDE)
def test_a_claim_is_tried_against_the_years_beside_it(made, id):
    assert made[id].neighbours
    sign = {"fits": "", "close": "~"}
    fits = [sign[it.fit] + it.period.text() for it in made[id].neighbours if it.fit]
    assert " ".join(fits) == BESIDE[id]


def test_a_change_is_tried_with_either_window_moved_the_nearest_first(made):
    near = [it.period.iso() for it in made["import-decline"].neighbours]
    assert near[:4] == ["1999/2004", "2000/2003", "2018/2023", "2019/2022"], "one year away"
    assert not {"2019/2024", "2019/2025"} & set(near), "days after the articles"
    assert all(it.fit == "fits" for it in made["import-decline"].neighbours)


def test_no_year_that_the_record_has_is_left_out(queries, made):
    for row in load().record.checks.rows:
        given, claim = parsed(row["arguments"]), made[row["id"]].claims[0]
        if isinstance(given.get("year"), int) and claim.period.start:
            assert claim.period == Period(*[str(given["year"])] * 2)
            on_record = set()
            for year in (2021, 2022):
                text = ";".join(f"{key}={it}" for key, it in {**given, "year": year}.items())
                with contextlib.suppress(Refusal):
                    on_record |= {str(year)} if queries.call(row["function"], text) else set()
            assert {it.period.start for it in made[row["id"]].neighbours} == on_record


def test_what_is_argued_is_marked_and_what_is_computed_says_its_tolerance(made):
    for verdict in made.values():
        assert verdict.argument if verdict.argued else verdict.tolerance or verdict.found.period
        if verdict.verdict in ("not comparable", "not checkable"):
            assert (verdict.argued, verdict.tolerance, verdict.margin) == (True, None, None)
    assert made["us-exports-gwc"].tolerance.bounds == (Decimal("96.5"), Decimal("97.5"))
    assert made["us-exports-op-ed-left"].tolerance.bounds == (1, 3)


def test_matters_count_once_and_what_failed_comes_first(made):
    grouped = matters(made.values())
    kinds = [*map(of_matter, grouped.values())]
    assert kinds == sorted(kinds, key=VERDICTS.index)
    assert list(made) == [verdict.id for checks in grouped.values() for verdict in checks]
    assert on_record.matters_of(list(made.values())).point == len(grouped) < len(made)
    card = on_record.scorecard(load(), list(made.values()))
    assert list(card["Matter"]) == list(grouped), "a row a matter"
    assert str(card["Verdict"][0]) == "mis-dated: fits 2022"


@pytest.mark.parametrize(
    ("table", "key", "change", "check", "verdict"),
    [
        ("figures", "china-two-way-2023", "low=175 high=175", "china-two-way", "off"),
        ("figures", "visits-2018", "low=5 high=5", "visits-before", "off"),
        ("figures", "us-two-way-2022", "low=150 high=150", "us-exports-op-ed", "off"),
        ("figures", "visits-2024", "confidence=medium", "visits-now", "consistent"),
        ("dates", "treaty", "date=1995-06-16", "treaty", "off"),
        ("dates", "biden", "status=scheduled", "biden", "consistent"),
        ("arms_orders", "kilo", "delivered=5", "submarines", "off"),
    ],
)
def test_a_changed_record_changes_its_verdict(tmp_path, table, key, change, check, verdict):
    data = spoiled(tmp_path, table, key, dict(cell.split("=") for cell in change.split()))
    before, after = ({it.id: it.verdict for it in verdicts(load(at))} for at in (None, data))
    assert after[check] == verdict != before[check]
    assert {id for id in after if after[id] != before[id]} - {check} <= {"treaty-age"}


def spoiled(folder: Path, table: str, key: str, cells: dict) -> Path:
    """A copy of the dossier with cells of one row of the record changed; none drops the row."""
    data = shutil.copytree(DEFAULT_DATA, folder / "data")
    spoil(data / "reference", table, key, **cells)
    return data


@pytest.mark.parametrize(
    ("table", "key", "cells", "message"),
    [
        ("figures", "visits-2018", {}, "row visits-before .* nothing is on record"),
        ("figures", "visits-2018", {"confidence": "low"}, "row visits-before .* decides nothing"),
        ("figures", "visits-2018", {"to": "2024-07"}, "tells of 2024-07, after 2024-06-20"),
        ("checks", "import-share", {"arguments": f"{RUSSIAN}2000-2024"}, "of 2024"),
        ("checks", "visits-before", {"claims": "oped-visit-"}, "'oped-visit-' .* no claim has"),
        ("checks", "visits-before", {"verdict": "off"}, "row visits-before .* needs its argument"),
        ("checks", "visits-before", {"function": ""}, "row visits-before .* without a function"),
        ("checks", "visits-before", {"arguments": "name=x"}, "figure takes id: .* unexpected"),
        ("checks", "visits-before", {"read_as": "rest"}, "go with a claim in `with`"),
        ("checks", "first-supplier", {"read_as": ""}, "row first-supplier .* say in read_as"),
        ("checks", "visits-now", {"claims": "explainer-visits oped-visits"}, "different verdicts"),
        ("checks", "abstained-often", {"arguments": "table=dates;source=press;date=0001-2023"},
         "cannot be compared: year 0"),
    ],
)  # fmt: skip
def test_a_check_that_lost_its_record_fails_and_is_named(tmp_path, table, key, cells, message):
    with pytest.raises(Refusal, match=message):
        verdicts(load(spoiled(tmp_path, table, key, cells)))


@pytest.fixture(scope="module")
def editions(built, tmp_path_factory):
    """Manifests of the default edition, and without the record of the chapters that cite it."""
    out = tmp_path_factory.mktemp("r") / "o"
    pairs = ["chapters=0-summary,5-record,6-disagreements", "record=false"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("briefing.render.exporters.pdf", lambda *_, **__: (b"", b""))
        build(prepare("default", pairs, None, ""), out, print)
    return [json.loads((it / "manifest.json").read_text("utf-8")) for it in (built, out)]


def numbers(manifest: dict, chapter: str) -> list[dict]:
    return [number for number in manifest["numbers"] if number["place"] == chapter]


def test_the_manifest_lists_every_verdict(editions, made):
    listed = editions[0]["verdicts"]
    assert [item["id"] for item in listed] == list(made)
    assert [item["verdict"] for item in listed] == [verdict.verdict for verdict in made.values()]
    assert all({"record", "margin", "tolerance", "neighbours", "fits"} <= set(it) for it in listed)


@pytest.mark.parametrize("chapter", ["0-summary", "6-disagreements", "5-record"])
def test_without_the_record_none_of_it_appears_and_nothing_else_changes(editions, chapter):
    cited = [[id for it in numbers(m, chapter) for id in it["claims"]] for m in editions]
    assert [any(id.startswith(PREFIX) for id in ids) for ids in cited] == [True, False]
    told, own = (
        [it["text"] for it in m["sentences"] if it["chapter"] == chapter] for m in editions
    )
    # At most a third rests on it: told otherwise, or left out of its paragraph.
    other = [text for text in own if text not in told]
    cut = [
        it for it in other if any(it[:40] == text[:40] or it[-40:] == text[-40:] for text in told)
    ]
    assert len(other) - len(cut) <= len(own) / 3, other
    # The summary's chart stays, without the record's line and with another title.
    keys = [
        {it["key"] for it in m["exhibits"] if it["number"].startswith(chapter[0])} for m in editions
    ]
    assert keys[1] <= keys[0]
    if chapter == "5-record":
        assert own == editions[1]["verdicts"] == [*keys[1]] == []


def test_dollars_and_volumes_never_meet(editions):
    assert numbers(editions[0], "5-record")
    for number in numbers(editions[0], "5-record"):
        if any("sipri" in id for id in number["claims"]):
            assert not number["unit"].startswith("USD"), number
            assert not any("us-" in id for id in number["claims"]), number


def test_the_annex_lists_what_was_corrected_in_value_time_stance_or_speaker():
    dossier = load()
    rows = [
        row for row in dossier.tables["corrections"].rows
        if row["table"] in ("quantities", "events", "assessments")
    ]  # fmt: skip
    mended = on_record.corrections(dossier)
    assert 0 < len(mended) < len(rows)
    assert not {str(was).partition(":")[0] for was in mended["Was"]} & {*on_record.WORDS}
    first = mended[mended["Was"].map(str) == "to: 2023"].iloc[0]
    assert str(first["Is"]) == "2024-06"
    assert "Last year" in str(first["Why"])
    assert not first["Claim"].claims, "a correction is no use of a claim"
    assert len(on_record.corrections(dossier.counting(["oped"]))) < len(mended)
