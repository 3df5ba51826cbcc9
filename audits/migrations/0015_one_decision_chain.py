"""
Decisions on flags are chained by the function that chains those on claims; the hashes stay what they are.

audits_review_chain stays for the version that runs meanwhile: its verifylog reads with it.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0013_public_figures"),
        ("contracts", "0010_claim_decision_chain"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="review",
            name="append",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="append",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE previous RECORD;",
                    func="\n    PERFORM pg_advisory_xact_lock(hashtextextended('audits_review', 0));\n    SELECT number, chain INTO previous FROM audits_review ORDER BY number DESC LIMIT 1;\n    NEW.number := coalesce(previous.number, 0) + 1;\n    NEW.reviewed_at := clock_timestamp();\n    NEW.chain := (SELECT decision_chain(coalesce(previous.chain, ''), ARRAY[number::text, flag_id::text, decision, reason, reviewer_id::text, extract(epoch FROM reviewed_at)::text, encode(judged_digest, 'hex'), judged::text]) FROM (SELECT NEW.*) AS entry);\n    RETURN NEW;\n",
                    hash="ea7d5e357a10f4bac7130e3d2ed05e732e14b07b",
                    operation="INSERT",
                    pgid="pgtrigger_append_a7732",
                    table="audits_review",
                    when="BEFORE",
                ),
            ),
        ),
    ]
