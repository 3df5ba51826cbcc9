"""Load and audit, with growing numbers of records stored, and what follows: organizations and cohorts."""

from collections.abc import Iterator, Sequence

import msgspec
from django.db import connection

from audits.engine import cohorts, organizations, processes
from audits.engine.tally import Tally
from audits.models import Audit
from contracts.postgres.copying import raw_cursor
from tests.benchmarks.bench import PROGRAMS, Bench
from tests.benchmarks.costs import Cost, cost
from tests.benchmarks.rows import Pair, Row, compared, growth, part


@part("main")
def load_and_audit(bench: Bench) -> Iterator[Row]:
    """
    Load releases in two programs, to COPY of the same documents into one jsonb column over one connection. Audit them
    in two programs until none is due again, to reading the same documents from PostgreSQL in one. Then the
    organizations, to the bare sums over their rows, and the cohorts brought up to date once more.
    """
    bench.empty()
    loads, audits, sizes = [], [], []
    before = 0
    for size in bench.sizes():
        copied = _copy(bench, [*bench.documents(before, min(size, before + 10_000))])
        loads.append(Pair(size - before, bench.load_more(size), *copied))
        read = _read(bench, before, size)
        audits.append(Pair(size - before, bench.audit(), *read))
        assert processes.count_due() == 0
        assert Audit.objects.filter(is_current=True, process__isnull=False).count() == size
        sizes.append(size)
        print(f"  {size:,} stored: {loads[-1].rate:,.0f}/s loaded, {audits[-1].rate:,.0f}/s audited", flush=True)
        before = size
    yield compared(f"load, {PROGRAMS} programs", "COPY into one jsonb column", loads, goal="≥ 0.45")
    whole = [pair._replace(ours=pair.ours.from_start()) for pair in loads]
    yield compared("the same, from the start of the programs", "COPY into one jsonb column", whole, goal="–")
    yield from _growth("load", sizes, loads)
    yield compared(
        f"audit until settled, {PROGRAMS} programs", "reading the documents", audits, goal="≥ 1,500/s on two cores"
    )
    yield from _growth("audit", sizes, audits)
    summed, judged = _organizations(bench)
    yield compared("organizations judged", "summing up their rows", [Pair(judged[0], judged[1], summed)], goal="–")
    with cost(bench.home) as spent:
        changed = cohorts.refresh_cohorts().changed
    assert not changed
    yield Row(
        f"cohorts brought up to date, nothing changed, {bench.stored:,} stored",
        f"{spent.seconds:.2f} s, {spent.processor:.2f} s of processor",
        f"loading them: {sum(pair.ours.seconds for pair in loads):,.0f} s",
        f"{spent.processor / bench.stored * 1e6:.0f} µs a process",
        "≤ 3 s at 100,000, ≤ 60 s at 1,000,000",
    )


def _growth(what: str, sizes: Sequence[int], pairs: Sequence[Pair]) -> Iterator[Row]:
    """Return how a rate changes as more is stored, by the clock and by processor time."""
    rates = [pair.rate for pair in pairs]
    by_processor = [pair.count / pair.ours.processor for pair in pairs]
    yield growth(f"{what} over records stored", [*zip(sizes, rates, strict=True)], goal="flat ± 20 %")
    yield growth("the same, a second of processor", [*zip(sizes, by_processor, strict=True)], goal="flat ± 20 %")


def _copy(bench: Bench, documents: Sequence[bytes]) -> tuple[Cost, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
        method = "lz4" if cursor.fetchone()[0] else "pglz"
        cursor.execute(f"DROP TABLE IF EXISTS bench; CREATE TABLE bench (document jsonb COMPRESSION {method})")
    with cost(bench.home) as spent, raw_cursor() as cursor, cursor.copy("COPY bench FROM STDIN") as copy:
        for document in documents:
            copy.write_row((document.decode(),))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench")
    return spent, len(documents)


def _read(bench: Bench, start: int, stop: int) -> tuple[Cost, int]:
    wanted = min(stop - start, 10_000)
    with cost(bench.home) as spent, connection.cursor() as cursor:
        cursor.execute(
            "SELECT compiled_release::text FROM contracts_contractingprocess ORDER BY id DESC LIMIT %s", [wanted]
        )
        documents = [msgspec.json.decode(text) for (text,) in cursor.fetchall()]
    assert len(documents) == wanted
    return spent, wanted


def _organizations(bench: Bench) -> tuple[Cost, tuple[int, Cost]]:
    """Sum up what figures of organizations are made of; bring the cohorts up to date and audit all who are due."""
    with cost(bench.home) as summed, connection.cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, role, count(*), sum(submitted), sum(disqualified) FROM audits_participation"
            " GROUP BY organization_id, role"
        )
        cursor.fetchall()
    tally = Tally()
    with cost(bench.home) as spent:
        cohorts.refresh_cohorts()
        organizations.audit_due(tally)
    return summed, (tally.organizations, spent)
