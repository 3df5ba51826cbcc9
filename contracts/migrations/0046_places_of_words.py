"""Pages keep where their words stand; those that were read before have no places."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0045_search_plurals")]

    operations = [
        migrations.AddField("documentpage", "places", models.BinaryField(db_default=b"", default=b"")),
    ]
