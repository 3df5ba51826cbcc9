"""Compiled releases out, as JSON Lines, straight from PostgreSQL by COPY: memory stays flat for any number."""

from collections.abc import Iterator, Sequence

from django.conf import settings
from psycopg import sql

from contracts.models import Publisher
from contracts.ocds.contact_points import without_contact_points
from contracts.postgres.copying import raw_cursor

# COPY's text form writes a backslash twice and its CSV form doubles quotes: neither would be JSON any more. With a
# delimiter and a quote that jsonb never prints (it escapes control characters) the CSV form leaves lines as they are.
_COPY = sql.SQL(
    "COPY (SELECT compiled_release::text FROM contracts_contractingprocess {where} ORDER BY id)"
    " TO STDOUT (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02', ENCODING 'UTF8')"
)


def compiled_releases(*, publisher: Publisher | None = None, ocids: Sequence[str] = ()) -> Iterator[bytes]:
    """
    Yield the compiled releases of public processes, each as one line of JSON in UTF-8, the oldest process first.

    Numbers keep every digit. They are those of one moment, however long the reading takes. Of contact points the web
    address alone is there, unless `VEEDOR_PUBLISH_CONTACT_POINTS` is on.

    :param publisher: only the records of this publisher
    :param ocids: only these processes
    """
    conditions: list[sql.Composable] = [sql.SQL("verification IN ('official', 'accepted')")]
    if publisher is not None:
        conditions.append(sql.SQL("publisher_id = {}").format(sql.Literal(publisher.pk)))
    if ocids:
        conditions.append(sql.SQL("ocid = ANY({})").format(sql.Literal(list(ocids))))
    where = sql.SQL("WHERE {}").format(sql.SQL(" AND ").join(conditions))
    with raw_cursor() as cursor, cursor.copy(_COPY.format(where=where)) as copy:
        for line in copy:
            record = bytes(line)
            yield record if settings.VEEDOR_PUBLISH_CONTACT_POINTS else without_contact_points(record[:-1]) + b"\n"
