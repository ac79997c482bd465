"""A snapshot that is not whole is as none: the source is read again."""

import os
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kpi_toolkit.crm.connect import connect
from kpi_toolkit.errors import DataError

Project = Callable[..., Path]
TOML = '[project]\ntime_zone = "UTC"\n[tables.deals]\nfile = "deals.csv"\n'
CSV = "deal_id,amount,created_at\na,1,2024-01-01\n"


def made(project: Project) -> tuple[Path, Path]:
    """A project that was read long after its file was written, and its snapshot's folder."""
    config = project(TOML, deals_csv=CSV)
    os.utime(config.parent / "deals.csv", (1_000_000_000, 1_000_000_000))
    crm = connect(config)
    return config, config.parent / ".kpi" / "snapshots" / crm.input_hash


def truncate(folder: Path) -> None:
    (folder / "deals.parquet").write_bytes(b"PAR1")


def empty_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}")


def half_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"input_ha')


def misled_index(folder: Path) -> None:
    for entry in (folder.parent / "index").iterdir():
        entry.write_bytes(b"../../../etc\0\xff")


@pytest.mark.parametrize(
    "harm",
    [
        truncate,
        empty_manifest,
        half_manifest,
        misled_index,
        lambda folder: (folder / "deals.parquet").unlink(),
        lambda folder: (folder / "manifest.json").unlink(),
        shutil.rmtree,
    ],
)
def test_a_snapshot_that_is_not_whole_is_made_again(
    project: Project, harm: Callable[[Path], None]
) -> None:
    config, folder = made(project)
    harm(folder)
    assert connect(config).query("SELECT deal_id FROM deals") == [("a",)]
    assert sorted(path.name for path in folder.parent.iterdir()) == sorted([folder.name, "index"])


def test_damage_within_a_file_is_one_sentence(project: Project) -> None:
    config, folder = made(project)
    whole = (folder / "deals.parquet").read_bytes()
    (folder / "deals.parquet").write_bytes(whole[:4] + b"\0" * (len(whole) - 12) + whole[-8:])
    with pytest.raises(DataError, match=r"deals\.parquet is damaged .* remove that folder"):
        connect(config)


def test_a_disk_that_is_full_is_one_sentence_and_leaves_nothing(project: Project) -> None:
    config = project(TOML, deals_csv=CSV)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, limits[1]))
    try:
        with pytest.raises(DataError, match="what was read cannot be kept"):
            connect(config)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list((config.parent / ".kpi" / "snapshots").iterdir())


def test_what_a_dead_process_had_begun_is_swept_and_what_is_being_made_is_not(
    project: Project,
) -> None:
    config, folder = made(project)
    dead, living = folder.parent / ".staging-dead", folder.parent / ".staging-living"
    for staging in (dead, living):
        staging.mkdir()
    os.utime(dead, (1_000_000_000, 1_000_000_000))
    (config.parent / "deals.csv").write_text(CSV + "b,2,2024-01-02\n")
    connect(config)
    assert not dead.exists()
    assert living.exists()
