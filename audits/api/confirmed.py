"""The public content of a flag: as it was confirmed, until somebody reviews a later change."""

from typing import Any

from django.db import models
from django.db.models import Case, F, Subquery, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, JSONObject
from rest_framework import serializers

from audits.models import Review
from audits.models.flag_state import CHANGED_SINCE_CONFIRMED
from contracts.api.protocol.rows.columns import Digest, Word
from contracts.api.records import RecordDigest, hex_of
from contracts.api.withheld import Withheld
from contracts.intake.states import public_digest_of_state
from contracts.models import ContractingProcess
from contracts.postgres.steady import steady


def as_confirmed(
    part: str, present: models.Expression | F, stored: models.Expression | None = None
) -> models.Expression:
    """
    Return a part of a flag: as it was confirmed if the flag changed since, else as it is.

    :param stored: reads the part from ``judged`` of a decision if it is not JSON
    """
    judged = _confirmation(stored or KeyTransform(part, "judged"))
    kind = stored.output_field if stored else None
    return Case(When(CHANGED_SINCE_CONFIRMED, then=judged), default=present, output_field=kind)


def cited_version() -> models.Expression:
    """
    Return the version of the rule with which a flag is cited: the one of its confirmation.

    Later versions may raise the same question again; what people confirmed, and others cite, stays as it was.
    """
    return Coalesce(confirmed_part(CONFIRMED_VERSION), F("rule_version"))


def cited_moment() -> models.Expression:
    """Return when a cited flag was confirmed; for others, when it last changed."""
    return Coalesce(confirmed_part(F("reviewed_at")), F("changed_at"))


def confirmed_part(part: models.Expression | F) -> models.Expression:
    """Return a part of the decision that confirmed a flag; null if none did."""
    return Case(When(decision=Review.Decision.CONFIRMED, then=_confirmation(part)))


def _confirmation(part: models.Expression | F) -> Subquery:
    return Subquery(Review.objects.confirming().values(part=part)[:1])


def stored_digest(name: str) -> models.Expression:
    """Return a digest stored with a decision, ``record`` or ``rule_set``; null in older decisions."""
    return models.Func(
        KeyTextTransform(name, KeyTransform(Review.RESTS_ON, "judged")),
        models.Value("hex"),
        function="decode",
        output_field=models.BinaryField(),
    )


CONFIRMED_VERSION = Cast(KeyTextTransform("rule_version", "judged"), models.PositiveIntegerField())


class ReadDigest(Digest):
    """
    A digest of a flag's input: like its other members, as confirmed if the flag changed since.

    :param confirmed: its name in decisions
    :param subject: the flags that have it
    """

    def __init__(self, confirmed: str, subject: models.Q | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.confirmed, self.subject = confirmed, subject

    @steady
    def expression(self, source: str) -> models.Expression:
        return read_digest(source, self.confirmed, self.subject)


def read_digest(source: str, confirmed: str, subject: models.Q | None = None) -> models.Expression:
    """Return the digest of a flag's input, see `ReadDigest`."""
    last = F(source.replace(".", "__"))
    nothing = models.Value(None, output_field=models.BinaryField())
    read = Coalesce(as_confirmed(confirmed, nothing, stored_digest(confirmed)), last)
    return read if subject is None else Case(When(subject, then=read), default=last)


class RecordThen(serializers.CharField):
    """
    The SHA-256 of a record that was read, as everybody may see it; null of organizations, and of lost states.

    Its source is the expression of the digest of the whole record.
    """

    def __init__(self, whole: models.Expression, **options: Any) -> None:
        super().__init__(**options)
        self.whole = whole

    def expression(self, _source: str) -> models.Expression:
        present = RecordDigest.expression("process__digest")
        then = JSONObject(process=F("process"), present=present, whole=hex_of(self.whole))
        return Case(When(process__isnull=False, then=then))

    @staticmethod
    def convert(value: Any) -> str | None:
        present, whole = value["present"], value["whole"]
        if whole is None or whole == present["digest"]:
            return RecordDigest.convert(present) if whole else None
        process = ContractingProcess.objects.select_related("claim").defer("compiled_release").get(pk=value["process"])
        return public_digest_of_state(process, whole)


def cited_digest() -> RecordThen:
    """
    Return the field of the digest with which a flag is cited: of the record that was read for its confirmation.

    Other flags, and decisions from before digests were stored, have that of the latest audit.
    """
    return RecordThen(Coalesce(confirmed_part(stored_digest("record")), F("last_audit__process_digest")))


class ReleaseDigest(Withheld, ReadDigest):
    """The SHA-256 of the compiled release that rules read; for the public, of what of it is public."""

    def of_public(self) -> RecordThen:
        return RecordThen(read_digest("last_audit__process_digest", self.confirmed, self.subject), allow_null=True)


class DossierDigest(Withheld, ReadDigest):
    """The SHA-256 of all that rules read; for the public null if something of it may be withheld."""

    def of_public(self) -> "_PublicDossierDigest":
        return _PublicDossierDigest(source=self.source, allow_null=True)


class _PublicDossierDigest(serializers.CharField):
    @staticmethod
    def expression(source: str) -> models.Expression:
        digest = hex_of(read_digest(source, "record", models.Q(process=None)))
        record = RecordDigest.expression("process__digest")
        read = JSONObject(digest=digest, record=record, whole=hex_of(F("last_audit__process_digest")))
        return Case(
            When(process=None, organization__masked="", then=JSONObject(digest=digest)),
            When(~models.Q(process=None), then=read),
        )

    @staticmethod
    def convert(value: Any) -> str | None:
        if "record" in value and not value["whole"] == value["record"]["digest"] == RecordDigest.convert(
            value["record"]
        ):
            return None
        digest: str = value["digest"]
        return digest


class ShownEvidence(models.Func):
    """
    Return evidence for readers outside the desk: without the words of unpublished documents.

    Their location stays: the SHA-256 of the document and the page. Confirming a flag publishes no document. The quads
    are removed too, because the widths of words help to guess them.
    """

    output_field = models.JSONField()
    template = """(
        SELECT CASE WHEN strpos(given.evidence::text, '"/documents/') = 0 THEN given.evidence ELSE (
            SELECT jsonb_agg(
                CASE WHEN place->>'path' NOT LIKE '/documents/%%%%' OR EXISTS (
                    SELECT 1 FROM contracts_document d
                    WHERE d.content_id = split_part(place->>'path', '/', 3) AND d.published_on IS NOT NULL
                ) THEN place ELSE (place - 'quads') || '{"value": null, "passage": ""}' END ORDER BY number
            ) FROM jsonb_array_elements(given.evidence) WITH ORDINALITY AS listed (place, number)
        ) END FROM (SELECT %(expressions)s AS evidence) AS given
    )"""


def shown_evidence() -> models.Expression:
    """Return a flag's evidence, as confirmed if it changed since, without the words of unpublished documents."""
    return ShownEvidence(Cast(as_confirmed("evidence", F("evidence")), models.JSONField()))


class Severity(Word):
    @staticmethod
    @steady
    def expression(source: str) -> models.Expression:
        confirmed = Cast(KeyTextTransform("severity", "judged"), models.CharField())
        return as_confirmed("severity", F(source), confirmed)
