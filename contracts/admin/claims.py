"""Claims at the desk: what others than the publisher say of an ocid, beside its record, and decisions on it."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.admin.bases import ReadOnlyAdmin
from contracts.admin.beside import (
    documents_of_claim,
    place_of_release,
    problems_of_release,
    receipts_of_claim,
    stated_beside,
    written_with,
)
from contracts.admin.claims_together import DecideClaimsTogether, message_field, title_of, with_titles
from contracts.admin.columns import column, decider_column
from contracts.decisions.claims import decide_claim, overtaken, say_published
from contracts.intake.duplicates.same_contracts import (
    Agreement,
    Same,
    deals_of_claims,
    same_contracts,
    visible_at_desk,
)
from contracts.intake.received.receiving import gate_limits
from contracts.models import Attachment, Claim, ClaimDecision, ContractingProcess, Release, Submission
from contracts.ocds.gate.document import decode
from contracts.ocds.merging.merge import compile_releases
from contracts.pages.comparison import Comparison, compare
from contracts.pages.display import MAX_ROWS, admin_link, admin_url, day
from contracts.pages.record import compiled_release
from contracts.postgres.keys import key_of
from contracts.translating import same_as_json

# What is asked of an accepted claim whose publisher may have published the same since, in place of a decision.
SAME, NOT_SAME = "same", "not_same"
# A part is accepted by what is marked, or by what is not.
ALL_BUT = "all_but"
MAYBE_PUBLISHED = "maybe_published"
ANSWERED = "answered"


class DecisionForm(forms.Form):
    """
    The decision on a claim. The boxes of its values are in the comparison, beside each value.

    The latest decision that the page showed goes along: nobody decides over one that they have not seen.

    :param comparison: what can be accepted; none if nothing can
    :param is_published: whether it is asked if the record of its publisher is the same: first of all
    """

    kind = forms.ChoiceField(label=gettext_lazy("decision"), choices=ClaimDecision.Kind, widget=forms.RadioSelect)
    members = forms.MultipleChoiceField(required=False)
    releases = forms.MultipleChoiceField(
        label=gettext_lazy("releases to accept"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=gettext_lazy("reason"), widget=forms.Textarea(attrs={"rows": 3}))
    told = message_field()
    last_decision = forms.IntegerField(required=False)

    def __init__(
        self,
        *arguments: Any,
        claim: Claim,
        comparison: Comparison | None,
        releases: list[Release],
        is_published: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self._claim, self._comparison = claim, comparison
        paths = comparison.paths if comparison else []
        self.fields["members"].choices = [(path, path) for path in paths]  # type: ignore[attr-defined]
        if comparison and not comparison.left_out:
            kinds: dict[str, Any] = dict(ClaimDecision.Kind.choices)
            rejected = kinds.pop(ClaimDecision.Kind.REJECTED)
            kinds |= {ALL_BUT: _("accept all but what is marked"), ClaimDecision.Kind.REJECTED: rejected}
            self.fields["kind"].choices = list(kinds.items())  # type: ignore[attr-defined]
        self.fields["releases"].choices = [(row.pk, str(row)) for row in releases]  # type: ignore[attr-defined]
        if is_published:
            self.fields["kind"].choices = [  # type: ignore[attr-defined]
                (SAME, _("the same: take this record back and keep the publisher's")),
                (NOT_SAME, _("not the same: both stay")),
            ]
        if len(releases) < 2 or is_published:
            del self.fields["releases"]

    def clean_members(self) -> list[str]:
        """Leave out what is part of something else that is chosen."""
        chosen: list[str] = self.cleaned_data["members"]
        return [path for path in chosen if not any(path.startswith(f"{other}/") for other in chosen)]

    def clean(self) -> dict[str, Any]:
        """Turn what is marked as not accepted into what is."""
        given = self.cleaned_data
        if given.get("kind") == ALL_BUT and self._comparison and (marked := given.get("members")):
            given |= {"kind": ClaimDecision.Kind.ACCEPTED_IN_PART, "members": self._comparison.all_but(marked)}
            if not given["members"]:
                self.add_error("kind", _("Nothing is left to accept: reject the claim."))
        elif given.get("kind") == ALL_BUT:
            self.add_error("kind", _("Mark what is not accepted."))
        return given

    def clean_last_decision(self) -> int | None:
        """Refuse what was decided on without knowing of the latest decision."""
        last: int | None = self.cleaned_data["last_decision"]
        if last != self._claim.decision_id:
            self.add_error(None, overtaken(self._claim))
        return last


class DecidedFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [
            *Claim.State.choices,
            (ANSWERED, gettext_lazy("held, and its sender answered")),
            (MAYBE_PUBLISHED, gettext_lazy("its publisher's record may be this one")),
        ]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        value = self.value()
        if value == MAYBE_PUBLISHED:
            return queryset & Claim.objects.maybe_published()
        if value == ANSWERED:
            return queryset & Claim.objects.answered()
        if value not in Claim.State.values:
            return queryset
        return queryset.filter(decision=None) if value == Claim.State.HELD else queryset.filter(decision__kind=value)


@admin.register(Claim)
class ClaimAdmin(DecideClaimsTogether, ReadOnlyAdmin):
    actions = ["decide_together"]
    list_display = ["ocid", "title", "state_label", "made_on", "decided_by"]
    list_select_related = ["decision__decided_by"]
    list_filter = [DecidedFilter]
    search_fields = ["=ocid"]
    search_help_text = gettext_lazy("Words of the contract; or the whole ocid, or the whole id of a submission.")
    ordering = ["-made_at"]
    fields = ["ocid", "state_label", "made_on", "submission_link", "sent_with", "documents", "record", "row"]
    change_form_template = "admin/contracts/claim/change_form.html"
    title = column(gettext_lazy("title"), title_of)
    state_label = column(gettext_lazy("state"), lambda claim: claim.state.label)
    made_on = column(gettext_lazy("received"), lambda claim: day(claim.made_at))
    decided_by = decider_column()
    submission_link = column(gettext_lazy("submission"), lambda claim: admin_link(Submission, claim.submission_id))
    documents = column(gettext_lazy("documents sent with it"), documents_of_claim)
    sent_with = column(gettext_lazy("receipts"), receipts_of_claim)
    record = column(gettext_lazy("public record"), lambda claim: _process_link(_record(claim)))
    row = column(gettext_lazy("as claimed, with its flags"), lambda claim: _process_link(_row(claim)))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        return with_titles(super().get_queryset(request))

    def page_of(self, request: HttpRequest, claim: Claim) -> dict[str, Any] | HttpResponse:
        newest = Attachment.objects.newest()  # before what is shown is read
        releases = list(claim.releases.select_related("submission").order_by("pk")[:MAX_ROWS])
        published = ContractingProcess.objects.public().filter(pk=claim.published_as_id or 0).first()
        record = published or _record(claim)
        stated = stated_beside(claim)
        comparison = compare(compiled_release(record.pk)[1] if record else {}, _claimed(claim, releases), stated)
        form = DecisionForm(
            request.POST or None,
            claim=claim,
            comparison=None if published else comparison,
            releases=releases,
            is_published=published is not None,
        )
        if led := self.decide(request, claim, form, partial(_decided, request, claim, published)):
            return led
        return {
            **self.beside(claim, record),
            "title": _("Claim"),
            "record": {"process": record, "href": admin_url(ContractingProcess, record.pk)} if record else None,
            "comparison": comparison,
            "has_documents": stated is not None,
            "is_published": published is not None,
            "is_outdated": not published and claim.decision is None and _is_outdated(claim, record),
            "takes_parts": self.has_decide_permission(request) and releases and not published,
            "chosen": form["members"].value() or [],
            "same": [
                {"told": same_as_json(entry), "href": admin_url(ContractingProcess, entry.known.process)}
                for entry in _on_record(claim)
            ],
            "written": _written(claim),
            "decisions": claim.decisions.select_related("decided_by").order_by("-pk"),
            "releases": [
                {
                    "row": row,
                    "href": admin_url(Release, row.pk),
                    "place": place_of_release(row),
                    "problems": problems_of_release(row),
                }
                for row in releases
            ],
            "form": form if self.has_decide_permission(request) and releases else None,
            "last_attachment": newest,
        }

    def beside(self, _claim: Claim, _record: ContractingProcess | None) -> dict[str, Any]:
        """Return what else the page shows beside the two: what others know of claim and record."""
        return {}


def _decided(
    request: HttpRequest, claim: Claim, published: ContractingProcess | None, given: dict[str, Any]
) -> ClaimDecision:
    words: dict[str, Any] = {name: given[name] for name in ("reason", "told")} | {"decided_by": request.user}
    if published:
        return say_published(claim=claim, published=published, is_same=given["kind"] == SAME, **words)
    return decide_claim(
        claim=claim,
        kind=ClaimDecision.Kind(given["kind"]),
        members=given["members"],
        releases=[int(pk) for pk in given.get("releases", [])],
        last_attachment=key_of(request.POST.get("last_attachment", "")),
        **words,
    )


def _written(claim: Claim) -> list[dict[str, Any]]:
    """Return the claims that who holds the receipt of one wrote beside it, each with whether it came later."""
    sent = written_with(claim)
    claims = with_titles(Claim.objects.filter(submission__in=sent).select_related("decision").order_by("pk"))
    others = [
        {
            "claim": other,
            "href": admin_url(Claim, other.pk),
            "title": title_of(other),
            "is_later": sent[other.submission_id],
        }
        for other in claims[:MAX_ROWS]
    ]
    return sorted(others, key=lambda other: list(sent).index(other["claim"].submission_id))


def _on_record(claim: Claim) -> list[Same]:
    """Return the contracts of other records, public or held, that are the claimed one, if nobody said otherwise."""
    deals = deals_of_claims(Claim.objects.filter(pk=claim.pk))
    found = same_contracts(deals, among=visible_at_desk, other_amounts=True)
    others = [entry for entry in found if entry.agreement is not Agreement.OCID]
    # A claim that was taken back was so because of the records compared with it.
    compared = [] if claim.state == Claim.State.REJECTED else claim.compared_with
    return [entry for entry in others if entry.known.process not in compared][:MAX_ROWS]


def _record(claim: Claim) -> ContractingProcess | None:
    return ContractingProcess.objects.public().filter(ocid=claim.ocid).first()


def _is_outdated(claim: Claim, record: ContractingProcess | None) -> bool:
    """Tell whether a record is dated after what is claimed: releases are merged in the order of their dates."""
    row = _row(claim)
    return bool(row and record and row.date and record.date and row.date < record.date)


def _process_link(process: ContractingProcess | None) -> SafeString | str:
    return "–" if process is None else admin_link(ContractingProcess, process.pk, process.ocid)


def _claimed(claim: Claim, releases: list[Release]) -> dict[str, Any]:
    """Return what a claim says, compiled as a record is; once it is decided on, from its releases."""
    row = _row(claim)
    if row:
        return compiled_release(row.pk)[1]
    documents = [decode(bytes(release.content), gate_limits()).value for release in releases]
    return compile_releases(documents)[0] if documents else {}


def _row(claim: Claim) -> ContractingProcess | None:
    return ContractingProcess.objects.filter(claim=claim, release_count__gt=0).order_by("-pk").first()
