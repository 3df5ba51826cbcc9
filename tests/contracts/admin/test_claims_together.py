"""One decision on many claims: what is shown, what is decided, and what is left undecided."""

import json
import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError

from audits import groups
from contracts.decisions.claims import decide_claim, decide_claims
from contracts.models import Claim, ClaimDecision, ContractingProcess, Submission
from tests.support.pages import alive, change_page
from tests.support.records import load, release

TOGETHER = "/admin/contracts/claim/together/"
LIST = "/admin/contracts/claim/"
OFFICIAL = "ocds-test01-1"
NEW = [f"ocds-new-{number}" for number in (1, 2, 3)]


def titled(ocid, title, **changes):
    value = release(ocid, **changes)
    value["tender"]["title"] = title
    return value


@pytest.fixture
def package(db):
    """A submission of three new contracts, and of one whose publisher's record stands."""
    load(release(OFFICIAL))
    contradicting = titled(OFFICIAL, "Otra cosa", id="2", date="2024-05-01T00:00:00Z")
    return load(
        *(titled(ocid, f"Contrato <b>{ocid}</b>") for ocid in NEW), contradicting, channel=Submission.Channel.API
    )


@pytest.fixture
def other(db):
    return load(titled("ocds-other-1", "De otros"), channel=Submission.Channel.API)


@pytest.fixture
def auditor(sign_in):
    return sign_in(groups.AUDITORS)


def page_of(submission):
    return f"{TOGETHER}?submission={submission.pk}"


def shown(client, address):
    """Return ocid → what the box of its row sends."""
    html = client.get(address).content.decode()
    boxes = re.findall(r'<input type="checkbox" name="claims" value="([^"]+)" aria-label="([^"]+)"', html)
    return {ocid: value for value, ocid in boxes}


def decide(client, address, boxes, *, kind="rejected", reason="Nobody can say where they are from."):
    return client.post(address, {"claims": list(boxes), "kind": kind, "reason": reason})


def states():
    return {claim.ocid: str(claim.state) for claim in Claim.objects.select_related("decision")}


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_what_has_no_title_is_shown_by_its_description(auditor):
    value = titled("ocds-new-9", "")
    value["tender"]["description"] = "Núcleo 5G"
    package = load(value, channel=Submission.Channel.API)
    assert "Núcleo 5G" in auditor.get(LIST).content.decode()
    assert "Núcleo 5G" in auditor.get(page_of(package)).content.decode()


def test_who_sent_them_is_told_the_same_of_each(auditor, package):
    boxes = list(shown(auditor, page_of(package)).values())
    given = {"claims": boxes, "kind": "rejected", "reason": "No.", "told": "Envíe el contrato firmado."}
    assert auditor.post(page_of(package), given).status_code == 302
    assert set(ClaimDecision.objects.values_list("told", flat=True)) == {"Envíe el contrato firmado."}
    page = auditor.get(f"{LIST}{package.claims.first().pk}/change/").content.decode()
    assert "<q>Envíe el contrato firmado.</q>" in page


def test_all_claims_of_a_submission_are_found_by_its_id_and_from_its_page(auditor, package, other):
    listed = auditor.get(f"{LIST}?q={package.pk}").content.decode()
    assert [ocid in listed for ocid in (*NEW, OFFICIAL, "ocds-other-1")] == [True, True, True, True, False]
    assert "ocds-other-1" in auditor.get(f"{LIST}?q=ocds-other-1").content.decode()
    page = auditor.get(change_page(package)).content.decode()
    assert f'href="{LIST}?q={package.pk}">4 claims' in page
    assert f'href="{page_of(package)}"' in page
    assert shown(auditor, page_of(package)).keys() == {*NEW, OFFICIAL}


def test_claims_are_found_by_words_of_what_they_say_while_they_are_held_and_later(auditor, package, other, make_user):
    def found(asked):
        listed = auditor.get(LIST, {"q": asked}).content.decode()
        return [ocid for ocid in (*NEW, OFFICIAL, "ocds-other-1") if f">{ocid}<" in listed]

    assert found("de otros") == ["ocds-other-1"]
    assert found("contratos") == NEW
    assert found("otra cosa") == [OFFICIAL]
    assert found("nada de eso") == []
    claim = Claim.objects.get(ocid="ocds-other-1")
    decide_claim(claim=claim, kind=ClaimDecision.Kind.ACCEPTED, reason="Seen.", decided_by=make_user(groups.LEADS))
    assert found("de otros") == ["ocds-other-1"]


def test_who_may_only_read_claims_is_not_led_to_decide_on_them(client, make_user, package):
    reader = make_user()
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_submission", "view_claim"]))
    client.force_login(reader)
    html = client.get(change_page(package)).content.decode()
    assert f"{LIST}?q={package.pk}" in html
    assert TOGETHER not in html
    assert client.get(page_of(package)).status_code == 403


def test_a_submission_without_claims_leads_nowhere(auditor):
    submission = load(release(OFFICIAL))
    page = auditor.get(change_page(submission)).content.decode()
    assert "claim/together/" not in page
    assert auditor.get(page_of(submission)).status_code == 404


# The last names no submission, and is the same each time: workers must collect the same tests.
@pytest.mark.parametrize(
    "query", ["", "?submission=1", "?claims=x~y", "?claims=~", "?submission=6b1d5f1e-8d0f-4c7b-9a53-0c1f7a2b3d4e"]
)
def test_an_address_that_names_no_claims_is_not_found(auditor, query):
    assert auditor.get(TOGETHER + query).status_code == 404


def test_the_page_tells_of_each_claim_what_it_is_about_and_what_stands_beside_it(auditor, package):
    html = auditor.get(page_of(package)).content.decode()
    assert "Contrato &lt;b&gt;ocds-new-1&lt;/b&gt;" in html
    record = ContractingProcess.objects.public().get(ocid=OFFICIAL)
    href = change_page(record)
    assert html.count("stands beside it") == html.count(f'href="{href}"') == 1
    assert alive(html) == []


def test_the_same_contract_in_another_record_is_told(auditor):
    load(release(OFFICIAL))
    sent = load(release("ocds-ngo-1"), titled("ocds-ngo-2", "x", buyer={"name": "Otra"}), channel="api")
    html = auditor.get(page_of(sent)).content.decode()
    assert html.count("The same contract is in another record: if accepted, it counts twice.") == 1


def test_all_are_rejected_each_by_a_decision_of_its_own(auditor, package, other):
    answer = decide(auditor, page_of(package), shown(auditor, page_of(package)).values())
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?q={package.pk}")
    assert told(answer) == ["Decided on 4 claims: reject."]
    assert states() == {**dict.fromkeys((*NEW, OFFICIAL), "rejected"), "ocds-other-1": "held"}
    decisions = ClaimDecision.objects.all()
    assert {(row.reason, row.decided_by.username) for row in decisions} == {
        ("Nobody can say where they are from.", "auditors")
    }
    assert ContractingProcess.objects.public().get().title == "Servicio de limpieza de oficinas"


def test_what_contradicts_a_public_record_is_not_accepted_together(auditor, package):
    """Who makes it public must have seen what it says otherwise."""
    answer = decide(auditor, page_of(package), shown(auditor, page_of(package)).values(), kind="accepted")
    assert told(answer) == [
        "Decided on 3 claims: accept.",
        f"Not accepted together: a public record exists for it. (1: {OFFICIAL})",
    ]
    assert states() == {**dict.fromkeys(NEW, "accepted"), OFFICIAL: "held"}
    assert ContractingProcess.objects.public().get(ocid=OFFICIAL).title == "Servicio de limpieza de oficinas"
    assert ContractingProcess.objects.public().filter(ocid__in=NEW, verification="accepted").count() == 3


def test_of_two_claims_of_one_ocid_one_is_accepted(auditor):
    for title in ("Primero", "Segundo"):
        load(titled(NEW[0], title), channel=Submission.Channel.API)
    keys = [str(claim.pk) for claim in Claim.objects.all()]
    address = f"{TOGETHER}?claims={'~'.join(keys)}"
    answer = decide(auditor, address, [f"{key}:" for key in keys], kind="accepted")
    assert told(answer)[1:] == [f"Not accepted together: a public record exists for it. (1: {NEW[0]})"]
    assert sorted(claim.state for claim in Claim.objects.all()) == ["accepted", "held"]


def test_only_what_is_ticked_is_decided_on(auditor, package):
    boxes = shown(auditor, page_of(package))
    decide(auditor, page_of(package), [boxes[NEW[1]]])
    assert states() == {NEW[0]: "held", NEW[1]: "rejected", NEW[2]: "held", OFFICIAL: "held"}


def test_what_somebody_decided_on_meanwhile_stays_and_is_reported(auditor, package, make_user):
    boxes = shown(auditor, page_of(package))
    lead = make_user(groups.LEADS)
    decide_claim(
        claim=Claim.objects.get(ocid=NEW[0]), decided_by=lead, kind=ClaimDecision.Kind.ACCEPTED, reason="Seen."
    )
    answer = decide(auditor, page_of(package), [*boxes.values(), f"{uuid4()}:"])
    assert told(answer) == [
        "Decided on 3 claims: reject.",
        f"Not saved: leads decided on this claim since the page was shown. (1: {NEW[0]})",
        "1 claim is gone.",
    ]
    assert states()[NEW[0]] == "accepted"
    assert ClaimDecision.objects.filter(claim__ocid=NEW[0]).count() == 1


def test_claims_of_the_list_are_decided_on_and_one_decided_before_by_what_the_page_showed(auditor, package, other):
    decide(auditor, page_of(other), shown(auditor, page_of(other)).values())
    chosen = Claim.objects.filter(ocid__in=[NEW[0], "ocds-other-1"])
    sent = {"action": "decide_together", "_selected_action": [str(claim.pk) for claim in chosen], "index": 0}
    address = auditor.post(LIST, sent)["Location"]
    boxes = shown(auditor, address)
    assert boxes.keys() == {NEW[0], "ocds-other-1"}
    answer = decide(auditor, address, boxes.values(), kind="accepted")
    assert answer["Location"] == LIST
    assert {ocid: states()[ocid] for ocid in boxes} == dict.fromkeys(boxes, "accepted")
    assert list(ClaimDecision.objects.filter(claim=other.claims.get()).values_list("kind", flat=True)) == [
        "rejected",
        "accepted",
    ]


@pytest.mark.parametrize(
    "changed",
    [{"reason": " "}, {"kind": "accepted_in_part"}, {"kind": ""}, {"claims": []}, {"claims": ["x:1"]}],
)
def test_a_decision_that_lacks_something_is_asked_for_again(auditor, package, changed):
    box = shown(auditor, page_of(package))[NEW[1]]
    answer = auditor.post(page_of(package), {"claims": [box], "kind": "rejected", "reason": "Typed <i>.", **changed})
    html = answer.content.decode()
    assert answer.status_code == 400
    assert "errorlist" in html
    assert ("Typed &lt;i&gt;." in html) == ("reason" not in changed)
    assert html.count(" checked") == ("claims" not in changed) + ("kind" not in changed)
    assert not ClaimDecision.objects.exists()


def test_more_than_a_page_takes_are_told(auditor, package, monkeypatch):
    monkeypatch.setattr("contracts.admin.claims_together.MAX_TOGETHER", 3)
    assert len(shown(auditor, page_of(package))) == 3
    keys = [str(claim.pk) for claim in Claim.objects.all()]
    address = auditor.post(LIST, {"action": "decide_together", "_selected_action": keys, "index": 0})["Location"]
    assert "1 more claim is not shown" in auditor.get(address).content.decode()
    decide(auditor, address, [f"{key}:" for key in keys])
    assert sorted(states().values()) == ["held", "rejected", "rejected", "rejected"]


@pytest.mark.parametrize("group", [groups.SUBMITTERS, groups.JOURNALISTS])
def test_others_neither_see_nor_decide(sign_in, package, group):
    client = sign_in(group)
    boxes = [f"{claim.pk}:" for claim in Claim.objects.all()]
    assert client.get(page_of(package)).status_code == 403
    assert decide(client, page_of(package), boxes).status_code == 403
    assert not ClaimDecision.objects.exists()


def test_a_decision_on_many_is_all_or_nothing(auditor, package, monkeypatch, make_user):
    """Where one cannot be compiled, none is decided on."""

    def fail(ocids, **_options):
        raise RuntimeError(json.dumps(sorted(ocids)))

    monkeypatch.setattr("contracts.decisions.claims.compile_processes", fail)
    lead = make_user(groups.LEADS)
    with pytest.raises(RuntimeError):
        decide_claims(
            claims=list(Claim.objects.all()), decided_by=lead, kind=ClaimDecision.Kind.REJECTED, reason="No."
        )
    assert not ClaimDecision.objects.exists()
    with pytest.raises(ValidationError):
        decide_claims(claims=list(Claim.objects.all()), decided_by=lead, kind=ClaimDecision.Kind.REJECTED, reason=" ")


def test_a_decision_on_many_takes_few_queries(auditor, django_assert_max_num_queries):
    sent = load(*(titled(f"ocds-many-{number}", "x") for number in range(40)), channel=Submission.Channel.API)
    boxes = shown(auditor, page_of(sent))
    with django_assert_max_num_queries(60 + 8 * 40):
        decide(auditor, page_of(sent), boxes.values(), kind="accepted")
    assert set(states().values()) == {"accepted"}
