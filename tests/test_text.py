"""Sentences and tables of typed inlines, in which every digit is accounted for."""

import csv
import io
import re
import time
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import INVENTED as INVENTED_FOLDER
from conftest import cases
from hypothesis import example, given
from hypothesis import strategies as st

from briefing.claims.load import Article, Measure, Party, load
from briefing.errors import Refusal, unguarded
from briefing.report.blocks import plain
from briefing.report.chapter import Chapter
from briefing.report.tables import claims_table, csv_text, statements_table, table_of
from briefing.report.text import Text, cited, line, listed, named, quoted, series, shown
from briefing.values.periods import Period
from briefing.values.value import stated

INVENTED, OURS = load(INVENTED_FOLDER), load()
CLAIM = next(it for it in INVENTED.quantities if it.value.hedge == "less than")
TRADE = next(it for it in OURS.quantities if it.id == "ap-trade-russia")
ARRIVAL = next(it for it in OURS.events if it.id == "ap-arrival")
EXACT = stated("3.6", "3.6", "USD bn", claims=("ap-trade",))
BOUND = stated("", "2", "USD bn", "less than", ("gwc-exports",))
WORDS = stated("", "", "%", "Nearly all", ("naval",))


def party(name: str = "the United States", demonym: str = "US") -> Party:
    return Party("us", "country", name, demonym, "", "", "")


def article(short: str) -> Article:
    return Article(short, short, *[""] * 10, 0, 1, "")


def only(said: Text, kind: str) -> dict:
    """The only inline of a kind in a text."""
    found = [inline for inline in said.json if inline["kind"] == kind]
    assert len(found) == 1, said.json
    return found[0]


# What may be said --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "typed"),
    [("in 2023", "2023"), ("T-90 tanks", "90"), ("{x} of 5", "5"), ("x{x}9", "9"), ("٣", "٣"),
     ("the two countries", "two"), ("Twice in {x}", "Twice"), ("by half", "half"),
     ("some forty tanks", "forty"), ("on Thursday", "Thursday")],
)  # fmt: skip
def test_a_numeral_typed_into_a_template_is_refused(template, typed):
    with pytest.raises(ValueError, match="a number is typed into the text: ") as caught:
        line(template, x="a")
    assert typed in str(caught.value).split(" in ")[0]


@pytest.mark.parametrize("words", ["in 2023", "5 tanks", "a 21-gun salute", "v1.2.3", "29%"])
def test_a_figure_given_as_words_is_refused(words):
    with pytest.raises(ValueError, match="a number is typed into the text"):
        line("{w}", w=words)


@pytest.mark.parametrize("number", [5, 2.5, True, False, 0, Decimal(3), date(2024, 6, 20)])
def test_a_bare_number_is_refused(number):
    with pytest.raises(TypeError, match="bare number|cannot be shown"):
        line("{n}", n=number)
    with pytest.raises(TypeError):
        line("{n}", n=["a", number])


def test_what_is_not_there_is_refused_by_name():
    with pytest.raises(KeyError, match="partner"):
        line("{partner}", other="x")
    with pytest.raises(AttributeError):
        line("{claim.nothing}", claim=TRADE)
    with pytest.raises(TypeError, match="{x} is not there"):
        line("{x}", x=None)


# A chapter's sentences ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "values", "said"),
    [
        ("{host} met {visitor} of {guest:demonym} make.",
         {}, "Sundrey met Oriane Tesk of Velmaran make."),
        ("It was {row.value} {row:source}.",
         {"row": CLAIM}, "It was less than US$2\u00a0billion (HP)."),
        ("It was {pair.first.value} {pair.first:source}.",
         {"pair": SimpleNamespace(first=CLAIM)}, "It was less than US$2\u00a0billion (HP)."),
        ("It was {row.value} {all:source}.",
         {"row": CLAIM, "all": [CLAIM, CLAIM.value]}, "It was less than US$2\u00a0billion (HP)."),
        ("It was {row.value}.", {"row": None}, ""),
        ("It was {pair.first.value}.", {"pair": SimpleNamespace(first=None)}, ""),
        ("It was {pair.first:source}.", {"pair": None}, ""),
        ("It was {row.value}.", {"row": SimpleNamespace(value=pd.NA)}, ""),
        ("{host} said so.", {"unused": []}, ""),
        ("{host} said so[, and {who} too].", {"who": None}, "Sundrey said so."),
        ("{host} said so[, and {who} too].", {"who": "all"}, "Sundrey said so, and all too."),
        ("{host} said so[ in {row.period}|, says {row.value}|, undated].", {"row": None},
         "Sundrey said so, undated."),
        ("{who} said so[, and {who} too].", {"who": None}, ""),
        ("[{who} said so.|{all} did.]", {"who": None, "all": line("")}, ""),
    ],
)  # fmt: skip
def test_a_sentence_cites_and_falls_away_with_what_it_lacks(template, values, said):
    chapter = Chapter("1-quay", SimpleNamespace(), INVENTED)
    found = chapter.sentence(template, **values)
    assert str(found) == said
    if "source" in template:
        assert found.claims == ((CLAIM.id,) if said else ())
    other = chapter.sentence(template, otherwise="{host} says nothing of it.", **values)
    assert str(other) == (said or "Sundrey says nothing of it.")


def test_a_tile_without_its_figure_is_not_made(monkeypatch):
    made = []
    monkeypatch.setattr("briefing.report.chapter.publish", made.append)
    chapter = Chapter("1-quay", SimpleNamespace(), INVENTED)
    for claim in (None, CLAIM):
        chapter.tile(
            "{claimed}", "of trade", "beside {claim}", "{claimed:source}", claimed=claim, claim=None
        )
    (tile,) = made
    assert [plain(tile[part]) for part in ("figure", "note")] == ["Less than US$2\u00a0billion", ""]


def test_a_role_of_nobody_is_refused(dossier_folder):
    path = dossier_folder / "datapackage.json"
    path.write_text(path.read_text("utf-8").replace('"host": "sundrey"', '"host": "sundry"'))
    with pytest.raises(Refusal, match="roles.host: 'sundry' .* did you mean 'sundrey'"):
        load(dossier_folder)


# Values ------------------------------------------------------------------------------


def test_a_value_is_a_number_with_its_claims_bounds_and_formula():
    said = line("It was {value}.", value=EXACT - BOUND.at_least(0))
    assert only(said, "number") == {
        "kind": "number",
        "text": "more than US$1.6\u00a0billion and at most US$3.6\u00a0billion",
        "low": "1.6",
        "high": "3.6",
        "ends": "oc",
        "unit": "USD bn",
        "hedge": "",
        "claims": ["ap-trade", "gwc-exports"],
        "formula": "ap-trade − gwc-exports",
    }
    assert said.claims == ("ap-trade", "gwc-exports")
    assert plain(said.json) == str(said)


def test_a_quantity_is_its_value_and_rests_on_its_claim():
    said = line("{claim} in {claim.period}", claim=TRADE)
    assert str(said) == "US$3.6\u00a0billion in 2023", "a number and its unit stay on one line"
    assert said.claims == ("ap-trade-russia",)
    assert said.rests == ("ap-trade-russia",) * 2


# Dates -------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "end", "text", "dates"), cases("dates"))
def test_a_period_is_told_date_by_date(start, end, text, dates):
    said = line("{p}", p=Period(start, end))
    (date,) = said.json
    assert [iso for _, iso in date["pieces"] if iso] == dates.split()
    assert str(said) == plain(said.json) == text
    assert date["claims"] == []
    assert not any(letter.isdigit() for words, iso in date["pieces"] if not iso for letter in words)


def test_an_event_is_its_date_and_rests_on_its_claim():
    said = line("on {e}", e=ARRIVAL)
    assert str(said) == "on 20 June 2024"
    assert said.claims == ("ap-arrival",)
    assert only(said, "date")["claims"] == ["ap-arrival"]


# Names, words, escaping --------------------------------------------------------------


@pytest.mark.parametrize(("words", "names"), cases("names"))
def test_a_name_with_a_digit_is_marked_as_a_name(words, names):
    said = line("{w}", w=words)
    assert "; ".join(it["text"] for it in said.json if it["kind"] == "name") == names
    assert plain(said.json) == str(said) == words


@given(st.text(max_size=40) | st.text("aT9- .,G7<&", max_size=12))
@example("counterrevolutionaries" * 20)
def test_any_words_come_out_as_they_went_in_or_not_at_all(words):
    begun = time.perf_counter()
    try:
        said = line("{w}", w=words)
    except ValueError:
        assert any(letter.isdecimal() for letter in words)
        return
    assert time.perf_counter() - begun < 10  # minutes, where a pattern goes back and forth
    assert str(said) == words
    others = [inline["text"] for inline in said.json if inline["kind"] != "name"]
    assert not any(letter.isdecimal() for letter in "".join(others))


def test_names_and_quoted_words_are_marked_as_what_they_are():
    assert named("T-90 & 5").json == [{"kind": "name", "text": "T-90 & 5"}]
    said = quoted("in 2023 <", ARRIVAL)
    assert said.json == [{"kind": "words", "text": "in 2023 <", "style": "evidence"}]
    assert said.claims == ("ap-arrival",)
    assert quoted("x").claims == ()


def test_markup_in_words_stays_words():
    nasty = '<b>&"'
    said = line("a < b & {w} {v} {p} {a}", w=nasty, v=stated("", "", "%", nasty, (nasty,)),
                p=party(nasty), a=article(nasty))  # fmt: skip
    assert str(said) == plain(said.json) == f"a < b & {nasty} {nasty} {nasty} {nasty}"
    assert only(said, "number")["claims"] == [nasty]


def test_words_between_stars_are_strong():
    said = line("**Trade.** It grew, **so & so**.")
    assert [(inline["text"], inline.get("style")) for inline in said.json] == [
        ("Trade.", "strong"), (" It grew, ", None), ("so & so", "strong"), (".", None),
    ]  # fmt: skip


@pytest.mark.parametrize("template", ["**{x}**", "**open", "a ** b"])
def test_stars_that_do_not_close_are_refused(template):
    with pytest.raises(ValueError, match="stars"):
        line(template, x="a")


# Parties, articles, measures ---------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "item", "text"),
    [
        ("{it}", party(), "the United States"),
        ("{it:demonym}", party(), "US"),
        ("{it:plain}", party(), "United States"),
        ("{it:the}", article("op-ed"), "the op-ed"),
        ("{it}", article("op-ed"), "op-ed"),
        ("{it:the}", article("AP"), "AP"),
        ("{it}", Measure("trade", "two-way trade", "d", "USD bn", "flow", ""), "two-way trade"),
        ("{it}", [article("AP"), article("op-ed")], "AP and op-ed"),
        ("{it}", cited([article("AP"), article("op-ed")]), "AP; op-ed"),
        ("{it}", cited([]), ""),
    ],
)
def test_what_has_a_name_is_told_by_it(template, item, text):
    said = line(template, it=item)
    assert str(said) == text
    if isinstance(item, Article):
        assert only(said, "citation")["text"] == item.short


# Lists, sums, capitals ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists(items, text):
    assert str(line("{each}", each=items)) == text
    assert str(line("{each}", each=tuple(items))) == text
    each = [line("{x}", x=item) for item in items]
    assert str(listed(each, " or ")) == text.replace("and", "or")


def test_of_very_many_the_first_are_named_and_the_others_counted():
    names = ["a"] * 1_300
    assert str(line("{x}", x=names)) == f"{', '.join(names[:40])} and 1,260 more"
    assert str(cited(names)) == f"{'; '.join(names[:40])}; 1,260 more"


def test_series_and_sums_keep_values_and_rests():
    said = series([line("{v}", v=EXACT), line("{e}", e=ARRIVAL), line("{v}", v=BOUND)])
    assert str(said) == "US$3.6\u00a0billion; 20 June 2024; less than US$2\u00a0billion"
    assert said.claims == ("ap-trade", "gwc-exports", "ap-arrival")
    assert [number.value for number in said.numbers] == [EXACT, BOUND]
    assert line("({x})", x=said).numbers == said.numbers
    assert shown(said) is said


@pytest.mark.parametrize(
    ("template", "text"),
    [("trade grew", "Trade grew"), ("**so** it is", "So it is"), ("“so” it is", "“so” it is"),
     ("{v} of it", "Less than US$2\u00a0billion of it"), ("{a:the} says", "The op-ed says"),
     ("", "")],
)  # fmt: skip
def test_capitalised_as_a_sentence_begins(template, text):
    said = line(template, v=BOUND, a=article("op-ed")).capitalised()
    assert str(said) == plain(said.json) == text
    assert all(claim == "gwc-exports" for claim in said.claims)


# Tables ------------------------------------------------------------------------------


FRAME = pd.DataFrame(
    [
        {"Partner": "russia", "Trade": TRADE, "When": Period("2023", "2023"), "Word": "x",
         "Left": EXACT - BOUND.at_least(0)},
        {"Partner": "china", "Trade": None, "When": ARRIVAL, "Word": None, "Left": None},
        {"Partner": "T-90", "Trade": BOUND, "When": Period(), "Word": "", "Left": None},
    ]
)  # fmt: skip


def test_csv_has_text_bounds_unit_hedge_and_claims_of_each_value():
    parts = ("", " low", " high", " unit", " hedge", " claims")
    head, russia, china, tanks = csv.reader(io.StringIO(csv_text(FRAME)))
    assert head == ["Partner", *(f"Trade{part}" for part in parts), "When", "When from", "When to",
                    "Word", *(f"Left{part}" for part in parts)]  # fmt: skip
    assert russia[1:7] == ["US$3.6 billion", "3.6", "3.6", "USD bn", "", "ap-trade-russia"]
    assert (russia[7:11], russia[-1]) == (["2023", "2023", "2023", "x"], "ap-trade gwc-exports")
    dates = ["20 June 2024", "2024-06-20", "2024-06-20"]
    assert china == ["china", *[""] * 6, *dates, *[""] * 7]
    assert tanks[1:4] == ["less than US$2 billion", "", "2"]
    assert tanks[5:8] == ["less than", "gwc-exports", "date not stated"]


def test_a_column_of_figures_says_so():
    columns, rows = table_of(FRAME)
    assert [plain(column["head"]) for column in columns] == list(FRAME)
    assert [column["figure"] for column in columns] == [False, True, False, False, True]
    assert [len(row) for row in rows] == [5, 5, 5]
    assert str(rows[1][0]) == "China", "words in a cell open with a capital"
    with pytest.raises(TypeError, match="bare number"):
        table_of(pd.DataFrame({"a": [2.5]}))


@pytest.mark.parametrize("missing", [None, "", pd.NA, float("nan")])
def test_a_missing_cell_says_not_stated(missing):
    table = pd.DataFrame({"Row": ["a", "b"], "Words": ["x", missing], "Value": [EXACT, missing]})
    for cell in table_of(table)[1][1][1:]:
        assert cell.json == [{"kind": "words", "text": "not stated", "style": "none"}]
    assert csv_text(table).splitlines()[2] == "b,,,,,,,"


def test_the_tables_of_claims_and_events_of_the_dossier():
    claims = OURS.find(topic="arms")
    table = claims_table(OURS, claims)
    assert list(table.columns) == ["Measure", "Of, with", "Period", "Stated", "Said by", "Source"]
    assert len(table) == len(claims)
    assert claims_table(OURS, []).empty
    events = statements_table(OURS, OURS.happenings(topic="visits"))
    assert all(cell for row in table_of(events)[1] for cell in row)
    speakers = {str(row[4]) for row in table_of(table)[1]}
    assert "Nguyen The Phuong, University of New South Wales" in speakers


RUN = "=1+1|+1+1|-x|@SUM(A1)|\tx| =1|'=1|''|＝1|-1.5|+2|−1|a=b".split("|")


def test_no_cell_of_a_csv_is_a_formula_and_each_reads_back_as_it_was():
    rows = list(csv.reader(io.StringIO(csv_text(pd.DataFrame({"=head": RUN})))))
    assert rows[0] == ["'=head"]
    assert [unguarded(cell) for (cell,) in rows[1:]] == RUN
    for (cell,) in rows[1:]:
        assert not re.match(r"\s*[=@＝]|\s*[-+](?![0-9.]+$)", cell)
    assert [cell for (cell,) in rows[1:]][-4:] == RUN[-4:], "numbers and words are as they were"
