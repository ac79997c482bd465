"""A run from its slot to the archive, with real kernels."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import psutil
import pytest

from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import load
from kpi_toolkit.errors import ConfigError, DataError, KpiError, RenderError, RunError
from kpi_toolkit.run.job import Job, RunResult
from kpi_toolkit.run.planning import Asked, plan, plan_slot
from kpi_toolkit.run.schedule import due_jobs
from kpi_toolkit.run.steps import Workplace, run_report
from tests.run.project import HEADER, REPORT, SCORECARD, write_project

NOW = datetime(2026, 10, 7, 12, tzinfo=UTC)
COMMAND = [sys.executable, "-c", "from kpi_toolkit.cli import main; main()"]
ENVIRONMENT = """
print(os.environ["KPI_CONFIG"], os.environ["KPI_RUN"], os.getcwd(), sep="|")
print("careful", file=sys.stderr)"""


def workplace(config_file: Path) -> Workplace:
    config = load(config_file)
    return Workplace(config, config_file, Archive.open(config.archive_url), clock=lambda: NOW)


def job(place: Workplace, **asked: object) -> Job:
    return plan(place.config, "sales", Asked(**asked), NOW)  # type: ignore[arg-type]


def run(folder: Path, *cells: str) -> tuple[Workplace, RunResult]:
    place = workplace(write_project(folder, *cells))
    return place, run_report(job(place), place)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workplace, RunResult]:
    return run(tmp_path_factory.mktemp("done"), *REPORT, ENVIRONMENT)


Done = tuple[Workplace, RunResult]


def test_a_run_archives_its_values_and_files(done: Done) -> None:
    place, result = done
    assert (result.status, result.edition, result.values) == ("succeeded", 1, 1)
    (value,) = place.archive.values(result.run_id)
    assert (value.kpi, value.value, value.n) == ("decided_win_rate", 0.75, 4)
    assert [file.kind for file in place.archive.artifacts(result.run_id)] == [
        "html",
        "ipynb",
        "pdf",
    ]
    assert place.archive.check(place.config.reports_folder) == []


def test_a_period_without_a_record_is_told_with_the_one_to_ask_for(tmp_path: Path) -> None:
    empty = SCORECARD.replace("2026-07-01", "2019-01-01").replace('"n": 4', '"n": 0')
    place = workplace(write_project(tmp_path, HEADER, empty))
    assert run_report(job(place, period="2019-Q1"), place).warnings == (
        "The records run from 1 Aug 2026 to 1 Sept 2026. There is none in Q1\u00a02019. "
        "Ask for Q3\u00a02026 (--period 2026-Q3).",
    )


def test_files_lie_by_report_scope_period_and_run(done: Done) -> None:
    place, result = done
    folder = place.config.reports_folder / "sales" / "all" / "2026-Q3" / result.run_id
    assert sorted(path.name for path in folder.iterdir()) == [
        "sales-2026-Q3.html",
        "sales-2026-Q3.ipynb",
        "sales-2026-Q3.pdf",
    ]
    assert result.files["pdf"].read_bytes().startswith(b"%PDF-1.7")
    assert "More deals are won" in result.files["html"].read_text(encoding="utf-8")


def test_the_source_notebook_is_not_touched(done: Done) -> None:
    place, _ = done
    source = nbformat.read(place.config.root / "sales.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in source.cells)
    assert len(source.cells) == 8


def test_the_executed_notebook_holds_parameters_and_no_times(done: Done) -> None:
    _, result = done
    executed = nbformat.read(result.files["ipynb"], as_version=4)
    injected = executed.cells[2]
    assert injected.id == "injected-parameters"
    assert 'period = "2026-Q3"' in injected.source
    assert 'as_of = "2026-10-05T06:00:00+02:00"' in injected.source
    assert "papermill" not in executed.metadata
    assert not any({"papermill", "execution"} & set(cell.metadata) for cell in executed.cells)


def test_a_kernel_knows_its_run_its_configuration_and_the_projects_folder(done: Done) -> None:
    place, result = done
    executed = nbformat.read(result.files["ipynb"], as_version=4)
    said = executed.cells[-1].outputs[0].text.strip().split("|")
    assert said == [str(place.config_file), result.run_id, str(place.config.root)]
    assert "careful" in result.log


def test_a_kernel_reads_the_configuration_that_the_run_was_given(tmp_path: Path) -> None:
    """And not the kpi.toml that lies in the same folder."""
    says = "from kpi_toolkit import config\nprint(config.load().project.name)"
    config_file = write_project(tmp_path, says)
    other = tmp_path / "other.toml"
    other.write_text(config_file.read_text("utf-8").replace("Ardane", "Borel"), "utf-8")
    place = workplace(other)
    result = run_report(job(place), place)
    assert "Borel" in result.files["html"].read_text(encoding="utf-8")


def test_a_runs_facts_are_archived(done: Done) -> None:
    place, result = done
    archived = place.archive.run(result.run_id)
    assert archived.slot.startswith("manual:")
    assert archived.as_of == datetime(2026, 10, 5, 4, tzinfo=UTC)
    assert archived.newest_event == datetime(2026, 9, 9, 22, tzinfo=UTC)
    assert (archived.language, archived.period) == ("en", "2026-Q3")
    assert archived.input_hash and archived.definition_hash


def test_a_failed_cell_fails_the_report_and_is_named(tmp_path: Path) -> None:
    place = workplace(write_project(tmp_path, SCORECARD, "# the ratio\nratio = 1 / 0"))
    with pytest.raises(RunError, match="division by zero") as failure:
        run_report(job(place), place)
    sentence = "notebook sales.ipynb, cell 5 (ratio = 1 / 0): ZeroDivisionError: division by zero"
    assert str(failure.value) == sentence
    (failed,) = place.archive.runs(status=None)
    assert (failed.status, failed.error) == ("failed", sentence)
    assert place.archive.values(failed.run_id) == place.archive.artifacts(failed.run_id) == []
    (kept,) = (tmp_path / "reports").rglob("*.*nb")
    assert kept.name == "sales-2026-Q3-failed.ipynb"
    assert kept.parent.name == failed.run_id


def test_a_hung_cell_ends_the_run_and_every_process_of_it(tmp_path: Path) -> None:
    hung = "import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)"
    config_file = write_project(tmp_path, hung, "while True: pass")
    text = config_file.read_text(encoding="utf-8").replace("cell_timeout = 60", "cell_timeout = 1")
    config_file.write_text(text, encoding="utf-8")
    place = workplace(config_file)
    with pytest.raises(RunError, match=r"cell 5 \(while True: pass\): it ran longer than 1 s"):
        run_report(job(place), place)
    (failed,) = place.archive.runs(status=None)
    assert failed.status == "failed"
    assert processes_of(failed.run_id) == []


def test_a_dead_kernel_is_one_sentence(tmp_path: Path) -> None:
    place = workplace(write_project(tmp_path, "os._exit(1)"))
    with pytest.raises(RunError, match=r"cell 4 \(os._exit\(1\)\): its kernel died"):
        run_report(job(place), place)


def test_what_no_page_can_hold_fails_the_run(tmp_path: Path) -> None:
    with pytest.raises(RenderError):
        run(tmp_path, "from IPython.display import Javascript\nJavascript('1')")
    (failed,) = Archive.open(load(tmp_path / "kpi.toml").archive_url).runs(status=None)
    assert failed.status == "failed"


def test_data_that_cannot_be_read_fail_the_run_before_a_kernel_starts(tmp_path: Path) -> None:
    place = workplace(write_project(tmp_path))
    (tmp_path / "deals.csv").unlink()
    with pytest.raises(KpiError) as failure:
        run_report(job(place), place)
    assert isinstance(failure.value, ConfigError | DataError)
    (failed,) = place.archive.runs(status=None)
    assert failed.status == "failed"


def test_an_unknown_parameter_claims_no_slot(tmp_path: Path) -> None:
    place = workplace(write_project(tmp_path))
    with pytest.raises(ConfigError, match="did you mean 'deals'"):
        run_report(job(place, parameters={"deal": "4"}), place)
    assert place.archive.runs(status=None) == []


def test_a_run_that_lost_its_lease_publishes_nothing(tmp_path: Path) -> None:
    place = workplace(write_project(tmp_path))

    def lose(step: str, done: int, of: int) -> None:
        if step == "archive":
            (run,) = place.archive.runs(status="running")
            place.archive.fail(run.run_id, now=NOW, error="taken over")

    watched = Workplace(place.config, place.config_file, place.archive, lambda: NOW, lose)
    result = run_report(job(place), watched)
    assert (result.status, result.files) == ("lost", {})
    assert place.archive.runs() == []


def test_of_two_that_run_what_is_due_at_once_one_does_and_it_is_due_no_more(tmp_path: Path) -> None:
    place = workplace(write_project(tmp_path))
    (due,) = due_jobs(place.config, place.archive, NOW).jobs
    others = []

    def another_comes(step: str, done: int, of: int) -> None:
        others.append(run_report(due, place).status)

    first = Workplace(place.config, place.config_file, place.archive, lambda: NOW, another_comes)
    assert run_report(due, first).status == "succeeded"
    assert set(others) == {"taken"}
    assert [run.slot for run in place.archive.runs()] == ["2026-10-05T05:00Z"]
    assert due_jobs(place.config, place.archive, NOW).jobs == ()


def test_kill_9_leaves_no_partial_run_and_the_next_one_works(tmp_path: Path) -> None:
    waits = "import pathlib, time\npathlib.Path('here').touch()\n"
    waits += "while pathlib.Path('wait').exists(): time.sleep(0.02)"
    config_file = write_project(tmp_path, waits, *REPORT)
    (tmp_path / "wait").touch()
    process = started(config_file)
    until((tmp_path / "here").exists)
    place = workplace(config_file)
    (running,) = place.archive.runs(status="running")
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: processes_of(running.run_id) == [])
    (tmp_path / "wait").unlink()
    assert place.archive.runs() == []
    assert place.archive.values(running.run_id) == place.archive.artifacts(running.run_id) == []
    assert run_report(job(place), place).status == "succeeded"


def test_a_request_to_stop_ends_kernel_and_run(tmp_path: Path) -> None:
    waits = "import pathlib, time\npathlib.Path('here').touch()\ntime.sleep(600)"
    config_file = write_project(tmp_path, waits)
    process = started(config_file)
    until((tmp_path / "here").exists)
    process.terminate()
    assert process.wait(timeout=30) == 130
    (stopped,) = workplace(config_file).archive.runs(status=None)
    assert (stopped.status, stopped.error) == ("failed", "it was interrupted")
    assert processes_of(stopped.run_id) == []


def test_due_is_the_latest_monday_and_its_period_is_told_by_the_slot(tmp_path: Path) -> None:
    place = workplace(write_project(tmp_path))
    (due,) = due_jobs(place.config, place.archive, NOW).jobs
    assert (due.slot, due.period.key) == ("2026-10-05T05:00Z", "2026-Q3")
    assert due == plan_slot(place.config, "sales", datetime(2026, 10, 5, 5, tzinfo=UTC), NOW)


def test_a_slot_that_fails_is_tried_three_times_in_all(tmp_path: Path) -> None:
    place = workplace(write_project(tmp_path))
    for _ in range(3):
        (due,) = due_jobs(place.config, place.archive, NOW).jobs
        place.archive.fail(claim(place, due), now=NOW, error="no disk")
    found = due_jobs(place.config, place.archive, NOW)
    assert found.jobs == ()
    assert found.given_up == (
        "report sales, due 2026-10-05T05:00Z: 3 runs failed (the last: no disk); "
        "run it by hand once mended",
    )


def test_a_report_without_schedule_is_never_due(tmp_path: Path) -> None:
    config_file = write_project(tmp_path)
    text = config_file.read_text(encoding="utf-8").replace('schedule = "0 7 * * 1"\n', "")
    config_file.write_text(text, encoding="utf-8")
    place = workplace(config_file)
    assert due_jobs(place.config, place.archive, NOW).jobs == ()


def claim(place: Workplace, due: Job) -> str:
    run_id = place.archive.claim(
        now=NOW,
        report=due.report,
        scope=due.scope,
        period=due.period.key,
        grain=due.period.grain,
        period_start=due.period.start,
        period_end=due.period.end,
        as_of=NOW,
        slot=due.slot,
        language=due.language,
        code_version="c",
    )
    assert run_id
    return run_id


def started(config_file: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*COMMAND, "run", "sales"],
        cwd=config_file.parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.DEVNULL,
    )


def until(condition: "object") -> None:
    for _ in range(1500):
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.02)
    pytest.fail("waited for half a minute")


def processes_of(run_id: str) -> list[int]:
    return [process.pid for process in psutil.process_iter() if variable(process) == run_id]


def variable(process: psutil.Process) -> str | None:
    try:
        return process.environ().get("KPI_RUN")
    except (psutil.Error, OSError):
        return None
