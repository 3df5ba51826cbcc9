from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.admin.history import OneRowAdmin
from contracts.models import Claim, RetentionPolicy
from contracts.retention import count_held


@admin.register(RetentionPolicy)
class RetentionPolicyAdmin(OneRowAdmin):
    """How long data that could identify senders is kept. The list says how many submissions wait for a decision."""

    list_display = ["__str__", "origin_days", "refused_days", "contact_days"]

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET" and (held := count_held()):
            text = ngettext(
                "%(number)d submission is old enough and waits for a decision; who sent it is kept until then.",
                "%(number)d submissions are old enough and wait for a decision; who sent them is kept until then.",
                held,
            )
            link = f"{reverse('admin:contracts_claim_changelist')}?state={Claim.State.HELD}"
            message = format_html('{} <a href="{}">{}</a>', text % {"number": held}, link, _("Claims that wait"))
            messages.warning(request, message)
        return super().changelist_view(request, *args, **kwargs)
