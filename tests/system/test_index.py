"""The list of archived runs and the page that compares two, as a browser shows them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kpi_toolkit.archive.store import Archive
from kpi_toolkit.kpis import sales
from kpi_toolkit.run import listing
from tests.revised_project import FIRST, SECOND, deleted, edited, late, write_project
from tests.system.axe import violations
from tests.system.browser import look

pytestmark = pytest.mark.system

NOW = datetime(2026, 10, 5, 6, tzinfo=UTC)
SHOWN = (sales.won_value, sales.decided_win_rate, sales.opportunity_to_customer_rate)


@dataclass(frozen=True)
class Made:
    """The two pages of a project, and the folder for their pictures."""

    language: str
    pages: tuple[Path, ...]
    pictures: Path


@pytest.fixture(scope="module", params=["fr", "en"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two editions of a quarter, with edits in between."""
    language = request.param
    project = write_project(tmp_path_factory.mktemp("index") / language)
    project.edit("kpi.toml", 'language = "en"', f'language = "{language}"')
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.folder)
        project.publish(project.report(FIRST, *SHOWN))
        for change in (edited, late, deleted):
            change(project)
        run_id = project.publish(project.report(SECOND, *SHOWN))
        archive = Archive.open(project.config.archive_url)
        assert listing.after_run(archive, project.config, run_id, NOW) == []
        archive.close()
    reports = project.config.reports_folder
    pages = (reports / listing.NAME, *sorted((reports / "compare").iterdir()))
    assert len(pages) == 2
    return Made(language, pages, project.folder)


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_the_pages_fit_and_load_nothing(made: Made, width: int) -> None:
    for page in made.pages:
        seen = look(page, width, made.pictures / f"{page.stem}-{width}.png")
        assert seen.width <= width, f"{page.name} is {seen.width} px wide at {width}"
        assert not seen.requests
        assert not seen.complaints
        assert not seen.without_alt


@pytest.mark.parametrize("width", [500, 1280], ids=["phone", "desktop"])
def test_axe_finds_nothing_against_the_pages(made: Made, width: int) -> None:
    assert [fault for page in made.pages for fault in violations(page, width)] == []
