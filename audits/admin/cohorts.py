import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audits.models import Cohort
from contracts.admin.readonly import ReadOnlyAdmin


@admin.register(Cohort)
class CohortAdmin(ReadOnlyAdmin):
    """What a flag means by "unusual": the population it was compared with, its size and its fences."""

    list_display = ["name", "population", "n", "window_start", "window_end", "computed_at"]
    list_filter = ["name"]
    search_fields = ["key"]
    sortable_by = []
    fields = ["name", "population", "n", "window_start", "window_end", "figures_written", "computed_at", "digest_hex"]

    @admin.display(description=_("population"))
    def population(self, cohort: Cohort) -> str:
        return ", ".join(part for part in cohort.key.split("|") if part) or str(_("all processes"))

    @admin.display(description=_("figures"))
    def figures_written(self, cohort: Cohort) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(cohort.figures, indent=2, ensure_ascii=False, sort_keys=True))

    @admin.display(description=_("digest of the figures"))
    def digest_hex(self, cohort: Cohort) -> str:
        return bytes(cohort.digest).hex()
