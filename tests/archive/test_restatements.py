"""What changed since the earlier report, worked out by hand for each cause and kind."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kpi_toolkit.archive.restatements import Origin, Restatement, compare, missing
from kpi_toolkit.archive.rows import Run

NOW = datetime(2026, 10, 5, tzinfo=UTC)
BEFORE = Run(
    run_id="r-1",
    report="sales",
    scope="all",
    period="2026-Q2",
    grain="quarter",
    period_start=date(2026, 4, 1),
    period_end=date(2026, 7, 1),
    as_of=NOW,
    slot="manual:1",
    attempt=1,
    edition=1,
    status="succeeded",
    started_at=NOW,
    heartbeat_at=NOW,
    finished_at=NOW,
    lease_owner="host:1",
    code_version="1.0",
    definition_hash="all-1",
    input_hash="i1",
    declaration_hash="m1",
    newest_event=None,
    language="en",
    parameters_json="{}",
    error=None,
)
LATER = NOW + timedelta(days=90)
NOTHING = {"value": None, "status": "no_data"}


def changes(old, new, code_version: str = "1.0", input_hash: str = "i1") -> list[Restatement]:
    return compare(BEFORE, [old], [new], Origin(LATER, code_version, input_hash, "m1"))


# fmt: off
@pytest.mark.parametrize(
    ("old", "new", "code", "data", "expected"),
    [
        # one thing has changed
        ({}, {"value": 0.29, "definition_hash": "d2"}, "1.0", "i1", ("restated", "definition")),
        ({}, {"value": 0.29}, "1.1", "i1", ("restated", "code")),
        ({}, {"value": 0.29}, "1.0", "i2", ("restated", "data")),
        ({}, {"value": 0.29}, "1.0", "i1", ("restated", "as_of")),
        # several have: the definition is named before the code, the code before the data
        ({}, {"value": 0.29, "definition_hash": "d2"}, "1.1", "i2", ("restated", "definition")),
        ({}, {"value": 0.29}, "1.1", "i2", ("restated", "data_or_code")),
        # the period was under way then, whatever else has changed
        ({"complete": False}, {"value": 0.29}, "1.0", "i2", ("completed", "under_way")),
        ({"complete": False}, {"value": 0.29, "definition_hash": "d2"}, "1.0", "i2",
         ("completed", "under_way")),
        ({"complete": False, "window": "cohort"}, {"value": 0.29, "window": "cohort"},
         "1.0", "i2", ("completed", "under_way")),
        # a cohort grows older, unless it is counted otherwise now
        ({"window": "cohort"}, {"value": 0.35, "window": "cohort"}, "1.0", "i2",
         ("matured", "matured")),
        ({"window": "cohort"}, {"value": 0.35, "window": "cohort"}, "1.1", "i2",
         ("matured", "matured")),
        ({"window": "cohort"}, {"value": 0.35, "window": "cohort", "definition_hash": "d2"},
         "1.0", "i2", ("restated", "definition")),
        # a stock is read from today's records, which is a restatement
        ({"window": "stock"}, {"value": 0.35, "window": "stock"}, "1.0", "i2",
         ("restated", "data")),
        # to no data, and back
        ({}, NOTHING, "1.0", "i2", ("restated", "data")),
        (NOTHING, {}, "1.0", "i2", ("restated", "data")),
        ({}, {"value": None, "status": "suppressed"}, "1.1", "i1", ("restated", "code")),
        ({"value": 0.0}, NOTHING, "1.0", "i2", ("restated", "data")),
    ],
)
# fmt: on
def test_a_changed_figure_has_one_kind_and_one_cause(row, old, new, code, data, expected) -> None:
    (found,) = changes(row(**old), row(**new), code, data)
    assert (found.kind, found.cause) == expected
    assert (found.before, found.after) == (row(**old).value, row(**new).value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {}),
        ({}, {"value": 0.31 * (1 + 5e-10)}),
        ({"value": 0.0}, {"value": 1e-13}),
        (NOTHING, NOTHING),
        (NOTHING, {"value": None, "status": "not_available"}),
        ({}, {"definition_hash": "d2", "n": 5, "reason": "x"}),
        ({}, {"value": 0.29, "member": "Zoé"}),
        ({}, {"value": 0.29, "period_start": date(2026, 4, 1)}),
        ({}, {"value": 0.29, "options": '{"days":30}'}),
    ],
)
def test_a_figure_that_is_the_same_or_another_one_is_not_listed(row, old, new) -> None:
    assert changes(row(**old), row(**new), "1.1", "i2") == []


def test_a_difference_above_one_in_a_thousand_million_is_listed(row) -> None:
    assert len(changes(row(), row(value=0.31 * (1 + 5e-9)))) == 1


@pytest.mark.parametrize(
    ("now", "cause"),
    [
        # Another mapping makes other records too; the mapping is what somebody has changed.
        (Origin(LATER, "1.0", "i2", "m2"), "mapping"),
        (Origin(LATER, "1.1", "i2", "m2"), "mapping"),
        (Origin(LATER, "1.0", "i2", "m1"), "data"),
        (Origin(LATER, "1.0", "i2", None), "data"),
        (Origin(LATER, "1.0", "i1", "m1"), "as_of"),
        (Origin(NOW, "1.0", "i1", "m1"), "unexplained"),
    ],
)
def test_the_mapping_is_named_where_it_is_known_and_another_date_where_nothing_else_is(
    row, now: Origin, cause: str
) -> None:
    (found,) = compare(BEFORE, [row()], [row(value=0.29)], now)
    assert (found.kind, found.cause) == ("restated", cause)


def test_restatements_are_sorted_by_key_and_carry_it(row) -> None:
    keys = [("win", "b"), ("win", "a"), ("churn", "a")]
    old = [row(kpi=kpi, dimension="owner", member=member) for kpi, member in keys]
    new = [row(kpi=kpi, dimension="owner", member=member, value=0.5) for kpi, member in keys]
    found = compare(BEFORE, old, new, Origin(LATER, "1.0", "i2"))
    assert [(r.kpi, r.dimension, r.member) for r in found] == [
        ("churn", "owner", "a"),
        ("win", "owner", "a"),
        ("win", "owner", "b"),
    ]
    assert (found[0].grain, found[0].period_start) == ("quarter", date(2026, 7, 1))


def test_figures_that_only_one_run_has_are_counted_not_restated(row) -> None:
    old, new = [row(kpi="gone"), row()], [row(), row(kpi="new")]
    assert compare(BEFORE, old, new, Origin(LATER, "1.0", "i2")) == []
    assert missing(old, new) == 1


def test_a_cohort_of_the_same_age_has_not_matured(row) -> None:
    old, new = row(window="cohort", value=0.31), row(window="cohort", value=0.32)
    found = compare(BEFORE, [old], [new], Origin(BEFORE.as_of, "1.0", "i2"))
    assert [(r.kind, r.cause) for r in found] == [("restated", "data")]
