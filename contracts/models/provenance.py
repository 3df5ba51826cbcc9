"""Source and verification of a row, in the same words in API, admin and exports."""

from django.db.models import Case, CharField, F, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

OPERATOR, SUBMITTED = "operator", "submitted"


class Verification(TextChoices):
    """Verification: how far a row represents its publisher's own statements."""

    OFFICIAL = "official", _("official")
    ACCEPTED = "accepted", _("holds accepted claims")
    UNVERIFIED = "unverified", _("submitted, unverified")
    # Its releases were rejected, or became part of a record.
    RETIRED = "retired", _("retired")


def process_source(path: str = "") -> Case:
    """
    Return the slug of the publisher of a process, or ``operator``, or ``submitted``; null without a process. :param
    path: path to the process, such as ``process__``
    """
    return Case(
        When(**{f"{path}publisher__isnull": False}, then=F(f"{path}publisher__slug")),
        When(**{f"{path}verification": Verification.OFFICIAL}, then=Value(OPERATOR)),
        When(**{f"{path}verification__isnull": False}, then=Value(SUBMITTED)),
        output_field=CharField(),
    )
