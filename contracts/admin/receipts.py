from typing import Any

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from contracts.admin.bases import ListAdmin
from contracts.admin.columns import column
from contracts.admin.history import OneRowAdmin
from contracts.models import IntakePolicy, Receipt, ReceiptQuestion, Submission
from contracts.pages.display import admin_link
from contracts.postgres.once import create_once


class QuestionInline(admin.TabularInline):
    """Questions are asked, and never changed: their sender may have read them."""

    model = ReceiptQuestion
    extra = 1
    fields = ["text", "asked_by", "asked_on", "answer", "answered_on"]
    readonly_fields = ["asked_by", "asked_on", "answer", "answered_on"]
    can_delete = False
    # A table has no labels, and its columns are many.
    formfield_overrides = {
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 30, "aria-label": _("question")})}
    }

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(Receipt)
class ReceiptAdmin(ListAdmin):
    """Receipts of the form. Nobody knows the sender; questions reach the holder of the receipt."""

    list_display = ["__str__", "made_on", "withdrawn_on", "sent"]
    list_filter = [("withdrawn_on", admin.EmptyFieldListFilter)]
    fields = ["made_on", "withdrawn_on", "sent"]
    readonly_fields = ["made_on", "withdrawn_on", "sent"]
    inlines = [QuestionInline]
    sent = column(
        _("submissions"),
        lambda receipt: format_html_join(
            " ", "{}", ((admin_link(Submission, row.pk, row.get_kind_display()),) for row in receipt.submissions.all())
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  -- Django's signature
        return False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        still_open = ReceiptQuestion.objects.filter(answered_on=None)
        for question in formset.save(commit=False):
            told = {"receipt": question.receipt, "text": question.text, "asked_by": request.user}
            with transaction.atomic():
                create_once(still_open, **told, asked_on=timezone.now().date())


@admin.register(IntakePolicy)
class IntakePolicyAdmin(OneRowAdmin):
    """Whether people without an account may send by the form, and whether it offers proofs."""

    list_display = ["__str__", "anonymous", "offers_proof"]
