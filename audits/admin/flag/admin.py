import json
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.admin.deciding.decisions import STALE, DecisionForm, decide, sent_before
from audits.admin.deciding.desk_actions import AssignForm, refuse_if_held
from audits.admin.deciding.own_reasons import own_reasons
from audits.admin.deciding.together import DecideTogether
from audits.admin.flag.case_file import read_case
from audits.admin.flag.commenting import CommentPages, without_forms
from audits.admin.flag.context import read_around
from audits.admin.flag.page import read_page
from audits.admin.queue import filters
from audits.admin.queue.addresses import list_address, page_address
from audits.admin.queue.columns import COLUMNS, SUBJECT_COLUMNS, FlagColumns
from audits.admin.queue.grouping import FoldedList, QueuePaginator
from audits.admin.queue.queues import QueueFilter
from audits.admin.queue.saved_filters import SavesFilters
from audits.admin.queue.walk import Queue
from audits.desk import leave
from audits.engine.verifying import UnverifiableError, verify_flag
from audits.models import Flag, Reply, Suppression
from audits.models.flag import QUEUE_ORDER
from audits.models.flag_queryset import may_see_shadow
from audits.pages.labels import sentence
from audits.rules import RULES
from audits.triage import confirmation_by
from contracts.admin.bases import ReadOnlyAdmin, SearchedAdmin
from contracts.models import Organization

# Differences that a new judgement of a flag's record can find, besides those in the flag's columns.
_DIFFERING = {
    "record": Flag.Cause.RECORD.label,
    "rule_off": Flag.Cause.RULE_OFF.label,
    "rule_version": Flag.Cause.RULE_VERSION.label,
    "parameters": Flag.Cause.PARAMETER.label,
    "figures": Flag.Cause.FIGURES.label,
    "raised": gettext_lazy("whether it is raised"),
}
# Maximum number of suppliers of a contract for which suppression is offered.
MAX_SUPPLIERS = 3


@admin.register(Flag)
class FlagAdmin(FlagColumns, CommentPages, SavesFilters, DecideTogether, SearchedAdmin, ReadOnlyAdmin):
    """
    The queue of flags, and the page for deciding on one.

    A flag is never edited: decisions are appended, only by ``audits.triage.review_flag``.
    """

    actions = ["decide_together", "decide_contracts", "assign"]
    action_form = AssignForm
    list_filter = [
        QueueFilter,
        filters.OrderFilter,
        filters.StateFilter,
        filters.SeverityFilter,
        filters.SubjectFilter,
        filters.RuleFilter,
        filters.CountryFilter,
        filters.PublisherFilter,
        filters.SectorFilter,
        filters.AgeFilter,
        filters.AssigneeFilter,
        filters.CauseFilter,
        filters.SuppressionFilter,
    ]
    search_fields = ["process"]  # only enables the search box
    search_paths = ("process", "organization")
    ocid_field = "process__ocid"
    search_help_text = gettext_lazy(
        "Words of ocid, title, description, buyer, suppliers or organization; the code of a rule, such as T02."
    )
    ordering = QUEUE_ORDER
    list_per_page = 15
    paginator = QueuePaginator

    class Media:
        css = {"all": ["audits/flag.css"]}

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flag]:
        subjects = ("process__publisher", "organization")
        flags: Any = super().get_queryset(request)
        shown = flags if may_see_shadow(request.user) else flags.out_of_shadow()
        return shown.select_related(*subjects).only(*COLUMNS, *SUBJECT_COLUMNS)  # type: ignore[no-any-return]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find words, and the flags of rules whose codes are among them."""
        words = search_term.split()
        codes = {word.upper() for word in words} & RULES.keys()
        if codes:
            queryset = queryset.filter(rule__in=codes)
            search_term = " ".join(word for word in words if word.upper() not in codes)
        return super().get_search_results(request, queryset, search_term)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FoldedList]:  # noqa: ARG002  -- Django's
        # Code that iterates over the list sets a changelist without a page.
        return getattr(request, "changelist", FoldedList)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {
            "title": _("Flags"),
            "is_nav_sidebar_enabled": False,
            "saved": self.saved_filters(request),
            "query": request.GET.urlencode(),
            "undo": self.undo_context(request, request.GET.urlencode()),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    # The page

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a flag; take a decision on it, and open the next one of the queue."""
        flag = self.get_object(request, object_id)
        if flag is None:
            raise Http404
        if not self.has_view_permission(request, flag):
            raise PermissionDenied
        queue = Queue(self, request)
        if request.method == "POST":
            return self._decide(request, flag, queue, extra_context)
        return self._show(request, flag, queue, extra_context)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/case/", view(self.case_view), name="audits_flag_case"),
            path("<int:pk>/case.json", view(self.case_view), {"as_json": True}, name="audits_flag_case_json"),
            *super().get_urls(),
        ]

    def case_view(self, request: HttpRequest, pk: int, *, as_json: bool = False) -> HttpResponse:
        """Show the case file of a flag for printing, or return it as JSON."""
        flags = Flag.objects.visible_to(request.user).select_related("process", "organization", "last_audit")
        flag = flags.defer("process__compiled_release", "last_audit__outcomes").filter(pk=pk).first()
        if not self.has_view_permission(request, flag):
            raise PermissionDenied
        if flag is None:
            raise Http404
        case = read_case(flag)
        if as_json:
            answer = JsonResponse(case, json_dumps_params={"ensure_ascii": False, "indent": 2})
            answer["Content-Disposition"] = f'attachment; filename="flag-{pk}.json"'
            return answer
        page = read_page(pk)
        columns = {name: value for name, value in case["flag"].items() if name not in {"evidence", "sentence"}}
        releases = case["record"]["releases"]
        described = [{name: value for name, value in release.items() if name != "content"} for release in releases]
        parts = {
            _("Flag"): columns,
            _("Evidence"): case["flag"]["evidence"],
            _("Record"): case["record"] | {"releases": described},
            _("Rule"): {name: value for name, value in case["rule"].items() if name != "text"},
            _("What the audit read"): case["audit"],
            _("Lists in force"): case["lists"],
            _("Second looks"): case["second_looks"],
            _("Who had it in hand"): case["desk"],
            _("Signature"): case["signature"],
        }
        written = [(name, json.dumps(part, ensure_ascii=False, indent=2)) for name, part in parts.items()]
        shown: dict[str, Any] = {
            "flag": flag,
            "flag_url": reverse("admin:audits_flag_change", args=[pk]),
            "json_url": reverse("admin:audits_flag_case_json", args=[pk]),
            "sentence": sentence(flag),
            "subject": flag.subject,
            "case": case,
            "page": page._replace(replies=[reply for reply in page.replies if reply.state == Reply.State.ACCEPTED]),
            "comments": without_forms(page.asked),
            "verified": self._verified(request, flag),
            "parts": [
                *written,
                *(
                    (_("As received: %(release)s") % {"release": release["id"]}, release["content"])
                    for release in releases
                    if release["content"] is not None
                ),
            ],
        }
        return self.answer(request, "admin/audits/flag/case.html", _("Case file"), **shown)

    def _verified(self, request: HttpRequest, flag: Flag) -> dict[str, Any] | None:
        """If requested, judge the stored record again and return the rule's current outcome."""
        if request.method != "POST":
            return None
        try:
            verified = verify_flag(flag)
        except UnverifiableError:
            return {"is_verifiable": False}
        return {
            "is_verifiable": True,
            "is_equal": verified.is_equal,
            "differs": [_DIFFERING.get(name) or _column(name) for name in [*verified.inputs, *verified.differences]],
        }

    def _decide(
        self, request: HttpRequest, flag: Flag, queue: Queue, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        if not request.user.has_perm("audits.add_review"):
            raise PermissionDenied
        form = DecisionForm(request.POST, rules=[flag.rule])
        if not form.is_valid():
            problems = [str(message) for errors in form.errors.values() for message in errors]
            return self._show(request, flag, queue, extra_context, form=form, problems=problems, status=400)
        shown_digest = form.cleaned_data["shown_digest"]
        given = {name: value for name, value in form.cleaned_data.items() if name != "shown_digest"}
        refusal = refuse_if_held(flag, request.user)
        # The same form may be sent again even if somebody opened the flag after the decision.
        if refusal and not sent_before(flag=flag, reviewer=request.user, **given):
            return self._show(request, flag, queue, extra_context, form=form, problems=[refusal], status=409)
        next_url = queue.next_url(flag)
        try:
            review = decide(flag=flag, reviewer=request.user, shown_digest=shown_digest, **given)
        except ValidationError as error:
            is_stale = getattr(error, "code", None) == STALE
            return self._show(
                request,
                flag,
                queue,
                extra_context,
                form=form,
                problems=error.messages,
                status=409 if is_stale else 400,
            )
        leave(flag, request.user)
        state = Flag.State(review.decision)
        message = _("%(decision)s: %(flag)s") % {"decision": state.label.capitalize(), "flag": flag}
        if state == Flag.State.FIRST_CONFIRMATION:
            # A name may end in a full stop itself: "Ltda."
            message = f"{message.removesuffix('.')}. {_('It counts once a second person confirms it.')}"
        self.message_user(request, message, messages.SUCCESS)
        if not next_url:
            self.message_user(request, _("No other flag is left in this queue."), messages.INFO)
            return HttpResponseRedirect(list_address(queue.filters))
        return HttpResponseRedirect(next_url)

    def _show(
        self,
        request: HttpRequest,
        flag: Flag,
        queue: Queue,
        extra_context: dict[str, Any] | None,
        *,
        form: DecisionForm | None = None,
        problems: list[str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        page = read_page(flag.pk)
        reason = form["reason"].value() or "" if form else ""
        code = form["reason_code"].value() or "" if form else ""
        latest = page.decisions[0].review if page.decisions else None
        shown: dict[str, Any] = {
            "page": page,
            "flag": page.flag,
            # Always reflects this page: a refused form may be sent again after the page was read.
            "form": DecisionForm.showing(page.flag, last_review=latest, reason=reason, code=code),
            "own_reasons": own_reasons(request.user, [flag.rule]),
            "problems": problems or [],
            "is_stale": status == 409,
            "is_in_shadow": may_see_shadow(request.user)
            and not Flag.objects.out_of_shadow().filter(pk=flag.pk).exists(),
            "is_public": Flag.objects.public().filter(pk=flag.pk).exists(),
            "may_decide": request.user.has_perm("audits.add_review") and page.flag.awaits_decision,
            **self._second_person(request, page.flag),
            **self.desk_context(request, page.flag),
            **self.comment_context(request, page.flag, page.asked, extra_context or {}),
            "beside": [(other, link.text, queue.address("change", other.pk)) for other, link in page.beside],
            "around": read_around(page.flag, page.asked, [entry.review for entry in page.decisions], page.replies),
            "desk_url": queue.address("desk", flag.pk),
            "note_url": queue.address("note", flag.pk),
            "comment_url": queue.address("comment", flag.pk),
            "suppress_urls": self._suppress_urls(request, page.flag),
            "undo": self.undo_context(request, queue.filters),
            "case_url": reverse("admin:audits_flag_case", args=[flag.pk]),
            **self._together_urls(request, page.flag, queue),
            "list_url": list_address(queue.filters),
            "next_url": queue.next_url(flag),
            "form_url": queue.form_address(flag.pk),
            **(extra_context or {}),
        }
        return self.answer(request, "admin/audits/flag/change_form.html", str(page.flag), status=status, **shown)

    def _suppress_urls(self, request: HttpRequest, flag: Flag) -> list[tuple[str, str]]:
        """Return where a lead suppresses the rule for each organization of a flag, with their names."""
        if not request.user.has_perm("audits.add_suppression"):
            return []
        scopes: list[tuple[Any, Any, Any]] = []
        if flag.process is None:
            scopes.append((flag.organization_id, Suppression.Role.BUYER, flag.organization))
        else:
            if flag.process.buyer_id:
                scopes.append((flag.process.buyer_id, Suppression.Role.BUYER, flag.process.buyer_name))
            kept = Organization.objects.kept_of(flag.suppliers[:MAX_SUPPLIERS])
            suppliers = Organization.objects.filter(pk__in=set(kept.values()))
            scopes += [(supplier.pk, Suppression.Role.SUPPLIER, supplier) for supplier in suppliers.order_by("pk")]
        return [
            (
                reverse(
                    "admin:audits_suppression_add",
                    query={"rule": flag.rule, "organization": organization, "role": role},
                ),
                _("Suppress %(rule)s for %(name)s (%(role)s)")
                % {"rule": flag.rule, "name": name, "role": Suppression.Role(role).label},
            )
            for organization, role, name in scopes
        ]

    def _second_person(self, request: HttpRequest, flag: Flag) -> dict[str, Any]:
        """Return what a confirmation of this person would be, and if they may not confirm, why."""
        try:
            return {"confirmation": confirmation_by(flag, request.user), "may_not_confirm": ""}
        except ValidationError as error:
            return {"confirmation": None, "may_not_confirm": " ".join(error.messages)}

    def _together_urls(self, request: HttpRequest, flag: Flag, queue: Queue) -> dict[str, str]:
        """Return the addresses to decide on all identical questions, and on all of the contract; "" if none waits."""
        if not self.has_decide_in_bulk_permission(request):
            return {}
        others = Flag.objects.at_the_desk().exclude(pk=flag.pk)
        alike_ones = Flag.objects.at_the_desk(with_context=True).exclude(pk=flag.pk)
        twins = alike_ones.filter(cause=flag.cause) if flag.cause else others.none()
        asked = Flag.objects.filter(pk=flag.pk).values_list(Exists(twins), Exists(others.filter(flag.same_subject)))
        alike, of_contract = asked.first() or (False, False)
        together = partial(page_address, "together", filters=queue.filters)
        return {
            "together_url": together(cause=flag.cause) if flag.cause and alike else "",
            "contract_url": together(contract_of=flag.pk) if of_contract else "",
        }


def _column(name: str) -> Any:
    column: Any = Flag._meta.get_field(name)
    return column.verbose_name
