"""Users are kept whole, with hashes of passwords; only invented figures have demonstration users."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.settings import PROFILES, Settings, SettingsError
from portal.access import demonstration, users
from portal.access.rules import Role
from tests.portal.access.conftest import PASSWORD


@pytest.mark.parametrize(
    ("name", "role", "force", "password", "said"),
    [
        ("Kent", "force", "kent", PASSWORD, "there is a user kent already"),
        ("a b", "lead", None, PASSWORD, "'a b' is no name"),
        ("../x", "lead", None, PASSWORD, "is no name"),
        ("a" * 65, "lead", None, PASSWORD, "is no name"),
        ("new", "force", None, PASSWORD, "a user of the role force has a force"),
        ("new", "lead", "kent", PASSWORD, "no other user has one"),
        ("new", "force", "kant", PASSWORD, "there is no force 'kant'"),
        ("new", "lead", None, "x" * 11, "a password has 12 characters or more"),
        ("new", "lead", None, "x" * 1001, "1000 at most"),
    ],
)
def test_a_user_that_cannot_be_is_refused(
    settings: Settings, name: str, role: Role, force: str | None, password: str, said: str
) -> None:
    before = users.users(settings)
    with pytest.raises(users.UserError, match=said):
        users.add(settings, name, role, force, password)
    assert users.users(settings) == before


@pytest.mark.parametrize("call", [users.remove, lambda s, name: users.set_password(s, name, PASSWORD)])
def test_a_user_who_is_not_there_is_said(settings: Settings, call: object) -> None:
    with pytest.raises(users.UserError, match="there is no user nobody"):
        call(settings, "nobody")  # type: ignore[operator]


def test_a_password_is_kept_as_an_argon2_hash_of_its_own(settings: Settings) -> None:
    path = settings.portal / "users.json"
    hashes = {user.password_hash for user in users.users(settings)}
    assert len(hashes) == 3
    assert all(each.startswith("$argon2id$") for each in hashes)
    assert PASSWORD not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_used_in_earnest_is_no_cheaper_than_recommended() -> None:
    """RFC 9106, section 4: the second recommended option."""
    hasher = type(users.HASHER)()
    assert (hasher.type.name, hasher.memory_cost, hasher.time_cost) == ("ID", 64 * 1024, 3)


def test_changes_at_the_same_time_lose_nobody(settings: Settings) -> None:
    names = [f"user{n}" for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda name: users.add(settings, name, "lead", None, PASSWORD), names))
    assert {user.name for user in users.users(settings)} == {*names, "lead", "kent", "engineer"}


def test_a_damaged_file_is_said_and_not_taken_for_empty(settings: Settings) -> None:
    (settings.portal / "users.json").write_text("[{")
    with pytest.raises(SettingsError, match=r"users.json is no list of users"):
        users.check(settings, "lead", PASSWORD)


def test_a_damaged_hash_lets_nobody_in(settings: Settings) -> None:
    path = settings.portal / "users.json"
    path.write_text(path.read_text().replace("$argon2id$", "$argon9$"))
    assert users.check(settings, "lead", PASSWORD) is None


@pytest.fixture
def empty(settings: Settings) -> Settings:
    for user in users.users(settings):
        users.remove(settings, user.name)
    return settings


def test_demonstration_users_are_made_once_one_of_each_role(empty: Settings) -> None:
    passwords = demonstration(empty)
    assert [(user.name, user.role, user.force_id) for user in users.users(empty)] == [
        ("engineer", "engineer", None),
        ("kent", "force", "kent"),
        ("lead", "lead", None),
    ]
    assert len(set(passwords.values())) == 3
    assert all(users.check(empty, name, word) for name, word in passwords.items())
    assert demonstration(empty) == passwords
    assert stat.S_IMODE((empty.portal / "demonstration.json").stat().st_mode) == 0o600


def test_who_has_changed_their_password_is_left_alone(empty: Settings) -> None:
    demonstration(empty)
    users.set_password(empty, "kent", PASSWORD)
    users.remove(empty, "lead")
    assert set(demonstration(empty)) == {"lead", "engineer"}
    assert users.check(empty, "kent", PASSWORD)


def test_real_figures_have_no_demonstration_users(empty: Settings) -> None:
    real = empty.model_copy(update={"profile": PROFILES["production"]})
    with pytest.raises(SettingsError, match="production profile has no demonstration users"):
        demonstration(real)
    assert users.users(real) == []
