import pytest

from audits.matching.organizations.names_in_texts import name_words, places_of_name


@pytest.mark.parametrize(
    "name",
    [
        "Example Smart City Ltd.",
        "Example Smart City Limited",
        "Example Smart City Pvt. Ltd.",
        "Example Smart City S.A.",
    ],
)
def test_a_name_is_found_whatever_its_legal_form(name):
    text = "purchase of buses by example smart city limited for example"

    assert [found[0] for found in places_of_name(name_words(name), text)] == ["example smart city"]


def test_a_name_of_few_words_keeps_them():
    assert name_words("Example Housing Limited") == ("example", "housing", "limited")
