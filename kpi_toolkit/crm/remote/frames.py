"""The rows of PostgreSQL as a frame of the types that the local engine gives."""

from typing import TYPE_CHECKING

from kpi_toolkit.crm import database
from kpi_toolkit.crm.remote.session import Described, Session

if TYPE_CHECKING:
    import pyarrow as pa
    from pandas import DataFrame


def frame(session: Session, sql: str) -> "DataFrame":
    """The result of a SELECT."""
    import pyarrow as pa

    columns = session.described(sql, "")
    rows = session.rows(sql)
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = [_array(found, column) for found, column in zip(cells, columns, strict=True)]
    with database.locked() as engine:
        engine.register("found", pa.table(arrays, names=[column.name for column in columns]))
        return engine.execute("FROM found").df()


def _array(cells: tuple[object, ...], column: Described) -> "pa.Array":
    """A number of no declared scale is a sum or a quotient, which the local engine gives as one of
    floating point.
    """
    import pyarrow as pa

    types = {
        "smallint": pa.int64(),
        "integer": pa.int64(),
        "bigint": pa.int64(),
        "real": pa.float64(),
        "double precision": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp without time zone": pa.timestamp("us"),
        "timestamp with time zone": pa.timestamp("us", "UTC"),
    }
    if column.type == "numeric":
        if column.scale is not None:
            return pa.array(cells, pa.decimal128(38, column.scale))
        return pa.array([None if c is None else float(str(c)) for c in cells], pa.float64())
    if column.type in types:
        return pa.array(cells, types[column.type])
    return pa.array([None if c is None else str(c) for c in cells], pa.string())
