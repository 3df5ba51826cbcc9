from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from audits.tasks import nudge
from contracts.signals import process_compiled


@receiver(process_compiled)
def audit_compiled_processes(*, process_ids: Sequence[int], **_kwargs: Any) -> None:
    nudge(process_ids)
