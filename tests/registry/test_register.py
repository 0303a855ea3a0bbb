"""The register: what an account was on a day, who holds a handle, and wrong rows named by their place."""

import re
from datetime import date
from pathlib import Path

import pytest

from pipelines.registry import RegistryError, load, load_platforms
from pipelines.registry.purpose_rules import FILE as PURPOSE_RULES
from pipelines.registry.purpose_rules import VERSIONS as PURPOSE_VERSIONS
from pipelines.settings import SEEDS

FILES = {
    "forces.csv": """\
force_id,force_name,ons_code,country,force_type,is_per_head,officers_fte,on_police_uk
durham,Durham Constabulary,E23000008,England,territorial,true,1405,true
kent,Kent Police,E23000032,England,territorial,true,4163,true
""",
    "platforms.csv": """\
platform,name,collected_by,api_base_url,token_needed,quota_units_per_day,price,\
price_gbp_per_1k_requests,retention_days,is_agreement_required,agreement_recorded_on,checked_on
x,X,return,https://api.x.com,app,,per read,,,true,,2026-11-20
youtube,YouTube,pull,https://youtube.googleapis.com,key,10000,,,30,true,,2026-11-20
""",
    "platform_metrics.csv": """\
platform,entity,metric,platform_field,since,deprecated_on,token_needed,note
youtube,posts,view_count,statistics.viewCount,,,key,
""",
    "post_ages.csv": "age,age_hours,late_after_hours\n7d,168,216\n1h,1,2\n",
    "accounts.csv": """\
account_id,force_id,platform,handle,platform_account_id,account_type,url,source,source_date,note
x:durhamx,durham,x,DurhamX,,corporate,https://x.com/DurhamX,invented,2026-01-01,
x:kentx,kent,x,KentX,,corporate,,invented,2026-01-01,
x:old,kent,x,Old,,neighbourhood,,invented,2026-01-01,
youtube:ucinvented,kent,youtube,Made-Up,UCInvented,corporate,\
https://www.youtube.com/user/Made-Up,invented,2026-01-01,
""",
    "account_events.csv": """\
account_id,event_type,event_date,new_handle,into_account_id,source,note
x:durhamx,opened,2026-02-01,,,invented,
x:durhamx,suspended,2026-05-01,,,invented,
x:durhamx,reinstated,2026-05-10,,,invented,
x:durhamx,renamed,2026-06-01,DurhamNow,,invented,
x:old,merged_into,2026-03-01,,x:kentx,invented,
""",
    "account_claims.csv": """\
force_id,platform,handle,url,source,source_date
durham,x,DurhamX,,one,2026-01-01
durham,x,@durhamx,,two,2022-01-01
kent,x,KentX,,one,2026-01-01
kent,x,KentOther,,two,2022-01-01
kent,flickr,kent,,one,2026-01-01
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in (PURPOSE_RULES, PURPOSE_VERSIONS):
        (tmp_path / name).write_bytes((SEEDS / name).read_bytes())
    return tmp_path


def due(folder: Path, day: date) -> list[str]:
    return [account.account_id for account in load(folder, folder).accounts_due("x", day)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 31), ["x:kentx", "x:old"]),
        (date(2026, 2, 1), ["x:durhamx", "x:kentx", "x:old"]),
        (date(2026, 3, 1), ["x:durhamx", "x:kentx"]),
        (date(2026, 5, 1), ["x:kentx"]),
        (date(2026, 5, 9), ["x:kentx"]),
        (date(2026, 5, 10), ["x:durhamx", "x:kentx"]),
    ],
)
def test_accounts_are_due_while_open(folder: Path, day: date, expected: list[str]) -> None:
    assert due(folder, day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 28), ["x:durhamx", "x:kentx", "x:old"]),
        (date(2026, 3, 1), ["x:durhamx", "x:kentx", "x:old"]),
        (date(2026, 3, 28), ["x:durhamx", "x:kentx", "x:old"]),
        (date(2026, 3, 29), ["x:durhamx", "x:kentx"]),
        (date(2026, 5, 1), ["x:kentx"]),
    ],
)
def test_a_merged_account_is_pulled_for_28_days_more(folder: Path, day: date, expected: list[str]) -> None:
    """And one that is suspended is not: there is nothing to read."""
    found = load(folder, folder).accounts_to_pull("x", day)
    assert [account.account_id for account in found] == expected


def test_events_count_in_order_of_date_not_of_file(folder: Path) -> None:
    lines = FILES["account_events.csv"].splitlines()
    (folder / "account_events.csv").write_text("\n".join([lines[0], *lines[:0:-1]]) + "\n")
    assert due(folder, date(2026, 5, 10)) == ["x:durhamx", "x:kentx"]


def test_a_renamed_account_is_due_under_its_handle_of_the_day(folder: Path) -> None:
    register = load(folder, folder)
    before = register.accounts_due("x", date(2026, 5, 31))[0]
    after = register.accounts_due("x", date(2026, 6, 1))[0]
    assert (before.handle, after.handle) == ("DurhamX", "DurhamNow")
    assert before.account_id == after.account_id
    assert after.url is None  # the old address is no longer its own


@pytest.mark.parametrize("handle", ["DurhamX", "durhamx", "@DURHAMX", "DurhamNow", "@durhamnow"])
def test_an_account_is_found_by_every_handle_it_had(folder: Path, handle: str) -> None:
    found = load(folder, folder).find("x", handle)
    assert found is not None
    assert found.account_id == "x:durhamx"


def test_a_handle_given_up_belongs_to_whoever_registered_it(folder: Path) -> None:
    with (folder / "account_events.csv").open("a") as file:
        file.write("x:durhamx,renamed,2026-07-01,KentX,,invented,\n")
    found = load(folder, folder).find("x", "KentX")
    assert found is not None
    assert found.account_id == "x:kentx"


def test_find_looks_on_one_platform_and_knows_native_ids(folder: Path) -> None:
    register = load(folder, folder)
    assert register.find("youtube", "DurhamX") is None
    assert register.find("x", "nobody") is None
    channel = register.find("youtube", "UCInvented")
    assert channel is not None
    assert channel.handle_kind == "user"


def test_conflicts_are_claims_that_disagree(folder: Path) -> None:
    (conflict,) = load(folder, folder).conflicts()
    assert (conflict.force_id, conflict.platform) == ("kent", "x")
    assert {claim.handle for claim in conflict.claims} == {"KentX", "KentOther"}


def test_an_invented_register_needs_no_claims(folder: Path) -> None:
    (folder / "account_claims.csv").unlink()
    assert load(folder, folder).conflicts() == []


def test_the_catalogue(folder: Path) -> None:
    register = load(folder, folder)
    assert [p.platform for p in load_platforms(folder)] == ["x", "youtube"]
    assert register.platforms["youtube"].retention_days == 30
    assert register.platforms["x"].retention_days is None
    assert list(register.metrics) == [("youtube", "posts", "view_count")]
    assert [age.age for age in register.post_ages] == ["1h", "7d"]


BAD = [
    ("forces.csv", 2, "is_per_head", ",true,1405", ",perhaps,1405"),
    ("forces.csv", 2, "officers_fte", "1405", "many"),
    ("forces.csv", 3, "force_id", "kent,", "durham,"),
    ("forces.csv", 3, "force_name", "Kent Police", ""),
    ("forces.csv", 1, "on_police_uk", "on_police_uk", "police_uk"),
    ("platforms.csv", 3, "collected_by", "pull", "scrape"),
    ("platforms.csv", 2, "checked_on", "2026-11-20", "20/11/2026"),
    ("platform_metrics.csv", 2, "platform", "youtube,posts", "yuotube,posts"),
    ("platform_metrics.csv", 2, "token_needed", ",key,", ",latchkey,"),
    ("post_ages.csv", 3, "age", "1h", "7d"),
    ("accounts.csv", 2, "force_id", ",durham,", ",durhum,"),
    ("accounts.csv", 2, "platform", "x:durhamx,durham,x,", "bebo:durhamx,durham,bebo,"),
    ("accounts.csv", 2, "account_id", "x:durhamx", "x:DurhamX"),
    ("accounts.csv", 2, "account_id", "x:durhamx", "youtube:durhamx"),
    ("accounts.csv", 3, "account_id", "x:kentx", "x:durhamx"),
    ("accounts.csv", 3, "handle", "KentX", "@durhamX"),
    ("accounts.csv", 3, "handle", "KentX", "KentX "),
    ("accounts.csv", 2, "account_type", "corporate", "official"),
    ("accounts.csv", 2, "source_date", "2026-01-01", "2026-02-30"),
    ("account_events.csv", 2, "account_id", "x:durhamx", "x:nobody"),
    ("account_events.csv", 2, "event_type", "opened", "hatched"),
    ("account_events.csv", 2, "event_date", "2026-02-01", ""),
    ("account_events.csv", 5, "new_handle", "DurhamNow", ""),
    ("account_events.csv", 2, "new_handle", "2026-02-01,", "2026-02-01,DurhamNow"),
    ("account_events.csv", 6, "into_account_id", "x:kentx", ""),
    ("account_events.csv", 6, "into_account_id", "x:kentx", "x:nobody"),
    ("account_events.csv", 6, "into_account_id", "x:kentx", "x:old"),
    ("account_events.csv", 6, "into_account_id", "x:kentx", "youtube:ucinvented"),
    ("account_claims.csv", 4, "force_id", "kent,x,KentX", "kant,x,KentX"),
]


@pytest.mark.parametrize(("file", "line", "column", "right", "wrong"), BAD)
def test_a_wrong_row_is_named_by_file_line_and_column(
    folder: Path, file: str, line: int, column: str, right: str, wrong: str
) -> None:
    lines = FILES[file].splitlines()
    assert right in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(right, wrong, 1)
    (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        load(folder, folder)
    assert (caught.value.file, caught.value.line, caught.value.column) == (file, line, column)
    assert str(caught.value).startswith(f"{file}, line {line}, column {column}: ")


@pytest.mark.parametrize("name", [name for name in FILES if name != "account_claims.csv"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(RegistryError, match=f"{name}.*the next `beatbook run` brings it"):
        load(folder, folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n1,2,3,4\n", "line 3, column -: 4 cells where the header has 2; a cell with a comma"),
        ('a,b\n1,2\n1,"2\n', "line "),
        ("a,b\n\xe9,1\n", "line 1, column -: not a CSV: no text in UTF-8"),
    ],
)
def test_a_row_that_is_no_row_is_named_by_its_line(folder: Path, text: str, said: str) -> None:
    (folder / "forces.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(RegistryError, match=re.escape(f"forces.csv, {said}")):
        load(folder, folder)


@pytest.mark.parametrize("text", ["", "a,b\n1,2,3,4\n", "\xff\xfe"])
def test_a_file_that_is_no_csv_is_named(folder: Path, text: str) -> None:
    (folder / "forces.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(RegistryError, match=r"forces\.csv, line [12]"):
        load(folder, folder)
