"""The reason that all decisions of people have."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def given_reason(reason: str) -> str:
    """Return the reason of a decision, without space around it; raises ValidationError if there is none."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the decision must be defended later.")})
    return reason.strip()
