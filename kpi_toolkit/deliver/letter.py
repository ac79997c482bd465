"""What a mail shows of a report: its findings, its figures, one chart, what was restated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kpi_toolkit import resources
from kpi_toolkit.blocks.fragment import template_faults
from kpi_toolkit.blocks.plain import plain
from kpi_toolkit.format import Format
from kpi_toolkit.render.document import Document

Content = Mapping[str, Any]
_TEMPLATE = "report.html.j2"


@dataclass(frozen=True)
class Letter:
    """A document's parts for a mail; None where the report has no such block."""

    document: Document
    findings: Content | None
    scorecard: Content | None
    chart: Content | None
    restated: Content | None
    quality: Content | None

    @property
    def words(self) -> Format:
        """The formats of the document's language."""
        return Format(self.document.language)  # type: ignore[arg-type]

    @property
    def facts(self) -> str:
        """The line under the title: period, age of the data, edition; the run stands at the end."""
        shown = (item for item in self.document.meta if item["value"] != self.document.run)
        return " · ".join(f"{item['label']} {item['value']}" for item in shown)

    @property
    def attached(self) -> str:
        """What the reader finds beside the text."""
        return self.words.t("The full report is attached as PDF")

    @property
    def preheader(self) -> str:
        """The line that a list of mails shows: the first finding."""
        items = self.findings["items"] if self.findings else ()
        return "".join(run["t"] for run in items[0]["text"]) if items else self.document.question

    def text(self) -> str:
        """The mail without HTML."""
        title = f"{self.document.title} {self.document.period}".strip()
        shown = [
            plain(kind, content)
            for kind in ("findings", "scorecard", "restated")
            if (content := getattr(self, kind))
        ]
        head = "\n".join(line for line in (self.document.company, title, self.facts) if line)
        return "\n\n".join([head, *shown, self.attached, self.document.footer]) + "\n"

    def html(self, picture: str, project: Path | None = None) -> str:
        """The mail's HTML with its style in the elements; `picture` is the chart's address,
        `project` the folder whose templates/ come first. Raises RenderError.
        """
        environment = Environment(
            loader=FileSystemLoader(resources.template_folders("email", project)),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        with template_faults():
            page = environment.get_template(_TEMPLATE).render(
                letter=self, document=self.document, words=self.words, picture=picture
            )
        return css_inline.CSSInliner(load_remote_stylesheets=False).inline(page)


def letter(document: Document) -> Letter:
    """The first block of each kind that a mail shows."""
    first: dict[str, Content] = {}
    for kind, content in _blocks(document.blocks):
        first.setdefault(kind, content)
    kinds = ("findings", "scorecard", "chart", "restated", "quality")
    return Letter(document, *(first.get(kind) for kind in kinds))


def _blocks(blocks: Any) -> Iterator[tuple[str, Content]]:
    for block in blocks:
        if block["kind"] in ("row", "stack"):
            yield from _blocks(block["content"]["blocks"])
        else:
            yield block["kind"], block["content"]
