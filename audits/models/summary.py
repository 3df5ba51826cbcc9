"""Who asked for summaries of the desk by e-mail, and what they were told of so far."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskSummary(models.Model):
    """
    A person gets summaries of the desk by e-mail; without a row, none.

    ``told_to`` is the day (UTC) up to which, without it, they were told: a summary is about whole days, so that one is
    sent once however often the schedule asks, and a held record, whose times are only days, is in one of them.
    """

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every Monday")

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    rhythm = models.CharField(_("how often"), max_length=10, choices=Rhythm)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    has_titles = models.BooleanField(_("with titles of public records"))
    told_to = models.DateField(_("told up to"))
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)

    class Meta:
        verbose_name = _("summary of the desk")
        verbose_name_plural = _("summaries of the desk")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.person} {self.get_rhythm_display()}"

    def ends(self, today: date) -> date:
        """Return the day that the summary of a day goes up to: that day, or the Monday of its week."""
        return today - timedelta(days=today.weekday() if self.rhythm == self.Rhythm.WEEKLY else 0)
