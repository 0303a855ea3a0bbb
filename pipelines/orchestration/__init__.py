"""Dagster: assets and checks (one file a station), jobs, schedules, resources, and runs from the command.

Belongs here: wiring, metadata, checks as the UI shows them. Does not belong here: the work itself, which
runs without Dagster (landing/, gates/, release/, dbt/).
"""
