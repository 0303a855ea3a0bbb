"""The register and the platform catalogue, read from the CSV seeds in dbt/seeds, which are the sole copy."""

from pipelines.registry.corrections import check_corrections
from pipelines.registry.current import load_register
from pipelines.registry.incidents import check_incidents
from pipelines.registry.indicators import check_indicators
from pipelines.registry.neighbourhoods import check_neighbourhoods
from pipelines.registry.peers import check_peers
from pipelines.registry.purpose_rules import check_purpose_rules
from pipelines.registry.rate_cards import check_rate_cards
from pipelines.registry.register import Account, Platform, Register, load, load_platforms
from pipelines.registry.release_calendar import check_release_calendar
from pipelines.registry.seed_rows import RegistryError
from pipelines.registry.staffed_hours import check_staffed_hours

__all__ = [
    "Account",
    "Platform",
    "Register",
    "RegistryError",
    "check_corrections",
    "check_incidents",
    "check_indicators",
    "check_neighbourhoods",
    "check_peers",
    "check_purpose_rules",
    "check_rate_cards",
    "check_release_calendar",
    "check_staffed_hours",
    "load",
    "load_platforms",
    "load_register",
]
