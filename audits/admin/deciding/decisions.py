"""A decision made on a page. It is valid only for what the page showed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.models import Flag, Review
from audits.models.known_answer import ANSWERS
from audits.reference.reason_codes import reason_codes, reasons_for
from audits.triage import require_question, review_flag

STALE = "stale"


class NumberedChoices(forms.RadioSelect):
    """Kinds of reasons, each with its decision; the first nine are chosen by the numbers on their labels."""

    def create_option(
        self,
        name: str,
        value: Any,
        label: Any,
        selected: bool,  # noqa: FBT001  -- Django's signature
        index: int,
        subindex: int | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        if index < 9:
            option["attrs"]["data-key"] = index + 1
            option["label"] = format_html("{} <kbd>{}</kbd>", label, index + 1)
        if reason := reason_codes().get(str(value)):
            option["attrs"]["data-decision"] = str(reason.decision)
        return option


class ReasonedForm(forms.Form):
    """A form with a field ``reason_code``, and maybe ``decision``. ``kinds`` are the codes for flags of some rules."""

    def __init__(self, *arguments: Any, rules: Iterable[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field: Any = self.fields["reason_code"]
        self.kinds = reasons_for(rules)
        field.choices = [(entry.code, entry.label) for entry in self.kinds]

    def clean(self) -> dict[str, Any]:
        """Refuse a reason code that belongs to another decision: the record would contradict itself."""
        given: dict[str, Any] = super().clean() or {}
        reason, decision = reason_codes().get(given.get("reason_code", "")), given.get("decision")
        if reason and decision and reason.decision != decision:
            label = Review.Decision(reason.decision).label
            self.add_error(
                "reason_code",
                _("“%(reason)s” is a reason for another decision: %(decision)s.")
                % {"reason": reason.label, "decision": label},
            )
        return given


class DecisionForm(ReasonedForm):
    """The buttons of a flag page. Hidden fields carry what the page showed: the digest, and the latest decision."""

    decision = forms.ChoiceField(choices=ANSWERS)
    reason_code = forms.ChoiceField(label=gettext_lazy("Kind of reason"), required=False, widget=NumberedChoices)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4, "aria-describedby": "reason-help"}),
    )
    shown_digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    last_review = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def showing(cls, flag: Flag, *, last_review: Review | None, reason: str = "", code: str = "") -> "DecisionForm":
        return cls(
            rules=[flag.rule],
            initial={
                "shown_digest": flag.shown_digest,
                "last_review": last_review.pk if last_review else None,
                "reason": reason,
                "reason_code": code,
            },
        )


def decide(
    *,
    flag: Flag,
    reviewer: Any,
    decision: Review.Decision,
    reason: str,
    shown_digest: str,
    last_review: int | None,
    reason_code: str = "",
    batch: UUID | None = None,
) -> Review:
    """
    Append a decision on a flag as the reviewer saw it; a form that is sent twice decides once.

    :param shown_digest: the digest of the flag and its record as the page showed them
    :param last_review: the key of the latest decision that the page showed
    :raises ValidationError: with code ``stale`` if the flag or its record changed, or it was decided meanwhile;
        otherwise as ``review_flag``
    """
    with transaction.atomic():
        # The lock keeps out audits and other reviewers until the decision is stored.
        locked = Flag.objects.select_for_update(of=("self",)).select_related("process")
        current = locked.defer("process__compiled_release", "process__corrections").get(pk=flag.pk)
        given: dict[str, Any] = {"decision": decision, "reason": reason, "reason_code": reason_code}
        if done := sent_before(flag=current, reviewer=reviewer, last_review=last_review, **given):
            return done
        require_question(current)
        if current.shown_digest != shown_digest:
            raise ValidationError(
                _("Not saved: the record, or what this flag says of it, has changed since the page was shown."), STALE
            )
        latest = current.reviews.select_related("reviewer").last()
        if (latest.pk if latest else None) != last_review:
            raise ValidationError(
                _("Not saved: %(name)s decided on this flag since the page was shown."),
                STALE,
                {"name": latest.reviewer.get_username() if latest else "?"},
            )
        return review_flag(flag=current, reviewer=reviewer, batch=batch, **given)


def sent_before(
    *, flag: Flag, reviewer: Any, decision: str, reason: str, last_review: int | None, reason_code: str = ""
) -> Review | None:
    """
    Return the decision that the same form made before (by a second click); ``None`` if there is none.

    It must be the only one since the page was shown, by the same person, with the same text.
    """
    since = list(flag.reviews.filter(pk__gt=last_review or 0).order_by("pk")[:2])
    if len(since) != 1 or since[0].is_undoing:
        return None
    (review,) = since
    same_words = (review.reason, review.reason_code or "") == (reason.strip(), reason_code)
    confirms = {Review.Decision.CONFIRMED, Review.Decision.FIRST_CONFIRMATION}
    is_same = review.decision == decision or {review.decision, decision} <= confirms
    return review if review.reviewer_id == reviewer.pk and same_words and is_same else None
