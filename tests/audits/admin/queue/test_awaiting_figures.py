"""New flags come to the desk once the figures that they rest on have settled."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from audits.engine import cohorts, peers
from audits.models import Audit, Flag, PopulationChange
from audits.models.flag_queryset import READ_FIGURES
from audits.reports.desk_figures import count_desk
from tests.audits.admin.desk import listed
from tests.support.triage import load_release, made_up_release, raise_flag

pytestmark = pytest.mark.django_db
READS, READS_NOT = "T04", "R028"


@pytest.fixture
def flag(settings):
    settings.VEEDOR_SETTLING_MINUTES = 60
    return raise_flag(load_release(made_up_release()), code=READS)


def let_settle():
    """What the schedule does: statistics are counted anew, and those of a buyer compared."""
    cohorts.refresh_cohorts()
    peers.find_due()
    PopulationChange.objects.all().delete()
    Audit.objects.update(is_due=False)


def test_the_test_rules_are_with_and_without_figures():
    assert (READS in READ_FIGURES, READS_NOT in READ_FIGURES) == (True, False)


def test_a_new_flag_enters_the_queue_once_statistics_are_computed(auditor, flag):
    assert listed(auditor) == []
    assert listed(auditor, state="new") == [flag.pk], "it is found, and can be decided on"
    let_settle()
    assert listed(auditor) == [flag.pk]


def test_a_flag_without_statistics_enters_the_queue_at_once(auditor, flag):
    other = raise_flag(load_release(made_up_release()), code=READS_NOT)
    assert listed(auditor) == [other.pk]


def test_a_flag_waits_for_the_audit_after_its_statistics(auditor, flag):
    let_settle()
    Audit.objects.update(is_due=True)
    assert listed(auditor) == []


def test_later_records_do_not_remove_flags_from_the_queue(auditor, flag):
    let_settle()
    Flag.objects.update(raised_at=F("raised_at") - timedelta(seconds=2))
    PopulationChange.objects.create(written_at=timezone.now())
    assert listed(auditor) == [flag.pk]


def test_a_flag_raised_by_hand_enters_the_queue_at_once(auditor, flag):
    Flag.objects.update(is_raised_by_hand=True)
    assert listed(auditor) == [flag.pk]


def test_a_flag_waits_at_most_an_hour(auditor, flag):
    Flag.objects.update(raised_at=timezone.now() - timedelta(minutes=61))
    assert listed(auditor) == [flag.pk]


def test_a_changed_flag_enters_the_queue_at_once(auditor, flag):
    Flag.objects.update(state=Flag.State.CHANGED)
    assert listed(auditor) == [flag.pk]


def test_the_dashboard_shows_how_many_flags_wait_for_statistics(flag):
    assert count_desk(timezone.now(), (0, 0)).settling == 1
    let_settle()
    assert count_desk(timezone.now(), (0, 0)).settling == 0
