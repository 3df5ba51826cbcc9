from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contracts.admin.bases import ReadOnlyAdmin
from contracts.admin.beside import row_of_release
from contracts.admin.columns import column, digest_column
from contracts.models import Release
from contracts.models.provenance import Verification
from contracts.models.release import release_source, release_verification
from contracts.pages.display import preformatted, pretty_json, provenance


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ["ocid", "release_id", "kind", "received_at", "provenance"]
    list_display_links = ["ocid", "release_id"]
    search_fields = ["=ocid", "=release_id"]
    search_help_text = _("The whole ocid, or the whole release id.")
    ordering = ["-pk"]
    fields = [
        "ocid",
        "release_id",
        "kind",
        "digest_hex",
        "submission",
        "pointer",
        "line",
        "row_as_sent",
        "received_at",
        "provenance",
        "as_received",
    ]
    provenance = column(
        _("source and verification"), lambda release: provenance(release.said_by, Verification(release.verified))
    )
    row_as_sent = column(_("row as it was sent"), row_of_release)
    digest_hex = digest_column(_("SHA-256 of the canonical JSON"), "digest")
    as_received = column(_("as received"), lambda release: preformatted(pretty_json(bytes(release.content))))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        return (
            super()
            .get_queryset(request)
            .defer("content")
            .annotate(said_by=release_source(), verified=release_verification())
        )
