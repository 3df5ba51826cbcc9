"""A claim beside the record: value by value, with the flags of both, and accepted in whole or by chosen paths."""

import re

import pytest

from audits import groups
from audits.models import Flag
from contracts.intake.claiming import SENT_BY_PUBLISHER, append_decision
from contracts.models import Claim, ClaimDecision, ContractingProcess, Publisher, Submission
from contracts.pages.comparison import compare
from tests.support.pages import HOSTILE, alive, change_page, text_of
from tests.support.purchases import audit
from tests.support.records import load, release

OCID = "ocds-test01-1"


def claimed_release(**changes):
    value = release(OCID, id="2", date="2024-05-01T00:00:00Z")
    value["tender"] |= {"title": "Servicio de vigilancia", "value": {"amount": 1000.0, "currency": "USD"}}
    value["awards"].append(
        {
            "id": "A2",
            "status": "active",
            "title": "Ampliación",
            "suppliers": [{"id": "S", "name": "Proveedora Ficticia S.A. de C.V."}],
        }
    )
    return value | changes


@pytest.fixture
def claim(db):
    Publisher.objects.create(slug="onlyone", name="Only One", ocid_prefix="ocds-test01")
    load(release(OCID))
    load(claimed_release(), channel=Submission.Channel.API)
    audit()
    return Claim.objects.get()


def show(client, row, language="en"):
    answer = client.get(change_page(row), headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def compared(html):
    """Return path → (whether it is marked, official, claimed) of the values that a page compares."""
    rows = re.findall(
        r'<tr( class="differs")?><td>.*?<code>(.*?)</code>.*?</td><td>(.*?)</td><td>(.*?)</td></tr>', html
    )
    return {path: (bool(differs), text_of(official), text_of(claimed)) for differs, path, official, claimed in rows}


def test_only_flags_of_a_claim_link_it(sign_in, claim):
    client = sign_in(groups.AUDITORS)
    of_claim, of_record = (Flag.objects.filter(process__claim=of).first() for of in (claim, None))
    assert f'<a href="{change_page(claim)}"><strong>submitted, unverified</strong></a>' in show(client, of_claim)
    assert change_page(claim) not in show(client, of_record)


def test_record_and_claim_stand_side_by_side_with_what_differs_marked(sign_in, claim):
    html = show(sign_in(groups.AUDITORS), claim)
    rows = compared(html)
    assert rows["/tender/title"] == (True, "Servicio de limpieza de oficinas", "Servicio de vigilancia")
    # An amount and its currency are one value: no choice takes the one and leaves the other.
    assert rows["/tender/value"] == (True, "1000 MXN", "1000.0 USD")
    assert rows["/awards/A2/title"] == (True, "–", "Ampliación")
    # What only the record says is nothing that a claim could change.
    assert rows["/awards/A/status"] == (False, "active", "active")
    # Codes of a list are words too.
    roles = {official for path, (_differs, official, _claimed) in rows.items() if path.endswith("/roles")}
    assert "tenderer, supplier" in roles or "supplier, tenderer" in roles, roles
    assert "not in the record" in html
    for path in ("/tender", "/tender/title", "/awards/A2", "/awards/A2/title"):
        assert f'name="members" value="{path}"' in html
    assert 'value="/awards/A/status"' not in html
    assert 'value="/tender/value/amount"' not in html


def test_other_notations_of_an_amount_and_further_words_about_it_are_not_differences(sign_in, db):
    Publisher.objects.create(slug="onlyone", name="Only One", ocid_prefix="ocds-test01")
    load(release(OCID))
    lacking = claimed_release()
    del lacking["tender"]["value"]["currency"]
    load(lacking, channel=Submission.Channel.API)
    rows = compared(show(sign_in(groups.AUDITORS), Claim.objects.get()))
    assert rows["/tender/value"] == (False, "1000 MXN", "1000.0")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ("Registro público", "Según la afirmación", "Licitación", "Valor", "no está en el registro")),
        ("pt", ("Registro público", "Segundo a afirmação", "Licitação", "Valor", "não está no registro")),
    ],
)
def test_the_comparison_speaks_the_readers_language(sign_in, claim, language, words):
    text = text_of(show(sign_in(groups.AUDITORS), claim, language))
    for word in words:
        assert word in text, word


@pytest.mark.parametrize(
    ("language", "reason"),
    [("es", "El publicador envió lo mismo."), ("pt-br", "O publicador enviou o mesmo.")],
)
def test_reasons_that_no_person_wrote_are_in_the_readers_language(sign_in, claim, language, reason):
    append_decision(claim, ClaimDecision.Kind.ACCEPTED, reason=SENT_BY_PUBLISHER)
    assert reason in text_of(show(sign_in(groups.AUDITORS), claim, language))


def test_chosen_paths_alone_become_part_of_the_record(sign_in, claim):
    client = sign_in(groups.AUDITORS)
    chosen = ["/tender/value", "/awards/A2", "/awards/A2/title"]
    decision = {"kind": "accepted_in_part", "members": chosen, "reason": "As the gazette has it."}
    assert client.post(change_page(claim), decision).status_code == 302
    record = ContractingProcess.objects.public().get()
    assert record.title == "Servicio de limpieza de oficinas"
    assert record.compiled_release["tender"]["value"] == {"amount": 1000, "currency": "USD"}
    assert [award["id"] for award in record.compiled_release["awards"]] == ["A", "A2"]
    assert record.compiled_release["awards"][1]["suppliers"] == [
        {"id": "S", "name": "Proveedora Ficticia S.A. de C.V."}
    ]
    assert claim.decisions.get().members == ["/awards/A2", "/tender/value"]
    html = show(client, claim)
    assert "/awards/A2, /tender/value" in html
    assert compared(html)["/tender/title"][0] is True
    assert compared(html)["/tender/value"][0] is False


def test_all_but_what_is_marked_is_accepted(sign_in, claim):
    client = sign_in(groups.AUDITORS)
    page = text_of(show(client, claim))
    assert "accept all but what is marked" in page
    assert "a whole part is left out alone" in page
    decision = {"kind": "all_but", "reason": "The gazette has another amount."}
    for marked, told in ((), "Mark what is not accepted."), (["/tender", "/awards/A2"], "reject the claim"):
        answer = client.post(change_page(claim), decision | {"members": marked}, headers={"accept-language": "en"})
        assert told in text_of(answer.content.decode())
    assert not claim.decisions.exists()
    assert client.post(change_page(claim), decision | {"members": ["/tender/value"]}).status_code == 302
    record = ContractingProcess.objects.public().get()
    assert record.title == "Servicio de vigilancia"
    assert record.compiled_release["tender"]["value"] == {"amount": 1000, "currency": "MXN"}
    assert [award["id"] for award in record.compiled_release["awards"]] == ["A", "A2"]
    decided = claim.decisions.get()
    assert (decided.kind, decided.members) == ("accepted_in_part", ["/awards/A2", "/tender/title"])


def test_a_rejected_value_excludes_equal_and_nested_ones():
    value = {"amount": 5, "currency": "PEN"}
    shared = {"id": "1", "title": "Cámaras", "value": value}
    comparison = compare(
        {},
        {
            "tender": {"id": "T", "title": "Cámaras", "documents": [{"id": "D", "url": "https://a.example"}]},
            "awards": [shared | {"status": "active"}],
            "contracts": [shared],
        },
    )
    assert comparison.all_but(["/contracts/1/value"]) == [
        *("/tender", "/tender/documents/D"),
        *("/awards/1/id", "/awards/1/title", "/awards/1/status"),
        *("/contracts/1/id", "/contracts/1/title"),
    ]
    assert comparison.all_but(["/tender"]) == ["/awards/1", "/contracts/1"]
    # A part is not accepted whole where something below it is not.
    assert comparison.all_but(["/tender/documents/D", "/contracts/1"]) == ["/tender/id", "/tender/title", "/awards/1"]


def test_a_refused_decision_keeps_what_was_marked(sign_in, claim):
    client = sign_in(groups.AUDITORS)
    answer = client.post(change_page(claim), {"kind": "accepted", "members": ["/tender/title"], "reason": "Yes."})
    assert re.search(r'value="/tender/title"[^>]* checked', answer.content.decode())
    answer = client.post(change_page(claim), {"kind": "accepted_in_part", "members": ["/awards/A"], "reason": "Yes."})
    assert "errorlist" in answer.content.decode()
    assert not claim.decisions.exists()


def test_the_flags_of_the_claim_stand_beside_those_of_the_record(sign_in, claim):
    row = ContractingProcess.objects.get(claim=claim)
    record = ContractingProcess.objects.public().get()
    for process in (row, record):
        assert Flag.objects.standing().filter(process=process).exists()
    # One that the record does not raise.
    Flag.objects.filter(process=row).first().delete()
    kept = Flag.objects.filter(process=record).first()
    Flag.objects.filter(pk=kept.pk).update(withdrawn_at="2024-01-01T00:00:00Z")
    html = show(sign_in(groups.AUDITORS), claim)
    flags = html[html.index('id="flags-title"') :]
    official, claimed = re.search(r"<tbody><tr><td>(.*?)</td><td>(.*?)</td></tr></tbody>", flags).groups()
    assert change_page(kept) not in official
    for flag in Flag.objects.standing().filter(process=row):
        assert change_page(flag) in claimed
        assert change_page(flag) not in official


def test_a_flag_that_the_record_does_not_raise_is_marked(sign_in, claim):
    client = sign_in(groups.AUDITORS)
    assert "not on the record" not in show(client, claim)
    Flag.objects.filter(process__claim=None).update(withdrawn_at="2024-01-01T00:00:00Z")
    assert "not on the record" in show(client, claim)


def test_the_page_of_a_process_lists_the_held_claims_with_their_flags(sign_in, claim):
    client = sign_in(groups.AUDITORS)
    record, row = ContractingProcess.objects.public().get(), ContractingProcess.objects.get(claim=claim)
    html = show(client, record)
    listed = html[html.index('id="claims-title"') : html.index('id="record-title"')]
    assert change_page(claim) in listed
    flags = Flag.objects.standing().filter(process=row)
    assert flags
    assert all(change_page(flag) in listed for flag in flags)
    assert "Enviado, sin verificar" in show(client, record, "es")
    assert "Enviado, não verificado" in show(client, record, "pt")
    # The row of the claim lists the others alone.
    assert 'id="claims-title"' not in show(client, row)
    client.post(change_page(claim), {"kind": "rejected", "reason": "Nobody knows of it."})
    assert 'id="claims-title"' not in show(client, record)


def test_who_may_not_view_claims_sees_none_beside_the_record(sign_in, make_user, claim, client):
    from django.contrib.auth.models import Permission

    reader = make_user(name="reader")
    reader.user_permissions.add(Permission.objects.get(codename="view_contractingprocess"))
    client.force_login(reader)
    html = show(client, ContractingProcess.objects.public().get())
    assert "claims-title" not in html
    assert client.get(change_page(claim)).status_code == 403


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_of_a_claim_are_escaped(sign_in, db, text):
    hostile = claimed_release(buyer={"id": text, "name": text}, **{text: text})
    hostile["awards"][1] |= {"id": text, "title": text}
    load(hostile, channel=Submission.Channel.API)
    html = show(sign_in(groups.AUDITORS), Claim.objects.get())
    assert alive(html) == []


def test_a_claim_with_very_many_values_shows_a_part_and_can_be_accepted_whole(sign_in, db):
    many = claimed_release()
    many["tender"]["items"] = [{"id": str(number), "description": f"item {number}"} for number in range(900)]
    load(many, channel=Submission.Channel.API)
    claim = Claim.objects.get()
    client = sign_in(groups.AUDITORS)
    html = show(client, claim)
    assert "more values are not shown here." in html
    assert len(html) < 600_000
    client.post(change_page(claim), {"kind": "accepted", "reason": "All of it is so."})
    assert len(ContractingProcess.objects.public().get().compiled_release["tender"]["items"]) == 900
