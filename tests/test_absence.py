"""What a sentence says that no article states is computed, and falls where an article states it.

Sentences are templates in cells and modules beside them. One with a word of absence takes a
field `{of:absent}`, or is said only where something is missing (`otherwise`, `empty`), or stands
below with what decides it.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from briefing.claims.load import load
from briefing.report.parameters import NOTEBOOKS
from briefing.report.text import CLAUSES, Missing, line
from briefing.values.value import stated
from visits import signed

ABSENCE = re.compile(
    r"(?i)\b(no (other )?(articles?|record|more)|not (said|stated|reported|told)|nobody|only|alone"
    r"|none|both|nothing|nowhere|neither|never|(does|do) not say)\b"
)
#: Words of a sentence → what decides that it is said, or why no article can make it false.
DECIDED = {
    "not reported by {articles:plural": "visits.still_planned leaves out what is held",
    "no article says where its figure is from": "said where none has a speaker",
    "states two-way trade with {partners}": "the partners are those that none states it for",
    "at no more than double the mean": "a bound",
    "only where both trade and exports": "how imports are implied",
    "nothing of the {all} delivered": "the register, by the supplier",
    "None of this proves the lower": "the years beside, on record",
    "what counts as a large purchase": "the tables of the record have no such word",
    "in the earlier years alone": "arms.suppliers makes their row",
    "neither proves the claim nor refutes": "how a flow and a stock differ",
    "took place, is not told": "the rest are those that neither dates",
    "with a single thing changed": "how the judgements are made again",
    "tinted what moves none": "the count at the end of the row",
    "A judgement falls only": "the settings under which one falls",
    "and both counts agree": "said where they meet",
    "a single voice that nothing on record": "the verdicts",
    "it never voted in favour": "the votes on record",
    "they only seem to": "the kinds of the rows",
    "Both sides are shown": "how disagreements are told",
    "nothing is on record that has its hour": "dates on record have no hour",
    "none on record": "the register",
    "none beside fits": "the verdict’s neighbours",
    "to show that it is not alone": "an aim, of the claims that state it",
}


def clauses(source: str) -> Iterator[str]:
    """The parts of templates in a piece of code that say by themselves that something is absent.

    A docstring is none, nor what stands in for a sentence that lacks something.
    """
    tree = ast.parse(source)
    spared = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("otherwise", "empty"):
            spared |= set(map(id, ast.walk(node.value)))
        elif isinstance(node, ast.Expr):  # a docstring
            spared.add(id(node.value))
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and " " in text and id(node) not in spared:
            for part in [part for clause in CLAUSES.split(text) for part in clause.split("|")]:
                if ABSENCE.search(re.sub(r"\{[^{}]*\}", "", part)) and ":absent}" not in part:
                    yield part.strip()


def sources() -> Iterator[str]:
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield "".join(cell["source"])
    for path in sorted(NOTEBOOKS.glob("*.py")):
        yield path.read_text(encoding="utf-8")


def test_every_absence_is_computed():
    found = [clause for source in sources() for clause in clauses(source)]
    typed = [clause for clause in found if not any(words in clause for words in DECIDED)]
    assert typed == [], "say {what:absent}, or name below what decides it"
    stale = [words for words in DECIDED if not any(words in clause for clause in found)]
    assert stale == []


def test_an_absence_that_is_typed_is_found():
    said = "Agreements were signed{}; how many, no article says{}."
    assert list(clauses(f'say("{said.format("", "")}")')) == [said.format("", "")]
    assert list(clauses(f'say("{said.format("", "{number:absent}")}", number=number)')) == []
    assert list(clauses('table(empty="No article says it.")')) == []
    assert list(clauses('say("It is so[, and nobody denies it|, only once{x:absent}].")')) == [
        ", and nobody denies it"
    ]


@pytest.mark.parametrize(("number", "said"), [(None, "; how many is not said"), ("eleven", "")])
def test_what_is_said_to_be_absent_falls_where_it_is_there(number, said):
    template = "Some were signed[; how many is not said{number:absent}]."
    assert str(line(template, number=number)) == f"Some were signed{said}."
    if number:
        with pytest.raises(Missing, match="is there"):
            line("How many is not said{number:absent}.", number=number)


def test_agreements_are_told_by_what_each_claim_says_of_them():
    dossier = load()
    (fields,) = (it for it in dossier.events if it.id == "oped-agreements")
    bare = replace(fields, id="new-agreements", article="gwc", statement="Deals were signed.")
    farms = replace(bare, id="new-farms", statement="What was signed concerns farms.")
    (like, *_) = dossier.quantities
    value = stated("11", "11", "count", claims=("new-number",))
    number = replace(like, id="new-number", measure="agreements", value=value)

    def told(events: list, quantities: list) -> tuple[str, str]:
        made = signed(
            replace(dossier, events=tuple(events), quantities=tuple(quantities)),
            lambda ids: line("({ids})", ids=" ".join(ids)),
        )
        return made and (str(made.of), str(made.number))

    assert told([], []) is None
    assert told([bare], []) == ("(new-agreements)", "None")
    assert told([bare, fields, farms], [number]) == (
        "on education, science and technology, oil and gas exploration and health "
        "(oped-agreements) and agriculture (new-farms)",
        "11 (GWC)",
    )
