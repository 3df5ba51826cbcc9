"""
A process tells of what its amount is, and by which version of the reader its columns were read.

Records that are stored are read again in slices by workers of this version, and by no migration. A worker of the version
before that compiles one of them anew meanwhile leaves its mark as it is: such a record is read again with its next release.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0053_claims_that_are_repeated")]

    operations = [
        migrations.AddField(
            "contractingprocess",
            "amount_basis",
            models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            "contractingprocess",
            "read_by",
            models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
