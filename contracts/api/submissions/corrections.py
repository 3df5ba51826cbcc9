"""
What was read otherwise than it is written, told to who sent it.

A list is bounded; what is not used at all comes first in it.
"""

import json
from typing import Any

from django.db import connection
from msgspec import Struct, field
from rest_framework import serializers

from contracts.correction_texts import correction_in_readers_language
from contracts.models import Publisher, Submission
from contracts.ocds.corrections import Correction
from contracts.ocds.parse import parse_process
from contracts.ocds.reading import Received

MAX_CORRECTIONS = 100

_OF_PROCESSES = """
SELECT process.ocid, entry.correction
FROM contracts_contractingprocess process,
    jsonb_array_elements(process.corrections) WITH ORDINALITY entry(correction, place)
WHERE process.ocid = ANY(%s)
ORDER BY entry.correction -> 'used' <> 'null', process.id, entry.place
LIMIT %s
"""


class CorrectionSerializer(serializers.Serializer):
    ocid = serializers.CharField()
    pointer = serializers.CharField(help_text="JSON Pointer.")
    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="What was done.")
    found = serializers.JSONField(allow_null=True, help_text="What stands there, shortened.")
    used = serializers.JSONField(allow_null=True, help_text="What was read instead; null if it is not used.")


class TrialCorrectionSerializer(CorrectionSerializer):
    line = serializers.IntegerField(help_text="Which JSON value of the body, from 1.")


class Corrections(Struct):
    """The corrections of a trial: how many, and the first hundred, what is not used before the others."""

    count: int = 0
    unused: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)

    def read(self, received: Received, publisher: Publisher | None) -> None:
        """Read a release as a worker will, and note what it corrects."""
        own = list(received.document.corrections)
        if publisher:
            own += parse_process(received.document.value, country=publisher.country, zone=publisher.zone)[1]
        else:
            own += parse_process(received.document.value)[1]
        self.count += len(own)
        for correction in own:
            kept = self.unused if correction.used is None else self.others
            if len(kept) < MAX_CORRECTIONS:
                kept.append(_told(received, correction))

    @property
    def first(self) -> list[dict[str, Any]]:
        return [*self.unused, *self.others][:MAX_CORRECTIONS]


def _told(received: Received, correction: Correction) -> dict[str, Any]:
    pointer = received.pointer + correction.path
    said = _said(received.ocid, pointer, correction.reason, correction.found, correction.used)
    return {**said, "line": received.line}


def _said(ocid: str, pointer: str, code: str, found: Any, used: Any) -> dict[str, Any]:
    detail = correction_in_readers_language(code)
    return {"ocid": ocid, "pointer": pointer, "code": code, "detail": detail, "found": found, "used": used}


def corrections_of(submission: Submission) -> list[dict[str, Any]]:
    """Return the first hundred corrections of a submission's processes; pointers lead into the compiled release."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_PROCESSES, [submission.ocids, MAX_CORRECTIONS])
        rows = [(ocid, json.loads(entry) if isinstance(entry, str) else entry) for ocid, entry in cursor.fetchall()]
    return [_said(ocid, row["path"], row["reason"], row["found"], row["used"]) for ocid, row in rows]
