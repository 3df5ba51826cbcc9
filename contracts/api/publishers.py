"""Publishers: the sources of records."""

from typing import Any

from django.db import models
from django.db.models import Count, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contracts.api.protocol.citing import Cite, first_text
from contracts.api.protocol.list_view import ListView
from contracts.api.protocol.rows.columns import Day, Instant, Link
from contracts.api.protocol.views import DetailView
from contracts.models import ContractingProcess, Publisher
from contracts.postgres.steady import steady


def _of_records(figure: Any) -> Subquery:
    """Return an aggregate of the public records of a publisher."""
    records = ContractingProcess.objects.public().filter(publisher=OuterRef("pk")).order_by()
    return Subquery(records.values(one=Value(1)).annotate(figure=figure).values("figure"))


class Processes(serializers.IntegerField):
    @staticmethod
    @steady
    def expression(_source: str) -> Coalesce:
        return Coalesce(_of_records(Count("*")), 0, output_field=models.IntegerField())


class LatestRelease(Instant):
    @staticmethod
    @steady
    def expression(_source: str) -> Subquery:
        # Without the filter PostgreSQL would scan the dates of all records backwards for this publisher.
        return _of_records(Max("date", filter=models.Q(date__isnull=False)))


class Loaded(Day):
    @staticmethod
    @steady
    def expression(_source: str) -> Subquery:
        return _of_records(Max("compiled_at"))


class PublisherRow(serializers.Serializer):
    """A publisher of records."""

    slug = serializers.CharField(help_text="Name of the publisher in filters.")
    url = Link("publishers", source="slug")
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2, or empty.")
    time_zone = serializers.CharField(help_text="Time zone of dates without one, such as America/Bogota.")
    ocid_prefix = serializers.CharField(
        help_text="Prefix of the ocids of its records, such as ocds-k50g02; empty if unknown."
    )
    licence = serializers.CharField(
        help_text="Licence of its records, as the publisher names it; empty if not stated."
    )
    licence_source = serializers.CharField(help_text="Where it says so.")
    licence_looked_on = serializers.DateField(
        allow_null=True, help_text="Last day on which a person looked for a licence; null if not recorded."
    )
    licence_looked_at = serializers.CharField(help_text="Addresses where a person looked and found no licence.")
    source_url = serializers.CharField()
    processes = Processes(help_text="Number of public contracting processes in its records.")
    latest_release = LatestRelease(help_text="Date of their latest release; null if none has a date.")
    loaded = Loaded(
        allow_null=True, help_text="Day on which one of them was last added or changed; null if there are none."
    )


class PublisherDetail(PublisherRow):
    cite = Cite(
        _("publisher of contracting records"), author=Value(""), title=first_text("name", "slug"), publisher=""
    )


class PublisherListView(ListView):
    """List publishers."""

    queryset = Publisher.objects.all()
    serializer_class = PublisherRow
    title = "publishers"
    orders = {"id": "pk", "slug": "slug"}
    order = "slug"


class PublisherDetailView(DetailView):
    """Read one publisher."""

    queryset = Publisher.objects.all()
    serializer_class = PublisherDetail
    address = "slug"
