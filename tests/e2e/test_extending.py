"""docs/extending.md followed to the letter, in a copy of the project: a platform, a model, a group.

The throwaway platform speaks as Mastodon does, as Pixelfed really does: its files are Mastodon's with another
name, so that what is counted here are places and not ideas.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.registry import RegistryError, check_indicators

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = (".*", "data", "target", "logs", "__pycache__")
pytestmark = [pytest.mark.e2e, pytest.mark.long]
FORCES = ("kent", "essex", "gwent")

MODEL = {
    "indicator_id": "open_accounts",
    "name": "Open accounts",
    "numerator": "Not a ratio. Accounts that are open at the end of the period",
    "denominator": "Nothing",
    "unit": "accounts",
    "kind": "model",
    "n_measure": "open_account_count",
    "known_by": "followers",
    "metrics": "follower_count",
    "version": "1",
    "position": "101",
    "why_it_matters": "To see that it can be added.",
    "multiplier": "1",
    "polarity": "none",
    "metric_rule": "all",
    "only_account_scope": "all",
    "is_pooled": "false",
    "interval_method": "none",
    "minimum_n": "1",
    "caveats": "It is thrown away.",
}
MODEL_SQL = """{{ config(materialized='view') }}

select
    indicator_id,
    indicator_version,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    period_end,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    case when value_note is null then cast(n as bigint) end as n,
    case when value_note is null then cast(n as double) end as value,
    unit,
    {% for limit in ['ci95_low', 'ci95_high', 'ci998_low', 'ci998_high'] %}
    cast(null as double) as {{ limit }},
    {% endfor %}
    'none' as ci_method,
    cast(null as double) as design_effect,
    cast(null as double) as effective_n,
    value_note,
    note_detail,
    is_any_provisional or days_since_end_count <= 1 as is_provisional,
    cast(null as varchar) as population_vintage
from {{ ref('bench_cells') }}
where indicator_id = 'open_accounts'
"""
GROUP = {
    "area_id": "wales_and_scotland",
    "area_name": "Wales and Scotland",
    "position": "11",
    "country": "Wales|Scotland",
    "force_type": "territorial",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, and nothing of what lies about in it."""
    copy = tmp_path_factory.mktemp("extended") / "project"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return copy


@pytest.fixture(scope="module")
def extended(project: Path) -> Path:
    add_platform(project)
    add_model(project)
    add_rows(project / "dbt/seeds/area_groups.csv", GROUP)
    return project


def add_rows(path: Path, *added: dict[str, str], key: tuple[str, ...] = ()) -> None:
    """Append rows to a seed, in the order of `key` where it has one."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows, columns = [*reader], list(reader.fieldnames or ())
    rows += [dict.fromkeys(columns, "") | row for row in added]
    if key:
        rows.sort(key=lambda row: tuple(row[column] for column in key))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def renamed(text: str) -> str:
    return text.replace("mastodon", "pixelfed").replace("Mastodon", "Pixelfed")


def add_platform(project: Path) -> None:
    seeds = project / "dbt/seeds"
    for name, key in (("platforms", ("platform",)), ("platform_metrics", ("platform", "entity", "metric"))):
        with (seeds / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            like = [row for row in csv.DictReader(file) if row["platform"] == "mastodon"]
        copies = [{column: renamed(cell) for column, cell in row.items()} for row in like]
        add_rows(seeds / f"{name}.csv", *copies, key=key)
    source = renamed((project / "pipelines/sources/mastodon.py").read_text())
    one_server = source.replace('"/pixelfed/{instance}"', '"/pixelfed"')
    assert one_server != source
    (project / "pipelines/sources/pixelfed.py").write_text(one_server)
    staging = project / "dbt/models/staging"
    (staging / "pixelfed").mkdir()
    for path in (staging / "mastodon").iterdir():
        (staging / "pixelfed" / renamed(path.name)).write_text(renamed(path.read_text()))
    routers = project / "sandbox/routers"
    router = renamed((routers / "mastodon.py").read_text()).replace("/{instance}/api", "/api")
    router = router.replace('ask.path["instance"]', '""').replace("pixelfed_per_5_min", "mastodon_per_5_min")
    (routers / "pixelfed.py").write_text(router)
    (routers / "pixelfed_views.py").write_text(renamed((routers / "mastodon_views.py").read_text()))
    nation = project / "sandbox/nation.py"
    shares = '"facebook": 0.16'
    assert shares in nation.read_text()
    nation.write_text(nation.read_text().replace(shares, f'{shares}, "pixelfed": 0.004'))
    (project / "tests/sources/test_pixelfed.py").write_text(
        '"""Pixelfed against the sandbox."""\n\n'
        "from tests.sources.conformance import Conformance\n\n\n"
        "class TestConformance(Conformance):\n"
        '    platform = "pixelfed"\n'
        '    pages = ("/statuses", "limit")\n'
    )


def add_model(project: Path) -> None:
    seeds, benchmarks = project / "dbt/seeds", project / "dbt/models/benchmarks"
    add_rows(seeds / "indicators.csv", MODEL)
    with pytest.raises(RegistryError) as refused:
        check_indicators(seeds)
    (line,) = re.findall(r"needs the row (\S+),YYYY-MM-DD", str(refused.value))
    version = dict(zip(("indicator_id", "version", "definition_sha256"), line.split(","), strict=True))
    add_rows(seeds / "indicator_versions.csv", version | {"since_date": "2026-11-09"})
    (benchmarks / "bench_open_accounts.sql").write_text(MODEL_SQL)
    values = benchmarks / "bench_values.sql"
    last = "    select * from {{ ref('bench_first_replies') }}\n"
    assert last in values.read_text()
    added = f"{last}    union all\n    select * from {{{{ ref('bench_open_accounts') }}}}\n"
    values.write_text(values.read_text().replace(last, added))
    described = benchmarks / "_bench.yml"
    block = "\n  - name: bench_open_accounts\n    description: One row for each of its cells.\n"
    described.write_text(f"{described.read_text().rstrip()}\n{block}    columns: *value_columns\n")


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`python WORDS` in the copy, on a data folder beside it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BEATBOOK")}
    env = clean | {"PYTHONPATH": str(project), "BEATBOOK_HOME": str(project.parent / "home")}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)


def test_it_takes_the_places_that_the_page_names_and_no_other(extended: Path) -> None:
    def files(root: Path) -> dict[str, bytes]:
        kept = (path for path in root.rglob("*") if path.is_file())
        return {str(path.relative_to(root)): path.read_bytes() for path in kept}

    before = extended.parent / "before"
    shutil.copytree(ROOT, before, ignore=shutil.ignore_patterns(*LEFT_OUT))
    old, new = files(before), {k: v for k, v in files(extended).items() if "__pycache__" not in k}
    changed = sorted(name for name in new if new[name] != old.get(name))
    assert changed == [
        "dbt/models/benchmarks/_bench.yml",
        "dbt/models/benchmarks/bench_open_accounts.sql",
        "dbt/models/benchmarks/bench_values.sql",
        "dbt/models/staging/pixelfed/_pixelfed.yml",
        "dbt/models/staging/pixelfed/stg_pixelfed__messages.sql",
        "dbt/models/staging/pixelfed/stg_pixelfed__posts.sql",
        "dbt/models/staging/pixelfed/stg_pixelfed__profiles.sql",
        "dbt/seeds/area_groups.csv",
        "dbt/seeds/indicator_versions.csv",
        "dbt/seeds/indicators.csv",
        "dbt/seeds/platform_metrics.csv",
        "dbt/seeds/platforms.csv",
        "pipelines/sources/pixelfed.py",
        "sandbox/nation.py",
        "sandbox/routers/pixelfed.py",
        "sandbox/routers/pixelfed_views.py",
        "tests/sources/test_pixelfed.py",
    ]
    page = (ROOT / "docs/extending.md").read_text().replace("<platform>", "pixelfed")
    page = page.replace("<indicator_id>", "open_accounts")
    named = [name for name in changed if name in page or Path(name).name in page or "staging" in name]
    assert set(changed) - set(named) == {"sandbox/routers/pixelfed_views.py"}  # the router's own other half


def test_the_new_platform_keeps_the_rules_for_all(extended: Path) -> None:
    done = run(
        extended, "-m", "pytest", "-q", "tests/sources/test_pixelfed.py", "tests/sources/test_catalogue.py"
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def warehouse(extended: Path) -> duckdb.DuckDBPyConnection:
    """One day of three forces, pulled, gated and built. Three forces are too few to be published."""
    forces = [word for force in FORCES for word in ("--force", force)]
    done = run(extended, "-m", "pipelines.cli", "run", "--days", "1", *forces)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "forces that are due were collected" in done.stderr
    return duckdb.connect(str(extended.parent / "home" / "warehouse.duckdb"), read_only=True)


def test_the_new_platform_has_values_of_what_it_landed(
    warehouse: duckdb.DuckDBPyConnection, extended: Path
) -> None:
    landed = pl.read_parquet(extended.parent / "home/landing/pixelfed/profiles/day=*/*.parquet")
    followers = dict(landed.select("force_id", "followers_count").iter_rows())
    assert sorted(followers) == sorted(FORCES)
    values = warehouse.sql(
        "select area_id, cast(numerator as bigint) from bench_values where indicator_id = 'followers_per_1k' "
        "and platform = 'pixelfed' and account_scope = 'all' and period_start = '2026-11-02' "
        f"and area_id in {FORCES} and value is not null"
    ).fetchall()
    assert dict(values) == followers


def test_one_model_is_an_indicator_that_is_no_ratio(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.sql(
        "select v.value, m.open_account_count, c.verdict from bench_values as v "
        "inner join bench_measures as m "
        "on v.area_id = m.force_id and v.platform = m.platform and v.account_scope = m.account_scope "
        "and v.period_type = m.period_type and v.period_start = m.period_start "
        "inner join bench_comparisons as c on v.indicator_id = c.indicator_id and v.area_id = c.area_id "
        "and v.platform = c.platform and v.account_scope = c.account_scope "
        "and v.period_type = c.period_type and v.period_start = c.period_start "
        "where v.indicator_id = 'open_accounts' and v.value is not null"
    ).fetchall()
    assert rows
    assert all(value == count for value, count, _ in rows)
    assert {verdict for *_, verdict in rows} == {"not_compared"}


def test_one_row_is_a_group(warehouse: duckdb.DuckDBPyConnection) -> None:
    members = warehouse.sql(
        "select force_id from dim_area_member where area_id = 'wales_and_scotland'"
    ).fetchall()
    assert {force for (force,) in members} == {
        "dyfed-powys",
        "gwent",
        "north-wales",
        "police-scotland",
        "south-wales",
    }
    cells = warehouse.sql("select count(*) from bench_values where area_id = 'wales_and_scotland'").fetchall()
    assert cells[0][0] > 0
