"""Tasks that one worker at a time is at; those that look at all there is have hours for it."""

from contextlib import contextmanager

import pytest
from django.conf import settings

from config.celery import app
from contracts import tasks

pytestmark = pytest.mark.django_db
OF_ALL = {
    "audits.refresh_cohorts": "audits.tasks.cohorts.refresh_cohorts",
    "audits.check_sums": "audits.tasks.monthly_sums.check_sums",
    "audits.total_outcomes": "audits.tasks.rule_health.refresh_outcome_counts",
    "audits.count_pages": "audits.pages.tasks.refresh",
    "audits.publish_figures": "audits.tasks.publishing.publish_figures",
    "contracts.propose_bodies": "contracts.tasks.same_bodies.propose_all",
    "contracts.look_for_published": "contracts.tasks.published_claims.find_published",
    "contracts.look_for_twice": "contracts.tasks.published_twice.update_all_pairs",
    "contracts.keep_retention": "contracts.tasks.retention.keep_retention",
}
LONE = OF_ALL | {
    "audits.check_peer_groups": "audits.tasks.peers.find_due",
    "audits.write_exports": "audits.exporting.tasks.write_due",
    "contracts.read_documents_anew": "contracts.tasks.filing.read_anew",
}


@pytest.fixture(autouse=True)
def _known_as_to_a_worker():
    app.loader.import_default_modules()


@pytest.mark.parametrize("name", OF_ALL)
def test_it_has_longer_than_other_tasks(name):
    task = app.tasks[name]
    assert task.soft_time_limit >= 3600 > settings.CELERY_TASK_SOFT_TIME_LIMIT
    assert task.time_limit > task.soft_time_limit


@pytest.mark.parametrize(("name", "work"), LONE.items())
def test_a_message_is_passed_over_while_another_worker_is_at_it(monkeypatch, name, work):
    asked = []

    @contextmanager
    def held(lock):
        asked.append(lock)
        yield False

    def do_not(*_arguments, **_options):
        raise AssertionError("another worker is at it")

    monkeypatch.setattr(tasks, "hold_if_free", held)
    monkeypatch.setattr(work, do_not)
    app.tasks[name]()
    assert asked == [name]
