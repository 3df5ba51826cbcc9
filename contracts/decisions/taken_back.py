"""The remains of a record that is no longer public: the day, and the record that replaced it."""

from datetime import UTC, date
from typing import NamedTuple

from contracts.decisions.claims import PUBLISHED_SINCE
from contracts.models import Change, Claim, ClaimDecision, ContractingProcess


class TakenBack(NamedTuple):
    """
    :param day: the day since which it is no longer public, in UTC
    :param replaced_by: the ocid of the publisher's record of the same contract, "" if there is none
    """

    day: date
    replaced_by: str


def taken_back(ocid: str) -> TakenBack | None:
    """
    Return when a public record was taken back, and what replaced it; ``None`` if it is still public or, according to
    changes, never was.
    """
    if ContractingProcess.objects.public().filter(ocid=ocid).exists():
        return None
    removed = Change.objects.filter(ocid=ocid, kind=Change.Kind.REMOVED).order_by("-pk").first()
    return None if removed is None else TakenBack(removed.at.astimezone(UTC).date(), _replaced_by(ocid))


def _replaced_by(ocid: str) -> str:
    replaced = Claim.objects.filter(
        ocid=ocid, decision__kind=ClaimDecision.Kind.REJECTED, decision__told=PUBLISHED_SINCE
    )
    records = [record for claim in replaced for record in claim.compared_with[-1:]]
    found = ContractingProcess.objects.public().filter(pk__in=records).order_by("-pk")
    return found.values_list("ocid", flat=True).first() or ""
