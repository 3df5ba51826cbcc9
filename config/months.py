"""
Names of months as catalogs of ours write them: Django's Portuguese begins them with a capital, which nobody else does.

Entries of a project go before those of Django, so that dates and charts read ``1 de novembro de 2026``.
"""

from django.utils.translation import gettext_noop

MONTHS = (
    *(gettext_noop("January"), gettext_noop("February"), gettext_noop("March"), gettext_noop("April")),
    *(gettext_noop("May"), gettext_noop("June"), gettext_noop("July"), gettext_noop("August")),
    *(gettext_noop("September"), gettext_noop("October"), gettext_noop("November"), gettext_noop("December")),
)
