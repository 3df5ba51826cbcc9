from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    # The version before goes on working while it is built.
    atomic = False

    dependencies = [("audits", "0043_golden_answers")]

    operations = [
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(fields=["reviewed_at"], name="review_reviewed_at"),
        ),
    ]
