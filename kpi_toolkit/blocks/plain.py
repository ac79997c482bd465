"""The readable text form of each kind, for a console or a mail without HTML."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Content = Mapping[str, Any]
GAP = "  "


def plain(kind: str, content: Content) -> str:
    """A block's content as lines of text."""
    return _FORMS[kind](content)


def aligned(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """Cells as columns of equal width, a line a row; line breaks in a cell become spaces."""
    cells = [[" ".join(str(cell).split("\n")) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        GAP.join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _header(content: Content) -> str:
    meta = [f"{item['label']}: {item['value']}" for item in content["meta"]]
    title = f"{content['title']} {content['period']}".strip()
    return _lines(content["company"], title, content["question"], " · ".join(meta))


def _findings(content: Content) -> str:
    items = [
        _lines(
            f"{rank}. {_runs(item['text'])}" + (f"  [{item['delta']}]" if item["delta"] else ""),
            f"   → {item['action']}" if item.get("action") else "",
        )
        for rank, item in enumerate(content["items"], 1)
    ]
    return _lines(content["title"], *(items or [content["nothing"]]), content["note"])


def _scorecard(content: Content) -> str:
    columns = [column for column in content["columns"] if column["key"] != "spark"]
    keys = [column["key"] for column in columns]
    right = [key not in ("name", "signal") for key in keys]
    rows = [[column["head"] for column in columns]]
    for group in content["groups"]:
        rows += [[_score_cell(item, key) for key in keys] for item in group["rows"]]
    lines = iter(aligned(rows, right))
    body = [next(lines)]
    for group in content["groups"]:
        body += [group["name"], *(next(lines) for _ in group["rows"])]
    return _lines(content["title"], content["subject"], *body, content["note"])


def _score_cell(item: Content, key: str) -> str:
    cell = item[key]
    if key == "name":
        return f"{cell} ({item['unit']})" if item["unit"] else cell
    if key == "value":
        return f"{cell} {item['mark']}".rstrip()
    return (cell["text"] if isinstance(cell, Mapping) else cell) or ""


def _chart(content: Content) -> str:
    rows = [content["heads"], *content["rows"]] if content["rows"] else []
    body = aligned(rows, [i > 0 for i in range(len(content["heads"]))]) if rows else []
    return _lines(
        content["message"], content["subject"], *(body or [content["alt"]]), content["note"]
    )


def _table(content: Content) -> str:
    rows = [content["heads"], *content["rows"], *([content["total"]] if content["total"] else [])]
    body = aligned(rows, [side == "right" for side in content["align"]])
    return _lines(content["message"] or content["title"], content["subject"], *body)


def _restated(content: Content) -> str:
    body = aligned([content["heads"], *content["rows"]], [False, True, True, True, False])
    return _lines(content["title"], content["text"], *body, content["after"])


def _quality(content: Content) -> str:
    rows = [content["heads"], *content["rows"], *([content["total"]] if content["total"] else [])]
    body = aligned(rows, [i > 0 for i in range(len(content["heads"]))])
    return _lines(content["title"], content["lead"], *body, content["after"])


def _definitions(content: Content) -> str:
    lines = [content["title"]]
    for item in content["items"]:
        facts = zip(
            content["labels"], (item["formula"], item["counts"], item["empty"]), strict=True
        )
        lines += [item["term"], GAP + item["text"], *(f"{GAP}{k}: {v}" for k, v in facts)]
    return _lines(*lines)


def _text(content: Content) -> str:
    return _lines(content["title"], *_parts(content["parts"]))


def _parts(parts: Sequence[Content], indent: str = "") -> list[str]:
    lines: list[str] = []
    for part in parts:
        if part["type"] == "paragraph":
            lines.append(indent + _runs(part["runs"]))
        elif part["type"] == "quote":
            lines += _parts(part["parts"], indent + "> ")
        else:
            for number, item in enumerate(part["items"], 1):
                first, *rest = _parts(item)
                lead = f"{number}. " if part["ordered"] else "- "
                lines += [indent + lead + first, *(indent + GAP + line for line in rest)]
    return lines


def _runs(runs: Sequence[Content]) -> str:
    return "".join(run["t"] for run in runs)


def _container(content: Content) -> str:
    return "\n\n".join(plain(part["kind"], part["content"]) for part in content["blocks"])


_FORMS: dict[str, Callable[[Content], str]] = {
    "header": _header,
    "findings": _findings,
    "scorecard": _scorecard,
    "chart": _chart,
    "table": _table,
    "restated": _restated,
    "quality": _quality,
    "definitions": _definitions,
    "heading": lambda content: content["text"],
    "text": _text,
    "preformatted": lambda content: content["text"],
    "picture": lambda content: content["alt"],
    "row": _container,
    "stack": _container,
}
KINDS = tuple(_FORMS)
