from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0029_replies")]

    operations = [
        migrations.AddField(
            "contractingprocess",
            "region",
            models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField("contractingprocess", "latitude", models.FloatField(null=True)),
        migrations.AddField("contractingprocess", "longitude", models.FloatField(null=True)),
    ]
