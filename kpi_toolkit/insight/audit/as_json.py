"""An audit as JSON. Its keys are stable: one may be added, none is renamed.

project, as_of, newest_event (instants with their offset), age_days
last_month           the last month that the records fill with as many as usual: 2026-08
tables               table, file, rows, kept, set_aside, superseded, left_out, unmatched (by join),
                     derived
set_aside            table, column, reason, rows, examples: file, line, value
remarks              table, column, kind, value, other, rows, file, line (see crm.remarks)
columns              table, column, rows, filled, first, last (local days), ahead
complete             table, required, missing, rows, complete (quality.required of kpi.toml)
kpis                 kpi, name, family, available, lacks
targets              rule, is_fault, kpi, period, dimension, member, rows, sentence of what is wrong
targets_without_kpi  names
headlines            rule, kpi, sentence of each rule that they break
own_dimensions       names by table
assumed              project.time_zone and project.currency where nobody declared them
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from kpi_toolkit.crm.table_read import TableRead
from kpi_toolkit.format import Format
from kpi_toolkit.insight.audit.audit import Audit
from kpi_toolkit.insight.headlines import told
from kpi_toolkit.insight.targets.smart import Weakness
from kpi_toolkit.insight.targets.smart_words import weakness


def to_json(audit: Audit, words: Format, names: Format) -> dict[str, Any]:
    """The audit as plain data; sentences in a language, KPIs by their `names` in reports."""
    return {
        "project": audit.name,
        "as_of": _instant(audit.as_of),
        "newest_event": _instant(audit.newest_event),
        "age_days": audit.age_days,
        "last_month": audit.last_month and audit.last_month.key,
        "tables": [_table(read) for read in audit.tables],
        "set_aside": [asdict(one) for one in audit.set_aside],
        "remarks": [asdict(remark) for remark in audit.remarks],
        "columns": [
            {**asdict(one), "first": _day(one.first), "last": _day(one.last)}
            for one in audit.extents
        ],
        "complete": [asdict(one) for one in audit.completeness],
        "kpis": [
            {
                "kpi": kpi.kpi,
                "name": names.t(kpi.label),
                "family": kpi.family,
                "available": not kpi.lacks,
                "lacks": list(kpi.lacks),
            }
            for kpi in audit.kpis
        ],
        "targets": [_weak(one, words, names) for one in audit.weak],
        "targets_without_kpi": list(audit.aimless),
        "headlines": [
            {"rule": one.rule, "kpi": one.name, "sentence": told(one, words, names=names)}
            for one in audit.breaches
        ],
        "own_dimensions": {table: list(own) for table, own in audit.own_dimensions.items()},
        "assumed": {f"project.{setting}": value for setting, value in audit.assumed.items()},
    }


def _table(read: TableRead) -> dict[str, Any]:
    return {
        "table": read.table,
        "file": read.file,
        "rows": read.rows,
        "kept": read.kept,
        "set_aside": read.quarantined,
        "superseded": read.superseded,
        "left_out": read.left_out,
        "unmatched": dict(read.unmatched),
        "derived": read.derived,
    }


def _weak(found: Weakness, words: Format, names: Format) -> dict[str, Any]:
    first = found.first
    return {
        "rule": found.rule,
        "is_fault": found.is_fault,
        "kpi": first.kpi,
        "period": first.text,
        "dimension": first.dimension,
        "member": first.member,
        "rows": len(found.targets),
        "sentence": weakness(found, words, names=names),
    }


def _instant(moment: dt.datetime | None) -> str | None:
    return moment.replace(tzinfo=dt.UTC).isoformat() if moment else None


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
