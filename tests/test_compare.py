"""Two manifests compared: small ones made by hand."""

import base64
import copy
import json
import re

import pytest
from bs4 import BeautifulSoup

from briefing.errors import Refusal
from briefing.render.compare import compare_folders, redline
from briefing.render.compare_changes import Build, Changes
from briefing.render.page_check import faults

LISTS = ("parameters", "numbers", "sentences", "exhibits", "verdicts", "inputs", "packages")
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def text(said: str) -> list[dict]:
    """Inlines: "#40 tons=salt-a#" a number, "@1911@" a date, "[A; B]" sources, "*so*" strong."""

    def inline(part: str) -> dict:
        words, inner = {"kind": "words", "text": part}, part[1:-1]
        of = {
            "#": {"kind": "number", "ends": "cc", "hedge": ""} | printed(inner),
            "@": {"kind": "date", "pieces": [[inner, inner]], "iso": inner, "claims": []},
            "[": {"kind": "citation", "text": inner},
            "*": {"kind": "words", "text": inner, "style": "strong"},
        }
        return of.get(part[0], words)

    parts = re.split(r"(#[^#]*#|@[^@]*@|\*[^*]*\*|\[[^]]*\])", said)
    return [inline(part) for part in parts if part]


def printed(said: str, **other) -> dict:
    """A number "40 tons=salt-a": its text, and its claims, which are its formula unless given."""
    shown, _, claims = said.partition("=")
    bare = re.sub(r"[^\d.]", "", shown) or None
    value = {"text": shown, "low": bare, "high": bare, "unit": "tons", "formula": claims}
    return value | {"claims": claims.split()} | other


def numbers(*said: str, **other) -> list[dict]:
    return [printed(it, **({"place": "1-salt"} | other)) for it in said]


def paragraph(said: str, style: str = "") -> dict:
    return {"kind": "paragraph", "style": style, "text": text(said), "claims": []}


def judgements(*said: str) -> dict:
    items = [{"voice": "reported", "text": text(it), "claims": ["salt-a", "tea-b"]} for it in said]
    return {"kind": "judgements", "items": items}


def table(*rows: str, heads: str = "What|Tons", **other) -> dict:
    blank = {"kind": "table", "key": "cargo", "number": "1.1", "title": text("Cargo")}
    blank |= {"subtitle": [], "foot": text("Source: [Gazette]."), "claims": [], "csv": str(rows)}
    cells = [[text(cell) for cell in row.split("|")] for row in rows]
    return (
        blank | {"rows": cells, "columns": [{"head": text(it)} for it in heads.split("|")]} | other
    )


def chart(drawing: str, said: str = "A bar: #40 tons=salt-a#.") -> dict:
    blank = {"kind": "chart", "key": "bars", "number": "1.2", "title": text("Bars"), "foot": []}
    blank |= {"alt": 'A bar of 40 tons, "salt"', "subtitle": [], "claims": [], "csv": said}
    return blank | {"description": text(said), "drawing": drawing}


CLAIMS = {
    "salt-a": {"source": "Gazette", "statement": "Forty tons of salt.", "about": "salt"},
    "salt-b": {"source": "Courier", "statement": "Some salt, 1911.", "about": "salt"},
    "tea-b": {"source": "Courier", "statement": "Three tons of tea.", "about": "tea"},
    "rec-port": {"source": "Port", "statement": "The books.", "about": "rec-port"},
}
LEDE = "Salt came to #40 tons=salt-a# ([Gazette]). Much of it was wet."
SAIL = "*Sail.* Five sails were seen ([Gazette; Courier]), of #40 tons=salt-a#."
TEA = "*Tea.* The tea came to #3 tons=tea-b# ([Courier])."


def manifest(*blocks: dict, **other) -> dict:
    head = {"kind": "heading", "level": 1, "id": "h", "number": "1", "text": text("Salt")}
    meta = {"as_of_text": "4 March 1911", "stamp": [["Edition", "x"]]}
    document = {"meta": meta, "sections": [{"id": "1-salt", "blocks": [head, *blocks]}]}
    whole = {"edition": "x", "as_of": "1911-03-04", "claims": CLAIMS, "numbers": [], "verdicts": []}
    whole |= {name: {} for name in ("parameters", "inputs", "packages")}
    return whole | {"document": document} | other


@pytest.fixture
def compare(tmp_path):
    """Write two manifests and compare them; the JSON, and the page, which holds its promises."""

    def call(old, new: dict | bytes, names: tuple = ("old", "new"), parsed: bool = True) -> tuple:
        for side, it in (("old", old), ("new", new)):
            (tmp_path / side / "exhibits").mkdir(parents=True, exist_ok=True)
            (tmp_path / side / "exhibits" / "bars.svg").write_text(SVG)
            content = it if isinstance(it, bytes) else json.dumps(it).encode()
            (tmp_path / side / "manifest.json").write_bytes(content)
        made = compare_folders(tmp_path / "old", tmp_path / "new", *names, tmp_path / "out")
        html, data = (path.read_text(encoding="utf-8") for path in (made.page, made.data))
        assert faults(html) == []
        assert json.loads(data)["summary"] == made.lines
        return json.loads(data), BeautifulSoup(html if parsed else "", "html.parser")

    return call


def seen(tag) -> str:
    """The words of an element that a sighted reader sees, gone ~so~ and new +so+."""
    tag = copy.copy(tag)
    for hidden in tag.select(".visually-hidden"):
        hidden.decompose()
    for it in tag.find_all(["del", "ins"]):
        mark = "~" if it.name == "del" else "+"
        it.replace_with(f"{mark}{it.get_text()}{mark}")
    return tag.get_text()


def test_a_build_compared_with_itself_differs_in_nothing(compare):
    one = manifest(judgements(SAIL), table("Salt|#40 tons=salt-a#"), chart("a"))
    found, page = compare(one, one)
    assert [found[name] for name in LISTS] == [[]] * len(LISTS)
    assert "nothing changes" in page.h1.get_text()
    assert found["summary"][0] == "Sail stands word for word."
    assert compare(manifest(), one)[0]["summary"][0] == "Sail is new."
    assert "Neither build makes" in compare(manifest(), manifest())[0]["summary"][0]
    assert len(page.select("section")) == 1
    assert not page.find_all(["ins", "del"])


def test_the_first_screen_says_what_becomes_of_the_judgements(compare):
    figures = table("Salt|#40 tons=salt-a#", "Tea|#3 tons=tea-b#")
    old = manifest(paragraph(LEDE, "lede"), judgements(SAIL, TEA), figures)
    new = json.loads(json.dumps(old).replace("40 tons", "41 tons").replace("; Courier", ""))
    blocks = new["document"]["sections"][0]["blocks"]
    blocks[2]["items"].pop()
    blocks[3]["rows"].pop()
    new["claims"] = {id: it for id, it in CLAIMS.items() if it["source"] != "Courier"}
    found, page = compare(old, new)
    assert found["summary"][0] == "Tea falls; Sail changes."
    assert found["summary"][1].endswith("No longer counted: Courier.")
    sail, tea, lede = page.select("#argument .passages > li")
    assert "(~Gazette; Courier~ +Gazette+), of ~40 tons~ +41 tons+." in seen(sail)
    assert "Tea falls with Courier; of what it rested on, Gazette remains." in seen(tea)
    assert "It gave 3 tons (Courier)." in seen(tea)
    assert "~40 tons~ +41 tons+" in seen(lede)
    rows = [seen(row) for row in page.select("#argument tbody tr")]
    assert rows == ["Salt~40 tons~ +41 tons+", "~Tea~~3 tons~"]
    sections = [it["id"] for it in page.select("main section")]
    assert (sections[0], sections[-1]) == ("argument", "counts")


def test_what_went_with_a_dropped_source_is_one_muted_list(compare):
    said = "The tea was #3 tons=tea-b#. It was green. Salt was #40 tons=salt-a#."
    rows = ("Salt|#40 tons=salt-a#", "Tea|#3 tons=tea-b#")
    old = manifest(paragraph(said), table(*rows), numbers=numbers("3 tons=tea-b", "40 tons=salt-a"))
    left = paragraph(said.partition("green. ")[2]), table(rows[0])
    new = manifest(*left, numbers=numbers("40 tons=salt-a"))
    new["claims"] = {id: CLAIMS[id] for id in ("salt-a", "rec-port")}
    _, page = compare(old, new)
    entries = [seen(it).strip() for it in page.select(".went > li")]
    assert entries[:2] == ["1 Salt: The tea was 3 tons.", "Exhibit 1.1, Cargo: Tea"]
    assert entries[2:] == ["Numbers and dates: 3 tons"]
    assert "It was green." in page.select_one("#sentences").get_text(), "its paragraph has more"


def told(old: list, new: list) -> list[tuple]:
    found = Changes(*(Build("", None, manifest(numbers=side)) for side in (old, new)))
    sides = ((it.change, it.old or [{}], it.new or [{}]) for it in found.numbers)
    return [(change, old[0].get("text"), new[0].get("text")) for change, old, new in sides]


GONE, COME = ("lost", "40 tons", None), ("gained", None, "38 tons")


def test_a_number_is_known_by_what_it_is_and_told_once():
    word = numbers("forty=salt-a", place="exhibit-1-1", low="40", high="40")
    both = numbers("40 tons=salt-a") + word
    assert told(both, word) == [], "one printing less"
    moved = numbers("3 tons=tea-b", "40 tons=salt-a", place="2-sail")
    assert told(numbers("40 tons=salt-a", "3 tons=tea-b"), moved) == []
    assert told(both, numbers("41 tons=salt-a")) == [("changed", "40 tons", "41 tons")]
    assert told(both, numbers("38 tons=salt-a", unit="lb")) == [GONE, COME]


def test_another_source_about_the_same_is_a_change_and_about_another_is_not():
    old = numbers("40 tons=salt-a")
    assert told(old, numbers("38 tons=salt-b")) == [("changed", "40 tons", "38 tons")]
    assert told(old, numbers("38 tons=tea-b")) == [GONE, COME]
    old = numbers("40 tons=salt-a tea-b", formula="salt-a ÷ tea-b")
    new = numbers("38 tons=salt-b tea-b", formula="salt-b ÷ tea-b")
    assert told(old, new) == [("changed", "40 tons", "38 tons")], "the same arithmetic"
    assert told(old, [new[0] | {"formula": "salt-b − tea-b"}]) == [GONE, COME]


def test_the_same_number_on_other_claims_or_beyond_its_digits():
    old = numbers("2=salt-a tea-b", formula="ships counted")
    assert told(old, numbers("2=salt-b tea-b", formula="ships counted")) == [("claims", "2", "2")]
    old = numbers("about 1.3%=salt-a", low="1.26")
    assert told(old, numbers("about 1.3%=salt-a", low="1.25"))[0][0] == "unprinted"


def test_formulas_are_told_in_values_and_sources(compare):
    def side(tons: str) -> dict:
        sum_ = numbers(f"{tons}=salt-a tea-b rec-port", formula="salt-a ÷ tea-b + rec-port-x")
        return manifest(numbers=numbers(f"{tons} tons=salt-a") + sum_)

    _, page = compare(side("40"), side("41"))
    stated, computed = ([seen(it) for it in row] for row in page.select("#numbers tbody tr"))
    assert stated[:2] == ["Forty tons of salt.", "~40 tons~ +41 tons+"]
    assert (computed[0], computed[3]) == ("41 tons ÷ Courier + Port", "chapter\u00a01")


@pytest.mark.parametrize(
    ("old", "new", "redlined"),
    [
        ("a #3 tons=x# b", "a #4 tons=x# b", "a ~3 tons~ +4 tons+ b"),
        ("in @2023@.", "in @2024@.", "in ~2023~ +2024+."),
        ("It is ([AP; Op]) so.", "It is ([AP]) so.", "It is (~AP; Op~ +AP+) so."),
        ("x y, z and w.", "x y and z.", "x y~,~ +and+ z ~and w~."),
        ("Gone. The rest.", "The rest.", "~Gone.~ The rest."),
        ("tons of salt", "tons\u00a0of salt", "~tons of~ +tons\u00a0of+ salt"),
        ("less < more", "less < salt", "less < ~more~ +salt+"),
        ("", "new words", "+new words+"),
        ("old words", "", "~old words~"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_a_redline_keeps_what_is_one_and_its_spaces(old, new, redlined):
    page = BeautifulSoup(redline(text(old), text(new)), "html.parser")
    assert seen(page) == redlined
    hidden = [it.get_text() for it in page.select("del > :first-child, ins > :first-child")]
    assert len(hidden) == redlined.count("~") / 2 + redlined.count("+") / 2
    assert set(hidden) <= {"[removed: ", "[added: "}


def test_sentences_are_compared_one_by_one_within_their_chapter(compare):
    old = manifest(paragraph("Salt came. It was “wet.” Sails were seen."))
    new = manifest(paragraph("Sails were seen. Salt came late. It was “wet.”"))
    [it] = compare(old, new)[0]["sentences"]
    assert (it["old"], it["new"]) == ("Salt came.", "Salt came late.")
    elsewhere = put(old, ("document", "sections", 0, "id"), "2-sail")
    assert {it["change"] for it in compare(old, elsewhere)[0]["sentences"]} == {"lost", "gained"}


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        (
            "Sum of buys|Stands; Salt|#40=salt-a#", "Number of visits|Stands; Salt|#41=salt-a#",
            "Sum of buys|Stands→; Salt|40→Salt|41; →Number of visits|Stands",
        ),
        (
            "Xi|@2017@|Hanoi|now; Xi|@2020@|none|x", "Xi|@2017@|Hanoi|late; Xi|@2024@|Rome|late",
            "Xi|2017|Hanoi|now→Xi|2017|Hanoi|late; Xi|2020|none|x→; →Xi|2024|Rome|late",
        ),
    ],
)  # fmt: skip
def test_rows_are_matched_by_their_first_cells_and_never_by_likeness(compare, old, new, rows):
    heads = "A|B" if "Salt" in old else "A|B|C|D"
    sides = (manifest(table(*side.split("; "), heads=heads)) for side in (old, new))
    [found] = compare(*sides)[0]["exhibits"]
    both = ([it["old"] or {}, it["new"] or {}] for it in found["rows"])
    assert "; ".join("→".join("|".join(it.values()) for it in row) for row in both) == rows


def test_a_column_that_is_gone_makes_no_row_differ(compare):
    new = manifest(table("Salt", heads="What"))
    found, page = compare(manifest(table("Salt|#40 tons=salt-a#")), new)
    assert found["exhibits"][0]["rows"] == []
    assert "Columns gone: Tons." in page.select_one("#exhibits").get_text()


def test_an_exhibit_appears_vanishes_or_is_only_renumbered(compare):
    old = manifest(table("a|b", key="salt"), table("a|b", key="tea", number="1.2"))
    new = manifest(table("a|b", key="tea"), table("a|b", key="rope", number="1.2"))
    found, page = compare(old, new)
    happened = [(it["change"], it["key"]) for it in found["exhibits"]]
    assert happened == [("lost", "salt"), ("gained", "rope")]
    assert [it.get_text() for it in page.select("#exhibits h3")] == ["Vanished", "Appeared"]


def test_charts_stand_side_by_side_as_images(compare, tmp_path):
    new = chart("b", "A bar: #41 tons=salt-a#.")
    found, page = compare(manifest(chart("a")), manifest(new))
    assert found["exhibits"][0]["differs"] == ["description", "csv", "drawing"]
    images = page.select("#exhibits img")
    assert [it["alt"] for it in images] == ['A bar of 40 tons, "salt"'] * 2
    assert base64.b64decode(images[0]["src"].partition(",")[2]).decode() == SVG
    assert "~40 tons~ +41 tons+" in seen(page.select_one("#exhibits details"))
    (tmp_path / "new" / "exhibits" / "bars.svg").unlink()
    with pytest.raises(Refusal, match=r"bars\.svg"):
        compare_folders(tmp_path / "old", tmp_path / "new", "a", "b", tmp_path / "out")


def test_what_they_are_made_from_is_told(compare):
    old = manifest(parameters={"year": 1911, "ships": []}, inputs={"a.csv": "1", "x.py": "1"})
    new = manifest(parameters={"year": 1910, "ships": []}, inputs={"a.csv": "2", "y.py": "1"})
    found, page = compare(old, new)
    [year] = found["parameters"]
    assert (year["name"], year["old"], year["new"]) == ("year", 1911, 1910)
    rows = [seen(row) for row in page.select("#causes tbody tr")]
    assert rows == ["year19111910", "a.csvtherechanged", "x.pythereabsent", "y.pyabsentthere"]
    assert "year 1910 instead of 1911" in found["summary"][1]


def whole(tons: str) -> dict:
    verdict = {"id": "v-salt", "matter": "Salt", "verdict": tons, "fits": "", "limits": ""}
    verdict |= {"argued": True, "claims": [], "record": None, "margin": {"text": tons}}
    verdict |= {"tolerance": {"high": tons}, "neighbours": [{"record": {"text": tons}}]}
    tables = [table(f"Salt|#{tons}=salt-a#", key=key, number=f"1.{key}") for key in "34"]
    said = paragraph(LEDE.replace("40", tons), "lede"), judgements(SAIL.replace("40", tons))
    other = {"numbers": numbers(f"{tons}=salt-a"), "parameters": {"year": int(tons)}}
    return manifest(*said, chart(tons), *tables, verdicts=[verdict], **other)


def test_the_page_shows_no_ids_and_heads_its_rows(compare):
    found, page = compare(whole("40"), whole("41"))
    assert (found, page) == compare(whole("40"), whole("41")), "made anew, it is the same"
    [it] = found["verdicts"]
    assert (it["old"]["verdict"], it["old"]["tolerance"]) == ("40", {"high": "40"})
    assert it["new"]["neighbours"] == [{"record": {"text": "41"}}]
    words = page.body.get_text(" ")
    assert not [id for id in (*CLAIMS, "v-salt", "bars", "1-salt") if id in words]
    for it in page.select("main table"):
        assert it.caption.get_text()
        assert it.tbody.select("tr > th[scope=row]")


@pytest.mark.parametrize("kind", ["html", "json"])
def test_a_file_that_is_no_comparison_is_not_written_over(compare, tmp_path, kind):
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / f"old--new.{kind}"
    path.write_text("[1]")
    with pytest.raises(Refusal, match="is no comparison"):
        compare(whole("40"), whole("41"))
    assert [it.read_text() for it in (tmp_path / "out").iterdir()] == ["[1]"]


EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{ 7 }}\x00\x1b[31m"


def places(it, at=()):
    """Every place of a JSON value below itself."""
    for key, part in it.items() if isinstance(it, dict) else enumerate(it):
        yield (*at, key)
        if isinstance(part, dict | list):
            yield from places(part, (*at, key))


def put(whole: dict, at: tuple, value) -> dict:
    """The same with a value in a place."""
    part = whole = copy.deepcopy(whole)
    for key in at[:-1]:
        part = part[key]
    part[at[-1]] = value
    return whole


@pytest.mark.parametrize("value", [EVIL, 7, None, [], {EVIL: 1}, [[[]]], "x" * 3_000, 10**400])
def test_a_hostile_manifest_is_refused_or_shown_as_text(compare, value):
    old, refused = whole("40"), []
    for at in places(old):
        try:
            compare(old, put(old, at, value), parsed=False)  # of a page no fault is found
        except Refusal as refusal:
            refused.append(refusal)
    for refusal in refused:
        assert len(refusal.faults) == 1
        named = ("manifest.json: ", ".svg: ", "cannot be shown side by side: ")
        assert any(part in str(refusal) for part in named)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"edition": "a",\n', "line 2"),
        (b"[]", "object"),
        (b"\xff{}", "Invalid JSON"),
        (b"[" * 100_000, "recursion"),
        (json.dumps(manifest()).encode()[:-40], "EOF"),
        (manifest({"kind": "list"}), "document.sections.0.blocks.1.list.items"),
        (manifest(paragraph("Salt, 40 tons.")), "a digit that no claim accounts for"),
        (manifest(table("a|b", "c")), "more or fewer cells"),
    ],
)  # fmt: skip
def test_a_broken_manifest_is_refused_with_its_place(compare, tmp_path, content, expected):
    with pytest.raises(Refusal, match=re.escape(expected)) as refusal:
        compare(manifest(), content)
    assert str(tmp_path / "new") in str(refusal.value)
    with pytest.raises(Refusal, match=r"manifest\.json: No such file"):
        compare_folders(tmp_path, tmp_path, "a", "b", tmp_path)


def test_names_from_outside_stay_text(compare, tmp_path):
    _, page = compare(whole("40"), whole("41"), ("<script>1", 'a/"b"&'))
    assert not page.find("script")
    assert "<script>1" in page.h1.get_text()
    assert (tmp_path / "out" / "script-1--a-b.html").is_file()


def test_a_number_whose_claim_was_corrected_is_told_as_a_correction_with_its_reason(compare):
    old = manifest(paragraph("Salt: #40 tons=salt-a#."), numbers=numbers("40 tons=salt-a"))
    new = manifest(paragraph("Salt: #41 tons=salt-a#."), numbers=numbers("41 tons=salt-a"))
    data, _ = compare(old, new)
    assert "corrected" not in data["numbers"][0]
    before, why = "when was empty: It is vague.", "low was 40: Misread."
    salt = CLAIMS["salt-a"]
    old["claims"] = CLAIMS | {"salt-a": salt | {"corrections": [before]}}
    new["claims"] = CLAIMS | {"salt-a": salt | {"corrections": [before, why]}}
    data, page = compare(old, new)
    assert data["numbers"][0]["corrected"] == [why]
    assert data["summary"][1].endswith(f"Corrected: {why}")
    assert f"Forty tons of salt. Corrected: {why}" in page.get_text()
