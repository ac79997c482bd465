"""Reports in a folder of their own, so that no archive of the checkout is read."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.report import Report
from tests import stable_crm

Make = Callable[..., Report]


@pytest.fixture(autouse=True)
def no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def crm_of(tables: dict[str, pd.DataFrame], **settings: object) -> Crm:
    """A Crm of frames at the moment for which they are made."""
    return from_frames(as_of=stable_crm.AS_OF.to_pydatetime(), **settings, **tables)


@pytest.fixture(scope="session")
def tables() -> dict[str, pd.DataFrame]:
    return stable_crm.frames(3, 500, opens=pd.Timestamp("2023-10-01"))


@pytest.fixture(scope="session")
def crm(tables: dict[str, pd.DataFrame]) -> Crm:
    return crm_of(tables)
