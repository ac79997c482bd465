"""The sample CRM: an invented company, Ardane Systèmes, seen through the export of one morning."""

from kpi_toolkit.crm.sample.export import frames

__all__ = ["frames"]
