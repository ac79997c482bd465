"""Bytes that are not in the declared encoding are told with the encoding that they are in."""

import gzip
from collections.abc import Callable

import pytest

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import DataError

Connected = Callable[..., Crm]
DEALS = '[tables.deals]\nfile = "deals.csv"\nbad_rows = "100%"\n'
ROWS = "deal_id,owner\n1,Zoë Lefèvre – Paris\n2,Ann\n"


def test_a_row_of_another_encoding_says_which_it_is(connected: Connected) -> None:
    crm = connected(DEALS, deals_csv=ROWS.encode("cp1252"))
    assert list(crm.quarantine()["reason"]) == [
        "bytes that are not in the declared encoding; it reads as cp1252"
    ]
    with pytest.raises(DataError, match="line 2: .* it reads as cp1252"):
        connected(DEALS.replace("100%", "5%"), deals_csv=ROWS.encode("cp1252"))


def test_a_header_of_another_encoding_says_which_it_is(connected: Connected) -> None:
    header = "deal_id,propriétaire\n1,Ann\n"
    with pytest.raises(DataError, match=r"line 1, the header: bytes .*; it reads as cp1252$"):
        connected(DEALS, deals_csv=header.encode("cp1252"))
    with pytest.raises(DataError, match=r"the header: NUL byte; it reads as utf-16-le$"):
        connected(DEALS, deals_csv=(header * 20).encode("utf-16-le"))
    with pytest.raises(DataError, match=r"it is not utf-16 \(.*\); it reads as utf-8$"):
        connected(DEALS + 'encoding = "utf-16"\n', deals_csv=header.encode())


def test_a_packed_file_is_unpacked_for_that(connected: Connected) -> None:
    crm = connected(
        DEALS.replace("deals.csv", "deals.csv.gz"),
        **{"deals.csv_gz": gzip.compress(ROWS.encode("cp1252"))},
    )
    assert crm.quarantine()["reason"][0].endswith("it reads as cp1252")


def test_a_bad_byte_beyond_the_head_says_nothing_of_the_encoding(connected: Connected) -> None:
    long = "deal_id,owner\n" + "".join(f"{n},Zoé\n" for n in range(150_000))
    crm = connected(DEALS, deals_csv=long.encode() + b"x,\xff\n")
    assert list(crm.quarantine()["reason"]) == ["bytes that are not in the declared encoding"]
