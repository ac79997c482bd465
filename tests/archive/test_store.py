"""The archive keeps what a run reported, whole, and gives it back as it was."""

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from kpi_toolkit.archive.store import Archive, Artifact, ValueRow
from kpi_toolkit.errors import ArchiveError

FACTS = {"definition_hash": "d1", "input_hash": "i1", "newest_event": None}


def test_a_new_archive_is_read_by_its_owner_only(archive: Archive, path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Archive.open(f"sqlite:///{tmp_path}/archive.sqlite").close()
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_folder_may_have_any_name(tmp_path: Path, done) -> None:
    url = f"sqlite:///{tmp_path}/Équipe #1 %41 & co?/archive.sqlite"
    archive = Archive.open(url)
    run_id = done(archive)
    reader = Archive.open_read_only(url)
    assert [run.run_id for run in reader.runs()] == [run_id]
    assert [path.name for path in tmp_path.iterdir()] == ["Équipe #1 %41 & co?"]
    reader.close()
    archive.close()


def test_a_finished_run_gives_back_what_was_stored(archive, job, row, now) -> None:
    values = [
        row(),
        row(dimension="owner", member="Zoé", period_start=date(1, 1, 1), grain="all"),
        row(kpi="churn", value=None, status="no_data", reason="no customer", n=0),
    ]
    files = [Artifact("pdf", "0" * 64, 12, "application/pdf", "sales/all/a.pdf")]
    run_id = archive.claim(**job(parameters={"scope": "all", "étape": 1}))
    newest = datetime(2026, 10, 4, 22, 30, tzinfo=UTC)
    assert archive.finish(
        run_id, now=now, values=values, artifacts=files, **FACTS | {"newest_event": newest}
    )
    run = archive.run(run_id)
    assert (run.status, run.edition, run.attempt) == ("succeeded", 1, 1)
    assert (run.as_of, run.newest_event, run.finished_at) == (now, newest, now)
    assert run.parameters_json == '{"scope": "all", "étape": 1}'
    assert sorted(archive.values(run_id), key=repr) == sorted(values, key=repr)
    assert archive.artifacts(run_id) == files


def test_instants_come_back_in_utc_whatever_zone_they_had(archive, done) -> None:
    paris = datetime(2026, 10, 5, 8, tzinfo=timezone(timedelta(hours=2)))
    run = archive.run(done(archive, now=paris))
    assert (run.started_at, run.started_at.tzinfo) == (datetime(2026, 10, 5, 6, tzinfo=UTC), UTC)


def test_a_time_without_a_zone_is_refused(archive, job) -> None:
    with pytest.raises(ArchiveError, match=r"instant 2026-10-05T06:00:00: expected .* time zone"):
        archive.claim(**job(now=datetime.fromisoformat("2026-10-05T06:00:00")))


def test_numbers_of_numpy_and_decimals_are_stored_as_numbers(archive, done, row, path) -> None:
    odd = row(value=np.float32(0.5), n=np.int64(7), numerator=Decimal("3.5"))
    run_id = done(archive, [odd])
    assert archive.values(run_id) == [row(value=0.5, n=7, numerator=3.5)]
    kinds = sqlite3.connect(path).execute("SELECT typeof(n), typeof(numerator) FROM kpi_values")
    assert kinds.fetchall() == [("integer", "real")]


@pytest.mark.parametrize(
    ("value", "status"),
    [(None, "ok"), (0.3, "no_data"), (0.0, "suppressed"), (float("nan"), "ok"), (np.inf, "ok")],
)
def test_a_value_has_a_number_exactly_when_it_is_ok(row, value, status) -> None:
    with pytest.raises(ArchiveError, match="expected a finite number exactly when"):
        row(value=value, status=status)


@pytest.mark.parametrize("path", ["/etc/passwd", "../a.pdf", "a/../../b", "", "a\\b"])
def test_a_file_outside_the_reports_folder_is_refused(path: str) -> None:
    with pytest.raises(ArchiveError, match="relative to the reports folder"):
        Artifact("pdf", "0" * 64, 1, "application/pdf", path)


def test_a_value_shown_twice_is_kept_once(archive, done, row) -> None:
    assert archive.values(done(archive, [row(), row()])) == [row()]


def test_two_different_values_of_one_key_are_refused_and_nothing_is_written(
    archive, job, row, now
) -> None:
    run_id = archive.claim(**job())
    with pytest.raises(ArchiveError, match=r"two different ones, 0.31 and 0.4"):
        archive.finish(run_id, now=now, values=[row(), row(value=0.4)], artifacts=[], **FACTS)
    assert (archive.run(run_id).status, archive.values(run_id)) == ("running", [])


def test_a_run_that_fails_while_it_is_stored_leaves_nothing(archive, job, row, now) -> None:
    run_id = archive.claim(**job())
    twice = [Artifact("pdf", "0" * 64, 1, "application/pdf", name) for name in ("a.pdf", "b.pdf")]
    with pytest.raises(sa.exc.IntegrityError):
        archive.finish(run_id, now=now, values=[row()], artifacts=twice, **FACTS)
    assert (archive.run(run_id).status, archive.values(run_id)) == ("running", [])
    assert archive.artifacts(run_id) == []


def test_editions_count_the_succeeded_runs_of_a_period(archive, done, job, now) -> None:
    first = done(archive, slot="manual:1")
    failed = archive.claim(**job(slot="manual:2"))
    archive.fail(failed, now=now, error="a cell failed")
    second = done(archive, slot="manual:3")
    other = done(archive, slot="manual:4", period="2026-Q2")
    assert [archive.run(run).edition for run in (first, failed, second, other)] == [1, None, 2, 1]


def test_runs_are_listed_newest_first_by_report_scope_period_and_status(
    archive, done, job, now
) -> None:
    hours = [now + timedelta(hours=k) for k in range(4)]
    a = done(archive, slot="manual:a", now=hours[0])
    b = done(archive, slot="manual:b", now=hours[1], scope="team=North")
    c = done(archive, slot="manual:c", now=hours[2])
    d = archive.claim(**job(slot="manual:d", now=hours[3]))

    def ids(**asked: object) -> list[str]:
        return [run.run_id for run in archive.runs(**asked)]

    assert ids() == [c, b, a]
    assert ids(status=None) == [d, c, b, a]
    assert ids(status="running") == [d]
    assert ids(report="sales", scope="all") == [c, a]
    assert ids(period="2026-Q2") == []
    assert ids(limit=1) == [c]


def test_a_run_is_found_by_the_start_of_its_id(archive, done) -> None:
    run_id = done(archive)
    assert archive.run(run_id[:6]).run_id == archive.run(run_id[2:6]).run_id == run_id


@pytest.mark.parametrize("given", ["r-%", "r-_", "r-zzz"])
def test_an_unknown_run_is_refused_with_what_there_is(archive, done, given) -> None:
    run_id = done(archive)
    with pytest.raises(ArchiveError, match=rf"run '{given}': no such run; .*{run_id}"):
        archive.run(given)


def test_an_ambiguous_start_of_an_id_is_refused(archive, done) -> None:
    done(archive, slot="manual:1")
    done(archive, slot="manual:2")
    with pytest.raises(ArchiveError, match=r"run 'r-': 2 runs start so, such as r-\w+, r-\w+"):
        archive.run("r-")


def test_the_reference_is_the_last_edition_of_the_latest_earlier_period(archive, done, now) -> None:
    quarters = {"2026-Q1": date(2026, 1, 1), "2026-Q2": date(2026, 4, 1)}
    runs = {}
    for k, period in enumerate(["2026-Q1", "2026-Q2", "2026-Q2", "2026-Q1"]):
        start, hour = quarters[period], now + timedelta(hours=k)
        runs[k] = done(archive, slot=f"manual:{k}", period=period, period_start=start, now=hour)
    done(archive, slot="manual:m", grain="month", period="2026-06", period_start=date(2026, 6, 1))
    last = {"period": "2026-Q2", "period_start": date(2026, 4, 1)}

    def reference(start: date, language: str = "en") -> str | None:
        found = archive.reference(
            "sales", "all", language=language, period_start=start, grain="quarter"
        )
        return found.run_id if found else None

    assert reference(date(2026, 7, 1)) == runs[2]
    assert reference(date(2026, 4, 1)) == runs[2]
    assert reference(date(2026, 1, 1)) == runs[3]
    assert reference(date(2025, 1, 1)) is None
    assert reference(date(2026, 7, 1), "fr") is None
    french = done(archive, slot="manual:f", language="fr", **last)
    assert reference(date(2026, 7, 1), "fr") == french
    assert (archive.run(french).edition, archive.run(runs[2]).edition) == (1, 2)


def test_the_last_slot_is_the_latest_scheduled_one_that_succeeded(archive, done, job, now) -> None:
    assert archive.last_slot("sales", "all") is None
    done(archive, slot="manual:1")
    assert archive.last_slot("sales", "all") is None
    done(archive, slot="2026-10-12T05:00Z")
    done(archive, slot="2026-10-05T05:00Z")
    archive.fail(archive.claim(**job(slot="2026-10-19T05:00Z")), now=now, error="x")
    assert archive.last_slot("sales", "all") == "2026-10-12T05:00Z"


def test_there_is_no_archive_to_read_before_the_first_run(url: str, path: Path) -> None:
    assert Archive.open_read_only(url) is None
    assert not path.parent.exists()


def test_an_archive_that_is_just_being_made_is_not_there_yet(url: str, path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert Archive.open_read_only(url) is None


def test_a_reader_reads_and_cannot_write(archive, done, job, url) -> None:
    run_id = done(archive)
    reader = Archive.open_read_only(url)
    assert [run.run_id for run in reader.runs()] == [run_id]
    with pytest.raises(ArchiveError, match="attempt to write a readonly database"):
        reader.claim(**job(slot="manual:2"))
    reader.close()


def test_readers_see_whole_runs_while_a_writer_writes(archive, done, row, url) -> None:
    values = [row(member=f"m{k}", dimension="owner") for k in range(200)]
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for k in range(10):
                done(archive, values, slot=f"manual:{k}")
        except BaseException as error:
            failures.append(error)

    reader = Archive.open_read_only(url)
    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while writer.is_alive():
        seen += [len(reader.values(run.run_id)) for run in reader.runs(limit=2)]
        writer.join(0.005)
    reader.close()
    assert not failures
    assert set(seen) <= {200}
    assert len(archive.runs()) == 10


def test_a_reader_holding_a_transaction_does_not_stop_a_writer(archive, done, path) -> None:
    done(archive, slot="manual:1")
    idle = sqlite3.connect(path, isolation_level=None)
    idle.execute("BEGIN")
    assert idle.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    done(archive, slot="manual:2")
    assert idle.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    idle.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("archive.sqlite", "archive url: expected sqlite:///path or postgresql"),
        ("mysql://me:secret@host/db", "archive url: expected sqlite:///path or postgresql"),
        ("sqlite://", "archive url: expected sqlite:///path or postgresql"),
        ("sqlite:///", "with a file's path"),
        ("sqlite:///:memory:", "with a file's path"),
        ("sqlite:////proc/none/archive.sqlite", "No such file"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(ArchiveError, match=sentence) as caught:
        Archive.open(url)
    assert "secret" not in str(caught.value)


def test_a_full_disk_is_one_sentence_and_leaves_no_part_of_a_run(archive, job, row, now) -> None:
    run_id = archive.claim(**job())
    with archive._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    limit: Callable[..., None] = lambda raw, *_: raw.execute(f"PRAGMA max_page_count={pages + 2}")  # noqa: E731
    sa.event.listen(archive._engine, "connect", limit)
    archive._engine.dispose()
    many = [row(dimension="owner", member=f"m{k}") for k in range(500)]
    with pytest.raises(ArchiveError, match="database or disk is full"):
        archive.finish(run_id, now=now, values=many, artifacts=[], **FACTS)
    assert (archive.run(run_id).status, archive.values(run_id)) == ("running", [])


def test_a_value_row_sorts_and_compares_by_what_it_is(row: Callable[..., ValueRow]) -> None:
    assert row().key == row(value=0.5).key != row(member="a").key
