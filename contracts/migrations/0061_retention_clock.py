"""By which moment retention counts its days, so that a clock that is years ahead removes little."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0060_words_without_statistics")]

    operations = [
        migrations.CreateModel(
            name="RetentionClock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="retention_clock_one_row"),
                ],
            },
        ),
    ]
