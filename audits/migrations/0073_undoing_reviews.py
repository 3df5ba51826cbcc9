from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    # The version before goes on working while it is built.
    atomic = False

    dependencies = [("audits", "0072_settled_in_goes")]

    operations = [
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(fields=["flag"], condition=models.Q(judged__has_key="undoes"), name="review_undoing"),
        ),
    ]
