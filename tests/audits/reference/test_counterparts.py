"""Which indicators of other projects correspond to our rules."""

import re

import pytest

from audits.indicators.settings import CODES
from audits.methodology.views import MATCHES
from audits.reference.counterparts import counterparts_of
from audits.rules import RULES
from contracts.ocds.fixture_tables import fixture_rows

ROWS = fixture_rows("counterparts/counterparts")
CODES_OF = {
    "ocp": {f"R{number:03}" for number in range(1, 74)},
    "cardinal": set(CODES),
}


def test_rows_name_rules_and_lists_that_are_there_each_pair_once():
    schemes = {row["scheme"]: row for row in fixture_rows("counterparts/schemes")}
    assert {row["scheme"] for row in ROWS} == set(schemes)
    assert all(row["name"] and re.fullmatch(r"https://\S+", row["source"]) for row in schemes.values())
    assert {row["rule"] for row in ROWS} <= RULES.keys()
    assert {row["match"] for row in ROWS} == MATCHES.keys()
    assert all(row["code"] in CODES_OF.get(row["scheme"], {row["code"]}) for row in ROWS)
    pairs = [(row["rule"], row["scheme"], row["code"]) for row in ROWS]
    assert pairs == sorted(set(pairs), key=pairs.index)


def test_rules_with_a_number_of_the_partnership_ask_what_it_asks():
    for code in sorted(RULES.keys() & CODES_OF["ocp"]):
        same = {(one.code, one.match) for one in counterparts_of(code) if one.scheme == "ocp"}
        assert same & {(code, "exact"), (code, "close")}, code
    assert {one.code for code in RULES for one in counterparts_of(code) if one.scheme == "cardinal"} == set(CODES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "near", "none"),
    [
        ("en", "nearly the same question", "None of the lists of indicators"),
        ("es", "casi la misma pregunta", "Ninguna de las listas de indicadores"),
        ("pt-br", "quase a mesma pergunta", "Nenhuma das listas de indicadores"),
    ],
)
def test_the_page_of_a_rule_names_them_or_says_that_there_are_none(client, anonymous, language, near, none):
    page = client.get(f"/methodology/R018/?lang={language}").content.decode()
    assert f'<span class="code">INTEGRITY_SINGLE_BID</span>: {near}' in page
    assert none in client.get(f"/methodology/T01/?lang={language}").content.decode()
    rows = {row["code"]: row["counterparts"] for row in anonymous.get("/api/v1/rules/").json()["results"]}
    assert [(one["scheme"], one["code"]) for one in rows["R018"]] == [
        ("ocp", "R018"),
        ("cardinal", "R018"),
        ("opentender", "INTEGRITY_SINGLE_BID"),
        ("cri", "Csinglebid"),
    ]
    assert rows["T01"] == []
    assert anonymous.get("/api/v1/rules/R018/").json()["counterparts"] == rows["R018"]
