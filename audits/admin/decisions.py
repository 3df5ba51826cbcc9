"""A decision made on a page: it counts only for what the page showed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.models import Flag, Review
from audits.reference.reason_codes import reasons_for
from audits.triage import review_flag

STALE = "stale"
# What a person chooses. Which confirmation it is, the first or the second, is worked out.
CHOICES: list[tuple[str, Any]] = [
    (decision.value, decision.label)
    for decision in (Review.Decision.CONFIRMED, Review.Decision.DISMISSED, Review.Decision.NEEDS_INFORMATION)
]


class DecisionForm(forms.Form):
    """The buttons of a flag page. What it showed goes along: the digest of what is judged, the latest decision."""

    decision = forms.ChoiceField(choices=CHOICES)
    reason_code = forms.ChoiceField(label=gettext_lazy("Kind of reason"), required=False, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6, "aria-describedby": "reason-help"}),
    )
    judged_digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    last_review = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, rules: Iterable[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        offer_reasons(self, rules)

    @classmethod
    def showing(cls, flag: Flag, *, last_review: Review | None, reason: str = "", code: str = "") -> "DecisionForm":
        return cls(
            rules=[flag.rule],
            initial={
                "judged_digest": bytes(flag.judged_digest).hex(),
                "last_review": last_review.pk if last_review else None,
                "reason": reason,
                "reason_code": code,
            },
        )


def offer_reasons(form: forms.Form, rules: Iterable[str]) -> None:
    """Let the field ``reason_code`` of a form offer the codes for flags of these rules."""
    field: Any = form.fields["reason_code"]
    field.choices = [(entry.code, entry.label) for entry in reasons_for(rules)]


def decide(
    *,
    flag: Flag,
    reviewer: Any,
    decision: Review.Decision,
    reason: str,
    judged_digest: bytes,
    last_review: int | None,
    reason_code: str = "",
    batch: UUID | None = None,
) -> Review:
    """
    Append a decision on a flag as the reviewer saw it.

    :param judged_digest: the digest of what the page showed
    :param last_review: the key of the latest decision that the page showed
    :raises ValidationError: with code ``stale`` if the flag changed or was decided meanwhile; else as ``review_flag``
    """
    with transaction.atomic():
        # The lock keeps audits and other reviewers away until the decision stands.
        current = Flag.objects.select_for_update().get(pk=flag.pk)
        if bytes(current.judged_digest) != judged_digest:
            raise ValidationError(
                _("Not saved: the record was audited again and this flag has changed since the page was shown."), STALE
            )
        latest = current.reviews.select_related("reviewer").last()
        if (latest.pk if latest else None) != last_review:
            raise ValidationError(
                _("Not saved: %(name)s decided on this flag since the page was shown."),
                STALE,
                {"name": latest.reviewer.get_username() if latest else "?"},
            )
        return review_flag(
            flag=current, reviewer=reviewer, decision=decision, reason=reason, reason_code=reason_code, batch=batch
        )
