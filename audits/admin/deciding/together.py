"""One decision on many flags: chosen in the list or by cause, previewed, applied, and undoable for a while."""

import json
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct, structs

from audits.admin.deciding.decisions import NumberedChoices, ReasonedForm, decide
from audits.admin.deciding.effects import effects_of, held_back, states_after
from audits.admin.deciding.own_reasons import own_reasons
from audits.admin.queue.addresses import filters_of, list_address, page_address
from audits.desk import held_by_others
from audits.models import Flag, Review
from audits.models.flag_locks import hold_flags
from audits.models.known_answer import ANSWERS
from audits.pages.labels import sentence, sentence_judged
from audits.reference.reason_codes import reason_label
from audits.triage import UNDO_WITHIN, Undone, undo_batch
from contracts.admin.bases import ListAdmin
from contracts.pages.display import admin_url, deal
from contracts.postgres.keys import key_of

DECIDE = "audits.decide_in_bulk"
MAX_TOGETHER = 100
MORE = "more"
# Maximum number of passages shown of each flag.
MAX_PASSAGES = 2


_SEEN: str = r"^(\d{1,18}:[0-9a-f]{64}:\d{0,18}( |$))+$"


class TogetherForm(ReasonedForm):
    """One decision and its reason. ``seen`` is what the page showed of each flag: key, digest, latest decision."""

    decision = forms.ChoiceField(label=gettext_lazy("Decision"), choices=ANSWERS, widget=forms.RadioSelect)
    reason_code = forms.ChoiceField(label=gettext_lazy("Kind of reason"), required=False, widget=NumberedChoices)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))
    seen = forms.RegexField(_SEEN, widget=forms.HiddenInput)

    def typed_for(self, chosen: "Chosen") -> "TogetherForm":
        """Return an editable form for other flags, with the input of this one."""
        typed = {name: self.cleaned_data[name] for name in ("decision", "reason", "reason_code")}
        return TogetherForm(rules=chosen.rules, initial={**typed, "seen": chosen.seen})


class Chosen(Struct, frozen=True):
    """The flags that a page decides on, the oldest first, and the number of those beyond ``MAX_TOGETHER``."""

    flags: list[Any]
    left_out: int

    @property
    def rules(self) -> set[str]:
        return {flag.rule for flag in self.flags}

    @property
    def seen(self) -> str:
        return " ".join(f"{flag.pk}:{flag.shown_digest}:{flag.last_review or ''}" for flag in self.flags)


class DecideTogether(ListAdmin):
    """The pages of joint decisions, and the list actions that lead to them."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("together/", view(self.together_view), name="audits_flag_together"),
            path("together/<uuid:batch>/", view(self.batch_view), name="audits_flag_batch"),
            *super().get_urls(),
        ]

    def has_decide_in_bulk_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(DECIDE) and request.user.has_perm("audits.add_review")

    @admin.action(permissions=["decide_in_bulk"], description=gettext_lazy("Decide on these flags together"))
    def decide_together(self, request: HttpRequest, queryset: QuerySet[Flag]) -> HttpResponse | None:
        """Open the page that decides on rows of the list. A row of identical flags includes all of them."""
        changelist: Any = self.get_changelist_instance(request)
        rows = list(changelist.ticked(request, queryset).values_list("pk", "cause")[:MAX_TOGETHER])
        chosen = Q(pk__in=[pk for pk, _cause in rows])
        if changelist.is_folded:
            chosen |= Q(cause__in={cause for _pk, cause in rows if cause})
        return _lead_to(changelist.unfolded.filter(chosen), request)

    @admin.action(
        permissions=["decide_in_bulk"], description=gettext_lazy("Decide on all questions of these contracts together")
    )
    def decide_contracts(self, request: HttpRequest, queryset: QuerySet[Flag]) -> HttpResponse | None:
        """Open the page that decides on all flags of the list with the same subject as the chosen ones."""
        changelist: Any = self.get_changelist_instance(request)
        chosen = Q(pk__in=[])
        for flag in changelist.ticked(request, queryset).only("process", "organization")[:MAX_TOGETHER]:
            chosen |= flag.same_subject
        return _lead_to(changelist.unfolded.filter(chosen), request)

    def together_view(self, request: HttpRequest) -> HttpResponse:
        """Show the flags and the form, then a preview of the decision, then decide."""
        if not self.has_decide_in_bulk_permission(request) or not self.has_view_permission(request):
            raise PermissionDenied
        for name, find in {"cause": _of_cause, "contract_of": _of_contract}.items():
            if given := request.GET.get(name):
                return HttpResponseRedirect(together_url(find(given), filters_of(request)))
        chosen = _choose(request)
        if request.method != "POST":
            if not chosen.flags:
                raise Http404
            return self._show_together(
                request, chosen, TogetherForm(rules=chosen.rules, initial={"seen": chosen.seen})
            )
        form = TogetherForm(request.POST, rules=chosen.rules)
        if not form.is_valid():
            return self._show_together(request, chosen, form, status=400)
        batch = _batch_of(request.user, form.cleaned_data)
        if "apply" in request.POST and (done := _decided_in(batch)):
            return self._lead_on(request, batch, done)
        if form.cleaned_data["seen"] != chosen.seen:
            return self._refuse(
                request, chosen, form, _("Not saved: these flags have changed since the page was shown.")
            )
        if "again" in request.POST:
            return self._show_together(request, chosen, form.typed_for(chosen))
        held = held_by_others([flag.pk for flag in chosen.flags], request.user)
        free = [flag for flag in chosen.flags if flag.pk not in held]
        becoming = states_after(free, request.user, form.cleaned_data["decision"])
        if "apply" not in request.POST or not becoming:
            effects = effects_of(free, becoming, request.user) + held_back(len(held))
            return self._show_together(request, chosen, form, effects=effects)
        flags = [flag for flag in free if flag.pk in becoming]
        try:
            decided = _apply(flags, request.user, form.cleaned_data, batch)
        except ValidationError as error:  # an audit or another person changed a flag meanwhile
            return self._refuse(request, _choose(request), form, " ".join(error.messages))
        # A page may have been opened since the preview.
        for line in held_back(len(held)):
            self.message_user(request, line, messages.WARNING)
        return self._lead_on(request, batch, decided)

    def _lead_on(self, request: HttpRequest, batch: UUID, number: int) -> HttpResponse:
        """Report the joint decision, and redirect to the list."""
        done = ngettext("Decided on %(number)d flag.", "Decided on %(number)d flags.", number)
        link = format_html(
            '{} <a href="{}" data-key="z">{} <kbd>z</kbd></a>',
            done % {"number": number},
            page_address("batch", batch, filters=filters_of(request)),
            _("See them, or undo it"),
        )
        self.message_user(request, link, messages.SUCCESS)
        return HttpResponseRedirect(list_address(filters_of(request)))

    def batch_view(self, request: HttpRequest, batch: UUID) -> HttpResponse:
        """Show the decisions of a batch, and undo them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        filters = filters_of(request)
        address = page_address("batch", batch, filters=filters)
        if request.method == "POST":
            if not self.has_decide_in_bulk_permission(request):
                raise PermissionDenied
            try:
                undone = undo_batch(batch=batch, undone_by=request.user)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
                return HttpResponseRedirect(address)
            self.message_user(
                request, _describe_undone(undone), messages.SUCCESS if undone.restored else messages.WARNING
            )
            return HttpResponseRedirect(address)
        reviews = Review.objects.filter(batch=batch).select_related("flag__process", "flag__organization", "reviewer")
        rows = list(reviews.defer("flag__process__compiled_release", "flag__process__corrections"))
        if not rows:
            raise Http404
        is_own = rows[0].reviewer == request.user or request.user.has_perm("audits.undo_batch_of_others")
        shown: dict[str, Any] = {
            "rows": [(row.flag, sentence_judged(row.judged), admin_url(Flag, row.flag_id)) for row in rows],
            "first": rows[0],
            "reason_kind": reason_label(rows[0].reason_code),
            "may_undo": is_own
            and self.has_decide_in_bulk_permission(request)
            and timezone.now() - rows[0].reviewed_at <= UNDO_WITHIN
            and Review.objects.filter(batch=batch).not_undone().exists(),
            "until": rows[0].reviewed_at + UNDO_WITHIN,
            "list_url": list_address(filters),
        }
        return self.answer(request, "admin/audits/flag/batch.html", _("Decided together"), **shown)

    def _refuse(self, request: HttpRequest, chosen: Chosen, form: TogetherForm, problem: str) -> HttpResponse:
        """
        Show the current flags and the input again, without flags that were decided since the page was shown.

        Otherwise sending the form again could overrule a colleague's decision that nobody has read.
        """
        latest = _latest_seen(form.cleaned_data["seen"])
        kept = [flag for flag in chosen.flags if str(flag.last_review or "") == latest.get(str(flag.pk))]
        if decided := len(chosen.flags) - len(kept):
            left_out = _("Left out because somebody decided on them meanwhile: %(number)d.") % {"number": decided}
            problem = f"{problem} {left_out}"
        chosen = structs.replace(chosen, flags=kept)
        return self._show_together(request, chosen, form.typed_for(chosen), problem=problem, status=409)

    def _show_together(
        self,
        request: HttpRequest,
        chosen: Chosen,
        form: TogetherForm,
        *,
        effects: list[str] | None = None,
        problem: str = "",
        status: int = 200,
    ) -> HttpResponse:
        shown: dict[str, Any] = {
            "rows": [
                (
                    flag,
                    sentence(flag),
                    admin_url(Flag, flag.pk),
                    deal(flag.process) if flag.process else "",
                    _passages(flag),
                )
                for flag in chosen.flags
            ],
            "left_out": chosen.left_out,
            "form": form,
            "own_reasons": own_reasons(request.user, chosen.rules),
            "effects": effects,
            "reason_kind": reason_label(form.cleaned_data["reason_code"]) if effects else "",
            "problem": problem,
            "list_url": list_address(filters_of(request)),
        }
        return self.answer(request, "admin/audits/flag/together.html", _("Decide together"), status=status, **shown)


def _describe_undone(undone: Undone) -> str:
    """Describe how many flags of an undone batch were restored, and how many were left as they are."""
    texts = (
        (
            undone.restored,
            ngettext("%(number)d flag stands as before.", "%(number)d flags stand as before.", undone.restored),
        ),
        (
            undone.left,
            ngettext(
                "%(number)d flag was decided on since, or undone, and is left as it is.",
                "%(number)d flags were decided on since, or undone, and are left as they are.",
                undone.left,
            ),
        ),
    )
    return " ".join(text % {"number": number} for number, text in texts if number)


def _latest_seen(seen: str) -> dict[str, str]:
    """Return flag → the latest decision that a page showed of it ("" for none), both by key as text."""
    entries = (entry.split(":") for entry in seen.split())
    return {parts[0]: parts[-1] for parts in entries}


def together_url(flags: QuerySet[Flag], filters: str) -> str:
    """Return the address of the page that decides on the oldest ``MAX_TOGETHER`` of some flags."""
    keys = list(flags.order_by("raised_at", "pk").values_list("pk", flat=True)[:MAX_TOGETHER])
    named = "-".join(map(str, keys))
    return page_address("together", flags=named, **{MORE: flags.count() - len(keys)}, filters=filters)


def _lead_to(flags: QuerySet[Flag], request: HttpRequest) -> HttpResponse | None:
    """Redirect to the page that decides on flags; ``None`` (back to the list) if there are none."""
    return HttpResponseRedirect(together_url(flags, request.GET.urlencode())) if flags.exists() else None


def _of_cause(cause: str) -> QuerySet[Flag]:
    try:
        return Flag.objects.at_the_desk(with_context=True).filter(cause=UUID(cause))
    except ValueError as error:
        raise Http404 from error


def _of_contract(key: str) -> QuerySet[Flag]:
    flag = Flag.objects.only("process", "organization").filter(pk=key_of(key)).first()
    if flag is None:
        raise Http404
    return Flag.objects.at_the_desk().filter(flag.same_subject)


def _choose(request: HttpRequest) -> Chosen:
    """Return the decidable flags among those in the form or, before it is sent, in the address."""
    named = list(_latest_seen(request.POST.get("seen", ""))) or request.GET.get("flags", "").split("-")
    keys = [key_of(key) for key in named[:MAX_TOGETHER]]
    flags: Any = Flag.objects.visible_to(request.user).decidable().filter(pk__in=keys)
    flags = flags.select_related("process", "organization").annotate(last_review=Max("reviews__pk"))
    documents = ("process__compiled_release", "process__corrections")
    return Chosen(
        list(flags.defer(*documents).order_by("raised_at", "pk")),
        key_of(request.GET.get(MORE, "")),
    )


def _passages(flag: Flag) -> list[str]:
    """Return the first passages that a flag cites: matched words alone do not show their meaning."""
    passages = dict.fromkeys(entry["passage"] for entry in flag.evidence if entry.get("passage"))
    return list(passages)[:MAX_PASSAGES]


def _batch_of(reviewer: Any, given: dict[str, Any]) -> UUID:
    """Return the batch id of a form: a second click has the same id, any other form another."""
    values = [str(given[name]) for name in ("seen", "decision", "reason_code", "reason")]
    return uuid5(NAMESPACE_OID, json.dumps([reviewer.pk, *values]))


def _decided_in(batch: UUID) -> int:
    """Return the number of flags that still have the decision of a batch, neither undone nor decided again."""
    since = Review.objects.filter(flag=OuterRef("flag"), pk__gt=OuterRef("pk"))
    return Review.objects.filter(~Exists(since), batch=batch).count()


def _apply(flags: list[Any], reviewer: Any, given: dict[str, Any], batch: UUID) -> int:
    """Decide on all flags, and return their number; raises as ``decide`` does if one changed since it was shown."""
    with transaction.atomic():
        hold_flags([flag.pk for flag in flags])
        if done := _decided_in(batch):  # the same form was sent twice at the same time
            return done
        for flag in sorted(flags, key=lambda flag: flag.pk):
            decide(
                flag=flag,
                reviewer=reviewer,
                decision=Review.Decision(given["decision"]),
                reason=given["reason"],
                reason_code=given["reason_code"],
                shown_digest=flag.shown_digest,
                last_review=flag.last_review,
                batch=batch,
            )
    return len(flags)
