"""Whether a request changed a row, and what it changed taken back."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from contracts.models import ApiToken
from tests.support.stored import stored_rows

# Written beside what is done: sessions, the trail of who read what, and the day of a token's use.
_BESIDE = {"django_session", "contracts_trailentry", "contracts_apitoken"}


def stored() -> dict[str, list[str]]:
    """All rows of all tables, but for what is written beside what is done."""
    rows = stored_rows(but=_BESIDE)
    tokens = ApiToken.objects.order_by("pk").values_list("pk", "revoked_at")
    return rows | {"tokens": [str(token) for token in tokens]}


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is done in the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
