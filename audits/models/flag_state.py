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


# Nobody has reviewed it in its present form. The index of the queue has the same condition.
AWAITING_REVIEW = models.Q(state__in=["new", "changed"]) | (
    models.Q(state="withdrawn", decision="confirmed") & ~models.Q(changed_because="")
)
# The public still reads the confirmed text while the flag has changed and nobody has reviewed it again.
CHANGED_SINCE_CONFIRMED = models.Q(decision=FlagState.CONFIRMED) & ~models.Q(changed_because="")
# It is a task of its assignee.
OPEN_STATES = (
    *(FlagState.NEW, FlagState.CHANGED, FlagState.IN_REVIEW),
    *(FlagState.FIRST_CONFIRMATION, FlagState.NEEDS_INFORMATION),
)
# Context: shown beside other flags, and not decided, except for changes after a decision. A flag raised by hand always
# asks for a decision, even if its rule says context.
IS_CONTEXT = models.Q(severity="context", state__in=["new", "withdrawn"], decision="", is_raised_by_hand=False)
