"""The audit trail: who did what, for leads to look up. Only one function writes it."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models import Model
from django.dispatch import receiver

from contracts.models import TrailEntry

Action = TrailEntry.Action


def record(actor: Any, action: TrailEntry.Action, target: Model | None = None, **details: Any) -> None:
    """
    Add an entry to the trail, in the transaction of the action.

    :param actor: the account that acts; ``None`` or an anonymous one for a command or the schedule
    :param target: the row that it is about
    :param details: what JSON can hold; no addresses, no browsers, nothing that a stranger typed
    """
    TrailEntry.objects.create(
        actor_id=getattr(actor, "pk", None),
        action=action,
        target_type=target._meta.label_lower if target else "",
        target_id=str(target.pk) if target else "",
        details=details,
    )


@receiver(user_logged_in)
def record_login(*, user: Any, **_signal: Any) -> None:
    record(user, Action.LOGGED_IN)


@receiver(user_login_failed)
def record_failed_login(*, credentials: dict[str, Any], **_signal: Any) -> None:
    """Record that a password was wrong; a name that is no account may be a password in the wrong field."""
    accounts = get_user_model()
    name = str(credentials.get(accounts.USERNAME_FIELD, "")).replace("\x00", "")
    record(accounts.objects.filter(**{accounts.USERNAME_FIELD: name}).first(), Action.LOGIN_FAILED)
