"""The seeds as committed: what must hold across files, and the sums that the offices published."""

import csv
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from dateutil.easter import easter  # type: ignore[import-untyped]

from pipelines.registry import Register, load
from pipelines.registry.addresses import read_address

SEEDS = Path(__file__).parents[2] / "dbt" / "seeds"


def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def register() -> Register:
    return load(SEEDS, SEEDS)


def population(vintage: str, country: str) -> tuple[int, int]:
    country_of = {row["force_id"]: row["country"] for row in rows("forces.csv")}
    figures = [
        int(row["population"])
        for row in rows("force_populations.csv")
        if row["vintage"] == vintage and country_of[row["force_id"]] == country
    ]
    return len(figures), sum(figures)


def bank_holidays(country: str, year: int) -> set[date]:
    """Working days on which a country has a bank holiday by rule, and the one-off days by proclamation."""

    def first_monday(month: int) -> date:
        return next(day for n in range(1, 8) if (day := date(year, month, n)).weekday() == 0)

    def last_monday(month: int) -> date:
        return next(day for n in range(31, 24, -1) if (day := date(year, month, n)).weekday() == 0)

    found = {
        easter(year) - timedelta(days=2),
        date(2020, 5, 8) if year == 2020 else first_monday(5),
        date(2022, 6, 2) if year == 2022 else last_monday(5),
        first_monday(8) if country == "Scotland" else last_monday(8),
    }
    if country != "Scotland":
        found.add(easter(year) + timedelta(days=1))
    fixed = {"Scotland": [(1, 2), (11, 30)], "Northern Ireland": [(3, 17), (7, 12)]}.get(country, [])
    for month, day in sorted([(1, 1), (12, 25), (12, 26), *fixed]):
        substitute = date(year, month, day)
        while substitute.weekday() > 4 or substitute in found:
            substitute += timedelta(days=1)
        found.add(substitute)
    once = {date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)}
    if country == "Scotland":
        once.add(date(2026, 6, 15))
    return found | {day for day in once if day.year == year}


@pytest.mark.parametrize("country", ["England", "Wales", "Scotland", "Northern Ireland"])
def test_bank_holidays_are_those_of_the_rules(country: str) -> None:
    dated = [
        date.fromisoformat(row["holiday_date"])
        for row in rows("bank_holidays.csv")
        if row["country"] == country
    ]
    assert len(dated) == len(set(dated))
    by_rule = set().union(*(bank_holidays(country, year) for year in range(2015, 2031)))
    assert set(dated) == by_rule


def test_bank_holidays_that_the_offices_published() -> None:
    """www.gov.uk/bank-holidays, of days that differ between the countries."""
    listed = {(row["holiday_date"], row["country"]) for row in rows("bank_holidays.csv")}
    assert listed >= {
        *(("2022-01-04", "Scotland"), ("2025-12-01", "Scotland"), ("2026-07-13", "Northern Ireland")),
    }
    assert listed.isdisjoint(
        {("2022-01-04", "England"), ("2026-04-06", "Scotland"), ("2026-07-13", "Wales")},
    )
    assert {country for day, country in listed if day == "2023-05-08"} == {
        *("England", "Wales", "Scotland", "Northern Ireland")
    }


def test_forty_eight_forces(register: Register) -> None:
    assert Counter(force.force_type for force in register.forces.values()) == {
        "territorial": 45,
        "non-territorial": 3,
    }
    assert sum(force.on_police_uk for force in register.forces.values()) == 44
    without = {force.force_id for force in register.forces.values() if not force.is_per_head}
    assert without == {"city-of-london", "btp", "mod-police", "civil-nuclear"}


@pytest.mark.parametrize(
    ("vintage", "country", "forces", "residents"),
    [
        ("mid-2024", "England", 39, 58_620_100),
        ("mid-2024", "Wales", 4, 3_186_600),
        ("mid-2024", "Scotland", 1, 5_546_900),
        ("mid-2024", "Northern Ireland", 1, 1_927_855),
        ("census-2011", "England", 39, 53_012_456),
        ("census-2011", "Wales", 4, 3_063_456),
    ],
)
def test_populations_add_up(vintage: str, country: str, forces: int, residents: int) -> None:
    assert population(vintage, country) == (forces, residents)


@pytest.mark.parametrize("vintage", ["mid-2011", "mid-2019"])
def test_older_estimates_leave_out_london_and_wales(vintage: str) -> None:
    assert population(vintage, "England")[0] == 38
    assert population(vintage, "Wales") == (0, 0)


def test_a_population_that_jumps_is_called_doubtful() -> None:
    """Areas do not gain or lose an eighth between two estimates, but City of London, which is tiny."""
    by_force: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows("force_populations.csv"):
        by_force.setdefault(row["force_id"], {})[row["vintage"]] = row
    jumps = {
        force_id
        for force_id, of in by_force.items()
        for older, newer in [("mid-2019", "mid-2024"), ("census-2011", "mid-2011")]
        if older in of and newer in of
        if not 0.95 < int(of[newer]["population"]) / int(of[older]["population"]) < 1.125
    }
    doubtful = {row["force_id"] for row in rows("force_populations.csv") if "doubtful" in row["source"]}
    assert jumps - {"city-of-london"} == doubtful == {"nottinghamshire", "thames-valley"}


def test_every_population_is_second_hand_and_of_a_known_force(register: Register) -> None:
    for row in rows("force_populations.csv"):
        assert row["force_id"] in register.forces
        assert "second-hand" in row["source"]
        assert row["vintage"] in {f"mid-{row['reference_year']}", f"census-{row['reference_year']}"}


def test_every_force_with_rates_has_a_present_population(register: Register) -> None:
    present = {row["force_id"] for row in rows("force_populations.csv") if row["vintage"] == "mid-2024"}
    assert {f.force_id for f in register.forces.values() if f.is_per_head} <= present


def test_accounts_by_platform(register: Register) -> None:
    assert Counter(account.platform for account in register.accounts.values()) == {
        "facebook": 44,
        "x": 43,
        "youtube": 19,
        "instagram": 15,
        "linkedin": 3,
    }
    assert set(register.forces) - {a.force_id for a in register.accounts.values()} == {
        "city-of-london",
        "civil-nuclear",
        "gloucestershire",
        "mod-police",
    }


def test_account_ids_are_the_handle_in_lower_case(register: Register) -> None:
    for account in register.accounts.values():
        slug = re.sub(r"[^a-z0-9._-]+", "-", account.handle.lower())
        assert account.account_id == f"{account.platform}:{slug}"


def test_every_address_leads_to_its_own_account(register: Register) -> None:
    for account in register.accounts.values():
        address = read_address(account.url)
        assert (address.platform, address.handle) == (account.platform, account.handle)
        assert address.native_id == account.platform_account_id


def test_every_youtube_account_says_how_to_resolve_it(register: Register) -> None:
    channels = register.accounts_due("youtube", date(2026, 11, 20))
    assert Counter(account.handle_kind for account in channels) == {
        "user": 8,
        "custom": 9,
        "channel": 2,
    }
    assert all(f"kind {a.handle_kind}" in (a.note or "") for a in channels)


@pytest.mark.parametrize("handle", ["ASPolice", "gmpolice", "metpoliceuk", "WMPolice", "WestYorksPolice"])
def test_the_five_accounts_of_the_published_posts_are_found(register: Register, handle: str) -> None:
    assert register.find("x", handle) is not None


def test_claims_and_conflicts(register: Register) -> None:
    of = Counter((claim.source.split()[0], claim.platform) for claim in register.claims)
    assert of == {
        ("data.police.uk", "facebook"): 37,
        ("data.police.uk", "x"): 34,
        ("data.police.uk", "youtube"): 18,
        ("data.police.uk", "flickr"): 4,
        ("data.police.uk", "instagram"): 3,
        ("data.police.uk", "linkedin"): 3,
        ("Wikidata", "x"): 41,
        ("Wikidata", "facebook"): 41,
        ("Wikidata", "instagram"): 12,
        ("Wikidata", "youtube"): 3,
    }
    conflicts = register.conflicts()
    assert [(c.force_id, c.platform) for c in conflicts] == [
        ("dorset", "youtube"),
        ("hampshire", "facebook"),
    ]
    for conflict in conflicts:  # the newer claim is the account, and its note names the older
        newest = max(conflict.claims, key=lambda claim: claim.source_date)
        account = register.find(conflict.platform, newest.handle)
        assert account is not None
        others = [c.handle for c in conflict.claims if c is not newest]
        assert all(other in (account.note or "") for other in others)
        assert all(register.find(conflict.platform, other) is None for other in others)


def test_no_agreement_is_recorded_where_terms_need_one(register: Register) -> None:
    bound = {p.platform for p in register.platforms.values() if p.is_agreement_required}
    assert bound == {"x", "youtube"}
    assert all(p.agreement_recorded_on is None for p in register.platforms.values())


def test_a_metric_without_a_row_is_not_offered(register: Register) -> None:
    has = set(register.metrics)
    assert {platform for platform, _, _ in has} == set(register.platforms)
    assert ("bluesky", "posts", "view_count") not in has
    assert ("mastodon", "posts", "impression_count") not in has
    assert ("facebook", "profiles", "post_count") not in has
    assert register.metrics["youtube", "posts", "share_count"].token_needed == "owner"
    dead = {key: m.deprecated_on for key, m in register.metrics.items() if m.deprecated_on}
    assert dead == {
        ("facebook", "posts", "impression_count"): date(2025, 11, 15),
        ("instagram", "posts", "impression_count"): date(2025, 4, 21),
    }


def test_what_is_returned_only_needs_no_token_of_ours(register: Register) -> None:
    by_return = {m.platform for m in register.metrics.values() if m.token_needed == "return"}
    assert by_return == {"nextdoor", "whatsapp"}


def test_the_ladder_of_ages(register: Register) -> None:
    assert [(a.age, a.age_hours, a.late_after_hours) for a in register.post_ages] == [
        ("1h", 1, 2.25),
        ("6h", 6, 9),
        ("24h", 24, 30),
        ("3d", 72, 96),
        ("7d", 168, 216),
        ("14d", 336, 384),
        ("28d", 672, 720),
    ]


KEYS = {
    "forces.csv": ("force_id",),
    "force_populations.csv": ("force_id", "reference_year", "vintage"),
    "accounts.csv": ("account_id",),
    "account_claims.csv": ("force_id", "platform", "source_date", "source"),
    "account_events.csv": ("account_id", "event_date", "event_type"),
    "corrections.csv": ("correction_id",),
    "incidents.csv": ("incident_id", "force_id"),
    "staffed_hours.csv": ("force_id", "account_id", "valid_from_date", "weekdays", "opens_at"),
    "rate_cards.csv": ("platform", "metric", "from_date"),
    "neighbourhoods.csv": ("force_id", "neighbourhood_id", "valid_from_date"),
    "peers.csv": ("force_id", "peer_force_id"),
    "platforms.csv": ("platform",),
    "platform_metrics.csv": ("platform", "entity", "metric"),
}


@pytest.mark.parametrize("name", KEYS)
def test_rows_are_in_the_order_of_their_key_and_once(name: str) -> None:
    keys = [tuple(row[column] for column in KEYS[name]) for row in rows(name)]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.csv")), ids=lambda path: path.name)
def test_files_are_utf8_with_line_feeds(path: Path) -> None:
    raw = path.read_bytes()
    raw.decode("utf-8")
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\n")
    described = "".join(yml.read_text(encoding="utf-8") for yml in SEEDS.glob("*.yml"))
    assert f"- name: {path.stem}\n" in described
