"""Gives flags of before their cause, in parts, and indexes those of the queue, while others write."""

from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently

PART = 10_000


def set_causes(apps, schema_editor):
    last = apps.get_model("audits", "Flag").objects.aggregate(last=models.Max("pk"))["last"] or 0
    with schema_editor.connection.cursor() as cursor:
        for start in range(0, last + 1, PART):
            # The trigger sets what it is.
            cursor.execute(
                "UPDATE audits_flag SET cause = NULL WHERE id > %s AND id <= %s AND cause IS NULL",
                [start, start + PART],
            )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("audits", "0022_flag_cause")]

    operations = [
        migrations.RunPython(set_causes, migrations.RunPython.noop),
        AddIndexConcurrently(
            "flag",
            models.Index(
                condition=models.Q(
                    ("state__in", ["new", "changed"]),
                    models.Q(
                        ("decision", "confirmed"),
                        ("state", "withdrawn"),
                        models.Q(("changed_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                fields=["cause", "raised_at", "id"],
                name="flag_cause_awaiting",
            ),
        ),
    ]
