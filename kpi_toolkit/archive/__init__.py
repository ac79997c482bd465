"""What was reported before: runs, their values and their files, append-only.

Imports nothing, so that only `kpi_toolkit.archive.store` pays for SQLAlchemy.
"""
