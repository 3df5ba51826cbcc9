import base64
import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.models.person import person_field


class SavedSearch(models.Model):
    """
    A search whose news go to its owner: by e-mail once a day, or soon by a webhook.

    ``told`` is the number of the last change sent; ``telling`` is the last change of an undelivered message, so that
    it is sent again with the same id and content. ``told_on`` is a day (UTC) of PostgreSQL's clock: under the lock of
    its row it decides which worker sends the message of the day.
    """

    owner = person_field(_("owner"), on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=200)
    query = models.TextField(_("query"), blank=True, help_text=_("As in the address of /search/."))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    url = models.URLField(_("webhook"), max_length=500, blank=True, help_text=_("Empty: by e-mail, once a day."))
    created_at = models.DateTimeField(_("saved"), db_default=models.functions.Now())
    told = models.BigIntegerField(_("last change told"), default=0)
    telling = models.BigIntegerField(_("last change of the message under way"), null=True)
    told_on = models.DateField(_("day of the last message"), null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """The secret that signs the messages to the webhook; it is derived, so that it is not in the database."""
        key = hmac.digest(settings.SECRET_KEY.encode(), f"saved search {self.pk}".encode(), hashlib.sha256)
        return "whsec_" + base64.b64encode(key).decode()


KEPT = timedelta(days=30)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> "DeliveryQuerySet":
        """Return the requested deliveries that were not tried yet, the oldest first."""
        return self.filter(tried_at=None).order_by("pk")

    def delete_old(self) -> None:
        self.filter(tried_at__lt=models.functions.Now() - KEPT).delete()


class Delivery(models.Model):
    """
    One attempt to deliver the message of a saved search; a requested repetition has no time until it is tried. The
    message reports the changes after ``after`` up to ``last`` in the results of ``query``; its id is the same in each
    attempt.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    search = models.ForeignKey(
        SavedSearch,
        models.CASCADE,
        db_constraint=False,  # ON DELETE CASCADE, of the migration
        related_name="deliveries",
        verbose_name=_("saved search"),
    )
    after = models.BigIntegerField(_("last change that was told before"))
    last = models.BigIntegerField(_("last change told"))
    query = models.TextField(_("query"), blank=True)
    url = models.URLField(_("webhook"), max_length=500, blank=True)
    processes = models.PositiveIntegerField(_("processes told of"))
    attempt = models.PositiveIntegerField(_("attempt"))
    is_replay = models.BooleanField(_("asked for again"), default=False)
    tried_at = models.DateTimeField(_("tried"), null=True)
    answer = models.PositiveSmallIntegerField(_("status of the answer"), null=True)
    problem = models.CharField(_("why it did not arrive"), max_length=100, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="delivery_waits_once", fields=["search", "after", "last"], condition=Q(tried_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message} · {self.attempt}"

    @property
    def message(self) -> str:
        """The id of the message, ``webhook-id`` in the request."""
        return f"search_{self.search_id}_{self.last}"

    @property
    def status(self) -> "Delivery.Status":
        if self.tried_at is None:
            return self.Status.WAITING
        return self.Status.FAILED if self.problem else self.Status.DELIVERED

    @property
    def reason(self) -> str:
        """Why it did not arrive, in the reader's language where the words are ours."""
        return gettext(self.problem) if self.problem else ""
