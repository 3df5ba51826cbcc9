from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.forms import SimpleArrayField
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audits.admin.reference.change_preview import PreviewedAdmin
from audits.matching.lexicon import expand
from audits.models import LexiconTerm, PublicList, Watchlist, WatchlistEntry
from contracts.admin.columns import column
from contracts.admin.filters import OwnCountryFilter

# Number of wordings of a row for which records are searched first.
MAX_WORDINGS = 5


class LinesField(SimpleArrayField):
    """A list of texts, one per line, because names contain commas."""

    def __init__(self, base_field: forms.Field, **options: Any) -> None:
        options["delimiter"] = "\n"
        options["widget"] = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        super().__init__(base_field, **options)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = "\n".join(line.strip() for line in value.splitlines() if line.strip())
        return super().to_python(value)


class ReferenceAdmin(PreviewedAdmin):
    """Reference data. Reloading the files leaves rows unchanged that were edited here."""

    SHORT = ("name", "concept", "term", "parent", "authority")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, ArrayField):
            help_text = [db_field.help_text, _("One on each line.")]
            return LinesField(
                forms.CharField(),
                label=str(db_field.verbose_name).capitalize(),
                required=False,
                help_text=" ".join(str(text) for text in help_text if text),
            )
        if isinstance(db_field, models.TextField):
            is_short = db_field.name in self.SHORT
            attributes = {"class": "vTextField"} if is_short else {"class": "vLargeTextField", "rows": 3}
            kwargs["widget"] = (forms.TextInput if is_short else forms.Textarea)(attrs=attributes)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(LexiconTerm)
class LexiconTermAdmin(ReferenceAdmin):
    list_display = ["term", "concept", "language", "strength", "enabled"]
    list_filter = ["enabled", "language", "strength", "concept"]
    search_fields = ["term", "concept"]
    fields = ["concept", "language", "term", "strength", "enabled", "source", "note"]

    def words_of(self, row: LexiconTerm) -> list[str]:
        return list(expand(row.term))[:MAX_WORDINGS]


@admin.register(Watchlist)
class WatchlistAdmin(ReferenceAdmin):
    list_display = ["name", "slug", "enabled"]


@admin.register(WatchlistEntry)
class WatchlistEntryAdmin(ReferenceAdmin):
    list_display = ["name", "watchlist", "country", "listings_written", "enabled"]
    list_filter = ["watchlist", "enabled", OwnCountryFilter]
    list_select_related = ["watchlist"]
    search_fields = ["name", "aliases__icontains"]
    listings_written = column(_("public lists"), lambda entry: "; ".join(entry.listings))

    def words_of(self, row: WatchlistEntry) -> list[str]:
        return [row.name, *row.aliases][:MAX_WORDINGS]


@admin.register(PublicList)
class PublicListAdmin(ReferenceAdmin):
    list_display = ["name", "authority", "effect", "enabled"]
