from django.conf import settings
from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    # The version before goes on working while it is built.
    atomic = False

    dependencies = [
        ("audits", "0049_search_windows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently("flag", models.Index(fields=["-priority", "id"], name="flag_priority_all")),
        AddIndexConcurrently(
            "flag",
            models.Index(
                condition=models.Q(("decision", "needs_information"), ("state", "changed")),
                fields=["id"],
                name="flag_informed",
            ),
        ),
    ]
