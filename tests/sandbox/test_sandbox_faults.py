"""What goes wrong on demand, the limits, and the real server."""

import csv
import io
import json
import os
import subprocess
import sys
import zlib
from pathlib import Path

import httpx
import pytest

from sandbox import cli
from sandbox.faults import Fault
from sandbox.http import ECHO, _bomb
from sandbox.limits import Limits
from sandbox.returns import COLUMNS, write_return
from sandbox.serve import start
from sandbox.truth import truth

ROOT = Path(__file__).resolve().parents[2]
END = "2026-11-09T05:30:00Z"


def _urls(view, force: str) -> dict[str, str]:
    """An un-batched question to each platform about one force."""
    b, y = view.nation.corporate(force, "bluesky"), view.nation.corporate(force, "youtube")
    m = view.nation.corporate(force, "mastodon")
    return {
        "bluesky": f"/bluesky/xrpc/app.bsky.feed.getAuthorFeed?actor={b.platform_id}",
        "mastodon": f"/mastodon/{m.instance}/api/v1/accounts/{m.platform_id}/statuses",
        "youtube": "/youtube/youtube/v3/playlistItems?key=k&part=snippet&playlistId=UU" + y.platform_id[2:],
        "police_uk": f"/police_uk/api/forces/{force}",
    }


@pytest.mark.parametrize("platform", ["bluesky", "mastodon", "youtube", "police_uk"])
@pytest.mark.parametrize("kind", ["400", "401", "403", "404", "429", "500", "503"])
def test_a_status_hits_its_force_alone(asker, view, platform, kind):
    ask = asker([f"{platform}:kent:{kind}"])
    answer = ask(_urls(view, "kent")[platform])
    assert answer.status_code == (400 if (platform, kind) == ("bluesky", "404") else int(kind))
    if platform != "police_uk":
        assert "error" in answer.json()
    for name, url in _urls(view, "kent").items():
        assert name == platform or ask(url).status_code == 200
    assert ask(_urls(view, "essex")[platform]).status_code == 200


def test_a_429_has_its_headers(asker, view):
    ask = asker(["*:*:429"])
    urls = _urls(view, "kent")
    assert ask(urls["bluesky"]).headers["ratelimit-remaining"] == "0"
    mastodon = ask(urls["mastodon"]).headers
    assert mastodon["x-ratelimit-remaining"] == "0"
    assert mastodon["x-ratelimit-reset"] == "2026-11-09T05:35:00.000000Z"
    assert int(ask(urls["bluesky"]).headers["ratelimit-reset"]) == 1794202500


@pytest.mark.parametrize("kind", ["flip", "negative", "unknown"])
def test_a_bent_profile_hits_its_account_alone(asker, view, kind):
    names = ("kent", "essex")
    ask = asker([f"*:kent:{kind}"])
    accounts = [view.nation.corporate(n, "bluesky") for n in names]
    dids = [a.platform_id for a in accounts]
    bluesky = ask.bluesky("actor.getProfiles", actors=dids).json()["profiles"]
    channels = [view.nation.corporate(n, "youtube").platform_id for n in names]
    items = ask.youtube("channels", id=",".join(channels)).json()["items"]
    mastodon = []
    for name in names:
        m = view.nation.corporate(name, "mastodon")
        mastodon.append(ask(f"/mastodon/{m.instance}/api/v1/accounts/{m.platform_id}").json())
    if kind == "unknown":
        for found in (bluesky, items, mastodon):
            assert ["sandboxSurprise" in one for one in found] == [True, False]
        return
    values = [
        [p["followersCount"] for p in bluesky],
        [c["statistics"]["subscriberCount"] for c in items],
        [a["followers_count"] for a in mastodon],
    ]
    for bent, whole in values:
        assert isinstance(bent, dict) if kind == "flip" else int(bent) < 0
        assert int(whole) > 0


def test_a_404_makes_a_profile_go_missing_from_a_batch(asker, view):
    ask = asker(["bluesky:bluesky:kent:404"])
    dids = [view.nation.corporate(n, "bluesky").platform_id for n in ("kent", "essex")]
    found = ask.bluesky("actor.getProfiles", actors=dids).json()["profiles"]
    assert [p["did"] for p in found] == dids[1:]


def test_an_empty_page(asker, view):
    ask = asker(["*:kent:empty"])
    urls = _urls(view, "kent")
    assert ask(urls["bluesky"]).json() == {"feed": []}
    assert ask(urls["mastodon"]).json() == []
    assert ask(urls["youtube"]).json()["items"] == []
    assert ask(urls["police_uk"]).json()["engagement_methods"] == []


def test_what_breaks_an_answer_spares_the_batches_of_others(asker, view):
    ask = asker(["*:kent:cut", "*:kent:flaky", "*:kent:500"])
    dids = [view.nation.corporate(n, "bluesky").platform_id for n in ("kent", "essex")]
    answer = ask.bluesky("actor.getProfiles", actors=dids)
    assert len(answer.json()["profiles"]) == 2
    channels = [view.nation.corporate(n, "youtube").platform_id for n in ("kent", "essex")]
    assert len(ask.youtube("channels", id=",".join(channels)).json()["items"]) == 2


def test_flaky_is_good_at_the_second_try(asker, view):
    ask = asker(["bluesky:kent:flaky"])
    url = _urls(view, "kent")["bluesky"]
    assert [ask(url).status_code for _ in range(3)] == [503, 200, 200]
    assert ask(url, now="2026-11-08T05:30:00Z").status_code == 503


@pytest.mark.parametrize("text", ["", "bluesky", "bluesky:kent", "nowhere:kent:500", "bluesky::500"])
def test_a_fault_that_cannot_be_read(text):
    with pytest.raises(ValueError, match="PLATFORM:SCOPE:KIND"):
        Fault.parse(text)


def test_limits_refuse_and_belong_to_a_moment(asker, view):
    tight = Limits(1, mastodon_per_5_min=2, bluesky_per_5_min=2, youtube_units_per_day=2)
    ask = asker(limits=tight)
    urls = _urls(view, "kent")
    for platform, status in (("bluesky", 429), ("mastodon", 429), ("youtube", 403)):
        assert [ask(urls[platform]).status_code for _ in range(3)] == [200, 200, status]
        assert ask(urls[platform], now="2026-11-08T05:30:00Z").status_code == 200
    reason = ask(urls["youtube"]).json()["error"]["errors"][0]["reason"]
    assert reason == "quotaExceeded"
    assert ask(_urls(view, "essex")["mastodon"]).status_code == 200  # another instance
    slow = asker(limits=Limits(1, police_uk_per_second=0.001, police_uk_burst=2))
    assert [slow(urls["police_uk"]).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("url", "status", "says"),
    [
        ("/youtube/youtube/v3/videos?key=invalid&part=id&id=x", 400, "keyInvalid"),
        ("/youtube/youtube/v3/videos?part=id&id=x", 403, "forbidden"),
        ("/youtube/youtube/v3/videos?key=k&id=x", 400, "missingRequiredParameter"),
        ("/youtube/youtube/v3/playlistItems?key=k&part=id&playlistId=x", 404, "playlistNotFound"),
        ("/youtube/youtube/v3/commentThreads?key=k&part=id&videoId=x", 404, "videoNotFound"),
        ("/youtube/youtube/v3/comments?key=k&part=id&parentId=x", 404, "commentNotFound"),
        ("/bluesky/xrpc/app.bsky.actor.getProfiles", 400, "InvalidRequest"),
        ("/bluesky/xrpc/app.bsky.feed.getPosts", 400, "InvalidRequest"),
        ("/bluesky/xrpc/app.bsky.feed.getAuthorFeed?actor=nobody", 400, "Profile not found"),
        ("/bluesky/xrpc/app.bsky.feed.getPostThread?uri=x", 400, "NotFound"),
        ("/mastodon/social.kent.sandbox/api/v1/accounts/lookup?acct=x", 404, "Record not found"),
        ("/mastodon/social.kent.sandbox/api/v1/statuses/1/context", 404, "Record not found"),
    ],
)
def test_errors_in_the_platforms_own_words(ask, url, status, says):
    answer = ask(url)
    assert answer.status_code == status
    assert says in answer.text


def test_the_command_prints_the_truth(capsys):
    cli.print_truth(END, force="kent", platform="youtube")
    printed = json.loads(capsys.readouterr().out)
    assert printed == truth(7, 1794202200000, "kent", "youtube")
    assert len(printed["accounts"]) == 1


@pytest.mark.parametrize("kind", ["profiles", "posts", "messages", "outcomes"])
@pytest.mark.parametrize("platform", ["facebook", "x"])
def test_returns_have_their_columns(kind, platform):
    text = write_return(7, kind, "kent", platform, 1794202200000)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS[kind]
    assert {(r["force_id"], r["platform"]) for r in rows} == {("kent", platform)}
    assert len(rows) > {"profiles": 0, "posts": 30, "messages": 30, "outcomes": 3}[kind]


def test_some_forces_acknowledge_direct_messages_and_moments_never_come_after_the_file():
    acknowledging = 0
    for force in ("kent", "essex", "surrey", "durham", "gwent", "cumbria", "dorset", "sussex"):
        text = write_return(7, "messages", force, "facebook", 1794202200000)
        rows = list(csv.DictReader(io.StringIO(text)))
        assert all(r["sent_at"] <= "2026-11-09T05:30:00.000Z" for r in rows)
        assert {r["channel"] for r in rows} == {"public", "direct"}
        automatic = [r for r in rows if r["is_automatic"] == "true"]
        assert all((r["channel"], r["direction"]) == ("direct", "outbound") for r in automatic)
        acknowledging += bool(automatic)
    assert 0 < acknowledging < 8


@pytest.mark.parametrize(("kind", "force"), [("gossip", "kent"), ("posts", "atlantis")])
def test_a_return_that_nobody_could_send(kind, force):
    with pytest.raises(ValueError, match=r"unknown kind|no corporate account"):
        write_return(7, kind, force, "facebook", 0)


def test_the_server_serves_cuts_and_stops(view):
    url = _urls(view, "kent")["bluesky"]
    headers = {"Sandbox-Now": END}
    with start(faults=["bluesky:kent:cut"]) as base:
        assert httpx.get(base + "/sandbox/health").json()["status"] == "ok"
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(base + url, headers=headers)
        assert httpx.get(base + _urls(view, "essex")["bluesky"], headers=headers).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(base + "/sandbox/health")


@pytest.mark.parametrize("platform", ["bluesky", "mastodon", "youtube"])
def test_a_listing_repeats_its_page_or_always_has_another(asker, view, platform):
    ask = asker(["*:kent:repeat", "*:essex:endless"])
    for force, expected in (("kent", ["1", "1", "1"]), ("essex", ["1", "2", "3"])):
        url, name = _urls(view, force)[platform], {"youtube": "pageToken", "bluesky": "cursor"}
        pages, marks = [], []
        for _ in range(3):
            more = {name.get(platform, "page"): marks[-1]} if marks else {}
            answer = ask(str(httpx.URL(url).copy_merge_params(more)))
            if platform == "mastodon":
                pages.append([status["id"] for status in answer.json()])
                marks.append(httpx.URL(answer.links["next"]["url"]).params["page"])
            else:
                body = answer.json()
                pages.append(body.get("feed", body.get("items")))
                marks.append(body.get("cursor", body.get("nextPageToken")))
        assert marks == expected
        assert len(pages[0]) == 1
        assert pages == [pages[0]] * 3


def test_a_long_wait_is_the_platforms_own_429_with_its_hour(asker, view):
    ask = asker(["*:kent:wait"])
    for platform in ("bluesky", "mastodon", "youtube"):
        answer = ask(_urls(view, "kent")[platform])
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")
        assert "many requests" in answer.text.lower() or "Rate Limit" in answer.text


def test_an_echo_repeats_what_was_asked(asker, view):
    answer = asker(["*:kent:echo"])(_urls(view, "kent")["youtube"])
    assert answer.status_code == 400
    assert "playlistId=UU" in answer.json()["error"]["message"]
    assert ECHO in answer.headers["link"]


def test_a_bomb_is_a_thousandth_of_what_it_unpacks_to():
    head, block = _bomb()
    assert zlib.decompressobj(31).decompress(head + block + block) == bytes(3 * 2**20)
    assert len(block) < 2**20 / 900


def test_the_server_ends_when_its_input_does():
    read, write = os.pipe()
    command = [sys.executable, "-m", "sandbox.cli", "serve", "--port", "0", "--watch-stdin"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=read, stdout=subprocess.PIPE, text=True)
    os.close(read)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    os.close(write)
    assert process.wait(timeout=10) == 0
    process.stdout.close()
