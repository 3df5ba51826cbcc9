"""The clock of PostgreSQL: one for all workers and web servers, whose own clocks may differ."""

from datetime import datetime

from contracts.postgres.querying import query


def database_now() -> datetime:
    """Return the present time by PostgreSQL's clock, also within a transaction that began earlier."""
    ((now,),) = query("SELECT clock_timestamp()")
    return now  # type: ignore[no-any-return]
