"""Messages from the desk to the sender of a contract, beside the decision."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audits import groups
from contracts.models import Claim, ClaimDecision, Submission
from tests.contracts.pages.sending import FACTS, ask, process_all, send
from tests.support.pages import text_of, words_of

pytestmark = pytest.mark.django_db


def reject(client, words_told, **more):
    """Reject the claim that is held on its page at the desk."""
    claim = Claim.objects.held().get()
    given = {
        "kind": "rejected",
        "reason": "Un rumor de X, ver acta 7.",
        "told": words_told,
        "last_decision": "",
        **more,
    }
    return client.post(f"/admin/contracts/claim/{claim.pk}/change/", given)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The person who decided says:"),
        ("es", "La persona que decidió dice:"),
        ("pt", "A pessoa que decidiu diz:"),
    ],
)
def test_the_receipt_shows_the_message_on_a_decision_but_not_its_reason(client, sign_in, language, said):
    words = words_of(send(client, **FACTS))
    process_all()
    assert reject(sign_in(groups.AUDITORS), "Falta el <contrato>: envíe su PDF.").status_code == 302
    page = text_of(client.post(f"/submit/status/?lang={language}", {"receipt": words}).content.decode())
    assert f"{said} Falta el <contrato>: envíe su PDF." in page
    assert "rumor" not in page
    assert ClaimDecision.objects.get().told == "Falta el <contrato>: envíe su PDF."


def test_empty_texts_add_nothing_and_too_long_ones_are_refused(client, sign_in):
    words = words_of(send(client, **FACTS))
    process_all()
    auditor = sign_in(groups.AUDITORS)
    assert "at most 300 characters" in text_of(reject(auditor, "x" * 301).content.decode())
    reject(auditor, " ")
    page = text_of(ask(client, words))
    assert "not accepted" in page
    assert "The person who decided says" not in page


def test_earlier_senders_of_the_same_contract_see_the_same_with_the_state(client, sign_in):
    send(client, **FACTS)
    words = words_of(send(client, **FACTS))
    process_all()
    Submission.objects.update(received_at=timezone.now() - timedelta(days=2))
    reject(sign_in(groups.AUDITORS), "Ya no.")
    assert "Ya no." in ask(client, words)


def test_later_senders_of_the_same_contract_see_no_messages_to_others(client, sign_in):
    """Whoever tries a contract would learn that it was sent before, and what its sender was told."""
    send(client, **FACTS)
    process_all()
    reject(sign_in(groups.AUDITORS), "Gracias por las fotos del lunes.")
    words = words_of(send(client, **FACTS))
    process_all()
    decided = ClaimDecision.objects.get().decided_at
    for now in (decided, decided + timedelta(days=2)):
        with time_machine.travel(now, tick=False):
            page = ask(client, words)
        assert ("not accepted" in page) == (now > decided)
        assert "fotos" not in page
