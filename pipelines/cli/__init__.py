"""The `beatbook` command: parsing and printing, one file a group of commands."""

from pipelines.cli.main import app

__all__ = ["app"]
