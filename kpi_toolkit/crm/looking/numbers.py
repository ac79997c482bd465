"""The ways in which the numbers of a column may be written."""

import re
from collections import Counter

from kpi_toolkit.crm.casting import TYPED, Form
from kpi_toolkit.crm.looking.heads import Column
from kpi_toolkit.crm.looking.toml import comment, shown
from kpi_toolkit.crm.looking.trials import Verdict
from kpi_toolkit.crm.tables import ColumnType

# The plainest first: where several read the same values, it is the one proposed.
_MARKS = (
    (".", ""),
    (",", ""),
    (".", ","),
    (",", " "),
    (",", "."),
    (".", " "),
    (".", "'"),
    (",", "'"),
)
_AROUND = re.compile(r"[\d.,'\u2019()+\u2212\s-]+")
SIGNS = ("€", "$", "£", "US$", "¥", "kr", "Fr.", "euros", "EUR", "USD", "GBP", "CHF", "CAD")


def forms(column: Column, kind: ColumnType) -> list[Form]:
    """The declarations to try on a column of numbers."""
    texts = [text for text in column.texts if not text.startswith(TYPED)]
    around = Counter(sign for text in texts if (sign := _AROUND.sub("", text).replace("%", "")))
    sign = next((mark for mark, _ in around.most_common(3) if mark in SIGNS), "")
    percent = sum("%" in text for text in texts) * 2 > len(texts)
    negative = "()" if any(re.fullmatch(r"\(.*\d.*\)", text) for text in texts) else "-"
    return [
        Form(kind, decimal, thousands, negative=negative, sign=sign, percent=percent)
        for decimal, thousands in _MARKS
    ]


def evidence(column: Column, verdict: Verdict) -> str:
    """How many cells are numbers, and written how."""
    best = verdict.best
    marks = []
    if not verdict.plain:
        marks.append(f'decimal "{best.decimal}"')
        if best.thousands:
            marks.append(f"thousands {_spelled(_as_written(column, best.thousands))}")
    marks += [f'sign "{best.sign}"'] if best.sign else []
    marks += ["(12) as negative"] if best.negative == "()" else []
    marks += ["percent, read as shares of 1"] if best.percent else []
    how = f" with {', '.join(marks)}" if marks else ""
    return f"{verdict.fit:,} of {verdict.filled:,} cells are numbers{how}"


def question(column: Column, verdict: Verdict) -> tuple[str, str]:
    """What load refuses until it is decided, and the sentence for the person."""
    forms_left = (verdict.best, *verdict.rivals)
    decimals = sorted({form.decimal for form in forms_left})
    cell = next((t for t in column.texts if re.search(r"\d[.,]\d{3}$", t)), column.texts[0])
    told = f"{shown(cell)}: is the mark between thousands, or before decimals?"
    options = " or ".join(_declared(form) for form in forms_left)
    return f"decide: {' or '.join(decimals)}", f"decide: {told} Nothing tells: {options}"


def _declared(form: Form) -> str:
    thousands = f' and thousands = "{form.thousands}"' if form.thousands else ""
    return f'decimal = "{form.decimal}"{thousands}'


def _as_written(column: Column, separator: str) -> str:
    """The separator that the cells have: a blank may be one of four characters."""
    if separator not in " '":
        return separator
    around = (re.search(r"\d([^\d.,])\d", text) for text in column.texts)
    return next((found[1] for found in around if found), separator)


def _spelled(mark: str) -> str:
    name = f" (U+{ord(mark):04X})" if not mark.isascii() else ""
    return f'" "{name}' if name and mark.isspace() else f'"{comment(mark)}"{name}'
