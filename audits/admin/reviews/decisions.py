import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import F, Func, Q, QuerySet, TextField
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from audits.admin.flag.case_file import rule_set_in_force
from audits.admin.flag.evidence_changes import places_in_words
from audits.admin.reviews.decisions_file import decisions_file
from audits.admin.reviews.overturning import OverturningFilter, overturned_by
from audits.methodology.lists import moved_since
from audits.methodology.texts_then import page_then
from audits.models import Flag, Review, RulePage
from audits.pages.labels import sentence_judged, waived_in_words
from audits.pages.records.members_in_words import NOTHING, setting_in_words
from audits.reference.reason_codes import reason_label
from audits.triage import waiver_of
from contracts.admin.bases import PageAdmin, ReadOnlyAdmin
from contracts.admin.columns import column, digest_column
from contracts.api.protocol.files.lists import MEDIA_TYPES
from contracts.api.protocol.files.workbook import MAX_ROWS
from contracts.intake.compiling import record_at
from contracts.ocds.folding import folded
from contracts.ocds.gate.document import decode_stored
from contracts.pages.comparison import compare
from contracts.pages.display import admin_link, admin_url, first_rows, preformatted, process_provenance
from contracts.pages.record import compiled_release
from contracts.postgres.search import as_texts, with_words
from contracts.postgres.search_terms import MAX_WORDS


@admin.register(Review)
class ReviewAdmin(PageAdmin, ReadOnlyAdmin):
    """Decisions, read-only, with the record as it was. They are made on the page of a flag."""

    change_form_template = "admin/audits/review.html"

    list_display = ["reviewed_at", "flag_written", "decided", "reason_kind", "reason", "reviewer"]
    list_filter = ["decision", OverturningFilter, ("reviewed_at", admin.DateFieldListFilter)]
    date_hierarchy = "reviewed_at"
    search_fields = ["=flag__process__ocid", "=flag__organization__key", "=flag__rule", "=reviewer__username"]
    search_help_text = _(
        "Words of the reason or of the record; or the whole ocid, the key of an organization, the code of a rule, or "
        "the name of a reviewer."
    )
    ordering = ["-pk"]
    fields = [
        "flag_written",
        "decided",
        "waived",
        "overturned",
        "reason_kind",
        "reason",
        "reviewer",
        "reviewed_at",
        "text",
    ]
    fields += ["evidence_written", "rule_version", "judged_written", "judged_digest_hex"]
    decided = column(_("decision"), lambda review: review.decided.capitalize())
    reason_kind = column(_("kind of reason"), lambda review: reason_label(review.reason_code) or "–")
    waived = column(_("waiver of the second confirmation"), lambda review: waived_in_words(waiver_of(review)) or "–")
    rule_version = column(_("version of the rule"), lambda review: review.judged.get("rule_version") or "–")
    judged_digest_hex = digest_column(_("SHA-256 of what was judged"), "judged_digest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        documents = ("flag__evidence", "flag__process__compiled_release", "flag__process__corrections")
        return (
            super()
            .get_queryset(request)
            .select_related("flag__process__publisher", "flag__organization", "reviewer")
            .defer(*documents)
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find exact names, and decisions whose reason, or whose flag's record, contains all words."""
        named, may_repeat = super().get_search_results(request, queryset, search_term)
        words = [word for word in folded(search_term).split()[:MAX_WORDS] if any(map(str.isalnum, word))]
        if not words:
            return named, may_repeat
        reasons = queryset.alias(
            folded_reason=Func(as_texts(F("reason")), function="search_text", output_field=TextField())
        )
        for word in words:
            reasons = reasons.filter(folded_reason__contains=word)
        records = with_words(Flag.objects.all(), search_term, "process", "organization")
        found = Q(pk__in=named.values("pk")) | Q(pk__in=reasons.values("pk")) | Q(flag__in=records.values("pk"))
        return queryset.filter(found), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        # Reasons need the width.
        return super().changelist_view(request, {"is_nav_sidebar_enabled": False, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_safe(self.file_view))
        return [path("decisions.xlsx", view, name="audits_review_file"), *super().get_urls()]

    def file_view(self, request: HttpRequest) -> HttpResponseBase:
        """Return the listed decisions as a workbook; if they are too many for one, redirect to the list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        address = f"{reverse('admin:audits_review_changelist')}?{request.GET.urlencode()}"
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(address)
        number = found.count()
        if number > MAX_ROWS:
            told = _("A workbook holds %(most)d decisions; these are %(number)d: choose a period.")
            self.message_user(request, told % {"most": MAX_ROWS, "number": number}, messages.ERROR)
            return HttpResponseRedirect(address)
        return FileResponse(
            decisions_file(found, request.build_absolute_uri(address), number),
            as_attachment=True,
            filename=f"veedor-decisions-{timezone.localdate()}.xlsx",
            content_type=MEDIA_TYPES["xlsx"],
        )

    def page_of(self, _request: HttpRequest, review: Review) -> dict[str, Any]:
        process, rests_on = review.flag.process, review.judged.get(Review.RESTS_ON, {})
        kept = RulePage.objects.filter(digest=bytes.fromhex(rests_on.get("rule_page", ""))).first()
        rule, said = review.flag.definition, sentence_judged(review.judged)
        moved = moved_since(rule, review.reviewed_at) if rule else []
        rules = {
            # Rows named by the flag first: an update of a whole list would bury them.
            "moved": first_rows(sorted(moved, key=lambda entry: entry.row.title not in said)),
            "held_rules": rests_on.get("rule_set", ""),
            "are_rules_as_judged": rests_on.get("rule_set") == rule_set_in_force(review.flag).hex(),
            "rule_page": page_then(kept) if kept else None,
            "parameters": list(_parameters(review)),
        }
        then = record_at(process, review.reviewed_at) if process else None
        if process is None or then is None:
            return rules
        text, digest = then
        held = rests_on.get("record", "")
        return rules | {
            "comparison": compare(compiled_release(process.pk)[1], decode_stored(text.decode())),
            "held": held,
            "is_as_judged": digest.hex() == held,
        }

    @admin.display(description=_("flag"))
    def flag_written(self, review: Review) -> SafeString:
        process = review.flag.process
        return format_html(
            '<a href="{}">{}</a> <span class="quiet">{}</span>',
            admin_url(Flag, review.flag_id),
            review.flag,
            process_provenance(process),
        )

    @admin.display(description=_("overturns"))
    def overturned(self, review: Review) -> SafeString | str:
        before = overturned_by(review)
        if before is None:
            return "–"
        told = _("%(decision)s, by %(name)s on %(day)s: “%(reason)s”") % {
            "decision": before.decided,
            "name": before.reviewer.get_username(),
            "day": date_format(timezone.localtime(before.reviewed_at), "DATE_FORMAT"),
            "reason": before.reason,
        }
        return admin_link(Review, before.pk, told)

    @admin.display(description=_("what it rested on"))
    def evidence_written(self, review: Review) -> SafeString | str:
        places = places_in_words(review.judged.get("evidence", ()))
        return format_html_join("", "<p>{}: <q>{}</q></p>", places) or "–"

    @admin.display(description=_("what was judged"))
    def judged_written(self, review: Review) -> SafeString:
        whole = preformatted(json.dumps(review.judged, ensure_ascii=False, indent=2))
        return format_html("<details><summary>{}</summary>{}</details>", _("All of it, as it is stored (JSON)"), whole)

    @admin.display(description=_("sentence as it stood"))
    def text(self, review: Review) -> str:
        return sentence_judged(review.judged) or "–"


def _parameters(review: Review) -> Iterator[tuple[str, str, str]]:
    """Yield the parameters of a decision: name, value then, and the flag's present value if it differs."""
    now = review.flag.parameters
    for name, then in review.judged.get("parameters", {}).items():
        written = setting_in_words(name, now[name]) if name in now else NOTHING
        yield name, setting_in_words(name, then), "" if name in now and now[name] == then else written
