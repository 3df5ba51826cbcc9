"""Rules: their questions, reasons and parameters."""

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
from audits.judging.rule.readings import reading_of, trial_figures
from audits.judging.rule.vocabulary import Rule
from audits.reference.counterparts import counterparts_of
from audits.reference.lists import lists_of
from audits.reference.rule_sets import settings_in_force
from audits.reports.publishing import health_for
from audits.reports.rule_changes import with_changes
from audits.rules import RULES
from contracts.api.autocomplete import AutocompleteView
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.citing import Cite
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.query.parameters import FIELDS, OMIT, chosen_fields
from contracts.api.protocol.rows.columns import Link, fields_of
from contracts.api.protocol.views import ApiView, WrittenListView
from contracts.translating import variety_in_force


class TrialFigures(serializers.Serializer):
    """How many flags of a rule people read, on records that nobody had seen, and how many they found right."""

    right = serializers.IntegerField()
    read = serializers.IntegerField()


class ReadingFigures(serializers.Serializer):
    """How many flags of a rule people read, on records of sources that nobody had tuned it on, and what they found."""

    read = serializers.IntegerField()
    right = serializers.IntegerField()
    wrong = serializers.IntegerField(allow_null=True, help_text="Null if wrong and idle ones were not told apart.")


class CounterpartRow(serializers.Serializer):
    """An indicator of another list, and how near its question is."""

    scheme = serializers.CharField(help_text="ocp, cardinal, opentender or cri.")
    name = serializers.CharField(help_text="Name of the list.")
    code = serializers.CharField(help_text="Code of the indicator in the list.")
    match = serializers.CharField(
        help_text="`exact`: the same question, whatever its thresholds; `close`: nearly the same; `related`: another "
        "question about the same thing. As in SKOS."
    )
    source = serializers.URLField(help_text="Address at which the codes of the list were read.")  # type: ignore[assignment]  # the framework's metaclass takes it away


class RuleRow(serializers.Serializer):
    """A rule: a question about each contracting process, or about each organization."""

    code = serializers.CharField()
    url = Link("rules", source="code")
    name = serializers.CharField()
    title = serializers.CharField(help_text="In the language of Accept-Language: es, pt or en.")
    subject = serializers.CharField(help_text="What the rule judges: process or organization.")
    stage = serializers.CharField(help_text="Stage of contracting: planning, tender, award, contract, implementation.")
    severity = serializers.CharField(
        help_text="Usual severity: high, medium, low, context. A flag may have another one."
    )
    version = serializers.IntegerField(help_text="Increases whenever a result of the rule could change.")
    parameters = serializers.DictField(help_text="Parameters of the rule with their default values.")
    trial = TrialFigures(
        allow_null=True,
        help_text="Set if too few of its flags were right: while its parameter `on_trial` is true, they are context.",
    )
    reading = ReadingFigures(
        allow_null=True,
        help_text=(
            "Flags that people read elsewhere, most of them under earlier versions; the rest was true, but idle. Null "
            "if nobody read any."
        ),
    )
    lists = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of the lists that it reads, see `/lists/`."
    )
    counterparts = CounterpartRow(many=True, help_text="Indicators of other lists; empty if they have none like it.")


class OverrideRow(serializers.Serializer):
    """Another value of a parameter, in one country or in all; a legal limit has its source in `value`."""

    country = serializers.CharField(help_text="ISO 3166-1 alpha-2 code; empty for all countries.")
    parameter = serializers.CharField(
        help_text="Parameter that is overridden; empty if the rule is switched off in the country."
    )
    value = serializers.JSONField()
    source = serializers.CharField()  # type: ignore[assignment]  # the framework's metaclass takes it away


class MissingCount(serializers.Serializer):
    field = serializers.CharField(help_text="JSON Pointer of the field, without array indexes.")
    records = serializers.IntegerField()


class WithheldCount(serializers.Serializer):
    reason = serializers.CharField(help_text="Code of an exclusion of the rule, or of the classifier's check.")
    records = serializers.IntegerField()


class VersionRow(serializers.Serializer):
    """One version of a rule: what it changed, and how people decided on its flags."""

    version = serializers.IntegerField()
    since = serializers.DateField(
        allow_null=True, help_text="First day on which the version was in force; null for the first version."
    )
    change = serializers.CharField(help_text="How the results differ from those of the previous version.")
    confirmed = serializers.IntegerField(allow_null=True)
    confirmed_by_one = serializers.IntegerField(
        allow_null=True, help_text="Number of flags that one person confirmed and a second person has not yet."
    )
    dismissed = serializers.IntegerField(allow_null=True)


class MonthRow(serializers.Serializer):
    """Decisions on the flags of a rule in one month."""

    month = serializers.CharField(help_text="Month as YYYY-MM, in UTC.")
    confirmed = serializers.IntegerField(allow_null=True)
    confirmed_by_one = serializers.IntegerField(
        allow_null=True, help_text="Number of flags that one person confirmed and a second person has not yet."
    )
    dismissed = serializers.IntegerField(allow_null=True)


class RuleHealth(serializers.Serializer):
    """Results of a rule on this site: in steps of five for the public; exact for readers who see all flags."""

    counted = serializers.DateField(
        allow_null=True,
        help_text="When the public figures were counted; null if counted for this response, or not yet counted.",
    )

    outcomes = serializers.DictField(
        child=serializers.IntegerField(allow_null=True),
        help_text="Outcome → number of records, over current audits; null for fewer than five.",
    )
    assessed = serializers.IntegerField(
        allow_null=True, help_text="Number of records that the rule could judge (flagged or clear)."
    )
    withheld = serializers.IntegerField(
        allow_null=True,
        help_text=("Number of findings that raised no flag because an exclusion applies or something else is bought."),
    )
    withheld_because = WithheldCount(
        many=True, help_text="Reasons why findings were withheld, the most frequent first."
    )
    share = serializers.FloatField(
        allow_null=True, help_text="Share of assessed records that were flagged, from 0 to 1."
    )
    is_context = serializers.BooleanField(
        help_text=(
            "Whether the rule flags so large a share (apart from flags that are context anyway) that its "
            "flags count as context."
        )
    )
    missing = MissingCount(
        many=True, help_text="Fields whose absence kept the rule from judging, the most frequent first."
    )
    confirmed = serializers.IntegerField(allow_null=True, help_text="State → number of flags of the version in force.")
    confirmed_by_one = serializers.IntegerField(
        allow_null=True, help_text="Number of flags that one person confirmed and a second person has not yet."
    )
    dismissed = serializers.IntegerField(allow_null=True)
    precision = serializers.FloatField(
        allow_null=True,
        help_text=(
            "Share of decided flags that were confirmed, by two people or by one so far, from 0 to 1; null "
            "below five decisions."
        ),
    )
    precision_interval = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="95% Wilson interval of `precision`: lower and upper bound.",
    )
    judged_twice = serializers.IntegerField(
        allow_null=True,
        help_text="Number of flags that a second person judged without seeing the first person's decision.",
    )
    judged_alike = serializers.IntegerField(
        allow_null=True, help_text="Number of these flags on which both people agreed."
    )
    found_right = serializers.IntegerField(
        allow_null=True,
        help_text="Number of blind judgements “true”. A flag that two people judged counts twice.",
    )
    found_idle = serializers.IntegerField(
        allow_null=True, help_text="Number of blind judgements “true, but unimportant”."
    )
    found_wrong = serializers.IntegerField(allow_null=True, help_text="Number of blind judgements “wrong”.")
    versions = VersionRow(many=True)
    months = MonthRow(many=True, help_text="Latest decisions by reason, over all versions.")


class RuleExample(serializers.Serializer):
    """An invented record and the flag that it raises."""

    given = serializers.DictField(
        help_text="Input of the example: a release, or the roles of an organization; figures; parameters."
    )
    sentence = serializers.CharField(help_text="In the language of Accept-Language: es, pt or en.")
    severity = serializers.CharField()
    cites = serializers.ListField(child=serializers.CharField(), help_text="JSON Pointers of the evidence.")


class RuleDetail(RuleRow):
    page = serializers.CharField(
        help_text=(
            "Page of the rule (why it matters, method, exclusions, sources) as CommonMark, in the language "
            "of Accept-Language."
        )
    )
    page_html = serializers.CharField(
        help_text="The page as HTML; it contains only headings, paragraphs, lists, code and bold text."
    )
    page_language = serializers.CharField(help_text="Language of the page: en if it is not translated.")
    page_url = serializers.CharField(help_text="Address of the page on the public site.")
    example = RuleExample(allow_null=True)
    overrides = OverrideRow(many=True, help_text="Values in force in countries, including legal limits.")
    health = RuleHealth()
    cite = Cite(_("rule"), author=Value(""), title=Value(""))


class RulePage(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Always null: all rules are on one page.")
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
        "trial": trial_figures(rule.code) if rule.on_trial else None,
        "reading": to_builtins(reading_of(rule.code)),
        "lists": lists_of(rule),
        "counterparts": to_builtins(counterparts_of(rule.code)),
    }


class RuleListView(ConditionalView, WrittenListView):
    """List rules."""

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
    """
    Suggest rules.

    `id` of a suggestion is a value of the filter `rule`.
    """

    def all(self) -> Iterable[dict[str, Any]]:
        language = variety_in_force()
        return [
            {"id": rule.code, "name": rule.text(language).title, "description": rule.name.replace("_", " ")}
            for rule in RULES.values()
        ]


class RuleDetailView(ConditionalView, ApiView):
    """
    Read one rule.

    The response has its page, its parameters, and the countries in which these have other values.
    """

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
