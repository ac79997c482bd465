"""The pipeline bridge of records that stay in their database is that of a copy."""

from pathlib import Path

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.tables import TABLES
from tests.insight.deals.test_bridge import CHANGES, DATED, MOVED, crm_of
from tests.system.postgresql.conftest import connected
from tests.system.postgresql.server import Server, load

pytestmark = pytest.mark.system


def test_a_bridge_is_the_same_in_place(server: Server, tmp_path: Path) -> None:
    log = pd.concat([MOVED, CHANGES], ignore_index=True)
    local = crm_of("2026-10-05T06:00", deals=DATED.assign(owner="Ann"), record_changes=log)
    declared, tables = "", {}
    for table, known in local.columns.items():
        columns = {c.name: c.type for c in TABLES[table].columns.values() if c.name in known}
        tables[table] = (columns, local.query(f"SELECT {', '.join(columns)} FROM {table}"))
        declared += f'[tables.{table}]\ntable = "bridge.{table}"\n'
    load(server, "bridge", tables)
    there = connected(tmp_path, server, declared, "in place")
    for closing in (None, "2026-Q3", "2026-Q4"):
        here, found = (
            kt.pipeline_bridge(crm, "2026-Q3", closing=closing, within={"owner": "Ann"})
            for crm in (local, there)
        )
        assert found == here
        for name in ("won", "start"):
            ids = [bridge.records(name)["deal_id"].tolist() for bridge in (here, found)]
            assert ids[0] == ids[1] != []
