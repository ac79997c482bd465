"""Looks at the heads of files and proposes a kpi.toml: the only place that infers."""

from kpi_toolkit.crm.looking.proposing import propose

__all__ = ["propose"]
