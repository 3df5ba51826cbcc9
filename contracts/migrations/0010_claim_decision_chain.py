"""Numbers, dates and chains decisions on claims in the database, those that were made before too."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


# Every value with its length before it: no two decisions read alike. For decisions on flags it computes what
# audits_review_chain does: heads that were kept outside still hold.
_FUNCTION = """
    CREATE FUNCTION decision_chain(previous bytea, content text[]) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT sha256(previous || convert_to((
            SELECT string_agg(coalesce(length(part) || ':' || part, '-'), ',' ORDER BY place)
            FROM unnest(content) WITH ORDINALITY AS parts (part, place)
        ), 'UTF8'))
    $$
"""
_CHAIN = """
    ALTER TABLE contracts_claimdecision DISABLE TRIGGER USER;
    DO $$
    DECLARE
        entry RECORD;
        previous bytea := '';
        position bigint := 0;
    BEGIN
        FOR entry IN SELECT * FROM contracts_claimdecision ORDER BY id LOOP
            position := position + 1;
            previous := decision_chain(previous, ARRAY[
                position::text, entry.claim_id::text, entry.kind, to_jsonb(entry.members)::text,
                to_jsonb(entry.releases)::text, entry.reason, entry.decided_by_id::text,
                extract(epoch FROM entry.decided_at)::text]);
            UPDATE contracts_claimdecision SET number = position, chain = previous WHERE id = entry.id;
        END LOOP;
    END $$;
    ALTER TABLE contracts_claimdecision ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0009_earlier_claims"),
    ]

    operations = [
        migrations.RunSQL(_FUNCTION, "DROP FUNCTION decision_chain"),
        migrations.AddField(
            model_name="claimdecision", name="chain", field=models.BinaryField(db_default=b"", max_length=32)
        ),
        migrations.AddField(
            model_name="claimdecision", name="number", field=models.BigIntegerField(db_default=0, editable=False)
        ),
        migrations.RunSQL(_CHAIN, migrations.RunSQL.noop),
        # What the update of these rows left to do must be done before the table is altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="claimdecision",
            name="number",
            field=models.BigIntegerField(db_default=0, editable=False, unique=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claimdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: decisions on claims are never removed';",
                    hash="4d158c7190d8f15eda0b206f2b48fd6b2cb7c4f8",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_b26f1",
                    table="contracts_claimdecision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claimdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="append",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE previous RECORD;",
                    func="\n    PERFORM pg_advisory_xact_lock(hashtextextended('contracts_claimdecision', 0));\n    SELECT number, chain INTO previous FROM contracts_claimdecision ORDER BY number DESC LIMIT 1;\n    NEW.number := coalesce(previous.number, 0) + 1;\n    NEW.decided_at := clock_timestamp();\n    NEW.chain := (SELECT decision_chain(coalesce(previous.chain, ''), ARRAY[number::text, claim_id::text, kind, to_jsonb(members)::text, to_jsonb(releases)::text, reason, decided_by_id::text, extract(epoch FROM decided_at)::text]) FROM (SELECT NEW.*) AS entry);\n    RETURN NEW;\n",
                    hash="a223e79b94b6b3a6fe92ca2b9732d44a3fcf3824",
                    operation="INSERT",
                    pgid="pgtrigger_append_07c0c",
                    table="contracts_claimdecision",
                    when="BEFORE",
                ),
            ),
        ),
    ]
