"""What an analyst meets in JupyterLab: completion, `k?`, and errors in one sentence."""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.manager import start_new_kernel

import kpi_toolkit as kt
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.kpi import Kpi

FRAMES = """
import pandas as pd
import kpi_toolkit as kt
deals = pd.DataFrame({"deal_id": ["1"], "status": ["won"], "amount": [5.0], "x": [1],
    "created_at": pd.to_datetime(["2026-09-01"]), "closed_at": pd.to_datetime(["2026-09-02"])})
crm = kt.from_frames(as_of="2026-10-05", deals=deals)
report = kt.Report("sales", period="2026-Q3", crm=crm)
"""


@pytest.fixture(scope="module")
def shell() -> InteractiveShell:
    made = InteractiveShell()
    made.run_cell("import kpi_toolkit as kt").raise_error()
    return made


def completed(shell: InteractiveShell, text: str) -> list[str]:
    with provisionalcompleter():
        return [one.text for one in shell.Completer.completions(text, len(text))]


def test_every_kpi_and_function_is_completed(shell: InteractiveShell) -> None:
    found = dir(kt)
    assert {*registry(), "connect", "from_frames", "Report"} <= set(found)
    assert completed(shell, "kt.decided_w") == ["decided_win_rate"]
    assert {"by", "series", "records"} <= set(completed(shell, "kt.won_value."))
    assert "targets" in completed(shell, "kt.Report.")


def test_completing_loads_neither_frames_nor_charts() -> None:
    code = "import kpi_toolkit as kt, sys; dir(kt); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"pandas", "matplotlib", "sqlalchemy", "sklearn"} & set(loaded)


def test_a_question_mark_shows_the_signature_and_the_definition(shell: InteractiveShell) -> None:
    found = shell.object_inspect("kt.sales_cycle", detail_level=1)
    definition = " ".join(found["definition"].split())
    assert definition.startswith("kt.sales_cycle( data: 'Any', period: 'str | Period', *,")
    assert "start: Literal['first_contact', 'creation'] = 'first_contact'" in definition
    assert found["docstring"].startswith("Sales cycle (sales_cycle)\nMean number of days")
    assert "Formula: sum of the days from start to signature / deals won" in found["docstring"]
    assert "def sales_cycle(" in found["source"]
    assert found["string_form"] == "<Kpi sales_cycle: Sales cycle>"


@pytest.mark.parametrize("kpi", registry().values(), ids=str)
def test_each_signature_has_the_options_and_each_docstring_no_hole(kpi: Kpi) -> None:
    parameters = inspect.signature(kpi).parameters
    assert list(parameters) == ["data", "period", "as_of", *kpi.options]
    assert {n: parameters[n].default for n in kpi.options} == {
        name: option.default for name, option in kpi.options.items()
    }
    assert not re.search(r"\{\w+\}", kpi.__doc__ or "{no_text}")


def test_the_class_of_kpis_keeps_its_own(shell: InteractiveShell) -> None:
    assert (Kpi.__doc__ or "").startswith("A definition.")
    assert "data" not in inspect.signature(Kpi).parameters


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[str]]]:
    """What a notebook shows of a cell that fails, in a real kernel; nothing where none does."""
    folder: Path = tmp_path_factory.mktemp("kernel")
    manager, client = start_new_kernel(
        kernel_name="python3", cwd=str(folder), extra_arguments=["--IPKernelApp.log_level=40"]
    )

    def run(code: str) -> list[str]:
        shown: list[str] = []

        def hear(message: dict) -> None:
            if message["msg_type"] == "error":
                shown.extend(message["content"]["traceback"])

        client.execute_interactive(code, timeout=60, output_hook=hear)
        return shown

    assert run(FRAMES) == []
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("kt.decided_winrate", "kpi_toolkit has no 'decided_winrate': did you mean"),
        ("kt.conect()", "did you mean 'connect'"),
        ("kt.won_value(crm, '2026-Q5')", "period '2026-Q5': expected 2026-Q3"),
        ("kt.won_value(crm, 'last qarter')", "period 'last qarter': expected"),
        ("kt.sales_cycle(crm, '2026-W36')", "sales_cycle by week"),
        ("kt.won_value(crm, '2026-Q3', as_of='soon')", "as_of 'soon': expected a date"),
        ("kt.sales_cycle(crm, '2026-Q3', strat='x')", "option 'strat' of sales_cycle: did you"),
        ("kt.sales_cycle(crm, '2026-Q3', start='x')", "option start='x' of sales_cycle"),
        ("kt.won_value.by(crm, '2026-Q3', 'ownr')", "won_value by 'ownr'"),
        ("kt.won_value.series(crm, '2026-Q3', n=0)", "a series of 0 periods"),
        ("kt.won_value.series(crm, '2026-Q3', n='x')", "a series of 'x' periods"),
        ("kt.won_value()", "won_value: missing a required argument: 'data'; expected won_value("),
        ("kt.won_value(crm)", "missing a required argument: 'period'; expected won_value(data, "),
        ("kt.won_value('2026-Q3', crm)", "won_value of a str: expected kt.connect("),
        (
            "kt.won_value(crm, '2026-Q3', '2026-10-05')",
            "won_value: too many positional arguments; ",
        ),
        ("kt.won_value.by(crm)", "'period'; expected won_value.by(data, period, *dimensions, as_"),
        ("kt.won_value.by(crm, '2026-Q3', by='owner')", "won_value.by(crm, period, 'owner')"),
        ("kt.won_value.by(crm, '2026-Q3', ['owner'])", "won_value by ['owner']: expected names of"),
        ("kt.won_value.series(crm, '2026-Q3', True)", "a series of True periods"),
        ("kt.monthly_forecast(crm, months=0)", "months = 0: expected a number from 1 to 12"),
        ("kt.deals_at_risk(deals)", "records from DataFrame: expected kt.connect(...)"),
        ("kt.pipeline_bridge(crm, '2026-Q3', within='a=b')", "within 'a=b': expected a dict"),
        ("kt.from_frames(deals)", "too many positional arguments; expected from_frames(*, time_"),
        ("kt.kpi(label='Mine')", "kpi: missing a required argument: 'unit'; expected kpi(*, label"),
        ("kt.charts.trend()", "trend: missing a required argument: 'values'; expected trend("),
        ("kt.Report('sales', crm=crm)", "missing a required argument: 'period'; expected Report("),
        ("kt.Report('sales', period='2026-Q3', crm=deals)", "records from DataFrame: expected kt."),
        (
            "report.trend(kt.won_value, 9)",
            "too many positional arguments; expected trend(kpi, *, n=",
        ),
        ("report.scorecard(kt.won_value, by='owner')", "'owner': expected a KPI"),
        ("kt.drivers('won_value', crm, '2026-Q3')", "'won_value': expected a KPI, as in drivers("),
        ("kt.connect(3)", "3: expected the path of a kpi.toml"),
        ("kt.from_frames(deals=deals[['x']])", "none of its columns (x) bears a canonical name"),
        ("kt.charts.treend", "charts has no 'treend': did you mean 'trend'"),
        ("kt.charts.trend(kt.won_value.series(crm, '2026-Q3'))", "take one of them, as frame["),
        ("kt.leads_created(crm, '2026-Q3')", "the data lack leads"),
        ("kt.won_value([1, 2], '2026-Q3')", "won_value of a list: expected kt.connect("),
        ("kt.won_value(deals.drop(columns='amount'), '2026-Q3')", "the data lack deals.amount"),
        ("kt.from_frames(deal=deals)", "table 'deal': did you mean 'deals'"),
        ("kt.from_frames(deals=3)", "deals: expected a pandas DataFrame, not int"),
        ("kt.connect()", "kpi.toml"),
        ("kt.Report('sales', period='2027-Q1', crm=crm)", "period 2027-Q1: it starts on"),
        ("kt.Report('sales', period='2026-Q3', crm=crm).trend('won_value')", "expected a KPI such"),
    ],
)
def test_a_mistake_is_one_sentence_in_a_notebook(
    failed: Callable[[str], list[str]], code: str, sentence: str
) -> None:
    shown = failed(code)
    assert len(shown) == 1, "\n".join(shown)
    assert sentence in shown[0]
    assert shown[0].count("\n") <= 1
    assert "Traceback" not in shown[0]
