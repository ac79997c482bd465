"""What kpi.toml declares about the tables -> plans that `reading` follows; every mistake is named
at once.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kpi_toolkit.config import ColumnConfig, Config, JoinConfig, RowsConfig, TableConfig, Written
from kpi_toolkit.crm import conditions, expressions, file_plans
from kpi_toolkit.crm.casting import TYPED, Form
from kpi_toolkit.crm.plans import ColumnPlan, JoinPlan, TablePlan
from kpi_toolkit.crm.sources import File, patterns
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
_STAGING = re.compile(r"[a-z][a-z0-9_]{0,62}\Z", re.ASCII)
# Tables of ours that are beside the canonical ones wherever a SELECT runs.
_OURS = ("quarantine", "remarks")


def declared_tables(config: Config) -> dict[str, RowsConfig]:
    """The stanzas of the tables by their headings, raw ones first; [targets] is the short form of
    one.
    """
    declared: dict[str, RowsConfig] = {f"staging.{n}": t for n, t in config.staging.items()}
    declared |= {f"tables.{n}": t for n, t in config.tables.items()}
    if config.targets and "targets" not in config.tables:
        declared["tables.targets"] = TableConfig(file=(config.targets.file,))
    return declared


def paths(config: Config) -> tuple[Path, ...]:
    """Every file that the tables are made from."""
    return file_plans.paths(config, declared_tables(config).values())


def plans(config: Config) -> tuple[TablePlan, ...]:
    """A plan for each declared table. Raises ConfigError with all mistakes."""
    declared = declared_tables(config)
    errors: list[str] = []
    found = [_Planner(config, name, table, errors).plan() for name, table in declared.items()]
    if not any(name.startswith("tables.") for name in declared):
        errors.append('tables: no table is declared; expected [tables.deals] with file = "..."')
    if errors:
        raise ConfigError("kpi.toml: " + "\n  ".join(errors))
    return tuple(plan for plan in found if plan)


class _Planner:
    """One stanza; mistakes go to a list, each with its path in the file."""

    def __init__(self, config: Config, stanza: str, given: RowsConfig, errors: list[str]) -> None:
        self.config, self.stanza, self.given, self.errors = config, stanza, given, errors
        kind, _, self.name = stanza.partition(".")
        self.is_staging = kind == "staging"
        raw = Table(f"staging {self.name}", {})
        self.table = raw if self.is_staging else TABLES.get(self.name)

    def plan(self) -> TablePlan | None:
        if not self._is_named() or self.table is None:
            return None
        form = self._form("", self.given, Form(time_zone=self.config.project.time_zone))
        columns = tuple(c for n, g in self.given.columns.items() if (c := self._column(n, g, form)))
        joins = tuple(self._join(n, g, form) for n, g in self.given.joins.items())
        self._check_names(columns)
        files = self._files("", self.given)
        sql = self.given.sql if isinstance(self.given, TableConfig) else None
        select = self.config.root / sql if sql else None
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
            staging=self.name if self.is_staging else "",
        )

    def _is_named(self) -> bool:
        """Whether its name is that of a table of ours, or else of nothing that we know."""
        if not self.is_staging:
            if self.table is None:
                raw = "; a raw table for SELECTs is declared as [staging.NAME]"
                self._note("", f"unknown table, {near_misses(self.name, TABLES)}{raw}")
            return self.table is not None
        if not _STAGING.match(self.name):
            self._note("", "expected a name of small letters, digits and _")
        elif self.name in (*TABLES, *_OURS):
            known = f"{self.name} is a table of ours: [tables.{self.name}]"
            self._note("", f"expected another name, since {known}")
        elif self.config.source.mode == "in place":
            self._note("", 'only a copy has raw tables; use query, or mode = "copy"')
        else:
            return True
        return False

    def _note(self, path: str, sentence: str) -> None:
        where = self.stanza + (f".{path}" if path else "")
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
        if canonical is None and not (given.dimension or given.type or self.is_staging):
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
        if given.row and not self.given.file:
            self._note(path, "row = true is the row's place in a file: a database's rows have none")
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
            row_of=self._row_of() if given.row else None,
            values=_texts(given.values) if given.values is not None else None,
            allowed=allowed,
            dimension=given.dimension,
        )

    def _row_of(self) -> tuple[str, ...]:
        """The files that a row's place has to name: those of a list or a pattern, though today it
        be one, so that another one changes no place.
        """
        declared = self.given.file
        several = len(declared) > 1 or any(map(patterns.is_pattern, declared))
        return tuple(file.name for file in self._files("", self.given)) if several else ()

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
            if (
                ours.sql is not None
                or ours.row
                or any(expressions.reference(c, self.given.joins).join for c in ours.column)
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
