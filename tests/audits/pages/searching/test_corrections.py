"""Corrections for newsrooms: what was withdrawn, and what changed since it was cited."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from audits.models import Flag, Review
from audits.pages.searching import corrections
from audits.triage import review_flag
from contracts.models import Change, ContractingProcess
from tests.support.buying import TITLE, purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db
PAGE = "/corrections/?lang=en"
NOTHING = "Nothing that was published here has been taken back"


def decide(flag: Flag, decision: Review.Decision, make_user, name: str) -> None:
    review_flag(flag=flag, reviewer=make_user("Auditors", name=name), decision=decision, reason="It is so.")


@pytest.fixture
def question(buy, make_user) -> Flag:
    """A confirmed question, beside others that wait."""
    buy(purchase(1, title=TITLE, country="Perú"))
    flag = Flag.objects.get(rule="T01")
    decide(flag, Review.Decision.CONFIRMED, make_user, "first")
    return flag


def test_an_empty_list_says_that_nothing_was_withdrawn(client, question):
    assert NOTHING in text_of(get(client, PAGE))
    assert "/corrections/?lang=en" in get(client, "/?lang=en"), "every page leads there"


def test_a_withdrawn_question_is_listed_without_details(client, question, make_user):
    decide(question, Review.Decision.DISMISSED, make_user, "second")
    decide(question, Review.Decision.NEEDS_INFORMATION, make_user, "third")
    page = get(client, PAGE)
    assert f'href="/flags/{question.pk}/' in page
    told = text_of(page)
    assert "A confirmed question is no longer published" in told
    assert "T01" not in told
    assert question.process.title not in told
    assert client.get(f"/flags/{question.pk}/?lang=en").status_code == 410
    assert "/corrections/" in client.get(f"/flags/{question.pk}/?lang=en").content.decode()


def test_an_unconfirmed_question_is_not_listed(client, question, make_user):
    other = Flag.objects.exclude(pk=question.pk).first()
    decide(other, Review.Decision.DISMISSED, make_user, "second")
    assert NOTHING in text_of(get(client, PAGE))


def test_a_changed_question_is_listed_with_its_cause_until_confirmed_again(client, question, make_user):
    Flag.objects.filter(pk=question.pk).update(changed_because="record", state="changed")
    told = text_of(get(client, PAGE))
    assert "A confirmed question has changed" in told
    assert question.process.title in told
    Flag.objects.filter(pk=question.pk).update(changed_because="", state="confirmed")
    assert NOTHING in text_of(get(client, PAGE))


def test_a_withdrawn_record_is_named_by_its_ocid(client, question):
    ocid = question.process.ocid
    ContractingProcess.objects.filter(ocid=ocid).update(verification="unverified")
    page = get(client, PAGE)
    assert f">{ocid}</a>" in page
    assert "no longer published" in text_of(page)


def test_the_latest_correction_is_first_in_list_and_feed(client, question, monkeypatch):
    long_ago = timezone.now() - timedelta(days=40)
    Change.objects.create(kind=Change.Kind.REMOVED, ocid="ocds-gone-1", at=long_ago)
    Change.objects.create(kind=Change.Kind.REMOVED, ocid="ocds-gone-2")
    page = get(client, PAGE)
    assert page.index("ocds-gone-2") < page.index("ocds-gone-1")
    feed = client.get("/corrections/feed.atom?lang=es")
    assert feed["Content-Type"].startswith("application/atom+xml")
    text = feed.content.decode()
    assert text.count("<entry") == 2
    assert "Veedor: correcciones" in text
    assert "T00:00:00" in text
    assert long_ago.strftime("%Y-%m-%d") in text
    monkeypatch.setattr(corrections, "LATEST", 1)
    assert "ocds-gone-1" not in get(client, PAGE)


def test_what_happened_to_a_record_on_one_day_has_an_id_each_in_the_feed(client, question):
    ocid = question.process.ocid
    for kind in (Change.Kind.RECORD_MERGED, Change.Kind.RECORD_PARTED):
        Change.objects.create(kind=kind, ocid=ocid)
    ids = re.findall("<id>(.*?)</id>", client.get("/corrections/feed.atom").content.decode())
    assert len(ids) == len(set(ids)) == 3, "of the feed, and of both things"
    assert all(one.startswith("http://testserver/") for one in ids), "whole addresses, says RFC 4287"
    assert set(ids) == set(re.findall("<id>(.*?)</id>", client.get("/corrections/feed.atom?lang=pt").content.decode()))


@pytest.mark.parametrize(
    ("language", "title"), [("es", "Correcciones"), ("pt-br", "Correções"), ("pt-pt", "Correções")]
)
def test_the_list_is_in_the_readers_language(client, question, language, title):
    assert f"<h1>{title}</h1>" in get(client, f"/corrections/?lang={language}")
