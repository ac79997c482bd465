"""What every project needs of an installation."""

import datetime as dt
import sys
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from kpi_toolkit import resources
from kpi_toolkit.cli.doctor.finding import Finding, fault, ok, warning

PACKAGE = "kpi-toolkit"
FACES = ("SourceSansPro-Regular.ttf", "SourceSansPro-Semibold.ttf", "SourceSansPro-It.ttf")
TEMPLATES = {
    "html": ("blocks.html.j2", "blocks.css", "page.html.j2", "page.css"),
    "email": ("report.html.j2",),
}
NOTEBOOKS = tuple(f"{name}.ipynb" for name in (*resources.REPORTS, "start_here"))
ZONES = ("UTC", "Europe/Paris", "America/New_York")
DAY = dt.timedelta(days=1)


def python() -> Finding:
    """The version of Python that runs this, against what the package asks for."""
    from packaging.specifiers import SpecifierSet

    wanted = distribution(PACKAGE).metadata["Requires-Python"] or ""
    running = ".".join(map(str, sys.version_info[:3]))
    if SpecifierSet(wanted).contains(running, prereleases=True):
        return ok("python", f"{running}, {sys.executable}")
    return fault("python", f"{running}: kpi-toolkit needs {wanted}; install it with a newer Python")


def packages() -> Finding:
    """Each package that kpi-toolkit asks for: is it there, in a version that will do?"""
    from packaging.requirements import Requirement

    asked = [Requirement(text) for text in distribution(PACKAGE).requires or ()]
    needed = [one for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [said for one in needed if (said := _lacks(one.name, str(one.specifier)))]
    if wrong:
        return fault("packages", f"{'; '.join(wrong)}: run pip install --upgrade kpi-toolkit")
    return ok("packages", f"{len(needed)} packages, each in a version that will do")


def _lacks(name: str, specifier: str) -> str:
    from packaging.specifiers import SpecifierSet

    try:
        there = version(name)
    except PackageNotFoundError:
        return f"{name} is missing"
    if SpecifierSet(specifier).contains(there, prereleases=True):
        return ""
    return f"{name} {there} is there, and {specifier} is needed"


def fonts() -> Finding:
    """The faces of the pages."""
    from kpi_toolkit.render.fonts import FALLBACK, TEXT, covered

    files = [*(TEXT / face for face in FACES), FALLBACK / "DejaVuSans.ttf"]
    missing = [path for path in files if not path.is_file()]
    if missing:
        return fault(
            "fonts",
            f"{missing[0]}: there is no such file; reinstall font-source-sans-pro and matplotlib",
        )
    unknown = [mark for mark in "€é\u202f▲" if not covered(mark)]
    if unknown:
        return fault("fonts", f"no font has {', '.join(map(ascii, unknown))}")
    return ok("fonts", f"Source Sans Pro and DejaVu Sans, in {TEXT}")


def templates() -> Finding:
    """The templates of pages and mails, and the bundled notebooks."""
    from kpi_toolkit.render.pdf import TEMPLATES as PAPER

    wanted = {**TEMPLATES, "pdf": PAPER}
    found = [resources.template(kind, name) for kind, names in wanted.items() for name in names]
    for name in NOTEBOOKS:
        resources.notebook(name)
    return ok("templates", f"{len(found)} templates and {len(NOTEBOOKS)} notebooks")


def locales() -> Finding:
    """The French words, and the calendars of both languages."""
    from babel import Locale

    from kpi_toolkit.format import Format

    for language in ("fr", "en"):
        Locale.parse(language)
    if not (resources.LOCALE / "fr" / "LC_MESSAGES" / "kpi_toolkit.po").is_file():
        return fault("locales", "the French translation is missing; reinstall kpi-toolkit")
    if Format("fr").t("Target") == "Target":
        return fault("locales", "the French translation is empty; reinstall kpi-toolkit")
    return ok("locales", "French and English")


def clock(now: dt.datetime) -> Finding:
    """The clock and the time zones; `now` is aware. A clock before the installation is wrong."""
    from zoneinfo import ZoneInfo

    for zone in ZONES:
        ZoneInfo(zone)
    made = dt.datetime.fromtimestamp(Path(__file__).stat().st_mtime, dt.UTC)
    if now + DAY < made:
        return fault(
            "clock",
            f"it says {now:%Y-%m-%d %H:%M} UTC, before this program was installed "
            f"({made:%Y-%m-%d}): set it, or reports come for the wrong period",
        )
    zones = version("tzdata")
    if made - dt.datetime(int(zones[:4]), 1, 1, tzinfo=dt.UTC) > 5 * 365 * DAY:
        return warning("clock", f"the time zones are of {zones}: run pip install --upgrade tzdata")
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC, time zones of {zones}")
