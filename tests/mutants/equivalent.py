"""Mutants that can give no other number, and why."""

import re

from tests.mutants.formulas import Mutant

REASONS: dict[str, str] = {
    r"close_rate: 0\. (not: closed_at IS NULL|without: closed_at >= .start)": (
        "what was won in the period is closed, and `during` asks for a closing since the start"
    ),
    r"(sales_cycle: 0|pipeline_velocity: 5|lead_response_time: 0)\. edge: .* [<>] "
    r"(closed_at|created_at)": "a length of nothing adds nothing to a sum",
    r"(sales_cycle: 1|lead_response_time: 1|time_in_stage: 1|pipeline_velocity: 6)\. all rows": (
        "the condition, or the date of the end, leaves no row without a length"
    ),
    r"sales_cycle_survival: 0\. (of: )?first only: COALESCE\(closed_at, .end\)": (
        "least() passes over what is not known"
    ),
    r"pipeline_(value|deals)_by_stage: fact: where: edge: entered_at <= deals\.closed_at": (
        "a stay that begins at the closing ends there, so it is open at no moment"
    ),
    r"stage_conversion_rate: [01]\. (without: entered_at < .as_of|edge: entered_at <= .as_of)": (
        "a period ends at the moment of knowledge, if not before, and its stays have begun"
    ),
    r"retention_rate: 0\. edge: churned_at > .start": "who is kept left at the end or later",
    r"upsell_rate: fact: bought_more: edge: .*\.n >= 0": "a group has a row",
}


def reason(mutant: Mutant) -> str:
    """Why a mutant is the definition in other words; "" where it is not."""
    return next((why for slip, why in REASONS.items() if re.fullmatch(slip, mutant.name)), "")
