"""
What one record counts for in the figures of the organizations in it.

Bids, awards and items are read by the indicators that ``manage.py indicators`` runs over a file, one record at a time,
so that the database and a file of the same records cannot disagree.
"""

from collections.abc import Iterator
from typing import NamedTuple

from audits.facts.stages import NON_COMPETITIVE
from audits.indicators.fold import Job, fold, indicators
from audits.indicators.settings import Settings
from contracts.ocds.views import Process

# The organizations' indicators, under the profile that mends Cardinal's defects.
_JOB = Job(Settings(codes=frozenset({"R025", "R038", "R048"})), "veedor")
_ORDER = [indicator.code for indicator in indicators(_JOB)]

BUYER, PROCURING_ENTITY, TENDERER, SUPPLIER = "buyer", "procuringEntity", "tenderer", "supplier"


class Participant(NamedTuple):
    """One organization of the record, by its id there, in one role; the figures are those of ``Participation``."""

    role: str
    party_id: str
    submitted: int = 0
    disqualified: int = 0
    competed: bool = False
    won: bool = False
    categories: tuple[str, ...] = ()
    is_competitive: bool | None = None


def read_participants(process: Process, compiled_release: str) -> tuple[Participant, ...]:
    """
    Return the participants of a process.

    :param compiled_release: the text that ``process`` was read from
    """
    tallies = dict(zip(_ORDER, fold(_JOB, [compiled_release.encode()]).tallies, strict=True))
    return (
        *_bought(process, tallies["R038"]),
        *_tendered(tallies["R025"], tallies["R038"]["Tenderer"]),
        *(
            Participant(SUPPLIER, id_, categories=tuple(sorted(map(":".join, supplier.categories))))
            for id_, supplier in tallies["R048"].items()
        ),
    )


def _bought(process: Process, bids: dict[str, dict[str, list[int]]]) -> Iterator[Participant]:
    tender = process.tender
    is_competitive = None
    if tender.method and tender.status != "cancelled":
        is_competitive = tender.method not in NON_COMPETITIVE
    for role, group, reference in (
        (BUYER, "Buyer", process.buyer),
        (PROCURING_ENTITY, "ProcuringEntity", tender.procuring_entity),
    ):
        if reference is not None and (party_id := reference.id or reference.name):
            disqualified, submitted, _ = bids[group].get(reference.id, (0, 0, 0))
            yield Participant(role, party_id, submitted, disqualified, is_competitive=is_competitive)


def _tendered(competed: dict[str, list[int]], bids: dict[str, list[int]]) -> Iterator[Participant]:
    for party_id in dict.fromkeys((*bids, *competed)):
        disqualified, submitted, _ = bids.get(party_id, (0, 0, 0))
        won = competed.get(party_id)
        yield Participant(TENDERER, party_id, submitted, disqualified, won is not None, bool(won and won[0]))
