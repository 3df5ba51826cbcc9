import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import OuterRef, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models.person import person_field
from contracts.postgres.statements import Slot, Statement

PREFIX_LENGTH = 8
LIFETIME = timedelta(days=365)


def default_expiry() -> datetime:
    return timezone.now() + LIFETIME


class ApiTokenManager(models.Manager["ApiToken"]):
    def issue(self, *, user: Any, name: str, scopes: list[str], **fields: Any) -> tuple["ApiToken", str]:
        """Make a token. Returns the row and the secret, which is shown once and stored nowhere."""
        prefix = f"vdr_{secrets.token_hex(PREFIX_LENGTH // 2)}"
        secret = f"{prefix}_{secrets.token_urlsafe(32)}"
        token = self.create(user=user, name=name, scopes=scopes, prefix=prefix, digest=digest(secret), **fields)
        return token, secret

    def find(self, secret: str) -> "ApiToken | None":
        """Return the token of a secret if it is known, not revoked and not expired, and its user is active."""
        prefix = "_".join(secret.split("_", 2)[:2])
        for row in _with_account().rows({_PREFIX.key: prefix}):
            token = _read(row)
            if hmac.compare_digest(token.digest, digest(secret)) and token.is_valid:
                return token
        return None


_PREFIX = Slot("prefix")


@cache
def _with_account() -> Statement:
    """
    Return the statement that reads tokens of a prefix, each with its account and what that account may do.

    Each request with a token asks it first: by three queries of Django's it would take longer than a page of a list.
    """
    account = [f"user__{field.attname}" for field in get_user_model()._meta.concrete_fields]
    granted = Permission.objects.order_by().values_list(Concat("content_type__app_label", Value("."), "codename"))
    found = ApiToken.objects.order_by("pk").filter(prefix=_PREFIX)
    return Statement(
        found.values_list(
            *(field.attname for field in ApiToken._meta.concrete_fields),
            *account,
            ArraySubquery(granted.filter(user=OuterRef("user_id"))),
            ArraySubquery(granted.filter(group__user=OuterRef("user_id"))),
        )
    )


def _read(row: Sequence[Any]) -> "ApiToken":
    """Return the token of a row, with its account, which knows what it may do."""
    *columns, of_user, of_groups = row
    own = [field.attname for field in ApiToken._meta.concrete_fields]
    token = ApiToken.from_db(DEFAULT_DB_ALIAS, own, columns[: len(own)])
    model: Any = get_user_model()
    account = [field.attname for field in model._meta.concrete_fields]
    user = model.from_db(DEFAULT_DB_ALIAS, account, columns[len(own) :])
    if not user.is_superuser:  # who may do everything
        # Where Django looks before it asks.
        user._user_perm_cache, user._group_perm_cache = set(of_user), set(of_groups)  # noqa: SLF001
    token.user = user
    return token


def digest(secret: str) -> str:
    """SHA-256 is enough for a secret of 256 random bits: there is no dictionary to try."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiToken(models.Model):
    """A key to the API: a visible prefix to recognise it by, the digest of its secret, scopes, an expiry."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        SUBMIT = "submit", _("submit records")
        REVIEW = "review", _("see and review flags")
        FOLLOW = "follow", _("save searches")

    # What the account itself must be allowed; a token never gives more than its account has.
    PERMISSIONS = {Scope.SUBMIT: "contracts.add_submission", Scope.REVIEW: "audits.view_flag"}

    user = person_field(_("user"), on_delete=models.CASCADE, related_name="api_tokens")
    name = models.TextField(_("name"), help_text=_("Its purpose."))
    prefix = models.CharField(_("prefix"), max_length=20, db_index=True)
    digest = models.CharField(_("digest"), max_length=64)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), verbose_name=_("scopes"))
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True, default=default_expiry)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    # None where a command did it.
    issued_by = person_field(_("issued by"), on_delete=models.SET_NULL, optional=True)
    revoked_by = person_field(_("revoked by"), on_delete=models.SET_NULL, optional=True)
    publisher = models.ForeignKey(
        "contracts.Publisher",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only for"),
        help_text=_("The only publisher that the token may speak for; if left empty, every publisher of its account."),
    )
    last_used_on = models.DateField(_("last used"), null=True, blank=True)

    objects = ApiTokenManager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    def allows(self, scope: str) -> bool:
        """Return whether it has a scope, and its account what the scope asks for."""
        permission = self.PERMISSIONS.get(self.Scope(scope))
        return scope in self.scopes and (permission is None or bool(self.user.has_perm(permission)))

    @property
    def is_valid(self) -> bool:
        return (
            self.revoked_at is None
            and (self.expires_at is None or self.expires_at > timezone.now())
            and bool(self.user.is_active)
        )
