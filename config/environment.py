"""
The variables of the environment: their types and defaults, and how some values are checked and read.

A test compares the table with `.env.example` and `docker-compose.yml`. Each variable is explained in `.env.example`.
"""

import base64
import json
import os
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import EmailValidator, URLValidator

MEGABYTE = 1_000_000
_DECIMAL = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
_HOST = re.compile(r"\*|\[[0-9a-fA-F:.]{2,45}\]|\.?[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,20}")
_SITE = re.compile(r"https?://[^\s/]{1,300}(?:/\S{0,300})?")
_RATE = re.compile(r"\d{1,9}/[smhd][a-z]{0,9}")
_MAX_NUMBER = 10**18
_MAX_PORT = 65_535
# Servers that the code speaks to: variable → how their addresses may begin.
_DATABASES = ("postgresql", "postgres", "psql", "pgsql")
_SCHEMES = {
    "DATABASE_URL": _DATABASES,
    "DATABASE_MIGRATION_URL": _DATABASES,
    "CELERY_BROKER_URL": ("redis", "rediss", "redis+socket"),
    "EMAIL_URL": tuple(environ.Env.EMAIL_SCHEMES),
}
_YES_OR_NO = frozenset({*environ.Env.BOOLEAN_TRUE_STRINGS, "false", "off", "n", "no", "0"})


class Environment(environ.Env):
    """
    The variables of the environment; a wrong value raises ImproperlyConfigured with the name of its variable.

    Else a misspelt "true" would be a no, a number would be refused without its name, and a rate at each request.
    """

    def get_value(self, var: str, *given: Any, **options: Any) -> Any:
        text = self.ENVIRON.get(var)
        if text is not None and var in self.scheme:
            kind = self.scheme[var][0]
            if kind is bool and text.lower().strip() not in _YES_OR_NO:
                raise ImproperlyConfigured(f"{var} is {text!r}; it may be true, false.")
            if kind is int and not 0 <= _whole(text) < _MAX_NUMBER:
                raise ImproperlyConfigured(f"{var} is {text!r}; it may be a whole number.")
            if kind is float and not _DECIMAL.fullmatch(text.strip()):
                raise ImproperlyConfigured(f"{var} is {text!r}; it may be a number of seconds, as 0.5.")
            if var.startswith("VEEDOR_THROTTLE_") and not _RATE.fullmatch(text.strip()):
                raise ImproperlyConfigured(f"{var} is {text!r}; it may be a rate, as 30/min.")
            if var == "PORT" and not 0 < _whole(text) <= _MAX_PORT:
                raise ImproperlyConfigured(f"{var} is {text!r}; it may be a number from 1 to {_MAX_PORT}.")
            if var == "ALLOWED_HOSTS" and not all(map(_HOST.fullmatch, map(str.strip, text.strip(", ").split(",")))):
                raise ImproperlyConfigured(f"{var} is {text!r}; it may be names without a scheme, as veedor.example.")
            if var == "VEEDOR_SITE" and not _SITE.fullmatch(text.strip()):
                raise ImproperlyConfigured(f"{var} is {text!r}; it may be an address, as https://veedor.example.")
            if var in _SCHEMES and not _is_address(text, _SCHEMES[var]):
                # Its value may hold a password, which stands in no log.
                begins = ", ".join(f"{scheme}://" for scheme in _SCHEMES[var])
                raise ImproperlyConfigured(f"{var} is not the address of a server; it may begin with {begins}.")
        value = super().get_value(var, *given, **options)
        return [part.strip() for part in value] if isinstance(value, list) else value


def _whole(text: str) -> int:
    """Return a whole number as Python reads it, -1 if the text is not one."""
    try:
        return int(text)
    except ValueError:
        return -1


def _is_address(text: str, schemes: Collection[str]) -> bool:
    scheme, separator, _rest = text.partition("://")
    if not separator or scheme.lower() not in schemes:
        return False
    try:
        if scheme.lower() in _DATABASES:
            # As it is read, which takes several hosts and most signs in a password.
            environ.Env.db_url_config(text)
            return True
        return urlsplit(text).port != 0
    except ValueError:
        return False


env = Environment(
    # Django
    DJANGO_ENV=(str, "development"),
    DEBUG=(bool, False),
    SECRET_KEY=(str, ""),
    ALLOWED_HOSTS=(list, []),
    CSRF_TRUSTED_ORIGINS=(list, []),
    LOG_LEVEL=(str, "INFO"),
    # servers
    DATABASE_URL=(str, ""),
    DATABASE_MIGRATION_URL=(str, ""),
    CELERY_BROKER_URL=(str, ""),
    PORT=(int, 8000),
    # Veedor
    VEEDOR_HOME=(str, ""),
    VEEDOR_DUMPS=(str, ""),
    VEEDOR_STORAGE=(str, ""),
    VEEDOR_PUBLICATION=(str, "reviewed"),
    VEEDOR_CONTACT=(str, ""),
    VEEDOR_HTTPS=(str, ""),
    VEEDOR_TRUSTED_PROXIES=(int, 0),
    VEEDOR_STATEMENT_TIMEOUT=(int, 0),
    VEEDOR_LOCK_TIMEOUT=(int, 30),
    VEEDOR_LEASE_SECONDS=(int, 180),
    VEEDOR_HOLD_SUBMISSIONS=(bool, True),
    VEEDOR_PUBLISH_CONTACT_POINTS=(bool, False),
    VEEDOR_MAX_BODY_BYTES=(int, 100 * MEGABYTE),
    VEEDOR_MAX_UNPACKED_BYTES=(int, 2000 * MEGABYTE),
    VEEDOR_MAX_ITEM_BYTES=(int, 4 * MEGABYTE),
    VEEDOR_MAX_ITEM_VALUES=(int, 200_000),
    VEEDOR_MAX_PROCESS_BYTES=(int, 2000 * MEGABYTE),
    VEEDOR_QUOTA_BYTES=(int, 1000 * MEGABYTE),
    VEEDOR_THROTTLE_ANONYMOUS=(str, "120/min"),
    VEEDOR_THROTTLE_USER=(str, "600/min"),
    VEEDOR_THROTTLE_SUBMISSIONS=(str, "60/min"),
    VEEDOR_THROTTLE_SEARCH=(str, "30/min"),
    VEEDOR_THROTTLE_EXPORTS=(str, "60/hour"),
    VEEDOR_THROTTLE_PAGES=(str, "120/min"),
    VEEDOR_THROTTLE_GUESSES=(str, "10/min"),
    VEEDOR_THROTTLE_FORMS=(str, "60/hour"),
    VEEDOR_THROTTLE_RECEIPTS=(str, "240/hour"),
    VEEDOR_BROKER_TIMEOUT=(float, 15.0),
    VEEDOR_METRICS_TOKEN=(str, ""),
    VEEDOR_DESK_DAYS=(int, 30),
    VEEDOR_SETTLING_MINUTES=(int, 60),
    VEEDOR_SIGNING_KEY=(str, ""),
    VEEDOR_SECOND_FACTOR=(bool, False),
    VEEDOR_IDLE_MINUTES=(int, 30),
    VEEDOR_SITE=(str, ""),
    VEEDOR_EMAIL_FROM=(str, "veedor@localhost"),
    EMAIL_URL=(str, "consolemail://"),
)
env.ENVIRON = {name: value for name, value in os.environ.items() if value}  # empty is not set


def choice(variable: str, *allowed: str) -> str:
    """The value of a variable that knows only a few; raises ImproperlyConfigured for any other."""
    value = str(env(variable))
    if value not in allowed:
        raise ImproperlyConfigured(f"{variable} is {value!r}; it may be {', '.join(allowed)}.")
    return value


def storage(text: str) -> dict[str, Any]:
    """Where received bytes are kept: what Django calls a storage, as JSON; PostgreSQL without one."""
    try:
        named = json.loads(text or '{"BACKEND": "contracts.intake.received.contents.DatabaseStorage"}')
    except ValueError as error:
        raise ImproperlyConfigured(f"VEEDOR_STORAGE is no JSON: {error}.") from error
    if (
        not isinstance(named, dict)
        or not isinstance(named.get("BACKEND"), str)
        or named.keys() - {"BACKEND", "OPTIONS"}
    ):
        raise ImproperlyConfigured('VEEDOR_STORAGE may be {"BACKEND": "a.dotted.Path", "OPTIONS": {…}}.')
    return named


SEED_BYTES = 32


def signing_seed(text: str) -> bytes:
    """Return the bytes of a key that is written in base64, or its form for URLs; none of an empty one."""
    try:
        seed = base64.urlsafe_b64decode(
            text.translate(str.maketrans("+/", "-_")).rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        )
    except ValueError as error:
        raise ImproperlyConfigured("VEEDOR_SIGNING_KEY is not base64.") from error
    if seed and len(seed) != SEED_BYTES:
        raise ImproperlyConfigured(f"VEEDOR_SIGNING_KEY has {len(seed)} bytes; it needs {SEED_BYTES}.")
    return seed


def contact_address(contact: str) -> str:
    """Where a link to the contact leads, empty for none; raises ImproperlyConfigured if it leads nowhere."""
    for validate, scheme in ((EmailValidator(), "mailto:"), (URLValidator(schemes=["http", "https"]), "")):
        try:
            validate(contact)
        except ValidationError:
            continue
        return scheme + contact
    if contact:
        raise ImproperlyConfigured(f"VEEDOR_CONTACT is {contact!r}; it may be an e-mail address or a web page.")
    return ""
