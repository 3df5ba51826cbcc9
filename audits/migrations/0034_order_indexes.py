from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    # The version before goes on working while they are built.
    atomic = False

    dependencies = [
        ("audits", "0033_blind_review"),
        ("contracts", "0023_order_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # of columns that ``0026`` adds, in a transaction
        AddIndexConcurrently(
            "audit",
            GinIndex(
                condition=models.Q(("is_current", True), models.Q(("withheld", []), _negated=True)),
                fields=["withheld"],
                name="audit_withheld",
            ),
        ),
        AddIndexConcurrently(
            model_name="flag",
            index=models.Index(fields=["raised_at", "id"], name="flag_raised_at_up"),
        ),
        AddIndexConcurrently(
            model_name="flag",
            index=models.Index(
                models.OrderBy(models.F("raised_at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="flag_raised_at_down",
            ),
        ),
        AddIndexConcurrently(
            model_name="flag",
            index=models.Index(fields=["changed_at", "id"], name="flag_changed_at_up"),
        ),
        AddIndexConcurrently(
            model_name="flag",
            index=models.Index(
                models.OrderBy(models.F("changed_at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="flag_changed_at_down",
            ),
        ),
    ]
