"""Organizations of whom a record says less than before: what it alone said of them goes with it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db.models import Case, F, Q, When

from contracts.intake.linked_documents import parse_stored, zone_of
from contracts.intake.merged_bodies import count_roles_of_body
from contracts.intake.process_rows import ORGANIZATION_COLUMNS, ProcessRows
from contracts.models import ContractingProcess, Organization, Party
from contracts.models.process import PUBLIC
from contracts.models.provenance import Verification

Said = tuple[bool, int | None, str, tuple[str, ...]]


@contextmanager
def renewing_organizations(ocids: Collection[str]) -> Iterator[None]:
    """
    Let organizations be what the records that are left say of them, after a block that takes something from records.

    An organization is called as the first public record that names it says: taken back or rejected, that one would
    still tell everybody their name and roles. Part of the transaction that holds the ocids.
    """
    before = _said(ocids)
    yield
    lost = {pk for _is_public, pk, *_ in before - _said(ocids) if pk is not None}
    left = Party.objects.filter(Q(organization__in=lost) | Q(named_as__in=lost)).order_by()
    named = {pk for pair in left.values_list("organization", "named_as").distinct() for pk in pair}
    Organization.objects.filter(pk__in=lost - named).update(roles=[])
    # Those merged into others first: the roles of these are theirs, too.
    found = Organization.objects.filter(pk__in=lost & named)
    for row in found.order_by(F("merged_into").asc(nulls_last=True), "pk"):
        count_roles_of_body(row.pk)
        _describe(row)


def _said(ocids: Collection[str]) -> set[Said]:
    """Return what all rows of ocids say of organizations; what is public is said twice, once for the desk."""
    rows = Party.objects.filter(process__in=ContractingProcess.objects.of_ocids(ocids)).order_by()
    found: set[Said] = set()
    for verification, *named, name, roles in rows.values_list(
        "process__verification", "organization", "named_as", "name", "roles"
    ):
        for is_public in {False, verification in PUBLIC}:
            found.update((is_public, pk, name, tuple(roles)) for pk in named)
    return found


def _describe(organization: Organization) -> None:
    """Take name, number and country from the first record that names an organization, a public one if there is one."""
    ranks = Case(
        When(process__verification__in=PUBLIC, then=0),
        When(process__verification=Verification.UNVERIFIED, then=1),
        default=2,
    )
    own = Q(organization=organization, named_as=None) | Q(named_as=organization)
    party = Party.objects.filter(own).order_by(ranks, "process").select_related("process__publisher").first()
    if party is None:
        return
    parsed = parse_stored(party.process, party.process.compiled_release)
    said = ProcessRows(parsed, zone_of(party.process)).organizations.get(organization.key)
    if said is not None:
        told = dict(zip(ORGANIZATION_COLUMNS, said, strict=True))
        del told["key"], told["roles"]
        Organization.objects.filter(pk=organization.pk).update(**told)
