"""
Texts of Django that our catalogs translate differently.

Catalogs of ``LOCALE_PATHS`` go before those of Django; that the texts stand here keeps them in ours.
"""

from django.utils.translation import gettext_noop

# Django's own take every name for masculine ("El supresión fue …").
DJANGO_OVERRIDES = (
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was added successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    gettext_noop("The %(name)s “%(obj)s” was deleted successfully."),
)
# Django's Portuguese begins months with a capital, as names of people; dates and charts read "1 de novembro de 2026".
# The catalog of Portugal has them by hand: Django's would come before those of Brazil.
MONTHS = (
    *(gettext_noop("January"), gettext_noop("February"), gettext_noop("March"), gettext_noop("April")),
    *(gettext_noop("May"), gettext_noop("June"), gettext_noop("July"), gettext_noop("August")),
    *(gettext_noop("September"), gettext_noop("October"), gettext_noop("November"), gettext_noop("December")),
)
