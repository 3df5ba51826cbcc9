"""
Find contracts of accepted claims that their publisher published since, under an ocid of its own: people are asked,
nothing is merged.

It is looked for at night, for there are fewer such claims than records that arrive.
"""

from django.db.models import Exists, OuterRef

from contracts.intake.duplicates.same_contracts import Agreement, deals_of_claims, official, same_contracts
from contracts.models import Claim, ContractingProcess, Release

# So many are read at a time.
_CHUNK = 1000


def find_published() -> None:
    """
    Let accepted claims name the official record that may be the same contract, each the surest, and one at a time.

    Asked is of those whose public record rests on claims alone. A question that no longer holds goes.
    """
    record = ContractingProcess.objects.public().filter(ocid=OuterRef("ocid"))
    published = Release.objects.filter(ocid=OuterRef("ocid"), claim=None)
    accepted = Claim.objects.accepted().filter(Exists(record), ~Exists(published))
    Claim.objects.maybe_published().exclude(pk__in=accepted.values("pk")).update(published_as=None)
    for claim in accepted.order_by("-made_at", "pk").iterator(_CHUNK):
        found = _official_records(claim)
        if claim.published_as_id in found:
            continue
        # What the page asks does not change between two looks at it: another record is for the next night.
        asked = None if claim.published_as_id or not found else found[0]
        # Of what was decided on meanwhile the next night asks.
        unchanged = Claim.objects.filter(pk=claim.pk, decision=claim.decision_id)
        unchanged.exclude(published_as=asked).update(published_as=asked)


def _official_records(claim: Claim) -> list[int]:
    """Return the official records, by primary key, that may be the contract of a claim, the surest first."""
    same = same_contracts(deals_of_claims(Claim.objects.filter(pk=claim.pk)), among=official)
    same.sort(key=lambda entry: list(Agreement).index(entry.agreement))
    records = [entry.known.process for entry in same if entry.known.process is not None]
    return [record for record in records if record not in claim.compared_with]
