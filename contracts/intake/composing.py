"""
Which rows of processes should exist for an ocid, and which of its stored releases each is compiled from.

The public record is made only of official releases and accepted claims; each held claim is a row of its own.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.intake.claiming import claim_row_name
from contracts.intake.received.authority import Publishers
from contracts.intake.received.receiving import gate_limits
from contracts.models import ClaimDecision, Publisher, Release
from contracts.models.provenance import Verification
from contracts.ocds.gate.document import DecodedJson, decode
from contracts.ocds.gate.reading import Received


class Entry(NamedTuple):
    """A stored release to compile; ``accepted`` are the accepted paths, if not all of it was accepted."""

    source: UUID | None  # Its claim; None if official.
    kind: str
    document: DecodedJson
    accepted: Sequence[str]


class Composition(NamedTuple):
    """A row of processes that should exist: its key, and the releases that it is compiled from."""

    key: str
    claim_id: UUID | None
    verification: Verification
    publisher: Publisher | None
    entries: Sequence[Entry]


def compositions_of(
    ocids: Sequence[str],
    at_hand: dict[tuple[str, bytes], Received],
    publishers: Publishers | None,
    *,
    until: datetime | None = None,
) -> list[Composition]:
    """Return the rows for ocids: the public record of each, and a row for each held claim."""
    publishers = publishers or Publishers()
    public, held, named = _entries_of(ocids, at_hand, until)
    by_id = Publisher.objects.in_bulk(set(named.values()))
    rows = []
    for ocid in ocids:
        if entries := public[ocid]:
            is_official = any(entry.source is None for entry in entries)
            # A publisher is named only on what it sent itself.
            publisher = (by_id.get(named.get(ocid, 0)) or publishers.of(ocid)) if is_official else None
            is_mixed = any(entry.source is not None for entry in entries)
            verification = Verification.ACCEPTED if is_mixed else Verification.OFFICIAL
            rows.append(Composition(ocid, None, verification, publisher, entries))
        for number, (claim_id, claimed) in enumerate(held[ocid].items()):
            # The first claim about an ocid without a record uses the ocid itself, so that it keeps its row when
            # accepted.
            key = ocid if not entries and not number else claim_row_name(ocid, claim_id)
            rows.append(Composition(key, claim_id, Verification.UNVERIFIED, None, claimed))
    return rows


def _entries_of(
    ocids: Sequence[str], at_hand: dict[tuple[str, bytes], Received], until: datetime | None
) -> tuple[dict[str, list[Entry]], dict[str, dict[UUID, list[Entry]]], dict[str, int]]:
    """
    Read the releases of ocids that nobody rejected, those received ``until`` then alone.

    :returns: by ocid, those of the public record, those of each held claim, and the publisher of the latest official
        one that has one
    """
    public: dict[str, list[Entry]] = defaultdict(list)
    held: dict[str, dict[UUID, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    named: dict[str, int] = {}
    limits = gate_limits()
    releases = Release.objects.filter(ocid__any_of=ocids)
    stored = list(
        (releases.filter(received_at__lte=until) if until else releases)
        .order_by("pk")
        .values_list(
            "pk",
            "ocid",
            "kind",
            "digest",
            "claim_id",
            "claim__decision__kind",
            "claim__decision__members",
            "claim__decision__releases",
            "submission__publisher_id",
        )
    )
    missing = [pk for pk, ocid, _kind, digest, *_ in stored if (ocid, bytes(digest)) not in at_hand]
    contents = dict(Release.objects.filter(pk__any_of=missing).values_list("pk", "content")) if missing else {}
    for pk, ocid, kind, digest, claim_id, decision, members, chosen, publisher_id in stored:
        if decision == ClaimDecision.Kind.REJECTED or (chosen and pk not in chosen):
            continue
        known = at_hand.get((ocid, bytes(digest)))
        document = known.document if known else decode(bytes(contents[pk]), limits)
        entry = Entry(claim_id, kind, document, members or ())
        if claim_id is not None and decision is None:
            held[ocid][claim_id].append(entry)
            continue
        public[ocid].append(entry)
        if claim_id is None and publisher_id is not None:
            named[ocid] = publisher_id
    return public, held, named
