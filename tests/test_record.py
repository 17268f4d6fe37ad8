"""The record: tables of official statistics, queries over them, and the verdicts on claims."""

import csv
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

import record
from briefing.claims import verdicts as rules
from briefing.claims.load import DEFAULT_DATA, Dossier, load
from briefing.claims.official import PREFIX
from briefing.claims.verdicts import VERDICTS, reading, verdicts
from briefing.errors import Refusal
from briefing.render.build import build
from briefing.render.edition import prepare
from briefing.values.value import stated

REGISTER = 'source="sipri-register"'


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return load()


@pytest.fixture(scope="module")
def made(dossier) -> dict:
    return {verdict.id: verdict for verdict in verdicts(dossier)}


def ask(dossier: Dossier, query: str):
    return dossier.record.queries.find(query)


# The tables --------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["sipri-register", "sipri-older"])
@pytest.mark.parametrize(
    ("supplier", "figure"),
    [
        ("russia", "arms-share-russia-2017-21"),
        ("israel", "arms-share-israel-2017-21"),
        ("south-korea", "arms-share-korea-2017-21"),
    ],
)
def test_the_deliveries_sum_to_the_published_shares(dossier, source, supplier, figure):
    wanted = f'supplier="{supplier}", source="{source}", year=(2017, 2021)'
    ours = ask(dossier, f'share("arms_deliveries", "tiv", {wanted})').value.point
    published = ask(dossier, f'figure("{figure}")').value.point
    digits = Decimal(1).scaleb(published.as_tuple().exponent)
    assert ours.quantize(digits) == published


def test_the_published_shares_are_those_that_sipri_is_cited_for(dossier):
    published = [
        ask(dossier, f'figure("arms-share-{name}-2017-21")').value.point
        for name in ("russia", "israel", "korea")
    ]
    assert published == [Decimal(56), Decimal(19), Decimal("6.6")]


def test_exports_and_surplus_give_the_total_of_the_year(dossier):
    total, surplus = (
        ask(dossier, f'figure("{name}")').value.point
        for name in ("total-two-way-2023", "total-surplus-2023")
    )
    china = ask(dossier, 'figure("china-two-way-2023")').value.point
    part = ask(dossier, 'figure("china-part-2023")').value.point
    assert (total + surplus) / 2 == Decimal("354.65")
    assert abs(china / total * 100 - part) < Decimal("0.05")


def test_roll_calls_agree_with_the_tallies(dossier):
    tables = dossier.record.queries.tables
    dates = {row["resolution"]: row["date"] for row in tables["un_resolutions"].rows}
    for row in tables["un_votes"].rows:
        assert row["date"] == dates[row["resolution"]]
    # A resolution's own tally holds at least the votes of the members that were found.
    for row in tables["un_resolutions"].rows:
        for vote, column in (("Y", "yes"), ("N", "no"), ("A", "abstain")):
            found = ask(
                dossier, f'count("un_votes", resolution="{row["resolution"]}", vote="{vote}")'
            )
            assert found.value.point <= int(row[column])


def test_only_sums_of_the_register_are_kept(dossier):
    # SIPRI lets others excerpt less than a tenth of a data set; 229 lines went into the sums.
    tables = dossier.record.queries.tables
    rows = [row for row in tables["arms_deliveries"].rows if row["source"] == "sipri-register"]
    assert len(rows) == len({(row["year"], row["supplier"]) for row in rows})
    assert "designation" not in rows[0]
    assert len(tables["arms_orders"].rows) < 229 / 10


def test_every_figure_says_where_it_comes_from(dossier):
    tables = dossier.record.queries.tables
    for name in ("figures", "dates"):
        for row in tables[name].rows:
            origin = dossier.record.origins[PREFIX + row["id"]]
            assert origin.address.startswith("http")
            assert "confidence" in origin.where
            assert "terms" in origin.where
    for row in tables["sources"].rows:
        origin = dossier.record.origins[PREFIX + row["id"]]
        assert row["vintage"] in origin.where
        assert row["terms"] in origin.where


# Queries -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('figure("us-exports-2032")', "nothing is on record for us-exports-2032"),
        ('figur("us-exports-2021")', "did you mean 'figure'"),
        ('figure("us-exports-2021"', "never closed"),
        ('share("arms_delivery", "tiv", supplier="russia")', "did you mean 'arms_deliveries'"),
        ('cell("export_shares", "share", partner="us")', "rows have us, one is due"),
        ("3 + 4", "a query holds only calls, words and numbers"),
        ('"words"', "it finds no value"),
        ('__import__("os")', "query function"),
        ("date.today()", "a query holds only calls"),
    ],
)
def test_a_query_that_finds_nothing_is_refused_with_its_reason(dossier, query, message):
    with pytest.raises(Refusal, match=re.escape(message)):
        ask(dossier, query)


def test_a_part_of_a_year_bounds_the_year(dossier):
    known = ask(dossier, 'figure("us-exports-2023-11m")').value.point
    year = ask(dossier, 'whole_year(figure("us-exports-2023-11m"))')
    assert year.value.low == known
    assert year.value.high == known * (1 + Decimal(2) / 11)
    assert not year.whole


def test_a_year_before_follows_from_its_change(dossier):
    found = ask(
        dossier, 'before(figure("us-exports-2023-11m"), figure("us-exports-2023-11m-change"))'
    )
    assert found.value.point == Decimal("88.05") / (1 + Decimal("-13.1") / 100)


def test_the_least_confidence_counts(dossier):
    both = 'between(figure("us-exports-2021"), figure("us-two-way-2022"))'
    assert ask(dossier, both).confidence == "medium"


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


#: What the tables come to, worked out by hand from the reference figures.
EXPECTED = {
    "us-exports-op-ed": "mis-dated",
    "us-exports-gwc": "consistent",
    "us-two-way": "consistent",
    "us-destination": "confirmed",
    "china-two-way": "confirmed",
    "russia-two-way": "consistent",
    "russia-exports": "consistent",
    "import-share": "confirmed",
    "import-decline": "confirmed",
    "first-supplier": "confirmed",
    "submarines": "confirmed",
    "visits-now": "confirmed",
    "visits-before": "confirmed",
    "residents": "off",
    "aid": "consistent",
    "vote-against": "confirmed",
    "xi": "consistent",
    "biden": "confirmed",
}


@pytest.mark.parametrize("id", EXPECTED)
def test_verdicts_that_are_computed_come_out_as_worked_out(made, id):
    assert (made[id].verdict, made[id].argued) == (EXPECTED[id], False)


def test_what_is_argued_is_marked_and_has_its_sentence(made):
    for verdict in made.values():
        assert verdict.verdict in VERDICTS
        assert bool(verdict.argument) == verdict.argued
        if verdict.verdict in ("not comparable", "not checkable"):
            assert verdict.argued


def test_margins_are_claim_less_record(made):
    residents = made["residents"].margin
    assert residents.point == Decimal(-20000)
    assert made["us-export-share"].margin.point == 1
    assert made["reliance-now"].margin is None
    assert made["us-exports-op-ed"].other.holds(109)
    assert made["us-exports-op-ed"].margin.low == 109 - Decimal("88.05") * (1 + Decimal(2) / 11)


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
        ("figures", "residents-2021", {}, "row residents .* column query: .*nothing is on record"),
        ("figures", "residents-2021", {"confidence": "low"}, "row residents .* decides nothing"),
        ("checks", "residents", {"claims": "gwc-resident"}, "'gwc-resident' .* no claim has"),
        ("checks", "residents", {"verdict": "off"}, "row residents .* needs its argument"),
        ("checks", "residents", {"query": ""}, "row residents .* without a query"),
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
    manifest = editions["5-record", True]
    for number in manifest["numbers"]:
        sipri = any("sipri" in id for id in number["claims"])
        assert not (sipri and number["unit"].startswith("USD")), number
        assert not (sipri and any("us-" in id for id in number["claims"])), number
    assert not any("TIV" in number["unit"] for number in manifest["numbers"])


def test_a_changed_record_changes_prose_and_chart(tmp_path):
    data = spoiled(tmp_path, "figures", "us-two-way-2022", {"low": "150", "high": "150"})
    changed = {item.id: item for item in verdicts(load(data))}
    assert record.verdict_on(list(changed.values()), "us-exports-op-ed", "mis-dated") is None
    plain = record.mirror_chart(load(), verdicts(load()))
    other = record.mirror_chart(load(data), list(changed.values()))
    assert str(plain.alt) != str(other.alt)


def test_every_rule_is_a_verdict_of_the_table():
    package = json.loads((DEFAULT_DATA / "datapackage.json").read_text(encoding="utf-8"))
    checks = next(item for item in package["resources"] if item["name"] == "checks")
    field = next(f for f in checks["schema"]["fields"] if f["name"] == "verdict")
    assert tuple(field["constraints"]["enum"]) == rules.VERDICTS
