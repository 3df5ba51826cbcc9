"""Which single values were not read as they were sent, told with the receipt."""

import json

import pytest

from contracts.decisions.claims import decide_claim
from contracts.intake.reading import sender_corrections
from contracts.models import Claim, ClaimDecision
from tests.contracts.pages.sending import FACTS, ask, file, process_all, send
from tests.support.pages import alive, text_of, words_of
from tests.support.records import load, release

pytestmark = pytest.mark.django_db

OCID = "ocds-form-1"
UNREAD = f"{OCID}, /awards/0/value/amount: A number is expected here (1234567.89, without separators)"


def faulty(ocid=OCID, amount="mil <b>pesos", **changes):
    value = release(ocid, **{"date": "31/02/2025", **changes})
    value["awards"][0] |= {"value": {"amount": amount, "currency": "MXN"}, "date": "2024-03-01"}
    return value


def sent(client, *releases, **fields) -> str:
    """Send releases by the form, and return the words of the receipt once they were read."""
    content = json.dumps({"releases": releases} | fields).encode()
    words = words_of(send(client, files=[file(content)]))
    process_all()
    return words


def told(client, words) -> str:
    html = ask(client, words)
    assert alive(html) == []
    return text_of(html[html.index("<h1>") :]).replace(" :", ":")


def test_omitted_values_are_reported_first_with_their_place(client):
    page = told(client, sent(client, faulty()))
    assert "values were corrected or left out" in page
    assert UNREAD in page
    assert "mil <b>pesos" in page
    assert f"{OCID}, /date: This is not a valid date in OCDS" in page
    assert "31/02/2025" in page
    number, instant = page.index(UNREAD), page.index("/awards/0/date: The date has no time")
    assert number < instant


def test_unchanged_values_are_not_reported(client):
    whole = release(OCID, date="2024-03-01T00:00:00Z")
    whole["awards"][0]["date"] = "2024-03-01T00:00:00Z"
    assert "left out" not in told(client, sent(client, whole))


def test_for_facts_and_tables_only_omitted_values_are_reported(client):
    """They are given the form of OCDS here, by us."""
    table = b"Objeto;Entidad;Proveedor;Monto;Moneda;Fecha de firma\nNube;Municipio;ACME S.A.;1000;PEN;01/03/1850\n"
    words = words_of(send(client, **FACTS, signed="2024-03-01", files=[file(table, "x.csv")]))
    process_all()
    page = told(client, words)
    assert page.count("left out") == 1
    assert "1 value was corrected or left out" in page
    assert "This date is before 1990" in page
    assert "1850-03-01" in page
    # Neither its ocid nor a path of OCDS was sent.
    assert "veedor-" not in page


def test_senders_of_a_known_contract_see_the_same_whatever_was_decided(client, make_user):
    first = told(client, sent(client, faulty(), faulty(id="more")))
    again = sent(client, faulty(), faulty(id="more"))
    assert told(client, again) == first
    decide_claim(
        claim=Claim.objects.get(), kind=ClaimDecision.Kind.REJECTED, reason="No.", decided_by=make_user("Leads")
    )
    assert told(client, again) == first


def test_values_that_only_others_sent_are_not_reported(client):
    sent(client, faulty(amount="secreto"), faulty(id="more"))
    page = told(client, sent(client, faulty(id="more"), uri="https://example.org/x"))
    assert "secreto" not in page
    load(faulty(ocid="ocds-test01-1", amount="del publicador"))
    page = told(client, sent(client, faulty(ocid="ocds-test01-1", amount="mia", id="3")))
    assert "mia" in page
    assert "del publicador" not in page


def test_the_number_of_releases_read_again_is_limited(client, monkeypatch):
    words = sent(client, *(faulty(f"ocds-form-{number}") for number in range(4)))
    assert told(client, words).count("/date: This is not") == 4
    monkeypatch.setattr("contracts.receipts.MAX_RELEASES", 2)
    assert told(client, words).count("/date: This is not") == 2
    monkeypatch.setattr(sender_corrections, "MAX_CORRECTIONS", 1)
    assert "1 value was corrected" in told(client, words)


def test_releases_that_take_long_to_read_are_not_read_again(client, monkeypatch):
    long = faulty("ocds-form-2", description="x" * 2000)
    words = sent(client, faulty(), long)
    assert told(client, words).count("/date: This is not") == 2
    monkeypatch.setattr(sender_corrections, "MAX_BYTES", len(json.dumps(faulty())))
    page = told(client, words)
    assert page.count("/date: This is not") == 1
    assert "ocds-form-2, /" not in page
