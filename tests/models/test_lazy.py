"""Whoever asks for no forecast does not wait for what learns."""

import subprocess
import sys

ASKED = """
import sys
import kpi_toolkit as kt
deals = kt.kpis.registry()
import pandas as pd
frame = pd.DataFrame({"status": ["won"], "closed_at": ["2025-01-02"], "amount": [1.0]})
assert kt.won_value({"deals": frame}, "2025-01").value == 1
assert not {"sklearn", "scipy", "joblib"} & set(sys.modules), "loaded"
"""


def test_other_kpis_do_not_load_what_learns() -> None:
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
