"""When a flag has waited too long: one notion for the queue, its figures and the dashboard."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

# Graver questions are due sooner: in this share of the days that the desk has.
DUE_SHARES = {"high": 0.25, "medium": 0.5, "low": 1, "context": 1}


def is_overdue(now: datetime) -> models.Q:
    """
    Return the condition that a flag has waited too long: since it was raised or, if it changed, since then.

    It goes by ``VEEDOR_DESK_DAYS`` and by severity.
    """
    late = models.Q()
    for severity, share in DUE_SHARES.items():
        before = now - timedelta(days=settings.VEEDOR_DESK_DAYS * share)
        waits = ~models.Q(state="changed") | models.Q(changed_at__lt=before)
        late |= models.Q(waits, severity=severity, raised_at__lt=before)
    return late
