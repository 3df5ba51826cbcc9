from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from audits.engine import attempts
from audits.tasks import nudge
from contracts.signals import process_compiled, releases_stored


@receiver(releases_stored)
def let_unchanged_processes_be_owed(*, process_ids: Sequence[int], **_kwargs: Any) -> None:
    attempts.mark_unchanged_owed(process_ids)


@receiver(process_compiled)
def audit_compiled_processes(*, process_ids: Sequence[int], **_kwargs: Any) -> None:
    nudge(process_ids)
