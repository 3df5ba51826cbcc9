"""The releases of a contracting process, each as it was received."""

from django.db import models
from django.http import Http404
from rest_framework import serializers

from contracts.api.addresses import ByOcid
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.list_view import ListView
from contracts.api.protocol.rows.columns import Day
from contracts.api.protocol.rows.pagination import CursorPage
from contracts.api.records import WITHHELD, ReleaseContent, ReleaseDigest
from contracts.api.sources import ReleaseSource, ReleaseVerification
from contracts.models import ContractingProcess, Release


class ReleaseRow(serializers.Serializer):
    release_id = serializers.CharField()
    kind = serializers.CharField(help_text="`release`, or `compiled`: the compiled release of a record.")
    digest = ReleaseDigest(
        help_text="SHA-256 of the canonical JSON (members sorted, no spaces) of the release as shown."
    )
    received = Day(source="received_at")
    source = ReleaseSource()  # type: ignore[assignment]  # a field of this name
    verification = ReleaseVerification()


class ReceivedRow(ReleaseRow):
    release = ReleaseContent(
        source="content", help_text=f"The release exactly as received. {WITHHELD} It is then canonical JSON."
    )


class ReleasePage(CursorPage):
    default_limit = 20


class ReleaseListView(ListView):
    """
    List the releases of a contracting process.

    Each release is returned as it was received, in the order of arrival.
    """

    queryset = Release.objects.all()
    serializer_class = ReceivedRow
    pagination_class = ReleasePage
    order = "id"

    def get_queryset(self) -> models.QuerySet[Release]:
        """Return the releases of the process; raises Http404 if the reader may not see it."""
        visible = ContractingProcess.objects.visible_to(effective_user(self.request))
        process = visible.filter(ocid=self.ocid).only("ocid", "claim").first()
        if process is None:
            raise Http404
        return Release.objects.of_process(process)

    @property
    def ocid(self) -> str:
        return str(self.kwargs["ocid"])


class ReleaseListByOcidView(ByOcid, ReleaseListView):  # type: ignore[override]
    """
    List the releases of a contracting process, by a query parameter.

    Use this address if the ocid contains characters that a path cannot contain, such as a slash.
    """
