"""MavenTech's published figures, from the files by the example's mapping to the KPIs."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import kpi_toolkit as kt
from tests.real_data.conftest import copy_of_the_example
from tests.real_data.maven_figures import figure, reason_not_expressed

Record = Callable[[str, object], None]
BEFORE_ITS_MAPPING = "data_quality|unmatched_product_rows_before_fix"


@pytest.fixture(scope="module")
def crm(project: Path) -> kt.Crm:
    return kt.connect(project)


@pytest.fixture(scope="module")
def expected(maven: Path) -> dict[str, float]:
    return json.loads((maven / "expected.json").read_text(encoding="utf-8"))["values"]


@pytest.mark.parametrize(
    "group",
    [
        "total",
        "by_region",
        "by_product",
        "by_close_quarter",
        "by_close_month",
        "pipeline_by_stage",
        "pipeline",
        "velocity_per_day",
        "new_customer_revenue_by_quarter",
        "data_quality",
    ],
)
def test_the_published_figures_are_reproduced(
    group: str, crm: kt.Crm, expected: dict[str, float]
) -> None:
    wanted = {
        key: value
        for key, value in expected.items()
        if key.startswith(f"{group}|")
        and not reason_not_expressed(key)
        and key != BEFORE_ITS_MAPPING
    }
    found = {key: figure(crm, key) for key in wanted}
    assert wanted
    assert found == pytest.approx(wanted, rel=1e-11)


def test_every_published_figure_is_reproduced_or_has_a_reason_not_to_be(
    expected: dict[str, float], record_property: Record
) -> None:
    reasons = Counter(filter(None, map(reason_not_expressed, expected)))
    covered = len(expected) - reasons.total()
    record_property("published figures reproduced", f"{covered} of {len(expected)}")
    assert (covered, len(expected)) == (207, 267), reasons


def test_without_its_value_map_a_join_names_the_rows_that_it_does_not_match(
    maven: Path, tmp_path: Path, expected: dict[str, float]
) -> None:
    config = copy_of_the_example(tmp_path / "project", maven)
    mapped = 'on = { product = { column = "product", values = { GTXPro = "GTX Pro", "*" = "=" } } }'
    text = config.read_text(encoding="utf-8")
    assert mapped in text
    config.write_text(text.replace(mapped, 'on = { product = "product" }'), encoding="utf-8")
    deals = next(read for read in kt.connect(config).reading if read.table == "deals")
    assert deals.unmatched["products"] == expected[BEFORE_ITS_MAPPING]
