"""A version of the rows that rule sets are made of; the version before goes on and takes no notice."""

import uuid

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


def add_version(apps, schema_editor):
    apps.get_model("audits", "ReferenceVersion").objects.get_or_create(pk=1, defaults={"version": uuid.uuid4()})


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0011_cohort_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReferenceVersion",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("version", models.UUIDField()),
            ],
        ),
        migrations.RunPython(add_version, migrations.RunPython.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="lexiconterm",
            trigger=pgtrigger.compiler.Trigger(
                name="renew_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                INSERT INTO audits_referenceversion (id, version) VALUES (1, gen_random_uuid())\n                ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;\n                RETURN NULL;\n            ",
                    hash="629db4b196cc1f00cc148afbd44ab20a5b8e2e96",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_renew_version_2fdee",
                    table="audits_lexiconterm",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publiclist",
            trigger=pgtrigger.compiler.Trigger(
                name="renew_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                INSERT INTO audits_referenceversion (id, version) VALUES (1, gen_random_uuid())\n                ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;\n                RETURN NULL;\n            ",
                    hash="c36739b76c1c1d9089bf739e370ae3d89d715e84",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_renew_version_f9a7d",
                    table="audits_publiclist",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ruleoverride",
            trigger=pgtrigger.compiler.Trigger(
                name="renew_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                INSERT INTO audits_referenceversion (id, version) VALUES (1, gen_random_uuid())\n                ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;\n                RETURN NULL;\n            ",
                    hash="aed5d235e5e02b3eab8d1842ff1d9acc3682441d",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_renew_version_8937f",
                    table="audits_ruleoverride",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="watchlist",
            trigger=pgtrigger.compiler.Trigger(
                name="renew_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                INSERT INTO audits_referenceversion (id, version) VALUES (1, gen_random_uuid())\n                ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;\n                RETURN NULL;\n            ",
                    hash="5d8f0d9b3b84a0ee4ce74d8e9be7210d3039f6fb",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_renew_version_fbcf3",
                    table="audits_watchlist",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="watchlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="renew_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                INSERT INTO audits_referenceversion (id, version) VALUES (1, gen_random_uuid())\n                ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;\n                RETURN NULL;\n            ",
                    hash="ab9a595e6da7f66440b79f210e6d255a7911f634",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_renew_version_1fa34",
                    table="audits_watchlistentry",
                    when="AFTER",
                ),
            ),
        ),
    ]
