"""Rules: what is asked, how, why, and with which parameters."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Value
from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from msgspec import to_builtins
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.judging.rule.examples import example_of
from audits.judging.rule.pages import page, to_html
from audits.judging.rule.vocabulary import Rule
from audits.reference.rule_sets import settings_in_force
from audits.reports.publishing import health_for
from audits.reports.rule_changes import with_changes
from audits.rules import RULES
from contracts.api.autocomplete import AutocompleteView
from contracts.api.protocol.citing import Cite
from contracts.api.protocol.columns import Link, fields_of
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.parameters import FIELDS, OMIT, chosen_fields
from contracts.api.protocol.tokens import effective_user
from contracts.api.protocol.views import ApiView, WrittenListView
from contracts.translating import variety_in_force


class RuleRow(serializers.Serializer):
    """A rule: a question that is put to every contracting process, or to every organization."""

    code = serializers.CharField()
    url = Link("rules", source="code")
    name = serializers.CharField()
    title = serializers.CharField(help_text="In the language of Accept-Language: es, pt or en.")
    subject = serializers.CharField(help_text="process or organization: what the question is about")
    stage = serializers.CharField(help_text="planning, tender, award, contract, implementation")
    severity = serializers.CharField(help_text="high, medium, low, context; a flag can have another")
    version = serializers.IntegerField(help_text="Goes up whenever an answer could change.")
    parameters = serializers.DictField(help_text="With the values that the rule itself gives them.")


class OverrideRow(serializers.Serializer):
    """Another value of a parameter, in a country or everywhere; a legal limit has its source in the value."""

    country = serializers.CharField(help_text="Empty: everywhere.")
    parameter = serializers.CharField(help_text="Empty: the rule is switched off there.")
    value = serializers.JSONField()
    source = serializers.CharField()  # type: ignore[assignment]  # the framework's metaclass takes it away


class MissingCount(serializers.Serializer):
    field = serializers.CharField(help_text="JSON Pointer, without indexes.")
    records = serializers.IntegerField()


class WithheldCount(serializers.Serializer):
    reason = serializers.CharField(help_text="Code of an exclusion of the rule, or of its second key.")
    records = serializers.IntegerField()


class VersionRow(serializers.Serializer):
    """One version of a rule: what it changed, and what people decided on its flags."""

    version = serializers.IntegerField()
    since = serializers.DateField(allow_null=True, help_text="Null for the first version.")
    change = serializers.CharField(help_text="What it answers otherwise than the one before.")
    confirmed = serializers.IntegerField(allow_null=True)
    confirmed_by_one = serializers.IntegerField(allow_null=True, help_text="Those that await a second person.")
    dismissed = serializers.IntegerField(allow_null=True)


class MonthRow(serializers.Serializer):
    """What people decided on a rule's flags in a month."""

    month = serializers.CharField(help_text="YYYY-MM, in UTC.")
    confirmed = serializers.IntegerField(allow_null=True)
    confirmed_by_one = serializers.IntegerField(allow_null=True, help_text="Those that await a second person.")
    dismissed = serializers.IntegerField(allow_null=True)


class RuleHealth(serializers.Serializer):
    """How a rule has done here: to the public in steps of five, null for fewer; exact to whoever sees all flags."""

    counted = serializers.DateField(
        allow_null=True, help_text="When it was counted; null: for this answer, or not for the public yet."
    )

    outcomes = serializers.DictField(
        child=serializers.IntegerField(allow_null=True),
        help_text="Kind of outcome → records, over the current audits; null: fewer than five.",
    )
    assessed = serializers.IntegerField(allow_null=True, help_text="Records that it could judge: flagged or clear.")
    withheld = serializers.IntegerField(
        allow_null=True,
        help_text="Clear outcomes with a passage, where an exclusion holds or something else is bought.",
    )
    withheld_because = WithheldCount(many=True, help_text="Why, most frequent first.")
    share = serializers.FloatField(allow_null=True, help_text="Flagged of what was assessed.")
    is_context = serializers.BooleanField(
        help_text="It flags so much of it, but for what is context already, that its flags are context."
    )
    missing = MissingCount(many=True, help_text="Fields for want of which it could not judge, most frequent first.")
    confirmed = serializers.IntegerField(allow_null=True, help_text="Flags of the version in force.")
    confirmed_by_one = serializers.IntegerField(allow_null=True, help_text="Those that await a second person.")
    dismissed = serializers.IntegerField(allow_null=True)
    precision = serializers.FloatField(
        allow_null=True,
        help_text="Confirmed, by two persons or by one so far, of what people decided; null below five decisions.",
    )
    precision_interval = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Of Wilson, at 95 percent: low, high."
    )
    judged_twice = serializers.IntegerField(
        allow_null=True, help_text="Flags that a second person judged without seeing what the first one said of them."
    )
    judged_alike = serializers.IntegerField(allow_null=True, help_text="Of these, where both said the same.")
    found_right = serializers.IntegerField(
        allow_null=True,
        help_text="Of all that was judged blindly: right. A flag that two persons judged counts twice.",
    )
    found_idle = serializers.IntegerField(allow_null=True, help_text="Likewise: true, and of no weight.")
    found_wrong = serializers.IntegerField(allow_null=True, help_text="Likewise: wrong.")
    versions = VersionRow(many=True)
    months = MonthRow(many=True, help_text="Of the latest decision on each flag, of all versions.")


class RuleExample(serializers.Serializer):
    """An invented record and the flag that it raises."""

    given = serializers.DictField(
        help_text="What is judged: a release, or the roles of an organization; statistics; parameters."
    )
    sentence = serializers.CharField(help_text="In the language of Accept-Language.")
    severity = serializers.CharField()
    cites = serializers.ListField(child=serializers.CharField(), help_text="JSON Pointers of the evidence.")


class RuleDetail(RuleRow):
    page = serializers.CharField(
        help_text="Why it matters, method, exclusions, sources; CommonMark, in the language of Accept-Language."
    )
    page_html = serializers.CharField(
        help_text="The same as HTML: headings, paragraphs, lists, code and bold words alone."
    )
    page_language = serializers.CharField(help_text="en where the page has not been translated.")
    page_url = serializers.CharField(help_text="Where people read it.")
    example = RuleExample(allow_null=True)
    overrides = OverrideRow(many=True, help_text="Values in force, legal limits among them.")
    health = RuleHealth()
    cite = Cite(_("rule"), author=Value(""), title=Value(""))


class RulePage(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Always empty: all rules are on one page.")
    previous = serializers.CharField(allow_null=True)
    results = RuleRow(many=True)


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "url": Link("rules").convert(rule.code),
        "name": rule.name,
        "title": rule.text(variety_in_force()).title,
        "subject": rule.subject.value,
        "stage": rule.stage.value,
        "severity": rule.severity.value,
        "version": rule.version,
        "parameters": dict(rule.parameters),
    }


class RuleListView(ConditionalView, WrittenListView):
    """List the rules."""

    serializer_class = RulePage
    title = "rules"
    schema_parameters = (FIELDS, OMIT, *WrittenListView.schema_parameters)
    parameters = frozenset({"fields", "omit"})

    @extend_schema(operation_id="rules_list")
    def get(self, request: Request, **_address: Any) -> HttpResponseBase:
        fields = chosen_fields(request, fields_of(RuleRow))
        rows = ({name: row[name] for name in fields} for row in map(_described, RULES.values()))
        if not self.is_page:
            return self.list_file(rows, fields)
        return Response({"next": None, "previous": None, "results": list(rows)})


class RulesAutocompleteView(AutocompleteView):
    """Suggest rules; their `id` is what the filter `rule` takes."""

    def all(self) -> Iterable[dict[str, Any]]:
        language = variety_in_force()
        return [
            {"id": rule.code, "name": rule.text(language).title, "description": rule.name.replace("_", " ")}
            for rule in RULES.values()
        ]


class RuleDetailView(ConditionalView, ApiView):
    """Read one rule: its page, its parameters, and where these have other values."""

    serializer_class = RuleDetail
    schema_parameters = (FIELDS, OMIT)
    parameters = frozenset({"fields", "omit"})

    @extend_schema(operation_id="rules_retrieve")
    def get(self, request: Request, code: str) -> Response:
        rule = RULES.get(code)
        if rule is None:
            raise Http404
        language = variety_in_force()
        text = rule.text(language)
        health, counted = health_for(effective_user(request), code)
        versions = with_changes(code, health["versions"], language)
        figures = {name: figure for name, figure in health.items() if name != "version"}
        fields = self.chosen_fields(request)
        known = {
            **_described(rule),
            "page": text.page,
            "page_html": to_html(text.page),
            "page_language": page(rule, language).language,
            "page_url": reverse("methodology-rule", args=[code]),
            "example": to_builtins(example_of(rule, language)),
            "overrides": [
                {name: getattr(setting, name) for name in ("country", "parameter", "value", "source")}
                for setting in settings_in_force()
                if setting.rule == code
            ],
            "health": {**figures, "counted": counted, "versions": versions},
        }
        answer = {name: known[name] for name in fields if name != "cite"}
        if "cite" in fields:
            title = f"{code}: {text.title}, version {rule.version}"
            parts = {"author": "", "title": title, "published": None, "digest": None}
            address = request.build_absolute_uri(request.path)
            answer["cite"] = fields["cite"].cited(parts, answer, address, datetime.now(UTC).date())
        return Response(answer)
