"""Going back to an earlier working release: `current` names it again until the next build publishes.

Belongs here: the pointer set back, and the record of it. Does not belong here: official releases, which are
not rolled back (official.py), or publishing (publish.py).
"""

from datetime import datetime

import msgspec

from pipelines.disk import write_whole
from pipelines.landing.locks import locked
from pipelines.release.official import named, officials
from pipelines.release.published import (
    DamagedReleaseError,
    check_tables,
    current_if_readable,
    damage,
    folder_of,
    readable,
)
from pipelines.settings import Settings, SettingsError


class NotRolledBackError(Exception):
    """Nothing was rolled back; the message says why."""


class Rollback(msgspec.Struct, frozen=True):
    """A line of rollbacks.json. `from_release`: what was current, empty where that could not be read;
    `withdrawn`: the working releases that were newer than the one gone back to; none of them becomes official
    unless it is `published_again`."""

    from_release: str
    to_release: str
    at_utc: str
    by: str
    reason: str
    withdrawn: list[str]
    published_again: list[str] = []


def rollbacks(settings: Settings) -> list[Rollback]:
    """Every rollback, the first one first.

    Raises:
        SettingsError: the record cannot be read.
    """
    path = settings.releases / "rollbacks.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Rollback])
    except FileNotFoundError:
        return []
    except msgspec.MsgspecError as error:
        raise SettingsError(f"{path} is no list of rollbacks ({error}): put it right") from error


def withdrawn(settings: Settings) -> set[str]:
    """The ids of releases that were rolled back from and have not been published again. An official one is
    never among them, whatever a record of an earlier version says.

    Raises:
        SettingsError: the record cannot be read.
        DamagedReleaseError: the list of official releases cannot be read.
    """
    found = {one for each in rollbacks(settings) for one in {*each.withdrawn} - {*each.published_again}}
    found -= _official(settings)
    return found - {release.release_id for release in [current_if_readable(settings)] if release}


def let_in_again(settings: Settings, release_id: str) -> None:
    """That a release is published: if it was rolled back from, it is so no longer, whatever follows it.

    Raises:
        SettingsError: the record cannot be read.
    """
    told = rollbacks(settings)
    about = [each for each in told if release_id in {*each.withdrawn} - {*each.published_again}]
    if about:
        _record(
            settings,
            [
                msgspec.structs.replace(each, published_again=[*each.published_again, release_id])
                if each in about
                else each
                for each in told
            ],
        )


def _record(settings: Settings, told: list[Rollback]) -> None:
    write_whole(settings.releases / "rollbacks.json", msgspec.json.format(msgspec.json.encode(told)))


def _official(settings: Settings) -> set[str]:
    return {mark.release_id for mark in officials(settings)}


def roll_back(settings: Settings, release_id: str, by: str, reason: str, now: datetime) -> Rollback:
    """Make an earlier release current. Nothing is deleted; with the next build a release comes out again.

    Raises:
        NotFoundError: there is no such release.
        NotRolledBackError: a name or a reason is missing, or it is the current one.
        DamagedReleaseError: a file of it, or the list of official releases, is damaged.
    """
    if not by.strip() or not reason.strip():
        raise NotRolledBackError("a rollback needs a name and a reason")
    with (
        locked(settings.locks / "warehouse"),
        locked(settings.locks / "official"),
    ):  # nobody publishes meanwhile
        target, last = named(settings, release_id), current_if_readable(settings)
        if last is not None and last.release_id == release_id:
            raise NotRolledBackError(f"{release_id} is the current release: there is nothing to go back to")
        check_tables(settings, target)
        if found := damage(folder_of(settings, target), target):
            raise DamagedReleaseError(found, target.to_do)
        newer = {each.release_id for each in readable(settings) if each.vintage > target.vintage}
        if last is not None and last.vintage == target.vintage:
            newer.add(last.release_id)
        done = Rollback(
            from_release=last.release_id if last else "",
            to_release=release_id,
            at_utc=f"{now:%Y-%m-%dT%H:%M:%SZ}",
            by=by.strip(),
            reason=reason.strip(),
            withdrawn=sorted(newer - _official(settings)),
        )
        # The record first: killed between the two, what is current is not taken for what is right.
        _record(settings, [*rollbacks(settings), done])
        write_whole(settings.releases / "current", f"{release_id}\n".encode())
    return done
