"""Requests for comment on the page of a flag: whom the desk asked, and with what result."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.admin.deciding.desk_actions import DECIDE, DeskPages, back_to
from audits.admin.flag.page import Asked
from audits.comment_requests import enter, erase_request, parties_of, request_comment
from audits.models import CommentRequest, CommentRequestEntry, Flag, Reply
from contracts.models import Organization
from contracts.pages.display import day
from contracts.postgres.keys import key_of

ERASE = "audits.erase_commentrequest"
MAX_NAME = 300
MAX_REASON = 4000
_PART = "#comment-requests-title"
# No option is preselected, because what is entered becomes public with the flag.
_UNCHOSEN = [("", "–")]


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class AskForm(forms.Form):
    """A request for comment that was already sent. ``parties`` are the organizations of the record."""

    organization = forms.ChoiceField(label=capfirst(gettext_lazy("organization")), required=False)
    person = forms.CharField(
        label=gettext_lazy("Office or person there; or who else was asked"),
        max_length=MAX_NAME,
        required=False,
        help_text=gettext_lazy("It is published as you write it. Prefer the office to a name."),
    )
    how = forms.ChoiceField(label=capfirst(gettext_lazy("how")), choices=[*_UNCHOSEN, *CommentRequest.How.choices])
    asked_on = _day(capfirst(gettext_lazy("asked on")), initial=timezone.localdate)
    answer_by = _day(capfirst(gettext_lazy("answer asked for by")), required=False)
    reference = forms.CharField(
        label=capfirst(gettext_lazy("file number")),
        max_length=MAX_NAME,
        required=False,
        help_text=gettext_lazy("Of a letter or an access-to-information request. It is not published."),
    )

    def __init__(self, data: Any = None, *, parties: list[Organization]) -> None:
        super().__init__(data, auto_id="ask_%s")
        self._parties = {str(party.pk): party for party in parties}
        field: Any = self.fields["organization"]
        field.choices = [(key, str(party)) for key, party in self._parties.items()]
        field.choices += [("", _("another one, named below"))]
        field.initial = next(iter(self._parties), "")

    def columns(self) -> dict[str, Any]:
        """Return the arguments of a valid form for ``request_comment``."""
        given = {**self.cleaned_data}
        organization, person = self._parties.get(given.pop("organization")), given.pop("person")
        both = f"{organization} ({person})"
        party = both if organization and person else str(organization or person)
        return {**given, "organization": organization, "party": party}


class EntryForm(forms.Form):
    """The result of a request for comment. The form carries the latest entry that the page showed."""

    kind = forms.ChoiceField(
        label=capfirst(gettext_lazy("what came of it")), choices=[*_UNCHOSEN, *CommentRequestEntry.Kind.choices]
    )
    outcome_on = _day(capfirst(gettext_lazy("day of it")), initial=timezone.localdate, required=False)
    reply = forms.ModelChoiceField(
        Reply.objects.none(),
        label=gettext_lazy("Published reply that is the answer"),
        required=False,
        empty_label="–",
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, where something is taken back"),
        max_length=MAX_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, request: CommentRequest, replies: Any, seen: int | None = None) -> None:
        super().__init__(data, auto_id=f"entry_{request.pk}_%s", initial={"seen": seen})
        field: Any = self.fields["reply"]
        field.queryset = replies
        field.label_from_instance = lambda reply: f"{reply.party}, {day(reply.sent_on)}"
        if not replies:
            field.widget = forms.HiddenInput()


class CommentPages(DeskPages):
    """The part of the flags' admin for requests for comment."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [path("<int:pk>/comment/", view(self.comment_view), name="audits_flag_comment"), *super().get_urls()]

    def comment_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Store a request for comment or its result; redirect to the flag's page, or show what was refused."""
        flag = self.flag_at_hand(request, pk)
        if request.method != "POST":
            return back_to(request, pk, _PART)
        about = key_of(request.POST.get("request", ""))
        refused = self._enter(request, flag, about) if about else self._ask(request, flag)
        return self.show_again(request, pk, **refused) if refused else back_to(request, pk, _PART)

    def _ask(self, request: HttpRequest, flag: Flag) -> dict[str, Any]:
        form = AskForm(request.POST, parties=parties_of(flag))
        if not form.is_valid():
            return {"ask_form": form}
        try:
            request_comment(flag=flag, asked_by=request.user, **form.columns())
        except ValidationError as error:
            _add(form, error, party="person")
            return {"ask_form": form}
        self.message_user(request, _("The request for comment is noted."), messages.SUCCESS)
        return {}

    def _enter(self, request: HttpRequest, flag: Flag, pk: int) -> dict[str, Any]:
        about = CommentRequest.objects.filter(flag=flag, pk=pk).first()
        if about is None:
            raise Http404
        if "erase" in request.POST:
            if not request.user.has_perm(ERASE):
                raise PermissionDenied
            erase_request(about, actor=request.user)
            self.message_user(request, _("Who was asked, and the file number, are erased."), messages.SUCCESS)
            return {}
        form = EntryForm(request.POST, request=about, replies=_replies(flag))
        if not form.is_valid():
            return {"entry_form": form, "entered_on": pk}
        given = {**form.cleaned_data, "kind": CommentRequestEntry.Kind(form.cleaned_data["kind"])}
        try:
            entry = enter(request=about, by=request.user, **given)
        except ValidationError as error:
            _add(form, error)
            return {"entry_form": form, "entered_on": pk}
        self.message_user(request, _("Entered: %(kind)s.") % {"kind": entry.get_kind_display()}, messages.SUCCESS)
        return {}

    def comment_context(
        self, request: HttpRequest, flag: Flag, asked: list[Asked], refused: dict[str, Any]
    ) -> dict[str, Any]:
        """
        Return the requests for comment that a page shows, each with a form for reviewers.

        :param refused: a refused form, to be shown again
        """
        if not request.user.has_perm(DECIDE):
            return {"comments": without_forms(asked)}
        replies = _replies(flag)
        return {
            "comments": [(entry, _form_of(entry, replies, refused)) for entry in asked],
            "ask_form": refused.get("ask_form") or AskForm(parties=parties_of(flag)),
            "may_erase": request.user.has_perm(ERASE),
        }


def without_forms(asked: list[Asked]) -> list[tuple[Asked, None]]:
    return [(entry, None) for entry in asked]


def _form_of(asked: Asked, replies: Any, refused: dict[str, Any]) -> EntryForm | None:
    if refused.get("entered_on") == asked.request.pk:
        form: EntryForm = refused["entry_form"]
        return form
    if asked.is_taken_back:
        return None
    seen = asked.entries[-1].pk if asked.entries else None
    return EntryForm(request=asked.request, replies=replies, seen=seen)


def _replies(flag: Flag) -> Any:
    return Reply.objects.accepted().beside(flag).order_by("pk")


def _add(form: forms.Form, error: ValidationError, **fields: str) -> None:
    """Add an error to a form; ``fields`` maps the error's fields to the form's where the names differ."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
    for name, problems in by_field.items():
        shown = fields.get(name, name) if name else None
        form.add_error(shown if shown in form.fields else None, [problem.message for problem in problems])
