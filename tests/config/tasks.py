"""Tasks that only the tests of the real worker know; it is started with `--include tests.config.tasks`."""

import time

from celery import shared_task
from django.contrib.auth.models import Group


@shared_task(name="tests.name_group")
def name_group(name: str, seconds: float = 0) -> None:
    if seconds:
        Group.objects.create(name=f"{name} begun")
        time.sleep(seconds)
    Group.objects.create(name=name)


@shared_task(name="tests.hoard")
def hoard(size: int) -> None:
    bytearray(size)
