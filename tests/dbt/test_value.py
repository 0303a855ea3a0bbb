"""What reach would have cost, and the mix of reactions, by a plain loop over what a force sent."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.registry.corrections import NONE
from pipelines.registry.incidents import NONE as NO_INCIDENT
from pipelines.registry.neighbourhoods import NONE as NO_NEIGHBOURHOOD
from pipelines.registry.rate_cards import NONE as NO_RATE_CARD
from pipelines.registry.staffed_hours import NONE as NO_HOURS
from tests.dbt.conftest import Project
from tests.dbt.test_builds import ACCOUNTS, EVENTS, empty_landing, read
from tests.landing.landed import land

MONDAY, SENT = date(2026, 11, 2), date(2026, 11, 18)
#: The price rises in the middle of the week; nobody prices reach after Wednesday.
CARDS = NO_RATE_CARD + "".join(
    f"card,{version},facebook,{metric},{price},{first},{last},invented,https://example.org,Finance,2026-01-01\n"
    for version, metric, price, first, last in (
        (1, "view_count", "4.25", "2026-01-01", "2026-11-04"),
        (2, "view_count", "5.05", "2026-11-05", "2026-12-31"),
        (1, "reach_count", "7.00", "2026-01-01", "2026-11-04"),
    )
)
SORTS = ("like", "love", "haha", "wow", "sad", "angry")
#: Of each post the day of the week, its views and its reactions by sort; one is without a sort.
POSTS: dict[str, list[tuple[int, int, tuple[int | None, ...]]]] = {
    "kent": [
        (0, 1001, (70, 20, 10, 0, 20, 30)),
        (0, 333, (1, 0, 0, 0, 0, 0)),
        (2, 777, (5, 5, 5, 5, 5, 5)),
        (3, 4999, (0, 0, 0, 0, 0, 9)),
        (6, 1, (12, 0, 0, 0, 0, 0)),
    ],
    "essex": [(1, 100, (50, 9, 9, 9, 9, 9)), (4, 100, (50, 9, 9, 9, 9, None))],
}


def a_return(force_id: str) -> dict[str, list[dict[str, Any]]]:
    noon = datetime(SENT.year, SENT.month, SENT.day, 12, tzinfo=UTC).replace(tzinfo=None)
    own = {"force_id": force_id, "account_id": f"facebook:{force_id}", "platform": "facebook"}
    own |= {"pulled_at_utc": noon, "file_sha256": ""}
    rows = []
    for nth, (day, views, reactions) in enumerate(POSTS[force_id]):
        created = datetime(2026, 11, 2 + day, 12, tzinfo=UTC).replace(tzinfo=None)
        counts = dict.fromkeys(("impression", "share", "quote", "comment", "click"))
        counts |= {"view": views, "reach": views, "like": sum(count or 0 for count in reactions)}
        counts |= {f"{sort}_reaction": count for sort, count in zip(SORTS, reactions, strict=True)}
        row = {"post_id": f"{nth}", "created_at_utc": created, "kind": "post", "line": nth + 2}
        row |= {"observed_at_utc": created + timedelta(days=7)}
        rows.append(own | row | {f"{name}_count": count for name, count in counts.items()})
    asked = {"entity": "posts", "status": "landed", "row_count": len(rows), "reason": "", "detail": ""}
    asked |= {"request_count": 0, "unit_count": 0, "unknown_field_count": 0, "channels": ""}
    asked |= {"period_from_date": date(2026, 11, 1), "period_to_date": date(2026, 11, 17)}
    return {"posts": rows, "requests": [own | asked]}


def priced(force_id: str) -> tuple[Decimal, int]:
    """Pounds for the week's views, each account and day to the nearest thousandth, and of how many posts."""
    by_day: dict[int, int] = {}
    for day, views, _ in POSTS[force_id]:
        by_day[day] = by_day.get(day, 0) + views
    prices = {day: Decimal("4.25") if day <= 2 else Decimal("5.05") for day in by_day}
    whole = (views * prices[day] for day, views in by_day.items())
    return sum(mils.quantize(Decimal(1), ROUND_HALF_UP) for mils in whole) / Decimal(1000), len(
        POSTS[force_id]
    )


@pytest.mark.long
def test_costs_and_reactions_are_those_of_a_plain_loop(tmp_path: Path) -> None:
    register = tmp_path / "register"
    register.mkdir()
    (register / "accounts.csv").write_text(ACCOUNTS)
    (register / "account_events.csv").write_text(EVENTS.splitlines()[0] + "\n")
    (register / "corrections.csv").write_text(NONE)
    (register / "incidents.csv").write_text(NO_INCIDENT)
    (register / "rate_cards.csv").write_text(CARDS)
    (register / "neighbourhoods.csv").write_text(NO_NEIGHBOURHOOD)
    (register / "staffed_hours.csv").write_text(NO_HOURS)
    project, landing = Project(tmp_path, register=register), empty_landing(tmp_path)
    for nth, force_id in enumerate(POSTS):
        land(landing, "returns", SENT, f"r{nth:08d}-00000000", a_return(force_id))
    read(landing, project)
    project.dbt("build", "--exclude-resource-type", "unit_test")
    rows = project.ask(
        "select area_id, indicator_id, value, n, value_note, note_detail from bench_values "
        "where platform = 'facebook' and account_scope = 'all' and period_type = 'week' "
        f"and period_start = date '{MONDAY}' and area_id in ('kent', 'essex', 'all_forces') "
        "and (indicator_id like '%cost_gbp%' or indicator_id like '%reactions_pct')"
    )
    found = {(area, indicator): row for area, indicator, *row in rows}
    cards = (
        "priced by card version 1: £4.25 per thousand and card version 2: £5.05 per thousand "
        "from 5 November 2026"
    )
    for force_id in POSTS:
        pounds, count = priced(force_id)
        assert found[force_id, "views_7d_cost_gbp"] == [float(pounds), count, None, cards]
        assert found[force_id, "views_7d_cost_gbp_per_post"][0] == pytest.approx(
            float(pounds) / count, rel=1e-12
        )
        assert found[force_id, "gross_reach_7d_cost_gbp"] == [
            None,
            None,
            "no_rate_card",
            "a price is declared for 3 of the 7 days of the period",
        ]
    both = float(priced("kent")[0] + priced("essex")[0])
    assert found["all_forces", "views_7d_cost_gbp"][0] == pytest.approx(both, rel=1e-12)
    for nth, sort in enumerate(SORTS):
        of_sort = sum(reactions[nth] or 0 for _, _, reactions in POSTS["kent"])
        of_all = sum(count or 0 for _, _, reactions in POSTS["kent"] for count in reactions)
        value, n, note, _ = found["kent", f"{sort}_reactions_pct"]
        assert (value, n, note) == (pytest.approx(100 * of_sort / of_all, rel=1e-12), 5, None)
        assert found["essex", f"{sort}_reactions_pct"] == [
            None,
            None,
            "not_collected",
            "the sorts of reactions are known of 1 of 2 posts",
        ]
    judged = project.ask(
        "select count(*) from bench_comparisons where rank is not null "
        "and (indicator_id like '%cost_gbp%' or indicator_id like '%reactions_pct')"
    )
    assert judged == [(0,)]
