"""What one check found, and how a check that fails becomes a finding."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from kpi_toolkit.errors import KpiError, first_line

State = Literal["ok", "warning", "fault"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at: well, worth a word, or broken; the sentence says what is to be done."""

    check: str
    state: State
    sentence: str


def ok(check: str, sentence: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", sentence)


def warning(check: str, sentence: str) -> Finding:
    """Reports can be made, but something is not as it should be."""
    return Finding(check, "warning", sentence)


def fault(check: str, sentence: str) -> Finding:
    """Reports cannot be made."""
    return Finding(check, "fault", sentence)


def found_by(check: Callable[[], Finding], name: str) -> Finding:
    """What a check finds; whatever it raises is a fault, in one sentence."""
    try:
        return check()
    except KpiError as error:
        return fault(name, str(error))
    except ImportError as error:
        return fault(name, f"{first_line(error)}; reinstall kpi-toolkit")
    except Exception as error:
        return fault(name, f"{type(error).__name__}: {first_line(error)}")
