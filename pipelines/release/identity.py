"""Which release a build's tables are: its id, and the release that it revises.

Belongs here: the rule. Does not belong here: the digest of the tables (publish.py), or the comparison
(revisions.py).
"""

from pathlib import Path

from pipelines.release import revisions
from pipelines.release.official import officials
from pipelines.release.published import BUILT_FROM, Release, damage, folder_of, readable
from pipelines.settings import Settings


def identified(settings: Settings, content: str, last: Release | None) -> tuple[str, Path | None]:
    """The id of the release with this content, and the folder of the one that it revises: that of the first
    time, when it is written anew.

    Content that was published and then replaced revises what replaced it: a release of its own, numbered. So
    is that of an official release which is damaged: nothing takes its place.
    """
    releases = {release.release_id: release for release in readable(settings)}
    frozen = {mark.release_id for mark in officials(settings)}
    same = [each for each in releases.values() if each.release_id.startswith(content)]
    lost = [
        release_id
        for release_id in frozen
        if release_id.startswith(content)
        and (release_id not in releases or damage(settings.releases / release_id, releases[release_id]))
    ]
    # One that revises the current release was killed before it was pointed at.
    sound = [each for each in same if each.release_id not in lost]
    stands = [each for each in sound if last is None or last.release_id in (each.release_id, each.revises)]
    if stands:
        release_id, wanted = stands[0].release_id, [releases.get(stands[0].revises)]
    else:
        taken = {*lost, *(each.release_id for each in same)}
        numbers = [int(release_id.removeprefix(content)[1:] or 1) for release_id in taken]
        release_id = f"{content}-{1 + max(numbers)}" if numbers else content
        newest = sorted(releases.values(), key=lambda each: each.vintage)
        wanted = [last, *reversed(newest)]
    revised = (folder_of(settings, each) for each in wanted if each and comparable(settings, each))
    return release_id, next(revised, None)


def comparable(settings: Settings, release: Release) -> bool:
    """Whether what is compared is there and whole. Before revisions were listed, releases did not say what
    they were built from."""
    names = [BUILT_FROM, *(f"tables/{name}.parquet" for name in revisions.TABLES)]
    return release.files.keys() >= set(names) and not damage(folder_of(settings, release), release, names)
