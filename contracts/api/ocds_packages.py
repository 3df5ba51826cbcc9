"""OCDS 1.1 release and record packages, for other tools of the standard."""

import re
from typing import Any

import msgspec
from django.db.models import Exists, F, Func, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from contracts.api.addresses import ByOcid
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.problems import ProblemError, parameter_problem
from contracts.api.protocol.query.parameters import YES_NO, read_choice, read_limit
from contracts.api.protocol.rows.opaque import hidden, shown
from contracts.api.protocol.views import ApiView
from contracts.models import ContractingProcess, Publisher, Release
from contracts.models.process import for_public, may_see_personal_data
from contracts.ocds.codelists.codes import OUR_MEMBER
from contracts.ocds.gate.document import decode_stored, encode
from contracts.ocds.links import is_of_web
from contracts.ocds.merging.history import read_history, stamp_of
from contracts.ocds.merging.merge import compile_releases, version_releases
from contracts.postgres.querying import query

VERSION = "1.1"
DEFAULT_LIMIT, MAX_LIMIT = 50, 200
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class _Package(serializers.Serializer):
    uri = serializers.CharField()
    version = serializers.CharField()
    publishedDate = serializers.DateTimeField()  # noqa: N815  -- OCDS's own word
    publisher = serializers.DictField()
    license = serializers.CharField(required=False)


class RecordPackage(_Package):
    """A record package of OCDS 1.1."""

    records = serializers.ListField(child=serializers.DictField())


class ReleasePackage(_Package):
    """A release package of OCDS 1.1."""

    releases = serializers.ListField(child=serializers.DictField())
    links = serializers.DictField(help_text="`next`: address of the next package, if there is one.")


def _package(request: Request, published: Any, publisher: Publisher | None, **content: Any) -> dict[str, Any]:
    package: dict[str, Any] = {
        "uri": request.build_absolute_uri(),
        "version": VERSION,
        "publishedDate": published.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "publisher": {"name": publisher.name if publisher else "Veedor"},
    }
    if publisher and publisher.source_url:
        package["publisher"]["uri"] = publisher.source_url
    if publisher and is_of_web(publisher.licence):
        package["license"] = publisher.licence
    if publisher and publisher.licence_source:
        package["publicationPolicy"] = publisher.licence_source
    return package | content


def _as_seen(content: bytes, request: Request, country: str = "") -> bytes:
    return content if may_see_personal_data(effective_user(request)) else for_public(content, country)


class RecordPackageView(ConditionalView, ApiView):
    """
    Read a contracting process as an OCDS record package.

    The record has the releases as received and the compiled release. `as_of=2024-03-01` returns the record as of the
    end of that day, from official releases with that date or an earlier one, whenever they arrived here. `versioned=1`
    adds `versionedRelease`. The public version has no names and addresses of
    contact points, and masked numbers of natural persons.
    """

    serializer_class = RecordPackage
    parameters = frozenset({"as_of", "versioned"})
    schema_parameters: tuple[Any, ...] = (
        OpenApiParameter(
            "as_of", OpenApiTypes.DATE, description="A day (YYYY-MM-DD): the record as of the end of that day."
        ),
        OpenApiParameter("versioned", OpenApiTypes.STR, enum=("0", "1"), description="1 adds `versionedRelease`."),
    )

    def get(self, request: Request, **address: Any) -> Response:
        # As text, so that numbers keep every digit.
        merge = Func(F("compiled_release"), Value(OUR_MEMBER), template="(%(expressions)s)", arg_joiner=" - ")
        public = ContractingProcess.objects.public().annotate(text=Cast(merge, TextField()))
        found = public.select_related("publisher").defer("compiled_release", "corrections")
        process = found.filter(ocid=address["ocid"]).first()
        if process is None:
            raise Http404
        received = Release.objects.of_process(process).filter(kind=Release.Kind.RELEASE)
        compiled = process.text.encode()
        if "as_of" in request.query_params:
            releases = _releases_until(
                _day(request.query_params["as_of"]), Release.objects.of_process(process).filter(claim=None)
            )
            merged, _corrections = compile_releases(releases)
            merged.pop(OUR_MEMBER, None)
            contents, compiled = [encode(release) for release in releases], encode(merged)
        else:
            contents = [bytes(content) for content in received.values_list("content", flat=True)]
        # A publisher of records without releases has only published the compiled one.
        contents = contents or [compiled]
        contents = [_as_seen(content, request, process.country) for content in contents]
        record = {
            "ocid": process.ocid,
            "releases": list(map(msgspec.Raw, contents)),
            "compiledRelease": msgspec.Raw(_as_seen(compiled, request, process.country)),
        }
        is_versioned = read_choice(request, "versioned", YES_NO, default=False)
        if is_versioned and (versioned := version_releases([_decoded(content) for content in contents])):
            record["versionedRelease"] = msgspec.Raw(encode(versioned))
        return Response(_package(request, process.compiled_at, process.publisher, records=[record]))


def _decoded(content: bytes) -> dict[str, Any]:
    release: dict[str, Any] = decode_stored(content.decode())
    return release


def _day(text: str) -> str:
    if _DAY.fullmatch(text):
        return text
    detail = _("%(text)s is not a date: write 2024-03-01.") % {"text": text[:40]}
    raise parameter_problem("as_of", "invalid_parameter", detail)


def _releases_until(day: str, received: QuerySet[Release]) -> list[dict[str, Any]]:
    """
    Return the received releases dated up to a day.

    :raises ProblemError: if there is none
    """
    found = []
    for kind, content in received.order_by("pk").values_list("kind", "content"):
        release = _decoded(bytes(content))
        written = _DAY.match(str(release.get("date")))
        if written and written[0] <= day:
            found.append((release, stamp_of(release, is_of_record=kind == Release.Kind.COMPILED)))
    if not found:
        detail = _("No release of this record is dated up to %(day)s.") % {"day": day}
        raise ProblemError("not_found", detail)
    return [found[place][0] for place in read_history([stamp for _release, stamp in found]).counted]


def _last_key() -> int:
    """Return the last primary key assigned to a release; the release may have been deleted since."""
    ((last,),) = query("SELECT last_value FROM contracts_release_id_seq")
    return int(last)


class RecordPackageByOcidView(ByOcid, RecordPackageView):  # type: ignore[override]
    """
    Read a contracting process as an OCDS record package, by a query parameter.

    Use this address if the ocid contains characters that a path cannot contain, such as a slash.
    """


class ReleasePackageView(ConditionalView, ApiView):
    """
    List official releases as OCDS release packages.

    Releases are in the order of arrival; `links.next` is the address of the next package. Releases of claims are not
    listed; `/ocds/records/` has them.
    """

    serializer_class = ReleasePackage
    parameters = frozenset({"cursor", "limit"})
    schema_parameters = (
        OpenApiParameter("cursor", OpenApiTypes.STR, description="Position in the list; take it from `links.next`."),
        OpenApiParameter("limit", OpenApiTypes.INT, description=f"Number of releases per package: 1 to {MAX_LIMIT}."),
    )

    @extend_schema(operation_id="ocds_releases")
    def get(self, request: Request) -> Response:
        limit = read_limit(request, DEFAULT_LIMIT, MAX_LIMIT)
        found = list(self._releases().filter(pk__gt=self._cursor(request))[: limit + 1])
        rows = found[:limit]
        links = {}
        if len(found) > limit:
            address = request.build_absolute_uri()
            links["next"] = replace_query_param(address, "cursor", hidden(rows[-1].pk))
        releases = [msgspec.Raw(_as_seen(bytes(row.content), request, row.country)) for row in rows]
        return Response(_package(request, timezone.now(), None, releases=releases, links=links))

    @staticmethod
    def _releases() -> QuerySet[Any]:
        public = ContractingProcess.objects.public().filter(ocid=OuterRef("ocid"), claim=None)
        country = Subquery(public.values("country"))
        found = Release.objects.filter(Exists(public), claim=None, kind=Release.Kind.RELEASE)
        return found.annotate(country=country).only("pk", "content").order_by("pk")

    @staticmethod
    def _cursor(request: Request) -> int:
        text = request.query_params.get("cursor", "")
        try:
            number = shown(text) if text else 0
        except ValueError:
            number = -1
        # A higher number than any release's is older than a restored backup or a new site key.
        if not 0 <= number <= _last_key():
            detail = _("The cursor does not belong to this list and order.")
            raise parameter_problem("cursor", "invalid_cursor", detail)
        return number
