"""
The Celery application.

PostgreSQL holds what is due; the broker is a doorbell. Celery over Redis loses tasks when a worker is killed between
taking a message and noting that it did, whatever the settings, so the schedule below looks for work that nobody did.
"""

import logging
import os
from typing import Any

from celery import Celery, Task
from celery.signals import setup_logging, worker_init, worker_process_init
from django.db import DatabaseError, connections

from contracts.postgres.versions import in_words, is_complete, missing_migrations
from contracts.runtime.broker import pass_on
from contracts.runtime.garbage_collection import keep_for_good
from contracts.runtime.log_context import log_as

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

logger = logging.getLogger(__name__)


class MemoryExhaustedError(Exception):
    """A task asked for more memory than its process may use."""


class BoundedTask(Task):
    """
    A task with its id in the log; if memory runs out, only this task fails.

    From a MemoryError, Celery ends the whole worker. In a database that lacks migrations of this version no task does
    anything: it would fail, and what it works on would be given up after three attempts. The schedule finds it later.
    """

    Request = "config.acknowledging:ReconnectingRequest"

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            with log_as(task=self.request.id or "none"):
                if not is_complete():
                    logger.error("%s was not done. %s", self.name, in_words(missing_migrations()))
                    pass_on(self)
                    return None
                return super().__call__(*args, **kwargs)
        except MemoryError as error:
            raise MemoryExhaustedError(f"{self.name} asked for more memory than a process may use") from error


app = Celery("veedor", task_cls=BoundedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(
    ["audits.following", "audits.pages", "audits.dumps", "audits.exporting", "audits.admin.summaries"]
)


def keep_logging(**_options: Any) -> None:
    """Without a receiver, Celery would set up its own logging instead of Django's settings."""
    logging.captureWarnings(capture=True)


def hold_memory(**_options: Any) -> None:
    """A child that asks for too much fails its task, and the machine lives."""
    from config.memory import limit_memory  # noqa: PLC0415 - settings that are not read yet

    limit_memory()


def compile_lists(**_options: Any) -> None:
    """Children share what their parent made before they were forked: no record waits until the lexicon is compiled."""
    from audits.reference.rule_sets import rule_sets_in_force  # noqa: PLC0415 - models that are not there yet

    try:
        rule_sets_in_force().reference.compile()
        keep_for_good()
    except DatabaseError as error:
        logger.warning("The lists could not be compiled in advance; the first record will wait for them: %s", error)
    finally:
        connections.close_all()  # children have connections of their own


setup_logging.connect(keep_logging)
worker_init.connect(compile_lists)
worker_process_init.connect(hold_memory)
