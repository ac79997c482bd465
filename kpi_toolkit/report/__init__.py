"""A notebook's one object: what it asks of the data, it gets back as blocks."""

from kpi_toolkit.report.report import Report

__all__ = ["Report"]
