"""Known answers are called so in code and database too; they were told "golden" there."""

from functools import partial

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


_NAMES = {"goldenanswer": "knownanswer", "goldenjudgement": "knownjudgement"}


def rename_permissions(apps, schema_editor, *, back=False):  # noqa: ARG001 - as Django calls it
    """Rename the rights of both models, which groups of the installation may have."""
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="audits")
    for before, after in _NAMES.items():
        old, new = (after, before) if back else (before, after)
        for permission in permissions.filter(codename__endswith=f"_{old}"):
            permission.codename = permission.codename.replace(old, new)
            permission.save(update_fields=["codename"])


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0077_what_erased_records_said"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="goldenjudgement",
            name="append_only",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="goldenjudgement",
            name="no_truncate",
        ),
        migrations.RemoveConstraint(
            model_name="goldenjudgement",
            name="golden_once_a_person",
        ),
        migrations.RenameModel(
            old_name="GoldenAnswer",
            new_name="KnownAnswer",
        ),
        migrations.RenameModel(
            old_name="GoldenJudgement",
            new_name="KnownJudgement",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="knownjudgement",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="79496ef17ac0f7f69a69556007758bb53933ac8b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_59910",
                    table="audits_knownjudgement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="knownjudgement",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: judgements of known answers are never removed';",
                    hash="fac2319bc43231cd70ed03412c99a2d2b48f83ba",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_27b5b",
                    table="audits_knownjudgement",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="knownjudgement",
            constraint=models.UniqueConstraint(fields=("answer", "reviewer"), name="known_once_a_person"),
        ),
        migrations.RunPython(rename_permissions, partial(rename_permissions, back=True)),
    ]
