"""What was archived and is different now is laid to what changed, and the records are named."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import kpi_toolkit as kt
from kpi_toolkit.kpis import sales
from kpi_toolkit.measures import registry
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.kpi import Kpi
from tests.revised_project import (
    FIRST,
    SECOND,
    Project,
    cancelled,
    deleted,
    edited,
    late,
    mapped,
    moved,
    write_project,
)

WON, RATE, CONVERSION = (
    sales.won_value, sales.decided_win_rate, sales.opportunity_to_customer_rate,
)  # fmt: skip
VERSIONS = ("kpi_toolkit.report.session.code_version", "tests.revised_project.code_version")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = write_project(tmp_path / "project")
    monkeypatch.chdir(made.folder)
    return made


def publish(project: Project, *kpis: Kpi, **settings: str) -> None:
    project.publish(project.report(FIRST, *(kpis or (WON,)), **settings))


def revised(project: Project, *kpis: Kpi, **settings: str) -> dict[str, tuple[str, str, str]]:
    """Published, revised and cause of each figure of the second report's box."""
    block = project.report(SECOND, *(kpis or (WON,)), **settings).restated()
    rows = block.content.get("rows", [])
    return {row[0].replace("\u00a0", " "): (row[1], row[2], row[4]) for row in rows}


def cause(project: Project, figure: str = "Won value, Q2 2026", *kpis: Kpi, **settings: str) -> str:
    return revised(project, *kpis, **settings)[figure][2]


@pytest.mark.parametrize(
    ("change", "published", "now", "expected"),
    [
        (late, "€700", "€750", "one record entered late: D-7"),
        (deleted, "€700", "€500", "one record deleted: D-2"),
        (edited, "€700", "€750", "one record edited (amount): D-1"),
        (cancelled, "€700", "€300", "one record edited (status): D-3"),
        (moved, "€700", "€3.90k", "one record edited (closed on): D-6"),
        (mapped, "€700", "€1.40k", "the mapping in kpi.toml was changed"),
    ],
)
def test_one_change_is_the_cause_and_its_record_is_named(
    project: Project, change, published: str, now: str, expected: str
) -> None:
    publish(project)
    change(project)
    assert revised(project)["Won value, Q2 2026"] == (published, now, expected)


def test_three_records_are_named_and_more_are_counted(project: Project) -> None:
    publish(project)
    for change in (deleted, edited, cancelled):
        change(project)
    assert cause(project) == ("one record deleted: D-2; 2 edited (amount, status): D-1, D-3")
    late(project)
    assert cause(project) == ("one record deleted; 2 edited (amount, status); one entered late")


def test_the_scope_of_the_report_is_that_of_the_records(project: Project) -> None:
    publish(project, scope="owner=Ann")
    deleted(project)  # Bob's
    edited(project)
    assert cause(project, scope="owner=Ann") == "one record edited (amount): D-1"


def test_an_edit_that_the_number_does_not_count_is_none(project: Project) -> None:
    publish(project, WON, RATE)
    edited(project)
    found = revised(project, WON, RATE)
    assert list(found) == ["Won value, Q2 2026", "Won value, May 2026"]


def test_only_the_columns_that_made_the_difference_are_named(project: Project) -> None:
    """The deal was open when the quarter ended, and closing it since changes nothing of that."""
    publish(project, sales.pipeline_value)
    project.edit("deals.csv", "open,1600,2026-06-08,", "won,2000,2026-06-08,2026-08-01")
    assert cause_of(project, sales.pipeline_value) == "one record edited (amount): D-5"


def test_a_cohort_matures_and_is_not_restated(project: Project) -> None:
    publish(project, CONVERSION)
    project.edit("deals.csv", "open,1600,2026-06-08,", "won,1600,2026-06-08,2026-08-01")
    assert cause_of(project, CONVERSION) == "matured: more outcomes are known"


def test_an_edited_record_of_a_closed_month_is_named_there_too(project: Project) -> None:
    publish(project, WON)
    edited(project)
    report = project.report(SECOND)
    report.trend(WON.bind(), n=3)
    assert cause(project) == "one record edited (amount): D-1"


# -- definition and code


def own_kpi(expression: str, formula: Node | None = None) -> Kpi:
    """The analyst's own KPI under one name, defined anew: a sum over won deals, or a formula."""
    deals = kt.Fact("deals", time="closed_at", dimensions=("owner",))

    @kt.kpi(label="My sum", unit="money", better="up", window="event", finest_grain="month")
    def my_sum():
        """A sum.

        Formula: a sum
        Counts: deals
        Empty: 0
        """
        return formula or deals.sum(expression, "status = 'won'")

    return my_sum


@pytest.fixture
def no_own_kpi() -> Iterator[None]:
    yield
    registry._REGISTRY.pop("my_sum", None)


def test_another_definition_is_the_cause_and_beside_it_the_records(
    project: Project, no_own_kpi: None
) -> None:
    publish(project, own_kpi("amount"))
    changed = own_kpi("amount * 3")
    assert cause_of(project, changed) == "definition changed"
    edited(project)
    assert cause_of(project, changed) == ("definition changed; one record edited (amount): D-1")


def test_a_definition_that_gives_the_same_is_not_the_cause(
    project: Project, no_own_kpi: None
) -> None:
    publish(project, own_kpi("amount"))
    edited(project)
    assert cause_of(project, own_kpi("amount + 0")) == "one record edited (amount): D-1"


def test_other_software_is_the_cause_only_where_it_gives_another_number(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(project)
    set_version(monkeypatch, "another")
    edited(project)
    assert cause(project) == "one record edited (amount): D-1"


def test_other_software_that_gives_another_number_is_the_cause(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.publish(project.report(FIRST, WON), won_value=690.0)
    set_version(monkeypatch, "another")
    assert cause(project) == "software updated"
    edited(project)
    assert cause(project) == "software updated; one record edited (amount): D-1"


def test_what_nothing_explains_is_said_to_be_unexplained(project: Project) -> None:
    project.publish(project.report(FIRST, WON), won_value=690.0)
    assert cause(project) == "cause unknown"
    edited(project)
    assert cause(project) == "cause unknown; one record edited (amount): D-1"


def test_of_a_pruned_snapshot_nothing_is_guessed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(project)
    edited(project)
    shutil.rmtree(project.folder / ".kpi")
    assert cause(project) == "records added or edited; the earlier records were not kept"
    set_version(monkeypatch, "another")
    assert cause(project) == (
        "records edited or software updated; the earlier records were not kept"
    )


def test_earlier_records_that_are_damaged_cost_the_names_and_not_the_report(
    project: Project,
) -> None:
    publish(project)
    (deals,) = (project.folder / ".kpi" / "snapshots").glob("*/deals.parquet")
    whole = deals.read_bytes()
    edited(project)
    # The data, not the footer that says what is in it.
    deals.write_bytes(whole[:4] + b"\xff" * 96 + whole[100:])
    assert cause(project) == "records added or edited; the earlier records were not kept"


# -- what kpi.toml makes of the records


def test_a_column_mapped_otherwise_is_not_the_cause_of_what_another_one_changes(
    project: Project,
) -> None:
    publish(project)
    project.edit("kpi.toml", 'owner = "owner"', 'owner = "notes"')
    edited(project)
    assert cause(project) == "one record edited (amount): D-1"


def test_records_and_mapping_are_told_apart_by_what_has_changed(project: Project) -> None:
    publish(project)
    mapped(project)
    late(project)
    assert cause(project) == "the mapping in kpi.toml was changed; one record entered late: D-7"


def test_a_record_whose_edit_is_not_the_mappings_alone_was_edited(project: Project) -> None:
    """All closing dates are read otherwise, and stay in their quarters; one deal was cancelled."""
    publish(project)
    project.edit("kpi.toml", 'closed_at = "closed_at"', 'closed_at = "created_at"')
    cancelled(project)
    assert cause(project) == "one record edited (closed on, status): D-3"


def test_a_condition_that_leaves_rows_out_is_the_cause_of_those_that_are_gone(
    project: Project,
) -> None:
    publish(project)
    project.edit(
        "kpi.toml", 'file = "deals.csv"', 'file = "deals.csv"\nwhere = "amount <> \'100\'"'
    )
    assert cause(project) == "the mapping in kpi.toml was changed"


def test_all_causes_at_once_are_all_named(
    project: Project, no_own_kpi: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = project.report(FIRST, WON, RATE, CONVERSION, own_kpi("amount"))
    project.publish(report, decided_win_rate=0.7)
    for change in (late, deleted, mapped):
        change(project)
    project.edit("deals.csv", "open,1600,2026-06-08,", "won,1600,2026-06-08,2026-08-01")
    set_version(monkeypatch, "another")
    found = revised(project, WON, RATE, CONVERSION, own_kpi("amount * 3"))
    mapping = "the mapping in kpi.toml was changed"
    rows = "one record deleted: D-2; one entered late: D-7"
    end = ", Q2 2026"
    second = {figure: why for figure, (*_, why) in found.items() if figure.endswith(end)}
    assert {figure.removesuffix(end): why for figure, why in second.items()} == {
        "Won value": f"{mapping}; {rows}",
        # One won deal came and one went: 3 of 4 as before.
        "Win rate": "software updated",
        "Opportunity conversion": "matured: more outcomes are known",
        "My sum": f"definition changed; {mapping}; {rows}",
    }


def set_version(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    for place in VERSIONS:
        monkeypatch.setattr(place, lambda: version)


def cause_of(project: Project, kpi: Kpi) -> str:
    return cause(project, f"{kpi.label}, Q2 2026", kpi)


def test_a_number_that_depends_on_the_day_is_known_at_another_date(
    project: Project, no_own_kpi: None
) -> None:
    kpi = own_kpi("days(created_at, :as_of)")
    publish(project, kpi)
    assert cause_of(project, kpi) == "known at another date"


def test_what_other_records_decide_is_laid_to_the_records(
    project: Project, no_own_kpi: None
) -> None:
    """Of a deal's share in the greatest one, the deal itself does not tell."""
    deals = kt.Fact("deals", time="closed_at", columns={"top": "max(amount) over ()"})
    kpi = own_kpi("amount", deals.sum("amount / top", "status = 'won' and closed_at < :as_of"))
    publish(project, kpi)
    project.edit("deals.csv", "D-5,Bob,open,1600", "D-5,Bob,open,6400")
    assert cause_of(project, kpi) == "records added or edited"


def test_what_a_related_record_decides_names_the_record_it_decides_of(
    project: Project, no_own_kpi: None
) -> None:
    deals = kt.Fact("deals", time="closed_at", columns={"top": "max(amount) over ()"})
    kpi = own_kpi("amount", deals.sum("amount / top", "deal_id = 'D-1'"))
    publish(project, kpi)
    project.edit("deals.csv", "D-6,Ann,won,3200", "D-6,Ann,won,6400")
    assert cause_of(project, kpi) == "one record whose related record changed: D-1"


# -- breakdowns


@pytest.fixture
def by_source(project: Project) -> Project:
    """Deals with a source, reported by source and by owner."""
    project.edit("kpi.toml", 'owner = "owner"', 'owner = "owner"\nsource = "notes"')
    project.edit("deals.csv", "2026-05-05,x", "2026-05-05,fair")
    report = project.report(FIRST, WON)
    report.variance(WON, by="source")
    report.variance(WON, by="owner")
    project.publish(report)
    return project


def test_a_member_that_was_published_otherwise_stands_after_the_totals(by_source: Project) -> None:
    deleted_fair = "D-2,Bob,won,200,2026-04-03,2026-05-05,fair\n"
    by_source.edit("deals.csv", deleted_fair, "")
    found = revised(by_source)
    assert list(found)[0] == "Won value, Q2 2026"
    # The member is gone: its figure is that of nothing.
    assert found["Won value, fair, Q2 2026"] == ("€200", "€0", "one record deleted: D-2")
    assert "Won value, x, Q2 2026" not in found
    block = by_source.report(SECOND, WON).restated()
    # Of two owners one is concerned, who is counted and not named.
    assert "In breakdowns: Won value by owner (1 of 2)." in block.content["after"]
    assert "Bob" not in str(block.to_json())


def test_what_moves_between_members_leaves_the_totals_and_is_told(by_source: Project) -> None:
    by_source.edit("deals.csv", "2026-05-04,x", "2026-05-04,fair")
    found = revised(by_source)
    assert found == {
        "Won value, fair": ("€200", "€300", "one record edited (source): D-1"),
        "Won value, x": ("€500", "€400", "one record edited (source): D-1"),
    }


def test_what_moves_between_people_is_counted(by_source: Project) -> None:
    by_source.edit("deals.csv", "D-1,Ann", "D-1,Bob")
    said = str(by_source.report(SECOND, WON).restated()).replace("\u00a0", " ")
    assert "are unchanged, but not all of their breakdowns: Won value by owner (2 of 2)." in said
    assert "Ann" not in said
