from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audits", "0063_names_left_behind")]

    operations = [
        migrations.AddField(
            model_name="audit", name="peers_version", field=models.BigIntegerField(blank=True, null=True)
        ),
    ]
