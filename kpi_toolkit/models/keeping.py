"""What was learnt from a snapshot, kept beside it as numbers for the reports that follow.

A file is named by all that its numbers depend on beside the snapshot, which never changes: the
moment, this program's text, and the libraries that calculate. It begins with the hash of the rest,
so a damaged one is as good as none. Its numbers are JSON: each comes back to the last bit, and
nothing in it is ever run.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kpi_toolkit.crm.kept import note
from kpi_toolkit.crm.made_rows import FOLDER
from kpi_toolkit.models.chances import Chances
from kpi_toolkit.models.deal_states import DealStates
from kpi_toolkit.models.encoding import Encoding, Feature
from kpi_toolkit.models.learnt import Learnt, Trial
from kpi_toolkit.resources import code_version

_LIBRARIES = ("duckdb", "numpy", "pandas", "scikit-learn", "scipy")
_NUMBERS = ("chances", "won", "lost", "deals", "trial")


def kept(past: DealStates) -> Learnt | None:
    """What the same deals taught at the same moment before; None where nothing whole is kept."""
    path = _path(past)
    try:
        digest, _, text = path.read_text(encoding="utf-8").partition("\n") if path else ("", "", "")
    except (OSError, ValueError):
        return None
    return _of(past, json.loads(text)) if text and digest == _hash(text) else None


def keep(found: Learnt) -> None:
    """Keep what was learnt, where it is of a snapshot; of two processes the last one's stays, and
    both say the same.
    """
    if path := _path(found.past):
        text = json.dumps({name: getattr(found, name) for name in _NUMBERS}, default=vars)
        note(path, f"{_hash(text)}\n{text}")


def _of(past: DealStates, told: dict[str, Any]) -> Learnt:
    chances, trial = told.pop("chances"), told.pop("trial")
    if found := chances["encoding"]:
        chances["encoding"] = Encoding(tuple(map(_feature, found["features"])))
    chances |= {name: tuple(chances[name]) for name in ("weights", "usual")}
    return Learnt(past, Chances(**chances), trial=Trial(**trial) if trial else None, **told)


def _feature(told: dict[str, Any]) -> Feature:
    return Feature(told["name"], tuple(told["members"]), tuple(told["bounds"]))


def _path(past: DealStates) -> Path | None:
    """None for records without a hash, which may change: frames, and a database read in place."""
    crm = past.crm
    if crm.folder is None or not crm.snapshot:
        return None
    told = [past.known_at.isoformat(), code_version(), *map(version, _LIBRARIES)]
    return Path(crm.folder) / FOLDER / f"learnt-{_hash(json.dumps(told))[:16]}.json"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
