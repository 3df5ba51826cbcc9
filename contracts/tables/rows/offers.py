"""The offers of a table: those in the row of a contract, and those in rows below it that add nothing else."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.json import encode

from contracts.ocds.written.simple import digest, key_of_name
from contracts.tables.headers.names import key

Json = dict[str, Any]

# If a row of offers has one of these and the row above has another, it is about another contract.
_IDENTIFYING = ("ocid", "id", "contract_id", "item", "title", "description", "buyer", "buyer_id")


class Offer(Struct, frozen=True):
    """A bidder and the value offered, an OCDS ``Value``; ``{}`` if the row states none."""

    bidder: str
    value: Json = {}


class Fact(Struct, frozen=True):
    """The text of a fact in a row, and the header of its column."""

    header: str
    text: str


def beside_offer(facts: dict[str, Fact], above: dict[str, Fact]) -> list[Fact] | None:
    """
    Return the facts that a row of offers states differently from the row above; ``None`` if it is about another
    contract.
    """
    other = {name: fact for name, fact in facts.items() if name not in above or fact.text != above[name].text}
    return None if any(name in other for name in _IDENTIFYING) else list(other.values())


def add_offers(release: Json, offers: Sequence[Offer]) -> None:
    """Add the bids of a release and their tenderers, and to its id what tells it from one with other bids."""
    if not offers:
        return
    parties = {key(party["name"]): party for party in release.get("parties", ()) if not _buys(party)}
    bids: dict[str, Json] = {}
    for offer in offers:
        name = key_of_name(offer.bidder)
        party = parties.setdefault(key(offer.bidder), {"id": name, "name": offer.bidder, "roles": []})
        if "tenderer" not in party["roles"]:
            party["roles"].append("tenderer")
        bid: Json = {"id": name, "tenderers": [{"id": party["id"], "name": party["name"]}]}
        # The same bidder may offer twice.
        bid |= {"value": offer.value, "id": f"{name}-{offer.value['amount']}"} if offer.value else {}
        bids.setdefault(bid["id"], bid)
    release["bids"] = {"details": list(bids.values())}
    tenderers = {bid["tenderers"][0]["id"]: bid["tenderers"][0] for bid in bids.values()}
    release["tender"]["tenderers"] = list(tenderers.values())
    release["parties"] = [*filter(_buys, release.get("parties", ())), *parties.values()]
    release["id"] = f"{release['id']}-{digest(encode(release['bids']).decode())[:12]}"


def _buys(party: Json) -> bool:
    return "buyer" in party["roles"]
