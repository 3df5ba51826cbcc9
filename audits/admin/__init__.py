"""The admin: the queue of flags and decisions on them, audits, reference data, and overrides."""

from django.contrib import admin

from audits.admin import replies
from audits.admin.flag import admin as flags
from audits.admin.people import accounts
from audits.admin.queue import suppressions
from audits.admin.records import audits, claims, cohorts, organizations
from audits.admin.reference import lists, overrides
from audits.admin.reviews import blind, decisions, four_eyes, known_answers

admin.site.index_template = "admin/audits/index.html"
admin.site.site_title = admin.site.site_header = "Veedor"
