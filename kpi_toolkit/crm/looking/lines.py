"""The lines of a proposal: a setting with its evidence, or a remark."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kpi_toolkit.crm.looking.toml import comment, key, written

WIDEST, ALIGNED = 130, 44


@dataclass(frozen=True)
class Line:
    """`name = value  # evidence`; one that is not live is proposed as a comment."""

    name: str
    value: Any
    evidence: str = ""
    live: bool = True


def rendered(lines: Iterable[Line]) -> list[str]:
    """The text of each line; evidence that is too long for the end of it stands above."""
    return [text for line in lines for text in _rendered(line)]


def remark(text: str) -> list[str]:
    """A sentence as comment lines."""
    return [f"# {part}" for part in textwrap.wrap(comment(text), WIDEST) or [""]]


def heading(name: str, evidence: str) -> list[str]:
    """A table's header with why it is one, above it."""
    return [*remark(evidence), f"[{name}]"]


def _rendered(line: Line) -> list[str]:
    setting = ("" if line.live else "# ") + f"{key(line.name)} = {written(line.value)}"
    if not line.evidence:
        return [setting]
    beside = f"{setting:<{ALIGNED}} # {comment(line.evidence)}"
    if len(beside) <= WIDEST:
        return [beside]
    return [*remark(line.evidence), setting]
