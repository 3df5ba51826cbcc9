from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("audits", "0095_flags_taken_back")]

    operations = [
        migrations.CreateModel(
            name="RulesInForce",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("digest", models.BinaryField(max_length=32)),
                ("host", models.TextField()),
                ("since", models.DateTimeField(db_default=Now())),
            ],
            options={
                "verbose_name": "rules in force",
                "verbose_name_plural": "rules in force",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="rules_in_force_once"),
                ],
            },
        ),
    ]
