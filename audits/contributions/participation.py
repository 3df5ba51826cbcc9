"""
Contributions of one record to the figures of the organizations in it.

Bids, awards and items are read by the indicators that ``manage.py indicators`` runs over a file, one record at a time,
so that the database and a file of the same records cannot disagree.
"""

from collections.abc import Iterator
from typing import NamedTuple

from audits.facts.competition.tenderers import count_tenderers
from audits.indicators.part import read_tallies
from audits.judging.rule.vocabulary import InsufficientDataError
from contracts.ocds.codelists.codes import NON_COMPETITIVE, UNDECIDED
from contracts.ocds.parsing.objects import Process

BUYER, PROCURING_ENTITY, TENDERER, SUPPLIER = "buyer", "procuringEntity", "tenderer", "supplier"


class Participant(NamedTuple):
    """One organization of the record, by its id there, in one role; the fields are those of ``Participation``."""

    role: str
    party_id: str
    submitted: int = 0
    disqualified: int = 0
    competed: bool = False
    won: bool = False
    categories: tuple[str, ...] = ()
    is_competitive: bool | None = None


def read_participants(
    process: Process, compiled_release: str, *, is_no_choice: bool = False
) -> tuple[Participant, ...]:
    """
    Return the participants of a process.

    :param compiled_release: the text that ``process`` was read from
    :param is_no_choice: its lack of competition says nothing about the buyer: a small purchase, an order under a
        framework
    """
    tallies = read_tallies(compiled_release.encode())
    return (
        *_bought(process, tallies.disqualified, is_no_choice=is_no_choice),
        *_tendered(tallies.won, tallies.disqualified["Tenderer"]),
        *(
            Participant(SUPPLIER, id_, categories=tuple(sorted(map(":".join, supplier.categories))))
            for id_, supplier in tallies.supplied.items()
        ),
    )


def _bought(process: Process, bids: dict[str, dict[str, list[int]]], *, is_no_choice: bool) -> Iterator[Participant]:
    tender = process.tender
    is_competitive = None
    if tender.method and tender.status != "cancelled" and _was_awarded(process):
        # Some publishers call all procedures limited; if there were unsuccessful bids, there was competition.
        is_open = tender.method not in NON_COMPETITIVE or (tender.method == "limited" and _some_lost(process))
        # A buyer that used competition although it could do without made a choice, so the process counts.
        is_competitive = True if is_open else None if is_no_choice else False
    for role, group, reference in (
        (BUYER, "Buyer", process.buyer),
        (PROCURING_ENTITY, "ProcuringEntity", tender.procuring_entity),
    ):
        if reference is not None and (party_id := reference.id or reference.name):
            disqualified, submitted, _ = bids[group].get(reference.id, (0, 0, 0))
            yield Participant(role, party_id, submitted, disqualified, is_competitive=is_competitive)


def _was_awarded(process: Process) -> bool:
    """Return whether something was bought: an award or contract that is neither pending nor failed."""
    return any(stage.status not in UNDECIDED for stage in process.stages())


def _some_lost(process: Process) -> bool:
    """Return whether the record has more participants than suppliers, and more than one."""
    try:
        number, _ = count_tenderers(process)
    except InsufficientDataError:
        return False
    return number > max(1, len(process.suppliers()))


def _tendered(competed: dict[str, list[int]], bids: dict[str, list[int]]) -> Iterator[Participant]:
    for party_id in dict.fromkeys((*bids, *competed)):
        disqualified, submitted, _ = bids.get(party_id, (0, 0, 0))
        won = competed.get(party_id)
        yield Participant(TENDERER, party_id, submitted, disqualified, won is not None, bool(won and won[0]))
