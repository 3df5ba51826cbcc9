from datetime import datetime, timedelta

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

ORIGIN_DAYS = 90
REFUSED_DAYS = 90
CONTACT_DAYS = 90
_EMPTY = _("Left empty: for ever.")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class RetentionPolicy(models.Model):
    """
    Number of days for which data that could identify senders is kept: one row, which leads change, with history.
    Spools need no setting: they are unnamed files, which the kernel frees when their process ends.
    """

    origin_days = models.PositiveIntegerField(
        _("days to keep who sent a submission"), null=True, blank=True, default=ORIGIN_DAYS, help_text=_EMPTY
    )
    refused_days = models.PositiveIntegerField(
        _("days to keep the bytes of submissions of which no release was stored, or all were rejected"),
        null=True,
        blank=True,
        default=REFUSED_DAYS,
        help_text=_EMPTY,
    )

    contact_days = models.PositiveIntegerField(
        _("days to keep what senders tell auditors alone, after the decision: contact details, answers to questions"),
        null=True,
        blank=True,
        default=CONTACT_DAYS,
        help_text=_EMPTY,
    )

    class Meta:
        verbose_name = _("retention")
        verbose_name_plural = _("retention")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="retention_one_row")]

    def __str__(self) -> str:
        return str(_("retention"))

    @classmethod
    def in_force(cls) -> "RetentionPolicy":
        """Return the row, or the defaults where nobody has set any."""
        return cls.objects.first() or cls(pk=1)


class RetentionClock(models.Model):
    """
    The time by which retention counts its days: one row. A machine may start with a clock years ahead, so this
    advances by at most hours with each run, whatever the clock says.
    """

    until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="retention_clock_one_row")]

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d}"

    @classmethod
    def behind(cls, now: datetime) -> timedelta:
        """Return by how much it is behind the clock."""
        row = cls.objects.first()
        return max(now - row.until, timedelta()) if row else timedelta()
