# ruff: noqa: DTZ001  (a return's times are naive until they are read)
"""Whatever good table a force may send reads back the same, in every dialect and as a workbook."""

import csv
import datetime as dt
import io
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from pipelines.returns import KINDS

LONDON = ZoneInfo("Europe/London")
POSTS = next(kind for kind in KINDS if kind.name == "posts")
COUNTS = [column.name for column in POSTS.columns if column.cell == "count"]
REQUIRED = [column.name for column in POSTS.columns if column.required]
ACCOUNTS = {
    ("kent", "x", "ForceA"): "kent-x",
    ("kent", "x", "Café"): "kent-cafe",
    ("kent", "facebook", "FORCEA"): "kent-facebook",
    ("essex", "x", "forceb"): "essex-x",
}
moments = st.datetimes(dt.datetime(2010, 1, 1), dt.datetime(2026, 5, 1)).map(
    lambda value: value.replace(microsecond=0)
)
row = st.fixed_dictionaries(
    {
        "account": st.sampled_from(sorted(ACCOUNTS)),
        "post_id": st.from_regex(r"[0-9]{1,17}|[a-z][a-z0-9:/._-]{0,20}", fullmatch=True),
        "created": moments,
        "age": st.timedeltas(dt.timedelta(0), dt.timedelta(days=30)).map(
            lambda value: dt.timedelta(seconds=int(value.total_seconds()))
        ),
        "kind": st.sampled_from(["post", "reply", "repost"]),
        "counts": st.dictionaries(st.sampled_from(COUNTS), st.integers(0, 10**12)),
        "style": st.integers(0, 4),
    }
)
tables = st.lists(
    row,
    min_size=1,
    max_size=6,
    unique_by=lambda r: (r["account"], r["post_id"], r["created"] + r["age"]),
)
FAST = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def written(moment, style):
    """A time in UTC in one of the ways that a return may write it."""
    local = moment.replace(tzinfo=dt.UTC).astimezone(LONDON)
    is_plain = local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset()
    if style == 0 or not is_plain:
        return f"{moment:%Y-%m-%dT%H:%M:%S}Z"
    return [
        local.isoformat(),
        f"{local:%Y-%m-%d %H:%M:%S}",
        f"{local:%d/%m/%Y %H:%M:%S}",
        (moment + dt.timedelta(hours=2)).isoformat() + "+02:00",
    ][style - 1]


def number(count, style):
    if count is None:
        return ""
    return [str(count), f"{count:,}", f"{count:,}".replace(",", " "), f"{count}.0", str(count)][style]


def as_text(rows):
    for r in rows:
        force, platform, handle = r["account"]
        yield {
            "force_id": force,
            "platform": platform,
            "handle": handle,
            "post_id": r["post_id"],
            "created_at": written(r["created"], r["style"]),
            "observed_at": written(r["created"] + r["age"], r["style"]),
            "kind": r["kind"],
            **{name: number(r["counts"].get(name), r["style"]) for name in COUNTS},
        }


def expected(rows):
    return pl.DataFrame(
        [
            {
                "force_id": r["account"][0],
                "account_id": ACCOUNTS[r["account"]],
                "platform": r["account"][1],
                "post_id": r["post_id"],
                "created_at_utc": r["created"],
                "observed_at_utc": r["created"] + r["age"],
                "kind": r["kind"],
                **{name: r["counts"].get(name) for name in COUNTS},
                "line": line,
            }
            for line, r in enumerate(rows, start=2)
        ],
        schema=POSTS.schema,
    )


@FAST
@given(
    rows=tables,
    columns=st.permutations(REQUIRED + COUNTS),
    delimiter=st.sampled_from(",;\t|"),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_any_good_table_as_csv(read_bytes, rows, columns, delimiter, newline, encoding, quoting):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writeheader()
    writer.writerows(as_text(rows))
    result = read_bytes(out.getvalue().encode(encoding), order="day_first")
    assert result.problems == []
    assert result.rows.equals(expected(rows), null_equal=True)


@FAST
@given(rows=tables, columns=st.permutations(REQUIRED + COUNTS))
def test_any_good_table_as_a_workbook(read_bytes, rows, columns):
    made = Workbook()
    made.active.append(columns)
    for text, r in zip(as_text(rows), rows, strict=True):
        typed = dict(text) if r["style"] else text | r["counts"]
        made.active.append([typed[name] if typed[name] != "" else None for name in columns])
    out = io.BytesIO()
    made.save(out)
    result = read_bytes(out.getvalue(), order="day_first")
    assert result.problems == []
    assert result.rows.equals(expected(rows), null_equal=True)


@FAST
@given(data=st.binary(max_size=300))
def test_no_bytes_at_all_make_it_fail(read_bytes, data):
    assert read_bytes(data).problems
