"""An accepted contract that its publisher published since counts twice until a person decides on the pair."""

import re

import pytest

from audits import groups
from contracts import tasks
from contracts.decisions.claims import decide_claim
from contracts.intake.documents.attaching import document_versions
from contracts.intake.duplicates.published_claims import find_published
from contracts.intake.processing import process_submission
from contracts.models import Attachment, Change, Claim, ClaimDecision, ContractingProcess, Release, Submission
from contracts.receipts import new_words, receipt_of
from contracts.submitting import submit
from tests.support.pages import change_page
from tests.support.pdfs import pdf
from tests.support.records import load, release

pytestmark = pytest.mark.django_db

GUESTS, OFFICIAL = "ocds-ngo-1", "ocds-test01-1"
LIST = "/admin/contracts/claim/?state=maybe_published"
QUESTION = "Its publisher's record may be this one"


def accepted(person, ocid=GUESTS, **parts) -> Claim:
    kind = ClaimDecision.Kind.ACCEPTED_IN_PART if parts else ClaimDecision.Kind.ACCEPTED
    claim = Claim.objects.get(ocid=ocid)
    decide_claim(claim=claim, kind=kind, reason="Seen.", decided_by=person, **parts)
    return claim


@pytest.fixture
def claim(make_user, monkeypatch):
    """A guest's contract with a document, accepted before its publisher published it."""
    monkeypatch.setattr(tasks, "enqueue", lambda _pk, **_options: None)
    facts = load(release(GUESTS), channel=Submission.Channel.FORM)
    document, *_ = submit(iter([pdf("Contrato")]), channel=Submission.Channel.FORM, user=None, about=facts)
    process_submission(document.pk)
    return accepted(make_user(groups.LEADS, name="first"))


@pytest.fixture
def asked(claim):
    """The claim, with the question whether the record of its publisher is the same."""
    load(release(OFFICIAL))
    find_published()
    claim.refresh_from_db()
    return claim


def answered(client, claim, kind):
    return client.post(change_page(claim), {"kind": kind, "reason": "Compared.", "last_decision": claim.decision_id})


def public() -> set[str]:
    return set(ContractingProcess.objects.public().values_list("ocid", flat=True))


def test_nothing_is_asked_before_its_publisher_published_it(claim):
    load(release(OFFICIAL, buyer={"id": "S"}))
    find_published()
    assert not Claim.objects.maybe_published().exists()


@pytest.mark.parametrize("group", [groups.AUDITORS, groups.LEADS])
def test_list_and_page_ask_and_nothing_happens_by_itself(sign_in, asked, group):
    client = sign_in(group)
    official = ContractingProcess.objects.get(ocid=OFFICIAL)
    page = client.get(change_page(asked)).content.decode()
    assert QUESTION in page
    assert f'<a href="{change_page(official)}">{OFFICIAL}</a>' in page
    assert re.findall(r'name="kind" value="(\w+)"', page) == ["same", "not_same"]
    assert 'name="members"' not in page
    assert GUESTS in client.get(LIST).content.decode()
    assert public() == {GUESTS, OFFICIAL}
    assert asked.decisions.count() == 1


def test_leads_see_how_many_are_asked(sign_in, asked):
    page = sign_in(groups.LEADS).get("/admin/").content.decode()
    assert "Accepted claims that their publisher may have published" in page
    assert f'<a href="{LIST}">1</a>' in page


def test_the_same_is_taken_back_in_favour_of_its_publisher(sign_in, asked):
    changes = Change.objects.order_by("pk").values_list("pk", flat=True).last()
    client = sign_in(groups.AUDITORS)
    assert answered(client, asked, "same").status_code == 302
    assert public() == {OFFICIAL}
    for ocid, status in ((GUESTS, 410), (OFFICIAL, 200)):
        assert client.get(f"/api/v1/contracting-processes/{ocid}/").status_code == status
    assert Change.objects.filter(pk__gt=changes, ocid=GUESTS, kind=Change.Kind.REMOVED).exists(), (
        "who follows the public data is told"
    )
    page = client.get(change_page(asked)).content.decode()
    assert QUESTION not in page
    assert "Compared." in page
    assert "Seen." in page
    official = ContractingProcess.objects.get(ocid=OFFICIAL)
    assert f'">{OFFICIAL}</a>' in page, "who opens it later finds the record in favour of which it went"
    ((document, _version),) = document_versions([official.pk])[official.pk]
    for address in (change_page(asked), change_page(official)):
        assert f"/documents/{document}/pages/1" in client.get(address).content.decode()
    assert GUESTS not in client.get(LIST).content.decode()


def test_who_cited_it_is_led_to_the_record_of_its_publisher(sign_in, asked, client):
    answered(sign_in(groups.AUDITORS), asked, "same")
    page = client.get("/process/", {"ocid": GUESTS, "lang": "es"})
    assert page.status_code == 410
    assert f'<a href="/process/?ocid={OFFICIAL}&amp;lang=es">{OFFICIAL}</a>' in page.content.decode()
    told = client.get("/api/v1/contracting-process/", {"ocid": GUESTS}).json()
    assert (told["code"], told["replaced_by"]) == ("record_taken_back", OFFICIAL)


@pytest.mark.parametrize("own", ["", "See lot 2."])
def test_its_sender_is_told_why_and_led_to_the_record_of_the_publisher(sign_in, asked, client, own):
    receipt = receipt_of(words := new_words())
    receipt.submissions.add(asked.submission)
    given = {"kind": "same", "reason": "Compared.", "told": own, "last_decision": asked.decision_id}
    sign_in(groups.AUDITORS).post(change_page(asked), given)
    page = client.post("/submit/status/", {"receipt": words}, headers={"accept-language": "es"}).content.decode()
    said = own or "Su publicador publicó después el mismo contrato; ese registro ocupa su lugar."
    assert f"<q>{said}</q>" in page
    assert (f'<a href="/process/?ocid={OFFICIAL}">{OFFICIAL}</a>' in page) is (not own)


def test_its_documents_outlast_it(sign_in, asked):
    """Retention removes the releases of rejected claims; the documents are about the contract of the publisher."""
    answered(sign_in(groups.AUDITORS), asked, "same")
    Release.objects.filter(claim=asked).delete()
    assert Attachment.objects.in_use().get().ocid == OFFICIAL


def test_what_is_not_the_same_stays_and_is_asked_no_more(sign_in, asked):
    client = sign_in(groups.AUDITORS)
    assert answered(client, asked, "not_same").status_code == 302
    load(release(OFFICIAL, id="2", language="es"))
    find_published()
    assert public() == {GUESTS, OFFICIAL}
    page = client.get(change_page(asked)).content.decode()
    assert QUESTION not in page
    assert "The same contract in other records" not in page
    assert re.findall(r'name="kind" value="(\w+)"', page) == ["accepted", "accepted_in_part", "all_but", "rejected"]
    assert "Compared." in page
    assert GUESTS not in client.get(LIST).content.decode()
    load(release("ocds-test01-2"))
    find_published()
    assert Claim.objects.maybe_published().get().published_as.ocid == "ocds-test01-2"


def test_what_was_accepted_in_part_stays_so(make_user, sign_in):
    load(release(GUESTS), channel=Submission.Channel.FORM)
    members = ["/buyer", "/contracts", "/awards", "/parties"]
    claim = accepted(make_user(groups.LEADS), members=members)
    load(release(OFFICIAL))
    find_published()
    claim.refresh_from_db()
    answered(sign_in(groups.AUDITORS), claim, "not_same")
    first, second = claim.decisions.order_by("pk")
    assert (second.kind, second.members) == (first.kind, first.members) == ("accepted_in_part", sorted(members))
    assert ContractingProcess.objects.get(ocid=GUESTS).title == ""


def test_the_second_of_two_who_answer_is_told(sign_in, asked):
    client = sign_in(groups.AUDITORS)
    answered(client, asked, "not_same")
    for kind in ("same", "rejected"):
        late = answered(client, asked, kind)
        assert late.status_code == 200
        assert "auditors decided on this claim since the page was shown." in late.content.decode()
    assert public() == {GUESTS, OFFICIAL}


@pytest.mark.parametrize(("kind", "reason"), [("same", " "), ("accepted", "Compared."), ("", "Compared.")])
def test_an_answer_has_a_reason_and_is_one_of_two(sign_in, asked, kind, reason):
    given = {"kind": kind, "reason": reason, "last_decision": asked.decision_id}
    assert "errorlist" in sign_in(groups.AUDITORS).post(change_page(asked), given).content.decode()
    assert asked.decisions.count() == 1


@pytest.mark.parametrize("group", [groups.SUBMITTERS, groups.JOURNALISTS, ""])
def test_others_are_not_asked(sign_in, asked, group):
    client = sign_in(group)
    assert client.get(LIST).status_code == client.get(change_page(asked)).status_code == 403
    assert answered(client, asked, "same").status_code == 403
    assert public() == {GUESTS, OFFICIAL}


def test_a_question_goes_with_what_it_was_about(sign_in, asked):
    """The page asks nothing of a record that is gone, the list no more after the next night."""
    Release.objects.filter(ocid=OFFICIAL).update(ocid="ocds-test01-9")
    ContractingProcess.objects.filter(ocid=OFFICIAL).update(verification="retired")
    assert QUESTION not in sign_in(groups.AUDITORS).get(change_page(asked)).content.decode()
    find_published()
    assert not Claim.objects.maybe_published().exists()


def test_what_its_publisher_says_under_the_same_ocid_is_not_a_question(make_user):
    load(release(GUESTS), channel=Submission.Channel.FORM)
    accepted(make_user(groups.LEADS))
    load(release(GUESTS, id="2", language="es"), release(OFFICIAL))
    find_published()
    assert not Claim.objects.maybe_published().exists()
