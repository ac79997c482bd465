"""What `smart` finds, as sentences that say what to do."""

from __future__ import annotations

from kpi_toolkit.crm.tables import PEOPLE
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.audit.remarked import HIDDEN
from kpi_toolkit.insight.targets.ambition import Ambition
from kpi_toolkit.insight.targets.smart import Weakness
from kpi_toolkit.insight.targets.targets import Target
from kpi_toolkit.kpis import registry

_TEXTS = {
    "owned": "nobody answers for it; write who does in the column owner.",
    "dated": "“{what}” is no period; write 2026-Q3, 2026-09, 2026-W38 or 2026.",
    "value": "no value is set; write one, or delete the row.",
    "kpi": "no KPI has this name.",
    "available": "nothing measures it, since the data lack {what}; map that, or delete the row.",
    "grain": "the KPI is made for longer periods ({grain} or longer), so nothing measures it.",
    "direction": "neither more nor less of it is better, so a target cannot judge it; delete the "
    "row.",
    "possible": "{value} is not possible.",
    "whole": "a dimension and a member belong together; fill in both, or neither.",
    "dimension": "the KPI is not broken down by “{what}”.",
    "member": "no record has “{what}” as its {dimension}.",
}
_SHARE = "{value} is not possible; write a share such as 0.43."


def weakness(
    found: Weakness, words: Format, *, masked: bool = False, names: Format | None = None
) -> str:
    """The sentence: which target, what is wrong with it, what to do. `masked` hides people; `names`
    is the language of KPIs where it is another.
    """
    more = words.tn("and one more target", "and {n} more targets", max(len(found.targets) - 1, 1))
    which = _which(found.first, words, masked, names or words)
    if len(found.targets) > 1:
        which = f"{which} {more}"
    told = _ambitious(found.best, words) if found.best else _fault(found, words, masked)
    return f"{which}{words.colon} {told}"


def _which(target: Target, words: Format, masked: bool, names: Format) -> str:
    kpi = registry().get(target.kpi)
    period = words.period_short(target.period) if target.period else ""
    member = HIDDEN if masked and target.dimension in PEOPLE else target.member
    parts = [names.t(kpi.label) if kpi else f"“{target.kpi}”", member, period]
    return ", ".join(filter(None, parts))


def _fault(found: Weakness, words: Format, masked: bool) -> str:
    target, kpi = found.first, registry().get(found.first.kpi)
    share = found.rule == "possible" and kpi is not None and kpi.unit == "percent"
    hidden = masked and found.rule == "member" and target.dimension in PEOPLE
    told = words.t(
        _SHARE if share else _TEXTS[found.rule],
        what=HIDDEN if hidden else found.what,
        grain=words.t(kpi.finest_grain) if kpi else "",
        value=words.value(target.value, kpi.unit) if kpi else "",
        dimension=wording.column(words, target.dimension).lower(),
    )
    if not found.near or hidden:
        return told
    return f"{told} {words.t('Did you mean “{near}”?', near=found.near)}"


def _ambitious(found: Ambition, words: Format) -> str:
    unit = found.best.unit
    return words.t(
        "{value} is beyond all of the {n} periods before, of which the best had {best} ({when}); "
        "is it meant to be?",
        value=words.value(found.target.value, unit),
        n=words.count(found.periods),
        best=words.value(found.best.value, unit),
        when=words.period_short(found.best.period),
    )
