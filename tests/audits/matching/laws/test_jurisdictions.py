"""Countries whose law or courts a text names."""

import pytest

from audits.matching.documents.clauses import ELSEWHERE, SUPPLIER, passages
from audits.matching.laws.jurisdictions import ADJECTIVE, CENTRE, PLACE, jurisdictions_in
from audits.matching.texts.normalize import fold
from contracts.ocds.codelists.countries import country_codes
from contracts.ocds.fixture_tables import fixture_rows


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("the laws of the People's Republic of China", ["CN"]),
        ("las leyes de la República Popular China", ["CN"]),
        ("a lei inglesa e os tribunais de Londres", ["GB", "GB"]),
        ("English law", ["GB"]),
        ("the courts of the State of Delaware", ["US"]),
        ("las leyes de los Estados Unidos Mexicanos", ["MX"]),
        ("tribunales de Baja California", ["MX"]),
        ("arbitration in the English language", []),
        ("el idioma del arbitraje será el español", []),
        ("the Georgia office", []),
        ("chinaware", []),
    ],
)
def test_countries_are_named_by_place_centre_and_law(text, countries):
    assert list(jurisdictions_in(fold(text).text)) == countries


def test_the_list_is_folded_and_of_known_countries():
    for row in fixture_rows("reference/jurisdictions"):
        assert row["name"] == fold(row["name"]).text
        assert row["country"] in country_codes()
        assert row["kind"] in {PLACE, ADJECTIVE, CENTRE}


def test_a_passage_on_law_tells_the_countries_in_its_reach_and_without_one_is_none():
    (found,) = passages("This Agreement is governed by the laws of Ecuador, and of England as to the loan.")
    assert (found.clause, found.favours, found.countries) == ("governing_law", ELSEWHERE, ("EC", "GB"))
    assert passages("This Agreement is governed by the laws in force. England is far.") == []
    (waived,) = passages("The Borrower waives any immunity from suit in England.")
    assert (waived.clause, waived.favours, waived.countries) == ("immunity_waived", SUPPLIER, ())
