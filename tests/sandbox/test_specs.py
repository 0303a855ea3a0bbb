"""Real answers of every endpoint against the platforms' published specifications.

The specifications are not ours to keep; the tests are skipped where they are absent.
"""

import json
import os
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from sandbox import story
from sandbox.clock import ms
from sandbox.posts import Post

ROOT = Path(__file__).resolve().parents[2]
SPECS = Path(os.environ.get("BEATBOOK_SHARED", ROOT.parent / "shared")) / "specs"
NOW = "2026-11-09T05:30:00Z"

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the specifications are absent")

FORMATS = FormatChecker()
_FORMS = {
    "did": r"did:[a-z]+:[a-zA-Z0-9._:%-]+",
    "handle": r"([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z][a-zA-Z0-9-]*",
    "at-uri": r"at://did:[a-z]+:[a-z0-9]+/[a-zA-Z.]+/[a-z2-7]{13}",
    "cid": r"bafyrei[a-z2-7]{52}",
    "uint64": r"\d{1,20}",
    "date": r"\d{4}-\d\d-\d\d",
    "uri": r"[a-z]+://\S+",
    "iso-639-1": r"[a-z]{2}",
    "language": r"[a-z]{2}",
}
for _name, _form in _FORMS.items():
    FORMATS.checks(_name)(
        lambda value, form=_form: not isinstance(value, str) or bool(re.fullmatch(form, value))
    )


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


FORMATS.checks("datetime", ValueError)(_is_moment)
FORMATS.checks("date-time", ValueError)(_is_moment)


def _lexicon_type(spec: dict[str, Any], home: str) -> dict[str, Any]:
    kind = spec["type"]
    if kind == "ref":
        return {"$ref": _pointer(spec["ref"], home)}
    if kind == "union":
        return {"oneOf": [_variant(ref, home) for ref in spec["refs"]]}
    if kind in {"object", "record"}:
        spec = spec.get("record", spec)
        properties = {k: _lexicon_type(v, home) for k, v in spec.get("properties", {}).items()}
        return {"type": "object", "required": spec.get("required", []), "properties": properties}
    if kind == "array":
        return {"type": "array", "items": _lexicon_type(spec["items"], home)}
    if kind in {"unknown", "token", "blob", "bytes", "cid-link"}:
        return {}
    kept = {"const", "format", "maxLength", "minimum", "maximum", "enum"}
    return {"type": kind} | {k: v for k, v in spec.items() if k in kept}


def _pointer(ref: str, home: str) -> str:
    name, _, part = ref.partition("#")
    return f"#/$defs/{name or home}~{part or 'main'}".replace("~", "~0")


def _variant(ref: str, home: str) -> dict[str, Any]:
    """A member of a union says with $type which one it is."""
    name, _, part = ref.partition("#")
    full = f"{name or home}#{part}" if part else name
    tag = {"type": "object", "required": ["$type"], "properties": {"$type": {"const": full}}}
    return {"allOf": [tag, {"$ref": _pointer(ref, home)}]}


@cache
def _lexicons() -> dict[str, Any]:
    defs: dict[str, Any] = {}
    for path in (SPECS / "atproto" / "lexicons").rglob("*.json"):
        document = json.loads(path.read_text())
        for part, spec in document["defs"].items():
            shape = spec.get("output", {}).get("schema", spec) if part == "main" else spec
            if shape["type"] not in {"query", "procedure", "subscription"}:
                defs[f"{document['id']}~{part}"] = _lexicon_type(shape, document["id"])
    return defs


def check_lexicon(name: str, answer: object) -> None:
    schema = {"$ref": _pointer(name, ""), "$defs": _lexicons()}
    Draft202012Validator(schema, format_checker=FORMATS).validate(answer)


@cache
def _youtube() -> dict[str, Any]:
    def closed(spec: Any) -> Any:
        if isinstance(spec, list):
            return [closed(s) for s in spec]
        if not isinstance(spec, dict):
            return spec
        out = {k: closed(v) for k, v in spec.items()}
        if isinstance(out.get("$ref"), str):
            out["$ref"] = f"#/$defs/{out['$ref']}"
        if out.get("type") == "object" and "properties" in out:
            out["additionalProperties"] = False  # a field that is not in the document is ours
        return out

    document = json.loads((SPECS / "youtube" / "youtube.v3.json").read_text())
    return {name: closed(spec) for name, spec in document["schemas"].items()}


def check_youtube(name: str, answer: object) -> None:
    schema = {"$ref": f"#/$defs/{name}", "$defs": _youtube()}
    Draft202012Validator(schema, format_checker=FORMATS).validate(answer)


@cache
def _mastodon() -> dict[str, Any]:
    return dict(json.loads((SPECS / "mastodon" / "openapi.json").read_text())["components"])


def check_mastodon(name: str, answer: object) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": _mastodon()}
    Draft202012Validator(schema, format_checker=FORMATS).validate(answer)


def _answered(view, platform: str) -> list[Post]:
    """Some posts of the last week with the longest threads."""
    now = ms(NOW)
    found = []
    for account in view.nation.on(platform):
        for post in view.timeline(account).back(now):
            if now - post.seen > 8 * 86_400_000:
                break
            if post.kind == "post" and view.is_readable(account, now):
                found.append((len(view.said(post, now)), post.post_id, post))
    return [post for _, _, post in sorted(found, key=lambda f: f[:2])[-5:]]


def test_the_checks_notice_a_wrong_answer():
    for check, name in (
        (check_lexicon, "app.bsky.actor.getProfiles"),
        (check_youtube, "ChannelListResponse"),
        (check_mastodon, "Context"),
    ):
        with pytest.raises(Exception, match=r"required|not of type|unexpected"):
            check(name, {"profiles": [{}], "items": "none"})


def test_bluesky_answers_follow_the_lexicons(ask, view):
    actors = [a.platform_id for a in view.nation.on("bluesky")]
    profiles = ask.bluesky("actor.getProfiles", actors=actors[:25]).json()
    assert len(profiles["profiles"]) > 20
    check_lexicon("app.bsky.actor.getProfiles", profiles)
    for account in (view.nation.by_id["bluesky:derbyshire"], view.nation.by_id["bluesky:btp"]):
        feed = ask.bluesky("feed.getAuthorFeed", actor=account.platform_id, limit=100).json()
        assert {"reply", "reason"} <= {k for item in feed["feed"] for k in item}
        check_lexicon("app.bsky.feed.getAuthorFeed", feed)
        for item in feed["feed"]:
            check_lexicon("app.bsky.feed.post", item["post"]["record"])
    posts = _answered(view, "bluesky")
    check_lexicon(
        "app.bsky.feed.getPosts",
        ask.bluesky("feed.getPosts", uris=[p.post_id for p in posts]).json(),
    )
    for post in posts:
        thread = ask.bluesky("feed.getPostThread", uri=post.post_id).json()
        assert thread["thread"]["replies"]
        check_lexicon("app.bsky.feed.getPostThread", thread)


def test_a_reply_of_ours_has_its_parents_above_it(ask, view):
    account = view.nation.by_id["bluesky:metropolitan"]
    reply = next(p for p in view.timeline(account).back(ms(NOW)) if p.kind == "reply")
    answer = ask.bluesky("feed.getPostThread", uri=reply.post_id).json()
    check_lexicon("app.bsky.feed.getPostThread", answer)
    top = answer["thread"]
    while "parent" in top:
        top = top["parent"]
    assert top["post"]["uri"] == view.timeline(account).reply(reply.post_id).post.post_id


def test_mastodon_answers_follow_the_openapi_document(ask, view):
    for account_id in ("mastodon:derbyshire", story.SUSPENDED, "mastodon:gwent-north"):
        account = view.nation.by_id[account_id]
        base = f"/mastodon/{account.instance}/api/v1/"
        found = ask(base + "accounts/lookup", acct=account.handle).json()
        check_mastodon("Account", found)
        assert ask(f"{base}accounts/{found['id']}").json() == found
        statuses = ask(f"{base}accounts/{found['id']}/statuses", limit=40).json()
        assert len(statuses) == (0 if account_id == story.SUSPENDED else 40)
        for status in statuses:
            check_mastodon("Status", status)
    for post in _answered(view, "mastodon"):
        base = f"/mastodon/{post.account.instance}/api/v1/"
        context = ask(f"{base}statuses/{post.post_id}/context").json()
        assert context["descendants"]
        check_mastodon("Context", context)
        check_mastodon("Status", ask(f"{base}statuses/{post.post_id}").json())
        reply = next(
            (d for d in context["descendants"] if d["account"]["id"] == post.account.platform_id), None
        )
        if reply is not None:
            above = ask(f"{base}statuses/{reply['id']}/context").json()
            check_mastodon("Context", above)
            assert above["ancestors"][0]["id"] == post.post_id
    check_mastodon("Error", ask("/mastodon/social.kent.sandbox/api/v1/accounts/1").json())


def test_youtube_answers_follow_the_discovery_document(ask, view):
    channels = [a.platform_id for a in view.nation.on("youtube")]
    parts = {"part": "snippet,contentDetails,statistics"}
    found = ask.youtube("channels", **parts, id=",".join(channels)).json()
    assert len(found["items"]) == 45
    check_youtube("ChannelListResponse", found)
    uploads = found["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]
    items = ask.youtube("playlistItems", **parts, playlistId=uploads).json()
    assert "nextPageToken" in items
    check_youtube("PlaylistItemListResponse", items)
    videos = [i["contentDetails"]["videoId"] for i in items["items"]]
    check_youtube("VideoListResponse", ask.youtube("videos", **parts, id=",".join(videos)).json())
    for post in _answered(view, "youtube"):
        threads = ask.youtube("commentThreads", part="snippet,replies", videoId=post.post_id).json()
        assert threads["items"]
        check_youtube("CommentThreadListResponse", threads)
        parent = threads["items"][0]["id"]
        check_youtube("CommentListResponse", ask.youtube("comments", parentId=parent).json())


def test_data_police_uk_answers_have_its_fields(ask):
    forces = ask("/police_uk/api/forces").json()
    assert len(forces) == 44
    assert all(set(f) == {"id", "name"} for f in forces)
    detail = ask("/police_uk/api/forces/derbyshire").json()
    assert set(detail) == {"description", "url", "engagement_methods", "telephone", "id", "name"}
    assert all({"url", "description", "title"} <= set(m) for m in detail["engagement_methods"])
    first = ask("/police_uk/api/derbyshire/neighbourhoods").json()[0]
    neighbourhood = ask(f"/police_uk/api/derbyshire/{first['id']}").json()
    assert isinstance(neighbourhood["population"], str)
    assert isinstance(neighbourhood["contact_details"], dict)
    assert ask("/police_uk/api/forces/btp").status_code == 404
