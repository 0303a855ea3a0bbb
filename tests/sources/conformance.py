"""What every platform's source must do, whatever the platform: its test file inherits it.

    class TestConformance(Conformance):
        platform = "mastodon"
        pages = ("/statuses", "limit")

Belongs here: how a pull fails, what it logs, what it never holds. Does not belong here: what a platform's
columns mean, or how it says that an account is gone; those tests stand in its own file.
"""

import re
from collections.abc import Callable
from typing import Any, ClassVar

import httpx
import pytest

from pipelines.sources.account_pull import Schema
from pipelines.sources.catalogue import source
from pipelines.sources.limits import ATTEMPTS, Budget
from pipelines.sources.purposes import PURPOSES
from sandbox.purposes import TEXTS
from tests.sources.conftest import END, TOKEN, Pulled, Sandbox

COMMON = ["force_id", "account_id", "pulled_at_utc"]
LANDED = ("landed", "")


def repr_start(body: bytes) -> str:
    return repr(body[:8])


class Conformance:
    """Two accounts of two forces are pulled; what goes wrong is at `one`, and `beside` must not notice."""

    platform: ClassVar[str]
    #: The end of a list's path, and the parameter that says how long a page of it is.
    pages: ClassVar[tuple[str, str]]

    one: str
    beside: str
    healthy: Pulled

    @property
    def entities(self) -> dict[str, Schema]:
        return dict(source(self.platform).ENTITIES)

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _pull_two(cls, sandbox: Sandbox) -> None:
        """Two live accounts with an id, posts, and messages both ways, pulled with nothing wrong."""
        chosen: dict[str, str] = {}
        for account in sandbox.register.accounts_due(cls.platform, END.date()):
            said = sandbox.truth(account.account_id)
            directions = {message["direction"] for message in said["messages"]}
            is_typical = account.platform_account_id and len(said["posts"]) > 9 and len(directions) == 2
            if said["status"] == "live" and is_typical:
                chosen.setdefault(account.force_id, account.account_id)
        cls.one, cls.beside = list(chosen.values())[:2]
        cls.healthy = sandbox.pull(cls.platform, [cls.one, cls.beside])

    def pull(self, sandbox: Sandbox, *kinds: str, **more: Any) -> Pulled:
        """Both accounts, with faults at the force of `one`."""
        force_id = sandbox.account(self.one).force_id
        faults = [f"{self.platform}:{force_id}:{kind}" for kind in kinds]
        return sandbox.pull(self.platform, [self.one, self.beside], faults=faults, **more)

    def check_failed_alone(self, pulled: Pulled, said: tuple[str, str]) -> dict[str, Any]:
        """`one` landed until it failed and nothing after; `beside` landed. Returns the failure's log row.

        Where accounts are asked in batches, the first question that is about one force is a later one.
        """
        *before, failed = pulled.entities(self.one)
        assert [pulled.said(self.one, entity) for entity in before] == [LANDED] * len(before)
        assert pulled.said(self.one, failed) == said
        assert pulled.rows(self.one, failed) == []
        assert pulled.log(self.one, failed)["row_count"] == 0
        assert pulled.by_id[self.beside].rows == self.healthy.by_id[self.beside].rows
        return pulled.log(self.one, failed)

    # What lands, and what is logged of it.

    def test_every_account_asked_has_a_log_row_for_every_entity(self) -> None:
        for account_id in (self.one, self.beside):
            assert self.healthy.entities(account_id) == list(self.entities)
            for entity in self.entities:
                row = self.healthy.log(account_id, entity)
                assert (row["status"], row["reason"], row["platform"]) == (*LANDED, self.platform)
                assert row["row_count"] == len(self.healthy.rows(account_id, entity)) > 0
                assert row["seen_count"] == row["row_count"]
                assert row["unknown_field_count"] == 0
        assert sorted(self.healthy.done) == sorted([self.one, self.beside])

    def test_no_more_is_logged_than_was_asked(self) -> None:
        costs = [row["request_count"] for pull in self.healthy.by_id.values() for row in pull.log]
        assert 0 < sum(costs) <= len(self.healthy.asked)  # a batch is nobody's in particular

    def test_rows_have_their_columns_and_nothing_of_the_public(self) -> None:
        for pull in self.healthy.by_id.values():
            for entity, columns in self.entities.items():
                assert {tuple(row) for row in pull.rows[entity]} == {(*COMMON, *columns)}
            assert not re.search("resident|…", str(pull.rows))  # the sandbox's people, and what they say

    def test_a_post_has_a_purpose_in_place_of_its_text_and_a_reply_has_none(self, sandbox: Sandbox) -> None:
        """What was meant is told but for the texts that rules are not expected to tell."""
        pairs = []
        for account_id in (self.one, self.beside):
            meant = {post["post_id"]: post["purpose_meant"] for post in sandbox.truth(account_id)["posts"]}
            for row in self.healthy.rows(account_id, "posts"):
                is_post = row.get("kind", "post") == "post"
                assert (row["purpose"] in PURPOSES) == is_post
                assert row["purpose_rules_version"] == (1 if is_post else None)
                pairs.append((row["purpose"], meant[row[source(self.platform).KEYS["posts"]]]))
            said = str(self.healthy.by_id[account_id].rows)
            assert not [text for texts in TEXTS.values() for text in texts if text[:12] in said]
        told = [found == said for found, said in pairs if said is not None]
        assert sum(told) >= 0.6 * len(told)

    def test_every_entity_says_what_tells_its_rows_apart(self) -> None:
        keys = source(self.platform).KEYS
        assert list(keys) == list(self.entities)
        for pull in self.healthy.by_id.values():
            for entity, key in keys.items():
                assert len({row[key] for row in pull.rows[entity]}) == len(pull.rows[entity])

    def test_a_message_says_when_the_post_above_it_was_published(self) -> None:
        module = source(self.platform)
        above = next(
            column for column in self.entities["messages"] if column in ("post_uri", "status_id", "video_id")
        )
        for pull in self.healthy.by_id.values():
            published = {row[module.KEYS["posts"]]: row[module.TIMES["posts"]] for row in pull.rows["posts"]}
            for row in pull.rows["messages"]:
                assert row["post_published_at_utc"] == published[row[above]] is not None

    def test_an_author_is_a_keyed_hash_and_we_are_none(self, sandbox: Sandbox) -> None:
        other = sandbox.pull(self.platform, [self.one], secret=b"another")
        keys = [
            {r["author_key"] for r in p.rows(self.one, "messages")} - {None} for p in (self.healthy, other)
        ]
        assert len(keys[0]) == len(keys[1]) > 0
        assert keys[0].isdisjoint(keys[1])
        assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys[0])
        ours = [r for r in self.healthy.rows(self.one, "messages") if r["direction"] == "outbound"]
        assert {row["author_key"] for row in ours} == {None}

    def test_a_message_of_the_public_cannot_be_looked_up_and_joins_with_its_thread(
        self, sandbox: Sandbox
    ) -> None:
        """Whoever could look its id up would find its author, whose key would hide nobody."""
        key = source(self.platform).KEYS["messages"]
        thread = next(column for column in self.entities["messages"] if column.startswith("thread_"))
        for account_id in (self.one, self.beside):
            rows, said = self.healthy.rows(account_id, "messages"), sandbox.truth(account_id)["messages"]
            for message in said:
                if message["direction"] == "inbound":
                    assert message["message_id"] not in str(rows)
            of_public = {row[key] for row in rows if row["direction"] == "inbound"}
            assert all(re.fullmatch("[0-9a-f]{32}", shown) for shown in of_public)
            ours = {row[key] for row in rows if row["direction"] == "outbound"}
            threads = {row[thread] for row in rows if row[key] in ours}
            assert threads <= of_public | ours  # beneath its own post a force can go on by itself
            assert threads & of_public

    def test_pages_are_followed_to_the_end_and_give_the_same_rows(self, sandbox: Sandbox) -> None:
        path, parameter = self.pages

        def small(request: httpx.Request) -> httpx.Response | None:
            if request.url.path.endswith(path):
                request.url = request.url.copy_set_param(parameter, "3")
            return None

        pulled = self.pull(sandbox, instead=small)
        assert len(pulled.calls(path)) > 2 * len(self.healthy.calls(path))
        for account_id in (self.one, self.beside):
            assert pulled.by_id[account_id].rows == self.healthy.by_id[account_id].rows

    # What goes wrong at one account.

    @pytest.mark.parametrize(
        ("kind", "said", "is_tried_again"),
        [
            ("503", ("failed", "server_error"), True),
            ("500", ("failed", "server_error"), True),
            ("cut", ("failed", "network"), True),
            ("429", ("throttled", "rate_limited"), True),
            ("401", ("refused", "not_authorised"), False),
            ("403", ("refused", "not_authorised"), False),
            ("404", ("refused", "not_found"), False),
            ("400", ("refused", "bad_request"), False),
        ],
    )
    def test_a_failure_is_its_accounts_alone_and_says_its_kind(
        self, sandbox: Sandbox, kind: str, said: tuple[str, str], is_tried_again: bool
    ) -> None:
        pulled = self.pull(sandbox, kind)
        row = self.check_failed_alone(pulled, said)
        # A batch in which the account is not there was nobody's question in particular.
        # Two waits for a window of five minutes fit into a server's time, a third does not.
        attempts = {3, ATTEMPTS} if kind == "429" else {ATTEMPTS}
        assert row["request_count"] in (attempts if is_tried_again else {0, 1})
        assert row["detail"]

    def test_a_flipped_type_fails_its_account_and_names_the_path(self, sandbox: Sandbox) -> None:
        row = self.check_failed_alone(self.pull(sandbox, "flip"), ("failed", "flipped_type"))
        assert re.search(r"Expected .*, got `object` - at `\$.*\w+`", row["detail"])

    @pytest.mark.parametrize(
        "body",
        [b"<html>", b"", b'{"a": "\xff\xfe"}', b"\xff", b"[" * 200_000, b"1e999999", b"null"],
        ids=repr_start,
    )
    @pytest.mark.parametrize("status", [200, 400, 403])
    def test_whatever_the_bytes_of_an_answer_the_pull_goes_on(
        self, sandbox: Sandbox, status: int, body: bytes
    ) -> None:
        pulled = self.pull(sandbox, instead=lambda _: httpx.Response(status, content=body))
        for account_id in (self.one, self.beside):
            assert pulled.said(account_id) in {
                ("failed", "flipped_type"),
                ("refused", "bad_request"),
                ("refused", "not_authorised"),
            }

    @pytest.mark.parametrize(
        "headers", [{"retry-after": "\u00b2"}, {"ratelimit-reset": "1e18"}, {"x-ratelimit-reset": "²"}]
    )
    def test_whatever_the_headers_say_of_waiting_the_pull_goes_on(
        self, sandbox: Sandbox, headers: dict[str, str]
    ) -> None:
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        for status, said in ((429, ("throttled", "rate_limited")), (200, ("failed", "flipped_type"))):
            pulled = self.pull(
                sandbox,
                instead=lambda _, status=status: httpx.Response(status, headers=raw, text="<html>"),
            )
            assert pulled.said(self.one) == said

    def test_what_a_platform_says_in_words_is_not_kept(self, sandbox: Sandbox) -> None:
        """An echoed key, or a person's name, would end in the log, in the status and in a release."""
        echoed = {
            "error": {"message": TOKEN, "errors": [{"reason": "badRequest", "message": TOKEN}]},
        }
        for status, body in (
            (400, {"error": TOKEN, "message": TOKEN}),
            (403, echoed),
            (400, echoed),
            (500, echoed),
        ):
            pulled = self.pull(sandbox, instead=lambda _, s=status, b=body: httpx.Response(s, json=b))
            for account_id in (self.one, self.beside):
                assert TOKEN not in str(pulled.by_id[account_id].log)

    def test_an_answer_that_is_no_json_is_a_wrong_shape(self, sandbox: Sandbox) -> None:
        pulled = self.pull(sandbox, instead=lambda _: httpx.Response(200, text="<html>"))
        assert {pulled.said(account_id) for account_id in pulled.by_id} == {("failed", "flipped_type")}

    def test_a_flaky_server_lands_everything_and_the_retries_are_counted(self, sandbox: Sandbox) -> None:
        pulled = self.pull(sandbox, "flaky")
        assert pulled.by_id[self.one].rows == self.healthy.by_id[self.one].rows
        counts = [[row["request_count"] for row in p.by_id[self.one].log] for p in (pulled, self.healthy)]
        assert sum(counts[0]) > sum(counts[1])
        assert all(flaky >= well for flaky, well in zip(*counts, strict=True))

    def test_an_unknown_field_is_counted_and_does_no_harm(self, sandbox: Sandbox) -> None:
        pulled = self.pull(sandbox, "unknown")
        assert pulled.by_id[self.one].rows == self.healthy.by_id[self.one].rows
        assert all(pulled.log(self.one, entity)["unknown_field_count"] > 0 for entity in self.entities)
        assert all(pulled.log(self.beside, entity)["unknown_field_count"] == 0 for entity in self.entities)

    def test_an_empty_page_is_an_answer(self, sandbox: Sandbox) -> None:
        pulled = self.pull(sandbox, "empty")
        assert pulled.said(self.one) == LANDED
        assert [pulled.said(self.one, e) for e in ("posts", "messages")] == [("empty", "")] * 2

    # What goes wrong as a whole.

    @pytest.mark.parametrize(
        ("kind", "said"),
        [("503", ("failed", "server_error")), ("401", ("refused", "not_authorised"))],
    )
    def test_when_the_platform_fails_every_account_is_logged(
        self, sandbox: Sandbox, kind: str, said: tuple[str, str]
    ) -> None:
        pulled = sandbox.pull(self.platform, [self.one, self.beside], faults=[f"{self.platform}:*:{kind}"])
        for account_id in (self.one, self.beside):
            assert pulled.entities(account_id) == ["profiles"]
            assert pulled.said(account_id) == said
        assert sorted(pulled.done) == sorted([self.one, self.beside])

    def test_our_own_budget_stops_before_the_request_and_keeps_no_half(self, sandbox: Sandbox) -> None:
        alone = len(sandbox.pull(self.platform, [self.one]).asked)
        pulled = sandbox.pull(self.platform, [self.one], budget=Budget(max_requests=alone - 1))
        assert len(pulled.asked) == alone - 1
        assert pulled.said(self.one, "messages") == ("throttled", "budget")
        assert pulled.rows(self.one, "messages") == []

    # What is never kept.

    @pytest.mark.parametrize("kind", ["400", "401", "403", "404", "429", "503", "cut", "flip"])
    def test_the_token_is_in_no_log(self, sandbox: Sandbox, kind: str) -> None:
        assert TOKEN not in logs(self.pull(sandbox, kind))

    @pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
    def test_an_error_that_quotes_the_address_is_not_repeated(
        self, sandbox: Sandbox, error: Callable[[str], Exception]
    ) -> None:
        def broken(request: httpx.Request) -> httpx.Response | None:
            raise error(f"no answer from {request.url} with {TOKEN}")

        pulled = self.pull(sandbox, instead=broken)
        assert {pulled.said(account_id) for account_id in pulled.by_id} == {("failed", "network")}
        assert TOKEN not in logs(pulled)


def logs(pulled: Pulled) -> str:
    return str([pull.log for pull in pulled.by_id.values()])
