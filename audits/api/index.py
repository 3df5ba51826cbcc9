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
    "lists",
    "rule-sets",
    "stats",
    "decision-logs",
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
    """
    List the addresses of the API.

    The response has the addresses of its lists, its OpenAPI description and its documentation.
    """

    @extend_schema(operation_id="index", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        return Response({name: reverse(name, request=request) for name in NAMES})
