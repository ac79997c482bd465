"""The files of a run: pages made from the executed notebook, written whole, one folder a run."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from kpi_toolkit.archive import files
from kpi_toolkit.archive.rows import Artifact, ArtifactKind
from kpi_toolkit.format import Format
from kpi_toolkit.render.document import Document, Stamp, read
from kpi_toolkit.render.html import page
from kpi_toolkit.render.pdf import pdf
from kpi_toolkit.run.job import Job

METADATA = "kpi_toolkit"
_MEDIA: dict[ArtifactKind, str] = {
    "html": "text/html",
    "pdf": "application/pdf",
    "ipynb": "application/x-ipynb+json",
}


@dataclass(frozen=True)
class Pages:
    """A report's document, and the bytes of each of its files."""

    document: Document
    contents: Mapping[ArtifactKind, bytes]


def run_folder(job: Job, run_id: str) -> Path:
    """Where a run's files lie, relative to the reports folder."""
    return Path(job.report, _folder_name(job.scope), job.period.key, run_id)


def stem(job: Job) -> str:
    """A file's name without its ending: sales-2026-Q3."""
    return f"{job.report}-{job.period.key}"


def stamped(job: Job, run_id: str, edition: int, created: datetime) -> Stamp:
    """What a page says of its run. `created` is aware."""
    local = job.period.calendar.local(created.astimezone(UTC).replace(tzinfo=None))
    return Stamp(run_id, str(edition), Format(job.language).date(local.date()))


def pages(notebook: NotebookNode, job: Job, stamp: Stamp, project: Path) -> Pages:
    """The HTML and PDF of an executed notebook, and the notebook itself, which says of which run.

    `project` is the folder whose templates/ come first. Raises RenderError.
    """
    document = read(notebook, stamp)
    notebook.metadata[METADATA] = vars(stamp) | {"report": job.report, "period": job.period.key}
    contents: dict[ArtifactKind, bytes] = {
        "html": page(document, project).encode(),
        "pdf": pdf(document, project),
        "ipynb": nbformat.writes(notebook).encode(),
    }
    return Pages(document, contents)


def archived_document(path: Path) -> Document:
    """The document of an archived notebook, with the stamp of its run. Raises RenderError."""
    notebook = nbformat.read(path, as_version=4)
    facts = notebook.metadata.get(METADATA, {})
    return read(notebook, Stamp(**{name: facts.get(name, "") for name in _STAMP}))


def write(pages: Pages, reports: Path, job: Job, run_id: str) -> Iterator[Artifact]:
    """Write a run's files under the reports folder, and say what was written."""
    folder = run_folder(job, run_id)
    for kind, content in pages.contents.items():
        name = f"{stem(job)}.{kind}"
        done = files.write(reports / folder, name, content)
        yield Artifact(kind, done.sha256, done.size, _MEDIA[kind], (folder / name).as_posix())


_STAMP = ("run", "edition", "created")
# File systems take names of 255 bytes.
_FOLDER_BYTES = 200


def _folder_name(scope: str) -> str:
    """A scope as one folder: 'team=North' stays, what a file system may refuse becomes '-'.

    Two scopes may share a folder, since each run has one of its own in it.
    """
    plain = re.sub(r"[^\w=.-]", "-", scope).strip(".") or "-"
    return plain.encode()[:_FOLDER_BYTES].decode(errors="ignore")
