"""Those for whom a contracting process is run."""

from collections.abc import Sequence

from audits.matching.normalize import fold
from contracts.ocds.codes import buys
from contracts.ocds.views import Party, Process


def buyers_of(process: Process) -> tuple[Party, ...]:
    """Return buyers, procuring entities and whoever is named beside them without a role."""
    return tuple(party for party in process.parties if not party.roles or buys(party.roles))


def groups_of(buyers: Sequence[Party]) -> tuple[Party, ...]:
    """
    Return the bodies that buyers are units of and that are no party themselves, as parties.

    Many a buyer is but a "central unit".
    """
    named = {fold(party.name).text for party in buyers}
    groups = {
        fold(group.name).text: Party(path=group.path, id=group.id, name=group.name, roles=party.roles)
        for party in buyers
        for group in party.member_of
        if group.name
    }
    return tuple(group for name, group in groups.items() if name not in named)
