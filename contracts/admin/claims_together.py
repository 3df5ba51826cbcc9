"""One decision on many claims: all that a submission holds, or those chosen in the list."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct

from contracts.admin.bases import PageAdmin
from contracts.admin.beside import count_documents
from contracts.decisions.claims import decide_claims
from contracts.intake.duplicates.same_contracts import Agreement, deals_of_claims, same_contracts, visible_at_desk
from contracts.models import Attachment, Claim, ClaimDecision, ContractingProcess, Submission
from contracts.models.claim import MAX_TOLD
from contracts.pages.display import admin_url
from contracts.postgres.keys import key_of
from contracts.postgres.search import with_words

DECIDE = "contracts.change_claim"
# So many a person looks through, and one transaction compiles again.
MAX_TOGETHER = 100
# A list is looked through: what the row of a claim is about, in a line or two.
MAX_TITLE = 120
KINDS = [ClaimDecision.Kind.ACCEPTED, ClaimDecision.Kind.REJECTED]


def message_field() -> forms.CharField:
    """Return the field for the message to the sender."""
    return forms.CharField(
        label=gettext_lazy("what its sender is told"),
        required=False,
        max_length=MAX_TOLD,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "A sentence in the sender's language: why, and what to send instead. It is shown with "
            "the receipt; the reason above is not."
        ),
    )


class Shown(Struct, frozen=True):
    """A claim and its latest decision, as a page showed them: ``KEY:DECISION``, the second empty if there was none."""

    key: UUID
    decision: int | None

    @classmethod
    def read(cls, text: str) -> "Shown":
        """:raises ValueError: if the page did not write it."""
        key, _colon, decision = text.partition(":")
        return cls(UUID(key), key_of(decision) if decision else None)


class ShownField(forms.TypedMultipleChoiceField):
    """The ticked rows. A claim that was decided meanwhile was still shown, so its present state is reported."""

    def valid_value(self, value: str) -> bool:  # noqa: ARG002  -- Django's signature
        return True


class TogetherForm(forms.Form):
    """One decision and its reason, on the claims that are ticked."""

    claims = ShownField(
        coerce=Shown.read, error_messages={"required": gettext_lazy("Tick the claims that are decided on.")}
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("decision"), choices=[(kind, kind.label) for kind in KINDS], widget=forms.RadioSelect
    )
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))
    told = message_field()


class DecideClaimsTogether(PageAdmin):
    """The page of decisions made together, and the action of the list that leads to it."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.together_view)
        return [path("together/", view, name="contracts_claim_together"), *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find claims by words of what they say, by their whole ocid, or by the whole id of their submission."""
        try:
            key = UUID(search_term.strip())
        except ValueError:
            named, may_repeat = super().get_search_results(request, queryset, search_term)
            if not search_term.strip():
                return named, may_repeat
            # A held claim is a record of its own; an accepted one is found by the public record.
            records = with_words(ContractingProcess.objects.all(), search_term, "")
            said = Q(pk__in=records.values("claim_id")) | Q(ocid__in=records.values("ocid"))
            return queryset.filter(Q(pk__in=named.values("pk")) | said), False
        return queryset.filter(Q(submission=key) | Q(ocid=search_term.strip())), False

    @admin.action(permissions=["decide"], description=gettext_lazy("Decide on these claims together"))
    def decide_together(self, _request: HttpRequest, queryset: QuerySet[Claim]) -> HttpResponse:
        """Open the page that decides on the chosen claims, or on the first ``MAX_TOGETHER`` of them."""
        keys = list(queryset.order_by("made_at", "ocid").values_list("pk", flat=True)[:MAX_TOGETHER])
        query = {"claims": "~".join(map(str, keys)), "more": queryset.count() - len(keys) or ""}
        return HttpResponseRedirect(reverse("admin:contracts_claim_together", query=query))

    def together_view(self, request: HttpRequest) -> HttpResponse:
        """Show the claims and the form; then decide, and tell which were not decided on, and why."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        form = TogetherForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._decide_all(request, form)
        newest = Attachment.objects.newest()  # before what is shown is read
        claims, left_out = _named(request)
        if not claims and request.method != "POST":
            raise Http404
        ticked = request.POST.getlist("claims") if request.method == "POST" else None
        return self.answer(
            request,
            "admin/contracts/claim/together.html",
            _("Decide on claims together"),
            status=400 if request.method == "POST" else 200,
            rows=_rows(claims, ticked),
            left_out=left_out,
            form=form,
            last_attachment=newest,
        )

    def _decide_all(self, request: HttpRequest, form: TogetherForm) -> HttpResponse:
        kind = ClaimDecision.Kind(form.cleaned_data["kind"])
        shown = {row.key: row.decision for row in form.cleaned_data["claims"][:MAX_TOGETHER]}
        claims = list(Claim.objects.filter(pk__in=shown).order_by("made_at", "ocid"))
        for claim in claims:
            claim.decision_id = shown[claim.pk]
        words = {name: form.cleaned_data[name] for name in ("reason", "told")}
        seen = key_of(request.POST.get("last_attachment", ""))
        refused = decide_claims(claims=claims, decided_by=request.user, kind=kind, last_attachment=seen, **words)
        done = len(claims) - len(refused)
        text = ngettext("Decided on %(number)d claim: %(kind)s.", "Decided on %(number)d claims: %(kind)s.", done)
        level = messages.SUCCESS if done else messages.WARNING
        self.message_user(request, text % {"number": done, "kind": kind.label}, level)
        why = defaultdict(list)
        for claim, reason in refused:
            why[reason].append(claim.ocid)
        for reason, ocids in why.items():
            self.message_user(request, f"{reason} ({len(ocids)}: {', '.join(ocids)})", messages.WARNING)
        if gone := len(shown) - len(claims):
            text = ngettext("%(number)d claim is gone.", "%(number)d claims are gone.", gone)
            self.message_user(request, text % {"number": gone}, messages.WARNING)
        submissions = {claim.submission_id for claim in claims}
        query = {"q": submissions.pop()} if len(submissions) == 1 else {}
        return HttpResponseRedirect(reverse("admin:contracts_claim_changelist", query=query))


def with_titles(claims: QuerySet[Claim]) -> Any:
    """Annotate claims with the title of what each is about, else with its description (``claimed_title``)."""
    title = Coalesce(NullIf("title", Value("", TextField())), "description")
    titles = ContractingProcess.objects.filter(claim=OuterRef("pk")).values_list(title)
    return claims.annotate(claimed_title=Subquery(titles[:1]))


def title_of(claim: Any) -> str:
    """Return the title of a claim of ``with_titles``, in a line or two."""
    return Truncator(claim.claimed_title or "–").chars(MAX_TITLE)


def claims_link(submission: Submission) -> SafeString | str:
    """Return how many claims a submission made, and the way to their list."""
    number = submission.claims.count()
    if not number:
        return "–"
    text = ngettext("%(number)d claim", "%(number)d claims", number) % {"number": number}
    address = reverse("admin:contracts_claim_changelist", query={"q": submission.pk})
    return format_html('<a href="{}">{}</a>', address, text)


def together_link(submission: Submission) -> SafeString | str:
    """For people who decide on claims, also link to the held ones, all together."""
    listed, held = claims_link(submission), submission.claims.filter(decision=None).count()
    if not held:
        return listed
    address = reverse("admin:contracts_claim_together", query={"submission": submission.pk})
    text = _("decide together on those that are held: %(number)d") % {"number": held}
    return format_html('{} · <a href="{}">{}</a>', listed, address, text)


def _named(request: HttpRequest) -> tuple[list[Any], int]:
    """Return the claims that an address names, and how many there are beyond ``MAX_TOGETHER``."""
    claims = with_titles(Claim.objects.select_related("decision__decided_by"))
    claims = claims.order_by("made_at", "ocid")
    try:
        if submission := request.GET.get("submission"):
            held = claims.held().filter(submission=UUID(submission))
            return list(held[:MAX_TOGETHER]), max(held.count() - MAX_TOGETHER, 0)
        keys = [UUID(key) for key in request.GET.get("claims", "").split("~")[:MAX_TOGETHER] if key]
    except ValueError as error:
        raise Http404 from error
    return list(claims.filter(pk__in=keys)), key_of(request.GET.get("more", ""))


def _rows(claims: list[Any], ticked: list[str] | None) -> list[dict[str, Any]]:
    """Return what the page shows of each claim; all are ticked at first."""
    ocids = [claim.ocid for claim in claims]
    records = dict(ContractingProcess.objects.public().filter(ocid__in=ocids).values_list("ocid", "pk"))
    deals = deals_of_claims(Claim.objects.filter(pk__in=[claim.pk for claim in claims if claim.decision_id is None]))
    same = {
        found.sent.ocid
        for found in same_contracts(deals, among=visible_at_desk)
        if found.agreement is not Agreement.OCID
    }
    documents = count_documents(claims)
    rows = []
    for claim in claims:
        shown = f"{claim.pk}:{claim.decision_id or ''}"
        rows.append(
            {
                "claim": claim,
                "href": admin_url(Claim, claim.pk),
                "title": title_of(claim),
                "record": admin_url(ContractingProcess, records[claim.ocid]) if claim.ocid in records else "",
                "has_same": claim.ocid in same,
                "documents": documents[claim.pk],
                "shown": shown,
                "is_ticked": ticked is None or shown in ticked,
            }
        )
    return rows
