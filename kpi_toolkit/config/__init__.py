"""kpi.toml, read, checked and frozen."""

from kpi_toolkit.config.loading import find_config, load, nearest, project_folder
from kpi_toolkit.config.models import Config
from kpi_toolkit.config.project import ProjectConfig
from kpi_toolkit.config.reports import ReportConfig
from kpi_toolkit.config.shifts import ShiftConfig
from kpi_toolkit.config.tables import (
    ColumnConfig,
    JoinConfig,
    RowsConfig,
    SourceConfig,
    StagingConfig,
    TableConfig,
    Written,
)

__all__ = [
    "ColumnConfig",
    "Config",
    "JoinConfig",
    "ProjectConfig",
    "ReportConfig",
    "RowsConfig",
    "ShiftConfig",
    "SourceConfig",
    "StagingConfig",
    "TableConfig",
    "Written",
    "find_config",
    "load",
    "nearest",
    "project_folder",
]
