"""Flags and their evidence included in rows of lists, limited to what the reader may see."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from rest_framework.request import Request

from audits.api.confirmed import Severity, shown_evidence
from audits.models import Flag
from contracts.api.protocol.access.tokens import effective_user

# Selects a row's flags among those that the reader may see.
Belonging = Callable[[QuerySet[Flag]], QuerySet[Flag]]


def flags_of(belonging: Belonging) -> Callable[[Request], QuerySet]:
    """Return the include for the flags of a row, selected by ``belonging``."""
    return _of_flags(belonging, id="pk", rule="rule", severity=Severity.expression("severity"), state="state")


def evidence_of(belonging: Belonging) -> Callable[[Request], QuerySet]:
    """Return the include for the evidence of a row's flags, as confirmed if it changed since."""
    return _of_flags(belonging, flag_id="pk", rule="rule", places=shown_evidence())


def _of_flags(belonging: Belonging, **members: Any) -> Callable[[Request], QuerySet]:
    def flags(request: Request) -> QuerySet:
        visible = Flag.objects.visible_to(effective_user(request))
        return belonging(visible).order_by("pk").values(json=JSONObject(**members))

    return flags
