"""A database copied into a snapshot: every table in one transaction, through the same reading as a
file, in constant memory.

Nothing but reading tells whether a database has changed. So it is read whenever somebody connects,
once in a run of reports, and the snapshot is named by its content: the same records are the same
snapshot, whenever they were read and in whatever order the server gave them.
"""

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from kpi_toolkit.config import Config
from kpi_toolkit.crm import building, mapping, snapshot
from kpi_toolkit.crm.building import Home
from kpi_toolkit.crm.kept import Snapshot
from kpi_toolkit.crm.plans import JoinPlan, TablePlan
from kpi_toolkit.crm.remote import address, selects
from kpi_toolkit.crm.remote.relation import Relation
from kpi_toolkit.crm.remote.session import Session
from kpi_toolkit.crm.sources import File

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def copied(config: Config) -> Snapshot:
    """The snapshot of the declared tables: within a run, what that run has read; else read now.
    Raises ConfigError and DataError.
    """
    known = os.environ.get(snapshot.VARIABLE, "") if os.environ.get("KPI_RUN") else ""
    return snapshot.named(config, known) or _read(config)


def _read(config: Config) -> Snapshot:
    plans = mapping.plans(config)
    with closing(opened(config)) as session:
        return kept_of(config, [bound(plan, session) for plan in plans])


def kept_of(config: Config, plans: Sequence[TablePlan]) -> Snapshot:
    """The snapshot of some plans that are bound to a session."""
    home = Home(config.calendar, config.project.currency)

    def build(connection: "DuckDBPyConnection") -> building.Reading:
        return building.from_plans(connection, plans, home)

    return snapshot.of_content(config, build)


def opened(config: Config) -> Session:
    """A transaction of the source's database."""
    variable = config.source.url.removeprefix("env:")
    return Session(address.of(variable), variable)


def bound(plan: TablePlan, session: Session) -> TablePlan:
    """The plan with its relations in the session; files stay files. Of the table's own relation
    all columns are read where the mapping takes what bears a canonical name.
    """
    own = plan.sources() if plan.columns else ()
    joins = tuple(
        replace(join, files=_relations(join.files, session, _of_join(plan, join)))
        for join in plan.joins
    )
    return replace(plan, files=_relations(plan.files, session, own), joins=joins)


def _of_join(plan: TablePlan, join: JoinPlan) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(key for _, key in join.on), *plan.sources(join.name)]))


def _relations(
    files: Sequence[File], session: Session, wanted: tuple[str, ...]
) -> tuple[File, ...]:
    return tuple(file if file.path.name else _relation(file, session, wanted) for file in files)


def _relation(file: File, session: Session, wanted: tuple[str, ...]) -> Relation:
    select = selects.select(session, file.table, file.query)
    return Relation(file.path, shown=file.name, session=session, select=select, wanted=wanted)
