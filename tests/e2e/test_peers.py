"""Peers in what is published: their figure is made of the forces' own, and nothing else."""

import duckdb
import pytest

from tests.e2e.conftest import Nation

pytestmark = [pytest.mark.e2e, pytest.mark.long]
CELL = "indicator_id, platform, account_scope, period_type, period_start"
#: Each force's peers with a final number of an unbroken series, of all the indicators that are ratios.
SUMMED = f"""
    select f.area_id, {", ".join(f"f.{name}" for name in CELL.split(", "))}, f.peers_value, f.peers_count,
        f.peers_of, f.peers_missing, count(v.area_id) as counted, count(*) as listed,
        string_agg(p.peer_force_id, ', ' order by p.peer_force_id) filter (where v.area_id is null)
            as missing,
        any_value(i.multiplier) * case any_value(i.interval_method)
            when 'wilson' then sum(v.value / i.multiplier * v.n) / sum(v.n)
            else sum(v.numerator) / sum(v.denominator)
        end as summed
    from bench_peer_comparisons as f
    inner join dim_indicator as i on f.indicator_id = i.indicator_id and i.kind = 'ratio'
    inner join dim_peer as p on f.area_id = p.force_id
    left join (
        select * from bench_values where value is not null and not is_provisional and not is_break
    ) as v
        on p.peer_force_id = v.area_id and f.indicator_id = v.indicator_id and f.platform = v.platform
            and f.account_scope = v.account_scope and f.period_type = v.period_type
            and f.period_start = v.period_start
    group by all
"""


@pytest.fixture
def published(pulled: Nation) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for path in (pulled.release / "tables").glob("*.parquet"):
        connection.execute(f"create view {path.stem} as from '{path}'")
    return connection


def test_the_peers_figure_is_the_sum_of_its_members_published_cells(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """So nothing can be worked out from it that bench_values does not show (docs/decisions/0015-peers.md)."""
    [(cells, indicators)] = published.sql(
        f"select count(*), count(distinct indicator_id) from ({SUMMED})"
    ).fetchall()
    assert cells > 1000
    assert indicators > 10
    wrong = published.sql(
        f"from ({SUMMED}) where abs(summed - peers_value) > 1e-6 * greatest(1, abs(summed)) "
        "or summed is null or peers_value is null or counted <> peers_count or listed <> peers_of "
        "or missing is distinct from peers_missing"
    ).fetchall()
    assert wrong == []


def test_who_compares_with_peers_has_five_of_them_and_a_final_number(
    published: duckdb.DuckDBPyConnection,
) -> None:
    judged = (
        f"from bench_peer_comparisons left join bench_values using (area_id, {CELL}) "
        "where peers_verdict <> 'not_compared' and "
    )
    assert published.sql(f"select count(*) > 1000 {judged} value is not null").fetchall() == [(True,)]
    for wrong in (
        "peers_count < 5",
        "is_provisional",
        "is_break",
        "platform = 'all' and indicator_id <> 'answered_1h_ratio'",
        "value is null and value_note is distinct from 'not_reached'",
    ):
        assert published.sql(f"select * {judged} ({wrong})").fetchall() == [], wrong


def test_each_extract_names_its_peers_and_their_figures(pulled: Nation) -> None:
    folder = pulled.release / "extracts" / "kent"
    peers = duckdb.sql(f"select force_id, peer_force_name from '{folder / 'peers.parquet'}'").fetchall()
    assert len(peers) == 7
    assert {force for force, _ in peers} == {"kent"}
    [(valued, verdicts)] = duckdb.sql(
        "select count(peers_value), count(peers_verdict) filter (where peers_verdict <> 'not_compared') "
        f"from '{folder / 'benchmarks.parquet'}'"
    ).fetchall()
    assert valued > verdicts > 0
