"""Gives flags of before their place in the queue, in parts, while others write."""

from django.db import migrations, models

PART = 10_000


def set_priorities(apps, schema_editor):
    last = apps.get_model("audits", "Flag").objects.aggregate(last=models.Max("pk"))["last"] or 0
    with schema_editor.connection.cursor() as cursor:
        for start in range(0, last + 1, PART):
            # The trigger works it out.
            cursor.execute(
                "UPDATE audits_flag SET priority = 0 WHERE id > %s AND id <= %s AND priority = 0",
                [start, start + PART],
            )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("audits", "0028_queue_priority")]

    operations = [migrations.RunPython(set_priorities, migrations.RunPython.noop)]
