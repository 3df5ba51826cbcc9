"""
Compiled release → process, of a record whose values all stand as the standard has them: no correction, no guess.

Most records of most publishers are such. Their types are checked by msgspec, and their values all at once, at half the
price at which ``parse`` reads what may be anything. Whatever is odd, or merely may be, is left to ``parse``, which
reads all of it again: where this module answers, it answers the same.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from msgspec import ValidationError, convert, structs
from msgspec.structs import force_setattr

from contracts.ocds import shapes, views
from contracts.ocds.codes import OUR_MEMBER, bid_status
from contracts.ocds.corrections import Reader
from contracts.ocds.countries import country_code
from contracts.ocds.members import are_unmistakable
from contracts.ocds.parties import country_of, has_row_number, join_parties, referred_to
from contracts.ocds.placeholders import names_no_process
from contracts.ocds.places import point_of
from contracts.ocds.plausible import drop_slips
from contracts.ocds.soundness import OddError, check_values, member_names

Json = dict[str, Any]

# What a second has no room for is cut off by ``parse``, and rounded by msgspec.
_LONG_FRACTION = re.compile(rb":\d\d\.\d{7}")


def read_clean(release: Json, text: bytes, *, country: str = "") -> views.Process | None:
    """
    Return the process of a compiled release, with what the columns of its rows are made of and nothing else.

    :param text: its JSON
    :param country: the country of the publisher, if known
    :returns: ``None`` if anything in it may be read otherwise than as it is written: that is for ``parse_process``
    """
    if OUR_MEMBER in release or _LONG_FRACTION.search(text) or not are_unmistakable(member_names(release)):
        return None
    try:
        read = convert(release, shapes.Release, builtin_types=(Decimal,))
        check_values(read, release, is_plain=b"\\" not in text)
        return _process(read, country, release)
    except (ValidationError, OddError):
        return None


def _process(read: shapes.Release, country: str, release: Json) -> views.Process:
    if names_no_process(read.ocid):
        raise OddError
    tender, parties = (
        read.tender,
        tuple(_party(party, f"/parties/{index}") for index, party in enumerate(read.parties)),
    )
    if len({party.id for party in parties}) < len(parties) or any(map(has_row_number, parties)):
        raise OddError
    if any(bid_status(bid.status) != bid.status for bid in read.bids.details):
        raise OddError
    buyer, entity = _placed(read.buyer, "/buyer"), _placed(tender.procuring_entity, "/tender/procuringEntity")
    tenderers = _tenderers(tender.tenderers, "/tender/tenderers", release.get("tender"))
    offers = release["bids"]["details"] if read.bids.details else ()
    awards = tuple(
        views.Award(
            path=(path := f"/awards/{index}"),
            id=award.id,
            title=award.title,
            description=award.description,
            status=award.status,
            date=award.date,
            value=award.value,
            suppliers=_all_placed(award.suppliers, f"{path}/suppliers"),
            contract_period=award.contract_period,
        )
        for index, award in enumerate(read.awards)
    )
    contracts = tuple(
        views.Contract(
            path=(path := f"/contracts/{index}"),
            id=contract.id,
            award_id=contract.award_id,
            title=contract.title,
            description=contract.description,
            status=contract.status,
            date_signed=contract.date_signed,
            value=contract.value,
            period=contract.period,
            suppliers=_all_placed(contract.suppliers, f"{path}/suppliers"),
            transactions=_payments(contract, release["contracts"][index])
            if contract.implementation.transactions
            else (),
            amendments=tuple(
                views.Amendment(path="", date=entry.date)
                for entry in (*contract.amendments, contract.amendment)
                if entry is not None
            ),
        )
        for index, contract in enumerate(read.contracts)
    )
    bids = tuple(
        views.Bid(
            path=(path := f"/bids/details/{index}"),
            id=bid.id,
            date=bid.date,
            status=bid.status,
            value=bid.value,
            tenderers=_tenderers(bid.tenderers, f"{path}/tenderers", offers[index]),
        )
        for index, bid in enumerate(read.bids.details)
    )
    joined = join_parties(parties, referred_to(buyer, entity, tenderers, bids, (*awards, *contracts)), _stranger)
    process = views.Process(
        path="",
        ocid=read.ocid,
        release_id=read.id,
        date=read.date,
        language=read.language,
        country=country or country_of(joined, buyer),
        initiation_type=read.initiation_type,
        buyer=buyer,
        parties=joined,
        tender=views.Tender(
            path="/tender",
            title=tender.title,
            description=tender.description,
            status=tender.status,
            method=tender.method,
            method_details=tender.method_details,
            category=tender.category,
            award_criteria=tender.award_criteria,
            value=tender.value,
            tender_period=tender.tender_period,
            contract_period=tender.contract_period,
            number_of_tenderers=tender.number_of_tenderers,
            tenderers=tenderers,
            procuring_entity=entity,
            items=tuple(
                views.Item(path="", delivery_point=point)
                for item in tender.items
                if item.delivery_location is not None and (point := point_of(item.delivery_location))
            ),
        ),
        awards=awards,
        contracts=contracts,
        bids=bids,
    )
    reader = Reader()
    drop_slips(process, reader)
    if reader.corrections:
        raise OddError
    return process


def _payments(contract: shapes.Contract, raw: Json) -> tuple[views.Transaction, ...]:
    """Return what ``plausible`` asks of payments; without a value, as ``parse`` has it, the amount of OCDS 1.0."""
    return tuple(
        views.Transaction(path="", date=read.date, value=read.value if "value" in entry else read.amount)
        for read, entry in zip(
            contract.implementation.transactions, raw["implementation"]["transactions"], strict=True
        )
    )


def _party(party: shapes.OrganizationReference, path: str) -> views.Party:
    identifier, address = party.identifier, party.address
    if any(group.identifier for group in party.member_of):
        raise OddError  # a group is told by its own id and name alone
    places: list[Any] = [party.location]
    if address is not None and (address.geometry is not None or address.location is not None):
        places = [{"geometry": address.geometry}, party.location, address.location]
    return views.Party(
        path=path,
        id=party.id,
        name=party.name or (identifier.legal_name if identifier else ""),
        legal_name=identifier.legal_name if identifier else "",
        scheme=identifier.scheme if identifier else "",
        identifier=identifier.id if identifier else "",
        country=country_code(address.country_name or address.country) if address else "",
        region=address.region if address else "",
        point=point_of(*places) if places != [None] else None,
        roles=tuple(party.roles),
        member_of=_all_placed(party.member_of, f"{path}/memberOf"),
    )


def _placed(reference: shapes.OrganizationReference | None, path: str) -> shapes.OrganizationReference | None:
    """Give a reference its path, and one without an id that of its identifier, as ``parse`` does."""
    if reference is None:
        return None
    force_setattr(reference, "path", path)
    identifier = reference.identifier
    if not reference.id and identifier is not None:
        if identifier.id:
            force_setattr(reference, "id", "-".join(filter(None, (identifier.scheme, identifier.id))))
        force_setattr(reference, "name", reference.name or identifier.legal_name)
    if not reference.id and not reference.name:
        raise OddError
    return reference


def _all_placed(
    references: Sequence[shapes.OrganizationReference], path: str
) -> tuple[shapes.OrganizationReference, ...]:
    for index, reference in enumerate(references):
        _placed(reference, f"{path}/{index}")
    return tuple(references)


def _tenderers(
    references: Sequence[shapes.OrganizationReference], path: str, parent: Any
) -> tuple[shapes.OrganizationReference, ...]:
    """Place those who made an offer; one whose name is empty is no tenderer, unless its party has one."""
    for reference, entry in zip(references, parent["tenderers"] if references else (), strict=True):
        if not reference.name and "name" in entry:
            raise OddError
    return _all_placed(references, path)


def _stranger(key: str, reference: views.OrganizationReference, roles: set[str]) -> views.Party:
    """Make the party of a reference, as OCDS 1.0 has them."""
    if not isinstance(reference, shapes.OrganizationReference) or reference.member_of:
        raise OddError
    party = _party(reference, reference.path)
    return structs.replace(party, id=key, name=reference.name or party.name, roles=tuple(sorted(roles)))
