"""Corrections made while parsing, reported to the sender: at most a hundred, those not used first."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers

from contracts.intake.reading.report import MAX_CORRECTIONS, Report
from contracts.models import Submission
from contracts.models.process import is_withheld
from contracts.postgres.querying import query
from contracts.translating import correction_detail

_OF_PROCESSES = """
SELECT process.ocid, entry.correction
FROM contracts_contractingprocess process,
    jsonb_array_elements(process.corrections) WITH ORDINALITY entry(correction, place)
WHERE process.ocid = ANY(%s) AND process.verification IN ('official', 'accepted')
    OR process.claim_id = ANY(ARRAY(SELECT id FROM contracts_claim WHERE submission_id = %s) || %s)
ORDER BY entry.correction -> 'used' <> 'null', process.id, entry.place
LIMIT %s
"""


class CorrectionSerializer(serializers.Serializer):
    ocid = serializers.CharField()
    pointer = serializers.CharField(help_text="JSON Pointer of the value.")
    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="For people, in their language.")
    found = serializers.JSONField(help_text="The value as sent, shortened.")
    used = serializers.JSONField(
        help_text="The value used instead; null if none; `object` or `array` if only the structure changed."
    )


class TrialCorrectionSerializer(CorrectionSerializer):
    line = serializers.IntegerField(help_text="Which JSON value of the body, from 1.")


def corrections_of_report(report: Report) -> list[dict[str, Any]]:
    """Return the first hundred corrections of a trial; pointers lead into the body."""
    return [
        {
            **_to_row(entry.ocid, entry.pointer, correction.reason, correction.found, correction.used),
            "line": entry.line,
        }
        for entry in report.corrections
        for correction in (entry.correction,)
    ]


def corrections_of_submission(submission: Submission, repeated: Sequence[UUID]) -> list[dict[str, Any]]:
    """
    Return the first hundred corrections of a submission's processes; pointers lead into the compiled release.

    Personal data is left out, because parts of a process may come from other senders.

    :param repeated: the keys of claims whose processes it repeats
    """
    rows = [
        (ocid, json.loads(entry) if isinstance(entry, str) else entry)
        for ocid, entry in query(_OF_PROCESSES, [submission.ocids, submission.pk, list(repeated), MAX_CORRECTIONS])
    ]
    return [
        _to_row(ocid, row["path"], row["reason"], *_values_of(row["path"], row["found"], row["used"]))
        for ocid, row in rows
    ]


def _values_of(pointer: str, found: Any, used: Any) -> tuple[Any, Any]:
    return (None, None) if is_withheld(pointer, found, used) else (found, used)


def _to_row(ocid: str, pointer: str, code: str, found: Any, used: Any) -> dict[str, Any]:
    detail = correction_detail(code)
    return {"ocid": ocid, "pointer": pointer, "code": code, "detail": detail, "found": found, "used": used}
