"""The states of a flag, and conditions on them that indexes and lists share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FlagState(models.TextChoices):
    NEW = "new", _("new")
    IN_REVIEW = "in_review", _("in review")
    FIRST_CONFIRMATION = "first_confirmation", _("first confirmation")
    CONFIRMED = "confirmed", _("confirmed")
    DISMISSED = "dismissed", _("dismissed")
    NEEDS_INFORMATION = "needs_information", _("needs information")
    CHANGED = "changed", _("changed since decided")
    WITHDRAWN = "withdrawn", _("withdrawn")


# Nobody has looked at it as it stands. The index of the queue has the same condition.
AWAITING_REVIEW = models.Q(state__in=["new", "changed"]) | (
    models.Q(state="withdrawn", decision="confirmed") & ~models.Q(changed_because="")
)
# What was confirmed stays what the public reads while the flag says something else and nobody has looked again.
CHANGED_SINCE_CONFIRMED = models.Q(decision=FlagState.CONFIRMED) & ~models.Q(changed_because="")
# Whoever it is assigned to has it to do.
OPEN_STATES = (
    *(FlagState.NEW, FlagState.CHANGED, FlagState.IN_REVIEW),
    *(FlagState.FIRST_CONFIRMATION, FlagState.NEEDS_INFORMATION),
)
# Context: shown beside other flags, and not to be decided; once a person decided on it, a later change is. What a
# person raised by hand is their question, whatever its rule makes of it.
IS_CONTEXT = models.Q(severity="context", state__in=["new", "withdrawn"], decision="", is_raised_by_hand=False)
