"""The columns of a table of kpi.toml as SQL of PostgreSQL: source columns, value maps, constants
and expressions, with the values that a copy would have.
"""

from dataclasses import dataclass, replace

from kpi_toolkit.crm import database
from kpi_toolkit.crm.casting import TYPED, cast
from kpi_toolkit.crm.expressions import Ref, alias
from kpi_toolkit.crm.plans import ColumnPlan
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.remote import dialect, fitting
from kpi_toolkit.crm.remote.scope import Scope
from kpi_toolkit.errors import DataError

_NUMERIC = ("money", "number", "whole")


@dataclass(frozen=True)
class Values:
    """The values of one table's columns."""

    table: str
    scope: Scope

    def value(self, column: ColumnPlan) -> str:
        """SQL of a column's value. Raises DataError where its type is not the canonical one."""
        if column.values is not None:
            return self._mapped(column)
        if column.constant is not None:
            return self._constant(column, column.constant)
        if column.expression:
            return self._computed(column)
        return _first([self._fitted(column, ref) for ref in column.columns])

    def text(self, column: ColumnPlan) -> str:
        """SQL of a column's text, as joins and value maps compare it."""
        plain = replace(column, form=replace(column.form, kind="text"))
        return self.value(plain)

    def condition(self, where: ColumnPlan) -> str:
        """SQL of the condition of the rows that belong to the table."""
        return self._computed(replace(where, form=replace(where.form, kind="boolean")))

    def text_of(self, ref: Ref, place: str) -> str:
        """SQL of the text of a source column that stands at `place`."""
        return fitting.text(place, self.scope.of(ref))

    def _fitted(self, column: ColumnPlan, ref: Ref) -> str:
        found = self.scope.of(ref)
        value = fitting.fitted(self.scope.place(ref), found, column.form)
        if value is None:
            raise self._unfit(column, f"{ref} is {found.type}")
        return value

    def _mapped(self, column: ColumnPlan) -> str:
        """A value map, as `texts` has it in a copy."""
        values = column.values or {}
        if column.form.kind != "text" and values.get("*") == "=":
            raise self._unfit(column, '"*" = "=" hands on texts')
        text = self.text(replace(column, values=None))
        shown = {key: self._constant(column, value) for key, value in values.items()}
        rest = text if values.get("*") == "=" else shown.get("*", "NULL")
        arms = "".join(
            f" WHEN {text} = {literal(key)} THEN {value}"
            for key, value in shown.items()
            if key not in ("", "*")
        )
        empty = shown.get("", "NULL")
        return f"CASE WHEN {text} IS NULL THEN {empty}{arms} ELSE {rest} END"

    def _computed(self, column: ColumnPlan) -> str:
        """An expression over typed columns; what type it gives, the database says."""
        assert column.expression
        tree = dialect.parsed(f"SELECT {column.expression.sql}").expressions[0]
        if refused := ", ".join(dict.fromkeys(dialect.unknown(tree))):
            raise self._refusal(column, f'{refused}: only a copy has it; use mode = "copy"')
        sql = f"({dialect.expression(tree)})"
        for ref in column.expression.columns:
            sql = sql.replace(name(alias(ref, column.name)), self._part(column, ref))
        for ref in column.expression.numbers:
            kind = column.form.kind if column.form.kind in _NUMERIC else "number"
            number = replace(column, form=replace(column.form, kind=kind))
            shown = name(alias(ref, column.name, number=True))
            sql = sql.replace(shown, self._fitted(number, ref))
        where = f"tables.{self.table}.{column.name}.sql"
        found = self.scope.type_of(sql, where)
        value = fitting.fitted(sql, found, column.form)
        if value is None:
            raise self._unfit(column, f"the expression gives {found.type}")
        return value

    def _part(self, column: ColumnPlan, ref: Ref) -> str:
        found, place = self.scope.of(ref), self.scope.place(ref)
        if found.type not in fitting.TEXTS:
            return place
        return fitting.text(place, found, column.form.null)

    def _constant(self, column: ColumnPlan, written: str) -> str:
        """A value of kpi.toml, cast as a copy casts it, as a literal."""
        form = column.form
        with database.locked() as engine:
            sql = f"SELECT CAST({cast('t.text', form)} AS VARCHAR) FROM (SELECT ? AS text) AS t"
            found = engine.execute(sql, [written]).fetchall()[0][0]
        if found is None:
            raise self._refusal(column, f"{written.strip(TYPED)!r} is not {form.wanted}")
        collated = ' COLLATE "C"' if form.kind == "text" else ""
        return f"CAST({literal(found)} AS {fitting.TYPES[form.kind]}){collated}"

    def _unfit(self, column: ColumnPlan, what: str) -> DataError:
        return self._refusal(
            column,
            f"{what}, and {column.form.kind} is expected: in place, the database has to type a "
            'column; cast it in a query, or use mode = "copy"',
        )

    def _refusal(self, column: ColumnPlan, sentence: str) -> DataError:
        return DataError(f"tables.{self.table}.{column.name}: {sentence}")


def _first(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"
