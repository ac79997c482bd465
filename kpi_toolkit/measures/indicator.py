"""Leading and lagging: whether a KPI tells what is coming, or what has come of it.

Source: the catalogue's own column, one word a row; an analyst's KPI says it in its decorator.
"""

from collections.abc import Iterable
from typing import Literal

Indicator = Literal["leading", "lagging"]

_LAGGING = """
    S01 S04 S05 S06 S07 S08 S11 S15 S16 S18 S19 S20 S21 S22 S27 S28 S36 S37 M04 M05 M06 M07 M12 R06
    R07 R08 R09 R14 R15 R16 R17 F02 F03 F04 F05 F07
"""
_LEADING = """
    S02 S03 S09 S10 S12 S13 S14 S17 S23 S24 S25 S26 S29 S30 S31 S32 S33 S34 S35 M01 M02 M03 M08 M09
    M10 M11 M13 M14 M15 M16 M17 M18 M19 M20 M21 M22 M23 M24 M25 M26 M27 R01 R03 R04 R05 R10 R11 R12
    R13 R18 R19 R20 F01 F06 F08 O01 O02 O03 O04 O05 O06 O07 O08
"""
_KINDS: dict[str, Indicator] = {
    **{row: "lagging" for row in _LAGGING.split()},
    **{row: "leading" for row in _LEADING.split()},
}


def of_catalogue(rows: Iterable[str]) -> Indicator | None:
    """What the catalogue says of the first of some rows; None of those it leaves open (R02, on
    which its sources differ) and of KPIs that are in no row.
    """
    return _KINDS.get(next(iter(rows), ""))
