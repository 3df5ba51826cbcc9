"""Compiled releases as JSON Lines, straight from PostgreSQL by COPY: memory stays flat for any number."""

from collections.abc import Iterator, Sequence

from django.db.models import CharField, F, Func, JSONField, Q, TextField, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject
from psycopg import sql

from contracts.models import ContractingProcess, Publisher
from contracts.models.process import for_public
from contracts.models.provenance import process_source
from contracts.ocds.codelists.codes import OUR_MEMBER
from contracts.postgres.copying import raw_cursor

# COPY's text form writes a backslash twice and its CSV form doubles quotes: neither would be JSON any more. With a
# delimiter and a quote that jsonb never prints (it escapes control characters) the CSV form leaves lines as they are.
_COPY = "COPY ({}) TO STDOUT (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02', ENCODING 'UTF8')"


def compiled_releases(
    *, publisher: Publisher | None = None, ocids: Sequence[str] = (), within: Q | None = None
) -> Iterator[bytes]:
    """
    Yield the compiled releases of public processes, each as one line of JSON in UTF-8, the oldest process first.

    Numbers keep every digit. They are those of one moment, however long the reading takes. They are as everybody may
    see them: with masked numbers of natural persons and, unless `VEEDOR_PUBLISH_CONTACT_POINTS` is on, of contact
    points the web addresses alone. The member `veedor` is not of the record: it holds `source` and `verification`, as
    the rows of the API, and what the merge overwrote, `apart`.

    :param publisher: only the records of this publisher
    :param ocids: only these processes
    :param within: only the processes of this condition
    """
    processes = ContractingProcess.objects.public()
    if publisher is not None:
        processes = processes.filter(publisher=publisher)
    if within is not None:
        processes = processes.filter(within)
    if ocids:
        processes = processes.filter(ocid__any_of=list(ocids))
    provenance = JSONObject(source=Cast(process_source(), CharField()), verification=F("verification"))
    # What the merge overwrote stands there already.
    ours = Func(
        Coalesce(KeyTransform(OUR_MEMBER, "compiled_release"), Value({}, JSONField())),
        provenance,
        template="(%(expressions)s)",
        arg_joiner=" || ",
        output_field=JSONField(),
    )
    record = Func(
        F("compiled_release"),
        JSONObject(**{OUR_MEMBER: ours}),
        template="(%(expressions)s)",
        arg_joiner=" || ",
        output_field=JSONField(),
    )
    # More may be known of the country than the record says. COPY quotes no tab, and jsonb prints none.
    line = Concat(F("country"), Value("\t"), Cast(record, TextField()), output_field=TextField())
    query, values = processes.order_by("pk").values_list(line).query.sql_with_params()
    with raw_cursor() as cursor, cursor.copy(sql.SQL(_COPY.format(query)), values) as copy:  # type: ignore[arg-type]
        for written in copy:
            country, _tab, text = bytes(written)[:-1].partition(b"\t")
            yield for_public(text, country.decode()) + b"\n"
