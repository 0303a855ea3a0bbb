"""data.police.uk: invented answers with every defect, and the real ones where they are at hand."""

import asyncio
import json
import os
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.discovery import police_uk
from pipelines.discovery.police_uk import EngagementMethod, Found
from pipelines.discovery.proposals import read_dump
from pipelines.registry.addresses import Defect
from pipelines.sources.client import Client
from pipelines.sources.limits import Budget
from tests.sources.conftest import Answers

SHARED = Path(os.environ.get("BEATBOOK_SHARED", Path(__file__).parents[3] / "shared"))
REAL = SHARED / "real" / "police_uk_forces_2026-03-09.json"


def read(**method: str | None) -> Found:
    (found,) = police_uk.parse_methods("some-force", [EngagementMethod(**method)])
    return found


@pytest.mark.parametrize(
    ("method", "account", "defects"),
    [
        (
            {"type": "facebook", "url": "https://www.facebook.com/a"},
            ("facebook", "a"),
            [],
        ),
        (
            {"type": "Facebook", "url": "https://www.facebook.com/a"},
            ("facebook", "a"),
            [Defect.TYPE_CASE],
        ),
        (
            {"type": None, "title": "Force on Facebook", "url": "https://www.facebook.com/a"},
            ("facebook", "a"),
            [Defect.MISSING_TYPE],
        ),
        (
            {"type": "web", "title": "Instagram", "url": "https://www.instagram.com/a/"},
            ("instagram", "a"),
            [Defect.TYPE_MISMATCH],
        ),
        (
            {"type": "facebook", "url": "https://www.some.police.uk/"},
            (None, None),
            [Defect.TYPE_MISMATCH],
        ),
        (
            {"type": "twitter", "url": "https://x.com/a"},
            ("x", "a"),
            [Defect.X_UNDER_TWITTER],
        ),
        ({"type": "x", "url": "https://x.com/a"}, ("x", "a"), [Defect.UNKNOWN_TYPE]),
        (
            {"type": "twitter", "url": "http://twitter.com/a"},
            ("x", "a"),
            [Defect.INSECURE_URL, Defect.TWITTER_DOMAIN],
        ),
        (
            {"type": "Website", "url": "https://www.some.police.uk/"},
            (None, None),
            [Defect.TYPE_CASE, Defect.UNKNOWN_TYPE],
        ),
        ({"type": "facebook", "url": ""}, (None, None), [Defect.BLANK_URL]),
        ({"type": "facebook", "url": None}, (None, None), [Defect.BLANK_URL]),
        ({}, (None, None), [Defect.MISSING_TYPE, Defect.BLANK_URL]),
    ],
)
def test_a_method_is_an_account_or_a_named_defect(
    method: dict[str, str | None], account: tuple[str | None, str | None], defects: list[Defect]
) -> None:
    found = read(**method)
    assert (found.platform, found.handle) == account
    assert list(found.defects) == defects


def test_contact_details() -> None:
    assert police_uk.parse_contact_details("some-force", "N1", {}) == []
    found = police_uk.parse_contact_details(
        "some-force",
        "N1",
        {
            "email": "x@some.police.uk",
            "telephone": "101",
            "twitter": "http://www.twitter.com/SomeTeam",
            "facebook": None,
            "e-messaging": "https://www.example.org/alert",
        },
    )
    assert [(f.platform, f.handle) for f in found] == [("x", "SomeTeam"), (None, None), (None, None)]
    assert {f.neighbourhood_id for f in found} == {"N1"}
    assert Defect.BLANK_URL in found[1].defects
    assert Defect.UNKNOWN_TYPE in found[2].defects


ANSWERS: dict[str, tuple[int, Any]] = {
    "/api/forces/some-force": (
        200,
        {
            "id": "some-force",
            "name": "Some Force",
            "url": None,
            "telephone": "101",
            "description": "<p>We &amp; you</p>",
            "engagement_methods": [
                {
                    "url": "https://www.facebook.com/some",
                    "type": None,
                    "description": "<p>On &nbsp;Facebook</p>",
                    "title": "<b>Facebook</b>",
                },
                {"url": "", "type": "twitter", "description": None, "title": "twitter"},
            ],
        },
    ),
    "/api/some-force/neighbourhoods": (
        200,
        [{"id": "A1", "name": "A"}, {"id": "B/2", "name": "B"}, {"id": "C3", "name": None}],
    ),
    "/api/some-force/A1": (200, {"population": "0", "contact_details": {}, "name": "A"}),
    "/api/some-force/B/2": (
        200,
        {"population": "1200", "contact_details": {"twitter": "https://x.com/TeamB"}},
    ),
    "/api/some-force/C3": (404, {}),
    "/api/flipped/neighbourhoods": (200, []),
    "/api/forces/flipped": (200, {"id": "flipped", "engagement_methods": {"facebook": "a"}}),
    "/api/forces/empty": (200, {"id": "empty", "engagement_methods": []}),
}


def discover(
    *force_ids: str, with_neighbourhoods: bool = False, budget: Budget | None = None
) -> tuple[police_uk.Discovery, list[str], list[float]]:
    asked: list[str] = []
    waits: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        status, body = ANSWERS.get(request.url.path, (404, {}))
        return httpx.Response(status, json=body)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def run() -> police_uk.Discovery:
        client = Client(
            police_uk.platform(),
            now=lambda: datetime.now(UTC),
            budget=budget,
            transport=Answers(answer),
        )
        async with client:
            return await police_uk.discover(client, force_ids, with_neighbourhoods, sleep=sleep)

    return asyncio.run(run()), asked, waits


def test_discover_reads_forces_and_neighbourhoods() -> None:
    found, asked, waits = discover("some-force", with_neighbourhoods=True)
    assert asked == [
        "/api/forces/some-force",
        "/api/some-force/neighbourhoods",
        "/api/some-force/A1",
        "/api/some-force/B%2F2",
        "/api/some-force/C3",
    ]
    assert waits == [police_uk.SECONDS_BETWEEN_REQUESTS] * 5
    assert [(f.neighbourhood_id, f.platform, f.handle) for f in found.found] == [
        (None, "facebook", "some"),
        (None, None, None),
        ("B/2", "x", "TeamB"),
    ]
    assert [(f.neighbourhood_id, f.reason) for f in found.failures] == [("C3", "not_found")]


def test_one_failed_force_stops_no_other() -> None:
    found, _, _ = discover("flipped", "nowhere", "empty", "some-force")
    assert found.answered == ("empty", "some-force")
    assert [(f.force_id, f.reason) for f in found.failures] == [
        ("flipped", "flipped_type"),
        ("nowhere", "not_found"),
    ]
    assert "engagement_methods" in found.failures[0].detail


def test_a_spent_budget_names_who_was_not_asked() -> None:
    found, asked, _ = discover("empty", "some-force", budget=Budget(max_requests=1))
    assert asked == ["/api/forces/empty"]
    assert [(f.force_id, f.reason) for f in found.failures] == [("some-force", "budget")]


@pytest.mark.skipif(not REAL.is_file(), reason="the real answers are not at hand")
class TestRealAnswers:
    """/forces/{id} of 44 forces on 9 March 2026."""

    def found(self) -> tuple[Found, ...]:
        return read_dump(REAL)[1].found

    def test_nothing_is_lost(self) -> None:
        methods = sum(len(f["engagement_methods"]) for f in json.loads(REAL.read_text())["forces"])
        assert len(self.found()) == methods == 141
        assert sum(one.is_account for one in self.found()) == 99
        taken, discovery = read_dump(REAL)
        assert taken.date().isoformat() == "2026-03-09"
        assert len(discovery.answered) == 44

    def test_forces_by_platform(self) -> None:
        forces = defaultdict(set)
        for one in self.found():
            if one.is_account:
                forces[one.platform].add(one.force_id)
        assert {platform: len(ids) for platform, ids in forces.items()} == {
            "facebook": 37,
            "x": 34,
            "youtube": 18,
            "flickr": 4,
            "instagram": 3,
            "linkedin": 3,
        }

    def test_every_defect_is_named(self) -> None:
        assert Counter(defect.value for one in self.found() for defect in one.defects) == {
            "missing_type": 21,
            "blank_url": 12,
            "type_case": 6,
            "unknown_type": 3,
            "type_mismatch": 5,
            "x_under_twitter": 9,
            "twitter_domain": 24,
            "insecure_url": 46,
            "legacy_pages_url": 1,
            "numeric_id": 2,
            "platform_not_in_register": 4,
        }

    def test_the_numeric_page(self) -> None:
        (page,) = [f for f in self.found() if Defect.LEGACY_PAGES_URL in f.defects]
        assert (page.force_id, page.native_id) == ("hampshire", "22018596340")
