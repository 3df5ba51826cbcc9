"""Rights to speak for a publisher, claims of others, and decisions on them."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models.decision import Decision, latest_decision_field
from contracts.models.person import person_field
from contracts.models.receipt import Receipt
from contracts.postgres.chain import Chain

CHAIN = Chain(
    "contracts_claimdecision",
    dated="decided_at",
    content=(
        "claim_id::text",
        "kind",
        "to_jsonb(members)::text",
        "to_jsonb(releases)::text",
        "CASE told WHEN '' THEN reason ELSE to_jsonb(ARRAY[reason, told])::text END",
        "decided_by_id::text",
        "extract(epoch FROM decided_at)::text",
    ),
    # Decisions without a person: the sender took it back, and the minute could identify them.
    by_day="NEW.decided_by_id IS NULL AND NEW.kind = 'rejected'",
)

# One or two sentences, on the screen of a telephone.
MAX_TOLD = 300


class PublisherGrantQuerySet(models.QuerySet["PublisherGrant"]):
    def in_force(self) -> "PublisherGrantQuerySet":
        return self.filter(ended_at=None)


class PublisherGrant(models.Model):
    """
    A right granted to an account by a lead: to speak for a publisher or, without one, to be trusted. New contracts of
    a trusted account are accepted at once. A grant is ended, never changed or deleted.
    """

    user = person_field(_("user"), related_name="publisher_grants")
    publisher = models.ForeignKey(
        "contracts.Publisher",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("publisher"),
        help_text=_("If left empty, new contracts of this account are accepted at once."),
    )
    granted_at = models.DateTimeField(_("granted"), default=timezone.now)
    granted_by = person_field(_("granted by"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = person_field(_("ended by"), null=True)

    objects = PublisherGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("right to speak for a publisher")
        verbose_name_plural = _("rights to speak for publishers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "publisher"], condition=models.Q(ended_at=None), name="publisher_grant_once"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(ended_at=None, publisher=None), name="publisher_grant_trusted_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None) | models.Q(ended_at__isnull=False),
                name="publisher_grant_ended",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="unchanged", exclude=["ended_at", "ended_by"]),
            pgtrigger.Protect(
                name="ended_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.publisher or '*'}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def held(self) -> "ClaimQuerySet":
        """Claims that nobody has decided on."""
        return self.filter(decision=None)

    def accepted(self) -> "ClaimQuerySet":
        """Claims that are part of the public record, as a whole or in part."""
        kinds = [ClaimDecision.Kind.ACCEPTED, ClaimDecision.Kind.ACCEPTED_IN_PART]
        return self.filter(decision__kind__in=kinds)

    def maybe_published(self) -> "ClaimQuerySet":
        """Accepted claims for which a person has to decide whether their publisher has published the same since."""
        return self.filter(published_as__isnull=False)

    def answered(self) -> "ClaimQuerySet":
        """Waiting claims whose sender has answered a question of the desk."""
        sent = Receipt.submissions.through.objects.filter(receipt__questions__answered_on__isnull=False)
        told = sent.values("submission")
        repeated = Claim.repeated_by.through.objects.filter(submission__in=told).values("claim")
        return self.held().filter(models.Q(submission__in=told) | models.Q(pk__in=repeated))


class Claim(models.Model):
    """
    The content of a submission about an ocid whose publisher its sender does not speak for. Its releases are part of
    the public record only as far as the latest decision accepts them.
    """

    class State(models.TextChoices):
        HELD = "held", _("held")
        ACCEPTED = "accepted", _("accepted")
        ACCEPTED_IN_PART = "accepted_in_part", _("accepted in part")
        REJECTED = "rejected", _("rejected")

    # Random, because it is part of the name of a row, which nobody may be able to predict and send as an ocid.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(
        "contracts.Submission", on_delete=models.PROTECT, related_name="claims", verbose_name=_("submission")
    )
    ocid = models.TextField(_("ocid"))
    made_at = models.DateTimeField(_("received"), default=timezone.now)
    # Submissions with the same releases: the claim waits only once, and their senders learn the decision.
    repeated_by = models.ManyToManyField(
        "contracts.Submission", related_name="repeats", editable=False, verbose_name=_("repeated by")
    )
    decision = latest_decision_field("contracts.ClaimDecision")
    # The record of its publisher that may be the same contract, until a person decides; and those already decided on,
    # by primary key.
    published_as = models.ForeignKey(
        "contracts.ContractingProcess", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    compared_with = ArrayField(models.BigIntegerField(), default=list, db_default=[], editable=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-made_at"]
        constraints = [models.UniqueConstraint(fields=["submission", "ocid"], name="claim_submission_ocid_unique")]
        indexes = [
            models.Index(fields=["ocid"], name="claim_ocid"),
            # the queue of the desk
            models.Index(fields=["-made_at"], condition=models.Q(decision=None), name="claim_held"),
        ]

    def __str__(self) -> str:
        return self.ocid

    @property
    def state(self) -> "Claim.State":
        return Claim.State(self.decision.kind) if self.decision else Claim.State.HELD


class ClaimDecision(Decision):
    """
    A decision on a claim.

    Accepted in part means: of the releases in ``releases`` (all, if empty) the paths in ``members`` (all, if empty),
    see ``contracts.ocds.merging.paths``. Without ``decided_by``, no person decided; the reason says why.
    """

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("accept")
        ACCEPTED_IN_PART = "accepted_in_part", _("accept in part")
        REJECTED = "rejected", _("reject")

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("claim"))
    kind = models.CharField(_("decision"), max_length=20, choices=Kind)
    members = ArrayField(models.TextField(), verbose_name=_("members"), default=list, blank=True)
    releases = ArrayField(models.BigIntegerField(), verbose_name=_("releases"), default=list, blank=True)
    # The reason is internal to the desk; this is shown to the sender of the claim.
    told = models.CharField(_("what its sender is told"), max_length=MAX_TOLD, blank=True, default="", db_default="")
    decided_by = person_field(_("decided by"), optional=True, related_name="claim_decisions")
    # The newest attachment when the page was shown: the person who decided did not see later ones.
    last_attachment = models.BigIntegerField(editable=False, db_default=0)

    class Meta:
        verbose_name = _("decision on a claim")
        verbose_name_plural = _("decisions on claims")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="claim_decision_has_reason"),
            models.CheckConstraint(
                condition=models.Q(kind="accepted_in_part") ^ models.Q(members=[], releases=[]),
                name="claim_decision_parts",
            ),
        ]
        triggers = CHAIN.triggers("decisions on claims are never removed")
