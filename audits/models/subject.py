"""What a row is about: a contracting process or an organization."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


def subject_process(*, on_delete: Any = models.PROTECT, **options: Any) -> Any:
    """Return the column of the process that a row is about, empty if it is about something else."""
    return _subject("contracts.ContractingProcess", _("process"), on_delete, options)


def subject_organization(*, on_delete: Any = models.PROTECT, **options: Any) -> Any:
    """Return the column of the organization that a row is about, empty if it is about something else."""
    return _subject("contracts.Organization", _("organization"), on_delete, options)


def one_subject() -> models.Q:
    """Return the condition that a row is about a process or about an organization, not about both."""
    return models.Q(process__isnull=False) ^ models.Q(organization__isnull=False)


def _subject(model: str, label: Any, on_delete: Any, options: dict[str, Any]) -> Any:
    given: dict[str, Any] = {"null": True, "blank": True, "related_name": "+"} | options
    return models.ForeignKey(model, on_delete=on_delete, verbose_name=label, **given)
