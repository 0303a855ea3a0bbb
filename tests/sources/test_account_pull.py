"""One account's rows and log: what is collected, repeated, kept and logged."""

from datetime import UTC, datetime

import pytest

from pipelines.registry import Account
from pipelines.sources import errors
from pipelines.sources.account_pull import AccountPull

NOW = datetime(2026, 11, 9, 5, 30, tzinfo=UTC)
KEYS = {"profiles": "did", "posts": "uri"}


@pytest.fixture
def pull(sandbox: object) -> AccountPull:
    account: Account = sandbox.account("bluesky:kent")  # type: ignore[attr-defined]
    return AccountPull(account, NOW, KEYS)


def counts(pull: AccountPull) -> list[tuple[str, str, int, int]]:
    return [(row["entity"], row["status"], row["seen_count"], row["row_count"]) for row in pull.log]


def test_of_an_item_that_paging_repeats_the_later_one_is_kept(pull: AccountPull) -> None:
    with pull.asking("posts") as rows:
        rows += [{"uri": "a", "like_count": 1}, {"uri": "b", "like_count": 2}]
        rows += [{"uri": "b", "like_count": 3}, {"uri": "c", "like_count": 4}]
    assert [(row["uri"], row["like_count"]) for row in pull.rows["posts"]] == [("a", 1), ("b", 3), ("c", 4)]
    assert counts(pull) == [("posts", "landed", 3, 3)]


def test_what_is_not_kept_was_looked_at_all_the_same(pull: AccountPull) -> None:
    with pull.asking("profiles") as rows:
        rows.append({"did": "x"})
    with pull.asking("posts") as rows:
        rows += [{"uri": "a"}, {"uri": "b"}]
    pull.keep("posts", lambda row: row["uri"] == "b")
    assert [row["uri"] for row in pull.rows["posts"]] == ["b"]
    assert counts(pull) == [("profiles", "landed", 1, 1), ("posts", "landed", 2, 1)]
    pull.keep("posts", lambda row: False)
    assert pull.rows["posts"] == []
    assert counts(pull)[1] == ("posts", "landed", 2, 0)  # it answered: that is not empty


def test_half_an_answer_is_none(pull: AccountPull) -> None:
    with pull.asking("posts") as rows:
        rows.append({"uri": "a"})
        raise errors.ServerError("HTTP 503 at /feed")
    assert pull.rows["posts"] == []
    assert counts(pull) == [("posts", "failed", 0, 0)]
