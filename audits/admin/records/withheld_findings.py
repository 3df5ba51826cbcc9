"""Withheld findings: a sample per rule, and the page on which a person raises one."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import to_builtins

from audits.engine.raising import (
    STALE,
    WithheldFinding,
    count_withheld,
    raise_withheld,
    read_withheld,
    sample_withheld,
)
from audits.judging.rule.vocabulary import stored_evidence
from audits.models import Flag
from audits.pages.labels import rule_title
from audits.pages.records.evidence import read_places
from audits.rules import RULES
from audits.wording import why_not
from contracts.admin.bases import ListAdmin
from contracts.models import ContractingProcess
from contracts.pages.display import admin_url, process_provenance
from contracts.pages.record import compiled_release
from contracts.translating import variety_in_force

SAMPLE = 25
# Maximum length of a sample's seed, which is part of an address.
_MAX_SEED = 32


class RaiseForm(forms.Form):
    """Why a finding is raised. ``record`` is the digest of the record that the page showed."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}))
    record = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class WithheldPages(ListAdmin):
    """The list of withheld findings, and the page of each."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("withheld/", view(self.withheld_view), name="audits_withheld"),
            path("withheld/<str:code>/<int:process_id>/", view(self.finding_view), name="audits_withheld_finding"),
            *super().get_urls(),
        ]

    def withheld_view(self, request: HttpRequest) -> HttpResponse:
        """Show how many findings each rule withholds, and a random sample for one rule."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        code = request.GET.get("rule", "")
        if code and code not in RULES:
            raise Http404
        seed = request.GET.get("sample", "")[:_MAX_SEED]
        sample = [
            (
                audit.process,
                process_provenance(audit.process),
                why_not(code, audit.outcomes[code]),
                reverse("admin:audits_withheld_finding", args=[code, audit.process_id]),
            )
            for audit in (sample_withheld(code, number=SAMPLE, seed=seed) if code else ())
        ]
        return self.answer(
            request,
            "admin/audits/audit/withheld.html",
            _("Withheld findings"),
            rules=[(rule, rule_title(rule), number) for rule, number in sorted(count_withheld().items())],
            code=code,
            rule_title=rule_title(code),
            sample=sample,
            limit=SAMPLE,
            another=uuid4().hex[:8],
        )

    def finding_view(self, request: HttpRequest, code: str, process_id: int) -> HttpResponse:
        """Show the withheld finding of a rule on a process, and raise it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        process = ContractingProcess.objects.defer("compiled_release", "corrections").filter(pk=process_id).first()
        if process is None or code not in RULES:
            raise Http404
        if request.method == "POST":
            return self._raise(request, code, process)
        return self._show_finding(request, code, process)

    def _raise(self, request: HttpRequest, code: str, process: ContractingProcess) -> HttpResponse:
        if not request.user.has_perm("audits.add_review"):
            raise PermissionDenied
        form = RaiseForm(request.POST)
        if not form.is_valid():
            return self._show_finding(request, code, process, form=form, status=400)
        try:
            flags = raise_withheld(
                process_id=process.pk,
                code=code,
                reason=form.cleaned_data["reason"],
                raised_by=request.user,
                record=bytes.fromhex(form.cleaned_data["record"]),
            )
        except ValidationError as error:
            status = 409 if getattr(error, "code", None) == STALE else 400
            return self._show_finding(request, code, process, form=form, problems=error.messages, status=status)
        messages.success(request, _("Raised by hand. It waits for a decision like any flag."))
        return HttpResponseRedirect(admin_url(Flag, flags[0].pk))

    def _show_finding(
        self,
        request: HttpRequest,
        code: str,
        process: ContractingProcess,
        *,
        form: RaiseForm | None = None,
        problems: list[str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        found = read_withheld(process.pk, code)
        shown = RaiseForm(
            initial={
                "record": found.entry.process_digest.hex() if found else "",
                "reason": form["reason"].value() if form else "",
            }
        )
        return self.answer(
            request,
            "admin/audits/audit/finding.html",
            _("Withheld finding"),
            status=status,
            code=code,
            rule_title=rule_title(code),
            process=process,
            process_url=admin_url(ContractingProcess, process.pk),
            provenance=process_provenance(process),
            why=why_not(code, to_builtins(found.reason)) if found else "",
            findings=_shown(code, found, process) if found else [],
            form=shown,
            problems=problems
            or [str(message) for errors in (form.errors if form else {}).values() for message in errors],
            may_raise=found is not None and request.user.has_perm("audits.add_review"),
            list_url=f"{reverse('admin:audits_withheld')}?rule={code}",
        )


def _shown(code: str, found: WithheldFinding, process: ContractingProcess) -> list[tuple[str, Any]]:
    """Return each finding as a sentence and the places that it rests on."""
    _text, release = compiled_release(process.pk)
    rule, language = RULES[code], variety_in_force()
    return [
        (
            rule.render(finding.sentence, finding.values, language),
            read_places(stored_evidence(finding.evidence), release),
        )
        for finding in found.outcome.findings
    ]
