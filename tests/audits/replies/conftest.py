"""A flag that everyone may see, and who confirmed it."""

import pytest

from audits import groups
from audits.models import Flag, Review
from audits.triage import review_flag
from tests.support.triage import load_release, made_up_release, raise_flag


@pytest.fixture
def auditor(make_user):
    return make_user(groups.AUDITORS)


@pytest.fixture
def flag(auditor):
    """A flag that everyone may see."""
    found = raise_flag(load_release(made_up_release("ocds-madeup-reply")))
    review_flag(flag=found, reviewer=auditor, decision=Review.Decision.CONFIRMED, reason="So it is.")
    Flag.objects.filter(pk=found.pk).update(decision="confirmed", state="confirmed")
    found.refresh_from_db()
    return found
