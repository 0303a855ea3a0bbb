"""One user of each role, to look at the portal of invented figures with.

Belongs here: making them. Does not belong here: printing their passwords, which who starts the portal does.
"""

import secrets

import msgspec

from pipelines.disk import write_whole
from pipelines.settings import Settings, SettingsError
from portal.access import users
from portal.access.rules import Role

#: By name: role and force.
DEMONSTRATION: dict[str, tuple[Role, str | None]] = {
    "lead": ("lead", None),
    "kent": ("force", "kent"),
    "engineer": ("engineer", None),
}


def demonstration(settings: Settings) -> dict[str, str]:
    """The demonstration users' passwords, by name; who is missing is made first. The passwords are made at
    random once, and kept beside the users. Whoever has changed theirs is left out.

    Raises:
        SettingsError: the figures are real: nobody may read them with a password that is printed.
    """
    if not settings.profile.is_invented:
        raise SettingsError(
            f"the {settings.profile.name} profile has no demonstration users: call `beatbook users add`"
        )
    path = settings.portal / "demonstration.json"
    kept = msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.exists() else {}
    passwords = {name: kept.get(name) or secrets.token_urlsafe(12) for name in DEMONSTRATION}
    if passwords != kept:  # before the users, so that none is made whose password nobody knows
        write_whole(path, msgspec.json.encode(passwords), is_secret=True)
    for name, (role, force_id) in DEMONSTRATION.items():
        if users.find(settings, name) is None:
            users.add(settings, name, role, force_id, passwords[name])
    return {name: word for name, word in passwords.items() if users.check(settings, name, word)}
