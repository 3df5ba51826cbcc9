"""Which lots a bid, an award or a statistic of bids is about."""

from typing import Any

from contracts.ocds.corrections import Reader


def lots_of(reader: Reader, parent: dict[str, Any], path: str) -> tuple[str, ...]:
    """Return the ids of the lots, each once; some write ``relatedLot``, as items have it, of one or more."""
    lots = reader.texts(parent, "relatedLots", path)
    # Under its own name alone: what is nearly that is nearly ``relatedLots`` too.
    if "relatedLot" not in parent:
        return lots
    if isinstance(parent["relatedLot"], list):
        own = reader.texts(parent, "relatedLot", path)
    else:
        own = (reader.text(parent, "relatedLot", path),)
    return tuple(dict.fromkeys(lot for lot in (*own, *lots) if lot))
