"""`connect("kpi.toml")` and `from_frames(deals=frame)`: a Crm, whose tables bear their canonical
names.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpi_toolkit.config import Config, nearest
from kpi_toolkit.crm import (
    building,
    business_days,
    database,
    doubts,
    freshness,
    quarantine,
    remarks,
    required,
    snapshot,
)
from kpi_toolkit.crm.building import Home
from kpi_toolkit.crm.declaration import declaration_hash
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.recent import Recent
from kpi_toolkit.crm.remarks import Remark
from kpi_toolkit.crm.set_aside import told
from kpi_toolkit.crm.snapshot import Snapshot
from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.crm.tables import own
from kpi_toolkit.errors import DataError, called, first_line
from kpi_toolkit.period import Calendar, parse_as_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame

    from kpi_toolkit.crm.remote.place import Place

AsOf = str | dt.date | dt.datetime | None


class Crm:
    """The records as of an instant, in a locked database; nothing of it changes but the count of
    queries. `snapshot` is the hash that names what was read, `declaration` that of what kpi.toml
    makes of it; both "" for frames. `folder` is that of the snapshot, None where there is none.
    """

    def __init__(  # noqa: PLR0913
        self,
        connection: "DuckDBPyConnection",
        types: Mapping[str, Mapping[str, str]],
        *,
        home: Home,
        as_of: dt.datetime,
        reading: Sequence[TableRead] = (),
        language: str = "en",
        title: str = "",
        input_hash: str = "",
        declaration: str = "",
        place: "Place | None" = None,
        folder: Path | None = None,
    ) -> None:
        self.connection = connection
        known = {**types, **(place.types if place else {})}
        self.columns = {table: frozenset(columns) for table, columns in known.items()}
        self.own_dimensions = {table: own(table, columns) for table, columns in known.items()}
        self.calendar, self.currency = home.calendar, home.currency
        self.language, self.name = language, title
        self.as_of = as_of
        self.reading = tuple(reading)
        self.queries = 0
        self.snapshot = self._input_hash = input_hash
        self.declaration = declaration
        self.folder = folder
        self._types, self._place = types, place

    @classmethod
    def of(cls, data: "Crm | Mapping[str, DataFrame]") -> "Crm":
        """A Crm as it is; a dict of frames by table name bound once, for as long as the frames live
        unchanged.
        """
        if isinstance(data, Crm):
            return data
        if not isinstance(data, Mapping):
            raise DataError(
                f"records from {type(data).__name__}: expected kt.connect(...), "
                f"kt.from_frames(deals=frame) or a dict of frames"
            )
        return _RECENT.get(data, lambda: told(from_frames(**data))).at(None)

    def at(self, as_of: AsOf) -> "Crm":
        """The same records, known at another instant (None is now)."""
        return Crm(
            self.connection,
            self._types,
            home=Home(self.calendar, self.currency),
            as_of=parse_as_of(as_of, self.calendar, dt.datetime.now(dt.UTC)),
            reading=self.reading,
            language=self.language,
            title=self.name,
            input_hash=self.snapshot,
            declaration=self.declaration,
            place=self._place,
            folder=self.folder,
        )

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of a SELECT."""
        if place := self._elsewhere(sql):
            return place.rows(sql, parameters)
        return self._execute(sql, parameters).fetchall()

    def frame(self, sql: str, parameters: Sequence[object] = ()) -> "DataFrame":
        """A SELECT as a frame."""
        if place := self._elsewhere(sql):
            return place.frame(sql, parameters)
        return self._execute(sql, parameters).df()

    def is_local(self, sql: str) -> bool:
        """Whether a SELECT is for the local engine."""
        return self._place is None or not self._place.holds(sql, self._types)

    def refuses(self, texts: Iterable[str], tables: Iterable[str]) -> tuple[str, ...]:
        """What expressions over some tables ask for and the database that has them cannot give."""
        return self._place.refuses(texts, tables) if self._place else ()

    def _elsewhere(self, sql: str) -> "Place | None":
        """Where a query goes that is not for the local engine; it is counted."""
        if self.is_local(sql):
            return None
        self.queries += 1
        return self._place

    def _execute(self, sql: str, parameters: Sequence[object]) -> "DuckDBPyConnection":
        self.queries += 1
        if business_days.are_asked_for(sql):
            business_days.provide(self.connection, self._types, self.calendar, self.as_of)
        return self.connection.execute(sql, parameters or None)

    def quarantine(self) -> "DataFrame":
        """The rows left out: table, file, line, column, value, reason."""
        return self.connection.execute(f"FROM {quarantine.TABLE} ORDER BY ALL").df()

    def remarks(self) -> tuple[Remark, ...]:
        """What was kept but deserves a word: noted while files were read, of frames looked for."""
        if remarks.are_noted(self.connection):
            return remarks.noted(self.connection)
        return tuple(doubts.found(self.connection, self._types, self.calendar.time_zone))

    @property
    def input_hash(self) -> str:
        """A hash of what was read, so that two runs can tell whether they saw the same."""
        if not self._input_hash:
            told = self._place.content() if self._place else ""
            self._input_hash = database.content_hash(self.connection, self._types, told)
        return self._input_hash

    def __repr__(self) -> str:
        return f"<Crm {self.name}: {', '.join(self.columns)}, as of {self.as_of:%Y-%m-%d}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from kpi_toolkit.crm.display import bundle

        return bundle(self)

    @cached_property
    def newest_events(self) -> Mapping[str, dt.datetime]:
        """The latest instant (UTC), not after `as_of`, at which something happened, by table."""
        known = self.as_of, self.calendar.time_zone
        found = freshness.newest_events(self._local, self._types, *known)
        if there := self._place:
            found |= freshness.newest_events(there.rows, there.types, *known)
        return found

    @property
    def newest_event(self) -> dt.datetime | None:
        """The latest of these."""
        return max(self.newest_events.values(), default=None)

    def _local(self, sql: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, parameters).fetchall()


@called
def from_frames(
    *,
    time_zone: str = "UTC",
    currency: str = "EUR",
    fiscal_year_starts: int = 1,
    as_of: AsOf = None,
    language: str = "en",
    name: str = "",
    **tables: "DataFrame",
) -> Crm:
    """A Crm over pandas frames, one a canonical table, which stay as they are.

    Datetimes with a time zone become UTC; naive ones are local time in `time_zone`, dates the start
    of that local day. Text of dates and numbers is read as ISO; floats of money are rounded to four
    decimals. Columns that are not canonical are kept, and are dimensions when they hold text or
    truth values. Rows that cannot be cast, and later rows of an id, are in `quarantine()`. Raises
    DataError for an unknown table or a frame without canonical columns.
    """
    calendar = Calendar(time_zone, fiscal_year_starts)
    home = Home(calendar, currency)
    connection = database.locked()
    reading = building.from_frames(connection, tables, home, naive=time_zone)
    types = building.columns(connection, list(tables))
    known_at = parse_as_of(as_of, calendar, dt.datetime.now(dt.UTC))
    return Crm(
        connection, types, home=home, as_of=known_at, reading=reading, language=language, title=name
    )


@called
def connect(config: "str | Path | Config" = "kpi.toml", *, as_of: AsOf = None) -> Crm:
    """The records that a kpi.toml declares, as of an instant (its project.as_of, else now).

    Files are read once into a snapshot and not again until they change; a database is read again
    whenever this is called. Of the sample, the export of that local day is taken. Raises
    ConfigError and DataError.
    """
    return Records(config if isinstance(config, Config) else nearest(config)).at(as_of)


@dataclass(frozen=True)
class Records:
    """What a kpi.toml declares, for as many reports as want it: a database is read only once."""

    config: Config

    def at(self, as_of: AsOf = None) -> Crm:
        """The records as of an instant (project.as_of, else now). Raises ConfigError, DataError."""
        required.check(self.config)
        calendar, project = self.config.calendar, self.config.project
        moment = project.as_of if as_of in (None, "") else as_of
        known_at = parse_as_of(moment, calendar, dt.datetime.now(dt.UTC))
        found, place = self._found(known_at)
        return Crm(
            attached(found),
            found.tables,
            home=Home(calendar, project.currency),
            as_of=known_at,
            reading=(*found.reading, *(place.reading if place else ())),
            language=project.language,
            title=project.name,
            input_hash="" if place else found.input_hash,
            declaration=declaration_hash(self.config),
            place=place,
            folder=found.folder,
        )

    def _found(self, known_at: dt.datetime) -> "tuple[Snapshot, Place | None]":
        source = self.config.source
        if source.kind == "sample":
            return snapshot.of_sample(self.config, self.config.calendar.local_day(known_at)), None
        if source.kind == "files":
            return snapshot.of_files(self.config), None
        return self._in_place if source.mode == "in place" else (self._copied, None)

    @cached_property
    def _in_place(self) -> "tuple[Snapshot, Place]":
        from kpi_toolkit.crm.remote import staying

        return staying.in_place(self.config)

    @cached_property
    def _copied(self) -> Snapshot:
        from kpi_toolkit.crm.remote import copying

        return copying.copied(self.config)


def attached(found: Snapshot) -> "DuckDBPyConnection":
    """A locked database with a view a table of a snapshot. Raises DataError for a damaged one."""
    import duckdb

    connection = database.reading(found.folder)
    for table in (*found.tables, quarantine.TABLE, remarks.TABLE):
        path = literal(str(found.path(table)))
        try:
            connection.execute(f"CREATE VIEW {name(table)} AS FROM read_parquet({path})")
        except duckdb.Error as error:
            raise DataError(
                f"{found.folder}: {table}.parquet is damaged ({first_line(error)}); remove that "
                "folder, and the source is read again"
            ) from None
    return connection


_RECENT: Recent[Crm] = Recent()
