"""What kpi.toml may say. Every model is frozen and refuses keys it does not know."""

import datetime as dt
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from kpi_toolkit.errors import ConfigError, KpiError
from kpi_toolkit.period import Calendar

Scalar = str | bool | int | float | dt.datetime | dt.date
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}\Z", re.ASCII)
PARAMETER = re.compile(r"[a-z_][a-z0-9_]*\Z", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}\Z", re.ASCII)
SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%\Z", re.ASCII)


def _slug(name: str) -> str:
    if not SLUG.match(name):
        raise ValueError("expected small letters, digits, - and _, at most 64")
    return name


Slug = Annotated[str, AfterValidator(_slug)]


class Section(BaseModel):
    """One table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


class ProjectConfig(Section):
    """Whose numbers these are, and how they are told."""

    name: str = ""
    language: Literal["fr", "en"] = "en"
    currency: str = "EUR"
    time_zone: str = "Europe/Paris"
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12)] = 1
    holidays: str = ""
    business_hours: str = "Mon-Fri 09:00-18:00"
    as_of: dt.datetime | dt.date | None = None

    @field_validator("as_of", mode="before")
    @classmethod
    def _is_a_moment(cls, given: object) -> object:
        if not isinstance(given, dt.date):
            raise ValueError("expected a day without quotes such as 2026-10-05")
        return given

    @field_validator("currency")
    @classmethod
    def _is_a_code(cls, code: str) -> str:
        if not CURRENCY.match(code):
            raise ValueError("expected a code of three capitals such as 'EUR'")
        return code

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            Calendar(zone)
        except KpiError as error:
            raise ValueError(str(error).partition(": ")[2]) from None
        return zone


class SourceConfig(Section):
    """Where the records come from: the built-in sample, or the files that [tables] declares, under
    `path`.
    """

    kind: Literal["sample", "files"] = "files"
    path: str = "."
    seed: int = 2026


class Form(Section):
    """How cells are written; what a column leaves out is its table's."""

    decimal: str | None = None
    thousands: str | None = None
    negative: str | None = None
    sign: str | None = None
    percent: bool | None = None
    date_format: str | None = None
    language: str | None = None
    time_zone: str | None = None
    null: tuple[str, ...] | None = None


class ColumnConfig(Form):
    """One canonical column: source columns (the first with a value), one SQL expression, or a
    constant.
    """

    column: tuple[str, ...] = ()
    sql: str | None = None
    constant: Scalar | None = None
    values: dict[str, Scalar] | None = None
    allowed: tuple[str, ...] = ()
    dimension: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, given: Any) -> Any:
        if isinstance(given, str | list | tuple):
            given = {"column": given}
        if isinstance(given, dict) and isinstance(given.get("column"), str):
            return given | {"column": (given["column"],)}
        return given

    @model_validator(mode="after")
    def _one_origin(self) -> "ColumnConfig":
        origins = (bool(self.column), self.sql is not None, self.constant is not None)
        if sum(origins) != 1:
            raise ValueError("expected exactly one of column, sql and constant")
        return self


class Written(Section):
    """How a delimited file is written."""

    delimiter: str | None = None
    encoding: str | None = None
    quote: str | None = None
    skip: Annotated[int, Field(ge=0)] | None = None

    @field_validator("delimiter", "quote")
    @classmethod
    def _one_character(cls, mark: str | None) -> str | None:
        if mark is not None and (len(mark) > 1 or mark in "\r\n\0" and mark):
            raise ValueError("expected one character")
        return mark

    @field_validator("delimiter")
    @classmethod
    def _some_character(cls, mark: str | None) -> str | None:
        if mark == "":
            raise ValueError("expected one character")
        return mark


class JoinConfig(Written):
    """A second file with one row a key; `on` says which of our columns each of its key columns
    equals.
    """

    file: str
    on: Annotated[dict[str, ColumnConfig], Field(min_length=1)]


class KeepConfig(Section):
    """Of the rows of a record, only the last one is kept."""

    last_by: str
    per: str


class TableConfig(Written, Form):
    """One canonical table: a file, the SELECT of a .sql file over the tables read from files, or
    both.
    """

    file: str | None = None
    sql: str | None = None
    columns: dict[str, ColumnConfig] = {}
    joins: dict[str, JoinConfig] = {}
    key: str | None = None
    keep: KeepConfig | None = None
    may_be_empty: bool = False
    bad_rows: float = 0.05

    @field_validator("bad_rows", mode="before")
    @classmethod
    def _share(cls, given: Any) -> float:
        found = SHARE.match(given) if isinstance(given, str) else None
        if not found or float(found[1]) > 100:
            raise ValueError("expected a share of the rows such as '5%'")
        return float(found[1]) / 100

    @model_validator(mode="after")
    def _has_a_source(self) -> "TableConfig":
        if not self.file and not self.sql:
            raise ValueError("expected file, sql, or both")
        if not self.file and (self.columns or self.joins or self.keep or self.key):
            raise ValueError(
                "columns, joins, key and keep belong to a file; a SELECT names its own columns"
            )
        return self


class ReportConfig(Section):
    """One report: its notebook, when it runs, and who gets it."""

    notebook: str
    title: str = ""
    schedule: str = ""
    period: str = "last complete month"
    language: Literal["fr", "en"] | None = None
    recipients: tuple[str, ...] = ()
    parameters: dict[str, Scalar] = {}
    cell_timeout: Annotated[int, Field(gt=0)] = 300

    @field_validator("parameters")
    @classmethod
    def _are_names(cls, parameters: dict[str, Scalar]) -> dict[str, Scalar]:
        for name in parameters:
            if not PARAMETER.match(name):
                raise ValueError(f"{name!r}: expected a name of small letters, digits and _")
        return parameters


class ArchiveConfig(Section):
    """Where earlier runs are kept; `url` is empty for archive.sqlite in the reports folder, else
    "env:NAME".
    """

    url: str = ""
    folder: str = "reports"

    @field_validator("url")
    @classmethod
    def _no_secret(cls, url: str) -> str:
        if url and not url.startswith("env:"):
            raise ValueError("expected 'env:NAME', the environment variable that holds the URL")
        return url


class MailConfig(Section):
    """Who sends the reports."""

    sender: str = ""


class TargetsConfig(Section):
    """A file whose columns are those of the table targets."""

    file: str


class QualityConfig(Section):
    """The fields that a record needs to count as complete."""

    required: dict[str, tuple[str, ...]] = {}


class CustomersConfig(Section):
    """When a customer without a contract counts as lost."""

    inactive_after: str = ""


class Config(Section):
    """A project's kpi.toml; `root` is its folder, to which all its paths are relative."""

    project: ProjectConfig = ProjectConfig()
    source: SourceConfig = SourceConfig()
    tables: dict[str, TableConfig] = {}
    reports: dict[Slug, ReportConfig] = {}
    archive: ArchiveConfig = ArchiveConfig()
    mail: MailConfig = MailConfig()
    targets: TargetsConfig | None = None
    quality: QualityConfig = QualityConfig()
    customers: CustomersConfig = CustomersConfig()
    root: Path = Field(default_factory=Path.cwd, exclude=True)

    @property
    def calendar(self) -> Calendar:
        """The project's calendar."""
        return Calendar(self.project.time_zone, self.project.fiscal_year_starts)

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
