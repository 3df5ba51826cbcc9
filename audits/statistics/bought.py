"""What buyers bought, in the order of dates: read once for all figures that are made of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection

from audits.statistics.contests import CONTEST
from audits.statistics.spend import FRACTION, Spent
from audits.statistics.targets import Target
from audits.statistics.windows import SPEND_WINDOW

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# By buyer, those of each in the order of their dates.
Purchases = Mapping[int, Sequence[Spent]]


def read_bought(targets: Sequence[Target]) -> dict[int, list[Spent]]:
    """Return what the buyers of processes bought in the window before them: buyer → by date, then ocid."""
    found: dict[int, list[Spent]] = defaultdict(list)
    if not targets:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT q.buyer_id, (extract(epoch FROM q.date) * 1000000)::bigint, q.process_id, {CONTEST}, q.supplier_id,
                   (q.amount * {FRACTION})::numeric(40, 0), q.currency, nullif(q.sectors, '{{}}'), p.ocid
            FROM audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id
            WHERE q.buyer_id = ANY(%s) AND q.date > %s AND q.date <= %s AND q.amount > 0 AND q.currency <> ''
            ORDER BY q.date, p.ocid, q.currency
            """,  # noqa: S608  -- words and a number of ours
            [
                sorted({target.buyer_id for target in targets if target.buyer_id is not None}),
                min(target.date for target in targets) - SPEND_WINDOW,
                max(target.date for target in targets),
            ],
        )
        for buyer, microseconds, process_id, contest, supplier, amount, currency, sectors, ocid in cursor:
            # To read a date as text takes ten times as long as to make it of a number.
            date = _EPOCH + timedelta(microseconds=microseconds)
            found[buyer].append(Spent(date, process_id, contest, supplier, int(amount), currency, sectors or (), ocid))
    return found
