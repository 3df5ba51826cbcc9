"""Replies at the desk: replies received by the form, decisions on them, questions to the sender, and erasing."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.models import Flag, Reply, ReplyDecision
from audits.pages.labels import sentence
from audits.replies import ask_back, decide_reply, erase_reply, overtaken
from contracts.admin.bases import PageAdmin, ReadOnlyAdmin
from contracts.models import ContractingProcess, Organization
from contracts.pages.display import admin_link, web_link

ERASE = "audits.erase_reply"
MAX_TEXT = 10_000


class ReplyDecisionForm(forms.Form):
    """The decision on a reply. It carries the latest one that the page showed, so that nobody overrules one unseen."""

    kind = forms.ChoiceField(label=gettext_lazy("decision"), choices=ReplyDecision.Kind, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("If a reply is refused, its sender reads this with the receipt."),
    )
    last_decision = forms.IntegerField(required=False)

    def __init__(self, *arguments: Any, reply: Reply, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._reply = reply

    def clean_last_decision(self) -> int | None:
        """Refuse a decision made without knowing the latest one."""
        shown: int | None = self.cleaned_data["last_decision"]
        latest = self._reply.decisions.order_by("pk").last()
        if latest and latest.pk != shown:
            self.add_error(None, overtaken(self._reply))
        return shown


class AskBackForm(forms.Form):
    question = forms.CharField(
        label=gettext_lazy("question"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The sender reads it with the receipt, and answers there. It is not published."),
    )


@admin.register(Reply)
class ReplyAdmin(PageAdmin, ReadOnlyAdmin):
    """The queue of replies. A reply is never edited: it is published as received, or not at all."""

    list_display = ["__str__", "party", "about_written", "state", "sent_on", "is_answered"]
    list_filter = ["state", "kind"]
    list_select_related = ["flag__process", "flag__organization", "process", "organization"]
    search_fields = ["party"]
    actions = ["erase"]
    fields = ["state", "kind", "about_written", "party", "speaker", "contact", "text", "link_written", "sent_on"]
    change_form_template = "admin/audits/reply/change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        heavy = ("flag__evidence", "flag__process__compiled_release", "process__compiled_release")
        return super().get_queryset(request).defer(*heavy).prefetch_related("receipt__questions")

    @admin.display(description=gettext_lazy("about"))
    def about_written(self, reply: Reply) -> SafeString:
        row, text = _subject(reply)
        link = admin_link(type(row), row.pk, text)
        return format_html("{}<br>{}", link, sentence(row)) if isinstance(row, Flag) else link

    @admin.display(description=gettext_lazy("address of a document"))
    def link_written(self, reply: Reply) -> SafeString | str:
        link = web_link(reply.link)
        if not link.href:
            return link.text or "–"
        return format_html('<a href="{}" rel="nofollow noopener noreferrer">{}</a>', link.href, link.text)

    @admin.display(description=gettext_lazy("questions answered"))
    def is_answered(self, reply: Reply) -> str:
        asked = reply.receipt.questions.all()
        return f"{sum(bool(question.answered_on) for question in asked)}/{len(asked)}" if asked else "–"

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(ERASE)

    @admin.action(description=gettext_lazy("Erase the chosen replies"), permissions=["erase"])
    def erase(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        chosen = list(queryset.exclude(state=Reply.State.ERASED).order_by("pk"))
        if request.POST.get("confirmed") != "yes":
            return self.answer(request, "admin/audits/reply/erase.html", _("Erase replies"), replies=chosen)
        for reply in chosen:
            erase_reply(reply, actor=request.user)
        self.message_user(request, _("Erased: %(number)d.") % {"number": len(chosen)}, messages.SUCCESS)
        return None

    def page_of(self, request: HttpRequest, reply: Reply) -> dict[str, Any] | HttpResponse:
        asks = request.POST.get("act") == "ask"
        # Both are parts of one form: leave the other one's required fields alone.
        given = request.POST if request.POST and not asks else None
        form = ReplyDecisionForm(given, reply=reply, use_required_attribute=False)
        asking = AskBackForm(request.POST if asks else None, use_required_attribute=False)
        decided = partial(_decided, reply, request.user)
        led = self._ask(request, reply, asking) if asks else self.decide(request, reply, form, decided)
        if led:
            return led
        is_open = reply.state != Reply.State.ERASED and self.has_decide_permission(request)
        return {
            "title": _("Reply"),
            "decisions": reply.decisions.select_related("decided_by").order_by("-pk"),
            "questions": reply.receipt.questions.select_related("asked_by"),
            "form": form if is_open else None,
            "asking": asking if is_open else None,
        }

    def _ask(self, request: HttpRequest, reply: Reply, form: AskBackForm) -> HttpResponse | None:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if not form.is_valid():
            return None
        try:
            ask_back(reply=reply, asked_by=request.user, text=form.cleaned_data["question"])
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self.message_user(request, _("The question waits for the person who has the receipt."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:audits_reply_change", args=[reply.pk]))


def _decided(reply: Reply, person: Any, given: dict[str, Any]) -> ReplyDecision:
    kind = ReplyDecision.Kind(given["kind"])
    return decide_reply(reply=reply, decided_by=person, kind=kind, reason=given["reason"])


def _subject(reply: Reply) -> tuple[Flag | ContractingProcess | Organization, str]:
    """Return the row that a reply is about, and its name."""
    if reply.flag is not None:
        return reply.flag, str(reply.flag)
    if reply.process is not None:
        return reply.process, reply.process.ocid
    if reply.organization is None:
        raise ValueError(reply.pk)  # the database requires one of the three
    return reply.organization, str(reply.organization)
