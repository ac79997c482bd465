"""The options that oracles know, besides the usual ones, by KPI."""

OPTIONS = {
    "opportunity_to_customer_rate": [{"within_days": 30}],
    "sales_cycle": [{"start": "creation"}],
    "sales_cycle_median": [{"start": "creation"}],
    "sales_cycle_survival": [{"start": "creation"}],
    "new_customer_revenue": [{"new_for": "months"}, {"new_for": "months", "months": 3}],
    "lead_conversion_rate": [{"within_days": 30}],
    "lead_to_opportunity_rate": [{"within_days": 30}],
    "lead_source_success_rate": [{"within_days": 30}],
    "new_product_conversion_rate": [{"new_months": 6}, {"within_days": 30}],
    "stage_conversion_rate": [{"advance": "in_order"}],
    "pipeline_velocity": [{"start": "creation"}],
    "lead_response_time": [{"hours": "business"}],
    "lead_response_median": [{"hours": "business"}],
    "first_response_time": [{"hours": "elapsed"}],
    "resolution_time": [{"hours": "elapsed"}],
    "resolution_time_median": [{"hours": "elapsed"}],
}
