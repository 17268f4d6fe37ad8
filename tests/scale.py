"""A dossier of any size: `python tests/scale.py CLAIMS DIR` writes DIR/data and DIR/texts.

The invented dossier is told again and again, each time by articles, parties and events of their
own: so every kind of row, time, disagreement and correction is there at every size, checks without
a fault, and no more claims speak of one thing than do in a dossier of three articles. The same
number gives the same bytes.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path

INVENTED = Path(__file__).resolve().parent / "dossier"
CLAIMS = ("quantities", "events", "assessments")
#: Columns that name something of the telling's own; what is a claim's, an article's, a party's.
_CLAIMS = {"id", "claims", "headline"}
_PARTIES = {"subject", "partner", "actor", "counterpart", "holder", "about", "speaker"}

Rows = list[dict[str, str]]


def write(claims: int, folder: Path) -> None:
    """Write a dossier of so many claims, with its texts. Raises ValueError for none."""
    if claims < 1:
        raise ValueError("at least one claim is expected")
    package = json.loads((INVENTED / "datapackage.json").read_text(encoding="utf-8"))
    tables: dict[str, Rows] = {}
    for resource in package["resources"]:
        with (INVENTED / resource["path"]).open(encoding="utf-8", newline="") as file:
            tables[resource["name"]] = list(csv.DictReader(file))
    data, texts = folder / "data", folder / "texts"
    for path in (data, texts):
        path.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(INVENTED / "datapackage.json", data / "datapackage.json")
    made: dict[str, Rows] = {name: [] for name in tables}
    telling, left = 0, claims
    while left > 0:
        told = _cut(tables, left)
        left -= sum(len(told[name]) for name in CLAIMS)
        for name, rows in told.items():
            if telling and name == "measures":
                continue
            made[name] += [_again(name, row, telling) for row in rows]
        for article in told["articles"]:
            file = _again("articles", article, telling)["file"]
            shutil.copyfile(INVENTED / "texts" / article["file"], texts / file)
        telling += 1
    made["parties"] = list({row["id"]: row for row in made["parties"]}.values())
    for name, rows in made.items():
        with (data / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            columns = [it["schema"]["fields"] for it in package["resources"] if it["name"] == name]
            writer = csv.DictWriter(file, [it["name"] for it in columns[0]], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _cut(tables: dict[str, Rows], most: int) -> dict[str, Rows]:
    """One telling, of so many claims at most: what is left out is set aside as a repeat."""
    told, out = dict(tables), []
    for name in CLAIMS:
        told[name], rest = tables[name][:most], tables[name][most:]
        most, out = most - len(told[name]), [*out, *rest]
    kept = {row["id"] for name in CLAIMS for row in told[name]}
    ids = {row["id"] for row in out}
    for row in out:
        aside = {name: row[name] for name in ("article", "start", "end", "phrase")}
        told["set_aside"] = [*told["set_aside"], aside | {"reason": "repeat"}]
    longest = sorted(told["set_aside"], key=lambda row: int(row["end"]))
    told["set_aside"] = list({(row["article"], row["start"]): row for row in longest}.values())
    told["disagreements"] = [
        it for it in tables["disagreements"] if {*it["claims"].split()} <= kept
    ]
    explained = {id for it in told["disagreements"] for id in it["claims"].split()}
    told["quantities"] = [
        it if it["id"] in explained else it | {"standing": "reported"} for it in told["quantities"]
    ]
    told["corrections"] = [it for it in tables["corrections"] if it["id"] not in ids]
    return told


def _again(table: str, row: dict[str, str], telling: int) -> dict[str, str]:
    """A row as it is told for the n-th time: what is the telling's own has its number."""
    if not telling:
        return row

    def renamed(column: str, cell: str) -> str:
        if not cell or cell == "article":
            return cell
        if table == "articles":
            stem, dot, ending = cell.partition(".") if column == "file" else (cell, "", "")
            own = column in ("id", "short", "file", "origin")
            return f"{stem}{telling}{dot}{ending}" if own else cell
        if column == "article":
            return f"{cell}{telling}"
        if table == "corrections" and column == "id" and row["table"] == "set_aside":
            article, _, rest = cell.partition(" ")
            return f"{article}{telling} {rest}"
        if table == "corrections" and column != "id":
            mended = column == "was" and row["column"] in _PARTIES
            return f"{cell}-{telling}" if mended else cell
        if (table, column) in {("parties", "id"), ("happenings", "event"), ("events", "event"),
                               ("disagreements", "id")} or column in _PARTIES:  # fmt: skip
            return f"{cell}-{telling}"
        if column == "label" and table == "disagreements":
            return f"{cell}, V{telling}"
        if column in _CLAIMS:
            claims = (id.partition("-") for id in cell.split())
            return " ".join(f"{article}{telling}-{rest}" for article, _, rest in claims)
        return cell

    return {column: renamed(column, cell) for column, cell in row.items()}


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
