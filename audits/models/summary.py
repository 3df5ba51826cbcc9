"""Who asked for summaries of the desk by e-mail, and what they were told of so far."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

# The day of a message may be that much later than today: it is of a worker of an earlier version, whose own clock
# decided. A later one is of a clock that was set right since.
AHEAD = timedelta(days=1)


def is_of_another_day(member: str, today: date) -> models.Q:
    """Return the condition that the day in a member is not today: it is earlier, or later than ``AHEAD`` allows."""
    return models.Q(**{f"{member}__lt": today}) | models.Q(**{f"{member}__gt": today + AHEAD})


class DeskSummary(models.Model):
    """
    A person gets summaries of the desk by e-mail; without a row, none.

    ``told_to`` is the day (UTC) up to which, without it, they were told, by PostgreSQL's clock: a summary is about
    whole days, so that one is sent once however often the schedule asks and whatever the clocks of workers say, and a
    held record, whose times are only days, is in one of them.
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

    def begins(self, today: date) -> date:
        """
        Return the first day that the summary of a day is about; the day of its end if there is none to send.

        After ``AHEAD`` it was told while the clock was ahead: then it is about the last day, or week, before its end.
        """
        end = self.ends(today)
        if self.told_to > today + AHEAD:
            return end - timedelta(days=7 if self.rhythm == self.Rhythm.WEEKLY else 1)
        return min(self.told_to, end)
