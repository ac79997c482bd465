"""A small report of every kind of block, as an executed notebook; its texts can be swapped."""

import base64
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block

Say = Callable[[str], str]
FRENCH = {"period": "T3 2026", "language": "fr"}


def drawing(width: float = 493.23, height: float = 150.0, label: str = "Won 4.8") -> str:
    """A chart as Matplotlib writes one: ids, a clip path and a style sheet for every element."""
    shown = label.replace("&", "&amp;").replace("<", "&lt;")
    return (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" '
        f'viewBox="0 0 {width} {height}"><defs><style type="text/css">*{{fill:red}}</style>'
        f'<clipPath id="p1"><rect width="{width}" height="{height}"/></clipPath></defs>'
        f'<g clip-path="url(#p1)"><rect x="4" y="30" width="60" height="{height - 40}" '
        'style="fill:#3A4651"/></g><text x="4" y="20" style="font-size:9px;'
        f"font-family:'Source Sans Pro'\">{shown}</text></svg>"
    )


def png(width: int = 40, height: int = 20) -> bytes:
    """A grey picture."""
    rows = b"".join(b"\0" + b"\x99" * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def value(kpi: str, number: float) -> dict[str, Any]:
    """One row for the archive."""
    return {"kpi": kpi, "options": "{}", "value": number}


def every_kind(say: Say = str, rows: int = 4) -> dict[str, Block]:
    """One block of each kind, each of its texts passed through `say`."""
    score = blocks.ScoreRow(
        name=say("Won value"), value=say("4.82"), unit=say("€m"), spark=[3, None, 4, 4.4, 4.82],
        limits=(2.9, 5.1), mark=say("rev."), previous=(say("+9.3%"), True),
        year=(say("−15.0%"), False), target=(1.048, True, say("104.8%")),
        signal=("good", say("8 above")), n=say("212"), interval=say("20.9–24.6"),
    )  # fmt: skip
    finding = blocks.Finding(
        [(say("Won value beats its target"), True), (say(": 4.82 for 4.60."), False)],
        say("+4.8%"), True, 80, 1,
    )  # fmt: skip
    small = blocks.chart(
        name="half", message=say("Half a page."), subject=say("Deals"), alt=say("Bars: 3, 2."),
        wide=drawing(238), note=say("A note."),
    )  # fmt: skip
    return {
        "header": blocks.header(
            report="sales", title=say("Sales"), question=say("Faster?"), period=say("Q3 2026"),
            period_key="2026-Q3", company=say("Ardane"), language="en",
            meta=[(say("Data as of"), say("5 Oct 2026")), (say("Compared with"), say("Q2"))],
            as_of="2026-10-05T04:00:00",
        ),
        "findings": blocks.findings(
            title=say("What to remember"), note=say("Weight: effect."),
            heads=[say("Finding"), say("Change"), say("Weight"), say("Where")], items=[finding],
        ),
        "scorecard": blocks.scorecard(
            title=say("Scorecard"), subject=say("Q3 2026"), note=say("On a tint: unfavourable."),
            heads=[say(h) for h in ("KPI", "Trend", "Q3", "on Q2", "on 2025", "target", "Signal",
                                    "n", "95% CI")],
            groups=[(say("Result"), [score, score])],
            values=[value("won_value", 4.82), value("won_value", 4.82)],
        ),
        "restated": blocks.restated(
            title=say("Restated"), text=say("Q2 as published."), after=say("The rest stands."),
            heads=[say(h) for h in ("KPI", "Published", "Restated", "Change", "Cause")],
            rows=[[say(c) for c in ("Won value", "4.47", "4.41", "−1.3%", "5 deals cancelled")]],
        ),
        "heading": blocks.heading(say("Won value"), level=2),
        "chart": blocks.chart(
            name="trend", message=say("August passes the limit."), subject=say("By month"),
            alt=say("Line: 53, 61, 64."), wide=drawing(), narrow=drawing(221),
            note=say("Limits from 18 months."), data=([say("Month"), say("Days")], [["Aug", "61"]]),
            values=[value("sales_cycle", 61)],
        ),
        "row": blocks.row(small, blocks.stack(small)),
        "table": blocks.table(
            message=say("Four deals."), subject=say("By amount"), align=["left", "left", "right"],
            heads=[say("Account"), say("Owner"), say("Amount")], strong=[2], phone=[0, 2],
            rows=[[say(f"Account {i}"), say("Ana"), say("95 710")] for i in range(rows)],
            total=[say("Total"), "", say("2 017")],
        ),
        "quality": blocks.quality(
            title=say("Data quality"), lead=say("312 rows set aside"), after=say("See the file."),
            heads=[say("Reason"), say("Rows")], rows=[[say("No date"), say("141")]],
            total=[say("Total"), "312"],
        ),
        "text": blocks.text(
            say("A paragraph."), blocks.paragraph((say("Bold"), True), say(" and not")),
            blocks.bullets(say("first"), say("second")),
            blocks.bullets(say("one"), ordered=True), title=say("Note"),
        ),
        "preformatted": blocks.preformatted(say("a  b\n1  2")),
        "picture": blocks.picture(png(), alt=say("A grey box.")),
        "definitions": blocks.definitions(
            title=say("Dictionary"), labels=[say("Formula"), say("Counts"), say("Empty")],
            items=[blocks.Definition(*map(say, ("Won value", "Signed.", "sum", "by date", "0")))],
        ),
    }  # fmt: skip


def code(*outputs: dict[str, Any], source: str = "report.show()", tags: Any = ()) -> Any:
    """A code cell with outputs."""
    cell = new_code_cell(source, metadata={"tags": list(tags)})
    cell.outputs = [nbformat.from_dict(output) for output in outputs]
    return cell


def shown(block: Block) -> dict[str, Any]:
    """A block as Jupyter stores it."""
    bundle = json.loads(json.dumps(block._repr_mimebundle_()))
    return new_output("execute_result", data=bundle, execution_count=1)


def data(**bundle: Any) -> dict[str, Any]:
    """An output from MIME types written as text_plain, image_png."""
    types = {
        name.replace("_", "/", 1).replace("svgxml", "svg+xml"): v for name, v in bundle.items()
    }
    return new_output("display_data", data=types)


def notebook(*cells: Any) -> Any:
    """A notebook with fixed cell ids."""
    made = new_notebook(cells=list(cells))
    for index, cell in enumerate(made.cells):
        cell["id"] = f"cell{index}"
    return made


def report(say: Say = str, rows: int = 4) -> Any:
    """A notebook that shows every kind of block, under two sections."""
    kinds = every_kind(say, rows)
    cells = [code(shown(kinds.pop("header")), source="import kpi_toolkit as kt", tags=["hide"])]
    for name in ("findings", "scorecard", "restated"):
        cells.append(code(shown(kinds.pop(name))))
    cells += [new_markdown_cell("## Results"), code(shown(kinds.pop("heading")))]
    cells += [code(shown(block)) for block in kinds.values()]
    return notebook(new_markdown_cell("# Sales\n> Do we win *more*?"), *cells)


def numbered() -> Say:
    """Gives every text it is asked for a number of its own, kept in it."""
    numbers: Iterator[int] = count(1)
    return lambda text: f"{text} #{next(numbers)}"


PNG = base64.b64encode(png()).decode()
