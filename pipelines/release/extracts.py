"""Each force's own files, cut from the models that the exposure `extracts` names.

Belongs here: the files of an extract. Does not belong here: arithmetic (dbt/models/extracts/), or when an
extract is made (publish.py).

What grows with time is cut in two: `posts` and `benchmarks` are the newest rows, those that still move, and
`posts_<year>` and `benchmarks_<year>` the older ones, written again only where the rows of that year are not
those of last time: when a month closes, when something late comes in, when a definition changes.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path, PurePath

import duckdb
import polars as pl

from pipelines.release.contents import Model
from pipelines.release.described import columns_of, dictionary_of, package_of, schema_of
from pipelines.release.files import Files, defused

#: What grows with time: a row's date, and how many calendar months before the running one are in the newest
#: file. A post's last figures land at 28 days. Of the benchmarks the last whole quarter is there.
CUT = {"ext_benchmarks": ("period_end", 3), "ext_posts": ("created_date", 1)}
#: Rows that are read at a time.
BATCH = 50_000


def write_extracts(
    files: Files,
    connection: duckdb.DuckDBPyConnection,
    models: list[Model],
    as_of: date,
    last_years: Mapping[str, str],
) -> dict[str, str]:
    """Write the rows of each model into `extracts/<force_id>/` for every force, also for one of which nothing
    is known yet.

    `models`: each has a `force_id` column and becomes the file of its name without `ext_`. `last_years`: what
    this returned for the last release, a digest for each file of older rows.
    """
    years: dict[str, str] = {}
    for model in models:
        if model.name in CUT:
            years |= _write_cut(files, connection, model.name, as_of, last_years)
        else:
            write_extract(files, connection, model.name)
    return years


def _write_cut(
    files: Files,
    connection: duckdb.DuckDBPyConnection,
    model: str,
    as_of: date,
    last_years: Mapping[str, str],
) -> dict[str, str]:
    """Write the newest rows, and those of older years that are not as last time. Returns the digests."""
    name, (column, months) = model.removeprefix("ext_"), CUT[model]
    newest = f"{column} >= date '{months_before(as_of, months)}'"
    years = _years(connection, model, newest, column)
    kept = ["0"]
    for year, digest in years.items():
        names = files.in_last(f"{name}_{year}") if last_years.get(f"{name}_{year}") == digest else []
        for file in names:
            files.keep(file)
        kept += [year] * bool(names)
    part = f"case when {newest} then '{name}' else '{name}_' || year({column}) end"
    write_extract(files, connection, model, part, f"{newest} or year({column}) not in ({', '.join(kept)})")
    return {f"{name}_{year}": digest for year, digest in years.items()}


def months_before(day: date, months: int) -> date:
    """The first day of the calendar month so many months before that of `day`."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, 1)


def write_extract(
    files: Files, connection: duckdb.DuckDBPyConnection, model: str, part: str = "", where: str = "true"
) -> None:
    """Write the rows of one model. `part`: SQL of the name of a row's file, where there are several."""
    name = model.removeprefix("ext_")
    without = set(_forces(connection))
    for force_id, file, rows in _parts(connection, model, part or f"'{name}'", where):
        _write_rows(files, f"extracts/{force_id}/{file}", rows)
        if file == name:
            without.discard(force_id)
    empty = connection.sql(f"select * from {model} limit 0").pl()
    for force_id in sorted(without):
        _write_rows(files, f"extracts/{force_id}/{name}", empty)


def describe_extracts(
    files: Files, connection: duckdb.DuckDBPyConnection, models: list[Model], note: str
) -> None:
    """Write what stands beside each force's tables, when all of them are there. `note` says what the figures
    are; it stands in datapackage.json."""
    columns = {model.name.removeprefix("ext_"): columns_of(connection, model) for model in models}
    dictionary = dictionary_of(columns)
    schemas = {name: schema_of(own) for name, own in columns.items()}
    for force_id in _forces(connection):
        _describe(files, force_id, dictionary, schemas, note)


def _forces(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [force for (force,) in connection.sql("select force_id from dim_force order by 1").fetchall()]


def _years(connection: duckdb.DuckDBPyConnection, model: str, newest: str, column: str) -> dict[str, str]:
    """A digest of each year's older rows and of what writes them: the same gives the same files."""
    columns = connection.table(model).columns
    made_of = hashlib.sha256(Path(__file__).read_bytes())
    made_of.update(f"{pl.__version__} {columns}".encode())
    rows = connection.sql(
        f"select year({column}), count(*) || ' ' || sum(hash({', '.join(columns)})) from {model} "
        f"where not ({newest}) group by 1 order by 1"
    ).fetchall()
    return {
        str(year): hashlib.sha256(f"{made_of.hexdigest()} {digest}".encode()).hexdigest()
        for year, digest in rows
    }


def _parts(
    connection: duckdb.DuckDBPyConnection, model: str, part: str, where: str
) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """The force, name and rows of each file, one after the other from a single pass over the model."""
    order = ", ".join(name for name in connection.view(model).columns if name != "force_id")
    sql = f"select {part} as part, * from {model} where {where} order by force_id, part, {order}"
    reader = connection.sql(sql).to_arrow_reader(BATCH)
    frames = (keyed for batch in reader for keyed in _split(pl.DataFrame(batch)))
    for (force_id, name), same in groupby(frames, key=itemgetter(0)):
        rows = pl.concat((frame for _, frame in same), rechunk=True)
        rows.drop_in_place("part")
        yield force_id, name, rows


def _split(frame: pl.DataFrame) -> Iterable[tuple[tuple[str, ...], pl.DataFrame]]:
    return frame.partition_by("force_id", "part", maintain_order=True, as_dict=True).items()


def _write_rows(files: Files, name: str, rows: pl.DataFrame) -> None:
    defused(rows).write_csv(files.path(f"{name}.csv"), datetime_format="%Y-%m-%dT%H:%M:%SZ")
    rows.write_parquet(files.path(f"{name}.parquet"), compression="zstd")
    files.add(f"{name}.csv")
    files.add(f"{name}.parquet")


def _table_of(file: str) -> str:
    """The table that a file holds rows of: `posts_2025.csv` is of `posts`."""
    stem = PurePath(file).stem
    table, _, year = stem.rpartition("_")
    return table if year.isdigit() else stem


def _describe(
    files: Files, force_id: str, dictionary: str, schemas: Mapping[str, dict[str, object]], note: str
) -> None:
    """What stands beside a force's tables: the dictionary, a Frictionless data package over the CSV files
    (specs.frictionlessdata.io, version 1), and the sums in the form that `sha256sum --check` reads."""
    folder = f"extracts/{force_id}/"
    tables = [name for name in files.names(folder) if name.endswith(".csv")]
    schema_by_table = {name: schemas[_table_of(name)] for name in tables}
    package = package_of(f"beatbook-{force_id}", f"Beatbook extract: {force_id}", note, schema_by_table)
    files.add_text(folder + "data_dictionary.csv", dictionary)
    files.add_text(folder + "datapackage.json", package)
    sums = [f"{files.digests[folder + name]}  {name}\n" for name in files.names(folder)]
    files.add_text(folder + "SHA256SUMS", "".join(sums))
