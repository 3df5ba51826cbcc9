"""Who speaks for a publisher that has no prefix, and for which ocids."""

from contracts.decisions.claims import decide_claim
from contracts.models import Claim, ClaimDecision, ContractingProcess, Publisher, PublisherGrant
from tests.contracts.api.sending import ADDRESS
from tests.security.strangers import public_record, stranger_release
from tests.support.clients import client_with_token, new_user
from tests.support.records import load, release


def test_a_sender_for_a_publisher_without_a_prefix_cannot_change_records_of_others(db, sender, sent, auditor):
    """Its ocids are whatever it has published, and those that nobody has: not what is public from elsewhere."""
    own, other = (Publisher.objects.create(slug=slug, name=slug) for slug in ("own", "other"))
    PublisherGrant.objects.create(user=sender.user, publisher=own, granted_by=auditor)
    load(release("contrato-1"), publisher=other)
    load(release("contrato-2"))
    sent(release("contrato-3"), client_with_token(new_user("stranger", "contracts.add_submission"), "submit"))
    accepted = {"kind": ClaimDecision.Kind.ACCEPTED, "reason": "Read it.", "decided_by": auditor}
    decide_claim(claim=Claim.objects.get(), **accepted)
    before = [public_record(f"contrato-{number}") for number in (1, 2, 3)]
    for number in (1, 2, 3, 4):
        sent(stranger_release(f"contrato-{number}"), address=f"{ADDRESS}?publisher=own")
    assert [public_record(f"contrato-{number}") for number in (1, 2, 3)] == before
    assert sorted(Claim.objects.held().values_list("ocid", flat=True)) == ["contrato-1", "contrato-2", "contrato-3"]
    sent(stranger_release("contrato-4", id="2032", date="2032-01-01T00:00:00Z"), address=f"{ADDRESS}?publisher=own")
    mine = ContractingProcess.objects.get(ocid="contrato-4")
    assert (mine.publisher, mine.verification, mine.release_count) == (own, "official", 2)
