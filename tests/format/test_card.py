"""What a value, a definition and a Crm show in a notebook."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.errors import KpiError
from kpi_toolkit.format.card import card


def html(shown: object) -> str:
    return shown._repr_mimebundle_()["text/html"]  # type: ignore[attr-defined,no-any-return]


@pytest.fixture
def crm() -> kt.Crm:
    deals = pd.DataFrame(
        {
            "deal_id": ["a", "b", "c", "d"],
            "status": ["won", "lost", "won", "won"],
            "closed_at": ["2026-05-02", "2026-08-03", "2026-09-04", "2026-07-04"],
        }
    )
    return kt.from_frames(deals=deals, as_of="2026-10-05", name="<b>Ardane</b>")


def test_texts_are_never_markup() -> None:
    page = card("<i>", value="<b>", beside=[("<u>", True)], facts=[("<s>", "<p>")])
    assert not any(tag in page for tag in ("<i>", "<b>", "<u>", "<s>", "<p>"))


def test_an_unfavourable_note_stands_on_a_tint() -> None:
    page = card("Win rate", value="40%", beside=[("−3 pp", False), ("+1 pp", True)])
    assert page.count("background:#FBE9E2") == 1


def test_a_value_stands_apart_from_its_doubt(crm: kt.Crm) -> None:
    value = kt.decided_win_rate(crm, "2026-Q3")
    assert ">66.7%</span>" in html(value)
    assert ">−33.3 pp on Q2 2026</span>".replace(" 2026", "\u00a02026") in html(value).replace(
        "\u202f", " "
    )
    assert "n = 3" in str(value)


def test_a_crm_shows_its_tables_and_its_newest_record(crm: kt.Crm) -> None:
    page = html(crm)
    assert "&lt;b&gt;Ardane&lt;/b&gt;" in page
    assert "4 Sept 2026" in page
    assert "deals" in page


def test_a_name_that_is_nearly_a_kpi_is_one_sentence() -> None:
    with pytest.raises(AttributeError, match="did you mean 'decided_win_rate'") as raised:
        kt.decided_win_rat  # noqa: B018
    assert isinstance(raised.value, KpiError)
    assert not hasattr(kt, "nothing_of_the_kind")
