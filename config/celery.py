"""
The Celery application.

PostgreSQL holds what is due; the broker is a doorbell. Celery over Redis loses tasks when a worker is killed between
taking a message and noting that it did, whatever the settings, so the schedule below looks for work that nobody did.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("veedor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def keep_logging(**_options: Any) -> None:
    """Celery would set up logging of its own; with a receiver here it leaves that of Django's settings alone."""


setup_logging.connect(keep_logging)
