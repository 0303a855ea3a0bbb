"""What data.police.uk says of neighbourhoods against the register: what is proposed, defects by name, nothing
written; and the whole way by the command over loopback."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from pipelines.discovery.neighbourhoods import defects, propose, proposed, read_residents
from pipelines.discovery.police_uk import Discovery, FoundNeighbourhood, parse_contact_details
from pipelines.registry import Register, check_neighbourhoods, load
from pipelines.registry.neighbourhoods import FILE, Neighbourhood, as_csv
from pipelines.settings import SEEDS
from sandbox.forces import forces
from sandbox.neighbourhoods import neighbourhoods
from sandbox.register import account_events_csv, accounts_csv, neighbourhoods_csv
from sandbox.serve import start
from tests.registry.test_neighbourhoods import ACCOUNTS, EVENTS

READ = date(2026, 4, 1)
TODAY = date(2026, 11, 9)
DEAL = Neighbourhood(
    force_id="kent",
    neighbourhood_id="AB1",
    neighbourhood_name="Deal",
    resident_count=30_000,
    account_ids="x:deal",
    valid_from_date=READ,
    source="data.police.uk",
    source_date=READ,
)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "account_events.csv").write_text(EVENTS)
    return load(tmp_path, SEEDS)


def answer(
    population: str | None = "30000",
    contact: dict[str, str | None] | None = None,
    name: str | None = "Deal",
    neighbourhood_id: str = "AB1",
) -> Discovery:
    """One neighbourhood of Kent that answered."""
    return Discovery(
        found=tuple(parse_contact_details("kent", neighbourhood_id, contact or {})),
        answered=("kent",),
        neighbourhoods=(
            FoundNeighbourhood(
                force_id="kent",
                neighbourhood_id=neighbourhood_id,
                name=name,
                is_read=True,
                population=population,
                has_contact_details=bool(contact),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("population", "residents", "because"),
    [
        ("52341", 52341, None),
        (" 52,341 ", 52341, None),
        ("0", None, "zero"),
        ("000", None, "zero"),
        ("unknown", None, "not_a_number"),
        ("-7", None, "not_a_number"),
        ("1200.5", None, "not_a_number"),
        ("12345678901", None, "not_a_number"),
        ("", None, "not_stated"),
        (None, None, "not_stated"),
    ],
)
def test_no_usable_population_is_no_number_and_says_why(
    population: str | None, residents: int | None, because: str | None
) -> None:
    assert read_residents(population) == (residents, because)


def test_a_new_neighbourhood_is_a_row_with_the_accounts_that_the_register_has(register: Register) -> None:
    contact = {"twitter": "https://x.com/Deal", "facebook": "https://www.facebook.com/nobody"}
    [found] = propose(answer("0", contact, "<b>Deal &amp;\n Walmer</b>"), register, [], TODAY)
    assert (found.kind, found.because) == ("new", "the register has none")
    assert found.unknown == ("https://www.facebook.com/nobody",)
    row = found.row
    assert row is not None
    assert (row.neighbourhood_name, row.account_ids) == ("Deal & Walmer", "x:deal")
    assert (row.resident_count, row.no_residents_because, row.valid_from_date) == (None, "zero", TODAY)


@pytest.mark.parametrize("url", ["https://x.com/kent", "https://x.com/lewes", "https://x.com/nobody"])
def test_an_account_of_another_sort_or_force_or_of_nobody_is_linked_to_nothing(
    register: Register, url: str
) -> None:
    [found] = propose(answer(contact={"twitter": url}), register, [], TODAY)
    assert found.row is not None
    assert found.row.account_ids is None
    assert found.unknown == (url,)


def test_silence_unlinks_no_account(register: Register) -> None:
    [found] = propose(answer(), register, [DEAL], TODAY)
    assert found.kind == "agrees"
    assert proposed([DEAL], [found], TODAY) == [DEAL]


def test_what_changed_is_another_row_and_the_old_one_ends_the_day_before(register: Register) -> None:
    contact = {"twitter": "https://x.com/dover"}
    found = propose(answer("31000", contact), register, [DEAL], TODAY)
    assert [one.because for one in found] == ["resident_count was 30000, account_ids was x:deal"]
    old, new = proposed([DEAL], found, TODAY)
    assert (old.resident_count, old.valid_until_date) == (30_000, date(2026, 11, 8))
    assert (new.resident_count, new.valid_until_date, new.account_ids) == (31_000, None, "x:deal|x:dover")
    again = propose(answer("32000", contact), register, [old, new], TODAY)
    assert [row.resident_count for row in proposed([old, new], again, TODAY)] == [30_000, 32_000]


def test_what_a_force_lists_no_more_is_gone_and_what_did_not_answer_is_not(register: Register) -> None:
    [_, gone] = propose(answer(neighbourhood_id="AA9"), register, [DEAL], TODAY)
    assert (gone.kind, gone.neighbourhood_id) == ("gone", "AB1")
    assert [row.valid_until_date for row in proposed([DEAL], [gone], TODAY)] == [date(2026, 11, 8)]
    silent = Discovery(
        found=(),
        answered=("kent",),
        neighbourhoods=(FoundNeighbourhood(force_id="kent", neighbourhood_id="AB1", name="Deal"),),
    )
    assert propose(silent, register, [DEAL], TODAY) == []
    assert propose(Discovery(found=(), answered=("kent",)), register, [DEAL], TODAY) == []


def test_defects_are_counted_and_said_by_name(register: Register) -> None:
    parts = [
        answer("0", {"twitter": "https://x.com/deal"}),
        answer("many", {"twitter": "https://x.com/deal"}, neighbourhood_id="AB2"),
        answer("7", {"facebook": "https://www.facebook.com/nobody"}, neighbourhood_id="AB3"),
        answer("7", neighbourhood_id="AB4"),
    ]
    found = Discovery(
        found=tuple(one for part in parts for one in part.found),
        answered=("kent",),
        neighbourhoods=tuple(one for part in parts for one in part.neighbourhoods),
    )
    assert defects(found, propose(found, register, [], TODAY)) == [
        "2 of 4 neighbourhoods have no usable number of residents (not_a_number 1, zero 1): kent 2",
        "1 of 4 neighbourhoods has no contact details: kent 1",
        "1 of 4 neighbourhoods names an account that is no neighbourhood account of the register: kent 1",
        "1 account serves several neighbourhoods: x:deal",
    ]
    assert defects(answer(contact={"twitter": "https://x.com/deal"}), []) == []


def test_what_is_written_is_what_the_register_reads(register: Register, tmp_path: Path) -> None:
    found = propose(answer(name='Deal, "north"'), register, [], TODAY)
    (tmp_path / FILE).write_text(as_csv(proposed([], found, TODAY)))
    [row] = check_neighbourhoods(tmp_path, SEEDS)
    assert row == found[0].row


def test_all_of_the_sandbox_agree_with_its_register_defects_and_all(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text(accounts_csv(7))
    (tmp_path / "account_events.csv").write_text(account_events_csv(7))
    (tmp_path / FILE).write_text(neighbourhoods_csv(7))
    listed = [(force, one) for force in forces() if force.on_police_uk for one in neighbourhoods(7, force)]
    whole = Discovery(
        found=tuple(
            found
            for force, one in listed
            for found in parse_contact_details(force.force_id, one.neighbourhood_id, dict(one.contact))
        ),
        answered=(),
        neighbourhoods=tuple(
            FoundNeighbourhood(
                force_id=force.force_id,
                neighbourhood_id=one.neighbourhood_id,
                name=one.name,
                is_read=True,
                population=one.population,
                has_contact_details=bool(one.contact),
            )
            for force, one in listed
        ),
    )
    rows = check_neighbourhoods(tmp_path, SEEDS)
    found = propose(whole, load(tmp_path, SEEDS), rows, TODAY)
    assert {proposal.kind for proposal in found} == {"agrees"}
    said = " ".join(defects(whole, found))
    for words in (
        "no usable number of residents",
        "no contact details",
        "name an account that is no",
        "serve several",
    ):
        assert words in said


class TestOverHttp:
    """`beatbook accounts neighbourhoods` against the sandbox on loopback."""

    @pytest.fixture
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
        monkeypatch.setattr("pipelines.discovery.police_uk.SECONDS_BETWEEN_REQUESTS", 0)
        return tmp_path

    def test_the_register_of_the_sandbox_agrees_with_its_data_police_uk(self, home: Path) -> None:
        words = ["accounts", "neighbourhoods", "--force", "gwent", "--all", "--format", "json"]
        done = CliRunner().invoke(app, [*words, "--to", str(home / FILE)])
        assert done.exit_code == 0, done.output
        [gwent] = [force for force in forces() if force.force_id == "gwent"]
        listed = json.loads(done.stdout)
        assert [row["kind"] for row in listed] == ["agrees"] * len(neighbourhoods(7, gwent))
        assert "2 of 10 neighbourhoods have no usable number of residents (zero 2): gwent 2" in done.stderr
        assert (home / FILE).read_text() == (home / "home" / "register" / FILE).read_text()

    def test_what_an_empty_register_lacks_is_proposed(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pipelines.cli.accounts.check_neighbourhoods", lambda *_: [])
        words = ["accounts", "neighbourhoods", "--force", "gwent", "--to", str(home / FILE)]
        assert CliRunner().invoke(app, words).exit_code == 0
        written = list(csv.DictReader((home / FILE).read_text().splitlines()))
        assert {row["source"] for row in written} == {"data.police.uk"}
        assert [row["no_residents_because"] for row in written].count("zero") == 2
        linked = {row["neighbourhood_name"]: row["account_ids"] for row in written if row["account_ids"]}
        assert linked == {"North": "bluesky:gwent-north"}, "South lists no contact details at all"

    @pytest.mark.parametrize(
        "words", [["neighbourhoods", "--force", "gwent", "--force", "kent"], ["discover"]]
    )
    def test_where_a_force_does_not_answer_the_rest_is_said_and_it_is_done_in_part(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
    ) -> None:
        with start(faults=["police_uk:gwent:404"]) as url:
            monkeypatch.setenv("BEATBOOK_SANDBOX_URL", url)
            done = CliRunner().invoke(app, ["accounts", *words, "--all", "--format", "json"])
        assert done.exit_code == 4
        assert "gwent: not read: not_found" in done.stderr
        listed = json.loads(done.stdout)
        assert {row["kind"] for row in listed if row["force_id"] == "kent"} == {"agrees"}

    def test_a_force_that_is_not_listed_is_refused(self, home: Path) -> None:
        done = CliRunner().invoke(app, ["accounts", "neighbourhoods", "--force", "police-scotland"])
        assert done.exit_code == 1
        assert "data.police.uk does not list 'police-scotland'" in done.output
