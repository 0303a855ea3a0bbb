"""What people who never open a terminal get from one: the portal, and a release as a workbook.

Belongs here: options. Does not belong here: the application (portal/), or worksheets (release/workbook.py).
"""

from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import paths
from pipelines.cli.common import Exit, ReleaseOption, fail, plainly, ready
from pipelines.settings import Settings

app = typer.Typer()


@app.command()
def portal(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where it listens.")] = 3001,
    host: Annotated[str, typer.Option(help="On which address; others than loopback are seen by others.")] = (
        "127.0.0.1"
    ),
) -> None:
    """The portal: benchmark tables, charts and questions of the current release as web pages."""
    from pipelines.orchestration.ui import NotServedError, check_port
    from portal.serve import announced, server

    settings = Settings()
    try:
        check_port(port, "beatbook portal --port N", host)
    except NotServedError as error:
        fail(Exit.INFRASTRUCTURE, str(error))
    with ready(settings):
        typer.echo("\n".join(announced(settings, f"http://{host}:{port}")))
        server(settings, host, port).run()


@app.command()
def workbook(
    to: Annotated[Path, typer.Argument(help="The file to write, ending in .xlsx.", parser=paths.new_file)],
    force: Annotated[
        str | None, typer.Option(help="Everything of one force. Default: all forces' headline figures.")
    ] = None,
    release: ReleaseOption = None,
) -> None:
    """A release as a workbook (XLSX) of marked-up tables, with a summary on one A4 page."""
    from pipelines.release.opened import name_of, names, open_release
    from pipelines.release.published import folder_of
    from pipelines.release.workbook import write_workbook

    settings = Settings()
    if to.suffix != ".xlsx":
        fail(Exit.WRONG_CALL, f"{to}: name a file that ends in .xlsx")
    with plainly(settings):
        of, connection = open_release(settings, release)
        forces = names(connection, "area_id", "area_name", "dim_area where area_type = 'force'")
        found = name_of(force, forces, "force") if force else None
        extract = folder_of(settings, of) / "extracts" / found if found else None
        write_workbook(to, of, connection, extract, found)
    typer.echo(f"{to}: {forces[found] if found else 'all forces'}, {of.label} {of.release_id}. {of.note}")


@app.command()
def bundle(
    to: Annotated[Path, typer.Argument(help="The file to write, ending in .zip.", parser=paths.new_file)],
    release: ReleaseOption = None,
) -> None:
    """All that a release publishes of the country in one ZIP: workbook, CSV, Parquet, what each column is."""
    from pipelines.release.bundle import write_bundle
    from pipelines.release.contents import contents
    from pipelines.release.opened import open_release
    from pipelines.release.published import folder_of

    settings = Settings()
    if to.suffix != ".zip":
        fail(Exit.WRONG_CALL, f"{to}: name a file that ends in .zip")
    with plainly(settings):
        of, connection = open_release(settings, release)
        whole = BytesIO()  # a file that is cut short would be taken for all there is
        write_bundle(whole, of, folder_of(settings, of), connection, contents(settings).tables)
        to.write_bytes(whole.getvalue())
    typer.echo(f"{to}: {of.label} {of.release_id}. {of.note}")
