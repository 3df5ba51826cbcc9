import hashlib
import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.judging.rule.vocabulary import Rule, Severity
from audits.models.flag_queryset import FlagQuerySet
from audits.models.flag_state import AWAITING_REVIEW, FlagState
from audits.models.four_eyes import confirmed_by_decision, taken_back_by_decision
from audits.models.priority import takes_place_in_queue
from audits.models.subject import one_subject, subject_organization, subject_process
from audits.rules import RULES
from contracts.models.change import tells_new, writes_changes
from contracts.models.person import person_field
from contracts.models.process import order_indexes
from contracts.models.provenance import Verification
from contracts.postgres.search import Place, Searched, as_texts, window
from contracts.postgres.triggers import moment_of
from contracts.translating import variety_in_force

# High first: severities sort by what they mean, not by their letters.
SEVERITY_RANK = models.Case(
    *(models.When(severity=severity.value, then=models.Value(rank)) for rank, severity in enumerate(Severity)),
    output_field=models.SmallIntegerField(),
)
# The order of the queue; the key makes it total. See audits.models.priority.
QUEUE_ORDER = ("-priority", "pk")
NEWEST_FIRST = ("-raised_at", "-pk")
# What a change of a flag is, for `contracts.models.Change`.
_CHANGED = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in ("state", "decision", "judged_digest", "severity")
)
_CHANGE = (
    "CASE WHEN NEW.state = 'withdrawn' THEN 'flag_withdrawn'"
    " WHEN NEW.state NOT IN ('new', 'changed') THEN 'flag_decided' ELSE 'flag_changed' END"
)
# SQL of flags on held records: when one changes tells when its sender added something.
_OF_HELD = (
    "EXISTS (SELECT FROM contracts_contractingprocess p"
    f" WHERE p.id = NEW.process_id AND p.verification = '{Verification.UNVERIFIED.value}')"
)


def passages(evidence: Any) -> models.Func:
    """Return the passages of evidence as one text; no phrase goes over their edges."""
    return models.Func(evidence, function="evidence_text", output_field=models.TextField())


def place_of_passages(evidence: Any) -> Place:
    """Return where the passages of evidence are searched, in the language of the flag's country."""
    words = models.Func(evidence, models.F("country"), function="evidence_words", output_field=SearchVectorField())
    return Place(words, as_texts(passages(evidence)))


class Flag(models.Model):
    """
    One question that stands: a rule asks it of a contracting process or of an organization, with evidence.

    The fingerprint (ocid or key of the organization, rule, OCDS ids cited) is its identity over re-audits: decisions
    stay with it until what they judged (``judged_digest``) changes. ``country`` is that of its subject.
    """

    State: TypeAlias = FlagState

    class Cause(models.TextChoices):
        """What differs from the audit that raised a flag last."""

        RECORD = "record", _("the record changed")
        CLAIM = "claim", _("the claim was decided")
        FIGURES = "figures", _("figures of other processes changed")
        MERGED = "merged", _("the organization was merged into another one, and the question is now about that one")
        REFERENCE = "reference", _("a list or the lexicon changed")
        PARAMETER = "parameter", _("a parameter of the rule changed")
        RULE_VERSION = "rule_version", _("the rule has a new version")
        RULE_OFF = "rule_off", _("the rule is switched off or removed")
        FAILURE = "failure", _("the rule could not answer")

    class SeverityChoice(models.TextChoices):
        HIGH = "high", _("high")
        MEDIUM = "medium", _("medium")
        LOW = "low", _("low")
        CONTEXT = "context", _("context")

    # Without indexes: the unique constraints are.
    process = subject_process(related_name="flags", db_index=False)
    organization = subject_organization(related_name="flags", db_index=False)
    # As the subject has it: lists filter by it without a join.
    country = models.CharField(_("country"), max_length=2, blank=True, default="", db_default="")
    rule = models.CharField(_("rule"), max_length=10)
    fingerprint = models.BinaryField(_("fingerprint"), max_length=32)
    severity = models.CharField(_("severity"), max_length=10, choices=SeverityChoice)
    sentence = models.TextField(_("sentence template"))
    values = models.JSONField(_("values of the sentence"), default=dict)
    evidence = models.JSONField(_("evidence"), default=list)
    rule_version = models.PositiveIntegerField(_("version of the rule"))
    parameters = models.JSONField(_("parameters in force"), default=dict)
    judged_digest = models.BinaryField(_("digest of what is judged"), max_length=32)
    # The same for flags that ask the same in the same words of the same buyer; null without one. The database sets it.
    cause = models.UUIDField(_("cause"), null=True, editable=False)
    first_audit = models.ForeignKey("audits.Audit", on_delete=models.PROTECT, related_name="+")
    last_audit = models.ForeignKey("audits.Audit", on_delete=models.PROTECT, related_name="flags")
    raised_at = models.DateTimeField(_("raised"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_because = models.CharField(
        _("withdrawn because"), max_length=20, choices=Cause, blank=True, default="", db_default=""
    )
    # What changed or withdrew it; until a person decides on it as it stands, or it says again what was decided on.
    changed_because = models.CharField(
        _("changed because"), max_length=20, choices=Cause, blank=True, default="", db_default=""
    )
    # A person raised what its rule withheld: it stands until its record changes.
    is_raised_by_hand = models.BooleanField(_("raised by hand"), default=False, db_default=False)
    # The last decision, copied from the reviews for lists; empty before the first one. It stays ``confirmed`` while
    # only one person has confirmed a later change. This column alone determines what is public.
    decision = models.CharField(_("decision"), max_length=20, blank=True, default="", db_default="")
    # When it ceased to be confirmed; null while it is, or if it never was. The database sets it.
    taken_back_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    # Derived by audits.triage.derive_state; kept as a column for lists.
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.NEW)

    # What it weighs in the queue: factors, and the logarithm of their product with its day. The database sets both.
    weights = models.JSONField(_("weights"), default=dict, db_default=models.Value({}, models.JSONField()))
    priority = models.FloatField(_("priority"), default=0, db_default=0)
    # Those of its process whose award, contract or name it cites, else all, as the record named them at the time.
    suppliers = ArrayField(models.BigIntegerField(), verbose_name=_("suppliers"), default=list, db_default=[])
    # The person who should decide on it, see audits.desk. Not indexed, because the index of the queue covers it.
    assignee = person_field(_("assigned to"), on_delete=models.SET_NULL, optional=True, db_index=False)

    searched = Searched("evidence_words", ("evidence", "country"), texts=(passages(models.F("evidence")),))
    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["process", "fingerprint"], name="flag_process_fingerprint_unique"),
            models.UniqueConstraint(
                fields=["organization", "fingerprint"],
                condition=models.Q(organization__isnull=False),
                name="flag_organization_fingerprint_unique",
            ),
            models.CheckConstraint(condition=one_subject(), name="flag_has_one_subject"),
        ]
        indexes = [
            # the queue, and its filters
            models.Index(fields=["state", "id"], name="flag_state"),
            # what the public sees
            models.Index(fields=["id"], condition=models.Q(decision="confirmed"), name="flag_confirmed"),
            # what was decided, in whatever state it is
            models.Index(fields=["decision", "state", "id"], condition=~models.Q(decision=""), name="flag_decided"),
            models.Index(fields=["rule", "state", "id"], name="flag_rule"),
            models.Index(fields=["severity", "state", "id"], name="flag_severity"),
            models.Index(fields=["country", "state", "id"], name="flag_country"),
            # the orders and ranges of the list
            *order_indexes("flag_raised_at", "raised_at"),
            *order_indexes("flag_changed_at", "changed_at"),
            # the queue in its order: what awaits review, and any other single state
            models.Index(fields=["-priority", "id"], condition=AWAITING_REVIEW, name="flag_priority_awaiting"),
            models.Index(fields=["-raised_at", "-id"], condition=AWAITING_REVIEW, name="flag_newest_awaiting"),
            models.Index(fields=["state", "-priority", "id"], name="flag_priority"),
            # all flags in that order
            models.Index(fields=["-priority", "id"], name="flag_priority_all"),
            # what was asked for and came
            models.Index(
                fields=["id"],
                condition=models.Q(state="changed", decision="needs_information"),
                name="flag_informed",
            ),
            # whose it is
            models.Index(
                fields=["assignee", "state", "id"], condition=models.Q(assignee__isnull=False), name="flag_assignee"
            ),
            # decisions on identical questions
            models.Index(fields=["cause"], condition=~models.Q(decision=""), name="flag_cause_decided"),
            # identical questions in the queue
            models.Index(fields=["cause", "raised_at", "id"], condition=AWAITING_REVIEW, name="flag_cause_awaiting"),
            # those that show another evidence than they hold
            models.Index(
                fields=["id"],
                condition=models.Q(decision="confirmed") & ~models.Q(changed_because=""),
                name="flag_changed_confirmed",
            ),
            # corrections, the latest first
            models.Index(
                fields=["-taken_back_at"], condition=models.Q(taken_back_at__isnull=False), name="flag_taken_back"
            ),
            models.Index(
                fields=["-changed_at"],
                condition=models.Q(decision="confirmed") & ~models.Q(changed_because=""),
                name="flag_lately_changed",
            ),
            # what is searched for in its passages
            GinIndex(
                models.Func(
                    models.F("evidence"),
                    models.F("country"),
                    function="evidence_words",
                    output_field=SearchVectorField(),
                ),
                window(),
                name="flag_words_newest",
            ),
        ]
        triggers = [
            confirmed_by_decision(),
            taken_back_by_decision(),
            takes_place_in_queue(),
            tells_new("'flag_raised'", flag_id="added.id", at="added.raised_at"),
            writes_changes("tells_changed", _CHANGE, condition=_CHANGED, flag_id="NEW.id", at=moment_of(_OF_HELD)),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}"

    @property
    def subject(self) -> str:
        """What it is about: the ocid of a process, or an organization."""
        return self.process.ocid if self.process else str(self.organization)

    @property
    def same_subject(self) -> models.Q:
        """The condition that a row, of a table with these two columns, is about the same."""
        return models.Q(process=self.process_id) if self.process_id else models.Q(organization=self.organization_id)

    @property
    def awaits_decision(self) -> bool:
        """Whether there is something to decide: it stands, or was confirmed before it was withdrawn."""
        return self.withdrawn_at is None or self.decision == Flag.State.CONFIRMED

    @property
    def notice(self) -> str:
        """What a reader of a confirmed flag must know until a person looks again, in the reader's language."""
        if self.decision != Flag.State.CONFIRMED or not self.changed_because:
            return ""
        return notice_text(self.state) % {"cause": Flag.Cause(self.changed_because).label}

    @property
    def definition(self) -> Rule | None:
        """The rule as it is now, or ``None`` if it was removed."""
        return RULES.get(self.rule)

    def as_judged(self) -> dict[str, Any]:
        """Return what a person sees of it and judges, as JSON types, for the record of a decision."""
        return {
            "sentence": self.sentence,
            "values": self.values,
            "text": {language: self.render(language) for language in ("en", "es", "pt")},
            "evidence": self.evidence,
            "severity": self.severity,
            "rule_version": self.rule_version,
            "parameters": self.parameters,
            "suppliers": self.suppliers,
            "changed_because": self.changed_because,
        }

    @property
    def shown_digest(self) -> str:
        """
        The SHA-256, in hex, of what a person sees of it and judges: a decision counts for nothing else.

        ``judged_digest`` alone would not do: it stays while figures move within what a rule takes for the same, and
        while the record beside it says something else than before in what the flag does not cite.
        """
        record = bytes(self.process.digest).hex() if self.process else ""
        shown = json.dumps([bytes(self.judged_digest).hex(), record, self.as_judged()], sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()

    def render(self, language: str | None = None) -> str:
        """Return the sentence in a language (``en``, ``es``, ``pt``, ``pt-pt``), by default the reader's."""
        return sentence_of(self.rule, self.sentence, self.values, language or variety_in_force())


def sentence_of(code: str, sentence: str, values: Mapping[str, Any], language: str) -> str:
    """Return a sentence of a rule in a language; its name, if the rule or the sentence no longer exists."""
    rule = RULES.get(code)
    if rule is None or sentence not in rule.text("en").sentences:
        return sentence
    return rule.render(sentence, values, language)


def notice_text(state: str) -> str:
    """Return the notice on a confirmed flag that changed, by its state, with a placeholder for the cause."""
    if state == Flag.State.FIRST_CONFIRMATION:
        return gettext("Changed since it was confirmed: %(cause)s. One person has looked again, a second has not yet.")
    if state == Flag.State.WITHDRAWN:
        return gettext("No longer raised since it was confirmed: %(cause)s. Nobody has looked again yet.")
    return gettext("Changed since it was confirmed: %(cause)s. Nobody has looked again yet.")


# The enum of pure code and the choices of the model say the same.
assert {severity.value for severity in Severity} == set(Flag.SeverityChoice.values)  # noqa: S101
