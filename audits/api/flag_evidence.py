"""Places that a flag rests on, with their text: members of responses, and rows of a separate sheet."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from django.db import models
from django.db.models import F
from django.db.models.functions import Cast
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audits.api.confirmed import as_confirmed, shown_evidence
from audits.api.flag_rows import FlagRow
from audits.models import Flag
from audits.wording import note_in_words, place_name
from contracts.api.addresses import process_address
from contracts.api.protocol.files.streams import cell
from contracts.api.protocol.rows.columns import Document, fields_of, iterate_rows
from contracts.documents.texts import is_page, passage_address
from contracts.ocds.written.person_numbers import masked_id
from contracts.postgres.steady import steady

# Stored only if there are any.
_NONE = {"quads": msgspec.Raw(b"[]"), "paragraphs": msgspec.Raw(b"[]")}


class EvidenceRow(serializers.Serializer):
    ocid = serializers.CharField(
        help_text="The ocid of the process that contains the evidence; empty if it is the process of the flag."
    )
    process_url = serializers.CharField(help_text="Address of that process; empty if it is the process of the flag.")
    place = serializers.CharField(help_text="Name of the cited field, in the language of Accept-Language.")
    says = serializers.CharField(help_text="What the evidence shows, in the language of Accept-Language.")
    path = serializers.CharField(
        help_text=(
            "JSON Pointer into the compiled release, or the address of a document page, "
            "`/documents/…/pages/3`, which only auditors and leads can open."
        )
    )
    passage_url = serializers.CharField(
        help_text=(
            "Address of the passage on a document page, `/documents/…/pages/3#c=10-27`, which only auditors "
            "and leads can open; empty for evidence from a record."
        )
    )
    value = serializers.JSONField(
        help_text="The cited value, shortened; null for texts, which are quoted in `passage`."
    )
    passage = serializers.CharField(
        help_text=(
            "The matched text and its surroundings, unchanged; empty if it is from a document that is not published."
        )
    )
    start = serializers.IntegerField(
        allow_null=True, help_text="Start of the match in the whole text, in characters from 0."
    )
    end = serializers.IntegerField(allow_null=True)
    note = serializers.CharField(help_text="What the evidence shows, as codes.")
    quads = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4),
        help_text=(
            "Position of the match on the image of a document page, one quad per line: left, upper, right "
            "and lower edge, as fractions of the page's width and height from its upper left corner. Empty "
            "for records, documents without pages, and unpublished documents."
        ),
    )
    paragraphs = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        help_text=(
            "Paragraphs of a document without pages (DOCX, ODT, RTF, text) that contain the match, counted from "
            "1 over the whole body. Empty paragraphs and those in tables count: of a DOCX every `w:p` except those "
            "in `mc:Fallback`, which repeat a text box; of a text its lines. Empty for all other evidence."
        ),
    )


class Judged(Document):
    """A document that a person judges: as it was confirmed where it has changed since."""

    @staticmethod
    @steady
    def expression(source: str) -> models.Expression:
        return Cast(as_confirmed(source, F(source)), models.TextField())


@extend_schema_field(EvidenceRow(many=True))
class Evidence(Judged):
    """The places that a flag rests on, with their words and the addresses of other processes that it counts."""

    @staticmethod
    @steady
    def expression(_source: str) -> models.Expression:
        return Cast(shown_evidence(), models.TextField())

    @staticmethod
    def convert(value: str) -> msgspec.Raw:
        places = msgspec.json.decode(value, type=list[dict[str, msgspec.Raw]])
        return msgspec.Raw(
            msgspec.json.encode([{**_NONE, **place, **_worded(place), **_masked(place)} for place in places])
        )


def _masked(entry: Mapping[str, msgspec.Raw]) -> dict[str, str]:
    """Return the members that replace a value or passage containing the number of a natural person."""
    texts = {name: msgspec.json.decode(entry.get(name, b"null")) for name in ("value", "passage")}
    masks = {name: masked_id(text, ("",)) for name, text in texts.items() if isinstance(text, str)}
    return {name: mask for name, mask in masks.items() if mask}


def _worded(entry: Mapping[str, msgspec.Raw]) -> dict[str, str]:
    """Return the text of a place. Its other members are passed through, keeping every digit of numbers."""
    path, note, ocid = (msgspec.json.decode(entry.get(name, b'""')) for name in ("path", "note", "ocid"))
    start, end = (msgspec.json.decode(entry.get(name, b"null")) for name in ("start", "end"))
    paragraphs = msgspec.json.decode(entry.get("paragraphs", b"[]"))
    is_passage = is_page(path) and start is not None and end is not None
    return {
        "place": place_name(path, paragraphs),
        "says": note_in_words(note),
        "process_url": process_address(ocid) if ocid else "",
        "passage_url": passage_address(path, start, end) if is_passage else "",
    }


def evidence_sheet(rows: models.QuerySet[Flag]) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
    """Return the columns and rows of the passages that flags rest on; `ocid` is that of the cited process."""
    own = {name: fields_of(FlagRow)[name] for name in ("id", "ocid", "rule", "state")}
    places = [name for name in fields_of(EvidenceRow) if name != "ocid"]
    found = (
        [
            *(place.get("ocid") or row["ocid"] if name == "ocid" else row[name] for name in own),
            *(cell(place.get(name)) for name in places),
        ]
        for _keys, row in iterate_rows(rows, {**own, "evidence": Evidence()})
        for place in msgspec.json.decode(row["evidence"])
    )
    return ("flag_id", "ocid", "rule", "state", *places), found
