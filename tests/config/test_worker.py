"""The real worker of the tests, with the settings of production."""

import gc
import time

import pytest
from celery.signals import worker_init
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, connections
from django.db.utils import ConnectionHandler
from kombu.exceptions import OperationalError

from audits.reference.rule_sets import build_rule_sets, rule_sets_in_force
from config import embedded
from config.celery import app, compile_lists
from config.embedded import PrivateBroker
from tests.config.tasks import name_group
from tests.support.servers import RealWorker, database_url

INCLUDE = "tests.config.tasks"


def test_a_task_runs_in_another_process_on_the_test_database(make_worker, wait_until):
    make_worker(include=INCLUDE)
    name_group.delay("done")
    wait_until(lambda: Group.objects.filter(name="done").exists())


@pytest.mark.django_db(transaction=True)
def test_the_lists_are_compiled_before_children_are_forked():
    build_rule_sets.cache_clear()
    worker_init.send(sender=None)
    assert all(connection.connection is None for connection in connections.all())
    assert "_index" in vars(rule_sets_in_force().reference)
    assert gc.get_freeze_count()  # children's collectors leave what they share as it is
    gc.unfreeze()


def test_a_worker_starts_where_the_lists_cannot_be_read(monkeypatch, caplog):
    def break_off():
        raise DatabaseError("no route to host")

    monkeypatch.setattr("audits.reference.rule_sets.rule_sets_in_force", break_off)
    monkeypatch.setattr("config.celery.connections", ConnectionHandler({}))  # those of the test stay open
    compile_lists()
    assert (
        "The lists could not be compiled in advance; the first record will wait for them: no route to host"
        in caplog.text
    )


def test_a_killed_worker_is_started_again_and_takes_what_waited(make_worker, wait_until):
    worker = make_worker(include=INCLUDE)
    worker.kill()
    assert not worker.is_running()
    name_group.delay("waited")
    worker.start()
    wait_until(lambda: Group.objects.filter(name="waited").exists())


def test_a_worker_asked_to_end_finishes_its_task(make_worker, wait_until):
    worker = make_worker(include=INCLUDE)
    name_group.delay("finished", seconds=1)
    wait_until(lambda: Group.objects.filter(name="finished begun").exists())
    worker.terminate()
    assert worker.wait(30)
    assert Group.objects.filter(name="finished").exists()


def test_a_worker_that_was_busy_when_the_broker_stopped_takes_new_tasks_once_it_is_back(
    tmp_path, transactional_db, wait_until
):
    broker, url = PrivateBroker(tmp_path), embedded.broker_url(tmp_path)
    broker.start()
    worker = RealWorker(
        tmp_path, database=database_url(connection.settings_dict), broker=url, include=INCLUDE, concurrency=1
    )

    def ring(*arguments):
        with app.connection_for_write(url) as ringing:
            name_group.apply_async(arguments, connection=ringing)

    try:
        worker.start()
        ring("busy", 2)
        wait_until(lambda: Group.objects.filter(name="busy begun").exists())
        broker.stop()
        wait_until(lambda: Group.objects.filter(name="busy").exists())
        time.sleep(1)  # it could not tell the broker
        broker.start()
        ring("later")
        wait_until(lambda: Group.objects.filter(name="later").exists())
    finally:
        worker.kill()
        broker.stop()


def test_ringing_a_broker_that_is_down_fails_at_once():
    started = time.monotonic()
    with app.connection_for_write("redis://127.0.0.1:1/0") as connection, pytest.raises(OperationalError):
        name_group.apply_async(["nobody"], connection=connection)
    assert time.monotonic() - started < 2


def test_celery_knows_every_setting_it_is_given(settings):
    given = {name.removeprefix("CELERY_").lower() for name in dir(settings) if name.startswith("CELERY_")}
    assert given <= set(app.conf.defaults[-1]) | set(app.conf)
