"""Corrections reported to the sender of a submission, from their own releases."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Length
from msgspec import Struct

from contracts.intake.received.receiving import gate_limits
from contracts.models import Release, Submission
from contracts.ocds.corrections import Correction
from contracts.ocds.gate.document import decode
from contracts.ocds.parsing.parse import parse_process

# Maximum numbers of releases parsed again and of corrections reported. Longer releases are not parsed: a hundred of
# this length take two seconds, while their sender waits.
MAX_RELEASES = 100
MAX_BYTES = 100_000
MAX_CORRECTIONS = 100


class SentCorrection(Struct, frozen=True):
    """A correction; its pointer refers to the release of this ocid."""

    ocid: str
    correction: Correction


def corrections_as_sent(submission: Submission, repeated: Sequence[UUID], *, most: int) -> list[SentCorrection]:
    """
    Return values not read literally in the releases of a submission, unused ones first.

    Releases are parsed again, regardless of decisions on them: corrections of records would reveal that a person has
    decided on content sent before by others.

    :param repeated: keys of claims with the same content (``of_one_release``)
    :param most: maximum number of releases, none longer than ``MAX_BYTES``
    """
    sent = Release.objects.filter(Q(submission=submission) | Q(claim__in=repeated)).order_by("pk")
    sent = sent.alias(size=Length("content")).filter(size__lte=MAX_BYTES)
    found = []
    for ocid, content in sent.values_list("ocid", "content")[:most]:
        _process, corrections = parse_process(decode(bytes(content), gate_limits()).value)
        found += [SentCorrection(ocid, correction) for correction in corrections]
    if submission.kind != Submission.Kind.OCDS:
        found = _as_written(found)
    return sorted(found, key=lambda entry: entry.correction.used is not None)[:MAX_CORRECTIONS]


def _as_written(found: Sequence[SentCorrection]) -> list[SentCorrection]:
    """
    Return the unused values of tables and simple contracts, each once: their OCDS form, made here, may contain a value
    in several places, and corrections of that form mean nothing to the sender.
    """
    unused = {
        (entry.ocid, entry.correction.reason, str(entry.correction.found)): entry
        for entry in found
        if entry.correction.used is None
    }
    return list(unused.values())
