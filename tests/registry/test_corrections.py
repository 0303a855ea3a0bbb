"""Declared corrections: a row that cannot be what it says is refused by file, line and column."""

from pathlib import Path

import pytest

from pipelines.registry import RegistryError, check_corrections
from pipelines.registry.corrections import FILE, NONE
from pipelines.settings import SEEDS
from sandbox import register

GOOD = {
    "correction_id": "likes-doubled",
    "platform": "bluesky",
    "account_id": "",
    "post_id": "",
    "counter": "like_count",
    "from_date": "2026-11-02",
    "until_date": "2026-11-04",
    "replacement": "",
    "reason": "the platform counted likes twice",
    "corrected_by": "Data team",
    "corrected_date": "2026-11-09",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "accounts.csv").write_text(register.accounts_csv(7))
    (tmp_path / "account_events.csv").write_text(register.account_events_csv(7))
    return tmp_path


def account_on(folder: Path, platform: str) -> str:
    lines = (folder / "accounts.csv").read_text().splitlines()
    return next(line.split(",")[0] for line in lines if line.startswith(f"{platform}:"))


def write(folder: Path, *rows: dict[str, str]) -> None:
    (folder / FILE).write_text(NONE + "".join(",".join((GOOD | row).values()) + "\n" for row in rows))


def test_the_seed_as_committed_corrects_nothing() -> None:
    assert (SEEDS / FILE).read_text() == NONE
    assert check_corrections(SEEDS, SEEDS) == {}


def test_a_correction_of_a_platform_an_account_and_a_post(folder: Path) -> None:
    account = account_on(folder, "bluesky")
    own = {"correction_id": "own", "account_id": account}
    write(
        folder,
        {},
        own | {"counter": "follower_count", "replacement": "1200"},
        own | {"correction_id": "post", "counter": "quote_count", "post_id": "at://p", "replacement": "0"},
    )
    found = check_corrections(folder, SEEDS)
    assert list(found) == ["likes-doubled", "own", "post"]
    assert (found["likes-doubled"].account_id, found["likes-doubled"].replacement) == (None, None)
    assert (found["own"].replacement, found["post"].replacement) == (1200, 0)


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"correction_id": ""}, "correction_id", "empty"),
        (
            {"correction_id": "Likes, doubled".replace(",", "")},
            "correction_id",
            "small letters, digits and hyphens",
        ),
        ({"platform": "myspace"}, "platform", "'myspace' is not in the register"),
        ({"platform": ""}, "platform", "empty"),
        ({"account_id": "bluesky:nobody"}, "account_id", "'bluesky:nobody' is no account on bluesky"),
        ({"counter": "claps"}, "counter", "'claps' is no counter of bluesky; it has "),
        ({"counter": "view_count"}, "counter", "'view_count' is no counter of bluesky"),
        ({"counter": "public_message"}, "counter", "'public_message' is no counter of bluesky"),
        (
            {"platform": "facebook", "counter": "reaction_kind_count"},
            "counter",
            "like_count, reach_count, share_count, view_count",
        ),
        ({"from_date": "2 November"}, "from_date", "date"),
        ({"from_date": ""}, "from_date", "empty"),
        ({"until_date": "2026-11-01"}, "until_date", "2026-11-01 is before from_date, 2026-11-02"),
        ({"replacement": "-1"}, "replacement", "a whole number of 0 or more, or nothing"),
        ({"replacement": "many"}, "replacement", "a whole number of 0 or more, or nothing"),
        (
            {"replacement": "5"},
            "replacement",
            "one number cannot stand for several figures: give the post_id",
        ),
        (
            {"counter": "follower_count", "replacement": "5"},
            "replacement",
            "one number cannot stand for several figures: give the account_id",
        ),
        ({"post_id": "p"}, "post_id", "goes with an account_id"),
        ({"reason": ""}, "reason", "empty"),
        ({"corrected_by": ""}, "corrected_by", "empty"),
        ({"corrected_date": ""}, "corrected_date", "empty"),
    ],
)
def test_a_wrong_cell_is_named_by_its_place(
    folder: Path, cells: dict[str, str], column: str, problem: str
) -> None:
    write(folder, {"correction_id": "good", "counter": "share_count"}, cells)
    with pytest.raises(RegistryError) as error:
        check_corrections(folder, SEEDS)
    assert (error.value.file, error.value.line, error.value.column) == (FILE, 3, column)
    assert problem in error.value.problem


def test_an_account_of_another_platform_is_not_the_platforms(folder: Path) -> None:
    write(folder, {"account_id": account_on(folder, "youtube")})
    with pytest.raises(
        RegistryError, match=r"line 2, column account_id: 'youtube:.*' is no account on bluesky"
    ):
        check_corrections(folder, SEEDS)


def test_an_account_has_no_posts_in_its_followers(folder: Path) -> None:
    write(folder, {"account_id": account_on(folder, "bluesky"), "counter": "follower_count", "post_id": "p"})
    with pytest.raises(RegistryError, match="line 2, column post_id"):
        check_corrections(folder, SEEDS)


@pytest.mark.parametrize(
    ("other", "is_refused"),
    [
        ({}, True),
        ({"from_date": "2026-11-04", "until_date": "2026-11-30"}, True),
        ({"from_date": "2026-11-05", "until_date": "2026-11-30"}, False),
        ({"counter": "share_count"}, False),
        ({"platform": "mastodon"}, False),
        ({"account_id": "own"}, True),
    ],
)
def test_a_figure_has_one_correction(folder: Path, other: dict[str, str], is_refused: bool) -> None:
    if "account_id" in other:
        other = {"account_id": account_on(folder, "bluesky")}
    write(folder, {}, {"correction_id": "other"} | other)
    if not is_refused:
        assert len(check_corrections(folder, SEEDS)) == 2
        return
    with pytest.raises(RegistryError) as error:
        check_corrections(folder, SEEDS)
    assert str(error.value) == (
        f"{FILE}, line 3, column counter: likes-doubled corrects the same figures on the same days"
    )


def test_an_id_names_one_correction(folder: Path) -> None:
    write(folder, {}, {"counter": "share_count"})
    with pytest.raises(RegistryError, match="line 3, column correction_id: 'likes-doubled' is there twice"):
        check_corrections(folder, SEEDS)


def test_a_register_without_the_file_is_refused(folder: Path) -> None:
    with pytest.raises(RegistryError, match=rf"{FILE}, line 1, column -: no such file"):
        check_corrections(folder, SEEDS)
