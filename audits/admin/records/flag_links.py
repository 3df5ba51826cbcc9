"""Flags as a list on the pages of their subjects."""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.admin.records.audits import folded_outcomes
from audits.models import Audit, Flag
from audits.pages.labels import sentence
from contracts.admin.bases import ListAdmin
from contracts.pages.display import admin_url


def flag_links(flags: Iterable[Flag], *, new: Collection[int] = ()) -> SafeString | str:
    """Return flags as a list, marking those whose keys are in ``new``; ``""`` if there are none."""
    rows = format_html_join(
        "",
        '<li><span class="mark {}">{}</span> <span class="code">{}</span> <a href="{}">{}</a> '
        '<span class="quiet">{}</span>{}</li>',
        (
            (
                flag.severity,
                flag.get_severity_display(),
                flag.rule,
                admin_url(Flag, flag.pk),
                sentence(flag),
                flag.get_state_display(),
                format_html(" <strong>{}</strong>", _("not on the record")) if flag.pk in new else "",
            )
            for flag in flags
        ),
    )
    return format_html('<ul class="plain">{}</ul>', rows) if rows else ""


class ShowsFlags(ListAdmin):
    """Mixed into the pages of flags' subjects: lists the flags for people who may view them."""

    # The field of a flag that names its subject.
    subject = ""

    class Media:
        css = {"all": ["audits/flag.css"]}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = super().get_fields(request, obj)
        return [*shown, "flags", "outcomes"] if request.user.has_perm("audits.view_flag") else shown

    @admin.display(description=gettext_lazy("flags"))
    def flags(self, subject: Any) -> SafeString | str:
        raised = Flag.objects.filter(**{self.subject: subject}).out_of_shadow().order_by("withdrawn_at", "pk")
        return flag_links(raised.defer("evidence")) or "–"

    @admin.display(description=gettext_lazy("what the rules answered"))
    def outcomes(self, subject: Any) -> SafeString | str:
        """Show the outcome of each rule, to explain why there is no flag."""
        audit = Audit.objects.filter(**{self.subject: subject}, is_current=True).first()
        return folded_outcomes(audit) if audit else _("Not audited yet.")
