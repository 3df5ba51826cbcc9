import pghistory
import pgtrigger
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from audits.judging.rule.parameters import is_alike, is_in_range
from audits.models.reference import renew_version
from audits.rules import RULES
from contracts.postgres.conditions import SqlCondition


class State(models.TextChoices):
    """Degree to which a rule is in use."""

    DRAFT = "draft", _("draft: asked in previews alone")
    SHADOW = "shadow", _("shadow: runs and is counted, only leads see its flags")
    LIVE = "live", _("live: asked, its flags are for the desk")
    RETIRED = "retired", _("retired: not asked any more")


# In these, only leads see its flags; those of a draft stay until the next audit.
UNSEEN = (State.SHADOW, State.DRAFT)
# In these, a rule is not run.
OFF = frozenset({State.DRAFT, State.RETIRED})

_UNSEEN = ", ".join(f"'\"{state}\"'" for state in UNSEEN)
# A rule that is retired from these stays hidden.
_IS_UNSEEN = f"coalesce({{row}}.value IN ({_UNSEEN}), false) OR {{row}}.was_unseen"
_EVERYWHERE = f"""{{key}}.country <> '' AND EXISTS (
            SELECT FROM audits_ruleoverride o WHERE o.rule = {{key}}.rule AND o.country = '' AND o.parameter = ''
                AND o.enabled AND ({_IS_UNSEEN.format(row="o")})
        )"""
_WAS_OR_IS = f"""
    CASE WHEN {{row}}.rule = {{key}}.rule AND {{row}}.country = {{key}}.country
        AND {{row}}.parameter = '' AND {{row}}.enabled
    THEN {_IS_UNSEEN} ELSE everywhere END
"""
# A country without a row of its own has the state for all countries. Confirmed flags are never in shadow.
_TELLS_SHADOW = f"""
    FOR key IN SELECT DISTINCT named.rule, named.country
        FROM (VALUES (OLD.rule, OLD.country), (NEW.rule, NEW.country)) named (rule, country)
        WHERE named.rule IS NOT NULL
    LOOP
        everywhere := {_EVERYWHERE.format(key="key")};
        was := {_WAS_OR_IS.format(row="OLD", key="key")};
        is_now := {_WAS_OR_IS.format(row="NEW", key="key")};
        CONTINUE WHEN was = is_now;
        INSERT INTO contracts_change (kind, flag_id)
        SELECT CASE WHEN is_now THEN 'flag_removed' ELSE 'flag_raised' END, flag.id FROM audits_flag flag
        WHERE flag.rule = key.rule AND flag.decision <> 'confirmed' AND flag.withdrawn_at IS NULL
            AND (flag.country = key.country OR (key.country = '' AND NOT EXISTS (
                SELECT FROM audits_ruleoverride o WHERE o.rule = key.rule AND o.country = flag.country
                    AND o.country <> '' AND o.parameter = '' AND o.enabled
            )))
        ORDER BY flag.id;
    END LOOP;
    RETURN NULL;
"""  # noqa: S608  -- our own words


_KEEPS_UNSEEN = f"""
    everywhere := {_EVERYWHERE.format(key="NEW")};
    was := {_WAS_OR_IS.format(row="OLD", key="NEW")};
    NEW.was_unseen := NEW.parameter = '' AND coalesce(NEW.value = '"{State.RETIRED}"', false) AND coalesce(was, false);
    RETURN NEW;
"""


def keeps_unseen() -> pgtrigger.Trigger:
    """Return the trigger that records of a retired rule whether only leads saw its flags."""
    return pgtrigger.Trigger(
        name="keeps_unseen",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("everywhere", "BOOLEAN"), ("was", "BOOLEAN")],
        func=_KEEPS_UNSEEN,
    )


def tells_shadow() -> pgtrigger.Trigger:
    """Return the trigger that records changes of the flags of a rule that enters or leaves shadow."""
    return pgtrigger.Trigger(
        name="tells_shadow",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("key", "RECORD"), ("everywhere", "BOOLEAN"), ("was", "BOOLEAN"), ("is_now", "BOOLEAN")],
        func=_TELLS_SHADOW,
    )


@pghistory.track(exclude=["was_unseen"])
class RuleOverride(models.Model):
    """
    Another value for a parameter of a rule, in one country or everywhere, with its legal or other source.

    It enters the rule-set digest: audits made under other parameters are stale. Without a parameter ``value`` is the
    state of the rule, see ``RuleState``.
    """

    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("ISO 3166-1 alpha-2; empty: everywhere.")
    )
    rule = models.CharField(_("rule"), max_length=10)
    parameter = models.CharField(_("parameter"), max_length=100, blank=True)
    value = models.JSONField(_("value"), null=True, blank=True)
    source = models.TextField(_("source"))
    enabled = models.BooleanField(_("enabled"), default=True)
    # Whether it was retired from shadow or draft, so that only leads ever saw its flags. The database sets it.
    was_unseen = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        verbose_name = _("override of a rule")
        verbose_name_plural = _("overrides of rules")
        ordering = ["rule", "parameter", "country"]
        constraints = [
            models.UniqueConstraint(fields=["country", "rule", "parameter"], name="override_unique"),
            # Records have country codes in capitals: other rows would never apply.
            models.CheckConstraint(condition=models.Q(country=Upper("country")), name="override_country_in_capitals"),
        ]
        triggers = [*renew_version(), keeps_unseen(), tells_shadow()]

    def __str__(self) -> str:
        return f"{self.country} {self.rule} {self.parameter}".strip()

    @property
    def fits(self) -> bool:
        """Whether the current version of its rule has the parameter and accepts the value."""
        rule = RULES.get(self.rule)
        if rule is None or not self.parameter:
            return True
        own = rule.parameters.get(self.parameter)
        is_known = self.parameter in rule.parameters and is_alike(self.value, own)
        return is_known and is_in_range(self.parameter, self.value, own)

    @property
    def state(self) -> State:
        """The state of the rule, for a row without a parameter; rows from before there were states switched it off."""
        return State(self.value) if self.value in State.values else State.RETIRED


class RuleState(RuleOverride):
    """The state of a rule in one country or everywhere; by default live. That of a country takes precedence."""

    class Meta:
        proxy = True
        verbose_name = _("state of a rule")
        verbose_name_plural = _("states of rules")
        permissions = [("view_shadow_flags", "Can view flags of rules in shadow")]

    def __str__(self) -> str:
        return f"{self.country} {self.rule}: {self.state.label}".strip()


class IsOutOfShadow(SqlCondition):
    """
    Whether a flag is confirmed, or its rule is not in shadow in its country; whether any rule is in shadow is read
    once.
    """

    sql = f"""({{2}} = 'confirmed' OR NOT (
        EXISTS (
            SELECT FROM audits_ruleoverride o WHERE o.enabled AND o.parameter = '' AND ({_IS_UNSEEN.format(row="o")})
        ) AND (EXISTS (
            SELECT FROM audits_ruleoverride o WHERE o.enabled AND o.parameter = '' AND o.rule = {{0}}
            AND o.country = {{1}} AND ({_IS_UNSEEN.format(row="o")})
        ) OR EXISTS (
            SELECT FROM audits_ruleoverride o WHERE o.enabled AND o.parameter = '' AND o.rule = {{0}}
            AND o.country = '' AND ({_IS_UNSEEN.format(row="o")})
        ) AND NOT EXISTS (
            SELECT FROM audits_ruleoverride o WHERE o.enabled AND o.parameter = '' AND o.rule = {{0}}
            AND o.country = {{1}}
        ))
    ))"""  # noqa: S608  -- our own words

    def __init__(self) -> None:
        super().__init__("rule", "country", "decision")
