from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from contracts.admin.bases import PageAdmin, ReadOnlyAdmin, SearchedAdmin
from contracts.admin.beside import documents_of_process
from contracts.admin.columns import column, digest_column
from contracts.admin.filters import CountryFilter
from contracts.models import Claim, ContractingProcess, Release
from contracts.models.process import PUBLIC, may_see_claims
from contracts.pages.display import (
    Rows,
    admin_link,
    admin_url,
    amount,
    country_in_words,
    day,
    first_rows,
    in_words,
    minute,
    pretty_json,
    process_provenance,
)
from contracts.pages.record import compiled_release, read_record
from contracts.translating import correction_detail

# The columns of jsonb: long, stored apart, and read only where they are shown.
DOCUMENTS = ("compiled_release", "corrections")


def process_links(processes: QuerySet[ContractingProcess]) -> SafeString | str:
    """Write processes as links in a line, the first ones of many, ``–`` if there are none."""
    rows = first_rows(processes.order_by("pk").values_list("pk", "ocid"))
    links = format_html_join(
        " ", '<a href="{}">{}</a>', ((admin_url(ContractingProcess, pk), ocid) for pk, ocid in rows.shown)
    )
    if rows.left_out:
        return format_html("{} {}", links, _now("%(number)d more") % {"number": rows.left_out})
    return links or "–"


@admin.register(ContractingProcess)
class ContractingProcessAdmin(PageAdmin, SearchedAdmin, ReadOnlyAdmin):
    list_display = ["ocid", "short_title", "buyer_name", "country_written", "method", "value", "dated", "provenance"]
    list_display_links = ["ocid", "short_title"]
    search_fields = ["ocid"]  # switches the search on
    ocid_field = "ocid"
    search_help_text = _("Words of ocid, title, description, buyer or suppliers.")
    list_filter = [CountryFilter, "verification"]
    change_form_template = "admin/contracts/contractingprocess/change_form.html"
    fields = [
        "ocid",
        "publisher",
        "provenance",
        "claim_link",
        "counted_with",
        "documents",
        "release_count",
        "compiled_at",
        "digest_hex",
    ]
    documents = column(_("documents sent with it"), documents_of_process)
    provenance = column(_("source and verification"), process_provenance)
    country_written = column(_("country"), lambda process: country_in_words(process.country))
    method = column(_("procurement method"), lambda process: in_words(process.procurement_method))
    short_title = column(_("title"), lambda process: process.title[:120] or "–")
    value = column(_("value"), lambda process: amount(process.amount, process.currency))
    dated = column(_("date"), lambda process: day(process.date) or "–", ordering="date")
    claim_link = column(_("claim"), lambda process: admin_link(Claim, process.claim_id))
    counted_with = column(
        _("counted with"), lambda process: admin_link(ContractingProcess, process.same_as_id, process.same_as)
    )
    digest_hex = digest_column(_("SHA-256 of the compiled release"), "digest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContractingProcess]:
        visible = super().get_queryset(request)
        if not may_see_claims(request.user):
            visible = visible.filter(verification__in=PUBLIC)
        return visible.defer(*DOCUMENTS).select_related("publisher", "buyer", "procuring_entity")

    def claims_beside(self, process: ContractingProcess) -> Rows:
        """Return the other held claims on the ocid of a process, as the page lists them."""
        ocid = process.claim.ocid if process.claim else process.ocid
        held = Claim.objects.held().filter(ocid=ocid).exclude(processes=process).order_by("-made_at")
        rows = first_rows(held)
        return rows._replace(
            shown=[
                {"row": claim, "href": admin_url(Claim, claim.pk), "received": day(claim.made_at)}
                for claim in rows.shown
            ]
        )

    def page_of(self, request: HttpRequest, process: ContractingProcess) -> dict[str, Any]:
        text, release = compiled_release(process.pk)
        releases = first_rows(Release.objects.of_process(process).defer("content").reverse())
        corrections = first_rows(process.corrections)
        return {
            "record": read_record(process, release, for_desk=True),
            "claims": self.claims_beside(process) if may_see_claims(request.user) else Rows([], 0),
            "compiled_release": pretty_json(text),
            "corrections": corrections._replace(
                shown=[row | {"detail": correction_detail(row["reason"])} for row in corrections.shown]
            ),
            "releases": releases._replace(
                shown=[
                    {"row": row, "href": admin_url(Release, row.pk), "received": minute(row.received_at)}
                    for row in releases.shown
                ]
            ),
        }
