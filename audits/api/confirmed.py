"""The public content of a flag: as it was confirmed, until somebody reviews a later change."""

from typing import Any

from django.db import models
from django.db.models import Case, F, Subquery, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce

from audits.models import Review
from audits.models.flag_state import CHANGED_SINCE_CONFIRMED
from contracts.api.protocol.rows.columns import Digest, Word
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


def cited_digest() -> models.Expression:
    """
    Return the digest with which a flag on a process is cited: of the record that was read for its confirmation.

    Other flags, and decisions from before digests were stored, have that of the latest audit.
    """
    digest = Coalesce(confirmed_part(stored_digest("record")), F("last_audit__process_digest"))
    return Case(When(process__isnull=False, then=digest))


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
        last = F(source.replace(".", "__"))
        nothing = models.Value(None, output_field=models.BinaryField())
        read = Coalesce(as_confirmed(self.confirmed, nothing, stored_digest(self.confirmed)), last)
        return read if self.subject is None else Case(When(self.subject, then=read), default=last)


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
