import json
from typing import Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audits.judging.figures.processes import SOURCE_HABITS
from audits.models import Cohort
from audits.reports.habits import habits_in_words, rows_of
from contracts.admin.bases import ReadOnlyAdmin
from contracts.admin.columns import column, digest_column
from contracts.pages.display import preformatted


@admin.register(Cohort)
class CohortAdmin(ReadOnlyAdmin):
    """Populations that flags compare with, which define "unusual", with their size and fences."""

    list_display = ["name", "population", "n", "window_start", "window_end", "computed_at"]
    list_filter = ["name"]
    search_fields = ["key"]
    fields = ["name", "population", "n", "window_start", "window_end", "figures_written", "computed_at", "digest_hex"]
    population = column(
        _("population"),
        lambda cohort: ", ".join(part for part in cohort.key.split("|") if part) or str(_("all processes")),
    )
    digest_hex = digest_column(_("digest of the figures"), "digest")

    @admin.display(description=_("figures"))
    def figures_written(self, cohort: Cohort) -> SafeString:
        if cohort.name == SOURCE_HABITS:
            return _habits(habits_in_words(rows_of(cohort.figures)))
        return preformatted(json.dumps(cohort.figures, indent=2, ensure_ascii=False, sort_keys=True))


def _habits(rows: dict[str, Any]) -> SafeString:
    """Return a source's months, habits (those that rules do not ask about first) and methods, as a table."""
    line = "<tr><td>{}</td><td>{}</td><td>{} / {}</td></tr>"
    common_first = sorted(rows["habits"], key=lambda row: not row["is_common"])
    entries = [
        (
            format_html("<strong>{}</strong>" if row["is_common"] else "{}", row["text"]),
            row["answer"],
            row["same"],
            row["records"],
        )
        for row in common_first
    ]
    labels = [(row["name"], row["code"], row["records"], row["records"]) for row in rows["methods"]]
    months = rows["months"]
    span = (
        [(_("months on record"), f"{months['first']} – {months['last']}", months["held"], months["held"])]
        if months
        else []
    )
    return format_html("<table>{}</table>", format_html_join("", line, [*span, *entries, *labels]))
