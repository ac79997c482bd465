"""What readers call a member: the project's own word, else the kind in words, else as it stands."""

import pytest

from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording

FRENCH = Format("fr", names={"Proposal": "Proposition", "new": "neuf"})


@pytest.mark.parametrize(
    ("words", "dimension", "member", "told"),
    [
        (FRENCH, "status", "won", "signée"),
        (FRENCH, "stage", "won", "won"),
        (FRENCH, "stage", "Proposal", "Proposition"),
        (FRENCH, "stage", "Discovery", "Discovery"),
        (FRENCH, "kind", "cross_sell", "Vente croisée"),
        (FRENCH, "kind", "new", "neuf"),
        (Format("en"), "kind", "new", "New business"),
        (Format("en"), "source", "new", "new"),
        (Format("en"), "stage", "Proposal", "Proposal"),
        (FRENCH, "stage", None, "(non renseigné)"),
    ],
)
def test_a_member_has_its_reader_s_name(
    words: Format, dimension: str, member: str | None, told: str
) -> None:
    assert wording.member(words, dimension, member) == told


def test_the_slice_of_a_report_has_it_too() -> None:
    assert wording.scope(FRENCH, "stage", "Proposal").endswith("Proposition")
