"""`beatbook returns`: the files that forces send.

Belongs here: which commands there are. Does not belong here: parsing their options (importing.py).
"""

import typer

from pipelines.cli import importing

app = typer.Typer(
    help="Files that a force sends in place of an API. What to export, and columns: docs/returns.md.",
    no_args_is_help=True,
)
app.command("import")(importing.import_)
app.command()(importing.check)
app.command()(importing.template)
