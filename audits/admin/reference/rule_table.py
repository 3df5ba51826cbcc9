"""All rules in one table for leads: trials and overrides, waiting flags, and results."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audits.judging.rule.readings import Reading, reading_of
from audits.judging.rule.vocabulary import ON_TRIAL, Rule
from audits.models import Flag, RuleOverride, RuleState
from audits.pages.labels import rule_title
from audits.pages.records.members_in_words import setting_in_words
from audits.reports.agreement import verdicts
from audits.reports.desk_figures import cached_desk_figures
from audits.reports.flag_samples import VerdictCounts
from audits.reports.rule_health import Health, cached_health_of_rules
from audits.rules import RULES
from contracts.admin.bases import ListAdmin
from contracts.pages.display import Link, admin_url, country_in_words, percent

# Maximum displayed length of an overridden value; its own page shows all of it.
_MAX_VALUE = 60


class RuleRow(NamedTuple):
    """
    A rule in the leads' table.

    ``settings`` are its overridden states and parameters, with links; ``parameters`` its defaults, by name. ``health``
    is of its version in force; ``found`` the results of blind reviews of its flags, ``reading`` those of other
    samples. ``trial_href`` is where its trial is ended or begun again; "" without one.
    """

    rule: Rule
    title: str
    severity: Any
    is_on_trial: bool
    trial_href: str
    reading: Reading | None
    settings: list[Link]
    parameters: list[tuple[str, str]]
    waiting: int
    found: VerdictCounts
    health: Health
    share: str
    precision: str


class RuleTable(NamedTuple):
    """The rules on trial and the others, those with the most waiting flags first, counted at ``counted_at``."""

    counted_at: datetime | None
    on_trial: list[RuleRow]
    others: list[RuleRow]


def read_rule_table() -> RuleTable:
    """Read the table, in a fixed number of queries."""
    figures, health, found = cached_desk_figures(), cached_health_of_rules(), verdicts()
    set_here: dict[str, list[RuleOverride]] = defaultdict(list)
    for row in RuleOverride.objects.filter(enabled=True).order_by("rule", "parameter", "country"):
        set_here[row.rule].append(row)
    waiting = figures.by_rule if figures else {}
    rows = sorted(
        (
            _row(rule, set_here[code], waiting.get(code, 0), health[code], found.get(code, VerdictCounts()))
            for code, rule in RULES.items()
        ),
        key=lambda row: (-row.waiting, row.rule.code),
    )
    return RuleTable(
        figures.counted_at if figures else None,
        [row for row in rows if row.is_on_trial],
        [row for row in rows if not row.is_on_trial],
    )


def _row(rule: Rule, set_here: Iterable[RuleOverride], waiting: int, health: Health, found: VerdictCounts) -> RuleRow:
    trial = {row.country: row for row in set_here if row.parameter == ON_TRIAL}
    everywhere = trial.get("")
    precision = health.decisions.precision
    return RuleRow(
        rule=rule,
        title=rule_title(rule.code),
        severity=Flag.SeverityChoice(rule.severity).label,
        is_on_trial=bool(everywhere.value if everywhere else rule.on_trial),
        trial_href=_trial_href(rule, everywhere),
        reading=reading_of(rule.code),
        settings=[_setting(row) for row in set_here],
        parameters=[(name, setting_in_words(name, value)) for name, value in rule.parameters.items()],
        waiting=waiting,
        found=found,
        health=health,
        share="" if health.share is None else percent(health.share),
        precision=f"{round(precision.low * 100)}–{round(precision.high * 100)} %" if precision else "",
    )


def _trial_href(rule: Rule, everywhere: RuleOverride | None) -> str:
    if everywhere:
        return admin_url(RuleOverride, everywhere.pk)
    setting = f"{rule.code}/{ON_TRIAL}"
    return reverse("admin:audits_ruleoverride_add", query={"setting": setting}) if rule.on_trial else ""


def _setting(row: RuleOverride) -> Link:
    """Return an override as a link: "Peru: methods: selective"."""
    model: type[RuleOverride] = RuleOverride if row.parameter else RuleState
    value = setting_in_words(row.parameter, row.value) if row.parameter else str(row.state.label)
    shown = value if len(value) <= _MAX_VALUE else f"{value[:_MAX_VALUE]}…"
    where = country_in_words(row.country) if row.country else _("everywhere")
    return Link(": ".join(filter(None, (where, row.parameter, shown))), admin_url(model, row.pk))


class RuleTablePage(ListAdmin):
    """The page of all rules, for people who may read rule states."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_safe(self.rules_view))
        return [path("rules/", view, name="audits_rules"), *super().get_urls()]

    def rules_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.answer(request, "admin/audits/rules.html", _("Rules"), table=read_rule_table())
