"""Neighbourhoods from what a force sent to what is said of each, by a plain loop: whoever serves several is
counted once, who merged serves nobody, and of forces whose neighbourhoods are not read there is nothing."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.registry import check_neighbourhoods
from pipelines.registry.corrections import NONE
from pipelines.registry.incidents import NONE as NO_INCIDENT
from pipelines.registry.neighbourhoods import NONE as NO_NEIGHBOURHOOD
from pipelines.registry.rate_cards import NONE as NO_RATE_CARD
from pipelines.registry.staffed_hours import NONE as NO_HOURS
from pipelines.settings import SEEDS
from tests.dbt.conftest import Project
from tests.dbt.test_builds import ACCOUNTS, EVENTS, empty_landing, read
from tests.landing.landed import land

MONDAY, SENT = date(2026, 11, 2), date(2026, 11, 18)
#: Followers at the end of the week, and the views of each post in it.
HAD: dict[str, tuple[int, tuple[int, ...]]] = {
    "facebook:deal": (400, (1000, 500)),
    "facebook:dover": (90, (300,)),
    "facebook:hythe": (70, (900,)),
}
#: Residents, and who serves them.
AREAS: dict[str, tuple[int | None, tuple[str, ...]]] = {
    "Deal": (12_000, ("facebook:deal",)),
    "Dover": (30_000, ("facebook:deal", "facebook:dover")),
    "Hythe": (5_000, ("facebook:hythe",)),
    "Lydd": (None, ()),
    "Walmer": (8_000, ("facebook:deal",)),
}
MERGED = "facebook:hythe,merged_into,2026-11-05,,facebook:kent,invented,\n"


def a_return() -> dict[str, list[dict[str, Any]]]:
    noon = datetime(SENT.year, SENT.month, SENT.day, 12, tzinfo=UTC).replace(tzinfo=None)
    rows: dict[str, list[dict[str, Any]]] = {"profiles": [], "posts": [], "requests": []}
    counters = ("impression", "share", "quote", "comment", "click", "like")
    for account_id, (followers, views) in HAD.items():
        own = {"force_id": "kent", "account_id": account_id, "platform": "facebook"}
        own |= {"pulled_at_utc": noon, "file_sha256": ""}
        sunday = {"observed_at_utc": noon - timedelta(days=10), "line": 2, "follower_count": followers}
        rows["profiles"].append(own | sunday | {"post_count": None})
        for nth, count in enumerate(views):
            created = datetime(2026, 11, 3 + nth, 12, tzinfo=UTC).replace(tzinfo=None)
            row = {"post_id": f"{nth}", "created_at_utc": created, "kind": "post", "line": nth + 2}
            row |= {
                "observed_at_utc": created + timedelta(days=7),
                "view_count": count,
                "reach_count": 10 * count,
            }
            rows["posts"].append(own | row | {f"{name}_count": None for name in counters})
        for entity, found in (("profiles", 1), ("posts", len(views))):
            asked = {"entity": entity, "status": "landed", "row_count": found, "reason": "", "detail": ""}
            asked |= {"request_count": 0, "unit_count": 0, "unknown_field_count": 0, "channels": ""}
            asked |= {"period_from_date": date(2026, 11, 1), "period_to_date": date(2026, 11, 17)}
            rows["requests"].append(own | asked)
    return rows


def per_1k(name: str, what: int) -> float | None:
    """Followers (0) or views (1) of its accounts but Hythe's, for 1,000 of all whom each serves."""
    open_ones = [account for account in AREAS[name][1] if account != "facebook:hythe"]
    total = 0.0
    for account in open_ones:
        served = sum(residents or 0 for residents, accounts in AREAS.values() if account in accounts)
        had = (HAD[account][0], sum(HAD[account][1]))[what]
        total += 1000 * had / served
    return total if open_ones else None


def write(register: Path) -> None:
    register.mkdir()
    lines = [f"{a},kent,facebook,{a[9:]},,neighbourhood,,invented,2026-01-01," for a in sorted(HAD)]
    (register / "accounts.csv").write_text(ACCOUNTS + "\n".join([*lines, ""]))
    (register / "account_events.csv").write_text(EVENTS.splitlines()[0] + "\n" + MERGED)
    (register / "corrections.csv").write_text(NONE)
    (register / "incidents.csv").write_text(NO_INCIDENT)
    (register / "rate_cards.csv").write_text(NO_RATE_CARD)
    (register / "staffed_hours.csv").write_text(NO_HOURS)
    rows = (
        f"kent,{name[:3]},{name},{residents or ''},{'' if residents else 'zero'},{'|'.join(accounts)},"
        "2026-01-01,,invented,2026-01-01\n"
        for name, (residents, accounts) in AREAS.items()
    )
    (register / "neighbourhoods.csv").write_text(NO_NEIGHBOURHOOD + "".join(rows))
    assert len(check_neighbourhoods(register, SEEDS)) == len(AREAS)


@pytest.mark.long
def test_neighbourhoods_have_what_a_plain_loop_makes_of_the_return(tmp_path: Path) -> None:
    write(tmp_path / "register")
    project, landing = Project(tmp_path, register=tmp_path / "register"), empty_landing(tmp_path)
    land(landing, "returns", SENT, "r00000000-00000000", a_return())
    read(landing, project)
    project.dbt("build", "--exclude-resource-type", "unit_test")
    week = f"period_type = 'week' and period_start = date '{MONDAY}'"
    rows = project.ask(
        "select neighbourhood_name, platform, followers_per_1k, views_7d_per_1k, gross_reach_7d_per_1k, "
        f"impressions_7d_per_1k_note from bench_neighbourhoods where {week} order by all"
    )
    expected = {(name, "all"): None for name in AREAS}
    expected |= {(name, "facebook"): per_1k(name, 1) for name in AREAS if per_1k(name, 1) is not None}
    assert {(name, platform) for name, platform, *_ in rows} == set(expected)
    for name, platform, followers, views, reach, note in rows:
        if platform == "all":
            has = per_1k(name, 1) is not None
            assert (followers, views, reach, note) == (
                None,
                None,
                None,
                "not_offered" if has else "no_account",
            )
        else:
            assert (followers, views) == (pytest.approx(per_1k(name, 0)), pytest.approx(per_1k(name, 1)))
            assert (reach, note) == (pytest.approx(10 * views), "deprecated")
    residents = {name: count for name, (count, _) in AREAS.items()}
    times = sum(views * residents[name] / 1000 for name, platform, _, views, *_ in rows if platform != "all")
    assert times == pytest.approx(sum(HAD["facebook:deal"][1]) + sum(HAD["facebook:dover"][1])), (
        "each view once"
    )
    values = project.ask(
        "select area_id, indicator_id, numerator, denominator, value from bench_values "
        f"where indicator_id like '%neighbourhood%' and area_id in ('kent', 'essex') and {week} order by all"
    )
    assert values == [
        ("kent", "neighbourhoods_without_account_pct", 2.0, 5.0, 40.0),
        ("kent", "residents_with_neighbourhood_account_pct", 50_000.0, 55_000.0, pytest.approx(1000 / 11)),
    ]
    unread = project.ask(
        "select distinct value_note from bench_not_available "
        "where indicator_id like '%neighbourhood%' and area_id = 'essex' and until_date is null"
    )
    assert unread == [("not_collected",)]
