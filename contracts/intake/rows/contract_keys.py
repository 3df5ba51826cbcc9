"""
Primary keys of contract rows, which stay the same when their process is compiled again.

Lists are paginated by them, and links contain them: paging must not miss a contract that is amended meanwhile.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contracts.intake.rows.process_rows import Row
from contracts.models import Contract
from contracts.postgres.copying import fresh_keys

# What identifies a contract across versions, the most certain first. A signed award becomes its contract.
_IDENTITIES = (
    ("process_id", "basis", "contract_id", "award_id"),
    ("process_id", "contract_id"),
    ("process_id", "award_id"),
)
_COLUMNS = _IDENTITIES[0]


def kept_keys(stored: Iterable[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> list[int | None]:
    """
    Return for each new row the primary key of the stored row for the same contract, ``None`` if there is none. Pure.

    :param stored: ``pk`` and the columns of ``_COLUMNS``, the oldest first
    :param rows: the same columns of the new rows
    """
    keys: list[int | None] = [None] * len(rows)
    left = {row["pk"]: row for row in stored}
    for identity in _IDENTITIES:
        known: dict[tuple[Any, ...], deque[int]] = defaultdict(deque)
        for pk, row in left.items():
            if row[identity[-1]] or len(identity) == len(_COLUMNS):
                known[tuple(row[name] for name in identity)].append(pk)
        for place, row in enumerate(rows):
            found = known.get(tuple(row[name] for name in identity)) if keys[place] is None else None
            if found:
                keys[place] = found.popleft()
                del left[keys[place]]
    return keys


def with_keys(rows: Sequence[Row]) -> list[Row]:
    """Return new rows of contracts, each with its primary key; call it before the old ones are deleted."""
    process_ids = list({row["process_id"] for row in rows})
    stored = Contract.objects.filter(process__any_of=process_ids).order_by("pk").values("pk", *_COLUMNS)
    keys = kept_keys(stored, rows)
    fresh = iter(fresh_keys(Contract, keys.count(None)))
    return [{"id": key or next(fresh), **row} for key, row in zip(keys, rows, strict=True)]
