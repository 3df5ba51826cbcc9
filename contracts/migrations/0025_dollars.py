from django.db import migrations, models


def _dollars(model: str) -> list[migrations.AddField]:
    """`manage.py loadreference` fills them in for the rows that are there."""
    label = "period of the exchange rate"
    return [
        migrations.AddField(
            model,
            "amount_usd",
            models.DecimalField(decimal_places=2, max_digits=30, null=True),
        ),
        migrations.AddField(
            model,
            "rate_period",
            models.CharField(blank=True, db_default="", default="", max_length=7),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("contracts", "0024_table_mappings")]

    operations = [*_dollars("contract"), *_dollars("contractingprocess")]
