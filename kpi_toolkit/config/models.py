"""kpi.toml as a whole. Every model is frozen and refuses keys that it does not know."""

import os
from pathlib import Path

from pydantic import Field

from kpi_toolkit.config.headlines import HeadlineConfig
from kpi_toolkit.config.project import CustomersConfig, ProjectConfig, QualityConfig
from kpi_toolkit.config.reports import ArchiveConfig, MailConfig, ReportConfig
from kpi_toolkit.config.section import Section, Slug
from kpi_toolkit.config.shifts import ShiftConfig
from kpi_toolkit.config.tables import SourceConfig, StagingConfig, TableConfig, TargetsConfig
from kpi_toolkit.errors import ConfigError
from kpi_toolkit.format import Language
from kpi_toolkit.period import Calendar


class Config(Section):
    """A project's kpi.toml; `root` is its folder, to which all its paths are relative."""

    project: ProjectConfig = ProjectConfig()
    source: SourceConfig = SourceConfig()
    tables: dict[str, TableConfig] = {}
    staging: dict[str, StagingConfig] = {}
    reports: dict[Slug, ReportConfig] = {}
    archive: ArchiveConfig = ArchiveConfig()
    mail: MailConfig = MailConfig()
    targets: TargetsConfig | None = None
    headlines: dict[str, HeadlineConfig] = {}
    names: dict[Language, dict[str, str]] = {}
    shifts: tuple[ShiftConfig, ...] = ()
    quality: QualityConfig = QualityConfig()
    customers: CustomersConfig = CustomersConfig()
    root: Path = Field(default_factory=Path.cwd, exclude=True)

    @property
    def calendar(self) -> Calendar:
        """The project's calendar."""
        project = self.project
        return Calendar(project.time_zone, project.fiscal_year_starts, project.business)

    @property
    def source_folder(self) -> Path:
        """The folder that the files of [tables] are relative to."""
        return self.root / self.source.path

    @property
    def reports_folder(self) -> Path:
        """Where a run writes."""
        return self.root / self.archive.folder

    @property
    def archive_url(self) -> str:
        """The archive's SQLAlchemy URL. Raises ConfigError when its environment variable is not
        set.
        """
        if not self.archive.url:
            return f"sqlite:///{self.reports_folder / 'archive.sqlite'}"
        name = self.archive.url.removeprefix("env:")
        if not os.environ.get(name):
            raise ConfigError(
                f"archive.url {self.archive.url!r}: the environment variable {name} is not set"
            )
        return os.environ[name]
