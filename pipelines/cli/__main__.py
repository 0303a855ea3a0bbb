"""`python -m pipelines.cli`, where the `beatbook` command is not on the path."""

from pipelines.cli import app

app()
