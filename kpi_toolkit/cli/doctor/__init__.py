"""`kpi doctor`: what is wrong with an installation."""

from kpi_toolkit.cli.doctor.verb import doctor

__all__ = ["doctor"]
