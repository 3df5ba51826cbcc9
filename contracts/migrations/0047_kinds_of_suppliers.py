"""
Where the round through the processes is that parts what names of nobody joined.

The round is made by workers of this version, and by no migration: the others load records in the old way meanwhile.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0046_places_of_words")]

    operations = [
        migrations.CreateModel(
            name="Rereading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("up_to", models.BigIntegerField(default=0)),
            ],
        ),
    ]
