"""What changed, in words, the most important first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kpi_toolkit.blocks.block import Block

Run = tuple[str, bool]  # a piece of a sentence, and whether it is bold


@dataclass(frozen=True)
class Finding:
    """One finding: its sentence in runs, the size of the change, whether that is favourable, its
    weight 0..100, where it is shown (a section's number or the name of a KPI), and who does what
    about it."""

    text: Sequence[Run]
    delta: str = ""
    good: bool | None = None
    weight: float = 0
    where: int | str | None = None
    action: str = ""


def findings(
    *,
    title: str,
    heads: Sequence[str],
    items: Sequence[Finding],
    note: str = "",
    nothing: str = "",
    values: Sequence[Mapping[str, Any]] = (),
) -> Block:
    """Ranked findings; `nothing` is the sentence that stands when there are none.

    `heads` names the columns: finding, change, weight, place; a fifth before them is the rank's.
    """
    content = {
        "title": title,
        "heads": list(heads)[-4:],
        "items": [_item(item) for item in items],
        "note": note,
        "nothing": nothing,
    }
    return Block("findings", content, tuple(values))


def _item(finding: Finding) -> dict[str, Any]:
    return {
        "text": [{"t": text, "b": bold} for text, bold in finding.text],
        "delta": finding.delta,
        "good": finding.good,
        "weight": max(0, min(100, finding.weight)),
        "where": finding.where,
        "action": finding.action,
    }
