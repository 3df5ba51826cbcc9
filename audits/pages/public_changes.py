"""What happened to public processes that is worth telling who follows a search: by a feed, e-mail or webhook."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from audits.api.changes import visible_changes
from audits.models import Flag
from audits.models.flag_state import IS_CONTEXT
from contracts.models import Change
from contracts.pages.rendering import EVERYONE

# Nothing that is gone, and nothing of organizations, which a search of processes does not name.
TOLD = (
    *(Change.Kind.CREATED, Change.Kind.AMENDED, Change.Kind.REPLY),
    *(Change.Kind.RECORD_MERGED, Change.Kind.RECORD_PARTED),
    *(Change.Kind.FLAG_RAISED, Change.Kind.FLAG_CHANGED, Change.Kind.FLAG_DECIDED, Change.Kind.FLAG_WITHDRAWN),
)


def telling(changes: QuerySet[Change], kinds: Collection[Change.Kind] = TOLD) -> Any:
    """Return those of some changes that everyone may hear of, and that ask for attention; with ``flag_ocid``."""
    return visible_changes(EVERYONE, changes).filter(
        # A flag that went into shadow and is visible is shown again.
        Q(flag_id=None) | Q(is_visible=True),
        # What is context asks nothing: lists and files have it, no message calls for it.
        ~Exists(Flag.objects.filter(IS_CONTEXT, pk=OuterRef("flag_id"))),
        kind__in=kinds,
        organization_id=None,
    )
