"""
Addresses of contracting processes by ocid.

An ocid is any text, but a path cannot hold every text: servers decode an encoded slash, programs resolve dots between
slashes, and a path has no line ends. Where a path would lead elsewhere, the address has the ocid in its query.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from django.db import models
from django.db.models import F
from django.db.models.functions import JSONObject
from django.db.models.lookups import Regex
from django.urls import register_converter
from django.urls.converters import PathConverter, StringConverter
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.protocol.problems import parameter_problem
from contracts.api.protocol.rows.columns import IS_PLAIN, Link, joined, quoted, route_address
from contracts.api.protocol.views import ApiView
from contracts.postgres.steady import steady

# Identifiers of a contract within its record, the most reliable first.
CONTRACT_NAMES = ("contract_id", "award_id")
OCID = OpenApiParameter(
    "ocid", OpenApiTypes.STR, required=True, description="Ocid of the contracting process, percent-encoded."
)


class OcidConverter(PathConverter):
    """An ocid in a path: servers decode its slashes; `/releases` and `/documents` at the end are separate lists."""

    regex = r"(?!.+/(?:releases|documents)/\Z).+"


class Sha256Converter(StringConverter):
    """The SHA-256 of a document in a path."""

    regex = "[0-9a-f]{64}"


register_converter(OcidConverter, "ocid")
register_converter(Sha256Converter, "sha256")


class ProcessLink(Link):
    """The address of a contracting process, by its ocid."""

    def __init__(self, **options: Any) -> None:
        super().__init__("contracting-processes", **options)

    def converter(self) -> Callable[[Any], str]:
        address = self.list_address()
        return lambda ocid: f"{address}{ocid}/" if IS_PLAIN(ocid) else self.site + process_address(ocid)

    def exported(self, column: Any) -> models.Expression:
        """Return SQL for the address, including encoding and `fits_path` for the few ocids that need them."""
        by_path = joined(models.Value(self.list_address()), _quoted(column), models.Value("/"))
        by_query = joined(models.Value(f"{self.list_address('process-by-ocid')}?ocid="), _quoted(column))
        return models.Case(
            models.When(Regex(column, r"^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$"), then=super().exported(column)),
            models.When(
                Regex(column, r"^[[:alnum:][:punct:] ]+$") & ~Regex(column, r"(^|/)\.\.?(/|$)|/(releases|documents)$"),
                then=by_path,
            ),
            default=by_query,
        )


class ContractLink(Link):
    """
    The address of a contract: by ocid and the id of the contract or award, or its position if it has neither.

    It stays the same as long as its record uses these ids, even if the record is compiled again.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__("contract", **options)

    @steady
    def expression(self, _source: str) -> JSONObject:
        return JSONObject(ocid="process__ocid", contract_id="contract_id", award_id="award_id", path="path")

    def converter(self) -> Callable[[Any], str]:
        address = self.list_address()

        def convert(value: Any) -> str:
            name = next((name for name in CONTRACT_NAMES if value[name]), "path")
            return f"{address}?ocid={quoted(value['ocid'])}&{name}={quoted(value[name])}"

        return convert

    def exported(self, _column: Any) -> models.Expression:
        begin = joined(models.Value(f"{self.list_address()}?ocid="), _plain_or_quoted(F("process__ocid")))
        named = [
            models.When(
                ~models.Q(**{name: ""}), then=joined(begin, models.Value(f"&{name}="), _plain_or_quoted(F(name)))
            )
            for name in CONTRACT_NAMES
        ]
        return models.Case(*named, default=joined(begin, models.Value("&path="), _quoted(F("path"))))


def _plain_or_quoted(column: Any) -> models.Case:
    is_plain = models.When(Regex(column, "^[A-Za-z0-9_.~-]*$"), then=column)
    return models.Case(is_plain, default=_quoted(column), output_field=models.TextField())


def _quoted(column: Any) -> models.Func:
    template = """(
        SELECT string_agg(CASE WHEN chr(byte) ~ '[A-Za-z0-9_.~-]' AND byte < 128 THEN chr(byte)
                          ELSE '%%%%' || upper(lpad(to_hex(byte), 2, '0')) END, '' ORDER BY place)
        FROM (SELECT convert_to(%(expressions)s, 'UTF8') AS bytes) AS text,
             generate_series(0, length(bytes) - 1) AS place, get_byte(bytes, place) AS byte
    )"""
    return models.Func(column, template=template, output_field=models.TextField())


def process_address(ocid: str, **parameters: str) -> str:
    """Return the address of a contracting process in the API, with query parameters."""
    if fits_path(ocid):
        address = f"{route_address('contracting-processes')}{quote(ocid, safe='')}/"
    else:
        address, parameters = route_address("process-by-ocid"), {"ocid": ocid, **parameters}
    return f"{address}?{urlencode(parameters, quote_via=quote)}" if parameters else address


def fits_path(ocid: str) -> bool:
    """Return whether the ocid can be in the path of an address."""
    *others, last = ocid.split("/")
    return (
        ocid.isprintable() and not {".", ".."} & {*others, last} and not (others and last in {"releases", "documents"})
    )


def ocid_of(request: Request) -> str:
    """Return the ocid in the query, unchanged; raises ProblemError if there is none."""
    ocid = request.query_params.get("ocid", "")
    if not ocid:
        raise parameter_problem("ocid", "invalid_parameter", _("Name the contracting process: ?ocid=…"))
    return str(ocid)


class ByOcid(ApiView):
    """Mixin that reads the ocid from the query (`?ocid=`), for an ocid that a path cannot hold."""

    @property
    def ocid(self) -> str:
        return ocid_of(self.request)

    @property
    def schema_parameters(self) -> tuple[Any, ...]:  # type: ignore[override]
        return (OCID, *super().schema_parameters)

    def known_parameters(self) -> frozenset[str]:
        return super().known_parameters() | {"ocid"}

    def get(self, request: Request, **_address: Any) -> Response:
        return super().get(request, ocid=self.ocid)  # type: ignore[misc]
