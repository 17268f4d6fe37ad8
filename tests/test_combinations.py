"""Whatever valid parameters a chapter is given, what it says reads well."""

import re
from collections.abc import Callable
from functools import lru_cache

import matplotlib.pyplot as plt
import nbformat
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from briefing.claims.load import load
from briefing.report import chapter as opened
from briefing.report.blocks import plain
from briefing.report.parameters import chapters, declared, every_parameter, find_chapter

DOSSIER = load()
EVERY = every_parameter(chapters())
NAMES = [path.stem for path in chapters()]


def combinations() -> st.SearchStrategy[dict]:
    """Every parameter with a value that the data can serve."""
    allowed = {name: DOSSIER.served(name) for name in DOSSIER.serves}
    each = {name: st.lists(st.sampled_from(allowed[name]), unique=True)
            for name in ("articles", "partners", "arms_measures", "leaders")}  # fmt: skip
    each |= {name: st.sampled_from(EVERY[name].choices) for name in ("scale", "palette")}
    each |= {name: st.booleans() for name in ("opinion", "planned", "record")}
    each |= {
        "prefer": st.sampled_from(["", *allowed["prefer"]]),
        "year": st.sampled_from([None, *allowed["year"]]),
        "window": st.tuples(st.integers(1990, 2030), st.integers(1990, 2030)).map(sorted),
        "texts": st.just(""),
    }
    return st.fixed_dictionaries(each).filter(counts).map(with_window)


def counts(chosen: dict) -> bool:
    """Whether an article counts, and the preferred one too."""
    left = set(chosen["articles"] or DOSSIER.articles) - (
        {"oped"} if not chosen["opinion"] else set()
    )
    return bool(left) and (not chosen["prefer"] or chosen["prefer"] in left)


def with_window(chosen: dict) -> dict:
    first, last = chosen.pop("window")
    return {**chosen, "visits_from": first, "visits_to": last}


@lru_cache
def code_of(name: str):
    """The compiled cells of a chapter."""
    cells = nbformat.read(find_chapter(name), as_version=4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    return [compile(source, f"{name}, cell {at}", "exec") for at, source in enumerate(sources)]


def close(*_) -> tuple[dict, str, dict]:
    """Stand in for the files of a chart: this is about its words and numbers."""
    plt.close("all")
    return {}, "", {}


def run_chapter(name: str, values: dict, pictures: Callable = close) -> list[dict]:
    """What a chapter shows with some values, without a kernel; `pictures` draws its charts."""
    shown: list[dict] = []
    namespace: dict = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opened, "load", lambda folder: load(folder) if folder else DOSSIER)
        patch.setattr(opened, "publish", lambda block, *_: shown.append(block))
        patch.setattr(opened, "pictures", pictures)
        first, *rest = code_of(name)
        exec(first, namespace)
        own = {p.name for p in declared(find_chapter(name))}
        namespace |= {key: value for key, value in values.items() if key in own}
        for cell in rest:
            exec(cell, namespace)
    return shown


#: What no reader should meet in a sentence: empty brackets, doubled spaces, leftovers.
BAD = re.compile(
    r"\(\)|\[\]|\{|\b[Nn]a[Nn]\b|(?<!^)(?<![.?!] )\bNone\b|  | [.,;:]|[,;:]\.|\.\.|,,|^[a-z]"
    r"|(?<=[a-z]{3}\.) [a-z]"  # a small letter after a bold lead
)


def check_reading(blocks: list[dict]) -> None:
    """Every line that a reader meets in the blocks of a chapter reads well."""
    for block in blocks:
        texts = [block[part] for part in ("text", "title", "subtitle", "foot") if part in block]
        words = [*map(plain, texts), block.get("alt", "")]
        cells = [plain(cell) for row in block.get("rows", []) for cell in row]
        for text in words + [cell for cell in cells if cell[:1].isupper()]:
            assert not BAD.findall(text), text


@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a chapter is slow to shrink with
)
@given(data=st.data())
def test_any_valid_combination_makes_a_chapter_that_reads_well(name, data):
    values = data.draw(combinations())
    if values["record"] or name != "5-record":  # without the record that chapter has nothing to say
        check_reading(run_chapter(name, values))
    else:
        assert run_chapter(name, values) == []


@pytest.mark.parametrize("article", DOSSIER.articles)
@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_can_rest_on_any_one_article_and_do_without_it(name, article):
    others = [id for id in DOSSIER.articles if id != article]
    for articles in ([article], others):
        blocks = run_chapter(name, {"articles": articles, "texts": ""})
        assert blocks
        check_reading(blocks)


def test_what_reads_badly_is_found():
    assert BAD.findall("Trade was None.") == ["None"]
    assert BAD.findall("Trade was big ().") == ["()"]
    assert BAD.findall("lower case") == ["l"]
    assert BAD.findall("Arms. around 80%,, it is said") == [" a", ",,"]
    assert BAD.findall("A  gap , and {a}.. ") == ["  ", " ,", "{", ".."]
    assert not BAD.findall("In Danang: an inland nanny. It was US$3.6\u00a0billion (AP; op-ed).")
