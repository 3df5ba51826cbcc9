"""The processes that an organization finances are found by an index, as those that it buys are."""

from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    # The version before goes on working while the index is built.
    atomic = False

    dependencies = [("contracts", "0071_documents_told")]

    operations = [
        AddIndexConcurrently(
            model_name="party",
            index=models.Index(
                condition=models.Q(("roles__contains", ["funder"])),
                fields=["organization", "process"],
                name="party_funder",
            ),
        ),
    ]
