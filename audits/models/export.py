import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models.person import person_field

# Time for which a file is kept, and for which its row is listed.
KEPT = timedelta(days=1)
LISTED = timedelta(days=30)
MAX_ATTEMPTS = 3


class ExportQuerySet(models.QuerySet["Export"]):
    def due(self) -> "ExportQuerySet":
        """Return the exports to be written, the least tried and oldest first."""
        unwritten = self.filter(finished_at=None, failure="", attempts__lt=MAX_ATTEMPTS)
        return unwritten.order_by("attempts", "requested_at", "pk")

    def waiting(self) -> "ExportQuerySet":
        return self.filter(finished_at=None, failure="")

    def expire(self) -> None:
        """Expire all files, and restart those in progress, because something in them was taken back."""
        begun = self.waiting().filter(started_at__isnull=False)
        # First: an export that is finished meanwhile is found by the second statement.
        begun.update(started_at=None, attempts=F("attempts") - 1)
        # Not the present time, which would reveal when a sender took something back.
        self.filter(finished_at__gt=timezone.now() - KEPT).update(finished_at=F("finished_at") - KEPT)

    def kept(self, now: datetime) -> "ExportQuerySet":
        """Return the exports that wait or whose file is kept; an account may have only a few of these."""
        return self.filter(Q(finished_at=None) | Q(finished_at__gt=now - KEPT), failure="")


class Export(models.Model):
    """
    A whole list that a worker writes into a file for one reader; it is written again if the worker dies.

    ``rights`` are those with which the file was written: the download is refused if the reader has fewer now.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = person_field(_("owner"), on_delete=models.CASCADE, null=True, related_name="exports")
    is_public = models.BooleanField(_("as the public sees it"))
    list_name = models.CharField(_("list"), max_length=40)
    format = models.CharField(_("format"), max_length=10)
    query = models.TextField(_("query"), blank=True)
    address = models.TextField(_("address of the list"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    requested_at = models.DateTimeField(_("requested"), db_default=models.functions.Now())
    rows_expected = models.BigIntegerField(_("rows when it was requested"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    failure = models.CharField(_("failure"), max_length=40, blank=True)
    rows = models.BigIntegerField(_("rows"), null=True)
    bytes = models.BigIntegerField(_("bytes"), null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    rights = ArrayField(models.TextField(), default=list, verbose_name=_("rights it was written with"))

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-requested_at"]
        indexes = [
            models.Index(name="exports_due", fields=["attempts", "requested_at"], condition=Q(finished_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.list_name}.{self.format}"

    @property
    def file(self) -> str:
        """The name of its file in the folder of exports."""
        return f"{self.pk}.{self.format}"

    @property
    def expires_at(self) -> datetime | None:
        return self.finished_at + KEPT if self.finished_at else None

    def status(self, now: datetime | None = None) -> str:
        """Return ``queued``, ``running``, ``done``, ``failed`` or ``expired``, as the facts say."""
        if self.failure:
            return "failed"
        if self.expires_at:
            return "done" if (now or timezone.now()) < self.expires_at else "expired"
        return "running" if self.started_at else "queued"


def rights_of(user: Any) -> list[str]:
    """Return the rights that decide what a reader sees: permissions to view, and the settings about the public."""
    permissions = {name for name in user.get_all_permissions() if ".view_" in name}
    public = {f"publication={settings.VEEDOR_PUBLICATION}"}
    if settings.VEEDOR_PUBLISH_CONTACT_POINTS:
        public.add("contact points")
    return sorted(permissions | public)
