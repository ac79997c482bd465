"""What readers call a report."""

from kpi_toolkit.config import Config
from kpi_toolkit.format import Format


def report_title(words: Format, config: Config | None, name: str) -> str:
    """Its title in kpi.toml, else its name in words."""
    stanza = config.reports.get(name) if config else None
    return words.t((stanza.title if stanza else "") or name.replace("_", " ").capitalize())
