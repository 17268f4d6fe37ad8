"""A dossier, read from its tables: the claims of the articles that count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
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
from .schema import Row, Table, read_package, read_tables

if TYPE_CHECKING:
    import pandas as pd

C = TypeVar("C", bound=Claim)

#: The dossier of this repository; notebooks/ lies beside data/.
DEFAULT_DATA = Path(__file__).resolve().parents[3] / "data"


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

    def without_record(self) -> Dossier:
        """The same dossier with no official statistics beside its claims."""
        return replace(self, record=None)

    @property
    def as_of(self) -> Period:
        """The latest day that a counted article states for an event that happened."""
        days = [
            event.period.end
            for event in self.events
            if event.status == "happened" and len(event.period.end) == 10
        ]
        return Period(max(days), max(days)) if days else Period()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim that counts: quantities, then events, then assessments."""
        return (*self.quantities, *self.events, *self.assessments)

    def claim(self, id: str) -> Claim:
        """The claim with an id, among those that count. Raises KeyError."""
        for claim in self.claims:
            if claim.id == id:
                return claim
        raise KeyError(id)

    def find(self, **wanted: str) -> list[Quantity]:
        """Quantities whose columns equal what is wanted, reported ones first."""
        found = [claim for claim in self.quantities if _equals(claim, wanted)]
        return sorted(found, key=lambda claim: claim.standing == "doubtful")

    def happenings(self, **wanted: str) -> list[Event]:
        """Events whose columns equal what is wanted, in the order of the tables."""
        return [claim for claim in self.events if _equals(claim, wanted)]

    def stances(self, **wanted: str) -> list[Assessment]:
        """Assessments whose columns equal what is wanted, in the order of the table."""
        return [claim for claim in self.assessments if _equals(claim, wanted)]

    def headline(self, claims: Iterable[C]) -> C | None:
        """The claim that speaks for several about one thing; None where there is none.

        The preferred article wins; then what disagreements.csv names; then the first
        that is not an opinion piece, in the order of articles.csv.
        """
        claims = list(claims)
        named = {row.headline for row in self.disagreements}
        order = list(self.everyone)
        ranks: list[Callable[[Claim], object]] = [
            lambda claim: claim.article != self.prefer,
            lambda claim: claim.id not in named,
            lambda claim: self.everyone[claim.article].opinion,
            lambda claim: order.index(claim.article),
        ]
        return min(claims, key=lambda claim: [rank(claim) for rank in ranks], default=None)

    def sources(self, claims: Iterable[str]) -> list[Article]:
        """The articles behind claim ids, each once, in the order of the table.

        Ids that are no claim, such as those of records, have no article.
        """
        wanted = set(claims)
        cited = {claim.article for claim in self.claims if claim.id in wanted}
        return [article for key, article in self.articles.items() if key in cited]

    def named(self, name: str) -> bool:
        """Whether a name with digits in it ("T-90") stands somewhere in the tables."""
        tables = (table.rows for table in self.tables.values())
        return any(name in cell for rows in tables for row in rows for cell in row.values())

    def records(self, ids: Iterable[str]) -> list[str]:
        """How the official records among some ids are cited, each once."""
        return self.record.cited(ids) if self.record else []


def _equals(claim: Claim, wanted: Row) -> bool:
    return all(getattr(claim, column) == value for column, value in wanted.items())


def load(folder: str | Path | None = None) -> Dossier:
    """The dossier in a folder. Raises Refusal, with all faults, where it is not sound."""
    folder = Path(folder) if folder else DEFAULT_DATA
    if not folder.is_dir():
        raise Refusal([Fault(f"dossier {folder}", "", "there is no such folder")])
    package = read_package(folder)
    tables = read_tables(folder, package)
    missing = {
        "articles",
        "parties",
        "measures",
        "quantities",
        "events",
        "happenings",
        "assessments",
        "set_aside",
        "disagreements",
        "corrections",
        "not_used",
    } - set(tables)
    if missing:
        raise Refusal(f"data package of {folder}: describes no table {', '.join(sorted(missing))}")
    faults = list(_date_faults(tables["articles"]))
    known = [row["id"] for row in tables["parties"].rows]
    faults += [
        Fault(f"data package, roles, {role}", id, f"no such party; {nearest(id, known)}")
        for role, id in package.get("roles", {}).items()
        if id not in known
    ]
    articles = {row["id"]: _article(row) for row in tables["articles"].rows}
    dossier = Dossier(
        folder=folder,
        articles=articles,
        everyone=articles,
        parties={row["id"]: Party(**row) for row in tables["parties"].rows},
        measures={row["measure"]: Measure(**row) for row in tables["measures"].rows},
        quantities=_claims(tables["quantities"], _quantity, faults),
        events=_claims(tables["events"], _event, faults),
        assessments=_claims(tables["assessments"], _assessment, faults),
        happening={row["event"]: Happening(**row) for row in tables["happenings"].rows},
        disagreements=tuple(_disagreement(row) for row in tables["disagreements"].rows),
        tables=tables,
        serves=package.get("serves", {}),
        roles=package.get("roles", {}),
        record=record_of(tables),
    )
    if faults:
        raise Refusal(faults)
    return dossier


def _date_faults(articles: Table) -> Iterator[Fault]:
    for index, row in enumerate(articles.rows):
        try:
            Period(row["published"], row["published"])
        except ValueError as error:
            yield Fault(articles.place(index, "published"), row["published"], str(error))


def _article(row: Row) -> Article:
    cells: dict[str, Any] = dict(row)
    body = {name: int(row[name]) for name in ("body_start", "body_end")}
    return Article(**{**cells, **body})


def _claims(table: Table, make: Callable[[Row], C], faults: list[Fault]) -> tuple[C, ...]:
    claims = []
    for index, row in enumerate(table.rows):
        try:
            claims.append(make(row))
        except ValueError as error:
            ends = ("low", "high") if "empty interval" in str(error) else ("from", "to")
            stands = ", ".join(row[end] for end in ends)
            faults.append(Fault(table.place(index, ", ".join(ends)), stands, str(error)))
    return tuple(claims)


def _common(row: Row, kind: type[Claim]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)} & set(row)
    common = {"when": "", **{name: row[name] for name in names}}
    period = Period(row.get("from", ""), row.get("to", ""))
    return {**common, "start": int(row["start"]), "end": int(row["end"]), "period": period}


def _quantity(row: Row) -> Quantity:
    value = stated(row["low"], row["high"], row["unit"], row["hedge"], (row["id"],))
    return Quantity(**_common(row, Quantity), value=value)


def _event(row: Row) -> Event:
    return Event(**_common(row, Event))


def _assessment(row: Row) -> Assessment:
    return Assessment(**_common(row, Assessment))


def _disagreement(row: Row) -> Disagreement:
    cells: dict[str, Any] = {**row, "claims": tuple(row["claims"].split())}
    return Disagreement(**cells)
