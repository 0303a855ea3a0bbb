"""The register of the profile that runs.

Belongs here: where it lies, and fetching it from the sandbox. Does not belong here: reading and checking
its rows (register.py).
"""

from urllib.request import urlopen

from pipelines.registry.register import Register, load
from pipelines.settings import SEEDS, Settings


def load_register(settings: Settings) -> Register:
    """The register of this profile; in the sandbox fetched from it first.

    Raises:
        OSError: the sandbox is not there.
        RegistryError: a row of it is wrong.
    """
    if settings.profile.uses_sandbox:
        settings.register.mkdir(parents=True, exist_ok=True)
        for name in ("accounts.csv", "account_events.csv"):
            beside = settings.register / f".{name}.tmp"
            with urlopen(f"{settings.sandbox_url}/sandbox/register/{name}", timeout=30) as answer:  # noqa: S310
                beside.write_bytes(answer.read())
            beside.replace(settings.register / name)
    return load(settings.register, SEEDS)
