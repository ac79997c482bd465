"""The order of the stages, which no export of a history tells: that in which deals enter them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpi_toolkit.crm.looking import values
from kpi_toolkit.crm.looking.fitting import Fitted
from kpi_toolkit.crm.looking.lines import heading
from kpi_toolkit.crm.looking.matching import Candidate
from kpi_toolkit.crm.looking.scanning import cells_of
from kpi_toolkit.crm.looking.toml import comment, shown
from kpi_toolkit.crm.looking.trials import Trials
from kpi_toolkit.crm.quoting import literal

FILE = "stages.sql"
MOST_STAGES = 30
# Of two stages that one comes first which most deals enter first.
_SQL = """WITH firsts AS (
    SELECT c0 AS deal, c1 AS stage, min(moment) AS entered FROM _cells JOIN _moments ON text = c2
    WHERE c0 <> '' AND c1 <> '' GROUP BY ALL),
pairs AS (
    SELECT a.stage AS one, b.stage AS other, count(*) FILTER (WHERE a.entered < b.entered) AS ahead,
        count(*) FILTER (WHERE a.entered > b.entered) AS behind
    FROM firsts AS a JOIN firsts AS b ON a.deal = b.deal AND a.stage <> b.stage GROUP BY ALL)
SELECT one, other, ahead, behind FROM pairs ORDER BY ALL"""


@dataclass(frozen=True)
class StageOrder:
    """The stanza of the table stages, and the SELECT beside kpi.toml that it names."""

    lines: tuple[str, ...]
    select: str


def stage_order(
    tables: Mapping[str, Candidate], dated: Sequence[Fitted], trials: Trials
) -> StageOrder | None:
    """The proposal for a history of stages that nothing puts in order; None where there is no
    history, another file has the stages, or several pipelines have an order each.
    """
    history, deals = tables.get("deal_stages"), tables.get("deals")
    entered = next((one for one in dated if one.name == "entered_at"), None)
    if not history or not deals or "stages" in tables or not entered or not entered.verdict:
        return None
    if not entered.verdict.decided:  # day or month first: the order may hang on it
        return None
    own = {match.name: match.column for match in history.sure}
    pipelines = [t for m in deals.sure if m.name == "pipeline" for t in m.column.texts]
    if len(pipelines) > 1:
        return None
    mapped = values.status(own["stage"])
    closing = {text for text, word in (mapped.values if mapped else {}).items() if word != "open"}
    stages = [text for text in own["stage"].texts if text not in closing]
    if not 1 < len(stages) <= MOST_STAGES:
        return None
    wanted = (own["deal_id"], own["stage"], entered.column)
    moments = zip(entered.column.texts, entered.verdict.values, strict=True)
    found = trials.asked(_SQL, _cells=cells_of(history.head, *wanted), _moments=_table(moments))
    pairs = {(one, other): (ahead, behind) for one, other, ahead, behind in found}
    ordered = sorted(stages, key=lambda stage: _place(stage, stages, pairs))
    return _proposed(ordered, pairs, f"{literal(pipelines[0])} AS pipeline, " if pipelines else "")


Pairs = Mapping[tuple[str, str], tuple[int, int]]


def _place(stage: str, stages: Sequence[str], pairs: Pairs) -> tuple[int, str]:
    """How many of the others mostly come before it."""
    known = (pairs.get((other, stage), (0, 0)) for other in stages if other != stage)
    return sum(ahead > behind for ahead, behind in known), stage


def _proposed(stages: Sequence[str], pairs: Pairs, pipeline: str) -> StageOrder:
    last = len(stages) - 1
    rows = [
        f"  ({literal(stage)}, {n + 1}){'' if n == last else ','}{_evidence(stages, n, pairs)}"
        for n, stage in enumerate(stages)
    ]
    head = "-- The stages of an open deal in the order in which deals enter them: put it right."
    select = [head, f"SELECT {pipeline}* FROM (VALUES", *rows, ") AS stages(stage, position)", ""]
    told = (
        f"no file puts the stages in order, which stage conversion and time in stage need: {FILE}, "
        f"written beside this file, has the {len(stages)} of them as deals enter them; put it right"
    )
    return StageOrder((*heading("tables.stages", told), f'sql = "{FILE}"'), "\n".join(select))


def _evidence(stages: Sequence[str], n: int, pairs: Pairs) -> str:
    if not n:
        return ""
    before = stages[n - 1]
    ahead, behind = pairs.get((before, stages[n]), (0, 0))
    told = f"{ahead:,} of {ahead + behind:,} deals were in {shown(before)} before"
    return f"  -- {comment(told)}"


def _table(moments: "zip[tuple[str, object]]") -> object:
    import pyarrow as pa

    texts, found = zip(*((text, moment) for text, moment in moments if moment), strict=True)
    return pa.table({"text": pa.array(texts), "moment": pa.array(found, pa.timestamp("us"))})
