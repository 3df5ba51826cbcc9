from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditWork(models.Model):
    """
    How much was audited on one day, of UTC: the sum of all workers.

    Audits themselves do not tell: one that is superseded is removed. Rows stay, two a day, so that sums only grow.
    """

    class Subject(models.TextChoices):
        PROCESS = "process", _("process")
        ORGANIZATION = "organization", _("organization")

    day = models.DateField(_("day"))
    subject = models.CharField(_("subject"), max_length=20, choices=Subject)
    audited = models.BigIntegerField(_("audited"), help_text=_("Also if nothing was new."))
    failed = models.BigIntegerField(_("audited with a rule that failed"))
    seconds = models.FloatField(_("seconds"), help_text=_("Of reading, judging and writing, over all workers."))

    class Meta:
        verbose_name = _("audits of a day")
        verbose_name_plural = _("audits of a day")
        constraints = [models.UniqueConstraint(fields=["day", "subject"], name="audit_work_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.subject}: {self.audited}"
