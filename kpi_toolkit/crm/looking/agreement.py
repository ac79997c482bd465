"""What columns of one file have in common is said once, for the table; a column whose cells leave
several readings takes the common one, and without one it is left to decide.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kpi_toolkit.crm.casting import Form
from kpi_toolkit.crm.looking import dates, numbers
from kpi_toolkit.crm.looking.fitting import DATED, NUMERIC, Fitted
from kpi_toolkit.crm.looking.lines import Line
from kpi_toolkit.crm.looking.trials import Verdict

Settings = dict[str, str]
Question = tuple[str, str, str]  # the setting, what load refuses until it is decided, and why
# What is taken without a word.
_USUAL = {"decimal": ".", "thousands": "", "date_format": "iso", "language": "en"}


@dataclass(frozen=True)
class Agreed:
    """Lines of the table, and the columns with what is theirs alone."""

    lines: tuple[Line, ...]
    columns: tuple[Fitted, ...]


def agreed(columns: Sequence[Fitted]) -> Agreed:
    """The settings of marks and of dates, each for the table where they agree."""
    found = tuple(columns)
    lines: list[Line] = []
    for kinds, declared, question in (
        (NUMERIC, _marks, _ask_marks),
        (DATED, _date_format, _ask_dates),
    ):
        group = [c for c in found if c.verdict and c.live and c.kind in kinds and not _is_plain(c)]
        table, settled = _settled(group, declared, question)
        lines += table
        found = tuple(settled.get(column.name, column) for column in found)
    return Agreed(tuple(lines), found)


def _settled(
    group: list[Fitted],
    declared: Callable[[Form], Settings],
    question: Callable[[Fitted], Question],
) -> tuple[list[Line], dict[str, Fitted]]:
    common = _common([column for column in group if _verdict(column).decided], declared)
    settled: dict[str, Fitted] = {}
    undecided: list[Fitted] = []
    for column in group:
        verdict = _verdict(column)
        left = [form for form in (verdict.best, *verdict.rivals) if _within(declared(form), common)]
        if not verdict.decided and not (common and len(left) == 1):
            undecided.append(column)
        elif not verdict.decided:
            told = (
                f"{column.evidence}; several readings fit, taken as the table's other columns are"
            )
            settled[column.name] = replace(column, evidence=told)
        elif common is None:
            settled[column.name] = _with(column, declared(verdict.best))
    lines = _table_lines(common, [c for c in group if c not in undecided])
    return lines + _asked(undecided, common, question, settled), settled


def _common(decided: list[Fitted], declared: Callable[[Form], Settings]) -> Settings | None:
    """The settings that read all decided columns as each reads itself; None where there are none.

    One column without a grouping mark agrees with others that have one.
    """
    merged: Settings = {}
    for settings in (declared(_verdict(column).best) for column in decided):
        for key, value in settings.items():
            if value and merged.setdefault(key, value) != value:
                return None
    return merged if decided else None


def _within(settings: Settings, common: Settings | None) -> bool:
    """Whether a reading is the common one, a mark that it has no use for aside."""
    return common is not None and all(
        value == common.get(key, "") for key, value in settings.items() if value
    )


def _table_lines(common: Settings | None, group: list[Fitted]) -> list[Line]:
    """The common settings that are not what is taken without a word."""
    told = f"of {', '.join(column.name for column in group)}: their evidence stands there"
    return [Line(key, value, told) for key, value in (common or {}).items() if value != _USUAL[key]]


def _asked(
    undecided: list[Fitted],
    common: Settings | None,
    question: Callable[[Fitted], Question],
    settled: dict[str, Fitted],
) -> list[Line]:
    """A question for the table where all columns leave the same one, else for each column."""
    asked = {column.name: question(column) for column in undecided}
    same = len({(key, value) for key, value, _ in asked.values()}) == 1
    if same and common is None and not settled:
        key, value, told = asked[undecided[0].name]
        names = ", ".join(column.name for column in undecided)
        return [Line(key, value, f"{told} (of {names})")]
    for column in undecided:
        key, value, told = asked[column.name]
        changed = replace(column, evidence=f"{column.evidence}. {told}")
        settled[column.name] = _with(changed, {key: value})
    return []


def _with(column: Fitted, settings: Settings) -> Fitted:
    own = {key: value for key, value in settings.items() if value != _USUAL[key]}
    return replace(column, settings=own | column.settings)


def _marks(form: Form) -> Settings:
    return {"decimal": form.decimal, "thousands": form.thousands}


def _date_format(form: Form) -> Settings:
    named = "%b" in form.date_format or "%B" in form.date_format
    return {"date_format": form.date_format} | ({"language": form.language} if named else {})


def _ask_marks(column: Fitted) -> Question:
    return "decimal", *numbers.question(column.column, _verdict(column))


def _ask_dates(column: Fitted) -> Question:
    return "date_format", *dates.question(column.column, _verdict(column))


def _is_plain(column: Fitted) -> bool:
    """Whole numbers without grouping read the same under any marks."""
    return column.kind in NUMERIC and _verdict(column).plain


def _verdict(column: Fitted) -> Verdict:
    assert column.verdict
    return column.verdict
