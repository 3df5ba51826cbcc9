"""Recompute organizations whose facts came from records that are removed."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db.models import Case, Q, When
from django.db.models.functions import Coalesce, Collate

from contracts.intake.documents.linked_documents import parse_stored, zone_of
from contracts.intake.duplicates.published_twice import lock_counting
from contracts.intake.rows.merged_bodies import BODIES, count_roles
from contracts.intake.rows.process_rows import ORGANIZATION_COLUMNS, OrganizationRow, ProcessRows
from contracts.models import ContractingProcess, Organization, Party
from contracts.models.process import PUBLIC
from contracts.models.provenance import Verification
from contracts.postgres.copying import excluded, upsert_rows
from contracts.postgres.locks import share_until_commit

# Whether it is public, the organization, and the digest of the record.
Statement = tuple[bool, int | None, bytes]


@contextmanager
def renewing_organizations(ocids: Collection[str]) -> Iterator[None]:
    """
    Recompute organizations from the remaining records, after a block that removes content from records.

    An organization has the name in the first public record: a withdrawn or rejected record would otherwise still show
    its name and roles. Runs in the transaction that holds the ocids.
    """
    before = _statements(ocids)
    _hold(ocids, {pk for _is_public, pk, _digest in before if pk is not None})
    yield
    lost = {pk for _is_public, pk, _digest in before - _statements(ocids) if pk is not None}
    left = Party.objects.filter(Q(organization__in=lost) | Q(named_as__in=lost)).order_by()
    still = {pk for pair in left.values_list("organization", "named_as").distinct() for pk in pair}
    Organization.objects.filter(pk__in=lost - still).update(roles=[])
    count_roles(lost & still)
    _describe(lost & still)


def _hold(ocids: Collection[str], organizations: Collection[int]) -> None:
    """
    Lock in batches the rows that the block writes, in the order of compiling.

    So concurrent loading, audits and decisions on pairs cannot deadlock with this transaction.
    """
    lock_counting()
    list(ContractingProcess.objects.of_ocids(ocids).held().values_list("pk"))
    share_until_commit(BODIES)
    named = Organization.objects.filter(pk__any_of=list(organizations))
    list(named.order_by(Collate("key", "C")).select_for_update(no_key=True).values_list("pk"))


def _statements(ocids: Collection[str]) -> set[Statement]:
    """Return which records of ocids name which organizations; public ones twice, once for the desk."""
    rows = Party.objects.filter(process__in=ContractingProcess.objects.of_ocids(ocids)).order_by()
    found: set[Statement] = set()
    columns = ("process__verification", "process__digest", "organization", "named_as")
    for verification, digest, *named in rows.values_list(*columns).distinct():
        for is_public in {False, verification in PUBLIC}:
            found.update((is_public, pk, bytes(digest)) for pk in named)
    return found


def _describe(organizations: Collection[int]) -> None:
    """Set names, numbers and countries from the first record of each, preferably a public one."""
    ranks = Case(
        When(process__verification__in=PUBLIC, then=0),
        When(process__verification=Verification.UNVERIFIED, then=1),
        default=2,
    )
    own = Q(organization__any_of=organizations, named_as=None) | Q(named_as__any_of=organizations)
    first = (
        Party.objects.filter(own)
        .annotate(own=Coalesce("named_as", "organization"))
        .order_by("own", ranks, "process")
        .distinct("own")
    )
    named: dict[int, list[str]] = {}
    keys = dict(Organization.objects.filter(pk__any_of=organizations).values_list("pk", "key"))
    for own_pk, process_pk in first.values_list("own", "process"):
        named.setdefault(process_pk, []).append(keys[own_pk])
    rows: list[OrganizationRow] = []
    # A record may name thousands, and is read once.
    for process in ContractingProcess.objects.filter(pk__any_of=list(named)).select_related("publisher").iterator(50):
        said = ProcessRows(parse_stored(process, process.compiled_release), zone_of(process)).organizations
        rows += [said[key] for key in named[process.pk] if key in said]
    if rows:
        columns = [column for column in ORGANIZATION_COLUMNS if column not in {"key", "roles"}]
        upsert_rows(Organization, ORGANIZATION_COLUMNS, sorted(rows), conflict=("key",), update=excluded(columns))
