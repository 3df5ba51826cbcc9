from collections.abc import Mapping

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.models.subject import one_subject, subject_organization, subject_process

# A record that kills its worker is tried this often, then shown as failed.
MAX_ATTEMPTS = 3


class AuditQuerySet(models.QuerySet["Audit"]):
    def under(self, rule_sets: Mapping[str, bytes]) -> "AuditQuerySet":
        """
        Return the complete audits of current records under the rule set of their country that are not due again.

        :param rule_sets: country → digest of its rule set; ``""`` stands for all other countries
        """
        named = [country for country in rule_sets if country]
        matching = models.Q(ruleset_digest=rule_sets[""]) & ~models.Q(process__country__in=named)
        for country in named:
            matching |= models.Q(process__country=country, ruleset_digest=rule_sets[country])
        return self.filter(
            matching, is_current=True, is_due=False, failed=[], process_digest=models.F("process__digest")
        )


class Audit(models.Model):
    """
    A rule set judged the dossier of one subject, completely: of a contracting process, or of an organization.

    It exists only when it is finished, so there is no half-done audit to get stuck. If figures change but flags do
    not, it gets another ``dossier_digest``; otherwise there is a new audit. ``outcomes`` holds the answer of every
    rule: ``{"T02": {"kind": "flagged"}, "R018": {"kind": "not_applicable", "reason": "method_is", "values": {"method":
    "direct"}}}``; with ``field`` where data are missing. Rows of versions before 0.2.0 hold the reason in English,
    without values. ``process_digest``, ``sectors`` with their evidence, and ``figures`` are those of a process; an
    organization has none. ``sector_evidence`` is empty in audits from before it was stored. ``figures`` holds the
    digest of each figure that was read, and that of the publisher's place: of two audits of one record under one rule
    set, only the rules that read a changed figure run again. ``peers_version`` is the version of the group of peers of
    its buyer when they were read: while it is the same, no purchase has changed them. Audits without a buyer, and from
    before it was stored, have none. ``settled`` describes purchases of the buyer from others that change none of the
    figures (``audits.judging.settled``); empty if any may.
    """

    # Without indexes: the unique constraints serve as such.
    process = subject_process(on_delete=models.CASCADE, related_name="audits", db_index=False)
    organization = subject_organization(on_delete=models.CASCADE, related_name="audits", db_index=False)
    process_digest = models.BinaryField(_("digest of the compiled release"), max_length=32, default=bytes)
    dossier_digest = models.BinaryField(_("digest of the dossier"), max_length=32)
    ruleset_digest = models.BinaryField(_("digest of the rule set"), max_length=32)
    outcomes = models.JSONField(_("outcomes"))
    # Codes of the rules that withhold findings.
    withheld = ArrayField(
        models.CharField(max_length=10), verbose_name=_("rules that withhold findings"), default=list, db_default=[]
    )
    sectors = models.JSONField(_("technology sectors"), default=list, blank=True)
    sector_evidence = models.JSONField(_("what the sectors rest on"), default=list, db_default=[], blank=True)
    figures = models.JSONField(_("digests of figures"), default=dict, db_default={}, blank=True)
    peers_version = models.BigIntegerField(_("version of the group of peers"), null=True, blank=True)
    settled = models.JSONField(_("purchases that leave figures settled"), default=dict, db_default={}, blank=True)
    is_current = models.BooleanField(_("current"), default=True)
    # Whether something it read beside the record has changed since: figures, cohorts, single releases.
    is_due = models.BooleanField(_("due again"), default=False, db_default=False)
    failed = ArrayField(
        models.CharField(max_length=10), verbose_name=_("rules that failed"), default=list, db_default=[]
    )
    audited_at = models.DateTimeField(_("audited"), default=timezone.now)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        ordering = ["-pk"]
        constraints = [
            # A second delivery of the same task writes nothing.
            models.UniqueConstraint(
                fields=["process", "dossier_digest", "ruleset_digest"], name="audit_process_dossier_ruleset_unique"
            ),
            models.UniqueConstraint(
                fields=["process"], condition=models.Q(is_current=True), name="audit_one_current_a_process"
            ),
            models.UniqueConstraint(
                fields=["organization", "dossier_digest", "ruleset_digest"],
                condition=models.Q(organization__isnull=False),
                name="audit_organization_unique",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(is_current=True, organization__isnull=False),
                name="audit_one_current_an_organization",
            ),
            models.CheckConstraint(condition=one_subject(), name="audit_has_one_subject"),
        ]
        indexes = [
            # the sweep's query: processes without a current audit of their present record
            models.Index(
                fields=["process"],
                include=["process_digest", "ruleset_digest", "is_due"],
                condition=models.Q(is_current=True),
                name="audit_current",
            ),
            # which findings does a rule withhold? Most records have none.
            GinIndex(
                fields=["withheld"],
                condition=models.Q(is_current=True) & ~models.Q(withheld=[]),
                name="audit_withheld",
            ),
            # which processes are of a technology sector? Most are of none and take no space here.
            GinIndex(
                fields=["sectors"],
                opclasses=["jsonb_path_ops"],
                condition=models.Q(is_current=True),
                name="audit_sectors",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process_id or self.organization_id} {self.audited_at:%Y-%m-%d}"


class AuditAttemptQuerySet(models.QuerySet["AuditAttempt"]):
    def failed(self) -> "AuditAttemptQuerySet":
        return self.exclude(failed_at=None)

    def running(self) -> "AuditAttemptQuerySet":
        return self.filter(failed_at=None, leased_until__gt=Now())


class AuditAttempt(models.Model):
    """
    An unfinished audit: the row is created before the risky work and removed with its result. If a worker dies, a row
    with an expired lease remains; after the third attempt, the process is not tried again until the record or the
    rules change (``key`` is the digest of both).
    """

    process = models.OneToOneField(
        "contracts.ContractingProcess", on_delete=models.CASCADE, related_name="audit_attempt", primary_key=True
    )
    key = models.BinaryField(_("digest of record and rule set"), max_length=32)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=1)
    leased_until = models.DateTimeField(_("leased until"))
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = AuditAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("unfinished audit")
        verbose_name_plural = _("unfinished audits")

    def __str__(self) -> str:
        return str(self.process_id)


class AuditWork(models.Model):
    """
    The number of audits on one day (UTC), by all workers. It cannot be counted from audits, because superseded ones
    are removed. Rows stay, two per day, so sums only grow.
    """

    class Subject(models.TextChoices):
        PROCESS = "process", _("process")
        ORGANIZATION = "organization", _("organization")

    day = models.DateField(_("day"))
    subject = models.CharField(_("subject"), max_length=20, choices=Subject)
    audited = models.BigIntegerField(_("audited"), help_text=_("Also if nothing was new."))
    failed = models.BigIntegerField(_("audited with a rule that failed"))
    seconds = models.FloatField(_("seconds"), help_text=_("Of reading, judging and writing, over all workers."))

    class Meta:
        verbose_name = _("audits of a day")
        verbose_name_plural = _("audits of a day")
        constraints = [models.UniqueConstraint(fields=["day", "subject"], name="audit_work_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.subject}: {self.audited}"
