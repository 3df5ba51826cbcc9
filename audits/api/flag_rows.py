"""The columns of flags in lists and details. A flag that changed since its confirmation reads as confirmed."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, OuterRef, Value, When
from django.db.models.functions import Cast, JSONObject
from rest_framework import serializers
from rest_framework.request import Request

from audits.api.comment_requests import RequestsOfFlag
from audits.api.confirmed import CONFIRMED_VERSION, Severity, as_confirmed
from audits.api.replies import RepliesOfFlag
from audits.judging.rule.vocabulary import Subject
from audits.models import Flag
from audits.models.flag import notice_text, sentence_of
from audits.models.flag_state import CHANGED_SINCE_CONFIRMED
from audits.reports.rule_health import context_rules
from contracts.api.addresses import ProcessLink
from contracts.api.converting import IN_DOLLARS
from contracts.api.parties import BUYER, BUYER_ID
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.rows.cited import ListedCite
from contracts.api.protocol.rows.columns import Amount, Day, Link, Word, Worded, WrittenDay, rows_of
from contracts.api.protocol.rows.including import Included
from contracts.api.sources import Source, verification
from contracts.models import Organization
from contracts.ocds.written.person_numbers import masked_id
from contracts.postgres.steady import steady

REVIEWED = (Flag.State.CONFIRMED, Flag.State.DISMISSED)


class RuleVersion(serializers.IntegerField):
    @staticmethod
    @steady
    def expression(source: str) -> models.Expression:
        return as_confirmed("rule_version", F(source), CONFIRMED_VERSION)


class Sentence(Worded):
    """The sentence of a flag, with its numbers, in the reader's language."""

    @staticmethod
    @steady
    def expression(_source: str) -> models.Expression:
        present = JSONObject(code="rule", sentence="sentence", values="values", country="country")
        return as_confirmed("text", Cast(present, models.JSONField()))

    @staticmethod
    def word(value: Mapping[str, Any], language: str) -> str:
        if language in value:
            return str(value[language])
        values = {name: _shown(name, part, value["country"]) for name, part in value["values"].items()}
        return sentence_of(value["code"], value["sentence"], values, language)


# Values that name an organization; one without a name has an id, which may be a personal number.
_NAMING = frozenset({"supplier", "name"})


def _shown(name: str, value: Any, country: str) -> Any:
    """Return a value of a sentence, masked if it is the number of a natural person."""
    return (isinstance(value, str) and masked_id(value, (country,) if name in _NAMING else ())) or value


class Notice(Word):
    """What a reader of a confirmed flag must know: that it changed since."""

    @staticmethod
    @steady
    def expression(_source: str) -> models.Expression:
        texts = {state: notice_text(state) for state in (Flag.State.FIRST_CONFIRMATION, Flag.State.WITHDRAWN, "")}
        otherwise = Value(texts.pop(""))
        text = Case(*(When(state=state, then=Value(text)) for state, text in texts.items()), default=otherwise)
        causes = (When(changed_because=cause, then=Value(str(cause.label))) for cause in Flag.Cause)
        notice = models.Func(
            text, Value("%(cause)s"), Case(*causes), function="replace", output_field=models.TextField()
        )
        return Case(When(CHANGED_SINCE_CONFIRMED, then=notice), default=Value(""), output_field=models.TextField())


class Reviewed(serializers.BooleanField):
    @staticmethod
    @steady
    def expression(_source: str) -> models.Expression:
        return Case(When(state__in=REVIEWED, then=Value(True)), default=Value(False))


class RuleIsContext(serializers.BooleanField):
    @staticmethod
    def depends_on() -> tuple[str, ...]:
        return tuple(context_rules())

    @staticmethod
    def expression(source: str) -> models.Expression:
        return Case(When(**{f"{source}__in": list(context_rules())}, then=Value(True)), default=Value(False))


class About(Word):
    @staticmethod
    @steady
    def expression(_source: str) -> models.Expression:
        is_process = When(organization=None, then=Value(Subject.PROCESS.value))
        return Case(is_process, default=Value(Subject.ORGANIZATION.value))


# Nobody has confirmed the suppliers of a changed flag: until a person reviews it, it names none.
_NAMED: models.Expression = Case(
    When(CHANGED_SINCE_CONFIRMED, then=Value([], output_field=ArrayField(models.BigIntegerField()))),
    default=F("suppliers"),
)
_OF_WHOM = (
    "of the suppliers whose awards, contracts or names the flag cites, or else of all suppliers of the process; none "
    "while a change of a confirmed flag awaits a decision."
)


class SupplierIdsOfFlag(serializers.ListField):
    """The suppliers that a flag is about, by id."""

    child = serializers.IntegerField()
    description = f"Ids {_OF_WHOM}"

    @staticmethod
    @steady
    def expression(_source: str) -> models.Expression:
        return _NAMED


class SuppliersOfFlag(serializers.ListField):
    """The suppliers that a flag is about, by name."""

    child = serializers.CharField()
    description = f"Names {_OF_WHOM}"

    @staticmethod
    @steady
    def expression(_source: str) -> models.Expression:
        place = models.Func(OuterRef("suppliers"), F("pk"), function="array_position")
        named = Organization.objects.filter(pk__any_of=OuterRef("suppliers")).alias(place=place).order_by("place")
        nobody = Value([], output_field=ArrayField(models.TextField()))
        return Case(When(CHANGED_SINCE_CONFIRMED, then=nobody), default=ArraySubquery(named.values("name")))


class FlagRow(serializers.Serializer):
    """
    A flag: a question of a rule about a contracting process, or about an organization over all its processes.

    `reviewed` is false until a person decides.
    """

    id = serializers.IntegerField()
    url = Link("flags", source="id")
    subject = About(help_text="What the flag is about: process or organization.")
    ocid = serializers.CharField(source="process.ocid", allow_null=True)
    process_url = ProcessLink(source="process.ocid", allow_null=True)
    organization = serializers.CharField(source="organization.name", allow_null=True)
    organization_id = serializers.IntegerField(allow_null=True)
    organization_url = Link("organizations", source="organization_id", allow_null=True)
    country = Word(
        help_text="ISO 3166-1 alpha-2 code of the country of the process or organization; empty if unknown."
    )
    title = serializers.CharField(source="process.title", allow_null=True)
    buyer = serializers.CharField(source="process.buyer_name", allow_null=True, help_text=BUYER)
    buyer_id = serializers.IntegerField(source="process.buyer_id", allow_null=True, help_text=BUYER_ID)
    suppliers = SuppliersOfFlag()
    supplier_ids = SupplierIdsOfFlag()
    amount = Amount(source="process.amount", help_text="Value of the contracting process, see its `amount`.")
    currency = serializers.CharField(source="process.currency", allow_null=True)
    amount_usd = Amount(source="process.amount_usd", help_text=IN_DOLLARS)
    date_signed = WrittenDay(source="process.signed_on", help_text="Day of the first signature.")
    award_date = WrittenDay(source="process.awarded_on", help_text="Day of the first award.")
    rule = Word()
    rule_url = Link("rules", source="rule")
    rule_version = RuleVersion()
    rule_is_context = RuleIsContext(
        source="rule",
        help_text="Whether the rule flags so large a share of the records here that its flags count as context.",
    )
    severity = Severity(help_text="One of high, medium, low, context.")
    state = Word(
        help_text=(
            "One of new, in_review, first_confirmation (one of two people confirmed it), confirmed, "
            "dismissed, needs_information, changed (after a decision), withdrawn."
        )
    )
    reviewed = Reviewed(help_text="Whether a person has decided on the flag and it has not changed since.")
    raised_by_hand = serializers.BooleanField(
        source="is_raised_by_hand",
        help_text=(
            "Whether a person raised the flag after the rule had withheld it because something else seemed "
            "to be bought."
        ),
    )
    sentence = Sentence(help_text="The question, in the language of Accept-Language: es, pt or en.")
    notice = Notice(
        help_text=(
            "What has changed since a person confirmed the flag, until a person decides again; otherwise empty."
        )
    )
    raised = Day(source="raised_at")
    changed = Day(source="changed_at")
    withdrawn = Day(source="withdrawn_at", allow_null=True)
    source = Source(source="process.source", allow_null=True)  # type: ignore[assignment]  # a field of this name
    verification = verification(source="process.verification", allow_null=True)
    withdrawn_because = Word(
        help_text=(
            "Why the rule's result differs: record, claim, figures, merged, reference, parameter, "
            "rule_version or rule_off; otherwise empty."
        )
    )
    changed_because = Word(
        help_text=(
            "Why the flag changed or was withdrawn after a person's decision: a value of "
            "`withdrawn_because`, or `failure` if the rule failed; otherwise empty."
        )
    )
    replies = RepliesOfFlag(help_text="Accepted replies to the flag, or to its process or organization as a whole.")
    comment_requests = RequestsOfFlag(
        help_text="Whom the auditors asked for comment on the flag, when and how, and what came of it."
    )


class ListedFlag(FlagRow):
    cite = ListedCite()
    included = Included()


def visible_rows(request: Request, **subject: Any) -> list[dict[str, Any]]:
    """Return the flags on a process or an organization that the reader may see, as rows."""
    return rows_of(Flag.objects.visible_to(effective_user(request)).filter(**subject).order_by("pk"), FlagRow)
