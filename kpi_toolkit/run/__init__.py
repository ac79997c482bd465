"""A run: a slot is claimed, a notebook executed, its pages written, its values archived.

Imports no papermill, so that the command line pays for it only when it runs a notebook.
"""

import kpi_toolkit.render  # noqa: F401 - before nbformat
