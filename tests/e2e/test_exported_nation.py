"""October of the invented nation, sent as Meta's and X's own exports: the tables hold what such files tell.

What they do not tell is named here, and has its reason in the cell. Replies of a page are in none of Meta's
exports, and in no indicator: they are not compared.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.returns.submit import Asked
from sandbox import clock
from sandbox.nation import Account
from sandbox.world import World, world
from tests.e2e.nation_truth import EXPORTED, FIRST, LAST, NOW, counts, london, nation_warehouse, posts_of
from tests.e2e.returning import Warehouse
from tests.returns.exports import Export, facebook, x_posts

pytestmark = [pytest.mark.e2e, pytest.mark.dbt, pytest.mark.long]
#: What each tool counts, as it stood at the export.
TOLD = {
    "facebook": ("view_count", "reach_count", "like_count", "share_count", "comment_count", "click_count"),
    "x": ("impression_count", "like_count", "share_count", "comment_count", "click_count"),
}
#: One export after the month cannot show every post at seven to nine days of age. Followers and messages are
#: in no such file. X does not say how often a post was quoted, so there is no sum of engagements.
NOT_TOLD = {
    "followers_per_1k": "not_collected",
    "shares_per_post": "late",
    "engagements_per_1k": "late",
    "answered_1h_pct": "not_collected",
    "direct_answered_1h_pct": "not_collected",
    "median_first_reply_seconds": "not_collected",
}


def clicks(account: Account, number: int) -> int:
    """The sandbox counts none; the tools do."""
    return account.index + 3 * number


def read(view: World, account: Account) -> list[dict[str, Any]]:
    """An account's posts from the day before October on, as its tool showed them at the export."""
    found = []
    for n, post in enumerate(posts_of(view, account, FIRST - timedelta(days=1))):
        created = datetime.fromtimestamp(post.created / 1000, UTC).replace(tzinfo=None)
        told = {"n": n, "post_id": post.post_id, "created": created, "kind": post.kind}
        found.append({**told, **counts(view, post, NOW), "click_count": clicks(account, n)})
    return found


def export(view: World, account: Account) -> Export:
    """The file: Meta lists no replies, and days as they are in the UK; X lists both, and days of UTC."""
    posts = read(view, account)
    if account.platform == "facebook":
        days = [post for post in posts if FIRST <= london(clock.ms(f"{post['created']}Z")) <= LAST]
        made = facebook([p for p in days if p["kind"] == "post"], 1, (account.handle, account.platform_id))
        made.file = "Oct-01-2026_Oct-31-2026_1444967610559863.csv"
    else:
        # In summer the first hour of a month is in X's day before: docs/returns/x.md.
        days = [p for p in posts if FIRST - timedelta(days=1) <= p["created"].date() <= LAST]
        made = x_posts(days, 1, account.handle)
        made.file = "account_analytics_content_2026-09-30_2026-10-31.csv"
    return made


def truth(view: World, account: Account) -> dict[str, int]:
    """The month's sums, as far as the tool tells."""
    told = [post for post in read(view, account) if FIRST <= london(clock.ms(f"{post['created']}Z")) <= LAST]
    posts = [post for post in told if post["kind"] == "post"]
    sums = {f"{name}_at_export": sum(post[name] for post in posts) for name in TOLD[account.platform]}
    replies = {"reply_count": len(told) - len(posts)} if account.platform == "x" else {}
    ages: Counter[date] = Counter()  # milliseconds
    for post in posts:
        at = clock.ms(f"{post['created']}Z")
        written = at // clock.MINUTE * clock.MINUTE if account.platform == "facebook" else at
        ages[london(at)] += NOW - written
    if account.platform == "facebook":
        parts = ("like_count", "share_count", "comment_count")
        sums["engagement_count_at_export"] = sum(post[name] for post in posts for name in parts)
    age = sum(round(of_day / 1000) for of_day in ages.values())  # an account's day has whole seconds
    return {"post_count": len(posts), "age_at_export_seconds": age, **replies, **sums}


@pytest.fixture(scope="module")
def planted() -> list[str]:
    """What the files held of people."""
    return []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, planted: list[str]) -> Iterator[Warehouse]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = nation_warehouse(tmp_path_factory.mktemp("exported") / "home", monkeypatch)
        view = world(7)
        for account in accounts(view):
            sent = export(view, account)
            period_from = str(FIRST) if account.platform == "x" else None
            made.send(sent.file, sent.data, Asked(period_from=period_from, exported_at=EXPORTED))
            planted += sent.planted[:5]
        made.build()
        yield made


def accounts(view: World) -> list[Account]:
    return [account for account in view.nation.accounts if account.platform in TOLD]


@pytest.mark.parametrize("platform", TOLD)
def test_every_figure_that_the_tool_tells_is_the_truth(made: Warehouse, platform: str) -> None:
    view = world(7)
    expected = {a.force_id: truth(view, a) for a in accounts(view) if a.platform == platform}
    names = list(next(iter(expected.values())))
    rows = made.ask(
        f"select force_id, {', '.join(names)} from bench_measures where account_scope = 'all' "
        f"and period_type = 'month' and period_start = '{FIRST}' and platform = '{platform}'"
    )
    assert {force_id: dict(zip(names, figures, strict=True)) for force_id, *figures in rows} == expected
    assert len(expected) == 48


@pytest.mark.parametrize("platform", TOLD)
def test_what_the_tool_does_not_tell_has_its_reason(made: Warehouse, platform: str) -> None:
    of_platform = {
        "facebook": {"gross_reach_7d_per_1k": "late", "views_7d_per_1k": "late"},
        "x": {"impressions_7d_per_1k": "late", "engagements_at_export_per_1k": "not_collected"},
    }
    for indicator_id, reason in {**NOT_TOLD, **of_platform[platform]}.items():
        cells = made.ask(
            f"select value, value_note, count(*) from bench_values join dim_force on area_id = force_id "
            f"where platform = '{platform}' and account_scope = 'all' and indicator_id = '{indicator_id}' "
            f"and period_type = 'month' and period_start = '{FIRST}' group by all"
        )
        forces = 44 if indicator_id.endswith("per_1k") else 48  # four have no residents
        assert cells == [(None, reason, forces)], indicator_id


def test_x_posts_of_the_first_hour_are_in_the_day_before(made: Warehouse) -> None:
    """One force of the sandbox replied at nine minutes to one on 1 October."""
    view = world(7)
    account = view.nation.by_id["x:cambridgeshire"]
    replies = made.ask(
        "select cast(created_at_utc as date), created_date from fct_posts where account_id = "
        f"'{account.account_id}' and kind = 'reply' and created_date = '{FIRST}' order by all limit 1"
    )
    assert replies == [(FIRST - timedelta(days=1), FIRST)]


def test_nothing_of_people_is_left(made: Warehouse, planted: list[str]) -> None:
    texts = [text.encode() for text in planted]
    assert len(texts) > 400
    for path in Path(made.settings.home).rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert not any(text in held for text in texts), path
