"""Building a release a second time from what it was built from, and holding it against its checksums.

Belongs here: the runs of then in a folder of their own, and what may be the reason of a difference. Does not
belong here: building (warehouse/build.py) or writing releases (publish.py), which do what they always do.

The code is that of now, the landing that of then: what landed later is left out, and a run that was judged
again counts as it was judged then. Warehouse, releases and the pointer are not touched.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipelines.disk import sha256_of, write_whole
from pipelines.landing.locks import locked
from pipelines.landing.manifest import DamagedError, encode
from pipelines.landing.store import Landing, open_landing
from pipelines.release.files import Files
from pipelines.release.identity import comparable
from pipelines.release.periods import NotFoundError
from pipelines.release.publish import DATABASE, code_version, write
from pipelines.release.published import (
    BUILT_FROM,
    BuiltFrom,
    Release,
    built_from,
    current,
    folder_of,
    folders,
    read,
    readable,
)
from pipelines.settings import Settings
from pipelines.warehouse.build import NotBuiltError, build, held_build, made_of_now


@dataclass
class Replayed:
    """What came of it. `differing`: files that are not what was published; `failures`: why nothing was built;
    `reasons`: what is not as it was then; `judged_again`: how many runs, which count as they were judged."""

    release: Release
    run_count: int
    judged_again: int = 0
    differing: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        """Whether every file came out as it was published."""
        return not (self.differing or self.failures)


def replay(
    settings: Settings,
    landing: Landing,
    release_id: str,
    on_node: Callable[[str], None] = lambda name: None,
) -> Replayed:
    """Build the release once more; `release_id` may be `current`.

    Raises:
        NotFoundError: there is no such release.
        DamagedReleaseError: its record is damaged, or it does not say what it was built from.
    """
    release = _found(settings, release_id)
    made = built_from(folder_of(settings, release), release)
    done = Replayed(release, len(made.runs), reasons=_reasons(settings, made))
    own = settings.elsewhere(settings.replaying)
    with locked(settings.locks / "replay"):
        try:
            shutil.rmtree(own.home, ignore_errors=True)
            own.releases.mkdir(parents=True)
            if settings.profile.uses_sandbox:
                own.register.symlink_to(settings.register)
            then = open_landing(own)
            for key, sha256 in made.runs.items():
                _link(landing, then, key, sha256, done)
            if not done.failures:
                _build(settings, own, landing, then, done, on_node)
        finally:
            shutil.rmtree(own.home, ignore_errors=True)
    return done


def _found(settings: Settings, release_id: str) -> Release:
    if release_id == "current":
        release = current(settings)
        if release is None:
            raise NotFoundError("nothing is published yet: `beatbook run` publishes")
        return release
    kept = {folder.name: folder for folder in folders(settings)}
    if release_id not in kept:
        raise NotFoundError(f"there is no release {release_id}; there are: {', '.join(kept) or 'none'}")
    return read(kept[release_id])


def _reasons(settings: Settings, made: BuiltFrom) -> list[str]:
    now = code_version()
    found = [f"published by version {made.code_version}, and this is {now}"] * (made.code_version != now)
    present = made_of_now(settings)
    parts = [name for name in present if present[name] != made.made_of.get(name)]
    return found + [f"not as they were then: {', '.join(parts)}"] * bool(parts)


def _link(landing: Landing, then: Landing, key: str, sha256: str, done: Replayed) -> None:
    """Put one run into the landing of then: its manifest as it was, and links to its files."""
    source, day_text, run_id = key.split("/")
    day = date.fromisoformat(day_text)
    try:
        manifest = landing.manifest_of(source, day, run_id, sha256)
    except DamagedError as error:
        done.failures.append(str(error))
        return
    for entity, wanted in manifest.files.items():
        path, link = (each.path(source, entity, day, run_id) for each in (landing, then))
        if not path.exists() or sha256_of(path) != wanted:
            done.failures.append(str(DamagedError(path)))
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)
    write_whole(then.manifest_path(source, day, run_id), encode(manifest))
    is_present = landing.replaced_path(source, day, run_id, sha256).exists()
    done.judged_again += is_present and landing.manifest(source, day, run_id).sha256 != sha256


def _build(
    settings: Settings,
    own: Settings,
    landing: Landing,
    then: Landing,
    done: Replayed,
    on_node: Callable[[str], None],
) -> None:
    """Build and write the release, and compare. What it revised is proved if the release before is there."""
    try:
        build(own, then, "replay", on_node=on_node)
    except NotBuiltError as error:
        done.failures = error.failures
        return
    before = _before(settings, done.release)
    folder = own.releases / done.release.release_id
    files = Files(folder, None, {})
    with held_build(own) as made:
        write(own, landing, files, folder, made, [], {}, lambda content: (content, before))
    names = done.release.files.keys() | files.digests.keys()
    proved = sorted(name for name in names if before or not _follows_from_before(name))
    done.differing = [
        name
        for name in proved
        if name not in (DATABASE, BUILT_FROM) and files.digests.get(name) != done.release.files.get(name)
    ]


def _before(settings: Settings, release: Release) -> Path | None:
    """The folder of the release before, if it is still kept and whole."""
    kept = [other for other in readable(settings) if other.release_id == release.revises]
    return next((folder_of(settings, other) for other in kept if comparable(settings, other)), None)


def _follows_from_before(name: str) -> bool:
    return Path(name).stem in ("revisions", "SHA256SUMS")
