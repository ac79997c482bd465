"""What IPython shows of a KPI: `k?` its signature and its definition, `k??` the function itself."""

from __future__ import annotations

import inspect

from kpi_toolkit.measures.kpi import Kpi


def inspected(kpi: Kpi) -> Kpi:
    """The KPI with a signature, docstring and source of its own, as if it were its function."""
    for name, value in (
        ("__signature__", _signature(kpi)),
        ("__doc__", kpi._repr_mimebundle_()["text/plain"]),
        ("__wrapped__", kpi.function),
        ("__name__", kpi.name),
    ):
        object.__setattr__(kpi, name, value)
    return kpi


def _signature(kpi: Kpi) -> inspect.Signature:
    """What a call takes: the data and a period, then the KPI's options by their names."""
    called = inspect.signature(type(kpi).__call__)
    fixed = [
        parameter
        for parameter in list(called.parameters.values())[1:]
        if parameter.kind is not parameter.VAR_KEYWORD
    ]
    options = inspect.signature(kpi.function).parameters.values()
    return called.replace(parameters=[*fixed, *options])
