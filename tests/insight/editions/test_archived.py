"""What was reported before, read back from the archive."""

import datetime as dt
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kpi_toolkit.archive.provenance import value_rows
from kpi_toolkit.archive.restatements import Origin
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import Config
from kpi_toolkit.insight.editions.archived import (
    Reference,
    options_text,
    reference,
    row_of,
    to_json,
)
from kpi_toolkit.measures.value import KpiValue
from tests.insight.readings import period, value

NOW = datetime(2026, 10, 5, 6, tzinfo=UTC)
VALUES = [
    value(12.5, numerator=25.0, denominator=2.0, n=2),
    value(None, "2026-Q2", reason="no deal was decided"),
    value(3.0, members={"owner": "Ann", "segment": None}, options={"start": "creation"}),
    value(4.0, members={"owner": None}, window="cohort", maturing=True),
]


def archived(url: str, *values: KpiValue, key: str = "2026-Q3", scope: str = "all") -> str:
    """A run that has succeeded."""
    archive = Archive.open(url)
    found = period(key)
    run_id = archive.claim(
        now=NOW, report="sales", scope=scope, period=key, grain=found.grain,
        period_start=found.start, period_end=found.end, as_of=NOW, slot=f"manual:{key}{scope}",
        language="en", code_version="c1",
    )  # fmt: skip
    assert run_id
    rows = value_rows(json.loads(json.dumps([to_json(v) for v in values])))
    assert archive.finish(
        run_id, now=NOW, values=rows, artifacts=[],
        definition_hash="d", input_hash="i1", declaration_hash="m1", newest_event=None,
    )  # fmt: skip
    archive.close()
    return run_id


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/archive.sqlite"


def config(url: str) -> Config:
    """A project whose archive is there."""
    folder = Path(url.removeprefix("sqlite:///")).parent
    return Config(root=folder, archive={"folder": "."})


def test_a_value_comes_back_from_a_notebook_and_the_archive_as_it_went(url: str) -> None:
    run_id = archived(url, *VALUES)
    found = reference(config(url), "sales", "all", period("2026-Q3"), "en")
    assert found is not None and found.run.run_id == run_id
    assert {row.key: row for row in found.values} == {row_of(v).key: row_of(v) for v in VALUES}
    assert [found.value(v) for v in VALUES] == [row_of(v) for v in VALUES]


def test_a_total_and_its_members_are_different_figures() -> None:
    keys = {row_of(v).key for v in [*VALUES, value(12.5, options={"start": "creation"})]}
    assert len(keys) == 5
    row = row_of(VALUES[2])
    assert (row.dimension, row.member, row.dimension2, row.member2) == (
        "owner",
        "Ann",
        "segment",
        "",
    )


def test_options_have_one_spelling() -> None:
    assert options_text({}) == ""
    assert options_text({"b": 1, "a": "x"}) == options_text({"a": "x", "b": 1}) == '{"a":"x","b":1}'


def test_without_an_archive_there_is_no_reference(url: str, tmp_path: Path) -> None:
    assert reference(config(url), "sales", "all", period("2026-Q3"), "en") is None
    assert list(tmp_path.iterdir()) == [], "a notebook that reads makes no archive"


@pytest.mark.parametrize(
    ("scope", "key", "expected"),
    [
        ("all", "2026-Q3", "2026-Q2"),
        ("all", "2026-Q2", "2026-Q2"),
        ("all", "2026-Q1", None),
        ("all", "2026-09", None),
        ("team=North", "2026-Q3", None),
    ],
)
def test_a_report_is_compared_with_its_own_scope_grain_and_no_later_period(
    url: str, scope: str, key: str, expected: str | None
) -> None:
    archived(url, VALUES[0], key="2026-Q2")
    found = reference(config(url), "sales", scope, period(key), "en")
    assert (found.run.period if found else None) == expected


def changed(url: str, now: KpiValue, code: str = "c1", data: str = "i1") -> list[tuple]:
    found = reference(config(url), "sales", "all", period("2026-Q3"), "en")
    assert isinstance(found, Reference)
    later = now.as_of.replace(tzinfo=UTC) + dt.timedelta(days=90)
    restated = found.changed([now], Origin(later, code, data))
    return [(r.before, r.after, r.kind, r.cause) for r in restated]


@pytest.mark.parametrize(
    ("facts", "code", "data", "cause"),
    [
        ({}, "c1", "i2", "data"),
        ({}, "c2", "i1", "code"),
        ({}, "c2", "i2", "data_or_code"),
        ({}, "c1", "i1", "as_of"),
        ({"definition": "0" * 12}, "c1", "i2", "definition"),
    ],
)
def test_what_differs_is_explained(
    url: str, facts: dict[str, str], code: str, data: str, cause: str
) -> None:
    archived(url, VALUES[0])
    now = replace(VALUES[0], value=13.0, **facts)
    assert changed(url, now, code, data) == [(12.5, 13.0, "restated", cause)]
    assert changed(url, VALUES[0], code, data) == []


def test_a_cohort_matures_and_a_period_under_way_completes(url: str) -> None:
    early = value(7.0, "2026-Q4", n=7)
    assert not early.complete
    archived(url, VALUES[3], early)
    older = replace(VALUES[3], value=5.0)
    assert changed(url, older, data="i2") == [(4.0, 5.0, "matured", "matured")]
    later = replace(early, value=9.0)
    assert changed(url, later, data="i2") == [(7.0, 9.0, "completed", "under_way")]


def test_no_data_that_became_a_number_is_a_change(url: str) -> None:
    archived(url, VALUES[1])
    now = replace(VALUES[1], value=0.0, status="ok", reason="")
    assert changed(url, now, data="i2") == [(None, 0.0, "restated", "data")]


def test_a_row_that_travels_is_plain_json() -> None:
    row = to_json(VALUES[0])
    assert row["period_start"] == date(2026, 7, 1).isoformat()
    assert json.loads(json.dumps(row)) == row
