from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.models.saved_search import SavedSearch

KEPT = timedelta(days=30)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> "DeliveryQuerySet":
        """Return those that were asked for and not tried yet, the oldest first."""
        return self.filter(tried_at=None).order_by("pk")

    def forget_old(self) -> None:
        self.filter(tried_at__lt=timezone.now() - KEPT).delete()


class Delivery(models.Model):
    """
    One attempt to bring the message of a saved search to its owner; one that was asked for again waits without a time.

    The message tells of the changes after ``after`` up to ``last`` to what ``query`` finds; its id is the same in each
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
        """The id of the message, ``webhook-id`` where it is posted."""
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
