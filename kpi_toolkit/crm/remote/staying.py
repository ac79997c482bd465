"""`mode = "in place"`: which tables stay in the database, and which are read all the same."""

from kpi_toolkit.config import Config
from kpi_toolkit.crm import mapping
from kpi_toolkit.crm.kept import Snapshot
from kpi_toolkit.crm.plans import TablePlan
from kpi_toolkit.crm.remote import checks, copying
from kpi_toolkit.crm.remote.canonical import canonical
from kpi_toolkit.crm.remote.place import Place
from kpi_toolkit.crm.remote.session import Session
from kpi_toolkit.errors import ConfigError

# Ours and small; targets get the bounds of their periods while they are read.
_READ = ("targets", "exchange_rates")
# Before, EXTRACT(EPOCH ...) is a floating-point number.
_OLDEST = 140_000


def in_place(config: Config) -> tuple[Snapshot, Place]:
    """The tables that are read, and the place of the others. Raises ConfigError and DataError."""
    plans = mapping.plans(config)
    session = copying.opened(config)
    _check_server(session)
    bound = [copying.bound(plan, session) for plan in plans]
    tables = {plan.table.name: canonical(plan) for plan in bound if _stays(plan)}
    reading = [checks.read(session, t, config.project.currency) for t in tables.values()]
    kept = copying.kept_of(config, [plan for plan in bound if not _stays(plan)])
    return kept, Place(session, tables, reading)


def _stays(plan: TablePlan) -> bool:
    is_file = any(file.path.name for file in plan.files)
    return plan.table.name not in _READ and not is_file


def _check_server(session: Session) -> None:
    if session.dialect == "postgresql":
        ((version,),) = session.rows("SHOW server_version_num")
        if int(version) >= _OLDEST:
            return
    raise ConfigError(
        'source.mode "in place": only PostgreSQL 14 or later can; of another database, use '
        'mode = "copy"'
    )
