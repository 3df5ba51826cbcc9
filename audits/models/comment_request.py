"""Requests for comment from the desk to those whom a flag is about, and their outcome."""

from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.models.flag import Flag
from audits.models.reply import Reply
from contracts.models.change import tells_new, writes_changes
from contracts.models.person import person_field
from contracts.postgres.triggers import append_only, only_emptied

_TOLD = "'comment_request'"


class CommentRequestQuerySet(models.QuerySet["CommentRequest"]):
    def with_outcome(self) -> "CommentRequestQuerySet":
        """
        Add the outcome of each request: ``latest`` is the kind of its latest entry, "" if there is none, ``outcome``
        the same if it is an outcome and else "", ``outcome_on`` its day.
        """
        entries = CommentRequestEntry.objects.filter(request=OuterRef("pk")).order_by("-pk")
        outcome = models.Case(
            models.When(latest__in=CommentRequestEntry.OUTCOMES, then="latest"),
            default=models.Value(""),
            output_field=models.TextField(),
        )
        return self.annotate(
            latest=Coalesce(Subquery(entries.values("kind")[:1]), models.Value("")),
            outcome=outcome,
            outcome_on=Subquery(entries.values("outcome_on")[:1]),
        )

    def standing(self) -> "CommentRequestQuerySet":
        """Return the requests that were not taken back, with their outcomes, in order."""
        taken_back = Q(latest=CommentRequestEntry.Kind.TAKEN_BACK)
        return self.with_outcome().filter(~taken_back).order_by("asked_on", "pk")

    def overdue(self) -> "CommentRequestQuerySet":
        """Return the requests without an outcome by the day that they name."""
        return self.standing().filter(Q(outcome=""), answer_by__lt=timezone.localdate())


class CommentRequest(models.Model):
    """
    The desk asked an organization, or a person in some office, to comment on a flag.

    ``party`` is published as it is written. ``reference`` is the number that a letter or an access-to-information
    request has there, and is for the desk, as is who asked. Never changed: outcomes are appended as entries. If the
    texts name somebody who must not be named, they are emptied.
    """

    class How(models.TextChoices):
        LETTER = "letter", _("letter")
        EMAIL = "email", _("e-mail")
        ACCESS_REQUEST = "access_request", _("access-to-information request")
        TELEPHONE = "telephone", _("telephone")
        IN_PERSON = "in_person", _("in person")
        OTHER = "other", _("other means")

    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, related_name="comment_requests", verbose_name=_("flag"))
    organization = models.ForeignKey(
        "contracts.Organization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organization"),
    )
    party = models.TextField(_("who was asked"))
    asked_on = models.DateField(_("asked on"))
    how = models.CharField(_("how"), max_length=20, choices=How)
    reference = models.TextField(_("file number"), blank=True)
    answer_by = models.DateField(_("answer asked for by"), null=True, blank=True)
    asked_by = person_field(_("asked by"))
    entered_at = models.DateTimeField(_("entered"), db_default=models.functions.Now())

    objects = CommentRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for comment")
        verbose_name_plural = _("requests for comment")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_by=None) | Q(answer_by__gte=models.F("asked_on")),
                name="comment_request_time_to_answer",
            ),
        ]
        permissions = [("erase_commentrequest", "Can erase requests for comment")]
        triggers = [
            *only_emptied(
                *("party", "reference"), keys=("organization",), refusal="requests for comment are never removed"
            ),
            tells_new(_TOLD, flag_id="added.flag_id"),
            writes_changes("tells_emptied", _TOLD, condition="OLD.party <> NEW.party", flag_id="NEW.flag_id"),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.asked_on}"

    @property
    def is_overdue(self) -> bool:
        """Whether it has no outcome by the day that it names; only if read ``with_outcome``."""
        given: Any = self
        return not given.outcome and self.answer_by is not None and self.answer_by < timezone.localdate()


class CommentRequestEntry(models.Model):
    """
    The outcome of a request for comment, or the correction of a mistaken entry. Never changed: the latest one counts.
    An outcome has its day, and an answer may be a published reply. Taking back an outcome, or the whole request, needs
    a reason.
    """

    class Kind(models.TextChoices):
        ANSWERED = "answered", pgettext_lazy("request for comment", "answered")
        REFUSED = "refused", _("refused to comment")
        NO_ANSWER = "no_answer", _("no answer")
        REOPENED = "reopened", _("outcome taken back")
        TAKEN_BACK = "taken_back", _("request taken back")

    OUTCOMES = (Kind.ANSWERED, Kind.REFUSED, Kind.NO_ANSWER)

    request = models.ForeignKey(
        CommentRequest, on_delete=models.PROTECT, related_name="entries", verbose_name=_("request for comment")
    )
    kind = models.CharField(_("what came of it"), max_length=20, choices=Kind)
    outcome_on = models.DateField(_("day of it"), null=True, blank=True)
    reply = models.ForeignKey(
        Reply, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published reply")
    )
    reason = models.TextField(_("reason"), blank=True)
    by = person_field(_("by"))
    at = models.DateTimeField(_("time"), db_default=models.functions.Now())

    class Meta:
        verbose_name = _("entry on a request for comment")
        verbose_name_plural = _("entries on requests for comment")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["answered", "refused", "no_answer"], outcome_on__isnull=False, reason="")
                | (Q(kind__in=["reopened", "taken_back"], outcome_on=None) & ~Q(reason="")),
                name="comment_request_entry_complete",
            ),
            models.CheckConstraint(
                condition=Q(reply=None) | Q(kind="answered"), name="comment_request_entry_reply_answers"
            ),
        ]
        triggers = [
            *append_only("entries on requests for comment are never removed"),
            tells_new(_TOLD, flag_id="(SELECT flag_id FROM audits_commentrequest WHERE id = added.request_id)"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
