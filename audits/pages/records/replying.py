"""Right of reply: the subjects of a flag, record or page answer here, and follow their reply with a receipt."""

from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from audits.models import Flag, Reply
from audits.pages.addresses import process_page
from audits.pages.records.flags import show_flags
from audits.pages.records.question import no_longer_shown
from audits.replies import may_be_taken_back, send_reply, take_back
from contracts.models import ContractingProcess, Organization, Receipt
from contracts.models.receipt import TakenBackError
from contracts.ocds.links import is_of_web
from contracts.pages.receipts import Typed, take_answer, words_shown, words_to_show
from contracts.pages.rendering import EVERYONE, answer, form_page
from contracts.pages.written_field import WrittenField
from contracts.postgres.keys import key_of
from contracts.receipts import AlreadyReviewedError, find_receipt

MAX_NAME = 300
MAX_TEXT = 10_000
MAX_LINK = 1000

STATES = {
    Reply.State.HELD: pgettext_lazy("reply", "waits for a person to look at it; it is not public"),
    Reply.State.ACCEPTED: pgettext_lazy("reply", "accepted by a person, and public"),
    Reply.State.REFUSED: pgettext_lazy("reply", "not accepted"),
    Reply.State.ERASED: pgettext_lazy("reply", "erased"),
}


# Accepted, but its subject is no longer public: the question was dismissed in response, or the record was erased.
UNSEEN = pgettext_lazy("reply", "accepted by a person; it becomes public when its subject does")


class About(NamedTuple):
    """The subject of a reply: its column, its name, and the page that shows it."""

    column: dict[str, Any]
    title: str
    address: str


class ReplyForm(forms.Form):
    kind = forms.ChoiceField(
        label=_lazy("What you send"), choices=Reply.Kind, initial=Reply.Kind.REPLY, widget=forms.RadioSelect
    )
    party = WrittenField(
        label=_lazy("Organization in whose name you write"), max_length=MAX_NAME, help_text=_lazy("It is published.")
    )
    speaker = WrittenField(
        label=_lazy("Who speaks for it: name or office"), max_length=MAX_NAME, help_text=_lazy("It is published.")
    )
    contact = WrittenField(
        label=_lazy("How we can reach you"),
        max_length=MAX_NAME,
        help_text=_lazy(
            "An address or a telephone number, so that we can ask whether it is from you. It is never published."
        ),
    )
    text = WrittenField(
        label=_lazy("Your reply, or what is to be corrected"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_lazy("It is published as you wrote it, once a person has accepted it."),
    )
    link = forms.URLField(
        label=_lazy("Address of a document that shows it"),
        max_length=MAX_LINK,
        required=False,
        assume_scheme="https",
        help_text=_lazy("It is published. Nothing is loaded from there."),
    )

    def clean_link(self) -> str:
        """Accept only http(s) addresses: readers follow the link."""
        link: str = self.cleaned_data["link"]
        if link and not is_of_web(link):
            raise forms.ValidationError(_("Give an address that begins with https:// or http://."))
        return link


@form_page
def form(request: HttpRequest, language: str) -> HttpResponse:
    """
    Take a reply to the subject in the address, and return a receipt; the same receipt if the form is sent again.

    Resending a reply that was taken back does not store it again; the sender is asked first.
    """
    about = _about(request)
    if about is None:
        return no_longer_shown(request, language, key_of(request.GET.get("flag", "")))
    given = ReplyForm(request.POST or None)
    is_taken_back = False
    if request.method == "POST" and given.is_valid():
        shown = words_shown(request, Receipt.Kind.REPLY)
        try:
            words = send_reply(words=shown, **about.column, **given.cleaned_data)
        except TakenBackError:  # a reload, or a sender who went back to send another reply
            is_taken_back = True
        else:
            return answer(request, "replying/receipt.html", language, words=words, about=about)
    return answer(
        request,
        "replying/form.html",
        language,
        status=409 if is_taken_back else 400 if given.errors else 200,
        form=given,
        about=about,
        is_taken_back=is_taken_back,
        words=words_to_show(request, Receipt.Kind.REPLY, are_new=is_taken_back),
        contact=settings.VEEDOR_CONTACT,
        contact_address=settings.VEEDOR_CONTACT_HREF,
    )


@form_page
def status(request: HttpRequest, language: str) -> HttpResponse:
    """Show the state of a reply. The receipt's words come in the body, so they are in no address or log."""
    words = request.POST.get("receipt", "")
    receipt = find_receipt(words, Receipt.Kind.REPLY) if words else None
    reply = Reply.objects.filter(receipt=receipt).first() if receipt else None
    typed = _act(request, reply) if reply else Typed()
    return answer(
        request,
        "replying/status.html",
        language,
        status=404 if words and not reply else 200,
        words=words,
        reply=reply,
        state=_state(reply) if reply else "",
        message=typed.message,
        typed=typed,
        questions=receipt.questions.all() if receipt else [],
        may_be_taken_back=reply is not None and may_be_taken_back(reply),
        decision=reply.decisions.last() if reply and reply.state == Reply.State.REFUSED else None,
    )


def _state(reply: Reply) -> Any:
    """Return the state of a reply as text."""
    is_unseen = (
        reply.state == Reply.State.ACCEPTED and not Reply.objects.visible_to(EVERYONE).filter(pk=reply.pk).exists()
    )
    return UNSEEN if is_unseen else STATES[Reply.State(reply.state)]


def _act(request: HttpRequest, reply: Reply) -> Typed:
    """Do what the holder of a receipt asks for; return the message to show."""
    wish = request.POST.get("wish", "")
    if reply.state == Reply.State.ERASED:
        return Typed()
    if wish == "take back":
        try:
            take_back(reply)
        except AlreadyReviewedError:
            return Typed(_("A person has decided on it; it cannot be taken back here any more."))
        reply.refresh_from_db()
        return Typed(_("It was taken back and erased."))
    return take_answer(reply.receipt, request.POST) if wish == "answer" else Typed()


def _about(request: HttpRequest) -> About | None:
    """Return the subject in the address, if it is public."""
    asked = request.GET
    if ocid := asked.get("ocid", ""):
        process = ContractingProcess.objects.public().filter(ocid=ocid).only("ocid", "title", "description").first()
        if process is not None:
            return About({"process": process}, process.called, process_page(process.ocid))
    elif pk := key_of(asked.get("flag", "")):
        for flag in show_flags(Flag.objects.public().filter(pk=pk)):
            page = flag.address or reverse("organization-page", args=[flag.organization_id])
            return About({"flag_id": flag.id}, flag.sentence, f"{page}#flag-{flag.id}")
    elif pk := key_of(asked.get("organization", "")):
        kept = Organization.objects.kept_of([pk])[pk]
        organization = Organization.objects.visible_to(EVERYONE).filter(pk=kept).first()
        if organization is not None:
            address = reverse("organization-page", args=[organization.pk])
            return About({"organization": organization}, str(organization), address)
    return None
