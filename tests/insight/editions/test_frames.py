"""What was published, and what differs between two editions, as an analyst's frames."""

from pathlib import Path

import pytest

import kpi_toolkit as kt
from kpi_toolkit.errors import ArchiveError, ConfigError
from kpi_toolkit.kpis import sales
from tests.revised_project import FIRST, SECOND, Project, edited, late, write_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two editions of the second quarter, a deal edited and one entered late in between."""
    made = write_project(tmp_path_factory.mktemp("frames") / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made.folder)
        made.publish(made.report(FIRST, sales.won_value))
        edited(made)
        late(made)
        made.publish(made.report(SECOND, sales.won_value))
    return made


def test_the_runs_are_listed_newest_first(project: Project) -> None:
    found = kt.archived_runs("sales", config=project.folder / "kpi.toml")
    assert found[["report", "period", "edition"]].to_numpy().tolist() == [
        ["sales", "2026-Q2", 2],
        ["sales", "2026-Q2", 1],
    ]
    assert kt.archived_runs("pipeline", config=project.folder / "kpi.toml").empty


def test_values_are_those_that_were_published(project: Project) -> None:
    config = project.folder / "kpi.toml"
    own = "kpi == 'won_value' and dimension == '' and grain == 'quarter'"
    published = [
        kt.archived_values(name, config=config).query(own).set_index("period_start")["value"]
        for name in ("sales/2026-Q2/1", "sales/2026-Q2")
    ]
    assert [float(values.iloc[-1]) for values in published] == [700.0, 800.0]


def test_changes_name_their_cause_and_their_records(project: Project) -> None:
    config = project.folder / "kpi.toml"
    found = kt.archived_changes("sales/2026-Q2/1", "sales/2026-Q2/2", config=config)
    (won,) = found.query("kpi == 'won_value' and grain == 'quarter' and dimension == ''").to_dict(
        "records"
    )
    assert (won["before"], won["after"], won["kind"]) == (700.0, 800.0, "restated")
    assert (won["causes"], won["records"]) == (["data"], ["D-1", "D-7"])
    assert "one record edited" in won["why"] and "D-7" in won["why"]


def test_a_run_that_is_none_is_one_sentence(project: Project, tmp_path: Path) -> None:
    config = project.folder / "kpi.toml"
    with pytest.raises(ArchiveError, match="run 'sales/2026-Q9': no such run; did you mean"):
        kt.archived_values("sales/2026-Q9", config=config)
    with pytest.raises(ConfigError, match="nowhere.toml"):
        kt.archived_runs(config=tmp_path / "nowhere.toml")
