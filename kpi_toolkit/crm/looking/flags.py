"""Files with a row a person, whose columns of 0 and 1 bear the names of counts."""

from collections.abc import Sequence

from kpi_toolkit.crm.casting import TYPED
from kpi_toolkit.crm.looking import values
from kpi_toolkit.crm.looking.derived import name
from kpi_toolkit.crm.looking.fitting import NUMERIC, Fitted
from kpi_toolkit.crm.looking.heads import Column
from kpi_toolkit.crm.looking.lines import Line, remark, rendered
from kpi_toolkit.crm.looking.matching import Candidate, is_nameable
from kpi_toolkit.crm.looking.names import plain
from kpi_toolkit.crm.looking.toml import shown

# Tables whose rows count people, visits or money of many.
_COUNTING = ("mailings", "web_days", "spend", "events", "content")
_LEAST_ROWS, _MOST_VARIANTS = 20, 6
_CONTROL = ("control", "temoin", "holdout", "noemail", "nomail", "sansemail", "placebo", "aucun")


def of_persons(candidate: Candidate, columns: Sequence[Fitted]) -> tuple[str, ...]:
    """The columns of counts that hold only 0 and 1, if all of them do; else none."""
    counted = [c for c in columns if c.live and c.kind in NUMERIC]
    flags = [c.column.name for c in counted if _is_flag(c.column)]
    suspect = candidate.table.name in _COUNTING and candidate.head.rows >= _LEAST_ROWS
    return tuple(flags) if suspect and len(flags) == len(counted) else ()


def doubted(
    candidate: Candidate, flags: Sequence[str], files: Sequence[str], columns: Sequence[Fitted]
) -> list[str]:
    """The stanza as a comment: what the rows seem to be, and what would make the table of them."""
    table, head = candidate.table.name, candidate.head
    why = (
        f"{shown(head.title, 80)}: its columns are named as those of {table}, but "
        f"{', '.join(map(shown, flags))} hold only 0 and 1 in {head.rows:,} rows: a row seems to "
        f"be a person, where a row of {table} counts many. So nothing of it is read yet"
    )
    if table != "mailings":
        return remark(f"{why}: sum them by a SELECT over [staging.{table}] (sql = ...).")
    lines = _mailing(candidate, columns)
    file = files[0] if len(files) == 1 else list(files)
    told = (
        f"{why}. If it tells of one mailing, a row a person, take the # from these lines and put "
        "the day on which it was sent:"
    )
    return [
        *remark(told),
        "# [tables.mailings]",
        *rendered([Line("file", file, live=False)]),
        *rendered(Line(line.name, line.value, live=False) for line in head.written),
        "#",
        "# [tables.mailings.columns]",
        *rendered(lines),
    ]


def _mailing(candidate: Candidate, columns: Sequence[Fitted]) -> list[Line]:
    """One mailing: who received what, and what each person did."""
    found, control = _treatment(candidate)
    lines = []
    if found:
        lines.append(Line("variant", found.name, values.counts(found), live=False))
    lines.append(Line("channel", {"constant": "email"}, "the KPIs of e-mail count it", live=False))
    lines.append(Line("day", {"constant": "decide: the day, as 2024-01-31"}, live=False))
    if found and control:
        text = control.replace("'", "''")
        sql = f"CASE WHEN {name(found.name)} <> '{text}' THEN 1 END"
        told = f"{shown(control)} seems to be the group that received nothing"
        lines.append(Line("delivered", {"sql": sql}, told, live=False))
    else:
        told = "every row; a group that received nothing has to be told apart"
        lines.append(Line("delivered", {"constant": 1}, told, live=False))
    flags = [c for c in columns if c.live and c.kind in NUMERIC]
    return lines + [Line(c.name, c.column.name, c.evidence, live=False) for c in flags]


def _treatment(candidate: Candidate) -> tuple[Column | None, str]:
    """The column that says who received what, and its word for nothing."""
    for column in candidate.head.columns:
        if is_nameable(column, candidate.head) and 1 < len(column.texts) <= _MOST_VARIANTS:
            for text in column.texts:
                if any(word in plain(text) for word in _CONTROL):
                    return column, text
    return None, ""


def _is_flag(column: Column) -> bool:
    return {text.lstrip(TYPED) for text in column.texts} <= {"0", "1"}
