"""
Merged organizations: which rows name one that was merged into another, and the roles of the one kept.

A merge changes no record. Typed rows name the organization that is kept, so readers see the merged body.
"""

from collections.abc import Collection

from django.db.models import F
from django.db.models.functions import Coalesce

from contracts.models import ContractingProcess, Party
from contracts.models.process import PUBLIC
from contracts.models.provenance import Verification
from contracts.postgres.querying import execute

# Name of the lock between merges of organizations and writers of rows that name them.
BODIES = "bodies of organizations"


def count_roles(organization_ids: Collection[int]) -> None:
    """
    Set the roles of organizations to those in public records, and those of separated ones.

    An organization also has the roles of those merged into it.
    """
    ids = list(organization_ids)
    execute(
        """
        UPDATE contracts_organization o SET roles = ARRAY(
            SELECT DISTINCT unnest(y.roles) FROM contracts_party y
            JOIN contracts_contractingprocess p ON p.id = y.process_id AND p.verification = ANY(%s)
            LEFT JOIN contracts_organization named ON named.id = y.named_as_id
            WHERE y.organization_id = o.id AND (y.named_as_id IS NULL OR named.merged_into_id = o.id)
               OR y.named_as_id = o.id
            ORDER BY 1
        ) WHERE id = ANY(%s)
        """,
        [list(PUBLIC), ids],
    )
    execute(
        """
        UPDATE contracts_organization o SET roles = ARRAY(
            SELECT DISTINCT unnest(b.roles) FROM contracts_organization b
            WHERE b.id = o.id OR b.merged_into_id = o.id ORDER BY 1
        ) WHERE id = ANY(%s) AND EXISTS (SELECT FROM contracts_organization b WHERE b.merged_into_id = o.id)
        """,
        [ids],
    )


def ocids_with_outdated_rows(limit: int, *, but: Collection[str] = ()) -> list[str]:
    """
    Return ocids of records with rows that name an organization merged into another, or separated again.

    :param but: ocids to skip
    """
    rows = Party.objects.exclude(process__verification=Verification.RETIRED).order_by()
    if but:
        rows = rows.exclude(process__in=ContractingProcess.objects.of_ocids(but))
    merged = rows.filter(organization__merged_into__isnull=False)
    kept = Coalesce("named_as__merged_into", "named_as")
    moved = rows.filter(named_as__isnull=False).exclude(organization=kept)
    found = [pk for parties in (merged, moved) for pk in parties.values_list("process", flat=True).distinct()[:limit]]
    processes = ContractingProcess.objects.filter(pk__any_of=found).order_by("pk")
    ocid = Coalesce("claim__ocid", F("ocid"))
    return list(dict.fromkeys(processes.values_list(ocid, flat=True)))[:limit]
