"""The whole project builds where there is nothing yet, and production where there is little."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.landing.store import Landing
from pipelines.sources.catalogue import pulled_platforms, source
from tests.dbt.conftest import Project


def test_production_builds_from_one_return(tmp_path: Path) -> None:
    """One follower count of a real account: a number for its force, reasons everywhere else."""
    landing = Landing(tmp_path / "landing", {name: source(name).ENTITIES for name in pulled_platforms()})
    landing.prepare()
    project = Project(tmp_path, landing.root, profile="production")
    project.dbt("build")  # unit tests as well
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        assert connection.sql("select count(*) from bench_values").fetchall() == [(0,)]
        [(account_id, force_id)] = connection.sql(
            "select account_id, force_id from dim_account inner join dim_force using (force_id) "
            "where platform = 'facebook' and is_per_head order by account_id limit 1"
        ).fetchall()

    sunday = datetime(2026, 11, 15, 12, tzinfo=UTC).replace(tzinfo=None)
    own = {"force_id": force_id, "account_id": account_id, "platform": "facebook", "pulled_at_utc": sunday}
    profile = {
        "observed_at_utc": sunday,
        "follower_count": 1000,
        "post_count": None,
        "file_sha256": "",
        "line": 2,
    }
    asked = {"entity": "profiles", "status": "landed", "reason": "", "detail": "", "row_count": 1}
    asked |= {"request_count": 0, "unit_count": 0, "unknown_field_count": 0}
    # Tuesday's return of nothing: only now is the week known to be over.
    later = {"pulled_at_utc": datetime(2026, 11, 17, 12, tzinfo=UTC).replace(tzinfo=None), "status": "empty"}
    verdict = {"verdict": "passed", "expectation": "", "detail": "", "row_count": 1}
    rows = {
        "profiles": [own | profile],
        "requests": [own | asked, own | asked | later],
        "verdicts": [own | {"account_id": ""} | verdict],
    }
    landing.write("returns", sunday.date(), "20261117T120000000000-00000000", rows)

    project.warehouse.unlink()
    project.dbt("build", "--exclude-resource-type", "unit_test")
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        found = connection.sql(
            "select force_id, platform, numerator, is_invented from bench_values where value is not null "
            "and force_id <> 'national'"
        ).fetchall()
        restricted = connection.sql(
            "select count(value), count(*) > 0 from bench_values where value_note = 'terms_restricted' "
            "and platform in ('x', 'youtube')"
        ).fetchall()
    assert found == [(force_id, "facebook", 1000, False)]
    assert restricted == [(0, True)]
