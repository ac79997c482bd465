"""Measures are counted where the records are, with the same results, by one who may only read."""

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.crm.remote.session import Session
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.errors import NotAvailable
from kpi_toolkit.insight.audit.coverage import coverage
from kpi_toolkit.kpis import find, registry
from tests.kpis.test_oracles import CASES
from tests.oracles import generated
from tests.system.postgresql.conftest import AS_OF, Connect, connected, made
from tests.system.postgresql.server import Server, load

pytestmark = pytest.mark.system
# Business hours need a table that is made here.
ONLY_IN_A_COPY = ("first_response_time", "resolution_time", "resolution_time_median")
PUSHED_DOWN = [
    (name, options)
    for name, options in CASES
    if ("hours", "business") not in find(name).bind(**options).options
]


@pytest.fixture(scope="module")
def local() -> Crm:
    tables = generated.aware(generated.frames())
    return from_frames(time_zone="Europe/Paris", as_of=AS_OF, **tables)


@pytest.fixture(scope="module")
def loaded(server: Server, local: Crm) -> str:
    """The local records in the schema crm; a kpi.toml's [tables]."""
    tables = {}
    for table, known in local.columns.items():
        columns = {c.name: c.type for c in TABLES[table].columns.values() if c.name in known}
        rows = local.query(f"SELECT {', '.join(columns)} FROM {table} ORDER BY _line DESC")
        tables[table] = (columns, rows)
    load(server, "crm", tables)
    return "".join(f'[tables.{table}]\ntable = "crm.{table}"\n' for table in tables)


@pytest.fixture(scope="module")
def there(server: Server, loaded: str, tmp_path_factory: pytest.TempPathFactory) -> Crm:
    """The same records in place."""
    folder = tmp_path_factory.mktemp("there")
    return connected(folder, server, loaded, "in place")


@pytest.mark.parametrize(("name", "options"), PUSHED_DOWN)
def test_every_kpi_is_the_same_in_place(
    local: Crm, there: Crm, name: str, options: dict[str, object]
) -> None:
    kpi = find(name)
    for period in ("2026-Q3", "2026", "all"):
        assert kpi(there, period, **options) == kpi(local, period, **options), period
    last = {"day": "2026-10-02", "week": "2026-W40", "month": "2026-10"}.get(
        kpi.finest_grain, "2026-Q4"
    )
    same(kpi.series(there, last, 6, **options), kpi.series(local, last, 6, **options))
    shared = kpi.dimensions(local)
    for dimensions in [*((d,) for d in shared), tuple(shared[:2])]:
        if dimensions:
            same(*(kpi.by(crm, "2026-Q3", *dimensions, **options) for crm in (there, local)))
    same(*(records(kpi.records(crm, "2026-Q3", **options)) for crm in (there, local)))


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """To the last bit, but for intervals of means: a square has fifteen digits in PostgreSQL."""
    ends = expected.columns.intersection(["lower", "upper"])
    assert_frame_equal(found.drop(columns=ends), expected.drop(columns=ends), check_exact=True)
    assert_frame_equal(found[ends], expected[ends], rtol=1e-12)


def records(frame: pd.DataFrame) -> pd.DataFrame:
    columns = sorted(column for column in frame.columns if column != "_line")
    return frame[columns].sort_values(columns, ignore_index=True, kind="stable")


@pytest.mark.parametrize("name", ONLY_IN_A_COPY)
def test_what_only_a_copy_can_count_is_not_available_and_says_why(there: Crm, name: str) -> None:
    with pytest.raises(NotAvailable, match=r'business_microseconds\(\) \(mode = "in place"\)'):
        find(name)(there, "2026-Q3")


def test_freshness_is_the_same(local: Crm, there: Crm) -> None:
    assert there.newest_event == local.newest_event
    assert {read.table: (read.rows, read.kept) for read in there.reading} == {
        read.table: (read.kept, read.kept) for read in local.reading
    }


def test_the_days_of_the_records_are_the_same_in_place(local: Crm, there: Crm) -> None:
    bounds = [kpi.bind() for kpi in registry().values() if not kpi.lacks(there)]
    found = coverage(there, bounds, there.as_of)
    assert found is not None and found == coverage(local, bounds, there.as_of)


def test_only_aggregates_come_back(
    server: Server, loaded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    returned: list[int] = []
    asked = Session.rows

    def counted(session: Session, sql: str, what: str = "") -> list[tuple]:
        found = asked(session, sql, what)
        returned.append(len(found))
        return found

    monkeypatch.setattr(Session, "rows", counted)
    logged = len(server.log())
    crm = connected(tmp_path, server, loaded, "in place")
    for name, kpi in registry().items():
        # A model learns from the records themselves.
        if not kpi.lacks(crm) and not kpi.is_modelled:
            find(name).series(crm, "2026-Q3", 4)
    assert len(returned) > 30
    assert sum(returned) < 6 * len(returned)
    statements = server.log()[logged:].split("LOG:  statement: ")
    read = [text for text in statements if "FROM crm." in text]
    assert len(read) > 30
    aggregates = ("count(", "min(", "where 1 = 0")
    others = [text for text in read if not any(one in text.lower() for one in aggregates)]
    assert not others, others


def test_the_input_hash_changes_with_a_record_and_not_with_their_order(
    server: Server, at: Connect
) -> None:
    hashes = []
    for rows in ("('1', 10), ('2', 20)", "('2', 20), ('1', 10)", "('1', 10), ('2', 21)"):
        made(
            server,
            "hashed",
            "CREATE TABLE d (deal_id text, amount numeric)",
            f"INSERT INTO d VALUES {rows}",
        )
        hashes.append(at('[tables.deals]\ntable = "hashed.d"\n').input_hash)
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_crm_sees_one_state_of_the_database(server: Server, at: Connect) -> None:
    made(server, "moving", "CREATE TABLE d AS SELECT '1' AS deal_id")
    crm = at('[tables.deals]\ntable = "moving.d"\n')
    server.execute("INSERT INTO moving.d VALUES ('2')")
    assert crm.query("SELECT count(*) FROM deals") == [(1,)]
    assert at('[tables.deals]\ntable = "moving.d"\n').query("SELECT count(*) FROM deals") == [(2,)]


def test_texts_are_ordered_by_their_bytes_whatever_the_collation(
    server: Server, at: Connect
) -> None:
    made(server, "ordered", 'CREATE TABLE o (order_id text COLLATE "en-x-icu", account_id text)',
         "INSERT INTO o VALUES ('a', 'x'), ('B', 'x')")  # fmt: skip
    crm = at('[tables.orders]\ntable = "ordered.o"\n')
    assert crm.query("SELECT min(order_id) FROM orders") == [("B",)]
