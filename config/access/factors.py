"""What a person has for a second factor, and whether they must give one."""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

RECOVERY_CODES = 10
# No letter that is read for another one; 16 of 31 letters are 79 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUP, _GROUPS = 4, 4
APP_DIGITS = 6


class Factors(NamedTuple):
    """The second factors of a person; ``codes_left`` counts recovery codes that were not used."""

    apps: list[TOTPDevice]
    passkeys: list[WebAuthnCredential]
    codes_left: int


def has_factor(person: Any) -> bool:
    """Return whether a person has an app or a passkey; recovery codes are not enough."""
    apps = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    passkeys = WebAuthnCredential.objects.filter(user=OuterRef("pk"), confirmed=True)
    people = get_user_model().objects.filter(pk=person.pk)
    return bool(people.filter(Exists(apps) | Exists(passkeys)).exists())


def must_have_factor(person: Any) -> bool:
    """Tell whether a person works with what is not public where the site asks a second factor of them."""
    return bool(settings.VEEDOR_SECOND_FACTOR and person.has_perm("audits.view_flag"))


def lacks_factor(person: Any) -> bool:
    """Return whether a signed-in person has only given a password, and must give more."""
    if not person.is_authenticated or person.is_verified():
        return False
    return has_factor(person) or must_have_factor(person)


def factors_of(person: Any) -> Factors:
    return Factors(
        list(TOTPDevice.objects.filter(user=person, confirmed=True)),
        list(WebAuthnCredential.objects.filter(user=person, confirmed=True).order_by("pk")),
        StaticToken.objects.filter(device__user=person).count(),
    )


def match_code(person: Any, code: str) -> Device | None:
    """
    Return the device of which a code is, ``None`` if it is of none; a recovery code is used up.

    Each device waits longer after each wrong code, up to what django-otp sets.
    """
    plain = "".join(code.split()).replace("-", "").lower()
    is_of_app = plain.isdecimal() and len(plain) == APP_DIGITS
    with transaction.atomic():
        devices: QuerySet[Any] = (TOTPDevice if is_of_app else StaticDevice).objects.filter(
            user=person, confirmed=True
        )
        given = plain if is_of_app else _kept(plain)
        return next((device for device in devices.select_for_update() if device.verify_token(given)), None)


def renew_recovery_codes(person: Any) -> list[str]:
    """Make new recovery codes, and forget the earlier ones; only hashes of them are kept."""
    codes = ["-".join(_some_letters() for _group in range(_GROUPS)) for _number in range(RECOVERY_CODES)]
    with transaction.atomic():
        device, _is_new = StaticDevice.objects.get_or_create(user=person, defaults={"name": "recovery"})
        device.token_set.all().delete()
        StaticToken.objects.bulk_create(
            StaticToken(device=device, token=_kept(code.replace("-", ""))) for code in codes
        )
    return codes


def remove_all(person: Any) -> int:
    """Take all second factors from a person; return how many there were."""
    with transaction.atomic():
        owned: Iterable[QuerySet[Any]] = (
            model.objects.filter(user=person) for model in (TOTPDevice, WebAuthnCredential, StaticDevice)
        )
        return sum(devices.delete()[1].get(devices.model._meta.label, 0) for devices in owned)


def _some_letters() -> str:
    return "".join(secrets.choice(_LETTERS) for _letter in range(_GROUP))


def _kept(code: str) -> str:
    """Return the digest that is stored of a recovery code, in the 16 characters that django-otp has for it."""
    return hashlib.sha256(code.encode()).hexdigest()[:16]
