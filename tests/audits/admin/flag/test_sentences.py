"""In a sentence that counts processes, the numbers that count them lead there, and no others."""

import pytest

from audits.admin.flag.sentences import pieces

VALUES = {"share": 0.79, "processes": 12, "won": 8, "amount": "88320000", "is_large": True, "year": 2019}


@pytest.mark.parametrize(
    ("sentence", "counts"),
    [
        ("recibe el 79 % de lo adjudicado, junio de 2021, en 12 procesos: 8 de ellos", ["12", "8"]),
        ("UYU 12 en 8 procesos (IHH 0,8)", ["8"]),
        ("12 % de 12 procesos", ["12"]),
        ("R012, T08, 12.345, 12,5 y 1 de ellos", []),
        ("", []),
    ],
)
def test_only_counts_are_recognised_among_numbers(sentence, counts):
    found = list(pieces(sentence, VALUES))
    assert [piece.text for piece in found if piece.is_count] == counts
    assert "".join(piece.text for piece in found) == sentence


@pytest.mark.parametrize("written", ["1.200", "1,200", "1\xa0200", "1200"])
def test_counts_are_recognised_in_any_grouping(written):
    assert [piece.text for piece in pieces(f"en {written} procesos", {"n": 1200}) if piece.is_count] == [written]


def test_sentences_without_counted_processes_have_no_links():
    assert list(pieces("Hubo 8 días", {})) == [("Hubo 8 días", False)]
