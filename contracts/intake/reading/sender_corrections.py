"""Corrections reported to the sender of a submission: those of their own releases, as each release says."""

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

# So many releases are read again, and so many corrections told: more than a person reads. Longer releases are not read
# again: a hundred of this length take two seconds, while their sender waits.
MAX_RELEASES = 100
MAX_BYTES = 100_000
MAX_CORRECTIONS = 100


class SentCorrection(Struct, frozen=True):
    """A correction; its pointer leads into the release of this ocid."""

    ocid: str
    correction: Correction


def corrections_as_sent(submission: Submission, repeated: Sequence[UUID], *, most: int) -> list[SentCorrection]:
    """
    Return what was not read literally in the releases of a submission: values that are not used come first.

    Releases are read again, whatever was decided on them since: corrections of records would tell who sends what
    others had sent before that a person has decided on it.

    :param repeated: the keys of claims that say what it says and nothing else (``of_one_release``)
    :param most: so many releases are looked at, none of them longer than ``MAX_BYTES``
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
    Return which values of tables and facts are not used, each once: they were given the form of OCDS here, which may
    hold one of them in several places, and how that form was read says nothing to their sender.
    """
    unused = {
        (entry.ocid, entry.correction.reason, str(entry.correction.found)): entry
        for entry in found
        if entry.correction.used is None
    }
    return list(unused.values())
