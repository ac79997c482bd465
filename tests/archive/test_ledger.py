"""One slot has one run: claims, leases, fencing, and what kill -9 leaves behind."""

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpi_toolkit.archive.store import Archive
from kpi_toolkit.archive.tables import runs

FACTS = {"definition_hash": "d1", "input_hash": "i1", "newest_event": None}


def test_a_slot_that_runs_or_has_succeeded_is_not_given_again(archive, job, row, now) -> None:
    first = archive.claim(**job())
    assert archive.claim(**job()) is None
    archive.finish(first, now=now, values=[row()], artifacts=[], **FACTS)
    assert archive.claim(**job()) is None


def test_a_slot_belongs_to_one_report_scope_and_period(archive, job) -> None:
    others = [{}, {"report": "pipeline"}, {"scope": "team=North"}, {"period": "2026-Q2"}]
    assert None not in [archive.claim(**job(**other)) for other in others]


def test_a_failed_run_frees_its_slot_for_the_next_attempt(archive, job, now) -> None:
    first = archive.claim(**job())
    assert archive.fail(first, now=now, error="cell 3: KeyError")
    second = archive.claim(**job())
    assert archive.run(second).attempt == 2
    assert (archive.run(first).status, archive.run(first).error) == ("failed", "cell 3: KeyError")


def test_a_run_that_has_ended_cannot_fail(archive, done, now) -> None:
    run_id = done(archive)
    assert archive.fail(run_id, now=now, error="late") is False
    assert archive.run(run_id).status == "succeeded"


@pytest.mark.parametrize(("silent", "given"), [(899, False), (900, False), (901, True)])
def test_a_lease_ends_when_its_heartbeat_is_older_than_it(archive, job, now, silent, given) -> None:
    first = archive.claim(**job())
    second = archive.claim(**job(now=now + timedelta(seconds=silent)))
    assert (second is not None) is given
    assert archive.run(first).status == ("abandoned" if given else "running")


def test_a_heartbeat_keeps_the_lease(archive, job, now) -> None:
    first = archive.claim(**job())
    assert archive.heartbeat(first, now + timedelta(seconds=800))
    assert archive.claim(**job(now=now + timedelta(seconds=1600))) is None


def test_the_dead_run_of_a_manual_slot_is_abandoned_by_the_next_run(archive, job, now) -> None:
    dead = archive.claim(**job(slot="manual:1"))
    archive.claim(**job(slot="manual:2", now=now + timedelta(hours=1)))
    assert archive.run(dead).status == "abandoned"


def test_only_a_running_run_of_the_same_report_and_scope_is_abandoned(
    archive, done, job, now
) -> None:
    ended = done(archive, slot="manual:1")
    failed = archive.claim(**job(slot="manual:2"))
    archive.fail(failed, now=now, error="x")
    elsewhere = archive.claim(**job(scope="team=North"))
    other = archive.claim(**job(report="pipeline"))
    archive.claim(**job(now=now + timedelta(days=7)))
    states = [archive.run(run_id).status for run_id in (ended, failed, elsewhere, other)]
    assert states == ["succeeded", "failed", "running", "running"]


def test_an_owner_that_lost_its_lease_writes_nothing(archive, job, row, now) -> None:
    old = archive.claim(**job())
    later = now + timedelta(hours=1)
    new = archive.claim(**job(now=later))
    assert archive.heartbeat(old, later) is False
    assert archive.fail(old, now=later, error="x") is False
    assert archive.finish(old, now=later, values=[row()], artifacts=[], **FACTS) is False
    assert (archive.values(old), archive.run(old).status) == ([], "abandoned")
    assert archive.finish(new, now=later, values=[row()], artifacts=[], **FACTS)
    assert [run.run_id for run in archive.runs()] == [new]


def test_the_database_itself_forbids_two_live_runs_in_a_slot(archive, job, path) -> None:
    archive.claim(**job())
    copy = runs.insert().from_select(
        [column.name for column in runs.c],
        sa.select(
            *[
                sa.literal({"run_id": "r-2", "attempt": 2}[column.name]).label(column.name)
                if column.name in ("run_id", "attempt")
                else column
                for column in runs.c
            ]
        ),
    )
    with pytest.raises(sa.exc.IntegrityError, match="UNIQUE"), archive._engine.begin() as c:
        c.execute(copy)


def test_four_processes_claiming_the_same_slots_run_none_twice(url, archive, job) -> None:
    context = multiprocessing.get_context("fork")
    won = context.Queue()
    workers = [context.Process(target=claim_all, args=(url, job, won)) for _ in range(4)]
    for worker in workers:
        worker.start()
    counts = [won.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    slots = [run.slot for run in archive.runs()]
    assert sum(counts) == len(slots) == len(set(slots)) == 20


def test_processes_that_open_a_new_archive_at_once_all_succeed(url: str) -> None:
    """The first makes the schema, the others wait for it."""
    context = multiprocessing.get_context("fork")
    outcome = context.Queue()
    workers = [context.Process(target=open_once, args=(url, outcome)) for _ in range(4)]
    for worker in workers:
        worker.start()
    found = [outcome.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert found == [[]] * 4


def test_kill_9_leaves_no_part_of_a_run(url: str, archive: Archive, path: Path) -> None:
    chance = random.Random(2026)
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", LOOP, url],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"claimed\n"
        time.sleep(chance.uniform(0.0, 0.15))
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        assert process.wait() == -signal.SIGKILL
    counts = sqlite3.connect(path).execute(COUNTS).fetchall()
    assert {n for status, n in counts if status == "succeeded"} <= {3000}
    assert {n for status, n in counts if status != "succeeded"} == {0}
    assert len([status for status, _ in counts if status == "running"]) >= 1
    assert not [fault for fault in archive.check() if " is running" not in fault]


COUNTS = (
    "SELECT r.status, (SELECT count(*) FROM kpi_values v WHERE v.run_id = r.run_id) FROM runs r"
)
LOOP = """
import sys, uuid
from datetime import UTC, date, datetime
from kpi_toolkit.archive.store import Archive, ValueRow

now, start = datetime(2026, 10, 5, tzinfo=UTC), date(2026, 7, 1)
rows = [
    ValueRow("win_rate", "", "owner", str(k), "", "", "quarter", start,
             0.5, 1, 2, 2, "ok", None, "d", "percent", "event", True)
    for k in range(3000)
]
archive = Archive.open(sys.argv[1])
while True:
    run_id = archive.claim(
        report="sales", scope="all", period="2026-Q3", grain="quarter", period_start=start,
        period_end=start, as_of=now, slot=f"manual:{uuid.uuid4()}", now=now, language="en",
        code_version="1",
    )
    print("claimed", flush=True)
    archive.finish(run_id, now=now, values=rows, artifacts=[], definition_hash="d",
                   input_hash="i", declaration_hash=None, newest_event=None)
"""


def claim_all(url, job, won) -> None:
    archive, count = Archive.open(url), 0
    for minute in range(20):
        asked = job(slot=f"2026-10-05T05:{minute:02}Z")
        run_id = archive.claim(**asked)
        if run_id:
            count += archive.finish(run_id, now=asked["now"], values=[], artifacts=[], **FACTS)
    won.put(count)
    archive.close()


def open_once(url, outcome) -> None:
    try:
        outcome.put(Archive.open(url).check())
    except BaseException as error:
        outcome.put([repr(error)])
