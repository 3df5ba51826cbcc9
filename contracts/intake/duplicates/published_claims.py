"""
Find contracts of accepted claims that their publisher has since published under another ocid: people decide, nothing
is merged.

This runs at night, because there are fewer such claims than new records.
"""

from django.db.models import Exists, OuterRef

from contracts.intake.duplicates.same_contracts import Agreement, deals_of_claims, official, same_contracts
from contracts.models import Claim, ContractingProcess, Release

# Number of claims read at a time.
_CHUNK = 1000


def find_published() -> None:
    """
    Store for accepted claims the official record that may be the same contract, the most likely one at a time.

    Only for claims whose public record has no other source. Outdated proposals are removed.
    """
    record = ContractingProcess.objects.public().filter(ocid=OuterRef("ocid"))
    published = Release.objects.filter(ocid=OuterRef("ocid"), claim=None)
    accepted = Claim.objects.accepted().filter(Exists(record), ~Exists(published))
    Claim.objects.maybe_published().exclude(pk__in=accepted.values("pk")).update(published_as=None)
    for claim in accepted.order_by("-made_at", "pk").iterator(_CHUNK):
        found = _official_records(claim)
        if claim.published_as_id in found:
            continue
        # A proposal does not change while a page shows it: another record waits for the next night.
        asked = None if claim.published_as_id or not found else found[0]
        # Claims decided on meanwhile wait for the next night.
        unchanged = Claim.objects.filter(pk=claim.pk, decision=claim.decision_id)
        unchanged.exclude(published_as=asked).update(published_as=asked)


def _official_records(claim: Claim) -> list[int]:
    """Return the official records, by primary key, that may be the contract of a claim, the most likely first."""
    same = same_contracts(deals_of_claims(Claim.objects.filter(pk=claim.pk)), among=official)
    same.sort(key=lambda entry: list(Agreement).index(entry.agreement))
    records = [entry.known.process for entry in same if entry.known.process is not None]
    return [record for record in records if record not in claim.compared_with]
