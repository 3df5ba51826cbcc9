"""Numbers, dates and chains decisions in the database, those that were made before too."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Every value with its length before it: no two decisions read alike.
_FUNCTION = """
    CREATE FUNCTION audits_review_chain(
        previous bytea, number bigint, flag_id bigint, decision text, reason text, reviewer_id int,
        reviewed_at timestamptz, judged_digest bytea, judged jsonb
    ) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT sha256(previous || convert_to((
            SELECT string_agg(length(part) || ':' || part, ',' ORDER BY place)
            FROM unnest(ARRAY[
                number::text, flag_id::text, decision, reason, reviewer_id::text,
                extract(epoch FROM reviewed_at)::text, encode(judged_digest, 'hex'), judged::text
            ]) WITH ORDINALITY AS parts (part, place)
        ), 'UTF8'))
    $$
"""
_CHAIN = """
    ALTER TABLE audits_review DISABLE TRIGGER USER;
    DO $$
    DECLARE
        entry RECORD;
        previous bytea := '';
        position bigint := 0;
    BEGIN
        FOR entry IN SELECT * FROM audits_review ORDER BY id LOOP
            position := position + 1;
            previous := audits_review_chain(
                previous, position, entry.flag_id, entry.decision, entry.reason, entry.reviewer_id,
                entry.reviewed_at, entry.judged_digest, entry.judged);
            UPDATE audits_review SET number = position, chain = previous WHERE id = entry.id;
        END LOOP;
    END $$;
    ALTER TABLE audits_review ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0009_flag_decision")]

    operations = [
        migrations.RunSQL(_FUNCTION, "DROP FUNCTION audits_review_chain"),
        migrations.AddField(
            model_name="review", name="chain", field=models.BinaryField(db_default=b"", max_length=32)
        ),
        migrations.AddField(
            model_name="review", name="number", field=models.BigIntegerField(db_default=0, editable=False)
        ),
        migrations.RunSQL(_CHAIN, migrations.RunSQL.noop),
        # What the update of these rows left to do must be done before the table is altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="review", name="number", field=models.BigIntegerField(db_default=0, editable=False, unique=True)
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: decisions are never removed';",
                    hash="474ebbdd58fff119592fcc4bc3df0d30f6fd3e67",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_149fc",
                    table="audits_review",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="append",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE previous RECORD;",
                    func="\n    PERFORM pg_advisory_xact_lock(hashtextextended('audits_review', 0));\n    SELECT number, chain INTO previous FROM audits_review ORDER BY number DESC LIMIT 1;\n    NEW.number := coalesce(previous.number, 0) + 1;\n    NEW.reviewed_at := clock_timestamp();\n    NEW.chain := audits_review_chain(\n        coalesce(previous.chain, ''), NEW.number, NEW.flag_id, NEW.decision, NEW.reason, NEW.reviewer_id,\n        NEW.reviewed_at, NEW.judged_digest, NEW.judged);\n    RETURN NEW;\n",
                    hash="dadd75f43b31fe4fb17091b8f609dc496b5a0966",
                    operation="INSERT",
                    pgid="pgtrigger_append_a7732",
                    table="audits_review",
                    when="BEFORE",
                ),
            ),
        ),
    ]
