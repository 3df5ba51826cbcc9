"""Undecided flags, claims and persons are on no public page; confirmed flags are."""

import html
import json
import re

import pytest
from django.test import override_settings

from audits.models import Audit, Flag, Review
from audits.triage import review_flag
from contracts.models import ContractingProcess, Submission
from tests.audits.pages.addresses import pages
from tests.support.buying import TITLE, purchase
from tests.support.pages import get, text_of
from tests.support.records import load

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("publication", ["reviewed", "none"])
def test_an_undecided_question_is_on_no_page(client, buy, publication):
    buy(purchase(1, title=TITLE, method="direct"))
    sentences = [flag.render("en") for flag in Flag.objects.all()]
    assert sentences
    with override_settings(VEEDOR_PUBLICATION=publication):
        for address in pages():
            page = text_of(get(client, address))
            assert not [sentence for sentence in sentences if sentence in page], address
            assert 'class="flag"' not in get(client, address)


def test_an_undecided_question_is_hidden_from_accounts_too(buy, sign_in):
    buy(purchase(1, title=TITLE))
    auditor = sign_in("Auditors")
    for address in pages():
        assert 'class="flag"' not in get(auditor, address), address


def test_a_confirmed_question_is_shown_with_its_passage_and_counted(client, buy, confirm):
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    for address in ("/", "/countries/MX/", "/technologies/surveillance/", "/processes/ocds-test01-1/"):
        page = get(client, address)
        assert flag.render("en") in text_of(page), address
    assert "<mark>reconocimiento facial</mark>" in get(client, "/processes/ocds-test01-1/")
    assert "1 confirmed question." in text_of(get(client, "/countries/MX/surveillance/"))
    # The page of a country sums up purchases of technology, and counts the questions about all of its records.
    told = "Confirmed questions about all its records, technology or not: 1."
    assert told in text_of(get(client, "/countries/MX/"))
    assert "T01" in get(client, "/search/")
    assert "1 row" in text_of(get(client, "/search/?rule=T01"))
    assert "0 rows" in text_of(get(client, "/search/?rule=T02"))


def test_the_list_of_confirmed_questions_matches_the_count(client, buy, confirm):
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    buy(purchase(1, title=f"{TITLE}, segunda etapa") | {"id": "2", "date": "2031-01-01T00:00:00Z"})
    flag.refresh_from_db()
    assert flag.state == Flag.State.CHANGED
    page = get(client, "/countries/MX/")
    assert "technology or not: 1." in text_of(page)
    (address,) = re.findall(r'href="(/api/v1/flags/\?[^"]*)"', page)
    assert [row["id"] for row in json.loads(client.get(html.unescape(address)).content)["results"]] == [flag.pk]


def test_a_dismissed_question_is_on_no_page(client, buy, make_user):
    buy(purchase(1, title=TITLE))
    flag = Flag.objects.get(rule="T01")
    review_flag(flag=flag, reviewer=make_user("Auditors"), decision=Review.Decision.DISMISSED, reason="No.")
    with override_settings(VEEDOR_PUBLICATION="all"):
        assert flag.render("en") not in text_of(get(client, "/processes/ocds-test01-1/"))


def test_a_published_unreviewed_question_says_so(client, buy):
    buy(purchase(1, title=TITLE, amount=5_000_000))
    with override_settings(VEEDOR_PUBLICATION="all"):
        assert "No person has decided on this question yet." in get(client, "/processes/ocds-test01-1/")


def test_unreviewed_context_says_why_and_needs_no_decision(client, buy):
    buy(purchase(1, title="Adquisición de cámaras de videovigilancia para la oficina", amount=1000))
    Flag.objects.exclude(rule="T01").update(state="dismissed", decision="dismissed")
    assert Flag.objects.get(rule="T01").severity == "context"
    with override_settings(VEEDOR_PUBLICATION="all"):
        page = get(client, "/processes/ocds-test01-1/")
        assert "Context, not a question by itself: nothing shows that they watch more than offices" in page
        assert "No person has decided on this question yet." not in page
        Audit.objects.update(outcomes={"T01": {"kind": "flagged"}})
        assert "Context, not a question by itself. " in get(client, "/processes/ocds-test01-1/")


def test_claims_are_on_no_page(client, buy):
    buy(purchase(1))
    load(purchase(2, title="Reclamo oculto de cámaras"), channel=Submission.Channel.API)
    claimed = ContractingProcess.objects.get(ocid="ocds-test01-2")
    for address in pages():
        assert "Reclamo oculto" not in get(client, address), address
    get(client, f"/processes/{claimed.ocid}/", status=404)
    assert "Reclamo oculto" not in get(client, "/search/feed.atom")


def test_contact_persons_are_not_shown(client, buy):
    sent = purchase(1)
    sent["parties"][0]["contactPoint"] = {"name": "Ana Persona", "email": "ana@ejemplo.example"}
    buy(sent)
    for address in pages():
        assert "Ana Persona" not in get(client, address)
