"""Rows that are dear to make are kept beside the snapshot that they are derived from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm import made_rows
from kpi_toolkit.crm.building import Home, columns
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.database import locked
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.period import parse_period
from tests.oracles import generated

TABLES = ("deals", "deal_stages", "stages")
OF_STAGES = (kt.stage_conversion_rate, kt.time_in_stage, kt.pipeline_value_by_stage)
Values = dict[str, list[float | None]]


@pytest.fixture
def plain() -> Crm:
    """Records without a snapshot."""
    frames = generated.aware(generated.frames(120))
    return kt.from_frames(as_of="2026-10-05", **{table: frames[table] for table in TABLES})


@pytest.fixture
def crm(plain: Crm, tmp_path: Path) -> Crm:
    """The same, as a snapshot."""
    import pyarrow.parquet

    connection = locked([tmp_path])
    for table in TABLES:
        path = tmp_path / f"{table}.parquet"
        pyarrow.parquet.write_table(plain.connection.sql(f"FROM {table}").to_arrow_table(), path)
        connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{path}')")
    home = Home(plain.calendar, plain.currency)
    types = columns(connection, TABLES)
    return Crm(connection, types, home=home, as_of=plain.as_of, folder=tmp_path)


def asks(crm: Crm) -> Iterator[Ask]:
    month = parse_period("2026-09", crm.calendar, crm.as_of)
    for kpi in OF_STAGES:
        yield from (Ask(kpi.bind(), each) for each in month.last(13))
        yield Ask(kpi.bind(), month, ("stage",))


def values(crm: Crm) -> Values:
    found = Evaluation(crm, crm.as_of).values(asks(crm))
    return {f"{ask.bound.kpi.name} {ask.period} {ask.by}": [v.value for v in every]
            for ask, every in found.items()}  # fmt: skip


def kept_files(crm: Crm) -> list[Path]:
    assert crm.folder
    return sorted((crm.folder / made_rows.FOLDER).iterdir())


def sorting(log: list[str]) -> list[str]:
    return [sql for sql in log if "PARTITION BY" in sql]


def test_what_is_kept_gives_the_values_of_rows_made_anew(crm: Crm, plain: Crm) -> None:
    wanted = values(plain)
    assert any(value for every in wanted.values() for value in every)
    assert [values(crm) for _ in range(2)] == [wanted] * 2
    assert len(kept_files(crm)) == 1


def test_stays_are_sorted_by_the_first_of_all_questions(crm: Crm, log: list[str]) -> None:
    values(crm)
    first = len(log)
    values(crm)
    assert len(log) == 2 * first
    kt.time_in_stage(crm, "2026-08")
    assert sorting(log) == []
    assert len(kept_files(crm)) == 1


def test_a_single_question_keeps_nothing(crm: Crm, log: list[str]) -> None:
    kt.pipeline_deals_by_stage.by(crm, "2026-09")
    assert len(sorting(log)) == 1
    assert crm.folder
    assert not (crm.folder / made_rows.FOLDER).exists()


def test_what_reads_a_column_that_is_not_kept_makes_its_own_rows(crm: Crm, plain: Crm) -> None:
    values(crm)
    found, wanted = (
        kt.stage_conversion_rate(each, "2026-Q3", advance="in_order") for each in (crm, plain)
    )
    assert wanted.n
    assert (found.value, found.n) == (wanted.value, wanted.n)


def test_a_damaged_file_is_made_again(crm: Crm, plain: Crm) -> None:
    values(crm)
    (path,) = kept_files(crm)
    path.write_bytes(path.read_bytes()[:100])
    wanted = values(plain)
    assert values(crm) == wanted
    assert values(crm) == wanted
    assert path.stat().st_size > 100


def test_where_nothing_can_be_written_the_numbers_come_all_the_same(
    crm: Crm, plain: Crm, tmp_path: Path
) -> None:
    (tmp_path / made_rows.FOLDER).write_text("in the way")
    assert values(crm) == values(plain)


def test_business_hours_are_not_kept_since_holidays_may_change(crm: Crm) -> None:
    select = "SELECT business_microseconds(created_at) AS worked FROM deals"
    assert made_rows.kept(crm, select, make=True) == ""


def test_a_snapshot_with_kept_rows_is_still_whole(tmp_path: Path) -> None:
    for table, frame in generated.frames(60).items():
        if table in TABLES:
            frame.to_csv(tmp_path / f"{table}.csv", index=False)
    tables = "".join(f'[tables.{table}]\nfile = "{table}.csv"\n' for table in TABLES)
    text = f'[project]\nas_of = 2026-10-05\n[source]\nkind = "files"\n{tables}'
    (tmp_path / "kpi.toml").write_text(text)
    first = kt.connect(tmp_path / "kpi.toml")
    wanted = values(first)
    written = [(path, path.stat().st_mtime_ns) for path in kept_files(first)]
    again = kt.connect(tmp_path / "kpi.toml")
    assert again.folder == first.folder
    assert values(again) == wanted
    assert [(path, path.stat().st_mtime_ns) for path in kept_files(again)] == written
