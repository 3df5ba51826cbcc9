"""What a flag says: as it was confirmed while it says something else and nobody has looked again, else as it is."""

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from rest_framework import serializers

from audits.models import Flag, Review

# What was confirmed stays what the answer shows while the flag says something else and nobody has looked again.
CHANGED_SINCE_CONFIRMED = Q(decision=Flag.State.CONFIRMED) & ~Q(changed_because="")


def as_confirmed(
    part: str, present: models.Expression | F, stored: models.Expression | None = None
) -> models.Expression:
    """
    Return a part of what a flag says: as it was confirmed where it has changed since, else as it is.

    :param stored: reads the part from ``judged`` of a decision, where it is no JSON
    """
    confirmed = Review.objects.filter(flag=OuterRef("pk"), decision=Review.Decision.CONFIRMED).order_by("-pk")
    judged = Subquery(confirmed.values(part=stored or KeyTransform(part, "judged"))[:1])
    kind = stored.output_field if stored else None
    return Case(When(CHANGED_SINCE_CONFIRMED, then=judged), default=present, output_field=kind)


class Severity(serializers.CharField):
    @staticmethod
    def expression(source: str) -> models.Expression:
        confirmed = Cast(KeyTextTransform("severity", "judged"), models.CharField())
        return as_confirmed("severity", F(source), confirmed)
