"""Each example that the articles work out is a test, or waits for a KPI that is not built yet."""

import json
from collections.abc import Callable
from pathlib import Path

from kpi_toolkit.kpis import registry
from tests.kpis import test_worked_examples as worked

# Examples of KPIs to come, and statements that nothing computes, by what they would need.
ELSEWHERE = {
    "R02": ["koban_nps", "ac_nps_bands"],
    "F04": ["koban_clv", "pipedrive_clv", "ac_clv_steps"],
    "M04": ["koban_cac", "pipedrive_cac", "ac_cac"],
    "M05": ["pipedrive_marketing_roi", "qobra_romi"],
    "R07": ["pipedrive_fcr_change"],
    "R04": ["pipedrive_ces"],
    "M08": ["ac_list_growth"],
    "R08": ["ac_followups_per_ticket"],
    "M06": ["ac_revenue_per_campaign"],
    "M03": ["qobra_cpl"],
    "M14": ["s004_campaign_return"],
}
# Of KPIs of other families: their own tests hold what these say.
OF_OTHER_FAMILIES = {
    "koban_avg_response_time",
    "pipedrive_engagement",
    "pipedrive_csat_value",
    "pipedrive_resolution_change",
    "pipedrive_renewal_value",
    "pipedrive_retention_rate_value",
    "ac_churn",
    "ac_resolution_time",
    "s004_sla",
    "s004_backlog_history",
    # A market statistic: nothing computes it.
    "ac_churn_reason_stat",
}


def test_every_example_of_the_sales_kpis_is_worked(real_data: Callable[[str], Path]) -> None:
    file = real_data("maven_crm").parent / "worked_examples.json"
    text = file.read_text(encoding="utf-8")
    examples = {example["id"] for example in json.loads(text)["examples"]}
    later = {name for names in ELSEWHERE.values() for name in names}
    tests = {name.removeprefix("test_") for name in vars(worked) if name.startswith("test_")}
    # One test may stand for several sentences: it begins with the first one's id.
    missing = {
        example
        for example in examples - later - OF_OTHER_FAMILIES
        if not any(example.startswith(test) or test.startswith(example) for test in tests)
    }
    assert not missing
    assert later | OF_OTHER_FAMILIES <= examples


def test_an_example_that_waits_for_a_kpi_waits_for_one_that_does_not_exist() -> None:
    built = {row for kpi in registry().values() for row in kpi.catalogue}
    assert not built & set(ELSEWHERE)
