"""
Find processes that two sources publish under different ocids, for people to decide; a confirmed pair counts once.

Two contracts are alike if buyer, suppliers and currency are equal, and two of amount, day of signature or award, and
number: a source may include later amendments, or give another day. They form a pair only if each is the only one like
it in its source: equal ones, such as orders of one day under a framework, cannot be told apart. Of two processes in a
pair, at least one has no contract that the other lacks. Sums for the same suppliers are compared too, because one
source may add up the lots of the other.

The process stored last finds the other; every night all are compared, for effects of changes to third records.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from contracts.intake.duplicates.same_contracts import identifies_contract
from contracts.models import Contract, ContractingProcess, SameProcess
from contracts.models.pairs import follow
from contracts.models.provenance import Verification
from contracts.models.stages import NOT_CANCELLED
from contracts.ocds.codelists.codes import CANCELLED
from contracts.postgres.locks import lock_until_commit
from contracts.postgres.querying import execute, query
from contracts.signals import counting_changed

# Name of the lock for changing which process counts.
COUNTING = "processes that count for others"
# More contracts with one amount and day, or one number, cannot be told apart; and of a process with more contracts,
# not each is compared.
MAX_ALIKE = 100
MAX_CONTRACTS = 500
# Number of processes compared together at night.
_CHUNK = 500

_BUYER = "coalesce(p.buyer_id, p.procuring_entity_id)"
# SQL for the source of a process ``p``: a publisher may have two systems, each with its own prefix.
_SOURCE = "concat(p.publisher_id, ' ', lower(substring(p.ocid from '^[oO][cC][dD][sS]-[[:alnum:]]+')))"
# Official records; claims are compared elsewhere (``published_claims``).
_COMPARED = f"""(p.verification = '{Verification.OFFICIAL}'
    OR p.verification = '{Verification.ACCEPTED}' AND p.publisher_id IS NOT NULL)
    AND p.contract_count <= {MAX_CONTRACTS} AND p.award_count <= {MAX_CONTRACTS}
    AND c.amount > 0 AND c.currency <> '' AND c.suppliers <> '{{}}' AND c.status <> ALL(%(cancelled)s)"""
_DAY = f"CASE WHEN c.date_basis IN ('{Contract.DateBasis.SIGNATURE}', '{Contract.DateBasis.AWARD}') THEN c.date END"
# The planner has no statistics for rows stored just now: "OFFSET 0" is a fence that leaves one index for each row of a
# batch, and the batch is never joined to itself.
_ALIKE = f"""
    WITH own AS MATERIALIZED (
        SELECT c.id, c.process_id, {_SOURCE} AS source, {_BUYER} AS buyer, c.suppliers, c.currency, c.amount,
            {_DAY} AS day, left(c.contract_id, 100) AS number
        FROM contracts_contractingprocess p CROSS JOIN LATERAL (
            SELECT * FROM contracts_contract c WHERE c.process_id = p.id OFFSET 0
        ) c
        WHERE p.id = ANY(%(process_ids)s) AND {_BUYER} IS NOT NULL AND {_COMPARED}
    ), alike AS MATERIALIZED (
        SELECT own.*, found.agreement, unnest(found.keys) AS other FROM own CROSS JOIN LATERAL (
            SELECT '{SameProcess.Agreement.DAY}' AS agreement, ARRAY(
                SELECT c.id FROM contracts_contract c
                WHERE c.currency = own.currency AND c.amount = own.amount AND c.date = own.day LIMIT {MAX_ALIKE + 1}
            ) AS keys OFFSET 0
        ) found WHERE cardinality(found.keys) BETWEEN 2 AND {MAX_ALIKE}
        UNION ALL SELECT own.*, found.agreement, unnest(found.keys) FROM own CROSS JOIN LATERAL (
            SELECT '{SameProcess.Agreement.NUMBER}' AS agreement, ARRAY(
                SELECT c.id FROM contracts_contract c
                WHERE left(c.contract_id, 100) = own.number AND c.contract_id <> '' LIMIT {MAX_ALIKE + 1}
            ) AS keys OFFSET 0
        ) found WHERE own.id = ANY(%(telling)s) AND cardinality(found.keys) BETWEEN 2 AND {MAX_ALIKE}
    ), found AS (
        SELECT alike.id, alike.process_id, alike.source, beside.*, alike.agreement,
            bool_or(alike.source <> beside.other_source) OVER (PARTITION BY alike.id) AS is_elsewhere
        FROM alike CROSS JOIN LATERAL (
            SELECT c.id AS other, p.id AS process, {_SOURCE} AS other_source,
                c.amount = alike.amount AS is_of_one_amount
            FROM (SELECT * FROM contracts_contract c WHERE c.id = alike.other OFFSET 0) c CROSS JOIN LATERAL (
                SELECT * FROM contracts_contractingprocess p WHERE p.id = c.process_id OFFSET 0
            ) p
            WHERE c.id <> alike.id AND c.currency = alike.currency AND {_BUYER} = alike.buyer
                AND c.suppliers @> alike.suppliers AND c.suppliers <@ alike.suppliers AND {_COMPARED}
                AND CASE alike.agreement WHEN '{SameProcess.Agreement.DAY}' THEN {_DAY} = alike.day
                    ELSE c.amount = alike.amount OR {_DAY} = alike.day END
            OFFSET 0
        ) beside
    )
    SELECT id, process_id, source, other, process, other_source, agreement, is_of_one_amount
    FROM found WHERE is_elsewhere
"""  # noqa: S608  -- expressions of ours


class _Alike(NamedTuple):
    """A contract of a compared process, and one that is alike, from any source."""

    contract: int
    process: int
    source: str
    other: int
    other_process: int
    other_source: str
    agreement: str
    is_of_one_amount: bool


class _Deal(NamedTuple):
    """A contract that sums count: its suppliers with the currency, and its amount."""

    of: tuple[frozenset[int], str]
    amount: Decimal | None


class _Pair(NamedTuple):
    """Two processes, the older row first; the columns of ``SameProcess``."""

    one_id: int
    other_id: int
    agrees_in: list[str]
    is_of_one_amount: bool
    contracts: int
    only_one: int
    only_other: int


def update_pairs(process_ids: Collection[int]) -> None:
    """
    Update the pairs of some processes.

    Undecided pairs that are no longer found are deleted; decided ones stay, marked as such.
    """
    asked = set(process_ids)
    alike = _alike(asked)
    reached = {row.other_process for row in alike} - asked
    alike.extend(_alike(reached))
    found = {(pair.one_id, pair.other_id): pair for pair in _pairs(alike)}
    is_decided = False
    with transaction.atomic():
        _keep(found.values())
        known = SameProcess.objects.filter(Q(one__any_of=asked) | Q(other__any_of=asked))
        known |= SameProcess.objects.filter(one__any_of=reached, other__any_of=reached)
        gone = []
        for pair in known.select_related("decision"):
            if pair.decision:
                is_decided = True
            if (pair.one_id, pair.other_id) not in found:
                gone.append(pair.pk)
        if gone:
            SameProcess.objects.filter(pk__any_of=gone, decision=None).delete()
            SameProcess.objects.filter(pk__any_of=gone, is_found=True).update(is_found=False)
    if is_decided:  # In a separate transaction: a decision holds the lock for counting, and waits for the new pairs.
        with transaction.atomic():
            point_to_kept()


def update_all_pairs() -> int:
    """Update the pairs of all processes; return the number of undecided ones."""
    last = 0
    while found := list(
        ContractingProcess.objects.public().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_CHUNK]
    ):
        update_pairs(found)
        last = found[-1]
    return SameProcess.objects.open().count()


def lock_counting() -> None:
    """Lock changes of which process counts until commit; call it before locking any process or pair."""
    lock_until_commit([COUNTING])


def point_to_kept() -> None:
    """
    Update which process counts in place of each process, from all decisions; announce changes.

    A process that is no longer public, or whose contracts were all cancelled, counts for none: the others count
    themselves until it returns. Callers that hold rows of processes must hold the lock for counting already.
    """
    lock_counting()
    merges = SameProcess.objects.merges()
    counted = Contract.objects.filter(NOT_CANCELLED, process=OuterRef("pk"))
    public = ContractingProcess.objects.public().filter(Exists(counted), pk__any_of=set(merges.values()))
    present = follow(merges, counting=set(public.values_list("pk", flat=True)))
    stored = dict(ContractingProcess.objects.filter(same_as__isnull=False).values_list("pk", "same_as"))
    changed = sorted(pk for pk in {*stored, *present} if stored.get(pk) != present.get(pk))
    if not changed:
        return
    list(ContractingProcess.objects.filter(pk__any_of=changed).held().values_list("pk"))
    execute(
        """
        UPDATE contracts_contractingprocess p SET same_as_id = given.kept
        FROM unnest(%s::bigint[], %s::bigint[]) AS given (id, kept) WHERE p.id = given.id
        """,
        [changed, [present.get(pk) for pk in changed]],
    )
    counting_changed.send(sender=ContractingProcess, process_ids=changed)


def _alike(process_ids: Collection[int]) -> list[_Alike]:
    if not process_ids:
        return []
    return list(map(_Alike._make, query(_ALIKE, _asked(process_ids))))


def _asked(process_ids: Collection[int]) -> dict[str, Any]:
    """Return the values of ``_ALIKE``; frequent numbers such as "contract-1" are not looked up."""
    numbered = query(
        f"""
        SELECT c.id, left(c.contract_id, 100)
        FROM contracts_contractingprocess p JOIN contracts_contract c ON c.process_id = p.id
        WHERE p.id = ANY(%s) AND p.contract_count <= {MAX_CONTRACTS} AND c.contract_id <> ''
        """,  # noqa: S608  -- a number of ours
        [list(process_ids)],
    )
    telling = [pk for pk, number in numbered if identifies_contract(number)]
    return {"process_ids": list(process_ids), "telling": telling, "cancelled": list(CANCELLED)}


def _pairs(alike: Iterable[_Alike]) -> Iterator[_Pair]:
    """Yield pairs of processes whose contracts are uniquely alike, and one of which has all contracts of the other."""
    shared: dict[tuple[int, int], list[tuple[_Alike, set[str]]]] = defaultdict(list)
    for row, agreements in _one_to_one(alike):
        shared[row.process, row.other_process].append((row, agreements))
    if not shared:
        return
    contracts = _counted({pk for pair in shared for pk in pair})
    for (one, other), found in shared.items():
        alone = {row.contract for row, _agreements in found} | {row.other for row, _agreements in found}
        only = [{pk: deal for pk, deal in contracts[process].items() if pk not in alone} for process in (one, other)]
        only_one, only_other = _without_equal_sums(*only)
        if not only_one or not only_other:
            agrees_in = sorted(set.union(*(agreements for _row, agreements in found)))
            is_of_one_amount = all(row.is_of_one_amount for row, _agreements in found)
            in_both = len(contracts[other]) - only_other
            yield _Pair(one, other, agrees_in, is_of_one_amount, in_both, only_one, only_other)


def _without_equal_sums(one: Mapping[int, _Deal], other: Mapping[int, _Deal]) -> tuple[int, int]:
    """Return the number of contracts left in each after removing those with the same suppliers and sum."""
    if not one or not other:
        return len(one), len(other)
    sums: list[dict[tuple[frozenset[int], str], Decimal]] = []
    for contracts in (one, other):
        added: dict[tuple[frozenset[int], str], Decimal] = defaultdict(Decimal)
        for deal in contracts.values():
            added[deal.of] += deal.amount or 0
        sums.append(added)
    equal = {of for of, amount in sums[0].items() if amount and of[0] and sums[1].get(of) == amount}
    only_one, only_other = (sum(deal.of not in equal for deal in side.values()) for side in (one, other))
    return only_one, only_other


def _one_to_one(alike: Iterable[_Alike]) -> Iterator[tuple[_Alike, set[str]]]:
    """Yield pairs of contracts that are uniquely alike in the source of the other, the older first."""
    groups: dict[int, dict[int, list[_Alike]]] = defaultdict(lambda: defaultdict(list))
    for row in alike:
        groups[row.contract][row.other].append(row)
    only: dict[tuple[int, int], tuple[_Alike, set[str]]] = {}
    for contract, others in groups.items():
        by_source: dict[str, list[int]] = defaultdict(list)
        for other, (row, *_rest) in others.items():
            by_source[row.other_source].append(other)
        if by_source.get(row.source):
            continue
        for found in by_source.values():
            if len(found) == 1:
                row, *rest = others[found[0]]
                # With another amount, day and number are equal, though only the number was looked up.
                known = {row.agreement, *(one.agreement for one in rest)}
                only[contract, found[0]] = row, known if row.is_of_one_amount else set(SameProcess.Agreement.values)
    for (contract, other), (row, agrees_in) in only.items():
        if row.process < row.other_process and (other, contract) in only:
            yield row, agrees_in


def _counted(process_ids: Collection[int]) -> dict[int, dict[int, _Deal]]:
    """Return the contracts of each process that sums count."""
    rows = query(
        "SELECT process_id, id, suppliers, currency, amount FROM contracts_contract"
        " WHERE process_id = ANY(%s) AND status <> ALL(%s)",
        [list(process_ids), list(CANCELLED)],
    )
    contracts: dict[int, dict[int, _Deal]] = defaultdict(dict)
    for process, pk, suppliers, currency, amount in rows:
        contracts[process][pk] = _Deal((frozenset(suppliers), currency), amount)
    return contracts


def _keep(pairs: Iterable[_Pair]) -> None:
    SameProcess.objects.bulk_create(
        (SameProcess(**pair._asdict(), is_found=True) for pair in sorted(pairs)),
        update_conflicts=True,
        unique_fields=["one", "other"],
        update_fields=["agrees_in", "is_of_one_amount", "contracts", "only_one", "only_other", "is_found"],
    )
