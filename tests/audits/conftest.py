"""What tests of audits share."""

import pytest

from audits.engine.snapshot import Snapshot
from audits.models import FourEyesWaiver
from audits.reference import rule_sets
from tests.support.buying import buy, confirm, dismiss, lexicon, market  # noqa: F401  -- fixtures
from tests.support.flags import auditor, flags, late_flags  # noqa: F401  -- fixtures
from tests.support.merging import bought  # noqa: F401  -- a fixture
from tests.support.purchases import add_terms


@pytest.fixture
def after_snapshot(monkeypatch):
    """`after_snapshot(change)`: run `change` once, when an audit has read its figures and not yet written."""

    def interrupt(change):
        read = Snapshot.read

        def read_and_change(*arguments, **options):
            monkeypatch.setattr(Snapshot, "read", read)
            snapshot = read(*arguments, **options)
            change()
            return snapshot

        monkeypatch.setattr(Snapshot, "read", read_and_change)

    return interrupt


@pytest.fixture
def only_rules(monkeypatch):
    """`only_rules(rule, …)`: let a rule set of these rules be in force."""

    def put(*rules):
        monkeypatch.setattr(rule_sets, "RULES", {entry.code: entry for entry in rules})
        rule_sets.build_rule_sets.cache_clear()

    yield put
    rule_sets.build_rule_sets.cache_clear()


@pytest.fixture
def two_persons(db):
    """Let flags be confirmed by two people, as they are where nobody set up anything else."""
    FourEyesWaiver.objects.all().delete()


@pytest.fixture
def terms(db):
    """The few words that made-up purchases are found by."""
    add_terms()
