"""The register of the profile that runs.

Belongs here: where it lies, and fetching it from the sandbox. Does not belong here: reading and checking
its rows (register.py).
"""

import httpx

from pipelines.registry.register import Register, load
from pipelines.settings import SEEDS, Settings


def load_register(settings: Settings) -> Register:
    """The register of this profile; in the sandbox fetched from it first.

    Raises:
        httpx.HTTPError: the sandbox is not there.
        RegistryError: a row of it is wrong.
    """
    if settings.profile.uses_sandbox:
        settings.register.mkdir(parents=True, exist_ok=True)
        for name in ("accounts.csv", "account_events.csv"):
            answer = httpx.get(f"{settings.sandbox_url}/sandbox/register/{name}", timeout=30)
            beside = settings.register / f".{name}.tmp"
            beside.write_bytes(answer.raise_for_status().content)
            beside.replace(settings.register / name)
    return load(settings.register, SEEDS)
