"""Where the records come from, and which of their columns is which of ours."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from kpi_toolkit.config.section import EnvironmentUrl, Scalar, Section

SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%\Z", re.ASCII)


class SourceConfig(Section):
    """Where the records come from: the built-in sample, the files that [tables] declares, under
    `path`, or the database whose SQLAlchemy URL the environment variable of `url` holds; it is
    copied, or queried in place.
    """

    kind: Literal["sample", "files", "database"] = "files"
    path: str = "."
    seed: int = 2026
    url: EnvironmentUrl = ""
    mode: Literal["copy", "in place"] = "copy"

    @model_validator(mode="after")
    def _has_an_address(self) -> "SourceConfig":
        if self.kind == "database" and not self.url:
            raise ValueError("kind = \"database\" expects url = 'env:NAME', whose value is its URL")
        if self.kind != "database" and (self.url or self.mode != "copy"):
            raise ValueError('url and mode belong to kind = "database"')
        return self


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
    """One column: source columns (the first with a value), one SQL expression, a constant, or the
    place of the row in its file.

    A column that is not canonical is the user's own: a dimension, or of a `type`.
    """

    column: tuple[str, ...] = ()
    sql: str | None = None
    constant: Scalar | None = None
    row: bool = False
    values: dict[str, Scalar] | None = None
    allowed: tuple[str, ...] = ()
    dimension: bool = False
    type: Literal["text", "instant", "date", "money", "number", "whole", "boolean"] | None = None

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
        origins = (bool(self.column), self.sql is not None, self.constant is not None, self.row)
        if sum(origins) != 1:
            raise ValueError("expected exactly one of column, sql, constant and row = true")
        return self

    @field_validator("values")
    @classmethod
    def _no_star_as_value(cls, given: dict[str, Scalar] | None) -> dict[str, Scalar] | None:
        if given and given.get("*") == "*":
            raise ValueError('"*" = "*" makes a star of them: write "*" = "=" to keep other values')
        return given


class Written(Section):
    """Files, how they are written, and where in them the rows are.

    `file` is one name, a pattern or a list of them. `header` names the columns of files without a
    header line; `sheet` is one of a workbook, `member` one file of a .zip, `table` or `query` (a
    .sql file with one SELECT) what to read of a database.
    """

    file: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None
    quote: str | None = None
    skip: Annotated[int, Field(ge=0)] | None = None
    header: tuple[str, ...] = ()
    sheet: str = ""
    member: str = ""
    table: str = ""
    query: str = ""

    @field_validator("file", mode="before")
    @classmethod
    def _one_file(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) else given

    @field_validator("delimiter", "quote")
    @classmethod
    def _one_character(cls, mark: str | None, info: ValidationInfo) -> str | None:
        if info.field_name == "delimiter" and mark == "spaces":
            return mark
        if mark is not None and (len(mark) > 1 or mark in "\r\n\0" and mark):
            raise ValueError("expected one character")
        return mark

    @field_validator("delimiter")
    @classmethod
    def _some_character(cls, mark: str | None) -> str | None:
        if mark == "":
            raise ValueError('expected one character, or "spaces", runs of blanks')
        return mark

    @model_validator(mode="after")
    def _one_origin_of_rows(self) -> Self:
        if "" in self.file:
            raise ValueError("file: expected the name of a file")
        if self.table and self.query:
            raise ValueError("expected table or query, not both")
        return self


class _Filed(Written):
    """What has no rows but those of its files."""

    @model_validator(mode="after")
    def _has_rows(self) -> Self:
        if not (self.file or self.table or self.query):
            raise ValueError("expected file (or, of a database, table or query)")
        return self


class JoinConfig(_Filed):
    """A second file with one row a key; `on` says which of our columns each of its key columns
    equals.
    """

    on: Annotated[dict[str, ColumnConfig], Field(min_length=1)]


class KeepConfig(Section):
    """Of the rows of a record, only the last one is kept."""

    last_by: str
    per: str


class RowsConfig(Written, Form):
    """Rows of files, how they are written, and what is made of them. `where` is a condition over
    source columns: rows of which it does not hold are left out.
    """

    where: str | None = None
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
    def _last_rows_of_all(self) -> Self:
        if self.where and self.keep:
            raise ValueError(
                "where and keep: a record whose last row is left out would count with an older "
                "one; keep the last rows in [staging.x], and select of them by sql"
            )
        return self


class StagingConfig(_Filed, RowsConfig):
    """A raw table, seen by SELECTs only: columns under the user's own names and, unless they have a
    `type`, as text; without `columns`, all of the file.
    """


class TableConfig(RowsConfig):
    """One canonical table: a file, the SELECT of a .sql file over the tables read from files, or
    both.
    """

    sql: str | None = None

    @model_validator(mode="after")
    def _has_a_source(self) -> "TableConfig":
        rows = self.file or self.table or self.query
        if not rows and not self.sql:
            raise ValueError("expected file, sql, or both (or, of a database, table or query)")
        if not rows and (self.columns or self.joins or self.keep or self.key or self.where):
            raise ValueError(
                "columns, joins, where, key and keep belong to a file; a SELECT names its own "
                "columns"
            )
        return self


class TargetsConfig(Section):
    """A file whose columns are those of the table targets."""

    file: str
