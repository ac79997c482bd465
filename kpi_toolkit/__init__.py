"""KPI functions, chart helpers and reports over CRM data."""
