from typing import Any

from django.db import models
from django.db.models import Case, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models.claim import ClaimDecision
from contracts.models.process import ContractingProcess
from contracts.models.provenance import OPERATOR, SUBMITTED, Verification


class ReleaseQuerySet(models.QuerySet["Release"]):
    def of_process(self, process: Any) -> "ReleaseQuerySet":
        """Return the releases that a row of processes is compiled from, in the order of arrival."""
        if process.claim_id:
            return self.filter(claim=process.claim_id).order_by("pk")
        return self.filter(ocid=process.ocid).in_public_records().order_by("pk")

    def in_public_records(self) -> "ReleaseQuerySet":
        """
        Return official releases and those of accepted claims; one accepted in part also has content that nobody
        accepted.
        """
        return self.filter(models.Q(claim=None) | models.Q(claim__decision__kind=ClaimDecision.Kind.ACCEPTED))

    def unaccepted(self) -> "ReleaseQuerySet":
        """Return releases of claims that nobody decided on, or that were rejected."""
        decided = models.Q(claim__decision=None) | models.Q(claim__decision__kind=ClaimDecision.Kind.REJECTED)
        return self.filter(decided, claim__isnull=False)


class Release(models.Model):
    """
    One OCDS release exactly as received. Never changed, except for its sender: see ``claim``.

    ``content`` is the release's own bytes (UTF-8), not jsonb: PostgreSQL's JSON types can't hold the NUL characters
    and repeated members that real records have. ``digest`` is the SHA-256 of the canonical JSON.
    """

    class Kind(models.TextChoices):
        RELEASE = "release", _("release")
        COMPILED = "compiled", _("compiled release of a record")

    ocid = models.TextField(_("ocid"))
    release_id = models.TextField(_("release id"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.RELEASE)
    digest = models.BinaryField(_("digest"), max_length=32)
    content = models.BinaryField(_("content"))
    submission = models.ForeignKey(
        "contracts.Submission", on_delete=models.PROTECT, related_name="releases", verbose_name=_("submission")
    )
    # None if the sender speaks for the publisher. If they send the bytes of a claim, the release becomes theirs.
    claim = models.ForeignKey(
        "contracts.Claim",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="releases",
        verbose_name=_("claim"),
    )
    pointer = models.TextField(_("JSON Pointer"), blank=True, help_text=_("Its place in the submission."))
    line = models.PositiveIntegerField(_("line"), default=1)
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["ocid", "pk"]
        constraints = [
            # Makes repeated loading harmless. The id alone is not enough: publishers change releases under their id.
            models.UniqueConstraint(fields=["ocid", "digest"], name="release_ocid_digest_unique"),
        ]

    def __str__(self) -> str:
        return self.release_id or self.ocid


def release_source() -> Case:
    """Return the source of a release; that of an official one is the source of the record of its ocid."""
    record = ContractingProcess.objects.filter(ocid=OuterRef("ocid"), claim=None).values("publisher__slug")
    return Case(
        When(claim__isnull=False, then=Value(SUBMITTED)),
        default=Coalesce(Subquery(record), Value(OPERATOR)),
        output_field=models.CharField(),
    )


def release_verification() -> Case:
    """Return how far a release was verified; one of a claim that was accepted in part is accepted."""
    return Case(
        When(claim=None, then=Value(Verification.OFFICIAL)),
        When(claim__decision=None, then=Value(Verification.UNVERIFIED)),
        When(claim__decision__kind=ClaimDecision.Kind.REJECTED, then=Value(Verification.RETIRED)),
        default=Value(Verification.ACCEPTED),
        output_field=models.CharField(),
    )
