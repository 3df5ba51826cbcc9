"""Counts what was audited, and how long it took."""

import time
from collections.abc import Sequence

from django.db import connection

from audits.engine.judged import Judged
from audits.models import AuditWork

_ADD = """
    INSERT INTO audits_auditwork AS work (day, subject, audited, failed, seconds)
    VALUES (CURRENT_DATE, %(subject)s, %(audited)s, %(failed)s, %(seconds)s)
    ON CONFLICT (day, subject) DO UPDATE SET
        audited = work.audited + EXCLUDED.audited,
        failed = work.failed + EXCLUDED.failed,
        seconds = work.seconds + EXCLUDED.seconds
"""


def note_work(judged: Sequence[Judged], *, since: float) -> None:
    """
    Add a batch to the sums of the day: the last statement of its transaction, for others wait for the row.

    :param since: when the batch was begun, in seconds of ``time.monotonic``
    """
    if judged:
        work: dict[str, str | float] = {
            "subject": AuditWork.Subject(judged[0].subject.value),
            "audited": len(judged),
            "failed": sum(bool(entry.failed) for entry in judged),
            "seconds": time.monotonic() - since,
        }
        with connection.cursor() as cursor:
            cursor.execute(_ADD, work)
