"""What reads merged organizations fast, and keeps each from being its own part; built while the site goes on working."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("contracts", "0036_search_windows")]

    operations = [
        AddIndexConcurrently(
            "organization",
            models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="organization_merged"
            ),
        ),
        AddIndexConcurrently(
            "party",
            models.Index(condition=models.Q(("named_as__isnull", False)), fields=["named_as"], name="party_named_as"),
        ),
        # what an attempt that was broken off has left
        migrations.RunSQL(
            "ALTER TABLE contracts_organization DROP CONSTRAINT IF EXISTS organization_not_own_part",
            migrations.RunSQL.noop,
        ),
        AddConstraintNotValid(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("pk")), _negated=True), name="organization_not_own_part"
            ),
        ),
        ValidateConstraint(model_name="organization", name="organization_not_own_part"),
    ]
