"""Rules: what is asked, how, why, and with which parameters."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.models import RuleOverride
from audits.rules import RULES
from audits.rules.base import LANGUAGES, Rule
from contracts.api.columns import Link, rows_of
from contracts.api.views import ApiView


class RuleRow(serializers.Serializer):
    """A rule: a question that is put to every contracting process."""

    code = serializers.CharField()
    url = Link("rules", source="code")
    name = serializers.CharField()
    title = serializers.CharField(help_text="In the language of Accept-Language: es, pt or en.")
    stage = serializers.CharField(help_text="planning, tender, award, contract, implementation")
    severity = serializers.CharField(help_text="high, medium, low, context; a flag can have another")
    version = serializers.IntegerField(help_text="Goes up whenever an answer could change.")
    parameters = serializers.DictField(help_text="With the values that the rule itself gives them.")


class OverrideRow(serializers.Serializer):
    """Another value of a parameter, in a country or everywhere."""

    country = serializers.CharField(help_text="Empty: everywhere.")
    parameter = serializers.CharField(help_text="Empty: the rule is switched off there.")
    value = serializers.JSONField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # the framework's metaclass takes it away


class RuleDetail(RuleRow):
    page = serializers.CharField(help_text="Why it matters, method, exclusions, sources; in English.")
    overrides = OverrideRow(many=True)


class RulePage(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Always empty: all rules are on one page.")
    previous = serializers.CharField(allow_null=True)
    results = RuleRow(many=True)


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "url": Link("rules").convert(rule.code),
        "name": rule.name,
        "title": _in_language(rule.title, rule.code),
        "stage": rule.stage.value,
        "severity": rule.severity.value,
        "version": rule.version,
        "parameters": dict(rule.parameters),
    }


def _in_language(texts: Mapping[str, str], fallback: str) -> str:
    language = (get_language() or "en")[:2]
    return texts.get(language if language in LANGUAGES else "en", fallback)


@method_decorator(conditional_page, "dispatch")
class RuleListView(ApiView):
    """List the rules."""

    serializer_class = RulePage

    @extend_schema(operation_id="rules_list")
    def get(self, _request: Request) -> Response:
        return Response({"next": None, "previous": None, "results": [_described(rule) for rule in RULES.values()]})


@method_decorator(conditional_page, "dispatch")
class RuleDetailView(ApiView):
    """Read one rule: its page, its parameters, and where these have other values."""

    serializer_class = RuleDetail

    @extend_schema(operation_id="rules_retrieve")
    def get(self, _request: Request, code: str) -> Response:
        rule = RULES.get(code)
        if rule is None:
            raise Http404
        overrides = RuleOverride.objects.filter(rule=code, enabled=True).order_by("country", "parameter")
        return Response({**_described(rule), "page": rule.page, "overrides": rows_of(overrides, OverrideRow)})
