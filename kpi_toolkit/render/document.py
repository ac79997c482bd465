"""An executed notebook as a document: title band, numbered sections, blocks and values."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nbformat import NotebookNode

from kpi_toolkit.blocks import MIME, Block
from kpi_toolkit.errors import RenderError
from kpi_toolkit.format import Format
from kpi_toolkit.render.absences import Cell, told_once
from kpi_toolkit.render.fonts import covered
from kpi_toolkit.render.markdown import MarkdownCell
from kpi_toolkit.render.outline import outlined
from kpi_toolkit.render.outputs import CodeCell
from kpi_toolkit.render.text import STAND_IN, legible, line, replaced

Values = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Stamp:
    """What a run adds to a document: its id, the edition and the day, as a reader sees them."""

    run: str = ""
    edition: str = ""
    created: str = ""


@dataclass(frozen=True)
class Document:
    """A report, ready to be laid out; every text is formatted, legible and inert.

    `blocks` are dicts of kind and content; `values` the rows for the archive, each once;
    `warnings` sentences for the report's owner; `log` what the cells wrote to stderr.
    """

    language: str
    title: str
    question: str = ""
    report: str = ""
    period: str = ""
    period_key: str = ""
    company: str = ""
    as_of: str = ""
    meta: tuple[Mapping[str, str], ...] = ()
    blocks: tuple[Mapping[str, Any], ...] = ()
    values: Values = ()
    edition: str = ""
    created: str = ""
    run: str = ""
    warnings: tuple[str, ...] = ()
    log: str = ""

    @property
    def footer(self) -> str:
        """Edition, day and run; a page that no run made says so."""
        words = Format(self.language)  # type: ignore[arg-type]
        edition = words.t("Edition {edition}", edition=self.edition) if self.edition else ""
        facts = [fact for fact in (edition, self.created, self.run) if fact]
        return " · ".join(facts) or words.t("Draft, not archived")

    @property
    def dated(self) -> dt.datetime:
        """The instant of the data, which dates the PDF, so that its bytes are always the same."""
        try:
            moment = dt.datetime.fromisoformat(self.as_of)
        except ValueError:
            moment = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)

    def to_json(self) -> dict[str, Any]:
        """What the templates read; values, warnings and the log stay out."""
        names = ("language", "title", "question", "period", "company", "created", "run")
        return {
            **{name: getattr(self, name) for name in names},
            "footer": self.footer,
            "meta": [dict(item) for item in self.meta],
            "blocks": [dict(block) for block in self.blocks],
        }


def read(notebook: NotebookNode, stamp: Stamp | None = None) -> Document:
    """The document of an executed notebook. Raises RenderError, naming the cell."""
    _refuse_failures(notebook)
    header = _header(notebook)
    language = header.get("language", "en")
    reader = _Reader(Format(language))
    found = told_once(reader.cells(notebook), reader.format)
    title, question, found = _title(found)
    stamp = stamp or Stamp()
    document = Document(
        language=language,
        title=line(title or header.get("title", "") or "Report"),
        question=line(question or header.get("question", "")),
        **{name: line(header.get(name, "")) for name in _FROM_HEADER},
        meta=_meta(header, stamp, reader.format),
        blocks=outlined(found),
        values=_values(notebook),
        edition=line(stamp.edition),
        created=line(stamp.created),
        run=line(stamp.run),
        warnings=tuple(reader.warnings),
        log="\n".join(reader.log),
    )
    return replace(document, warnings=(*document.warnings, *_unprintable(document)))


_FROM_HEADER = ("report", "period", "period_key", "company", "as_of")


@dataclass
class _Reader:
    format: Format
    warnings: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def cells(self, notebook: NotebookNode) -> Iterator[Cell]:
        for index, cell in enumerate(notebook.cells, 1):
            for block in self._cell(cell, _place(index, cell)):
                if block.kind != "header":
                    shown = replace(block, content=legible(block.kind, block.content))
                    yield shown, cell.cell_type == "markdown"

    def _cell(self, cell: NotebookNode, place: str) -> Iterator[Block]:
        if "remove" in cell.metadata.get("tags", ()):
            return
        if cell.cell_type == "markdown":
            yield from MarkdownCell(self.format, place, self.warnings).blocks(cell.source)
        elif cell.cell_type == "code":
            reader = CodeCell(self.format, place, self.warnings, self.log)
            yield from reader.blocks(cell.outputs)


def _unprintable(document: Document) -> Iterator[str]:
    _, count = replaced(document.to_json(), covered)
    if count:
        yield f"{count} letters have no glyph in any font on paper; the PDF shows {STAND_IN} there"


def _place(index: int, cell: NotebookNode) -> str:
    """'cell 4 (report.trend(...))'."""
    first = next((text for text in cell.source.splitlines() if text.strip()), "")
    return f"cell {index} ({line(first.strip())[:60]})"


def _refuse_failures(notebook: NotebookNode) -> None:
    for index, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                reason = line(str(output["evalue"]).strip())
                raise RenderError(f"{_place(index, cell)} failed: {output['ename']}: {reason}")


def _bundles(notebook: NotebookNode) -> Iterator[Mapping[str, Any]]:
    for cell in notebook.cells:
        removed = "remove" in cell.metadata.get("tags", ())
        for output in () if removed else cell.get("outputs", ()):
            if MIME in output.get("data", {}):
                yield output["data"][MIME]


def _header(notebook: NotebookNode) -> Mapping[str, Any]:
    found = (item["content"] for item in _bundles(notebook) if item.get("kind") == "header")
    return next(found, {})


def _values(notebook: NotebookNode) -> Values:
    """Every value that any block carries, in order, each once."""
    rows = (row for item in _bundles(notebook) for row in item.get("values", ()))
    return tuple({json.dumps(row, sort_keys=True): dict(row) for row in rows}.values())


def _meta(header: Mapping[str, Any], stamp: Stamp, words: Format) -> tuple[Mapping[str, str], ...]:
    items = [(item["label"], item["value"]) for item in header.get("meta", ())]
    if stamp.edition:
        edition = ", ".join(fact for fact in (stamp.edition, stamp.created) if fact)
        items.append((words.t("Edition"), edition))
    if stamp.run:
        items.append((words.t("Run"), stamp.run))
    return tuple({"label": line(label), "value": line(value)} for label, value in items)


def _title(found: list[Block]) -> tuple[str, str, list[Block]]:
    """The first '# title' and the quotation under it, and the blocks without them."""
    at = next((i for i, b in enumerate(found) if _is_title(b)), None)
    if at is None:
        return "", "", found
    title, rest = found[at].content["text"], found[at + 1 :]
    question = ""
    if rest and rest[0].kind == "text" and rest[0].content["parts"][0]["type"] == "quote":
        quote, *parts = rest[0].content["parts"]
        question = " ".join(_words(part) for part in quote["parts"])
        rest = [*_without_first(rest[0], parts), *rest[1:]]
    return title, question, [*found[:at], *rest]


def _is_title(block: Block) -> bool:
    return block.kind == "heading" and block.content["level"] == 1


def _words(part: Mapping[str, Any]) -> str:
    return "".join(run["t"] for run in part.get("runs", ()))


def _without_first(block: Block, parts: list[Any]) -> list[Block]:
    return [replace(block, content={**block.content, "parts": parts})] if parts else []
