"""A markdown cell as headings and texts, in the report's language; raw HTML is refused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import mistune

from kpi_toolkit.blocks import Block, heading, preformatted, text
from kpi_toolkit.blocks.links import is_web
from kpi_toolkit.blocks.prose import Part, Run
from kpi_toolkit.errors import RenderError
from kpi_toolkit.format import Format

Token = dict[str, Any]
_parse = mistune.create_markdown(renderer=None)
_STYLES = {"strong": "b", "emphasis": "i"}


@dataclass
class MarkdownCell:
    """Reads one cell; `place` names it in messages, `warnings` collects what was left out."""

    format: Format
    place: str
    warnings: list[str] = field(default_factory=list)

    def blocks(self, source: str) -> Iterator[Block]:
        """Headings (with markdown's level), texts and code, in order. Raises RenderError."""
        parts: list[Part] = []
        for token in _tokens(source):
            if token["type"] in ("heading", "block_code"):
                yield from self._text(parts)
                parts = []
                yield self._standing(token)
            else:
                parts += self._part(token)
        yield from self._text(parts)

    def _standing(self, token: Token) -> Block:
        if token["type"] == "block_code":
            return preformatted(token["raw"].rstrip("\n"))
        words = "".join(run["t"] for run in self._runs(token["children"]))
        return heading(words, level=token["attrs"]["level"])

    @staticmethod
    def _text(parts: list[Part]) -> Iterator[Block]:
        if parts:
            yield text(*parts)

    def _part(self, token: Token) -> list[Part]:
        kind = token["type"]
        if kind in ("paragraph", "block_text"):
            return [{"type": "paragraph", "runs": self._runs(token["children"])}]
        if kind == "block_quote":
            return [{"type": "quote", "parts": self._parts(token["children"])}]
        if kind == "list":
            items = [self._parts(item["children"]) for item in token["children"]]
            return [{"type": "list", "ordered": token["attrs"]["ordered"], "items": items}]
        if kind in ("blank_line", "thematic_break"):
            return []
        if kind == "block_code":
            code = {"t": token["raw"].rstrip("\n"), "b": False, "code": True}
            return [{"type": "paragraph", "runs": [code]}]
        if kind == "heading":
            return [{"type": "paragraph", "runs": self._runs(token["children"])}]
        raise RenderError(f"{self.place}: {_refusal(token)}")

    def _parts(self, tokens: Sequence[Token]) -> list[Part]:
        return [part for token in tokens for part in self._part(token)]

    def _runs(self, tokens: Sequence[Token]) -> list[Run]:
        """Runs of a paragraph, translated as a whole where the catalogue has its source."""
        source = "".join(map(_source, tokens))
        translated = self.format.t(source)
        if translated != source:
            tokens = next((t["children"] for t in _tokens(translated) if "children" in t), tokens)
        return list(self._inline(tokens, {}))

    def _inline(self, tokens: Sequence[Token], style: Run) -> Iterator[Run]:
        for token in tokens:
            kind = token["type"]
            if kind == "text":
                yield {"t": token["raw"], "b": False, **style}
            elif kind in ("softbreak", "linebreak"):
                yield {"t": " ", "b": False, **style}
            elif kind == "codespan":
                yield {"t": token["raw"], "b": False, **style, "code": True}
            elif kind in _STYLES:
                yield from self._inline(token["children"], {**style, _STYLES[kind]: True})
            elif kind == "link":
                yield from self._inline(token["children"], {**style, **self._href(token)})
            else:
                raise RenderError(f"{self.place}: {_refusal(token)}")

    def _href(self, token: Token) -> Run:
        address = token["attrs"]["url"]
        if is_web(address):
            return {"href": address}
        self.warnings.append(
            f"{self.place}: link {address!r} is printed as text: only http, https and mailto lead "
            "anywhere from a report"
        )
        return {}


def _tokens(source: str) -> list[Token]:
    found = _parse(source)
    return [token for token in found if isinstance(token, dict)]


def _source(token: Token) -> str:
    """A token's markdown in one spelling, which is its key in the catalogue."""
    inner = "".join(map(_source, token.get("children", ())))
    forms = {
        "strong": f"**{inner}**",
        "emphasis": f"*{inner}*",
        "codespan": f"`{token.get('raw')}`",
    }
    if token["type"] in ("softbreak", "linebreak"):
        return " "
    if token["type"] == "link":
        return f"[{inner}]({token['attrs']['url']})"
    return forms.get(token["type"]) or token.get("raw", inner)


def _refusal(token: Token) -> str:
    if "html" in token["type"]:
        raw = token["raw"].strip().splitlines()[0][:60]
        return f"raw HTML {raw!r} in a markdown cell: write markdown instead"
    if token["type"] == "image":
        return "a picture in a markdown cell: show it from a code cell, with alt text"
    return f"markdown of the kind {token['type']!r} has no place in a report"
