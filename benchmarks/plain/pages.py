"""A report's tables and charts as HTML with both widths, and as a PDF with the wide one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import typst


@dataclass(frozen=True)
class Page:
    """A report: its tables, the small drawings of its first one, and its charts by title."""

    title: str
    tables: Mapping[str, pd.DataFrame]
    sparks: Mapping[str, str] = field(default_factory=dict)
    charts: Mapping[str, list[str]] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        tables = "".join(f"<h2>{name}</h2>{table.to_html()}" for name, table in self.tables.items())
        sparks = "".join(f"<p>{name} {spark}</p>" for name, spark in self.sparks.items())
        charts = "".join(f"<h2>{name}</h2>{''.join(both)}" for name, both in self.charts.items())
        return f"<h1>{self.title}</h1>{tables}{sparks}{charts}"


def write(page: Page, folder: Path) -> None:
    """Both files of a report, in a folder."""
    name = page.title.lower().replace(" ", "_")
    (folder / f"{name}.html").write_text(page._repr_html_(), encoding="utf-8")
    lines = [f"= {page.title}"]
    for title, table in page.tables.items():
        lines += [f"== {title}", _table(table)]
    for i, (title, (wide, _)) in enumerate(page.charts.items()):
        picture = f"{name}-{i}.svg"
        (folder / picture).write_text(wide, encoding="utf-8")
        lines.append(f'== {title}\n#image("{picture}", width: 100%)')
    source = folder / f"{name}.typ"
    source.write_text("\n".join(lines), encoding="utf-8")
    (folder / f"{name}.pdf").write_bytes(typst.compile(source))


def _table(table: pd.DataFrame) -> str:
    rows = [["", *table.columns], *table.reset_index(names="").to_numpy().tolist()]
    cells = ", ".join(f'"{_text(cell)}"' for row in rows for cell in row)
    return f"#text(7pt, table(columns: {len(table.columns) + 1}, {cells}))"


def _text(cell: object) -> str:
    shown = f"{cell:,.4g}" if isinstance(cell, float) else str(cell)
    return shown.replace("\\", "/").replace('"', "'")
