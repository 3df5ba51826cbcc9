"""What a flag says to the public: the confirmed text as long as nobody has reviewed a later change."""

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
    Return a part of what a flag says: as it was confirmed where it has changed since, else as it is.

    :param stored: reads the part from ``judged`` of a decision, where it is no JSON
    """
    judged = _confirmation(stored or KeyTransform(part, "judged"))
    kind = stored.output_field if stored else None
    return Case(When(CHANGED_SINCE_CONFIRMED, then=judged), default=present, output_field=kind)


def cited_version() -> models.Expression:
    """
    Return the version of its rule by which a flag is cited: the one that it was confirmed by.

    Audits by later versions raise the same question again: what people confirmed, and others cite, stays what it was.
    """
    return Coalesce(confirmed_part(CONFIRMED_VERSION), F("rule_version"))


def cited_digest() -> models.Expression:
    """
    Return the digest by which a flag on a process is cited: of the record that was read when it was confirmed.

    For other flags, and for decisions from before digests were kept, it is that of the latest audit.
    """
    digest = Coalesce(confirmed_part(stored_digest("record")), F("last_audit__process_digest"))
    return Case(When(process__isnull=False, then=digest))


def cited_moment() -> models.Expression:
    """Return when a cited flag was confirmed; for others, when it changed last."""
    return Coalesce(confirmed_part(F("reviewed_at")), F("changed_at"))


def confirmed_part(part: models.Expression | F) -> models.Expression:
    """Return a part of the decision by which a flag is confirmed; null of one that is not."""
    return Case(When(decision=Review.Decision.CONFIRMED, then=_confirmation(part)))


def _confirmation(part: models.Expression | F) -> Subquery:
    return Subquery(Review.objects.confirming().values(part=part)[:1])


def stored_digest(name: str) -> models.Expression:
    """Return a digest that a decision rests on, ``record`` or ``rule_set``; null from before these were kept."""
    return models.Func(
        KeyTextTransform(name, KeyTransform(Review.RESTS_ON, "judged")),
        models.Value("hex"),
        function="decode",
        output_field=models.BinaryField(),
    )


CONFIRMED_VERSION = Cast(KeyTextTransform("rule_version", "judged"), models.PositiveIntegerField())


class ReadDigest(Digest):
    """
    A digest of what a flag rests on: as it was confirmed where it has changed since, as its other members are.

    :param confirmed: its name in decisions
    :param subject: the flags that have these
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
    Return evidence as those who are not at the desk may read it: without the words of documents that nobody published.

    Where they stand stays: the SHA-256 of the document and the page. Confirming a flag publishes no document. How wide
    words are on the picture of a page helps to guess them, so that quads go with the words.
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
    """Return the evidence of a flag as it was confirmed if it changed since, without words that nobody published."""
    return ShownEvidence(Cast(as_confirmed("evidence", F("evidence")), models.JSONField()))


class Severity(Word):
    @staticmethod
    @steady
    def expression(source: str) -> models.Expression:
        confirmed = Cast(KeyTextTransform("severity", "judged"), models.CharField())
        return as_confirmed("severity", F(source), confirmed)
