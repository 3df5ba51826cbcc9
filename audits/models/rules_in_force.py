from django.db import models
from django.utils.translation import gettext_lazy as _


class RulesInForce(models.Model):
    """
    The program whose rules are in force here: a single row, written by ``manage.py migrate``.

    ``digest`` is of the rules, legal limits and lists that come with a program; ``host`` is the machine where it
    migrated.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    digest = models.BinaryField(_("digest"), max_length=32)
    host = models.TextField(_("host"))
    since = models.DateTimeField(_("since"), db_default=models.functions.Now())

    class Meta:
        verbose_name = _("rules in force")
        verbose_name_plural = _("rules in force")
        constraints = [models.CheckConstraint(name="rules_in_force_once", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"rules {self.digest.hex()[:12]}, put in force by {self.host} on {self.since:%Y-%m-%d %H:%M} UTC"
