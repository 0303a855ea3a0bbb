"""The preview: one's own figures from the announced day on, a query, its answer, and where that stands."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from pipelines.landing.store import open_landing
from pipelines.release.marking import make_due
from pipelines.settings import Profile, Settings, SettingsError
from portal.voice import said
from portal.voice.said import MOST, Said, lines
from tests.portal.access.conftest import Browser
from tests.portal.test_app import text_of
from tests.portal.voice.conftest import WITHIN, browser_of
from tests.release.official import NOVEMBER, OF_NOVEMBER

PREVIEW = "/preview/essex"
QUERY = {"indicator": "followers", "text": "Our <b>merger</b> is missing.", "asker": "Communications manager"}


def audited(settings: Settings) -> list[tuple[str, str]]:
    found = [
        msgspec.json.decode(line)
        for path in (settings.portal / "audit").glob("*.jsonl")
        for line in path.read_bytes().splitlines()
    ]
    return [(line["user"], line["what"]) for line in found]


def test_a_force_sees_its_own_figures_of_the_coming_month(essex: Browser) -> None:
    page = text_of(essex.get(PREVIEW).text)
    assert "Your figures of November 2026 as they stand now. They come out on 21 December 2026, 09:30" in page
    assert "Followers per 1,000 Bluesky 4.25 final" in page
    assert essex.get("/preview/kent").status_code == 403
    assert essex.get("/queries").status_code == 403


@pytest.mark.parametrize(
    ("moment", "said_then"),
    [
        (datetime(2026, 12, 10, 23, 59, tzinfo=UTC), "From 11 December 2026 you see here what November 2026"),
        (datetime(2026, 12, 11, tzinfo=UTC), "Your figures of November 2026"),
        (OF_NOVEMBER - timedelta(minutes=1), "Your figures of November 2026"),
        (OF_NOVEMBER, "From 5 January 2027 you see here what December 2026"),
    ],
)
def test_it_is_open_from_the_announced_day_until_the_release(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, moment: datetime, said_then: str
) -> None:
    essex = browser_of(settings, "essex")
    monkeypatch.setattr(Profile, "present", lambda _: moment)
    page = essex.get(PREVIEW)
    assert said_then in text_of(page.text)
    is_open = said_then.startswith("Your")
    assert ("Query a figure" in page.text) is is_open
    sent = essex.send(f"{PREVIEW}/query", **QUERY)
    assert sent.status_code == (200 if is_open else 409)
    assert len(lines(settings)) == is_open


def test_a_query_goes_to_the_leads_and_its_answer_stands_with_the_release(
    settings: Settings, essex: Browser, lead: Browser
) -> None:
    assert "Your query is with the national leads" in essex.send(f"{PREVIEW}/query", **QUERY).text
    (query,) = lines(settings)
    assert (query.by_role, query.month, query.release_id) == (
        "Communications manager",
        NOVEMBER,
        "20261213T0530-0000000001",
    )
    waiting = lead.get("/queries").text
    assert "Our &lt;b&gt;merger&lt;/b&gt; is missing." in waiting
    assert "essex" in text_of(waiting)
    engineer = browser_of(settings, "engineer")
    assert "Communications manager" in engineer.get("/queries").text
    done = lead.send(f"/queries/{query.id}", "/queries", text="It stands since today.")
    assert "The answer stands." in done.text
    own = text_of(essex.get(PREVIEW).text)
    assert "Answer of" in own
    assert "national lead: It stands since today." in own
    release = f"/releases/{query.release_id}"
    assert "It stands since today." not in lead.get(release).text  # it is not official yet
    make_due(settings, open_landing(settings), OF_NOVEMBER)
    shown = text_of(lead.get(release).text)
    assert "What forces queried, and the answers" in shown
    assert "It stands since today." in shown
    assert ("essex", "query") in audited(settings)
    assert ("lead", "answer") in audited(settings)
    assert b"lead@" not in (settings.portal / "said.jsonl").read_bytes()
    kept = (settings.portal / "said.jsonl").read_text()
    assert '"by_role":"national lead"' in kept
    assert '"user"' not in kept


def test_another_forces_queries_are_not_shown(settings: Settings, essex: Browser) -> None:
    essex.send(f"{PREVIEW}/query", **QUERY)
    kent = browser_of(settings, "kent")
    assert "merger" not in kent.get("/preview/kent").text
    assert kent.send(f"{PREVIEW}/query", **QUERY).status_code == 403
    assert kent.client.post("/queries/abc", data={}).status_code == 403


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"text": "  "}, "The query is empty."),
        ({"text": "x" * (MOST["query"] + 1)}, "The query has 1,001 characters; 1,000 are the most."),
        ({"asker": ""}, "The asker is empty."),
        ({"asker": "x" * 81}, "The asker has 81 characters"),
        ({"indicator": "nothing"}, "Choose the indicator that is wrong."),
        ({"indicator": ""}, "Choose the indicator that is wrong."),
    ],
)
def test_what_cannot_be_a_query_is_refused(
    settings: Settings, essex: Browser, fields: dict[str, str], problem: str
) -> None:
    answer = essex.send(f"{PREVIEW}/query", **(QUERY | fields))
    assert (answer.status_code, problem in answer.text) == (400, True)
    assert lines(settings) == []


def test_no_force_sends_without_end(
    settings: Settings, essex: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.voice.preview.MOST_WAITING", 1)
    assert essex.send(f"{PREVIEW}/query", **QUERY).status_code == 200
    refused = essex.send(f"{PREVIEW}/query", **QUERY)
    assert (refused.status_code, len(lines(settings))) == (400, 1)


def test_an_answer_needs_a_query_and_words(settings: Settings, essex: Browser, lead: Browser) -> None:
    essex.send(f"{PREVIEW}/query", **QUERY)
    (query,) = lines(settings)
    assert lead.send("/queries/nothing", "/queries", text="Yes.").status_code == 404
    assert lead.send(f"/queries/{query.id}", "/queries", text=" ").status_code == 400
    assert len(lines(settings)) == 1


def line(text: str) -> Said:
    return Said(said.new_id(), WITHIN, "note", "essex", "force", text)


def test_a_write_that_was_killed_costs_its_line_alone(settings: Settings) -> None:
    path = settings.portal / "said.jsonl"
    said.say(settings, line("first"))
    with path.open("ab") as file:
        file.write(b'{"id":"cut')
    assert [each.text for each in lines(settings)] == ["first"]
    said.say(settings, line("second"))
    assert [each.text for each in lines(settings)] == ["first", "second"]
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_a_line_that_is_none_of_ours_is_named_and_keeps_no_figure_from_being_read(
    settings: Settings, essex: Browser
) -> None:
    said.say(settings, line("first"))
    with (settings.portal / "said.jsonl").open("ab") as file:
        file.write(b'{"id":1}\n')
    with pytest.raises(SettingsError, match=r"said\.jsonl, line 2"):
        lines(settings)
    assert essex.get("/forces/essex?period=2026-11").status_code == 200
