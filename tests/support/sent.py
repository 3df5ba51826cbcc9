"""What somebody sent days ago, and what was decided on it."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from contracts.decisions.claims import decide_claim
from contracts.intake.processing import process_submission
from contracts.models import Claim, ClaimDecision, Content, ContentChunk, Submission
from contracts.ocds.gate.document import encode
from tests.support.receiving import receive
from tests.support.records import release

NOT_OCDS = b'{"neither": "one thing"}'
CANARY = "canary in a nest"


def send(
    body: bytes, user=None, *, days: int = 0, process: bool = True, channel=Submission.Channel.COMMAND
) -> Submission:
    """Return a submission that was sent some days ago, processed unless it is to wait."""
    submission, _is_new = receive([body], channel=channel, user=user, file_name=CANARY)
    if process:
        process_submission(submission.pk)
    moment = timezone.now() - timedelta(days=days)
    Submission.objects.filter(pk=submission.pk).update(received_at=moment)
    type(submission.content).objects.filter(pk=submission.content_id).update(received_at=moment)
    submission.refresh_from_db()
    return submission


def date_all_back(*, days: int) -> None:
    """Let all that is stored have been sent some days ago."""
    for sent in (Submission, Content):
        sent.objects.update(received_at=timezone.now() - timedelta(days=days))


def body_of(**changes) -> bytes:
    return encode({"releases": [release(**changes)], "publishedDate": "2024-01-01T00:00:00Z"})


def has_bytes(submission: Submission) -> bool:
    return ContentChunk.objects.filter(content=submission.content_id).exists()


def claim_of(*, days: int, ocid: str = "ocds-test01-1", **changes) -> Claim:
    """Return the claim of a submission that somebody sent who speaks for nobody."""
    return Claim.objects.get(submission=send(body_of(ocid=ocid, **changes), days=days, channel=Submission.Channel.API))


def decide(claim: Claim, kind: str, decided_by, *, days: int = 0) -> None:
    decide_claim(claim=claim, decided_by=decided_by, kind=ClaimDecision.Kind(kind), reason="Seen in the gazette.")
    date_decisions(days)


def date_decisions(days: int) -> None:
    """Date all decisions back, as only the owner of the table can."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE contracts_claimdecision DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE contracts_claimdecision SET decided_at = clock_timestamp() - make_interval(days => %s)", [days]
        )
        cursor.execute("ALTER TABLE contracts_claimdecision ENABLE TRIGGER USER")
