"""One module a platform: HTTP in, typed rows out.

Belongs here: what a platform's interface says and how it fails. Does not belong here: Dagster, DuckDB,
the disk, or any arithmetic on metrics. Each module runs from a test or a shell.
"""
