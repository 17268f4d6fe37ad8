"""A dossier, read from its tables: the claims of the articles that count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import Fault, Refusal, nearest
from ..values.periods import Period
from ..values.value import stated
from .model import (
    Article,
    Assessment,
    Claim,
    Disagreement,
    Event,
    Happening,
    Measure,
    Party,
    Quantity,
)
from .official import Record, record_of
from .package import read_package
from .schema import Row, Table, read_tables

if TYPE_CHECKING:
    import pandas as pd

C = TypeVar("C", bound=Claim)

#: The dossier of this repository; notebooks/ lies beside data/.
DEFAULT_DATA = Path(__file__).resolve().parents[3] / "data"
#: A change of tables that is complete and not yet in place; see accept.
CUT_SHORT = ".changed"
#: The columns that count code points.
_OFFSETS = {"start", "end", "body_start", "body_end"}
#: What a row is of the tables that are more than rows.
_KINDS = {
    "articles": Article,
    "parties": Party,
    "measures": Measure,
    "quantities": Quantity,
    "events": Event,
    "assessments": Assessment,
    "happenings": Happening,
    "disagreements": Disagreement,
}


#: Table → the columns that it must have, besides those of its class above. The record's tables
#: need not be there, but all of them where one is.
_LOCATED = "article start end phrase"
_VALUED = "from to low high"
_CITED = "publisher address page_date confidence note"
_NEEDED = {
    "quantities": f"{_VALUED} unit hedge",
    "events": "from to",
    "set_aside": f"{_LOCATED} reason",
    "corrections": "table id column was",
    "not_used": "id",
}
_RECORD = {
    "sources": "id short title publisher vintage begins ends address terms path note",
    "figures": f"id source about measure subject partner {_VALUED} hedge unit basis {_CITED}",
    "dates": f"id source event date status {_CITED}",
    "checks": "id matter claims function arguments read_as with verdict argument limits",
}


@dataclass(frozen=True, repr=False)
class Dossier:
    """All claims of the articles that count, with what is needed to read them.

    `articles` are those that count, in the order of the table; `everyone` holds them all.
    `happening` maps the `event` of an event to what is told, in the order of telling.
    `prefer` is the article whose claim wins where several disagree, or "".
    """

    folder: Path
    articles: dict[str, Article]
    everyone: dict[str, Article]
    parties: dict[str, Party]
    measures: dict[str, Measure]
    quantities: tuple[Quantity, ...]
    events: tuple[Event, ...]
    assessments: tuple[Assessment, ...]
    happening: dict[str, Happening]
    disagreements: tuple[Disagreement, ...]
    tables: dict[str, Table]
    serves: dict[str, dict[str, Any]]
    roles: dict[str, str] = field(default_factory=dict)  #: host, guest … → id of the party
    prefer: str = ""
    record: Record | None = None

    def __repr__(self) -> str:
        kinds = ("articles", "quantities", "events", "assessments")
        told = ", ".join(f"{len(getattr(self, kind))} {kind}" for kind in kinds)
        return f"<Dossier: {told}; frames: {', '.join(self.tables)}>"

    def frame(self, name: str) -> pd.DataFrame:
        """A table as a DataFrame with values: "quantities", "events", "arms_deliveries" ….

        Every table of the data package has its frame. "quantities" has the columns id,
        article, measure, subject, partner, value, low, high, hedge, unit, period (a `Period`),
        year (where the period lies in one), topic, speaker, standing, subject_name,
        partner_name, phrase, statement …. Only claims of the articles that count are in it.
        Raises Refusal where there is no such table.

        >>> claims = dossier.frame("quantities").query("subject == 'norland' and year == 2023")
        >>> first = claims.drop_duplicates(["partner", "measure"])
        >>> trade = first.pivot(index="partner", columns="measure", values="value")
        >>> trade["two_way_trade"] - trade["exports"].bounds.at_least(0)
        """
        from .frames import frame  # pandas is a third of a second that `check` need not wait

        return frame(self, name)

    def served(self, parameter: str) -> list[str | int] | None:
        """The values that the tables can serve for a parameter, each once; None where any will do.

        Which column holds them is told in the data package, under `serves`.
        """
        if (rule := self.serves.get(parameter)) is None:
            return None
        cells = [row[rule["column"]] for row in self.serving(parameter)]
        if rule.get("as") == "year":
            return sorted({int(cell[:4]) for cell in cells if cell})
        return list(dict.fromkeys(cells))

    def serving(self, parameter: str) -> list[Row]:
        """The rows that the values of a parameter are taken from, of all articles."""
        rule = self.serves.get(parameter, {})
        return [
            row
            for row in (self.tables[rule["table"]].rows if rule else ())
            if all(row[column] in values for column, values in rule.get("where", {}).items())
            and (not rule.get("valued") or row["low"] or row["high"])
        ]

    def counting(self, articles: Iterable[str], prefer: str = "") -> Dossier:
        """The same dossier with the claims of the named articles only."""
        chosen = set(articles)
        return replace(
            self,
            articles={key: item for key, item in self.articles.items() if key in chosen},
            quantities=tuple(claim for claim in self.quantities if claim.article in chosen),
            events=tuple(claim for claim in self.events if claim.article in chosen),
            assessments=tuple(claim for claim in self.assessments if claim.article in chosen),
            prefer=prefer,
        )

    @property
    def as_of(self) -> Period:
        """The latest day that a counted article states for an event that happened."""
        happened = (event.period.end for event in self.events if event.status == "happened")
        latest = max((day for day in happened if len(day) == 10), default="")
        return Period(latest, latest)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim that counts: quantities, then events, then assessments."""
        return (*self.quantities, *self.events, *self.assessments)

    def claim(self, id: str) -> Claim:
        """The claim with an id, among those that count. Raises KeyError."""
        return self._by_id[id]

    @cached_property
    def _by_id(self) -> dict[str, Claim]:
        return {claim.id: claim for claim in self.claims}

    def find(self, **wanted: str) -> list[Quantity]:
        """Quantities whose columns equal what is wanted, reported ones first."""
        return sorted(_equal(self.quantities, wanted), key=lambda it: it.standing == "doubtful")

    def happenings(self, **wanted: str) -> list[Event]:
        """Events whose columns equal what is wanted, in the order of the tables."""
        return _equal(self.events, wanted)

    def stances(self, **wanted: str) -> list[Assessment]:
        """Assessments whose columns equal what is wanted, in the order of the table."""
        return _equal(self.assessments, wanted)

    def headline(self, claims: Iterable[C]) -> C | None:
        """The claim that speaks for several about one thing; None where there is none.

        What is doubtful comes last. The preferred article wins; then what disagreements.csv
        names; then the first that is not an opinion piece, in the order of articles.csv.
        """
        named = {row.headline for row in self.disagreements}
        order = list(self.everyone)

        def rank(claim: C) -> tuple[bool, bool, bool, bool, int]:
            article, doubtful = claim.article, getattr(claim, "standing", "") == "doubtful"
            opinion, named_first = self.everyone[article].opinion, claim.id not in named
            return doubtful, article != self.prefer, named_first, opinion, order.index(article)

        return min(claims, key=rank, default=None)

    def sources(self, claims: Iterable[str]) -> list[Article]:
        """The articles behind claim ids, each once, in the order of the table.

        Ids that are no claim, such as those of records, have no article.
        """
        cited = {self._by_id[id].article for id in claims if id in self._by_id}
        return [article for key, article in self.articles.items() if key in cited]

    def said_by(self, claim: Claim) -> str:
        """Who says it, with office or affiliation."""
        it = self.parties[claim.speaker]
        return f"{it.name}, {it.role}" if it.role and it.kind == "person" else it.name

    def named(self, name: str) -> bool:
        """Whether a name with digits in it ("T-90") stands somewhere in the tables."""
        rows = (row for table in self.tables.values() for row in table.rows)
        return any(name in cell for row in rows for cell in row.values())

    def records(self, ids: Iterable[str]) -> list[str]:
        """How the official records among some ids are cited, each once."""
        origins = self.record.origins if self.record else {}
        return list(dict.fromkeys(origins[id].short for id in ids if id in origins))


def _equal(claims: Iterable[C], wanted: Row) -> list[C]:
    return [it for it in claims if all(getattr(it, name) == wanted[name] for name in wanted)]


def load(folder: str | Path | None = None) -> Dossier:
    """The dossier in a folder. Raises Refusal, with all faults, where it is not sound."""
    folder = Path(folder) if folder else DEFAULT_DATA
    if not folder.is_dir():
        raise Refusal([Fault(f"dossier {folder}", "", "there is no such folder")])
    if (folder / CUT_SHORT).is_dir():
        expected = "a change was cut short before it was in place: make accept finishes it"
        raise Refusal([Fault(f"dossier {folder}", CUT_SHORT, expected)])
    package = read_package(folder)
    if faults := list(_missing(package["resources"])):
        raise Refusal(faults)
    tables = read_tables(folder, package)
    known = [row["id"] for row in tables["parties"].rows]
    faults = [
        Fault(f"datapackage.json, roles.{role}", id, f"no such party; {nearest(id, known)}")
        for role, id in package.get("roles", {}).items()
        if id not in known
    ]
    if faults:
        raise Refusal(faults)
    held = {n: tuple(_made(row, kind) for row in tables[n].rows) for n, kind in _KINDS.items()}
    articles = {article.id: article for article in held["articles"]}
    dossier = Dossier(
        folder=folder,
        articles=articles,
        everyone=articles,
        parties={party.id: party for party in held["parties"]},
        measures={measure.measure: measure for measure in held["measures"]},
        quantities=held["quantities"],
        events=held["events"],
        assessments=held["assessments"],
        happening={happening.event: happening for happening in held["happenings"]},
        disagreements=held["disagreements"],
        tables=tables,
        serves=package.get("serves", {}),
        roles=package.get("roles", {}),
    )
    return replace(dossier, record=record_of(tables, dossier.as_of.end))


def _missing(resources: Iterable[dict[str, Any]]) -> Iterable[Fault]:
    """Tables and columns that the program reads, and that a data package does not describe."""
    described = {it["name"]: {one["name"] for one in it["schema"]["fields"]} for it in resources}
    needed = {name: set(columns.split()) for name, columns in _NEEDED.items()}
    for name, kind in _KINDS.items():
        own = {each.name for each in fields(kind)} - {"value", "period", "when"}
        needed[name] = own | needed.get(name, set())
    if set(_RECORD) & set(described):
        needed |= {name: set(columns.split()) for name, columns in _RECORD.items()}
    for name, columns in needed.items():
        if name not in described:
            yield Fault("datapackage.json", "", f"it describes no table {name}")
        for column in sorted(columns - described.get(name, columns)):
            yield Fault(f"datapackage.json, table {name}", "", f"the column {column!r} is missing")


def _made(row: Row, kind: type[Any]) -> Any:
    """A row with its cells as numbers, its bounds as a value, its ends as a period."""
    cells: dict[str, Any] = {"when": "", **row}
    cells |= {name: int(row[name]) for name in _OFFSETS & set(row)}
    cells["period"] = Period(row.get("from", ""), row.get("to", ""))
    if kind is Quantity:
        cells["value"] = stated(row["low"], row["high"], row["unit"], row["hedge"], (row["id"],))
    if kind is Disagreement:
        cells["claims"] = tuple(row["claims"].split())
    return kind(**{each.name: cells[each.name] for each in fields(kind)})
