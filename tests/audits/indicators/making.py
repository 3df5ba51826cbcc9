"""Short ways to make releases and to run indicators over them."""

import io
import json
from typing import Any

from audits.indicators import settings as ini
from audits.indicators.part import Job, Part
from audits.indicators.run import run
from audits.indicators.settings import Settings


def bid(tenderer: Any, amount: Any = None, status: str | None = "valid", currency: str = "USD", **fields: Any) -> dict:
    """A bid of one tenderer, or of several that are given as a list."""
    made: dict[str, Any] = {"tenderers": organizations(tenderer), **fields}
    if status is not None:
        made["status"] = status
    if amount is not None:
        made["value"] = {"amount": amount, "currency": currency}
    return made


def award(supplier: Any, status: str | None = "active", **fields: Any) -> dict:
    made = {"suppliers": organizations(supplier), **fields}
    if status is not None:
        made["status"] = status
    return made


def organizations(ids: Any) -> list[dict]:
    return [{"id": id_} for id_ in (ids if isinstance(ids, list) else [ids])]


def release(ocid: str, bids: Any = (), awards: Any = (), **fields: Any) -> dict:
    return {"ocid": ocid, "bids": {"details": [*bids]}, "awards": [*awards], **fields}


def duel(ocid: str, won: float, next_: float, *, winner: str = "W", loser: str = "L", **fields: Any) -> dict:
    """A process with two valid bids, of which the first won."""
    return release(ocid, [bid(winner, won), bid(loser, next_)], [award(winner)], **fields)


def lines(*releases: Any) -> bytes:
    """JSON Lines; bytes stand for themselves."""
    return b"\n".join(made if isinstance(made, bytes) else json.dumps(made).encode() for made in releases)


def compute(*releases: Any, settings: str | None = None, profile: str = "cardinal", maps: bool = False) -> dict:
    return part(*releases, settings=settings, profile=profile, maps=maps).results.as_json()


def part(*releases: Any, settings: str | None = None, profile: str = "cardinal", maps: bool = False) -> Part:
    chosen = Settings() if settings is None else ini.parse(settings)
    return run(Job(chosen, profile, maps=maps), io.BytesIO(lines(*releases)), workers=1)


def flags(result: dict, code: str) -> dict:
    """{group: {id: value}} of one indicator."""
    found = {
        group: {id_: values[code] for id_, values in ids.items() if code in values}
        for group, ids in result.items()
        if group not in {"Meta", "Maps"}
    }
    return {group: ids for group, ids in found.items() if ids}
