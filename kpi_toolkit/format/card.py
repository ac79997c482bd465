"""How a value shows itself in a notebook: white paper in both themes, as the blocks do.

The style stands in the elements, since an output cell has no other.
"""

from collections.abc import Sequence
from html import escape

INK, MUTED, GOOD, BAD, TINT = "#1B242D", "#5B6772", "#00776B", "#B8401A", "#FBE9E2"
_CARD = (
    f"background:#fff;color:{INK};max-width:960px;padding:12px 18px;text-align:left;"
    "font:15px/1.45 'Source Sans Pro','Source Sans 3','Segoe UI',Arial,sans-serif;"
    "font-variant-numeric:tabular-nums"
)
_GRID = "display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 18px;margin-top:6px"
_CELLS = "display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:2px 28px"

Row = tuple[str, str]


def card(
    title: str,
    *,
    value: str = "",
    beside: Sequence[tuple[str, bool | None]] = (),
    lead: str = "",
    facts: Sequence[Row] = (),
    cells: Sequence[Row] = (),
) -> str:
    """HTML of texts: a large `value` with notes `beside` it (and whether each is favourable), a
    sentence, labelled `facts`, and `cells` of a name and its figure.
    """
    head = f"color:{MUTED};font-size:13.5px" if value else "font-weight:600;font-size:18px"
    parts = [f'<div style="{head}">{escape(title)}</div>']
    if value:
        notes = "".join(_note(text, good) for text, good in beside)
        large = f'<span style="font-weight:600;font-size:26px">{escape(value)}</span>'
        parts.append(f'<div style="line-height:1.3">{large}{notes}</div>')
    if lead:
        parts.append(f"<div>{escape(lead)}</div>")
    if facts:
        pairs = "".join(_fact(label, text) for label, text in facts)
        parts.append(f'<div style="{_GRID};font-size:14px">{pairs}</div>')
    if cells:
        rows = "".join(_cell(name, figure) for name, figure in cells)
        rule = "margin-top:8px;padding-top:6px;border-top:1px solid #CBD2D9"
        parts.append(f'<div style="{_CELLS};{rule};font-size:14px">{rows}</div>')
    return f'<div style="{_CARD}">{"".join(parts)}</div>'


def figures(rows: Sequence[Sequence[str]]) -> str:
    """HTML of a name and figures a row; the first row are the heads, the last is the total."""
    last = len(rows) - 1
    lines = "".join(f"<tr>{_line(row, place in (0, last))}</tr>" for place, row in enumerate(rows))
    look = "border-collapse:collapse;font-size:14px;color:inherit;border:0;margin:0"
    return f'<div style="{_CARD}"><table style="{look}">{lines}</table></div>'


def _note(text: str, good: bool | None) -> str:
    look = f"color:{MUTED}"
    if good is not None:
        look = f"color:{GOOD}" if good else f"color:{BAD};background:{TINT};padding:1px 5px"
    return f'<span style="margin-left:14px;{look}">{escape(text)}</span>'


def _fact(label: str, text: str) -> str:
    return f'<div style="color:{MUTED}">{escape(label)}</div><div>{escape(text)}</div>'


def _cell(name: str, figure: str) -> str:
    look = "display:flex;justify-content:space-between;gap:12px"
    named = f'<span style="color:{MUTED}">{escape(name)}</span>'
    return f'<div style="{look}">{named}<span>{escape(figure)}</span></div>'


def _line(row: Sequence[str], strong: bool) -> str:
    look = f"padding:2px 18px 2px 0;background:#fff;color:{INK};border:0"
    look += ";font-weight:600" if strong else ""
    return "".join(
        f'<td style="{look};text-align:{"right" if place else "left"}">{escape(text)}</td>'
        for place, text in enumerate(row)
    )
