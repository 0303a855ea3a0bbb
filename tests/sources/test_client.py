"""The client's own promises, on answers made up for each."""

import asyncio
import gzip
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import msgspec
import pytest

from pipelines.sources import errors
from pipelines.sources.client import Client, Platform
from pipelines.sources.limits import GIVE_UP_AFTER, Budget, Limits
from pipelines.sources.rates import RateHeaders, iso_reset, unix_reset
from pipelines.sources.shapes import Shape, unknown_fields
from pipelines.sources.usage import Usage, usage
from tests.sources.conftest import Answers, Body, Clock

NOW = datetime(2026, 11, 9, 5, 30, tzinfo=UTC)
SECRET = "s3cret-key"  # pragma: allowlist secret


class Item(Shape):
    known = frozenset({"alsoKnown"})
    like_count: int


class Page(Shape):
    items: list[Item]


def client_of(
    answer: Callable[[httpx.Request], httpx.Response],
    *,
    rate: RateHeaders | None = None,
    budget: Budget | None = None,
    clock: Clock | None = None,
    body_bytes: int = Limits.body_bytes,
) -> Client:
    clock = clock or Clock()
    platform = Platform("https://platform.test/v1", lambda _: None, rate, params={"key": SECRET})
    return Client(
        platform,
        now=lambda: NOW,
        budget=budget,
        limits=Limits(body_bytes=body_bytes),
        transport=Answers(answer),
        sleep=clock.sleep,
        clock=clock,
    )


def ask(client: Client, times: int = 1) -> Any:
    async def asked() -> Any:
        async with client:
            for _ in range(times):
                reply = await client.get("/items", Page)
            return reply.data

    return asyncio.run(asked())


def always(status: int, body: Any = None, headers: dict[str, str] | None = None) -> Any:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, json=body if body is not None else {"items": []}, headers=headers)

    answer.seen = seen  # type: ignore[attr-defined]
    return answer


@pytest.fixture(autouse=True)
def spent() -> Iterator[Usage]:
    counted = Usage()
    token = usage.set(counted)
    yield counted
    usage.reset(token)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequest),
        (401, errors.NotAuthorised),
        (403, errors.NotAuthorised),
        (404, errors.NotFound),
        (405, errors.BadRequest),
        (410, errors.NotFound),
    ],
)
def test_a_permanent_failure_is_asked_once(status: int, kind: type[errors.SourceError]) -> None:
    answer = always(status)
    with pytest.raises(kind):
        ask(client_of(answer))
    assert len(answer.seen) == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(500, errors.ServerError), (503, errors.ServerError), (429, errors.RateLimited)]
)
def test_a_passing_failure_is_asked_four_times(status: int, kind: type[errors.SourceError]) -> None:
    answer = always(status)
    with pytest.raises(kind):
        ask(client_of(answer))
    assert len(answer.seen) == 4


def test_a_platform_that_is_down_is_given_up_for_the_run() -> None:
    answer = always(503)
    client = client_of(answer)

    async def asked() -> list[str]:
        said = []
        async with client:
            for _ in range(GIVE_UP_AFTER + 5):
                with pytest.raises(errors.ServerError) as caught:
                    await client.get("/items", Page)
                said.append(str(caught.value))
        return said

    said = asyncio.run(asked())
    assert len(answer.seen) == GIVE_UP_AFTER * 4
    assert "503" in said[GIVE_UP_AFTER - 1]
    assert "not asked" in said[GIVE_UP_AFTER]


def test_a_server_that_recovers_is_believed(spent: Usage) -> None:
    answers = iter([httpx.Response(503), httpx.Response(200, json={"items": [{"likeCount": 1}]})])
    assert ask(client_of(lambda _: next(answers))).items[0].like_count == 1
    assert spent.requests == 2


def test_no_connection_and_a_cut_answer_are_network_failures() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {request.url}")

    def cut(request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")

    for answer in (refuse, cut):
        with pytest.raises(errors.NetworkError) as caught:
            ask(client_of(answer))
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_no_error_holds_the_key(status: int) -> None:
    with pytest.raises(errors.SourceError) as caught:
        ask(client_of(always(status)))
    assert SECRET not in str(caught.value)


def test_retry_after_and_the_platforms_reset_say_how_long_to_wait() -> None:
    unix = RateHeaders("ratelimit-remaining", "ratelimit-reset", unix_reset)
    iso = RateHeaders("x-ratelimit-remaining", "x-ratelimit-reset", iso_reset)
    later = NOW + timedelta(seconds=90)
    for rate, headers, seconds in (
        (None, {"retry-after": "7"}, 7),
        (None, {"retry-after": format_datetime(later.astimezone(UTC), usegmt=True)}, 90),
        (unix, {"ratelimit-reset": str(int(later.timestamp()))}, 90),
        (iso, {"x-ratelimit-reset": later.isoformat()}, 90),
        (unix, {"retry-after": "7", "ratelimit-reset": "0"}, 7),
    ):
        clock = Clock()
        with pytest.raises(errors.RateLimited):
            ask(client_of(always(429, headers=headers), rate=rate, clock=clock))
        assert clock.slept == [seconds] * 3


def test_a_wait_for_another_run_is_not_waited_for() -> None:
    clock, answer = Clock(), always(429, headers={"retry-after": "361"})
    with pytest.raises(errors.WaitTooLong, match="to wait 361 s, and of the wait's 360 seconds 360 are left"):
        ask(client_of(answer, clock=clock))
    assert (len(answer.seen), clock.slept) == (1, [])


def test_with_nothing_left_the_next_request_waits_for_the_reset() -> None:
    rate = RateHeaders("ratelimit-remaining", "ratelimit-reset", unix_reset)
    reset = str(int((NOW + timedelta(seconds=30)).timestamp()))
    clock = Clock()
    answer = always(200, headers={"ratelimit-remaining": "0", "ratelimit-reset": reset})
    ask(client_of(answer, rate=rate, clock=clock), times=2)
    assert clock.slept == [30]


def test_the_budget_stops_before_the_request() -> None:
    answer = always(200)
    budget = Budget(max_requests=2)
    with pytest.raises(errors.BudgetSpent, match="2 requests"):
        ask(client_of(answer, budget=budget), times=3)
    assert len(answer.seen) == 2
    assert budget.spent.requests == 2
    with pytest.raises(errors.BudgetSpent, match="quota units"):
        ask(client_of(answer, budget=Budget(max_units=0)))


def packed(body: bytes, packing: str = "gzip", status: int = 200) -> Callable[..., httpx.Response]:
    """An answer as it comes from a socket: still packed."""
    answer = httpx.Response(status, headers={"content-encoding": packing}, stream=Body(body))
    return lambda _: answer


def test_what_is_packed_is_unpacked() -> None:
    body = gzip.compress(b'{"items": [{"likeCount": 7}]}', mtime=0)
    assert ask(client_of(packed(body), body_bytes=100)).items[0].like_count == 7


@pytest.mark.parametrize(
    ("body", "packing", "status", "kind"),
    [
        (gzip.compress(b" " * 101, mtime=0), "gzip", 200, errors.TooLarge),
        (b" " * 101, "identity", 200, errors.TooLarge),
        (gzip.compress(gzip.compress(b" " * 99, mtime=0), mtime=0), "gzip, gzip", 200, errors.WrongShape),
        (b"{}", "br", 200, errors.WrongShape),
        (b"{}", "gzip", 200, errors.WrongShape),
        (gzip.compress(b'{"items": []}', mtime=0)[:-9], "gzip", 200, errors.WrongShape),
        (b"{}", "br", 503, errors.ServerError),
    ],
)
def test_what_is_too_long_or_packed_otherwise_is_not_read(
    body: bytes, packing: str, status: int, kind: type[errors.SourceError]
) -> None:
    with pytest.raises(kind):
        ask(client_of(packed(body, packing, status), body_bytes=100))


def test_one_piece_that_unpacks_to_a_thousand_is_not_unpacked_whole() -> None:
    bomb = gzip.compress(bytes(64 * 2**20))
    tracemalloc.start()
    with pytest.raises(errors.TooLarge):
        ask(client_of(packed(bomb), body_bytes=2**20))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20


def test_a_flipped_type_names_its_path() -> None:
    body = {"items": [{"likeCount": 1}, {"likeCount": "many"}]}
    with pytest.raises(errors.WrongShape, match=r"/v1/items.*`int`, got `str`.*items\[.*likeCount"):
        ask(client_of(always(200, body)))


def test_what_is_no_json_is_a_wrong_shape() -> None:
    with pytest.raises(errors.WrongShape, match="not JSON"):
        ask(client_of(lambda _: httpx.Response(200, text="<html>")))


def test_an_unknown_field_is_ignored_and_counted(spent: Usage) -> None:
    body = {"items": [{"likeCount": 1, "alsoKnown": 2, "brandNew": 3}], "surprise": {}}
    assert ask(client_of(always(200, body))).items[0].like_count == 1
    assert spent.unknown == 2
    assert unknown_fields({"items": []}, Page) == 0


def test_an_empty_page_is_an_answer() -> None:
    assert ask(client_of(always(200))) == msgspec.convert({"items": []}, Page)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("https://platform.test/v1/items?page=2", "https://platform.test/v1/items?page=2"),
        ("?page=2", "https://platform.test/v1/items?page=2"),
        ("https://elsewhere.test/v1/items?page=2", None),
        ("http://platform.test/v1/items?page=2", None),
        ("https://platform.test:444/v1/items?page=2", None),
        ("https://platform.test/v1/others?page=2", None),
        ("//elsewhere.test/v1/items", None),
        ("https://[", None),
    ],
)
def test_the_next_page_is_where_this_one_was(link: str, found: str | None) -> None:
    client = client_of(always(200, headers={"link": f'<{link}>; rel="next"'}))

    async def asked() -> str | None:
        async with client:
            return (await client.get("/items", Page)).next_url

    if found is None:
        with pytest.raises(errors.WrongShape, match="the next page is said to be elsewhere"):
            asyncio.run(asked())
    else:
        assert asyncio.run(asked()) == found
