"""Sales: are we winning more of what we open, and faster?"""

from kpi_toolkit.kpis.sales.amounts import (
    average_opportunity_value,
    average_won_deal,
    deal_value_by_status,
    deals_by_status,
    lost_deals,
    lost_value,
    opportunities_created,
    won_deals,
    won_value,
)
from kpi_toolkit.kpis.sales.cycle import (
    lead_response_median,
    lead_response_time,
    sales_cycle,
    sales_cycle_median,
    sales_cycle_survival,
    time_in_stage,
)
from kpi_toolkit.kpis.sales.growth import new_customer_revenue, new_customers
from kpi_toolkit.kpis.sales.pipeline import (
    focus_opportunities,
    focus_value,
    pipeline_deals,
    pipeline_deals_by_stage,
    pipeline_value,
    pipeline_value_by_stage,
    pipeline_velocity,
)
from kpi_toolkit.kpis.sales.rates import (
    close_rate,
    decided_win_rate,
    lead_conversion_rate,
    lead_source_success_rate,
    lead_to_opportunity_rate,
    new_product_conversion_rate,
    opportunity_to_customer_rate,
)

__all__ = [
    "average_opportunity_value",
    "average_won_deal",
    "close_rate",
    "deal_value_by_status",
    "deals_by_status",
    "decided_win_rate",
    "focus_opportunities",
    "focus_value",
    "lead_conversion_rate",
    "lead_response_median",
    "lead_response_time",
    "lead_source_success_rate",
    "lead_to_opportunity_rate",
    "lost_deals",
    "lost_value",
    "new_customer_revenue",
    "new_customers",
    "new_product_conversion_rate",
    "opportunities_created",
    "opportunity_to_customer_rate",
    "pipeline_deals",
    "pipeline_deals_by_stage",
    "pipeline_value",
    "pipeline_value_by_stage",
    "pipeline_velocity",
    "sales_cycle",
    "sales_cycle_median",
    "sales_cycle_survival",
    "time_in_stage",
    "won_deals",
    "won_value",
]
