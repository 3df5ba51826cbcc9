"""What there is to ask for: the examples, audited, some of their flags confirmed; and bodies by chance, processed."""

from io import StringIO

from django.contrib.auth import get_user_model
from django.core.management import call_command

from audits.models import Flag, Review
from audits.triage import review_flag
from contracts.intake.processing import process_submission
from contracts.models import Submission
from contracts.ocds.problems import RefusedError
from tests.drills.bodies import make_body
from tests.drills.seeds import EXAMPLES, seeds
from tests.support.receiving import receive


def fill(seed: str, bodies: int) -> None:
    """Fill an empty database; without a worker."""
    call_command("load", str(EXAMPLES), stdout=StringIO(), stderr=StringIO())
    sender = get_user_model().objects.get(username="lead")
    for number in range(bodies):
        body = make_body(seed, number, seeds(with_real=False))
        if body.stored:
            try:
                submission, _ = receive([body.stored], channel=Submission.Channel.API, user=sender)
            except RefusedError:
                continue
            process_submission(submission.pk)
    call_command("audit", stdout=StringIO())
    decisions = (Review.Decision.CONFIRMED, Review.Decision.DISMISSED, Review.Decision.CONFIRMED)
    for number, flag in enumerate(Flag.objects.standing().order_by("pk")[:40]):
        review_flag(flag=flag, reviewer=sender, decision=decisions[number % 3], reason="Seen in the document.")
