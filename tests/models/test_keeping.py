"""What a snapshot teaches is learnt once for all reports, and comes back to the last bit."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet
import pytest

from kpi_toolkit.crm.building import Home, columns
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.database import locked
from kpi_toolkit.crm.made_rows import FOLDER
from kpi_toolkit.models import keeping, win_probability
from kpi_toolkit.models.chances import Chances
from kpi_toolkit.models.deal_states import DealStates
from kpi_toolkit.models.learnt import Learnt
from kpi_toolkit.models.win_probability import learnt, score
from tests.models import made

Opened = Callable[[], Crm]
MOMENT = made.moment()


@pytest.fixture(scope="module")
def plain() -> Crm:
    """Records without a snapshot."""
    return made.crm()


@pytest.fixture(scope="module")
def files(plain: Crm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for table in plain.columns:
        rows = plain.connection.sql(f"FROM {table}").to_arrow_table()
        pyarrow.parquet.write_table(rows, folder / f"{table}.parquet")
    return folder


@pytest.fixture
def opened(plain: Crm, files: Path, tmp_path: Path) -> Opened:
    """The same as a snapshot, as each report opens it anew."""

    def opened() -> Crm:
        connection = locked([files])
        for path in files.iterdir():
            connection.execute(f"CREATE VIEW {path.stem} AS FROM read_parquet('{path}')")
        return Crm(
            connection,
            columns(connection, plain.columns),
            home=Home(plain.calendar, plain.currency),
            as_of=plain.as_of,
            input_hash="a",
            folder=tmp_path,
        )

    return opened


@pytest.fixture
def learning(monkeypatch: pytest.MonkeyPatch, plain: Crm) -> list[Learnt]:
    """Each time that something is learnt; what it is is taken from the records without a
    snapshot, which are learnt from once.
    """
    found: list[Learnt] = []
    known = learnt(plain, MOMENT)

    def learn(past: DealStates) -> Learnt:
        found.append(replace(known, past=past))
        return found[-1]

    monkeypatch.setattr(win_probability, "_learn", learn)
    return found


def kept_files(folder: Path) -> list[Path]:
    return sorted((folder / FOLDER).glob("learnt-*.json"))


def test_another_report_takes_what_the_first_one_learnt_to_the_last_bit(
    opened: Opened, plain: Crm, learning: list[Learnt]
) -> None:
    wanted = learnt(plain, MOMENT)
    assert wanted.chances.way == "logistic"
    for _ in range(3):
        crm = opened()
        found = learnt(crm, MOMENT)
        assert replace(found, past=wanted.past) == wanted
        pd.testing.assert_frame_equal(score(crm, MOMENT), score(plain, MOMENT), check_exact=True)
    assert len(learning) == 1


def test_ways_without_a_regression_come_back_too(opened: Opened) -> None:
    past = DealStates(opened(), MOMENT)
    shares = Chances("stage_share", {"Négociation": 1 / 3}, 2 / 7)
    for one in (shares, Chances("share", other=0.1), Chances("declared", {"S": 0.3})):
        found = Learnt(past, one, 1, 2)
        keeping.keep(found)
        again = keeping.kept(past)
        assert again == found


@pytest.mark.parametrize("damage", [lambda text: text[:-9], lambda text: text.replace("1", "2"),
                                    lambda _: "", lambda _: "\ud800"])  # fmt: skip
def test_a_damaged_file_is_learnt_again(
    opened: Opened, tmp_path: Path, learning: list[Learnt], damage: Callable[[str], str]
) -> None:
    learnt(opened(), MOMENT)
    (path,) = kept_files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(damage(whole.decode()).encode(errors="surrogatepass"))
    learnt(opened(), MOMENT)
    assert len(learning) == 2
    assert path.read_bytes() == whole


def test_another_moment_program_or_library_learns_for_itself(
    opened: Opened, tmp_path: Path, learning: list[Learnt], monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt(opened(), MOMENT)
    learnt(opened(), made.moment(pd.Timestamp("2025-04-01")))
    monkeypatch.setattr(keeping, "code_version", lambda: "edited")
    learnt(opened(), MOMENT)
    monkeypatch.setattr(keeping, "version", lambda library: "99")
    learnt(opened(), MOMENT)
    assert len(learning) == len(kept_files(tmp_path)) == 4


def test_records_that_may_change_keep_nothing(opened: Opened, plain: Crm, tmp_path: Path) -> None:
    crm = opened()
    crm.snapshot = ""  # as of a database that is read in place
    for each in (crm, plain):
        past = DealStates(each, MOMENT)
        keeping.keep(Learnt(past, Chances("share", other=0.5), 1, 1))
        assert keeping.kept(past) is None
    assert kept_files(tmp_path) == []


def test_where_nothing_can_be_written_it_is_learnt_each_time(
    opened: Opened, tmp_path: Path, learning: list[Learnt]
) -> None:
    (tmp_path / FOLDER).write_text("in the way")
    for _ in range(2):
        learnt(opened(), MOMENT)
    assert len(learning) == 2
