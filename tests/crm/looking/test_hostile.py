"""Names and cells that try to break out, and files that are none, end as text that loads."""

import random
from pathlib import Path

import pytest

from kpi_toolkit.config import ProjectConfig, load
from kpi_toolkit.crm.looking import propose
from kpi_toolkit.errors import KpiError
from tests.crm.looking.conftest import Look

BREAKING = [
    'a"]\n[tables.evil]\nfile = "x"',
    "b''' \"\"\"\\",
    "c\r\n# d",
    "]] } = {",
    "e\x7f\x0b\x1b[31m",
    "f\u202e\u2028\U000e0001",
    "'); DROP TABLE deals; --",
    "g\\u0000 \\x00",
    "_line",
    "h" * 3000,
]


@pytest.mark.parametrize("hostile", BREAKING)
def test_no_header_or_cell_breaks_out(hostile: str, look: Look) -> None:
    quoted = '"' + hostile.replace('"', '""') + '"'
    rows = "".join(f"D{n},Won,{quoted},{quoted}\n" for n in range(12)) + f"D99,Lost,{quoted},x\n"
    found = look({"deals.csv": f"Deal ID,Stage,Owner,{quoted}\n{rows}"})
    assert list(found.tables) == ["deals"]
    owners = found.connect().query("SELECT DISTINCT owner FROM deals")
    assert [owner.strip() for (owner,) in owners] == [hostile.strip()]


@pytest.mark.parametrize("hostile", BREAKING[:8])
def test_a_hostile_column_is_named_as_it_stands(hostile: str, look: Look) -> None:
    quoted = '"' + hostile.replace('"', '""') + '"'
    rows = "".join(f"D{n},Won,{'AB'[n % 2]}\n" for n in range(12)) + "D99,Lost,A\n"
    found = look({"deals.csv": f"Deal ID,Stage,{quoted}\n{rows}"})
    found.folder.joinpath("kpi.toml").write_text(
        "\n".join(
            line[2:] if "dimension = true" in line else line for line in found.text.splitlines()
        ),
        encoding="utf-8",
    )
    columns = load(found.folder / "kpi.toml").tables["deals"].columns
    own = [column for column in columns.values() if column.dimension]
    assert [column.column for column in own] == [(hostile.strip(),)]


def test_a_hostile_file_name_is_named_as_it_is(look: Look) -> None:
    name = 'deals "]\n[x] \\ # \u202e.csv'
    found = look({name: "Deal ID,Stage,Amount\n1,Won,2\n2,Lost,3\n"})
    assert found.tables["deals"]["file"] == name
    assert found.connect().query("SELECT count(*) FROM deals") == [(2,)]


def test_damaged_files_give_a_text_that_loads_or_one_sentence(tmp_path: Path) -> None:
    whole = "Deal ID;Stage;Amount;Close Date\n" + "D1;Gagnée;1 234,50;31/12/2024\n" * 20
    draw, file = random.Random(3), tmp_path / "deals.csv"
    for _ in range(8):
        data = bytearray(whole.encode(draw.choice(["utf-8", "cp1252", "utf-16"])))
        for _ in range(draw.randrange(1, 9)):
            at = draw.randrange(len(data))
            data[at : at + draw.randrange(4)] = draw.randbytes(draw.randrange(4))
        file.write_bytes(data[: draw.randrange(1, len(data))])
        try:
            text = propose([file], ProjectConfig(), tmp_path).text
        except KpiError as error:
            assert "\n" not in str(error)
            continue
        (tmp_path / "kpi.toml").write_text(text, encoding="utf-8")
        load(tmp_path / "kpi.toml")
