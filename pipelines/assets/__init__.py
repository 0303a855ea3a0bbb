"""Dagster's assets, one file a station: landing, warehouse, release.

Belongs here: wiring, metadata, checks as the UI shows them. Does not belong here: the work itself, which
runs without Dagster (pulling.py, gates.py, releases.py, extracts.py, dbt/).
"""
