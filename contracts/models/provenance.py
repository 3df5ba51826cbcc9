"""Where a row is from and how far it was verified: the same words in API, admin and exports."""

from django.db.models import Case, CharField, F, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

OPERATOR, SUBMITTED = "operator", "submitted"


class Verification(TextChoices):
    """How far a row stands for what its publisher says."""

    OFFICIAL = "official", _("official")
    ACCEPTED = "accepted", _("holds accepted claims")
    UNVERIFIED = "unverified", _("submitted, unverified")
    # What it was compiled from was rejected, or became part of a record.
    RETIRED = "retired", _("retired")


def process_source(path: str = "") -> Case:
    """
    Return the slug of the publisher of a process, or ``operator``, or ``submitted``; null where there is no process.

    :param path: leads to the process, such as ``process__``
    """
    return Case(
        When(**{f"{path}publisher__isnull": False}, then=F(f"{path}publisher__slug")),
        When(**{f"{path}verification": Verification.OFFICIAL}, then=Value(OPERATOR)),
        When(**{f"{path}verification__isnull": False}, then=Value(SUBMITTED)),
        output_field=CharField(),
    )
