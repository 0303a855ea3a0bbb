"""The portal's command.

Belongs here: options. Does not belong here: the application (portal/).
"""

from typing import Annotated

import typer

from pipelines.cli.common import Exit, fail, plainly
from pipelines.settings import Settings

app = typer.Typer()


@app.command()
def portal(
    port: Annotated[int, typer.Option(help="Where it listens.")] = 3001,
    host: Annotated[str, typer.Option(help="On which address; others than loopback are seen by others.")] = (
        "127.0.0.1"
    ),
) -> None:
    """The portal: benchmark tables, charts and questions of the current release as web pages."""
    import uvicorn

    from portal.app import build_app

    settings = Settings()
    with plainly(settings):
        server = uvicorn.Server(
            uvicorn.Config(
                build_app(settings), host=host, port=port, log_level="warning", server_header=False
            )
        )
        typer.echo(
            f"Portal: http://{host}:{port}  ({settings.profile.name}, releases in {settings.releases})"
        )
        server.run()
    if not server.started:
        fail(Exit.INFRASTRUCTURE, f"port {port} is taken; choose another: beatbook portal --port N")
