"""Addresses of accounts as forces type them."""

import pytest

from pipelines.registry.addresses import Defect, read_address


@pytest.mark.parametrize(
    ("url", "platform", "handle", "kind"),
    [
        ("https://x.com/SomeForce/", "x", "SomeForce", "name"),
        ("https://www.x.com/SomeForce", "x", "SomeForce", "name"),
        ("https://twitter.com/@SomeForce?lang=en", "x", "SomeForce", "name"),
        ("http://twitter.com/#!/SomeForce", "x", "SomeForce", "name"),
        ("https://en-gb.facebook.com/someforce", "facebook", "someforce", "name"),
        ("https://www.facebook.com/pages/Some-Force/123456", "facebook", "123456", "id"),
        ("https://www.facebook.com/profile.php?id=123456", "facebook", "123456", "id"),
        ("https://www.youtube.com/user/SomeForce", "youtube", "SomeForce", "user"),
        ("https://www.youtube.com/SomeForce/", "youtube", "SomeForce", "custom"),
        ("https://www.youtube.com/c/SomeForce", "youtube", "SomeForce", "custom"),
        ("https://www.youtube.com/@some.force", "youtube", "some.force", "handle"),
        ("https://www.youtube.com/channel/UC-aB_1", "youtube", "UC-aB_1", "channel"),
        ("https://uk.linkedin.com/company/some-force", "linkedin", "some-force", "name"),
        ("https://www.linkedin.com/company/42", "linkedin", "42", "id"),
        ("https://bsky.app/profile/some.force.example", "bluesky", "some.force.example", "name"),
        ("https://www.tiktok.com/@someforce", "tiktok", "someforce", "name"),
        ("https://www.flickr.com/photos/someforce/", "flickr", "someforce", "name"),
        ("https://www.facebook.com/someforce&amp;", "facebook", None, None),
        ("https://twitter.com/", "x", None, None),
        ("https://twitter.com/intent/follow?screen_name=a", "x", None, None),
        ("https://www.youtube.com/watch?v=abc", "youtube", None, None),
        ("https://www.some.police.uk/facebook.com/a", None, None, None),
        ("https://notfacebook.com/a", None, None, None),
    ],
)
def test_platform_handle_and_kind(
    url: str, platform: str | None, handle: str | None, kind: str | None
) -> None:
    address = read_address(url)
    assert (address.platform, address.handle, address.kind) == (platform, handle, kind)
    if platform is not None and handle is None:
        assert Defect.NO_HANDLE in address.defects


@pytest.mark.parametrize(
    ("url", "defects"),
    [
        (None, [Defect.BLANK_URL]),
        ("  ", [Defect.BLANK_URL]),
        ("not set", [Defect.NO_SCHEME, Defect.BAD_URL]),
        ("http://[broken", [Defect.BAD_URL]),
        ("http://", [Defect.BAD_URL]),
        ("www.facebook.com/someforce", [Defect.NO_SCHEME]),
        ("http://x.com/someforce", [Defect.INSECURE_URL]),
        ("https://twitter.com/someforce", [Defect.TWITTER_DOMAIN]),
        ("https://twitter.com/#!/someforce", [Defect.TWITTER_DOMAIN, Defect.HASHBANG_URL]),
        (
            "https://www.facebook.com/pages/Some/123",
            [Defect.LEGACY_PAGES_URL, Defect.NUMERIC_ID],
        ),
        (
            "https://www.facebook.com/pages/Some",
            [Defect.LEGACY_PAGES_URL, Defect.NO_HANDLE],
        ),
        ("https://www.bebo.com/someforce", [Defect.PLATFORM_NOT_IN_REGISTER]),
        ("https://x.com/someforce", []),
    ],
)
def test_every_defect_is_named(url: str | None, defects: list[Defect]) -> None:
    assert list(read_address(url).defects) == defects


def test_a_number_is_an_id_only_where_the_platform_says_so() -> None:
    assert read_address("https://x.com/999").native_id is None
    assert read_address("https://www.facebook.com/999").native_id == "999"
    assert read_address("https://www.youtube.com/channel/UCx").native_id == "UCx"
