from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The version before goes on working while it is built.
    atomic = False

    dependencies = [
        ("audits", "0049_search_windows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="flag", index=models.Index(fields=["-priority", "id"], name="flag_priority_all")
        ),
        AddIndexConcurrently(
            model_name="flag",
            index=models.Index(
                condition=models.Q(("decision", "needs_information"), ("state", "changed")),
                fields=["id"],
                name="flag_informed",
            ),
        ),
    ]
