"""An audit of the data as text for a terminal or a log of 80 columns."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, groupby
from typing import TYPE_CHECKING

from kpi_toolkit.cli.output import printable
from kpi_toolkit.render.columns import fit

if TYPE_CHECKING:
    from kpi_toolkit.format import Format
    from kpi_toolkit.insight.audit.audit import Audit

WIDTH = 80
MOST_REASONS = 10
_GAP = "  "
_VALUE = 40


def lines(audit: "Audit", words: "Format") -> Iterator[str]:
    """The audit, a part after the other with an empty line between them; no line is longer than
    80 characters.
    """
    parts = (_late, _tables, _assumed, _set_aside, _remarks, _dates, _filled, _required, _kpis)
    for part in parts:
        found = list(part(audit, words))
        if found:
            yield from ("", *found)


def _late(audit: "Audit", words: "Format") -> Iterator[str]:
    for silence in audit.late:
        yield from paragraph(silence.said(words))


def folded(
    heads: Sequence[str], rows: Iterable[Sequence[object]], right: Iterable[int] = ()
) -> Iterator[str]:
    """Rows under their heads, aligned; where they are too wide, the widest columns are folded."""
    cells = [list(heads), *([printable(cell) for cell in row] for row in rows)]
    natural = [max(map(len, column)) for column in zip(*cells, strict=True)]
    room = WIDTH - len(_GAP) * (len(heads) - 1)
    widths = [int(w) for w in fit(natural, room)] if sum(natural) > room else natural
    to_right = set(right)
    for row in cells:
        wrapped = [_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
        for n in range(max(map(len, wrapped))):
            line = (
                (part[n] if n < len(part) else "").rjust(width)
                if index in to_right
                else (part[n] if n < len(part) else "").ljust(width)
                for index, (part, width) in enumerate(zip(wrapped, widths, strict=True))
            )
            yield _GAP.join(line).rstrip()


def paragraph(text: str, indent: str = "", hanging: str = "  ") -> list[str]:
    """A text in lines, those after the first further in."""
    return textwrap.wrap(
        printable(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_on_hyphens=False,
    )


def _wrapped(cell: str, width: int) -> list[str]:
    return textwrap.wrap(cell, max(width, 1), break_on_hyphens=False) or [""]


def _tables(audit: "Audit", words: "Format") -> Iterator[str]:
    """Rows by table; a column that says nothing of any of them is left out."""
    heads = ("table", "file", "rows", "kept", "set aside", "replaced", "left out by where")
    rows = [
        (r.table, r.file, r.rows, r.kept, r.quarantined, r.superseded, r.left_out)
        for r in audit.tables
    ]
    said = [n not in (1, 5, 6) or any(row[n] for row in rows) for n in range(len(heads))]
    shown = [
        [words.count(cell) if isinstance(cell, int) else cell for cell in compress(row, said)]
        for row in rows
    ]
    kept = list(compress(heads, said))
    yield from folded(kept, shown, range(kept.index("rows"), len(kept)))


def _assumed(audit: "Audit", words: "Format") -> Iterator[str]:
    from kpi_toolkit.insight.audit.assumed import assumptions

    for said in assumptions(words, audit):
        yield from paragraph(said)


def _set_aside(audit: "Audit", words: "Format") -> Iterator[str]:
    if not audit.set_aside:
        return
    rows, aside = audit.rows_judged, audit.rows_set_aside
    share = words.percent(aside / rows, 2) if rows else ""
    yield f"Set aside: {words.count(aside)} of {words.count(rows)} rows ({share})"
    for one in audit.set_aside[:MOST_REASONS]:
        yield from paragraph(f"{one.where}: {one.reason} ({words.count(one.rows)})", "  ")
        for example in one.examples:
            value = textwrap.shorten(printable(example.value), _VALUE, placeholder="…")
            place = _place(audit, one.table, example.file, example.line)
            yield from paragraph(f"{place}: {value!r}", "      ")
    if len(audit.set_aside) > MOST_REASONS:
        yield f"  and {len(audit.set_aside) - MOST_REASONS} more reasons"
    yield "  (kpi check --quarantine rows.csv writes every one of these rows)"


def _place(audit: "Audit", table: str, file: str, line: int) -> str:
    several = audit.file_told(table, file)
    return f"line {line} of {several}" if several else f"line {line}"


def _remarks(audit: "Audit", words: "Format") -> Iterator[str]:
    from kpi_toolkit.insight.audit.remarked import remarked

    found = remarked(words, audit.remarks)
    if not found:
        return
    yield "Kept, but worth a look:"
    for one in found:
        rows = f" ({words.count(one.rows)})" if one.rows else ""
        said = f"{one.where}{rows}: {one.text}"
        if one.line is not None:
            said += f" First: {_place(audit, one.table, one.file, one.line)}."
        yield from paragraph(said, "  ")


def _dates(audit: "Audit", words: "Format") -> Iterator[str]:
    dated = [found for found in audit.extents if found.first]
    if not dated:
        return
    rows = [
        (
            f"{one.table}.{one.column}",
            one.first,
            one.last,
            words.count(one.ahead) if one.ahead else "",
        )
        for one in dated
    ]
    ahead = any(one.ahead for one in dated)
    heads = ("dates", "first", "last", "in the future")
    kept = 4 if ahead else 3
    yield from folded(heads[:kept], [row[:kept] for row in rows], (3,) if ahead else ())


def _filled(audit: "Audit", words: "Format") -> Iterator[str]:
    """Of each table, the columns that are not filled in every row, the emptiest first."""
    for table, found in groupby(audit.extents, key=lambda extent: extent.table):
        columns = list(found)
        gaps = sorted((one for one in columns if one.has_gaps), key=lambda one: one.share)
        if gaps:
            said = ", ".join(f"{one.column} {words.percent(one.share)}" for one in gaps)
            full = "" if len(gaps) == len(columns) else "; the others in every row"
            yield from paragraph(f"Filled in {table}: {said}{full}")
    for table, own in audit.own_dimensions.items():
        yield from paragraph(f"Dimensions of your own in {table}: {', '.join(own)}")


def _required(audit: "Audit", words: "Format") -> Iterator[str]:
    for one in audit.completeness:
        columns = ", ".join(one.required)
        if one.missing:
            said = f"the data lack {', '.join(one.missing)}"
        else:
            share = words.percent(one.complete / one.rows) if one.rows else "no row"
            said = f"{words.count(one.complete)} of {words.count(one.rows)} rows ({share})"
        yield from paragraph(f"Complete {one.table} (quality.required: {columns}): {said}")


def _kpis(audit: "Audit", words: "Format") -> Iterator[str]:
    yield f"KPIs available: {len(audit.available)} of {len(audit.kpis)}"
    if audit.lacking:
        yield ""
        yield from folded(
            ("the data lack", "and so these KPIs are not available"),
            [
                (", ".join(lacks), ", ".join(one.kpi for one in kpis))
                for lacks, kpis in audit.lacking.items()
            ],
        )
