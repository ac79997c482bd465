"""The command `kpi`: a file for each group of verbs, which import what they need when called."""

from kpi_toolkit.cli.app import app, main

__all__ = ["app", "main"]
