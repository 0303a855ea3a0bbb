"""What the sandbox's posts say: the same every time, mixed by force and kind of account, and mostly told."""

from collections import Counter

import pytest

from pipelines.registry import check_purpose_rules
from pipelines.settings import SEEDS
from pipelines.sources.purposes import PURPOSES
from sandbox import story
from sandbox.nation import Account
from sandbox.posts import Post, posts_of_day
from sandbox.purposes import TEXTS, said
from sandbox.world import world

RULES = check_purpose_rules(SEEDS)
VIEW = world(7)


def posts(account: Account, days: range = range(300, 500)) -> list[Post]:
    return [post for day in days for post in posts_of_day(7, account, day, None) if post.kind == "post"]


def account(account_id: str) -> Account:
    return VIEW.nation.by_id[account_id]


@pytest.mark.parametrize("account_id", ["bluesky:kent", "mastodon:kent", "youtube:kent"])
def test_most_of_what_was_meant_is_told_and_not_all_of_it(account_id: str) -> None:
    told = [RULES.purpose_of(said(post)[1]) == said(post)[0] for post in posts(account(account_id))]
    assert len(told) > 50
    assert 0.65 < sum(told) / len(told) < 0.95


def test_every_purpose_has_texts_and_the_last_of_each_is_hard() -> None:
    assert set(TEXTS) == set(PURPOSES)
    for purpose, texts in TEXTS.items():
        told = [RULES.purpose_of(text.format(place="Harwood", number="1234")) for text in texts]
        assert purpose in told
    assert RULES.purpose_of(TEXTS["outcome"][-1]) != "outcome"


def test_forces_and_kinds_of_accounts_post_for_different_ends() -> None:
    kent, essex = (
        Counter(said(post)[0] for post in posts(account(f"bluesky:{name}"))) for name in ("kent", "essex")
    )
    assert kent != essex
    centre = next(a for a in VIEW.nation.accounts if a.account_type == "contact_centre")
    assert {said(post)[0] for post in posts(centre)} <= {"warning", "prevention", "other"}


def test_the_emergency_is_warnings_alone() -> None:
    team = [a for a in VIEW.nation.accounts if a.force_id == story.DAM_FORCE and a.platform == "bluesky"]
    emergency = [post for a in team for post in posts(a, range(0, 900)) if post.ordinal >= 100]
    assert emergency
    assert {said(post)[0] for post in emergency} == {"warning"}
    assert {RULES.purpose_of(said(post)[1]) for post in emergency} == {"warning"}
