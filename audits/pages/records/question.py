"""The citable page of one flag, which shows the question or that it was taken back."""

from http import HTTPStatus
from typing import Any

import msgspec
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from audits.api.confirmed import CONFIRMED_VERSION, DossierDigest, cited_digest, confirmed_part, stored_digest
from audits.api.flag_evidence import Evidence, Judged
from audits.api.flag_rows import RuleVersion
from audits.api.flags import DecisionRow, FlagDetail
from audits.methodology.lists import Listed, listed_in
from audits.methodology.parameters import label, shown_value
from audits.models import Flag, Review, RulePage
from audits.pages.records.flags import ShownFlag, show_flags
from audits.pages.records.process import shown_release
from audits.pages.records.signed_copy import require_key, signed_copy
from contracts.api.protocol.citing import Citation, cite, digest_of
from contracts.api.protocol.rows.columns import Digest, fields_for, read_rows, rows_of
from contracts.models import ContractingProcess
from contracts.pages.display import without_result
from contracts.pages.record import source_links
from contracts.pages.rendering import EVERYONE, answer, reading_page


class _ConfirmedDigest(Digest):
    @staticmethod
    def expression(_source: str) -> models.Expression:
        return confirmed_part(stored_digest("record"))


class _ConfirmedPage(Digest):
    @staticmethod
    def expression(_source: str) -> models.Expression:
        return confirmed_part(stored_digest("rule_page"))


class _ConfirmedVersion(serializers.IntegerField):
    @staticmethod
    def expression(_source: str) -> models.Expression:
        return confirmed_part(CONFIRMED_VERSION)


class _Trace(serializers.Serializer):
    """
    What traces a flag: the version of its rule, and the record or organization figures that it read.

    ``confirmed`` is null if nobody confirmed the flag. Its digests, of the whole record and of the rule's page at that
    time, are null if they were not stored; the one of the record is not shown, but ``cited_digest``.
    """

    rule_version = RuleVersion()
    confirmed_version = _ConfirmedVersion()
    confirmed_digest = _ConfirmedDigest()
    cited_digest = cited_digest()
    shown_dossier = DossierDigest("record", source="last_audit.dossier_digest").of_public()
    confirmed_page = _ConfirmedPage()
    parameters = Judged()
    values = Judged()
    evidence = Evidence()


@reading_page
def page(request: HttpRequest, language: str, pk: int) -> HttpResponse:
    """Show a flag; 410 if it was published and no longer is."""
    found = Flag.objects.public().filter(pk=pk)
    flag = found.select_related("process__publisher").defer("process__compiled_release").first()
    if flag is None:
        return no_longer_shown(request, language, pk)
    (shown,) = show_flags(found, shown_release(flag.process) if flag.process else None)
    (trace,) = rows_of(found, _Trace)
    return answer(
        request,
        "pages/question.html",
        language,
        title=f"{shown.rule} · {shown.process or shown.organization}",
        flag=shown,
        without_result=without_result(flag.process) if flag.process else "",
        trace=trace,
        set_to=[(label(name), name, shown_value(name, value)) for name, value in _parameters(trace).items()],
        lists=_lists(flag, shown, trace),
        source=list(source_links(flag.process)) if flag.process else [],
        was_amended=_was_amended(flag, trace),
        citation=_citation(request, shown, trace, flag.process),
    )


def _was_amended(flag: Flag, trace: dict[str, Any]) -> bool:
    """Return whether the record changed since the flag was confirmed."""
    then = trace["confirmed_digest"]
    return flag.process is not None and bool(then) and then != bytes(flag.process.digest).hex()


def _parameters(trace: dict[str, Any]) -> dict[str, Any]:
    return msgspec.json.decode(bytes(trace["parameters"]), type=dict[str, Any]) if trace["parameters"] else {}


def _lists(flag: Flag, shown: ShownFlag, trace: dict[str, Any]) -> list[Listed]:
    """Return the list entries behind the flag, of the lists that its rule reads."""
    if flag.definition is None:
        return []
    values = msgspec.json.decode(bytes(trace["values"]), type=dict[str, Any]) if trace["values"] else {}
    evidence = msgspec.json.decode(bytes(trace["evidence"])) if trace["evidence"] else []
    texts = [value for value in values.values() if isinstance(value, str)]
    return list(listed_in(flag.definition, [*texts, *(place.get("note") or "" for place in evidence)], shown.raised))


def no_longer_shown(request: HttpRequest, language: str, pk: int) -> HttpResponse:
    """Answer 410 for a flag that is no longer published; raises Http404 if it never was."""
    if not Flag.objects.once_published().filter(pk=pk).exists():
        raise Http404
    return answer(request, "pages/question_gone.html", language, status=HTTPStatus.GONE)


def _citation(
    request: HttpRequest, flag: ShownFlag, trace: dict[str, Any], process: ContractingProcess | None
) -> Citation:
    version = trace["confirmed_version"] or trace["rule_version"]
    return cite(
        kind=_("question about a contracting record"),
        author="Veedor",
        title=f"{flag.rule} v{version}: {flag.process or flag.organization}",
        published=flag.confirmed or flag.raised,
        address=request.build_absolute_uri(reverse("flag-page", args=[flag.id])),
        digest=trace["cited_digest"] or trace["shown_dossier"] or digest_of(trace),
        read=timezone.localdate(),
        about=(process.ocid, process.buyer_name) if process else (),
    )


@reading_page
def signed_file(request: HttpRequest, language: str, pk: int) -> HttpResponse:
    """Return the signed copy; 404 without a signing key, and the page's answer if the flag is not shown."""
    require_key()
    found = Flag.objects.public().filter(pk=pk)
    flag = found.select_related("process").defer("process__compiled_release").first()
    if flag is None:
        return no_longer_shown(request, language, pk)
    record = shown_release(flag.process) if flag.process else None
    address = reverse("flag-page", args=[pk])
    return signed_copy(request, f"flag-{pk}", address, language, flag=_shown(flag), record=record)


def _shown(flag: Flag) -> dict[str, Any]:
    """
    Return the API's public answer for a flag, without how to cite it, plus what its confirmation rested on.

    Later versions of the rule or of the record may have raised the flag again.
    """
    found = Flag.objects.public().filter(pk=flag.pk)
    ((_keys, row),) = read_rows(found, fields_for(FlagDetail, EVERYONE))
    (trace,) = rows_of(found, _Trace)
    return {
        **{name: value for name, value in row.items() if name != "cite"},
        "confirmed_version": trace["confirmed_version"],
        "confirmed_digest": trace["confirmed_digest"] and trace["cited_digest"],
        "rule_text": _text_of_rule(trace),
        "decisions": rows_of(Review.objects.filter(flag=flag).order_by("pk"), DecisionRow),
    }


def _text_of_rule(trace: dict[str, Any]) -> dict[str, Any] | None:
    """Return the rule's page as it was at the confirmation, in all languages; ``None`` if it was not stored."""
    if not trace["confirmed_page"]:
        return None
    kept = RulePage.objects.get(digest=bytes.fromhex(trace["confirmed_page"]))
    return {"code": kept.code, "version": kept.version, "sha256": trace["confirmed_page"], "texts": kept.texts}
