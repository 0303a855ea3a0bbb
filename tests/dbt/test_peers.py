"""Peers: the models against a plain computation, and what verdicts against them make of forces alike.

Belongs here: dim_peer on the seeds, bench_peer_comparisons on made-up forces. Does not belong here: which
rows a list may have (tests/registry/test_peers.py), or the peers of a build (tests/e2e/test_peers.py).
"""

import math
import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from pipelines.settings import SEEDS
from tests.dbt.conftest import Project
from tests.dbt.test_funnels import Cell, comparison_tables, forces, plainly

#: Each force's peers by id.
Peers = Mapping[str, Sequence[str]]
NO_LIST: Peers = MappingProxyType({})
COLUMNS = "area_id, peers_value, peers_count, peers_missing, peers_verdict, peers_verdict_confidence"


def peers_of(project: Project, listed: Peers = NO_LIST) -> dict[str, list[tuple[str, float | None, str]]]:
    """Each force's peers in their order, with distance and source, made of the seeds and a list."""
    seeds = {
        name: f"select * from read_csv('{SEEDS / name}.csv', header = true)"
        for name in ("forces", "force_populations")
    }
    pairs = [f"('{force}', '{peer}', 'a list')" for force, own in listed.items() for peer in own]
    pairs = pairs or ["('', '', '')"]  # no rows, but their types
    names = "(force_id, peer_force_id, source)"
    rows = project.run(
        "select force_id, peer_force_id, distance, source from dim_peer order by force_id, position",
        **seeds,
        peers=f"select * from (values {', '.join(pairs)}) as t {names} where force_id <> ''",
        dim_force_population=project.sql("dim_force_population"),
        dim_force=project.sql("dim_force"),
        dim_peer=project.sql("dim_peer"),
    )
    found: dict[str, list[tuple[str, float | None, str]]] = {}
    for force, *rest in rows:
        found.setdefault(force, []).append(tuple(rest))
    return found


def test_neighbours_are_those_of_a_plain_computation(project: Project) -> None:
    populations = project.seed("force_populations")
    newest = {r["force_id"]: int(r["population"]) for r in populations if r["vintage"] == "mid-2024"}
    census = {r["force_id"]: int(r["population"]) for r in populations if r["vintage"] == "census-2011"}
    rows = {
        force["force_id"]: (
            math.log(newest[force["force_id"]]),
            (newest[force["force_id"]] / census[force["force_id"]]) ** (1 / 13),
            int(force["officers_fte"]) / newest[force["force_id"]],
        )
        for force in project.seed("forces")
        if force["is_per_head"] == "true" and force["officers_fte"] and force["force_id"] in census
    }
    names, values = sorted(rows), np.array([rows[name] for name in sorted(rows)])
    apart = pdist((values - values.mean(axis=0)) / values.std(axis=0))
    distances = squareform(apart / apart.max())
    found = peers_of(project)
    assert sorted(found) == names
    for nth, name in enumerate(names):
        nearest = sorted((round(d, 6), other) for d, other in zip(distances[nth], names, strict=True))
        expected = [(other, distance) for distance, other in nearest if other != name][:7]
        assert [peer for peer, *_ in found[name]] == [peer for peer, _ in expected]
        assert [row[1] for row in found[name]] == pytest.approx([d for _, d in expected], abs=2e-6)


def test_whom_nothing_places_has_no_neighbours_and_is_nobodys(project: Project) -> None:
    """Too few residents, none, or officers and an earlier population that we do not have."""
    found = peers_of(project)
    without = {row["force_id"] for row in project.seed("forces")} - set(found)
    assert without == {
        *("city-of-london", "btp", "mod-police", "civil-nuclear"),
        *("northern-ireland", "police-scotland"),
    }
    assert not without & {peer for own in found.values() for peer, *_ in own}


def test_an_official_list_stands_in_place_of_neighbours(project: Project) -> None:
    listed = {"kent": ["gwent", "police-scotland", "essex"], "btp": ["mod-police"]}
    before, found = peers_of(project), peers_of(project, listed)
    assert [peer for peer, *_ in found["kent"]] == ["essex", "gwent", "police-scotland"]
    assert {source for *_, source in found["kent"]} == {"a list"}
    assert found["btp"] == [("mod-police", None, "a list")]
    others = set(found) - set(listed)
    assert {name: found[name] for name in others} == {name: before[name] for name in others}
    assert {source.split(":")[0] for name in others for *_, source in found[name]} == {
        "statistical neighbours (our method)"
    }


def compared(
    project: Project, indicator: str, cells: dict[str, Cell], peers: Peers, columns: str = COLUMNS
) -> list[tuple[object, ...]]:
    """Columns of bench_peer_comparisons of made-up forces."""
    pairs = ", ".join(f"('{force}', '{peer}')" for force, own in peers.items() for peer in own)
    return project.run(
        f"select {columns} from ({project.sql('bench_peer_comparisons')}) order by area_id",
        **comparison_tables(project, indicator, cells),
        dim_peer=f"select * from (values {pairs}) as t (force_id, peer_force_id)",
    )


def some(dice: random.Random, cells: dict[str, Cell], count: int) -> dict[str, list[str]]:
    """Peers by lot, never the force itself."""
    return {name: dice.sample([other for other in cells if other != name], count) for name in cells}


@pytest.mark.parametrize("indicator", ["share", "rate", "median"])
@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_the_comparison_is_a_plain_one(project: Project, indicator: str, spread: float) -> None:
    dice = random.Random(f"{indicator}{spread}")
    cells = forces(dice, indicator, spread, 20)
    peers = some(dice, cells, 6)
    tau2 = float(str(plainly(indicator, cells)[0][3]))
    total = sum(c.events for c in cells.values()) / sum(c.n for c in cells.values())
    place, s = {}, {}
    for name, c in cells.items():
        if indicator == "share":
            place[name], s[name] = math.asin(math.sqrt(c.events / c.n)), 0.5 / math.sqrt(c.n)
        elif indicator == "rate":
            place[name], s[name] = math.log(max(c.events, 0.5) / c.n), 1 / math.sqrt(c.n * total)
        else:
            assert c.low is not None
            upper = c.high if c.high is not None else c.value**2 / c.low
            place[name], s[name] = math.log(c.value), math.log(upper / c.low) / (2 * 1.959963984540054)
    for name, value, count, missing, verdict, confidence in compared(project, indicator, cells, peers):
        own = peers[str(name)]
        weights = [1 / s[p] ** 2 if indicator == "median" else cells[p].n for p in own]
        if indicator == "median":
            at = sum(w * place[p] for w, p in zip(weights, own, strict=True)) / sum(weights)
            expected = math.exp(at)
        else:
            pooled = sum(cells[p].events for p in own) / sum(cells[p].n for p in own)
            at = math.asin(math.sqrt(pooled)) if indicator == "share" else math.log(pooled)
            expected = (100 if indicator == "share" else 1000) * pooled
        shares = [w / sum(weights) for w in weights]
        variance = sum(w**2 * (s[p] ** 2 + tau2) for w, p in zip(shares, own, strict=True))
        z = (place[str(name)] - at) / math.sqrt(s[str(name)] ** 2 + tau2 + variance)
        assert value == pytest.approx(expected, rel=1e-7)
        assert (count, missing) == (6, None)
        assert (verdict == "similar") == (abs(z) < 1.959963984540054), (name, z)
        assert confidence == (99.8 if abs(z) >= 3.09023 else 95 if abs(z) >= 1.95996 else None)


@pytest.mark.parametrize("indicator", ["share", "rate", "median"])
def test_a_force_outside_the_list_changes_no_peers_value(project: Project, indicator: str) -> None:
    dice, columns = random.Random(indicator), "area_id, peers_count, peers_missing, peers_value"
    for _ in range(10):
        cells = forces(dice, indicator, 0.3, 12)
        peers = some(dice, cells, 7)
        before = compared(project, indicator, cells, peers, columns)
        more = cells | {"zz": forces(dice, indicator, 2.0, 1)["force_00"]}
        after = compared(project, indicator, more, peers, columns)
        for ours, theirs in zip(before, after, strict=True):
            assert ours[:3] == theirs[:3]
            assert ours[3] == pytest.approx(theirs[3], rel=1e-9)


def test_peers_without_a_number_are_named_and_five_are_needed(project: Project) -> None:
    cells = forces(random.Random(4), "share", 0.3, 10)
    names = sorted(cells)
    peers = {names[0]: [*names[1:6], "x", "y"], names[1]: [*names[2:6], "x"], names[2]: ["x", "y"]}
    peers["q"] = names
    found = {row[0]: row[1:] for row in compared(project, "share", cells, peers)}
    assert found[names[0]][1:3] == (5, "x, y")
    assert found[names[0]][3] != "not_compared"
    assert found[names[1]][1:] == (4, "x", "not_compared", None)
    assert names[2] not in found
    assert found["q"][1:] == (10, None, "not_compared", None)  # it has no number of its own


@pytest.mark.parametrize("indicator", ["share", "rate", "median"])
def test_of_forces_that_are_alike_few_are_called_otherwise(project: Project, indicator: str) -> None:
    """Thirty sets of 44 with equal true figures and five peers by lot. Without the variance of what the peers
    have together it would be one in twelve."""
    dice, called = random.Random(indicator), 0
    for _ in range(30):
        cells = forces(dice, indicator, 0.0, 44)
        rows = compared(project, indicator, cells, some(dice, cells, 5), "peers_verdict")
        called += sum(verdict != "similar" for (verdict,) in rows)
    assert 0.01 < called / (30 * 44) <= 0.07
