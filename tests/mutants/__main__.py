"""Print how many mutants of each KPI its oracle notices; fail when one lives without a reason."""

import sys
import time

from tests.mutants.equivalent import reason
from tests.mutants.judging import Judge
from tests.oracles.every import ORACLES


def main(names: list[str]) -> int:
    """Every KPI, or those that are named."""
    judge, began = Judge(), time.process_time()
    counts, alive = {}, []
    print(f"{'KPI':30} {'mutants':>8} {'killed':>8} {'equivalent':>11}")
    for name in names or ORACLES:
        found = list(judge.mutants(name))
        for bound in dict.fromkeys(mutant.bound for mutant in found):
            assert judge.is_right(bound), f"{name} differs from its oracle before it is changed"
        living = [mutant for mutant in found if not judge.noticed(mutant)]
        alive += [mutant for mutant in living if not reason(mutant)]
        counts[name] = (len(found), len(found) - len(living), sum(map(bool, map(reason, living))))
        print(_row(name, counts[name]), flush=True)
    print(_row("all", tuple(map(sum, zip(*counts.values(), strict=True)))))
    print(f"{time.process_time() - began:.0f} s of CPU; {len(alive)} alive without a reason")
    for mutant in alive:
        print(f"  {mutant.name} {dict(mutant.bound.chosen) or ''}")
    return bool(alive)


def _row(name: str, counts: tuple[int, ...]) -> str:
    return f"{name:30} {counts[0]:8} {counts[1]:8} {counts[2]:11}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
