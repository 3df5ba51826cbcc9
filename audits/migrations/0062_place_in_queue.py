"""Cause and priority of a flag by one trigger; new flags are told by one statement for all of them."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0061_indexes_that_others_begin_with"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="flag",
            name="cause",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="flag",
            name="priority",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="flag",
            name="tells_new",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="place_in_queue",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE buyer TEXT; graveness INTEGER; worth FLOAT8; precise NUMERIC;",
                    func="\n    SELECT coalesce(process.buyer_id::text, nullif('=' || process.buyer_name, '=')),\n           process.amount::float8 / median.number::float8, precision.number\n    INTO buyer, worth, precise\n    FROM (SELECT) AS this -- a row for a flag on an organization too\n    LEFT JOIN contracts_contractingprocess process ON process.id = NEW.process_id\n    LEFT JOIN audits_queueweight median ON median.kind = 'median_amount' AND median.key = process.currency\n        AND process.amount > 0 AND median.number > 0\n    LEFT JOIN audits_queueweight precision ON precision.kind = 'precision' AND precision.key = NEW.rule;\n    NEW.cause := CASE WHEN buyer IS NOT NULL THEN md5(jsonb_build_array(\n        NEW.rule, NEW.severity, NEW.sentence, NEW.values - 'places', buyer\n    )::text)::uuid END;\n    graveness := CASE NEW.severity WHEN 'high' THEN 8 WHEN 'medium' THEN 4 WHEN 'low' THEN 2 WHEN 'context' THEN 1 ELSE 1 END;\n    -- least and greatest pass over what is unknown\n    worth := CASE WHEN worth IS NULL THEN 1\n        ELSE least(4, greatest(1.0 / 4, power(2, log(worth)))) END;\n    worth := round(worth::numeric, 2);\n    precise := round(coalesce(precise, 1), 2);\n    NEW.weights := jsonb_build_object('severity', graveness, 'value', worth::numeric, 'precision', precise);\n    NEW.priority := ln(graveness * worth * precise::float8) / ln(2::float8)\n        + date_part('epoch', NEW.raised_at) / 86400 / 30;\n    RETURN NEW;\n",
                    hash="833fb4e734901e295905d0ab22b00dd423cfe523",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_place_in_queue_fe4f3",
                    table="audits_flag",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="tells_new",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO contracts_change (kind, flag_id, at) SELECT 'flag_raised', added.id, added.raised_at FROM added WHERE true ORDER BY added.id; RETURN NULL;",
                    hash="d04d7c20ed5e57092b663df9a9f235747fc33651",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_tells_new_0e4b4",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="audits_flag",
                    when="AFTER",
                ),
            ),
        ),
    ]
