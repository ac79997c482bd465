"""kpi.toml, read, checked and frozen."""

from kpi_toolkit.config.loading import find_config, load, project_folder
from kpi_toolkit.config.models import (
    ColumnConfig,
    Config,
    JoinConfig,
    ProjectConfig,
    ReportConfig,
    SourceConfig,
    TableConfig,
)

__all__ = [
    "ColumnConfig",
    "Config",
    "JoinConfig",
    "ProjectConfig",
    "ReportConfig",
    "SourceConfig",
    "TableConfig",
    "find_config",
    "load",
    "project_folder",
]
