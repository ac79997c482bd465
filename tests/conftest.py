"""What every test shares: an environment of its own, the real data sets, and the closing counts."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
NO_REAL_DATA = "no ../shared/data and no $KPI_REAL_DATA"

# The same examples at every run, and no limit on the time that one takes.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the configuration of whoever runs it."""
    monkeypatch.delenv("KPI_CONFIG", raising=False)
    monkeypatch.setenv("MPLBACKEND", "agg")


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """Find the folder of one real data set by its name; skips the test where there are none."""

    def find(name: str) -> Path:
        folder = real_data_folder()
        if folder is None:
            pytest.skip(f"real data set {name!r}: {NO_REAL_DATA}")
        if not (folder / name).is_dir():
            pytest.fail(f"real data set {name!r}: not a folder of {folder}")
        return folder / name

    return find


def real_data_folder() -> Path | None:
    """$KPI_REAL_DATA, else shared/data beside the checkout; None where neither is a folder."""
    declared = os.environ.get("KPI_REAL_DATA")
    folder = Path(declared) if declared else ROOT.parent / "shared" / "data"
    return folder if folder.is_dir() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "real_data" in getattr(item, "fixturenames", ()):
            item.add_marker("real_data")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Iterator[pytest.TestReport]:
    """A system test that skips has failed: a missing program must not pass unseen."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("system"):
        report.outcome = "failed"
        report.longrepr = f"a system test must not skip: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    ran = sum("real_data" in report.keywords and report.when == "call" for report in reports)
    folder = real_data_folder()
    if folder is None:
        terminalreporter.write_line(f"real-data tests: none ran: {NO_REAL_DATA}")
    elif ran or "real_data" in terminalreporter.config.getoption("markexpr"):
        terminalreporter.write_line(f"real-data tests: {ran} ran (from {folder})")
    else:
        terminalreporter.write_line("real-data tests: none ran: none was selected")
