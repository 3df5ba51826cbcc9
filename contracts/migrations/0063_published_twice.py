"""Processes that may be published twice, what people decide on them, and which one counts for another."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0062_replies_taken_back_by_the_day"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SameProcess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                (
                    "agrees_in",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("contracts", models.PositiveIntegerField()),
                ("only_one", models.PositiveIntegerField(default=0)),
                ("only_other", models.PositiveIntegerField(default=0)),
                ("is_found", models.BooleanField(default=True)),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "pair of processes that may be published twice",
                "verbose_name_plural": "processes that may be published twice",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="SameProcessDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=10)),
                ("reason", models.TextField()),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("number", models.BigIntegerField(db_default=0, editable=False, unique=True)),
                ("chain", models.BinaryField(db_default=b"", max_length=32)),
            ],
            options={
                "verbose_name": "decision on a pair of processes",
                "verbose_name_plural": "decisions on pairs of processes",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="contractingprocess",
            name="same_as",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.contractingprocess",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contractingprocess",
            trigger=pgtrigger.compiler.Trigger(
                name="tells_same",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN ((NEW.verification IN ('official', 'accepted')) AND OLD.same_as_id IS DISTINCT FROM NEW.same_as_id)",
                    func="INSERT INTO contracts_change (kind, ocid) VALUES (CASE WHEN NEW.same_as_id IS NULL THEN 'record_parted' ELSE 'record_merged' END, NEW.ocid); RETURN NULL;",
                    hash="49872e6fa1ac321e0968afc9620dd4e95e11b7b1",
                    operation="UPDATE",
                    pgid="pgtrigger_tells_same_3d653",
                    table="contracts_contractingprocess",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="sameprocess",
            name="one",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contracts.contractingprocess"
            ),
        ),
        migrations.AddField(
            model_name="sameprocess",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contracts.contractingprocess"
            ),
        ),
        migrations.AddField(
            model_name="sameprocessdecision",
            name="decided_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="sameprocessdecision",
            name="kept",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.contractingprocess",
            ),
        ),
        migrations.AddField(
            model_name="sameprocessdecision",
            name="pair",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="contracts.sameprocess"
            ),
        ),
        migrations.AddField(
            model_name="sameprocess",
            name="decision",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.sameprocessdecision",
            ),
        ),
        migrations.AddConstraint(
            model_name="sameprocessdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="same_process_decision_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="sameprocessdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "merged"), ("kept", None), _connector="XOR"),
                name="same_process_decision_keeps_one",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sameprocessdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e33b66de3a1383fe85e7d7c2c5e645b1cc9e0cb4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c222a",
                    table="contracts_sameprocessdecision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sameprocessdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: decisions on processes are never removed';",
                    hash="d1ecd665d48f9531a446b7be861dc5db4dd36482",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_9e9fe",
                    table="contracts_sameprocessdecision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sameprocessdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="append",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE previous RECORD;",
                    func="\n    PERFORM pg_advisory_xact_lock(hashtextextended('contracts_sameprocessdecision', 0));\n    SELECT number, chain INTO previous FROM contracts_sameprocessdecision ORDER BY number DESC LIMIT 1;\n    NEW.number := coalesce(previous.number, 0) + 1;\n    NEW.decided_at := clock_timestamp();\n    NEW.chain := (SELECT decision_chain(coalesce(previous.chain, ''), ARRAY[number::text, pair_id::text, kind, kept_id::text, reason, decided_by_id::text, extract(epoch FROM decided_at)::text]) FROM (SELECT NEW.*) AS entry);\n    RETURN NEW;\n",
                    hash="d7820200866589a33972142e0b28186dd258ef77",
                    operation="INSERT",
                    pgid="pgtrigger_append_69552",
                    table="contracts_sameprocessdecision",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="sameprocess",
            index=models.Index(condition=models.Q(("decision", None)), fields=["id"], name="same_process_open"),
        ),
        migrations.AddConstraint(
            model_name="sameprocess",
            constraint=models.UniqueConstraint(fields=("one", "other"), name="same_process_pair_once"),
        ),
        migrations.AddConstraint(
            model_name="sameprocess",
            constraint=models.CheckConstraint(
                condition=models.Q(("one__lt", models.F("other"))), name="same_process_pair_ordered"
            ),
        ),
    ]
