"""The tables that dumps are made of: the lists of the API, as everyone is shown them."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import HttpRequest
from msgspec import Struct

from audits.api.contracts import AuditedContractListView
from audits.api.flags import FlagListView
from audits.api.processes import AuditedProcessListView
from contracts.api.organizations import OrganizationListView
from contracts.api.protocol.list_view import ListView
from contracts.api.protocol.rows.columns import of_site
from contracts.api.publishers import PublisherListView


class Table(Struct, frozen=True):
    """
    A list of the API.

    :param country: the column of a row's country, empty for a table that is not parted
    :param day: the column whose year parts the rows further
    """

    name: str
    view: type[ListView]
    country: str = ""
    day: str = ""

    def open(self) -> tuple[models.QuerySet, Mapping[str, Any]]:
        """
        Return the rows, in the order of their keys, and the fields that the list answers everyone.

        Addresses are those of ``VEEDOR_SITE``: a dump is written by no request, and leaves the site.
        """
        view = self.view()
        asked = HttpRequest()
        asked.method = "GET"
        asked.user = AnonymousUser()
        view.format_kwarg = None
        view.request = view.initialize_request(asked)
        return view.get_queryset().order_by("pk"), of_site(view.chosen_fields(view.request), settings.VEEDOR_SITE)


TABLES = (
    Table("contracts", AuditedContractListView, "process__country", "date"),
    Table("contracting-processes", AuditedProcessListView, "country", "date"),
    Table("flags", FlagListView, "country", "raised_at"),
    Table("organizations", OrganizationListView),
    Table("publishers", PublisherListView),
)
# The records themselves, in OCDS; parted as the processes.
RELEASES = "compiled-releases"
