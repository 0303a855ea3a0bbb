"""One program leaves the portal to the others: what is too often is said, and since when it may ask again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pipelines.settings import Settings
from portal import rates
from portal.app import build_app
from portal.rates import BURST, PER_SECOND, Buckets
from tests.release.small_release import OCTOBER, everywhere, publish_small


@given(st.lists(st.floats(0, 5), max_size=300))
def test_nobody_has_more_than_a_burst_and_what_filled_again(pauses: list[float]) -> None:
    moment = 0.0
    buckets = Buckets(lambda: moment)
    passed = 0
    for pause in [0.0] * BURST + pauses:
        moment += pause
        passed += not buckets.wait("kent")
    assert passed <= BURST + moment * PER_SECOND + 1e-6
    assert passed >= min(BURST, BURST + len(pauses))


def test_who_waits_as_long_as_is_said_is_answered_and_others_never_wait() -> None:
    moment = 0.0
    buckets = Buckets(lambda: moment)
    assert [buckets.wait("kent") for _ in range(BURST)] == [0.0] * BURST
    waits = buckets.wait("kent")
    assert waits == pytest.approx(1 / PER_SECOND)
    assert buckets.wait("essex") == 0
    moment += waits
    assert buckets.wait("kent") == 0
    assert buckets.wait("kent") > 0


def test_so_many_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "REMEMBERED", 3)
    buckets = Buckets(lambda: 0.0)
    for who in "abcdefgh":
        buckets.wait(who)
    assert len(buckets._left) == 3


def test_a_program_is_told_and_a_person_never_is(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "BURST", 2)
    monkeypatch.setattr(rates, "PER_SECOND", 0.01)
    settings = Settings(BEATBOOK_HOME=tmp_path_factory.mktemp("rates"), public_pages="api,indicator")  # type: ignore[call-arg, arg-type]
    publish_small(settings, everywhere(OCTOBER))
    client = TestClient(build_app(settings))
    answers = [client.get("/api/v1/release") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 95 <= int(answers[2].headers["retry-after"]) <= 100
    assert "ask again in" in answers[2].json()["detail"]
    assert all(client.get("/indicators").status_code == 200 for _ in range(5))
