"""The list of confirmed questions, for newsrooms: what it shows, in which order, and how it is narrowed down."""

import re

import pytest

from audits.models import Flag, Review
from audits.triage import review_flag
from tests.support.buying import TITLE, purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db
LIST = "/flags/"


def listed(client, query=""):
    return [int(pk) for pk in re.findall(r'id="flag-(\d+)"', get(client, f"{LIST}?lang=en&{query}"))]


@pytest.fixture
def questions(buy, make_user):
    """Two confirmed ones of two countries, the later one first, beside others that wait."""
    buy(purchase(1, title=TITLE, country="México"), purchase(2, title=TITLE, country="Perú"))
    first, second = Flag.objects.filter(rule="T01").order_by("pk")
    for flag in (second, first):
        review_flag(
            flag=flag,
            reviewer=make_user("Auditors", name=f"reader{flag.pk}"),
            decision=Review.Decision.CONFIRMED,
            reason="It does.",
        )
    return [first.pk, second.pk]


def test_the_latest_confirmation_comes_first_and_others_are_not_listed(client, questions):
    assert listed(client) == questions
    assert Flag.objects.count() > 2


def test_each_question_shows_buyer_supplier_and_amount(client, questions):
    process = Flag.objects.get(pk=questions[0]).process
    supplier = process.supplier_names[0]
    told = text_of(get(client, f"/flags/{questions[0]}/?lang=en"))
    assert f"{process.buyer_name} → {supplier} · 1,000 MXN" in told
    assert f"{process.buyer_name} → {supplier}" in text_of(get(client, f"{LIST}?lang=en"))
    Flag.objects.update(changed_because="record")
    told = text_of(get(client, f"/flags/{questions[0]}/?lang=en"))
    assert supplier not in told, "nobody confirmed whom a changed question names now"


def test_the_list_is_filtered_by_country_rule_technology_and_severity(client, questions):
    mexico, peru = questions
    assert listed(client, "country=MX") == [mexico]
    assert listed(client, "country=PE&rule=T01&sector=surveillance&severity=high") == [peru]
    assert listed(client, "rule=T02") == []
    page = get(client, f"{LIST}?lang=en&country=PE&rule=")
    assert "/api/v1/flags.csv?country=PE&amp;decision=confirmed&amp;lang=en" in page
    assert "/search/feed.atom?country=PE&amp;lang=en" in page


@pytest.mark.parametrize(
    ("query", "told"),
    [("rule=T99", "T99"), ("country=Narnia", "Narnia"), ("country=MX&country=PE", "2 times"), ("severity=x", "high")],
)
def test_an_invalid_value_is_reported(client, questions, query, told):
    answer = client.get(f"{LIST}?lang=en&{query}")
    assert answer.status_code == 400
    assert told in text_of(answer.content.decode())
    assert 'id="flag-' not in answer.content.decode()


def test_the_list_is_paged_and_linked_from_home_and_rules(client, questions, monkeypatch):
    monkeypatch.setattr("audits.pages.searching.confirmed_questions.ROWS", 1)
    assert [listed(client, f"page={number}") for number in (1, 2)] == [[questions[0]], [questions[1]]]
    assert 'rel="next"' in get(client, f"{LIST}?lang=en")
    assert f'href="{LIST}"' in get(client, "/")
    assert f"{LIST}?rule=T01&amp;lang=es" in get(client, "/methodology/T01/?lang=es")


def test_questions_that_are_not_public_are_not_listed(client, questions, settings):
    settings.VEEDOR_PUBLICATION = "none"
    assert listed(client) == []
