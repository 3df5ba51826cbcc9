"""
Texts of Django that our catalogs translate otherwise: its own take every name for masculine ("El supresión fue …").

Catalogs of ``LOCALE_PATHS`` go before those of Django; that the texts stand here keeps them in ours.
"""

from django.utils.translation import gettext_noop

DJANGO_OVERRIDES = (
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was added successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    gettext_noop("The %(name)s “%(obj)s” was deleted successfully."),
)
