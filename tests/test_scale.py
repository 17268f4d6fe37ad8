"""Dossiers of any size: what is written checks, and no work grows faster than the claims."""

from itertools import combinations
from pathlib import Path

import pytest
from scale import write

from briefing.claims import conflicts
from briefing.claims.check import check
from briefing.claims.load import load


def files_of(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("claims", [1, 40, 62, 151])
def test_a_dossier_of_so_many_claims_checks_with_its_texts(claims, tmp_path):
    write(claims, tmp_path)
    assert len(load(tmp_path / "data").claims) == claims
    assert "complete" in check(tmp_path / "data", tmp_path / "texts")[-1]


def test_the_same_number_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write(70, tmp_path / name)
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def test_no_more_claims_are_compared_than_speak_of_one_thing(tmp_path, monkeypatch):
    compared, asked = [], conflicts._pairs
    monkeypatch.setattr(
        conflicts, "_pairs", lambda *them: compared.extend(pairs := asked(*them)) or pairs
    )
    counts = []
    for claims in (620, 1240):
        write(claims, tmp_path / str(claims))
        compared.clear()
        assert conflicts.conflicts(load(tmp_path / str(claims) / "data"))
        counts.append(len(compared))
    assert counts[1] <= 2 * counts[0] < 1240


def test_conflicts_are_all_found_in_the_order_of_the_tables(tmp_path):
    write(151, tmp_path)
    dossier = load(tmp_path / "data")
    found = [(it.one, it.other) for it in conflicts.conflicts(dossier)]
    every = [*combinations(dossier.quantities, 2), *combinations(dossier.events, 2)]
    assert found == [pair for pair in every if pair in found]
    clash = [
        (one, other)
        for one, other in combinations(dossier.quantities, 2)
        if (one.measure, one.subject, one.partner) == (other.measure, other.subject, other.partner)
        and not (one.value.wordless or other.value.wordless or one.value.unit != other.value.unit)
        and one.period.meets(other.period)
        and not one.value.meets(other.value)
    ]
    assert [pair for pair in found if pair[0] in dossier.quantities] == clash
