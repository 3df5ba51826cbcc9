from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from contracts.api.protocol.views import ApiView

NAMES = (
    "contracting-processes",
    "contracts",
    "contract-sums",
    "organizations",
    "publishers",
    "ocds-releases",
    "flags",
    "changes",
    "dumps",
    "rules",
    "stats",
    "submissions",
    "reconcile",
    "usage",
    "dictionary",
    "autocomplete-organizations",
    "autocomplete-publishers",
    "autocomplete-rules",
    "problems",
    "changelog",
    "schema",
    "docs",
    "guide",
)


class IndexView(ApiView):
    """Where the API's lists are, its description and its documentation."""

    @extend_schema(operation_id="index", summary="Find the addresses of the API", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        return Response({name: reverse(name, request=request) for name in NAMES})
