"""What a project needs: its kpi.toml, its source, its archive, a place to write."""

import datetime as dt
import os
import shutil
import stat
import tempfile

from kpi_toolkit.cli.doctor.finding import Finding, fault, ok, warning
from kpi_toolkit.config import Config

LEAST, ENOUGH = 100e6, 1e9  # bytes


def reports(config: Config, now: dt.datetime) -> Finding:
    """Each report's notebook, period, schedule and parameters."""
    from kpi_toolkit.cli.check import refuse_reports

    refuse_reports(config, now)
    config.calendar.business.check_holidays()
    return ok("reports", ", ".join(config.reports) or "none is declared")


def source(config: Config) -> Finding:
    """Every file can be opened, or the database answers; `kpi check` reads them."""
    kind = config.source.kind
    if kind == "sample":
        return ok("source", "the sample company")
    return _database(config) if kind == "database" else _files(config)


def _files(config: Config) -> Finding:
    from kpi_toolkit.crm.mapping import paths

    files = paths(config)
    for path in files:
        try:
            with path.open("rb") as file:
                file.read(1)
        except OSError as error:
            return fault("source", f"{path}: {error.strerror}")
    return ok("source", f"{len(files)} files in {config.source_folder}")


def _database(config: Config) -> Finding:
    from kpi_toolkit.crm.remote import address
    from kpi_toolkit.crm.remote.session import Session

    variable = config.source.url.removeprefix("env:")
    url = address.of(variable)
    session = Session(url, variable)
    try:
        session.rows("SELECT 1")
    finally:
        session.close()
    return ok("source", f"{address.shown(url)} answers")


def archive(config: Config) -> Finding:
    """It can be written, and its schema is this program's."""
    from kpi_toolkit.archive.location import parse, sqlite_path
    from kpi_toolkit.archive.store import Archive

    path = sqlite_path(parse(config.archive_url))
    found = Archive.open_read_only(config.archive_url)
    if found is None:
        return ok("archive", "there is none yet; the first `kpi run` makes it")
    found.close()
    if path is not None:
        for needed in (path, path.parent):
            if not os.access(needed, os.W_OK):
                return fault("archive", f"{needed}: you may not write there, so no run is kept")
    return ok("archive", f"{found.name}, its schema is current")


def folder(config: Config) -> Finding:
    """The folder that runs write into."""
    place = config.reports_folder
    there = next(path for path in (place, *place.parents) if path.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=there, prefix=".kpi-doctor-"):
            pass
    except OSError as error:
        return fault("folder", f"{there}: {error.strerror}, so no report can be written")
    return ok("folder", str(place))


def snapshots(config: Config) -> Finding:
    """What was read of the CRM is for its owner's eyes."""
    base = config.root / ".kpi"
    if not base.is_dir():
        return ok("snapshots", "none yet")
    open_to_others = [
        path
        for path in (base, *base.glob("snapshots"), *base.glob("snapshots/*"))
        if path.is_dir() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    # A closed folder closes all that lies in it.
    if os.name == "posix" and base in open_to_others and base / "snapshots" in open_to_others:
        return fault(
            "snapshots", f"{base}: others on this machine can read the records: chmod 700 {base}"
        )
    return ok("snapshots", f"{base} is closed to others")


def disk(config: Config) -> Finding:
    """Room for snapshots and reports."""
    free = shutil.disk_usage(config.root).free
    said = f"{free / 1e9:.1f} GB free at {config.root}"
    if free < LEAST:
        return fault("disk", f"{said}: no report fits; make room")
    return warning("disk", f"{said}: make room") if free < ENOUGH else ok("disk", said)


def mail(config: Config) -> Finding:
    """Who sends, wherever somebody is to receive."""
    from email.utils import parseaddr

    sender = config.mail.sender
    receiving = [name for name, report in config.reports.items() if report.recipients]
    if receiving and not sender:
        return warning(
            "mail", f"report {receiving[0]!r} has recipients, and mail.sender is not set"
        )
    for address in (sender, *(to for name in receiving for to in config.reports[name].recipients)):
        if address and "@" not in parseaddr(address)[1]:
            return fault("mail", f"{address!r}: it is no address such as Reports <a@example.org>")
    return ok("mail", f"sent by {sender}" if sender else "none is declared")
