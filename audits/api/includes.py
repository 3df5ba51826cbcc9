"""Flags and their evidence, included in rows of lists, as far as the reader may see them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from rest_framework.request import Request

from audits.api.confirmed import Severity, shown_evidence
from audits.models import Flag
from contracts.api.protocol.access.tokens import effective_user

# Which of the flags that a reader may see belong to a row.
Belonging = Callable[[QuerySet[Flag]], QuerySet[Flag]]


def flags_of(belonging: Belonging) -> Callable[[Request], QuerySet]:
    """Return the include of the flags that belong to a row."""
    return _of_flags(belonging, id="pk", rule="rule", severity=Severity.expression("severity"), state="state")


def evidence_of(belonging: Belonging) -> Callable[[Request], QuerySet]:
    """Return the include of the evidence of the flags of a row, as it was confirmed if it changed since."""
    return _of_flags(belonging, flag_id="pk", rule="rule", places=shown_evidence())


def _of_flags(belonging: Belonging, **members: Any) -> Callable[[Request], QuerySet]:
    def flags(request: Request) -> QuerySet:
        visible = Flag.objects.visible_to(effective_user(request))
        return belonging(visible).order_by("pk").values(json=JSONObject(**members))

    return flags
