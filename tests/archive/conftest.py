"""An archive in a folder of its own, and rows to put into it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kpi_toolkit.archive.rows import ValueRow
from kpi_toolkit.archive.store import Archive

NOW = datetime(2026, 10, 5, 6, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "archive.sqlite"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def archive(url: str) -> Iterator[Archive]:
    archive = Archive.open(url)
    yield archive
    archive.close()


@pytest.fixture
def job() -> Callable[..., dict[str, Any]]:
    """What `claim` takes, for the third quarter unless told otherwise."""

    def make(**changes: object) -> dict[str, Any]:
        quarter = {
            "report": "sales",
            "scope": "all",
            "period": "2026-Q3",
            "grain": "quarter",
            "period_start": date(2026, 7, 1),
            "period_end": date(2026, 10, 1),
            "as_of": NOW,
            "slot": "2026-10-05T05:00Z",
            "now": NOW,
            "language": "en",
            "code_version": "1.0",
        }
        return quarter | changes

    return make


@pytest.fixture
def row() -> Callable[..., ValueRow]:
    """A win rate of 31 % for the third quarter unless told otherwise."""
    plain = ValueRow(
        kpi="decided_win_rate",
        options="",
        dimension="",
        member="",
        dimension2="",
        member2="",
        grain="quarter",
        period_start=date(2026, 7, 1),
        value=0.31,
        numerator=31.0,
        denominator=100.0,
        n=100,
        status="ok",
        reason=None,
        definition_hash="d1",
        unit="percent",
        window="event",
        complete=True,
    )
    return lambda **changes: replace(plain, **changes)


@pytest.fixture
def done(job: Callable[..., dict[str, Any]], row: Callable[..., ValueRow]) -> Callable[..., str]:
    """Claim and finish one run; returns its id."""

    def run(archive: Archive, values: list[ValueRow] | None = None, **changes: object) -> str:
        asked = job(**changes)
        run_id = archive.claim(**asked)
        assert run_id is not None
        assert archive.finish(
            run_id,
            now=asked["now"],
            values=[row()] if values is None else values,
            artifacts=[],
            definition_hash="d1",
            declaration_hash="m1",
            input_hash="i1",
            newest_event=None,
        )
        return run_id

    return run
