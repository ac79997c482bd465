"""A code cell's outputs as blocks: every output reaches the page, or says why it cannot."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kpi_toolkit.blocks import MIME, Block, picture, preformatted
from kpi_toolkit.blocks.plain import KINDS
from kpi_toolkit.errors import RenderError, near_misses
from kpi_toolkit.format import Format
from kpi_toolkit.render.markdown import MarkdownCell

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# What a plotting call leaves behind as its value: the picture itself is another output.
_DRAWING_REPR = re.compile(
    r"^[\[(]*(array\(\[)?[\[(]*(<(Axes|Figure|BarContainer|ErrorbarContainer|matplotlib\.|seaborn\.)"
    r"|Text\(|Figure\(\d)"
)


@dataclass
class CodeCell:
    """Reads the outputs of one code cell; `place` names it in messages."""

    format: Format
    place: str
    warnings: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def blocks(self, outputs: list[Mapping[str, Any]]) -> Iterator[Block]:
        """Blocks in the order of the outputs. Raises RenderError."""
        for output in outputs:
            if output["output_type"] == "stream":
                yield from self._stream(output)
            elif output["output_type"] in ("display_data", "execute_result"):
                yield from self._shown(output["data"], output.get("metadata", {}))

    def _stream(self, output: Mapping[str, Any]) -> Iterator[Block]:
        text = _joined(output["text"])
        if output["name"] == "stderr":
            self.log.append(f"{self.place}: {text.strip()}")
        elif text.strip():
            yield preformatted(_ANSI.sub("", text).rstrip())

    def _shown(self, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> Iterator[Block]:
        if MIME in data:
            yield self._block(data[MIME])
        elif "image/svg+xml" in data:
            yield self._picture(_joined(data["image/svg+xml"]), "image/svg+xml", metadata)
        elif "image/png" in data:
            yield self._picture(_joined(data["image/png"]), "image/png", metadata)
        elif "text/markdown" in data:
            reader = MarkdownCell(self.format, self.place, self.warnings)
            yield from reader.blocks(_joined(data["text/markdown"]))
        else:
            yield from self._plain(data)

    def _block(self, found: Mapping[str, Any]) -> Block:
        if found.get("kind") not in KINDS:
            raise RenderError(
                f"{self.place}: block kind {found.get('kind')!r}: "
                f"{near_misses(found.get('kind'), KINDS)}"
            )
        return Block(found["kind"], found["content"], tuple(found.get("values", ())))

    def _picture(self, data: str, mime: str, metadata: Mapping[str, Any]) -> Block:
        facts = {**metadata, **metadata.get(mime, {})}
        alt = str(facts.get("alt") or facts.get("title") or "").strip()
        if not alt:
            alt = self.format.t("Figure without description")
            self.warnings.append(
                f"{self.place}: a figure has no description for those who cannot see it; "
                "show it with metadata={'alt': ...} or a title"
            )
        if mime == "image/png":
            content = {"format": "png", "data": "".join(data.split()), "alt": alt, "title": ""}
            return Block("picture", content)
        return picture(data, alt=alt)

    def _plain(self, data: Mapping[str, Any]) -> Iterator[Block]:
        text = _ANSI.sub("", _joined(data.get("text/plain", ""))).rstrip()
        if text.startswith("<IPython.core.display.") or (not text and data):
            types = ", ".join(sorted(set(data) - {"text/plain"}))
            raise RenderError(
                f"{self.place}: its output is only {types}, "
                "which a report cannot hold: show a frame, a chart or a text"
            )
        if text and not _DRAWING_REPR.match(text):
            yield preformatted(text)


def _joined(text: Any) -> str:
    """nbformat keeps long texts as lists of lines."""
    return text if isinstance(text, str) else "".join(text)
