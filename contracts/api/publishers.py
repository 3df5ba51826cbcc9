"""Publishers: the sources of records."""

from django.db.models import Value
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contracts.api.protocol.citing import Cite, first_text
from contracts.api.protocol.columns import Link
from contracts.api.protocol.views import DetailView, ListView
from contracts.models import Publisher


class PublisherRow(serializers.Serializer):
    """A source of records."""

    slug = serializers.CharField(help_text="What it is called in filters.")
    url = Link("publishers", source="slug")
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2, or empty.")
    time_zone = serializers.CharField(help_text="Of dates that name none, such as America/Bogota.")
    ocid_prefix = serializers.CharField(help_text="Of its records, such as ocds-k50g02; or empty.")
    licence = serializers.CharField(help_text="Of its records, as its own terms name it; empty: not stated.")
    licence_source = serializers.CharField(help_text="Where it says so.")
    source_url = serializers.CharField()


class PublisherDetail(PublisherRow):
    cite = Cite(_("publisher of contracting records"), author=Value(""), title=first_text("name", "slug"))


class PublisherListView(ListView):
    """List the publishers of records."""

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
