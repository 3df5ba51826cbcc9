"""The page on which people who decide ask for summaries by e-mail, and the one that ends them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from audits.admin.deciding.desk_actions import DECIDE
from audits.admin.summaries.sending import HOUR, asked_by
from audits.following import mail
from audits.following.delivering import MAX_FAILURES
from audits.models import DeskSummary
from contracts.pages.rendering import answer, form_page
from contracts.postgres.clock import database_now

NEVER = "never"


class SummaryForm(forms.Form):
    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=[(NEVER, gettext_lazy("never")), *DeskSummary.Rhythm.choices],
        widget=forms.RadioSelect,
    )
    has_titles = forms.BooleanField(
        required=False,
        label=gettext_lazy("with titles of public records"),
        help_text=gettext_lazy("Otherwise only numbers and links. E-mail is not encrypted on its way."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)


def page(request: HttpRequest) -> HttpResponse:
    """Show how often a person gets summaries; on POST, keep what they chose."""
    person: Any = request.user
    if not person.has_perm(DECIDE):
        raise PermissionDenied
    asked = DeskSummary.objects.filter(person=person.pk).first()
    kept = asked or DeskSummary(rhythm=NEVER, has_titles=True, language=get_language())
    form = SummaryForm(request.POST or None, initial={name: getattr(kept, name) for name in SummaryForm.base_fields})
    if request.method == "POST" and form.is_valid():
        messages.success(request, _keep(person, asked, form.cleaned_data))
        return HttpResponseRedirect(request.path)
    shown = {
        **admin.site.each_context(request),
        "title": _("Summary by e-mail"),
        "form": form,
        "asked": asked,
        "hour": HOUR,
        "is_stopped": asked is not None and asked.failures >= MAX_FAILURES,
        "has_server": mail.has_server(),
        "address": person.email,
    }
    return TemplateResponse(request, "admin/audits/summary.html", shown, status=400 if form.errors else 200)


def _keep(person: Any, asked: DeskSummary | None, given: dict[str, Any]) -> str:
    """Keep what a person chose; return what it means."""
    if given["rhythm"] == NEVER:
        DeskSummary.objects.filter(person=person.pk).delete()
        return _("You get no summaries.")
    again = {"failures": 0, "next_try_at": None}
    first = {"told_to": database_now().date()}
    DeskSummary.objects.update_or_create(
        person_id=person.pk, defaults=given | again, create_defaults=given | again | first
    )
    if asked:
        return _("Saved.")
    return _("Saved. The first summary is about today.")


# Programs for mail post here when their reader unsubscribes (RFC 8058); the address holds the signature.
@csrf_exempt
@form_page
def stop(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """Ask, and on POST end the summaries of a person. The link in a message works without signing in."""
    try:
        asked = asked_by(token)
    except BadSignature as error:
        raise Http404 from error
    if request.method == "POST" and asked is not None:
        asked.delete()
        asked = None
    title, what = _("Summaries of the desk"), _("You get summaries of the desk by e-mail.")
    return answer(request, "following/stop.html", language, title=title, what=what, is_over=asked is None)
