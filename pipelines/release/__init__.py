"""Releases: published from a build that passed its gates, and read by everyone else."""
