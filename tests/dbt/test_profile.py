"""The connection that builds are made over: it stays the same when memory was not enough."""

from pathlib import Path

from tests.dbt.conftest import DBT, Project


def test_a_build_that_had_to_spill_to_disk_goes_on(tmp_path: Path) -> None:
    """Each node says the settings again; DuckDB refuses another temporary folder once the first was used."""
    source = tmp_path / "source"
    (source / "models").mkdir(parents=True)
    (source / "dbt_project.yml").write_text(
        "name: spills\nprofile: beatbook\nmodels: {+materialized: table, +on_schema_change: fail}\n"
    )
    (source / "models" / "first.sql").write_text(
        "select i, hash(i) as h, repeat('x', 50) as t from range(2000000) as r (i) order by h"
    )
    (source / "models" / "second.sql").write_text("select count(*) as n from {{ ref('first') }}")
    profile = (DBT / "profiles.yml").read_text()
    assert "memory_limit: 6GB" in profile
    (source / "profiles.yml").write_text(profile.replace("memory_limit: 6GB", "memory_limit: 150MB"))
    project = Project(tmp_path, source=source)
    project.dbt("run")
    assert project.ask("select n from second") == [(2_000_000,)]
