"""The interface for programs: one release an answer, pages that join, and conditional requests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from pipelines.settings import Settings
from portal import rates
from portal.api import MOST_ROWS
from portal.app import build_app
from tests.release.small_release import OCTOBER, SEPTEMBER, cell, everywhere, publish_small

CELLS = [
    *everywhere(SEPTEMBER),
    *everywhere(OCTOBER),
    cell("followers", "essex", OCTOBER, 7.25, ci95_low=6.5, ci95_high=8.0, n=12),
    cell("followers", "surrey", OCTOBER),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(BEATBOOK_HOME=tmp_path_factory.mktemp("api"), public_pages="api")  # type: ignore[call-arg, arg-type]
    publish_small(settings, CELLS)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rates, "BURST", 10_000)  # how often one may ask: test_rates.py
        yield TestClient(build_app(settings), raise_server_exceptions=False)


def rows(client: TestClient, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(path).json()["items"]
    return found


def test_values_are_narrowed_by_what_they_are_about(client: TestClient) -> None:
    [essex] = rows(client, "/api/v1/values?area_id=essex")
    assert (essex["indicator_id"], essex["value"], essex["ci95_low"]) == ("followers", 7.25, 6.5)
    [surrey] = rows(client, "/api/v1/values?area_id=surrey")
    assert (surrey["value"], surrey["value_note"]) == (None, "suppressed")
    september = rows(client, "/api/v1/values?period_until=2026-09-30")
    assert {row["period_start"] for row in september} == {"2026-09-01"}
    assert len(september) + len(rows(client, "/api/v1/values?period_from=2026-10-01")) == len(CELLS)
    assert rows(client, "/api/v1/values?area_id=nobody") == []


def test_every_answer_says_which_release_it_is_of(client: TestClient) -> None:
    for path in ("values", "comparisons", "indicators", "areas"):
        answer = client.get(f"/api/v1/{path}").json()
        assert (answer["release_id"], answer["is_invented"]) == ("20261201T0530-0123456789", True)
        assert answer["count"] == len(answer["items"]) > 0
        assert answer["next"] is None
    assert client.get("/api/v1/release").json()["release_id"] == "20261201T0530-0123456789"


@pytest.mark.parametrize("limit", [1, 2, 3, MOST_ROWS])
def test_pages_one_after_the_other_are_the_whole(client: TestClient, limit: int) -> None:
    whole = rows(client, "/api/v1/values")
    path: str | None = f"/api/v1/values?limit={limit}"
    found: list[dict[str, Any]] = []
    while path:
        page = client.get(path, headers={"host": "evil.example"}).json()
        found += page["items"]
        path = page["next"]
        assert path is None or path.startswith("/api/v1/values?")
    assert found == whole
    assert len(found) == len(CELLS)


def test_who_has_an_answer_is_told_that_it_stands(client: TestClient) -> None:
    first = client.get("/api/v1/values?area_id=essex")
    again = client.get("/api/v1/values?area_id=essex", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/api/v1/values?area_id=kent", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        f"limit={MOST_ROWS + 1}",
        "offset=-1",
        "period_from=soon",
        "period_until=0",
        "offset=99999999999999",
    ],
)
def test_what_is_no_question_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/api/v1/values?{query}").status_code == 422


def test_it_describes_itself(client: TestClient) -> None:
    said = client.get("/api/v1/openapi.json").json()
    assert {"/values", "/comparisons", "/indicators", "/areas", "/release"} <= said["paths"].keys()


@pytest.fixture(scope="module")
def described(client: TestClient) -> Any:
    """What the interface says of itself, as schemathesis reads it."""
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", client.app)


@pytest.mark.parametrize("mode", list(GenerationMode))
@given_settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.data())
def test_whatever_is_asked_the_answer_is_as_it_is_described(
    described: Any, mode: GenerationMode, data: st.DataObject
) -> None:
    asked = [each.ok().as_strategy(generation_mode=mode) for each in described.get_all_operations()]
    assert len(asked) >= 5
    data.draw(st.one_of(asked)).call_and_validate()


def test_nothing_published_is_said(tmp_path: Path) -> None:
    client = TestClient(build_app(Settings(BEATBOOK_HOME=tmp_path, public_pages="api")))  # type: ignore[call-arg]
    answer = client.get("/api/v1/values")
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "nothing is published yet: `beatbook run` publishes",
    )
