"""The accounts of the demo: an auditor who reviews flags, and a lead who maintains lists and parameters."""

from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from audits.groups import AUDITORS, LEADS, SUBMITTERS
from config.embedded.secrets import installation_secret


class Account(NamedTuple):
    name: str
    password: str
    group: str


def demo_people() -> list[Account]:
    """
    The demonstration's auditor and lead, made on the first call.

    Passwords are random, are kept in `VEEDOR_HOME/NAME_password` for their owner only, and are set again if someone
    changed them in the database.
    """
    return [_account("auditor", AUDITORS, SUBMITTERS), _account("lead", LEADS)]


def _account(name: str, group: str, *others: str) -> Account:
    password = installation_secret(settings.VEEDOR_HOME / f"{name}_password", length=12)
    user, _created = get_user_model().objects.get_or_create(username=name, defaults={"is_staff": True})
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    user.groups.add(*Group.objects.filter(name__in=[group, *others]))
    return Account(name, password, group)
