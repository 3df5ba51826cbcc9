from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contracts.admin.bases import ReadOnlyAdmin, SearchedAdmin
from contracts.admin.columns import column
from contracts.models import ContractingProcess, Organization, Party
from contracts.pages.display import admin_url, country_in_words, in_words, process_provenance

MAX_PROCESSES = 50


@admin.register(Organization)
class OrganizationAdmin(SearchedAdmin, ReadOnlyAdmin):
    list_display = ["name", "country_written", "scheme", "identifier", "roles_written", "merged_into"]
    search_fields = ["name"]  # switches the search on
    search_help_text = _("Words of the name, or the whole identifier.")
    ordering = ["-pk"]
    list_select_related = ["merged_into"]
    fields = ["name", "country_written", "scheme", "identifier", "roles_written", "key", "body", "processes"]
    country_written = column(_("country"), lambda organization: country_in_words(organization.country))
    roles_written = column(_("roles"), lambda organization: in_words(*organization.roles))

    @admin.display(description=_("one body with"))
    def body(self, organization: Organization) -> SafeString:
        rows = [organization.merged_into] if organization.merged_into else list(organization.merged.order_by("pk"))
        links = format_html_join(
            "",
            '<li><a href="{}">{}</a> <span class="quiet">{}</span></li>',
            ((admin_url(Organization, row.pk), row, row.key) for row in rows),
        )
        propose = reverse("admin:contracts_samebody_add", query={"one": organization.pk})
        return format_html(
            '<ul class="plain">{}</ul><a href="{}">{}</a>', links, propose, _("It is the same as another one …")
        )

    @admin.display(description=_("latest contracting processes"))
    def processes(self, organization: Organization) -> SafeString | str:
        parties = (
            Party.objects.filter(organization=organization)
            .select_related("process__publisher")
            .only("roles", "process__ocid", "process__title", "process__verification", "process__publisher__slug")
            .order_by("-pk")[:MAX_PROCESSES]
        )
        rows = format_html_join(
            "",
            '<li><a href="{}">{}</a> {} <span class="quiet">{}</span></li>',
            (
                (
                    admin_url(ContractingProcess, party.process_id),
                    party.process.ocid,
                    party.process.title[:120],
                    f"{in_words(*party.roles)} · {process_provenance(party.process)}",
                )
                for party in parties
            ),
        )
        return format_html('<ul class="plain">{}</ul>', rows) if rows else "–"
