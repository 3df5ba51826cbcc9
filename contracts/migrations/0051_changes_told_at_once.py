"""Changes of new records are told by one statement for all of them."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0049_paragraphs"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="contractingprocess",
            name="tells_new",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contractingprocess",
            trigger=pgtrigger.compiler.Trigger(
                name="tells_new",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO contracts_change (kind, ocid) SELECT 'created', added.ocid FROM added WHERE added.verification IN ('official', 'accepted') ORDER BY added.id; RETURN NULL;",
                    hash="4882e9cc72323cc9951601daf4e027a2e7ac1692",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_tells_new_a8636",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="contracts_contractingprocess",
                    when="AFTER",
                ),
            ),
        ),
    ]
