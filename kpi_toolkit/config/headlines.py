"""The headlines of the executive edition: who answers for each, and what to do when it moves."""

from kpi_toolkit.config.section import Section


class HeadlineConfig(Section):
    """One headline; what is missing is told by `kpi check`, so that a draft can be read."""

    owner: str = ""
    act_on: str = ""
