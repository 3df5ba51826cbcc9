"""An organization whose audit fails is reported, tried again after a change, and holds up no other."""

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from audits.contributions.track_records import mark_organizations_due
from audits.engine import organizations
from audits.engine.organizations import Selection
from audits.models import Audit, RuleOverride, TrackRecord
from tests.support.auditing import audit_due, settle
from tests.support.bidding import flags, of, process
from tests.support.records import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def half():
    """Flag from half of the bids on, so that no population is needed."""
    RuleOverride.objects.create(rule="R038", parameter="threshold", value=0.5, source="test")


def test_one_organization_that_breaks_the_engine_does_not_stop_the_others(half, monkeypatch):
    load(process(1, statuses=("disqualified",) * 2), process(2, statuses=("disqualified",) * 2))
    audit_due()
    poison = of("S0").pk
    read = organizations.figures_of

    def figures(pks, **options):
        if poison in pks:
            raise ValueError("no figures")
        return read(pks, **options)

    monkeypatch.setattr(organizations, "figures_of", figures)
    organizations.audit_due()
    record = TrackRecord.objects.get(pk=poison)
    assert (record.error, record.audited) == ("ValueError: no figures", record.version)
    assert ("PE-RUC:10B", "buyer") in flags()
    assert organizations.audit_due() == 0  # nothing changed: not tried again
    monkeypatch.undo()
    assert organizations.audit_due() == 0
    load(process(3))
    settle()
    assert TrackRecord.objects.get(pk=poison).error == ""
    assert Audit.objects.filter(organization=poison).exists()


@pytest.fixture
def failing(half, monkeypatch):
    """`failing(error)`: the figures of S0, whose primary key is returned, do not come."""
    load(process(1), process(2))
    audit_due()
    poison, read = of("S0").pk, organizations.figures_of

    def fail(error):
        def figures(pks, **options):
            if poison in pks:
                raise error
            return read(pks, **options)

        monkeypatch.setattr(organizations, "figures_of", figures)
        return poison

    return fail


def test_an_organization_that_failed_is_tried_again_under_other_rules(failing, monkeypatch):
    poison = failing(ValueError("no figures"))
    organizations.audit_due()
    monkeypatch.undo()
    RuleOverride.objects.create(rule="R013", source="The law asks for it.")
    assert organizations.audit_due() > 0
    assert TrackRecord.objects.get(pk=poison).error == ""
    assert Audit.objects.filter(organization=poison).exists()


def test_a_change_during_a_failing_audit_stays_due(failing, monkeypatch):
    poison = failing(ValueError("no figures"))
    isolated = organizations.work_isolated

    def work_and_change(batch, work, *, on_error):
        def change_and_note(entry, error):  # its transaction is over, its error not yet noted
            mark_organizations_due([poison])
            on_error(entry, error)

        return isolated(batch, work, on_error=change_and_note)

    monkeypatch.setattr(organizations, "work_isolated", work_and_change)
    organizations.audit_due(batches=1)
    record = TrackRecord.objects.get(pk=poison)
    assert record.version == record.audited + 1
    monkeypatch.undo()
    assert organizations.audit_due(selection=Selection(only=[poison], only_changed=True)) == 1


def test_a_time_limit_is_not_recorded_as_an_error_of_an_organization(failing):
    poison = failing(SoftTimeLimitExceeded())
    with pytest.raises(SoftTimeLimitExceeded):
        organizations.audit_due()
    assert not TrackRecord.objects.exclude(error="").exists()
    assert TrackRecord.objects.get(pk=poison).audited == 0
