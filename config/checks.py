"""System checks of an installation, beyond what the settings refuse by themselves."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's name
from django.core.files.storage import InvalidStorageError, storages

from audits.reference.rules_in_force import why_not_to_audit
from contracts.postgres.versions import in_words, missing_migrations


@register
def contact_is_named(**_options: Any) -> list[CheckMessage]:
    """Warn if nobody is named whom people can contact about flags."""
    if settings.PRODUCTION and not settings.VEEDOR_CONTACT:
        return [
            Warning(
                "VEEDOR_CONTACT is not set: pages and API do not say whom to contact about a flag.",
                hint="Set it to an address or page of the operator; see .env.example.",
                id="veedor.W001",
            )
        ]
    return []


# Not for each command: it asks the database, and is of no use before a migration.
@register(Tags.database, deploy=True)
def versions_agree(*, databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """Report why workers of this program do nothing, or leave audits to others."""
    if not databases:
        return []
    if missing := missing_migrations():
        return [Error(in_words(missing), id="veedor.E002")]
    reason = why_not_to_audit()
    return [Error(reason, id="veedor.E003")] if reason else []


@register
def storage_can_be_used(**_options: Any) -> list[CheckMessage]:
    """Report an unusable storage before the first file is sent to it."""
    try:
        storages["received"]
    except (InvalidStorageError, ImportError, TypeError, ValueError) as error:
        return [Error(f"VEEDOR_STORAGE names a storage that cannot be used: {error}", id="veedor.E001")]
    return []
