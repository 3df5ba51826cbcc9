"""What Django's system checks ask of an installation beyond its settings' own refusals."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004 - Django's name


@register
def contact_is_named(**_options: Any) -> list[CheckMessage]:
    """Warn if people could not find out whom to answer: who publishes flags has to be reachable."""
    if settings.PRODUCTION and not settings.VEEDOR_CONTACT:
        return [
            Warning(
                "VEEDOR_CONTACT is not set: pages and API do not say how to answer a flag.",
                hint="Set it to the address or the page of whoever runs this installation; see .env.example.",
                id="veedor.W001",
            )
        ]
    return []
