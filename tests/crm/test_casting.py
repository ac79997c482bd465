"""A declared form admits a text or refuses it; what it admits has one value."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal as D
from typing import Any

import duckdb
import pytest

from kpi_toolkit.crm.casting import Form, cast, cell
from kpi_toolkit.crm.database import locked
from kpi_toolkit.crm.quoting import literal
from kpi_toolkit.errors import ConfigError

FR = {"decimal": ",", "thousands": " "}
PARIS = {"kind": "instant", "time_zone": "Europe/Paris"}


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # noqa: DTZ001


day = dt.date

VALUES = [
    ("1234,50", dict(kind="money", **FR), D("1234.5")),
    ("1 234,50", dict(kind="money", **FR), D("1234.5")),
    ("1\u202f234,50", dict(kind="money", **FR), D("1234.5")),
    ("1\u00a0234\u00a0567,5", dict(kind="money", **FR), D("1234567.5")),
    ("12 34,5", dict(kind="money", **FR), None),
    ("1.234,50", dict(kind="money", **FR), None),
    ("1,234.50", dict(kind="money", **FR), None),
    ("1.234,50", dict(kind="money", decimal=",", thousands="."), D("1234.5")),
    ("1,5", dict(kind="money"), None),
    ("1,5", dict(kind="money", thousands=","), None),
    ("1,234", dict(kind="money", thousands=","), D("1234")),
    ("1'234.50", dict(kind="money", thousands="'"), D("1234.5")),
    ("1’234.50", dict(kind="money", thousands="'"), D("1234.5")),
    ("(12,00)", dict(kind="money", negative="()", **FR), D("-12")),
    ("(12,00)", dict(kind="money", **FR), None),
    ("\u221212,00", dict(kind="money", **FR), D("-12")),
    ("12,00-", dict(kind="money", **FR), None),
    ("12,00-", dict(kind="money", negative="trailing", **FR), D("-12")),
    ("12,00 \u2212", dict(kind="money", negative="trailing", **FR), D("-12")),
    ("-12,00", dict(kind="money", negative="trailing", **FR), D("-12")),
    ("-12,00-", dict(kind="money", negative="trailing", **FR), None),
    ("(12,00)", dict(kind="money", negative="trailing", **FR), None),
    ("-(12,00)", dict(kind="money", negative="()", **FR), None),
    ("1 234,50 €-", dict(kind="money", negative="trailing", sign="€", **FR), D("-1234.5")),
    ("($12.50)", dict(kind="money", negative="()", sign="$"), D("-12.5")),
    ("$-12.50", dict(kind="money", sign="$"), D("-12.5")),
    ("-$-12.50", dict(kind="money", sign="$"), None),
    ("EUR 1'234.50", dict(kind="money", sign="EUR", thousands="'"), D("1234.5")),
    ("-12,5 %", dict(kind="number", percent=True, decimal=","), -0.125),
    ("1 234,50 €", dict(kind="money", sign="€", **FR), D("1234.5")),
    ("-€12.50", dict(kind="money", sign="€"), D("-12.5")),
    ("$12.50", dict(kind="money", sign="€"), None),
    ("12.50 €", dict(kind="money"), None),
    ("12.34567", dict(kind="money"), None),
    ("12,5 %", dict(kind="number", percent=True, decimal=","), 0.125),
    ("0,125", dict(kind="number", thousands=","), None),
    ("100,125", dict(kind="number", thousands=","), 100125.0),
    ("12.5%", dict(kind="number"), None),
    ("1_000", dict(kind="number"), None),
    ("1e5", dict(kind="number"), None),
    ("0x10", dict(kind="whole"), None),
    ("inf", dict(kind="number"), None),
    ("NaN", dict(kind="number"), None),
    ("NA", dict(kind="number"), None),
    ("١٢", dict(kind="whole"), None),
    ("12.5", dict(kind="whole"), None),
    ("99999999999999999999", dict(kind="whole"), None),
    (" 12 ", dict(kind="whole"), 12),
    ("=1+1", dict(kind="whole"), None),
    ("#N/A", dict(kind="number"), None),
    ("007", dict(kind="text"), "007"),
    ("NA", dict(kind="text"), "NA"),
    ("1E5", dict(kind="text"), "1E5"),
    ("True", dict(kind="text"), "True"),
    ("e\u0301te\u0301", dict(kind="text"), "été"),
    ("\u00a0Lyon\u202f", dict(kind="text"), "Lyon"),
    ("yes", dict(kind="boolean"), None),
    ("1", dict(kind="boolean"), None),
    ("03/04/2024", dict(kind="date", date_format="%d/%m/%Y"), day(2024, 4, 3)),
    ("13/25/2024", dict(kind="date", date_format="%d/%m/%Y"), None),
    ("31/02/2024", dict(kind="date", date_format="%d/%m/%Y"), None),
    ("03/04/24", dict(kind="date", date_format="%d/%m/%Y"), None),
    ("03/04/24", dict(kind="date", date_format="%d/%m/%y"), day(2024, 4, 3)),
    ("03/04/70", dict(kind="date", date_format="%d/%m/%y"), day(1970, 4, 3)),
    ("03/04/2024 10:00", dict(kind="date", date_format="%d/%m/%Y"), None),
    ("2024-04-03", dict(kind="date", date_format="%d/%m/%Y"), None),
    ("01122024", dict(kind="date", date_format="%d%m%Y"), day(2024, 12, 1)),
    ("1122024", dict(kind="date", date_format="%d%m%Y"), None),
    ("2024111", dict(kind="date", date_format="%Y%m%d"), None),
    ("1Dec2024", dict(kind="date", date_format="%d%b%Y"), day(2024, 12, 1)),
    ("2024-02-01 930", dict(kind="instant", date_format="%Y-%m-%d %H%M"), utc(2024, 2, 1, 9, 30)),
    ("n/a", dict(kind="date", date_format="%d/%m/%y"), None),
    ("n/a", dict(kind="instant", date_format="%d/%m/%Y %I:%M %p"), None),
    ("n/a", dict(kind="instant", date_format="%d/%m/%y %H:%M:%S%z"), None),
    ("n/a", dict(kind="date", date_format="%d %b %y", language="fr"), None),
    ("n/a", dict(kind="date", date_format="%Y"), None),
    ("12 mars 2024", dict(kind="date", date_format="%d %B %Y", language="fr"), day(2024, 3, 12)),
    ("1 FÉVRIER 2024", dict(kind="date", date_format="%d %B %Y", language="fr"), day(2024, 2, 1)),
    ("3 août 2024", dict(kind="date", date_format="%d %B %Y", language="fr"), day(2024, 8, 3)),
    ("12 févr. 2024", dict(kind="date", date_format="%d %b %Y", language="fr"), day(2024, 2, 12)),
    (
        "mar. 12 mars 2024",
        dict(kind="date", date_format="%a %d %B %Y", language="fr"),
        day(2024, 3, 12),
    ),
    ("1 Sept 2024", dict(kind="date", date_format="%d %b %Y"), day(2024, 9, 1)),
    ("1 juil 2024", dict(kind="date", date_format="%d %b %Y", language="fr"), day(2024, 7, 1)),
    ("1 jui 2024", dict(kind="date", date_format="%d %b %Y", language="fr"), None),
    ("12 March 2024", dict(kind="date", date_format="%d %B %Y", language="fr"), None),
    ("infinity", dict(kind="date", date_format="%Y"), None),
    ("epoch", dict(kind="date"), None),
    ("2024-02-30", dict(kind="date"), None),
    ("2024/02/03", dict(kind="date"), None),
    ("0000-00-00", dict(kind="date"), None),
    ("45000", dict(kind="date", date_format="excel"), day(2023, 3, 15)),
    ("45000.5", dict(kind="instant", date_format="excel"), utc(2023, 3, 15, 12)),
    ("60", dict(kind="date", date_format="excel"), None),
    ("43538", dict(kind="date", date_format="excel_1904"), day(2023, 3, 15)),
    ("45000", dict(kind="date"), None),
    ("1706745600000", dict(kind="instant", date_format="epoch_ms"), utc(2024, 2, 1)),
    ("1706745600", dict(kind="instant", date_format="epoch"), utc(2024, 2, 1)),
    ("1706745600000", dict(kind="instant", date_format="epoch"), None),
    ("2024-02-01T10:00:00+02:00", dict(kind="instant"), utc(2024, 2, 1, 8)),
    ("2024-02-01T10:00:00Z", PARIS, utc(2024, 2, 1, 10)),
    ("2024-02-01T10:00:00-0330", PARIS, utc(2024, 2, 1, 13, 30)),
    ("2024-02-01 10:00:00.123", PARIS, utc(2024, 2, 1, 9, 0, 0, 123000)),
    ("2024-02-01", PARIS, utc(2024, 1, 31, 23)),
    ("2024-07-01 10:00", PARIS, utc(2024, 7, 1, 8)),
    ("2024-03-31 02:30", PARIS, None),
    ("2024-10-27 02:30", PARIS, utc(2024, 10, 27, 1, 30)),
    ("2024-02-01T24:00:00", PARIS, None),
    ("2024-07-01 3:15:52", PARIS, utc(2024, 7, 1, 1, 15, 52)),
    ("2024-07-01 3:00", dict(kind="instant"), utc(2024, 7, 1, 3)),
    ("2024-07-01T3:00Z", PARIS, utc(2024, 7, 1, 3)),
    ("2024-03-31 2:30", PARIS, None),
    ("2024-07-01 3:00", dict(kind="date"), day(2024, 7, 1)),
    ("2024-07-01 3:15 PM", dict(kind="instant"), None),
    ("2024-07-01 3:5", dict(kind="instant"), None),
    ("2024-07-01 3", dict(kind="instant"), None),
    ("2024-7-1 3:00", dict(kind="instant"), None),
    ("2024-01-31T23:30:00Z", dict(kind="date", time_zone="Europe/Paris"), day(2024, 2, 1)),
    ("2024-09-08", dict(kind="instant", time_zone="America/Santiago"), utc(2024, 9, 8, 4)),
    (
        "02/01/2024 1:05 PM",
        dict(kind="instant", date_format="%m/%d/%Y %I:%M %p"),
        utc(2024, 2, 1, 13, 5),
    ),
    (
        "02/01/2024 12:05 AM",
        dict(kind="instant", date_format="%m/%d/%Y %I:%M %p"),
        utc(2024, 2, 1, 0, 5),
    ),
    ("\x0220240203", dict(kind="date", date_format="%Y%m%d"), day(2024, 2, 3)),
    ("\x0220240203", dict(kind="date", date_format="%d/%m/%Y"), None),
    ("\x021.234", dict(kind="money", decimal=",", thousands="."), D("1.234")),
    ("\x022024-02-01 10:00:00", dict(kind="date", date_format="%d/%m/%Y"), day(2024, 2, 1)),
]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with locked() as made:
        yield made


@pytest.mark.parametrize(("text", "declared", "right"), VALUES)
def test_a_cell_has_its_declared_value_or_none(
    connection: duckdb.DuckDBPyConnection, text: str, declared: dict[str, Any], right: object
) -> None:
    sql = f"SELECT {cast('t.x', Form(**declared))} FROM (SELECT {cell(literal(text))} AS x) AS t"
    got = connection.execute(sql).fetchall()[0][0]
    assert got == (pytest.approx(right) if isinstance(right, float) else right)
    assert type(got) is type(right)


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [
        ({"decimal": ";"}, "decimal ';'"),
        ({"decimal": ",", "thousands": ","}, "it is the decimal mark too"),
        ({"sign": "1"}, "may not hold digits"),
        ({"time_zone": "Europe/Pari"}, "did you mean 'Europe/Paris'"),
        ({"date_format": "%Q"}, "%Q is not known"),
        ({"date_format": "%d/%m"}, "it has no year"),
        ({"date_format": "%Y %Y"}, "a part appears twice"),
        ({"date_format": "%d %B %Y", "language": "xx"}, "language 'xx'"),
        ({"date_format": "%Y%"}, "is not known"),
    ],
)
def test_a_form_is_of_closed_sets(declared: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        Form(**declared)


def test_an_empty_cell_is_null_and_so_are_the_words_declared(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    def value(text: str, *null: str) -> object:
        return connection.execute(f"SELECT {cell(literal(text), null)}").fetchall()[0][0]

    assert value("") is None
    assert value("  ", "NA") is None
    assert value("NA") == "NA"
    assert value(" NA ", "NA") is None
