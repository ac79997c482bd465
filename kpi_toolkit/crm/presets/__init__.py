"""Mappings of vendors' exports, which `kpi init --from` fits to the files that are there."""

from kpi_toolkit.crm.presets.fitting import VENDORS, Fitted, fit

__all__ = ["VENDORS", "Fitted", "fit"]
