"""Tells of documents that records name anew, or no longer."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0070_bundles"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="contractingprocess",
            trigger=pgtrigger.compiler.Trigger(
                name="tells_documents",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN ((OLD.verification IN ('official', 'accepted')) AND (NEW.verification IN ('official', 'accepted')) AND OLD.digest IS DISTINCT FROM NEW.digest)",
                    func="\n            INSERT INTO contracts_change (kind, ocid)\n            SELECT kind, NEW.ocid FROM (VALUES\n                ('document_added', NEW.compiled_release, OLD.compiled_release),\n                ('document_removed', OLD.compiled_release, NEW.compiled_release)\n            ) AS told(kind, one, other)\n            WHERE EXISTS (\n    SELECT coalesce(named ->> 'id', named ->> 'url', named::text)\n    FROM jsonb_path_query(one, 'strict $.**.documents[*]') AS named\n EXCEPT ALL \n    SELECT coalesce(named ->> 'id', named ->> 'url', named::text)\n    FROM jsonb_path_query(other, 'strict $.**.documents[*]') AS named\n);\n            RETURN NULL;\n        ",
                    hash="0c604d7ac2b538400a8429a957d89e78973f687d",
                    operation="UPDATE",
                    pgid="pgtrigger_tells_documents_c1ad5",
                    table="contracts_contractingprocess",
                    when="AFTER",
                ),
            ),
        ),
    ]
