"""The encoding of a file, from its first bytes."""

import pytest

from kpi_toolkit.crm.looking.encodings import encoding_of

TEXT = "client;montant\nSociété Générale;12\nCœur de Lyon – été;1 €\n"


@pytest.mark.parametrize(
    ("data", "name", "evidence"),
    [
        (b"a,b\n1,2\n", "utf-8", "ASCII"),
        (TEXT.encode(), "utf-8", "valid UTF-8"),
        (TEXT.encode("utf-8-sig"), "utf-8", "byte order mark"),
        (TEXT.encode("utf-16"), "utf-16", "byte order mark"),
        (TEXT.encode("utf-16-le"), "utf-16-le", "NUL"),
        (TEXT.encode("utf-16-be"), "utf-16-be", "NUL"),
        (TEXT.encode("cp1252"), "cp1252", 'byte 0xe9 on line 2); cp1252 reads "Société Générale"'),
        (TEXT.encode("mac_roman"), "mac_roman", '"Société Générale"'),
        (TEXT.partition("\nC")[0].encode("cp850"), "cp850", '"Société Générale"'),
    ],
)
def test_bytes_tell_their_encoding(data: bytes, name: str, evidence: str) -> None:
    found = encoding_of(data, whole=True)
    assert (found.name, evidence in found.evidence) == (name, True), found


def test_a_character_cut_by_the_end_of_the_head_does_not_speak_against_utf_8() -> None:
    cut = TEXT.encode()[: TEXT.encode().index(b"\xa9")]
    assert encoding_of(cut, whole=False).name == "utf-8"
    assert encoding_of(cut, whole=True).name != "utf-8"


def test_an_encoding_is_decided_where_no_other_gives_letters_as_usual() -> None:
    assert encoding_of(TEXT.encode("cp1252"), whole=True).decided
    assert not encoding_of(b"name\nM\xd6\xe1\n", whole=True).decided
