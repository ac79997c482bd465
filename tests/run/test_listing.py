"""reports/index.html: every run that has ended, in a page that is always whole."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kpi_toolkit.archive.rows import Artifact, ValueRow
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import Config, load
from kpi_toolkit.run import listing

NOW = datetime(2026, 10, 5, 6, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> & \u202esales"
CONFIG = """
[project]
name = "Ardane"
language = "{language}"
[source]
kind = "sample"
[reports.sales]
notebook = "n.ipynb"
title = "{title}"
[reports.pipeline]
notebook = "n.ipynb"
"""


class Page(HTMLParser):
    """What a page says and where its links lead."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = path.read_text(encoding="utf-8")
        self.links: list[str] = []
        self.tags: list[str] = []
        self.said: list[str] = []
        self.feed(self.source.partition("<body>")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).replace("\u00a0", " ").split())


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return project(tmp_path)


@pytest.fixture
def archive(config: Config) -> Iterator[Archive]:
    opened = Archive.open(config.archive_url)
    yield opened
    opened.close()


def project(folder: Path, language: str = "en", title: str = "Sales") -> Config:
    (folder / "kpi.toml").write_text(CONFIG.format(language=language, title=title), "utf-8")
    return load(folder / "kpi.toml")


def run(  # noqa: PLR0913 - a run has many facts
    archive: Archive, period: str = "2026-Q3", *, error: str = "", value: float = 1e6, n: int = 0,
    report: str = "sales", scope: str = "all", months: Sequence[float] = (),
) -> str:  # fmt: skip
    """A run that succeeded, or failed with an error."""
    start = date(2026, 3 * int(period[-1]) - 2, 1)
    when = NOW + timedelta(minutes=n)
    run_id = archive.claim(
        now=when, report=report, scope=scope, period=period, grain="quarter", period_start=start,
        period_end=start + timedelta(days=92), as_of=NOW, slot=f"manual:{period}{n}{report}{scope}",
        language="en", code_version="1",
    )  # fmt: skip
    assert run_id
    if error:
        archive.fail(run_id, now=when, error=error)
        return run_id
    row = ValueRow(
        kpi="won_value", options="", dimension="", member="", dimension2="", member2="",
        grain="quarter", period_start=start, value=value, numerator=None, denominator=None, n=9,
        status="ok", reason=None, definition_hash="d", unit="money", window="event", complete=True,
    )  # fmt: skip
    parts = [
        replace(row, grain="month", period_start=date(2026, month, 1), value=part)
        for month, part in enumerate(months, start=1)
    ]
    path = f"{report}/{scope}/{period}/{run_id}/{report}-{period}"
    pages = [Artifact(kind, "0", 1, "text/html", f"{path}.{kind}") for kind in ("html", "pdf")]
    assert archive.finish(
        run_id, now=when, values=[row, *parts], artifacts=pages, definition_hash="d",
        input_hash="i", declaration_hash="m", newest_event=None,
    )  # fmt: skip
    return run_id


def written(archive: Archive, config: Config) -> Page:
    return Page(listing.write(archive, config, NOW))


def test_a_project_without_runs_has_a_page_that_says_so(archive: Archive, config: Config) -> None:
    assert "No report has been made yet." in written(archive, config).text


def test_a_run_leads_to_its_pages_by_relative_links(archive: Archive, config: Config) -> None:
    run_id = run(archive)
    page = written(archive, config)
    folder = f"sales/all/2026-Q3/{run_id}/sales-2026-Q3"
    assert page.links == [f"{folder}.html", f"{folder}.pdf"]
    for said in ("Ardane", "Sales", "Q3 2026", "5 Oct 2026", "€1.00m", "Won value"):
        assert said in page.text


def test_a_failed_run_is_shown_with_its_reason_and_no_link(
    archive: Archive, config: Config
) -> None:
    run(archive, error="cell 7: deals.csv: there is no such file")
    page = written(archive, config)
    assert "Failed: cell 7: deals.csv: there is no such file" in page.text
    assert page.links == []


def test_a_run_that_has_not_ended_is_not_listed(archive: Archive, config: Config) -> None:
    archive.claim(
        now=NOW, report="sales", scope="all", period="2026-Q3", grain="quarter",
        period_start=date(2026, 7, 1), period_end=date(2026, 10, 1), as_of=NOW, slot="manual:1",
        language="en", code_version="1",
    )  # fmt: skip
    assert "Q3" not in written(archive, config).text


def test_headlines_have_the_course_of_what_was_published(archive: Archive, config: Config) -> None:
    for quarter, value in ((1, 1e6), (2, 3e6), (3, 2e6)):
        run(archive, f"2026-Q{quarter}", value=value, n=quarter)
    page = written(archive, config)
    assert "3 periods, from €1.00m to €3.00m" in page.text
    (points,) = re.findall(r'<polyline points="([^"]+)"', page.source)
    heights = [float(point.split(",")[1]) for point in points.split()]
    assert heights == sorted(heights, key=lambda y: -y)[:1] + [min(heights), heights[2]]
    assert heights[0] > heights[2] > heights[1], "upwards is less in a drawing"


def test_a_course_is_of_the_parts_of_which_more_is_known(archive: Archive, config: Config) -> None:
    months = [3e5, 4e5, 2e5, 5e5, 6e5, 4e5, 3e5, 3e5, 4e5]
    run(archive, "2026-Q3", value=1e6, months=months)
    page = written(archive, config)
    assert "€1.00m" in page.text and "by month, from €200k to €600k" in page.text
    (points,) = re.findall(r'<polyline points="([^"]+)"', page.source)
    assert len(points.split()) == len(months), "without a gap"


def test_of_editions_the_latest_value_counts(archive: Archive, config: Config) -> None:
    run(archive, "2026-Q2", value=1e6, n=1)
    run(archive, "2026-Q3", value=2e6, n=2)
    run(archive, "2026-Q2", value=4e6, n=3)
    assert "2 periods, from €2.00m to €4.00m" in written(archive, config).text


def test_slices_and_reports_stand_apart_in_the_order_of_the_project(
    archive: Archive, config: Config
) -> None:
    run(archive, report="pipeline")
    run(archive, scope="team=North")
    run(archive)
    headings = re.findall(r"<h2>(.*?)</h2>", written(archive, config).source)
    assert headings == ["Sales", "Sales <small>Team: North</small>", "Pipeline"]


def test_hostile_names_are_texts(tmp_path: Path) -> None:
    config = project(tmp_path, title=HOSTILE.replace("\u202e", "\\u202e"))
    archive = Archive.open(config.archive_url)
    run(archive, scope=f"team={HOSTILE}")
    run(archive, error=f"cell 1: {HOSTILE}", scope="owner=A&B", n=1)
    page = written(archive, config)
    archive.close()
    assert "script" not in page.tags
    assert "\u202e" not in page.source
    assert "<script>alert(1)</script>" in page.text


def test_many_runs_are_folded_away(archive: Archive, config: Config) -> None:
    for n in range(12):
        run(archive, f"2026-Q{n % 3 + 1}", n=n)
    page = written(archive, config)
    assert "4 earlier runs" in page.text
    assert page.tags.count("details") == 1
    assert len(page.links) == 24


def test_the_page_fetches_nothing_and_says_its_language(tmp_path: Path) -> None:
    config = project(tmp_path, language="fr")
    archive = Archive.open(config.archive_url)
    run(archive, error="cell 1")
    page = written(archive, config)
    archive.close()
    assert not re.search(r"(?:src=|url\()[\"']?(?!data:)", page.source)
    assert "default-src 'none'" in page.source
    assert '<html lang="fr">' in page.source
    assert "Échec\u00a0: cell 1" in page.source


def test_two_runs_that_end_at_once_leave_a_whole_page_with_both(
    archive: Archive, config: Config
) -> None:
    run_ids = [run(archive, n=n) for n in range(6)]
    ends = [
        threading.Thread(target=listing.after_run, args=(archive, config, run_id, NOW))
        for run_id in run_ids
    ]
    for end in ends:
        end.start()
    for end in ends:
        end.join()
    page = Page(config.reports_folder / listing.NAME)
    assert page.source.endswith("</html>")
    assert all(run_id in page.source for run_id in run_ids)
    left = {path.name for path in config.reports_folder.iterdir()}
    assert {name for name in left if name.startswith(".index.html")} == set()


def test_a_page_that_cannot_be_written_is_a_sentence_and_no_failure(
    archive: Archive, config: Config
) -> None:
    run_id = run(archive)
    (config.reports_folder / listing.NAME).mkdir()
    (said,) = listing.after_run(archive, config, run_id, NOW)
    assert said.startswith("index.html was not made anew: ")
    assert "Traceback" not in said


def test_a_second_edition_leads_to_what_has_changed_since_the_first(
    archive: Archive, config: Config
) -> None:
    first = run(archive, n=1)
    second = run(archive, n=2, value=2e6)
    assert listing.after_run(archive, config, second, NOW) == []
    path = f"compare/{first}-{second}.html"
    assert path in Page(config.reports_folder / listing.NAME).links
    assert "What has changed since edition 1" in Page(config.reports_folder / path).text
    assert not [f for f in archive.check(config.reports_folder) if "compare" in f]


KILLED = """
import os, signal, sys
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import load
from kpi_toolkit.run import listing
from tests.run.test_listing import NOW
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
config = load(sys.argv[1])
listing.write(Archive.open(config.archive_url), config, NOW)
"""


def test_a_process_that_dies_in_the_middle_leaves_the_page_as_it_was(
    archive: Archive, config: Config
) -> None:
    run(archive, n=1)
    before = written(archive, config).source
    run(archive, n=2)
    kpi_toml = config.root / "kpi.toml"
    done = subprocess.run([sys.executable, "-c", KILLED, kpi_toml], check=False)
    assert done.returncode == -signal.SIGKILL
    assert Page(config.reports_folder / listing.NAME).source == before
    assert written(archive, config).source != before, "its lock went with it"
