"""Documents added to a public contract wait for a person, whoever sends them."""

import json
import re

import pytest
from django.contrib.auth import get_user_model

from contracts.decisions.claims import decide_claim, say_published
from contracts.erasing import erase_submission
from contracts.intake.documents.attaching import attach, document_versions, processes_of
from contracts.models import Attachment, Claim, ClaimDecision, ContractingProcess, Document, PublisherGrant, Submission
from tests.support.documents import PAPER, send
from tests.support.papers import telling_pdf
from tests.support.records import load, release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]

OCID = "ocds-facts-1"
ANNEX = telling_pdf("Anexo")
COPIES = {
    "same bytes": json.dumps(release(OCID)).encode(),
    "other bytes": json.dumps(release(OCID), indent=1).encode(),
    "another release beside it": b"\n".join(json.dumps(release(OCID, id=str(pk))).encode() for pk in (1, 2)),
}


def send_again(content: bytes) -> Submission:
    """Send a contract as a stranger does who found it on the site."""
    return load(content=content, channel=Submission.Channel.FORM)


def accept(person) -> Claim:
    claim = Claim.objects.filter(ocid=OCID).earliest("pk")
    claim.refresh_from_db()
    decide_claim(claim=claim, kind=ClaimDecision.Kind.ACCEPTED, reason="Seen.", decided_by=person)
    return claim


def public() -> ContractingProcess:
    return ContractingProcess.objects.public().get(ocid=OCID)


def waits(document: Submission) -> bool:
    return Document.objects.of_no_contract().filter(pk=document.content_id).exists()


@pytest.fixture
def accepted(make_user):
    """The submission of a contract with a document, both of which a person saw."""
    facts = send_again(COPIES["same bytes"])
    send(about=facts)
    accept(make_user("Leads"))
    return facts


@pytest.mark.parametrize("content", COPIES.values(), ids=COPIES)
def test_a_stranger_joins_no_document_to_a_contract_that_is_public(accepted, content):
    assert [sha256 for sha256, _version in document_versions([public().pk])[public().pk]]
    document = send(ANNEX, about=send_again(content))
    assert public().pk not in processes_of(document.content_id)
    assert len(document_versions([public().pk])[public().pk]) == 1
    assert waits(document)


def test_the_first_sender_joins_none_later_either(accepted):
    document = send(ANNEX, about=accepted)
    assert processes_of(document.content_id) == []
    assert waits(document)


def test_one_whose_facts_were_erased_stays_where_a_person_saw_it_and_waits_where_not(accepted):
    erase_submission(accepted, actor=None)
    document = send(ANNEX, about=send_again(COPIES["other bytes"]))
    assert len(document_versions([public().pk])[public().pk]) == 1
    assert waits(document)


def test_a_person_says_so_by_attaching_it_or_by_deciding_again(accepted, make_user):
    first, second = (send(content, about=accepted) for content in (ANNEX, telling_pdf("Segundo")))
    person = make_user("Auditors")
    attach(first, process=public(), attached_by=person)
    assert processes_of(first.content_id) == [public().pk]
    assert not waits(first)
    assert waits(second)
    accept(person)
    assert processes_of(second.content_id) == [public().pk]
    assert not waits(second)


@pytest.mark.parametrize("content", COPIES.values(), ids=COPIES)
def test_documents_are_not_added_to_an_unseen_contract_of_a_trusted_account(content):
    trusted = get_user_model().objects.create_user("trusted")
    PublisherGrant.objects.create(user=trusted, granted_by=trusted)
    own = load(release(OCID), channel=Submission.Channel.API, user=trusted)
    paper = send(about=own)
    assert processes_of(paper.content_id) == [public().pk]
    assert not waits(paper)
    document = send(ANNEX, about=send_again(content))
    assert public().pk not in processes_of(document.content_id)
    assert waits(document)


def test_only_what_a_person_saw_goes_on_to_the_record_that_its_publisher_published(accepted, make_user):
    send(ANNEX, about=send_again(COPIES["other bytes"]))
    load(release("ocds-test01-1"))
    claim = Claim.objects.get(ocid=OCID)
    official = ContractingProcess.objects.get(ocid="ocds-test01-1")
    words = {"reason": "Compared.", "decided_by": make_user("Auditors")}
    say_published(claim=claim, published=official, is_same=True, **words)
    attached = Attachment.objects.filter(ocid=official.ocid).values_list("submission__content", flat=True)
    assert list(attached) == [sha256 for sha256, _version in document_versions([official.pk])[official.pk]]
    assert len(attached) == 1


def test_keeping_a_claim_apart_from_the_record_of_the_publisher_accepts_no_document(accepted, make_user):
    document = send(ANNEX, about=send_again(COPIES["other bytes"]))
    load(release("ocds-test01-1"))
    official = ContractingProcess.objects.get(ocid="ocds-test01-1")
    words = {"reason": "Another lot.", "decided_by": make_user("Auditors")}
    say_published(claim=Claim.objects.get(ocid=OCID), published=official, is_same=False, **words)
    assert len(document_versions([public().pk])[public().pk]) == 1
    assert waits(document)


def test_what_another_sent_with_it_before_goes_on_too(make_user):
    send_again(COPIES["same bytes"])
    document = send(about=send_again(COPIES["other bytes"]))
    claim = accept(make_user("Leads"))
    load(release("ocds-test01-1"))
    official = ContractingProcess.objects.get(ocid="ocds-test01-1")
    words = {"reason": "Compared.", "decided_by": make_user("Auditors")}
    say_published(claim=claim, published=official, is_same=True, **words)
    assert processes_of(document.content_id) == [official.pk]


def test_one_that_waits_with_a_held_contract_is_of_that_alone():
    document = send(PAPER, about=send_again(COPIES["same bytes"]))
    assert processes_of(document.content_id) == [ContractingProcess.objects.get().pk]
    assert not waits(document)


@pytest.mark.parametrize("page", ["/admin/contracts/claim/{claim}/change/", "/admin/contracts/claim/together/"])
def test_what_came_after_the_page_of_a_decision_was_shown_waits(sign_in, page):
    facts = send_again(COPIES["same bytes"])
    seen = send(about=facts)
    claim = Claim.objects.get(ocid=OCID)
    client = sign_in("Auditors")
    address = f"{page.format(claim=claim.pk)}?submission={facts.pk}"
    html = client.get(address).content.decode()
    (shown,) = re.findall(r'name="last_attachment" value="(\d+)"', html)
    late = send(ANNEX, about=facts)
    given = {"claims": f"{claim.pk}:", "kind": "accepted", "reason": "Seen.", "last_attachment": shown}
    assert client.post(address, given).status_code == 302
    assert processes_of(seen.content_id) == [public().pk]
    assert (processes_of(late.content_id), waits(late)) == ([], True)
