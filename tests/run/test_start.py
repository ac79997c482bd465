"""What a run loads before its first cell starts, and how its kernel is set."""

import gc
import subprocess
import sys

from kpi_toolkit.run.kernel import _as_rarely

LOADED = "import sys, kpi_toolkit.run.steps; print(*sorted(sys.modules))"


def test_a_run_makes_no_parsers_of_iris_and_leaves_them_to_others() -> None:
    after = f"{LOADED}; import rfc3987_syntax"
    ran = subprocess.run([sys.executable, "-c", after], capture_output=True, text=True, check=True)
    loaded = ran.stdout.split()
    assert "nbformat" in loaded
    assert not [name for name in loaded if name.startswith(("rfc3987_syntax", "lark"))]


def test_a_kernel_collects_garbage_as_rarely_as_its_run() -> None:
    usual = gc.get_threshold()
    gc.set_threshold(12_345)
    try:
        assert _as_rarely().endswith("set_threshold(12345)")
    finally:
        gc.set_threshold(*usual)
