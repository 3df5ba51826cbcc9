"""The page of one flag: the address to cite, at which the question stands, or that it was taken back."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from rest_framework import serializers

from audits.api.flag_rows import RuleVersion
from audits.models import Flag
from audits.pages.flags import ShownFlag, public_flags, show_flags
from audits.pages.process import shown_release
from contracts.api.protocol.citing import Citation, cite
from contracts.api.protocol.columns import Digest, rows_of
from contracts.pages.display import without_result
from contracts.pages.record import source_links
from contracts.pages.rendering import answer, in_the_readers_language
from contracts.signing_key import public_key


class _Trace(serializers.Serializer):
    """By what a flag can be traced: the rule as it was, and the record, or all figures of an organization, it read."""

    rule_version = RuleVersion()
    release_digest = Digest(source="last_audit.process_digest")
    dossier_digest = Digest(source="last_audit.dossier_digest")


@require_safe
@in_the_readers_language
def page(request: HttpRequest, language: str, pk: int) -> HttpResponse:
    """Show a flag; 410 of one that was published and is not any more."""
    found = public_flags().filter(pk=pk)
    flag = found.select_related("process__publisher").defer("process__compiled_release").first()
    if flag is None:
        return no_longer_shown(request, language, pk)
    (shown,) = show_flags(found, shown_release(flag.process) if flag.process else None)
    (trace,) = rows_of(found, _Trace)
    return answer(
        request,
        "pages/question.html",
        language,
        title=f"{shown.rule} · {shown.process or shown.organization}",
        flag=shown,
        without_result=without_result(flag.process) if flag.process else "",
        trace=trace,
        source=list(source_links(flag.process)) if flag.process else [],
        signs=public_key() is not None,
        citation=_citation(request, shown, trace),
    )


def no_longer_shown(request: HttpRequest, language: str, pk: int) -> HttpResponse:
    """Say of a flag that it was published and is not any more; raises Http404 of one that never was."""
    if not Flag.objects.once_published().filter(pk=pk).exists():
        raise Http404
    return answer(request, "pages/question_gone.html", language, status=HTTPStatus.GONE)


def _citation(request: HttpRequest, flag: ShownFlag, trace: dict[str, Any]) -> Citation:
    return cite(
        kind=_("question about a contracting record"),
        author="Veedor",
        title=f"{flag.rule} v{trace['rule_version']}: {flag.process or flag.organization}",
        published=flag.confirmed or flag.raised,
        address=request.build_absolute_uri(reverse("flag-page", args=[flag.id])),
        digest=trace["release_digest"] or trace["dossier_digest"],
        read=timezone.localdate(),
    )
