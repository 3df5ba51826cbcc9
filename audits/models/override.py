import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.judging.parameters import is_alike, is_in_range
from audits.models.reference import renew_version
from audits.rules import RULES


@pghistory.track()
class RuleOverride(models.Model):
    """
    Another value for a parameter of a rule, in one country or everywhere, with its legal or other source.

    It enters the rule-set digest: audits made under other parameters are stale.
    """

    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("ISO 3166-1 alpha-2; empty: everywhere.")
    )
    rule = models.CharField(_("rule"), max_length=10)
    parameter = models.CharField(
        _("parameter"), max_length=100, blank=True, help_text=_("Empty to switch the rule off.")
    )
    value = models.JSONField(_("value"), null=True, blank=True)
    source = models.TextField(_("source"))
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("override of a rule")
        verbose_name_plural = _("overrides of rules")
        ordering = ["rule", "parameter", "country"]
        constraints = [
            models.UniqueConstraint(fields=["country", "rule", "parameter"], name="override_unique"),
        ]
        triggers = renew_version()

    def __str__(self) -> str:
        return f"{self.country or '*'} {self.rule} {self.parameter}"

    @property
    def fits(self) -> bool:
        """Whether its rule, as it is now, knows the parameter and takes a value of this kind and size."""
        rule = RULES.get(self.rule)
        if rule is None or not self.parameter:
            return True
        own = rule.parameters.get(self.parameter)
        is_known = self.parameter in rule.parameters and is_alike(self.value, own)
        return is_known and is_in_range(self.parameter, self.value, own)

    def clean(self) -> None:
        rule = RULES.get(self.rule)
        if rule is None:
            raise ValidationError({"rule": _("There is no rule %(code)s.") % {"code": self.rule}})
        if self.parameter and self.parameter not in rule.parameters:
            known = ", ".join(rule.parameters)
            raise ValidationError({"parameter": _("The rule knows these parameters: %(known)s.") % {"known": known}})
