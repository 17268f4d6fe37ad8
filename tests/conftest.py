"""What several tests need: the invented dossier to spoil, and the texts of the real one."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

INVENTED = Path(__file__).resolve().parent / "dossier"


@pytest.fixture
def dossier_folder(tmp_path: Path) -> Path:
    """A copy of the invented dossier, its texts in texts/, without the record of a check."""
    copy = shutil.copytree(INVENTED, tmp_path / "dossier")
    (copy / "verified.json").unlink()
    return copy


@pytest.fixture
def change(dossier_folder: Path) -> Callable[..., None]:
    """Change cells of one row of the copy, named by its key; without cells, drop the row."""

    def edit(table: str, key: str, **cells: str) -> None:
        path = dossier_folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        mine = [row for row in rows if key in (next(iter(row.values())), _place(row))]
        assert len(mine) == 1, f"{table}.csv has {len(mine)} rows {key!r}"
        assert set(cells) <= set(mine[0])
        mine[0].update(cells)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(mine[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(row for row in rows if cells or row is not mine[0])

    return edit


def _place(row: dict[str, str]) -> str:
    """How a table without ids names a row: by article and start."""
    return f"{row.get('article')} {row.get('start')}"


@pytest.fixture(scope="session")
def real_texts() -> Path:
    """The folder with the texts of the real dossier, which are no part of the repository."""
    given = os.environ.get("BRIEFING_TEXTS")
    if not given:
        pytest.skip("needs the texts of the articles: BRIEFING_TEXTS=DIR, or make test TEXTS=DIR")
    folder = Path(given)
    assert folder.is_dir(), f"BRIEFING_TEXTS names {folder}, which is no folder"
    return folder
