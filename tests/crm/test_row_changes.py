"""Which records differ between two snapshots, worked out by hand; also from fingerprints alone."""

import datetime as dt
import hashlib
import shutil
from pathlib import Path

import duckdb
import pytest

from kpi_toolkit.config import load
from kpi_toolkit.crm import fingerprints
from kpi_toolkit.crm.connect import connect
from kpi_toolkit.crm.kept import Snapshot
from kpi_toolkit.crm.row_changes import Edit, RowChange, changes, id_columns
from kpi_toolkit.crm.snapshot import named
from kpi_toolkit.crm.tables import TABLES

KNOWN_AT = dt.datetime(2026, 7, 6, tzinfo=dt.UTC).replace(tzinfo=None)
CONFIG = """
[project]
time_zone = "UTC"
[source]
kind = "files"
[tables.contacts]
file = "contacts.csv"
[tables.contacts.columns]
contact_id = "contact_id"
owner = "owner"
name = "name"
email = "email"
created_at = "created_at"
[tables.orders]
file = "orders.csv"
[tables.orders.columns]
order_id = "order_id"
line = "line"
product = "product"
amount = "amount"
ordered_at = "ordered_at"
"""
CONTACTS = """contact_id,owner,name,email,created_at
C-1,Ann,Ada,ada@example.org,2026-01-01
C-2,Bob,Bea,bea@example.org,2026-01-02
C-3,Ann,Cy,cy@example.org,2026-01-03
"""
ORDERS = """order_id,line,product,amount,ordered_at
O-1,1,A,10,2026-02-01
O-1,2,B,20,2026-02-01
O-2,,C,30,2026-02-02
O-2,,C,30,2026-02-02
"""


class Source:
    """A project of two files, and the snapshots made of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "kpi.toml").write_text(CONFIG, "utf-8")
        self.write(CONTACTS, ORDERS)
        self.config = load(folder / "kpi.toml")

    def write(self, contacts: str, orders: str) -> None:
        (self.folder / "contacts.csv").write_text(contacts, "utf-8")
        (self.folder / "orders.csv").write_text(orders, "utf-8")

    def snapshot(self) -> Snapshot:
        found = named(self.config, connect(self.config, as_of="2026-10-05").snapshot)
        assert found
        return found


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


def after(source: Source, contacts: str = CONTACTS, orders: str = ORDERS) -> Snapshot:
    source.write(contacts, orders)
    return source.snapshot()


def test_the_same_records_in_another_order_do_not_differ(source: Source) -> None:
    before = source.snapshot()
    head, *rows = CONTACTS.splitlines(keepends=True)
    now = after(source, head + "".join(reversed(rows)))
    assert before.input_hash != now.input_hash
    assert changes(before, now, "contacts", KNOWN_AT) == []


def test_late_new_edited_and_deleted_records_are_told_apart(source: Source) -> None:
    before = source.snapshot()
    text = CONTACTS.replace("C-1,Ann", "C-1,Dov").replace(
        "C-2,Bob,Bea,bea@example.org,2026-01-02\n", ""
    )
    text += "C-4,Ann,Di,di@example.org,2026-06-30\nC-5,Ann,Ed,ed@example.org,2026-07-07\n"
    assert changes(before, after(source, text), "contacts", KNOWN_AT) == [
        RowChange("contacts", "C-1", "edited", (Edit("owner", "Ann", "Dov"),)),
        RowChange("contacts", "C-2", "deleted"),
        RowChange("contacts", "C-4", "late"),
        RowChange("contacts", "C-5", "new"),
    ]


def test_personal_columns_are_neither_compared_nor_shown(source: Source) -> None:
    before = source.snapshot()
    text = CONTACTS.replace("ada@example.org", "ada@example.com").replace("Bea", "Bo")
    assert changes(before, after(source, text), "contacts", KNOWN_AT) == []
    told = changes(before, after(source, text), "contacts", KNOWN_AT, ["C-1", "C-2"])
    assert told == []


def test_lines_of_an_order_are_records_of_their_own(source: Source) -> None:
    before = source.snapshot()
    text = ORDERS.replace("O-1,2,B,20", "O-1,2,B,25")
    assert changes(before, after(source, orders=text), "orders", KNOWN_AT) == [
        RowChange("orders", "O-1/2", "edited", (Edit("amount", "20.0000", "25.0000"),))
    ]


def test_of_two_rows_that_are_alike_one_can_go(source: Source) -> None:
    before = source.snapshot()
    text = ORDERS.removesuffix("O-2,,C,30,2026-02-02\n")
    assert changes(before, after(source, orders=text), "orders", KNOWN_AT) == [
        RowChange("orders", "O-2", "deleted")
    ]


def test_only_the_records_that_are_asked_for_are_told(source: Source) -> None:
    before = source.snapshot()
    now = after(source, CONTACTS.replace(",Ann,", ",Dov,"))
    assert [r.id for r in changes(before, now, "contacts", KNOWN_AT)] == ["C-1", "C-3"]
    assert [r.id for r in changes(before, now, "contacts", KNOWN_AT, ["C-3", "C-2"])] == ["C-3"]


def test_every_table_has_something_that_names_a_record_and_is_not_personal() -> None:
    for name, table in TABLES.items():
        chosen = id_columns(name, set(table.columns))
        assert chosen, name
        assert not any(table.columns[column].personal for column in chosen), name


# -- fingerprints


def test_fingerprints_tell_the_same_but_what_was_edited(source: Source) -> None:
    before = source.snapshot()
    text = CONTACTS.replace("C-1,Ann", "C-1,Dov") + "C-4,Ann,Di,di@example.org,2026-06-30\n"
    now = after(source, text, ORDERS.replace("O-1,1,A,10,2026-02-01\n", ""))
    fingerprints.keep(before)
    shutil.rmtree(before.folder)
    found = fingerprints.kept(source.config, before.input_hash)
    assert found
    expected = {
        "contacts": [RowChange("contacts", "C-1", "edited"), RowChange("contacts", "C-4", "late")],
        "orders": [RowChange("orders", "O-1/1", "deleted")],
    }
    assert fingerprints.differing(found, now, KNOWN_AT) == expected
    fingerprints.keep(now)
    both = fingerprints.kept(source.config, now.input_hash)
    assert both
    assert fingerprints.differing(found, both, KNOWN_AT) == expected


def test_a_fingerprint_is_the_same_on_every_machine(source: Source) -> None:
    path = fingerprints.keep(source.snapshot())
    sql = f"SELECT id, print, dated FROM '{path}' WHERE \"table\" = 'contacts' ORDER BY id LIMIT 1"
    found = duckdb.sql(sql).fetchall()
    # contact_id, created_at in microseconds, owner: the columns by name, without the personal ones.
    text = "\x1f".join(["C-1", "1767225600000000", "Ann"])
    half = hashlib.md5(text.encode()).digest()[8:]
    assert found == [("C-1", int.from_bytes(half, "little"), dt.date(2026, 1, 1))]


def test_fingerprints_hold_no_personal_data(source: Source) -> None:
    path = fingerprints.keep(source.snapshot())
    assert b"example.org" not in path.read_bytes()
    assert (path.stat().st_mode & 0o077, path.parent.stat().st_mode & 0o077) == (0, 0)
    other = after(source, CONTACTS.replace("ada@example.org", "x@example.org"))
    fingerprints.keep(other)
    both = [fingerprints.kept(source.config, h) for h in (path.stem, other.input_hash)]
    assert both[0] and both[1]
    assert fingerprints.differing(both[0], both[1], KNOWN_AT) == {}


def test_of_other_columns_nothing_can_be_told(source: Source) -> None:
    before = source.snapshot()
    path = fingerprints.keep(before)
    text = (source.folder / "kpi.toml").read_text("utf-8").replace('owner = "owner"\n', "")
    (source.folder / "kpi.toml").write_text(text, "utf-8")
    source.config = load(source.folder / "kpi.toml")
    found = fingerprints.kept(source.config, path.stem)
    assert found
    assert fingerprints.differing(found, source.snapshot(), KNOWN_AT) == {}


def test_a_hash_that_nothing_is_kept_of_has_no_fingerprints(source: Source) -> None:
    for asked in (None, "", "0" * 16, "../../kpi"):
        assert fingerprints.kept(source.config, asked) is None
