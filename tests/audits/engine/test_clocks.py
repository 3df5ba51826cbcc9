"""Workers write the time of the database, whose clock is one for all of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.models import Audit, Flag
from contracts.models import ContractingProcess, Release, Submission
from tests.support.auditing import audit_due
from tests.support.records import load
from tests.support.triage import made_up_release

pytestmark = pytest.mark.django_db

WRITTEN = (
    (Submission, "processed_at"),
    (Release, "received_at"),
    (ContractingProcess, "compiled_at"),
    (Audit, "audited_at"),
    (Flag, "raised_at"),
    (Flag, "changed_at"),
)


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(days=-1)])
def test_what_a_worker_writes_does_not_have_the_time_of_its_own_clock(off, monkeypatch):
    before = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: before + off)
    load(made_up_release(numberOfTenderers=1, procurementMethod="open"))
    audit_due()
    monkeypatch.undo()
    for model, column in WRITTEN:
        moments = list(model.objects.values_list(column, flat=True))
        assert moments, model
        assert all(before <= moment <= timezone.now() for moment in moments), (model, column)
