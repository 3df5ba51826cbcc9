"""The admin of what deserves a look: the queue of flags and their decisions, audits, reference data, overrides."""

from django.contrib import admin

from audits.admin import (
    audits,
    blind,
    claims,
    cohorts,
    flags,
    four_eyes,
    known_answers,
    organizations,
    overrides,
    people,
    reference,
    replies,
    reviews,
    suppressions,
)

admin.site.index_template = "admin/audits/index.html"
admin.site.site_title = admin.site.site_header = "Veedor"
