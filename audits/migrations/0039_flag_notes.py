import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0038_population_changes"),
        ("contracts", "0024_table_mappings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FlagNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=4000, verbose_name="text")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="time"),
                ),
            ],
            options={
                "verbose_name": "note on a flag",
                "verbose_name_plural": "notes on flags",
                "ordering": ["pk"],
            },
        ),
        migrations.AlterField(
            model_name="deskentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("assigned", "assigned"),
                    ("unassigned", "no longer assigned"),
                    ("taken_over", "taken over"),
                    ("noted", "note written"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
        migrations.AddField(
            model_name="flagnote",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="author",
            ),
        ),
        migrations.AddField(
            model_name="flagnote",
            name="flag",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="audits.flag"
            ),
        ),
    ]
