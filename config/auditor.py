"""The account of the demonstration: an auditor who reviews flags in the admin."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from audits.groups import AUDITORS
from config.embedded.secrets import installation_secret

NAME = "auditor"


def demo_auditor() -> tuple[str, str]:
    """
    Name and password of the demonstration's auditor, made on the first call. The password is random, is kept in
    `VEEDOR_HOME/auditor_password` for its owner only, and is set again if someone changed it in the database.
    """
    password = installation_secret(settings.VEEDOR_HOME / "auditor_password", length=12)
    user, _created = get_user_model().objects.get_or_create(username=NAME, defaults={"is_staff": True})
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    user.groups.add(Group.objects.get(name=AUDITORS))
    return NAME, password
