"""One GET over a real socket, from a server whose bytes are written out here."""

import asyncio
import gzip

import pytest

from pipelines.sources import errors
from pipelines.sources.client import Client, Platform
from pipelines.sources.shapes import Shape
from pipelines.sources.transport import FAILURES, Answer, Network, _proxy

HEADERS = {"User-Agent": "beatbook", "Sandbox-Now": "2026-11-09T05:30:00+00:00"}


def get(said: bytes, path: str = "/v1/items?key=s3cret", asked: list[bytes] | None = None) -> Answer:
    """The answer to one question at a server that says `said` and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        question = await reader.readuntil(b"\r\n\r\n")
        if asked is not None:
            asked.append(question)
        writer.write(said)
        await writer.drain()
        writer.close()

    async def go() -> Answer:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        network = Network()
        await network.open()
        try:
            return await network.get(f"http://127.0.0.1:{port}{path}", HEADERS)
        finally:
            await network.close()
            server.close()

    return asyncio.run(go())


def whole(status: str, body: bytes = b"{}", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def test_the_address_and_the_headers_are_sent_as_they_are_given() -> None:
    asked: list[bytes] = []
    get(whole("200 OK"), "/v1/B%2F2?id=a%2Cb&actors=did%3Aplc%3Ax&actors=y+z", asked)
    [question] = asked
    assert question.startswith(b"GET /v1/B%2F2?id=a%2Cb&actors=did%3Aplc%3Ax&actors=y+z HTTP/1.1\r\n")
    for name, value in HEADERS.items():
        assert f"{name}: {value}\r\n".encode() in question


def test_an_answer_has_its_status_headers_in_any_case_and_body() -> None:
    answer = get(whole("429 Too Many Requests", b'{"a":1}', "RateLimit-Remaining: 0"))
    assert (answer.status, answer.body) == (429, b'{"a":1}')
    assert answer.headers.get("ratelimit-remaining") == "0"
    assert answer.next_url is None


def test_a_compressed_body_is_read() -> None:
    assert get(whole("200 OK", gzip.compress(b"[1]"), "Content-Encoding: gzip")).body == b"[1]"


def test_the_next_page_is_the_one_that_the_link_header_names() -> None:
    url = "https://social.test/api/v1/accounts/1/statuses?limit=40&exclude_reblogs=true&max_id=2"
    link = f'Link: <{url}>; rel="next", <https://social.test/?min_id=9>; rel="prev"'
    assert get(whole("200 OK", b"[]", link)).next_url == url
    only_newer = 'Link: <https://social.test/?min_id=9>; rel="prev"'
    assert get(whole("200 OK", b"[]", only_newer)).next_url is None


def test_a_redirect_is_not_followed() -> None:
    assert get(whole("302 Found", b"", "Location: http://127.0.0.1:9/elsewhere")).status == 302


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"no HTTP at all\r\n\r\n"]
)
def test_an_answer_that_is_not_whole_is_a_failure(said: bytes) -> None:
    with pytest.raises(FAILURES):
        get(said)


def test_nobody_there_is_a_network_failure_that_hides_the_key() -> None:
    class Nothing(Shape):
        pass

    async def go() -> None:
        async with Client(Platform("http://127.0.0.1:1", lambda _: None), now=lambda: None) as client:  # type: ignore[arg-type,return-value]
            await client.get("/items", Nothing, {"key": "s3cret"})

    with pytest.raises(errors.NetworkError, match="at /items") as caught:
        asyncio.run(go())
    assert "s3cret" not in str(caught.value)


def test_the_proxies_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.test:3128")
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1,.internal.test")
    _proxy.cache_clear()
    assert _proxy("https", "public.api.bsky.app") == "http://proxy.test:3128"
    assert _proxy("https", "mastodon.internal.test") is None
    assert _proxy("http", "127.0.0.1") is None
    _proxy.cache_clear()
