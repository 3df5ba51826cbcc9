"""The parties of a contracting process, included in rows of lists."""

from collections.abc import Callable

from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from rest_framework.request import Request

from contracts.models import Party


def parties_of(process: str) -> Callable[[Request], QuerySet]:
    """Return the include of the parties of a row's process, whose key is in the column `process`."""

    def parties(_request: Request) -> QuerySet:
        columns = ("organization_id", "party_id", "name", "roles", "path")
        row = JSONObject(**{name: name for name in columns})
        return Party.objects.filter(process=OuterRef(process)).order_by("pk").values(json=row)

    return parties
