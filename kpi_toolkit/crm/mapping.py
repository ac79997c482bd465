"""What kpi.toml declares about the tables -> plans that `reading` follows; every mistake is named
at once.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kpi_toolkit.config import ColumnConfig, Config, JoinConfig, TableConfig, Written
from kpi_toolkit.crm import conditions, expressions, file_plans
from kpi_toolkit.crm.casting import TYPED, Form
from kpi_toolkit.crm.expressions import Expression, Ref
from kpi_toolkit.crm.sources import File
from kpi_toolkit.crm.tables import TABLES, Table
from kpi_toolkit.errors import ConfigError, near_misses

_FORM = (
    "decimal",
    "thousands",
    "negative",
    "sign",
    "percent",
    "date_format",
    "language",
    "time_zone",
    "null",
)


@dataclass(frozen=True)
class ColumnPlan:
    """One column of a table: where its text comes from, and what it has to be."""

    name: str
    form: Form
    columns: tuple[Ref, ...] = ()
    expression: Expression | None = None
    constant: str | None = None
    values: Mapping[str, str] | None = None
    allowed: tuple[str, ...] = ()
    dimension: bool = False

    @property
    def sources(self) -> tuple[Ref, ...]:
        """The source columns that it needs."""
        return self.expression.columns if self.expression else self.columns


@dataclass(frozen=True)
class JoinPlan:
    """A second file, or several, and our columns that its key columns equal."""

    name: str
    files: tuple[File, ...]
    on: tuple[tuple[ColumnPlan, str], ...]


@dataclass(frozen=True)
class TablePlan:
    """One table; without `columns`, source columns that bear a canonical name are taken as they
    stand.
    """

    table: Table
    form: Form
    files: tuple[File, ...] = ()
    select: Path | None = None
    columns: tuple[ColumnPlan, ...] = ()
    joins: tuple[JoinPlan, ...] = ()
    where: ColumnPlan | None = None
    key: str = ""
    last_by: str = ""
    per: str = ""
    may_be_empty: bool = False
    greatest_bad_share: float = 0.05

    @property
    def condition(self) -> Expression | None:
        """What `where` says."""
        return self.where.expression if self.where else None

    def sources(self, join: str = "") -> tuple[str, ...]:
        """The source columns that columns and the condition need: of the table's own file, or of a
        join.
        """
        readers = (*self.columns, self.where) if self.where else self.columns
        refs = [ref for column in readers for ref in column.sources if ref.join == join]
        if not join:
            refs += [ref for each in self.joins for ours, _ in each.on for ref in ours.sources]
        return tuple(dict.fromkeys(ref.column for ref in refs))


def declared_tables(config: Config) -> dict[str, TableConfig]:
    """The stanzas of the tables; [targets] is the short form of one."""
    declared = dict(config.tables)
    if config.targets and "targets" not in declared:
        declared["targets"] = TableConfig(file=(config.targets.file,))
    return declared


def paths(config: Config) -> tuple[Path, ...]:
    """Every file that the tables are made from."""
    return file_plans.paths(config, declared_tables(config).values())


def plans(config: Config) -> tuple[TablePlan, ...]:
    """A plan for each declared table. Raises ConfigError with all mistakes."""
    declared = declared_tables(config)
    errors: list[str] = []
    found = [_Planner(config, name, table, errors).plan() for name, table in declared.items()]
    if not declared:
        errors.append('tables: no table is declared; expected [tables.deals] with file = "..."')
    if errors:
        raise ConfigError("kpi.toml: " + "\n  ".join(errors))
    return tuple(plan for plan in found if plan)


class _Planner:
    """One stanza; mistakes go to a list, each with its path in the file."""

    def __init__(self, config: Config, name: str, given: TableConfig, errors: list[str]) -> None:
        self.config, self.name, self.given, self.errors = config, name, given, errors
        self.table = TABLES.get(name)

    def plan(self) -> TablePlan | None:
        if self.table is None:
            self._note("", f"unknown table, {near_misses(self.name, TABLES)}")
            return None
        form = self._form("", self.given, Form(time_zone=self.config.project.time_zone))
        columns = tuple(c for n, g in self.given.columns.items() if (c := self._column(n, g, form)))
        joins = tuple(self._join(n, g, form) for n, g in self.given.joins.items())
        self._check_names(columns)
        files = self._files("", self.given)
        select = self.config.root / self.given.sql if self.given.sql else None
        keep = self.given.keep
        return TablePlan(
            self.table,
            form,
            files,
            select,
            columns,
            joins,
            where=self._where(form),
            key=self.given.key or "",
            last_by=keep.last_by if keep else "",
            per=keep.per if keep else "",
            may_be_empty=self.given.may_be_empty,
            greatest_bad_share=self.given.bad_rows,
        )

    def _note(self, path: str, sentence: str) -> None:
        where = f"tables.{self.name}" + (f".{path}" if path else "")
        self.errors.append(f"{where}: {sentence}")

    def _form(self, path: str, given: Any, default: Form, kind: str | None = None) -> Form:
        own = {key: value for key in _FORM if (value := getattr(given, key)) is not None}
        settings = {key: getattr(default, key) for key in _FORM} | own
        try:
            return Form(kind=kind or default.kind, **settings)  # type: ignore[arg-type]
        except ConfigError as error:
            self._note(path, str(error))
            return default

    def _files(self, path: str, given: Written) -> tuple[File, ...]:
        for sentence in file_plans.mistakes(self.config, given):
            self._note(path, sentence)
        return file_plans.files(self.config, given, self.given)

    def _column(self, name: str, given: ColumnConfig, form: Form) -> ColumnPlan | None:
        assert self.table
        canonical = self.table.columns.get(name)
        path = f"columns.{name}"
        if canonical is None and not given.dimension and not given.type:
            near = near_misses(name, self.table.columns)
            own = 'a column of your own says dimension = true, or type = "whole" ...'
            self._note(path, f"unknown column, {near} ({own})")
            return None
        if canonical and given.type:
            self._note(f"{path}.type", f"{name} is a canonical column, of type {canonical.type}")
        if canonical is None and (
            name.startswith("_") or name.lower() in self.table.columns or "\0" in name
        ):
            self._note(path, "expected a name that is not ours, and does not start with _")
            return None
        kind = canonical.type if canonical else given.type or "text"
        allowed = given.allowed or (canonical.allowed if canonical else ())
        return self._described(path, name, given, self._form(path, given, form, kind), allowed)

    def _described(
        self, path: str, name: str, given: ColumnConfig, form: Form, allowed: tuple[str, ...]
    ) -> ColumnPlan:
        joins = self.given.joins
        expression = None
        if given.sql is not None:
            try:
                expression = expressions.parse(given.sql, joins, name)
            except ConfigError as error:
                self._note(f"{path}.sql", str(error))
        return ColumnPlan(
            name,
            form,
            columns=tuple(expressions.reference(column, joins) for column in given.column),
            expression=expression,
            constant=_plain(given.constant, form) if given.constant is not None else None,
            values=_texts(given.values) if given.values is not None else None,
            allowed=allowed,
            dimension=given.dimension,
        )

    def _where(self, form: Form) -> ColumnPlan | None:
        """The condition, as a column that nobody sees."""
        if self.given.where is None:
            return None
        try:
            expression = conditions.parse(self.given.where, self.given.joins)
        except ConfigError as error:
            self._note("where", str(error))
            return None
        number = replace(form, kind="number")
        return ColumnPlan(conditions.READER, number, expression=expression)

    def _join(self, name: str, given: JoinConfig, form: Form) -> JoinPlan:
        path = f"joins.{name}"
        on = []
        for theirs, ours in given.on.items():
            if ours.sql is not None or any(
                expressions.reference(c, self.given.joins).join for c in ours.column
            ):
                self._note(
                    f"{path}.on.{theirs}",
                    "expected columns of the table's own file, with or without values",
                )
            on.append(
                (
                    self._described(
                        f"{path}.on.{theirs}",
                        theirs,
                        ours,
                        self._form(path, ours, form, "text"),
                        (),
                    ),
                    theirs,
                )
            )
        return JoinPlan(name, self._files(path, given), tuple(on))

    def _check_names(self, columns: tuple[ColumnPlan, ...]) -> None:
        names = [column.name for column in columns]
        lower = [name.lower() for name in names]
        for name in names:
            if lower.count(name.lower()) > 1 and names.count(name) == 1:
                self._note(f"columns.{name}", "another column has the same name but for capitals")
        joins = [join.lower() for join in self.given.joins]
        if len(set(joins)) < len(joins):
            self._note("joins", "two joins have the same name but for capitals")
        keep = self.given.keep
        if self.given.key and self.table and self.table.key:
            own = " and ".join(self.table.key)
            self._note("key", f"{self.given.key!r}: {self.name} are identified by {own} already")
        wanted = {
            "key": self.given.key,
            "keep.per": keep.per if keep else None,
            "keep.last_by": keep.last_by if keep else None,
        }
        for what, column in wanted.items():
            if column and columns and column not in names:
                self._note(what, f"{column!r}: {near_misses(column, names)}")


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: _word(value) for key, value in values.items()}


def _plain(constant: Any, form: Form) -> str:
    """A constant is written as TOML and ISO have it, whatever the file's own form is."""
    return _word(constant) if form.kind == "text" else TYPED + _word(constant)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)
