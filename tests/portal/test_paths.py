"""However an address is written, no force comes to another one's files, and the portal stays up."""

from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from pipelines.settings import Settings
from portal.app import build_app
from tests.portal.access.conftest import Browser
from tests.portal.test_releases import SECOND
from tests.portal.test_releases import settings as settings  # noqa: PLC0414  (a fixture)
from tests.release.official import add_files

OURS, THEIRS = b"what Kent alone may read", b"what Essex alone may read"
FILES = ("posts.csv", "benchmarks.csv", "accounts.parquet")
SEGMENTS = st.sampled_from(
    [
        *(
            "extracts",
            "kent",
            "essex",
            "ESSEX",
            "essex ",
            "essex%20",
            "%65ssex",
            "kent,essex",
            "forces",
            "send",
        ),
        *("..", ".", "%2e%2e", "%2E.", "..%2f", "%2f", "%5c", "..\\", "%00", "essex%00", "%c0%ae%c0%ae", ""),
        *("api", "v1", "extract", "values", "releases", "tables", "static", "workbook.xlsx", SECOND, *FILES),
    ]
)
QUERY = st.sampled_from(["force", "force_id", "area", "release", "path", "file", "next"])
SAID = st.sampled_from(["essex", "kent&force=essex", "working", SECOND, "../essex", "%2e%2e/essex"])
#: An address of anything, one that begins where the files lie, and what may be asked of either.
ADDRESSES = st.tuples(
    st.one_of(st.just([]), st.just(["extracts"]), st.just(["extracts", "kent"])),
    st.lists(SEGMENTS, min_size=1, max_size=6),
    st.lists(st.tuples(QUERY, SAID), max_size=2),
)


def test_no_way_of_writing_an_address_leads_to_another_forces_files(settings: Settings) -> None:
    for force_id, content in (("kent", OURS), ("essex", THEIRS)):
        add_files(settings, SECOND, {f"extracts/{force_id}/{name}": content for name in FILES})
    browsers = [Browser(build_app(settings)), Browser(build_app(settings))]
    browsers[0].sign_in("kent")  # and the other is nobody
    assert browsers[0].get("/extracts/kent/posts.csv").content == OURS

    @tries(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(ADDRESSES)
    def asked(address: tuple[list[str], list[str], list[tuple[str, str]]]) -> None:
        start, more, query = address
        path = "/" + "/".join([*start, *more])
        asking = "&".join(f"{name}={value}" for name, value in query)
        for browser in browsers:
            answer = browser.get(f"{path}?{asking}" if asking else path)
            assert answer.status_code < 500, path
            assert THEIRS not in answer.content, path

    asked()
